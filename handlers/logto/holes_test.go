package logto_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gatehouse/handlers/logto"
)

// TestMain runs the tests, and then holds what they met against the routes: each operation of the document that is mounted was
// seen to succeed, with a body that fits the document, and to refuse. A run of some tests only is held to nothing.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && whole() {
		if holes := unmet(); len(holes) > 0 {
			fmt.Println("operations that no test met:\n" + strings.Join(holes, "\n"))
			code = 1
		}
	}
	os.Exit(code)
}

// whole tells whether all tests ran.
func whole() bool {
	return !slices.ContainsFunc([]string{"run", "skip", "list", "bench", "fuzz"}, func(name string) bool { return flag.Lookup("test."+name).Value.String() != "" })
}

// neverRefuses are operations without anything that could be refused, and those without a success yet.
var (
	neverRefuses  = []string{"GET /api/status", "GET /api/.well-known/", "GET /api/swagger.json"}
	neverSucceeds = []string{"GET /api/saml-applications/{}/callback", "DELETE /api/applications/{}/legacy-secret",
		"/protected-app-metadata/custom-domains"}
)

var parameter = regexp.MustCompile(`:[A-Za-z]+|\{[A-Za-z]+\}`)

func unmet() (holes []string) {
	answered, refused := plain(all.answered), plain(all.refused)
	listed := func(list []string, op string) bool {
		return slices.ContainsFunc(list, func(part string) bool { return strings.Contains(op, part) })
	}
	for _, r := range (logto.Dialect{}).Routes() {
		op := r.Method + " " + parameter.ReplaceAllString(r.Path, "{}")
		if !answered[op] && !listed(neverSucceeds, op) {
			holes = append(holes, op+": no success")
		}
		if !refused[op] && !listed(neverRefuses, op) {
			holes = append(holes, op+": no refusal")
		}
	}
	slices.Sort(holes)
	return holes
}

func plain(ops map[string]bool) map[string]bool {
	out := map[string]bool{}
	for op := range ops {
		out[parameter.ReplaceAllString(op, "{}")] = true
	}
	return out
}
