package auth0_test

import (
	"strings"
	"testing"

	"gatehouse/handlers/auth0"
)

// TestEachScopeOpensItsOperation asks every operation with each of its scopes, with a scope of something else, and with none.
func TestEachScopeOpensItsOperation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		tokens := map[string]string{}
		token := func(scope string) string {
			if tokens[scope] == "" {
				tokens[scope] = w.token(scope)
			}
			return tokens[scope]
		}
		other := token("read:vdcs_templates")
		for _, route := range (auth0.Dialect{}).Routes() {
			path := strings.NewReplacer(":client_id", "nobody", ":credential_id", "nobody", ":id", "nobody", ":kid", "nobody").Replace(strings.TrimPrefix(route.Path, auth0.Prefix))
			for strings.Contains(path, ":") {
				i := strings.Index(path, ":")
				end := strings.IndexByte(path[i:]+"/", '/')
				path = path[:i] + "nobody" + path[i+end:]
			}
			what := route.Method + " " + path
			body := any(nil)
			if route.Method == "POST" || route.Method == "PUT" || route.Method == "PATCH" {
				body = "["
			}
			scopes := route.Doc().Scopes
			a := w.call(other, route.Method, path, body)
			if want := "Insufficient scope, expected any of: " + strings.ReplaceAll(scopes, " ", ","); a.status != 403 || a.object(t)["message"] != want || a.object(t)["errorCode"] != "insufficient_scope" {
				t.Errorf("%s with another scope: %d %s", what, a.status, a.body)
			}
			if a := w.call("", route.Method, path, body); a.status != 401 {
				t.Errorf("%s without a token: %d", what, a.status)
			}
			if a := w.call("nonsense", route.Method, path, body); a.status != 401 {
				t.Errorf("%s with nonsense: %d", what, a.status)
			}
			if strings.Contains(path, "rotate") {
				continue // it has no body that could be refused, and keys are slow to make
			}
			for _, scope := range strings.Fields(scopes) {
				if a := w.call(token(scope), route.Method, path, body); a.status == 401 || a.status == 403 || a.status >= 500 {
					t.Errorf("%s with %s: %d %s", what, scope, a.status, a.body)
				}
			}
		}
	})
}

// TestOtherAudiencesOpenNothing: a token for another face is none here, and one without a scope that is known is not given.
func TestOtherAudiencesOpenNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, audience := range []string{origin + "/rest/v1", origin + "/cis", "https://default.logto.app/api"} {
			if a := w.call(w.tokenFor(audience, ""), "GET", "/clients", nil); a.status != 401 {
				t.Errorf("%s: %d %s", audience, a.status, a.body)
			}
		}
	})
}

// TestHeadersTellOfLimits on answers and on faults.
func TestHeadersTellOfLimits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, path := range []string{"/clients", "/clients/nobody", "/no/such/route"} {
			h := w.call(w.admin.token, "GET", path, nil).header
			for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
				if h.Get(name) == "" {
					t.Errorf("%s has no %s", path, name)
				}
			}
		}
		for range 1100 {
			if a := w.call("nonsense", "GET", "/clients", nil); a.status == 429 {
				if a.header.Get("X-RateLimit-Remaining") != "0" || a.header.Get("Retry-After") == "" {
					t.Errorf("%v", a.header)
				}
				return
			}
		}
		t.Error("failed authentications have no limit")
	})
}
