package handlers

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"gatehouse/models"
)

var link = regexp.MustCompile(`(?:href|src|hx-get|data-src)="(/[^"]*)"`)

// TestEveryLinkOfTheConsoleLeadsSomewhere: of pages, of what the search finds, and of events of every kind of object. An address that is
// not there is found by people otherwise.
func TestEveryLinkOfTheConsoleLeadsSomewhere(t *testing.T) {
	for _, role := range []string{models.RoleOwner, models.RoleEditor, models.RoleViewer} {
		t.Run(role, func(t *testing.T) {
			v := newVisit(t)
			v.oneOfEach()
			if _, err := v.app.Config.DB.Write.NewUpdate().Table("administrators").Set("role = ?", role).Where("email = ?", ownerEmail).Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
			v.signIn()
			v.walk()
		})
	}
}

func (v *visit) walk() {
	t := v.t
	from, looked := map[string]string{"/console": "the beginning"}, map[string]bool{}
	waiting := []string{"/console", "/console/search?q=Shop", "/console/search?q=Orders", "/console/search?q=client"}
	for len(waiting) > 0 {
		at := waiting[0]
		waiting = waiting[1:]
		res, body := v.get(at)
		if res.StatusCode >= 400 {
			t.Errorf("%s: %d, a link of %s", at, res.StatusCode, from[at])
			continue
		}
		next := []string{res.Header.Get("Location")}
		if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			for _, m := range link.FindAllSubmatch(body, -1) {
				next = append(next, html.UnescapeString(string(m[1])))
			}
		}
		for _, to := range next {
			to, _, _ = strings.Cut(to, "#")
			if _, seen := from[to]; seen || looked[shape(to)] || !worthALook(to) {
				continue
			}
			looked[shape(to)] = true
			from[to] = at
			waiting = append(waiting, to)
		}
	}
	if len(from) < 150 {
		t.Errorf("only %d addresses were found", len(from))
	}
}

// shape is an address without the values of its parameters: a list has many orders and filters.
func shape(to string) string { return parameters.ReplaceAllString(to, "") }

var parameters = regexp.MustCompile(`=[^&]*`)

// worthALook leaves out what is no page, and combinations of filters.
func worthALook(to string) bool {
	return strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && strings.Count(to, "&") < 2 && !strings.HasPrefix(to, "/static/") && !strings.HasPrefix(to, "/console/sign-out")
}

// oneOfEach makes one of each thing, and events of them.
func (v *visit) oneOfEach() {
	for _, framework := range []string{"nextjs", "react", "ios", "m2m"} {
		v.do("native", "POST", "/applications", o{"name": "Shop " + framework, "framework": framework})
	}
	v.do("native", "POST", "/applications", o{"name": "Shop partners", "framework": "saml", "client": o{"saml": o{"entity_id": "urn:shop", "acs_url": "https://shop.example.com/acs", "name_id_type": "email"}}})
	shop := v.do("native", "POST", "/applications", o{"name": "Shop", "client": o{"profile": "machine"}})
	app, client := text(shop, "id"), text(shop["client"].(o), "id")
	v.do("native", "PATCH", "/clients/"+client, o{"description": "Changed."})
	v.do("native", "POST", "/clients/"+client+"/rotation", o{})
	api := text(v.do("native", "POST", "/resources", o{"name": "Orders", "identifier": "https://orders.example.com"}), "id")
	scope := text(v.do("native", "POST", "/resources/"+api+"/scopes", o{"name": "orders.read"}), "id")
	role := text(v.do("native", "POST", "/roles", o{"name": "Orders clerk"}), "id")
	v.do("native", "POST", "/roles/"+role+"/scopes", o{"scope_ids": []string{scope}})
	v.do("native", "POST", "/client-grants", o{"client_id": client, "identifier": "https://orders.example.com", "scopes": []string{"orders.read"}})
	v.do("native", "POST", "/connections", o{"name": "orders", "strategy": "oidc", "options": o{"client_id": "c", "client_secret": "a secret of a provider"}})
	v.do("native", "POST", "/webhooks", o{"name": "Orders", "url": "https://hooks.example.com/", "events": []string{"*"}})
	v.do("native", "POST", "/administrators", o{"email": "vera@example.com", "name": "Vera", "role": "editor"})
	for _, layer := range []string{"", "/applications/" + app} {
		v.do("native", "PATCH", layer+"/experience/draft", o{"branding": o{"display_name": "Shop"}})
		v.do("native", "POST", layer+"/experience/publish", o{})
	}
	gone := v.do("native", "POST", "/applications", o{"name": "Shop of yesterday"})
	v.do("native", "DELETE", "/applications/"+text(gone, "id"), nil)
}
