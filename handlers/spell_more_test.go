package handlers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// notShown are the forms of the console without API calls to show, and why.
var notShown = map[string]string{
	"/console/clients/:id/secrets/:secret_id/reveal": "it asks who sits there, not for a change",
	"/console/clients/:id/merge":                     "its values are those of the form before it, which shows them",
	"/console/clients/:id/default":                   "a line of a menu",
	"/console/experience/publish":                    "the call of the draft names it",
	"/console/experience/discard":                    "it takes back what was typed here",
	"/console/applications/:id/branding/publish":     "the call of the draft names it",
	"/console/applications/:id/branding/discard":     "it takes back what was typed here",
}

// TestEveryFormCanBeShownAsACall: a form of the console that does something to what APIs manage can be shown as their calls.
func TestEveryFormCanBeShownAsACall(t *testing.T) {
	s, used := newSite(t), []string{}
	for _, r := range s.app.Server.Routes() {
		if r.Method != "POST" || !strings.HasPrefix(r.Path, "/console") || !strings.Contains(r.Action, ".") {
			continue // sign-in and one's own account are no API's
		}
		_, excused := notShown[r.Path]
		if excused {
			used = append(used, r.Path)
		}
		if r.Shows() == excused {
			t.Errorf("%s: shown as API calls %v, excused %v", r.Path, r.Shows(), excused)
		}
	}
	for path := range notShown {
		if !slices.Contains(used, path) {
			t.Errorf("%s is excused and not there", path)
		}
	}
}

