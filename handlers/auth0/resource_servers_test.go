package auth0_test

import (
	"encoding/base64"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// What this dialect writes about a resource server it reads back, and what it left unsaid has the dialect's defaults.
func TestResourceServers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(201, "POST", "/resource-servers", map[string]any{"identifier": "https://orders.example/", "name": "Orders",
			"scopes": []any{map[string]any{"value": "read:orders", "description": "Read"}, map[string]any{"value": "ship:orders"}}})
		if made["signing_alg"] != "RS256" || made["token_lifetime"] != 86400.0 || made["token_lifetime_for_web"] != 7200.0 || made["is_system"] != false ||
			made["allow_offline_access"] != false || made["skip_consent_for_verifiable_first_party_clients"] != false {
			t.Errorf("defaults: %v", made)
		}
		one := "/resource-servers/" + made.text("id")
		kept := map[string]any{"token_dialect": "rfc9068_profile_authz", "enforce_policies": true, "allow_online_access": true,
			"token_encryption":           map[string]any{"format": "compact-nested-jwe", "encryption_key": map[string]any{"alg": "RSA-OAEP-256", "pem": "-----BEGIN PUBLIC KEY-----"}},
			"authorization_details":      []any{map[string]any{"type": "payment"}},
			"proof_of_possession":        map[string]any{"mechanism": "dpop", "required": true},
			"subject_type_authorization": map[string]any{"user": map[string]any{"policy": "deny_all"}, "client": map[string]any{"policy": "deny_all"}},
			"authorization_policy":       map[string]any{"policy_id": "p1"}, "consent_policy": "transactional-authorization-with-mfa",
			"signing_alg": "HS256", "signing_secret": "a-secret-of-sixteen", "token_lifetime": 60.0}
		w.do(200, "PATCH", one, kept)
		read := w.do(200, "GET", one, nil)
		for name, want := range kept {
			if !reflect.DeepEqual(read[name], want) {
				t.Errorf("%s reads as %v, want %v", name, read[name], want)
			}
		}
		w.do(200, "PATCH", one, map[string]any{"token_encryption": nil, "scopes": []any{map[string]any{"value": "ship:orders"}, map[string]any{"value": "void:orders"}}})
		read = w.do(200, "GET", "/resource-servers/"+url.PathEscape("https://orders.example/"), nil) // by identifier
		if read["token_encryption"] != nil || len(read.list("scopes")) != 2 || read.list("scopes")[0].text("value") != "ship:orders" || read["enforce_policies"] != true {
			t.Errorf("after the changes: %v", read)
		}
		// A narrowed token reads no symmetric key.
		if a := w.call(w.token("read:resource_servers"), "GET", one, nil); a.status != 200 || a.object(t)["signing_secret"] != nil {
			t.Errorf("narrow: %d %s", a.status, a.body)
		}
		w.do(409, "POST", "/resource-servers", map[string]any{"identifier": "https://orders.example/"})
		w.do(204, "DELETE", one, nil)
		if got := w.do(404, "GET", one, nil); got.text("errorCode") != "inexistent_resource_server" {
			t.Errorf("%v", got)
		}
		w.do(204, "DELETE", one, nil)
	})
}

// The management API is listed under the caller's own origin, those of other dialects are not, and it cannot be taken apart.
func TestManagementAPIIsAResourceServer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		all := w.do(200, "GET", "/resource-servers?include_totals=true", nil)
		servers := all.list("resource_servers")
		if all["total"] != 1.0 || len(servers) != 1 || servers[0].text("identifier") != origin+"/api/v2/" || servers[0]["is_system"] != true || len(servers[0].list("scopes")) != 221 {
			t.Fatalf("%v servers", len(servers))
		}
		one := "/resource-servers/" + servers[0].text("id")
		if got := w.do(400, "DELETE", one, nil); got.text("errorCode") != "operation_not_supported" {
			t.Errorf("%v", got)
		}
		w.do(400, "PATCH", one, map[string]any{"scopes": []any{}})
		w.do(404, "GET", "/resource-servers/management-api", nil)
	})
}

