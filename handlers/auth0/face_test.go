package auth0_test

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// TestUnknownPathsAreJSON: what nobody serves is told apart from an object that is not there, by its missing errorCode.
func TestUnknownPathsAreJSON(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, path := range []string{"/nothing/here", "/clients/a/b/c", "/"} {
			a := w.call(w.admin.token, "GET", path, nil)
			if a.status != 404 || a.object(t)["errorCode"] != nil {
				t.Errorf("%s: %d %s", path, a.status, a.body)
			}
		}
		req := httptest.NewRequest("GET", "/api/v2", nil)
		if a := w.send(req); a.status != 404 || !strings.Contains(string(a.body), `"statusCode":404`) {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}
