package logto_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/certificates"
	"gatehouse/handlers/clients"
	"gatehouse/handlers/connections"
	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/documents"
	"gatehouse/handlers/domains"
	"gatehouse/handlers/events"
	"gatehouse/handlers/experience"
	"gatehouse/handlers/grants"
	"gatehouse/handlers/keys"
	"gatehouse/handlers/logto"
	"gatehouse/handlers/mails"
	"gatehouse/handlers/oauth"
	"gatehouse/handlers/outbox"
	"gatehouse/handlers/resources"
	"gatehouse/handlers/roles"
	"gatehouse/handlers/settings"
	"gatehouse/handlers/uploads"
	"gatehouse/models"
	"gatehouse/web"
)

const (
	origin   = "http://localhost:8080"
	audience = "https://default.logto.app/api"
)

// world is a server with the dialect, real tokens, and two callers: a management application and an ordinary one.
type world struct {
	t        testing.TB
	db       models.DB
	vault    *models.Vault
	server   *web.Server
	dialect  logto.Dialect
	settings settings.Ops
	contract contract
	texts    map[string][]string // TXT records by name
	admin    party
	shop     party
}

// party is a client that asks, with its token for this dialect.
type party struct{ app, client, secret, token string }

func newWorld(t testing.TB, db models.DB, vault *models.Vault) *world {
	t.Helper()
	w := &world{t: t, db: db, vault: vault, contract: readContract(t), texts: map[string][]string{}, settings: settings.New(db)}
	ctx := models.System(context.Background())
	ring := keys.NewRing(db, vault)
	must(t, ring.Prepare(ctx))
	c, docs := clients.New(db, vault), documents.New(db, vault)
	c.Cleanup = append(c.Cleanup, certificates.New(docs).DeleteOf)
	apps := applications.New(db, vault, c)
	w.dialect = logto.Dialect{DB: db, Applications: apps, Clients: c, Experience: experience.New(db, vault), Documents: docs, Certificates: certificates.New(docs),
		Roles:       roles.New(db, vault),
		Keys:        keys.Ops{DB: db, Vault: vault, Now: models.Now},
		Webhooks:    hooks(db, vault),
		Connections: connections.New(db, vault),
		Mails:       mails.New(docs, outbox.New(db, vault), loopback()),
		Uploads:     uploads.New(db),
		Domains:     domains.New(docs, func(string) bool { return false }),
		Events:      events.New(db, vault, models.Now), Cookies: keys.Cookies{Documents: docs, Now: models.Now}}.Prepared()
	w.dialect.Connections.Cleanup = append(w.dialect.Connections.Cleanup, w.dialect.Experience.Withdraw,
		func(ctx context.Context, tx models.DB, id string) error { return w.dialect.Undeliver(ctx, tx, id) })
	w.dialect.Mails.Tenant = w.settings.Current
	apis := resources.New(db, vault, resources.Names{System: map[string]string{audience: models.FaceLogto}})
	must(t, apis.Ensure(ctx, []resources.System{{ID: models.ResourceLogto, Face: models.FaceLogto, Identifier: audience, Name: "Logto Management API",
		Scopes: []models.Scope{{ID: models.ScopeLogtoAll, Name: "all"}}}}))
	must(t, w.dialect.Roles.Ensure(ctx, roles.CreateIn{ID: models.RoleLogto, System: models.FaceLogto, Kind: models.RoleMachine, ScopeIDs: []string{models.ScopeLogtoAll},
		Fields: roles.Fields{Name: models.Some("Logto Management API access")}}))
	w.dialect.Domains.LookupTXT = func(_ context.Context, name string) ([]string, error) { return w.texts[name], nil }
	w.dialect.Resources = w.manage(apis)
	w.dialect.Grants = grants.New(db, vault, func(ctx context.Context, db models.DB, identifier string) (models.Resource, error) {
		return w.dialect.Resources.In(db).ByIdentifier(ctx, identifier)
	})
	engine := oauth.New(oauth.Options{DB: db, Vault: vault, Ring: ring, Usages: models.NewUsages(db, models.Now), Tenant: w.settings.Current, URL: origin})
	var err error
	w.server, err = web.New(web.Options{URL: origin, Log: slog.New(slog.DiscardHandler), DB: db, Vault: vault, Tokens: engine})
	must(t, err)
	w.dialect.Experience.Tenant = w.settings.Current
	must(t, w.server.Mount(append(append(append(engine.Routes(), docs.Routes()...), w.dialect.Routes()...), w.nativeExperience()...)...))
	w.dialect.Describe(w.server.Routes(), "test")
	w.server.Answers(logto.Prefix, w.dialect.Face())

	w.admin = w.party(ctx, apps, models.KindManagement, "Automation")
	w.shop = w.party(ctx, apps, models.KindStandard, "Shop")
	return w
}

