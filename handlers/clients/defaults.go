package clients

import (
	"slices"

	"gatehouse/models"
)

// Life of refresh tokens where the creator says nothing: two weeks unused, thirty days in all.
const (
	defaultRefreshIdle     = 14 * 24 * 3600
	defaultRefreshAbsolute = 30 * 24 * 3600
)

// Public tells whether programs of a profile cannot keep a secret.
func Public(profile string) bool {
	return profile == models.ProfileSPA || profile == models.ProfileNative
}

// Defaults gives a client with the settings that its profile starts from. They are stored as explicit values, so that every
// dialect reads the truth.
func Defaults(protocol, profile string) models.Client {
	idle, absolute := int64(defaultRefreshIdle), int64(defaultRefreshAbsolute)
	c := models.Client{Protocol: protocol, Profile: profile,
		RefreshToken: models.RefreshToken{IdleSeconds: &idle, AbsoluteSeconds: &absolute, Rotate: true},
	}
	if protocol == models.ProtocolSAML {
		c.SAML = models.SAML{NameIDType: "email", OptionalACSURL: true}
	}
	c.GrantTypes, c.ResponseTypes = grantsOf(protocol, profile)
	fill(&c)
	c.SupportedPrompts = slices.Clone(prompts)
	return c
}

// fill puts the default of the profile where a field must have a value and has none.
func fill(c *models.Client) {
	// Basic or post: people who make a client rarely know yet which of the two their library sends.
	method, pkce := models.AuthSecretAny, models.PKCERequired
	if Public(c.Profile) || c.Protocol == models.ProtocolSAML {
		method, pkce = models.AuthNone, models.PKCEInstead
	}
	or(&c.TokenEndpointAuthMethod, method)
	or(&c.PKCE, pkce)
	or(&c.RedirectURIMatch, matchExact)
	or(&c.FAPIProfile, fapiNone)
	or(&c.CookieSameSite, "lax")
}

func grantsOf(protocol, profile string) (grants, responses []string) {
	switch {
	case protocol == models.ProtocolSAML:
		return nil, nil
	case profile == models.ProfileMachine:
		return []string{models.GrantClientCredentials}, nil
	case profile == models.ProfileProtected:
		return []string{models.GrantCode}, []string{"code"}
	}
	return []string{models.GrantCode, models.GrantRefresh}, []string{"code"}
}

// follow moves what a caller left unsaid so that it goes with what the caller said; what was said is never moved.
func follow(c *models.Client, s Settings) {
	followAuthentication(c, s)
	followGrants(c, s)
	if c.FAPIProfile != fapiNone {
		followFAPI(c, s)
	}
}

// followAuthentication keeps PKCE and client authentication in step: without authentication PKCE stands in its place.
func followAuthentication(c *models.Client, s Settings) {
	switch {
	case s.PKCE.Set && !s.TokenEndpointAuthMethod.Set && c.PKCE == models.PKCEInstead:
		c.TokenEndpointAuthMethod = models.AuthNone
	case s.PKCE.Set && !s.TokenEndpointAuthMethod.Set && c.TokenEndpointAuthMethod == models.AuthNone:
		c.TokenEndpointAuthMethod = models.AuthSecretAny
	case s.TokenEndpointAuthMethod.Set && !s.PKCE.Set && c.TokenEndpointAuthMethod == models.AuthNone:
		c.PKCE = models.PKCEInstead
	case s.TokenEndpointAuthMethod.Set && !s.PKCE.Set && c.PKCE == models.PKCEInstead:
		c.PKCE = models.PKCERequired
	}
}

// followGrants keeps the device and CIBA switches in step with their grants, and takes away what a client that has become
// public may not use.
func followGrants(c *models.Client, s Settings) {
	if s.GrantTypes.Set {
		if !s.Device.Set {
			c.Device.Enabled = c.Grants(models.GrantDevice)
		}
		if !s.CIBA.Set {
			c.CIBA.Enabled = c.Grants(models.GrantCIBA)
		}
		return
	}
	if s.Device.Set {
		setGrant(c, models.GrantDevice, c.Device.Enabled)
	}
	if s.CIBA.Set {
		setGrant(c, models.GrantCIBA, c.CIBA.Enabled)
	}
	if c.Protocol == models.ProtocolOIDC && !c.Confidential() {
		setGrant(c, models.GrantClientCredentials, false)
		if !s.CIBA.Set {
			c.CIBA.Enabled = false
			setGrant(c, models.GrantCIBA, false)
		}
	}
}

// followFAPI turns on what a FAPI profile asks for. FAPI 2.0 forbids refresh token rotation (Security Profile 5.3.2.1).
func followFAPI(c *models.Client, s Settings) {
	if !s.RequirePushedAuthorizationRequests.Set {
		c.RequirePushedAuthorizationRequests = true
	}
	if !s.PKCE.Set && c.PKCE == models.PKCEOptional {
		c.PKCE = models.PKCERequired
	}
	if !s.RefreshToken.Set && isFAPI2(c.FAPIProfile) {
		c.RefreshToken.Rotate = false
	}
	if !s.ResponseTypes.Set {
		c.ResponseTypes = []string{"code"}
	}
	if !s.IDTokenSignedResponseAlg.Set && !strongAlg(c.IDTokenSignedResponseAlg) {
		c.IDTokenSignedResponseAlg = "ES256"
	}
	if !s.CertificateBoundTokens.Set && !s.DPoPBoundTokens.Set && !c.DPoPBoundTokens {
		c.CertificateBoundTokens = true
	}
}

func setGrant(c *models.Client, grant string, on bool) {
	c.GrantTypes = slices.DeleteFunc(slices.Clone(c.GrantTypes), func(g string) bool { return g == grant })
	if on {
		c.GrantTypes = append(c.GrantTypes, grant)
	}
}

func or(field *string, value string) {
	if *field == "" {
		*field = value
	}
}
