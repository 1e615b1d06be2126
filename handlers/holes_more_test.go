package handlers

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/handlers/mails"
	"gatehouse/models"
)

// SECURITY-BAR C7: a session that somebody found open becomes no fresh one, neither by a reset link that the outbox shows nor by a
// client that holds the management APIs; and it changes neither sign-in rules nor keys nor secrets.
func TestAnOldSessionBuysNoFreshOne(t *testing.T) {
	v := newVisit(t)
	v.signIn()
	res, page := v.get("/console/applications/new?framework=m2m")
	token := formToken.FindSubmatch(page)
	if res.StatusCode != 200 || token == nil {
		t.Fatalf("%d", res.StatusCode)
	}
	robot := v.do("native", "POST", "/applications", o{"name": "Robot", "kind": "management"})
	shop := v.do("native", "POST", "/applications", o{"name": "Shop", "client": o{"profile": "machine"}})
	client, closed := text(shop["client"].(o), "id"), text(robot["client"].(o), "id")
	vera := text(v.do("native", "POST", "/administrators", o{"email": "vera@example.com", "name": "Vera", "role": "owner"}), "id")
	mail := text(v.do("native", "GET", "/outbox?limit=1", nil)["items"].([]any)[0].(o), "id")
	v.do("native", "PATCH", "/experience/draft", o{"branding": o{"display_name": "Fernway"}})
	v.age(30 * time.Minute)
	before := v.events()
	for _, path := range []string{"/console/outbox/" + mail, "/console/clients/" + client + "/secrets/new", "/console/clients/" + client + "/rotation/new", "/console/clients/" + client + "/keys/new", "/console/administrators/new"} {
		if res, body := v.get(path); res.StatusCode != 303 || !strings.HasPrefix(res.Header.Get("Location"), "/console/sign-in/confirm") {
			t.Errorf("GET %s: %d %s %.100s", path, res.StatusCode, res.Header.Get("Location"), body)
		}
	}
	for action, fields := range map[string]url.Values{
		"/console/administrators/" + vera + "/link": {},
		"/console/applications":                     {"name": {"Mine"}, "framework": {"management"}},
		"/console/clients/" + client + "/secrets":   {"name": {"mine"}},
		"/console/clients/" + closed + "/secrets":   {"name": {"mine"}},
		"/console/clients/" + client + "/rotation":  {"overlap_seconds": {"0"}},
		"/console/keys":                             {"alg": {"ES256"}},
		"/console/experience/publish":               {},
	} {
		fields.Set("_csrf", string(token[1]))
		res, body := v.submit(action, fields)
		if res.StatusCode != 303 || !strings.HasPrefix(res.Header.Get("Location"), "/console/sign-in/confirm") {
			t.Errorf("POST %s: %d %s %.200s", action, res.StatusCode, res.Header.Get("Location"), body)
		}
	}
	if after := v.events(); after != before {
		t.Errorf("%d things happened", after-before)
	}
}

// SECURITY-BAR M5: malformed input is never a server error, and errors hold words for their reader and not those of a library.
func TestMalformedValuesAreToldInPlainWords(t *testing.T) {
	v := newVisit(t)
	for _, c := range []struct {
		face, method, path, body string
		status                   int
		says                     string
	}{
		{"logto", "PUT", "/custom-phrases/it", `{"input":{"username":1e400}}`, 400, ""},
		{"logto", "PUT", "/custom-phrases/it", `{"input":{"username":0}}`, 400, `"received":"number"`},
		{"native", "POST", "/applications", `{"name":"a","custom_data":{"n":-1e999}}`, 400, "too large"},
		{"auth0", "POST", "/clients", `{"name":"a","client_metadata":{"n":1e400}}`, 400, ""},
		{"auth0", "PATCH", "/clients/" + machineID + "/credentials/x", `{"expires_at":"tomorrow"}`, 400, "2026-01-31T12:00:00Z"},
		{"logto", "GET", "/applications?search.name=(((a*&mode.name=posix", ``, 400, "is no pattern"},
		{"native", "GET", "/documents/..", ``, 404, "kind_not_found"},
		{"native", "GET", "/documents/A%20b/x", ``, 404, "kind_not_found"},
	} {
		req, err := http.NewRequest(c.method, siteURL+prefixes[c.face]+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+v.tokens[c.face])
		req.Header.Set("Content-Type", "application/json")
		res, body := v.send(req)
		if res.StatusCode != c.status || !strings.Contains(string(body), c.says) || strings.Contains(string(body), "parsing") {
			t.Errorf("%s %s %s: %d %s", c.method, c.path, c.body, res.StatusCode, body)
		}
	}
}

