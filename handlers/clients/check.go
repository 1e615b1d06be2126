package clients

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"gatehouse/models"
)

// prompts are the values of the prompt parameter that a client may be allowed (OpenID Connect Core 3.1.2.1).
var prompts = []string{"login", "consent", "none"}

// profiles are the profiles of each protocol.
var profiles = map[string][]string{
	models.ProtocolOIDC: {models.ProfileWeb, models.ProfileSPA, models.ProfileNative, models.ProfileMachine, models.ProfileProtected},
	models.ProtocolSAML: {models.ProfileSAML},
}

// Claims are the words that the lists of default claims may hold.
var Claims = []string{"tid", "fname", "lname", "mname", "email", "email_verified", "phone_number", "phone_number_verified", "groups",
	"new_user", "birthday", "language", "city", "address", "country", "street_address", "address_type", "webauthn", "roles",
	"ts_roles", "role_values", "ts_permissions", "permissions", "approval_data", "custom_group_data", "username",
	"secondary_phone_numbers", "secondary_emails", "picture", "created_at", "last_auth", "auth_time", "external_account_id",
	"external_user_id", "app_name", "custom_data", "custom_app_data", "ai_actor"}

// check tells everything that is wrong with a client as the caller would leave it. said is what this request said: some rules
// are about a request that contradicts itself.
func check(c *models.Client, said Settings) error {
	var f models.Check
	clean(c)
	checkName(&f, c)
	checkURIs(&f, c)
	checkClaims(&f, c, said)
	checkLists(&f, c)
	checkLifetimes(&f, c)
	checkStored(&f, c)
	if c.Protocol == models.ProtocolSAML {
		checkSAML(&f, c)
	} else {
		checkOIDC(&f, c)
	}
	return f.Err()
}

func clean(c *models.Client) {
	c.Name, c.Description = norm.NFC.String(strings.TrimSpace(c.Name)), norm.NFC.String(strings.TrimSpace(c.Description))
	for _, list := range []*[]string{&c.SupportedPrompts, &c.DefaultCustomClaims, &c.DefaultUserInfoClaims, &c.GrantTypes, &c.ResponseTypes, &c.AllowedScopes, &c.Resources, &c.RoleIDs} {
		*list = unique(*list)
	}
}

// What dialects keep of a client, in bytes of JSON. A page of a list holds a hundred clients.
const (
	mostMember = 100 << 10 // one member: pages of one's own are the largest
	mostKept   = 256 << 10 // all of them
)

// checkStored bounds the members that only one dialect knows. They are named as that dialect does.
func checkStored(f *models.Check, c *models.Client) {
	total := 0
	for _, key := range slices.Sorted(maps.Keys(c.Stored)) {
		name, raw := key[strings.LastIndexByte(key, '.')+1:], c.Stored[key]
		total += len(raw)
		if f.That(len(raw) <= mostMember, name, "too_large", "This member holds at most 100 KiB of JSON.") {
			f.That(total <= mostKept, name, "too_large", "What is kept of a client beside its settings holds at most 256 KiB of JSON.")
		}
	}
}

func checkName(f *models.Check, c *models.Client) {
	f.Length("name", c.Name, 1, 256)
	f.That(!strings.ContainsFunc(c.Name, isControl), "name", "control_characters", "Use printable characters only.")
	f.Length("description", c.Description, 0, 1000)
	allowed, ok := profiles[c.Protocol]
	if !ok {
		f.Add("protocol", "not_allowed", "The protocol is oidc or saml.")
		return
	}
	if c.Profile == "" {
		f.Add("profile", "required", "This field needs a value.")
	}
	f.OneOf("profile", c.Profile, allowed...)
	f.OneOf("cookie_same_site", c.CookieSameSite, "lax", "none")
	f.OneOf("redirect_uri_match", c.RedirectURIMatch, matchExact, matchWildcard)
}

func checkURIs(f *models.Check, c *models.Client) {
	checkRedirects(f, "redirect_uris", c.RedirectURIs, c)
	checkRedirects(f, "post_logout_redirect_uris", c.PostLogoutRedirectURIs, c)
	checkOrigins(f, "allowed_origins", c.AllowedOrigins, c)
	checkOrigins(f, "web_origins", c.WebOrigins, c)
	for _, at := range []struct{ name, uri string }{
		{"logo_uri", c.LogoURI}, {"initiate_login_uri", c.InitiateLoginURI}, {"backchannel_logout_uri", c.BackchannelLogoutURI},
		{"jwks_uri", c.JWKSURI}, {"consent.uri", c.Consent.URI}, {"device.input_uri", c.Device.InputURI},
		{"device.approval_uri", c.Device.ApprovalURI}, {"device.success_uri", c.Device.SuccessURI}, {"ciba.login_uri", c.CIBA.LoginURI},
	} {
		checkPlain(f, at.name, at.uri)
	}
	if o := c.TLSClientAuth.OCSPResponderURI; o != "" { // responders answer over plain http as a rule: their answers are signed
		u, err := url.Parse(o)
		f.That(err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && len(o) <= MaxURILength,
			"tls_client_auth.ocsp_responder_uri", "not_absolute", "This is not an absolute http or https URI.")
	}
}