// moreFormCases are the forms without fields: buttons that act at once, and questions.
var moreFormCases = []formCase{
	{"delete some applications", "Native", func(s *formSite, n string) (string, string, url.Values) {
		ids := s.two(n)
		return "/console/applications/delete?id=" + ids[0] + "&id=" + ids[1], "/console/applications/delete", url.Values{"id": ids, "confirm": {"delete 2"}}
	}, twoLeft},
	{"disable some applications", "Native", func(s *formSite, n string) (string, string, url.Values) {
		ids := s.two(n)
		return "/console/applications/disable?id=" + ids[0] + "&id=" + ids[1], "/console/applications/disable", url.Values{"id": ids}
	}, twoLeft},
	{"enable an application", "Native", func(s *formSite, n string) (string, string, url.Values) {
		ids := s.two(n)
		s.decode(&struct{}{}, s.native, "PATCH", "/rest/v1/applications/"+ids[0], map[string]any{"disabled": true})
		at := "/console/applications/" + ids[0]
		return at + "/danger", at + "/enable", url.Values{}
	}, twoLeft},
	{"make a secret primary", "Native", func(s *formSite, n string) (string, string, url.Values) {
		id := s.made("/rest/v1/applications", map[string]any{"name": n})
		at := "/console/clients/" + id + "/secrets/" + s.made("/rest/v1/clients/"+id+"/secrets", map[string]any{"name": "Extra"})
		return at, at + "/primary", url.Values{}
	}, secretsLeft},
	{"finish a rotation", "Native", func(s *formSite, n string) (string, string, url.Values) {
		at := s.rotating(n)
		return at + "/secrets", at + "/rotation/finish", url.Values{}
	}, secretsLeft},
	{"cancel a rotation", "Native", func(s *formSite, n string) (string, string, url.Values) {
		at := s.rotating(n)
		return at + "/secrets", at + "/rotation/cancel", url.Values{}
	}, secretsLeft},
	{"delete a public key", "Auth0 Native", func(s *formSite, n string) (string, string, url.Values) {
		id := s.made("/rest/v1/applications", map[string]any{"name": n})
		key := s.made("/rest/v1/clients/"+id+"/keys", map[string]any{"name": "Laptop", "jwk": publicJWK()})
		at := "/console/clients/" + id + "/keys/" + key + "/delete"
		return at, at, url.Values{}
	}, func(s *formSite, n string) any {
		return namesOf(s.pick("/rest/v1/clients/"+s.idOf("/rest/v1/clients?q="+n, "name", n)+"/keys", "items")["items"])
	}},
	{"delete a certificate", "Auth0 Native", func(s *formSite, n string) (string, string, url.Values) {
		id := s.made("/rest/v1/applications", map[string]any{"name": n})
		cert := s.made("/rest/v1/clients/"+id+"/certificates", map[string]any{"name": "Laptop", "certificate": certificateOf(s.t, clientKey(s.t))})
		at := "/console/clients/" + id + "/certificates/" + cert + "/delete"
		return at, at, url.Values{}
	}, func(s *formSite, n string) any {
		return namesOf(s.pick("/rest/v1/clients/"+s.idOf("/rest/v1/clients?q="+n, "name", n)+"/certificates", "items")["items"])
	}},
	{"let a client use a connection", "Auth0 Native", func(s *formSite, n string) (string, string, url.Values) {
		client := s.made("/rest/v1/applications", map[string]any{"name": n, "client": map[string]any{"profile": "web"}})
		at := "/console/connections/" + s.connection(n) + "/clients"
		return at, at, url.Values{"client_id": {client}, "enabled": {"true"}}
	}, usersLeft},
	{"stop a client from using a connection", "Auth0 Native", func(s *formSite, n string) (string, string, url.Values) {
		client := s.made("/rest/v1/applications", map[string]any{"name": n, "client": map[string]any{"profile": "web"}})
		id := s.connection(n)
		s.call(s.native, "PATCH", "/rest/v1/connections/"+id+"/clients", map[string]any{"clients": []any{map[string]any{"client_id": client, "enabled": true}}})
		at := "/console/connections/" + id + "/clients"
		return at, at, url.Values{"client_id": {client}, "enabled": {"false"}}
	}, usersLeft},
	{"remove the mail provider", "Auth0 Native", func(s *formSite, _ string) (string, string, url.Values) {
		s.call(s.native, "PUT", "/rest/v1/email-provider", map[string]any{"name": "smtp", "enabled": true, "from": "login@example.com", "host": "smtp.example.com", "port": 465, "protection": "tls"})
		return "/console/settings/mail/delete", "/console/settings/mail/delete", url.Values{}
	}, func(s *formSite, _ string) any { return s.pick("/rest/v1/email-provider", "host") }},
	{"delete the text of a mail", "Logto Native", func(s *formSite, _ string) (string, string, url.Values) {
		s.call(s.native, "PUT", "/rest/v1/email-templates/reset_password_code/en", map[string]any{"subject": "Code", "body": "{{ code }}"})
		at := "/console/settings/mail/templates/reset_password_code/en/delete"
		return at, at, url.Values{}
	}, func(s *formSite, _ string) any {
		return s.pick("/rest/v1/email-templates/reset_password_code/en", "subject")
	}},
	{"rotate the signing key of a webhook", "Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/webhooks/" + s.made("/rest/v1/webhooks", map[string]any{"name": n, "url": "https://hooks.example.com/a", "events": []string{"Role.Created"}})
		return at, at + "/rotate", url.Values{}
	}, func(s *formSite, n string) any {
		until := s.find("/rest/v1/webhooks", "name", n, "previous_key_until", "version")
		return []any{until["previous_key_until"] != nil, until["version"]}
	}},
	{"take a scope from a role", "Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		id := s.made("/rest/v1/resources", map[string]any{"identifier": fmt.Sprintf(uniqueAPI, n), "scopes": []any{map[string]any{"name": "a:b"}}})
		scope := s.pick("/rest/v1/resources/"+id, "scopes")["scopes"].([]any)[0].(map[string]any)["id"].(string)
		at := "/console/roles/" + s.made("/rest/v1/roles", map[string]any{"name": n, "kind": "machine", "scope_ids": []string{scope}})
		return at, at + "/scopes/" + scope + "/delete", url.Values{}
	}, func(s *formSite, n string) any {
		return namesOf(s.pick("/rest/v1/roles/"+s.idOf("/rest/v1/roles", "name", n)+"/scopes", "items")["items"])
	}},
	{"take a role from a client", "Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		client := s.made("/rest/v1/applications", map[string]any{"name": n, "client": map[string]any{"profile": "machine"}})
		role := s.made("/rest/v1/roles", map[string]any{"name": n, "kind": "machine"})
		s.call(s.native, "POST", "/rest/v1/clients/"+client+"/roles", map[string]any{"role_ids": []string{role}})
		return "/console/roles/" + role, "/console/roles/" + role + "/clients/" + client + "/delete", url.Values{}
	}, func(s *formSite, n string) any {
		return namesOf(s.pick("/rest/v1/roles/"+s.idOf("/rest/v1/roles", "name", n)+"/clients", "items")["items"])
	}},
	{"restore a version", "Native", func(s *formSite, _ string) (string, string, url.Values) {
		s.plain()
		s.decode(&struct{}{}, s.native, "PATCH", "/rest/v1/experience", map[string]any{"branding": map[string]any{"primary_color": "#112233"}})
		s.decode(&struct{}{}, s.native, "PATCH", "/rest/v1/experience", map[string]any{"branding": map[string]any{"primary_color": "#445566"}})
		at := fmt.Sprint("/console/experience/history/", s.pick("/rest/v1/experience", "version")["version"].(float64)-1)
		return at, at + "/restore", url.Values{}
	}, func(s *formSite, _ string) any {
		return s.pick("/rest/v1/experience", "settings")["settings"].(map[string]any)["branding"]
	}},
	{"add a domain", "Auth0 Logto Native", func(_ *formSite, n string) (string, string, url.Values) {
		return "/console/settings/domains", "/console/settings/domains", url.Values{"domain": {n + ".example.com"}}
	}, domainLeft},
	{"delete a domain", "Auth0 Logto Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/settings/domains/" + s.made("/rest/v1/domains", map[string]any{"domain": n + ".example.com"}) + "/delete"
		return at, at, url.Values{}
	}, domainLeft},
	{"verify a domain", "Auth0 Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/settings/domains/" + s.made("/rest/v1/domains", map[string]any{"domain": n + ".invalid"})
		return at, at + "/verify", url.Values{}
	}, func(s *formSite, n string) any {
		d := s.find("/rest/v1/domains", "domain", n+".invalid", "status", "error")
		return []any{d["status"], d["error"] != ""}
	}},
	{"send a password link", "Native", func(s *formSite, n string) (string, string, url.Values) {
		at := "/console/administrators/" + s.made("/rest/v1/administrators", map[string]any{"name": n, "email": n + "@example.com", "role": "viewer"})
		return at, at + "/link", url.Values{}
	}, func(s *formSite, n string) any { return s.find("/rest/v1/administrators", "name", n, "email") }},
}

