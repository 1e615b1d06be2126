package logto

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"gatehouse/models"
	"gatehouse/web"
)

type sample struct {
	Name  opt[string]   `json:"name" rule:"required,min=1,max=5"`
	Kind  opt[string]   `json:"kind" enum:"a,b"`
	On    opt[bool]     `json:"on"`
	Note  opt[string]   `json:"note" rule:"nullable"`
	Days  opt[int64]    `json:"days" rule:"min=1,max=180"`
	Words opt[[]string] `json:"words"`
	Inner opt[struct {
		X string `json:"x" rule:"required"`
	}] `json:"inner"`
}

// TestIssues: each wrong member is an issue with a code, a path and a message, and a line of details.
func TestIssues(t *testing.T) {
	for _, c := range []struct{ about, body, code, path, expected, received string }{
		{"a missing member", `{}`, "invalid_type", "name", "", "undefined"},
		{"a wrong type", `{"name":7}`, "invalid_type", "name", "string", "number"},
		{"a wrong type of a list", `{"name":"x","words":{}}`, "invalid_type", "words", "array", "object"},
		{"a wrong type in a list", `{"name":"x","words":["a",true]}`, "invalid_type", "words.1", "string", "boolean"},
		{"a wrong boolean", `{"name":"x","on":"yes"}`, "invalid_type", "on", "boolean", "string"},
		{"null", `{"name":"x","kind":null}`, "invalid_type", "kind", "", "null"},
		{"a word that is none", `{"name":"x","kind":"c"}`, "invalid_enum_value", "kind", "", ""},
		{"a short text", `{"name":""}`, "too_small", "name", "", ""},
		{"a long text", `{"name":"abcdef"}`, "too_big", "name", "", ""},
		{"a number out of range", `{"name":"x","days":181}`, "custom", "days", "", ""},
		{"a member of a member", `{"name":"x","inner":{}}`, "invalid_type", "inner.x", "", "undefined"},
		{"a body of another kind", `[]`, "invalid_type", "", "object", "array"},
	} {
		err := decode([]byte(c.body), &sample{})
		f, ok := models.AsFault(err)
		if !ok || f.Code != models.Invalid || len(f.Fields) != 1 {
			t.Errorf("%s: %v", c.about, err)
			continue
		}
		is := issueOf(f.Fields[0])
		if is.Code != c.code || keyPath(is.Path) != c.path || is.Expected != c.expected || is.Received != c.received || is.Message == "" {
			t.Errorf("%s: %+v", c.about, is)
		}
		if want := `Error in key path "` + c.path + `": (` + c.code + `) `; !strings.HasPrefix(details([]issue{is}), want) {
			t.Errorf("%s: details %q", c.about, details([]issue{is}))
		}
	}
}

// TestNullAndUnknown: null clears where the document allows it, and what is not known is ignored.
func TestNullAndUnknown(t *testing.T) {
	var in sample
	if err := decode([]byte(`{"name":"x","note":null,"stranger":1}`), &in); err != nil || !in.Note.Null {
		t.Errorf("%+v %v", in, err)
	}
}

// TestBodies: forms count as objects of texts; nothing is an empty object; text is no object; broken JSON is malformed.
func TestBodies(t *testing.T) {
	for _, c := range []struct{ media, body, want string }{
		{"application/json", `{"a":1}`, `{"a":1}`},
		{"", ``, `{}`},
		{"application/json", "  ", `{}`},
		{"application/x-www-form-urlencoded", "name=x&on=true", `{"name":"x","on":"true"}`},
		{"application/x-www-form-urlencoded; charset=utf-8", "w=a&w=b&l[]=c", `{"l":["c"],"w":["a","b"]}`},
		{"application/x-www-form-urlencoded", "a[b]=c&a[d]=e", `{"a":{"b":"c","d":"e"}}`},
		{"text/plain", "hello", `"hello"`},
	} {
		got, err := bodyOf(c.media, []byte(c.body))
		if err != nil || string(got) != c.want {
			t.Errorf("%s %q: %s %v", c.media, c.body, got, err)
		}
	}
	for _, broken := range []string{`{`, `{"a":}`, `nonsense`, `{} {}`, "\xff"} {
		err := decode([]byte(broken), &sample{})
		if !models.IsFault(err, web.Malformed) {
			t.Errorf("%q: %v", broken, err)
		}
		var raw json.RawMessage
		if err := readObject([]byte(broken), &raw); !models.IsFault(err, web.Malformed) {
			t.Errorf("free object %q: %v", broken, err)
		}
	}
	if err := at(decode([]byte(`"hello"`), &sample{}), invalidBody); !models.IsFault(err, models.Invalid) {
		t.Errorf("a text: %v", err)
	}
	var raw json.RawMessage
	if err := readObject([]byte(` {"b":1.50,"a":"<"}`), &raw); err != nil || !strings.Contains(string(raw), "1.50") {
		t.Errorf("free object: %s %v", raw, err)
	}
	if err := readObject([]byte(`[]`), &raw); !models.IsFault(err, models.Invalid) {
		t.Errorf("a list where an object belongs: %v", err)
	}
}

