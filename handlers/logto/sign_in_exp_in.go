package logto

import (
	"encoding/json"
	"slices"
	"strings"

	"gatehouse/handlers/experience"
	"gatehouse/models"
)

// edits are settings of the experience by path; nil takes a setting back to the layer below.
type edits map[string]any

// sections nests the edits as the operation takes them.
func (e edits) sections() (out experience.Sections, err error) {
	nested := map[string]any{}
	for path, value := range e {
		section, name, ok := strings.Cut(path, ".")
		if !ok {
			nested[path] = value
			continue
		}
		inner, _ := nested[section].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			nested[section] = inner
		}
		inner[name] = value
	}
	raw, err := json.Marshal(nested)
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(raw, &out)
}

// put notes a setting when the caller spoke of the member.
func put[T any](e edits, path string, member opt[T], value func(T) any) {
	if member.Set {
		e[path] = value(member.V)
	}
}

func same[T any](v T) any { return v }

const profileFieldsPath = "sign_up.profile_fields"

// Limits that the document has where a policy is silent.
const (
	defaultPasswordLeast = 8
	defaultPasswordMost  = 256
	defaultAttempts      = 100
	defaultLockout       = 60  // minutes
	defaultCodeLife      = 600 // seconds
	defaultCodeAttempts  = 10
)

// edits is what the input changes of an experience as it is now. targets are the connections of each target.
func (in signInExpIn) edits(now models.Experience, targets map[string][]string) edits {
	e := edits{}
	in.look(e, now)
	in.methods(e, now)
	in.policies(e, now)
	if in.SocialTargets.Set {
		ids := []string{}
		for _, t := range in.SocialTargets.V {
			ids = append(ids, targets[t]...)
		}
		e["methods.connections"] = ids
	}
	return e
}

func (in signInExpIn) look(e edits, now models.Experience) {
	if c := in.Color; c.Set {
		c.V.put(e)
	}
	if b := in.Branding; b.Set {
		b.V.put(e)
	}
	put(e, "branding.hide_credit", in.HideBranding, same)
	if l := in.LanguageInfo; l.Set {
		e["languages.auto_detect"], e["languages.default"] = l.V.AutoDetect, l.V.Fallback
		if !slices.Contains(now.Languages.Enabled, l.V.Fallback) {
			e["languages.enabled"] = append(slices.Clone(now.Languages.Enabled), l.V.Fallback)
		}
	}
	put(e, "content.terms_url", in.TermsOfUseURL, same)
	put(e, "content.privacy_url", in.PrivacyPolicyURL, same)
	put(e, "content.agreement", in.AgreeToTermsPolicy, func(v string) any { return agreementWords.ours(v) })
	put(e, "content.support_email", in.SupportEmail, same)
	put(e, "content.support_url", in.SupportWebsiteURL, same)
	put(e, "methods.unknown_session_url", in.UnknownSessionRedirectURL, same)
	put(e, "custom_css", in.CustomCSS, same)
}

func (c colorWire) put(e edits) {
	e["branding.primary_color"], e["branding.dark_mode"], e["branding.dark_primary_color"] = sixDigits(c.Primary), c.DarkMode, sixDigits(c.DarkPrimary)
}

func (b brandingWire) put(e edits) {
	e["branding.logo_url"], e["branding.dark_logo_url"] = b.LogoURL, b.DarkLogoURL
	e["branding.favicon_url"], e["branding.dark_favicon_url"] = b.Favicon, b.DarkFavicon
}

// sixDigits writes #abc as #aabbcc.
func sixDigits(color string) string {
	if len(color) != 4 || color[0] != '#' {
		return color
	}
	r, g, b := color[1:2], color[2:3], color[3:4]
	return "#" + r + r + g + g + b + b
}

func (in signInExpIn) methods(e edits, now models.Experience) {
	put(e, "methods.identifiers", in.SignIn, func(s signInWire) any { return identifiers(s.Methods, now.Methods.Identifiers) })
	put(e, "sign_up.mode", in.SignInMode, func(v string) any { return modeWords.ours(v) })
	if s := in.SignUp; s.Set {
		e["sign_up.identifiers"], e["sign_up.password"], e["sign_up.verify"] = s.V.Identifiers, s.V.Password, s.V.Verify
		e["sign_up.secondary_identifiers"] = secondaries(s.V.Secondary)
	}
	if s := in.SocialSignIn; s.Set {
		e["methods.link_accounts"], e["methods.skip_required_identifiers"] = s.V.LinkAccounts, s.V.SkipRequired
	}
	put(e, "methods.enterprise_sso", in.SingleSignOnEnabled, same)
	put(e, "methods.captcha", in.CaptchaPolicy, func(v enabledWire) any { return v.Enabled })
	put(e, "methods.forgot_password", in.ForgotPasswordMethods, func(v []string) any { return translated(forgotWords, v) })
	if p := in.PasskeySignIn; p.Set {
		e["passkey.enabled"], e["passkey.button"], e["passkey.autofill"] = p.V.Enabled, p.V.Button, p.V.Autofill
	}
	put(e, profileFieldsPath, in.SignUpProfileFields, func(v []profileField) any {
		if v == nil { // as before anybody said which
			return nil
		}
		names := make([]string, len(v))
		for i, f := range v {
			names[i] = f.Name
		}
		return names
	})
	if u := in.UsernamePolicy; u.Set {
		e["methods.username"] = u.V.on(now.Methods.Username)
	}
}

