package logto_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestUnknownPaths: a path that nobody serves is plain text, and so is a wrong method, which names the right ones.
func TestUnknownPaths(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, path := range []string{"/api/nothing", "/api/applications/x/nothing", "/api"} {
			a := w.call(w.admin.token, "GET", path, nil)
			if a.status != 404 || string(a.body) != "Not Found" || !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
				t.Errorf("%s: %d %s %s", path, a.status, a.header.Get("Content-Type"), a.body)
			}
		}
	})
}

// refusal is the body of a refused request.
type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Details string `json:"details"`
	Data    struct {
		Name   string `json:"name"`
		Code   string `json:"code"`
		Issues []struct {
			Code     string `json:"code"`
			Expected string `json:"expected"`
			Received string `json:"received"`
			Path     []any  `json:"path"`
			Message  string `json:"message"`
		} `json:"issues"`
	} `json:"data"`
}

func (a answer) refusal(t testing.TB) refusal {
	t.Helper()
	var out refusal
	if err := json.Unmarshal(a.body, &out); err != nil || out.Message == "" {
		t.Fatalf("no refusal: %d %s", a.status, a.body)
	}
	return out
}

// refused is a call as the management application that must be refused with a status and a code.
func (w *world) refused(status int, code, method, path string, body any, header ...string) refusal {
	w.t.Helper()
	a := w.call(w.admin.token, method, path, body, header...)
	r := a.refusal(w.t)
	if a.status != status || r.Code != code {
		w.t.Errorf("%s %s: %d %s, want %d %s: %s", method, path, a.status, r.Code, status, code, a.body)
	}
	return r
}
