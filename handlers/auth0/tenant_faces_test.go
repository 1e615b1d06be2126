package auth0_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"gatehouse/models"
)

func (o object) at(path ...string) any {
	var now any = map[string]any(o)
	for _, name := range path {
		m, _ := now.(map[string]any)
		now = m[name]
	}
	return now
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	if string(a) != string(b) {
		t.Errorf("%s: %s, want %s", what, a, b)
	}
}

// TestBrandingIsTheExperience: what is written here, the hosted pages draw, as a new version; what is written elsewhere is read here.
func TestBrandingIsTheExperience(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		version := w.native(200, "GET", "/experience", nil)["version"].(float64)
		w.do(200, "PATCH", "/branding", object{"colors": object{"primary": "#abc", "page_background": "#102030"}, "logo_url": "https://example.com/a.png"})
		e := w.native(200, "GET", "/experience", nil)
		equal(t, "primary", e.at("settings", "branding", "primary_color"), "#aabbcc")
		equal(t, "background", e.at("settings", "branding", "background_color"), "#102030")
		equal(t, "logo", e.at("settings", "branding", "logo_url"), "https://example.com/a.png")
		equal(t, "version", e["version"], version+1)

		w.native(200, "PATCH", "/experience", object{"branding": object{"primary_color": "#112233", "favicon_url": "https://example.com/f.ico"}})
		b := w.do(200, "GET", "/branding", nil)
		equal(t, "primary", b.at("colors", "primary"), "#112233")
		equal(t, "favicon", b["favicon_url"], "https://example.com/f.ico")

		gradient := object{"type": "linear-gradient", "start": "#FFFFFF", "end": "#000000", "angle_deg": 35}
		b = w.do(200, "PATCH", "/branding", object{"colors": object{"page_background": gradient}, "logo_url": nil})
		equal(t, "an object", b.at("colors", "page_background"), gradient)
		equal(t, "no logo", b["logo_url"], nil)
		w.native(200, "PATCH", "/experience", object{"branding": object{"background_color": "#010203"}})
		equal(t, "a colour of another face", w.do(200, "GET", "/branding", nil).at("colors", "page_background"), "#010203")

		a := w.call(w.admin.token, "PATCH", "/branding", object{"colors": object{"primary": "teal"}})
		if a.status != 400 || !strings.Contains(string(a.body), "colors.primary") {
			t.Errorf("no colour: %d %s", a.status, a.body)
		}
		if a := w.call(w.admin.token, "PATCH", "/branding", object{}); a.status != 400 {
			t.Errorf("nothing: %d %s", a.status, a.body)
		}
	})
}

// TestThemesAreTheExperience: a theme is drawn, follows what others change, and takes along what it set when it goes.
func TestThemesAreTheExperience(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		req, err := os.ReadFile("testdata/create_theme.req.json")
		must(t, err)
		made := w.do(200, "POST", "/branding/themes", string(req))
		e := w.native(200, "GET", "/experience", nil)
		equal(t, "corners", e.at("settings", "branding", "corners"), "round")
		equal(t, "layout", e.at("settings", "branding", "layout"), "card")
		equal(t, "primary", e.at("settings", "branding", "primary_color"), "#635dff")

		w.native(200, "PATCH", "/experience", object{"branding": object{"corners": "square", "primary_color": "#000000"}})
		now := w.do(200, "GET", "/branding/themes/default", nil)
		equal(t, "style", now.at("borders", "buttons_style"), "sharp")
		equal(t, "button", now.at("colors", "primary_button"), "#000000")
		equal(t, "background, with its transparency", now.at("page_background", "background_color"), "#00000080")

		w.do(204, "DELETE", "/branding/themes/"+made.text("themeId"), nil)
		e = w.native(200, "GET", "/experience", nil)
		equal(t, "layout", e.at("overrides", "branding", "layout"), nil)
		equal(t, "what another face changed stays", e.at("settings", "branding", "primary_color"), "#000000")
	})
}