// identifiers keeps what the document has no word for: links by e-mail.
func identifiers(methods []methodWire, now []models.IdentifierMethod) []models.IdentifierMethod {
	out := make([]models.IdentifierMethod, len(methods))
	for i, m := range methods {
		out[i] = models.IdentifierMethod{Identifier: m.Identifier, Password: m.Password, Code: m.Code, PasswordFirst: m.PasswordFirst}
		for _, n := range now {
			if n.Identifier == m.Identifier {
				out[i].Link = n.Link
			}
		}
	}
	return out
}

func secondaries(wire []secondaryWire) []models.SecondaryIdentifier {
	out := make([]models.SecondaryIdentifier, len(wire))
	for i, s := range wire {
		out[i] = models.SecondaryIdentifier{Identifier: secondaryWords.ours(s.Identifier), Verify: s.Verify}
	}
	return out
}

func (u usernamePolicyIn) on(now models.UsernamePolicy) models.UsernamePolicy {
	u.CaseSensitive.To(&now.CaseSensitive)
	u.Allowed.Lowercase.To(&now.Lowercase)
	u.Allowed.Uppercase.To(&now.Uppercase)
	u.Allowed.Numbers.To(&now.Numbers)
	u.Allowed.Underscore.To(&now.Underscore)
	now.MinLength, now.MaxLength = int(or(u.MinLength, int64(now.MinLength))), int(or(u.MaxLength, int64(now.MaxLength)))
	return now
}

func (in signInExpIn) policies(e edits, now models.Experience) {
	if p := in.PasswordPolicy; p.Set {
		p.V.put(e)
	}
	if m := in.MFA; m.Set {
		m.V.put(e, now.MFA)
	}
	put(e, "mfa.adaptive", in.AdaptiveMFA, func(v enabledWire) any { return v.Enabled })
	if s := in.SentinelPolicy; s.Set && !samePolicy(s.V, sentinel(now.Lockout)) {
		minutes := int(or(s.V.LockoutDuration, defaultLockout))
		e["lockout.tiers"] = []models.LockoutTier{{Attempts: int(or(s.V.MaxAttempts, defaultAttempts)), Minutes: &minutes}}
	}
	if b := in.EmailBlocklistPolicy; b.Set {
		e["methods.block_disposable_email"], e["methods.block_subaddressing"] = b.V.Disposable, b.V.Subaddress
		e["methods.email_allowlist"], e["methods.email_blocklist"] = list(b.V.Allowlist), list(b.V.Blocklist)
	}
	if c := in.VerificationCodePolicy; c.Set {
		e["codes.expires_seconds"], e["codes.attempts"] = or(c.V.Expiration, defaultCodeLife), or(c.V.MaxRetry, defaultCodeAttempts)
	}
	if x := in.PasswordExpiration; x.Set {
		e["password.expires"] = x.V.Enabled
		if x.V.Days.Set {
			e["password.expires_after_days"] = x.V.Days.V
		}
	}
}

// samePolicy tells whether a caller writes back what it read: several tiers, of which the document shows the first, then stay.
func samePolicy(in, now sentinelWire) bool {
	return in.MaxAttempts == now.MaxAttempts && in.LockoutDuration == now.LockoutDuration
}

func (p passwordPolicyIn) put(e edits) {
	e["password.min_length"], e["password.max_length"] = or(p.Length.Min, defaultPasswordLeast), or(p.Length.Max, defaultPasswordMost)
	e["password.min_classes"] = or(p.CharacterTypes.Min, 1)
	e["password.reject_pwned"], e["password.reject_repetition"] = or(p.Rejects.Pwned, true), or(p.Rejects.Repetition, true)
	e["password.reject_user_info"], e["password.reject_words"] = or(p.Rejects.UserInfo, true), list(p.Rejects.Words)
}

// put keeps the factors that the document has no word for.
func (m mfaWire) put(e edits, now models.MFA) {
	factors := translated(factorWords, m.Factors)
	for _, f := range now.Factors {
		if factorWords.wire(f) == "" {
			factors = append(factors, f)
		}
	}
	e["mfa.factors"], e["mfa.policy"] = factors, policyWords.ours(m.Policy)
	if m.Organization.Set {
		e["mfa.organization_policy"] = organizationWords.ours(m.Organization.V)
	}
}
