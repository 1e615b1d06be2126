package auth0_test

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
	{"create_client", "POST", "/clients"},
	{"create_client_minimal", "POST", "/clients"},
	{"create_client_refused", "POST", "/clients"},
	{"update_client", "PATCH", "/clients/{client}"},
	{"update_client_nulls", "PATCH", "/clients/{client}"},
	{"create_credential", "POST", "/clients/{client}/credentials"},
	{"update_tenant", "PATCH", "/tenants/settings"},
	{"set_custom_keys", "PUT", "/keys/custom-signing"},
	{"missing_client", "PATCH", "/clients/nobody"},
	{"missing_route", "POST", "/nothing/here"},
}

// TestGoldenPairs sends testdata/NAME.req.json and holds the answer against testdata/NAME.res.json; -update writes that.
func TestGoldenPairs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.do(201, "POST", "/clients", object{"name": "Fernway"}).text("client_id")
		for _, p := range pairs {
			t.Run(p.name, func(t *testing.T) {
				w.t = t
				req, err := os.ReadFile("testdata/" + p.name + ".req.json")
				must(t, err)
				a := w.call(w.admin.token, p.method, strings.ReplaceAll(p.path, "{client}", id), string(req))
				raw, err := json.Marshal(object{"status": a.status, "body": json.RawMessage(scrub(a.body, id))})
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
	madeID  = regexp.MustCompile(`"(client_id|id|kid)":"[^"{]+"`)
	instant = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[^"]+Z"`)
	secret  = regexp.MustCompile(`"client_secret":"gh_[^"]+"`)
)

func scrub(body []byte, id string) []byte {
	body = []byte(strings.ReplaceAll(string(body), id, "{client}"))
	body = madeID.ReplaceAll(body, []byte(`"$1":"{$1}"`))
	body = instant.ReplaceAll(body, []byte(`"{time}"`))
	return secret.ReplaceAll(body, []byte(`"client_secret":"{secret}"`))
}
