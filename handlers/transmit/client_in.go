package transmit

import (
	"slices"

	"gatehouse/handlers/clients"
	"gatehouse/models"
)

// checkClient adds the rules that stand between members. at is where the client stands in the body.
func (b clientIn) checkClient(c *models.Check, at string) {
	if d := b.DeviceAuthorization; d.V.Enabled {
		const text = "A client with the device flow has this address."
		c.That(d.V.InputURI.Set, at+"device_authorization.input_uri", "required", text)
		c.That(d.V.ApprovalURI.Set, at+"device_authorization.approval_uri", "required", text)
		c.That(d.V.SuccessURI.Set, at+"device_authorization.success_uri", "required", text)
	}
	c.That(!b.SyncIDTokenClaimsToUserinfo.V || !b.DefaultUserInfoClaims.Set, at+"default_user_info_claims", "excludes_sync",
		"Give a list of claims or turn sync_id_token_claims_to_userinfo on, not both in one request.")
	if a := b.Authentication.V; b.Authentication.Set && b.PKCE.V == "enforcePkceInsteadOfClientCredentials" {
		c.That(a.Method == "client_secret_basic", at+"authentication_configuration.method", "contradicts_pkce",
			"With pkce in the place of client credentials the client does not authenticate.")
	}
	c.That(b.PKCE.V != "enforcePkceInsteadOfClientCredentials" || !b.FAPIVersionCompliancy.V, at+"fapi_version_compliancy", "contradicts_pkce",
		"FAPI 2.0 needs a client that authenticates.")
}

// checkNew adds what a new client cannot be without. redirects tells whether people are sent back to it.
func (b clientIn) checkNew(c *models.Check, at string, redirects bool) {
	const text = "This member is required."
	c.That(b.Name.Set, at+"name", "required", text)
	switch {
	case b.protocol() == models.ProtocolSAML:
		c.That(b.SPEntityID.Set, at+"sp_entity_id", "required", text)
	case redirects:
		c.That(b.RedirectURIs.Set, at+"redirect_uris", "required", text)
	}
}

func (b clientIn) protocol() string {
	if b.AuthenticationProtocol.Set {
		return b.AuthenticationProtocol.V
	}
	return models.ProtocolOIDC
}

// creation makes a new client. Where the input is silent the defaults of this dialect are stored as explicit values, so that
// every other face reads the truth.
func (b clientIn) creation(applicationID string) clients.CreateIn {
	in := clients.CreateIn{ApplicationID: applicationID, Protocol: b.protocol()}
	if in.Protocol == models.ProtocolSAML {
		in.Settings = b.settings(models.Client{Protocol: in.Protocol, SAML: models.SAML{NameIDType: "email"}})
		return in
	}
	b.oidcDefaults()
	in.Settings = b.settings(models.Client{Protocol: in.Protocol, GrantTypes: []string{models.GrantCode, models.GrantRefresh}})
	return in
}

func (b *clientIn) oidcDefaults() {
	responses, pkce := []string{"code", "id_token"}, "allowPkceAlongsideClientCredentials"
	if b.FAPIVersionCompliancy.V {
		responses, pkce = []string{"code"}, "enforcePkceAlongsideClientCredentials"
	}
	if b.TokenEndpointAuthMethod.V == models.AuthNone {
		pkce = "enforcePkceInsteadOfClientCredentials"
	}
	or(&b.ClientType, "web")
	or(&b.ResponseTypes, responses)
	or(&b.PKCE, pkce)
	or(&b.TokenExpiration, expirationIn{})
	or(&b.SessionExpiration, sessionTTL)
}

func or[T any](field *opt[T], value T) {
	if !field.Set {
		*field = models.Some(value)
	}
}

// settings is what the input changes about a client as it is now. What the document does not know of stays untouched.
func (b clientIn) settings(now models.Client) clients.Settings {
	s := clients.Settings{Name: b.Name, Description: b.Description, Resources: b.Resources, ClientGroupID: b.ClientGroupID,
		DefaultCustomClaims: b.DefaultCustomClaims, CookieSameSite: b.ShortCookiesSameSite, SupportedPrompts: b.SupportedPrompts}
	b.userInfo(&s, now)
	if now.Protocol == models.ProtocolSAML {
		b.saml(&s, now)
		return s
	}
	s.RedirectURIs, s.ThirdParty, s.AllowedScopes, s.RoleIDs = b.RedirectURIs, b.IsThirdParty, b.AllowedScopes, b.RoleIDs
	s.SessionLifetimeSeconds, s.RequirePushedAuthorizationRequests, s.ResponseTypes = b.SessionExpiration, b.EnforcePAR, b.ResponseTypes
	b.profile(&s, now)
	b.consent(&s, now)
	b.flows(&s)
	b.authenticate(&s, now)
	b.fapi(&s, now)
	b.lifetimes(&s, now)
	b.grants(&s, now)
	return s
}

// userInfo: a list of claims of its own ends the sync with the ID token's, and the sync ends the list.
func (b clientIn) userInfo(s *clients.Settings, now models.Client) {
	s.DefaultUserInfoClaims, s.SyncIDTokenClaimsToUserinfo = b.DefaultUserInfoClaims, b.SyncIDTokenClaimsToUserinfo
	switch {
	case b.SyncIDTokenClaimsToUserinfo.V:
		s.DefaultUserInfoClaims = models.Some([]string{})
	case b.DefaultUserInfoClaims.Set && now.SyncIDTokenClaimsToUserinfo:
		s.SyncIDTokenClaimsToUserinfo = models.Some(false)
	}
}

