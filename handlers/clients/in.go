package clients

import (
	"encoding/json"

	"gatehouse/models"
)

// Settings are the fields of a client that a caller may say, at creation and afterwards. What is absent stays, or gets the
// default of the profile; null puts a field back to that default. Members that are objects are replaced whole.
type Settings struct {
	Name        models.Opt[string] `json:"name,omitzero" form:"name" doc:"1 to 256 characters."`
	Description models.Opt[string] `json:"description,omitzero" form:"description" doc:"Up to 1000 characters."`
	Profile     models.Opt[string] `json:"profile,omitzero" form:"profile" enum:"web,spa,native,machine,protected,saml" doc:"What kind of program it is."`
	Disabled    models.Opt[bool]   `json:"disabled,omitzero" form:"disabled" doc:"A disabled client gets no tokens."`
	LogoURI     models.Opt[string] `json:"logo_uri,omitzero" form:"logo_uri"`

	RedirectURIs           models.Opt[[]string] `json:"redirect_uris,omitzero" form:"redirect_uris" doc:"Up to 100, compared character by character."`
	RedirectURIMatch       models.Opt[string]   `json:"redirect_uri_match,omitzero" form:"redirect_uri_match" enum:"exact,wildcard" doc:"With wildcard, a * may stand in the left-most label of a host."`
	PostLogoutRedirectURIs models.Opt[[]string] `json:"post_logout_redirect_uris,omitzero" form:"post_logout_redirect_uris"`
	AllowedOrigins         models.Opt[[]string] `json:"allowed_origins,omitzero" form:"allowed_origins" doc:"Origins that may call from a browser (CORS)."`
	WebOrigins             models.Opt[[]string] `json:"web_origins,omitzero" form:"web_origins"`
	InitiateLoginURI       models.Opt[string]   `json:"initiate_login_uri,omitzero" form:"initiate_login_uri"`

	BackchannelLogoutURI             models.Opt[string] `json:"backchannel_logout_uri,omitzero" form:"backchannel_logout_uri"`
	BackchannelLogoutSessionRequired models.Opt[bool]   `json:"backchannel_logout_session_required,omitzero" form:"backchannel_logout_session_required"`

	GrantTypes    models.Opt[[]string] `json:"grant_types,omitzero" form:"grant_types" doc:"Without it, those that the profile needs."`
	ResponseTypes models.Opt[[]string] `json:"response_types,omitzero" form:"response_types" doc:"code, id_token, none."`
	PKCE          models.Opt[string]   `json:"pkce,omitzero" form:"pkce" enum:"instead_of_authentication,required,optional"`

	TokenEndpointAuthMethod models.Opt[string]               `json:"token_endpoint_auth_method,omitzero" form:"token_endpoint_auth_method" enum:"none,client_secret_basic,client_secret_post,client_secret,private_key_jwt,tls_client_auth,self_signed_tls_client_auth"`
	JWKS                    models.Opt[json.RawMessage]      `json:"jwks,omitzero" form:"jwks" doc:"Public keys of the client (RFC 7517); not together with jwks_uri."`
	JWKSURI                 models.Opt[string]               `json:"jwks_uri,omitzero" form:"jwks_uri"`
	TLSClientAuth           models.Opt[models.TLSClientAuth] `json:"tls_client_auth,omitzero"`

	RequirePushedAuthorizationRequests models.Opt[bool]   `json:"require_pushed_authorization_requests,omitzero" form:"require_pushed_authorization_requests"`
	CertificateBoundTokens             models.Opt[bool]   `json:"tls_client_certificate_bound_access_tokens,omitzero" form:"tls_client_certificate_bound_access_tokens"`
	DPoPBoundTokens                    models.Opt[bool]   `json:"dpop_bound_access_tokens,omitzero" form:"dpop_bound_access_tokens"`
	FAPIProfile                        models.Opt[string] `json:"fapi_profile,omitzero" form:"fapi_profile" enum:"none,fapi1_adv_pkj_par,fapi1_adv_mtls_par,fapi2_sp_pkj_mtls,fapi2_sp_mtls_mtls"`

	IDTokenSignedResponseAlg models.Opt[string]                   `json:"id_token_signed_response_alg,omitzero" form:"id_token_signed_response_alg" enum:",RS256,ES256,PS256,EdDSA"`
	AccessTokenAlg           models.Opt[string]                   `json:"access_token_alg,omitzero" form:"access_token_alg" enum:",RS256,ES256,PS256,EdDSA" doc:"Empty: as the tenant chose."`
	IDTokenEncryption        models.Opt[models.IDTokenEncryption] `json:"id_token_encryption,omitzero"`

	AccessTokenLifetimeSeconds models.Opt[int64]               `json:"access_token_lifetime_seconds,omitzero" form:"access_token_lifetime_seconds" doc:"1 to 2592000; null: the resource's, else the tenant's."`
	IDTokenLifetimeSeconds     models.Opt[int64]               `json:"id_token_lifetime_seconds,omitzero" form:"id_token_lifetime_seconds" doc:"1 to 2592000."`
	SessionLifetimeSeconds     models.Opt[int64]               `json:"session_lifetime_seconds,omitzero" form:"session_lifetime_seconds" doc:"1 to 31536000."`
	RefreshToken               models.Opt[models.RefreshToken] `json:"refresh_token,omitzero" doc:"Durations 1 to 157788000; leeway 0 to 10."`

	SupportedPrompts            models.Opt[[]string] `json:"supported_prompts,omitzero" form:"supported_prompts" doc:"login, consent, none."`
	DefaultCustomClaims         models.Opt[[]string] `json:"default_custom_claims,omitzero" form:"default_custom_claims" doc:"Claims that ID tokens carry without being asked."`
	DefaultUserInfoClaims       models.Opt[[]string] `json:"default_user_info_claims,omitzero" form:"default_user_info_claims" doc:"Claims that UserInfo answers without being asked; not together with sync_id_token_claims_to_userinfo."`
	SyncIDTokenClaimsToUserinfo models.Opt[bool]     `json:"sync_id_token_claims_to_userinfo,omitzero" form:"sync_id_token_claims_to_userinfo"`
	CookieSameSite              models.Opt[string]   `json:"cookie_same_site,omitzero" form:"cookie_same_site" enum:"lax,none"`

	Resources     models.Opt[[]string]          `json:"resources,omitzero" form:"resources" doc:"Resources that it may ask tokens for; stored as given."`
	AllowedScopes models.Opt[[]string]          `json:"allowed_scopes,omitzero" form:"allowed_scopes"`
	RoleIDs       models.Opt[[]string]          `json:"role_ids,omitzero" form:"role_ids" doc:"Stored as given."`
	ClientGroupID models.Opt[string]            `json:"client_group_id,omitzero" form:"client_group_id" doc:"Stored as given."`
	ThirdParty    models.Opt[bool]              `json:"third_party,omitzero" form:"third_party"`
	Consent       models.Opt[models.Consent]    `json:"consent,omitzero"`
	Device        models.Opt[models.Device]     `json:"device,omitzero"`
	CIBA          models.Opt[models.CIBA]       `json:"ciba,omitzero"`
	SAML          models.Opt[models.SAML]       `json:"saml,omitzero"`
	Metadata      models.Opt[map[string]string] `json:"metadata,omitzero" form:"metadata" doc:"Up to 50 texts of your own."`

	// Stored are members of dialects that nothing else reads, merged by name; null removes one. Only dialects say them.
	Stored models.Opt[map[string]json.RawMessage] `json:"-"`
}

