package handlers

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gatehouse/models"
)

// Each test here is named after a hole that a review found, and tells what stops it.

// A null character, or what is not UTF-8, is no fault of the server wherever it stands in an address or in a token request.
func TestANullCharacterIsNoServerError(t *testing.T) {
	v := newVisit(t)
	v.signIn()
	for _, bad := range []string{"%00", "a%00b", "%ff"} {
		for _, path := range []string{"/oidc/token", "/oauth/token"} {
			for _, name := range []string{"resource", "audience", "scope"} {
				form := "grant_type=client_credentials&client_id=" + machineID + "&client_secret=" + machineSecret + "&" + name + "=" + bad
				req := httptest.NewRequest("POST", path, strings.NewReader(form))
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				if res, body := v.send(req); res.StatusCode != 400 || !strings.HasPrefix(text(object(body), "error"), "invalid_") {
					t.Errorf("%s %s=%s: %d %s", path, name, bad, res.StatusCode, body)
				}
			}
		}
		for face, lists := range searched {
			for _, list := range lists {
				if res, body := v.call(v.tokens[face], "GET", list+bad, nil); res.StatusCode != 400 && res.StatusCode != 422 {
					t.Errorf("%s%s: %d %s", list, bad, res.StatusCode, body)
				}
			}
		}
		for _, sp := range mounted(v.site) {
			if res, body := v.call(v.tokens[sp.name], "GET", sp.one+bad, nil); res.StatusCode != 404 {
				t.Errorf("%s%s: %d %s", sp.one, bad, res.StatusCode, body)
			}
		}
		for path, status := range map[string]int{"/console/applications?q=" + bad: 422, "/console/search?q=" + bad: 422, "/console/applications/" + bad: 404,
			"/console/applications/" + bad + "/branding": 404, "/console/mails/preview?purpose=" + bad: 422} {
			if res, _ := v.get(path); res.StatusCode != status && res.StatusCode != 404 {
				t.Errorf("%s: %d, want %d", path, res.StatusCode, status)
			}
		}
	}
}

// searched are lists that look for a text.
var searched = map[string][]string{
	"native":   {"/rest/v1/applications?q=", "/rest/v1/clients?q=", "/rest/v1/events?type=", "/rest/v1/applications?cursor="},
	"auth0":    {"/api/v2/connections?name=", "/api/v2/client-grants?audience=", "/api/v2/logs?q="},
	"logto":    {"/api/applications?search=", "/api/roles?search=", "/api/logs?logKey="},
	"transmit": {"/cis/v1/applications?search="},
}

