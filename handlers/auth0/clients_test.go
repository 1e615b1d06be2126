package auth0_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

// TestDefaultsByAppType: what is unsaid comes back as it was recorded of the real service.
func TestDefaultsByAppType(t *testing.T) {
	all := []any{"authorization_code", "implicit", "refresh_token", "client_credentials"}
	for _, c := range []struct {
		appType, method string
		grants          []any
	}{
		{"", "client_secret_post", all}, {"regular_web", "client_secret_post", all}, {"non_interactive", "client_secret_post", all},
		{"sso_integration", "client_secret_post", all}, {"native", "none", all[:3]}, {"spa", "none", all[:3]},
		{"express_configuration", "client_secret_post", []any{"authorization_code", "client_credentials"}}, {"resource_server", "client_secret_post", []any{}},
	} {
		t.Run(c.appType, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				body := object{"name": "Shop"}
				if c.appType != "" {
					body["app_type"] = c.appType
				}
				made := w.do(201, "POST", "/clients", body)
				if !reflect.DeepEqual(made["grant_types"], any(c.grants)) || made["token_endpoint_auth_method"] != c.method {
					t.Errorf("%v %v", made["grant_types"], made["token_endpoint_auth_method"])
				}
				for name, want := range map[string]any{"is_first_party": true, "oidc_conformant": false, "sso_disabled": false, "custom_login_page_on": true,
					"cross_origin_authentication": false, "is_token_endpoint_ip_header_trusted": false, "global": false,
					"jwt_configuration": map[string]any{"lifetime_in_seconds": 36000.0, "secret_encoded": false},
					"refresh_token": map[string]any{"rotation_type": "non-rotating", "expiration_type": "non-expiring", "leeway": 0.0, "token_lifetime": 2592000.0,
						"idle_token_lifetime": 1296000.0, "infinite_token_lifetime": true, "infinite_idle_token_lifetime": true}} {
					if !reflect.DeepEqual(made[name], want) {
						t.Errorf("%s is %v, want %v", name, made[name], want)
					}
				}
				if (made["client_secret"] != nil) != (c.method != "none") {
					t.Errorf("secret: %v", made["client_secret"])
				}
				if c.appType != "" && made["app_type"] != c.appType {
					t.Errorf("app_type: %v", made["app_type"])
				}
			})
		})
	}
}

// full is a client with every member of the document that can stand beside the others.
func full() object {
	return object{"name": "Full", "description": "All of it", "logo_uri": "https://shop.example.com/logo.png", "callbacks": []any{"https://*.shop.example.com/cb"},
		"allowed_origins": []any{"https://shop.example.com"}, "web_origins": []any{"https://shop.example.com"}, "allowed_logout_urls": []any{"https://shop.example.com/bye"},
		"initiate_login_uri": "https://shop.example.com/login", "grant_types": []any{"authorization_code", "refresh_token", "password", "http://auth0.com/oauth/grant-type/mfa-otp"},
		"app_type": "salesforce", "is_first_party": false, "client_metadata": object{"team": "web", "tier": "1"}, "token_endpoint_auth_method": "client_secret_basic",
		"jwt_configuration": object{"lifetime_in_seconds": 600, "secret_encoded": true, "alg": "RS256", "scopes": object{"x": 1}},
		"refresh_token": object{"rotation_type": "rotating", "expiration_type": "expiring", "leeway": 3, "token_lifetime": 7200, "idle_token_lifetime": 3600,
			"infinite_token_lifetime": false, "infinite_idle_token_lifetime": false, "policies": []any{object{"audience": "https://api.example.com", "scope": []any{"read"}}}},
		"oidc_logout":                           object{"backchannel_logout_urls": []any{"https://shop.example.com/back"}, "backchannel_logout_initiators": object{"mode": "custom", "selected_initiators": []any{"rp-logout"}}},
		"require_pushed_authorization_requests": true, "require_proof_of_possession": true, "compliance_level": "none",
		"addons":          object{"wams": object{"masterkey": "top-secret-value"}, "samlp": object{"audience": "urn:a", "mappings": object{"email": "mail"}, "more": 1}, "wsfed": object{}},
		"oidc_conformant": true, "sso": true, "sso_disabled": true, "cross_origin_authentication": true, "cross_origin_loc": "https://shop.example.com/loc",
		"is_token_endpoint_ip_header_trusted": true, "custom_login_page_on": false, "custom_login_page": "<html></html>", "custom_login_page_preview": "<p></p>", "form_template": "f",
		"client_aliases": []any{"alias"}, "allowed_clients": []any{"other"}, "encryption_key": object{"pub": "p", "cert": "c", "subject": "s", "extra": true},
		"session_transfer":              object{"can_create_session_transfer_token": true, "allowed_authentication_methods": []any{"cookie"}, "delegation": object{"allow_delegated_access": true}},
		"mobile":                        object{"android": object{"app_package_name": "com.example", "sha256_cert_fingerprints": []any{"aa"}}, "ios": object{"team_id": "T"}},
		"native_social_login":           object{"apple": object{"enabled": true}},
		"default_organization":          object{"organization_id": "org_abcdefgh12345678", "flows": []any{"client_credentials"}},
		"organization_usage":            "allow",
		"organization_require_behavior": "pre_login_prompt", "organization_discovery_methods": []any{"email"},
		"skip_non_verifiable_callback_uri_confirmation_prompt": true, "token_exchange": object{"allow_any_profile_of_type": []any{"custom_authentication"}},
		"par_request_expiry": 60, "token_quota": object{"client_credentials": object{"enforce": true, "per_day": 5}}, "redirection_policy": "allow_always",
		"my_organization_configuration":        object{"allowed_strategies": []any{"oidc"}, "connection_deletion_behavior": "allow"},
		"async_approval_notification_channels": []any{"email"}, "third_party_security_mode": "strict"}
}

