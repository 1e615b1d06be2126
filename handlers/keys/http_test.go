package keys_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/keys"
	"gatehouse/models"
	"gatehouse/web"
)

// tokens knows "all", a management client, and "own", a client of the application "shop".
type tokens struct{}

func (tokens) Bearer(_ context.Context, token, _ string) (models.Actor, error) {
	switch token {
	case "all":
		return models.Actor{Kind: models.ActorClient, ID: "c1", TenantID: models.DefaultTenant, Actions: models.ManagementActions}, nil
	case "own":
		return models.Actor{Kind: models.ActorClient, ID: "c2", TenantID: models.DefaultTenant, ApplicationID: "shop", Actions: models.OwnActions}, nil
	}
	return models.Actor{}, &models.Fault{Code: models.Unauthenticated, Reason: "invalid_token"}
}

// The story of a rotation over REST: each step with its status, its reason and its event.
func TestNativeRoutes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		ctx, now := dbtest.Context(t), models.Now()
		if err := keys.NewRing(db, vault).Prepare(ctx); err != nil {
			t.Fatal(err)
		}
		app := models.Application{ID: "shop", TenantID: models.DefaultTenant, Name: "Shop", CreatedAt: now, UpdatedAt: now}
		if _, err := db.Write.NewInsert().Model(&app).Exec(ctx); err != nil {
			t.Fatal(err)
		}
		s, err := web.New(web.Options{URL: "http://localhost:8080", Log: slog.New(slog.NewTextHandler(io.Discard, nil)), DB: db, Vault: vault, Tokens: tokens{}})
		if err == nil {
			err = s.Mount(keys.Ops{DB: db, Vault: vault, Now: models.Now}.Routes()...)
		}
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]string{}
		for _, c := range []struct {
			name, token, method, path, body string
			status                          int
			reason                          string
			save                            string
		}{
			{"nobody", "", "GET", "/keys", "", 401, "missing_token", ""},
			{"a client of an application sees no ring", "own", "GET", "/keys", "", 403, "missing_permission", ""},
			{"the ring", "all", "GET", "/keys", "", 200, "", ""},
			{"an algorithm that is none", "all", "POST", "/keys", `{"alg":"HS256"}`, 422, "invalid_input", ""},
			{"mass assignment", "all", "POST", "/keys", `{"status":"current"}`, 422, "invalid_input", ""},
			{"the next key", "all", "POST", "/keys", `{"name":"winter"}`, 201, "", "next"},
			{"a second next key", "all", "POST", "/keys", `{}`, 409, "next_key_exists", ""},
			{"promote too early", "all", "POST", "/keys/{next}/promote", "", 409, "published_too_recently", ""},
			{"the id in the address counts, not the query", "all", "POST", "/keys/nobody/promote?id={next}&force=true", "", 422, "invalid_input", ""},
			{"a key that is not there", "all", "POST", "/keys/nobody/promote?force=true", "", 404, "key_not_found", ""},
			{"promote by force", "all", "POST", "/keys/{next}/promote?force=true", "", 200, "", ""},
			{"delete the current key", "all", "DELETE", "/keys/{next}", "", 409, "key_in_use", ""},
			{"an own key", "all", "POST", "/applications/shop/keys", `{"name":"mine","alg":"EdDSA"}`, 201, "", "own"},
			{"an own key without a name", "all", "POST", "/applications/shop/keys", `{}`, 422, "invalid_input", ""},
			{"an own key of nobody", "all", "POST", "/applications/nobody/keys", `{"name":"mine"}`, 404, "application_not_found", ""},
			{"an own key is no key of the ring", "all", "POST", "/keys/{own}/retire?force=true", "", 404, "key_not_found", ""},
			{"upload a public key", "all", "POST", "/applications/shop/keys/upload", `{"name":"x","jwk":{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}`, 422, "invalid_input", ""},
			{"upload RFC 8037's example", "all", "POST", "/applications/shop/keys/upload", `{"name":"x","jwk":{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}`, 201, "", "up"},
			{"the uploaded key signs", "all", "PATCH", "/applications/shop/keys/{up}", `{"status":"signing"}`, 200, "", ""},
			{"an old version", "all", "PATCH", "/applications/shop/keys/{up}", `{"name":"late"}`, 412, "key_changed", ""},
			{"delete it", "all", "DELETE", "/applications/shop/keys/{own}", "", 204, "", ""},
		} {
			path := c.path
			for name, id := range ids {
				path = strings.ReplaceAll(path, "{"+name+"}", id)
			}
			r := httptest.NewRequest(c.method, "/rest/v1"+path, strings.NewReader(c.body))
			r.Host = "localhost:8080"
			if c.body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			if c.token != "" {
				r.Header.Set("Authorization", "Bearer "+c.token)
			}
			if c.status == 412 {
				r.Header.Set("If-Match", `"1"`)
			}
			res, err := s.Fiber().Test(r, 20_000)
			if err != nil {
				t.Fatal(err)
			}
			raw, _ := io.ReadAll(res.Body)
			var out struct{ ID, Reason string }
			_ = json.Unmarshal(raw, &out)
			if res.StatusCode != c.status || out.Reason != c.reason {
				t.Errorf("%s: %d %s, want %d %s", c.name, res.StatusCode, raw, c.status, c.reason)
			}
			if strings.Contains(string(raw), `"d":`) {
				t.Errorf("%s: a private part in the answer", c.name)
			}
			if c.save != "" {
				ids[c.save] = out.ID
			}
		}
		var events []string
		if err := db.Read.NewSelect().Model((*models.Event)(nil)).Column("type").Order("at", "id").Scan(ctx, &events); err != nil {
			t.Fatal(err)
		}
		want := "key.created key.created key.replaced key.promoted key.created key.created key.updated key.updated key.deleted"
		if got := strings.Join(events, " "); got != want {
			t.Errorf("events %s\nwant %s", got, want)
		}
	})
}
