package logto_test

import (
	"strings"
	"testing"

	"gatehouse/handlers/roles"
	"gatehouse/models"
	"gatehouse/web"
)

// TestEveryRouteAsksWhoIsThere: no token, a wrong one and one for another audience are told apart from each other and from
// everything else, before the body is read.
func TestEveryRouteAsksWhoIsThere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other := w.tokenFor(w.admin, origin+"/cis")
		n := 0
		for _, route := range w.dialect.Routes() {
			if route.Action == web.Public {
				continue
			}
			n++
			path := strings.NewReplacer(":id", "x", ":applicationId", "x", ":name", "x", ":secretId", "x", ":domain", "x").Replace(route.Path)
			for token, code := range map[string]string{"": "auth.authorization_header_missing", "nonsense": "auth.unauthorized", other: "auth.unauthorized"} {
				a := w.call(token, route.Method, path, "{")
				if r := a.refusal(t); a.status != 401 || r.Code != code || (token != "" && r.Data.Code == "") {
					t.Errorf("%s %s: %d %s", route.Method, route.Path, a.status, a.body)
				}
			}
		}
		if n < 25 {
			t.Errorf("only %d routes", n)
		}
	})
}

// TestRightsEndAtOnce is law (f) for who administers: with the role gone, or the face, the next request is refused.
func TestRightsEndAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.do(200, "POST", apps, object{"name": "m", "type": "MachineToMachine"})
		path := apps + "/" + app.text("id")
		value := w.do(200, "GET", path+"/secrets", nil).rows()[0].(map[string]any)["value"].(string)
		w.do(200, "PATCH", path, object{"isAdmin": true})
		token := w.tokenFor(party{client: app.text("id"), secret: value}, audience)
		if a := w.call(token, "GET", apps, nil); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		w.do(200, "PATCH", path, object{"isAdmin": false})
		if a := w.call(token, "GET", apps, nil); a.status != 401 {
			t.Errorf("without the role: %d %s", a.status, a.body)
		}
		err := w.dialect.Roles.Unassign(models.System(t.Context()), roles.UnassignIn{ClientID: app.text("id"), RoleID: models.RoleLogto})
		if !models.IsFault(err, models.NotFound) {
			t.Errorf("the role is still there: %v", err)
		}
	})
}

// TestWrongMethods name the right ones.
func TestWrongMethods(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.call(w.admin.token, "PUT", apps, "{}")
		if allow := a.header.Get("Allow"); a.status != 405 || !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
			t.Errorf("%d %q %s", a.status, allow, a.body)
		}
	})
}
