package oauth_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/keys"
	"gatehouse/handlers/oauth"
	"gatehouse/models"
	"gatehouse/web"
)

// site is the engine behind its addresses, with one client "machine" whose secret is "a-secret".
func site(t *testing.T) *web.Server {
	t.Helper()
	db, vault := dbtest.Open(t)
	ctx, now := dbtest.Context(t), models.Now()
	ring := keys.NewRing(db, vault)
	tenant := models.Tenant{ID: models.DefaultTenant, AccessTokenLifetimeSeconds: 3600}
	engine := oauth.New(oauth.Options{DB: db, Vault: vault, Ring: ring, Usages: models.NewUsages(db, models.Now), URL: "http://localhost:8080",
		Aliases: []string{"https://id.example.com"}, Tenant: func(context.Context) (models.Tenant, error) { return tenant, nil }})
	s, err := web.New(web.Options{URL: "http://localhost:8080", Aliases: []string{"https://id.example.com"}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		DB: db, Vault: vault, Tokens: engine})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range oauth.Prefixes {
		s.Answers(p, oauth.Face{})
	}
	for _, row := range []any{
		&models.Application{ID: "app", TenantID: models.DefaultTenant, Kind: models.KindStandard, Name: "Machine", CreatedAt: now, UpdatedAt: now},
		&models.Client{ID: "machine", TenantID: models.DefaultTenant, ApplicationID: "app", Protocol: models.ProtocolOIDC, TokenEndpointAuthMethod: models.AuthSecretAny,
			GrantTypes: []string{models.GrantClientCredentials}, CreatedAt: now, UpdatedAt: now},
		&models.Credential{ID: "credential", TenantID: models.DefaultTenant, ApplicationID: "app", ClientID: "machine", Kind: models.CredentialSecret, Name: "s",
			Hash: vault.SecretHash("a-secret"), CreatedAt: now},
	} {
		if _, err := db.Write.NewInsert().Model(row).Exec(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := ring.Prepare(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Mount(engine.Routes()...); err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(t *testing.T, s *web.Server, method, address, body string, header ...string) (*http.Response, map[string]any) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, u.RequestURI(), strings.NewReader(body))
	r.Host = u.Host
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := s.Fiber().Test(r, 20_000)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	raw, _ := io.ReadAll(res.Body)
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil {
			t.Fatalf("%s is not JSON: %s", address, raw)
		}
	}
	return res, out
}

const form = "application/x-www-form-urlencoded"

func TestTokenEndpoint(t *testing.T) {
	s := site(t)
	right := "grant_type=client_credentials&client_id=machine&client_secret=a-secret"
	for _, c := range []struct {
		name, method, path, body, media, authorization string
		status                                         int
		code                                           string
	}{
		{"RFC 6749 section 4.4: a form", "POST", "/oidc/token", right, form, "", 200, ""},
		{"the other issuer", "POST", "/oauth/token", right, form, "", 200, ""},
		{"Transmit's alias", "POST", "/cis/oidc/token", right, form, "", 200, ""},
		{"JSON", "POST", "/oauth/token", `{"grant_type":"client_credentials","client_id":"machine","client_secret":"a-secret"}`, "application/json", "", 200, ""},
		{"a wrong secret", "POST", "/oauth/token", right + "x", form, "", 401, "invalid_client"},
		{"a wrong secret by Basic", "POST", "/oauth/token", "grant_type=client_credentials", form, "Basic bWFjaGluZTp4", 401, "invalid_client"},
		{"credentials in the address", "POST", "/oauth/token?client_secret=a-secret", right, form, "", 400, "invalid_request"},
		{"RFC 6749 section 3.2: GET", "GET", "/oauth/token", "", "", "", 405, "invalid_request"},
		{"another grant", "POST", "/oauth/token", "grant_type=password&client_id=machine&client_secret=a-secret", form, "", 400, "unsupported_grant_type"},
		{"an unknown resource", "POST", "/oauth/token", right + "&resource=https://x.example", form, "", 400, "invalid_target"},
		{"no body", "POST", "/oauth/token", "", "", "", 400, "invalid_request"},
		{"a path that is not there", "POST", "/oidc/nothing", "", "", "", 404, "not_found"},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := []string{"Content-Type", c.media}
			if c.authorization != "" {
				header = append(header, "Authorization", c.authorization)
			}
			res, out := ask(t, s, c.method, "http://localhost:8080"+c.path, c.body, header...)
			code, _ := out["error"].(string)
			if res.StatusCode != c.status || code != c.code {
				t.Fatalf("%d %v, want %d %s", res.StatusCode, out, c.status, c.code)
			}
			if res.Header.Get("Cache-Control") != "no-store" { // RFC 6749 section 5.1
				t.Errorf("Cache-Control %q", res.Header.Get("Cache-Control"))
			}
			// RFC 6749 section 5.2: who used the Authorization header is told the scheme
			if basic := strings.HasPrefix(res.Header.Get("WWW-Authenticate"), "Basic "); basic != (c.authorization != "") {
				t.Errorf("WWW-Authenticate %q", res.Header.Get("WWW-Authenticate"))
			}
			if text, _ := out["error_description"].(string); strings.ContainsAny(text, "\"\\") {
				t.Errorf("error_description %q", text)
			}
		})
	}
}

// RFC 8414 section 3.3, OpenID Connect Discovery section 4.3: the issuer in the document is the one it was asked for, and every
// address in it answers.
func TestMetadata(t *testing.T) {
	s := site(t)
	for _, c := range []struct{ origin, path, issuer string }{
		{"http://localhost:8080", "/.well-known/openid-configuration", "/"},
		{"http://localhost:8080", "/oidc/.well-known/openid-configuration", "/oidc"},
		{"http://localhost:8080", "/.well-known/oauth-authorization-server", "/"},
		{"http://localhost:8080", "/.well-known/oauth-authorization-server/oidc", "/oidc"},
		{"https://id.example.com", "/oidc/.well-known/openid-configuration", "/oidc"},
	} {
		t.Run(c.origin+c.path, func(t *testing.T) {
			res, out := ask(t, s, "GET", c.origin+c.path, "")
			if res.StatusCode != 200 || out["issuer"] != c.origin+c.issuer || res.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Fatalf("%d %v", res.StatusCode, out)
			}
			for name, value := range out {
				if at, ok := value.(string); ok && name != "issuer" {
					method := map[bool]string{true: "POST", false: "GET"}[name == "token_endpoint"]
					if res, _ := ask(t, s, method, at, ""); res.StatusCode == 404 || res.StatusCode == 405 {
						t.Errorf("%s %s answers %d", name, at, res.StatusCode)
					}
				}
			}
			if res, _ := ask(t, s, "GET", c.origin+c.path, "", "If-None-Match", res.Header.Get("ETag")); res.StatusCode != 304 {
				t.Errorf("a known document: %d", res.StatusCode)
			}
		})
	}
	t.Run("an unknown host gets the main origin", func(t *testing.T) {
		if _, out := ask(t, s, "GET", "http://evil.example/oidc/.well-known/openid-configuration", ""); out["issuer"] != "http://localhost:8080/oidc" {
			t.Errorf("%v", out)
		}
	})
}
