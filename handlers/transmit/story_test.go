package transmit_test

import (
	"testing"
)

const apps = "/cis/v1/applications"

// TestEveryOperation walks through the document as automation would.
func TestEveryOperation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.do(201, "POST", apps, object{"app_name": "Fernway", "client_display_name": "Web", "redirect_uris": []string{"https://shop.example.com/cb"}})
		id := app.text("app_id")
		if app.text("client_secret") == "" || app.text("client_display_name") != "Web" || app.text("logo") != "" {
			t.Errorf("created: %v", app)
		}
		if got := w.do(200, "GET", apps+"/"+id, nil); got.text("app_name") != "Fernway" || got.text("client_secret") != app.text("client_secret") {
			t.Errorf("got: %v", got)
		}
		w.do(200, "PUT", apps+"/"+id, object{"app_description": "A shop", "client_description": "Its pages"})
		if got := w.do(200, "GET", apps+"/"+id, nil); got.text("app_description") != "A shop" || got.text("client_description") != "Its pages" || got.text("app_name") != "Fernway" {
			t.Errorf("updated: %v", got)
		}
		w.do(200, "PUT", apps+"/"+id+"/resources", object{"resource_ids": []string{"r1"}})
		w.do(200, "GET", apps, nil)
		w.do(200, "GET", apps+"/list", nil)

		c := w.do(201, "POST", apps+"/"+id+"/clients", object{"name": "Second", "redirect_uris": []string{"https://shop.example.com/cb2"}})
		one := apps + "/" + id + "/clients/" + c.text("client_id")
		w.do(200, "GET", one, nil)
		w.do(200, "PUT", one, object{"name": "Third", "session_expiration": 600})
		w.do(200, "PUT", one+"/resources", object{"resource_ids": []string{"a", "b"}})
		if got := w.do(200, "GET", one, nil); got.text("name") != "Third" || got["session_expiration"] != 600.0 || len(got["resources"].([]any)) != 2 {
			t.Errorf("client: %v", got)
		}
		if n := len(w.do(200, "GET", apps+"/"+id+"/clients", nil)[""].([]any)); n != 2 {
			t.Errorf("%d clients", n)
		}
		w.do(204, "DELETE", one, nil)
		w.do(404, "GET", one, nil)
		w.do(201, "POST", apps+"/"+id+"/clients", object{"name": "SAML", "authentication_protocol": "saml", "sp_entity_id": "urn:hr"})
		w.do(204, "DELETE", apps+"/"+id+"/clients", nil)
		if n := len(w.do(200, "GET", apps+"/"+id+"/clients", nil)[""].([]any)); n != 1 {
			t.Errorf("%d clients left", n)
		}

		key := w.do(201, "POST", apps+"/signing-keys", object{"name": "Mine"})
		w.do(200, "GET", apps+"/signing-keys", nil)
		w.do(200, "PUT", apps+"/signing-keys/"+key.text("id"), object{"status": "disabled"})
		w.do(201, "POST", apps+"/signing-keys/upload", object{"name": "Brought", "jwk": privateJWK(t)})
		w.do(204, "DELETE", apps+"/signing-keys/"+key.text("id"), nil)

		const admins = "/cis/v1/management/applications"
		admin := w.do(201, "POST", admins, object{"app_name": "Pipeline"})
		w.do(200, "GET", admins, nil)
		w.do(200, "PUT", admins+"/"+admin.text("app_id"), object{"app_name": "Pipelines"})
		w.do(404, "PUT", admins+"/"+id, object{"app_name": "x"})
		w.do(204, "DELETE", admins+"/"+admin.text("app_id"), nil)

		prefs := "/cis/loginPreferences/" + id
		w.do(200, "GET", prefs, nil)
		w.do(200, "PUT", prefs+"/authMethods", object{"google": object{"clientId": "g", "clientSecret": "s"}})
		if got := w.do(200, "GET", apps+"/"+id, nil)["login_preferences"].(map[string]any)["auth_methods"].(map[string]any); len(got) != 1 {
			t.Errorf("methods: %v", got)
		}
		w.do(204, "DELETE", apps+"/"+id, nil)
		w.do(404, "GET", apps+"/"+id, nil)
	})
}
