package handlers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// shownCall is a call as the drawer beside a form shows it.
type shownCall struct{ API, Verb, Path, Version, Body string }

var (
	curlHead    = regexp.MustCompile(`(?s)^curl -X (\w+) \\\n  "\$GATEHOUSE([^"]*)"`)
	curlVersion = regexp.MustCompile(`-H 'If-Match: "(\d+)"'`)
	curlBody    = regexp.MustCompile(`(?s)--json '(.*)'$`)
)

// shownCalls reads the drawer of a page.
func shownCalls(t testing.TB, page []byte) map[string]shownCall {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]shownCall{}
	for n := range root.Descendants() {
		if n.Data != "section" || !strings.HasPrefix(attribute(n, "class"), "call ") {
			continue
		}
		for c := range n.Descendants() {
			if id := attribute(c, "id"); c.Data == "code" && strings.HasSuffix(id, "-curl-text") {
				out[attribute(n, "aria-label")] = readCurl(t, attribute(n, "aria-label"), textOf(c))
			}
		}
	}
	return out
}

func readCurl(t testing.TB, api, text string) shownCall {
	t.Helper()
	head := curlHead.FindStringSubmatch(text)
	if head == nil {
		t.Fatalf("%s: not a call: %s", api, text)
	}
	c := shownCall{API: api, Verb: head[1], Path: head[2]}
	if v := curlVersion.FindStringSubmatch(text); v != nil {
		c.Version = v[1]
	}
	if b := curlBody.FindStringSubmatch(text); b != nil {
		c.Body = strings.ReplaceAll(b[1], `'\''`, "'")
	}
	return c
}

// do sends a shown call as a program would that holds a token of its API.
func (s *site) do(c shownCall, tokens map[string]string) (*http.Response, []byte) {
	s.t.Helper()
	req := httptest.NewRequest(c.Verb, c.Path, strings.NewReader(c.Body))
	req.Header.Set("Authorization", "Bearer "+tokens[c.API])
	if c.Body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Version != "" {
		req.Header.Set("If-Match", `"`+c.Version+`"`)
	}
	return s.send(req)
}

// formCase is a form of the console. make prepares what it is about, under a name of its own, and gives the page, where its form posts
// and what is typed; left tells what doing it leaves, without what differs by itself.
type formCase struct {
	name string
	apis string
	make func(s *formSite, n string) (page, action string, typed url.Values)
	left func(s *formSite, n string) any
}

// formSite is a site with what the cases need.
type formSite struct {
	*site
	native string
	auth0  string
	seen   int    // what count counted last
	about  string // id of what a case made last
}

func (s *formSite) made(path string, in map[string]any) string {
	s.t.Helper()
	var out struct {
		ID     string
		Client struct{ ID string }
	}
	s.decode(&out, s.native, "POST", path, in)
	if out.Client.ID != "" {
		return out.Client.ID
	}
	return out.ID
}

// pick reads an object natively and keeps some members of it.
func (s *formSite) pick(path string, names ...string) map[string]any {
	s.t.Helper()
	res, body := s.call(s.native, "GET", path, nil)
	if res.StatusCode == 404 {
		return nil
	}
	var all map[string]any
	if err := json.Unmarshal(body, &all); err != nil {
		s.t.Fatalf("%s: %s", path, body)
	}
	out := map[string]any{}
	for _, name := range names {
		out[name] = all[name]
	}
	return out
}

// find reads the one object of a list that bears a name.
func (s *formSite) find(path, member, value string, names ...string) map[string]any {
	s.t.Helper()
	var list struct{ Items []map[string]any }
	s.decode(&list, s.native, "GET", path, nil)
	for _, item := range list.Items {
		if item[member] == value {
			out := map[string]any{"id": nil}
			for _, name := range names {
				out[name] = item[name]
			}
			return out
		}
	}
	return nil
}

func (s *formSite) idOf(path, member, value string) string {
	s.t.Helper()
	id, _ := s.find(path, member, value, "id")["id"].(string)
	return id
}

const uniqueAPI = "https://%s.example.com/"

