package transmit

import (
	"bytes"
	"encoding/json"

	"gatehouse/models"
)

// Call is a request of this dialect that brings something into the state it is shown in, for people who want to automate what a
// form does.
type Call struct {
	Method string
	Path   string
	Body   []byte // indented JSON
}

// ShowClient is the call that makes a client, or, when it has an id, that writes it.
func ShowClient(c models.Client) Call {
	call := Call{Method: "POST", Path: "/cis/v1/applications/" + orPlace(c.ApplicationID, "{appId}") + "/clients"}
	if c.ID != "" {
		call.Method, call.Path = "PUT", call.Path+"/"+c.ID
	}
	return call.with(spoken(c, c.ID == ""))
}

// ShowApplication is the call that makes an application with its default client, or, when it has an id, that writes both.
func ShowApplication(a models.Application, c models.Client) Call {
	call := Call{Method: "POST", Path: "/cis/v1/applications"}
	if a.Kind == models.KindManagement {
		call.Path = "/cis/v1/management/applications"
	}
	if a.ID != "" {
		call.Method, call.Path = "PUT", call.Path+"/"+a.ID
	}
	if a.Kind == models.KindManagement {
		return call.with(spokenCommon(a))
	}
	out := spokenApplication{spokenApp: spokenCommon(a), ServiceProviders: a.ServiceProviders, AllowPublicSignup: a.AllowPublicSignup,
		AuthenticatorPreferences: hubOut{a.Hub.Centralized, a.Hub.LoginURI}, Logo: a.LogoURI, ClientDisplayName: c.Name}
	if a.ID == "" {
		out.FirstClient = spoken(c, true)
	}
	return call.with(out)
}

func (c Call) with(body any) Call {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(body) // these types always encode
	c.Body = bytes.TrimRight(b.Bytes(), "\n")
	return c
}

func orPlace(id, place string) string {
	if id == "" {
		return place
	}
	return id
}

// spokenApp is an application as an input says it.
type spokenApp struct {
	AppName                 string          `json:"app_name"`
	AppDescription          string          `json:"app_description,omitempty"`
	LoginURI                string          `json:"login_uri,omitempty"`
	InviteMemberURI         string          `json:"invite_member_uri,omitempty"`
	InviteClientID          string          `json:"invite_client_id,omitempty"`
	InviteJourneyID         string          `json:"b2b_invite_journey_id,omitempty"`
	InviteExpirationMinutes int64           `json:"invite_member_email_expiration_minutes,omitempty"`
	Subdomain               string          `json:"subdomain,omitempty"`
	CustomDomain            string          `json:"custom_domain,omitempty"`
	SigningKeyEnabled       bool            `json:"signing_key_enabled"`
	RefreshInvalidation     invalidationOut `json:"refresh_token_invalidation_trigger_configuration"`
}

type spokenApplication struct {
	spokenApp
	ServiceProviders         []string `json:"service_providers,omitempty"`
	AllowPublicSignup        bool     `json:"allow_public_signup"`
	AuthenticatorPreferences hubOut   `json:"authenticator_preferences"`
	Logo                     string   `json:"logo,omitempty"`
	ClientDisplayName        string   `json:"client_display_name"`
	FirstClient              any      `json:"first_client,omitempty"`
}

func spokenCommon(a models.Application) spokenApp {
	return spokenApp{AppName: a.Name, AppDescription: a.Description, LoginURI: a.LoginURI, InviteMemberURI: a.InviteMemberURI,
		InviteClientID: a.InviteClientID, InviteJourneyID: a.InviteJourneyID, InviteExpirationMinutes: a.InviteEmailExpirationMinutes,
		Subdomain: a.Subdomain, CustomDomain: a.CustomDomain, SigningKeyEnabled: a.SigningKeyEnabled,
		RefreshInvalidation: invalidationOut{a.RefreshInvalidation.OnSuspension, a.RefreshInvalidation.OnPasswordReset, a.RefreshInvalidation.OnRoleUpdate}}
}

