package experience

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"gatehouse/models"
	"gatehouse/views/hosted"
)

// MaxImage is the most that a picture inside the settings holds, in bytes of its data: address.
const MaxImage = 64 << 10

// checkLayer judges what a layer would show: settings laid over those below.
func (o Ops) checkLayer(ctx context.Context, s state, settings models.Overlay) error {
	full, err := settings.Over(s.below)
	if err != nil {
		return err
	}
	var c models.Check
	checkExperience(&c, full)
	if err := o.checkConnections(ctx, &c, s.in, full.Methods.Connections); err != nil {
		return err
	}
	return c.Err()
}

func checkExperience(c *models.Check, e models.Experience) {
	checkMethods(c, e.Methods)
	checkSignUp(c, e.SignUp)
	checkPassword(c, e.Password)
	checkLockout(c, e.Lockout)
	checkMFA(c, e.MFA)
	checkBranding(c, e.Branding)
	checkContent(c, e.Content)
	checkLanguages(c, e.Languages)
	checkPhrases(c, e.Phrases)
	c.Range("codes.expires_seconds", int64(e.Codes.ExpiresSeconds), 60, 3600)
	c.Range("codes.attempts", int64(e.Codes.Attempts), 1, 20)
	if f := checkCSS(e.CustomCSS); f != nil {
		c.Add(f.Name, f.Reason, f.Text)
	}
}

func checkMethods(c *models.Check, m models.SignInMethods) {
	seen := map[string]bool{}
	for i, id := range m.Identifiers {
		at := fmt.Sprintf("methods.identifiers[%d]", i)
		c.That(id.Identifier != "", at+".identifier", "required", "Say which identifier this is.")
		c.OneOf(at+".identifier", id.Identifier, models.IdentifierUsername, models.IdentifierEmail, models.IdentifierPhone)
		c.That(!seen[id.Identifier], at+".identifier", "repeated", "Each identifier occurs once.")
		seen[id.Identifier] = true
		c.That(id.Password || id.Code || id.Link, at, "no_proof", "Switch on a password, a code or a link for this identifier, or take it off.")
		c.That(id.Identifier != models.IdentifierUsername || !id.Code && !id.Link, at, "no_address", "A code or link needs an address: a username has none.")
		c.That(id.Identifier != models.IdentifierPhone || !id.Link, at+".magic_link", "no_address", "Links go to e-mail addresses only.")
	}
	for i, f := range m.ForgotPassword {
		c.OneOf(fmt.Sprintf("methods.forgot_password[%d]", i), f, models.IdentifierEmail, models.IdentifierPhone)
	}
	u := m.Username
	c.That(u.MinLength >= 1 && u.MinLength <= u.MaxLength && u.MaxLength <= 128, "methods.username", "out_of_range", "Use lengths from 1 to 128, the least not above the most.")
	checkWords(c, "methods.email_allowlist", m.EmailAllowlist, 1000, 254)
	checkWords(c, "methods.email_blocklist", m.EmailBlocklist, 1000, 254)
	checkLink(c, "methods.unknown_session_url", m.UnknownSessionTo)
}

// checkConnections refuses connections that the layer cannot offer: those of other applications, and those there are not.
func (o Ops) checkConnections(ctx context.Context, c *models.Check, in ScopeIn, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	known, err := o.reachable(ctx, in.ApplicationID)
	if err != nil {
		return err
	}
	for i, id := range ids {
		ok := slices.ContainsFunc(known, func(k models.Connection) bool { return k.ID == id })
		c.That(ok, fmt.Sprintf("methods.connections[%d]", i), "connection_not_found", "There is no connection with this id here.")
		c.That(slices.Index(ids, id) == i, fmt.Sprintf("methods.connections[%d]", i), "repeated", "Each connection occurs once.")
	}
	return nil
}