var formCases = []formCase{
	{"register an API", "Auth0 Logto Native", func(_ *formSite, n string) (string, string, url.Values) {
		return "/console/resources/new", "/console/resources/new", url.Values{"identifier": {fmt.Sprintf(uniqueAPI, n)}, "name": {"It's " + n}}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/resources", "identifier", fmt.Sprintf(uniqueAPI, n), "is_default")
	}},
	{"change an API", "Auth0 Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/resources/" + s.made("/rest/v1/resources", map[string]any{"identifier": fmt.Sprintf(uniqueAPI, n)})
		return at, at, url.Values{"name": {"Renamed"}, "access_token_lifetime_seconds": {"900"}}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/resources", "identifier", fmt.Sprintf(uniqueAPI, n), "name", "access_token_lifetime_seconds", "signing_alg")
	}},
	{"delete an API", "Auth0 Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/resources/" + s.made("/rest/v1/resources", map[string]any{"identifier": fmt.Sprintf(uniqueAPI, n)}) + "/delete"
		return at, at, url.Values{}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/resources", "identifier", fmt.Sprintf(uniqueAPI, n))
	}},
	{"add a scope", "Auth0 Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/resources/" + s.made("/rest/v1/resources", map[string]any{"identifier": fmt.Sprintf(uniqueAPI, n), "scopes": []any{map[string]any{"name": "a:b"}}})
		return at, at + "/scopes", url.Values{"name": {"read:it"}, "description": {"Reads"}}
	}, scopesLeft},
	{"delete a scope", "Auth0 Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		id := s.made("/rest/v1/resources", map[string]any{"identifier": fmt.Sprintf(uniqueAPI, n), "scopes": []any{map[string]any{"name": "a:b"}, map[string]any{"name": "c:d", "description": "x"}}})
		scopes := s.pick("/rest/v1/resources/"+id, "scopes")["scopes"].([]any)
		at := "/console/resources/" + id + "/scopes/" + scopes[0].(map[string]any)["id"].(string) + "/delete"
		return at, at, url.Values{}
	}, scopesLeft},
	{"grant a client access", "Auth0 Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/resources/" + s.made("/rest/v1/resources", map[string]any{"identifier": fmt.Sprintf(uniqueAPI, n), "scopes": []any{map[string]any{"name": "a:b"}}})
		id := s.made("/rest/v1/applications", map[string]any{"name": n, "client": map[string]any{"profile": "machine"}})
		return at, at + "/grants", url.Values{"client_id": {id}, "scopes": {"a:b"}}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/client-grants", "identifier", fmt.Sprintf(uniqueAPI, n), "scopes", "all_scopes", "subject_type")
	}},
	{"take access back", "Auth0 Native", func(s *formSite, n string) (string, string, url.Values) {
		id := s.made("/rest/v1/resources", map[string]any{"identifier": fmt.Sprintf(uniqueAPI, n)})
		client := s.made("/rest/v1/applications", map[string]any{"name": n, "client": map[string]any{"profile": "machine"}})
		at := "/console/resources/" + id + "/grants/" + s.made("/rest/v1/client-grants", map[string]any{"client_id": client, "identifier": fmt.Sprintf(uniqueAPI, n)}) + "/delete"
		return at, at, url.Values{}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/client-grants", "identifier", fmt.Sprintf(uniqueAPI, n))
	}},
	{"create a role", "Logto Native", func(_ *formSite, n string) (string, string, url.Values) {
		return "/console/roles/new", "/console/roles/new", url.Values{"name": {n}, "description": {"Does"}, "kind": {"machine"}}
	}, func(s *formSite, n string) any { return s.find("/rest/v1/roles", "name", n, "description", "kind") }},
	{"delete a role", "Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/roles/" + s.made("/rest/v1/roles", map[string]any{"name": n, "kind": "machine"}) + "/delete"
		return at, at, url.Values{}
	}, func(s *formSite, n string) any { return s.find("/rest/v1/roles", "name", n) }},
	{"give a role scopes", "Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		id := s.made("/rest/v1/resources", map[string]any{"identifier": fmt.Sprintf(uniqueAPI, n), "scopes": []any{map[string]any{"name": "a:b"}}})
		scopes := s.pick("/rest/v1/resources/"+id, "scopes")["scopes"].([]any)
		at := "/console/roles/" + s.made("/rest/v1/roles", map[string]any{"name": n, "kind": "machine"})
		return at, at + "/scopes", url.Values{"scope_ids": {"", scopes[0].(map[string]any)["id"].(string)}}
	}, func(s *formSite, n string) any {
		return namesOf(s.pick("/rest/v1/roles/"+s.idOf("/rest/v1/roles", "name", n)+"/scopes", "items")["items"])
	}},
	{"give a client a role", "Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		id := s.made("/rest/v1/applications", map[string]any{"name": n, "client": map[string]any{"profile": "machine"}})
		at := "/console/roles/" + s.made("/rest/v1/roles", map[string]any{"name": n, "kind": "machine"})
		return at, at + "/clients", url.Values{"client_id": {id}}
	}, func(s *formSite, n string) any {
		return namesOf(s.pick("/rest/v1/roles/"+s.idOf("/rest/v1/roles", "name", n)+"/clients", "items")["items"])
	}},
	{"create an application", "Auth0 Logto Native Transmit", func(_ *formSite, n string) (string, string, url.Values) {
		return "/console/applications/new?framework=react", "/console/applications", url.Values{"name": {n}, "address": {"https://" + n + ".example.com"}}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/clients?q="+n, "name", n, "grant_types", "response_types", "token_endpoint_auth_method", "redirect_uris")
	}},
	{"change an application", "Native Transmit", func(s *formSite, n string) (string, string, url.Values) {
		s.made("/rest/v1/applications", map[string]any{"name": n})
		at := "/console/applications/" + s.idOf("/rest/v1/applications?q="+n, "name", n) + "/settings"
		return at, at, url.Values{"description": {"Told"}, "login_uri": {"https://a.example.com/login"}}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/applications?q="+n, "name", n, "description", "login_uri", "allow_public_signup", "tags")
	}},
	{"delete an application", "Native Transmit", func(s *formSite, n string) (string, string, url.Values) {
		s.made("/rest/v1/applications", map[string]any{"name": n})
		at := "/console/applications/" + s.idOf("/rest/v1/applications?q="+n, "name", n) + "/delete"
		return at, at, url.Values{"confirm": {n}}
	}, func(s *formSite, n string) any { return s.find("/rest/v1/applications?q="+n, "name", n) }},
	{"disable an application", "Native", func(s *formSite, n string) (string, string, url.Values) {
		s.made("/rest/v1/applications", map[string]any{"name": n})
		at := "/console/applications/" + s.idOf("/rest/v1/applications?q="+n, "name", n) + "/disable"
		return at, at, url.Values{}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/applications?q="+n, "name", n, "disabled")
	}},
	{"create a client", "Auth0 Logto Native Transmit", func(s *formSite, n string) (string, string, url.Values) {
		s.made("/rest/v1/applications", map[string]any{"name": "App " + n})
		at := "/console/applications/" + s.idOf("/rest/v1/applications?q="+n, "name", "App "+n) + "/clients/new"
		return at + "?profile=web", at, url.Values{"name": {n}, "redirect_uris": {"https://a.example.com/cb"}}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/clients?q="+n, "name", n, "redirect_uris")
	}},
	{"change a client", "Auth0 Logto Native Transmit", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/clients/" + s.made("/rest/v1/applications", map[string]any{"name": n, "client": map[string]any{"profile": "web", "redirect_uris": []string{"https://a.example.com/cb"}}}) + "/settings"
		return at, at, url.Values{"redirect_uris": {"", "https://b.example.com/cb"}, "description": {"Other"}}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/clients?q="+n, "name", n, "redirect_uris", "description", "grant_types", "pkce", "token_endpoint_auth_method", "refresh_token")
	}},
	{"delete a client", "Auth0 Logto Native Transmit", func(s *formSite, n string) (string, string, url.Values) {
		s.made("/rest/v1/applications", map[string]any{"name": "App " + n})
		app := s.idOf("/rest/v1/applications?q="+n, "name", "App "+n)
		var c struct{ ID string }
		s.decode(&c, s.native, "POST", "/rest/v1/applications/"+app+"/clients", map[string]any{"name": n})
		at := "/console/clients/" + c.ID + "/delete"
		return at, at, url.Values{"confirm": {n}}
	}, func(s *formSite, n string) any { return s.find("/rest/v1/clients?q="+n, "name", n) }},
	{"create a secret", "Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/clients/" + s.made("/rest/v1/applications", map[string]any{"name": n}) + "/secrets"
		return at + "/new", at, url.Values{"name": {"Extra"}, "expires": {"30"}}
	}, secretsLeft},
	{"rename a secret", "Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		id := s.made("/rest/v1/applications", map[string]any{"name": n})
		at := "/console/clients/" + id + "/secrets/" + s.made("/rest/v1/clients/"+id+"/secrets", map[string]any{"name": "Extra"})
		return at, at, url.Values{"name": {"Better"}}
	}, secretsLeft},
	{"rotate a secret without overlap", "Auth0 Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/clients/" + s.made("/rest/v1/applications", map[string]any{"name": n}) + "/rotation"
		return at + "/new", at, url.Values{"overlap_seconds": {"0"}}
	}, func(s *formSite, n string) any {
		states := []string{}
		for _, item := range s.secretsOf(n) {
			states = append(states, item["status"].(string))
		}
		return states
	}},
	{"retire a secret", "Native", func(s *formSite, n string) (string, string, url.Values) {
		id := s.made("/rest/v1/applications", map[string]any{"name": n})
		at := "/console/clients/" + id + "/secrets/" + s.made("/rest/v1/clients/"+id+"/secrets", map[string]any{"name": "Extra"}) + "/retire"
		return at, at, url.Values{}
	}, secretsLeft},
	{"delete a secret", "Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		id := s.made("/rest/v1/applications", map[string]any{"name": n})
		at := "/console/clients/" + id + "/secrets/" + s.made("/rest/v1/clients/"+id+"/secrets", map[string]any{"name": "Extra"}) + "/delete"
		return at, at, url.Values{}
	}, secretsLeft},
	{"add a connection", "Auth0 Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		var list struct{ Items []struct{ ID string } }
		for s.decode(&list, s.native, "GET", "/rest/v1/connections", nil); len(list.Items) > 0; list.Items = list.Items[1:] {
			s.call(s.native, "DELETE", "/rest/v1/connections/"+list.Items[0].ID, nil) // a target has one connector
		}
		return "/console/connections/new?strategy=google", "/console/connections", url.Values{"name": {n}, "display_name": {"G " + n}, "client_id": {"abc"}, "client_secret": {"$SECRET"}}
	}, func(s *formSite, n string) any {
		var list struct{ Items []map[string]any }
		s.decode(&list, s.native, "GET", "/rest/v1/connections", nil)
		return []any{list.Items[0]["strategy"], list.Items[0]["secret_options"], list.Items[0]["enabled"]}
	}},
	{"change a connection", "Auth0 Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/connections/" + s.made("/rest/v1/connections", map[string]any{"name": n, "strategy": "google", "options": map[string]any{"client_id": "abc", "client_secret": "$SECRET"}})
		return at, at, url.Values{"client_id": {"def"}, "client_secret": {"$SECRET"}}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/connections?q="+n, "name", n, "secret_options", "options")
	}},
	{"delete a connection", "Auth0 Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/connections/" + s.made("/rest/v1/connections", map[string]any{"name": n, "strategy": "google", "options": map[string]any{"client_id": "abc"}}) + "/delete"
		return at, at, url.Values{"confirm": {n}}
	}, func(s *formSite, n string) any { return s.find("/rest/v1/connections?q="+n, "name", n) }},
	{"brand the sign-in experience", "Auth0 Logto Native", func(s *formSite, _ string) (string, string, url.Values) {
		s.plain()
		return "/console/experience/branding", "/console/experience/branding?lang=en&step=sign_in&theme=both", url.Values{"branding.primary_color": {"#112233"}}
	}, experienceLeft},
	{"set a password policy", "Logto Native", func(s *formSite, _ string) (string, string, url.Values) {
		s.plain()
		return "/console/experience/security", "/console/experience/security?lang=en&step=sign_in&theme=both", url.Values{"password.min_length": {"14"}}
	}, experienceLeft},
	{"add a webhook", "Logto Native", func(_ *formSite, n string) (string, string, url.Values) {
		return "/console/webhooks/new", "/console/webhooks", url.Values{"name": {n}, "url": {"https://hooks.example.com/" + n}, "events": {""}, "more": {"Role.Created"}, "headers": {"X-Key: $SECRET"}, "retries": {"4"}}
	}, webhookLeft},
	{"change a webhook", "Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		id := s.made("/rest/v1/webhooks", map[string]any{"name": n, "url": "https://hooks.example.com/a", "events": []string{"Role.Created"}, "retries": 2})
		return "/console/webhooks/" + id + "/edit", "/console/webhooks/" + id, url.Values{"url": {"https://hooks.example.com/b"}, "retries": {"3"}, "enabled": {"", "true"}}
	}, webhookLeft},
	{"delete a webhook", "Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/webhooks/" + s.made("/rest/v1/webhooks", map[string]any{"name": n, "url": "https://hooks.example.com/a", "events": []string{"Role.Created"}}) + "/delete"
		return at, at, url.Values{}
	}, webhookLeft},
	{"choose a mail provider", "Auth0 Native", func(s *formSite, _ string) (string, string, url.Values) {
		s.call(s.native, "DELETE", "/rest/v1/email-provider", nil)
		return "/console/settings/mail", "/console/settings/mail", url.Values{"enabled": {"", "true"}, "name": {"smtp"}, "from": {"login@example.com"}, "host": {"smtp.example.com"}, "port": {"465"}, "protection": {"tls"}, "user": {"u"}, "password": {"$SECRET"}}
	}, func(s *formSite, _ string) any {
		return s.pick("/rest/v1/email-provider", "name", "enabled", "from", "host", "port", "protection", "user")
	}},
	{"write the text of a mail", "Auth0 Logto Native", func(s *formSite, _ string) (string, string, url.Values) {
		at := "/console/settings/mail/templates/reset_password_code/en"
		s.call(s.native, "DELETE", "/rest/v1/email-templates/reset_password_code/en", nil)
		return at, at, url.Values{"enabled": {"", "true"}, "subject": {"Code {{ code }}"}, "body": {"<p>{{ code }}</p>"}, "content_type": {"text/html"}}
	}, func(s *formSite, _ string) any {
		return s.pick("/rest/v1/email-templates/reset_password_code/en", "subject", "body", "enabled", "content_type")
	}},
	{"promote a signing key", "Auth0 Logto Native", func(s *formSite, _ string) (string, string, url.Values) {
		for s.keyOf("RS256", "next") == "" { // the first key of an algorithm signs at once
			s.made("/rest/v1/keys", map[string]any{"alg": "RS256"})
		}
		at := "/console/keys/" + s.keyOf("RS256", "next") + "/promote"
		return at, at, url.Values{"force": {"", "true"}}
	}, func(s *formSite, _ string) any { return s.count("/rest/v1/keys", "previous") }},
	{"change the settings", "Auth0 Native", func(s *formSite, n string) (string, string, url.Values) {
		s.call(s.native, "PATCH", "/rest/v1/settings", map[string]any{"name": "Before", "support_email": ""})
		return "/console/settings", "/console/settings", url.Values{"name": {"After"}, "support_email": {"help@example.com"}}
	}, func(s *formSite, _ string) any {
		return s.pick("/rest/v1/settings", "name", "support_email", "secrets", "access_token_lifetime_seconds")
	}},
	{"invite an administrator", "Native", func(_ *formSite, n string) (string, string, url.Values) {
		return "/console/administrators/new", "/console/administrators", url.Values{"name": {n}, "email": {n + "@example.com"}, "role": {"viewer"}}
	}, func(s *formSite, n string) any {
		return s.find("/rest/v1/administrators", "name", n, "email", "role")
	}},
}

