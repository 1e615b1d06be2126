package logto_test

import (
	"strings"
	"testing"

	"gatehouse/handlers/experience"
	"gatehouse/models"
)

const exp = "/api/sign-in-exp"

// fullExp is every member that can be written, with values that no fresh tenant has; assets is the id of pages that were sent.
func fullExp(assets string) object {
	return object{
		"color":             object{"primaryColor": "#1a2b3c", "isDarkModeEnabled": false, "darkPrimaryColor": "#4a5b6c"},
		"branding":          object{"logoUrl": "https://example.com/l.png", "darkLogoUrl": "https://example.com/d.png", "favicon": "https://example.com/f.ico"},
		"hideLogtoBranding": true, "languageInfo": object{"autoDetect": false, "fallbackLanguage": "fr-FR"},
		"termsOfUseUrl": "https://example.com/terms", "privacyPolicyUrl": "https://example.com/privacy", "agreeToTermsPolicy": "ManualRegistrationOnly",
		"signIn": object{"methods": []any{object{"identifier": "username", "password": true, "verificationCode": false, "isPasswordPrimary": true},
			object{"identifier": "phone", "password": false, "verificationCode": true, "isPasswordPrimary": false}}},
		"signUp": object{"identifiers": []any{"username"}, "password": true, "verify": false,
			"secondaryIdentifiers": []any{object{"identifier": "emailOrPhone", "verify": true}}},
		"socialSignIn": object{"automaticAccountLinking": false, "skipRequiredIdentifiers": true}, "socialSignInConnectorTargets": []any{}, "signInMode": "Register",
		"customCss": "body { color: red; }", "customContent": object{"/sign-in": "<p>Hello</p>"}, "customUiAssets": object{"id": assets, "createdAt": 7.0},
		"customUiCsp": object{"scriptSrc": []any{"https://cdn.example.com"}},
		"passwordPolicy": object{"length": object{"min": 10.0, "max": 64.0}, "characterTypes": object{"min": 3.0},
			"rejects": object{"pwned": false, "repetitionAndSequence": true, "userInfo": false, "words": []any{"fernway"}}},
		"mfa":         object{"factors": []any{"Totp", "BackupCode"}, "policy": "PromptOnlyAtSignInMandatory", "organizationRequiredMfaPolicy": "Mandatory"},
		"adaptiveMfa": object{"enabled": true}, "singleSignOnEnabled": true, "supportEmail": "help@example.com", "supportWebsiteUrl": "https://example.com/help",
		"unknownSessionRedirectUrl": "https://example.com/start", "captchaPolicy": object{"enabled": true},
		"sentinelPolicy":         object{"maxAttempts": 7.0, "lockoutDuration": 9.0},
		"emailBlocklistPolicy":   object{"blockDisposableAddresses": true, "blockSubaddressing": true, "customAllowlist": []any{"a@example.com"}, "customBlocklist": []any{"@example.org"}},
		"verificationCodePolicy": object{"expirationDuration": 300.0, "maxRetryAttempts": 3.0}, "forgotPasswordMethods": []any{"PhoneVerificationCode"},
		"passkeySignIn": object{"enabled": true, "showPasskeyButton": true, "allowAutofill": true}, "signUpProfileFields": []any{object{"name": "nickname"}},
		"passwordExpiration": object{"enabled": true, "validPeriodDays": 30.0},
		"usernamePolicy": object{"caseSensitive": false, "minLength": 3.0, "maxLength": 20.0,
			"allowedChars": object{"lowercase": true, "uppercase": false, "numbers": true, "underscore": false}},
	}
}

// TestSignInExpReadsBack is law (a) for every member, and that writing back what was read changes nothing.
func TestSignInExpReadsBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(200, "GET", exp, nil)
		full := fullExp(w.pages())
		wrote := w.do(200, "PATCH", exp, full)
		got := w.do(200, "GET", exp, nil)
		for name, want := range full {
			if !same(got[name], want) || !same(wrote[name], want) {
				t.Errorf("%s: wrote %v, read %v", name, want, got[name])
			}
		}
		before, err := w.dialect.Experience.Get(models.System(t.Context()), experience.ScopeIn{})
		must(t, err)
		w.do(200, "PATCH", exp, got)
		after, err := w.dialect.Experience.Get(models.System(t.Context()), experience.ScopeIn{})
		must(t, err)
		if after.Version != before.Version {
			t.Errorf("writing back what was read made version %d of %d", after.Version, before.Version)
		}
		if e := after.Settings; e.Branding.Primary != "#1a2b3c" || e.SignUp.Mode != models.ModeRegister || e.Password.MinLength != 10 || !e.MFA.Adaptive {
			t.Errorf("not the product's own settings: %+v", e)
		}
		w.do(200, "PATCH", exp, object{"termsOfUseUrl": nil, "supportEmail": "", "customCss": nil, "customUiAssets": nil})
		got = w.do(200, "GET", exp, nil)
		for _, name := range []string{"termsOfUseUrl", "supportEmail", "customCss", "customUiAssets"} {
			if got[name] != nil {
				t.Errorf("%s: cleared, and reads %v", name, got[name])
			}
		}
	})
}

