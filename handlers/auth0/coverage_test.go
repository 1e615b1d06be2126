package auth0_test

import (
	"slices"
	"strings"
	"testing"

	"gatehouse/handlers/auth0"
	"gatehouse/models"
)

// TestRoutesAreOperationsOfTheDocument: each route is an operation with exactly the document's scopes, and any one of them
// opens it.
func TestRoutesAreOperationsOfTheDocument(t *testing.T) {
	c := readContract(t)
	for _, route := range (auth0.Dialect{}).Routes() {
		path := template(route.Path)
		op, ok := c.paths[path][strings.ToLower(route.Method)]
		if !ok {
			t.Errorf("%s %s is no operation of the document", route.Method, path)
			continue
		}
		var want []string
		for _, kind := range op.Security {
			want = append(want, kind["oAuth2ClientCredentials"]...)
		}
		got := strings.Fields(route.Doc().Scopes)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s %s: scopes %v, want %v", route.Method, path, got, want)
		}
		for _, scope := range got {
			if !auth0.Actions([]string{scope}).Allow(route.Action) {
				t.Errorf("%s %s: %s does not grant %s", route.Method, path, scope, route.Action)
			}
		}
	}
}

// template gives the document's spelling of a route's path; names of parameters are the document's.
func template(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, auth0.Prefix), "/")
	for i, part := range parts {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

// TestEveryScopeIsAnAction: no scope of the document is without meaning here, and a scope allows nothing beyond its verb.
func TestEveryScopeIsAnAction(t *testing.T) {
	for path, ops := range readContract(t).paths {
		for method, op := range ops {
			for _, kind := range op.Security {
				for _, scope := range kind["oAuth2ClientCredentials"] {
					actions := auth0.Actions([]string{scope})
					if len(actions) == 0 {
						t.Errorf("%s %s: %s allows nothing", method, path, scope)
					}
					if strings.HasPrefix(scope, "read:") && slices.ContainsFunc(actions, func(a string) bool { return !strings.HasSuffix(a, ".read") }) {
						t.Errorf("%s allows %v", scope, actions)
					}
				}
			}
		}
	}
	if got := auth0.Actions([]string{"*", "client.*", "read", "read:", "drop:clients"}); len(got) > 0 {
		t.Errorf("words that are no scopes allow %v", models.Actions(got))
	}
}
