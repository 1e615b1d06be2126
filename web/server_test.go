package web_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
	"gatehouse/views/ui"
	"gatehouse/web"
)

// thingIn is an input with every source and kind of field that the binder knows.
type thingIn struct {
	ID      string             `path:"id" json:"-"`
	Filter  string             `query:"filter" json:"-"`
	Version models.Opt[int64]  `header:"If-Match" json:"-" form:"version"`
	Name    models.Opt[string] `json:"name" form:"name"`
	Count   models.Opt[int64]  `json:"count" form:"count"`
	On      bool               `json:"on" form:"on"`
	List    []string           `json:"list" form:"list"`
	Deep    struct {
		Seconds *int64 `json:"seconds" form:"seconds"`
	} `json:"deep" form:"deep"`
}

type tokens map[string]models.Actor

func (t tokens) Bearer(_ context.Context, token, face string) (models.Actor, error) {
	if a, ok := t[face+" "+token]; ok {
		return a, nil
	}
	return models.Actor{}, &models.Fault{Code: models.Unauthenticated, Reason: "invalid_token", Text: "This token is not valid here."}
}

type accounts struct{}

func (accounts) Administrator(_ context.Context, id string) (models.Actor, web.Account, error) {
	return models.Actor{Kind: models.ActorAdministrator, ID: id, TenantID: models.DefaultTenant, Actions: models.ViewerActions}, web.Account{ID: id, Role: "viewer"}, nil
}