// two makes two applications whose names begin alike.
func (s *formSite) two(n string) []string {
	for _, which := range []string{"a", "b"} {
		s.made("/rest/v1/applications", map[string]any{"name": n + which})
	}
	return []string{s.idOf("/rest/v1/applications?q="+n, "name", n+"a"), s.idOf("/rest/v1/applications?q="+n, "name", n+"b")}
}

func twoLeft(s *formSite, n string) any {
	return []any{s.find("/rest/v1/applications?q="+n, "name", n+"a", "disabled"), s.find("/rest/v1/applications?q="+n, "name", n+"b", "disabled")}
}

// rotating begins a rotation and gives the address of the client.
func (s *formSite) rotating(n string) string {
	id := s.made("/rest/v1/applications", map[string]any{"name": n})
	s.decode(&struct{}{}, s.native, "POST", "/rest/v1/clients/"+id+"/rotation", map[string]any{"name": "Next", "overlap_seconds": 3600})
	return "/console/clients/" + id
}

func (s *formSite) connection(n string) string {
	return s.made("/rest/v1/connections", map[string]any{"name": n, "strategy": "google", "options": map[string]any{"client_id": "abc"}})
}

// usersLeft is how many clients may use a connection.
func usersLeft(s *formSite, n string) any {
	items, _ := s.pick("/rest/v1/connections/"+s.idOf("/rest/v1/connections?q="+n, "name", n)+"/clients", "items")["items"].([]any)
	return len(items)
}

func clientKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func domainLeft(s *formSite, n string) any {
	return s.find("/rest/v1/domains", "domain", n+".example.com", "status", "default")
}
