package clients

import (
	"sort"
	"strings"

	"gatehouse/models"
	"gatehouse/views/applications"
	"gatehouse/views/ui"
)

// labels are the names of settings for people, by JSON name.
var labels = map[string]string{
	"redirect_uris": "Where people return after signing in", "post_logout_redirect_uris": "Where people return after signing out",
	"redirect_uri_match": "How return addresses are compared", "allowed_origins": "Origins that may call", "web_origins": "Origins that receive messages",
	"initiate_login_uri": "Where sign-in begins", "backchannel_logout_uri": "Where sign-outs are told",
	"backchannel_logout_session_required": "Name the session in sign-outs", "token_endpoint_auth_method": "Client authentication",
	"jwks": "Public keys", "jwks_uri": "Address of the public keys", "tls_client_auth": "Certificate", "tls_client_auth.subject_dn": "Subject of the certificate",
	"tls_client_auth.certificate_chain": "Certificate authorities", "tls_client_auth.ocsp": "Ask whether the certificate was withdrawn",
	"tls_client_auth.ocsp_responder_uri": "Responder", "tls_client_auth.ocsp_responder_certificate": "Certificate of the responder",
	"tls_client_auth.ocsp_fail_open":        "Go on when the responder is silent",
	"require_pushed_authorization_requests": "Push authorization requests", "tls_client_certificate_bound_access_tokens": "Bind tokens to the certificate",
	"dpop_bound_access_tokens": "Bind tokens to the device", "fapi_profile": "High-security profile", "id_token_signed_response_alg": "Signature of ID tokens",
	"access_token_alg": "Signature of access tokens", "id_token_encryption": "Encryption of ID tokens", "id_token_encryption.enabled": "Encrypt ID tokens",
	"id_token_encryption.jwks":      "Encryption keys",
	"access_token_lifetime_seconds": "Access token lasts", "id_token_lifetime_seconds": "ID token lasts", "session_lifetime_seconds": "Session lasts",
	"refresh_token": "Refresh tokens", "refresh_token.idle_seconds": "Refresh token lasts unused", "refresh_token.absolute_seconds": "Refresh token lasts in all",
	"refresh_token.rotate": "Replace the refresh token at each use", "refresh_token.leeway_seconds": "Grace after a replacement",
	"refresh_token.always_issue": "Always issue a refresh token", "supported_prompts": "Prompts", "default_custom_claims": "Claims in ID tokens",
	"default_user_info_claims": "Claims in UserInfo", "sync_id_token_claims_to_userinfo": "UserInfo tells what the ID token tells",
	"cookie_same_site": "Cookies of the sign-in", "role_ids": "Roles", "client_group_id": "Client group", "third_party": "Third party",
	"consent.uri": "Own consent page", "consent.validity_seconds": "Consent lasts", "device.input_uri": "Page for the code", "device.approval_uri": "Page for the approval",
	"device.success_uri": "Page after success", "ciba.login_uri": "Page for the approval", "ciba": "Backchannel authentication", "device": "Device flow",
	"saml": "SAML", "saml.entity_id": "Entity ID", "saml.acs_url": "Where assertions are posted", "saml.name_id_type": "What names people",
	"saml.sign_assertion": "Sign the assertion too", "saml.optional_acs_url": "Requests may leave the address out",
	"saml.use_centralized_login": "Sign in at the hub", "logo_uri": "Logo", "pkce": "PKCE", "grant_types": "Grants", "response_types": "Response types",
}

