package auth0

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gatehouse/handlers/clients"
	"gatehouse/models"
)

// profiles gives the kind of program for an app_type; a vendor's integration is a web application.
var profiles = map[string]string{"native": models.ProfileNative, "spa": models.ProfileSPA, "regular_web": models.ProfileWeb,
	"non_interactive": models.ProfileMachine, "resource_server": models.ProfileMachine}

// appTypes are the words for our profiles.
var appTypes = map[string]string{models.ProfileNative: "native", models.ProfileSPA: "spa", models.ProfileWeb: "regular_web",
	models.ProfileMachine: "non_interactive", models.ProfileProtected: "regular_web", models.ProfileSAML: "regular_web"}

func profileOf(appType string) string {
	if p, ok := profiles[appType]; ok {
		return p
	}
	return models.ProfileWeb
}

// Names in Client.Stored of members that are mapped as well, for what the model cannot hold of them.
const (
	keptAppType    = storedPrefix + "app_type"
	keptGrants     = storedPrefix + "grant_types"
	keptJWT        = storedPrefix + "jwt_configuration"
	keptRefresh    = storedPrefix + "refresh_token"
	keptLogout     = storedPrefix + "oidc_logout"
	keptCompliance = storedPrefix + "compliance_level"
	keptRequest    = storedPrefix + "signed_request_object"
	keptAddons     = storedPrefix + "addons"
	keptMode       = storedPrefix + "third_party_security_mode"
	keptServer     = storedPrefix + "resource_server_identifier"

	keptAnyOrganization = storedPrefix + "allow_any_organization" // of a client grant
)

// settings is what the input changes about a client as it is now, and what is kept beside. What is unsaid stays untouched.
func (b clientIn) settings(now models.Client) clients.Settings {
	s := clients.Settings{Name: b.Name, Description: b.Description, LogoURI: b.LogoURI, RedirectURIs: b.Callbacks, AllowedOrigins: b.AllowedOrigins,
		WebOrigins: b.WebOrigins, PostLogoutRedirectURIs: b.AllowedLogoutURLs, InitiateLoginURI: b.InitiateLoginURI,
		RequirePushedAuthorizationRequests: b.RequirePAR}
	kept := map[string]json.RawMessage{}
	keptMembers(b.clientKept, kept)
	if b.IsFirstParty.Set {
		s.ThirdParty = models.Some(!b.IsFirstParty.V)
	}
	b.profile(&s, kept)
	b.match(&s, now)
	b.authentication(&s, now)
	b.grants(&s, kept)
	b.tokens(&s, now, kept)
	b.logout(&s, kept)
	b.compliance(&s, now, kept)
	b.metadata(&s, now)
	s.Stored = models.Some(kept)
	return s
}

// unrepeated takes out of what is to be kept what says no more than the client shows already, so that a tool which writes back
// what it read changes nothing.
func unrepeated(said map[string]json.RawMessage, now models.Client) error {
	if len(said) == 0 {
		return nil
	}
	raw, err := client(now, nil).appendJSON(nil)
	if err != nil {
		return err
	}
	var shown map[string]json.RawMessage
	if err := json.Unmarshal(raw, &shown); err != nil {
		return fmt.Errorf("read what a client shows: %w", err)
	}
	for name, value := range said {
		now := now.Stored[name]
		is := shown[strings.TrimPrefix(name, storedPrefix)]
		if !removed(value) && (sameJSON(value, is) || removed(now) && sameJSON(is, layer(is, value))) {
			delete(said, name)
		}
	}
	return nil
}

// sameJSON compares two texts of JSON by what they say.
func sameJSON(a, b json.RawMessage) bool {
	var first, second any
	return json.Unmarshal(a, &first) == nil && json.Unmarshal(b, &second) == nil && reflect.DeepEqual(first, second)
}

func (b clientIn) profile(s *clients.Settings, kept map[string]json.RawMessage) {
	if !b.AppType.Set {
		return
	}
	profile := profileOf(b.AppType.V)
	s.Profile = models.Some(profile)
	if kept[keptAppType] = nil; appTypes[profile] != b.AppType.V {
		kept[keptAppType] = quoted(b.AppType.V)
	}
}

func quoted(text string) json.RawMessage {
	raw, _ := json.Marshal(text)
	return raw
}

// match allows wildcards as long as an address has one. Only this dialect can make such addresses.
func (b clientIn) match(s *clients.Settings, now models.Client) {
	wild := false
	for _, list := range []struct {
		said opt[[]string]
		now  []string
	}{{b.Callbacks, now.RedirectURIs}, {b.AllowedLogoutURLs, now.PostLogoutRedirectURIs}, {b.AllowedOrigins, now.AllowedOrigins}, {b.WebOrigins, now.WebOrigins}} {
		list.said.To(&list.now)
		wild = wild || slices.ContainsFunc(list.now, func(uri string) bool { return strings.Contains(uri, "*") })
	}
	switch {
	case wild:
		s.RedirectURIMatch = models.Some("wildcard")
	case now.RedirectURIMatch == "wildcard":
		s.RedirectURIMatch = models.Some("exact")
	}
}

