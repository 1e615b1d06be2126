package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
	"gatehouse/web"
)

// site is the whole program on a database of its own, without a listener.
type site struct {
	t    testing.TB
	app  *App
	jar  http.CookieJar
	sent int

	document *document // what the native face says that it answers
}

const (
	siteURL       = "http://localhost:8080"
	ownerEmail    = "owner@example.com"
	ownerPassword = "correct horse battery staple"
	machineID     = "bootstrap0000000000aa"
	machineSecret = "bootstrap-secret-that-only-tests-know"
)

// newSite builds every feature and makes the first administrator and the first management client.
func newSite(t testing.TB) *site {
	t.Helper()
	db, vault := dbtest.Open(t)
	app, err := Build(context.Background(), Config{Version: "test", URL: siteURL, Log: slog.New(slog.DiscardHandler), DB: db, Vault: vault, Master: dbtest.Master{},
		DataFolder: t.TempDir(), Printed: io.Discard, Ready: func(context.Context) error { return nil }, TrustedProxies: everywhere(),
		AdminEmail: ownerEmail, AdminPassword: models.NewSecret(ownerPassword), BootstrapID: machineID, BootstrapSecret: models.NewSecret(machineSecret)})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.setup.Bootstrap(context.Background()); err != nil {
		t.Fatal(err)
	}
	return &site{t: t, app: app, jar: newJar(), document: readDocument(t, app.openapi)}
}

func everywhere() []*net.IPNet {
	_, all, _ := net.ParseCIDR("0.0.0.0/0")
	return []*net.IPNet{all}
}

func newJar() http.CookieJar {
	jar, _ := cookiejar.New(nil)
	return jar
}

