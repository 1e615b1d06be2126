package clients

import (
	"strings"

	"gatehouse/models"
)

// nameIDTypes are what a SAML client may ask as the NameID of people.
var nameIDTypes = []string{"email", "secondary_email", "username", "phone_number", "external_user_id"}

// checkSAML looks at the service provider's side. Its entity id is an identifier, not an address: any URI or name will do
// (SAML Core 8.3.6).
func checkSAML(f *models.Check, c *models.Client) {
	f.Length("saml.entity_id", c.SAML.EntityID, 1, 1024)
	f.That(!strings.ContainsFunc(c.SAML.EntityID, blank), "saml.entity_id", "whitespace", "An entity id contains no spaces.")
	checkPlain(f, "saml.acs_url", c.SAML.ACSURL) // may come later: a service provider's metadata often does
	f.OneOf("saml.name_id_type", c.SAML.NameIDType, nameIDTypes...)
	f.That(len(c.GrantTypes) == 0 && len(c.ResponseTypes) == 0, "grant_types", "not_an_oidc_client", "SAML clients have no grants.")
	f.That(c.TokenEndpointAuthMethod == models.AuthNone, "token_endpoint_auth_method", "not_an_oidc_client", "SAML clients do not use the token endpoint.")
	f.That(c.FAPIProfile == fapiNone, "fapi_profile", "not_an_oidc_client", "FAPI is about OpenID Connect clients.")
	f.That(!c.Device.Enabled && !c.CIBA.Enabled, "device.enabled", "not_an_oidc_client", "SAML clients have no device or backchannel flow.")
}
