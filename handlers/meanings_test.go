package handlers

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Laws (a) and (b) of the unified model: what a face wrote it reads back equal, and in the others the write moves the members that mean
// the same and no others.

// speech is how a face reads an object whole and writes one member of it.
type speech struct {
	face  string
	read  func(v *visit, id string) o
	write func(v *visit, id string, body o)
}

// meaning is one setting: the members that tell of it, by face, and what each face writes. A face without a value cannot write it.
type meaning struct {
	members map[string]string // separated by spaces; the first is the one that is written
	values  map[string]any
	others  map[string]string // members that may move along where another setting follows from this one
}

// book is what every write moves.
var book = []string{"version", "updated_at", "updatedAt"}

func (v *visit) hold(id string, speeches []speech, meanings map[string]meaning) {
	v.t.Helper()
	snapshot := func() map[string]o {
		out := map[string]o{}
		for _, s := range speeches {
			out[s.face] = s.read(v, id)
		}
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(meanings)) {
		m := meanings[name]
		for _, s := range speeches {
			value, says := m.values[s.face]
			if !says {
				continue
			}
			before := snapshot()
			member := strings.Fields(m.members[s.face])[0]
			s.write(v, id, o{member: value})
			after := snapshot()
			if raw, _ := json.Marshal(value); !holds(after[s.face][member], decoded(raw)) {
				v.t.Errorf("(a) %s, written by %s: %s reads back as %v, not %s", name, s.face, member, after[s.face][member], raw)
			}
			for _, other := range speeches {
				v.moved(name, s.face, other.face, m, before[other.face], after[other.face])
			}
		}
	}
}

func (v *visit) moved(name, by, face string, m meaning, before, after o) {
	v.t.Helper()
	may, did := append(strings.Fields(m.members[face]), strings.Fields(m.others[face])...), false
	for member := range maps.Keys(after) {
		switch {
		case reflect.DeepEqual(before[member], after[member]):
		case slices.Contains(may, member):
			did = true
		case !slices.Contains(book, member):
			v.t.Errorf("(b) %s, written by %s, moved %s of %s from %v to %v", name, by, member, face, before[member], after[member])
		}
	}
	for member := range before {
		if _, still := after[member]; !still && !slices.Contains(may, member) {
			v.t.Errorf("(b) %s, written by %s, removed %s of %s", name, by, member, face)
		}
	}
	if m.members[face] != "" && !did {
		v.t.Errorf("(b) %s, written by %s, is not seen by %s: %s is %v", name, by, face, m.members[face], after[strings.Fields(m.members[face])[0]])
	}
}

func decoded(raw []byte) (out any) {
	_ = json.Unmarshal(raw, &out)
	return out
}

// holds tells whether what was read has everything that was written; a face may add defaults to an object.
func holds(got, want any) bool {
	w, ok := want.(map[string]any)
	g, also := got.(map[string]any)
	if !ok || !also {
		return reflect.DeepEqual(got, want)
	}
	for name, value := range w {
		if !holds(g[name], value) {
			return false
		}
	}
	return true
}

// same is a member of one name, written by each face with a text of its own.
func same(member, text string, faces ...string) meaning {
	m := meaning{members: map[string]string{}, values: map[string]any{}}
	for _, f := range faces {
		m.members[f], m.values[f] = member, fmt.Sprintf(text, f)
	}
	return m
}

func usual(face, at, prefix, verb string) speech {
	return speech{face,
		func(v *visit, id string) o { return v.look(face, at+"/"+prefix+id) },
		func(v *visit, id string, body o) { v.do(face, verb, at+"/"+prefix+id, body) },
	}
}

var clientSpeeches = []speech{usual("native", "/clients", "", "PATCH"), usual("auth0", "/clients", "", "PATCH"), usual("logto", "/applications", "", "PATCH"),
	{"transmit",
		func(v *visit, id string) o {
			return v.look("transmit", "/applications/"+v.applicationOf(id)+"/clients/"+id)
		},
		func(v *visit, id string, body o) {
			v.do("transmit", "PUT", "/applications/"+v.applicationOf(id)+"/clients/"+id, body)
		}}}