func (s *formSite) keyOf(alg, status string) string {
	var list struct{ Items []map[string]any }
	s.decode(&list, s.native, "GET", "/rest/v1/keys", nil)
	for _, k := range list.Items {
		if k["alg"] == alg && k["status"] == status {
			return k["id"].(string)
		}
	}
	return ""
}

// count is how many keys reached a stage, beyond those of the case before.
func (s *formSite) count(path, status string) int {
	var list struct{ Items []map[string]any }
	s.decode(&list, s.native, "GET", path, nil)
	n := 0
	for _, k := range list.Items {
		if k["status"] == status && k["alg"] == "RS256" {
			n++
		}
	}
	now := n - s.seen
	s.seen = n
	return now
}

func scopesLeft(s *formSite, n string) any {
	id := s.idOf("/rest/v1/resources", "identifier", fmt.Sprintf(uniqueAPI, n))
	return namesOf(s.pick("/rest/v1/resources/"+id, "scopes")["scopes"])
}

// namesOf are the names of a list of objects.
func namesOf(list any) []string {
	out := []string{}
	items, _ := list.([]any)
	for _, item := range items {
		m := item.(map[string]any)
		out = append(out, fmt.Sprint(m["name"], " ", m["description"]))
	}
	slices.Sort(out)
	return out
}