// PostgreSQL keeps UTF-8 alone. What a browser calls itself is written with every change, so it must not be able to stop one.
func TestABrowserWithAnOddNameStopsNothing(t *testing.T) {
	s := newSite(t)
	token := s.token(siteURL + "/rest/v1")
	for i, agent := range []string{"\xff", "curl\xff/8", strings.Repeat("x", 199) + "é"} {
		req := httptest.NewRequest("POST", "/rest/v1/applications", strings.NewReader(fmt.Sprintf(`{"name":"App %d"}`, i)))
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("User-Agent", agent)
		if res, body := s.send(req); res.StatusCode != 201 {
			t.Errorf("agent %q: %d %s", agent, res.StatusCode, body)
		}
		s.jar = newJar()
		_, page := s.get("/console/sign-in")
		fields := url.Values{"_csrf": {string(formToken.FindSubmatch(page)[1])}, "email": {ownerEmail}, "password": {ownerPassword}}
		req = httptest.NewRequest("POST", "/console/sign-in", strings.NewReader(fields.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("User-Agent", agent)
		if res, body := s.send(req); res.StatusCode != 303 {
			t.Errorf("sign-in as agent %q: %d %.200s", agent, res.StatusCode, body)
		}
	}
}

// A reveal is done and noted each time, whatever Idempotency-Key it carries, and no kept answer shows a secret again once the tenant
// keeps them write-once.
func TestAReplayRevealsNoSecret(t *testing.T) {
	s := newSite(t)
	token := s.token(siteURL + "/rest/v1")
	post := func(path, body, key string) (*http.Response, []byte) {
		req := httptest.NewRequest("POST", path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
		return s.send(req)
	}
	const creation = `{"name":"Replayed","client":{"profile":"machine"}}`
	res, body := post("/rest/v1/applications", creation, "make")
	var made struct {
		Client struct{ ID string }
		Secret struct{ ID, Value string }
	}
	if err := json.Unmarshal(body, &made); err != nil || res.StatusCode != 201 || made.Secret.Value == "" {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	if _, again := post("/rest/v1/applications", creation, "make"); string(again) != string(body) {
		t.Errorf("a creation is not replayed: %s", again)
	}
	reveal := "/rest/v1/clients/" + made.Client.ID + "/secrets/" + made.Secret.ID + "/reveal"
	before := s.events()
	for range 2 {
		if res, body := post(reveal, "", "show"); res.StatusCode != 200 || !strings.Contains(string(body), made.Secret.Value) || res.Header.Get("Idempotency-Replayed") != "" {
			t.Errorf("%d %s", res.StatusCode, body)
		}
	}
	if n := s.events() - before; n != 2 {
		t.Errorf("two reveals left %d events", n)
	}
	var ignored any
	s.decode(&ignored, token, "PATCH", "/rest/v1/settings", map[string]any{"secrets": "write-once"})
	if res, body := post(reveal, "", "show"); res.StatusCode == 200 || strings.Contains(string(body), made.Secret.Value) {
		t.Errorf("after write-once a reveal: %d %s", res.StatusCode, body)
	}
	if _, body := post("/rest/v1/applications", creation, "make"); strings.Contains(string(body), made.Secret.Value) {
		t.Errorf("after write-once a creation is replayed: %s", body)
	}
}

// What is closed to editors in one face is closed to them in every face, by whatever name a dialect has for it.
func TestEditorsChangeNoSettingsByAnotherName(t *testing.T) {
	s := newSite(t)
	s.signIn()
	if _, err := s.app.Config.DB.Write.ExecContext(t.Context(), "UPDATE administrators SET role = 'editor'"); err != nil {
		t.Fatal(err)
	}
	before := s.events()
	for _, c := range [][3]string{
		{"native", "PATCH /rest/v1/settings", `{"name":"Mine"}`},
		{"native", "POST /rest/v1/keys", `{"alg":"ES256"}`},
		{"logto", "PATCH /api/configs/oidc/session", `{"ttl":100}`},
		{"logto", "PUT /api/configs/id-token", `{"enabledExtendedClaims":["roles"]}`},
		{"auth0", "PATCH /api/v2/tenants/settings", `{"friendly_name":"Mine"}`},
		{"auth0", "PUT /api/v2/keys/custom-signing", `{"keys":[]}`},
		{"auth0", "POST /api/v2/keys/signing/rotate", ``},
	} {
		if _, page := s.explore(c[0], c[1], url.Values{"body": {c[2]}}); !strings.Contains(page, "403 Forbidden") {
			t.Errorf("%s is open to editors", c[1])
		}
	}
	if n := s.events() - before; n != 0 {
		t.Errorf("%d events were written", n)
	}
	if models.EditorActions.Allow("key.create") || !models.EditorActions.Allow("key.read") || !models.EditorActions.Allow("experience.update") {
		t.Error("editors hold other actions than they should")
	}
}

// An empty If-Match is a condition that nothing fulfils, and not a change without one.
func TestAnEmptyIfMatchIsStale(t *testing.T) {
	s := newSite(t)
	token := s.token(siteURL + "/rest/v1")
	var app struct{ ID, Name string }
	s.decode(&app, token, "POST", "/rest/v1/applications", map[string]any{"name": "Versioned"})
	for match, status := range map[string]int{`""`: 412, ``: 412, `W/""`: 412, `"99"`: 412, `*`: 200} {
		req := httptest.NewRequest("PATCH", "/rest/v1/applications/"+app.ID, strings.NewReader(`{"description":"changed"}`))
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		req.Header["If-Match"] = []string{match}
		if res, body := s.send(req); res.StatusCode != status {
			t.Errorf("If-Match: %s gives %d %s, want %d", match, res.StatusCode, body, status)
		}
	}
}

// A page of the native face holds 1 to 100 objects, and another wish is refused by its name instead of being changed in silence.
func TestALimitOutOfRangeIsRefused(t *testing.T) {
	s := newSite(t)
	s.signIn()
	token := s.token(siteURL + "/rest/v1")
	for limit, status := range map[string]int{"0": 422, "-5": 422, "101": 422, "100000": 422, "x": 422, "1": 200, "100": 200} {
		for _, list := range []string{"applications", "clients", "events", "connections", "resources", "roles"} {
			res, body := s.call(token, "GET", "/rest/v1/"+list+"?limit="+limit, nil)
			if res.StatusCode != status || status != 200 && !strings.Contains(string(body), `"name":"limit"`) {
				t.Errorf("%s?limit=%s: %d %s", list, limit, res.StatusCode, body)
			}
		}
	}
	for _, page := range []string{"/console/applications?limit=0", "/console/events?limit=0", "/console/secrets?limit=0"} {
		if res, _ := s.get(page); res.StatusCode == 422 {
			t.Errorf("%s: %d", page, res.StatusCode)
		}
	}
	_, document := s.get("/rest/v1/openapi.json")
	if !strings.Contains(strings.Join(strings.Fields(string(document)), ""), `"maximum":100,"minimum":1,"type":"integer"`) {
		t.Error("the document does not say what limit may be")
	}
}

// RFC 9110 section 11.1: the name of a scheme has no case.
func TestTheSchemeOfAuthorizationHasNoCase(t *testing.T) {
	s := newSite(t)
	for _, sp := range mounted(s) {
		token := s.token(sp.audience)
		for scheme, status := range map[string]int{"Bearer": 200, "bearer": 200, "BEARER": 200, "Basic": 401, "": 401} {
			req := httptest.NewRequest("GET", sp.list, nil)
			req.Header.Set("Authorization", scheme+" "+token)
			if res, body := s.send(req); res.StatusCode != status {
				t.Errorf("%s, %q: %d %.200s", sp.name, scheme, res.StatusCode, body)
			}
		}
	}
}

// RFC 9110 section 5.3: of two Authorization headers a proxy may look at the other one.
func TestTwoAuthorizationHeadersAreRefused(t *testing.T) {
	s := newSite(t)
	for _, sp := range mounted(s) {
		token := s.token(sp.audience)
		req := httptest.NewRequest("GET", sp.list, nil)
		req.Header["Authorization"] = []string{"Bearer " + token, "Bearer x"}
		if res, body := s.send(req); res.StatusCode != 400 {
			t.Errorf("%s: %d %.200s", sp.name, res.StatusCode, body)
		}
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {machineID}}
	req := httptest.NewRequest("POST", "/oidc/token", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(machineID, machineSecret)
	req.Header.Add("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("other:secret")))
	if res, body := s.send(req); res.StatusCode != 400 || !bytes.Contains(body, []byte(`"invalid_request"`)) {
		t.Errorf("token: %d %s", res.StatusCode, body)
	}
}

// SECURITY-BAR C2: only the editor may frame, and only what is ours.
func TestOnlyTheEditorMayFrame(t *testing.T) {
	v := newVisit(t)
	v.signIn()
	var app struct{ ID string }
	v.decode(&app, v.tokens["native"], "POST", "/rest/v1/applications", map[string]any{"name": "Framed"})
	for path, frames := range map[string]bool{"/console": false, "/console/applications": false, "/console/settings": false, "/console/keys": false,
		"/console/nothing": false, "/console/experience/branding": true, "/console/applications/" + app.ID + "/branding": true} {
		res, _ := v.get(path)
		policy := res.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "frame-src 'self'") != frames {
			t.Errorf("%s: %d %q", path, res.StatusCode, policy)
		}
	}
}

// A method that nobody knows is refused like any other: in the shape of the face, with a request id and nosniff.
func TestAnUnknownMethodIsRefusedByTheFace(t *testing.T) {
	s := newSite(t)
	at := s.listen()
	check := func(name, path string, status int, shape func(int, map[string]any) bool) {
		res, body := over(t, at, "FOO", path, http.Header{}, nil)
		if res.StatusCode != status || res.Header.Get("X-Request-Id") == "" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v %s", path, res.StatusCode, res.Header, body)
		}
		if status == 405 && !strings.Contains(res.Header.Get("Allow"), "POST") {
			t.Errorf("%s: Allow is %q", path, res.Header.Get("Allow"))
		}
		if name != "logto" && !shape(status, object(body)) { // plain text there
			t.Errorf("%s: %s", path, body)
		}
	}
	for _, sp := range mounted(s) {
		check(sp.name, sp.list, 405, sp.refusal)
		check(sp.name, sp.list+"/of/nothing/at/all", 404, sp.refusal)
	}
	check("oauth", "/oidc/token", 405, func(_ int, b map[string]any) bool { return text(b, "error") == "invalid_request" })
}

// PRODUCT section 1: what is not mounted yet of the issuer at the root is refused as the rest of it is.
func TestTheRootIssuerSpeaksOAuth(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/authorize", "/authorize?client_id=x", "/userinfo", "/v2/logout", "/oauth/par", "/oauth/device/code", "/oauth/revoke", "/oidc/logout", "/oidc/auth"} {
		if res, body := s.get(path); res.StatusCode != 404 || text(object(body), "error") != "not_found" {
			t.Errorf("%s: %d %.200s", path, res.StatusCode, body)
		}
	}
}
