package logto_test

import (
	"testing"
)

const apps = "/api/applications"

// TestApplications is the life of an application of each type.
func TestApplications(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			kind    string
			secrets int
		}{{"Native", 0}, {"SPA", 0}, {"Traditional", 1}, {"MachineToMachine", 1}} {
			made := w.do(200, "POST", apps, object{"name": "My " + c.kind, "type": c.kind})
			if made["description"] != nil || made["type"] != c.kind || made["tenantId"] != "default" || len(made.text("id")) != 21 {
				t.Errorf("%s: %v", c.kind, made)
			}
			if !same(made["customClientMetadata"], object{}) || !same(made["customData"], object{}) || !same(made["protectedAppMetadata"], nil) ||
				!same(made["oidcClientMetadata"], object{"redirectUris": []any{}, "postLogoutRedirectUris": []any{}}) {
				t.Errorf("%s begins with %v", c.kind, made)
			}
			path := apps + "/" + made.text("id")
			if got := w.do(200, "GET", path, nil); got["isAdmin"] != false || got["name"] != "My "+c.kind {
				t.Errorf("%s: %v", c.kind, got)
			}
			if list := w.do(200, "GET", path+"/secrets", nil).rows(); len(list) != c.secrets {
				t.Errorf("%s has secrets %v", c.kind, list)
			}
			w.do(204, "DELETE", path, nil)
			w.refused(404, "entity.not_exists_with_id", "GET", path, nil)
			w.refused(404, "entity.not_exists_with_id", "DELETE", path, nil)
		}
	})
}
