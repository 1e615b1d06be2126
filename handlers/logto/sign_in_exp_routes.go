package logto

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/experience"
	"gatehouse/handlers/uploads"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) signInExpRoutes(f web.Face) []web.Route {
	const at = "/api/sign-in-exp"
	return []web.Route{
		{"GET", at, "experience.read", web.Do(f, 200, d.getSignInExp).With(doc("sign-in experience", "Read the sign-in experience"))},
		{"PATCH", at, "experience.update", web.Do(f, 200, d.patchSignInExp).With(doc("sign-in experience", "Change the sign-in experience"))},
		{"POST", at + "/default/check-password", "experience.read", web.Do(f, 200, d.checkPassword).With(doc("sign-in experience", "Hold a password against the policy"))},
		{"GET", at + "/username-policy/case-sensitivity-conflicts", "experience.read", web.Do(f, 200, d.usernameConflicts).With(doc("sign-in experience", "Usernames that differ in case alone"))},
		{"POST", at + "/default/custom-ui-assets", "experience.update", web.Raw(f, d.uploadCustomUI).Body(uploads.MostArchive).With(kept("sign-in experience", "Upload pages of one's own"))},
	}
}

// keptExperience is the document of the members without a home.
var keptExperience = documents.Ref{Kind: "sign_in_experience", Key: "default"}

func (d Dialect) kept(ctx context.Context) (keptMembers, error) {
	none := keptMembers{CustomContent: json.RawMessage("{}")}
	return documents.Load(models.Lend(ctx, "sign_in_experience.read"), d.Documents, keptExperience, none)
}

func (d Dialect) getSignInExp(ctx context.Context, _ web.None) (out signInExpOut, err error) {
	v, err := d.Experience.Get(ctx, experience.ScopeIn{})
	if err != nil {
		return out, err
	}
	return d.shownExp(ctx, experience.ScopeIn{}, v)
}

// shownExp adds to an experience what it refers to.
func (d Dialect) shownExp(ctx context.Context, in experience.ScopeIn, v experience.View) (out signInExpOut, err error) {
	known, err := d.Experience.Connections(ctx, in)
	if err != nil {
		return out, err
	}
	kept, err := d.kept(ctx)
	out = signInExp(models.ActorFrom(ctx).TenantID, v.Settings, kept, targetsOf(v.Settings.Methods.Connections, known))
	if _, said := v.Overlay[profileFieldsPath]; said && out.SignUpProfileFields == nil {
		out.SignUpProfileFields = []profileField{} // null is that nobody said which
	}
	return out, err
}

// CheckShape adds what tags cannot say.
func (in *signInExpIn) CheckShape(c *models.Check) {
	if in.CustomContent.Set {
		var texts map[string]string
		c.That(json.Unmarshal(in.CustomContent.V, &texts) == nil, "customContent", "wrong_type", "This must be an object of texts, not an object.")
	}
	c.That(!in.PasswordExpiration.V.Enabled || in.PasswordExpiration.V.Days.Set, "passwordExpiration.validPeriodDays", "required", "This member is required.")
}

// refused tells what no experience can be, in the dialect's own codes.
func (in signInExpIn) refused() error {
	factors := in.MFA.V.Factors
	switch {
	case !distinct(factors):
		return refuse("sign_in_experiences.duplicated_mfa_factors", "Each factor occurs once.")
	case slices.Equal(factors, []string{"BackupCode"}):
		return refuse("sign_in_experiences.backup_code_cannot_be_enabled_alone", "Backup codes need another factor beside them.")
	case !distinct(in.SignUp.V.Identifiers):
		return refuse("sign_in_experiences.duplicated_sign_up_identifiers", "Each identifier of sign-up occurs once.")
	case slices.ContainsFunc(in.SignIn.V.Methods, func(m methodWire) bool { return !m.Password && !m.Code }):
		return refuse("sign_in_experiences.at_least_one_authentication_factor", "Each identifier needs a password or a code.")
	case in.PasswordExpiration.V.Days.V > maxExpiryDays:
		return refuse("sign_in_experiences.password_expiration_invalid_period_days", "A password is valid for 1 to 1096 days.")
	}
	return nil
}

// maxExpiryDays is the longest that a password may be valid.
const maxExpiryDays = 1096

func distinct(words []string) bool {
	sorted := slices.Sorted(slices.Values(words))
	return len(slices.Compact(sorted)) == len(words)
}

func (d Dialect) patchSignInExp(ctx context.Context, in signInExpIn) (out signInExpOut, err error) {
	if err := in.refused(); err != nil {
		return out, err
	}
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		now, err := d.Experience.Get(ctx, experience.ScopeIn{})
		if err != nil {
			return err
		}
		known, err := d.Experience.Connections(ctx, experience.ScopeIn{})
		if err != nil {
			return err
		}
		v, err := d.publish(ctx, experience.ScopeIn{}, now.Version, in.edits(now.Settings, byTarget(known)))
		if err != nil {
			return err
		}
		if err := d.keep(ctx, in); err != nil {
			return err
		}
		out, err = d.shownExp(ctx, experience.ScopeIn{}, v)
		return err
	})
	return out, err
}

