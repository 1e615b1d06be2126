package transmit

import (
	"encoding/json"
	"time"

	"gatehouse/models"
)

type opt[T any] = models.Opt[T]

// clientIn is a client as the document's inputs spell it: for creation and for update, of both protocols. All members are
// optional here; CheckShape and the routes know which of them a creation needs.
type clientIn struct {
	AuthenticationProtocol      opt[string]   `json:"authentication_protocol" enum:"oidc,saml"`
	Name                        opt[string]   `json:"name"`
	Description                 opt[string]   `json:"description"`
	Resources                   opt[[]string] `json:"resources"`
	ClientGroupID               opt[string]   `json:"client_group_id"`
	DefaultCustomClaims         opt[[]string] `json:"default_custom_claims"`
	DefaultUserInfoClaims       opt[[]string] `json:"default_user_info_claims"`
	SyncIDTokenClaimsToUserinfo opt[bool]     `json:"sync_id_token_claims_to_userinfo"`
	ShortCookiesSameSite        opt[string]   `json:"short_cookies_samesite_type" enum:"lax,none"`
	SupportedPrompts            opt[[]string] `json:"supported_prompts" enum:"login,consent,none"`
	oidcIn
	samlIn
}

// oidcIn is what only OpenID Connect clients have.
type oidcIn struct {
	RedirectURIs            opt[[]string]       `json:"redirect_uris"`
	ClientType              opt[string]         `json:"client_type" enum:"web,native"`
	DeviceAuthorization     opt[deviceIn]       `json:"device_authorization"`
	CIBAAuthorization       opt[cibaIn]         `json:"ciba_authorization"`
	IsThirdParty            opt[bool]           `json:"is_third_party"`
	AllowedScopes           opt[[]string]       `json:"allowed_scopes"`
	ConsentURI              opt[string]         `json:"consent_uri"`
	ConsentValidityPeriod   opt[int64]          `json:"consent_validity_period" rule:"min=1"`
	PKCE                    opt[string]         `json:"pkce" enum:"enforcePkceInsteadOfClientCredentials,enforcePkceAlongsideClientCredentials,allowPkceAlongsideClientCredentials"`
	TokenExpiration         opt[expirationIn]   `json:"token_expiration"`
	SessionExpiration       opt[int64]          `json:"session_expiration" rule:"min=1"`
	EnforcePAR              opt[bool]           `json:"enforce_par"`
	RoleIDs                 opt[[]string]       `json:"role_ids"`
	FAPIVersionCompliancy   opt[bool]           `json:"fapi_version_compliancy"`
	TokenEndpointAuthMethod opt[string]         `json:"token_endpoint_auth_method" enum:"client_secret_basic,self_signed_tls_client_auth,tls_client_auth,none,private_key_jwt"`
	ResponseTypes           opt[[]string]       `json:"response_types" enum:"code,id_token"`
	Authentication          opt[authentication] `json:"authentication_configuration"`
	IDTokenEncryption       opt[encryption]     `json:"id_token_encryption"`
}

// samlIn is what only SAML clients have.
type samlIn struct {
	SPACSURL            opt[string] `json:"sp_acs_url"`
	SPEntityID          opt[string] `json:"sp_entity_id"`
	SPNameIDType        opt[string] `json:"sp_name_id_type" enum:"email,secondaryEmail,username,phoneNumber,externalUserId"`
	SignAssertion       opt[bool]   `json:"sign_assertion"`
	OptionalACSURL      opt[bool]   `json:"optional_acs_url"`
	UseCentralizedLogin opt[bool]   `json:"use_centralized_login"`
}

type deviceIn struct {
	Enabled     bool        `json:"enabled" rule:"required"`
	ApprovalURI opt[string] `json:"approval_uri"`
	SuccessURI  opt[string] `json:"success_uri"`
	InputURI    opt[string] `json:"input_uri"`
}

type cibaIn struct {
	Enabled  bool   `json:"enabled" rule:"required"`
	LoginURI string `json:"login_uri"`
}

type expirationIn struct {
	AccessTokenTTL   opt[int64] `json:"access_token_ttl" rule:"min=1"`
	RefreshTokenTTL  opt[int64] `json:"refresh_token_ttl" rule:"min=1"`
	MaxRefreshRotate opt[int64] `json:"max_refresh_rotate" rule:"min=1"`
}

