package auth0

import (
	"encoding/json"
	"slices"

	"gatehouse/models"
)

// clientOut is a client on its way out: what is mapped, as a struct, and after it what is kept, as it was written.
type clientOut struct {
	ClientID          string            `json:"client_id"`
	Tenant            string            `json:"tenant"`
	Name              string            `json:"name"`
	Description       string            `json:"description"`
	Global            bool              `json:"global"`
	ClientSecret      *string           `json:"client_secret,omitempty"`
	AppType           string            `json:"app_type,omitempty"`
	LogoURI           string            `json:"logo_uri,omitempty"`
	IsFirstParty      bool              `json:"is_first_party"`
	Callbacks         []string          `json:"callbacks"`
	AllowedOrigins    []string          `json:"allowed_origins"`
	WebOrigins        []string          `json:"web_origins"`
	AllowedLogoutURLs []string          `json:"allowed_logout_urls"`
	InitiateLoginURI  string            `json:"initiate_login_uri,omitempty"`
	GrantTypes        []string          `json:"grant_types"`
	AuthMethod        string            `json:"token_endpoint_auth_method,omitempty"`
	AuthMethods       *authMethodsOut   `json:"client_authentication_methods,omitempty"`
	RequirePAR        bool              `json:"require_pushed_authorization_requests"`
	RequirePOP        bool              `json:"require_proof_of_possession"`
	ComplianceLevel   string            `json:"compliance_level,omitempty"`
	ClientMetadata    map[string]string `json:"client_metadata,omitempty"`
	JWTConfiguration  json.RawMessage   `json:"jwt_configuration"`
	RefreshToken      json.RawMessage   `json:"refresh_token"`
	OIDCLogout        json.RawMessage   `json:"oidc_logout,omitempty"`
	SignedRequest     json.RawMessage   `json:"signed_request_object,omitempty"`
	Addons            json.RawMessage   `json:"addons,omitempty"`
	JWKSURI           string            `json:"jwks_uri,omitempty"`

	signing json.RawMessage // of the tenant, so never part of what is remembered of the client

	kept  map[string]json.RawMessage
	ready []byte // the whole but the secret, and without the last bracket, where it was remembered
}

// authMethodsOut is the one way to authenticate by more than a secret, with the ids of its credentials.
type authMethodsOut struct {
	PrivateKeyJWT *proofsOut `json:"private_key_jwt,omitempty"`
	TLS           *proofsOut `json:"tls_client_auth,omitempty"`
	SelfSignedTLS *proofsOut `json:"self_signed_tls_client_auth,omitempty"`
}

type proofsOut struct {
	Credentials []credentialID `json:"credentials"`
}

type credentialID struct {
	ID string `json:"id"`
}

// shownKept are the members that are kept, in the order of answers, and what is shown where nothing was written (recorded).
var shownKept = []struct{ name, unsaid string }{
	{"oidc_conformant", "false"}, {"sso", ""}, {"sso_disabled", "false"}, {"cross_origin_authentication", "false"}, {"cross_origin_loc", ""},
	{"is_token_endpoint_ip_header_trusted", "false"}, {"custom_login_page_on", "true"}, {"custom_login_page", ""}, {"custom_login_page_preview", ""},
	{"form_template", ""}, {"client_aliases", ""}, {"allowed_clients", ""}, {"session_transfer", ""}, {"encryption_key", ""}, {"mobile", ""},
	{"native_social_login", ""}, {"default_organization", ""}, {"organization_usage", ""}, {"organization_require_behavior", ""},
	{"organization_discovery_methods", ""}, {"skip_non_verifiable_callback_uri_confirmation_prompt", ""}, {"token_exchange", ""},
	{"par_request_expiry", ""}, {"token_quota", ""}, {"redirection_policy", ""}, {"express_configuration", ""}, {"my_organization_configuration", ""},
	{"async_approval_notification_channels", ""}, {"third_party_security_mode", ""}, {"resource_server_identifier", ""},
}

