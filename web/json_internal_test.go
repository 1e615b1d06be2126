package web

import (
	"strings"
	"testing"
	"time"

	"gatehouse/models"
)

// What is no JSON is told in our words, with its place: those of the parser change with Go, and name its insides.
func TestABodyThatIsNotJSONIsToldWhere(t *testing.T) {
	type body struct {
		Name models.Opt[string]    `json:"name"`
		At   models.Opt[time.Time] `json:"at"`
	}
	for _, c := range []struct{ what, body, want string }{
		{"a word", `nope`, `The body is not JSON: at byte 2 (line 1) "o" cannot stand.`},
		{"a word in the third line", "{\n\n  \"name\": name\n}", `The body is not JSON: at byte 15 (line 3) "a" cannot stand.`},
		{"a comma too many", `{"name":"x",}`, `The body is not JSON: at byte 13 (line 1) "}" cannot stand.`},
		{"a name without quotes", `{name:1}`, `The body is not JSON: at byte 2 (line 1) "n" cannot stand.`},
		{"a line break in a text", "{\"name\":\"\n\"}", `The body is not JSON: at byte 10 (line 1) "\n" cannot stand.`},
		{"an escape that there is not", `{"name":"\x"}`, `The body is not JSON: at byte 11 (line 1) "x" cannot stand.`},
		{"a letter of two bytes", `é`, `The body is not JSON: at byte 1 (line 1) "é" cannot stand.`},
		{"half", `{"name":tr`, `The body ends before the JSON value does.`},
	} {
		for face, read := range map[string]func() error{
			"native":  func() error { var in body; return DecodeJSON([]byte(c.body), &in, Strict) },
			"dialect": func() error { _, err := parse([]byte(c.body)); return err },
		} {
			fault, ok := models.AsFault(read())
			if !ok || fault.Code != Malformed || fault.Text != c.want {
				t.Errorf("%s, %s: %v, want %s", c.what, face, fault, c.want)
			}
		}
	}
	for _, raw := range []string{`{"at":"tomorrow"}`, `{"at":7}`, `{"name":"x","at":"2026-13-01T00:00:00Z"}`} {
		var in body
		fault, ok := models.AsFault(DecodeJSON([]byte(raw), &in, Strict))
		if !ok || fault.Code != models.Invalid || len(fault.Fields) != 1 || fault.Fields[0].Name != "at" || strings.Contains(fault.Error(), "parsing") || strings.Contains(fault.Error(), "UnmarshalJSON") {
			t.Errorf("%s: %v", raw, fault)
		}
	}
}