func (s *formSite) secretsOf(n string) []map[string]any {
	var list struct{ Items []map[string]any }
	s.decode(&list, s.native, "GET", "/rest/v1/clients/"+s.idOf("/rest/v1/clients?q="+n, "name", n)+"/secrets", nil)
	return list.Items
}

func secretsLeft(s *formSite, n string) any {
	out := []string{}
	for _, item := range s.secretsOf(n) {
		out = append(out, fmt.Sprint(item["name"], item["status"], item["expires_at"] != nil, item["is_primary"]))
	}
	return out
}

func webhookLeft(s *formSite, n string) any {
	return s.find("/rest/v1/webhooks", "name", n, "events", "retries", "enabled", "header_names")
}

// plain puts the experience back to what is built in.
func (s *formSite) plain() {
	s.call(s.native, "DELETE", "/rest/v1/experience/draft", nil)
	s.decode(&struct{}{}, s.native, "PATCH", "/rest/v1/experience", map[string]any{"branding": map[string]any{"primary_color": nil, "dark_primary_color": nil}, "password": map[string]any{"min_length": nil}})
}

// experienceLeft publishes the draft where there is one: a dialect has done so already.
func experienceLeft(s *formSite, _ string) any {
	s.call(s.native, "POST", "/rest/v1/experience/publish", map[string]any{})
	all, _ := s.pick("/rest/v1/experience", "settings")["settings"].(map[string]any)
	if look, ok := all["branding"].(map[string]any); ok {
		delete(look, "dark_primary_color") // a dialect that shows the one that follows from the other says it as well
	}
	return all
}