func checkSignUp(c *models.Check, s models.SignUp) {
	need(c, "sign_up.mode", s.Mode, models.ModeBoth, models.ModeSignIn, models.ModeRegister)
	for i, id := range s.Identifiers {
		c.OneOf(fmt.Sprintf("sign_up.identifiers[%d]", i), id, models.IdentifierUsername, models.IdentifierEmail, models.IdentifierPhone)
	}
	for i, id := range s.Secondary {
		c.OneOf(fmt.Sprintf("sign_up.secondary_identifiers[%d]", i), id.Identifier, models.IdentifierUsername, models.IdentifierEmail, models.IdentifierPhone, "email_or_phone")
	}
	checkWords(c, "sign_up.profile_fields", s.Profile, 50, 64)
}

func checkPassword(c *models.Check, p models.PasswordPolicy) {
	c.Range("password.min_length", int64(p.MinLength), 1, 128)
	c.Range("password.max_length", int64(p.MaxLength), int64(max(p.MinLength, 8)), 256)
	c.Range("password.min_classes", int64(p.MinClasses), 1, 4)
	need(c, "password.level", p.Level, models.PasswordLevels...)
	c.Range("password.history", int64(p.History), 0, 24)
	c.Range("password.expires_after_days", int64(p.ExpiresAfterDays), 1, 1096)
	c.Range("password.reset_minutes", int64(p.ResetMinutes), 5, 60)
	checkWords(c, "password.reject_words", p.RejectWords, 2000, 100)
}

func checkLockout(c *models.Check, l models.Lockout) {
	c.Range("lockout.failures_expire_minutes", int64(l.FailuresExpireMinutes), 1, 525600)
	c.That(len(l.Tiers) >= 1 && len(l.Tiers) <= 20, "lockout.tiers", "out_of_range", "Use 1 to 20 tiers: without one, guessing is never slowed.")
	for i, t := range l.Tiers {
		at := fmt.Sprintf("lockout.tiers[%d]", i)
		c.Range(at+".attempts", int64(t.Attempts), 1, 1000)
		c.That(i == 0 || t.Attempts > l.Tiers[i-1].Attempts, at+".attempts", "not_ascending", "Each tier needs more failures than the one before.")
		if t.Minutes != nil {
			c.Range(at+".minutes", int64(*t.Minutes), 1, 525600)
		}
	}
}

func checkMFA(c *models.Check, m models.MFA) {
	for i, f := range m.Factors {
		need(c, fmt.Sprintf("mfa.factors[%d]", i), f, models.MFAFactors...)
	}
	need(c, "mfa.policy", m.Policy, models.MFAPolicies...)
	need(c, "mfa.organization_policy", m.OrganizationRequired, "no_prompt", "mandatory")
	c.That(len(m.Factors) > 0 || !strings.Contains(m.Policy, "mandatory"), "mfa.policy", "no_factor", "Switch on a factor before you require one.")
}

func checkBranding(c *models.Check, b models.Branding) {
	c.Length("branding.display_name", b.DisplayName, 0, 256)
	checkColor(c, "branding.primary_color", b.Primary)
	checkColor(c, "branding.dark_primary_color", b.DarkPrimary)
	checkColor(c, "branding.background_color", b.Background)
	checkColor(c, "branding.dark_background_color", b.DarkBackground)
	checkImage(c, "branding.logo_url", b.LogoURL)
	checkImage(c, "branding.dark_logo_url", b.DarkLogoURL)
	checkImage(c, "branding.favicon_url", b.FaviconURL)
	checkImage(c, "branding.dark_favicon_url", b.DarkFaviconURL)
	need(c, "branding.font", b.Font, hosted.Fonts...)
	checkLink(c, "branding.font_url", b.FontURL)
	need(c, "branding.layout", b.Layout, "split", "card")
	need(c, "branding.corners", b.Corners, hosted.Corners...)
}

func checkContent(c *models.Check, n models.Content) {
	checkLink(c, "content.terms_url", n.TermsURL)
	checkLink(c, "content.privacy_url", n.PrivacyURL)
	checkLink(c, "content.support_url", n.SupportURL)
	need(c, "content.agreement", n.Agreement, "automatic", "manual_at_registration", "manual")
	if n.SupportEmail != "" {
		a, err := mail.ParseAddress(n.SupportEmail)
		c.That(err == nil && a.Address == n.SupportEmail && len(n.SupportEmail) <= 254, "content.support_email", "not_an_address", "This is not an e-mail address.")
	}
}

