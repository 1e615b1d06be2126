package logto

import (
	"slices"

	"gatehouse/models"
	"gatehouse/views/hosted"
)

// signInExp shows the experience of a tenant. targets are the names of the connections on offer.
func signInExp(tenant string, e models.Experience, kept keptMembers, targets []string) signInExpOut {
	light, dark := hosted.Primaries(e.Branding)
	forgot := forgotWords.each(e.Methods.ForgotPassword)
	return signInExpOut{TenantID: tenant, ID: "default", Color: colorWire{light, e.Branding.DarkMode, dark}, Branding: branding(e.Branding),
		HideBranding: e.Branding.HideCredit, LanguageInfo: languageInfo{e.Languages.AutoDetect, e.Languages.Default},
		TermsOfUseURL: orNull(e.Content.TermsURL), PrivacyPolicyURL: orNull(e.Content.PrivacyURL), AgreeToTermsPolicy: agreementWords.wire(e.Content.Agreement),
		SignIn: signIn(e.Methods), SignUp: signUp(e.SignUp), SocialSignIn: socialSignIn{e.Methods.LinkAccounts, e.Methods.SkipRequired},
		SocialTargets: list(targets), SignInMode: modeWords.wire(e.SignUp.Mode), CustomCSS: orNull(e.CustomCSS), keptMembers: kept,
		PasswordPolicy: passwordPolicy(e.Password), MFA: mfa(e.MFA), AdaptiveMFA: enabledWire{e.MFA.Adaptive}, SingleSignOnEnabled: e.Methods.EnterpriseSSO,
		SupportEmail: orNull(e.Content.SupportEmail), SupportWebsiteURL: orNull(e.Content.SupportURL), UnknownSessionRedirectURL: orNull(e.Methods.UnknownSessionTo),
		CaptchaPolicy: enabledWire{e.Methods.CaptchaEnabled}, SentinelPolicy: sentinel(e.Lockout),
		EmailBlocklistPolicy:   &blocklistWire{e.Methods.BlockDisposable, e.Methods.BlockSubaddress, list(e.Methods.EmailAllowlist), list(e.Methods.EmailBlocklist)},
		VerificationCodePolicy: codePolicyWire{models.Some(int64(e.Codes.ExpiresSeconds)), models.Some(int64(e.Codes.Attempts))},
		ForgotPasswordMethods:  &forgot, PasskeySignIn: passkeyWire{e.Passkey.Enabled, e.Passkey.Button, e.Passkey.Autofill},
		SignUpProfileFields: profileFields(e.SignUp.Profile), PasswordExpiration: expiration(e.Password), UsernamePolicy: usernamePolicy(e.Methods.Username)}
}

func branding(b models.Branding) brandingWire {
	return brandingWire{b.LogoURL, b.DarkLogoURL, b.FaviconURL, b.DarkFaviconURL}
}

func signIn(m models.SignInMethods) signInWire {
	out := signInWire{Methods: make([]methodWire, len(m.Identifiers))}
	for i, id := range m.Identifiers {
		out.Methods[i] = methodWire{id.Identifier, id.Password, id.Code, id.PasswordFirst}
	}
	return out
}

func signUp(s models.SignUp) signUpWire {
	out := signUpWire{Identifiers: list(s.Identifiers), Password: s.Password, Verify: s.Verify}
	for _, id := range s.Secondary {
		out.Secondary = append(out.Secondary, secondaryWire{secondaryWords.wire(id.Identifier), id.Verify})
	}
	return out
}

func passwordPolicy(p models.PasswordPolicy) passwordPolicyOut {
	return passwordPolicyOut{Length: boundsOut{p.MinLength, p.MaxLength}, CharacterTypes: leastOut{p.MinClasses},
		Rejects: rejectsOut{p.RejectPwned, p.RejectRepetition, p.RejectUserInfo, list(p.RejectWords)}}
}

func mfa(m models.MFA) mfaWire {
	return mfaWire{factorWords.each(m.Factors), policyWords.wire(m.Policy), models.Some(organizationWords.wire(m.OrganizationRequired))}
}

// sentinel shows the first tier: the document knows one.
func sentinel(l models.Lockout) sentinelWire {
	if len(l.Tiers) == 0 {
		return sentinelWire{}
	}
	first := l.Tiers[0]
	out := sentinelWire{MaxAttempts: models.Some(int64(first.Attempts))}
	if first.Minutes != nil {
		out.LockoutDuration = models.Some(int64(*first.Minutes))
	}
	return out
}

func profileFields(names []string) []profileField {
	var out []profileField // null when there are none
	for _, n := range names {
		out = append(out, profileField{n})
	}
	return out
}

func expiration(p models.PasswordPolicy) passwordExpiration {
	if !p.Expires {
		return passwordExpiration{}
	}
	return passwordExpiration{true, models.Some(int64(p.ExpiresAfterDays))}
}

func usernamePolicy(u models.UsernamePolicy) usernamePolicyOut {
	return usernamePolicyOut{u.CaseSensitive, u.MinLength, u.MaxLength, allowedOut{u.Lowercase, u.Uppercase, u.Numbers, u.Underscore}}
}

// targetsOf names the connections on offer, in their order, each target once.
func targetsOf(offered []string, known []models.Connection) []string {
	out := []string{}
	for _, id := range offered {
		for _, c := range known {
			if target := connectionTarget(c); c.ID == id && !slices.Contains(out, target) {
				out = append(out, target)
			}
		}
	}
	return out
}

// byTarget groups the tenant's connections by what they are called here.
func byTarget(known []models.Connection) map[string][]string {
	out := map[string][]string{}
	for _, c := range known {
		if c.ApplicationID == nil {
			target := connectionTarget(c)
			out[target] = append(out[target], c.ID)
		}
	}
	return out
}