// SECURITY-BAR C2: the address of a picture opens the policy of the hosted pages to one host and never to all.
func TestALogoOpensThePolicyToOneHost(t *testing.T) {
	v := newVisit(t)
	for _, logo := range []string{"https://*/x", "https://*.example.com/x", "https://a..b/x", "https://a.example:99999/x"} {
		for _, c := range []shot{{"native", "PATCH", "/experience/draft", o{"branding": o{"logo_url": logo}}}, {"auth0", "PATCH", "/branding", o{"logo_url": logo}},
			{"logto", "PATCH", "/sign-in-exp", o{"branding": o{"logoUrl": logo}}}, {"native", "POST", "/applications", o{"name": "a", "logo_uri": logo}}} {
			if res, body := v.call(v.tokens[c.face], c.method, prefixes[c.face]+c.path, c.in); res.StatusCode < 400 || res.StatusCode >= 500 {
				t.Errorf("%s %s %s: %d %.200s", logo, c.method, c.path, res.StatusCode, body)
			}
		}
	}
	if res, _ := v.get("/sign-in"); strings.Contains(res.Header.Get("Content-Security-Policy"), "*") {
		t.Error(res.Header.Get("Content-Security-Policy"))
	}
}

// A mail template is drawn with bounded work, whoever wrote it.
func TestATemplateOfManyFiltersIsRefused(t *testing.T) {
	if _, err := mails.Parse("{{ a " + strings.Repeat("| upcase ", 100) + "}}"); err == nil {
		t.Error("a value with 100 filters")
	}
	text := `{% assign a = "` + strings.Repeat("x", 100) + `"` + strings.Repeat(` | replace: "x", "xxxxxxxxxxxxxxxx"`, 4) + ` %}` + strings.Repeat(`{% assign b = a | upcase | downcase | upcase | downcase | upcase | downcase %}`, 500)
	tmpl, err := mails.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := tmpl.Render(nil, true); err == nil || time.Since(began) > 2*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}

// PRODUCT.md: the data is the owner's alone, also in a folder that was there before.
func TestTheDatabaseIsTheOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		db, err := models.Open(t.Context(), dir, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Write.ExecContext(t.Context(), "CREATE TABLE IF NOT EXISTS t"+fmt.Sprint(round)+" (a TEXT)"); err != nil {
			t.Fatal(err)
		}
		files, _ := filepath.Glob(filepath.Join(dir, models.SQLiteFile+"*"))
		for _, name := range files {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", filepath.Base(name), info.Mode(), err)
			}
		}
		if len(files) < 2 {
			t.Error(files)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		_ = os.Chmod(filepath.Join(dir, models.SQLiteFile), 0o644) // of an earlier version
	}
}

// SECURITY-BAR M5: a body is as large as it was counted. An encoding would make a GiB of a few KiB, before anybody is known.
func TestNoBodyGrowsWhenItIsRead(t *testing.T) {
	s := newSite(t)
	at := s.listen()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte("grant_type=client_credentials&client_id=" + machineID + "&client_secret=" + machineSecret))
	_ = w.Close()
	for _, path := range []string{"/oidc/token", "/oauth/token", "/rest/v1/applications", "/api/v2/clients", "/api/applications", "/cis/v1/applications", "/console/sign-in"} {
		for _, coding := range []string{"gzip", "br", "deflate", "zstd", "gzip, gzip"} {
			header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Content-Encoding": {coding}}
			if res, body := over(t, at, "POST", path, header, packed.Bytes()); res.StatusCode < 400 || res.StatusCode > 415 {
				t.Errorf("%s %s: %d %.200s", path, coding, res.StatusCode, body)
			}
		}
	}
}

