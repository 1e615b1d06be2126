package transmit_test

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
	{"create_application_saml", "POST", apps},
	{"create_application_refused", "POST", apps},
	{"update_application", "PUT", apps + "/{app}"},
	{"create_client", "POST", apps + "/{app}/clients"},
	{"create_client_saml", "POST", apps + "/{app}/clients"},
	{"create_client_refused", "POST", apps + "/{app}/clients"},
	{"update_client", "PUT", apps + "/{app}/clients/{client}"},
	{"set_resources", "PUT", apps + "/{app}/clients/{client}/resources"},
	{"create_signing_key", "POST", apps + "/signing-keys"},
	{"create_management_application", "POST", "/cis/v1/management/applications"},
	{"set_login_methods", "PUT", "/cis/loginPreferences/{app}/authMethods"},
	{"missing_application", "PUT", apps + "/nobody"},
	{"missing_route", "POST", "/cis/v1/nothing/here"},
}

// TestGoldenPairs sends testdata/NAME.req.json and holds the answer against testdata/NAME.res.json; -update writes that.
func TestGoldenPairs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.do(201, "POST", apps, object{"app_name": "Fernway", "client_display_name": "Web"})
		place := strings.NewReplacer("{app}", app.text("app_id"), "{client}", app.text("client_id"))
		for _, p := range pairs {
			t.Run(p.name, func(t *testing.T) {
				w.t = t
				req, err := os.ReadFile("testdata/" + p.name + ".req.json")
				must(t, err)
				a := w.call(w.admin.token, p.method, place.Replace(p.path), string(req))
				got := object{"status": a.status, "body": json.RawMessage(scrub(a.body, app))}
				raw, err := json.Marshal(got)
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
	longID  = regexp.MustCompile(`"((?:app_|client_)?id|kid|created_by)":"[^"]+"`)
	instant = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[^"]+Z"`)
	secret  = regexp.MustCompile(`"client_secret":"gh_[^"]+"`)
)

func scrub(body []byte, app object) []byte {
	body = []byte(strings.NewReplacer(app.text("app_id"), "{app}", app.text("client_id"), "{client}").Replace(string(body)))
	body = longID.ReplaceAll(body, []byte(`"$1":"{$1}"`))
	body = instant.ReplaceAll(body, []byte(`"{time}"`))
	return secret.ReplaceAll(body, []byte(`"client_secret":"{secret}"`))
}