// same compares a member that was sent with one that came back.
func same(a, b any) bool { return fmt.Sprint(normal(a)) == fmt.Sprint(normal(b)) }

func normal(v any) any {
	switch v := v.(type) {
	case object:
		return normal(map[string]any(v))
	case map[string]any:
		out := map[string]any{}
		for name, value := range v {
			out[name] = normal(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = normal(v[i])
		}
		return out
	case int:
		return float64(v)
	}
	return v
}

// TestWhatIsWrittenIsReadBack: law (a) of the unified model, member by member, at creation and after each change.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(201, "POST", "/clients", full())
		id := made.text("client_id")
		for _, read := range []object{made, w.do(200, "GET", "/clients/"+id, nil), w.do(200, "GET", "/clients?app_type=salesforce", nil).list("")[0]} {
			for name, sent := range full() {
				if !same(sent, read[name]) {
					t.Errorf("%s: sent %v, got %v", name, sent, read[name])
				}
			}
		}
		plain := w.do(201, "POST", "/clients", object{"name": "Plain"}).text("client_id")
		for name, sent := range full() {
			switch name {
			case "callbacks": // a wildcard beside a public client and others is another matter
				sent = []any{"https://shop.example.com/other"}
			}
			if got := w.do(200, "PATCH", "/clients/"+plain, object{name: sent}); !same(sent, got[name]) {
				t.Errorf("PATCH %s: sent %v, got %v", name, sent, got[name])
			}
		}
		after := w.do(200, "GET", "/clients/"+plain, nil)
		for name, sent := range full() {
			if name != "callbacks" && !same(sent, after[name]) {
				t.Errorf("after all, %s: %v, want %v", name, after[name], sent)
			}
		}
	})
}

// TestNullRemoves: what may be null is gone afterwards, or back to what it is without.
func TestNullRemoves(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.do(201, "POST", "/clients", full()).text("client_id")
		for _, name := range []string{"session_transfer", "encryption_key", "default_organization", "organization_usage", "organization_require_behavior",
			"organization_discovery_methods", "skip_non_verifiable_callback_uri_confirmation_prompt", "token_exchange", "par_request_expiry", "token_quota",
			"my_organization_configuration", "async_approval_notification_channels", "cross_origin_loc", "compliance_level"} {
			if got := w.do(200, "PATCH", "/clients/"+id, object{name: nil}); got[name] != nil {
				t.Errorf("%s: %v", name, got[name])
			}
		}
		if got := w.do(200, "PATCH", "/clients/"+id, object{"refresh_token": nil}); got["refresh_token"].(map[string]any)["rotation_type"] != "non-rotating" {
			t.Errorf("%v", got["refresh_token"])
		}
		got := w.do(200, "PATCH", "/clients/"+id, object{"client_metadata": object{"team": nil, "new": "x"}})
		if !same(got["client_metadata"], object{"tier": "1", "new": "x"}) {
			t.Errorf("metadata is merged by name: %v", got["client_metadata"])
		}
	})
}

