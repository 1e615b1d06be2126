package logto_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"testing"
)

// connectorPairs are requests whose answers are kept letter by letter, but for ids.
var connectorPairs = []struct{ name, method, path string }{
	{"create_github", "POST", "/api/connectors"},
	{"create_oidc", "POST", "/api/connectors"},
	{"create_smtp", "POST", "/api/connectors"},
	{"create_refused", "POST", "/api/connectors"},
	{"update", "PATCH", "/api/connectors/chosen"},
	{"update_refused", "PATCH", "/api/connectors/chosen"},
}

var connectorID = regexp.MustCompile(`"id":"[a-z0-9]{16}"`)

// TestConnectorGoldenPairs sends testdata/connectors/NAME.req.json and holds the answer against NAME.res.json, which
// UPDATE_GOLDEN=1 writes anew.
func TestConnectorGoldenPairs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(200, "POST", "/api/connectors", object{"id": "chosen", "connectorId": "google-universal", "config": object{"clientId": "a", "clientSecret": "b"}})
		for _, p := range connectorPairs {
			file := "testdata/connectors/" + p.name
			req, err := os.ReadFile(file + ".req.json")
			must(t, err)
			a := w.call(w.admin.token, p.method, p.path, string(req))
			raw, err := json.Marshal(object{"status": a.status, "body": json.RawMessage(connectorID.ReplaceAll(a.body, []byte(`"id":"{id}"`)))})
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
