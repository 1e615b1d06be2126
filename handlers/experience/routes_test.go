package experience

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
	"gatehouse/views/hosted"
	"gatehouse/web"
)

type tokens struct{}

func (tokens) Bearer(_ context.Context, token, _ string) (models.Actor, error) {
	return models.Actor{Kind: models.ActorClient, ID: "c1", Name: "Pipeline", TenantID: models.DefaultTenant, Actions: models.ManagementActions}, nil
}

// served is the feature behind a server, as programs and browsers reach it.
func served(t *testing.T) (Ops, *web.Server) {
	t.Helper()
	db, vault := dbtest.Open(t)
	o := New(db, vault)
	s, err := web.New(web.Options{URL: "http://localhost:8080", Log: slog.New(slog.NewTextHandler(io.Discard, nil)), DB: db, Vault: vault, Tokens: tokens{}})
	if err == nil {
		err = s.Mount(o.Routes()...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o, s
}

func ask(t *testing.T, s *web.Server, method, target, body string, header ...string) (*http.Response, string) {
	t.Helper()
	req := httptest.NewRequest(method, target, strings.NewReader(body))
	req.Host = "localhost:8080"
	if strings.HasPrefix(target, "/rest/") {
		req.Header.Set("Authorization", "Bearer x")
		req.Header.Set("Content-Type", "application/json")
	}
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

func TestThePreviewIsByteForByteThePublishedPage(t *testing.T) {
	o, s := served(t)
	ctx := dbtest.Context(t)
	patchDraft(t, o, ctx, `{"branding":{"display_name":"Fernway","primary_color":"#0f5f47","corners":"round"},"custom_css":".hosted h1 { color: #0f5f47; }","phrases":{"es":{"sign_in.title":"Entra en {name}"}}}`)
	draft := map[hosted.Step]string{}
	for _, step := range hosted.Steps {
		res, html := ask(t, s, "GET", "/rest/v1/experience/preview?lang=es&step="+string(step), "")
		if res.StatusCode != 200 {
			t.Fatalf("%s: %d", step, res.StatusCode)
		}
		draft[step] = html
	}
	if _, err := o.Publish(ctx, PublishIn{}); err != nil {
		t.Fatal(err)
	}
	live, err := o.Live(ctx, ScopeIn{})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range hosted.Steps {
		var published strings.Builder
		if err := hosted.View(Sample(live.Look, "Fernway", step, live.WordsFor("es", ""))).Render(ctx, &published); err != nil {
			t.Fatal(err)
		}
		if published.String() != draft[step] {
			t.Errorf("%s differs:\n%s\n%s", step, published.String(), draft[step])
		}
	}
}

func TestAStrayVisitorIsToldWhatThePageIs(t *testing.T) {
	o, s := served(t)
	for path, says := range map[string]string{"/sign-in": "You arrive here from an app", "/register": "An account begins in an app", "/forgot-password": "Begin where you sign in",
		"/consent": "Nothing is waiting", "/device": "No device is waiting", "/sign-out": "You are not signed in here"} {
		res, html := ask(t, s, "GET", path, "")
		csp := res.Header.Get("Content-Security-Policy")
		if res.StatusCode != 200 || !strings.Contains(html, says) || !strings.Contains(csp, "frame-ancestors 'none'") || !strings.Contains(csp, "script-src 'none'") || res.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %d %s %.200s", path, res.StatusCode, csp, html)
		}
	}
	if _, html := ask(t, s, "GET", "/sign-in", "", "Accept-Language", "ar"); !strings.Contains(html, `dir="rtl"`) {
		t.Error("the browser's language is followed")
	}
	patch(t, o, dbtest.Context(t), "", `{"methods":{"unknown_session_url":"https://fernway.example/start"},"branding":{"logo_url":"https://cdn.fernway.example/logo.png"}}`)
	if res, _ := ask(t, s, "GET", "/sign-in", ""); res.StatusCode != 303 || res.Header.Get("Location") != "https://fernway.example/start" {
		t.Errorf("stray visitors are sent on: %d", res.StatusCode)
	}
	if res, _ := ask(t, s, "GET", "/sign-out", ""); !strings.Contains(res.Header.Get("Content-Security-Policy"), "img-src 'self' data: https://cdn.fernway.example") {
		t.Errorf("the logo's origin is open: %s", res.Header.Get("Content-Security-Policy"))
	}
}

func TestOnlyThePreviewMayBeFramedAndItIsSandboxed(t *testing.T) {
	_, s := served(t)
	res, _ := ask(t, s, "GET", "/rest/v1/experience/preview", "")
	csp := res.Header.Get("Content-Security-Policy")
	for _, want := range []string{"frame-ancestors 'self'", "sandbox", "script-src 'none'", "form-action 'none'", "default-src 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("no %s in %s", want, csp)
		}
	}
	for _, bad := range []string{"?step=nothing", "?theme=pink"} {
		if res, body := ask(t, s, "GET", "/rest/v1/experience/preview"+bad, ""); res.StatusCode != 422 {
			t.Errorf("%s: %d %s", bad, res.StatusCode, body)
		}
	}
}

func TestStylesheetsAreServedByTheirContent(t *testing.T) {
	o, s := served(t)
	ctx := dbtest.Context(t)
	patchDraft(t, o, ctx, `{"custom_css":".hosted { top: 0; }"}`)
	_, html := ask(t, s, "GET", "/rest/v1/experience/preview", "")
	hrefs := regexp.MustCompile(`/brand/[^"]+`).FindAllString(html, -1)
	if len(hrefs) != 2 {
		t.Fatalf("stylesheets %v", hrefs)
	}
	for _, href := range hrefs {
		res, css := ask(t, s, "GET", href, "")
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") || res.Header.Get("X-Content-Type-Options") != "nosniff" || css == "" {
			t.Errorf("%s: %d %v", href, res.StatusCode, res.Header)
		}
	}
	for _, href := range []string{"/brand/x/brand.css", "/brand/00000000000000000000000000000000/custom.css", "/brand/%2e%2e/custom.css"} {
		if res, _ := ask(t, s, "GET", href, ""); res.StatusCode != 404 {
			t.Errorf("%s: %d", href, res.StatusCode)
		}
	}
}

