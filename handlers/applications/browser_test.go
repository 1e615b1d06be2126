package applications_test

import (
	"context"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/handlers/dbtest"
	"gatehouse/models"
	"gatehouse/web"
)

// people are the administrators that the tests know, by role.
type people struct{}

func (people) Administrator(_ context.Context, id string) (models.Actor, web.Account, error) {
	return models.Actor{Kind: models.ActorAdministrator, ID: id, Name: id, TenantID: models.DefaultTenant, Actions: models.RoleActions(id)},
		web.Account{ID: id, Name: id, Email: id + "@fernway.example", Role: id}, nil
}

const origin = "http://localhost:8080"

// browser is a signed-in administrator without scripts: it follows links, fills in forms and remembers cookies.
type browser struct {
	t       testing.TB
	ops     applications.Ops
	server  *web.Server
	cookies map[string]string
	Page    string // what is on the screen
	Status  int
	At      string
}

// open signs somebody of a role in.
func open(t testing.TB, role string) *browser {
	t.Helper()
	db, vault := dbtest.Open(t)
	return openOn(t, applications.New(db, vault, clients.New(db, vault)), role)
}

func openOn(t testing.TB, o applications.Ops, role string) *browser {
	t.Helper()
	s, err := web.New(web.Options{URL: origin, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), DB: o.DB, Vault: o.Vault, Accounts: people{}})
	if err != nil {
		t.Fatal(err)
	}
	pages := applications.Pages{Ops: o, Tenant: func(context.Context) (models.Tenant, error) {
		return models.Tenant{AccessTokenLifetimeSeconds: 3600}, nil
	}}
	enter := web.Route{"GET", "/enter", web.Public, web.Raw(web.Console, func(_ context.Context, r *web.Request) error {
		if err := r.StartSession(role, nil); err != nil {
			return err
		}
		return r.Empty(204)
	})}
	if err := s.Mount(append(append(pages.Routes(), o.Routes()...), enter)...); err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, ops: o, server: s, cookies: map[string]string{}}
	b.Go("/enter")
	return b
}

func (b *browser) ask(method, path, body string, headers ...string) *http.Response {
	b.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Host = "localhost:8080"
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	for k, v := range b.cookies {
		req.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	res, err := b.server.Fiber().Test(req, 20_000)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	raw, _ := io.ReadAll(res.Body)
	b.Page, b.Status, b.At = string(raw), res.StatusCode, path
	return res
}

// Go opens an address.
func (b *browser) Go(path string, headers ...string) {
	b.t.Helper()
	b.ask("GET", path, "", headers...)
}

var token = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// Send posts a form from the page that is open, with its token, and follows the way on.
func (b *browser) Send(path string, fields url.Values) {
	b.t.Helper()
	m := token.FindStringSubmatch(b.Page)
	if m == nil {
		b.t.Fatalf("no form on %s (%d)", b.At, b.Status)
	}
	fields.Set("_csrf", html.UnescapeString(m[1]))
	res := b.ask("POST", path, fields.Encode())
	if res.StatusCode == 303 {
		b.Go(res.Header.Get("Location"))
	}
}

var field = regexp.MustCompile(`(?s)<(?:input|textarea)[^>]*?>`)
var attribute = regexp.MustCompile(`([a-z-]+)="([^"]*)"`)
var area = regexp.MustCompile(`(?s)<textarea[^>]*?name="([^"]+)"[^>]*>(.*?)</textarea>`)

// Form reads the fields of the form with an id, as a browser would send them back untouched.
func (b *browser) Form(id string) url.Values {
	b.t.Helper()
	i := strings.Index(b.Page, `id="`+id+`"`)
	if i < 0 {
		b.t.Fatalf("no form %s on %s (%d)", id, b.At, b.Status)
	}
	page := b.Page[strings.LastIndex(b.Page[:i], "<form"):]
	page = page[:strings.Index(page, "</form>")]
	out := url.Values{}
	for _, tag := range field.FindAllString(page, -1) {
		at := map[string]string{}
		for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
			at[m[1]] = html.UnescapeString(m[2])
		}
		if at["name"] == "" || strings.HasPrefix(tag, "<textarea") || (at["type"] == "checkbox" || at["type"] == "radio") && !strings.Contains(tag, " checked") {
			continue
		}
		out.Add(at["name"], at["value"])
	}
	for _, m := range area.FindAllStringSubmatch(page, -1) {
		out.Set(m[1], html.UnescapeString(m[2]))
	}
	if strings.Contains(page, `name="language"`) {
		out.Set("language", "en")
	}
	out.Del("_csrf")
	return out
}

// Sees fails unless the page has all of the texts.
func (b *browser) Sees(texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		if !strings.Contains(b.Page, text) {
			b.t.Errorf("%s (%d) lacks %q", b.At, b.Status, text)
		}
	}
}

// SeesNot fails if the page has one of the texts.
func (b *browser) SeesNot(texts ...string) {
	b.t.Helper()
	for _, text := range texts {
		if strings.Contains(b.Page, text) {
			b.t.Errorf("%s (%d) shows %q", b.At, b.Status, text)
		}
	}
}

// serve answers one request without a network, for benchmarks: what is measured is the server alone.
func (b *browser) serve(path string) func() int {
	h := b.server.Fiber().Handler()
	var cookies []string
	for k, v := range b.cookies {
		cookies = append(cookies, k+"="+v)
	}
	var c fasthttp.RequestCtx
	return func() int {
		c.Request.Reset()
		c.Response.Reset()
		c.Request.Header.SetMethod("GET")
		c.Request.SetRequestURI(path)
		c.Request.Header.SetHost("localhost:8080")
		c.Request.Header.Set("Cookie", strings.Join(cookies, "; "))
		h(&c)
		return c.Response.StatusCode()
	}
}
