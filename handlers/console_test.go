package handlers

import (
	"bytes"
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/models"
)

func (s *site) sees(body []byte, texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		if !bytes.Contains(body, []byte(text)) {
			s.t.Errorf("the page lacks %q", text)
		}
	}
}

var secretValue = regexp.MustCompile(`gh_[A-Za-z0-9]{40}`)

// TestASecretIsShownOnceAndAgainOnlyAfterASignIn follows a secret through its pages.
func TestASecretIsShownOnceAndAgainOnlyAfterASignIn(t *testing.T) {
	s := newSite(t)
	s.signIn()
	var app struct {
		Client struct{ ID string }
	}
	s.decode(&app, s.token(siteURL+"/rest/v1"), "POST", "/rest/v1/applications", map[string]any{"name": "Robot", "client": map[string]any{"profile": "machine"}})
	at := "/console/clients/" + app.Client.ID + "/secrets"
	res, body := s.change(at+"/new", at, url.Values{"name": {"Night"}, "expires": {"date"}, "expires_on": {"yesterday"}})
	if res.StatusCode != 422 {
		t.Errorf("a day that is none: %d", res.StatusCode)
	}
	s.sees(body, `value="Night"`, "Choose a day", `role="alert"`)
	res, body = s.change(at+"/new", at, url.Values{"name": {"Night"}, "expires": {"90"}})
	value := secretValue.FindString(string(body))
	if res.StatusCode != 200 || value == "" || res.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("created: %d %q %q", res.StatusCode, value, res.Header.Get("Cache-Control"))
	}
	s.sees(body, "I have stored it", "Expires ")
	_, list := s.get(at)
	if bytes.Contains(list, []byte(value)) {
		t.Error("the list shows the value of a secret")
	}
	id := regexp.MustCompile(at + `/([0-9a-z]{21})/reveal`).FindSubmatch(list)
	if id == nil {
		t.Fatal("no secret can be shown again")
	}
	one := at + "/" + string(id[1])
	before := s.events()
	res, body = s.post(at, one+"/reveal", url.Values{})
	if !secretValue.Match(body) || res.StatusCode != 200 || s.events() != before+1 {
		t.Errorf("revealed: %d, %d events", res.StatusCode, s.events()-before)
	}
	s.age(11 * time.Minute)
	before = s.events()
	res, body = s.post(at, one+"/reveal", url.Values{})
	if secretValue.Match(body) || res.StatusCode == 200 {
		t.Errorf("revealed without a recent sign-in: %d", res.StatusCode)
	}
	if s.events() != before {
		t.Error("a refused reveal changed something")
	}
}

// Without a draft there is nothing to merge: the page leads back to the editor and says so, whatever leads to it.
func TestMergingWithoutADraftLeadsBackToTheEditor(t *testing.T) {
	s := newSite(t)
	s.signIn()
	f := s.furnish(s.token(siteURL + "/rest/v1"))
	for _, home := range []string{"/console/experience", "/console/applications/" + f.app + "/branding"} {
		res, body := s.get(home + "/merge")
		if res.StatusCode != 303 || res.Header.Get("Location") != home {
			t.Errorf("%s: %d %q %.300s", home, res.StatusCode, res.Header.Get("Location"), body)
			continue
		}
		editor := home
		if res, body = s.get(home); res.StatusCode == 303 { // its first section
			editor = res.Header.Get("Location")
			_, body = s.get(editor)
		}
		s.sees(body, "There is no draft, so there is nothing to merge")
		res, body = s.post(editor, home+"/publish", url.Values{"version": {"3"}})
		if res.StatusCode != 303 || !strings.HasPrefix(res.Header.Get("Location"), home) {
			t.Errorf("%s, published: %d %q %.300s", home, res.StatusCode, res.Header.Get("Location"), body)
		}
		_, body = s.get(editor)
		s.sees(body, "There is no draft, so there is nothing to publish")
	}
}

// unchanged is a form sent back as it came.
func unchanged() url.Values { return url.Values{} }