// authentication is how a client proves who it is. A public client has no method here: its pkce says so.
type authentication struct {
	Method         string          `json:"method" rule:"required" enum:"client_secret_basic,self_signed_tls_client_auth,tls_client_auth,private_key_jwt"`
	TLSClientAuth  *tlsClientAuth  `json:"tls_client_auth,omitempty"`
	MTLSTokenBound opt[bool]       `json:"isMtlsCertTokenBound,omitzero"`
	JWKS           json.RawMessage `json:"jwks,omitempty" rule:"object"`
}

type tlsClientAuth struct {
	CertificateChain         string `json:"certificate_chain"`
	DistinguishedName        string `json:"distinguished_name"`
	OCSPOn                   bool   `json:"ocsp_on"`
	OCSPResponderURI         string `json:"ocsp_responder_uri"`
	OCSPResponderCertificate string `json:"ocsp_responder_certificate"`
	OCSPFailOpen             bool   `json:"ocsp_fail_open"`
}

type encryption struct {
	Enabled bool            `json:"enabled" rule:"required"`
	JWKS    json.RawMessage `json:"jwks,omitempty" rule:"object"`
}

// clientWire is a client on its way out: an oidcClient or a samlClient.
type clientWire struct{ body any }

// clientOut is what clients of both protocols show.
type clientOut struct {
	AppID                       string    `json:"app_id"`
	TenantID                    string    `json:"tenant_id"`
	ClientID                    string    `json:"client_id"`
	ClientSecret                string    `json:"client_secret"`
	Name                        string    `json:"name"`
	Description                 string    `json:"description"`
	Resources                   []string  `json:"resources"`
	CreatedAt                   time.Time `json:"created_at"`
	UpdatedAt                   time.Time `json:"updated_at"`
	AuthenticationProtocol      string    `json:"authentication_protocol"`
	ClientGroupID               string    `json:"client_group_id"`
	DefaultCustomClaims         []string  `json:"default_custom_claims"`
	DefaultUserInfoClaims       *[]string `json:"default_user_info_claims,omitempty"`
	SyncIDTokenClaimsToUserinfo bool      `json:"sync_id_token_claims_to_userinfo"`
	ShortCookiesSameSite        string    `json:"short_cookies_samesite_type"`
}

type oidcClient struct {
	clientOut
	RedirectURIs            []string       `json:"redirect_uris"`
	ClientType              string         `json:"client_type"`
	ResponseTypes           []string       `json:"response_types"`
	TokenEndpointAuthMethod string         `json:"token_endpoint_auth_method"`
	PKCE                    string         `json:"pkce"`
	DeviceAuthorization     deviceOut      `json:"device_authorization"`
	CIBAAuthorization       cibaOut        `json:"ciba_authorization"`
	SupportedPrompts        []string       `json:"supported_prompts"`
	Authentication          authentication `json:"authentication_configuration"`
	TokenExpiration         expirationOut  `json:"token_expiration"`
	SessionExpiration       int64          `json:"session_expiration"`
	EnforcePAR              bool           `json:"enforce_par"`
	FAPIVersionCompliancy   bool           `json:"fapi_version_compliancy"`
	IDTokenEncryption       encryption     `json:"id_token_encryption"`
}

type samlClient struct {
	clientOut
	OptionalACSURL      bool   `json:"optional_acs_url"`
	SPACSURL            string `json:"sp_acs_url"`
	SPEntityID          string `json:"sp_entity_id"`
	MetadataURL         string `json:"metadata_url"`
	SSOURL              string `json:"sso_url"`
	EntityID            string `json:"entity_id"`
	X509Certificate     string `json:"x509_certificate"`
	SPNameIDType        string `json:"sp_name_id_type"`
	SignAssertion       bool   `json:"sign_assertion"`
	UseCentralizedLogin bool   `json:"use_centralized_login"`
}

type deviceOut struct {
	Enabled     bool   `json:"enabled"`
	ApprovalURI string `json:"approval_uri"`
	SuccessURI  string `json:"success_uri"`
	InputURI    string `json:"input_uri"`
}

type cibaOut struct {
	Enabled  bool   `json:"enabled"`
	LoginURI string `json:"login_uri"`
}

type expirationOut struct {
	AccessTokenTTL   int64 `json:"access_token_ttl"`
	RefreshTokenTTL  int64 `json:"refresh_token_ttl"`
	MaxRefreshRotate int64 `json:"max_refresh_rotate"`
}
