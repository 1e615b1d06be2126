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
	type object = map[string]any
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
		one, one + "/settings", one + "/settings/call", one + "/clients", one + "/clients/new", one + "/secrets", one + "/branding", one + "/activity", one + "/danger", one + "/disable", one + "/delete",
		"/console/applications/delete?id=" + app.ID + "&id=" + robot.ID, "/console/applications/disable?id=" + app.ID, "/console/applications/" + robot.ID,
		"/console/clients/" + app.Client.ID + "/settings", "/console/clients/" + app.Client.ID + "/secrets", client + "/secrets", client + "/secrets/new", client + "/secrets/new?api=native", client + "/rotation/new",
		client + "/keys/new", client + "/certificates/new", client + "/secrets/" + robot.Secret.ID, client + "/secrets/" + robot.Secret.ID + "/retire",
		"/console/experience/methods", "/console/experience/sign-up", "/console/experience/security", "/console/experience/branding", "/console/experience/content", "/console/experience/languages", "/console/experience/css",
		"/console/experience/history", "/console/experience/history/1", "/console/audit", "/console/audit/" + events.Items[0].ID, "/console/outbox", "/console/outbox/" + mails.Items[0].ID, "/console/keys",
		"/console/explorer", "/console/explorer?face=native&op=POST+%2Frest%2Fv1%2Fapplications", "/console/explorer?face=transmit", "/console/explorer?face=auth0", "/console/explorer?face=logto",
		"/console/administrators", "/console/administrators/new", "/console/administrators/" + admin.ID, "/console/settings", "/console/account", "/console/search?q=store"}
	travel(t, "axe.mjs", journey{URL: s.URL, Scripts: true, More: map[string]any{"pages": pages, "open": []string{
		"/console/sign-in", "/console/forgot-password", "/sign-in", "/register", "/forgot-password", "/consent", "/device", "/sign-out"}}})
}