// age makes the sign-in of the site's browser older.
func (s *site) age(by time.Duration) {
	s.t.Helper()
	ctx := context.Background()
	var rows []models.ConsoleSession
	if err := s.app.Config.DB.Read.NewSelect().Model(&rows).Scan(ctx); err != nil {
		s.t.Fatal(err)
	}
	err := models.InTx(ctx, s.app.Config.DB, func(ctx context.Context, tx models.DB) error {
		for _, row := range rows {
			tx.Drop(models.CacheSession, row.IDHash)
		}
		_, err := tx.Write.NewUpdate().Model((*models.ConsoleSession)(nil)).Set("auth_at = ?", models.Now().Add(-by)).Where("id_hash <> ''").Exec(ctx)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestARotationInTheConsole begins one, shows its value once, and finishes it.
func TestARotationInTheConsole(t *testing.T) {
	s := newSite(t)
	s.signIn()
	var app struct {
		ID             string
		Client, Secret struct{ ID string }
	}
	s.decode(&app, s.token(siteURL+"/rest/v1"), "POST", "/rest/v1/applications", map[string]any{"name": "Robot", "client": map[string]any{"profile": "machine"}})
	one := "/console/clients/" + app.Client.ID
	res, body := s.change(one+"/rotation/new", one+"/rotation", url.Values{"overlap_seconds": {"3600"}})
	value := secretValue.FindString(string(body))
	if res.StatusCode != 200 || value == "" {
		t.Fatalf("rotate: %d", res.StatusCode)
	}
	_, body = s.get(one + "/secrets")
	if bytes.Contains(body, []byte(value)) {
		t.Error("the value is shown again")
	}
	for _, page := range []string{one + "/secrets", "/console/applications/" + app.ID + "/secrets"} { // both lists say the same of it
		_, body = s.get(page)
		s.sees(body, "Being replaced", "New")
	}
	_, body = s.get(one + "/secrets/" + app.Secret.ID)
	s.sees(body, "Being replaced")
	res, _ = s.change(one+"/secrets", one+"/rotation/finish", unchanged())
	if res.StatusCode != 303 {
		t.Errorf("finish: %d", res.StatusCode)
	}
	_, body = s.get(one + "/secrets")
	s.sees(body, "made the primary secret", "Primary")
	if bytes.Contains(body, []byte("/rotation/finish")) {
		t.Error("the rotation is still under way")
	}
}

// TestKeysAndCertificatesInTheConsole adds a key and refuses what is none.
func TestKeysAndCertificatesInTheConsole(t *testing.T) {
	s := newSite(t)
	s.signIn()
	f := s.furnish(s.token(siteURL + "/rest/v1"))
	one := "/console/clients/" + f.client
	for what, jwk := range map[string]string{"no JSON": "{", "a private key": `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}`} {
		res, body := s.change(one+"/keys/new", one+"/keys", url.Values{"name": {"Signer"}, "jwk": {jwk}})
		if res.StatusCode != 422 {
			t.Errorf("%s: %d", what, res.StatusCode)
		}
		s.sees(body, `value="Signer"`, `role="alert"`)
	}
	_, body := s.change(one+"/keys/new", one+"/keys", url.Values{"name": {"Signer"}, "jwk": {"{"}, "expires": {"date"}}) // both are told at once
	s.sees(body, `id="f-jwk-err"`, `id="f-expires-on-err"`, "Day: Choose a day")
	good := `{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}`
	if res, body := s.change(one+"/keys/new", one+"/keys", url.Values{"name": {"Signer"}, "jwk": {good}}); res.StatusCode != 303 {
		t.Errorf("a public key: %d %s", res.StatusCode, body)
	}
	_, body = s.get(one + "/secrets")
	s.sees(body, "Signer", "Copy thumbprint")
	if res, _ := s.change(one+"/certificates/new", one+"/certificates", url.Values{"name": {"Door"}, "certificate": {"none"}}); res.StatusCode != 422 {
		t.Errorf("no certificate: %d", res.StatusCode)
	}
}

// TestClientSettingsInTheConsole saves, explains a wrong address beside its line, and merges the changes of two people.
func TestClientSettingsInTheConsole(t *testing.T) {
	s := newSite(t)
	s.signIn()
	token := s.token(siteURL + "/rest/v1")
	var app struct {
		Client struct{ ID string }
	}
	s.decode(&app, token, "POST", "/rest/v1/applications", map[string]any{"name": "Shop", "client": map[string]any{"profile": "web", "redirect_uris": []string{"https://shop.example.com/cb"}}})
	at := "/console/clients/" + app.Client.ID + "/settings"
	if res, body := s.change(at, at, url.Values{"name": {"Shop pages"}}); res.StatusCode != 303 {
		t.Fatalf("save: %d %s", res.StatusCode, body)
	}
	_, body := s.get(at)
	s.sees(body, "Client Shop pages saved", `value="Shop pages"`)
	res, body := s.change(at, at, url.Values{"redirect_uris": {"", "http://shop.example.com/cb"}})
	if res.StatusCode != 422 {
		t.Errorf("http: %d", res.StatusCode)
	}
	s.sees(body, `aria-invalid="true"`, "http://shop.example.com/cb", `role="alert"`)

	_, body = s.get(at)
	mine := s.form(body, at)
	var ignored any
	s.decode(&ignored, token, "PATCH", "/rest/v1/clients/"+app.Client.ID, map[string]any{"name": "Their name", "description": "Theirs"})
	mine.Set("name", "My name")
	res, body = s.submit(at, mine)
	if res.StatusCode != 412 {
		t.Fatalf("two people: %d", res.StatusCode)
	}
	s.sees(body, "My name", "Their name")
	merge := s.form(body, "/console/clients/"+app.Client.ID+"/merge")
	if res, body = s.submit("/console/clients/"+app.Client.ID+"/merge", merge); res.StatusCode != 303 {
		t.Errorf("merge: %d %s", res.StatusCode, body)
	}
	var now struct{ Name, Description string }
	s.decode(&now, token, "GET", "/rest/v1/clients/"+app.Client.ID, nil)
	if now.Description != "Theirs" || now.Name != "My name" && now.Name != "Their name" {
		t.Errorf("merged: %+v", now)
	}
}

// TestANewClientShowsItsSecretOnce makes a client in the console.
func TestANewClientShowsItsSecretOnce(t *testing.T) {
	s := newSite(t)
	s.signIn()
	f := s.furnish(s.token(siteURL + "/rest/v1"))
	at := "/console/applications/" + f.app + "/clients"
	res, body := s.change(at+"/new?profile=machine", at+"/new", url.Values{"name": {"Second"}, "profile": {"machine"}})
	value := secretValue.FindString(string(body))
	if res.StatusCode != 200 || value == "" {
		t.Fatalf("create: %d", res.StatusCode)
	}
	_, list := s.get(at)
	s.sees(list, "Second")
	if strings.Contains(string(list), value) {
		t.Error("the list shows the secret")
	}
}
