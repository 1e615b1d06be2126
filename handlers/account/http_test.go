package account_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/handlers/administrators"
	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/outbox"
	"gatehouse/handlers/settings"
	"gatehouse/handlers/setup"
	"gatehouse/models"
	"gatehouse/web"
)

const origin = "http://localhost:8080"

// site is the house behind HTTP, with its log.
type site struct {
	*house
	srv   *web.Server
	setup setup.Ops
	log   *bytes.Buffer
}

func serve(t testing.TB) *site {
	t.Helper()
	db, vault := dbtest.Open(t)
	return serveOn(t, db, vault)
}

func serveOn(t testing.TB, db models.DB, vault *models.Vault) *site {
	t.Helper()
	s := &site{house: open(t, db, vault), log: new(bytes.Buffer)}
	s.setup = setup.New(s.admin, setup.Headless{})
	s.setup.Now = func() time.Time { return *s.clock }
	var err error
	s.srv, err = web.New(web.Options{URL: origin, Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})), DB: db, Vault: vault,
		Accounts: s.admin, SetupOpen: s.setup.Open, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	for _, routes := range [][]web.Route{s.setup.Routes(), s.ops.Routes(), s.admin.Routes(), settings.New(db).Routes(), s.out.Routes()} {
		if err := s.srv.Mount(routes...); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// browser keeps cookies, sends the form token of the page it is on, and follows no redirect.
type browser struct {
	t    testing.TB
	site *site
	jar  http.CookieJar
	page string // the last page
}

func (s *site) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{t: s.t, site: s, jar: jar}
}

type answer struct {
	*http.Response
	Body string
}

func (b *browser) send(req *http.Request) answer {
	b.t.Helper()
	u, _ := url.Parse(origin)
	for _, c := range b.jar.Cookies(u) {
		req.AddCookie(c)
	}
	req.Host = u.Host
	res, err := b.site.srv.Fiber().Test(req, 20_000)
	if err != nil {
		b.t.Fatal(err)
	}
	b.jar.SetCookies(u, res.Cookies())
	body, _ := io.ReadAll(res.Body)
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		b.page = string(body)
	}
	return answer{res, string(body)}
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.send(httptest.NewRequest("GET", path, nil))
}

var token = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

func (b *browser) csrf() string {
	if m := token.FindStringSubmatch(b.page); m != nil {
		return m[1]
	}
	return ""
}

func (b *browser) post(path string, fields ...string) answer {
	b.t.Helper()
	form := url.Values{"_csrf": {b.csrf()}}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	req := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(req)
}

// session is the cookie of the console session.
func (b *browser) session() string {
	u, _ := url.Parse(origin)
	for _, c := range b.jar.Cookies(u) {
		if c.Name == "gatehouse" {
			return c.Value
		}
	}
	return ""
}

func (b *browser) signIn(email, next string) answer {
	b.t.Helper()
	b.get("/console/sign-in")
	return b.post("/console/sign-in", "email", email, "password", password, "next", next)
}

func field(page, name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return m[1]
}

