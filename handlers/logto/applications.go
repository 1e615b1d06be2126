package logto

import (
	"encoding/json"
	"slices"

	"gatehouse/models"
)

// Types of applications and the profiles of clients that they are.
const (
	typeNative      = "Native"
	typeSPA         = "SPA"
	typeTraditional = "Traditional"
	typeMachine     = "MachineToMachine"
	typeProtected   = "Protected"
	typeSAML        = "SAML"
)

var profiles = map[string]string{typeNative: models.ProfileNative, typeSPA: models.ProfileSPA, typeTraditional: models.ProfileWeb,
	typeMachine: models.ProfileMachine, typeProtected: models.ProfileProtected, typeSAML: models.ProfileSAML}

var typeNames = func() map[string]string {
	out := map[string]string{}
	for name, profile := range profiles {
		out[profile] = name
	}
	return out
}()

// Members of an application that have no column of their own, by their key among what a client keeps for dialects.
const (
	storedCustomClient  = "logto.custom_client_metadata"
	storedCustomData    = "logto.custom_data"
	storedProtected     = "logto.protected_app_metadata"
	storedAccessLevel   = "logto.app_level_access_control_enabled"
	storedAccessControl = "logto.access_control"
)

// applicationIn is what an application's writer may say. The type is chosen for good.
type applicationIn struct {
	Name        opt[string]          `json:"name" rule:"min=1,max=256"`
	Description opt[string]          `json:"description" rule:"nullable"`
	OIDC        opt[oidcMetadata]    `json:"oidcClientMetadata"`
	Custom      opt[customMetadata]  `json:"customClientMetadata"`
	CustomData  opt[json.RawMessage] `json:"customData" rule:"object"`
}

// oidcMetadata is addresses. It is replaced as a whole.
type oidcMetadata struct {
	RedirectURIs                     []string    `json:"redirectUris" rule:"required"`
	PostLogoutRedirectURIs           []string    `json:"postLogoutRedirectUris" rule:"required"`
	BackchannelLogoutURI             opt[string] `json:"backchannelLogoutUri,omitzero"`
	BackchannelLogoutSessionRequired opt[bool]   `json:"backchannelLogoutSessionRequired,omitzero"`
	LogoURI                          opt[string] `json:"logoUri,omitzero"`
}

// customMetadata is lifetimes and flows. It is replaced as a whole too; what is left out has the default of this dialect.
type customMetadata struct {
	CORSAllowedOrigins      opt[[]string] `json:"corsAllowedOrigins,omitzero"`
	IDTokenTTL              opt[int64]    `json:"idTokenTtl,omitzero" rule:"min=1"`
	RefreshTokenTTL         opt[int64]    `json:"refreshTokenTtl,omitzero" rule:"min=1"`
	RefreshTokenTTLInDays   opt[int64]    `json:"refreshTokenTtlInDays,omitzero" rule:"min=1,max=180"`
	TenantID                opt[string]   `json:"tenantId,omitzero"`
	AlwaysIssueRefreshToken opt[bool]     `json:"alwaysIssueRefreshToken,omitzero"`
	RotateRefreshToken      opt[bool]     `json:"rotateRefreshToken,omitzero"`
	AllowTokenExchange      opt[bool]     `json:"allowTokenExchange,omitzero"`
	IsDeviceFlow            opt[bool]     `json:"isDeviceFlow,omitzero"`
	MaxAllowedGrants        opt[int64]    `json:"maxAllowedGrants,omitzero" rule:"min=1"`
}

// Defaults of the dialect, stored as explicit values.
const (
	defaultIDTokenTTL = 3600 // seconds
	defaultRefreshTTL = 14 * day
	day               = 24 * 3600
)

// applicationOut is an application as it is shown.
type applicationOut struct {
	TenantID      string          `json:"tenantId"`
	ID            string          `json:"id"`
	Name          string          `json:"name"`
	Secret        string          `json:"secret"`
	Description   *string         `json:"description"`
	Type          string          `json:"type"`
	OIDC          oidcMetadata    `json:"oidcClientMetadata"`
	Custom        customMetadata  `json:"customClientMetadata"`
	Protected     json.RawMessage `json:"protectedAppMetadata"`
	CustomData    json.RawMessage `json:"customData"`
	ThirdParty    bool            `json:"isThirdParty"`
	AccessControl bool            `json:"appLevelAccessControlEnabled"`
	CreatedAt     int64           `json:"createdAt"`
	Admin         *bool           `json:"isAdmin,omitempty"` // on the answer to one application only
}

