package transmit

import "gatehouse/web"

// How far a member of the document is honoured.
const (
	Enforced = "enforced" // it decides what the server does
	Stored   = "stored"   // it is checked when it is written and given back unchanged; nothing acts on it yet
)

// Line is a member of the document in the coverage table.
type Line struct{ Object, Member, State, Note string }

// Coverage tells of every member that can be written how far it is honoured. A test holds it against the wire types, so that
// nothing is taken and forgotten.
func Coverage() []Line {
	var out []Line
	for _, part := range []struct {
		object string
		lines  []Line
	}{{"client", clientCoverage}, {"application", applicationCoverage}, {"login method", methodCoverage}, {"signing key", keyCoverage}} {
		for _, l := range part.lines {
			l.Object = part.object
			out = append(out, l)
		}
	}
	return out
}

const (
	atAuthorization = "Acts at the authorization endpoint, which comes later."
	atSignIn        = "Acts at hosted sign-in, which comes later."
	atSAML          = "Acts at the SAML identity provider, which comes later."
	mirrored        = "Deprecated: a member of the default client."
	byReference     = "A reference to what has no home here yet."
)

var clientCoverage = []Line{
	{Member: "name", State: Enforced},
	{Member: "description", State: Enforced},
	{Member: "authentication_protocol", State: Enforced, Note: "Chosen for good."},
	{Member: "resources", State: Enforced, Note: "Audiences that the client may ask tokens for."},
	{Member: "client_type", State: Stored, Note: atAuthorization},
	{Member: "redirect_uris", State: Stored, Note: atAuthorization},
	{Member: "response_types", State: Stored, Note: atAuthorization},
	{Member: "pkce", State: Enforced, Note: "Decides whether the client authenticates; challenges act at the authorization endpoint."},
	{Member: "token_endpoint_auth_method", State: Enforced, Note: "Deprecated: says the same as pkce and authentication_configuration."},
	{Member: "authentication_configuration", State: Enforced, Note: "Secrets and private_key_jwt; a client with a certificate method gets no tokens yet."},
	{Member: "token_expiration", State: Enforced, Note: "Access tokens; refresh tokens come later."},
	{Member: "session_expiration", State: Stored, Note: atSignIn},
	{Member: "enforce_par", State: Stored, Note: atAuthorization},
	{Member: "fapi_version_compliancy", State: Enforced, Note: "Contradictions are refused when saved, assertions name the issuer alone."},
	{Member: "id_token_encryption", State: Stored, Note: "There are no ID tokens yet."},
	{Member: "device_authorization", State: Stored, Note: "The device flow comes later."},
	{Member: "ciba_authorization", State: Stored, Note: "Backchannel authentication comes later."},
	{Member: "supported_prompts", State: Stored, Note: atAuthorization},
	{Member: "default_custom_claims", State: Stored, Note: "There are no ID tokens yet."},
	{Member: "default_user_info_claims", State: Stored, Note: "There is no UserInfo yet."},
	{Member: "sync_id_token_claims_to_userinfo", State: Stored, Note: "There is no UserInfo yet."},
	{Member: "short_cookies_samesite_type", State: Stored, Note: atSignIn},
	{Member: "is_third_party", State: Stored, Note: atAuthorization},
	{Member: "allowed_scopes", State: Enforced, Note: "Scopes that tokens may have."},
	{Member: "consent_uri", State: Stored, Note: atAuthorization},
	{Member: "consent_validity_period", State: Stored, Note: atAuthorization},
	{Member: "role_ids", State: Stored, Note: byReference},
	{Member: "client_group_id", State: Stored, Note: byReference},
	{Member: "sp_acs_url", State: Stored, Note: atSAML},
	{Member: "sp_entity_id", State: Enforced, Note: "Unique in the tenant; the rest comes with the SAML identity provider."},
	{Member: "sp_name_id_type", State: Stored, Note: atSAML},
	{Member: "sign_assertion", State: Stored, Note: atSAML},
	{Member: "optional_acs_url", State: Stored, Note: atSAML},
	{Member: "use_centralized_login", State: Stored, Note: atSAML},
}

var applicationCoverage = []Line{
	{Member: "app_name", State: Enforced},
	{Member: "app_description", State: Enforced},
	{Member: "logo", State: Enforced},
	{Member: "first_client", State: Enforced, Note: "In an update it writes the default client."},
	{Member: "first_client_authentication_protocol", State: Enforced},
	{Member: "signing_key_enabled", State: Enforced},
	{Member: "should_delete_signing_key", State: Enforced},
	{Member: "authenticator_preferences", State: Stored, Note: "One hub in the tenant; " + atSignIn},
	{Member: "allow_public_signup", State: Stored, Note: atSignIn},
	{Member: "login_uri", State: Stored, Note: atSignIn},
	{Member: "service_providers", State: Stored, Note: byReference},
	{Member: "invite_member_uri", State: Stored, Note: "Invitations come later."},
	{Member: "invite_client_id", State: Stored, Note: "Invitations come later."},
	{Member: "invite_member_email_expiration_minutes", State: Stored, Note: "Invitations come later."},
	{Member: "b2b_invite_journey_id", State: Stored, Note: byReference},
	{Member: "refresh_token_invalidation_trigger_configuration", State: Stored, Note: "There are no refresh tokens yet."},
	{Member: "subdomain", State: Stored, Note: "The organization portal comes later."},
	{Member: "custom_domain", State: Stored, Note: "Stays pending: domains are not proved yet."},
	{Member: "client_display_name", State: Enforced, Note: mirrored},
	{Member: "client_description", State: Enforced, Note: mirrored},
	{Member: "client_type", State: Stored, Note: mirrored},
	{Member: "redirect_uris", State: Stored, Note: mirrored},
	{Member: "resources", State: Enforced, Note: mirrored},
	{Member: "device_authorization", State: Stored, Note: mirrored},
	{Member: "ciba_authorization", State: Stored, Note: mirrored},
	{Member: "client_auth_method", State: Enforced, Note: mirrored},
	{Member: "pkce", State: Enforced, Note: "A member of the default client."},
}

var methodCoverage = []Line{
	{Member: "google", State: Stored, Note: atSignIn}, {Member: "facebook", State: Stored, Note: atSignIn},
	{Member: "apple", State: Stored, Note: atSignIn}, {Member: "line", State: Stored, Note: atSignIn},
	{Member: "tiktok", State: Stored, Note: atSignIn}, {Member: "email", State: Stored, Note: atSignIn},
	{Member: "email_otp", State: Stored, Note: atSignIn}, {Member: "sms", State: Stored, Note: atSignIn},
	{Member: "password", State: Stored, Note: atSignIn}, {Member: "totp", State: Stored, Note: atSignIn},
	{Member: "webauthn_api", State: Stored, Note: atSignIn}, {Member: "push", State: Stored, Note: atSignIn},
	{Member: "webauthn", State: Stored, Note: "Removed from the document; the tenant's settings allow it again."},
	{Member: "pin_authenticator", State: Stored, Note: "Needs the vendor's mobile library; the server can only hold its settings."},
	{Member: "face", State: Stored, Note: "Needs the vendor's mobile library; the server can only hold its settings."},
}

var keyCoverage = []Line{
	{Member: "name", State: Enforced}, {Member: "status", State: Enforced}, {Member: "jwk", State: Enforced},
}

// doc is what the coverage table says of a route. All of them work; what they write is in Coverage.
func doc(tag, summary string) web.Doc {
	return web.Doc{Tag: "transmit " + tag, Summary: summary, Hidden: true, Coverage: Enforced}
}