// publish writes settings at once, as a new version.
func (d Dialect) publish(ctx context.Context, in experience.ScopeIn, version int64, e edits) (experience.View, error) {
	sections, err := e.sections()
	if err != nil {
		return experience.View{}, err
	}
	v, err := d.Experience.Patch(ctx, experience.PatchIn{ScopeIn: in, Sections: sections, Version: models.Some(version)})
	return v, experienceFields.Rename(err, "")
}

// keep stores the members without a home.
func (d Dialect) keep(ctx context.Context, in signInExpIn) error {
	if !in.CustomContent.Set && !in.CustomUIAssets.Set && !in.CustomUICSP.Set {
		return nil
	}
	kept, err := d.kept(ctx)
	if err != nil {
		return err
	}
	before := kept.CustomUIAssets
	in.CustomContent.To(&kept.CustomContent)
	in.CustomUIAssets.ToPtr(&kept.CustomUIAssets)
	in.CustomUICSP.To(&kept.CustomUICSP)
	for _, verb := range []string{"read", "create", "update"} {
		ctx = models.Lend(ctx, keptExperience.Kind+"."+verb)
	}
	if _, _, err = d.Documents.Put(ctx, documents.PutIn{Ref: keptExperience, Body: kept}); err != nil {
		return err
	}
	return d.useCustomUI(ctx, before, kept.CustomUIAssets)
}

// experienceFields are the product's names of what the experience consists of.
var experienceFields = models.Names{
	"branding.primary_color": "color.primaryColor", "branding.dark_primary_color": "color.darkPrimaryColor", "branding.dark_mode": "color.isDarkModeEnabled",
	"branding.logo_url": "branding.logoUrl", "branding.dark_logo_url": "branding.darkLogoUrl", "branding.favicon_url": "branding.favicon",
	"branding.dark_favicon_url": "branding.darkFavicon", "branding.display_name": "displayName", "branding.hide_credit": "hideLogtoBranding",
	"content.terms_url": "termsOfUseUrl", "content.privacy_url": "privacyPolicyUrl", "content.agreement": "agreeToTermsPolicy",
	"content.support_email": "supportEmail", "content.support_url": "supportWebsiteUrl", "custom_css": "customCss",
	"languages": "languageInfo", "languages.default": "languageInfo.fallbackLanguage", "languages.enabled": "languageInfo.fallbackLanguage",
	"methods.identifiers": "signIn.methods", "methods.connections": "socialSignInConnectorTargets", "methods.forgot_password": "forgotPasswordMethods",
	"methods.username": "usernamePolicy", "methods.email_allowlist": "emailBlocklistPolicy.customAllowlist",
	"methods.email_blocklist": "emailBlocklistPolicy.customBlocklist", "methods.unknown_session_url": "unknownSessionRedirectUrl",
	"sign_up": "signUp", "sign_up.mode": "signInMode", "sign_up.secondary_identifiers": "signUp.secondaryIdentifiers", "sign_up.profile_fields": "signUpProfileFields",
	"password.min_length": "passwordPolicy.length.min", "password.max_length": "passwordPolicy.length.max",
	"password.min_classes": "passwordPolicy.characterTypes.min", "password.reject_words": "passwordPolicy.rejects.words",
	"password.expires_after_days": "passwordExpiration.validPeriodDays",
	"lockout.tiers[0].attempts":   "sentinelPolicy.maxAttempts", "lockout.tiers[0].minutes": "sentinelPolicy.lockoutDuration",
	"codes.expires_seconds": "verificationCodePolicy.expirationDuration", "codes.attempts": "verificationCodePolicy.maxRetryAttempts",
	"mfa.factors": "mfa.factors", "mfa.policy": "mfa.policy",
}

// passwordIn is a password to be judged.
type passwordIn struct {
	Password string      `json:"password" rule:"required"`
	UserID   opt[string] `json:"userId"`
}

// passwordOut is what is wrong with it, if anything.
type passwordOut struct {
	Result bool            `json:"result"`
	Issues []passwordIssue `json:"issues,omitempty"`
}

type passwordIssue struct {
	Code          string         `json:"code"`
	Interpolation map[string]int `json:"interpolation,omitempty"`
}

// weaknessWords are the document's words for what is wrong with a password.
var weaknessWords = map[string]string{experience.WeakShort: "too_short", experience.WeakLong: "too_long", experience.WeakClasses: "character_types",
	experience.WeakCommon: "pwned", experience.WeakRepetition: "restricted.repetition", experience.WeakSequence: "restricted.sequence",
	experience.WeakUserInfo: "restricted.user_info", experience.WeakWords: "restricted.words"}

func (d Dialect) checkPassword(ctx context.Context, in passwordIn) (passwordOut, error) {
	if strings.TrimSpace(in.UserID.V) != "" {
		return passwordOut{}, models.Missing("user") // there are no users of the tenant yet
	}
	weak, err := d.Experience.JudgePassword(ctx, experience.JudgePasswordIn{Password: models.NewSecret(in.Password)})
	out := passwordOut{Result: len(weak) == 0}
	for _, w := range weak {
		issue := passwordIssue{Code: "password_rejected." + weaknessWords[w.Kind]}
		switch w.Kind {
		case experience.WeakShort, experience.WeakClasses:
			issue.Interpolation = map[string]int{"min": w.Bound}
		case experience.WeakLong:
			issue.Interpolation = map[string]int{"max": w.Bound}
		}
		out.Issues = append(out.Issues, issue)
	}
	return out, err
}
