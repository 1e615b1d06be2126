package logto_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden answers anew")

// pairs are requests whose answers are kept, letter by letter but for ids, times and secrets.
var pairs = []struct{ name, method, path string }{
	{"create_application", "POST", apps},
	{"create_application_refused", "POST", apps},
	{"update_application", "PATCH", apps + "/{app}"},
	{"create_secret", "POST", apps + "/{app}/secrets"},
	{"set_look", "PUT", apps + "/{app}/sign-in-experience"},
	{"create_saml_application", "POST", samls},
	{"create_saml_application_refused", "POST", samls},
	{"update_sign_in_experience", "PATCH", exp},
	{"check_password", "POST", exp + "/default/check-password"},
	{"create_hook", "POST", "/api/hooks"},
	{"create_hook_refused", "POST", "/api/hooks"},
	{"missing_application", "PATCH", apps + "/nobody"},
	{"broken_body", "POST", apps},
}

// TestGoldenPairs sends testdata/NAME.req.json and holds the answer against testdata/NAME.res.json; -update writes that.
func TestGoldenPairs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.do(200, "POST", apps, object{"name": "Fernway", "type": "Traditional"}).text("id")
		for _, p := range pairs {
			t.Run(p.name, func(t *testing.T) {
				w.t = t
				req, err := os.ReadFile("testdata/" + p.name + ".req.json")
				must(t, err)
				a := w.call(w.admin.token, p.method, strings.Replace(p.path, "{app}", app, 1), string(req))
				raw, err := json.Marshal(object{"status": a.status, "body": json.RawMessage(scrub(a.body, app))})
				must(t, err)
				var pretty bytes.Buffer
				must(t, json.Indent(&pretty, raw, "", "  "))
				pretty.WriteByte('\n')
				file := "testdata/" + p.name + ".res.json"
				if *update {
					must(t, os.WriteFile(file, pretty.Bytes(), 0o644))
				}
				want, err := os.ReadFile(file)
				must(t, err)
				if !bytes.Equal(pretty.Bytes(), want) {
					t.Errorf("got %s\nwant %s", pretty.Bytes(), want)
				}
			})
		}
	})
}

var (
	longID  = regexp.MustCompile(`"id":"[0-9a-z]{21}"`)
	marked  = regexp.MustCompile(`#internal:[0-9a-z]{21}`)
	instant = regexp.MustCompile(`"createdAt":\d{13}`)
	signing = regexp.MustCompile(`"signingKey":"[0-9A-Za-z]{32}"`)
	opened  = regexp.MustCompile(`"value":"gh_[^"]+"`)
)

func scrub(body []byte, app string) []byte {
	body = []byte(strings.ReplaceAll(string(body), app, "{app}"))
	body = longID.ReplaceAll(body, []byte(`"id":"{id}"`))
	body = marked.ReplaceAll(body, []byte("#internal:{id}"))
	body = instant.ReplaceAll(body, []byte(`"createdAt":"{time}"`))
	body = signing.ReplaceAll(body, []byte(`"signingKey":"{secret}"`))
	return opened.ReplaceAll(body, []byte(`"value":"{secret}"`))
}
