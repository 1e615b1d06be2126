package e2e

import (
	"testing"
	"time"
)

// peopled waits for the first administrator, whose password takes a moment to hash.
func (s *server) peopled(token string) {
	s.t.Helper()
	var list struct{ Items []struct{ ID string } }
	for end := time.Now().Add(20 * time.Second); len(list.Items) == 0; time.Sleep(20 * time.Millisecond) {
		if s.call(token, "GET", "/rest/v1/administrators", nil, &list); time.Now().After(end) {
			s.t.Fatal("there is no administrator yet")
		}
	}
}

// TestEveryPageIsAccessible visits every page of the console and every hosted page with axe, in both themes and at two widths.
func TestEveryPageIsAccessible(t *testing.T) {
	s := start(t)
	token := s.token(s.URL + "/rest/v1")
	s.peopled(token)
	var app, robot struct {
		ID     string
		Client struct{ ID string }
		Secret struct{ ID string }
	}
	s.call(token, "POST", "/rest/v1/applications", object{"name": "Storefront", "description": "The shop", "owner": "Shop team", "client": object{"profile": "web", "redirect_uris": []string{"https://shop.example.com/cb"}}}, &app)
	s.call(token, "POST", "/rest/v1/applications", object{"name": "Robot", "client": object{"profile": "machine"}}, &robot)
	s.call(token, "POST", "/rest/v1/clients/"+app.Client.ID+"/rotation", object{}, nil)
	s.call(token, "PATCH", "/rest/v1/experience", object{"branding": object{"display_name": "Fernway"}}, nil)
	s.call(token, "PATCH", "/rest/v1/experience/draft", object{"branding": object{"primary_color": "#3448c5"}}, nil)
	var admin struct{ ID string }
	s.call(token, "POST", "/rest/v1/administrators", object{"email": "vera@example.com", "name": "Vera", "role": "viewer"}, &admin)
	var events, mails struct{ Items []struct{ ID string } }
	s.call(token, "GET", "/rest/v1/events?limit=1&type=application.created", nil, &events)
	s.call(token, "GET", "/rest/v1/outbox?limit=1", nil, &mails)

	one, client := "/console/applications/"+app.ID, "/console/clients/"+robot.Client.ID
	pages := []string{"/console", "/console/applications", "/console/applications?q=nothing", "/console/applications/new", "/console/applications/new?framework=nextjs", "/console/applications/new?framework=m2m",
		one, one + "/settings", one + "/clients", one + "/clients/new", one + "/secrets", one + "/branding", one + "/activity", one + "/danger", one + "/disable", one + "/delete",
		"/console/applications/delete?id=" + app.ID + "&id=" + robot.ID, "/console/applications/disable?id=" + app.ID, "/console/applications/" + robot.ID,
		"/console/clients/" + app.Client.ID + "/settings", "/console/clients/" + app.Client.ID + "/secrets", client + "/secrets", client + "/secrets/new", client + "/rotation/new",
		client + "/keys/new", client + "/certificates/new", client + "/secrets/" + robot.Secret.ID, client + "/secrets/" + robot.Secret.ID + "/retire",
		"/console/experience/methods", "/console/experience/sign-up", "/console/experience/security", "/console/experience/branding", "/console/experience/content", "/console/experience/languages", "/console/experience/css",
		"/console/experience/history", "/console/experience/history/1", "/console/audit", "/console/audit/" + events.Items[0].ID, "/console/outbox", "/console/outbox/" + mails.Items[0].ID, "/console/keys",
		"/console/explorer", "/console/explorer?face=native&op=POST+%2Frest%2Fv1%2Fapplications", "/console/explorer?face=transmit", "/console/explorer?face=auth0", "/console/explorer?face=logto",
		"/console/administrators", "/console/administrators/new", "/console/administrators/" + admin.ID, "/console/settings", "/console/account", "/console/search?q=store"}
	pages = append(pages, s.furnished(token, app.ID, robot.Client.ID, admin.ID)...)
	travel(t, "axe.mjs", journey{URL: s.URL, Scripts: true, More: map[string]any{"pages": pages, "open": []string{
		"/console/sign-in", "/console/forgot-password", "/sign-in", "/register", "/forgot-password", "/consent", "/device", "/sign-out"}}})
}