// RFC 9112 section 6.1: of two words about a body's length a proxy may have believed the other one.
func TestTwoWordsAboutABodysLengthAreRefused(t *testing.T) {
	s := newSite(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.listen(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "POST /oidc/token HTTP/1.1\r\nHost: localhost:8080\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na=b&c\r\n0\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || res.StatusCode != 400 || !res.Close {
		t.Errorf("%v, %v", res, err)
	}
}

// SECURITY-BAR G7: what compares each entry of a list with each is not made to do so ninety thousand times, nor told of all of it.
func TestALongListIsRefusedAtOnce(t *testing.T) {
	v := newVisit(t)
	values := make([]string, 60_000)
	for i := range values {
		values[i] = fmt.Sprint("s", i)
	}
	for _, c := range []struct {
		shot
		name string
	}{
		{shot{"native", "PATCH", "/clients/" + machineID, o{"allowed_scopes": values}}, "allowed_scopes"},
		{shot{"native", "POST", "/webhooks", o{"name": "a", "url": "https://hooks.example.com", "events": values}}, "events"},
		{shot{"auth0", "PATCH", "/clients/" + machineID, o{"client_aliases": values}}, "client_aliases"},
		{shot{"auth0", "POST", "/clients", o{"name": "a", "refresh_token": o{"policies": values}}}, "refresh_token.policies"},
		{shot{"logto", "PATCH", "/applications/" + machineID, o{"oidcClientMetadata": o{"redirectUris": values, "postLogoutRedirectUris": []string{}}}}, "redirectUris"},
		{shot{"transmit", "POST", "/applications", o{"name": "a", "tags": values}}, "tags"},
	} {
		began := time.Now()
		res, body := v.call(v.tokens[c.face], c.method, prefixes[c.face]+c.path, c.in)
		if res.StatusCode < 400 || res.StatusCode > 422 || !strings.Contains(string(body), c.name) || len(body) > 20_000 || time.Since(began) > 3*time.Second {
			t.Errorf("%s %s: %d, %d bytes, %v, %.300s", c.face, c.name, res.StatusCode, len(body), time.Since(began), body)
		}
	}
}

// SECURITY-BAR T14: a next key that has begun to sign is not deleted as a next one.
func TestAKeyThatSignsIsNotDeletedAsTheNextOne(t *testing.T) {
	v := newVisit(t)
	at := v.listen()
	for range 8 {
		key := text(v.do("native", "POST", "/keys", o{"alg": "ES256"}), "id")
		v.volley(at, []shot{{"native", "POST", "/keys/" + key + "/promote?force=true", o{}}, {"native", "DELETE", "/keys/" + key, o{}}})
		current, next := 0, ""
		for _, k := range v.do("native", "GET", "/keys", nil)["items"].([]any) {
			switch k := k.(o); {
			case text(k, "alg") == "ES256" && text(k, "status") == "current":
				current++
			case text(k, "alg") == "ES256" && text(k, "status") == "next":
				next = text(k, "id")
			}
		}
		if current != 1 {
			t.Fatalf("%d keys sign", current)
		}
		if next != "" {
			v.do("native", "DELETE", "/keys/"+next, nil)
		}
	}
}

// Decision 21, SECURITY-BAR C7: the explorer shows people no stored secret of connections and webhooks either.
func TestTheExplorerShowsPeopleNoSecretsOfConnectionsAndWebhooks(t *testing.T) {
	v := newVisit(t)
	v.do("auth0", "POST", "/connections", o{"name": "google", "strategy": "google-oauth2", "options": o{"client_id": "a", "client_secret": "hush-hush-connection"}})
	v.do("native", "POST", "/webhooks", o{"name": "Stock", "url": "https://hooks.example.com/", "events": []string{"*"}, "headers": o{"X-Secret": "hush-hush-header"}})
	v.signIn()
	for op, face := range map[string]string{"GET /api/v2/connections": "auth0", "GET /api/connectors": "logto", "GET /api/hooks": "logto"} {
		status, body := v.explore(face, op, url.Values{})
		if status != 200 || strings.Contains(body, "hush-hush") {
			t.Errorf("%s: %d", op, status)
		}
		res, direct := v.call(v.tokens[face], "GET", strings.TrimPrefix(op, "GET "), nil)
		if res.StatusCode != 200 || !strings.Contains(string(direct), "hush-hush") {
			t.Errorf("automation reads them: %s: %d %.200s", op, res.StatusCode, direct)
		}
	}
}

// SECURITY-BAR G7: what only one dialect knows of a client is bounded, or a page of a list takes gigabytes.
func TestWhatADialectKeepsOfAClientIsBounded(t *testing.T) {
	v := newVisit(t)
	big := strings.Repeat("x", 200<<10)
	for _, c := range []struct {
		shot
		name string
	}{
		{shot{"auth0", "PATCH", "/clients/" + machineID, o{"custom_login_page": big}}, "custom_login_page"},
		{shot{"auth0", "PATCH", "/clients/" + machineID, o{"addons": o{"samlp": o{"logo": big}}}}, "addons"},
		{shot{"logto", "PATCH", "/applications/" + machineID, o{"customData": o{"a": big}}}, "customData"},
	} {
		if res, body := v.call(v.tokens[c.face], c.method, prefixes[c.face]+c.path, c.in); res.StatusCode < 400 || res.StatusCode >= 500 || !strings.Contains(string(body), c.name) {
			t.Errorf("%s: %d %.300s", c.name, res.StatusCode, body)
		}
	}
	v.do("auth0", "PATCH", "/clients/"+machineID, o{"custom_login_page": strings.Repeat("x", 90<<10)})
}

// A draft of an application that is being deleted is told that it is gone.
func TestADraftBesideADeletionIsNoServerError(t *testing.T) {
	v := newVisit(t)
	at := v.listen()
	for range 8 {
		app := text(v.do("native", "POST", "/applications", o{"name": "Shop"}), "id")
		shots := []shot{{"native", "DELETE", "/applications/" + app, o{}}, {"native", "PATCH", "/applications/" + app + "/experience/draft", o{"branding": o{"display_name": "Shop"}}}}
		statuses, bodies := v.volley(at, shots)
		if statuses[0] != 204 || statuses[1] >= 500 {
			t.Errorf("%v %v", statuses, bodies)
		}
	}
}

// What was typed of a secret does not go into a page, in the headers of a webhook as little as in a field for a password.
func TestTypedHeadersOfAWebhookAreNotDrawnAgain(t *testing.T) {
	v := newVisit(t)
	v.signIn()
	for _, show := range []string{"", "call"} {
		res, body := v.post("/console/webhooks/new", "/console/webhooks", url.Values{"name": {"Stock"}, "url": {"nowhere"}, "events": {"client.created"}, "headers": {"X-Plain: hush-hush"}, "show": {show}})
		if strings.Contains(string(body), "hush-hush") || !strings.Contains(string(body), "X-Plain") {
			t.Errorf("%q: %d", show, res.StatusCode)
		}
	}
}