// serve builds a server with the given routes.
func serve(t *testing.T, routes ...web.Route) *web.Server {
	t.Helper()
	db, vault := dbtest.Open(t)
	s, err := web.New(web.Options{URL: "http://localhost:8080", Log: slog.New(slog.NewTextHandler(io.Discard, nil)), DB: db, Vault: vault, Accounts: accounts{},
		Tokens: tokens{"native good": {Kind: models.ActorClient, ID: "c1", Actions: models.OwnerActions}, "native reader": {Kind: models.ActorClient, ID: "c2", Actions: models.Actions{"*.read"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Mount(routes...); err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(t *testing.T, s *web.Server, method, target, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	req.Host = "localhost:8080"
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := s.Fiber().Test(req, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(res.Body)
	return res, string(b)
}

const bearer, jsonType = "Bearer good", "application/json"

func echo() web.Route {
	return web.Route{Method: "PATCH", Path: "/rest/v1/things/:id", Action: "thing.update",
		Endpoint: web.Do(web.Native, 200, func(_ context.Context, in thingIn) (map[string]any, error) {
			return map[string]any{"id": in.ID, "filter": in.Filter, "name": in.Name, "name_set": in.Name.Set, "count": in.Count, "on": in.On, "list": in.List, "version": in.Version}, nil
		})}
}

func TestTheBinderReadsBodyThenQueryThenPath(t *testing.T) {
	s := serve(t, echo())
	cases := []struct {
		what, target, body, contains string
		status                       int
	}{
		{"the id in the path wins over one in the query", "/rest/v1/things/real?id=fake", `{"name":"a"}`, "unknown_parameter", 422},
		{"the id in the path wins over one in the body", "/rest/v1/things/real", `{"id":"fake"}`, `"name":"id"`, 422},
		{"a Go name in the body fills nothing", "/rest/v1/things/real", `{"Filter":"x"}`, "unknown_field", 422},
		{"absent stays absent", "/rest/v1/things/real", `{}`, `"name_set":false`, 200},
		{"null is not absent", "/rest/v1/things/real", `{"name":null}`, `"name_set":true`, 200},
		{"a wrong type names the field", "/rest/v1/things/real", `{"count":"x"}`, `"name":"count"`, 422},
		{"half a body is malformed", "/rest/v1/things/real", `{"count":`, "malformed_body", 400},
		{"two values are malformed", "/rest/v1/things/real", `{} {}`, "malformed_body", 400},
		{"an array is malformed", "/rest/v1/things/real", `[]`, "malformed_body", 400},
		{"deep nesting is refused", "/rest/v1/things/real", `{"list":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, "nested deeper", 400},
		{"the query binds its own field", "/rest/v1/things/real?filter=f", `{}`, `"filter":"f"`, 200},
	}
	for _, c := range cases {
		res, body := ask(t, s, "PATCH", c.target, c.body, "Authorization", bearer, "Content-Type", jsonType)
		if res.StatusCode != c.status || !strings.Contains(body, c.contains) {
			t.Errorf("%s: %d %s", c.what, res.StatusCode, body)
		}
	}
}

func TestANativeBodyThatIsNotJSONIsRefused(t *testing.T) {
	s := serve(t, echo())
	res, body := ask(t, s, "PATCH", "/rest/v1/things/x", "name=a", "Authorization", bearer, "Content-Type", "application/x-www-form-urlencoded")
	if res.StatusCode != 415 || !strings.Contains(body, "unsupported_media_type") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

func TestTheOrderOfChecks(t *testing.T) {
	s := serve(t, echo())
	cases := []struct {
		what, token, body string
		status            int
	}{
		{"no token is 401, whatever the body", "", "{", 401},
		{"a token of nobody is 401", "Bearer bad", "{", 401},
		{"a token without the action is 403 before the body is read", "Bearer reader", "{", 403},
		{"then the body", bearer, "{", 400},
	}
	for _, c := range cases {
		header := []string{"Content-Type", jsonType}
		if c.token != "" {
			header = append(header, "Authorization", c.token)
		}
		if res, body := ask(t, s, "PATCH", "/rest/v1/things/x", c.body, header...); res.StatusCode != c.status {
			t.Errorf("%s: %d %s", c.what, res.StatusCode, body)
		}
	}
}

func TestARouteWithoutAnActionDoesNotStart(t *testing.T) {
	s := serve(t)
	if err := s.Mount(web.Route{Method: "GET", Path: "/rest/v1/open", Endpoint: echo().Endpoint}); err == nil {
		t.Error("mounted")
	}
}

type loose struct {
	Name string `json:"name"`
	Role string // no tag: a body could set it by its Go name
}

func TestMassAssignmentByGoNameDoesNotStart(t *testing.T) {
	s := serve(t)
	err := s.Mount(web.Route{Method: "POST", Path: "/rest/v1/x", Action: "x.create", Endpoint: web.Do(web.Native, 200, func(_ context.Context, in loose) (loose, error) { return in, nil })})
	if err == nil || !strings.Contains(err.Error(), "Role") {
		t.Errorf("got %v", err)
	}
}

func TestUnknownPathsAnswerInTheFaceOfTheirPrefix(t *testing.T) {
	s := serve(t, echo())
	res, body := ask(t, s, "GET", "/rest/v1/nothing", "")
	var p web.Problem
	if err := json.Unmarshal([]byte(body), &p); err != nil || res.StatusCode != 404 || p.Reason != "no_such_route" || p.RequestID == "" {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if res, body := ask(t, s, "DELETE", "/rest/v1/things/x", ""); res.StatusCode != 405 || !strings.Contains(body, "wrong_method") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if res, body := ask(t, s, "GET", "/nothing", ""); res.StatusCode != 404 || !strings.Contains(body, "<h1") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

func TestAPanicIsAnInternalErrorWithItsRequestID(t *testing.T) {
	s := serve(t, web.Route{Method: "GET", Path: "/rest/v1/panic", Action: "x.read",
		Endpoint: web.Do(web.Native, 200, func(context.Context, web.None) (map[string]any, error) { panic("a secret detail") })})
	res, body := ask(t, s, "GET", "/rest/v1/panic", "", "Authorization", bearer)
	if res.StatusCode != 500 || strings.Contains(body, "secret detail") || !strings.Contains(body, res.Header.Get("X-Request-Id")) {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

func counted(n *int) web.Route {
	return web.Route{Method: "POST", Path: "/rest/v1/things", Action: "thing.create",
		Endpoint: web.Do(web.Native, 201, func(_ context.Context, in thingIn) (map[string]int, error) { *n++; return map[string]int{"n": *n}, nil })}
}

func TestAnIdempotencyKeyDoesTheRequestOnce(t *testing.T) {
	n := 0
	s := serve(t, counted(&n))
	send := func(key, body string) (*http.Response, string) {
		return ask(t, s, "POST", "/rest/v1/things", body, "Authorization", bearer, "Content-Type", jsonType, "Idempotency-Key", key)
	}
	first, firstBody := send("k1", `{"name":"a"}`)
	again, againBody := send("k1", `{"name":"a"}`)
	if first.StatusCode != 201 || again.StatusCode != 201 || firstBody != againBody || n != 1 || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%d %q, then %d %q; done %d times", first.StatusCode, firstBody, again.StatusCode, againBody, n)
	}
	if res, body := send("k1", `{"name":"b"}`); res.StatusCode != 422 || !strings.Contains(body, "idempotency_key_reused") {
		t.Errorf("another body: %d %s", res.StatusCode, body)
	}
	if res, _ := send("k2", `{"name":"b"}`); res.StatusCode != 201 || n != 2 {
		t.Errorf("another key: %d, done %d times", res.StatusCode, n)
	}
}

// form is a console form with one field; its success is counted.
func form(n *int) []web.Route {
	draw := func(struct{}) templ.Component { return templ.Raw("<p>form</p>") }
	type in struct {
		Name string `form:"name" json:"name"`
	}
	return []web.Route{
		{Method: "GET", Path: "/console/sign-in", Action: web.Public, Endpoint: web.Page(func(context.Context, web.None) (struct{}, error) { return struct{}{}, nil },
			func(s struct{}) templ.Component { return templ.Join(draw(s), ui.CSRF()) })},
		{Method: "POST", Path: "/console/sign-in", Action: web.Public, Endpoint: web.SubmitThen(func(context.Context, in) (web.None, error) { *n++; return web.None{}, nil }, nil,
			func(r *web.Request, _ in, _ web.None) error {
				if err := r.StartSession("admin1", nil); err != nil {
					return err
				}
				return r.Next("/console")
			})},
		{Method: "GET", Path: "/console", Action: web.SignedIn, Endpoint: web.Page(func(context.Context, web.None) (struct{}, error) { return struct{}{}, nil }, draw)},
	}
}

// token finds the hidden field of a page.
func token(t *testing.T, page string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `name="_csrf" value="`)
	if !ok {
		t.Fatalf("no token in %s", page)
	}
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

func cookies(res *http.Response) string {
	var out []string
	for _, c := range res.Cookies() {
		out = append(out, c.Name+"="+c.Value)
	}
	return strings.Join(out, "; ")
}

func TestAFormFromElsewhereIsRefused(t *testing.T) {
	n := 0
	s := serve(t, form(&n)...)
	page, html := ask(t, s, "GET", "/console/sign-in", "")
	jar, good := cookies(page), token(t, html)
	post := func(body string, header ...string) int {
		res, _ := ask(t, s, "POST", "/console/sign-in", body, append([]string{"Content-Type", "application/x-www-form-urlencoded", "Cookie", jar}, header...)...)
		return res.StatusCode
	}
	cases := []struct {
		what   string
		body   string
		header []string
		status int
	}{
		{"without a token", "name=a", nil, 403},
		{"with a forged token", "name=a&_csrf=" + strings.Repeat("A", 86), nil, 403},
		{"from another site", "name=a&_csrf=" + good, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"from a sibling host", "name=a&_csrf=" + good, []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"with a foreign origin", "name=a&_csrf=" + good, []string{"Origin", "https://evil.example"}, 403},
		{"with an empty token", "name=a&_csrf=", nil, 403},
		{"from our own page", "name=a&_csrf=" + good, []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://localhost:8080"}, 303},
	}
	for _, c := range cases {
		if got := post(c.body, c.header...); got != c.status {
			t.Errorf("%s: %d, want %d", c.what, got, c.status)
		}
	}
	if res, _ := ask(t, s, "POST", "/console/sign-in", "name=a&_csrf="+good, "Content-Type", "application/x-www-form-urlencoded"); res.StatusCode != 403 {
		t.Errorf("with the token of another visitor: %d", res.StatusCode)
	}
	if n != 1 {
		t.Errorf("the operation ran %d times", n)
	}
}

func TestSessionFixationASessionIDGivenBeforeSignInIsNotUsed(t *testing.T) {
	n := 0
	s := serve(t, form(&n)...)
	page, html := ask(t, s, "GET", "/console/sign-in", "")
	planted := "gatehouse=planted-by-an-attacker"
	res, _ := ask(t, s, "POST", "/console/sign-in", "_csrf="+token(t, html), "Content-Type", "application/x-www-form-urlencoded", "Cookie", cookies(page)+"; "+planted)
	jar := cookies(res)
	if res.StatusCode != 303 || !strings.Contains(jar, "gatehouse=") || strings.Contains(jar, "planted") {
		t.Fatalf("%d %s", res.StatusCode, jar)
	}
	if res, _ := ask(t, s, "GET", "/console", "", "Cookie", jar); res.StatusCode != 200 {
		t.Errorf("signed in: %d", res.StatusCode)
	}
	if res, _ := ask(t, s, "GET", "/console", "", "Cookie", planted); res.StatusCode != 303 || !strings.HasPrefix(res.Header.Get("Location"), "/console/sign-in") {
		t.Errorf("planted: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	for _, c := range res.Cookies() {
		if c.Name == "gatehouse" && (!c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/") {
			t.Errorf("cookie %+v", c)
		}
	}
}

func TestTheHeadersOfAPage(t *testing.T) {
	n := 0
	s := serve(t, form(&n)...)
	res, _ := ask(t, s, "GET", "/console/sign-in", "")
	for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Server": ""} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q", csp)
	}
}

func TestSafeNextLeadsNowhereElse(t *testing.T) {
	for in, want := range map[string]string{
		"/console/applications?q=a": "/console/applications?q=a", "https://evil.example/console": "/console", "//evil.example/console": "/console",
		"/console\\@evil.example": "/console", "javascript:alert(1)": "/console", "": "/console", "/sign-in": "/console", "/consoleevil\r\nX: y": "/console",
	} {
		if got := web.SafeNext(in); got != want {
			t.Errorf("%q leads to %q", in, got)
		}
	}
}

func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"name":null,"count":1,"list":["a"],"deep":{"seconds":3}}`, `{"name":{"a":[]}}`, `[[[[`, `"`, `{"name":"\ud800"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var in thingIn
		err := web.DecodeJSON(body, &in, web.Strict)
		if err == nil {
			return
		}
		if _, ok := models.AsFault(err); !ok {
			t.Errorf("%q gives an error that is no fault: %v", body, err)
		}
	})
}

// TestWordsComeBeforeParameters: whatever stands between them in the list, /z/default is found before /z/:id.
func TestWordsComeBeforeParameters(t *testing.T) {
	route := func(path string) web.Route {
		return web.Route{Method: "GET", Path: path, Action: web.Public, Endpoint: web.Raw(web.Native, func(_ context.Context, r *web.Request) error {
			return r.Bytes(200, "text/plain", []byte(path))
		})}
	}
	paths := []string{"/z/:id"}
	for _, letter := range strings.Split("abcdefghijklmnopqrstuvwxy", "") {
		paths = append(paths, "/"+letter, "/"+letter+"/:id", "/"+letter+"/:id/more", "/"+letter+"/list")
	}
	routes := []web.Route{}
	for _, path := range append(paths, "/z/default") {
		routes = append(routes, route(path))
	}
	s := serve(t, routes...)
	for path, want := range map[string]string{"/z/default": "/z/default", "/z/x": "/z/:id", "/m/list": "/m/list", "/m/x/more": "/m/:id/more"} {
		if _, body := ask(t, s, "GET", path, ""); body != want {
			t.Errorf("%s leads to %s", path, body)
		}
	}
}