type object = map[string]any

// furnished makes what the rest of the console is about, and gives the addresses of its pages.
func (s *server) furnished(token, app, robot, admin string) []string {
	var api struct {
		ID     string
		Scopes []struct{ ID string }
	}
	var role, grant, connection, hook, sent struct{ ID string }
	var deliveries, keys struct{ Items []struct{ ID, Status string } }
	s.call(token, "POST", "/rest/v1/resources", object{"identifier": "https://orders.example.com/", "name": "Orders", "scopes": []object{{"name": "read:orders", "description": "Read"}}}, &api)
	s.call(token, "POST", "/rest/v1/roles", object{"name": "Shipper", "kind": "machine", "scope_ids": []string{api.Scopes[0].ID}}, &role)
	s.call(token, "POST", "/rest/v1/client-grants", object{"client_id": robot, "identifier": "https://orders.example.com/", "scopes": []string{"read:orders"}}, &grant)
	s.call(token, "POST", "/rest/v1/connections", object{"name": "google", "strategy": "google", "options": object{"client_id": "a", "client_secret": "b"}}, &connection)
	s.call(token, "POST", "/rest/v1/webhooks", object{"name": "Stock", "url": "https://hooks.example.com/", "events": []string{"*"}, "retries": 0}, &hook)
	s.call(token, "POST", "/rest/v1/webhooks/"+hook.ID+"/test", object{}, &sent)
	s.call(token, "GET", "/rest/v1/webhooks/"+hook.ID+"/deliveries", nil, &deliveries)
	s.call(token, "POST", "/rest/v1/keys", object{"alg": "ES256"}, nil)
	s.call(token, "GET", "/rest/v1/keys", nil, &keys)
	s.call(token, "PUT", "/rest/v1/email-provider", object{"name": "smtp", "enabled": false, "from": "login@example.com", "host": "smtp.example.com", "port": 587, "protection": "starttls"}, nil)
	at := func(base string, more ...string) []string {
		out := []string{}
		for _, m := range more {
			out = append(out, base+m)
		}
		return out
	}
	pages := at("/console/resources", "", "?q=nothing", "/new", "/"+api.ID, "/"+api.ID+"/delete", "/"+api.ID+"/scopes/"+api.Scopes[0].ID+"/delete", "/"+api.ID+"/grants/"+grant.ID+"/delete")
	pages = append(pages, at("/console/roles", "/new", "/"+role.ID, "/"+role.ID+"/delete")...)
	pages = append(pages, at("/console/clients/"+robot, "/access", "/delete")...)
	pages = append(pages, at("/console/connections", "", "/new", "/new?strategy=google", "/new?strategy=samlp", "/"+connection.ID, "/"+connection.ID+"/clients", "/"+connection.ID+"/test", "/"+connection.ID+"/danger", "/"+connection.ID+"/delete")...)
	pages = append(pages, at("/console/webhooks", "", "/new", "/"+hook.ID, "/"+hook.ID+"/edit", "/"+hook.ID+"/delete", "/"+hook.ID+"/deliveries/"+deliveries.Items[0].ID)...)
	pages = append(pages, at("/console/settings/mail", "", "/templates/reset_password/en")...)
	pages = append(pages, at("/console/experience", "/merge")...)
	for _, k := range keys.Items {
		if k.Status == "next" {
			pages = append(pages, at("/console/keys/"+k.ID, "/promote", "/delete")...)
		}
	}
	return append(pages, "/console/administrators/"+admin+"/delete", "/console/applications/"+app+"/branding")
}