// legacySecret stands where an application's only secret once stood. It is no credential: secrets have a list of their own.
func legacySecret(id string) string { return "#internal:" + id }

// application shows a client.
func application(c models.Client) applicationOut {
	return applicationOut{TenantID: c.TenantID, ID: c.ID, Name: c.Name, Secret: legacySecret(c.ID), Description: orNull(c.Description),
		Type: typeNames[c.Profile], OIDC: shownOIDC(c), Custom: shownCustom(c), Protected: orNothing(c.Stored[storedProtected]), CustomData: customData(c),
		ThirdParty: c.ThirdParty, AccessControl: string(c.Stored[storedAccessLevel]) == "true", CreatedAt: millis(c.CreatedAt)}
}

// orNothing is a stored member, null when it was never written.
func orNothing(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}

func shownOIDC(c models.Client) oidcMetadata {
	out := oidcMetadata{RedirectURIs: list(c.RedirectURIs), PostLogoutRedirectURIs: list(c.PostLogoutRedirectURIs)}
	if c.BackchannelLogoutURI != "" {
		out.BackchannelLogoutURI = models.Some(c.BackchannelLogoutURI)
	}
	if c.BackchannelLogoutURI != "" || c.BackchannelLogoutSessionRequired {
		out.BackchannelLogoutSessionRequired = models.Some(c.BackchannelLogoutSessionRequired)
	}
	if c.LogoURI != "" {
		out.LogoURI = models.Some(c.LogoURI)
	}
	return out
}

// shownCustom shows what was written here, with the values of today, and what another face has set to other than the default.
func shownCustom(c models.Client) customMetadata {
	var out customMetadata
	if raw := c.Stored[storedCustomClient]; len(raw) > 0 {
		_ = json.Unmarshal(raw, &out) // we wrote it
	}
	keep(&out.CORSAllowedOrigins, list(c.AllowedOrigins), len(c.AllowedOrigins) == 0)
	keep(&out.AlwaysIssueRefreshToken, c.RefreshToken.AlwaysIssue, !c.RefreshToken.AlwaysIssue)
	keep(&out.AllowTokenExchange, c.Grants(models.GrantTokenExchange), !c.Grants(models.GrantTokenExchange))
	keep(&out.IsDeviceFlow, c.Device.Enabled, !c.Device.Enabled)
	if c.Protocol != models.ProtocolOIDC {
		return out
	}
	keep(&out.RotateRefreshToken, c.RefreshToken.Rotate, c.RefreshToken.Rotate)
	if ttl := c.IDTokenLifetimeSeconds; ttl != nil {
		keep(&out.IDTokenTTL, *ttl, *ttl == defaultIDTokenTTL)
	}
	if idle := c.RefreshToken.IdleSeconds; idle != nil {
		out.refresh(*idle)
	}
	return out
}

// refresh shows the life of refresh tokens in the unit that it was written in, else in days where it is days.
func (m *customMetadata) refresh(idle int64) {
	days := idle%day == 0 && idle/day <= 180
	switch {
	case m.RefreshTokenTTLInDays.Set && days:
		m.RefreshTokenTTLInDays.V = idle / day
	case m.RefreshTokenTTL.Set:
		m.RefreshTokenTTL.V, m.RefreshTokenTTLInDays = idle, opt[int64]{}
	case idle == defaultRefreshTTL:
	case days:
		m.RefreshTokenTTLInDays = models.Some(idle / day)
	default:
		m.RefreshTokenTTL, m.RefreshTokenTTLInDays = models.Some(idle), opt[int64]{}
	}
}

// keep shows a value, unless it is the default and nobody spoke of it.
func keep[T any](member *opt[T], value T, isDefault bool) {
	if member.Set || !isDefault {
		*member = models.Some(value)
	}
}

// isApplication tells whether a type goes with the routes of applications; SAML ones have routes of their own.
func isApplication(c models.Client) bool { return c.Protocol == models.ProtocolOIDC }

// thirdPartyTypes are those that somebody else may run.
var thirdPartyTypes = []string{typeTraditional, typeSPA, typeNative}

// secretTypes are those that authenticate with secrets.
var secretTypes = []string{typeMachine, typeTraditional, typeProtected}

func holdsSecrets(c models.Client) bool { return slices.Contains(secretTypes, typeNames[c.Profile]) }
