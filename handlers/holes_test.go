package handlers

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Each test here is named after a hole that a review found, and tells what stops it.

// A null character, or what is not UTF-8, is no fault of the server wherever it stands in an address or in a token request.
func TestANullCharacterIsNoServerError(t *testing.T) {
	v := newVisit(t)
	v.signIn()
	for _, bad := range []string{"%00", "a%00b", "%ff"} {
		for _, path := range []string{"/oidc/token", "/oauth/token"} {
			for _, name := range []string{"resource", "audience", "scope"} {
				form := "grant_type=client_credentials&client_id=" + machineID + "&client_secret=" + machineSecret + "&" + name + "=" + bad
				req := httptest.NewRequest("POST", path, strings.NewReader(form))
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				if res, body := v.send(req); res.StatusCode != 400 || !strings.HasPrefix(text(object(body), "error"), "invalid_") {
					t.Errorf("%s %s=%s: %d %s", path, name, bad, res.StatusCode, body)
				}
			}
		}
		for face, lists := range searched {
			for _, list := range lists {
				if res, body := v.call(v.tokens[face], "GET", list+bad, nil); res.StatusCode != 400 && res.StatusCode != 422 {
					t.Errorf("%s%s: %d %s", list, bad, res.StatusCode, body)
				}
			}
		}
		for _, sp := range mounted(v.site) {
			if res, body := v.call(v.tokens[sp.name], "GET", sp.one+bad, nil); res.StatusCode != 404 {
				t.Errorf("%s%s: %d %s", sp.one, bad, res.StatusCode, body)
			}
		}
		for path, status := range map[string]int{"/console/applications?q=" + bad: 422, "/console/search?q=" + bad: 422, "/console/applications/" + bad: 404,
			"/console/applications/" + bad + "/branding": 404, "/console/mails/preview?purpose=" + bad: 422} {
			if res, _ := v.get(path); res.StatusCode != status && res.StatusCode != 404 {
				t.Errorf("%s: %d, want %d", path, res.StatusCode, status)
			}
		}
	}
}

// searched are lists that look for a text.
var searched = map[string][]string{
	"native":   {"/rest/v1/applications?q=", "/rest/v1/clients?q=", "/rest/v1/events?type=", "/rest/v1/applications?cursor="},
	"auth0":    {"/api/v2/connections?name=", "/api/v2/client-grants?audience=", "/api/v2/logs?q="},
	"logto":    {"/api/applications?search=", "/api/roles?search=", "/api/logs?logKey="},
	"transmit": {"/cis/v1/applications?search="},
}

// PostgreSQL keeps UTF-8 alone. What a browser calls itself is written with every change, so it must not be able to stop one.
func TestABrowserWithAnOddNameStopsNothing(t *testing.T) {
	s := newSite(t)
	token := s.token(siteURL + "/rest/v1")
	for i, agent := range []string{"\xff", "curl\xff/8", strings.Repeat("x", 199) + "é"} {
		req := httptest.NewRequest("POST", "/rest/v1/applications", strings.NewReader(fmt.Sprintf(`{"name":"App %d"}`, i)))
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("User-Agent", agent)
		if res, body := s.send(req); res.StatusCode != 201 {
			t.Errorf("agent %q: %d %s", agent, res.StatusCode, body)
		}
		s.jar = newJar()
		_, page := s.get("/console/sign-in")
		fields := url.Values{"_csrf": {string(formToken.FindSubmatch(page)[1])}, "email": {ownerEmail}, "password": {ownerPassword}}
		req = httptest.NewRequest("POST", "/console/sign-in", strings.NewReader(fields.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("User-Agent", agent)
		if res, body := s.send(req); res.StatusCode != 303 {
			t.Errorf("sign-in as agent %q: %d %.200s", agent, res.StatusCode, body)
		}
	}
}