// appendJSON writes the client after dst.
func (c clientOut) appendJSON(dst []byte) ([]byte, error) {
	ready, secret := c.ready, c.ClientSecret
	if c.ClientSecret = nil; ready == nil {
		var err error
		if ready, err = c.encode(nil); err != nil {
			return dst, err
		}
	}
	dst = append(dst, ready...)
	if secret != nil {
		dst = append(append(dst, `,"client_secret":`...), quoted(*secret)...)
	}
	if c.signing != nil {
		dst = append(append(dst, `,"signing_keys":`...), c.signing...)
	}
	return append(dst, '}'), nil
}

// encode writes the client but for its last bracket.
func (c clientOut) encode(dst []byte) ([]byte, error) {
	raw, err := json.Marshal(c)
	if err != nil {
		return dst, err
	}
	dst = append(dst, raw[:len(raw)-1]...)
	for _, k := range shownKept {
		value := c.kept[storedPrefix+k.name]
		if removed(value) {
			if k.unsaid == "" {
				continue
			}
			value = json.RawMessage(k.unsaid)
		}
		dst = append(append(append(dst, `,"`...), k.name...), `":`...)
		dst = append(dst, value...)
	}
	return dst, nil
}

// client shows a client. secret is nil for callers who may not read it.
func client(c models.Client, secret *string) clientOut {
	out := clientOut{ClientID: c.ID, Tenant: c.TenantID, Name: c.Name, Description: c.Description, ClientSecret: secret, AppType: shownAppType(c),
		LogoURI: c.LogoURI, IsFirstParty: !c.ThirdParty, Callbacks: filled(c.RedirectURIs), AllowedOrigins: filled(c.AllowedOrigins),
		WebOrigins: filled(c.WebOrigins), AllowedLogoutURLs: filled(c.PostLogoutRedirectURIs), InitiateLoginURI: c.InitiateLoginURI,
		GrantTypes: shownGrants(c), AuthMethod: shownMethod(c), RequirePAR: c.RequirePushedAuthorizationRequests,
		RequirePOP: c.CertificateBoundTokens || c.DPoPBoundTokens, ClientMetadata: c.Metadata, JWTConfiguration: shownJWT(c),
		RefreshToken: shownRefresh(c), OIDCLogout: shownLogout(c), SignedRequest: c.Stored[keptRequest], JWKSURI: c.JWKSURI, kept: c.Stored}
	if c.FAPIProfile != "none" || c.Stored[keptCompliance] != nil {
		out.ComplianceLevel = c.FAPIProfile
	}
	return out
}

func filled(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// shownAppType is the word that was written, unless the client became another kind of program since.
func shownAppType(c models.Client) string {
	var word string
	if raw := c.Stored[keptAppType]; raw != nil && json.Unmarshal(raw, &word) == nil && profileOf(word) == c.Profile {
		return word
	}
	return appTypes[c.Profile]
}

// shownGrants are those of the client, with the vendor's among them in the places where they were written.
func shownGrants(c models.Client) []string {
	var written []string
	if raw := c.Stored[keptGrants]; raw == nil || json.Unmarshal(raw, &written) != nil {
		return filled(c.GrantTypes)
	}
	if slices.Equal(slices.DeleteFunc(slices.Clone(written), vendors), c.GrantTypes) {
		return written
	}
	return append(slices.Clone(c.GrantTypes), slices.DeleteFunc(written, func(g string) bool { return !vendors(g) })...)
}

func shownMethod(c models.Client) string {
	switch c.TokenEndpointAuthMethod {
	case models.AuthNone, models.AuthSecretBasic, models.AuthSecretPost:
		return c.TokenEndpointAuthMethod
	case models.AuthSecretAny:
		return models.AuthSecretPost
	}
	return ""
}

// overlay lays members over a JSON object that was written.
func overlay(written json.RawMessage, over map[string]any) json.RawMessage {
	all := map[string]any{}
	if !removed(written) {
		var members map[string]json.RawMessage
		_ = json.Unmarshal(written, &members)
		for name, value := range members {
			all[name] = value
		}
	}
	for name, value := range over {
		all[name] = value
	}
	raw, _ := json.Marshal(all)
	return raw
}