// CreateIn is what a caller may say about a new client.
type CreateIn struct {
	ApplicationID string `path:"application_id" json:"-" doc:"The application that it belongs to."`
	Protocol      string `json:"protocol" form:"protocol" enum:"oidc,saml" default:"oidc" doc:"Chosen for good."`
	Settings

	// Said by the server only: an import or a bootstrap brings its own id and secret, and a dialect that has no use for a
	// secret asks for none.
	ID       string        `json:"-"`
	Secret   models.Secret `json:"-"`
	NoSecret bool          `json:"-"`
}

// UpdateIn is what a caller may change about a client.
type UpdateIn struct {
	ID      string            `path:"id" json:"-" doc:"The client_id."`
	Version models.Opt[int64] `json:"-" form:"version" header:"If-Match"`
	Settings
}

// OneIn names a client.
type OneIn struct {
	ID string `path:"id" json:"-" doc:"The client_id."`
}

// OneVersionIn names a client, and the version that the caller has in mind.
type OneVersionIn struct {
	ID      string            `path:"id" json:"-" doc:"The client_id."`
	Version models.Opt[int64] `json:"-" form:"version" header:"If-Match"`
}

// apply writes what the caller said into the client.
func (s Settings) apply(c *models.Client) {
	s.applyAddresses(c)
	s.applyProtocol(c)
	s.applyTokens(c)
	s.Name.To(&c.Name)
	s.Description.To(&c.Description)
	s.Profile.To(&c.Profile)
	s.Disabled.To(&c.Disabled)
	s.LogoURI.To(&c.LogoURI)
	s.Resources.To(&c.Resources)
	s.AllowedScopes.To(&c.AllowedScopes)
	s.RoleIDs.To(&c.RoleIDs)
	s.ClientGroupID.To(&c.ClientGroupID)
	s.ThirdParty.To(&c.ThirdParty)
	s.Consent.To(&c.Consent)
	s.SAML.To(&c.SAML)
	s.Metadata.To(&c.Metadata)
	if s.Stored.Set {
		c.Stored = models.MergeStored(c.Stored, s.Stored.V)
	}
}

