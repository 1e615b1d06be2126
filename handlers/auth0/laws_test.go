package auth0_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Other faces of the same server, as the administrator sees them.
func (w *world) native(status int, method, path string, body any) object {
	return w.face(status, origin+"/rest/v1", method, "/rest/v1"+path, body)
}

func (w *world) transmit(status int, method, path string, body any) object {
	o := w.face(status, origin+"/cis", method, "/cis/v1"+path, body)
	if inner, ok := o["result"].(map[string]any); ok {
		return inner
	}
	return o
}

func (w *world) face(status int, audience, method, path string, body any) object {
	w.t.Helper()
	a := w.call(w.tokenFor(audience, ""), method, path, body)
	if a.status != status {
		w.t.Fatalf("%s %s: %d, want %d: %s", method, path, a.status, status, a.body)
	}
	return a.object(w.t)
}

// mapped are the members of a native client that this dialect writes for a member of its own.
var mapped = map[string]struct {
	value any
	moves string // the native members that may move
}{
	"name":                                  {"Renamed", "name"},
	"description":                           {"d", "description"},
	"logo_uri":                              {"https://a.example.com/l.png", "logo_uri"},
	"callbacks":                             {[]any{"https://a.example.com/cb"}, "redirect_uris"},
	"allowed_logout_urls":                   {[]any{"https://a.example.com/bye"}, "post_logout_redirect_uris"},
	"allowed_origins":                       {[]any{"https://a.example.com"}, "allowed_origins"},
	"web_origins":                           {[]any{"https://a.example.com"}, "web_origins"},
	"initiate_login_uri":                    {"https://a.example.com/login", "initiate_login_uri"},
	"grant_types":                           {[]any{"authorization_code"}, "grant_types"},
	"app_type":                              {"non_interactive", "profile"},
	"is_first_party":                        {false, "third_party"},
	"client_metadata":                       {object{"a": "b"}, "metadata"},
	"jwt_configuration":                     {object{"lifetime_in_seconds": 60}, "id_token_lifetime_seconds stored"},
	"refresh_token":                         {object{"rotation_type": "rotating", "expiration_type": "expiring"}, "refresh_token"},
	"oidc_logout":                           {object{"backchannel_logout_urls": []any{"https://a.example.com/b"}}, "backchannel_logout_uri stored"},
	"token_endpoint_auth_method":            {"client_secret_basic", "token_endpoint_auth_method pkce"},
	"require_pushed_authorization_requests": {true, "require_pushed_authorization_requests"},
	"require_proof_of_possession":           {true, "dpop_bound_access_tokens"},
	"sso_disabled":                          {true, "stored"},
	"mobile":                                {object{"ios": object{"team_id": "T"}}, "stored"},
	"addons":                                {object{"box": object{}}, "stored"},
}

// TestAWriteMovesOnlyWhatItMeans: law (b). Each member written here moves its own members of the native face and no others, and
// a client made elsewhere keeps everything that this dialect has no word for.
func TestAWriteMovesOnlyWhatItMeans(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.transmit(201, "POST", "/applications", object{"app_name": "Shop", "client_display_name": "Web", "redirect_uris": []any{"https://t.example.com/cb"}})
		id := app.text("client_id")
		for name, m := range mapped {
			before := w.native(200, "GET", "/clients/"+id, nil)
			w.do(200, "PATCH", "/clients/"+id, object{name: m.value})
			after := w.native(200, "GET", "/clients/"+id, nil)
			for member := range after {
				moved := !same(before[member], after[member])
				if moved && !strings.Contains(" "+m.moves+" version updated_at ", " "+member+" ") && !strings.Contains(m.moves, member) && member != "version" && member != "updated_at" {
					t.Errorf("%s moved %s from %v to %v", name, member, before[member], after[member])
				}
			}
			for _, member := range strings.Fields(m.moves) {
				if member != "pkce" && same(before[member], after[member]) {
					t.Errorf("%s did not move %s", name, member)
				}
			}
		}
	})
}

