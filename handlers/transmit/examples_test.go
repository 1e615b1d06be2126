package transmit_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

// The examples of the vendor's older pages. Their rendering lost every member whose example was an address, so requests that
// need one are refused by its name; with it put back (whole) they pass.
var examples = map[int]struct {
	about, method, path string
	status              int
	names               string // what a refusal names
	whole               object // what was lost
}{
	0:  {"create an application", "POST", apps, 400, "logo", object{"logo": "https://www.example.com/logo.png", "redirect_uris": []string{"https://www.example.com/login"}}},
	4:  {"update an application", "PUT", "{app}", 400, "logo", object{"logo": "https://www.example.com/logo.png"}},
	7:  {"create a client", "POST", "{app}/clients", 400, "redirect_uris", object{"redirect_uris": []string{"https://www.example.com/login"}}},
	12: {"update a client", "PUT", "{client}", 200, "", nil},
	15: {"resources of a client", "PUT", "{client}/resources", 200, "", nil},
	17: {"resources of an application", "PUT", "{app}/resources", 200, "", nil},
	19: {"create a management application", "POST", "/cis/v1/management/applications", 201, "", nil},
	22: {"update a management application", "PUT", "/cis/v1/management/applications/{admin}", 200, "", nil},
}

// answers are the examples of what a server says. Sent as a request each is refused or its unknown members are ignored; what
// matters is that none of them breaks anything.
var answers = []int{1, 2, 3, 5, 6, 8, 9, 10, 11, 13, 14, 16, 18, 20, 21, 23, 24}

func readExamples(t testing.TB) []json.RawMessage {
	t.Helper()
	data, err := os.ReadFile("testdata/examples.json")
	must(t, err)
	var list []struct {
		JSON json.RawMessage `json:"json"`
	}
	must(t, json.Unmarshal(data, &list))
	out := make([]json.RawMessage, len(list))
	for i, e := range list {
		out[i] = e.JSON
	}
	return out
}

func TestExamplesOfTheVendor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		all := readExamples(t)
		if len(all) != len(examples)+len(answers) {
			t.Fatalf("%d examples, %d and %d are judged", len(all), len(examples), len(answers))
		}
		for n, e := range examples {
			t.Run(fmt.Sprintf("%02d %s", n, e.about), func(t *testing.T) {
				w.t = t
				path := w.place(e.path)
				a := w.call(w.admin.token, e.method, path, string(all[n]))
				if a.status != e.status || a.status == 400 && said(a) != e.names {
					t.Errorf("%d, want %d %s: %s", a.status, e.status, e.names, a.body)
				}
				if e.whole == nil {
					return
				}
				var body object
				must(t, json.Unmarshal(all[n], &body))
				for name, v := range e.whole {
					body[name] = v
				}
				if a := w.call(w.admin.token, e.method, path, body); a.status >= 300 {
					t.Errorf("whole: %d %s", a.status, a.body)
				}
			})
		}
		for _, n := range answers {
			for _, path := range []string{"{app}", "{client}"} {
				if a := w.call(w.admin.token, "PUT", w.place(path), string(all[n])); a.status != 200 && a.status != 400 {
					t.Errorf("example %d to %s: %d %s", n, path, a.status, a.body)
				}
			}
		}
	})
}

// place fills in fresh objects.
func (w *world) place(path string) string {
	switch path {
	case "{app}", "{app}/clients", "{app}/resources":
		return apps + "/" + w.do(201, "POST", apps, object{"app_name": "a", "client_display_name": "c"}).text("app_id") + path[len("{app}"):]
	case "{client}", "{client}/resources":
		return apps + "/" + w.shop.app + "/clients/" + w.do(201, "POST", apps+"/"+w.shop.app+"/clients", object{"name": "c", "redirect_uris": []string{}}).text("client_id") + path[len("{client}"):]
	case "/cis/v1/management/applications/{admin}":
		return "/cis/v1/management/applications/" + w.do(201, "POST", "/cis/v1/management/applications", object{"app_name": "m"}).text("app_id")
	}
	return path
}
