package logto_test

import (
	"bytes"
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/web"
)

// single is a world on SQLite alone, for what does not touch the database.
func single(t testing.TB) *world {
	db, vault := dbtest.Open(t)
	return newWorld(t, db, vault)
}

// dig follows members into an object; nil where one is missing.
func dig(v any, path ...string) any {
	for _, step := range path {
		switch o := v.(type) {
		case object:
			v = o[step]
		case map[string]any:
			v = o[step]
		default:
			return nil
		}
	}
	return v
}

func contains(body []byte, text string) bool { return bytes.Contains(body, []byte(text)) }

// nativeExperience is the native face of the tenant's experience.
func (w *world) nativeExperience() (out []web.Route) {
	for _, r := range w.dialect.Experience.Routes() {
		if strings.HasPrefix(r.Path, "/rest/v1/experience") {
			out = append(out, r)
		}
	}
	return out
}

// nativeToken is the management application's token for the native face.
func (w *world) nativeToken() string { return w.tokenFor(w.admin, origin+"/rest/v1") }
