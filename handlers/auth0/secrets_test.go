package auth0_test

import "testing"

// TestListedSecretsFollowTheirChanges: what lists remember of secrets is forgotten with every change of one, through any face, and
// when the tenant stops to keep them.
func TestListedSecretsFollowTheirChanges(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(201, "POST", "/clients", object{"name": "Shop", "app_type": "regular_web"})
		id := made.text("client_id")
		listed := func() any {
			t.Helper()
			for _, c := range w.do(200, "GET", "/clients", nil).list("") {
				if c["client_id"] == id {
					return c["client_secret"]
				}
			}
			t.Fatal("it is not in the list")
			return nil
		}
		for range 2 {
			if got := listed(); got != made["client_secret"] {
				t.Fatalf("%v is not %v", got, made["client_secret"])
			}
		}
		turned := w.do(200, "POST", "/clients/"+id+"/rotate-secret", nil)
		if got := listed(); got != turned["client_secret"] || got == made["client_secret"] {
			t.Errorf("after a rotation: %v", got)
		}
		w.do(200, "PATCH", "/clients/"+id, object{"client_secret": "a-secret-of-the-callers-own-choice-0123456789"})
		if got := listed(); got != "a-secret-of-the-callers-own-choice-0123456789" {
			t.Errorf("after an import: %v", got)
		}
		native := w.tokenFor(origin+"/rest/v1", "")
		for range 2 { // once is for good: what was forgotten does not come back with the setting
			if a := w.call(native, "PATCH", "/rest/v1/settings", object{"secrets": "write-once"}); a.status != 200 {
				t.Fatalf("%d %s", a.status, a.body)
			}
			if got := listed(); got != "" && got != nil {
				t.Errorf("write-once: %v", got)
			}
			w.call(native, "PATCH", "/rest/v1/settings", object{"secrets": "readable"})
			if got := listed(); got != "" && got != nil {
				t.Errorf("what was forgotten is back: %v", got)
			}
		}
	})
}
