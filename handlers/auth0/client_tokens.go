package auth0

import (
	"encoding/json"
	"reflect"
	"strconv"

	"gatehouse/models"
	"gatehouse/web"
)

// usualRefresh is what clients show that were made with nothing said, which most are.
var usualRefresh = json.RawMessage(`{"expiration_type":"non-expiring","idle_token_lifetime":1296000,"infinite_idle_token_lifetime":true,` +
	`"infinite_token_lifetime":true,"leeway":0,"rotation_type":"non-rotating","token_lifetime":2592000}`)

// shownJWT is jwt_configuration: the life and the algorithm as they are, the rest as it was written.
func shownJWT(c models.Client) json.RawMessage {
	life := int64(defaultIDTokenLife)
	if c.IDTokenLifetimeSeconds != nil {
		life = *c.IDTokenLifetimeSeconds
	}
	written := c.Stored[keptJWT]
	if removed(written) && c.IDTokenSignedResponseAlg == "" {
		return json.RawMessage(`{"lifetime_in_seconds":` + strconv.FormatInt(life, 10) + `,"secret_encoded":false}`)
	}
	said := web.Kept[jwtConfiguration]{Raw: written}.Value()
	over := map[string]any{"lifetime_in_seconds": life, "secret_encoded": said.SecretEncoded.V}
	if alg, ours := signedBy(said.Alg); c.IDTokenSignedResponseAlg != "" && (ours || !said.Alg.Set) && alg != c.IDTokenSignedResponseAlg {
		if over["alg"] = c.IDTokenSignedResponseAlg; c.IDTokenSignedResponseAlg != "RS256" && c.IDTokenSignedResponseAlg != "PS256" {
			over["alg"] = "RS256" // the document has no word for ES256 and EdDSA
		}
	}
	return overlay(written, over)
}

// shownRefresh is refresh_token: as it was written while the client still is so, and else in the words for what it is.
func shownRefresh(c models.Client) json.RawMessage {
	now := c.RefreshToken
	if now == (models.RefreshToken{AlwaysIssue: now.AlwaysIssue}) && removed(c.Stored[keptRefresh]) {
		return usualRefresh
	}
	said := web.Kept[refreshToken]{Raw: c.Stored[keptRefresh]}
	over := map[string]any{"rotation_type": "non-rotating", "expiration_type": "non-expiring", "leeway": now.LeewaySeconds,
		"infinite_token_lifetime": now.AbsoluteSeconds == nil, "infinite_idle_token_lifetime": now.IdleSeconds == nil,
		"token_lifetime": defaultRefreshLife, "idle_token_lifetime": defaultRefreshIdle}
	if now.Rotate {
		over["rotation_type"] = "rotating"
	}
	if now.AbsoluteSeconds != nil || now.IdleSeconds != nil {
		over["expiration_type"] = "expiring"
	}
	for name, v := range map[string]*int64{"token_lifetime": now.AbsoluteSeconds, "idle_token_lifetime": now.IdleSeconds} {
		if v != nil {
			over[name] = *v
		}
	}
	if removed(said.Raw) {
		return overlay(nil, over)
	}
	if reflect.DeepEqual(said.Value().life(now), now) { // what was written still says the same
		var written map[string]any
		_ = json.Unmarshal(said.Raw, &written)
		for name, value := range written {
			over[name] = value
		}
		return overlay(nil, over)
	}
	return overlay(said.Raw, over)
}

// shownLogout is oidc_logout: the address as it is, the rest as it was written.
func shownLogout(c models.Client) json.RawMessage {
	written := c.Stored[keptLogout]
	if removed(written) && c.BackchannelLogoutURI == "" {
		return nil
	}
	urls := []string{}
	if c.BackchannelLogoutURI != "" {
		urls = append(urls, c.BackchannelLogoutURI)
	}
	if !(web.Kept[oidcLogout]{Raw: written}).Value().URLs.Set && len(urls) == 0 {
		return written
	}
	return overlay(written, map[string]any{"backchannel_logout_urls": urls})
}