func checkLanguages(c *models.Check, l models.Languages) {
	checkTag(c, "languages.default", l.Default)
	c.That(len(l.Enabled) > 0 && len(l.Enabled) <= 50, "languages.enabled", "out_of_range", "Offer 1 to 50 languages.")
	for i, tag := range l.Enabled {
		checkTag(c, fmt.Sprintf("languages.enabled[%d]", i), tag)
	}
	c.That(slices.Contains(l.Enabled, l.Default), "languages.default", "not_enabled", "The default must be one of the languages on offer.")
}

// checkPhrases lets only phrases through that the pages have, with only the values that they are given.
func checkPhrases(c *models.Check, all map[string]map[string]string) {
	for lang, texts := range all {
		checkTag(c, "phrases."+lang, lang)
		for key, text := range texts {
			at := models.PhrasePath(lang, key)
			if _, known := hosted.Default(lang, key); !known {
				c.Add(at, "unknown_phrase", "The pages have no phrase of this name.")
				continue
			}
			c.Length(at, text, 0, 500)
			allowed := hosted.Placeholders(lang, key)
			for _, p := range hosted.PlaceholdersIn(text) {
				c.That(slices.Contains(allowed, p), at, "unknown_placeholder", "{"+p+"} is not filled in here. "+allowance(allowed))
			}
		}
	}
}

func allowance(placeholders []string) string {
	if len(placeholders) == 0 {
		return "This phrase takes no values."
	}
	return "Use {" + strings.Join(placeholders, "}, {") + "}."
}

// need is OneOf for a value that may not be empty.
func need(c *models.Check, name, value string, allowed ...string) {
	if c.That(value != "", name, "required", "This field needs a value.") {
		c.OneOf(name, value, allowed...)
	}
}

func checkColor(c *models.Check, name, v string) {
	if v == "" {
		return
	}
	_, ok := hosted.ParseColor(v)
	c.That(ok, name, "not_a_color", "Write the colour as # and six hexadecimal digits, such as #0f5f47.")
}

func checkTag(c *models.Check, name, tag string) {
	parsed, err := language.Parse(tag)
	c.That(err == nil && parsed.String() == tag && tag != "und", name, "not_a_language", "Write the language as a BCP 47 tag, such as en, es-MX or zh-Hant.")
}

func checkLink(c *models.Check, name, address string) {
	if address == "" {
		return
	}
	c.That(secure(address), name, "not_https", "Use an https address of at most 2048 characters.")
}

func secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && models.HostOf(u) && u.User == nil && len(address) <= 2048 && !strings.ContainsAny(address, " \t\r\n\\'\";,")
}

func checkImage(c *models.Check, name, address string) {
	if address == "" || secure(address) {
		return
	}
	if strings.HasPrefix(address, "data:") {
		c.That(dataImage(address), name, "not_an_image", "Use data:image/png, jpeg, gif, webp or svg+xml in base64.")
		c.That(len(address) <= MaxImage, name, "too_long", "A picture inside the settings holds at most 64 KiB.")
		return
	}
	c.Add(name, "not_https", "Use an https address, or a data: image of at most 64 KiB.")
}

var imageTypes = []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "image/x-icon", "image/vnd.microsoft.icon"}

// dataImage tells whether an address is a picture in itself. As the source of an <img> even SVG runs nothing and loads nothing.
func dataImage(address string) bool {
	kind, body, ok := strings.Cut(strings.TrimPrefix(address, "data:"), ";base64,")
	if !ok || !strings.HasPrefix(address, "data:") || !slices.Contains(imageTypes, kind) {
		return false
	}
	_, err := base64.StdEncoding.DecodeString(body)
	return err == nil && body != ""
}

func checkWords(c *models.Check, name string, words []string, most, length int) {
	c.That(len(words) <= most, name, "too_many", fmt.Sprintf("Use at most %d entries.", most))
	for i, w := range words {
		c.Length(fmt.Sprintf("%s[%d]", name, i), w, 1, length)
	}
}
