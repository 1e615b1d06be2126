package auth0_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"testing"
)

// connectionPairs are requests whose answers are kept letter by letter, but for ids.
var connectionPairs = []struct{ name, method, path string }{
	{"create_database", "POST", "/connections"},
	{"create_google", "POST", "/connections"},
	{"create_saml", "POST", "/connections"},
	{"update", "PATCH", "/connections/{id}"},
}

var connectionID = regexp.MustCompile(`con_[a-z0-9]{16}`)

// TestConnectionGoldenPairs sends testdata/connections/NAME.req.json and holds the answer against NAME.res.json, which
// UPDATE_GOLDEN=1 writes anew.
func TestConnectionGoldenPairs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(201, "POST", "/connections", object{"name": "there-already", "strategy": "oidc", "options": object{"client_id": "a", "client_secret": "b"}})
		for _, p := range connectionPairs {
			file := "testdata/connections/" + p.name
			req, err := os.ReadFile(file + ".req.json")
			must(t, err)
			path := p.path
			if p.method == "PATCH" {
				path = made.path()
			}
			a := w.call(w.admin.token, p.method, path, string(req))
			raw, err := json.Marshal(object{"status": a.status, "body": json.RawMessage(connectionID.ReplaceAll(a.body, []byte("{id}")))})
			must(t, err)
			var got bytes.Buffer
			must(t, json.Indent(&got, raw, "", "  "))
			got.WriteByte('\n')
			if os.Getenv("UPDATE_GOLDEN") != "" {
				must(t, os.WriteFile(file+".res.json", got.Bytes(), 0o644))
			}
			want, err := os.ReadFile(file + ".res.json")
			must(t, err)
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("%s: got %s\nwant %s", p.name, got.Bytes(), want)
			}
		}
	})
}