// authentication: a client that authenticates may send a PKCE challenge, one that does not must.
func (b clientIn) authentication(s *clients.Settings, now models.Client) {
	method := ""
	switch m, _ := b.AuthMethods.V.one(); {
	case m != "":
		method = m
	case b.AuthMethod.Set && !b.AuthMethod.Null:
		method = b.AuthMethod.V
	case b.AuthMethod.Null && now.TokenEndpointAuthMethod == models.AuthNone, b.AuthMethods.Null && !secretly(now.TokenEndpointAuthMethod):
		method = models.AuthSecretAny
	}
	if method == "" || method == now.TokenEndpointAuthMethod || b.AuthMethod.Set && method == shownMethod(now) {
		return // what is shown and comes back is no change: one that may use either way keeps both
	}
	s.TokenEndpointAuthMethod = models.Some(method)
	if method == models.AuthNone {
		s.PKCE = models.Some(models.PKCEInstead)
	} else if now.PKCE != models.PKCERequired {
		s.PKCE = models.Some(models.PKCEOptional)
	}
}

// secretly tells whether a method is one of those that token_endpoint_auth_method has a word for.
func secretly(method string) bool { return clients.UsesSecret(method) || method == models.AuthNone }

// offered are the grants that the engine knows; others of the vendor are kept and given back.
var offered = []string{models.GrantCode, models.GrantRefresh, models.GrantClientCredentials, models.GrantImplicit, models.GrantDevice,
	models.GrantCIBA, models.GrantTokenExchange}

func (b clientIn) grants(s *clients.Settings, kept map[string]json.RawMessage) {
	if !b.GrantTypes.Set {
		return
	}
	ours := slices.DeleteFunc(slices.Clone(b.GrantTypes.V), vendors)
	s.GrantTypes = models.Some(ours)
	if kept[keptGrants] = nil; len(ours) < len(b.GrantTypes.V) {
		kept[keptGrants], _ = json.Marshal(b.GrantTypes.V)
	}
}

// vendors tells whether a grant type is one that only the vendor has: by URI, or the password grant.
func vendors(grant string) bool {
	return !slices.Contains(offered, grant) && (grant == "password" || strings.HasPrefix(grant, "http://") || strings.HasPrefix(grant, "urn:"))
}

// Lives that stand for "no end" on the wire, in seconds, where nothing else is known.
const (
	defaultIDTokenLife = 36000
	defaultRefreshLife = 2592000
	defaultRefreshIdle = 1296000
)

func (b clientIn) tokens(s *clients.Settings, now models.Client, kept map[string]json.RawMessage) {
	if b.JWTConfiguration.Set {
		kept[keptJWT] = b.JWTConfiguration.V.Raw
		jwt := b.JWTConfiguration.V.Value()
		if jwt.Lifetime.Set {
			s.IDTokenLifetimeSeconds = jwt.Lifetime
		}
		if alg, ok := signedBy(jwt.Alg); ok {
			s.IDTokenSignedResponseAlg = models.Some(alg)
		}
	}
	if b.RefreshToken.Set {
		kept[keptRefresh] = b.RefreshToken.V.Raw
		s.RefreshToken = models.Some(b.RefreshToken.V.Value().life(now.RefreshToken))
	}
}

// signedBy gives our word for an algorithm; those that the key ring has no key for are only kept.
func signedBy(alg opt[string]) (string, bool) {
	return alg.V, alg.V == "RS256" || alg.V == "PS256"
}

// life is what the model holds of a refresh token's settings.
func (t refreshToken) life(now models.RefreshToken) models.RefreshToken {
	next := models.RefreshToken{Rotate: t.RotationType == "rotating", LeewaySeconds: t.Leeway.V, AlwaysIssue: now.AlwaysIssue}
	if t.ExpirationType != "expiring" {
		return next
	}
	if !t.InfiniteTokenLifetime.V {
		next.AbsoluteSeconds = orInt(t.TokenLifetime, defaultRefreshLife)
	}
	if !t.InfiniteIdleLifetime.V {
		next.IdleSeconds = orInt(t.IdleTokenLifetime, defaultRefreshIdle)
	}
	return next
}

func orInt(v opt[int64], fallback int64) *int64 {
	if v.Set {
		fallback = v.V
	}
	return &fallback
}

