package auth0_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gatehouse/handlers/auth0"
)

// TestMain runs the tests, and then holds what they met against the routes: each operation that is mounted was seen to succeed, and to
// refuse what it was asked, with answers that fit the document (contract_test.go). A run of some tests only is held to nothing.
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

// met is what the tests of this run made of each operation.
var met = encounters{answered: map[string]bool{}, refused: map[string]bool{}}

type encounters struct {
	sync.Mutex
	answered, refused map[string]bool
}

// note keeps an answer. Who is refused for who he is (401, 403) or for how often he asks (429) was not refused what he asked.
func (e *encounters) note(method, path string, status int) {
	e.Lock()
	defer e.Unlock()
	op := method + " " + parameter.ReplaceAllString(path, "{}")
	switch {
	case status < 300:
		e.answered[op] = true
	case status < 500 && status != 401 && status != 403 && status != 429:
		e.refused[op] = true
	}
}

// neverRefuse are operations that take nothing which could be wrong, or delete what may be gone already: the document knows no 404 for
// that. That they refuse a caller without the scope, access_test.go sees.
var neverRefuse = []string{
	"GET /attack-protection/bot-detection", "GET /attack-protection/breached-password-detection", "GET /attack-protection/brute-force-protection",
	"GET /attack-protection/captcha", "GET /attack-protection/suspicious-ip-throttling",
	"GET /branding", "GET /prompts", "GET /custom-domains/default", "GET /keys/signing", "GET /stats/active-users", "POST /keys/signing/rotate",
	"DELETE /branding/templates/universal-login", "DELETE /keys/custom-signing", "DELETE /client-grants/{}", "DELETE /clients/{}/credentials/{}",
}

// TestListsRefuseWhatTheyCannotRead: a parameter that is no number, no flag or out of range is named, and nothing is listed.
func TestListsRefuseWhatTheyCannotRead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for path, name := range map[string]string{
			"/branding/phone/providers?disabled=perhaps": "disabled", "/branding/phone/templates?disabled=perhaps": "disabled",
			"/client-grants?per_page=101": "per_page", "/client-grants?take=0": "take", "/client-grants?subject_type=nobody": "subject_type",
			"/custom-domains?take=101": "take", "/prompts/rendering?per_page=101": "per_page", "/prompts/rendering?page=-1": "page",
			"/resource-servers?per_page=101": "per_page", "/tenants/settings?include_fields=perhaps": "include_fields",
		} {
			if a := w.call(w.admin.token, "GET", path, nil); a.status != 400 || !strings.Contains(string(a.body), name) {
				t.Errorf("%s: %d %s", path, a.status, a.body)
			}
		}
		if a := w.call(w.admin.token, "POST", "/connections/nobody/keys/rotate", nil); a.status != 404 {
			t.Errorf("the keys of no connection: %d %s", a.status, a.body)
		}
	})
}

// TestAClientGrantIsReadAlone: what a list shows of a grant, it shows by itself.
func TestAClientGrantIsReadAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(201, "POST", "/resource-servers", object{"identifier": "https://books.example.com"})
		made := w.do(201, "POST", "/client-grants", object{"client_id": w.admin.client, "audience": "https://books.example.com", "scope": []any{}})
		if got := w.do(200, "GET", "/client-grants/"+made.text("id"), nil); !same(got, made) {
			t.Errorf("made %v, got %v", made, got)
		}
		w.do(204, "DELETE", "/client-grants/"+made.text("id"), nil)
		if a := w.call(w.admin.token, "GET", "/client-grants/"+made.text("id"), nil); a.status != 404 {
			t.Errorf("after deletion: %d %s", a.status, a.body)
		}
	})
}

var parameter = regexp.MustCompile(`:[A-Za-z_]+|\{[A-Za-z_]+\}`)

func unmet() (holes []string) {
	for _, r := range (auth0.Dialect{}).Routes() {
		op := r.Method + " " + parameter.ReplaceAllString(strings.TrimPrefix(r.Path, auth0.Prefix), "{}")
		if !met.answered[op] {
			holes = append(holes, op+": no success")
		}
		if met.refused[op] == slices.Contains(neverRefuse, op) {
			holes = append(holes, fmt.Sprintf("%s: refused: %v", op, met.refused[op]))
		}
	}
	slices.Sort(holes)
	return holes
}