// Input that breaks a rule is refused by the name of the member, and nothing of it is stored.
func TestResourceServersRefuse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for name, body := range map[string]map[string]any{
			"identifier":                 {"name": "x"},
			"signing_alg":                {"identifier": "a", "signing_alg": "none"},
			"token_lifetime":             {"identifier": "a", "token_lifetime": 2592001},
			"scopes[0].value":            {"identifier": "a", "scopes": []any{map[string]any{"value": "two words"}}},
			"token_encryption":           {"identifier": "a", "token_encryption": map[string]any{"format": "other"}},
			"colour":                     {"identifier": "a", "colour": "red"},
			"name":                       {"identifier": "a", "name": "<b>"},
			"subject_type_authorization": {"identifier": "a", "subject_type_authorization": map[string]any{"user": map[string]any{"policy": "some"}}},
		} {
			got := w.do(400, "POST", "/resource-servers", body)
			if !strings.Contains(got.text("message"), name) {
				t.Errorf("%s is not named: %s", name, got.text("message"))
			}
		}
		if all := w.do(200, "GET", "/resource-servers", nil).list(""); len(all) != 1 {
			t.Errorf("%d resource servers are there", len(all))
		}
	})
}

// A client grant made here decides what the client's next token says, and other faces see it.
func TestClientGrants(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(201, "POST", "/resource-servers", map[string]any{"identifier": "urn:orders", "scopes": []any{map[string]any{"value": "read:orders"}, map[string]any{"value": "ship:orders"}}})
		made := w.do(201, "POST", "/client-grants", map[string]any{"client_id": w.admin.client, "audience": "urn:orders", "scope": []string{"ship:orders"}, "organization_usage": "allow"})
		if !strings.HasPrefix(made.text("id"), "cgr_") || len(made.text("id")) != 20 || made["subject_type"] != "client" || made["organization_usage"] != "allow" {
			t.Errorf("%v", made)
		}
		one := "/client-grants/" + made.text("id")
		scopeOf := func() string { return claims(t, w.tokenFor("urn:orders", "")).text("scope") }
		if got := scopeOf(); got != "ship:orders" {
			t.Errorf("scope %q", got)
		}
		w.do(200, "PATCH", one, map[string]any{"scope": []string{"read:orders", "ship:orders"}, "organization_usage": nil})
		if got := scopeOf(); got != "read:orders ship:orders" {
			t.Errorf("after the change: scope %q", got)
		}
		native := w.tokenFor(origin+"/rest/v1", "")
		if seen := w.call(native, "GET", "/rest/v1/client-grants?client_id="+w.admin.client, nil).object(t).list("items"); len(seen) != 1 || "cgr_"+seen[0].text("id") != made.text("id") {
			t.Errorf("the native face sees %v", seen)
		}
		w.do(409, "POST", "/client-grants", map[string]any{"client_id": w.admin.client, "audience": "urn:orders"})
		w.do(404, "POST", "/client-grants", map[string]any{"client_id": w.admin.client, "audience": "urn:nothing"})
		w.do(404, "POST", "/client-grants", map[string]any{"client_id": "nobody", "audience": "urn:orders"})
		if got := w.do(400, "PATCH", one, map[string]any{"scope": []string{"fly:orders"}}); !strings.Contains(got.text("message"), "scope[0]") {
			t.Errorf("%v", got)
		}
		w.do(400, "PATCH", one, map[string]any{})
		w.do(201, "POST", "/client-grants", map[string]any{"client_id": w.admin.client, "audience": origin + "/api/v2/", "scope": []string{"read:clients"}, "allow_any_organization": true})
		w.do(201, "POST", "/client-grants", map[string]any{"client_id": w.admin.client, "audience": "urn:orders", "subject_type": "user"})
		for query, want := range map[string]int{"": 3, "?audience=urn:orders": 2, "?audience=" + url.QueryEscape(origin+"/api/v2/"): 1, "?client_id=nobody": 0,
			"?allow_any_organization=true": 1, "?allow_any_organization=false": 2, "?subject_type=user": 1, "?audience=urn:nothing": 0} {
			if got := w.do(200, "GET", "/client-grants"+query, nil).list(""); len(got) != want {
				t.Errorf("%s: %d grants, want %d", query, len(got), want)
			}
		}
		first := w.do(200, "GET", "/client-grants?take=1", nil)
		second := w.do(200, "GET", "/client-grants?take=1&from="+first.text("next"), nil)
		if first.list("client_grants")[0].text("id") == second.list("client_grants")[0].text("id") || second.text("next") == "" {
			t.Errorf("checkpoints: %v then %v", first, second)
		}
		w.do(204, "DELETE", one, nil)
		w.do(404, "GET", one, nil)
		w.do(204, "DELETE", one, nil)
	})
}

// claims reads a token without verifying it.
func claims(t *testing.T, token string) object {
	t.Helper()
	parts := strings.Split(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	must(t, err)
	return answer{body: raw}.object(t)
}
