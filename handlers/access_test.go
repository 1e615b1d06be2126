package handlers

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gatehouse/models"
)

const orders = "https://orders.example/"

// machine makes a machine client of an ordinary application and gives its id and secret.
func (s *site) machine(token, name string) (id, secret string) {
	s.t.Helper()
	var made struct {
		Client struct{ ID string }
		Secret struct{ Value string }
	}
	s.decode(&made, token, "POST", "/rest/v1/applications", map[string]any{"name": name, "client": map[string]any{"profile": models.ProfileMachine}})
	return made.Client.ID, made.Secret.Value
}

// told is an answer of the token endpoint with the claims of the token.
type told struct {
	Status      int
	AccessToken string `json:"access_token"`
	ExpiresIn   int64  `json:"expires_in"`
	Scope       string
	Error       string
	Description string `json:"error_description"`
	Aud         string
	Alg         string
}

// ask asks for a token at a path.
func (s *site) ask(path, id, secret string, more url.Values) (out told) {
	s.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}
	for k, v := range more {
		form[k] = v
	}
	req := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, body := s.send(req)
	if err := json.Unmarshal(body, &out); err != nil {
		s.t.Fatalf("%s: %s", path, body)
	}
	out.Status = res.StatusCode
	if parts := strings.Split(out.AccessToken, "."); len(parts) == 3 {
		for i, into := range []*told{&out, &out} {
			raw, _ := base64.RawURLEncoding.DecodeString(parts[i])
			var seen struct{ Aud, Alg string }
			_ = json.Unmarshal(raw, &seen)
			if seen.Aud != "" {
				into.Aud = seen.Aud
			}
			if seen.Alg != "" {
				into.Alg = seen.Alg
			}
		}
	}
	return out
}

// A client gets a token for a registered resource by what it was granted, by grants and by roles, and by nothing else.
func TestTokensForRegisteredResources(t *testing.T) {
	s := newSite(t)
	native := s.token(siteURL + "/rest/v1")
	id, secret := s.machine(native, "Shipping")
	var r struct {
		ID     string
		Scopes []struct{ ID, Name string }
	}
	var role, g struct{ ID string }
	s.decode(&r, native, "POST", "/rest/v1/resources", map[string]any{"identifier": orders, "name": "Orders", "signing_alg": "RS256", "access_token_lifetime_seconds": 900,
		"scopes": []any{map[string]any{"name": "read:orders"}, map[string]any{"name": "ship:orders"}, map[string]any{"name": "void:orders"}}})
	for _, c := range []struct{ path, status, code string }{{"/oidc/token", "400", "invalid_target"}, {"/oauth/token", "403", "access_denied"}} {
		if got := s.ask(c.path, id, secret, url.Values{"audience": {orders}}); got.Error != c.code || !strings.Contains(got.Description, orders) {
			t.Errorf("%s without a grant: %+v", c.path, got)
		}
	}
	// Listing it is how an unregistered resource is opened, and opens no registered one.
	s.decode(&struct{}{}, native, "PATCH", "/rest/v1/clients/"+id, map[string]any{"resources": []string{orders, "https://unregistered.example/"}})
	if got := s.ask("/oidc/token", id, secret, url.Values{"resource": {orders}}); got.Error != "invalid_target" {
		t.Errorf("listed without a grant: %+v", got)
	}
	if got := s.ask("/oidc/token", id, secret, url.Values{"resource": {"https://unregistered.example/"}}); got.Aud != "https://unregistered.example/" {
		t.Errorf("an unregistered resource: %+v", got)
	}

	s.decode(&g, native, "POST", "/rest/v1/client-grants", map[string]any{"client_id": id, "identifier": orders, "scopes": []string{"read:orders"}})
	s.decode(&role, native, "POST", "/rest/v1/roles", map[string]any{"name": "Shipper", "kind": "machine", "scope_ids": []string{r.Scopes[1].ID}})
	s.decode(&struct{}{}, native, "POST", "/rest/v1/clients/"+id+"/roles", map[string]any{"role_ids": []string{role.ID}})
	for _, c := range []struct{ name, asked, want string }{
		{"nothing asked is all", "", "read:orders ship:orders"},
		{"one asked", "ship:orders", "ship:orders"},
		{"one not granted is left out", "void:orders read:orders", "read:orders"},
	} {
		got := s.ask("/oauth/token", id, secret, url.Values{"audience": {orders}, "scope": {c.asked}})
		if got.Scope != c.want || got.Aud != orders || got.ExpiresIn != 900 || got.Alg != "RS256" {
			t.Errorf("%s: %+v, want %s", c.name, got, c.want)
		}
	}
	s.decode(&struct{}{}, native, "PATCH", "/rest/v1/clients/"+id, map[string]any{"access_token_lifetime_seconds": 60, "access_token_alg": "ES256"})
	if got := s.ask("/oidc/token", id, secret, url.Values{"resource": {orders}}); got.ExpiresIn != 60 || got.Alg != "ES256" {
		t.Errorf("the client's own lifetime and algorithm win: %+v", got)
	}

	// Each taking back counts with the next request.
	steps := []struct{ method, path, want string }{
		{"DELETE", "/rest/v1/resources/" + r.ID + "/scopes/" + r.Scopes[0].ID, "ship:orders"},
		{"DELETE", "/rest/v1/clients/" + id + "/roles/" + role.ID, ""},
	}
	for _, step := range steps {
		if res, body := s.call(native, step.method, step.path, nil); res.StatusCode != 204 {
			t.Fatalf("%s: %d %s", step.path, res.StatusCode, body)
		}
		if got := s.ask("/oidc/token", id, secret, url.Values{"resource": {orders}}); got.Scope != step.want || got.Status != 200 {
			t.Errorf("after %s: %+v, want %q", step.path, got, step.want)
		}
	}
	s.call(native, "DELETE", "/rest/v1/client-grants/"+g.ID, nil)
	if got := s.ask("/oidc/token", id, secret, url.Values{"resource": {orders}}); got.Error != "invalid_target" {
		t.Errorf("after the grant went: %+v", got)
	}
}