// TestSignInExpKeepsWhatItCannotSay: links by e-mail, push as a factor and further tiers of the lockout survive a write (resolution 30).
func TestSignInExpKeepsWhatItCannotSay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := models.System(t.Context())
		_, err := w.dialect.Experience.Patch(ctx, experience.PatchIn{Sections: experience.Sections{
			Methods: []byte(`{"identifiers":[{"identifier":"email","password":true,"magic_link":true,"password_first":true}]}`),
			MFA:     []byte(`{"factors":["push","totp"]}`)}})
		must(t, err)
		got := w.do(200, "GET", exp, nil)
		w.do(200, "PATCH", exp, object{"signIn": got["signIn"], "mfa": got["mfa"], "sentinelPolicy": got["sentinelPolicy"]})
		v, err := w.dialect.Experience.Get(ctx, experience.ScopeIn{})
		must(t, err)
		if e := v.Settings; !e.Methods.Identifiers[0].Link || len(e.MFA.Factors) != 2 || len(e.Lockout.Tiers) != 3 {
			t.Errorf("lost: %+v %+v %+v", e.Methods.Identifiers, e.MFA, e.Lockout)
		}
	})
}

// TestSignInExpRefuses what breaks a rule, in the document's codes, naming the member.
func TestSignInExpRefuses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			body       object
			code, path string
		}{
			{object{"mfa": object{"factors": []any{"BackupCode"}, "policy": "UserControlled"}}, "sign_in_experiences.backup_code_cannot_be_enabled_alone", ""},
			{object{"mfa": object{"factors": []any{"Totp", "Totp"}, "policy": "UserControlled"}}, "sign_in_experiences.duplicated_mfa_factors", ""},
			{object{"signUp": object{"identifiers": []any{"email", "email"}, "password": true, "verify": true}}, "sign_in_experiences.duplicated_sign_up_identifiers", ""},
			{object{"signIn": object{"methods": []any{object{"identifier": "email", "password": false, "verificationCode": false, "isPasswordPrimary": false}}}},
				"sign_in_experiences.at_least_one_authentication_factor", ""},
			{object{"color": object{"primaryColor": "red", "isDarkModeEnabled": true, "darkPrimaryColor": "#000000"}}, "guard.invalid_input", "color.primaryColor"},
			{object{"signInMode": "Maybe"}, "guard.invalid_input", "signInMode"},
			{object{"customContent": object{"/x": 7}}, "guard.invalid_input", "customContent"},
			{object{"supportEmail": "nobody"}, "guard.invalid_input", "supportEmail"},
			{object{"termsOfUseUrl": "javascript:alert(1)"}, "guard.invalid_input", "termsOfUseUrl"},
			{object{"customCss": "@import url(https://evil.example)"}, "guard.invalid_input", "customCss"},
			{object{"languageInfo": object{"autoDetect": true, "fallbackLanguage": "klingon!"}}, "guard.invalid_input", "languageInfo.fallbackLanguage"},
		} {
			r := w.refused(400, c.code, "PATCH", exp, c.body)
			if c.path != "" && (len(r.Data.Issues) == 0 || !strings.Contains(r.Details, `"`+c.path)) {
				t.Errorf("%v: %+v", c.body, r)
			}
		}
		if v, err := w.dialect.Experience.Get(models.System(t.Context()), experience.ScopeIn{}); err != nil || v.Version != 0 {
			t.Errorf("a refused write left version %d, %v", v.Version, err)
		}
	})
}

// TestCheckPassword holds passwords against the policy of today.
func TestCheckPassword(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		path := exp + "/default/check-password"
		if got := w.do(200, "POST", path, object{"password": "a-long-and-rare-one"}); got["result"] != true {
			t.Errorf("%v", got)
		}
		w.do(200, "PATCH", exp, object{"passwordPolicy": object{"length": object{"min": 30, "max": 40}, "rejects": object{"words": []any{"rare"}}}})
		got := w.do(200, "POST", path, object{"password": "a-long-and-rare-one"})
		want := []any{object{"code": "password_rejected.too_short", "interpolation": object{"min": 30}}, object{"code": "password_rejected.restricted.words"}}
		if got["result"] != false || !same(got["issues"], want) {
			t.Errorf("%v", got)
		}
		w.refused(404, "entity.not_found", "POST", path, object{"password": "x", "userId": "nobody"})
		w.refused(400, "guard.invalid_input", "POST", path, object{})
	})
}