// oidcMetadata is the addresses of an application as Logto's face says them, always all.
func oidcMetadata(more o) o {
	out := o{"redirectUris": []string{"https://l.example.com/cb"}, "postLogoutRedirectUris": []string{"https://l.example.com/bye"}}
	maps.Copy(out, more)
	return out
}

var clientMeanings = map[string]meaning{
	"name":        same("name", "Named by %s", "native", "transmit", "auth0", "logto"),
	"description": same("description", "Told by %s", "native", "transmit", "auth0", "logto"),
	"redirect URIs": {members: map[string]string{"native": "redirect_uris", "transmit": "redirect_uris", "auth0": "callbacks", "logto": "oidcClientMetadata"},
		// what Logto's face leaves out of oidcClientMetadata goes: it is one value there
		others: map[string]string{"native": "post_logout_redirect_uris backchannel_logout_uri logo_uri", "auth0": "allowed_logout_urls oidc_logout logo_uri"},
		values: map[string]any{"native": []string{"https://n.example.com/cb"}, "transmit": []string{"https://t.example.com/cb"}, "auth0": []string{"https://a.example.com/cb"},
			"logto": oidcMetadata(nil)}},
	"sign-out URIs": {members: map[string]string{"native": "post_logout_redirect_uris", "auth0": "allowed_logout_urls", "logto": "oidcClientMetadata"},
		values: map[string]any{"native": []string{"https://n.example.com/bye"}, "auth0": []string{"https://a.example.com/bye"}}},
	"logo": {members: map[string]string{"native": "logo_uri", "auth0": "logo_uri", "logto": "oidcClientMetadata"},
		values: map[string]any{"native": "https://n.example.com/logo.png", "auth0": "https://a.example.com/logo.png"}},
	"back-channel sign-out": {members: map[string]string{"native": "backchannel_logout_uri", "auth0": "oidc_logout", "logto": "oidcClientMetadata"},
		others: map[string]string{"auth0": "oidc_backchannel_logout", "native": "backchannel_logout_session_required stored"},
		values: map[string]any{"native": "https://n.example.com/back", "auth0": o{"backchannel_logout_urls": []string{"https://a.example.com/back"}}}},
	"origins that may call": {members: map[string]string{"native": "allowed_origins", "auth0": "allowed_origins", "logto": "customClientMetadata"},
		values: map[string]any{"native": []string{"https://n.example.com"}, "auth0": []string{"https://a.example.com"}}},
	"web origins": {members: map[string]string{"native": "web_origins", "auth0": "web_origins"},
		values: map[string]any{"native": []string{"https://n.example.com"}, "auth0": []string{"https://a.example.com"}}},
	"where sign-in begins": {members: map[string]string{"native": "initiate_login_uri", "auth0": "initiate_login_uri"},
		values: map[string]any{"native": "https://n.example.com/login", "auth0": "https://a.example.com/login"}},
	"pushed requests": {members: map[string]string{"native": "require_pushed_authorization_requests", "transmit": "enforce_par", "auth0": "require_pushed_authorization_requests"},
		values: map[string]any{"native": true, "auth0": false, "transmit": true}},
	"proof of possession": {members: map[string]string{"native": "dpop_bound_access_tokens", "auth0": "require_proof_of_possession"},
		values: map[string]any{"native": true, "auth0": false}},
	"third party": {members: map[string]string{"native": "third_party", "auth0": "is_first_party", "logto": "isThirdParty"},
		others: map[string]string{"native": "consent", "auth0": "third_party_security_mode"},
		values: map[string]any{"native": true, "auth0": true}},
	"metadata": {members: map[string]string{"native": "metadata", "auth0": "client_metadata", "logto": "customData"}, others: map[string]string{"native": "stored"},
		values: map[string]any{"native": o{"by": "native"}, "auth0": o{"by": "auth0"}, "logto": o{"by": "logto"}}},
	"life of sessions": {members: map[string]string{"native": "session_lifetime_seconds", "transmit": "session_expiration"},
		values: map[string]any{"native": 700, "transmit": 800}},
	"life of access tokens": {members: map[string]string{"native": "access_token_lifetime_seconds", "transmit": "token_expiration"},
		others: map[string]string{"native": "refresh_token", "logto": "customClientMetadata", "auth0": "refresh_token"},
		values: map[string]any{"native": 700, "transmit": o{"access_token_ttl": 800}}},
	"life of ID tokens": {members: map[string]string{"native": "id_token_lifetime_seconds", "auth0": "jwt_configuration", "logto": "customClientMetadata"},
		others: map[string]string{"native": "stored"},
		values: map[string]any{"native": 700, "auth0": o{"lifetime_in_seconds": 800}, "logto": o{"idTokenTtl": 900}}},
	"prompts": {members: map[string]string{"native": "supported_prompts", "transmit": "supported_prompts"},
		values: map[string]any{"native": []string{"login"}, "transmit": []string{"consent"}}},
	"claims": {members: map[string]string{"native": "default_custom_claims", "transmit": "default_custom_claims"},
		values: map[string]any{"native": []string{"email"}, "transmit": []string{"phone_number"}}},
	"same-site": {members: map[string]string{"native": "cookie_same_site", "transmit": "short_cookies_samesite_type"},
		values: map[string]any{"native": "none", "transmit": "lax"}},
	"resources": {members: map[string]string{"native": "resources", "transmit": "resources"},
		values: map[string]any{"native": []string{"https://n.example.com/"}, "transmit": []string{"https://t.example.com/"}}},
	"scopes": {members: map[string]string{"native": "allowed_scopes"}, values: map[string]any{"native": []string{"read"}}},
	"group": {members: map[string]string{"native": "client_group_id", "transmit": "client_group_id"},
		values: map[string]any{"native": "n", "transmit": "t"}},
	"role ids": {members: map[string]string{"native": "role_ids"}, values: map[string]any{"native": []string{"n"}}},
	"single sign-on": {members: map[string]string{"auth0": "sso_disabled"}, others: map[string]string{"native": "stored"},
		values: map[string]any{"auth0": true}},
	"add-ons": {members: map[string]string{"auth0": "addons"}, others: map[string]string{"native": "stored"}, values: map[string]any{"auth0": o{"box": o{}}}},
	"rotation": {members: map[string]string{"native": "refresh_token", "auth0": "refresh_token"}, others: map[string]string{"logto": "customClientMetadata", "native": "stored", "transmit": "token_expiration"},
		values: map[string]any{"auth0": o{"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 3, "token_lifetime": 5000, "idle_token_lifetime": 4000}}},
}

// TestClientsMeanTheSameInEveryFace holds the laws for clients.
func TestClientsMeanTheSameInEveryFace(t *testing.T) {
	v := newVisit(t)
	made := v.do("native", "POST", "/applications", o{"name": "Whole", "client": o{"profile": "web", "redirect_uris": []string{returns}}})
	v.hold(text(made["client"].(o), "id"), clientSpeeches, clientMeanings)
}

// TestResourcesMeanTheSameInEveryFace holds the laws for resources, roles, connections, webhooks and grants.
func TestResourcesMeanTheSameInEveryFace(t *testing.T) {
	v := newVisit(t)
	resource := text(v.do("native", "POST", "/resources", o{"identifier": orders, "scopes": []any{o{"name": "read"}}}), "id")
	v.hold(resource, []speech{usual("native", "/resources", "", "PATCH"), usual("auth0", "/resource-servers", "", "PATCH"), usual("logto", "/resources", "", "PATCH")}, map[string]meaning{
		"name": same("name", "Named by %s", "native", "auth0", "logto"),
		"life of tokens": {members: map[string]string{"native": "access_token_lifetime_seconds", "auth0": "token_lifetime", "logto": "accessTokenTtl"},
			values: map[string]any{"native": 700, "auth0": 800, "logto": 900}},
		"life of browsers' tokens": {members: map[string]string{"native": "web_lifetime_seconds", "auth0": "token_lifetime_for_web"},
			values: map[string]any{"native": 600, "auth0": 500}},
		"signature": {members: map[string]string{"native": "signing_alg", "auth0": "signing_alg"}, values: map[string]any{"native": "PS256", "auth0": "RS256"}},
		"offline access": {members: map[string]string{"native": "allow_offline_access", "auth0": "allow_offline_access"},
			values: map[string]any{"native": true, "auth0": false}},
		"consent": {members: map[string]string{"native": "skip_consent", "auth0": "skip_consent_for_verifiable_first_party_clients"},
			values: map[string]any{"native": true, "auth0": false}},
		"description":  {members: map[string]string{"native": "description"}, values: map[string]any{"native": "Only here"}},
		"claims":       {members: map[string]string{"auth0": "token_dialect"}, others: map[string]string{"native": "stored"}, values: map[string]any{"auth0": "access_token_authz"}},
		"enforcement":  {members: map[string]string{"auth0": "enforce_policies"}, others: map[string]string{"native": "stored"}, values: map[string]any{"auth0": true}},
		"their scopes": {members: map[string]string{"native": "scopes", "auth0": "scopes"}, values: map[string]any{"auth0": []any{o{"value": "read"}, o{"value": "write", "description": "Write"}}}},
	})
	role := text(v.do("native", "POST", "/roles", o{"name": "Role", "kind": "machine"}), "id")
	v.hold(role, []speech{usual("native", "/roles", "", "PATCH"), usual("logto", "/roles", "", "PATCH")}, map[string]meaning{
		"name":        same("name", "Named by %s", "native", "logto"),
		"description": same("description", "Told by %s", "native", "logto"),
		"default":     {members: map[string]string{"native": "is_default", "logto": "isDefault"}, values: map[string]any{"native": true, "logto": false}},
	})
	client, _ := v.machine(v.tokens["native"], "Granted")
	grant := text(v.do("native", "POST", "/client-grants", o{"client_id": client, "identifier": orders, "scopes": []string{}}), "id")
	v.hold(grant, []speech{usual("native", "/client-grants", "", "PATCH"), usual("auth0", "/client-grants", "cgr_", "PATCH")}, map[string]meaning{
		"scopes": {members: map[string]string{"native": "scopes", "auth0": "scope"}, values: map[string]any{"native": []string{"read"}, "auth0": []string{"write"}}},
	})
	hook := text(v.do("native", "POST", "/webhooks", o{"name": "Hook", "url": "https://127.0.0.1/", "events": []string{"role.created"}}), "id")
	v.hold(hook, []speech{usual("native", "/webhooks", "", "PATCH"), usual("logto", "/hooks", "", "PATCH")}, map[string]meaning{
		"name":    same("name", "Named by %s", "native", "logto"),
		"enabled": {members: map[string]string{"native": "enabled", "logto": "enabled"}, values: map[string]any{"native": false, "logto": true}},
		"retries": {members: map[string]string{"native": "retries", "logto": "config"}, values: map[string]any{"native": 4}},
		"address": {members: map[string]string{"native": "url", "logto": "config"}, others: map[string]string{"native": "retries"}, values: map[string]any{"native": "https://127.0.0.2/", "logto": o{"url": "https://127.0.0.3/"}}},
	})
	connection := text(v.do("native", "POST", "/connections", o{"name": "conn", "strategy": "google", "options": o{"client_id": "c", "client_secret": "s", "scope": "openid"}}), "id")
	v.hold(connection, []speech{usual("native", "/connections", "", "PATCH"), usual("auth0", "/connections", "con_", "PATCH"), usual("logto", "/connectors", "", "PATCH")}, map[string]meaning{
		"name for people": {members: map[string]string{"native": "display_name", "auth0": "display_name"}, others: map[string]string{"logto": "metadata name"},
			values: map[string]any{"native": "By native", "auth0": "By auth0"}},
		"realms": {members: map[string]string{"native": "realms", "auth0": "realms"}, values: map[string]any{"native": []string{"n"}, "auth0": []string{"a"}}},
		"settings": {members: map[string]string{"native": "options", "auth0": "options", "logto": "config"},
			others: map[string]string{"native": "secret_options"}, // the secret of one account is not that of another
			values: map[string]any{"native": o{"client_id": "by-native"}, "logto": o{"clientId": "by-logto", "clientSecret": "s", "scope": "openid"}}},
	})
}
