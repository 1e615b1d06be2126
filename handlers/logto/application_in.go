package logto

import (
	"encoding/json"
	"slices"
	"strings"

	"gatehouse/handlers/clients"
	"gatehouse/models"
)

// applicationFields are the product's names of an application's members.
var applicationFields = models.Names{
	"redirect_uris":                       "oidcClientMetadata.redirectUris",
	"post_logout_redirect_uris":           "oidcClientMetadata.postLogoutRedirectUris",
	"backchannel_logout_uri":              "oidcClientMetadata.backchannelLogoutUri",
	"backchannel_logout_session_required": "oidcClientMetadata.backchannelLogoutSessionRequired",
	"logo_uri":                            "oidcClientMetadata.logoUri",
	"allowed_origins":                     "customClientMetadata.corsAllowedOrigins",
	"id_token_lifetime_seconds":           "customClientMetadata.idTokenTtl",
	"refresh_token.idle_seconds":          "customClientMetadata.refreshTokenTtl",
	"refresh_token.rotate":                "customClientMetadata.rotateRefreshToken",
	"grant_types":                         "customClientMetadata.isDeviceFlow",
	"third_party":                         "isThirdParty",
	"metadata":                            "customData",
	"custom_data":                         "customData",
	"custom_client_metadata":              "customClientMetadata",
	"protected_app_metadata":              "protectedAppMetadata",
}

// creation makes a new client of a type, with this dialect's defaults as explicit values.
func (b applicationIn) creation(kind string) clients.CreateIn {
	now := models.Client{Protocol: models.ProtocolOIDC, Profile: profiles[kind], GrantTypes: grantsOf(kind)}
	if !b.Custom.Set {
		b.Custom = models.Some(customMetadata{})
	}
	s := b.settings(now)
	s.Profile, s.GrantTypes = models.Some(now.Profile), models.Some(grantsAfter(now.GrantTypes, b.Custom.V))
	if kind == typeTraditional || kind == typeProtected || kind == typeMachine {
		s.PKCE = models.Some(models.PKCEOptional)
	}
	return clients.CreateIn{Protocol: models.ProtocolOIDC, Settings: s}
}

func grantsOf(kind string) []string {
	if kind == typeMachine {
		return []string{models.GrantClientCredentials}
	}
	return []string{models.GrantCode, models.GrantRefresh}
}

// settings is what the input changes about a client as it is now. What the document does not know of stays untouched.
func (b applicationIn) settings(now models.Client) clients.Settings {
	s := clients.Settings{Name: b.Name, Description: b.Description}
	if b.OIDC.Set {
		b.OIDC.V.settings(&s)
	}
	stored := map[string]json.RawMessage{}
	if b.Custom.Set {
		b.Custom.V.settings(&s, now)
		if stored[storedCustomClient], _ = json.Marshal(b.Custom.V); string(stored[storedCustomClient]) == "{}" {
			stored[storedCustomClient] = json.RawMessage("null") // nothing to keep
		}
	}
	if b.CustomData.Set {
		var texts map[string]string
		texts, stored[storedCustomData] = split(b.CustomData.V)
		s.Metadata = models.Some(texts)
	}
	if len(stored) > 0 {
		s.Stored = models.Some(stored)
	}
	return s
}

func (m oidcMetadata) settings(s *clients.Settings) {
	s.RedirectURIs, s.PostLogoutRedirectURIs = models.Some(m.RedirectURIs), models.Some(m.PostLogoutRedirectURIs)
	s.BackchannelLogoutURI, s.LogoURI = models.Some(m.BackchannelLogoutURI.V), models.Some(m.LogoURI.V)
	s.BackchannelLogoutSessionRequired = models.Some(m.BackchannelLogoutSessionRequired.V)
	if slices.ContainsFunc(slices.Concat(m.RedirectURIs, m.PostLogoutRedirectURIs), func(u string) bool { return strings.Contains(u, "*") }) {
		s.RedirectURIMatch = models.Some("wildcard")
	}
}

func (m customMetadata) settings(s *clients.Settings, now models.Client) {
	m.IsDeviceFlow = models.Some(or(m.IsDeviceFlow, now.Device.Enabled)) // chosen at creation
	s.AllowedOrigins, s.IDTokenLifetimeSeconds = models.Some(list(m.CORSAllowedOrigins.V)), models.Some(or(m.IDTokenTTL, defaultIDTokenTTL))
	next := now.RefreshToken
	idle := or(m.RefreshTokenTTL, defaultRefreshTTL)
	if m.RefreshTokenTTLInDays.Set {
		idle = m.RefreshTokenTTLInDays.V * day
	}
	next.IdleSeconds, next.AlwaysIssue = &idle, m.AlwaysIssueRefreshToken.V
	next.Rotate = or(m.RotateRefreshToken, true) && !strings.HasPrefix(now.FAPIProfile, "fapi2_") // which forbids it
	s.RefreshToken = models.Some(next)
	if grants := grantsAfter(now.GrantTypes, m); !slices.Equal(grants, now.GrantTypes) {
		s.GrantTypes = models.Some(grants)
	}
}

// grantsAfter keeps the explicit grants in step with the flows that the document derives them from.
func grantsAfter(grants []string, m customMetadata) []string {
	out := slices.Clone(grants)
	set := func(grant string, on bool) {
		if has := slices.Contains(out, grant); has && !on {
			out = slices.DeleteFunc(out, func(g string) bool { return g == grant })
		} else if !has && on {
			out = append(out, grant)
		}
	}
	set(models.GrantTokenExchange, m.AllowTokenExchange.V)
	set(models.GrantDevice, m.IsDeviceFlow.V)
	if m.IsDeviceFlow.V {
		set(models.GrantCode, false)
	}
	return out
}

func or[T any](member opt[T], otherwise T) T {
	if member.Set {
		return member.V
	}
	return otherwise
}

// checkNew refuses what no application of a type can be.
func (b applicationIn) checkNew(kind string, thirdParty bool) error {
	custom := b.Custom.V
	switch {
	case kind == typeSAML:
		return refuse("application.saml.use_saml_app_api", "SAML applications have routes of their own: /api/saml-applications.")
	case thirdParty && !slices.Contains(thirdPartyTypes, kind):
		return refuse("application.invalid_third_party_application_type", "Only traditional, single-page and native applications can be a third party's.")
	case custom.IsDeviceFlow.V && kind != typeNative:
		return refuse("application.device_flow_native_only", "Only native applications have the device flow.")
	}
	return checkExchange(custom, thirdParty)
}

func checkExchange(custom customMetadata, thirdParty bool) error {
	if custom.AllowTokenExchange.V && thirdParty {
		return refuse("application.third_party_application_cannot_enable_token_exchange", "A third party's application cannot exchange tokens.")
	}
	return nil
}

// checkChange refuses what an application cannot become.
func (b applicationIn) checkChange(now models.Client) error {
	if !isApplication(now) {
		return refuse("application.saml.use_saml_app_api", "SAML applications have routes of their own: /api/saml-applications.")
	}
	if f := b.Custom.V.IsDeviceFlow; f.Set && f.V != now.Device.Enabled {
		return refuse("application.device_flow_not_changeable", "The device flow of an application is chosen when it is created.")
	}
	return checkExchange(b.Custom.V, now.ThirdParty)
}