// TestShownCallsDoWhatTheirFormsDo shows every form as API calls, sends each call to its API, and compares what it leaves with what
// the form leaves. Nothing may happen while they are shown, and what was typed stays.
func TestShownCallsDoWhatTheirFormsDo(t *testing.T) {
	base := newSite(t)
	base.signIn()
	tokens := map[string]string{"Native": base.token(siteURL + "/rest/v1"), "Auth0": base.token(siteURL + "/api/v2/"), "Logto": base.token("https://default.logto.app/api"), "Transmit": base.token(siteURL + "/cis")}
	for i, c := range slices.Concat(formCases, moreFormCases, keyCases, peopleCases, lookCases) {
		t.Run(c.name, func(t *testing.T) {
			site := *base
			site.t = t
			s := &formSite{site: &site, native: tokens["Native"], auth0: tokens["Auth0"]}
			n := fmt.Sprintf("case%dform", i)
			page, action, typed := c.make(s, n)
			if res, body := s.change(page, action, typed); res.StatusCode >= 400 {
				t.Fatalf("the form: %d %s", res.StatusCode, textOfAlert(body))
			}
			want := s.leaves(c, n)
			for _, api := range strings.Fields(c.apis) {
				n := fmt.Sprintf("case%d%s", i, strings.ToLower(api))
				page, action, typed := c.make(s, n)
				before := s.events()
				typed.Set("show", "call")
				res, body := s.change(page, action, typed)
				calls := shownCalls(t, body)
				if got := strings.Join(slices.Sorted(maps.Keys(calls)), " "); res.StatusCode != 200 || got != c.apis {
					t.Fatalf("shown: %d, calls of %s, want %s: %s", res.StatusCode, got, c.apis, textOfAlert(body))
				}
				if now := s.events(); now != before {
					t.Errorf("showing did something: %d events", now-before)
				}
				if res, answer := s.do(calls[api], tokens); res.StatusCode >= 300 {
					t.Errorf("%s: %+v: %d %s", api, calls[api], res.StatusCode, answer)
					continue
				}
				if got := s.leaves(c, n); got != want {
					t.Errorf("%s %s %s leaves\n%s, the form\n%s", api, calls[api].Path, calls[api].Body, got, want)
				}
			}
		})
	}
}

// leaves is what doing a case left, whatever it was called.
func (s *formSite) leaves(c formCase, n string) string {
	raw, _ := json.Marshal(c.left(s, n))
	return strings.ReplaceAll(string(raw), n, "it")
}

// textOfAlert is what a page complains of.
func textOfAlert(page []byte) string {
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return err.Error()
	}
	for n := range root.Descendants() {
		if attribute(n, "role") == "alert" && textOf(n) != "" {
			return textOf(n)
		}
	}
	return fmt.Sprintf("%.300s", page)
}