// send sends a request with the cookies of the site's browser, each from another address, so that no limit on failures is met. What
// the native face answers is held against its document.
func (s *site) send(req *http.Request) (*http.Response, []byte) {
	s.t.Helper()
	s.sent++
	u, _ := url.Parse(siteURL)
	for _, c := range s.jar.Cookies(u) {
		req.AddCookie(c)
	}
	req.Host = u.Host
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.1", s.sent/250, s.sent%250))
	res, err := s.app.Server.Fiber().Test(req, 20_000)
	if err != nil {
		s.t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	defer res.Body.Close()
	s.jar.SetCookies(u, res.Cookies())
	body, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	s.document.check(s.t, req, res, body)
	return res, body
}

func (s *site) get(path string) (*http.Response, []byte) {
	s.t.Helper()
	return s.send(httptest.NewRequest("GET", path, nil))
}

var formToken = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// post submits a form of a page as a browser without scripts does.
func (s *site) post(page, action string, fields url.Values) (*http.Response, []byte) {
	s.t.Helper()
	res, body := s.get(page)
	found := formToken.FindSubmatch(body)
	if found == nil {
		s.t.Fatalf("%s has no form: %d", page, res.StatusCode)
	}
	fields.Set("_csrf", string(found[1]))
	req := httptest.NewRequest("POST", action, strings.NewReader(fields.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.send(req)
}

func (s *site) signIn() {
	s.t.Helper()
	res, body := s.post("/console/sign-in", "/console/sign-in", url.Values{"email": {ownerEmail}, "password": {ownerPassword}})
	if res.StatusCode != 303 {
		s.t.Fatalf("sign in: %d %s", res.StatusCode, body)
	}
}

// token is one of the management client for an audience.
func (s *site) token(audience string) string {
	s.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "audience": {audience}, "client_id": {machineID}, "client_secret": {machineSecret}}
	req := httptest.NewRequest("POST", "/oidc/token", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, body := s.send(req)
	var out struct {
		AccessToken string `json:"access_token"`
	}
	if json.Unmarshal(body, &out); res.StatusCode != 200 || out.AccessToken == "" {
		s.t.Fatalf("token: %d %s", res.StatusCode, body)
	}
	return out.AccessToken
}

// call sends JSON with a bearer token.
func (s *site) call(token, method, path string, in any) (*http.Response, []byte) {
	s.t.Helper()
	var body io.Reader = http.NoBody
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			s.t.Fatal(err)
		}
		body = strings.NewReader(string(raw))
	}
	req := httptest.NewRequest(method, path, body)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return s.send(req)
}

func (s *site) events() int64 {
	s.t.Helper()
	n, err := s.app.Config.DB.Read.NewSelect().Table("events").Count(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// open is everything that answers without credentials. A new public route is added here, or it does not pass.
var open = map[string]bool{
	"GET /": true, "GET /rest/v1/openapi.json": true, "GET /setup": true, "POST /setup": true,
	"GET /console/sign-in": true, "POST /console/sign-in": true, "GET /console/sign-in/code": true, "POST /console/sign-in/code": true,
	"GET /console/forgot-password": true, "POST /console/forgot-password": true, "GET /console/reset": true, "POST /console/reset": true,
	"GET /console/invite": true, "POST /console/invite": true, "POST /console/theme": true,
	"GET /sign-in": true, "GET /register": true, "GET /forgot-password": true, "GET /consent": true, "GET /device": true, "GET /sign-out": true,
	"GET /brand/:hash/brand.css": true, "GET /brand/:hash/custom.css": true,
	"POST /oidc/token": true, "POST /cis/oidc/token": true, "POST /oauth/token": true,
	"GET /oidc/jwks": true, "GET /cis/oidc/jwks": true, "GET /.well-known/jwks.json": true,
	"GET /.well-known/openid-configuration": true, "GET /oidc/.well-known/openid-configuration": true, "GET /cis/oidc/.well-known/openid-configuration": true,
	"GET /api/.well-known/sign-in-exp": true, "GET /api/.well-known/experience": true, "GET /api/.well-known/phrases": true,
	"GET /api/status": true, "GET /api/swagger.json": true, "GET /api/.well-known/management.openapi.json": true,
	"GET /api/.well-known/experience.openapi.json": true, "GET /api/.well-known/user.openapi.json": true, "GET /api/.well-known/account-center": true,
	"GET /api/saml-applications/:id/metadata":     true,
	"GET /api/saml-applications/:id/callback":     true, // a browser comes here with a code
	"GET /.well-known/oauth-authorization-server": true, "GET /.well-known/oauth-authorization-server/oidc": true,
}

var parameter = regexp.MustCompile(`:[a-z_A-Z]+`)

// TestEveryRouteAsksWhoIsThere walks all routes without credentials.
func TestEveryRouteAsksWhoIsThere(t *testing.T) {
	s := newSite(t)
	before, seen := s.events(), map[string]bool{}
	for _, route := range s.app.Server.Routes() {
		name := route.Method + " " + route.Path
		seen[name] = true
		if public := route.Action == web.Public; public != open[name] {
			t.Errorf("%s: public is %v, on the list of public routes: %v", name, public, open[name])
		}
		if open[name] {
			continue
		}
		path := parameter.ReplaceAllString(route.Path, "x")
		jar, _ := cookiejar.New(nil)
		s.jar = jar
		res, body := s.send(httptest.NewRequest(route.Method, path, nil))
		if why := refused(route, res, body); why != "" {
			t.Errorf("%s: %s: %d %s", name, why, res.StatusCode, body)
		}
		bad := httptest.NewRequest(route.Method, path, nil)
		bad.Header.Set("Authorization", "Bearer nonsense")
		if res, body := s.send(bad); refused(route, res, body) != "" {
			t.Errorf("%s with a wrong token: %d %s", name, res.StatusCode, body)
		}
	}
	for name := range open {
		if !seen[name] {
			t.Errorf("%s is on the list of public routes and not mounted", name)
		}
	}
	if after := s.events(); after != before {
		t.Errorf("%d events were written without credentials", after-before)
	}
}

// refused says what is wrong with the answer to somebody unknown, in the words of the route's face.
func refused(route web.Route, res *http.Response, body []byte) string {
	if route.Face() == web.Console {
		to := res.Header.Get("Location")
		if res.StatusCode != 303 || (!strings.HasPrefix(to, "/console/sign-in") && to != "/setup") {
			return "does not lead to sign-in"
		}
		return ""
	}
	var told struct {
		Status     int
		Code       string
		Message    string
		ErrorCode  int `json:"error_code"`
		StatusCode int
	}
	if err := json.Unmarshal(body, &told); err != nil || res.StatusCode != 401 || !strings.HasPrefix(res.Header.Get("WWW-Authenticate"), "Bearer") {
		return "is not refused with 401 and a challenge"
	}
	switch {
	case route.Face() == web.Native && told.Status == 401 && res.Header.Get("Content-Type") == "application/problem+json":
		return ""
	case strings.HasPrefix(route.Path, "/cis/") && told.ErrorCode == 401 && told.Message != "":
		return ""
	case strings.HasPrefix(route.Path, "/api/v2/") && told.StatusCode == 401 && told.Message != "":
		return ""
	case strings.HasPrefix(route.Path, "/api/") && strings.HasPrefix(told.Code, "auth.") && told.Message != "":
		return ""
	}
	return "is not refused in the shape of its face"
}

// TestGetNeverWrites walks all GET routes as an owner, in the console and over REST, and finds no new event.
func TestGetNeverWrites(t *testing.T) {
	s := newSite(t)
	s.signIn()
	native, cis := s.token(siteURL+"/rest/v1"), s.token(siteURL+"/cis")
	auth0, logto := s.token(siteURL+"/api/v2/"), s.token("https://default.logto.app/api")
	ids := s.furnish(native)
	before, answered := s.events(), 0
	for _, route := range s.app.Server.Routes() {
		if route.Method != "GET" || exports[route.Path] {
			continue
		}
		req := httptest.NewRequest("GET", ids.fill(route.Path), nil)
		switch {
		case route.Face() == web.Native:
			req.Header.Set("Authorization", "Bearer "+native)
		case strings.HasPrefix(route.Path, "/cis/"):
			req.Header.Set("Authorization", "Bearer "+cis)
		case strings.HasPrefix(route.Path, "/api/v2/"):
			req.Header.Set("Authorization", "Bearer "+auth0)
		case strings.HasPrefix(route.Path, "/api/"):
			req.Header.Set("Authorization", "Bearer "+logto)
		}
		res, body := s.send(req)
		if res.StatusCode >= 500 || res.StatusCode == 401 || res.StatusCode == 403 && route.Path != "/setup" {
			t.Errorf("GET %s: %d %s", req.URL.Path, res.StatusCode, body)
		}
		if res.StatusCode == 404 && !absent[route.Path] && !strings.HasPrefix(route.Path, "/api/") { // the tests of a dialect see that its reads find things
			t.Errorf("GET %s: nothing is there", req.URL.Path)
		}
		if res.StatusCode == 200 {
			answered++
		}
		if now := s.events(); now != before {
			t.Errorf("GET %s wrote %d events", route.Path, now-before)
			before = now
		}
	}
	if answered < 90 {
		t.Errorf("only %d pages and answers were there: the walk did not see the product", answered)
	}
}

// exports are recorded on purpose: that somebody took the audit log away is part of it.
var exports = map[string]bool{"/rest/v1/events/export": true, "/console/audit/export": true}

// absent is what a server that is set up and has one of everything does not have.
var absent = map[string]bool{"/setup": true, "/console/account/totp": true, "/console/reset": true, "/console/invite": true, "/console/settings/ca.pem": true,
	"/rest/v1/email-provider": true, "/rest/v1/email-templates/:purpose/:language": true, "/console/settings/mail/templates/:purpose/:language": true,
	"/console/settings/mail/templates/:purpose/:language/delete": true, "/console/clients/:id/certificates/:certificate_id/delete": true,
	"/rest/v1/outbox/:id": true, "/console/outbox/:id": true, "/console/applications/delete": true, "/console/applications/disable": true,
	"/rest/v1/documents/:kind/:key": true, "/brand/:hash/brand.css": true, "/brand/:hash/custom.css": true}

// furniture is one of everything that a path can name.
type furniture struct {
	app, client, secret, event, admin, key, resource, scope, role, grant, connection, webhook, delivery, proof, domain string
}

func (s *site) furnish(token string) (f furniture) {
	s.t.Helper()
	var made struct {
		ID             string
		Client, Secret struct{ ID string }
		Scopes         []struct{ ID string }
	}
	s.decode(&made, token, "POST", "/rest/v1/applications", map[string]any{"name": "Furniture", "client": map[string]any{"profile": models.ProfileMachine}})
	var list struct{ Items []struct{ ID string } }
	s.decode(&list, token, "GET", "/rest/v1/administrators", nil)
	f = furniture{app: made.ID, client: made.Client.ID, secret: made.Secret.ID, admin: list.Items[0].ID}
	var ignored any
	look := map[string]any{"branding": map[string]any{"display_name": "Furniture"}}
	s.decode(&ignored, token, "PATCH", "/rest/v1/experience", look)
	s.decode(&ignored, token, "PATCH", "/rest/v1/applications/"+f.app+"/experience", look)
	s.decode(&ignored, token, "POST", "/rest/v1/clients/"+f.client+"/rotation", map[string]any{})
	s.decode(&made, token, "POST", "/rest/v1/keys", map[string]any{"name": "Waiting", "alg": "ES256"})
	f.key = made.ID
	s.decode(&made, token, "POST", "/rest/v1/resources", map[string]any{"identifier": "https://furniture.example/", "scopes": []any{map[string]any{"name": "sit"}}})
	f.resource, f.scope = made.ID, made.Scopes[0].ID
	s.decode(&made, token, "POST", "/rest/v1/roles", map[string]any{"name": "Carpenter", "kind": "machine"})
	f.role = made.ID
	var granted struct{ ID string }
	s.decode(&granted, token, "POST", "/rest/v1/client-grants", map[string]any{"client_id": f.client, "identifier": "https://furniture.example/", "scopes": []string{"sit"}})
	f.grant = granted.ID
	s.decode(&made, token, "POST", "/rest/v1/connections", map[string]any{"name": "furniture", "strategy": "oidc"})
	f.connection = made.ID
	s.decode(&made, token, "POST", "/rest/v1/clients/"+f.client+"/keys", map[string]any{"name": "Proof",
		"jwk": map[string]any{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}})
	f.proof = made.ID
	s.decode(&made, token, "POST", "/rest/v1/domains", map[string]any{"domain": "login.furniture.example"})
	f.domain = made.ID
	s.decode(&made, token, "POST", "/rest/v1/webhooks", map[string]any{"name": "Furniture", "url": "https://127.0.0.1/", "events": []string{"webhook.updated"}})
	f.webhook = made.ID
	var tried struct{ Deliveries []struct{ ID string } }
	s.decode(&tried, token, "POST", "/rest/v1/webhooks/"+f.webhook+"/test", map[string]any{}) // never leaves: the address is private
	f.delivery = tried.Deliveries[0].ID
	s.decode(&list, token, "GET", "/rest/v1/events?limit=1", nil)
	f.event = list.Items[0].ID
	return f
}

func (s *site) decode(out any, token, method, path string, in any) {
	s.t.Helper()
	res, body := s.call(token, method, path, in)
	if err := json.Unmarshal(body, out); err != nil || res.StatusCode >= 300 {
		s.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, body)
	}
}

// fill puts the right id into a path, by the words around it.
func (f furniture) fill(path string) string {
	id := f.app
	switch {
	case strings.Contains(path, "/administrators"):
		id = f.admin
	case strings.Contains(path, "/client-grants"):
		id = f.grant
	case strings.HasPrefix(path, "/rest/v1/resources") || strings.HasPrefix(path, "/console/resources"):
		id = f.resource
	case strings.HasPrefix(path, "/rest/v1/roles") || strings.HasPrefix(path, "/console/roles"):
		id = f.role
	case strings.Contains(path, "/domains"):
		id = f.domain
	case strings.Contains(path, "/connections"):
		id = f.connection
	case strings.Contains(path, "/webhooks"):
		id = f.webhook
		path = strings.ReplaceAll(path, ":delivery_id", f.delivery)
	case strings.HasPrefix(path, "/console/keys"):
		id = f.key
	case strings.Contains(path, "/events") || strings.Contains(path, "/audit"):
		id = f.event
	case strings.HasPrefix(path, "/rest/v1/clients") || strings.HasPrefix(path, "/console/clients"):
		id = f.client
	}
	return strings.NewReplacer(":application_id", f.app, ":appId", f.app, ":app_id", f.app, ":clientId", f.client, ":client_id", f.client, ":secret_id", f.secret, ":scope_id", f.scope, ":grant_id", f.grant, ":key_id", f.proof,
		":language", "en", ":section", "branding", ":number", "1", ":kind", "email_template", ":id", id).Replace(path)
}
