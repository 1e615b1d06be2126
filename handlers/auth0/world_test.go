package auth0_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"gatehouse/handlers"
	"gatehouse/handlers/applications"
	"gatehouse/handlers/auth0"
	"gatehouse/handlers/clients"
	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

const origin = "http://localhost:8080"

// world is the whole program with real tokens of a management application.
type world struct {
	t        testing.TB
	db       models.DB
	app      *handlers.App
	contract *contract
	admin    party
}

// party is a client that asks, with its token for this dialect.
type party struct{ app, client, secret, token string }

func newWorld(t testing.TB, db models.DB, vault *models.Vault) *world {
	t.Helper()
	w := &world{t: t, db: db, contract: readContract(t)}
	ctx := models.System(context.Background())
	apps := applications.New(db, vault, clients.New(db, vault))
	var err error
	w.app, err = handlers.Build(ctx, handlers.Config{Version: "test", URL: origin, Log: slog.New(slog.DiscardHandler), DB: db, Vault: vault,
		DataFolder: t.TempDir(), Printed: io.Discard, Ready: func(context.Context) error { return nil }})
	must(t, err)
	made, err := apps.Create(ctx, applications.CreateIn{Kind: models.KindManagement, Fields: applications.Fields{Name: models.Some("Automation")},
		Client: clients.CreateIn{Settings: clients.Settings{Profile: models.Some(models.ProfileMachine)}}})
	must(t, err)
	w.admin = party{app: made.Application.ID, client: made.Client.ID, secret: made.Secret.Value}
	w.admin.token = w.token("")
	return w
}

// each runs a test in a world of its own on every database.
func each(t *testing.T, run func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) { run(t, newWorld(t, db, vault)) })
}

// token asks for a token of this dialect as its clients do: in JSON, with an audience. No scope means all.
func (w *world) token(scope string) string {
	w.t.Helper()
	return w.tokenFor(origin+"/api/v2/", scope)
}

// tokenFor is token for another audience, such as another face's.
func (w *world) tokenFor(audience, scope string) string {
	w.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "audience": {audience}, "client_id": {w.admin.client}, "client_secret": {w.admin.secret}}
	if scope != "" {
		form.Set("scope", scope)
	}
	req := httptest.NewRequest("POST", "/oauth/token", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a := w.send(req)
	token := a.object(w.t).text("access_token")
	if a.status != 200 || token == "" {
		w.t.Fatalf("token: %d %s", a.status, a.body)
	}
	return token
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
	res, err := w.app.Server.Fiber().Test(req, -1)
	must(w.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(w.t, err)
	if strings.HasPrefix(req.URL.Path, auth0.Prefix) {
		w.contract.check(w.t, req, res.StatusCode, res.Header.Get("Content-Type"), body)
	}
	return answer{res.StatusCode, res.Header, body}
}

// call asks with a token; body is text, or a value that becomes JSON, or nil. Paths are those of the document.
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
	if strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "/rest/") && !strings.HasPrefix(path, "/cis/") && !strings.HasPrefix(path, "/api/") {
		path = auth0.Prefix + path
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
	a := w.call(w.admin.token, method, path, body, header...)
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
	if o, ok := out.(map[string]any); ok {
		return o
	}
	return object{"": out}
}

func (o object) text(name string) string { s, _ := o[name].(string); return s }

// list gives a member that is a list; the name "" stands for an answer that is one.
func (o object) list(name string) []object {
	items, _ := o[name].([]any)
	out := make([]object, len(items))
	for i, item := range items {
		out[i], _ = item.(map[string]any)
	}
	return out
}

func itoa(n int) string { return strconv.Itoa(n) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func fuzzWorld(f *testing.F) *world {
	db, vault := dbtest.Open(f)
	return newWorld(f, db, vault)
}
