package experience

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gatehouse/models"
	"gatehouse/views/hosted"
	"gatehouse/views/ui"
)

var labels = map[string]string{
	"methods.identifiers": "Identifiers", "methods.connections": "Connections", "methods.enterprise_sso": "Enterprise sign-in", "methods.forgot_password": "Where reset codes go",
	"methods.link_accounts": "Join accounts by e-mail", "methods.skip_required_identifiers": "Skip identifiers for connections", "methods.captcha": "Captcha",
	"methods.username": "Username rules", "methods.block_disposable_email": "Refuse throw-away addresses", "methods.block_subaddressing": "Refuse tagged addresses",
	"methods.email_allowlist": "Allowed addresses", "methods.email_blocklist": "Blocked addresses", "methods.unknown_session_url": "Page for stray visitors",
	"sign_up.mode": "Who may create an account", "sign_up.identifiers": "Asked at sign-up", "sign_up.secondary_identifiers": "Also asked at sign-up", "sign_up.password": "Choose a password",
	"sign_up.verify": "Verify addresses", "sign_up.profile_fields": "Profile questions",
	"codes.expires_seconds": "Life of a code", "codes.attempts": "Tries for a code",
	"password.min_length": "Shortest password", "password.max_length": "Longest password", "password.min_classes": "Kinds of characters", "password.level": "Password strength",
	"password.reject_words": "Words not allowed", "password.reject_dictionary": "Refuse common passwords", "password.reject_pwned": "Refuse breached passwords",
	"password.reject_user_info": "Refuse personal data", "password.reject_repetition": "Refuse repetitions", "password.history": "Remembered passwords", "password.expires": "Passwords expire",
	"password.expires_after_days": "Password lifetime", "password.reset_minutes": "Life of a reset link",
	"lockout.tiers": "Pauses after failures", "lockout.failures_expire_minutes": "Failures are forgotten after",
	"mfa.factors": "Second factors", "mfa.policy": "When a second factor is asked for", "mfa.organization_policy": "Second factor in organizations", "mfa.adaptive": "Ask when it looks unusual",
	"passkey.enabled": "Passkeys", "passkey.button": "Passkey button", "passkey.autofill": "Passkeys in the identifier field",
	"branding.display_name": "Name", "branding.primary_color": "Brand colour, light", "branding.dark_primary_color": "Brand colour, dark", "branding.background_color": "Background, light",
	"branding.dark_background_color": "Background, dark", "branding.dark_mode": "Follow the visitor's dark theme", "branding.logo_url": "Logo", "branding.dark_logo_url": "Logo, dark",
	"branding.favicon_url": "Browser icon", "branding.dark_favicon_url": "Browser icon, dark", "branding.font": "Font", "branding.font_url": "Font address", "branding.layout": "Layout",
	"branding.corners": "Corners", "branding.hide_credit": "Hide the credit",
	"content.terms_url": "Terms of use", "content.privacy_url": "Privacy notice", "content.agreement": "How terms are agreed to", "content.support_email": "Support e-mail", "content.support_url": "Support website",
	"languages.default": "Default language", "languages.auto_detect": "Follow the browser's language", "languages.enabled": "Languages on offer",
	"custom_css": "Custom CSS",
}

// Label names the setting of a path in the words of the editor.
func Label(path string) string {
	base, _, _ := strings.Cut(path, "[")
	if lang, key, ok := models.SplitPhrase(base); ok {
		return "Text " + key + ", " + LanguageName(lang)
	}
	if l, ok := labels[base]; ok {
		return l
	}
	if name, ok := strings.CutPrefix(base, "preferences."); ok {
		return "Login preference " + name
	}
	return base
}

// unset is how a setting without a value reads.
const unset = "Not set"

// isColor tells whether a value is drawn with a swatch.
func isColor(text string) bool { return len(text) == 7 && text[0] == '#' }

// shown writes a value for people: short, and without the marks of JSON.
func shown(path string, raw json.RawMessage) string {
	if lang, key, ok := models.SplitPhrase(path); ok && (len(raw) == 0 || string(raw) == "null") {
		text, _ := hosted.Default(lang, key)
		return text
	}
	var b bool
	var ids []models.IdentifierMethod
	var tiers []models.LockoutTier
	switch {
	case len(raw) == 0 || string(raw) == "null" || string(raw) == `""` || string(raw) == "[]":
		return unset
	case json.Unmarshal(raw, &b) == nil:
		return map[bool]string{true: "On", false: "Off"}[b]
	case path == "methods.identifiers" && json.Unmarshal(raw, &ids) == nil:
		return identifierWords(ids)
	case path == "lockout.tiers" && json.Unmarshal(raw, &tiers) == nil:
		return tierWords(tiers)
	case path == "custom_css":
		return ui.Plural(1+strings.Count(strings.TrimSpace(plain(raw)), "\n"), "line", "")
	}
	text := strings.ReplaceAll(plain(raw), "\n", ", ")
	if strings.HasPrefix(text, "data:") {
		kind, _, _ := strings.Cut(text[5:], ";")
		return fmt.Sprintf("%s, %d KB", kind, (len(text)*3/4+1023)/1024)
	}
	if words[text] || strings.HasSuffix(path, ".policy") || strings.HasSuffix(path, "_policy") || path == "sign_up.mode" || path == "content.agreement" {
		return strings.ToUpper(text[:1]) + strings.ReplaceAll(text[1:], "_", " ")
	}
	if r := []rune(text); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return text
}

// words are values that are words of ours.
var words = map[string]bool{"split": true, "card": true, "soft": true, "square": true, "round": true, "inter": true, "system": true, "serif": true, "rounded": true, "mono": true,
	"none": true, "low": true, "fair": true, "good": true, "excellent": true}

func identifierWords(ids []models.IdentifierMethod) string {
	var out []string
	for _, id := range ids {
		var by []string
		for name, on := range map[string]bool{"password": id.Password, "code": id.Code, "link": id.Link} {
			if on {
				by = append(by, name)
			}
		}
		out = append(out, id.Identifier+" by "+strings.Join(sorted(by), " or "))
	}
	return strings.Join(out, ", ")
}

func tierWords(tiers []models.LockoutTier) string {
	var out []string
	for _, t := range tiers {
		pause := "until unblocked"
		if t.Minutes != nil {
			pause = fmt.Sprintf("%d min", *t.Minutes)
		}
		out = append(out, fmt.Sprintf("%d: %s", t.Attempts, pause))
	}
	return strings.Join(out, ", ")
}

// shownAny is shown for a value of a conflict.
func shownAny(path string, v any) string {
	raw, _ := json.Marshal(v)
	return shown(path, raw)
}

// Languages that have a name here; others are shown by their tag.
var languageNames = map[string]string{"en": "English", "es": "Español", "ar": "العربية"}

// LanguageName is the name of a language in itself, or its tag.
func LanguageName(tag string) string {
	if n, ok := languageNames[tag]; ok {
		return n
	}
	return tag
}

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}