// A resource whose signature nobody here makes gets no tokens, and is stored as it was said.
func TestNoTokenWithAnotherSignatureThanTheResourceSays(t *testing.T) {
	s := newSite(t)
	native := s.token(siteURL + "/rest/v1")
	id, secret := s.machine(native, "Old tool")
	s.decode(&struct{}{}, native, "POST", "/rest/v1/resources", map[string]any{"identifier": orders, "signing_alg": "HS256"})
	s.decode(&struct{}{}, native, "POST", "/rest/v1/client-grants", map[string]any{"client_id": id, "identifier": orders})
	if got := s.ask("/oidc/token", id, secret, url.Values{"resource": {orders}}); got.Error != "invalid_target" || !strings.Contains(got.Description, "HS256") {
		t.Errorf("%+v", got)
	}
}

// Unified model 24 and 25: a role and a client grant open the management APIs of Logto and Auth0, with those scopes only.
func TestGrantsOpenManagementAPIs(t *testing.T) {
	s := newSite(t)
	native := s.token(siteURL + "/rest/v1")
	id, secret := s.machine(native, "Deploy")
	const logto = "https://default.logto.app/api"
	if got := s.ask("/oidc/token", id, secret, url.Values{"resource": {logto}}); got.Error != "invalid_target" {
		t.Fatalf("without the role: %+v", got)
	}
	s.decode(&struct{}{}, native, "POST", "/rest/v1/clients/"+id+"/roles", map[string]any{"role_ids": []string{models.RoleLogto}})
	got := s.ask("/oidc/token", id, secret, url.Values{"resource": {logto}})
	if got.Scope != "all" {
		t.Fatalf("with the role: %+v", got)
	}
	if res, _ := s.call(got.AccessToken, "GET", "/rest/v1/clients", nil); res.StatusCode != 401 {
		t.Errorf("a token for Logto's face opened the native one: %d", res.StatusCode)
	}

	var g struct{ ID string }
	s.decode(&g, native, "POST", "/rest/v1/client-grants", map[string]any{"client_id": id, "identifier": siteURL + "/api/v2/", "scopes": []string{"read:clients", "create:client_grants"}})
	for _, c := range []struct{ asked, want, code string }{
		{"", "create:client_grants read:clients", ""}, {"read:clients update:clients", "read:clients", ""}, {"update:clients", "", "invalid_scope"},
	} {
		if got := s.ask("/oauth/token", id, secret, url.Values{"audience": {siteURL + "/api/v2/"}, "scope": {c.asked}}); got.Scope != c.want || got.Error != c.code {
			t.Errorf("asked %q: %+v", c.asked, got)
		}
	}
	// A management application holds every scope of the document.
	if got := s.ask("/oauth/token", machineID, machineSecret, url.Values{"audience": {siteURL + "/api/v2/"}}); len(strings.Fields(got.Scope)) != 221 {
		t.Errorf("a management client has %d scopes", len(strings.Fields(got.Scope)))
	}
	var access struct{ Items []models.Access }
	s.decode(&access, native, "GET", "/rest/v1/clients/"+id+"/access", nil)
	if len(access.Items) != 2 || access.Items[0].Scopes[0].Via[0].Kind != "client_grant" || access.Items[1].Scopes[0].Via[0].Kind != "role" {
		t.Errorf("access: %+v", access.Items)
	}
}

