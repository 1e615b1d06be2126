package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
	"gatehouse/web"
)

// SECURITY-BAR M2: a token with every permission but that of a route is refused there, before its body is looked at.
func TestEachActionOpensOnlyItsRoutes(t *testing.T) {
	s := newSite(t)
	byAction := map[string][]web.Route{}
	for _, r := range s.app.Server.Routes() {
		if r.Face() == web.Native && r.Action != web.Public && r.Action != web.SignedIn {
			byAction[r.Action] = append(byAction[r.Action], r)
		}
	}
	for action, routes := range byAction {
		var others []string
		for other := range byAction {
			if other != action {
				others = append(others, other)
			}
		}
		got := s.ask("/oidc/token", machineID, machineSecret, url.Values{"resource": {siteURL + "/rest/v1"}, "scope": {strings.Join(others, " ")}})
		for _, r := range routes {
			res, body := s.call(got.AccessToken, r.Method, parameter.ReplaceAllString(r.Path, "x"), map[string]any{"wrong": 1})
			if res.StatusCode != 403 || text(object(body), "reason") != "missing_permission" {
				t.Errorf("%s %s without %s: %d %s", r.Method, r.Path, action, res.StatusCode, body)
			}
		}
	}
	if len(byAction) < 40 {
		t.Errorf("only %d actions were seen", len(byAction))
	}
}