// each runs a test in a world of its own on every database.
func each(t *testing.T, run func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) { run(t, newWorld(t, db, vault)) })
}

func (w *world) party(ctx context.Context, apps applications.Ops, kind, name string) party {
	w.t.Helper()
	made, err := apps.Create(ctx, applications.CreateIn{Kind: kind, Fields: applications.Fields{Name: models.Some(name)},
		Client: clients.CreateIn{Settings: clients.Settings{Profile: models.Some(models.ProfileMachine)}}})
	must(w.t, err)
	p := party{app: made.Application.ID, client: made.Client.ID, secret: made.Secret.Value}
	if kind == models.KindManagement { // nobody else gets a token for this dialect
		p.token = w.tokenFor(p, audience)
	}
	return p
}

// tokenFor asks the token endpoint as automation does.
func (w *world) tokenFor(p party, resource string) string {
	w.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}}
	if resource != "" {
		form.Set("resource", resource)
	}
	req := httptest.NewRequest("POST", "/oidc/token", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(p.client, p.secret)
	a := w.send(req)
	var out struct {
		AccessToken string `json:"access_token"`
	}
	if json.Unmarshal(a.body, &out); a.status != 200 || out.AccessToken == "" {
		w.t.Fatalf("token: %d %s", a.status, a.body)
	}
	return out.AccessToken
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (w *world) send(req *http.Request) answer {
	w.t.Helper()
	req.Host = "localhost:8080"
	res, err := w.server.Fiber().Test(req, -1)
	must(w.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(w.t, err)
	if strings.HasPrefix(req.URL.Path, "/api/") {
		w.contract.check(w.t, req, res, body)
	}
	return answer{res.StatusCode, res.Header, body}
}

// call asks with a token; body is text, or a value that becomes JSON, or nil.
func (w *world) call(token, method, path string, body any, header ...string) answer {
	w.t.Helper()
	var in io.Reader = http.NoBody
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		must(w.t, err)
		in = bytes.NewReader(raw)
	}
	req := httptest.NewRequest(method, path, in)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return w.send(req)
}

// do is call as the management application, which must answer with status; it gives the JSON back.
func (w *world) do(status int, method, path string, body any, header ...string) object {
	w.t.Helper()
	token := w.admin.token
	if strings.HasPrefix(path, "/rest/") {
		token = w.nativeToken()
	}
	a := w.call(token, method, path, body, header...)
	if a.status != status {
		w.t.Fatalf("%s %s: %d, want %d: %s", method, path, a.status, status, a.body)
	}
	return a.object(w.t)
}

// object is a JSON object of an answer; a list stands in it under "".
type object map[string]any

func (a answer) object(t testing.TB) object {
	t.Helper()
	var out any
	if len(a.body) == 0 {
		return nil
	}
	must(t, json.Unmarshal(a.body, &out))
	if list, ok := out.([]any); ok {
		return object{"": list}
	}
	o, _ := out.(map[string]any)
	return o
}

// rows is a list of an answer.
func (o object) rows() []any { list, _ := o[""].([]any); return list }

func (o object) text(name string) string { s, _ := o[name].(string); return s }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same tells whether two values are the same JSON.
func same(got, want any) bool {
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	return string(a) == string(b)
}
