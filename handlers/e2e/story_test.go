package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
)

// TestTheStoryOnEveryDatabase tells the story of a first day against the built binary, stops it, and finds everything again.
func TestTheStoryOnEveryDatabase(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { story(t) })
	t.Run("postgres", func(t *testing.T) {
		dsn := dbtest.Postgres(t)
		need(t, "postgres", dsn != "")
		story(t, "GATEHOUSE_DATABASE_URL="+dsn)
	})
}

func story(t *testing.T, env ...string) {
	type object = map[string]any
	s := start(t, env...)
	native := s.token(s.URL + "/rest/v1")
	var app struct {
		ID     string
		Client struct{ ID string }
		Secret struct{ ID, Value string }
	}
	if res := s.call(native, "POST", "/rest/v1/applications", object{"name": "Billing", "client": object{"profile": "machine"}}, &app); res.StatusCode != 201 {
		t.Fatalf("create: %d", res.StatusCode)
	}
	own := s.tokenOf(app.Client.ID, app.Secret.Value, audience(s.URL+"/rest/v1"))
	var mine struct{ Items []struct{ ID string } }
	if s.call(own, "GET", "/rest/v1/applications", nil, &mine); len(mine.Items) != 1 || mine.Items[0].ID != app.ID {
		t.Errorf("its client sees %+v", mine)
	}
	var theirs struct {
		Result struct {
			ID string `json:"app_id"`
		}
	}
	cis := s.token(s.URL + "/cis")
	if res := s.call(cis, "POST", "/cis/v1/applications", object{"app_name": "Shop", "client_display_name": "Shop", "redirect_uris": []string{"https://shop.example.com/cb"}}, &theirs); res.StatusCode != 201 {
		t.Errorf("transmit: %d", res.StatusCode)
	}
	var rotated struct{ Secret struct{ Value string } }
	if res := s.call(native, "POST", "/rest/v1/clients/"+app.Client.ID+"/rotation", object{"overlap_seconds": 3600}, &rotated); res.StatusCode != 201 {
		t.Errorf("rotate: %d", res.StatusCode)
	}
	for _, secret := range []string{app.Secret.Value, rotated.Secret.Value} {
		s.tokenOf(app.Client.ID, secret, audience(s.URL+"/rest/v1"))
	}
	if res := s.call(native, "PATCH", "/rest/v1/experience", object{"branding": object{"display_name": "Fernway"}}, nil); res.StatusCode != 200 {
		t.Errorf("publish: %d", res.StatusCode)
	}
	if res := s.call(native, "PATCH", "/rest/v1/applications/"+app.ID, object{"shoe": 1}, nil); res.StatusCode != 422 {
		t.Errorf("a wrong member: %d", res.StatusCode)
	}
	if err := s.stop(); err != nil {
		t.Fatalf("stop: %v\n%s", err, s.log)
	}

	again := launch(t, s.Data, append([]string{"GATEHOUSE_BOOTSTRAP_CLIENT_ID=" + clientID, "GATEHOUSE_BOOTSTRAP_CLIENT_SECRET=" + clientSecret}, env...)...)
	again.ready()
	native = again.token(again.URL + "/rest/v1")
	var found struct{ Name string }
	if res := again.call(native, "GET", "/rest/v1/applications/"+theirs.Result.ID, nil, &found); res.StatusCode != 200 || found.Name != "Shop" {
		t.Errorf("after a restart: %d %+v", res.StatusCode, found)
	}
	again.tokenOf(app.Client.ID, rotated.Secret.Value, audience(again.URL+"/rest/v1"))
	var events struct{ Items []struct{ Type string } }
	again.call(native, "GET", "/rest/v1/events?limit=100", nil, &events)
	for _, want := range []string{"application.created", "client.created", "secret.created", "experience.published"} {
		if !strings.Contains(strings.Join(types(events.Items), " "), want) {
			t.Errorf("the log lacks %s: %v", want, types(events.Items))
		}
	}
}

func types(events []struct{ Type string }) (out []string) {
	for _, e := range events {
		out = append(out, e.Type)
	}
	return out
}

// TestTheIssuerFollowsTheHostOverTLS asks over the TLS listener, under its own name and under one that nobody configured.
func TestTheIssuerFollowsTheHostOverTLS(t *testing.T) {
	s := start(t)
	ca, err := os.ReadFile(filepath.Join(s.Data, "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
	t.Cleanup(client.CloseIdleConnections)
	for host, origin := range map[string]string{"": s.Secure, "evil.example": s.URL} {
		for path, issuer := range map[string]string{"/.well-known/openid-configuration": origin + "/", "/oidc/.well-known/openid-configuration": origin + "/oidc"} {
			req, _ := http.NewRequest("GET", s.Secure+path, nil)
			req.Host = host
			var told struct{ Issuer string }
			if ask(t, client, req, &told); told.Issuer != issuer {
				t.Errorf("%s as %q: issuer %q, not %q", path, host, told.Issuer, issuer)
			}
		}
		for path, issuer := range map[string]string{"/oauth/token": origin + "/", "/oidc/token": origin + "/oidc"} {
			form := url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {clientSecret}}
			req, _ := http.NewRequest("POST", s.Secure+path, strings.NewReader(form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Host = host
			var told struct {
				AccessToken string `json:"access_token"`
			}
			ask(t, client, req, &told)
			var claims struct{ Iss string }
			if parts := strings.Split(told.AccessToken, "."); len(parts) == 3 {
				raw, _ := base64.RawURLEncoding.DecodeString(parts[1])
				_ = json.Unmarshal(raw, &claims)
			}
			if claims.Iss != issuer {
				t.Errorf("%s as %q: iss %q, not %q", path, host, claims.Iss, issuer)
			}
		}
	}
}

func ask(t *testing.T, client *http.Client, req *http.Request, out any) {
	t.Helper()
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(out); err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %d %v", req.URL, res.StatusCode, err)
	}
}
