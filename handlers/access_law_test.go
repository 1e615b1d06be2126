package handlers

import (
	"net/url"
	"testing"

	"gatehouse/models"
)

// Law (c): what one face registers the others see, change and delete, and each leaves alone what it cannot say.
func TestAResourceIsOneThingToEveryFace(t *testing.T) {
	s := newSite(t)
	native, auth0, logto := s.token(siteURL+"/rest/v1"), s.token(siteURL+"/api/v2/"), s.token("https://default.logto.app/api")
	var made struct{ ID string }
	s.decode(&made, auth0, "POST", "/api/v2/resource-servers", map[string]any{"identifier": orders, "name": "Orders", "token_lifetime": 900, "token_dialect": "access_token_authz",
		"scopes": []any{map[string]any{"value": "read:orders", "description": "Read"}}})
	var seen struct {
		Name           string
		Indicator      string
		AccessTokenTTL int64 `json:"accessTokenTtl"`
	}
	s.decode(&seen, logto, "PATCH", "/api/resources/"+made.ID, map[string]any{"name": "Orders API"})
	if seen.Name != "Orders API" || seen.Indicator != orders || seen.AccessTokenTTL != 900 {
		t.Errorf("the second face sees %+v", seen)
	}
	var scope struct{ ID string }
	s.decode(&scope, logto, "POST", "/api/resources/"+made.ID+"/scopes", map[string]any{"name": "ship:orders"})
	var again struct {
		Name         string
		TokenDialect string `json:"token_dialect"`
		Scopes       []struct{ Value, Description string }
	}
	s.decode(&again, auth0, "GET", "/api/v2/resource-servers/"+made.ID, nil)
	if again.Name != "Orders API" || again.TokenDialect != "access_token_authz" || len(again.Scopes) != 2 || again.Scopes[1].Value != "ship:orders" {
		t.Errorf("the first face sees %+v", again)
	}

	// A role by one face and a grant by another add up in one token.
	id, secret := s.machine(native, "Shipping")
	var role, grant struct{ ID string }
	s.decode(&role, logto, "POST", "/api/roles", map[string]any{"name": "Shipper", "description": "Ships", "type": "MachineToMachine", "scopeIds": []string{scope.ID}})
	s.decode(&struct{}{}, logto, "POST", "/api/applications/"+id+"/roles", map[string]any{"roleIds": []string{role.ID}})
	s.decode(&grant, auth0, "POST", "/api/v2/client-grants", map[string]any{"client_id": id, "audience": orders, "scope": []string{"read:orders"}})
	if got := s.ask("/oauth/token", id, secret, url.Values{"audience": {orders}}); got.Scope != "read:orders ship:orders" || got.ExpiresIn != 900 {
		t.Errorf("%+v", got)
	}

	// What goes by one face leaves nothing behind in the others.
	if res, body := s.call(native, "DELETE", "/rest/v1/resources/"+made.ID, nil); res.StatusCode != 204 {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	for path, token := range map[string]string{"/api/v2/resource-servers/" + made.ID: auth0, "/api/v2/client-grants/" + grant.ID: auth0, "/api/resources/" + made.ID: logto} {
		if res, _ := s.call(token, "GET", path, nil); res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	var access struct{ Items []models.Access }
	s.decode(&access, native, "GET", "/rest/v1/clients/"+id+"/access", nil)
	if len(access.Items) != 0 {
		t.Errorf("the client still has %+v", access.Items)
	}
}
