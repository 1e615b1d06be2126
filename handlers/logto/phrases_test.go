package logto_test

import (
	"strings"
	"testing"
)

const phrases = "/api/custom-phrases"

// TestPhrases: what has a home among our phrases is the experience's, the rest is kept, and both read back as written.
func TestPhrases(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if list := w.do(200, "GET", phrases, nil).rows(); len(list) != 0 {
			t.Fatalf("a fresh tenant has %v", list)
		}
		w.refused(404, "entity.not_found", "GET", phrases+"/fr", nil)
		written := object{"input": object{"username": "Identifiant"}, "action": object{"sign_in": "Entrer", "dance": "Danser"},
			"sign_in": object{"title": "Bienvenue chez {name}"}}
		made := w.do(201, "PUT", phrases+"/fr", written)
		if !same(made["translation"], written) || made["languageTag"] != "fr" || len(made.text("id")) != 21 {
			t.Fatalf("written: %v", made)
		}
		if got := w.do(200, "GET", phrases+"/fr", nil); !same(got, made) {
			t.Errorf("read: %v", got)
		}
		native := w.do(200, "GET", "/rest/v1/experience", nil)
		if own := dig(native, "settings", "phrases", "fr"); !same(own, object{"identifier.username": "Identifiant", "password.submit": "Entrer", "sign_in.title": "Bienvenue chez {name}"}) {
			t.Errorf("the experience has %v", own)
		}
		if tags, _ := dig(native, "settings", "languages", "enabled").([]any); len(tags) != 4 || tags[3] != "fr" {
			t.Errorf("on offer: %v", tags)
		}
		again := w.do(201, "PUT", phrases+"/fr", object{"action": object{"dance": "Valser"}})
		if again["id"] != made["id"] || !same(again["translation"], object{"action": object{"dance": "Valser"}}) {
			t.Errorf("replaced: %v", again)
		}
		w.do(204, "DELETE", phrases+"/fr", nil)
		w.refused(404, "entity.not_found", "DELETE", phrases+"/fr", nil)
		if tags := dig(w.do(200, "GET", "/rest/v1/experience", nil), "settings", "languages", "enabled"); !same(tags, []any{"en", "es", "ar"}) {
			t.Errorf("still on offer: %v", tags)
		}
	})
}

// TestPhrasesOfAnotherFace: what the experience's editor wrote is seen here, and a replacement takes it away there.
func TestPhrasesOfAnotherFace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(200, "PUT", "/rest/v1/experience/phrases/es", object{"phrases": object{"continue": "Seguir", "scope.profile": "Tu nombre", "scope.profile.note": "Nada más"}})
		got := w.do(200, "GET", phrases+"/es", nil)
		if !same(got["translation"], object{"continue": "Seguir", "scope": object{"profile": "Tu nombre"}, "scope.profile.note": "Nada más"}) || got["id"] != "es" {
			t.Errorf("seen: %v", got)
		}
		w.do(201, "PUT", phrases+"/es", got["translation"])
		if own := dig(w.do(200, "GET", "/rest/v1/experience", nil), "settings", "phrases", "es"); !same(own, object{"continue": "Seguir", "scope.profile": "Tu nombre", "scope.profile.note": "Nada más"}) {
			t.Errorf("written back: %v", own)
		}
		w.do(204, "DELETE", phrases+"/es", nil)
		if own := dig(w.do(200, "GET", "/rest/v1/experience", nil), "settings", "phrases", "es"); own != nil {
			t.Errorf("left: %v", own)
		}
	})
}

// TestPhrasesRefused: each refusal names the path, and nothing is half written.
func TestPhrasesRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.refused(400, "guard.invalid_input", "PUT", phrases+"/tlh", object{})
		w.refused(400, "guard.invalid_input", "PUT", phrases+"/fr", []any{})
		for _, c := range []struct {
			body object
			path []any
		}{
			{object{"a": object{"b": 1}}, []any{"a", "b"}},
			{object{"input": object{"username": "{nobody}"}, "a": "b"}, []any{"input", "username"}},
		} {
			r := w.refused(400, "guard.invalid_input", "PUT", phrases+"/fr", c.body)
			if len(r.Data.Issues) != 1 || !same(r.Data.Issues[0].Path, c.path) {
				t.Errorf("%v: %+v", c.body, r.Data.Issues)
			}
		}
		w.refused(404, "entity.not_found", "GET", phrases+"/fr", nil)
		w.refused(409, "localization.cannot_delete_default_language", "DELETE", phrases+"/en", nil)
	})
}

// What was written here goes over what is built in, for the pages that ask: ours under both names, and the dialect's own.
func TestPublicPhrasesAreThoseInEffect(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const at = "/api/.well-known/phrases?lng=fr"
		w.do(201, "PUT", phrases+"/fr", object{"input": object{"username": "Identifiant"}, "action": object{"dance": "Danser"}})
		got := w.do(200, "GET", at, nil)
		for path, want := range map[string]string{"input.username": "Identifiant", "identifier.username": "Identifiant", "action.dance": "Danser"} {
			if text := dig(got, strings.Split(path, ".")...); text != want {
				t.Errorf("%s: %v", path, text)
			}
		}
		builtIn := dig(w.do(200, "GET", "/api/.well-known/phrases?lng=en", nil), "input", "password")
		if text := dig(got, "input", "password"); text == nil || builtIn == nil {
			t.Errorf("what nobody wrote is built in: %v %v", text, builtIn)
		}
		w.do(204, "DELETE", phrases+"/fr", nil)
		if got := w.do(200, "GET", at, nil); dig(got, "action", "dance") != nil || dig(got, "input", "username") == "Identifiant" {
			t.Errorf("still there: %v", got)
		}
	})
}