// TestCodes: our reasons have their words, and the rest goes by class. Section 5.1 of the conventions.
func TestCodes(t *testing.T) {
	for _, c := range []struct {
		fault  error
		code   string
		status int
	}{
		{models.Missing("client"), "entity.not_exists_with_id", 404},
		{models.Missing("role"), "entity.not_exists_with_id", 404},
		{models.Missing("secret"), "entity.not_found", 404},
		{models.Denied("client.create"), "auth.forbidden", 403},
		{models.Taken("name", "credential_name_taken", "x"), "application.secret_name_exists", 422},
		{models.Taken("name", "role_name_taken", "x"), "role.name_in_use", 422},
		{models.Taken("name", "anything_taken", "x"), "entity.unique_integrity_violation", 422},
		{refuse("application.invalid_type", "x"), "application.invalid_type", 422},
		{refuse("guard.invalid_pagination", "x"), "guard.invalid_pagination", 400},
		{refuse("application.protected_app_not_configured", "x"), "application.protected_app_not_configured", 501},
		{&models.Fault{Code: models.RateLimited, Reason: "too_many_requests"}, "request.rate_limited", 429},
		{&models.Fault{Code: web.LargeHeaders, Reason: "headers_too_large"}, "request.headers_too_large", 431},
	} {
		f, ok := models.AsFault(c.fault)
		if !ok {
			t.Fatal(errors.New("not a fault"))
		}
		status, known := codeStatus[codeOf(f)]
		if !known {
			status = 400
		}
		if codeOf(f) != c.code || status != c.status {
			t.Errorf("%s: %s %d, want %s %d", f.Reason, codeOf(f), status, c.code, c.status)
		}
	}
}

// TestPages: what page and page_size may be, and what a cut list holds.
func TestPages(t *testing.T) {
	some := func(s string) opt[string] { return models.Some(s) }
	for _, c := range []struct {
		number, size opt[string]
		items        int
		ok           bool
	}{
		{some("1"), opt[string]{}, 20, true}, {some("2"), opt[string]{}, 5, true}, {some("3"), opt[string]{}, 0, true},
		{opt[string]{}, some("7"), 7, true}, {some("4"), some("7"), 4, true}, {some("99999999"), some("100"), 0, true},
		{some("0"), opt[string]{}, 0, false}, {some("-1"), opt[string]{}, 0, false}, {some("x"), opt[string]{}, 0, false},
		{some(""), opt[string]{}, 0, false}, {some("1"), some("101"), 0, false}, {some("1"), some("0"), 0, false},
		{some("9223372036854775807"), some("100"), 0, false}, {opt[string]{}, opt[string]{}, 25, true},
	} {
		got, err := cut(pageIn{c.number, c.size}, false, make([]int, 25))
		if (err == nil) != c.ok || len(got.items) != c.items {
			t.Errorf("page %q of %q: %d items, %v", c.number.V, c.size.V, len(got.items), err)
		}
	}
	if got, err := cut(pageIn{}, true, make([]int, 25)); err != nil || len(got.items) != 20 || got.total != 25 {
		t.Errorf("forced: %d of %d, %v", len(got.items), got.total, err)
	}
}