func (b clientIn) saml(s *clients.Settings, now models.Client) {
	next := now.SAML
	b.SPEntityID.To(&next.EntityID)
	b.SPACSURL.To(&next.ACSURL)
	b.SignAssertion.To(&next.SignAssertion)
	b.OptionalACSURL.To(&next.OptionalACSURL)
	b.UseCentralizedLogin.To(&next.UseCentralizedLogin)
	if b.SPNameIDType.Set {
		next.NameIDType = nameIDWords.ours(b.SPNameIDType.V)
	}
	s.SAML = models.Some(next)
}

// profile crosses only the border that the document knows: a single-page application stays one when it is written as web.
func (b clientIn) profile(s *clients.Settings, now models.Client) {
	native := b.ClientType.V == models.ProfileNative
	if b.ClientType.Set && (now.Profile == "" || native != (now.Profile == models.ProfileNative)) {
		s.Profile = models.Some(b.ClientType.V)
	}
}

func (b clientIn) consent(s *clients.Settings, now models.Client) {
	if !b.ConsentURI.Set && !b.ConsentValidityPeriod.Set {
		return
	}
	next := now.Consent
	b.ConsentURI.To(&next.URI)
	b.ConsentValidityPeriod.ToPtr(&next.ValiditySeconds)
	s.Consent = models.Some(next)
}

func (b clientIn) flows(s *clients.Settings) {
	if d := b.DeviceAuthorization; d.Set {
		s.Device = models.Some(models.Device{Enabled: d.V.Enabled, InputURI: d.V.InputURI.V, ApprovalURI: d.V.ApprovalURI.V, SuccessURI: d.V.SuccessURI.V})
	}
	if d := b.CIBAAuthorization; d.Set {
		s.CIBA = models.Some(models.CIBA{Enabled: d.V.Enabled, LoginURI: d.V.LoginURI})
	}
	if e := b.IDTokenEncryption; e.Set {
		s.IDTokenEncryption = models.Some(models.IDTokenEncryption{Enabled: e.V.Enabled, JWKS: e.V.JWKS})
	}
}

// fapi picks the profile of FAPI 2.0 by the way the client authenticates; switching it off leaves what it asked for.
func (b clientIn) fapi(s *clients.Settings, now models.Client) {
	switch method := methodAfter(s, now); {
	case !b.FAPIVersionCompliancy.Set:
	case !b.FAPIVersionCompliancy.V:
		s.FAPIProfile = models.Some("none")
	case method == models.AuthTLS || method == models.AuthSelfSignedTLS:
		s.FAPIProfile = models.Some("fapi2_sp_mtls_mtls")
	default:
		s.FAPIProfile = models.Some("fapi2_sp_pkj_mtls")
	}
}

func (b clientIn) lifetimes(s *clients.Settings, now models.Client) {
	t := b.TokenExpiration
	if !t.Set {
		return
	}
	or(&t.V.AccessTokenTTL, accessTTL)
	or(&t.V.RefreshTokenTTL, refreshTTL)
	or(&t.V.MaxRefreshRotate, refreshTTL)
	next := now.RefreshToken
	next.IdleSeconds, next.AbsoluteSeconds = &t.V.RefreshTokenTTL.V, &t.V.MaxRefreshRotate.V
	if now.ID == "" {
		next.Rotate = !b.FAPIVersionCompliancy.V // FAPI 2.0 forbids rotation
	}
	if b.FAPIVersionCompliancy.V {
		next.Rotate = false
	}
	s.AccessTokenLifetimeSeconds, s.RefreshToken = t.V.AccessTokenTTL, models.Some(next)
}

// grants keeps the explicit grants in step with what the document derives them from.
func (b clientIn) grants(s *clients.Settings, now models.Client) {
	next := slices.Clone(now.GrantTypes)
	set := func(grant string, on bool) {
		next = slices.DeleteFunc(next, func(g string) bool { return g == grant })
		if on {
			next = append(next, grant)
		}
	}
	confidential := methodAfter(s, now) != models.AuthNone
	if was := now.ID != "" && now.Confidential(); confidential != was {
		set(models.GrantClientCredentials, confidential)
	}
	if b.DeviceAuthorization.Set {
		set(models.GrantDevice, b.DeviceAuthorization.V.Enabled)
	}
	if b.CIBAAuthorization.Set {
		set(models.GrantCIBA, b.CIBAAuthorization.V.Enabled)
	}
	if b.ResponseTypes.Set || b.FAPIVersionCompliancy.V {
		set(models.GrantImplicit, !b.FAPIVersionCompliancy.V && slices.Contains(b.ResponseTypes.V, "id_token"))
	}
	if !slices.Equal(next, now.GrantTypes) || now.ID == "" {
		s.GrantTypes = models.Some(next)
	}
}

func methodAfter(s *clients.Settings, now models.Client) string {
	if s.TokenEndpointAuthMethod.Set {
		return s.TokenEndpointAuthMethod.V
	}
	return now.TokenEndpointAuthMethod
}
