package logto_test

import "testing"

// TestAccountCenter: it begins as a fresh tenant's, a change touches what it names, null clears.
func TestAccountCenter(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const at = "/api/account-center"
		fresh := object{"tenantId": "default", "id": "default", "enabled": false, "fields": object{}, "webauthnRelatedOrigins": []any{},
			"deleteAccountUrl": nil, "customCss": nil, "profileFields": nil}
		if got := w.do(200, "GET", at, nil); !same(got, fresh) {
			t.Errorf("fresh: %v", got)
		}
		w.do(201, "POST", "/api/custom-profile-fields", object{"name": "shoe", "type": "Text", "required": false})
		w.do(200, "PATCH", at, object{"enabled": true, "fields": object{"name": "Edit"}, "deleteAccountUrl": "https://example.com/bye"})
		got := w.do(200, "PATCH", at, object{"customCss": "a{}", "profileFields": []any{object{"name": "shoe"}}, "webauthnRelatedOrigins": []any{"https://example.com"}})
		want := object{"tenantId": "default", "id": "default", "enabled": true, "fields": object{"name": "Edit"}, "webauthnRelatedOrigins": []any{"https://example.com"},
			"deleteAccountUrl": "https://example.com/bye", "customCss": "a{}", "profileFields": []any{object{"name": "shoe"}}}
		if !same(got, want) || !same(w.do(200, "GET", at, nil), want) {
			t.Errorf("changed: %v", got)
		}
		if public := w.call("", "GET", "/api/.well-known/account-center", nil); !same(public.object(t), want) {
			t.Errorf("to pages: %s", public.body)
		}
		got = w.do(200, "PATCH", at, object{"deleteAccountUrl": nil, "customCss": nil, "profileFields": nil})
		if got["deleteAccountUrl"] != nil || got["customCss"] != nil || got["profileFields"] != nil || got["enabled"] != true {
			t.Errorf("cleared: %v", got)
		}
		w.refused(400, "guard.invalid_input", "PATCH", at, object{"fields": object{"name": "Perhaps"}})
		w.refused(400, "guard.invalid_input", "PATCH", at, object{"deleteAccountUrl": "no address"})
		w.refused(400, "guard.invalid_input", "PATCH", at, object{"profileFields": []any{object{"name": "shoe"}, object{"name": "shoe"}}})
		w.refused(400, "custom_profile_fields.entity_not_exists_with_names", "PATCH", at, object{"profileFields": []any{object{"name": "hat"}}})
	})
}

// TestCaptchaProvider: the secret is shown to those who may read it, is nowhere in the document, and an empty one keeps it.
func TestCaptchaProvider(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const at = "/api/captcha-provider"
		w.refused(404, "entity.not_found", "GET", at, nil)
		w.refused(404, "entity.not_found", "DELETE", at, nil)
		config := object{"type": "Turnstile", "siteKey": "site", "secretKey": "hush-hush"}
		made := w.do(200, "PUT", at, object{"config": config})
		if !same(made["config"], config) || !same(w.do(200, "GET", at, nil), made) {
			t.Errorf("made: %v", made)
		}
		native := w.call(w.nativeToken(), "GET", "/rest/v1/documents/captcha_provider/default", nil)
		if native.status != 200 || contains(native.body, "hush-hush") {
			t.Errorf("native: %d %s", native.status, native.body)
		}
		recaptcha := object{"type": "RecaptchaEnterprise", "siteKey": "site", "secretKey": "", "projectId": "p", "mode": "checkbox"}
		got := w.do(200, "PUT", at, object{"config": recaptcha})
		if got["id"] != made["id"] || dig(got, "config", "secretKey") != "hush-hush" || dig(got, "config", "mode") != "checkbox" {
			t.Errorf("replaced: %v", got)
		}
		w.do(200, "PATCH", "/api/sign-in-exp", object{"captchaPolicy": object{"enabled": true}})
		public := w.call("", "GET", "/api/.well-known/sign-in-exp", nil)
		if shown := public.object(t)["captchaConfig"]; !same(shown, object{"type": "RecaptchaEnterprise", "siteKey": "site", "mode": "checkbox"}) || contains(public.body, "hush-hush") {
			t.Errorf("to pages: %v", shown)
		}
		w.refused(400, "guard.invalid_input", "PUT", at, object{"config": object{"type": "RecaptchaEnterprise", "siteKey": "a", "secretKey": "b"}})
		w.refused(400, "guard.invalid_input", "PUT", at, object{"config": object{"type": "Riddle", "siteKey": "a", "secretKey": "b"}})
		w.refused(400, "guard.invalid_input", "PUT", at, object{})
		w.do(204, "DELETE", at, nil)
		w.refused(404, "entity.not_found", "GET", at, nil)
	})
}