// Label is the name of a setting for people.
func Label(name string) string {
	if l, ok := labels[name]; ok {
		return l
	}
	words := strings.ReplaceAll(name, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// first are the fields at the head of the form, in its order.
var first = []string{"name", "description", "profile", "logo_uri", "disabled", "redirect_uris", "post_logout_redirect_uris"}

// sortProblems gives problems the order of the form, and those further down the order of their names.
func sortProblems(p []ui.Problem) {
	rank := func(field string) string {
		for i, name := range first {
			if field == name || strings.HasPrefix(field, "#"+fieldID(name)+"-") {
				return string(rune('0' + i))
			}
		}
		if field == "" { // what is wrong with the form as a whole
			return ""
		}
		return "~" + field
	}
	sort.SliceStable(p, func(i, j int) bool { return rank(p[i].Field) < rank(p[j].Field) })
}

func profileOptions() []ui.Option {
	help := map[string]string{models.ProfileWeb: "Runs on a server, keeps a secret", models.ProfileSPA: "Runs in the browser, no secret",
		models.ProfileNative: "Runs on a device, no secret", models.ProfileMachine: "Talks to APIs without a person",
		models.ProfileProtected: "A proxy signs people in", models.ProfileSAML: "A SAML service provider"}
	var out []ui.Option
	for _, p := range []string{models.ProfileWeb, models.ProfileSPA, models.ProfileNative, models.ProfileMachine, models.ProfileProtected, models.ProfileSAML} {
		out = append(out, ui.Option{Value: p, Label: applications.ProfileWords(p), Help: help[p], Tile: applications.Tile("", p)})
	}
	return out
}

func grantOptions() []ui.Option {
	return []ui.Option{
		{Value: models.GrantClientCredentials, Label: "Client credentials", Help: "A program acts for itself. Needs client authentication."},
		{Value: models.GrantCode, Label: "Authorization code", Help: "The right choice for people.", Badge: stored},
		{Value: models.GrantRefresh, Label: "Refresh token", Help: "Stay signed in without asking again.", Badge: stored},
		{Value: models.GrantDevice, Label: "Device code", Help: "For screens without a keyboard.", Badge: stored},
		{Value: models.GrantCIBA, Label: "Backchannel authentication", Help: "People approve on another device. Needs client authentication.", Badge: stored},
		{Value: models.GrantTokenExchange, Label: "Token exchange", Help: "Act for a person in another service.", Badge: stored},
		{Value: models.GrantImplicit, Label: "Implicit", Help: "Older browser programs that take an ID token only. Access tokens never travel this way.", Badge: stored},
	}
}

func responseOptions() []ui.Option {
	return []ui.Option{
		{Value: "code", Label: "code", Help: "A code to redeem: the right choice."},
		{Value: "id_token", Label: "id_token", Help: "An ID token through the browser, for older programs."},
		{Value: "none", Label: "none", Help: "Only whether somebody is signed in."},
	}
}

func methodOptions() []ui.Option {
	return []ui.Option{
		{Value: models.AuthSecretBasic, Label: "Secret in the header", Group: "With a secret"},
		{Value: models.AuthSecretPost, Label: "Secret in the body", Group: "With a secret"},
		{Value: models.AuthSecretAny, Label: "Secret in either place", Group: "With a secret"},
		{Value: models.AuthPrivateKeyJWT, Label: "Signed assertion (private_key_jwt)", Group: "With a key"},
		{Value: models.AuthTLS, Label: "Certificate of an authority (tls_client_auth)", Group: "With a key"},
		{Value: models.AuthSelfSignedTLS, Label: "Certificate of its own (self_signed_tls_client_auth)", Group: "With a key"},
		{Value: models.AuthNone, Label: "None: a public client", Group: "Without"},
	}
}

func pkceOptions() []ui.Option {
	return []ui.Option{
		{Value: models.PKCERequired, Label: "Required, beside client authentication"},
		{Value: models.PKCEOptional, Label: "Optional, checked when used"},
		{Value: models.PKCEInstead, Label: "In place of client authentication"},
	}
}

func algOptions(none string) []ui.Option {
	return []ui.Option{{Label: none}, {Value: "ES256", Label: "ES256"}, {Value: "RS256", Label: "RS256"}, {Value: "PS256", Label: "PS256"}, {Value: "EdDSA", Label: "EdDSA"}}
}

func fapiOptions() []ui.Option {
	return []ui.Option{
		{Value: "none", Label: "None"},
		{Value: "fapi2_sp_pkj_mtls", Label: "FAPI 2.0 with a signed assertion"},
		{Value: "fapi2_sp_mtls_mtls", Label: "FAPI 2.0 with a certificate"},
		{Value: "fapi1_adv_pkj_par", Label: "FAPI 1.0 Advanced with a signed assertion"},
		{Value: "fapi1_adv_mtls_par", Label: "FAPI 1.0 Advanced with a certificate"},
	}
}

func matchOptions() []ui.Option {
	return []ui.Option{{Value: "exact", Label: "Character by character"}, {Value: "wildcard", Label: "A * may stand in the left-most part of a host"}}
}

func nameIDOptions() []ui.Option {
	return []ui.Option{{Label: "Not set"}, {Value: "email", Label: "E-mail address"}, {Value: "secondary_email", Label: "Second e-mail address"},
		{Value: "username", Label: "User name"}, {Value: "phone_number", Label: "Phone number"}, {Value: "external_user_id", Label: "Identifier elsewhere"}}
}

func words(list []string) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, w := range list {
		out[i] = ui.Option{Value: w, Label: w}
	}
	return out
}

// claimOptions are the claims that lists of defaults may hold, those of a person first.
func claimOptions() []ui.Option {
	return words([]string{"email", "email_verified", "phone_number", "phone_number_verified", "username", "fname", "mname", "lname", "picture", "birthday", "language",
		"address", "street_address", "address_type", "city", "country", "secondary_emails", "secondary_phone_numbers", "groups", "roles", "role_values", "permissions",
		"ts_roles", "ts_permissions", "created_at", "last_auth", "auth_time", "new_user", "webauthn", "external_account_id", "external_user_id", "approval_data",
		"custom_data", "custom_app_data", "custom_group_data", "app_name", "tid", "ai_actor"})
}