// TestLockoutIsTheExperience: the threshold is the first tier of the lockout, and blocking can be switched off as far as the product
// lets anybody.
func TestLockoutIsTheExperience(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const path = "/attack-protection/brute-force-protection"
		equal(t, "built in", w.do(200, "GET", path, nil)["max_attempts"], 5)
		w.do(200, "PATCH", path, object{"allowlist": []string{"203.0.113.7"}})
		tiers := w.native(200, "GET", "/experience", nil).at("settings", "lockout", "tiers").([]any)
		if len(tiers) != 3 {
			t.Errorf("another member changed the tiers: %v", tiers)
		}
		w.do(200, "PATCH", path, object{"max_attempts": 12})
		equal(t, "one tier, until unblocked", w.native(200, "GET", "/experience", nil).at("settings", "lockout", "tiers"), []object{{"attempts": 12, "minutes": nil}})
		w.native(200, "PATCH", "/experience", object{"lockout": object{"tiers": []object{{"attempts": 3, "minutes": 1}, {"attempts": 200, "minutes": nil}}}})
		equal(t, "another face", w.do(200, "GET", path, nil)["max_attempts"], 3)
		off := w.do(200, "PATCH", path, object{"enabled": false})
		equal(t, "off", off["enabled"], false)
		equal(t, "the override is gone", w.native(200, "GET", "/experience", nil).at("overrides", "lockout"), nil)
		w.do(200, "PATCH", path, object{"enabled": true, "max_attempts": 9})
		equal(t, "on again", w.do(200, "GET", path, nil)["max_attempts"], 9)
	})
}

// TestBreachedPasswordsAreTheExperience: blocking where a password is chosen is a rule of passwords, whoever sets it.
func TestBreachedPasswordsAreTheExperience(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const path = "/attack-protection/breached-password-detection"
		rule := func() any {
			return w.native(200, "GET", "/experience", nil).at("settings", "password", "reject_pwned")
		}
		w.do(200, "PATCH", path, object{"stage": object{"pre-change-password": object{"shields": []string{"block", "admin_notification"}}}})
		equal(t, "set here", rule(), true)
		w.native(200, "PATCH", "/experience", object{"password": object{"reject_pwned": false}})
		equal(t, "taken away elsewhere", w.do(200, "GET", path, nil).at("stage", "pre-change-password", "shields"), []string{"admin_notification"})
		w.native(200, "PATCH", "/experience", object{"password": object{"reject_pwned": true}})
		equal(t, "set elsewhere", w.do(200, "GET", path, nil).at("stage", "pre-change-password", "shields"), []string{"block", "admin_notification"})
		w.do(200, "PATCH", path, object{"enabled": false})
		equal(t, "switched off here", rule(), false)
	})
}

// TestTextsArePhrases: a text that the hosted pages have is theirs; the others, and those with values that they do not know, are kept.
func TestTextsArePhrases(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const path = "/prompts/login-id/custom-text/en"
		said := object{"login-id": object{"title": "Welcome to ${companyName}", "description": "for ${clientName}", "footerText": "New?", "buttonText": "Go, ${unknown}"}}
		w.do(200, "PUT", path, said)
		equal(t, "all of it", w.do(200, "GET", path, nil), said)
		phrases, _ := w.native(200, "GET", "/experience", nil).at("settings", "phrases", "en").(map[string]any)
		equal(t, "phrases", phrases, object{"sign_in.title": "Welcome to {name}", "sign_in.lede": "for {client}"})

		w.native(200, "PUT", "/experience/phrases/en", object{"phrases": object{"sign_in.title": "Hello from {name}"}})
		equal(t, "another face", w.do(200, "GET", path, nil).at("login-id", "title"), "Hello from ${companyName}")
		w.do(200, "PUT", path, object{})
		equal(t, "nothing is left", w.do(200, "GET", path, nil), object{})
		if a := w.call(w.admin.token, "PUT", path, `{"login-id":{"title":7}}`); a.status != 400 || !strings.Contains(string(a.body), "login-id.title") {
			t.Errorf("no text: %d %s", a.status, a.body)
		}
		if a := w.call(w.admin.token, "PUT", path, `[]`); a.status != 400 {
			t.Errorf("no object: %d %s", a.status, a.body)
		}
	})
}