// SECURITY-BAR C1: no form of the console is taken without its token, and none from another site even with it.
func TestEveryFormNeedsItsToken(t *testing.T) {
	s := newSite(t)
	s.signIn()
	ids := s.furnish(s.token(siteURL + "/rest/v1"))
	_, page := s.get("/console/settings")
	token := string(formToken.FindSubmatch(page)[1])
	before := s.events()
	for _, r := range s.app.Server.Routes() {
		if r.Face() != web.Console || r.Method == "GET" {
			continue
		}
		for _, c := range []struct {
			what, site, token string
		}{{"without a token", "same-origin", ""}, {"with somebody's token", "same-origin", strings.Repeat("A", 86)}, {"from another site", "cross-site", token}} {
			req := httptest.NewRequest(r.Method, ids.fill(r.Path), strings.NewReader(url.Values{"_csrf": {c.token}, "name": {"x"}}.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Sec-Fetch-Site", c.site)
			if res, body := s.send(req); res.StatusCode != 403 && !(r.Path == "/setup" && res.StatusCode == 404) {
				t.Errorf("%s %s %s: %d %.200s", r.Method, r.Path, c.what, res.StatusCode, body)
			}
		}
	}
	if after := s.events(); after != before {
		t.Errorf("%d events were written", after-before)
	}
}

// A viewer opens no form and sends none: every route that changes something refuses, whatever it is.
func TestAViewerChangesNothingAnywhere(t *testing.T) {
	s := newSite(t)
	ids := s.furnish(s.token(siteURL + "/rest/v1"))
	s.signIn()
	if _, err := s.app.Config.DB.Write.ExecContext(context.Background(), "UPDATE administrators SET role = 'viewer'"); err != nil {
		t.Fatal(err)
	}
	_, page := s.get("/console/account")
	found := formToken.FindSubmatch(page)
	if found == nil {
		t.Fatal("the page of the account has no form")
	}
	for _, r := range s.app.Server.Routes() {
		if r.Face() != web.Console || r.Method == "GET" || r.Action == web.Public || r.Action == web.SignedIn || models.ViewerActions.Allow(r.Action) {
			continue
		}
		res, _ := s.submit(ids.fill(r.Path), url.Values{"_csrf": {string(found[1])}, "confirm": {"Furniture"}})
		if res.StatusCode != 403 {
			t.Errorf("%s: %d", r.Path, res.StatusCode)
		}
	}
}

// A client of an ordinary application reaches nothing that is another's or the tenant's, whichever route it tries.
func TestAnOrdinaryClientReachesNothingElse(t *testing.T) {
	v := newVisit(t)
	ids := v.furnish(v.tokens["native"])
	mine := v.robot(v.tokens["native"], "Mine")
	tokens := map[string]string{}
	for _, sp := range mounted(v.site) {
		tokens[sp.name] = v.tokenOf(mine.Client.ID, mine.Secret.Value, sp.audience)
	}
	before := v.events()
	for _, sp := range mounted(v.site) {
		token := tokens[sp.name]
		if token == "" {
			continue
		}
		for _, r := range v.app.Server.Routes() {
			if r.Face().Name() != sp.name || r.Action == web.Public {
				continue
			}
			res, body := v.call(token, r.Method, ids.fill(r.Path), map[string]any{"name": "Taken"})
			for _, id := range []string{ids.app, ids.client, ids.grant, ids.role, ids.connection, ids.webhook, "Furniture"} {
				if res.StatusCode < 300 && strings.Contains(string(body), id) {
					t.Errorf("%s %s tells of %s: %s", r.Method, r.Path, id, body)
				}
			}
			if res.StatusCode < 300 && r.Method != "GET" {
				t.Errorf("%s %s: %d %s", r.Method, ids.fill(r.Path), res.StatusCode, body)
			}
			if res.StatusCode >= 500 {
				t.Errorf("%s %s: %d %s", r.Method, r.Path, res.StatusCode, body)
			}
		}
	}
	if after := v.events(); after != before {
		t.Errorf("%d events were written", after-before)
	}
}

// SECURITY-BAR M3: what the server decides is refused or ignored in the dialects, and the path names the object.
func TestDialectsDecideWhatIsTheirOwn(t *testing.T) {
	v := newVisit(t)
	own := map[string]any{"client_id": "chosen000000000000000", "tenant": "other", "tenant_id": "other", "global": true, "owners": []string{"x"}, "signing_keys": []any{},
		"created_at": "2001-01-01T00:00:00Z", "is_system": true, "version": 9, "application_id": "x", "kind": "management", "disabled": true}
	for name, value := range own {
		res, body := v.call(v.tokens["auth0"], "POST", "/api/v2/clients", o{"name": "Chosen", name: value})
		if res.StatusCode != 400 || !strings.Contains(string(body), name) {
			t.Errorf("auth0 takes %s: %d %s", name, res.StatusCode, body)
		}
	}
	made := v.do("logto", "POST", "/applications", o{"name": "Chosen", "type": "MachineToMachine", "id": "chosen000000000000000", "tenantId": "other", "secret": "known-to-me",
		"createdAt": 1, "isAdmin": true, "disabled": true, "kind": "management", "applicationId": "x"})
	if text(made, "id") == "chosen000000000000000" || text(made, "tenantId") == "other" || made["isAdmin"] == true || text(made, "secret") == "known-to-me" || made["createdAt"] == 1.0 {
		t.Errorf("logto takes %v", made)
	}
	if got := v.look("logto", "/applications/"+text(made, "id")); got["isAdmin"] == true {
		t.Error("a new application opens the API because it says so")
	}
	first, second := v.robot(v.tokens["native"], "First"), v.robot(v.tokens["native"], "Second")
	for face, at := range map[string]string{"auth0": "/clients/", "logto": "/applications/"} {
		for _, query := range []string{"?id=", "?client_id=", "?clientId=", "?applicationId="} {
			if _, body := v.call(v.tokens[face], "GET", prefixes[face]+at+first.Client.ID+query+second.Client.ID, nil); strings.Contains(string(body), "Second") {
				t.Errorf("%s gives what the query names: %s", face, body)
			}
			v.call(v.tokens[face], "PATCH", prefixes[face]+at+first.Client.ID+query+second.Client.ID, o{"name": "Renamed"})
		}
		v.call(v.tokens[face], "PATCH", prefixes[face]+at+first.Client.ID, o{"id": second.Client.ID, "client_id": second.Client.ID, "name": "Renamed"})
	}
	if got := v.look("native", "/clients/"+second.Client.ID); text(got, "name") != "Second" {
		t.Errorf("another client was renamed: %v", got["name"])
	}
}

// Bodies that two parsers would read differently have one meaning in each face, and never a failure of ours.
func TestOddJSONHasOneMeaning(t *testing.T) {
	v := newVisit(t)
	for _, at := range []struct{ face, path, rest string }{{"native", "/applications", ""}, {"transmit", "/applications", `"client_display_name":"x",`},
		{"auth0", "/clients", ""}, {"logto", "/applications", `"type":"Native",`}} {
		member := map[string]string{"transmit": "app_name"}[at.face]
		if member == "" {
			member = "name"
		}
		for _, body := range []string{
			`{` + at.rest + `"` + member + `":"first","` + member + `":"second"}`,
			`{` + at.rest + `"` + strings.ToUpper(member) + `":"shouted"}`,
			`{` + at.rest + `"` + member + `":"a","` + strings.ToUpper(member) + `":"b"}`,
			`{` + at.rest + `"` + member + `":"nul\u0000"}`, `{` + at.rest + `"` + member + `":"\ud800"}`, `{` + at.rest + `"` + member + `":1e999}`,
			`{` + at.rest + `"` + member + `":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `}`, "\xef\xbb\xbf{}", `{"__proto__":{"name":"x"}}`, `[]`, `null`, `"x"`, ``,
			`{` + at.rest + `"` + member + `":"x"}{}`, `{"a":` + strings.Repeat(`"x",`, 3) + `}`,
		} {
			req := httptest.NewRequest("POST", prefixes[at.face]+at.path, strings.NewReader(body))
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Authorization", "Bearer "+v.tokens[at.face])
			res, answer := v.send(req)
			if res.StatusCode >= 500 {
				t.Errorf("%s: %q: %d %s", at.face, body, res.StatusCode, answer)
			}
			if strings.Contains(body, `"second"`) && res.StatusCode < 300 && !strings.Contains(string(answer), `"second"`) {
				t.Errorf("%s: the first of two members won: %s", at.face, answer)
			}
			if strings.Contains(body, "NAME") && strings.Contains(body, `"a"`) && res.StatusCode < 300 && !strings.Contains(string(answer), `"a"`) {
				t.Errorf("%s: a member in other letters won: %s", at.face, answer)
			}
		}
	}
}

// A line break in a value cannot begin a header: not in an answer, a mail or a call that goes out.
func TestHeadersCannotBeInjected(t *testing.T) {
	v := newVisit(t)
	const evil = "x\r\nX-Evil: 1"
	refused := func(face, method, path string, in any) {
		t.Helper()
		res, body := v.call(v.tokens[face], method, prefixes[face]+path, in)
		if res.StatusCode < 400 || res.StatusCode >= 500 || res.Header.Get("X-Evil") != "" {
			t.Errorf("%s %s %s: %d %s", face, method, path, res.StatusCode, body)
		}
	}
	refused("native", "POST", "/webhooks", o{"name": "w", "url": "https://example.com/" + evil, "events": []string{"*"}})
	refused("native", "POST", "/webhooks", o{"name": "w", "url": "https://example.com/", "headers": o{"X-A": evil}})
	refused("native", "POST", "/webhooks", o{"name": "w", "url": "https://example.com/", "headers": o{evil: "a"}})
	refused("logto", "POST", "/hooks", o{"name": "w", "events": []string{"Role.Created"}, "config": o{"url": "https://example.com/", "headers": o{"X-A": evil}}})
	refused("native", "PUT", "/email-provider", o{"name": "smtp", "from": "a@example.com\r\nBcc: b@example.com", "host": "mail.example.com"})
	refused("native", "PUT", "/email-templates/verify_email/en", o{"subject": "Hi", "from": "a@example.com\r\nBcc: b@example.com", "body": "x"})
	refused("native", "POST", "/administrators", o{"email": "a@example.com\r\nBcc: b@example.com", "name": "x", "role": "viewer"})
	refused("native", "POST", "/applications", o{"name": "x", "client": o{"profile": "web", "redirect_uris": []string{"https://a.example.com/" + evil}}})
	refused("auth0", "POST", "/clients", o{"name": "x", "callbacks": []string{"https://a.example.com/" + evil}})
	refused("logto", "POST", "/applications", o{"name": "x", "type": "SPA", "oidcClientMetadata": o{"redirectUris": []string{"https://a.example.com/" + evil}, "postLogoutRedirectUris": []string{}}})
	refused("transmit", "POST", "/applications", o{"app_name": "x", "client_display_name": "x", "redirect_uris": []string{"https://a.example.com/" + evil}})
	for _, path := range []string{"/console/sign-in?next=%0d%0aX-Evil:1", "/api/applications?page=1%0d%0aX-Evil:1&page_size=20", "/rest/v1/events/export?format=%0d%0aX-Evil:1", "/console/%0d%0aX-Evil:1", "/api/applications?search=%0d%0aX-Evil:1"} {
		req := httptest.NewRequest("GET", path, nil)
		req.Header.Set("Authorization", "Bearer "+v.tokens["logto"])
		if res, _ := v.send(req); res.Header.Get("X-Evil") != "" || res.StatusCode >= 500 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

// SECURITY-BAR M6: no address that somebody can write makes us call a private network.
func TestNoAddressCallsThePrivateNetwork(t *testing.T) {
	v := newVisit(t)
	var calls atomic.Int64
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			calls.Add(1)
			conn.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	for _, host := range []string{"127.0.0.1:" + port, "localhost:" + port, "[::ffff:127.0.0.1]:" + port, "2130706433:" + port, "0x7f.1:" + port, "127.1:" + port, "0.0.0.0:" + port} {
		at := "https://" + host
		v.n++
		for _, in := range []struct {
			face, path string
			body       any
			then       string
		}{
			{"native", "/webhooks", o{"name": "w", "url": at + "/", "events": []string{"role.created"}}, "/webhooks/{id}/test"},
			{"native", "/connections", o{"name": fmt.Sprint("oidc-", v.n), "strategy": "oidc", "options": o{"issuer": at, "discovery_url": at + "/.well-known/openid-configuration", "jwks_uri": at + "/k",
				"authorization_endpoint": at + "/a", "token_endpoint": at + "/t", "userinfo_endpoint": at + "/u", "client_id": "c"}}, "/connections/{id}/test"},
			{"native", "/connections", o{"name": fmt.Sprint("saml-", v.n), "strategy": "samlp", "options": o{"metadata_url": at + "/metadata", "sign_in_endpoint": at + "/sso"}}, "/connections/{id}/test"},
			{"native", "/connections", o{"name": fmt.Sprint("okta-", v.n), "strategy": "okta", "options": o{"domain": host, "client_id": "c"}}, "/connections/{id}/test"},
			{"native", "/connections", o{"name": fmt.Sprint("adfs-", v.n), "strategy": "adfs", "options": o{"adfs_server": host, "client_id": "c"}}, "/connections/{id}/test"},
			{"auth0", "/connections", o{"name": fmt.Sprint("a-", v.n), "strategy": "samlp", "options": o{"metadataUrl": at + "/metadata", "signInEndpoint": at + "/sso"}}, ""},
			{"auth0", "/connections", o{"name": fmt.Sprint("b-", v.n), "strategy": "oidc", "options": o{"type": "back_channel", "discovery_url": at, "client_id": "c"}}, ""},
			{"logto", "/hooks", o{"name": "h", "events": []string{"Role.Created"}, "config": o{"url": at + "/"}}, ""},
			{"auth0", "/clients", o{"name": "x", "logo_uri": at + "/logo.png", "initiate_login_uri": at + "/login"}, ""},
			{"auth0", "/custom-domains", o{"domain": strings.Split(host, ":")[0] + ".example.com", "type": "self_managed_certs"}, ""},
		} {
			res, body := v.call(v.tokens[in.face], "POST", prefixes[in.face]+in.path, in.body)
			if res.StatusCode >= 500 {
				t.Errorf("%s %s %s: %d %s", in.face, in.path, host, res.StatusCode, body)
			}
			if id := text(object(body), "id"); res.StatusCode < 300 && in.then != "" && id != "" {
				v.call(v.tokens["native"], "POST", "/rest/v1"+strings.ReplaceAll(in.then, "{id}", id), o{})
			}
		}
		w := v.worker()
		v.call(v.tokens["native"], "PATCH", w.at("/rest/v1/clients/{client}"), o{"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": at + "/keys"})
		w.keyed()
		if got := w.asserts(siteURL + "/oidc"); strings.HasPrefix(got, "200") {
			t.Error("a key set of a private network was taken")
		}
		name, _, _ := strings.Cut(strings.Trim(host, "[]"), "]")
		name = strings.TrimSuffix(name, ":"+port)
		v.call(v.tokens["native"], "PUT", "/rest/v1/email-provider", o{"name": "smtp", "from": "m@example.com", "host": name, "port": json.Number(port), "protection": "none"})
		v.call(v.tokens["native"], "POST", "/rest/v1/email-provider/test", o{"to": "v@example.com"})
	}
	if n := calls.Load(); n > 0 {
		t.Errorf("%d calls reached the private network", n)
	}
}

// Hostile names, whichever face wrote them, are text on every page.
func TestHostileNamesOfEveryFaceAreText(t *testing.T) {
	v := newVisit(t)
	const evil = `"'><img src=x onerror=alert(1)>`
	f := v.furnish(v.tokens["native"])
	try := func(face, method, path string, in any) { v.call(v.tokens[face], method, prefixes[face]+path, in) }
	try("logto", "PATCH", "/applications/"+f.client, o{"name": evil, "description": evil, "customData": o{evil: evil}})
	try("logto", "PATCH", "/resources/"+f.resource, o{"name": evil})
	try("logto", "PATCH", "/roles/"+f.role, o{"name": evil, "description": evil})
	try("logto", "PATCH", "/hooks/"+f.webhook, o{"name": evil})
	try("logto", "POST", "/applications/"+f.client+"/secrets", o{"name": evil, "expiresAt": nil})
	try("auth0", "PATCH", "/clients/"+f.client, o{"description": evil, "client_metadata": o{"a": evil}})
	try("auth0", "PATCH", "/resource-servers/"+f.resource, o{"scopes": []any{o{"value": "sit", "description": evil}}})
	try("auth0", "PATCH", "/connections/con_"+f.connection, o{"display_name": evil, "options": o{"client_id": evil, "icon_url": "javascript:alert(1)"}})
	try("auth0", "PATCH", "/tenants/settings", o{"friendly_name": evil, "support_url": "javascript:alert(1)"})
	try("transmit", "PUT", "/applications/"+f.app, o{"app_description": evil, "app_name": evil})
	try("native", "PATCH", "/applications/"+f.app, o{"owner": evil, "tags": []string{evil}, "description": evil})
	try("native", "POST", "/administrators", o{"email": "evil@example.com", "name": evil, "role": "viewer"})
	try("native", "PATCH", "/experience", o{"branding": o{"display_name": evil}})
	try("native", "PUT", "/email-templates/verify_email/en", o{"subject": evil, "body": evil + "{{ code }}"})
	v.signIn()
	seen := 0
	for _, r := range v.app.Server.Routes() {
		if r.Method != "GET" || r.Face() != web.Console {
			continue
		}
		res, body := v.get(f.fill(r.Path))
		if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			if res.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s may be taken for a page", r.Path)
			}
			continue
		}
		if bytes.Contains(body, []byte("<img src=x")) || bytes.Contains(bytes.ToLower(body), []byte(`href="javascript:`)) || bytes.Contains(bytes.ToLower(body), []byte(`src="javascript:`)) {
			t.Errorf("%s draws a name as markup", r.Path)
		}
		if res.StatusCode >= 500 {
			t.Errorf("%s: %d", r.Path, res.StatusCode)
		}
		if bytes.Contains(body, []byte("&lt;img src=x")) {
			seen++
		}
	}
	if seen < 10 {
		t.Errorf("the names were on %d pages only: they were not written", seen)
	}
}

// SECURITY-BAR section 7 and K4: no secret that any face takes or makes lies open in the database, in the log, in the audit log, in
// what is delivered, or in an answer for those who may not read secrets.
func TestNoSecretLiesOpen(t *testing.T) {
	var log bytes.Buffer
	db, vault := dbtest.Open(t)
	app, err := Build(context.Background(), Config{Version: "test", URL: siteURL, Log: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), DB: db, Vault: vault, Master: dbtest.Master{},
		DataFolder: t.TempDir(), Printed: io.Discard, Ready: func(context.Context) error { return nil }, TrustedProxies: everywhere(),
		AdminEmail: ownerEmail, AdminPassword: models.NewSecret(ownerPassword), BootstrapID: machineID, BootstrapSecret: models.NewSecret(machineSecret)})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.setup.Bootstrap(context.Background()); err != nil {
		t.Fatal(err)
	}
	v := &visit{site: &site{t: t, app: app, jar: newJar(), document: readDocument(t, app.openapi)}, tokens: map[string]string{}}
	secrets := map[string]string{"the owner's password": ownerPassword, "the first client's secret": machineSecret}
	for face, audience := range audiences {
		v.tokens[face] = v.token(audience)
		secrets["a token of "+face] = v.tokens[face]
	}
	n := 0
	fresh := func(what string) string {
		n++
		secrets[what] = fmt.Sprintf("open-sesame-%02d-0123456789abcdefghijklmnopqrstuvwxyz", n)
		return secrets[what]
	}
	v.signIn()
	u, _ := url.Parse(siteURL)
	for _, c := range v.jar.Cookies(u) {
		if strings.Contains(c.Name, "session") {
			secrets["a session"] = c.Value
		}
	}
	made := v.do("native", "POST", "/applications", o{"name": "Robot", "client": o{"profile": "machine"}})
	client := text(made["client"].(o), "id")
	secrets["a secret that was made"] = text(made["secret"].(o), "value")
	v.do("native", "POST", "/clients/"+client+"/secrets/import", o{"name": "Brought", "value": fresh("a secret that was brought")})
	v.do("auth0", "PATCH", "/clients/"+client, o{"client_secret": fresh("a secret that Auth0's face set"), "addons": o{"aws": o{"principal": "p", "role": "r"}, "azure_sb": o{"sasKey": fresh("a key of an add-on")}}})
	secrets["a secret that was rotated"] = text(v.do("auth0", "POST", "/clients/"+client+"/rotate-secret", nil), "client_secret")
	secrets["a secret of Logto's"] = text(v.do("logto", "POST", "/applications/"+client+"/secrets", o{"name": "L", "expiresAt": nil}), "value")
	v.do("native", "POST", "/connections", o{"name": "n", "strategy": "oidc", "options": o{"client_id": "c", "client_secret": fresh("a connection's secret")}})
	v.do("auth0", "POST", "/connections", o{"name": "a", "strategy": "google-oauth2", "options": o{"client_id": "c", "client_secret": fresh("a connection's secret by Auth0's face")}})
	v.do("auth0", "POST", "/connections", o{"name": "d", "strategy": "auth0", "options": o{"configuration": o{"pass": fresh("a database's password")}}})
	v.do("logto", "POST", "/connectors", o{"connectorId": "github-universal", "config": o{"clientId": "c", "clientSecret": fresh("a connector's secret")}})
	v.do("native", "POST", "/webhooks", o{"name": "W", "url": "https://127.0.0.1/", "events": []string{"*"}, "headers": o{"Authorization": fresh("a header of a webhook")}})
	v.do("logto", "POST", "/hooks", o{"name": "H", "events": []string{"Role.Created"}, "config": o{"url": "https://127.0.0.1/", "headers": o{"x-key": fresh("a header of a hook")}}})
	v.do("native", "PUT", "/email-provider", o{"name": "smtp", "from": "m@example.com", "host": "mail.example.com", "user": "u", "password": fresh("the mail server's password")})
	v.do("logto", "PUT", "/captcha-provider", o{"config": o{"type": "Turnstile", "siteKey": "k", "secretKey": fresh("a captcha's secret")}})
	v.do("auth0", "POST", "/resource-servers", o{"identifier": "https://hs.example.com/", "name": "HS", "signing_alg": "HS256", "signing_secret": fresh("a signing secret")})
	idempotent := httptest.NewRequest("POST", "/rest/v1/clients/"+client+"/secrets", strings.NewReader(`{"name":"Once"}`))
	idempotent.Header = http.Header{"Authorization": {"Bearer " + v.tokens["native"]}, "Content-Type": {"application/json"}, "Idempotency-Key": {"k1"}}
	_, once := v.send(idempotent)
	secrets["a secret of an answer that is kept"] = text(object(once), "value")
	v.call("nonsense-"+fresh("a token that is none"), "GET", "/rest/v1/clients?access_token="+fresh("a token in a query"), nil)
	v.postForm("/oidc/token?client_secret="+fresh("a secret in a query"), url.Values{"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {fresh("a wrong secret")}})
	v.jar = newJar()
	v.post("/console/sign-in", "/console/sign-in", url.Values{"email": {"nobody@example.com"}, "password": {fresh("a wrong password")}})
	_ = app.usages.Flush(context.Background())

	all := v.textColumns()
	viewer := v.ask("/oidc/token", machineID, machineSecret, url.Values{"resource": {audiences["native"]}, "scope": {"*.read"}}).AccessToken
	narrow := v.ask("/oauth/token", machineID, machineSecret, url.Values{"audience": {audiences["auth0"]}, "scope": {"read:clients read:connections read:resource_servers read:email_provider read:logs read:tenant_settings"}}).AccessToken
	var told strings.Builder
	for _, path := range []string{"/rest/v1/clients/" + client, "/rest/v1/clients/" + client + "/secrets", "/rest/v1/connections", "/rest/v1/webhooks", "/rest/v1/events?limit=100", "/rest/v1/email-provider",
		"/rest/v1/resources", "/rest/v1/documents/captcha_provider", "/rest/v1/documents/email_provider", "/rest/v1/outbox"} {
		_, body := v.call(viewer, "GET", path, nil)
		told.Write(body)
	}
	for _, path := range []string{"/api/v2/clients", "/api/v2/clients/" + client, "/api/v2/connections", "/api/v2/resource-servers", "/api/v2/emails/provider", "/api/v2/logs"} {
		_, body := v.call(narrow, "GET", path, nil)
		told.Write(body)
	}
	for _, what := range slices.Sorted(maps.Keys(secrets)) {
		value := secrets[what]
		if len(value) < 16 {
			t.Errorf("%s is missing: %q", what, value)
			continue
		}
		if left := v.orphans(all, value); len(left) > 0 {
			t.Errorf("%s lies open in %v", what, left)
		}
		if bytes.Contains(log.Bytes(), []byte(value)) {
			t.Errorf("%s is in the log", what)
		}
		if strings.Contains(told.String(), value) {
			t.Errorf("%s is told to those who may not read secrets", what)
		}
	}
	if log.Len() == 0 || told.Len() < 2000 {
		t.Errorf("%d bytes of log and %d of answers were looked at", log.Len(), told.Len())
	}
}

// Documents that are keys are deleted by the feature that has rules about it, never by their place in the store.
func TestKeysAreNotDeletedAsDocuments(t *testing.T) {
	v := newVisit(t)
	v.do("logto", "POST", "/configs/oidc/cookie-keys/rotate", nil)
	items, _ := v.do("native", "GET", "/documents/cookie_key", nil)["items"].([]any)
	if len(items) == 0 {
		t.Fatal("there is no cookie key")
	}
	for _, item := range items {
		if res, body := v.call(v.tokens["native"], "DELETE", "/rest/v1/documents/cookie_key/"+text(item.(o), "key"), nil); res.StatusCode != 403 || text(object(body), "reason") != "governed" {
			t.Errorf("%d %s", res.StatusCode, body)
		}
	}
	if res, _ := v.call(v.tokens["native"], "DELETE", "/rest/v1/documents/saml_certificate/any", nil); res.StatusCode != 403 {
		t.Errorf("a certificate: %d", res.StatusCode)
	}
}

// The time that a wrong secret takes tells nothing of the right one: it is looked up by its keyed hash. A client that does not exist
// answers as one whose secret is wrong.
func TestAWrongSecretAnswersTheSameForEverybody(t *testing.T) {
	v := newVisit(t)
	w := v.worker()
	answer := func(id, secret string) string {
		res, body := v.postForm("/oidc/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}})
		return fmt.Sprint(res.StatusCode, string(body))
	}
	want := answer("nobody00000000000000", w.secret)
	for _, c := range [][2]string{{w.client, "wrong"}, {w.client, w.secret[:len(w.secret)-1]}, {w.client, w.secret + "x"}, {w.client, strings.ToUpper(w.secret)}, {machineID, w.secret}, {w.client, ""}} {
		if got := answer(c[0], c[1]); got != want && c[1] != "" || strings.HasPrefix(got, "200") {
			t.Errorf("%v: %s, somebody unknown: %s", c, got, want)
		}
	}
}

// The grammars of searches and patterns take linear time: what would make a backtracking engine hang is answered at once.
func TestNoPatternTakesLong(t *testing.T) {
	v := newVisit(t)
	bad := strings.Repeat("a", 3000) + "!"
	for _, at := range []struct{ face, path string }{
		{"logto", "/applications?mode=regex&search=" + url.QueryEscape("(a+)+$") + "&search.name=" + url.QueryEscape("^(([a-z])+.)+[A-Z]([a-z])+$")},
		{"logto", "/applications?search=" + url.QueryEscape("%"+strings.Repeat("a%", 500))},
		{"auth0", "/clients?q=" + url.QueryEscape("name:"+strings.Repeat("*a", 800))},
		{"auth0", "/logs?q=" + url.QueryEscape(strings.Repeat("(", 400)+"a"+strings.Repeat(")", 400))},
		{"native", "/applications?q=" + bad},
	} {
		began := time.Now()
		res, body := v.call(v.tokens[at.face], "GET", prefixes[at.face]+at.path, nil)
		if took := time.Since(began); res.StatusCode >= 500 || took > 5*time.Second {
			t.Errorf("%s %.80s: %d after %v: %.200s", at.face, at.path, res.StatusCode, took, body)
		}
	}
}

// SECURITY-BAR T12: nobody registers a client without being asked: no issuer has an address for it or tells of one, and no address that
// stands in such a request is fetched. There is nothing that could switch it on.
func TestNobodyRegistersAClientByThemselves(t *testing.T) {
	v := newVisit(t)
	var calls atomic.Int64
	away := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer away.Close()
	for _, path := range []string{"/.well-known/openid-configuration", "/oidc/.well-known/openid-configuration", "/cis/oidc/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
		if _, body := v.get(path); len(body) == 0 || bytes.Contains(body, []byte("registration_endpoint")) {
			t.Errorf("%s: %s", path, body)
		}
	}
	before, err := v.app.Config.DB.Read.NewSelect().Table("clients").Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/oidc/register", "/oauth/register", "/oidc/reg", "/connect/register", "/cis/oidc/register", "/.well-known/register", "/register", "/oidc/registration"} {
		for _, token := range []string{"", v.tokens["native"]} {
			res, body := v.call(token, "POST", path, o{"client_name": "Mine", "redirect_uris": []string{"https://mine.example.com/cb"}, "jwks_uri": away.URL + "/keys", "logo_uri": away.URL + "/logo",
				"sector_identifier_uri": away.URL + "/sector", "software_statement": "a.b.c"})
			if res.StatusCode < 400 || res.StatusCode >= 500 || bytes.Contains(body, []byte("client_id")) {
				t.Errorf("%s: %d %s", path, res.StatusCode, body)
			}
		}
	}
	after, err := v.app.Config.DB.Read.NewSelect().Table("clients").Count(t.Context())
	if err != nil || after != before || calls.Load() != 0 {
		t.Errorf("%d clients, then %d; %d calls to the addresses (%v)", before, after, calls.Load(), err)
	}
}

// SECURITY-BAR M2: an editor, or a token without the right to grant, does not get at the management APIs by way of a management
// application: not by making one, not by a client, a secret or a key of one, and not by changing how its client proves itself.
func TestNobodyOpensAManagementApplicationForThemselves(t *testing.T) {
	v := newVisit(t)
	v.signIn()
	if _, err := v.app.Config.DB.Write.ExecContext(context.Background(), "UPDATE administrators SET role = 'editor'"); err != nil {
		t.Fatal(err)
	}
	narrow := v.ask("/oidc/token", machineID, machineSecret, url.Values{"resource": {audiences["native"]}, "scope": {"application.* client.* credential.* secret.* key.* role.* client_grant.*"}}).AccessToken
	app := v.applicationOf(machineID)
	for _, c := range []struct {
		method, path string
		in           any
	}{
		{"POST", "/applications", o{"name": "Mine", "kind": "management"}},
		{"PATCH", "/applications/" + app, o{"management_faces": []string{"native", "auth0", "logto", "transmit"}}},
		{"POST", "/applications/" + app + "/clients", o{"name": "Mine", "profile": "machine"}},
		{"POST", "/clients/" + machineID + "/secrets", o{"name": "Mine"}},
		{"POST", "/clients/" + machineID + "/secrets/import", o{"name": "Mine", "value": "a-secret-of-my-own-0123456789-0123456789"}},
		{"POST", "/clients/" + machineID + "/rotation", o{}},
		{"POST", "/clients/" + machineID + "/keys", o{"name": "Mine", "jwk": publicJWK()}},
		{"PATCH", "/clients/" + machineID, o{"jwks_uri": "https://mine.example.com/keys", "token_endpoint_auth_method": "private_key_jwt"}},
		{"POST", "/applications/" + app + "/keys/upload", o{"name": "Mine", "jwk": privateJWK()}},
	} {
		if res, body := v.call(narrow, c.method, "/rest/v1"+c.path, c.in); res.StatusCode != 403 || text(object(body), "reason") != "cannot_grant" {
			t.Errorf("%s %s: %d %s", c.method, c.path, res.StatusCode, body)
		}
	}
	_, page := v.get("/console/account")
	found := formToken.FindSubmatch(page)
	if found == nil {
		t.Fatal("the editor is not signed in")
	}
	secret := text(v.do("native", "GET", "/clients/"+machineID+"/secrets", nil)["items"].([]any)[0].(o), "id")
	at := "/console/clients/" + machineID + "/secrets"
	for path, fields := range map[string]url.Values{"/console/applications": {"name": {"Mine"}, "kind": {"management"}, "address": {"https://mine.example.com"}},
		at: {"name": {"Mine"}, "expires": {"90"}}, at + "/" + secret + "/reveal": {}} {
		fields.Set("_csrf", string(found[1]))
		if _, body := v.submit(path, fields); bytes.Contains(body, []byte(machineSecret)) || path == at && secretValue.Match(body) {
			t.Errorf("%s: %.300s", path, body)
		}
	}
	for table, where := range map[string]string{"applications": "kind = 'management'", "credentials": "client_id = '" + machineID + "'"} {
		if n, err := v.app.Config.DB.Read.NewSelect().Table(table).Where(where).Count(context.Background()); err != nil || n != 1 {
			t.Errorf("%d rows of %s, %v", n, table, err)
		}
	}
	made := v.do("native", "POST", "/applications", o{"name": "Ordinary", "client": o{"profile": "machine"}})
	if res, body := v.call(narrow, "POST", "/rest/v1/clients/"+text(made["client"].(o), "id")+"/secrets", o{"name": "Mine"}); res.StatusCode != 201 {
		t.Errorf("an ordinary client: %d %s", res.StatusCode, body)
	}
}

// SECURITY-BAR M2: what opens the management APIs is read and replaced by nobody who could not grant them, on any face: neither the secret
// of a management application's client nor that of a client which was granted scopes of a management API. Others go on being read.
func TestNobodyReadsWhatOpensTheManagementAPIs(t *testing.T) {
	v := newVisit(t)
	granted, grantedSecret := v.machine(v.tokens["native"], "Granted")
	v.do("native", "POST", "/client-grants", o{"client_id": granted, "identifier": siteURL + "/api/v2/", "scopes": []string{"update:tenant_settings"}})
	ordinary, ordinarySecret := v.machine(v.tokens["native"], "Ordinary")
	narrow := map[string]string{
		"native": v.ask("/oidc/token", machineID, machineSecret, url.Values{"resource": {audiences["native"]}, "scope": {"client.* credential.* secret.* application.*"}}).AccessToken,
		"auth0":  v.ask("/oauth/token", machineID, machineSecret, url.Values{"audience": {audiences["auth0"]}, "scope": {"read:clients read:client_keys read:client_credentials update:client_keys update:clients"}}).AccessToken,
	}
	for _, target := range []struct{ id, secret string }{{machineID, machineSecret}, {granted, grantedSecret}} {
		held := text(v.do("native", "GET", "/clients/"+target.id+"/secrets", nil)["items"].([]any)[0].(o), "id")
		for _, at := range []struct{ face, method, path string }{
			{"native", "POST", "/rest/v1/clients/" + target.id + "/secrets/" + held + "/reveal"},
			{"native", "POST", "/rest/v1/clients/" + target.id + "/rotation"},
			{"native", "POST", "/rest/v1/clients/" + target.id + "/secrets/" + held + "/primary"},
			{"auth0", "GET", "/api/v2/clients/" + target.id},
			{"auth0", "GET", "/api/v2/clients"},
			{"auth0", "GET", "/api/v2/clients?fields=client_secret"},
			{"auth0", "POST", "/api/v2/clients/" + target.id + "/rotate-secret"},
		} {
			in := any(nil)
			if at.method == "POST" {
				in = o{}
			}
			res, body := v.call(narrow[at.face], at.method, at.path, in)
			if bytes.Contains(body, []byte(target.secret)) || at.method == "POST" && res.StatusCode != 403 {
				t.Errorf("%s %s: %d %s", at.method, at.path, res.StatusCode, body)
			}
		}
	}
	for path, face := range map[string]string{"/api/v2/clients/" + ordinary: "auth0", "/api/v2/clients": "auth0"} {
		if _, body := v.call(narrow[face], "GET", path, nil); !bytes.Contains(body, []byte(ordinarySecret)) {
			t.Errorf("%s: an ordinary client's secret is withheld: %s", path, body)
		}
	}
	v.editorsReadNothing(granted, grantedSecret)
	for _, target := range []struct{ id, secret string }{{machineID, machineSecret}, {granted, grantedSecret}} { // nothing was replaced
		if got := v.ask("/oauth/token", target.id, target.secret, url.Values{"audience": {audiences["auth0"]}}); got.AccessToken == "" {
			t.Errorf("%s does not open any more: %+v", target.id, got)
		}
	}
}

var explored = regexp.MustCompile(`200 OK|403 Forbidden|404 Not Found`)

// editorsReadNothing has an editor look for secrets: on the pages of the console, and in the explorer over each management API, which
// acts with the editor's own permissions.
func (v *visit) editorsReadNothing(granted, grantedSecret string) {
	v.t.Helper()
	v.signIn()
	if _, err := v.app.Config.DB.Write.ExecContext(context.Background(), "UPDATE administrators SET role = 'editor'"); err != nil {
		v.t.Fatal(err)
	}
	for _, id := range []string{machineID, granted} {
		app := v.applicationOf(id)
		for _, at := range []struct {
			face, op string
			path     url.Values
		}{
			{"auth0", "GET /api/v2/clients", unchanged()}, {"auth0", "GET /api/v2/clients/:id", url.Values{"path.id": {id}}},
			{"transmit", "GET /cis/v1/applications/:appId/clients", url.Values{"path.appId": {app}}}, {"transmit", "GET /cis/v1/management/applications", unchanged()}, {"transmit", "GET /cis/v1/applications/:appId", url.Values{"path.appId": {app}}},
			{"logto", "GET /api/applications/:id/secrets", url.Values{"path.id": {id}}}, {"logto", "GET /api/applications", unchanged()},
			{"native", "GET /rest/v1/clients/:id/secrets", url.Values{"path.id": {id}}},
		} {
			status, page := v.explore(at.face, at.op, at.path)
			if status != 200 || !explored.MatchString(page) {
				v.t.Errorf("the explorer did not send %s: %d %.300s", at.op, status, page)
			}
			for _, secret := range []string{machineSecret, grantedSecret} {
				if strings.Contains(page, secret) {
					v.t.Errorf("an editor reads it by %s", at.op)
				}
			}
		}
	}
}

// Law (e): a secret that any face shows opens at either token endpoint, and how it is replaced in one face holds in all.
func TestASecretShownByAnyFaceOpens(t *testing.T) {
	v := newVisit(t)
	w := v.worker()
	asks := func(secret string) string {
		a := v.ask("/oidc/token", w.client, secret, url.Values{"resource": {audiences["native"]}})
		b := v.ask("/oauth/token", w.client, secret, url.Values{"audience": {audiences["native"]}})
		return fmt.Sprint(a.Status, b.Status)
	}
	shown := map[string]string{"native at creation": w.secret, "transmit": text(v.do("transmit", "GET", w.at(ofTransmit), nil), "client_secret"), "auth0": text(v.do("auth0", "GET", w.at(ofAuth0), nil), "client_secret"),
		"logto": text(v.do("logto", "GET", w.at(ofLogto+"/secrets"), nil)[""].([]any)[0].(o), "value"), "native again": text(v.do("native", "POST", w.at(ofNative+"/secrets/"+w.first()+"/reveal"), nil), "value")}
	for face, value := range shown {
		if value != w.secret || asks(value) != "200 200" {
			t.Errorf("%s shows another secret: %s", face, asks(value))
		}
	}
	second := text(v.do("logto", "POST", w.at(ofLogto+"/secrets"), o{"name": "Second", "expiresAt": nil}), "value")
	if asks(second) != "200 200" || asks(w.secret) != "200 200" || text(v.do("auth0", "GET", w.at(ofAuth0), nil), "client_secret") != w.secret {
		t.Error("a second secret moved the first")
	}
	rotated := text(v.do("auth0", "POST", w.at(ofAuth0+"/rotate-secret"), nil), "client_secret")
	if asks(rotated) != "200 200" || asks(w.secret) != "401 401" || asks(second) != "200 200" || text(v.do("transmit", "GET", w.at(ofTransmit), nil), "client_secret") != rotated {
		t.Errorf("after a rotation: new %s, old %s, other %s", asks(rotated), asks(w.secret), asks(second))
	}
	next := text(v.do("native", "POST", w.at(ofNative+"/rotation"), o{"overlap_seconds": 3600})["secret"].(o), "value")
	if asks(next) != "200 200" || asks(rotated) != "200 200" {
		t.Errorf("while both are valid: new %s, old %s", asks(next), asks(rotated))
	}
	v.do("native", "POST", w.at(ofNative+"/rotation/finish"), nil)
	if asks(next) != "200 200" || asks(rotated) != "401 401" {
		t.Errorf("after the rotation: new %s, old %s", asks(next), asks(rotated))
	}
	v.do("logto", "DELETE", w.at(ofLogto+"/secrets/Second"), nil)
	if asks(second) != "401 401" {
		t.Errorf("deleted: %s", asks(second))
	}
}

func privateJWK() map[string]any {
	w := &worker{}
	w.keyed()
	raw, _ := json.Marshal(jose.JSONWebKey{Key: w.key, Algorithm: "PS256", Use: "sig"})
	out, _ := decoded(raw).(map[string]any)
	return out
}
