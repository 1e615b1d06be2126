package transmit

import "gatehouse/models"

// Lives of tokens and sessions that this dialect promises where nobody says otherwise, in seconds.
const (
	accessTTL  = 3600
	refreshTTL = 14 * 24 * 3600
	sessionTTL = 14 * 24 * 3600
)

// words translates between the spelling of the document and the product's.
type words []struct{ wire, ours string }

func (w words) ours(wire string) string {
	for _, p := range w {
		if p.wire == wire {
			return p.ours
		}
	}
	return ""
}

func (w words) wire(ours string) string {
	for _, p := range w {
		if p.ours == ours {
			return p.wire
		}
	}
	return ""
}

var pkceWords = words{
	{"allowPkceAlongsideClientCredentials", models.PKCEOptional},
	{"enforcePkceAlongsideClientCredentials", models.PKCERequired},
	{"enforcePkceInsteadOfClientCredentials", models.PKCEInstead},
}

// The document says basic where it means a secret in either place, so that is what a write of it stores.
var methodWords = words{
	{"client_secret_basic", models.AuthSecretAny},
	{"client_secret_basic", models.AuthSecretBasic},
	{"client_secret_basic", models.AuthSecretPost},
	{"none", models.AuthNone},
	{"private_key_jwt", models.AuthPrivateKeyJWT},
	{"tls_client_auth", models.AuthTLS},
	{"self_signed_tls_client_auth", models.AuthSelfSignedTLS},
}

var nameIDWords = words{
	{"email", "email"}, {"secondaryEmail", "secondary_email"}, {"username", "username"},
	{"phoneNumber", "phone_number"}, {"externalUserId", "external_user_id"},
}

// clientFields are the product's names of members whose place in the document is another.
var clientFields = models.Names{
	"saml.entity_id":                        "sp_entity_id",
	"saml.acs_url":                          "sp_acs_url",
	"saml.name_id_type":                     "sp_name_id_type",
	"saml":                                  "sp_entity_id",
	"protocol":                              "authentication_protocol",
	"profile":                               "client_type",
	"cookie_same_site":                      "short_cookies_samesite_type",
	"consent.uri":                           "consent_uri",
	"consent.validity_seconds":              "consent_validity_period",
	"device":                                "device_authorization",
	"ciba":                                  "ciba_authorization",
	"access_token_lifetime_seconds":         "token_expiration.access_token_ttl",
	"refresh_token.idle_seconds":            "token_expiration.refresh_token_ttl",
	"refresh_token.absolute_seconds":        "token_expiration.max_refresh_rotate",
	"refresh_token":                         "token_expiration",
	"session_lifetime_seconds":              "session_expiration",
	"require_pushed_authorization_requests": "enforce_par",
	"fapi_profile":                          "fapi_version_compliancy",
	"token_endpoint_auth_method":            "authentication_configuration.method",
	"tls_client_certificate_bound_access_tokens": "authentication_configuration.isMtlsCertTokenBound",
	"tls_client_auth.subject_dn":                 "authentication_configuration.tls_client_auth.distinguished_name",
	"tls_client_auth":                            "authentication_configuration.tls_client_auth",
	"jwks":                                       "authentication_configuration.jwks",
	"id_token_signed_response_alg":               "fapi_version_compliancy",
	"third_party":                                "is_third_party",
	"grant_types":                                "ciba_authorization",
}