// TestRefusals: what is wrong is told by name, in this dialect's words, and nothing is written.
func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.do(201, "POST", "/clients", object{"name": "Shop", "third_party_security_mode": "strict"}).text("client_id")
		for _, c := range []struct {
			about, method, body, want string
			status                    int
		}{
			{"an unknown member", "POST", `{"name":"x","foo":1}`, "Payload validation error: 'Additional properties not allowed: foo'.", 400},
			{"an unknown member deep down", "POST", `{"name":"x","session_transfer":{"foo":1}}`, "Additional properties not allowed: foo' on property session_transfer.", 400},
			{"no name", "POST", `{}`, "Payload validation error: 'Missing required property: name'.", 400},
			{"a wrong type", "POST", `{"name":1}`, "on property name.", 400},
			{"a word outside the list", "POST", `{"name":"x","app_type":"tv"}`, "on property app_type.", 400},
			{"angle brackets", "POST", `{"name":"<b>"}`, "on property name.", 400},
			{"too long a description", "POST", `{"name":"x","description":"` + strings.Repeat("d", 141) + `"}`, "on property description.", 400},
			{"an insecure address", "POST", `{"name":"x","callbacks":["https://a.example.com","http://a.example.com"]}`, "on property callbacks[1].", 400},
			{"two ways to authenticate", "POST", `{"name":"x","token_endpoint_auth_method":"none","client_authentication_methods":{"private_key_jwt":{"credentials":[]}}}`, "token_endpoint_auth_method", 400},
			{"three ways", "POST", `{"name":"x","client_authentication_methods":{"private_key_jwt":{"credentials":[]},"tls_client_auth":{"credentials":[]}}}`, "client_authentication_methods", 400},
			{"no PEM", "POST", `{"name":"x","client_authentication_methods":{"private_key_jwt":{"credentials":[{"credential_type":"public_key","pem":"x"}]}}}`, "credentials[0].pem", 400},
			{"client_credentials without authentication", "POST", `{"name":"x","app_type":"spa","grant_types":["client_credentials"]}`, "grant_types", 400},
			{"an invented grant", "POST", `{"name":"x","grant_types":["magic"]}`, "grant_types", 400},
			{"eleven metadata", "POST", `{"name":"x","client_metadata":{"a":"","b":"","c":"","d":"","e":"","f":"","g":"","h":"","i":"","j":"","k":""}}`, "client_metadata", 400},
			{"an empty key", "POST", `{"name":"x","client_metadata":{"":"x"}}`, "Payload validation error: 'A key is empty: each entry needs a name' on property client_metadata.", 400},
			{"an empty key beside others", "PATCH", `{"client_metadata":{"a":"b","":"x"}}`, "Payload validation error: 'A key is empty: each entry needs a name' on property client_metadata.", 400},
			{"too long a key", "PATCH", `{"client_metadata":{"` + strings.Repeat("k", 256) + `":"x"}}`, "'A key has 256 characters: use at most 255' on property client_metadata.", 400},
			{"FAPI with a secret", "POST", `{"name":"x","compliance_level":"fapi2_sp_pkj_mtls"}`, "token_endpoint_auth_method", 400},
			{"broken JSON", "POST", `{`, "Invalid request payload JSON format", 400},
			{"a change of nothing", "PATCH", `{}`, "Too few properties defined (0), minimum 1", 400},
			{"null where it means nothing", "PATCH", `{"name":null}`, "on property name.", 400},
			{"a mode that is chosen for good", "PATCH", `{"third_party_security_mode":"permissive"}`, "third_party_security_mode", 400},
			{"a member of creation alone", "PATCH", `{"resource_server_identifier":"x"}`, "Additional properties not allowed: resource_server_identifier", 400},
			{"a credential of nobody", "PATCH", `{"client_authentication_methods":{"private_key_jwt":{"credentials":[{"id":"cred_nobody"}]}}}`, "credentials[0].id", 400},
			{"a weak secret", "PATCH", `{"client_secret":"password"}`, "client_secret", 400},
		} {
			t.Run(c.about, func(t *testing.T) {
				w.t = t
				path := "/clients"
				if c.method == "PATCH" {
					path += "/" + id
				}
				before := string(w.call(w.admin.token, "GET", "/clients?include_totals=true", nil).body)
				a := w.call(w.admin.token, c.method, path, c.body)
				if a.status != c.status || !strings.Contains(a.object(t).text("message"), c.want) {
					t.Errorf("%d %s", a.status, a.body)
				}
				if after := string(w.call(w.admin.token, "GET", "/clients?include_totals=true", nil).body); after != before {
					t.Error("something was written")
				}
			})
		}
		if a := w.call(w.admin.token, "GET", "/clients/nobody", nil); a.status != 404 || a.object(t)["errorCode"] != "inexistent_client" || a.object(t)["message"] != "The client does not exist." {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}