func (s Settings) applyAddresses(c *models.Client) {
	s.RedirectURIs.To(&c.RedirectURIs)
	s.RedirectURIMatch.To(&c.RedirectURIMatch)
	s.PostLogoutRedirectURIs.To(&c.PostLogoutRedirectURIs)
	s.AllowedOrigins.To(&c.AllowedOrigins)
	s.WebOrigins.To(&c.WebOrigins)
	s.InitiateLoginURI.To(&c.InitiateLoginURI)
	s.BackchannelLogoutURI.To(&c.BackchannelLogoutURI)
	s.BackchannelLogoutSessionRequired.To(&c.BackchannelLogoutSessionRequired)
}

func (s Settings) applyProtocol(c *models.Client) {
	s.GrantTypes.To(&c.GrantTypes)
	s.ResponseTypes.To(&c.ResponseTypes)
	s.PKCE.To(&c.PKCE)
	s.TokenEndpointAuthMethod.To(&c.TokenEndpointAuthMethod)
	s.JWKS.To(&c.JWKS)
	s.JWKSURI.To(&c.JWKSURI)
	s.TLSClientAuth.To(&c.TLSClientAuth)
	s.RequirePushedAuthorizationRequests.To(&c.RequirePushedAuthorizationRequests)
	s.CertificateBoundTokens.To(&c.CertificateBoundTokens)
	s.DPoPBoundTokens.To(&c.DPoPBoundTokens)
	s.FAPIProfile.To(&c.FAPIProfile)
	s.Device.To(&c.Device)
	s.CIBA.To(&c.CIBA)
}

func (s Settings) applyTokens(c *models.Client) {
	s.IDTokenSignedResponseAlg.To(&c.IDTokenSignedResponseAlg)
	s.AccessTokenAlg.To(&c.AccessTokenAlg)
	s.IDTokenEncryption.To(&c.IDTokenEncryption)
	s.AccessTokenLifetimeSeconds.ToPtr(&c.AccessTokenLifetimeSeconds)
	s.IDTokenLifetimeSeconds.ToPtr(&c.IDTokenLifetimeSeconds)
	s.SessionLifetimeSeconds.ToPtr(&c.SessionLifetimeSeconds)
	s.RefreshToken.To(&c.RefreshToken)
	s.SupportedPrompts.To(&c.SupportedPrompts)
	s.DefaultCustomClaims.To(&c.DefaultCustomClaims)
	s.DefaultUserInfoClaims.To(&c.DefaultUserInfoClaims)
	s.SyncIDTokenClaimsToUserinfo.To(&c.SyncIDTokenClaimsToUserinfo)
	s.CookieSameSite.To(&c.CookieSameSite)
}