func TestTheStoryOverREST(t *testing.T) {
	_, s := served(t)
	steps := []struct {
		method, path, body, contains string
		status                       int
	}{
		{"GET", "/rest/v1/experience", "", `"version":0`, 200},
		{"PATCH", "/rest/v1/experience", `{"branding":{"primary_color":"#0f5f47"}}`, `"version":1`, 200},
		{"PATCH", "/rest/v1/experience", `{"branding":{"primary_color":"teal"}}`, `"name":"branding.primary_color"`, 422},
		{"PATCH", "/rest/v1/experience", `{"brand":{}}`, `"name":"brand"`, 422},
		{"PATCH", "/rest/v1/experience/draft", `{"branding":{"primary_color":"#ffff00"}}`, `"pair":"primary_on_background"`, 200},
		{"GET", "/rest/v1/experience/diff", "", `"path":"branding.primary_color","live":"#0f5f47","draft":"#ffff00"`, 200},
		{"PATCH", "/rest/v1/experience", `{"branding":{"primary_color":"#112233"}}`, `"version":2`, 200},
		{"POST", "/rest/v1/experience/publish", `{}`, `changed_on_both_sides`, 409},
		{"POST", "/rest/v1/experience/publish", `{"resolve":{"branding.primary_color":"both"}}`, `resolve.branding.primary_color`, 422},
		{"POST", "/rest/v1/experience/publish", `{"resolve":{"branding.primary_color":"mine"}}`, `"primary_color":"#ffff00"`, 200},
		{"POST", "/rest/v1/experience/versions/1/restore", ``, `"version":4`, 200},
		{"GET", "/rest/v1/experience/versions?limit=1", "", `"restored_from":1`, 200},
		{"GET", "/rest/v1/experience/versions/9", "", `version_not_found`, 404},
		{"PUT", "/rest/v1/experience/phrases/es", `{"phrases":{"continue":"Sigue"}}`, `"key":"continue","text":"Sigue","default":"Continuar","own":true`, 200},
		{"PUT", "/rest/v1/experience/phrases/es", `{"phrases":{"nothing":"x"}}`, `unknown_phrase`, 422},
		{"PUT", "/rest/v1/experience/phrases/spanish", `{"phrases":{"continue":"x"}}`, `not_a_language`, 422},
		{"GET", "/rest/v1/experience/phrases/ar", "", `"direction":"rtl"`, 200},
		{"DELETE", "/rest/v1/experience/phrases/es", "", ``, 204},
		{"GET", "/rest/v1/experience/phrases/es", "", `"key":"continue","text":"Continuar","default":"Continuar","own":false`, 200},
		{"DELETE", "/rest/v1/experience/draft", "", `draft_not_found`, 404},
		{"GET", "/rest/v1/applications/nosuchapplication0000/experience", "", `application_not_found`, 404},
	}
	for _, c := range steps {
		res, body := ask(t, s, c.method, c.path, c.body)
		if res.StatusCode != c.status || !strings.Contains(body, c.contains) {
			t.Errorf("%s %s %s: %d %.400s", c.method, c.path, c.body, res.StatusCode, body)
		}
	}
}

