package clients_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
	"gatehouse/web"
)

type tokens map[string]models.Actor

func (t tokens) Bearer(_ context.Context, token, _ string) (models.Actor, error) {
	a, ok := t[token]
	if !ok {
		return a, &models.Fault{Code: models.Unauthenticated, Reason: "invalid_token", Text: "This token is not valid here."}
	}
	return a, nil
}

// serve puts the native routes of clients and credentials on a server that knows two tokens: "management", which may do
// everything, and "own", that of a client of the application shop.
func serve(t *testing.T) (house, func(token, method, path, body string, header ...string) (*http.Response, map[string]any)) {
	t.Helper()
	db, vault := dbtest.Open(t)
	h := newHouse(t, db, vault, "shop", "bank")
	s, err := web.New(web.Options{URL: "http://localhost:8080", Log: slog.New(slog.NewTextHandler(io.Discard, nil)), DB: db, Vault: vault, Tokens: tokens{
		"management": {Kind: models.ActorClient, ID: "m", TenantID: models.DefaultTenant, Actions: models.ManagementActions},
		"own":        {Kind: models.ActorClient, ID: "o", TenantID: models.DefaultTenant, ApplicationID: "shop", Actions: models.OwnActions}}})
	if err == nil {
		err = s.Mount(append(h.Routes(), h.Credentials.Routes()...)...)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h, func(token, method, path, body string, header ...string) (*http.Response, map[string]any) {
		req := httptest.NewRequest(method, "/rest/v1"+path, strings.NewReader(body))
		req.Host = "localhost:8080"
		req.Header.Set("Content-Type", "application/json")
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		res, err := s.Fiber().Test(req, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		var out map[string]any
		raw, _ := io.ReadAll(res.Body)
		_ = json.Unmarshal(raw, &out)
		return res, out
	}
}

func TestTheStoryOfAClientOverREST(t *testing.T) {
	_, ask := serve(t)
	const m = "management"
	res, made := ask(m, "POST", "/applications/shop/clients", `{"name":"Shop","redirect_uris":["https://shop.example.com/callback"]}`)
	secret, _ := made["secret"].(map[string]any)
	if res.StatusCode != 201 || res.Header.Get("ETag") != `"1"` || secret == nil || !strings.HasPrefix(secret["value"].(string), "gh_") {
		t.Fatalf("%d %v", res.StatusCode, made)
	}
	at := "/clients/" + made["id"].(string)
	sid := secret["id"].(string)
	for _, step := range []struct {
		says, method, path, body string
		header                   []string
		status                   int
		key, want                string
	}{
		{"a client is read", "GET", at, "", nil, 200, "name", "Shop"},
		{"what the reader has is not sent again", "GET", at, "", []string{"If-None-Match", `"1"`}, 304, "", ""},
		{"a change with the version that was read", "PATCH", at, `{"description":"Front"}`, []string{"If-Match", `"1"`}, 200, "description", "Front"},
		{"a change with an older version", "PATCH", at, `{"description":"Back"}`, []string{"If-Match", `"1"`}, 412, "reason", "client_changed"},
		{"a change without a version", "PATCH", at, `{"logo_uri":null,"description":"Side"}`, nil, 200, "description", "Side"},
		{"a field is named", "PATCH", at, `{"redirect_uris":["http://shop.example.com/"]}`, nil, 422, "reason", "invalid_input"},
		{"the id cannot be said", "PATCH", at, `{"id":"x"}`, nil, 422, "reason", "invalid_input"},
		{"the version cannot be said", "PATCH", at, `{"version":9}`, nil, 422, "reason", "invalid_input"},
		{"the application cannot be changed", "PATCH", at, `{"application_id":"bank"}`, nil, 422, "reason", "invalid_input"},
		{"the default is not a field", "PATCH", at, `{"is_default":false}`, nil, 422, "reason", "invalid_input"},
		{"the protocol is chosen for good", "PATCH", at, `{"protocol":"saml"}`, nil, 422, "reason", "invalid_input"},
		{"an id of one's own is refused at creation too", "POST", "/applications/shop/clients", `{"name":"x","id":"y"}`, nil, 422, "reason", "invalid_input"},
		{"the only client cannot go", "DELETE", at, "", nil, 409, "reason", "last_client"},
		{"a secret is read without its value", "GET", at + "/secrets/" + sid, "", nil, 200, "value", ""},
		{"a secret is renamed", "PATCH", at + "/secrets/" + sid, `{"name":"Main"}`, nil, 200, "name", "Main"},
		{"a value cannot be said for a secret that exists", "PATCH", at + "/secrets/" + sid, `{"value":"0123456789012345678901234567"}`, nil, 422, "reason", "invalid_input"},
		{"a secret is shown again", "POST", at + "/secrets/" + sid + "/reveal", "", nil, 200, "value", secret["value"].(string)},
		{"no rotation is under way", "GET", at + "/rotation", "", nil, 404, "reason", "rotation_not_found"},
		{"a rotation begins", "POST", at + "/rotation", `{"overlap_seconds":3600,"name":"Next"}`, nil, 201, "", ""},
		{"and is seen", "GET", at + "/rotation", "", nil, 200, "client_id", made["id"].(string)},
		{"and is finished", "POST", at + "/rotation/finish", "", nil, 200, "name", "Next"},
		{"a secret of another client's path is not found", "GET", "/clients/nobody/secrets/" + sid, "", nil, 404, "reason", "client_not_found"},
		{"a private key is refused", "POST", at + "/keys", `{"name":"k","jwk":{"kty":"oct","k":"AA"}}`, nil, 422, "reason", "invalid_input"},
		{"a missing certificate is refused", "POST", at + "/certificates", `{"name":"k"}`, nil, 422, "reason", "invalid_input"},
	} {
		res, body := ask(m, step.method, step.path, step.body, step.header...)
		got, _ := body[step.key].(string)
		if res.StatusCode != step.status || (step.key != "" && got != step.want) {
			t.Errorf("%s: %d %v", step.says, res.StatusCode, body)
		}
	}
}

func TestWhoMayCallTheRoutes(t *testing.T) {
	h, ask := serve(t)
	mine := h.create(named("Mine"))
	for _, tc := range []struct {
		says, token, method, path, body string
		status                          int
	}{
		{"nobody known", "", "GET", "/clients", "", 401},
		{"an own client is read", "own", "GET", "/clients/" + mine.ID, "", 200},
		{"its secrets are not", "own", "GET", "/clients/" + mine.ID + "/secrets", "", 403},
		{"nor shown", "own", "POST", "/clients/" + mine.ID + "/secrets/" + mine.Secret.ID + "/reveal", "", 403},
		{"a new client needs more", "own", "POST", "/applications/shop/clients", `{"name":"x"}`, 403},
		{"a foreign application is not there", "own", "GET", "/applications/bank/clients", "", 404},
		// Right before body: who may not learns nothing about the body.
		{"the right is asked before the body", "own", "POST", "/applications/shop/clients", `{"name":`, 403},
	} {
		if res, body := ask(tc.token, tc.method, tc.path, tc.body); res.StatusCode != tc.status {
			t.Errorf("%s: %d %v", tc.says, res.StatusCode, body)
		}
	}
}
