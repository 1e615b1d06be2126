package logto_test

import "testing"

const texts = "/api/email-templates"

func mail(language, kind, subject string) object {
	return object{"languageTag": language, "templateType": kind, "details": object{"subject": subject, "content": "<p>{{code}}</p>"}}
}

// TestEmailTemplates is the life of texts of mails, here and in the native face.
func TestEmailTemplates(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(200, "PUT", texts, object{"templates": []any{mail("en", "SignIn", "Your code"), mail("fr", "SignIn", "Votre code"), mail("en", "BindMfa", "Bind")}}).rows()
		if len(made) != 3 {
			t.Fatalf("made: %v", made)
		}
		id := dig(made[0], "id").(string)
		if got := w.do(200, "GET", texts+"/"+id, nil); !same(got, made[0]) || dig(got, "details", "subject") != "Your code" {
			t.Errorf("read: %v", got)
		}
		native := w.do(200, "GET", "/rest/v1/documents/email_template/sign_in_code.en", nil)
		if dig(native, "body", "subject") != "Your code" || dig(native, "body", "purpose") != "sign_in_code" || dig(native, "body", "enabled") != true {
			t.Errorf("native: %v", native)
		}
		again := w.do(200, "PUT", texts, object{"templates": []any{mail("en", "SignIn", "Another")}}).rows()
		if dig(again[0], "id") != id || dig(again[0], "createdAt") != dig(made[0], "createdAt") {
			t.Errorf("replaced: %v", again)
		}
		changed := w.do(200, "PATCH", texts+"/"+id+"/details", object{"replyTo": "help@example.com", "contentType": "text/plain"})
		if !same(changed["details"], object{"subject": "Another", "content": "<p>{{code}}</p>", "contentType": "text/plain", "replyTo": "help@example.com"}) {
			t.Errorf("changed: %v", changed)
		}
		for query, n := range map[string]int{"": 3, "?languageTag=en": 2, "?templateType=SignIn": 2, "?languageTag=fr&templateType=SignIn": 1, "?languageTag=de": 0} {
			if list := w.do(200, "GET", texts+query, nil).rows(); len(list) != n {
				t.Errorf("%q finds %d", query, len(list))
			}
		}
		if got := w.do(200, "DELETE", texts+"?languageTag=en", nil); got["rowCount"] != 2.0 {
			t.Errorf("deleted: %v", got)
		}
		w.do(204, "DELETE", "/rest/v1/documents/email_template/sign_in_code.fr", nil)
		if list := w.do(200, "GET", texts, nil).rows(); len(list) != 0 {
			t.Errorf("left: %v", list)
		}
		w.refused(404, "entity.not_found", "GET", texts+"/"+id, nil)
		w.refused(404, "entity.not_found", "DELETE", texts+"/"+id, nil)
		w.refused(404, "entity.not_found", "PATCH", texts+"/"+id+"/details", object{"subject": "x"})
	})
}

// TestEmailTemplatesRefused: a bad one among good ones keeps all of them out.
func TestEmailTemplatesRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, body := range []any{object{}, object{"templates": "x"}, object{"templates": []any{object{}}},
			object{"templates": []any{mail("en", "SignIn", "good"), mail("en", "Nothing", "bad")}},
			object{"templates": []any{mail("en", "SignIn", "good"), mail("", "SignIn", "bad")}},
			object{"templates": []any{mail("en", "SignIn", "good"), object{"languageTag": "en", "templateType": "BindMfa", "details": object{"subject": "x"}}}},
		} {
			if r := w.refused(400, "guard.invalid_input", "PUT", texts, body); len(r.Data.Issues) == 0 || r.Data.Issues[0].Path[0] != "templates" {
				t.Errorf("%v: %+v", body, r)
			}
		}
		if list := w.do(200, "GET", texts, nil).rows(); len(list) != 0 {
			t.Errorf("half written: %v", list)
		}
		for name, wrong := range map[string]string{"subject": "{% nothing %}", "content": "{{", "sendFrom": "a@b@c", "replyTo": "<x"} {
			one := mail("en", "SignIn", "good")
			one["details"].(object)[name] = wrong
			if r := w.refused(400, "guard.invalid_input", "PUT", texts, object{"templates": []any{mail("fr", "SignIn", "good"), one}}); len(r.Data.Issues) != 1 || !same(r.Data.Issues[0].Path, []any{"templates", 1, "details", name}) {
				t.Errorf("%s: %+v", name, r)
			}
		}
		if list := w.do(200, "GET", texts, nil).rows(); len(list) != 0 {
			t.Errorf("half written: %v", list)
		}
		made := w.do(200, "PUT", texts, object{"templates": []any{mail("en", "SignIn", "good")}}).rows()
		if r := w.refused(400, "guard.invalid_input", "PATCH", texts+"/"+dig(made[0], "id").(string)+"/details", object{"content": "{{"}); !same(r.Data.Issues[0].Path, []any{"content"}) {
			t.Errorf("%+v", r)
		}
		w.refused(422, "entity.invalid_input", "DELETE", texts, nil)
		w.refused(400, "guard.invalid_input", "GET", texts+"?templateType=Nothing", nil)
		w.refused(400, "guard.invalid_input", "DELETE", texts+"?languageTag=aaaaaaaaaaaaaaaaaaaaa", nil)
	})
}
