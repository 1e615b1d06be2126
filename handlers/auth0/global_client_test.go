package auth0_test

import (
	"strings"
	"testing"
)

// TestGlobalClient: it is found by is_global alone, carries the tenant's login page, and nothing else of it can change.
func TestGlobalClient(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		found := w.do(200, "GET", "/clients?is_global=true", nil).list("")
		if len(found) != 1 || found[0]["global"] != true || found[0]["client_secret"] != nil {
			t.Fatalf("%v", found)
		}
		one := "/clients/" + found[0].text("client_id")
		for _, others := range []string{"/clients", "/clients?is_global=false"} {
			for _, c := range w.do(200, "GET", others, nil).list("") {
				if c["client_id"] == found[0]["client_id"] {
					t.Errorf("%s: it is among the others", others)
				}
			}
		}
		if all := w.do(200, "GET", "/clients?is_global=true&include_totals=true", nil); all["total"] != 1.0 {
			t.Errorf("%v", all)
		}
		page := object{"custom_login_page": "<html>{{ x }}</html>\n", "custom_login_page_on": false}
		w.do(200, "PATCH", one, page)
		for _, got := range []object{w.do(200, "GET", one, nil), w.do(200, "GET", "/clients?is_global=true", nil).list("")[0]} {
			if got["custom_login_page"] != page["custom_login_page"] || got["custom_login_page_on"] != false {
				t.Errorf("%v", got)
			}
		}
		for _, refused := range []struct{ method, path, body, says string }{
			{"PATCH", one, `{"name":"x"}`, "name"}, {"PATCH", one, `{"custom_login_page":"x","grant_types":["implicit"]}`, "grant_types"}, {"PATCH", one, `{}`, "minimum 1"},
			{"PATCH", one, `{"client_secret":"abcdefghijklmnopqrstuvwxyz"}`, "client_secret"}, {"DELETE", one, "", "global client"}, {"POST", one + "/rotate-secret", "", "global client"},
		} {
			if a := w.call(w.admin.token, refused.method, refused.path, refused.body); a.status != 400 || !strings.Contains(string(a.body), refused.says) {
				t.Errorf("%s %s %s: %d %s", refused.method, refused.path, refused.body, a.status, a.body)
			}
		}
		if a := w.call(w.token("read:clients"), "PATCH", one, page); a.status != 403 {
			t.Errorf("a reader writes: %d %s", a.status, a.body)
		}
		if got := w.do(200, "GET", one, nil); got["custom_login_page"] != page["custom_login_page"] {
			t.Errorf("what was refused changed it: %v", got)
		}
	})
}

// TestThereAreNoActions: the list that tools ask for is honest, and its scope holds.
func TestThereAreNoActions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if got := w.do(200, "GET", "/actions/actions?page=0&per_page=100&include_totals=true", nil); len(got.list("actions")) != 0 || got["per_page"] != 100.0 {
			t.Errorf("%v", got)
		}
		if got := w.do(200, "GET", "/actions/actions", nil); got["per_page"] != 20.0 {
			t.Errorf("%v", got)
		}
		if a := w.call(w.token("read:clients"), "GET", "/actions/actions", nil); a.status != 403 || !strings.Contains(string(a.body), "read:actions") {
			t.Errorf("%d %s", a.status, a.body)
		}
		if a := w.call(w.admin.token, "GET", "/actions/actions?per_page=1000", nil); a.status != 400 || !strings.Contains(string(a.body), "per_page") {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}