// SECURITY-BAR M2: nobody grants what they do not hold, and a client of one application grants nothing.
func TestNobodyGrantsMoreThanTheyHold(t *testing.T) {
	s := newSite(t)
	native := s.token(siteURL + "/rest/v1")
	id, secret := s.machine(native, "Eager")
	own := s.ask("/oidc/token", id, secret, url.Values{"resource": {siteURL + "/rest/v1"}}).AccessToken
	for _, c := range []struct {
		method, path string
		in           map[string]any
	}{
		{"POST", "/rest/v1/client-grants", map[string]any{"client_id": id, "identifier": siteURL + "/api/v2/", "all_scopes": true}},
		{"POST", "/rest/v1/clients/" + id + "/roles", map[string]any{"role_ids": []string{models.RoleLogto}}},
		{"POST", "/rest/v1/resources", map[string]any{"identifier": orders}},
	} {
		if res, body := s.call(own, c.method, c.path, c.in); res.StatusCode != 403 {
			t.Errorf("own token: %s %s: %d %s", c.method, c.path, res.StatusCode, body)
		}
	}
	s.decode(&struct{}{}, native, "PATCH", "/rest/v1/clients/"+id, map[string]any{"role_ids": []string{models.RoleLogto}})
	if got := s.ask("/oidc/token", id, secret, url.Values{"resource": {"https://default.logto.app/api"}}); got.Error != "invalid_target" {
		t.Errorf("role_ids that are merely stored opened an API: %+v", got)
	}
	narrow := s.ask("/oidc/token", machineID, machineSecret, url.Values{"resource": {siteURL + "/rest/v1"}, "scope": {"client_grant.* role.* client.*"}}).AccessToken
	for path, in := range map[string]map[string]any{
		"/rest/v1/client-grants":            {"client_id": id, "identifier": siteURL + "/api/v2/", "scopes": []string{"read:clients"}},
		"/rest/v1/clients/" + id + "/roles": {"role_ids": []string{models.RoleLogto}},
		"/rest/v1/roles":                    {"name": "Sneaky", "kind": "machine", "scope_ids": []string{models.ScopeLogtoAll}},
	} {
		if res, body := s.call(narrow, "POST", path, in); res.StatusCode != 403 || !strings.Contains(string(body), "cannot_grant") {
			t.Errorf("narrowed token: %s: %d %s", path, res.StatusCode, body)
		}
	}
}

// The pages of APIs and roles do what REST does: register, add a scope, grant, give a role, tell who has what, and delete.
func TestAccessPages(t *testing.T) {
	s := newSite(t)
	native := s.token(siteURL + "/rest/v1")
	id, secret := s.machine(native, "Shipping")
	s.signIn()
	follow := func(res *http.Response, body []byte) string {
		t.Helper()
		if res.StatusCode != 303 {
			t.Fatalf("%s: %d %s", res.Request.URL, res.StatusCode, body)
		}
		return res.Header.Get("Location")
	}
	if res, body := s.post("/console/resources/new", "/console/resources/new", url.Values{"identifier": {"two words"}, "scopes": {"read:orders"}}); res.StatusCode != 422 || !strings.Contains(string(body), `role="alert"`) {
		t.Errorf("a wrong identifier: %d", res.StatusCode)
	}
	api := follow(s.post("/console/resources/new", "/console/resources/new", url.Values{"identifier": {orders}, "name": {"Orders"}, "scopes": {"read:orders Read them\nship:orders"}}))
	follow(s.post(api, api+"/scopes", url.Values{"name": {"void:orders"}}))
	follow(s.post(api, api+"/grants", url.Values{"client_id": {id}, "scopes": {"read:orders"}}))
	if res, body := s.post(api, api+"/grants", url.Values{"client_id": {"nobody"}}); res.StatusCode != 422 || !strings.Contains(string(body), "There is no client with this ID.") {
		t.Errorf("a grant for nobody: %d", res.StatusCode)
	}
	role := follow(s.post("/console/roles/new", "/console/roles/new", url.Values{"name": {"Shipper"}, "kind": {"machine"}}))
	var r models.Resource
	s.decode(&r, native, "GET", "/rest/v1/resources/"+api[strings.LastIndex(api, "/")+1:], nil)
	follow(s.post(role, role+"/scopes", url.Values{"scope_ids": {r.Scopes[1].ID}}))
	follow(s.post(role, role+"/clients", url.Values{"client_id": {id}}))
	if got := s.ask("/oidc/token", id, secret, url.Values{"resource": {orders}}); got.Scope != "read:orders ship:orders" {
		t.Errorf("%+v", got)
	}
	_, body := s.get("/console/clients/" + id + "/access")
	for _, want := range []string{"read:orders", "its grant", "ship:orders", "the role Shipper"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the page of the client does not say %q", want)
		}
	}
	follow(s.post(role+"/delete", role+"/delete", url.Values{}))
	follow(s.post(api+"/delete", api+"/delete", url.Values{}))
	if _, body := s.get("/console/resources"); strings.Contains(string(body), orders) {
		t.Error("a deleted API is listed")
	}
}
