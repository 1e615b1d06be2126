package transmit

import (
	"strings"

	"gatehouse/models"
)

// client is a client as the document shows it, with the secret that it has, if any.
func client(c models.Client, secret models.Secret) clientWire {
	out := clientOut{AppID: c.ApplicationID, TenantID: c.TenantID, ClientID: c.ID, ClientSecret: secret.Reveal(), Name: c.Name,
		Description: c.Description, Resources: list(c.Resources), CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
		AuthenticationProtocol: c.Protocol, ClientGroupID: c.ClientGroupID, DefaultCustomClaims: list(c.DefaultCustomClaims),
		SyncIDTokenClaimsToUserinfo: c.SyncIDTokenClaimsToUserinfo, ShortCookiesSameSite: sameSite(c)}
	if !c.SyncIDTokenClaimsToUserinfo {
		own := list(c.DefaultUserInfoClaims)
		out.DefaultUserInfoClaims = &own
	}
	if c.Protocol == models.ProtocolSAML {
		return clientWire{samlClient{clientOut: out, OptionalACSURL: c.SAML.OptionalACSURL, SPACSURL: c.SAML.ACSURL, SPEntityID: c.SAML.EntityID,
			SPNameIDType: nameIDWords.wire(c.SAML.NameIDType), SignAssertion: c.SAML.SignAssertion, UseCentralizedLogin: c.SAML.UseCentralizedLogin}}
	}
	return clientWire{oidcClient{clientOut: out, RedirectURIs: list(c.RedirectURIs), ClientType: clientType(c), ResponseTypes: responses(c),
		TokenEndpointAuthMethod: methodWords.wire(c.TokenEndpointAuthMethod), PKCE: pkceWords.wire(c.PKCE), DeviceAuthorization: device(c),
		CIBAAuthorization: cibaOut{c.CIBA.Enabled, c.CIBA.LoginURI}, SupportedPrompts: list(c.SupportedPrompts), Authentication: shownAuthentication(c),
		TokenExpiration: expiration(c), SessionExpiration: seconds(c.SessionLifetimeSeconds, sessionTTL), EnforcePAR: c.RequirePushedAuthorizationRequests,
		FAPIVersionCompliancy: strings.HasPrefix(c.FAPIProfile, "fapi2_"),
		IDTokenEncryption:     encryption{Enabled: c.IDTokenEncryption.Enabled, JWKS: set(c.IDTokenEncryption.JWKS)}}}
}

func clientType(c models.Client) string {
	if c.Profile == models.ProfileNative {
		return models.ProfileNative
	}
	return models.ProfileWeb
}

// responses leaves out what the document has no word for.
func responses(c models.Client) []string {
	out := []string{}
	for _, r := range c.ResponseTypes {
		if r == "code" || r == "id_token" {
			out = append(out, r)
		}
	}
	return out
}

func device(c models.Client) deviceOut {
	return deviceOut{Enabled: c.Device.Enabled, ApprovalURI: c.Device.ApprovalURI, SuccessURI: c.Device.SuccessURI, InputURI: c.Device.InputURI}
}

func expiration(c models.Client) expirationOut {
	return expirationOut{AccessTokenTTL: seconds(c.AccessTokenLifetimeSeconds, accessTTL),
		RefreshTokenTTL: seconds(c.RefreshToken.IdleSeconds, refreshTTL), MaxRefreshRotate: seconds(c.RefreshToken.AbsoluteSeconds, refreshTTL)}
}

func seconds(v *int64, otherwise int64) int64 {
	if v == nil {
		return otherwise
	}
	return *v
}

func sameSite(c models.Client) string {
	if c.CookieSameSite == "" {
		return "lax"
	}
	return c.CookieSameSite
}

func list(v []string) []string {
	if v == nil {
		return []string{}
	}
	return v
}