func TestSetupOpensOnceWithItsLink(t *testing.T) {
	s := serve(t)
	b := s.browser()
	if r := b.get("/console/account"); r.StatusCode != 303 || r.Header.Get("Location") != "/setup" {
		t.Fatalf("%d %s", r.StatusCode, r.Header.Get("Location"))
	}
	old, err := s.setup.Begin(context.Background(), origin)
	if err != nil {
		t.Fatal(err)
	}
	s.later(2 * administrators.Together)
	link, err := s.setup.Begin(context.Background(), origin)
	if err != nil || !strings.HasPrefix(link, origin+"/setup?token=") {
		t.Fatal(link, err)
	}
	for what, path := range map[string]string{"no link": "/setup", "an invented one": "/setup?token=" + models.RandomToken(), "one of an earlier start": strings.TrimPrefix(old, origin)} {
		if r := b.get(path); r.StatusCode != 403 || !strings.Contains(r.Body, "Set up Gatehouse:") {
			t.Errorf("%s: %d", what, r.StatusCode)
		}
	}
	path := strings.TrimPrefix(link, origin)
	r := b.get(path)
	if r.StatusCode != 200 || r.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Fatalf("%d %s", r.StatusCode, r.Header.Get("Referrer-Policy"))
	}
	key := field(r.Body, "token")
	if r := b.post("/setup", "token", key, "name", "", "email", "x", "password", "password"); r.StatusCode != 422 || strings.Count(r.Body, `class="err"`) != 3 {
		t.Errorf("a bad form: %d, %d problems", r.StatusCode, strings.Count(r.Body, `class="err"`))
	}
	if r := b.post("/setup", "token", "wrong", "name", "Mia", "email", "mia@example.com", "password", password); r.StatusCode != 403 {
		t.Errorf("a wrong token: %d", r.StatusCode)
	}
	b.get(path)
	if r := b.post("/setup", "token", key, "name", "Mia Okafor", "email", "mia@example.com", "password", password); r.StatusCode != 303 || r.Header.Get("Location") != "/console" {
		t.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	if r := b.get("/console/account"); r.StatusCode != 200 || !strings.Contains(r.Body, "Mia Okafor") {
		t.Errorf("the new owner is not signed in: %d", r.StatusCode)
	}
	if r := s.browser().get(path); r.StatusCode != 404 {
		t.Errorf("setup a second time: %d", r.StatusCode)
	}
	other := s.browser()
	other.get("/console/sign-in")
	if r := other.post("/setup", "token", key, "name", "Eve", "email", "eve@example.com", "password", password); r.StatusCode != 404 {
		t.Errorf("a second owner: %d", r.StatusCode)
	}
	if link, err := s.setup.Begin(context.Background(), origin); link != "" || err != nil {
		t.Errorf("a restart prints %q %v", link, err)
	}
}

