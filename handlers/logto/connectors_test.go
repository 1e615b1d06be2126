package logto_test

import (
	"strings"
	"testing"
)

func TestAConnectorIsMadeReadChangedAndDeleted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.do(200, "POST", "/api/connectors", object{"connectorId": "github-universal", "config": object{"clientId": "a", "clientSecret": "hush", "scope": "read:user"}})
		at := "/api/connectors/" + c.text("id")
		if c["syncProfile"] != false || c["enableTokenStorage"] != false || c.text("target") != "github" || c.text("type") != "Social" || c.text("platform") != "Universal" ||
			!same(c["config"], object{"clientId": "a", "clientSecret": "hush", "scope": "read:user"}) || !same(c["metadata"], object{}) {
			t.Errorf("%v", c)
		}
		if got := w.do(200, "GET", at, nil); !same(got, c) {
			t.Errorf("read\n%v, made\n%v", got, c)
		}
		c = w.do(200, "PATCH", at, object{"config": object{"clientId": "b", "clientSecret": "hush2", "extra": object{"n": 1}}, "syncProfile": true, "enableTokenStorage": true})
		if c["syncProfile"] != true || c["enableTokenStorage"] != true || !same(c["config"], object{"clientId": "b", "clientSecret": "hush2", "extra": object{"n": 1}}) {
			t.Errorf("changed to %v", c)
		}
		if c = w.do(200, "PATCH", at, object{"syncProfile": false}); c["syncProfile"] != false || c["enableTokenStorage"] != true || c["config"].(map[string]any)["clientSecret"] != "hush2" {
			t.Errorf("changed to %v", c)
		}
		if all := w.do(200, "GET", "/api/connectors?target=github", nil).rows(); len(all) != 1 {
			t.Errorf("%v", all)
		}
		if all := w.do(200, "GET", "/api/connectors?target=google", nil).rows(); len(all) != 0 {
			t.Errorf("%v", all)
		}
		w.do(204, "DELETE", at, nil)
		if a := w.call(w.admin.token, "GET", at, nil); a.status != 404 || a.object(t).text("code") != "entity.not_found" {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}

func TestAConnectorOfAGenericKindLooksAsItWasTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		config := object{"clientId": "a", "clientSecret": "hush", "authorizationEndpoint": "https://idp.example/a", "tokenEndpoint": "https://idp.example/t", "userInfoEndpoint": "https://idp.example/u"}
		looks := object{"target": "my idp", "name": object{"en": "My IdP", "de": "Mein IdP"}, "logo": "https://idp.example/logo.png"}
		c := w.do(200, "POST", "/api/connectors", object{"id": "chosen-by-us", "connectorId": "oauth2", "config": config, "metadata": looks})
		if c.text("id") != "chosen-by-us" || c.text("target") != "my idp" || !same(c["name"], looks["name"]) || c.text("logo") != looks["logo"] || !same(c["config"], config) || !same(c["metadata"], looks) {
			t.Errorf("%v", c)
		}
		to := w.do(200, "POST", "/api/connectors/chosen-by-us/authorization-uri", object{"state": "s 1", "redirectUri": "https://app.example/cb"})
		if to.text("redirectTo") != "https://idp.example/a?client_id=a&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&response_type=code&state=s+1" {
			t.Errorf("%v", to)
		}
	})
}

func TestOneConnectorOfAKindSendsMessages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.do(200, "POST", "/api/connectors", object{"connectorId": "sendgrid-email-service", "config": object{"apiKey": "k", "fromEmail": "a@example.com"}})
		second := w.do(200, "POST", "/api/connectors", object{"connectorId": "postmark-mail", "config": object{"serverToken": "k", "fromEmail": "a@example.com"}})
		w.do(200, "POST", "/api/connectors", object{"connectorId": "http-sms", "config": object{"endpoint": "https://sms.example"}})
		all := w.do(200, "GET", "/api/connectors", nil).rows()
		if len(all) != 2 || all[0].(map[string]any)["id"] != second.text("id") || second.text("type") != "Email" {
			t.Errorf("%v, first %s", all, first.text("id"))
		}
	})
}

