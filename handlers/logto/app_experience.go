package logto

import (
	"context"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/experience"
	"gatehouse/models"
	"gatehouse/web"
)

// The look of one application is its layer of the experience. The layer belongs to the container, so that the clients of one
// application look alike.

func (d Dialect) appExperienceRoutes(f web.Face) []web.Route {
	const one = "/api/applications/:applicationId/sign-in-experience"
	return []web.Route{
		{"GET", one, "experience.read", web.Do(f, 200, d.getAppExperience).With(doc("applications", "Read the look of an application"))},
		{"PUT", one, "experience.update", web.Do(f, 200, d.putAppExperience).With(doc("applications", "Set the look of an application"))},
	}
}

// storedExperience notes on a client that its look was written, be it with nothing.
const storedExperience = "logto.sign_in_experience"

// appExperienceIn is a new look. Objects are replaced as a whole; null takes a member back to the tenant's.
type appExperienceIn struct {
	appIn
	Color            opt[appColor]    `json:"color"`
	Branding         opt[appBranding] `json:"branding"`
	CustomCSS        opt[string]      `json:"customCss" rule:"nullable"`
	TermsOfUseURL    opt[string]      `json:"termsOfUseUrl" rule:"required,nullable,max=2048"`
	PrivacyPolicyURL opt[string]      `json:"privacyPolicyUrl" rule:"required,nullable,max=2048"`
	DisplayName      opt[string]      `json:"displayName" rule:"nullable,max=256"`
}

type appColor struct {
	Primary     opt[string] `json:"primaryColor,omitzero"`
	DarkMode    opt[bool]   `json:"isDarkModeEnabled,omitzero"`
	DarkPrimary opt[string] `json:"darkPrimaryColor,omitzero"`
}

type appBranding struct {
	LogoURL     opt[string] `json:"logoUrl,omitzero"`
	DarkLogoURL opt[string] `json:"darkLogoUrl,omitzero"`
	Favicon     opt[string] `json:"favicon,omitzero"`
	DarkFavicon opt[string] `json:"darkFavicon,omitzero"`
}

// appExperienceOut is what an application sets itself.
type appExperienceOut struct {
	TenantID         string      `json:"tenantId"`
	ApplicationID    string      `json:"applicationId"`
	Color            appColor    `json:"color"`
	Branding         appBranding `json:"branding"`
	CustomCSS        *string     `json:"customCss"`
	TermsOfUseURL    *string     `json:"termsOfUseUrl"`
	PrivacyPolicyURL *string     `json:"privacyPolicyUrl"`
	DisplayName      *string     `json:"displayName"`
}

func (in appExperienceIn) edits() edits {
	e := edits{}
	if c := in.Color; c.Set {
		replace(e, "branding.primary_color", mapped(c.V.Primary, sixDigits))
		replace(e, "branding.dark_mode", c.V.DarkMode)
		replace(e, "branding.dark_primary_color", mapped(c.V.DarkPrimary, sixDigits))
	}
	if b := in.Branding; b.Set {
		replace(e, "branding.logo_url", b.V.LogoURL)
		replace(e, "branding.dark_logo_url", b.V.DarkLogoURL)
		replace(e, "branding.favicon_url", b.V.Favicon)
		replace(e, "branding.dark_favicon_url", b.V.DarkFavicon)
	}
	for path, member := range map[string]opt[string]{"custom_css": in.CustomCSS, "content.terms_url": in.TermsOfUseURL,
		"content.privacy_url": in.PrivacyPolicyURL, "branding.display_name": in.DisplayName} {
		if member.Set {
			replace(e, path, member)
		}
	}
	return e
}

// replace sets a path, or takes it back to the layer below when the caller left it out or said null.
func replace[T any](e edits, path string, member opt[T]) {
	e[path] = nil
	if member.Set && !member.Null {
		e[path] = member.V
	}
}

func mapped[T any](member opt[T], change func(T) T) opt[T] {
	member.V = change(member.V)
	return member
}

// appExperience shows what a layer sets itself.
func appExperience(c models.Client, v experience.View) appExperienceOut {
	b, own := v.Settings.Branding, v.Overlay
	return appExperienceOut{TenantID: c.TenantID, ApplicationID: c.ID,
		Color: appColor{set(own, "branding.primary_color", b.Primary), set(own, "branding.dark_mode", b.DarkMode), set(own, "branding.dark_primary_color", b.DarkPrimary)},
		Branding: appBranding{set(own, "branding.logo_url", b.LogoURL), set(own, "branding.dark_logo_url", b.DarkLogoURL),
			set(own, "branding.favicon_url", b.FaviconURL), set(own, "branding.dark_favicon_url", b.DarkFaviconURL)},
		CustomCSS:        ownText(own, "custom_css", v.Settings.CustomCSS),
		TermsOfUseURL:    ownText(own, "content.terms_url", v.Settings.Content.TermsURL),
		PrivacyPolicyURL: ownText(own, "content.privacy_url", v.Settings.Content.PrivacyURL),
		DisplayName:      ownText(own, "branding.display_name", b.DisplayName)}
}

func set[T any](own models.Overlay, path string, value T) opt[T] {
	if _, ok := own[path]; !ok {
		return opt[T]{}
	}
	return models.Some(value)
}

func ownText(own models.Overlay, path, text string) *string {
	if _, ok := own[path]; !ok {
		return nil
	}
	return &text
}

// looks tells whether an application has a look of its own.
func looks(c models.Client, out appExperienceOut) bool {
	if len(c.Stored[storedExperience]) > 0 {
		return true
	}
	return out.Color != (appColor{}) || out.Branding != (appBranding{}) || out.CustomCSS != nil || out.TermsOfUseURL != nil ||
		out.PrivacyPolicyURL != nil || out.DisplayName != nil
}

func (d Dialect) getAppExperience(ctx context.Context, in appIn) (out appExperienceOut, err error) {
	c, err := d.one(ctx, in.ID)
	if err != nil {
		return out, err
	}
	v, err := d.Experience.Get(ctx, experience.ScopeIn{ApplicationID: c.ApplicationID})
	if err != nil {
		return out, err
	}
	if out = appExperience(c, v); !looks(c, out) {
		return out, models.Missing("look")
	}
	return out, nil
}

func (d Dialect) putAppExperience(ctx context.Context, in appExperienceIn) (out written[appExperienceOut], err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		c, err := d.one(ctx, in.ID)
		if err != nil {
			return err
		}
		scope := experience.ScopeIn{ApplicationID: c.ApplicationID}
		before, err := d.Experience.Get(ctx, scope)
		if err != nil {
			return err
		}
		after, err := d.publish(ctx, scope, before.Version, in.edits())
		if err != nil {
			return err
		}
		out = written[appExperienceOut]{appExperience(c, after), !looks(c, appExperience(c, before))}
		if len(c.Stored[storedExperience]) > 0 {
			return nil
		}
		var s clients.Settings
		keepStored(&s, storedExperience, true)
		_, err = d.change(ctx, c, s)
		return err
	})
	return out, err
}