// spokenClient is what inputs of both protocols share.
type spokenClient struct {
	AuthenticationProtocol      string    `json:"authentication_protocol,omitempty"`
	Name                        string    `json:"name"`
	Description                 string    `json:"description"`
	Resources                   []string  `json:"resources"`
	ClientGroupID               string    `json:"client_group_id,omitempty"`
	DefaultCustomClaims         []string  `json:"default_custom_claims"`
	DefaultUserInfoClaims       *[]string `json:"default_user_info_claims,omitempty"`
	SyncIDTokenClaimsToUserinfo bool      `json:"sync_id_token_claims_to_userinfo"`
	ShortCookiesSameSite        string    `json:"short_cookies_samesite_type"`
	SupportedPrompts            []string  `json:"supported_prompts"`
}

type spokenOIDC struct {
	spokenClient
	RedirectURIs          []string       `json:"redirect_uris"`
	ClientType            string         `json:"client_type"`
	ResponseTypes         []string       `json:"response_types"`
	PKCE                  string         `json:"pkce"`
	Authentication        authentication `json:"authentication_configuration"`
	TokenExpiration       expirationOut  `json:"token_expiration"`
	SessionExpiration     int64          `json:"session_expiration"`
	EnforcePAR            bool           `json:"enforce_par"`
	FAPIVersionCompliancy bool           `json:"fapi_version_compliancy"`
	IDTokenEncryption     encryption     `json:"id_token_encryption"`
	DeviceAuthorization   deviceOut      `json:"device_authorization"`
	CIBAAuthorization     cibaOut        `json:"ciba_authorization"`
	IsThirdParty          bool           `json:"is_third_party"`
	AllowedScopes         []string       `json:"allowed_scopes"`
	ConsentURI            string         `json:"consent_uri,omitempty"`
	ConsentValidityPeriod *int64         `json:"consent_validity_period,omitempty"`
	RoleIDs               []string       `json:"role_ids,omitempty"`
}

type spokenSAML struct {
	spokenClient
	SPEntityID          string `json:"sp_entity_id"`
	SPACSURL            string `json:"sp_acs_url"`
	SPNameIDType        string `json:"sp_name_id_type,omitempty"`
	SignAssertion       bool   `json:"sign_assertion"`
	OptionalACSURL      bool   `json:"optional_acs_url"`
	UseCentralizedLogin bool   `json:"use_centralized_login"`
}

// spoken is a client as an input says it: without what only the server says, and with what only inputs say.
func spoken(c models.Client, isNew bool) any {
	out := spokenClient{Name: c.Name, Description: c.Description, Resources: list(c.Resources), ClientGroupID: c.ClientGroupID,
		DefaultCustomClaims: list(c.DefaultCustomClaims), SyncIDTokenClaimsToUserinfo: c.SyncIDTokenClaimsToUserinfo,
		ShortCookiesSameSite: sameSite(c), SupportedPrompts: list(c.SupportedPrompts)}
	if isNew {
		out.AuthenticationProtocol = c.Protocol
	}
	if !c.SyncIDTokenClaimsToUserinfo {
		own := list(c.DefaultUserInfoClaims)
		out.DefaultUserInfoClaims = &own
	}
	switch shown := client(c, models.Secret{}).body.(type) {
	case samlClient:
		return spokenSAML{spokenClient: out, SPEntityID: shown.SPEntityID, SPACSURL: shown.SPACSURL, SPNameIDType: shown.SPNameIDType,
			SignAssertion: shown.SignAssertion, OptionalACSURL: shown.OptionalACSURL, UseCentralizedLogin: shown.UseCentralizedLogin}
	case oidcClient:
		return spokenOIDC{spokenClient: out, RedirectURIs: shown.RedirectURIs, ClientType: shown.ClientType, ResponseTypes: shown.ResponseTypes,
			PKCE: shown.PKCE, Authentication: shown.Authentication, TokenExpiration: shown.TokenExpiration, SessionExpiration: shown.SessionExpiration,
			EnforcePAR: shown.EnforcePAR, FAPIVersionCompliancy: shown.FAPIVersionCompliancy, IDTokenEncryption: shown.IDTokenEncryption,
			DeviceAuthorization: shown.DeviceAuthorization, CIBAAuthorization: shown.CIBAAuthorization, IsThirdParty: c.ThirdParty,
			AllowedScopes: list(c.AllowedScopes), ConsentURI: c.Consent.URI, ConsentValidityPeriod: c.Consent.ValiditySeconds, RoleIDs: c.RoleIDs}
	}
	return nil
}