// TestProfileFields is the life of fields of each type.
func TestProfileFields(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const at = "/api/custom-profile-fields"
		part := func(name string) object {
			return object{"enabled": true, "name": name, "type": "Text", "required": false}
		}
		for i, body := range []object{
			{"name": "shoe", "type": "Text", "required": true, "label": "Shoe", "description": "Size", "config": object{"minLength": 1, "maxLength": 4}},
			{"name": "age", "type": "Number", "required": false, "config": object{"minValue": 0}},
			{"name": "born", "type": "Date", "required": false, "config": object{"format": "dd/MM/yyyy"}},
			{"name": "news", "type": "Checkbox", "required": false, "config": object{"defaultValue": "true"}},
			{"name": "size", "type": "Select", "required": false, "config": object{"options": []any{object{"value": "s"}, object{"value": "l", "label": "Large"}}}},
			{"name": "site", "type": "Url", "required": false},
			{"name": "code", "type": "Regex", "required": false, "config": object{"format": "^a+$"}},
			{"name": "address", "type": "Address", "required": false, "config": object{"parts": []any{part("locality")}}},
			{"name": "fullname", "type": "Fullname", "required": false, "config": object{"parts": []any{part("givenName")}}},
		} {
			made := w.do(201, "POST", at, body)
			if made["sieOrder"] != float64(i+1) || !same(made, w.do(200, "GET", at+"/"+body.text("name"), nil)) {
				t.Errorf("made: %v", made)
			}
			for name, value := range body {
				if !same(made[name], value) {
					t.Errorf("%s.%s: %v, want %v", body["name"], name, made[name], value)
				}
			}
		}
		w.refused(422, "custom_profile_fields.name_exists", "POST", at, object{"name": "shoe", "type": "Text", "required": false})
		put := w.do(200, "PUT", at+"/shoe", object{"type": "Number", "required": false})
		if put["type"] != "Number" || put["label"] != "" || put["description"] != nil || !same(put["config"], object{}) || put["sieOrder"] != 1.0 {
			t.Errorf("replaced: %v", put)
		}
		more := w.do(201, "POST", at+"/batch", []any{object{"name": "x", "type": "Text", "required": false}, object{"name": "y", "type": "Url", "required": false}}).rows()
		if len(more) != 2 || dig(more[1], "sieOrder") != 11.0 {
			t.Errorf("batch: %v", more)
		}
		ordered := w.do(200, "POST", at+"/properties/sie-order", object{"order": []any{object{"name": "y", "sieOrder": 0}}}).rows()
		if len(ordered) != 11 || dig(ordered[0], "name") != "y" || !same(ordered, w.do(200, "GET", at, nil).rows()) {
			t.Errorf("ordered: %v", ordered)
		}
		w.do(200, "PATCH", "/api/sign-in-exp", object{"signUpProfileFields": []any{object{"name": "age"}}})
		public := w.do(200, "GET", "/api/.well-known/sign-in-exp", nil)
		if asked, all := public["customProfileFields"].([]any), public["customProfileFieldCatalog"].([]any); len(asked) != 1 || dig(asked[0], "name") != "age" || len(all) != 11 {
			t.Errorf("sign-up asks %v of %d", asked, len(all))
		}
		w.do(204, "DELETE", at+"/shoe", nil)
		w.refused(404, "entity.not_found", "GET", at+"/shoe", nil)
		w.refused(404, "entity.not_found", "PUT", at+"/shoe", object{"type": "Text", "required": false})
		w.refused(404, "entity.not_found", "DELETE", at+"/shoe", nil)
	})
}

// TestProfileFieldsRefused: each with its code, and a batch with one bad field makes none.
func TestProfileFieldsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const at = "/api/custom-profile-fields"
		for _, c := range []struct {
			code string
			body object
		}{
			{"guard.invalid_input", object{"type": "Text", "required": true}},
			{"guard.invalid_input", object{"name": "a", "type": "Shoe", "required": true}},
			{"guard.invalid_input", object{"name": "a", "type": "Text"}},
			{"guard.invalid_input", object{"name": "a", "type": "Checkbox", "required": true}},
			{"guard.invalid_input", object{"name": "a", "type": "Select", "required": true}},
			{"guard.invalid_input", object{"name": "a", "type": "Date", "required": true, "config": object{}}},
			{"guard.invalid_input", object{"name": "a", "type": "Text", "required": true, "config": object{"minLength": "x"}}},
			{"custom_profile_fields.invalid_regex_format", object{"name": "a", "type": "Regex", "required": true, "config": object{"format": "("}}},
			{"custom_profile_fields.invalid_min_max_input", object{"name": "a", "type": "Number", "required": true, "config": object{"minValue": 2, "maxValue": 1}}},
			{"custom_profile_fields.invalid_options", object{"name": "a", "type": "Select", "required": true, "config": object{"options": []any{}}}},
			{"custom_profile_fields.invalid_address_components", object{"name": "a", "type": "Address", "required": true,
				"config": object{"parts": []any{object{"enabled": true, "name": "givenName", "type": "Text", "required": true}}}}},
			{"custom_profile_fields.name_conflict_sign_in_identifier", object{"name": "email", "type": "Text", "required": true}},
			{"custom_profile_fields.name_conflict_built_in_prop", object{"name": "customData", "type": "Text", "required": true}},
		} {
			w.refused(400, c.code, "POST", at, c.body)
		}
		good := object{"name": "good", "type": "Text", "required": false}
		r := w.refused(400, "guard.invalid_input", "POST", at+"/batch", []any{good, object{"name": "bad", "type": "Shoe", "required": false}})
		if len(r.Data.Issues) != 1 || !same(r.Data.Issues[0].Path, []any{1, "type"}) {
			t.Errorf("batch: %+v", r.Data.Issues)
		}
		w.refused(400, "guard.invalid_input", "POST", at+"/batch", object{})
		w.refused(400, "guard.invalid_input", "POST", at+"/batch", []any{})
		w.refused(422, "custom_profile_fields.name_exists", "POST", at+"/batch", []any{good, good})
		w.refused(400, "custom_profile_fields.entity_not_exists_with_names", "POST", at+"/properties/sie-order", object{"order": []any{object{"name": "good", "sieOrder": 1}}})
		w.refused(400, "custom_profile_fields.conflicted_sie_order", "POST", at+"/properties/sie-order",
			object{"order": []any{object{"name": "a", "sieOrder": 1}, object{"name": "b", "sieOrder": 1}}})
		if list := w.do(200, "GET", at, nil).rows(); len(list) != 0 {
			t.Errorf("half written: %v", list)
		}
	})
}
