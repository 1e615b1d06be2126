package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Protocols of clients.
const (
	ProtocolOIDC = "oidc"
	ProtocolSAML = "saml"
)

// Profiles of clients: what kind of program it is.
const (
	ProfileWeb       = "web"       // server-side web application, confidential
	ProfileSPA       = "spa"       // runs in the browser, public
	ProfileNative    = "native"    // runs on a device, public
	ProfileMachine   = "machine"   // talks to APIs without a person
	ProfileProtected = "protected" // reached through a proxy that signs people in
	ProfileSAML      = "saml"
)

// What a client must do about PKCE (RFC 7636).
const (
	PKCEInstead  = "instead_of_authentication" // public client: PKCE required, no client authentication
	PKCERequired = "required"                  // beside client authentication
	PKCEOptional = "optional"                  // verified when sent
)

// Client authentication methods (RFC 7591 section 2, RFC 8705).
const (
	AuthNone          = "none"
	AuthSecretBasic   = "client_secret_basic"
	AuthSecretPost    = "client_secret_post"
	AuthSecretAny     = "client_secret" // basic or post: the dialect that wrote it does not distinguish
	AuthPrivateKeyJWT = "private_key_jwt"
	AuthTLS           = "tls_client_auth"
	AuthSelfSignedTLS = "self_signed_tls_client_auth"
)

// Grant types (RFC 6749, 8628, 8693, OpenID CIBA).
const (
	GrantCode              = "authorization_code"
	GrantRefresh           = "refresh_token"
	GrantClientCredentials = "client_credentials"
	GrantImplicit          = "implicit"
	GrantDevice            = "urn:ietf:params:oauth:grant-type:device_code"
	GrantCIBA              = "urn:openid:params:grant-type:ciba"
	GrantTokenExchange     = "urn:ietf:params:oauth:grant-type:token-exchange"
)

// Client is the OAuth or SAML party. Names follow RFC 7591 where that has the thing.
type Client struct {
	bun.BaseModel `bun:"table:clients,alias:c"`

	ID            string `bun:"id,pk" json:"id" doc:"The client_id."`
	TenantID      string `bun:"tenant_id" json:"-"`
	ApplicationID string `bun:"application_id" json:"application_id"`
	Name          string `bun:"name" json:"name"`
	Description   string `bun:"description" json:"description"`
	Protocol      string `bun:"protocol" json:"protocol" enum:"oidc,saml" doc:"Chosen at creation."`
	Profile       string `bun:"profile" json:"profile" enum:"web,spa,native,machine,protected,saml"`
	IsDefault     bool   `bun:"is_default" json:"is_default"`
	Disabled      bool   `bun:"disabled" json:"disabled"`
	LogoURI       string `bun:"logo_uri" json:"logo_uri"`

	RedirectURIs           []string `bun:"redirect_uris,type:text" json:"redirect_uris"`
	RedirectURIMatch       string   `bun:"redirect_uri_match" json:"redirect_uri_match" enum:"exact,wildcard"`
	PostLogoutRedirectURIs []string `bun:"post_logout_redirect_uris,type:text" json:"post_logout_redirect_uris"`
	AllowedOrigins         []string `bun:"allowed_origins,type:text" json:"allowed_origins" doc:"Origins that may call from a browser (CORS)."`
	WebOrigins             []string `bun:"web_origins,type:text" json:"web_origins"`
	InitiateLoginURI       string   `bun:"initiate_login_uri" json:"initiate_login_uri"`

	BackchannelLogoutURI             string `bun:"backchannel_logout_uri" json:"backchannel_logout_uri"`
	BackchannelLogoutSessionRequired bool   `bun:"backchannel_logout_session_required" json:"backchannel_logout_session_required"`

	GrantTypes    []string `bun:"grant_types,type:text" json:"grant_types"`
	ResponseTypes []string `bun:"response_types,type:text" json:"response_types"`
	PKCE          string   `bun:"pkce" json:"pkce" enum:"instead_of_authentication,required,optional"`

	TokenEndpointAuthMethod string          `bun:"token_endpoint_auth_method" json:"token_endpoint_auth_method" enum:"none,client_secret_basic,client_secret_post,client_secret,private_key_jwt,tls_client_auth,self_signed_tls_client_auth"`
	JWKS                    json.RawMessage `bun:"jwks,type:text,nullzero" json:"jwks,omitempty" doc:"Public keys of the client (RFC 7517)."`
	JWKSURI                 string          `bun:"jwks_uri" json:"jwks_uri"`
	TLSClientAuth           TLSClientAuth   `bun:"tls_client_auth,type:text" json:"tls_client_auth"`

	RequirePushedAuthorizationRequests bool   `bun:"require_pushed_authorization_requests" json:"require_pushed_authorization_requests"`
	CertificateBoundTokens             bool   `bun:"tls_client_certificate_bound_access_tokens" json:"tls_client_certificate_bound_access_tokens"`
	DPoPBoundTokens                    bool   `bun:"dpop_bound_access_tokens" json:"dpop_bound_access_tokens"`
	FAPIProfile                        string `bun:"fapi_profile" json:"fapi_profile" enum:"none,fapi1_adv_pkj_par,fapi1_adv_mtls_par,fapi2_sp_pkj_mtls,fapi2_sp_mtls_mtls"`

	IDTokenSignedResponseAlg string            `bun:"id_token_signed_response_alg" json:"id_token_signed_response_alg" enum:",RS256,ES256,PS256,EdDSA"`
	AccessTokenAlg           string            `bun:"access_token_alg" json:"access_token_alg" enum:",RS256,ES256,PS256,EdDSA" doc:"Empty: as the tenant chose."`
	IDTokenEncryption        IDTokenEncryption `bun:"id_token_encryption,type:text" json:"id_token_encryption"`

	AccessTokenLifetimeSeconds *int64       `bun:"access_token_lifetime_seconds" json:"access_token_lifetime_seconds" doc:"Null: the resource's, else the tenant's."`
	IDTokenLifetimeSeconds     *int64       `bun:"id_token_lifetime_seconds" json:"id_token_lifetime_seconds"`
	SessionLifetimeSeconds     *int64       `bun:"session_lifetime_seconds" json:"session_lifetime_seconds"`
	RefreshToken               RefreshToken `bun:"refresh_token,type:text" json:"refresh_token"`

	SupportedPrompts            []string `bun:"supported_prompts,type:text" json:"supported_prompts"`
	DefaultCustomClaims         []string `bun:"default_custom_claims,type:text" json:"default_custom_claims"`
	DefaultUserInfoClaims       []string `bun:"default_user_info_claims,type:text" json:"default_user_info_claims"`
	SyncIDTokenClaimsToUserinfo bool     `bun:"sync_id_token_claims_to_userinfo" json:"sync_id_token_claims_to_userinfo"`
	CookieSameSite              string   `bun:"cookie_same_site" json:"cookie_same_site" enum:"lax,none"`
	Resources                   []string `bun:"resources,type:text" json:"resources" doc:"Resources the client may ask tokens for; stored as given until resources are managed here."`
	AllowedScopes               []string `bun:"allowed_scopes,type:text" json:"allowed_scopes"`
	RoleIDs                     []string `bun:"role_ids,type:text" json:"role_ids"`
	ClientGroupID               string   `bun:"client_group_id" json:"client_group_id"`
	ThirdParty                  bool     `bun:"third_party" json:"third_party"`
	Consent                     Consent  `bun:"consent,type:text" json:"consent"`
	Device                      Device   `bun:"device,type:text" json:"device"`
	CIBA                        CIBA     `bun:"ciba,type:text" json:"ciba"`
	SAML                        SAML     `bun:"saml,type:text" json:"saml"`
	SAMLEntityID                string   `bun:"saml_entity_id" json:"-"` // copy of saml.entity_id, for its unique index

	Metadata map[string]string `bun:"metadata,type:text" json:"metadata"`
	// Stored is what a dialect lets people write and nothing else here reads, by "auth0.addons" and the like.
	Stored map[string]json.RawMessage `bun:"stored,type:text" json:"stored,omitempty" audit:"name" doc:"Members that only one dialect knows, kept for its callers."`

	Version   int64     `bun:"version" json:"version" audit:"-"`
	CreatedAt time.Time `bun:"created_at" json:"created_at" audit:"-"`
	UpdatedAt time.Time `bun:"updated_at" json:"updated_at" audit:"-"`
}

