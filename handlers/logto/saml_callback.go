package logto

import (
	"context"

	"gatehouse/models"
)

// samlCallbackIn is what the authorization endpoint sends a browser back with: a code, or why there is none.
type samlCallbackIn struct {
	idIn
	Code  string `query:"code" json:"-"`
	Error string `query:"error" json:"-"`
	Text  string `query:"error_description" json:"-"`
}

// samlCallback ends a sign-in at a service provider: it is where the assertion would be made. It is public, for browsers come
// here. People do not sign in on this server yet, so it has given out no code that could be redeemed here: whatever comes is
// refused, in the order and the words of a server that has them.
func (d Dialect) samlCallback(ctx context.Context, in samlCallbackIn) error {
	ctx = models.System(ctx)
	var c models.Check
	c.That(in.Code != "" || in.Error != "", "code", "required", "Required")
	if err := c.Err(); err != nil {
		return at(err, invalidQuery)
	}
	if _, err := d.saml(ctx, in.ID); err != nil {
		return err
	}
	if in.Error != "" {
		if in.Text == "" {
			in.Text = "The sign-in was not completed."
		}
		return &models.Fault{Code: models.Invalid, Reason: "oidc.invalid_request", Text: in.Text}
	}
	return refuse("application.saml.sp_initiated_saml_sso_session_not_found", "No sign-in at a service provider goes with this code: people do not sign in on this server yet.")
}