func (b clientIn) logout(s *clients.Settings, kept map[string]json.RawMessage) {
	said := b.OIDCLogout
	if b.OIDCBackchannel.Set {
		said = b.OIDCBackchannel
	}
	if !said.Set {
		return
	}
	kept[keptLogout] = said.V.Raw
	uri := ""
	if urls := said.V.Value().URLs.V; len(urls) > 0 {
		uri = urls[0]
	}
	s.BackchannelLogoutURI = models.Some(uri)
}

func (b clientIn) compliance(s *clients.Settings, now models.Client, kept map[string]json.RawMessage) {
	if b.ComplianceLevel.Set {
		level := b.ComplianceLevel.V
		if kept[keptCompliance] = quoted(level); b.ComplianceLevel.Null {
			level, kept[keptCompliance] = "none", nil
		}
		s.FAPIProfile = models.Some(level)
	}
	if b.RequirePOP.Set {
		method := now.TokenEndpointAuthMethod
		s.TokenEndpointAuthMethod.To(&method)
		tls := method == models.AuthTLS || method == models.AuthSelfSignedTLS
		s.CertificateBoundTokens, s.DPoPBoundTokens = models.Some(b.RequirePOP.V && tls), models.Some(b.RequirePOP.V && !tls)
	}
}

// metadata is merged by name; null removes an entry.
func (b clientIn) metadata(s *clients.Settings, now models.Client) {
	if !b.ClientMetadata.Set {
		return
	}
	next := map[string]string{}
	for name, value := range now.Metadata {
		if !b.ClientMetadata.Null {
			next[name] = value
		}
	}
	for name, value := range b.ClientMetadata.V {
		if next[name] = value.V; value.Null {
			delete(next, name)
		}
	}
	s.Metadata = models.Some(next)
}

// creation makes a new client. Where the input is silent the defaults of this dialect are stored as explicit values, so that every
// other face reads the truth.
func (b clientIn) creation() clients.CreateIn {
	if !b.AppType.Set {
		b.AppType = models.Some("regular_web")
	}
	public := b.AppType.V == "native" || b.AppType.V == "spa"
	if m, _ := b.AuthMethods.V.one(); m == "" && (!b.AuthMethod.Set || b.AuthMethod.Null) {
		b.AuthMethod = models.Some(models.AuthSecretAny)
		if public {
			b.AuthMethod.V = models.AuthNone
		}
	}
	if !b.GrantTypes.Set {
		b.GrantTypes = models.Some(b.usualGrants())
	}
	in := clients.CreateIn{ID: models.NewRowID(), Protocol: models.ProtocolOIDC, Settings: b.settings(models.Client{})}
	if !in.RefreshToken.Set {
		in.RefreshToken = models.Some(models.RefreshToken{})
	}
	if !in.IDTokenLifetimeSeconds.Set {
		in.IDTokenLifetimeSeconds = models.Some[int64](defaultIDTokenLife)
	}
	return in
}

// usualGrants are those that a new client of a type gets (recorded), without what its other settings rule out.
func (b clientIn) usualGrants() []string {
	var out []string
	switch b.AppType.V {
	case "resource_server":
		return []string{}
	case "express_configuration":
		out = []string{models.GrantCode, models.GrantClientCredentials}
	default:
		out = []string{models.GrantCode, models.GrantImplicit, models.GrantRefresh, models.GrantClientCredentials}
	}
	return slices.DeleteFunc(out, func(g string) bool {
		return g == models.GrantClientCredentials && b.AuthMethod.V == models.AuthNone && b.AuthMethod.Set ||
			g == models.GrantImplicit && b.ComplianceLevel.V != "" && b.ComplianceLevel.V != "none"
	})
}

// clientNames are the document's words for ours, in faults.
var clientNames = names{"redirect_uris": "callbacks", "post_logout_redirect_uris": "allowed_logout_urls", "profile": "app_type",
	"third_party": "is_first_party", "metadata": "client_metadata", "id_token_lifetime_seconds": "jwt_configuration.lifetime_in_seconds",
	"id_token_signed_response_alg": "jwt_configuration.alg", "refresh_token.idle_seconds": "refresh_token.idle_token_lifetime",
	"refresh_token.absolute_seconds": "refresh_token.token_lifetime", "refresh_token.leeway_seconds": "refresh_token.leeway",
	"refresh_token.rotate": "refresh_token.rotation_type", "backchannel_logout_uri": "oidc_logout.backchannel_logout_urls[0]",
	"fapi_profile": "compliance_level", "pkce": "token_endpoint_auth_method", "dpop_bound_access_tokens": "require_proof_of_possession",
	"tls_client_certificate_bound_access_tokens": "require_proof_of_possession", "tls_client_auth": "client_authentication_methods.tls_client_auth",
	"stored": "addons"}