// Weight is what the unbounded parts of a client take in a cache, in bytes.
func (c Client) Weight() int {
	n := len(c.JWKS)
	for _, raw := range c.Stored {
		n += len(raw)
	}
	return n
}

// TLSClientAuth is how a client is known by its certificate (RFC 8705 section 2.1).
type TLSClientAuth struct {
	SubjectDN         string `json:"subject_dn"`
	CertificateChain  string `json:"certificate_chain"`
	OCSP              bool   `json:"ocsp"`
	OCSPResponderURI  string `json:"ocsp_responder_uri"`
	OCSPResponderCert string `json:"ocsp_responder_certificate"`
	OCSPFailOpen      bool   `json:"ocsp_fail_open"`
}

// IDTokenEncryption is the wish for encrypted ID tokens (OpenID Connect Core 10.2).
type IDTokenEncryption struct {
	Enabled bool            `json:"enabled"`
	JWKS    json.RawMessage `json:"jwks,omitempty"`
}

// RefreshToken is the life of refresh tokens. Null durations have no end of their own.
type RefreshToken struct {
	IdleSeconds     *int64 `json:"idle_seconds"`
	AbsoluteSeconds *int64 `json:"absolute_seconds"`
	Rotate          bool   `json:"rotate"`
	LeewaySeconds   int64  `json:"leeway_seconds"`
	AlwaysIssue     bool   `json:"always_issue"`
}

// Consent is how a third-party client asks people.
type Consent struct {
	URI             string `json:"uri"`
	ValiditySeconds *int64 `json:"validity_seconds"`
}

// Device is the device flow of a client (RFC 8628).
type Device struct {
	Enabled     bool   `json:"enabled"`
	InputURI    string `json:"input_uri"`
	ApprovalURI string `json:"approval_uri"`
	SuccessURI  string `json:"success_uri"`
}

// CIBA is backchannel authentication of a client (OpenID CIBA Core).
type CIBA struct {
	Enabled  bool   `json:"enabled"`
	LoginURI string `json:"login_uri"`
}

// SAML is the service provider's side of a SAML client.
type SAML struct {
	EntityID            string `json:"entity_id"`
	ACSURL              string `json:"acs_url"`
	NameIDType          string `json:"name_id_type" enum:",email,secondary_email,username,phone_number,external_user_id"`
	SignAssertion       bool   `json:"sign_assertion"`
	OptionalACSURL      bool   `json:"optional_acs_url"`
	UseCentralizedLogin bool   `json:"use_centralized_login"`
}

// Confidential tells whether the client authenticates at the token endpoint.
func (c Client) Confidential() bool {
	return c.Protocol == ProtocolOIDC && c.TokenEndpointAuthMethod != AuthNone
}

// Grants tells whether the client may use a grant type.
func (c Client) Grants(grant string) bool {
	for _, g := range c.GrantTypes {
		if g == grant {
			return true
		}
	}
	return false
}