// TestOneObjectManyFaces: law (c). Made here, read through Transmit, changed natively, deleted here: nothing is left behind; and
// the other way around.
func TestOneObjectManyFaces(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(201, "POST", "/clients", object{"name": "Shop", "callbacks": []any{"https://shop.example.com/cb"}})
		id := made.text("client_id")
		native := w.native(200, "GET", "/clients/"+id, nil)
		seen := w.transmit(200, "GET", "/applications/"+native.text("application_id")+"/clients/"+id, nil)
		if seen["name"] != "Shop" || !same(seen["redirect_uris"], made["callbacks"]) || seen["client_secret"] != made["client_secret"] {
			t.Errorf("Transmit sees %v", seen)
		}
		w.native(200, "PATCH", "/clients/"+id, object{"name": "Renamed natively", "access_token_lifetime_seconds": 120})
		w.transmit(200, "PUT", "/applications/"+native.text("application_id")+"/clients/"+id, object{"description": "from Transmit"})
		if got := w.do(200, "GET", "/clients/"+id, nil); got["name"] != "Renamed natively" || got["description"] != "from Transmit" {
			t.Errorf("here it is %v", got)
		}
		w.do(204, "DELETE", "/clients/"+id, nil)
		if a := w.call(w.tokenFor(origin+"/rest/v1", ""), "GET", "/rest/v1/applications/"+native.text("application_id"), nil); a.status != 404 {
			t.Errorf("its container: %d %s", a.status, a.body)
		}
		app := w.transmit(201, "POST", "/applications", object{"app_name": "Explicit", "client_display_name": "Only"})
		a := w.call(w.admin.token, "DELETE", "/clients/"+app.text("client_id"), nil)
		if a.status != 409 {
			t.Errorf("the last client of an application that somebody sees: %d %s", a.status, a.body)
		}
	})
}

// TestOneSecretEverywhere: law (e). The secret that is shown here is the one that opens, and law (f): a disabled grant closes at once.
func TestOneSecretEverywhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(201, "POST", "/clients", object{"name": "Worker", "app_type": "non_interactive"})
		id := made.text("client_id")
		ask := func(secret string) int {
			form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}
			req := httptest.NewRequest("POST", "/oauth/token", strings.NewReader(form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			return w.send(req).status
		}
		old := made.text("client_secret")
		if got := ask(old); got != 200 {
			t.Fatalf("the secret opens nothing: %d", got)
		}
		fresh := w.do(200, "POST", "/clients/"+id+"/rotate-secret", nil).text("client_secret")
		if got := ask(old); got != 401 {
			t.Errorf("the rotated secret still opens: %d", got)
		}
		if got := ask(fresh); got != 200 {
			t.Errorf("the new secret does not open: %d", got)
		}
		w.do(200, "PATCH", "/clients/"+id, object{"grant_types": []any{"authorization_code"}})
		if got := ask(fresh); got != 400 {
			t.Errorf("without the grant: %d", got)
		}
		w.do(200, "PATCH", "/clients/"+id, object{"grant_types": []any{"client_credentials"}})
		if got := ask(fresh); got != 200 {
			t.Errorf("with the grant again: %d", got)
		}
	})
}

// FuzzBodies: whatever is sent, the answer is a clear one, never a failure of ours.
func FuzzBodies(f *testing.F) {
	whole, _ := json.Marshal(full())
	for _, seed := range []string{string(whole), `{"name":"x"}`, `null`, `[]`, `{"name":"x","refresh_token":{"policies":null}}`, `{"addons":{"sharepoint":{"external_url":["a"]}}}`,
		`{"name":"x","client_metadata":{"a":null}}`, `{"client_authentication_methods":{"tls_client_auth":{"credentials":[{"credential_type":"cert_subject_dn","subject_dn":"x"}]}}}`} {
		f.Add(seed, "POST")
		f.Add(seed, "PATCH")
	}
	w := fuzzWorld(f)
	id := w.do(201, "POST", "/clients", object{"name": "Fuzzed"}).text("client_id")
	f.Fuzz(func(t *testing.T, body, method string) {
		w.t = t
		path := "/clients"
		if method == "PATCH" {
			path += "/" + id
		} else {
			method = "POST"
		}
		if a := w.call(w.admin.token, method, path, body); a.status >= 500 {
			t.Errorf("%s %s: %d %s", method, body, a.status, a.body)
		}
	})
}