// TestMailIsConfiguredOnce: templates and the provider are the documents that every face reads, and secrets are answered by none.
func TestMailIsConfiguredOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(200, "POST", "/email-templates", object{"template": "reset_email", "body": "<p>{{ url }}</p>", "from": "a@example.com", "subject": "Reset", "syntax": "liquid", "enabled": true})
		doc := w.native(200, "GET", "/documents/"+models.KindEmailTemplate+"/"+models.EmailTemplateKey(models.EmailResetPassword, models.EmailLanguage), nil)
		equal(t, "subject", doc.at("body", "subject"), "Reset")
		equal(t, "purpose", doc.at("body", "purpose"), models.EmailResetPassword)

		w.do(201, "POST", "/emails/provider", object{"name": "smtp", "default_from_address": "a@example.com",
			"credentials": object{"smtp_host": "mail.example.com", "smtp_port": 465, "smtp_user": "u", "smtp_pass": "hunter22hunter"}})
		raw := w.call(w.tokenFor(origin+"/rest/v1", ""), "GET", "/rest/v1/documents/"+models.KindEmailProvider+"/"+models.OneDocument, nil)
		if strings.Contains(string(raw.body), "hunter22") {
			t.Errorf("the password is in the document: %s", raw.body)
		}
		equal(t, "protection", raw.object(t).at("body", "protection"), models.EmailTLS)
		var row models.Document
		must(t, w.db.Read.NewSelect().Model(&row).Where("kind = ?", models.KindEmailProvider).Scan(context.Background()))
		if row.SealedSecret == "" || strings.Contains(row.SealedSecret, "hunter22") {
			t.Errorf("sealed: %q", row.SealedSecret)
		}

		for name, body := range map[string]object{
			"a credential of another provider": {"credentials": object{"api_key": "k"}},
			"another provider without any":     {"name": "sendgrid"},
			"nothing":                          {},
		} {
			if a := w.call(w.admin.token, "PATCH", "/emails/provider", body); a.status != 400 || a.object(t).text("errorCode") != "invalid_body" {
				t.Errorf("%s: %d %s", name, a.status, a.body)
			}
		}
		now := w.do(200, "PATCH", "/emails/provider", object{"name": "mailgun", "credentials": object{"api_key": "k", "domain": "mg.example.com", "region": "eu"}})
		equal(t, "no mail server any more", now["credentials"], object{"region": "eu"})
		w.native(204, "DELETE", "/documents/"+models.KindEmailProvider+"/"+models.OneDocument, nil)
		w.do(404, "GET", "/emails/provider", nil)
	})
}

// TestPageTemplatesMustWork: a template without the tags that make a page work, or too large, is refused; HTML is taken as it is.
func TestPageTemplatesMustWork(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const path = "/branding/templates/universal-login"
		html := "<html><head>{% auth0:head %}</head><body>{%-auth0:widget-%}</body></html>"
		for name, text := range map[string]string{
			"no head": "<body>{%- auth0:widget -%}</body>", "no widget": "{%- auth0:head -%}", "too large": html + strings.Repeat("x", 102400),
		} {
			if a := w.call(w.admin.token, "PUT", path, object{"template": text}); a.status != 400 {
				t.Errorf("%s: %d %s", name, a.status, a.body)
			}
		}
		req := httptest.NewRequest("PUT", "/api/v2"+path, strings.NewReader(html))
		req.Header.Set("Authorization", "Bearer "+w.admin.token)
		req.Header.Set("Content-Type", "text/html")
		if a := w.send(req); a.status != 201 {
			t.Errorf("HTML: %d %s", a.status, a.body)
		}
		equal(t, "as it was sent", w.do(200, "GET", path, nil)["body"], html)
	})
}

// TestCaptchaSecretsAreSealed: keys that are secret are neither answered nor stored in clear.
func TestCaptchaSecretsAreSealed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		got := w.do(200, "PATCH", "/attack-protection/captcha", object{"active_provider_id": "hcaptcha", "hcaptcha": object{"site_key": "site", "secret": "verysecret"}})
		equal(t, "keys", got["hcaptcha"], object{"site_key": "site"})
		var row models.Document
		must(t, w.db.Read.NewSelect().Model(&row).Where("kind = ?", "captcha_providers").Scan(context.Background()))
		if row.SealedSecret == "" || strings.Contains(string(row.Body)+row.SealedSecret, "verysecret") {
			t.Errorf("stored: %s %s", row.Body, row.SealedSecret)
		}
	})
}