func TestAFormChangesOnlyWhatDiffersAndAnEmptiedOverlayInherits(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault), dbtest.Context(t)
	app := application(t, ctx, db)
	fill := func(text string) form {
		values, err := url.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		return form(values)
	}
	d, err := o.save(ctx, EditIn{Section: "branding"}, fill("branding.layout=split&branding.dark_mode=&branding.dark_mode=true&branding.primary_color=%230F5F47&methods.captcha=true"))
	if err != nil || len(d.Changes) != 1 || d.Changes[0].Path != "branding.primary_color" || d.Settings.Branding.Primary != "#0f5f47" {
		t.Fatalf("%+v, %v", d.Changes, err)
	}
	if d, err = o.save(ctx, EditIn{Section: "branding"}, fill("branding.primary_color=&version=1")); err != nil || len(d.Changes) != 0 {
		t.Errorf("back to the built-in colour: %+v, %v", d.Changes, err)
	}
	_, err = o.save(ctx, EditIn{Section: "security"}, fill("password.min_length=many"))
	if f, _ := models.AsFault(err); f == nil || f.Fields[0].Name != "password.min_length" {
		t.Errorf("not a number: %v", err)
	}
	d, err = o.save(ctx, EditIn{Section: "methods"}, fill("methods.identifiers=form&id.phone.code=true&id.phone.place=1&id.email.password=true&id.email.place=2&id.username.place=3"))
	if err != nil || len(d.Settings.Methods.Identifiers) != 2 || d.Settings.Methods.Identifiers[0].Identifier != "phone" {
		t.Errorf("identifiers %+v, %v", d.Settings.Methods.Identifiers, err)
	}
	for sent, want := range map[string]string{ // as the form draws the places: see views/experience
		"id.phone.place=24&id.email.place=15":                                                "email phone",
		"id.phone.place=14&id.email.place=15":                                                "phone email",
		"id.phone.place=25&id.email.place=26":                                                "phone email",
		"id.phone.place=25&id.email.place=15&id.username.password=true&id.username.place=95": "email phone username",
		"id.phone.place=25&id.email.place=15&id.username.password=true&id.username.place=14": "username email phone",
	} {
		d, err = o.save(ctx, EditIn{Section: "methods"}, fill("methods.identifiers=form&id.phone.code=true&id.email.password=true&"+sent))
		var names []string
		for _, id := range d.Settings.Methods.Identifiers {
			names = append(names, id.Identifier)
		}
		if got := strings.Join(names, " "); err != nil || got != want {
			t.Errorf("%s: %q, %v", sent, got, err)
		}
	}
	d, err = o.save(ctx, EditIn{Section: "security"}, fill("lockout.tiers=form&tier.0.attempts=3&tier.0.minutes=2&tier.1.attempts=9&tier.1.minutes=&tier.2.attempts="))
	if err != nil || len(d.Settings.Lockout.Tiers) != 2 || d.Settings.Lockout.Tiers[1].Minutes != nil {
		t.Errorf("tiers %+v, %v", d.Settings.Lockout, err)
	}
	d, err = o.save(ctx, EditIn{Section: "languages"}, fill("languages.enabled=&languages.enabled=en&languages.enabled=es&languages.more=fr&phrases.en.continue=Go+on&phrases.en.back="))
	if err != nil || len(d.Settings.Languages.Enabled) != 3 || d.Settings.Phrases["en"]["continue"] != "Go on" || len(d.Settings.Phrases["en"]) != 1 {
		t.Errorf("languages %+v %+v, %v", d.Settings.Languages, d.Settings.Phrases, err)
	}
	in := EditIn{ScopeIn: ScopeIn{app}}
	if d, err = o.save(ctx, in, fill("branding.layout=card&branding.primary_color=&branding.display_name=Shop")); err != nil || len(d.Overlay) != 2 {
		t.Errorf("overlay %v, %v", d.Overlay, err)
	}
	if d, err = o.save(ctx, in, fill("branding.layout=&branding.display_name=Shop")); err != nil || len(d.Overlay) != 1 {
		t.Errorf("emptied %v, %v", d.Overlay, err)
	}
}