// TestFormsAreRead: the document takes forms as well; texts become what the members are.
func TestFormsAreRead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const form = "name=Shop&is_first_party=false&callbacks=https%3A%2F%2Fa.example.com%2Fcb&callbacks=https%3A%2F%2Fb.example.com%2Fcb&par_request_expiry=60&client_metadata=%7B%22a%22%3A%22b%22%7D"
		made := w.call(w.admin.token, "POST", "/clients", form, "Content-Type", "application/x-www-form-urlencoded")
		got := made.object(t)
		if made.status != 201 || got["is_first_party"] != false || len(got["callbacks"].([]any)) != 2 || got["par_request_expiry"] != 60.0 || !same(got["client_metadata"], object{"a": "b"}) {
			t.Errorf("%d %s", made.status, made.body)
		}
		for _, bad := range []string{"name=x&is_first_party=perhaps", "name=x&foo=1", "name=x&par_request_expiry=soon", "is_first_party=true"} {
			if a := w.call(w.admin.token, "POST", "/clients", bad, "Content-Type", "application/x-www-form-urlencoded"); a.status != 400 {
				t.Errorf("%s: %d %s", bad, a.status, a.body)
			}
		}
		if a := w.call(w.admin.token, "POST", "/clients", "<xml/>", "Content-Type", "text/xml"); a.status != 415 {
			t.Errorf("%d %s", a.status, a.body)
		}
		req := httptest.NewRequest("GET", "/api/v2/clients", strings.NewReader("null"))
		req.Header.Set("Authorization", "Bearer "+w.admin.token)
		req.Header.Set("Content-Type", "application/json")
		if a := w.send(req); a.status != 200 {
			t.Errorf("a body with GET: %d", a.status)
		}
	})
}

// TestSecretsRotate: the new secret opens at once, the old one no longer.
func TestSecretsRotate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(201, "POST", "/clients", object{"name": "Shop"})
		id, old := made.text("client_id"), made.text("client_secret")
		rotated := w.do(200, "POST", "/clients/"+id+"/rotate-secret", nil).text("client_secret")
		if rotated == "" || rotated == old || w.do(200, "GET", "/clients/"+id, nil).text("client_secret") != rotated {
			t.Errorf("rotated to %q", rotated)
		}
		const mine = "my-own-secret-of-enough-length-0123456789abcdef"
		if got := w.do(200, "PATCH", "/clients/"+id, object{"client_secret": mine}).text("client_secret"); got != mine {
			t.Errorf("set to %q", got)
		}
		public := w.do(201, "POST", "/clients", object{"name": "SPA", "app_type": "spa"}).text("client_id")
		if got := w.do(200, "POST", "/clients/"+public+"/rotate-secret", nil).text("client_secret"); got == "" {
			t.Error("a client without a secret gets its first")
		}
		reader := w.token("read:clients")
		if a := w.call(reader, "GET", "/clients/"+id, nil); strings.Contains(string(a.body), mine) || a.object(t)["client_secret"] != nil {
			t.Errorf("a secret without the scope for it: %s", a.body)
		}
		if a := w.call(w.token("read:client_keys"), "GET", "/clients/"+id, nil); a.object(t)["client_secret"] != mine {
			t.Errorf("no secret with the scope for it: %s", a.body)
		}
	})
}

func publicPEM(t testing.TB) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	must(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func certificatePEM(t testing.TB) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	return selfSigned(t, key)
}

