package logto_test

import (
	"strings"
	"testing"
)

// TestConfigs: each configuration begins as a fresh tenant's and reads back as written.
func TestConfigs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const console, idToken, session = "/api/configs/admin-console", "/api/configs/id-token", "/api/configs/oidc/session"
		if got := w.do(200, "GET", console, nil); !same(got, object{"signInExperienceCustomized": false, "organizationCreated": false}) {
			t.Errorf("console: %v", got)
		}
		w.do(200, "PATCH", console, object{"organizationCreated": true})
		got := w.do(200, "PATCH", console, object{"checkedChargeNotification": object{"token": true}})
		if want := (object{"signInExperienceCustomized": false, "organizationCreated": true, "checkedChargeNotification": object{"token": true}}); !same(got, want) || !same(w.do(200, "GET", console, nil), want) {
			t.Errorf("console: %v", got)
		}
		if got := w.do(200, "GET", idToken, nil); !same(got, object{"enabledExtendedClaims": []any{"roles", "organizations", "organization_roles"}}) {
			t.Errorf("id token: %v", got)
		}
		w.do(200, "PUT", idToken, object{"enabledExtendedClaims": []any{"custom_data"}})
		if got := w.do(200, "GET", idToken, nil); !same(got, object{"enabledExtendedClaims": []any{"custom_data"}}) {
			t.Errorf("id token: %v", got)
		}
		if got := w.do(200, "GET", session, nil); got["ttl"] != 1209600.0 {
			t.Errorf("session: %v", got)
		}
		w.do(200, "PATCH", session, object{"ttl": 3600})
		if got := w.do(200, "PATCH", session, object{}); got["ttl"] != 3600.0 {
			t.Errorf("session: %v", got)
		}
		if got := w.do(200, "GET", "/rest/v1/documents/session_policy/default", nil); dig(got, "body", "lifetime_seconds") != 3600.0 {
			t.Errorf("native: %v", got)
		}
		w.refused(400, "guard.invalid_input", "PATCH", session, object{"ttl": 0})
		w.refused(400, "guard.invalid_input", "PUT", idToken, object{"enabledExtendedClaims": []any{"shoe_size"}})
		w.refused(400, "guard.invalid_input", "PATCH", console, object{"organizationCreated": "yes"})
	})
}

// TestPrivateKeys: a rotation signs at once with another key, and the one before it verifies until it is deleted.
func TestPrivateKeys(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const at = "/api/configs/oidc/private-keys"
		first := w.do(200, "GET", at, nil).rows()
		if len(first) != 1 || dig(first[0], "status") != "Current" || dig(first[0], "signingKeyAlgorithm") != "EC" {
			t.Fatalf("fresh: %v", first)
		}
		if at := dig(first[0], "createdAt").(float64); at > 1e11 {
			t.Errorf("createdAt is not in seconds: %v", at)
		}
		old := w.admin.token
		rotated := w.do(200, "POST", at+"/rotate", object{}).rows()
		if len(rotated) != 2 || dig(rotated[0], "status") != "Current" || dig(rotated[1], "status") != "Previous" || dig(rotated[1], "id") != dig(first[0], "id") {
			t.Fatalf("rotated: %v", rotated)
		}
		w.admin.token = w.tokenFor(w.admin, audience)
		if a := w.call(old, "GET", at, nil); a.status != 200 {
			t.Errorf("a token of the key before: %d", a.status)
		}
		rsa := w.do(200, "POST", at+"/rotate", object{"signingKeyAlgorithm": "RSA"}).rows()
		if len(rsa) != 3 || dig(rsa[0], "signingKeyAlgorithm") != "RSA" {
			t.Errorf("with RSA: %v", rsa)
		}
		w.refused(422, "oidc.only_previous_key_can_be_deleted", "DELETE", at+"/"+dig(rotated[0], "id").(string), nil)
		w.do(204, "DELETE", at+"/"+dig(first[0], "id").(string), nil)
		w.refused(404, "oidc.key_not_found", "DELETE", at+"/"+dig(first[0], "id").(string), nil)
		if a := w.call(old, "GET", at, nil); a.status != 401 {
			t.Errorf("a token of the deleted key: %d", a.status)
		}
		w.refused(400, "guard.invalid_input", "POST", at+"/rotate", object{"signingKeyAlgorithm": "HMAC"})
		w.refused(400, "guard.invalid_input", "POST", at+"/rotate", object{"rotationGracePeriod": 60})
		w.refused(400, "guard.invalid_input", "GET", "/api/configs/oidc/door-keys", nil)
	})
}

// TestCookieKeys: two are kept, the last one stays, and no value is shown.
func TestCookieKeys(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const at = "/api/configs/oidc/cookie-keys"
		first := w.do(200, "GET", at, nil).rows()
		if len(first) != 1 || !same(first, w.do(200, "GET", at, nil).rows()) {
			t.Fatalf("fresh: %v", first)
		}
		w.refused(422, "oidc.key_required", "DELETE", at+"/"+dig(first[0], "id").(string), nil)
		w.do(200, "POST", at+"/rotate", object{})
		rotated := w.do(200, "POST", at+"/rotate", object{}).rows()
		if len(rotated) != 2 || dig(rotated[1], "id") == dig(first[0], "id") {
			t.Fatalf("rotated: %v", rotated)
		}
		w.do(204, "DELETE", at+"/"+dig(rotated[0], "id").(string), nil)
		w.refused(404, "oidc.key_not_found", "DELETE", at+"/"+dig(rotated[0], "id").(string), nil)
		if left := w.do(200, "GET", at, nil).rows(); len(left) != 1 || !same(left[0], rotated[1]) {
			t.Errorf("left: %v", left)
		}
		if a := w.call(w.admin.token, "GET", at, nil); strings.Contains(string(a.body), "value") {
			t.Errorf("a value: %s", a.body)
		}
	})
}
