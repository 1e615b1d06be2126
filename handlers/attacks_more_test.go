package handlers

import (
	"bytes"
	"context"
	"net/url"
	"strings"
	"testing"
)

// SECURITY-BAR C7: a session that somebody found open shows no stored secret by way of a dialect's reads; that is for Reveal, which
// wants a recent sign-in and is audited.
func TestTheExplorerShowsPeopleNoStoredSecrets(t *testing.T) {
	v := newVisit(t)
	v.signIn()
	for face, op := range map[string]string{"auth0": "GET /api/v2/clients", "logto": "GET /api/applications", "transmit": "GET /cis/v1/management/applications"} {
		if status, body := v.explore(face, op, url.Values{}); status != 200 || bytes.Contains([]byte(body), []byte(machineSecret)) {
			t.Errorf("%s %s: %d %.400s", face, op, status, body)
		}
	}
}

// SECURITY-BAR M2: a client that has its own application in reach gives itself nothing.
func TestAClientAddsNothingToItself(t *testing.T) {
	v := newVisit(t)
	made := v.do("native", "POST", "/applications", o{"name": "Shop", "client": o{"profile": "machine", "resources": []string{"https://api.example.com"}}})
	id := text(made["client"].(o), "id")
	secret := text(made["secret"].(o), "value")
	own := v.ask("/oidc/token", id, secret, url.Values{"resource": {audiences["native"]}}).AccessToken
	for _, in := range []o{{"resources": []string{"https://api.example.com", "https://other.example.com"}}, {"allowed_scopes": []string{"admin"}},
		{"role_ids": []string{"admin"}}, {"grant_types": []string{"client_credentials", "refresh_token"}}} {
		if res, body := v.call(own, "PATCH", "/rest/v1/clients/"+id, in); res.StatusCode != 403 || text(object(body), "reason") != "cannot_grant" {
			t.Errorf("%v: %d %s", in, res.StatusCode, body)
		}
	}
	if res, body := v.call(own, "PATCH", "/rest/v1/clients/"+id, o{"description": "Ours", "resources": []string{}}); res.StatusCode != 200 {
		t.Errorf("what narrows: %d %s", res.StatusCode, body)
	}
}

// SECURITY-BAR M2, section 7: reset links of owners are mailed, so that who delivers mail is for owners, and a stored password goes
// to no other server than the one that it was given for.
func TestNobodySendsTheMailElsewhere(t *testing.T) {
	v := newVisit(t)
	full := o{"name": "smtp", "from": "login@example.com", "host": "smtp.example.com", "port": 587, "user": "mailer", "password": "hush", "protection": "starttls"}
	if res, body := v.call(v.token(audiences["native"]), "PUT", "/rest/v1/email-provider", full); res.StatusCode != 200 {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	for _, in := range []o{{"host": "mine.example.com"}, {"port": 25}, {"protection": "tls"}} {
		if res, body := v.call(v.token(audiences["native"]), "PUT", "/rest/v1/email-provider", in); res.StatusCode != 422 || !bytes.Contains(body, []byte(`"password"`)) {
			t.Errorf("%v: %d %s", in, res.StatusCode, body)
		}
		auth0 := o{"credentials": o{"smtp_host": "mine.example.com"}}
		if res, body := v.call(v.token(audiences["auth0"]), "PATCH", "/api/v2/emails/provider", auth0); res.StatusCode != 400 || !bytes.Contains(body, []byte("smtp_pass")) {
			t.Errorf("auth0: %d %s", res.StatusCode, body)
		}
	}
	if res, body := v.call(v.token(audiences["native"]), "PUT", "/rest/v1/email-provider", o{"reply_to": "help@example.com"}); res.StatusCode != 200 || !bytes.Contains(body, []byte("smtp_pass")) {
		t.Errorf("the same server: %d %s", res.StatusCode, body)
	}
	v.signIn()
	if _, err := v.app.Config.DB.Write.ExecContext(context.Background(), "UPDATE administrators SET role = 'editor'"); err != nil {
		t.Fatal(err)
	}
	if status, body := v.explore("native", "PUT /rest/v1/email-provider", url.Values{"body": {`{"host":"mine.example.com","password":"x"}`}}); !strings.Contains(body, "403 Forbidden") {
		t.Errorf("an editor: %d %s", status, body)
	}
}