func TestASignInMakesASessionOfItsOwn(t *testing.T) {
	s := serve(t)
	s.owner("mia@example.com")
	b := s.browser()
	u, _ := url.Parse(origin)
	b.jar.SetCookies(u, []*http.Cookie{{Name: "gatehouse", Value: "an-id-that-somebody-planted", Path: "/"}})
	if r := b.signIn("mia@example.com", "/console/account"); r.StatusCode != 303 || r.Header.Get("Location") != "/console/account" {
		t.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	first := b.session()
	if first == "" || strings.Contains(first, "planted") {
		t.Fatal("the planted id was kept")
	}
	// A rise in privilege gives a new id and ends the old one.
	b.get("/console/sign-in/confirm?next=/console/account")
	if r := b.post("/console/sign-in/confirm", "password", "wrong"); r.StatusCode != 401 || b.session() != first {
		t.Errorf("a wrong password: %d", r.StatusCode)
	}
	if r := b.post("/console/sign-in/confirm", "password", password, "next", "/console/account"); r.StatusCode != 303 || b.session() == first {
		t.Fatalf("%d, same session %v", r.StatusCode, b.session() == first)
	}
	thief := s.browser()
	thief.jar.SetCookies(u, []*http.Cookie{{Name: "gatehouse", Value: first, Path: "/"}})
	if r := thief.get("/console/account"); r.StatusCode != 303 {
		t.Errorf("the old session still opens: %d", r.StatusCode)
	}
	b.get("/console/account")
	last := b.session()
	if r := b.post("/console/sign-out"); r.StatusCode != 303 {
		t.Fatalf("%d", r.StatusCode)
	}
	thief.jar.SetCookies(u, []*http.Cookie{{Name: "gatehouse", Value: last, Path: "/"}})
	if r := thief.get("/console/account"); r.StatusCode != 303 {
		t.Errorf("a session that was signed out still opens: %d", r.StatusCode)
	}
}

func TestNothingOpensBetweenPasswordAndSecondFactor(t *testing.T) {
	s := serve(t)
	who := s.owner("mia@example.com")
	secret, _ := s.enrol(who)
	b := s.browser()
	r := b.signIn("mia@example.com", "/console/account")
	ticket := field(r.Body, "ticket")
	if r.StatusCode != 200 || ticket == "" || b.session() != "" {
		t.Fatalf("%d, ticket %q, session %q", r.StatusCode, ticket, b.session())
	}
	if r := b.get("/console/account"); r.StatusCode != 303 {
		t.Errorf("the console opens before the second factor: %d", r.StatusCode)
	}
	b.get("/console/sign-in")
	if r := b.post("/console/sign-in/code", "ticket", ticket, "code", "000000"); r.StatusCode != 401 || field(r.Body, "ticket") != ticket {
		t.Errorf("a wrong code: %d", r.StatusCode)
	}
	if r := b.post("/console/sign-in/code", "ticket", ticket, "code", s.code(secret), "next", "/console/account"); r.StatusCode != 303 || b.session() == "" {
		t.Errorf("a right code: %d", r.StatusCode)
	}
}

func TestFormsComeFromOurOwnPages(t *testing.T) {
	s := serve(t)
	s.owner("mia@example.com")
	b := s.browser()
	b.get("/console/sign-in")
	mine := b.csrf()
	b.page = ""
	if r := b.post("/console/sign-in", "email", "mia@example.com", "password", password); r.StatusCode != 403 || b.session() != "" {
		t.Errorf("sign-in without a token: %d", r.StatusCode)
	}
	stranger := s.browser()
	stranger.get("/console/sign-in")
	stranger.page = `name="_csrf" value="` + mine + `"`
	if r := stranger.post("/console/sign-in", "email", "mia@example.com", "password", password); r.StatusCode != 403 {
		t.Errorf("sign-in with a token of another visitor: %d", r.StatusCode)
	}
	b.get("/console/sign-in")
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		form := url.Values{"_csrf": {b.csrf()}, "email": {"mia@example.com"}, "password": {password}}
		req := httptest.NewRequest("POST", "/console/sign-in", strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set(name, value)
		if r := b.send(req); r.StatusCode != 403 {
			t.Errorf("%s %s: %d", name, value, r.StatusCode)
		}
		b.get("/console/sign-in")
	}
	b.signIn("mia@example.com", "")
	for _, path := range []string{"/console/account", "/console/account/totp", "/console/sign-out", "/console/administrators", "/console/settings", "/console/theme"} {
		b.page = ""
		if r := b.post(path, "name", "Eve"); r.StatusCode != 403 {
			t.Errorf("%s without a token: %d", path, r.StatusCode)
		}
	}
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	s := serve(t)
	s.owner("mia@example.com")
	for next, want := range map[string]string{
		"/console/settings?x=1": "/console/settings?x=1", "https://evil.example/": "/console", "//evil.example": "/console", "/\\evil.example": "/console",
		"/console/../../evil": "/console", "javascript:alert(1)": "/console", "/console\r\nSet-Cookie: a=b": "/console", "/consolex": "/console", "": "/console",
	} {
		r := s.browser().signIn("mia@example.com", next)
		if got := r.Header.Get("Location"); r.StatusCode != 303 || got != want {
			t.Errorf("%q leads to %q (%d), want %q", next, got, r.StatusCode, want)
		}
	}
}

func TestALockSaysHowLongAndOffersTheCode(t *testing.T) {
	s := serve(t)
	s.owner("mia@example.com")
	var bodies []string
	for _, email := range []string{"mia@example.com", "nobody@example.com"} {
		b := s.browser()
		b.get("/console/sign-in")
		for range 5 {
			if r := b.post("/console/sign-in", "email", email, "password", "wrong"); r.StatusCode != 401 {
				t.Fatalf("%d", r.StatusCode)
			}
		}
		r := b.post("/console/sign-in", "email", email, "password", password)
		if r.StatusCode != 429 || r.Header.Get("Retry-After") == "" || !strings.Contains(r.Body, `name="code"`) {
			t.Errorf("%s: %d %q", email, r.StatusCode, r.Header.Get("Retry-After"))
		}
		body := regexp.MustCompile(`value="[^"]*"`).ReplaceAllString(r.Body, "")
		bodies = append(bodies, strings.ReplaceAll(body, email, ""))
	}
	if bodies[0] != bodies[1] {
		t.Error("the pages of a known and an unknown account differ")
	}
}

func TestAnInvitationIsAcceptedOnce(t *testing.T) {
	s := serve(t)
	s.owner("mia@example.com")
	b := s.browser()
	b.signIn("mia@example.com", "")
	b.get("/console/administrators/new")
	r := b.post("/console/administrators", "name", "Leo Lee", "email", "leo@example.com", "role", "editor")
	if r.StatusCode != 303 {
		t.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	page, err := s.out.List(dbtest.Context(t), outbox.ListIn{To: "leo@example.com"})
	if err != nil || len(page.Items) != 1 {
		t.Fatal(len(page.Items), err)
	}
	var data struct{ Link, Token string }
	_ = json.Unmarshal(page.Items[0].Data, &data)
	path, ok := strings.CutPrefix(data.Link, origin)
	if !ok {
		t.Fatalf("the link %s is not of the configured origin", data.Link)
	}
	leo := s.browser()
	if r := leo.get(path); r.StatusCode != 200 || !strings.Contains(r.Body, "Leo Lee") || r.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Fatalf("%d", r.StatusCode)
	}
	if r := leo.post("/console/invite", "token", data.Token, "password", "leo@example.com"); r.StatusCode != 422 {
		t.Errorf("the address as password: %d", r.StatusCode)
	}
	if r := leo.post("/console/invite", "token", data.Token, "password", "eleven loud otters"); r.StatusCode != 303 || leo.session() == "" {
		t.Fatalf("%d", r.StatusCode)
	}
	eve := s.browser()
	if r := eve.get(path); r.StatusCode != 404 || !strings.Contains(r.Body, "does not work any more") {
		t.Errorf("the link a second time: %d", r.StatusCode)
	}
	if r := eve.post("/console/invite", "token", data.Token, "password", "twelve loud otters"); r.StatusCode != 404 {
		t.Errorf("the form a second time: %d", r.StatusCode)
	}
	for path, want := range map[string]int{"/console/administrators": 200, "/console/administrators/new": 403, "/console/outbox": 200, "/console/outbox/" + page.Items[0].ID: 404, "/console/settings": 200} {
		if r := leo.get(path); r.StatusCode != want {
			t.Errorf("an editor at %s: %d, want %d", path, r.StatusCode, want)
		}
	}
	leo.get("/console/settings")
	if r := leo.post("/console/settings", "name", "Leo's"); r.StatusCode != 403 {
		t.Errorf("an editor changes settings: %d", r.StatusCode)
	}
}

func TestAThemeIsAnybodysChoice(t *testing.T) {
	s := serve(t)
	s.owner("mia@example.com")
	b := s.browser()
	b.get("/console/sign-in")
	if r := b.post("/console/theme", "value", "dark", "return_to", "https://evil.example"); r.StatusCode != 303 || r.Header.Get("Location") != "/console" {
		t.Errorf("%d %s", r.StatusCode, r.Header.Get("Location"))
	}
	if r := b.get("/console/sign-in"); !strings.Contains(r.Body, `data-theme="dark"`) {
		t.Error("the page is not dark")
	}
	b.signIn("mia@example.com", "")
	b.get("/console/account")
	b.post("/console/theme", "value", "light", "return_to", "/console/account")
	elsewhere := s.browser()
	elsewhere.signIn("mia@example.com", "")
	if r := elsewhere.get("/console/account"); !strings.Contains(r.Body, `data-theme="light"`) {
		t.Error("another browser does not know the choice")
	}
}

func TestTheLogHoldsNothingSecret(t *testing.T) {
	s := serve(t)
	link, err := s.setup.Begin(context.Background(), origin)
	if err != nil {
		t.Fatal(err)
	}
	b := s.browser()
	b.get(strings.TrimPrefix(link, origin))
	b.post("/setup", "token", field(b.page, "token"), "name", "Mia", "email", "mia@example.com", "password", password)
	b.get("/console/account")
	b.post("/console/account/totp")
	b.get("/console/account/totp")
	secret := strings.ReplaceAll(regexp.MustCompile(`data-copy="([A-Z2-7 ]{39})"`).FindStringSubmatch(b.page)[1], " ", "")
	*s.clock = models.Now()
	code := s.code(secret)
	r := b.post("/console/account/totp/confirm", "code", code)
	recovery := regexp.MustCompile(`[a-z2-7]{7}(-[a-z2-7]{7}){3}`).FindString(r.Body)
	if r.StatusCode != 200 || recovery == "" {
		t.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	other := s.browser()
	other.get("/console/forgot-password")
	other.post("/console/forgot-password", "email", "mia@example.com")
	page, err := s.out.List(dbtest.Context(t), outbox.ListIn{})
	if err != nil || len(page.Items) != 1 {
		t.Fatal(len(page.Items), err)
	}
	var data struct{ Token, Link string }
	_ = json.Unmarshal(page.Items[0].Data, &data)
	other.get(strings.TrimPrefix(data.Link, origin))

	var events []models.Event
	if err := s.db.Read.NewSelect().Model(&events).Scan(context.Background()); err != nil {
		t.Fatal(err)
	}
	all, _ := json.Marshal(events)
	setupToken, _ := url.QueryUnescape(strings.TrimPrefix(link, origin+"/setup?token="))
	for what, value := range map[string]string{"password": password, "setup token": setupToken, "reset token": data.Token, "app secret": secret,
		"recovery code": recovery, "session": b.session()} {
		if value == "" || strings.Contains(s.log.String(), value) || strings.Contains(string(all), value) {
			t.Errorf("the %s (%q) is in the log or the events", what, value)
		}
	}
	if s.log.Len() == 0 || len(events) < 3 {
		t.Errorf("%d bytes of log, %d events", s.log.Len(), len(events))
	}
}

func TestHeadlessStartIsIdempotent(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := open(t, db, vault)
	ctx := context.Background()
	begin := func(env setup.Headless) (setup.Ops, error) {
		o := setup.New(h.admin, env)
		link, err := o.Begin(ctx, origin)
		if err == nil && (link != "") != (env.Email == "") {
			err = fmt.Errorf("printed %q", link)
		}
		return o, err
	}
	for what, env := range map[string]setup.Headless{
		"an address without a password": {Email: "mia@example.com"},
		"a password that is too common": {Email: "mia@example.com", Password: models.NewSecret("password1")},
		"no address":                    {Email: "mia", Password: models.NewSecret(password)},
		"an id without a secret":        {ClientID: "x"},
		"an id that is no id":           {ClientID: "a b", ClientSecret: models.NewSecret("x")},
	} {
		if _, err := begin(env); err == nil || strings.Contains(err.Error(), "password1") {
			t.Errorf("%s: %v", what, err)
		}
	}
	for range 2 {
		o, err := begin(setup.Headless{Email: "mia@example.com", Password: models.NewSecret(password)})
		if err != nil {
			t.Fatal(err)
		}
		if o.Open(ctx) {
			t.Error("setup is open beside a headless start")
		}
		if err := o.Bootstrap(ctx); err != nil {
			t.Fatal(err)
		}
		<-o.Settled()
	}
	if n, _ := db.Read.NewSelect().Model((*models.Administrator)(nil)).Count(ctx); n != 1 {
		t.Errorf("%d administrators", n)
	}
	if out, err := h.signIn("192.0.2.1", "mia@example.com", password, ""); err != nil || out.Administrator.Role != models.RoleOwner {
		t.Error(out, err)
	}
}