func checkRedirects(f *models.Check, name string, uris []string, c *models.Client) {
	if !f.That(len(uris) <= MaxURIs, name, "too_many", fmt.Sprintf("A client has at most %d of them.", MaxURIs)) {
		return
	}
	for i, uri := range uris {
		at := fmt.Sprintf("%s[%d]", name, i)
		if w := CheckRedirectURI(uri, c.Profile, c.RedirectURIMatch); w != nil {
			f.Add(at, w.Reason, w.Text)
		} else if strings.Contains(uri, "*") && c.Protocol == models.ProtocolOIDC && !c.Confidential() {
			f.Add(at, "wildcard_public", "Public clients cannot use a *: nothing else proves who they are. List each address.")
		} else if slices.Index(uris, uri) < i {
			f.Add(at, "twice", "This URI is in the list already. Remove one of the two.")
		}
	}
}

// checkPlain looks at a URI that is not a redirect target with a code, yet led to or fetched from: https, or http on loopback.
func checkPlain(f *models.Check, name, uri string) {
	if uri == "" {
		return
	}
	if w := CheckRedirectURI(uri, models.ProfileWeb, matchExact); w != nil {
		f.Add(name, w.Reason, w.Text)
	}
}

func checkOrigins(f *models.Check, name string, origins []string, c *models.Client) {
	if !f.That(len(origins) <= MaxURIs, name, "too_many", fmt.Sprintf("A client has at most %d of them.", MaxURIs)) {
		return
	}
	for i, origin := range origins {
		at := fmt.Sprintf("%s[%d]", name, i)
		if w := CheckRedirectURI(origin, models.ProfileWeb, c.RedirectURIMatch); w != nil {
			f.Add(at, w.Reason, w.Text)
			continue
		}
		u, err := url.Parse(origin)
		if err != nil || origin != u.Scheme+"://"+u.Host {
			f.Add(at, "not_an_origin", "An origin is scheme, host and port only, without a path or a slash at its end: https://app.example.com.")
		}
	}
}

func checkClaims(f *models.Check, c *models.Client, said Settings) {
	checkWords(f, "default_custom_claims", c.DefaultCustomClaims, Claims...)
	checkWords(f, "default_user_info_claims", c.DefaultUserInfoClaims, Claims...)
	checkWords(f, "supported_prompts", c.SupportedPrompts, prompts...)
	if said.SyncIDTokenClaimsToUserinfo.V && len(said.DefaultUserInfoClaims.V) > 0 {
		f.Add("default_user_info_claims", "excludes_sync", "UserInfo answers either its own list of claims or those of the ID token. Empty this list, or turn the sync off.")
	}
}

func checkWords(f *models.Check, name string, words []string, allowed ...string) {
	for i, w := range words {
		f.OneOf(fmt.Sprintf("%s[%d]", name, i), w, allowed...)
	}
}

func checkLists(f *models.Check, c *models.Client) {
	checkTexts(f, "resources", c.Resources, 512, func(s string) bool { return !strings.ContainsFunc(s, isControl) })
	checkTexts(f, "role_ids", c.RoleIDs, 255, func(s string) bool { return !strings.ContainsFunc(s, isControl) })
	checkTexts(f, "allowed_scopes", c.AllowedScopes, 255, scopeToken)
	f.Length("client_group_id", c.ClientGroupID, 0, 255)
	f.That(len(c.Metadata) <= 50, "metadata", "too_many", "Use at most 50 entries.")
	for k, v := range c.Metadata {
		f.Key("metadata", k, 255)
		f.Length("metadata."+k, v, 0, 1000)
	}
}

func checkTexts(f *models.Check, name string, list []string, most int, good func(string) bool) {
	f.That(len(list) <= MaxURIs, name, "too_many", fmt.Sprintf("A client has at most %d of them.", MaxURIs))
	for i, s := range list {
		at := fmt.Sprintf("%s[%d]", name, i)
		f.Length(at, s, 1, most)
		f.That(good(s), at, "characters", "This value contains a character that is not allowed here.")
	}
}

// scopeToken is RFC 6749 section 3.3.
func scopeToken(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
}

// Longest lives, in seconds.
const (
	maxTokenLife   = 30 * 24 * 3600
	maxSessionLife = 365 * 24 * 3600
	maxRefreshLife = 157788000 // five years
	maxLeeway      = 10
)

// checkLifetimes knows no shortest life: the dialects have none, and a life of seconds is what tests want. An unused life longer
// than the whole life is no fault either: whichever ends first ends the token.
func checkLifetimes(f *models.Check, c *models.Client) {
	span := func(name string, v *int64, most int64) {
		if v != nil {
			f.Range(name, *v, 1, most)
		}
	}
	span("access_token_lifetime_seconds", c.AccessTokenLifetimeSeconds, maxTokenLife)
	span("id_token_lifetime_seconds", c.IDTokenLifetimeSeconds, maxTokenLife)
	span("session_lifetime_seconds", c.SessionLifetimeSeconds, maxSessionLife)
	span("refresh_token.idle_seconds", c.RefreshToken.IdleSeconds, maxRefreshLife)
	span("refresh_token.absolute_seconds", c.RefreshToken.AbsoluteSeconds, maxRefreshLife)
	f.Range("refresh_token.leeway_seconds", c.RefreshToken.LeewaySeconds, 0, maxLeeway)
	if v := c.Consent.ValiditySeconds; v != nil {
		f.Range("consent.validity_seconds", *v, 1, maxRefreshLife)
	}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// unique keeps the first of equal items, in order.
func unique(list []string) []string {
	out, seen := make([]string, 0, len(list)), make(map[string]bool, len(list))
	for _, s := range list {
		if !seen[s] {
			out, seen[s] = append(out, s), true
		}
	}
	return out
}