// TestCredentials: each kind is made, listed, read, and deleted; a public key can be given an end.
func TestCredentials(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.do(201, "POST", "/clients", object{"name": "Bank"}).text("client_id")
		all := "/clients/" + id + "/credentials"
		for _, body := range []object{
			{"credential_type": "public_key", "name": "k", "pem": publicPEM(t), "alg": "PS256", "kid": "0123456789"},
			{"credential_type": "x509_cert", "name": "c", "pem": certificatePEM(t)},
			{"credential_type": "cert_subject_dn", "subject_dn": "CN=client,O=Example"},
		} {
			made := w.do(201, "POST", all, body)
			one := all + "/" + made.text("id")
			if got := w.do(200, "GET", one, nil); !same(got, made) || got["credential_type"] != body["credential_type"] {
				t.Errorf("made %v, got %v", made, got)
			}
			if len(w.do(200, "GET", all, nil).list("")) != 1 {
				t.Error("it is not alone in the list")
			}
			if body["credential_type"] == "public_key" {
				if made["kid"] != "0123456789" || made["alg"] != "PS256" {
					t.Errorf("%v", made)
				}
				if got := w.do(200, "PATCH", one, object{"expires_at": "2040-01-02T03:04:05.000Z"}); got["expires_at"] != "2040-01-02T03:04:05Z" {
					t.Errorf("%v", got)
				}
				if got := w.do(200, "PATCH", one, object{"expires_at": nil}); got["expires_at"] != nil {
					t.Errorf("%v", got)
				}
			}
			w.do(204, "DELETE", one, nil)
			w.do(204, "DELETE", one, nil)
			if a := w.call(w.admin.token, "GET", one, nil); a.status != 404 {
				t.Errorf("after deletion: %d", a.status)
			}
		}
		for path, status := range map[string]int{all: 400, "/clients/nobody/credentials": 404} { // what a kind needs beside comes after its client
			if a := w.call(w.admin.token, "POST", path, object{"credential_type": "x509_cert"}); a.status != status || status == 400 && !strings.Contains(string(a.body), "pem") {
				t.Errorf("%s: %d %s", path, a.status, a.body)
			}
		}
		made := w.do(201, "POST", "/clients", object{"name": "Signed", "client_authentication_methods": object{"private_key_jwt": object{"credentials": []any{
			object{"credential_type": "public_key", "pem": publicPEM(t)}}}}, "signed_request_object": object{"required": true, "credentials": []any{object{"credential_type": "public_key", "pem": publicPEM(t)}}}})
		ids := made["client_authentication_methods"].(map[string]any)["private_key_jwt"].(map[string]any)["credentials"].([]any)
		if len(ids) != 2 || made["token_endpoint_auth_method"] != nil || made["client_secret"] != nil {
			t.Errorf("%v", made)
		}
		got := w.do(200, "PATCH", "/clients/"+made.text("client_id"), object{"client_authentication_methods": nil, "token_endpoint_auth_method": "client_secret_post"})
		if got["token_endpoint_auth_method"] != "client_secret_post" || got["client_authentication_methods"] != nil {
			t.Errorf("%v", got)
		}
	})
}

// TestAnAnnouncedKeyOpensNothing: a public key whose PEM does not come with it is kept, told apart, and cannot be enabled until the key is
// handed in; what else is said of a key needs the key.
func TestAnAnnouncedKeyOpensNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.do(201, "POST", "/clients", object{"name": "Bank"}).text("client_id")
		all := "/clients/" + id + "/credentials"
		made := w.do(201, "POST", all, object{"credential_type": "public_key"})
		if got := w.do(200, "GET", all+"/"+made.text("id"), nil); !same(got, made) || got["kid"] != nil || got["alg"] != nil {
			t.Errorf("made %v, got %v", made, got)
		}
		w.do(201, "POST", all, object{"credential_type": "public_key"}) // two wait beside each other
		for _, more := range []object{{"kid": "0123456789"}, {"alg": "RS256"}, {"parse_expiry_from_cert": true}} {
			more["credential_type"] = "public_key"
			if a := w.call(w.admin.token, "POST", all, more); a.status != 400 || !strings.Contains(string(a.body), "pem") {
				t.Errorf("%v: %d %s", more, a.status, a.body)
			}
		}
		enable := object{"client_authentication_methods": object{"private_key_jwt": object{"credentials": []any{object{"id": made.text("id")}}}}, "token_endpoint_auth_method": nil}
		if a := w.call(w.admin.token, "PATCH", "/clients/"+id, enable); a.status != 400 || !strings.Contains(string(a.body), "credentials[0].id") {
			t.Errorf("it was enabled: %d %s", a.status, a.body)
		}
		if a := w.call(w.admin.token, "POST", "/clients", object{"name": "x", "client_authentication_methods": object{"private_key_jwt": object{"credentials": []any{object{"credential_type": "public_key"}}}}}); a.status != 400 {
			t.Errorf("a client's own list takes a key without PEM: %d %s", a.status, a.body)
		}
	})
}

// TestAddonsAreSealed: keys of integrations lie nowhere in clear, and are not shown to those who may not read secrets.
func TestAddonsAreSealed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.do(201, "POST", "/clients", full()).text("client_id")
		var stored string
		must(t, w.db.Read.NewRaw("SELECT stored FROM clients WHERE id = ?", id).Scan(t.Context(), &stored))
		var events string
		must(t, w.db.Read.NewRaw("SELECT detail FROM events WHERE type = 'client.created' AND object_id = ?", id).Scan(t.Context(), &events))
		if strings.Contains(stored+events, "top-secret-value") {
			t.Errorf("in clear: %s", stored)
		}
		if a := w.call(w.token("read:clients"), "GET", "/clients/"+id, nil); strings.Contains(string(a.body), "top-secret-value") {
			t.Errorf("shown: %s", a.body)
		}
	})
}