func TestWhatIsWrongWithAConnectorHasItsCode(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(200, "POST", "/api/connectors", object{"connectorId": "github-universal", "config": object{"clientId": "a", "clientSecret": "b"}})
		mail := w.do(200, "POST", "/api/connectors", object{"connectorId": "http-email", "config": object{"endpoint": "https://mail.example"}})
		at := "/api/connectors/" + made.text("id")
		for about, try := range map[string]struct {
			method, path string
			body         any
			status       int
			code         string
		}{
			"no factory named":            {"POST", "/api/connectors", object{}, 400, "guard.invalid_input"},
			"a factory that is not":       {"POST", "/api/connectors", object{"connectorId": "pigeon"}, 422, "connector.not_found_with_connector_id"},
			"the same factory twice":      {"POST", "/api/connectors", object{"connectorId": "github-universal"}, 422, "connector.multiple_instances_not_supported"},
			"an id twice":                 {"POST", "/api/connectors", object{"connectorId": "google-universal", "id": made.text("id")}, 422, "entity.unique_integrity_violation"},
			"no target":                   {"POST", "/api/connectors", object{"connectorId": "oidc"}, 400, "connector.should_specify_target"},
			"looks of a known provider":   {"POST", "/api/connectors", object{"connectorId": "google-universal", "metadata": object{"target": "x"}}, 400, "connector.cannot_overwrite_metadata_for_non_standard_connector"},
			"settings without the secret": {"PATCH", at, object{"config": object{"clientId": "a"}}, 400, "connector.invalid_config"},
			"a setting of another type":   {"PATCH", at, object{"config": object{"clientId": 1, "clientSecret": "b"}}, 400, "connector.invalid_config"},
			"settings that are no object": {"PATCH", at, object{"config": "x"}, 400, "guard.invalid_input"},
			"a profile of a mail server":  {"PATCH", "/api/connectors/" + mail.text("id"), object{"syncProfile": true}, 422, "connector.invalid_type_for_syncing_profile"},
			"tokens of a mail server":     {"PATCH", "/api/connectors/" + mail.text("id"), object{"enableTokenStorage": true}, 422, "connector.token_storage_not_supported"},
			"no such connector":           {"PATCH", "/api/connectors/nobody", object{"syncProfile": true}, 404, "entity.not_found"},
			"nobody to delete":            {"DELETE", "/api/connectors/nobody", nil, 404, "entity.not_found"},
			"no state":                    {"POST", at + "/authorization-uri", object{"redirectUri": "https://a.example"}, 400, "guard.invalid_input"},
			"a mail server's sign-in":     {"POST", "/api/connectors/" + mail.text("id") + "/authorization-uri", object{"state": "s", "redirectUri": "https://a.example"}, 400, "connector.unexpected_type"},
			"a test of a social one":      {"POST", "/api/connectors/github-universal/test", object{"email": "a@example.com", "config": object{}}, 400, "connector.unexpected_type"},
			"a test to nobody":            {"POST", "/api/connectors/http-email/test", object{"config": object{}}, 400, "connector.insufficient_request_parameters"},
			"a test without settings":     {"POST", "/api/connectors/http-email/test", object{"email": "a@example.com", "config": object{}}, 400, "connector.invalid_config"},
			"a test with no factory":      {"POST", "/api/connectors/pigeon/test", object{"email": "a@example.com", "config": object{}}, 404, "entity.not_found"},
			"no such factory":             {"GET", "/api/connector-factories/pigeon", nil, 404, "entity.not_found"},
		} {
			a := w.call(w.admin.token, try.method, try.path, try.body)
			if a.status != try.status || a.object(t).text("code") != try.code {
				t.Errorf("%s: %d %s", about, a.status, a.body)
			}
		}
		if all := w.do(200, "GET", "/api/connectors", nil).rows(); len(all) != 2 {
			t.Errorf("something was half-written: %v", all)
		}
	})
}

func TestTheCatalogueHoldsWhatConnectorsAreMadeOf(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		all := w.do(200, "GET", "/api/connector-factories", nil).rows()
		kinds, seen := map[any]int{}, map[string]bool{}
		for _, f := range all {
			o := object(f.(map[string]any))
			kinds[o["type"]]++
			if seen[o.text("id")] {
				t.Errorf("%s occurs twice", o.text("id"))
			}
			seen[o.text("id")] = true
			if !strings.HasPrefix(o.text("logo"), "data:image/svg+xml") || o.text("readme") == "" || len(o["formItems"].([]any)) == 0 {
				t.Errorf("%v", o)
			}
			if one := w.do(200, "GET", "/api/connector-factories/"+o.text("id"), nil); !same(one, o) {
				t.Errorf("%s is listed otherwise", o.text("id"))
			}
		}
		if kinds["Social"] < 20 || kinds["Email"] < 5 || kinds["Sms"] < 4 {
			t.Errorf("%v", kinds)
		}
	})
}

func TestSignInOffersConnectorsByTarget(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.do(200, "POST", "/api/connectors", object{"connectorId": "azuread-universal", "config": object{"clientId": "a", "clientSecret": "b"}})
		exp := w.do(200, "PATCH", "/api/sign-in-exp", object{"socialSignInConnectorTargets": []string{"azuread"}})
		if !same(exp["socialSignInConnectorTargets"], []string{"azuread"}) {
			t.Errorf("%v", exp["socialSignInConnectorTargets"])
		}
		w.do(204, "DELETE", "/api/connectors/"+c.text("id"), nil)
		if exp = w.do(200, "GET", "/api/sign-in-exp", nil); !same(exp["socialSignInConnectorTargets"], []string{}) {
			t.Errorf("%v", exp["socialSignInConnectorTargets"])
		}
	})
}

// Paths of the document name a connector's id in three ways; the id of its factory is one that works, as long as it has one
// connector only.
func TestAConnectorIsFoundByItsFactory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const at = "/api/connectors/github-universal"
		w.refused(404, "entity.not_found", "GET", at, nil)
		made := w.do(200, "POST", "/api/connectors", object{"connectorId": "github-universal", "config": object{"clientId": "a", "clientSecret": "b"}})
		if got := w.do(200, "GET", at, nil); !same(got, made) || got.text("id") == "github-universal" {
			t.Errorf("%v", got)
		}
		w.do(200, "PATCH", at, object{"config": object{"clientId": "c", "clientSecret": "d"}})
		if got := w.do(200, "GET", "/api/connectors/"+made.text("id"), nil); dig(got, "config", "clientId") != "c" {
			t.Errorf("%v", got)
		}
		w.do(204, "DELETE", at, nil)
		w.refused(404, "entity.not_found", "GET", at, nil)
		generic := func(target string) object {
			return object{"connectorId": "oauth2", "metadata": object{"target": target, "name": object{"en": target}}, "config": object{"authorizationEndpoint": "https://a.example/auth",
				"tokenEndpoint": "https://a.example/token", "userInfoEndpoint": "https://a.example/me", "clientId": "a", "clientSecret": "b"}}
		}
		w.do(200, "POST", "/api/connectors", generic("one"))
		w.do(200, "GET", "/api/connectors/oauth2", nil)
		w.do(200, "POST", "/api/connectors", generic("two"))
		w.refused(404, "entity.not_found", "GET", "/api/connectors/oauth2", nil)
	})
}
