package transmit

import (
	"context"

	"gatehouse/models"
	"gatehouse/web"
)

// The login preferences are not in the document of applications, which shows them without a way to change them; the vendor has
// these two beside it, outside of v1.
func (d Dialect) preferenceRoutes(f web.Face) []web.Route {
	const one = "/cis/loginPreferences/:appId"
	return []web.Route{
		{"GET", one, "application.read", web.Do(f, 200, d.getPreferences).With(doc("login preferences", "Get the login preferences of an application"))},
		{"PUT", one + "/authMethods", "experience.update", web.Do(f, 200, d.setMethods).With(doc("login preferences", "Replace the login methods of an application"))},
	}
}

func (d Dialect) getPreferences(ctx context.Context, in appIn) (result[loginPreferences], error) {
	m, err := d.Experience.LoginPreferences(models.Lend(ctx, "experience.read"), in.AppID)
	return wrap(loginPreferences{methodsOut(m)}), err
}

type setMethodsIn struct {
	appIn
	authMethods
}

// CheckShape adds what tags cannot say.
func (in *setMethodsIn) CheckShape(c *models.Check) { in.authMethods.check(c) }

func (d Dialect) setMethods(ctx context.Context, in setMethodsIn) (result[loginPreferences], error) {
	tenant, err := d.Tenant(ctx)
	if err != nil {
		return result[loginPreferences]{}, err
	}
	if in.WebAuthn != nil && !tenant.TransmitWebAuthn {
		var c models.Check
		c.Add("webauthn", "removed", "This method is gone from the document; use webauthn_api. The tenant's settings can allow it again.")
		return result[loginPreferences]{}, c.Err()
	}
	m, err := d.Experience.SetLoginPreferences(ctx, in.AppID, methodsIn(in.authMethods))
	if err != nil {
		return result[loginPreferences]{}, methodFields.Rename(err, "")
	}
	return wrap(loginPreferences{methodsOut(m)}), nil
}

// methodFields are the members behind the settings that every face shares.
var methodFields = models.Names{
	"password.min_length":             "password.passwordMinLength",
	"password.history":                "password.blockPreviousPasswords",
	"password.reset_minutes":          "password.resetValidityMinutes",
	"password.expires_after_days":     "password.passwordExpiresIn",
	"password.level":                  "password.passwordComplexity",
	"lockout.tiers":                   "password.lockoutTiers",
	"lockout.failures_expire_minutes": "password.failuresExpireIn",
	"methods.identifiers":             "auth_methods",
}