// TestAppExperience: 404 until it is written, 201 then, 200 after; its members are the application's layer and nobody else's.
func TestAppExperience(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.do(200, "POST", apps, object{"name": "a", "type": "SPA"})
		path := apps + "/" + app.text("id") + "/sign-in-experience"
		w.refused(404, "entity.not_exists_with_id", "GET", path, nil)
		w.refused(400, "guard.invalid_input", "PUT", path, object{})
		bare := object{"termsOfUseUrl": nil, "privacyPolicyUrl": nil}
		w.do(201, "PUT", path, bare)
		got := w.do(200, "GET", path, nil)
		if !same(got["color"], object{}) || !same(got["branding"], object{}) || got["displayName"] != nil || got["applicationId"] != app["id"] {
			t.Errorf("%v", got)
		}
		all := object{"color": object{"primaryColor": "#abc"}, "branding": object{"logoUrl": "https://example.com/l.png"}, "customCss": "a { color: red; }",
			"termsOfUseUrl": "https://example.com/t", "privacyPolicyUrl": "", "displayName": "Shop"}
		w.do(200, "PUT", path, all)
		got = w.do(200, "GET", path, nil)
		all["color"] = object{"primaryColor": "#aabbcc"}
		for name, want := range all {
			if !same(got[name], want) {
				t.Errorf("%s: wrote %v, read %v", name, want, got[name])
			}
		}
		public := w.do(200, "GET", "/api/.well-known/sign-in-exp?appId="+app.text("id"), nil)
		if !same(public["color"].(map[string]any)["primaryColor"], "#aabbcc") || public["customCss"] != "a { color: red; }" {
			t.Errorf("its sign-in page shows %v", public["color"])
		}
		if tenant := w.do(200, "GET", exp, nil); tenant["customCss"] != nil {
			t.Errorf("the tenant's has changed: %v", tenant["customCss"])
		}
	})
}

// No profile fields and none said are two things: each is given back as it was written.
func TestNoProfileFieldsAreGivenBackAsWritten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(201, "POST", "/api/custom-profile-fields", object{"name": "nickname", "type": "Text", "label": "Nickname", "required": false, "config": object{}})
		for _, value := range []any{[]any{}, nil, []any{object{"name": "nickname"}}, []any{}, []any{object{"name": "nickname"}}, nil} {
			for what, got := range map[string]object{"patch": w.do(200, "PATCH", exp, object{"signUpProfileFields": value}), "get": w.do(200, "GET", exp, nil)} {
				if is, there := got["signUpProfileFields"]; !there || (is == nil) != (value == nil) || !same(is, value) {
					t.Errorf("%s after %v: %v", what, value, is)
				}
			}
		}
	})
}

// TestWellKnown: public, without what only administrators see.
func TestWellKnown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, path := range []string{"/api/.well-known/sign-in-exp", "/api/.well-known/experience"} {
			got := w.call("", "GET", path, nil)
			o := got.object(t)
			if got.status != 200 || o["id"] != "default" || o["forgotPasswordMethods"] != nil || o["emailBlocklistPolicy"] != nil || o["socialConnectors"] == nil {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
		w.do(201, "POST", "/api/custom-profile-fields", object{"name": "nickname", "type": "Text", "label": "Nickname", "required": false, "config": object{}})
		asked := func() int {
			return len(w.do(200, "GET", "/api/.well-known/sign-in-exp", nil)["customProfileFields"].([]any))
		}
		before := asked()
		w.do(200, "PATCH", exp, object{"signUpProfileFields": []any{object{"name": "nickname"}}})
		if before != 0 || asked() != 1 {
			t.Errorf("sign-up asks for %d fields, then %d", before, asked())
		}
		for _, c := range []struct{ query, accept, want string }{{"", "", "en"}, {"?lng=es", "ar", "es"}, {"", "ar;q=0.9", "ar"}, {"?lng=zz", "", "en"}} {
			a := w.call("", "GET", "/api/.well-known/phrases"+c.query, nil, "Accept-Language", c.accept)
			if a.status != 200 || a.header.Get("Content-Language") != c.want || len(a.object(t)) == 0 {
				t.Errorf("%s %s: %d %s", c.query, c.accept, a.status, a.header.Get("Content-Language"))
			}
		}
	})
}

// Usernames that differ in case alone are told with those who have them; before there are people there are none.
func TestUsernameConflicts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const at = "/api/sign-in-exp/username-policy/case-sensitivity-conflicts"
		if got := w.do(200, "GET", at+"?limit=20", nil); !same(got, object{"totalConflicts": 0, "samples": []any{}}) {
			t.Errorf("%v", got)
		}
		for _, limit := range []string{"0", "101", "x", "1.5"} {
			if got := w.refused(400, "guard.invalid_input", "GET", at+"?limit="+limit, nil); len(got.Data.Issues) != 1 || !same(got.Data.Issues[0].Path, []string{"limit"}) {
				t.Errorf("%s: %v", limit, got)
			}
		}
	})
}
