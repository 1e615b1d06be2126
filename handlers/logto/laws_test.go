package logto_test

import (
	"encoding/json"
	"testing"

	"github.com/uptrace/bun"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/transmit"
	"gatehouse/models"
)

// both is a world in which the Transmit dialect is spoken too, with a token for it.
func both(t *testing.T, run func(t *testing.T, w *world, token string)) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault)
		d := w.dialect
		must(t, w.server.Mount(transmit.Dialect{DB: db, Applications: d.Applications, Clients: d.Clients, Keys: d.Keys, Experience: d.Experience,
			Tenant: w.settings.Current}.Routes()...))
		run(t, w, w.tokenFor(w.admin, origin+"/cis"))
	})
}

// transmitClient reads a client through the other dialect.
func (w *world) transmitClient(token, id string) (path string, got object) {
	w.t.Helper()
	row, err := w.dialect.Clients.Get(models.System(w.t.Context()), clients.OneIn{ID: id})
	must(w.t, err)
	path = "/cis/v1/applications/" + row.ApplicationID + "/clients/" + id
	a := w.call(token, "GET", path, nil)
	if a.status != 200 {
		w.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	return path, a.object(w.t)
}

// TestAWriteChangesMappedMembersOnly is law (b), in both directions.
func TestAWriteChangesMappedMembersOnly(t *testing.T) {
	both(t, func(t *testing.T, w *world, token string) {
		all := fullApp()
		all["type"] = "Traditional"
		app := w.do(200, "POST", apps, all)
		path := apps + "/" + app.text("id")
		theirs, before := w.transmitClient(token, app.text("id"))
		w.do(200, "PATCH", path, object{"name": "New", "customData": object{"a": 1}, "oidcClientMetadata": object{"redirectUris": []any{"https://new.example.com/cb"}, "postLogoutRedirectUris": []any{}}})
		_, after := w.transmitClient(token, app.text("id"))
		differ(t, before, after, "name", "redirect_uris", "updated_at")

		ours := w.do(200, "GET", path, nil)
		if a := w.call(token, "PUT", theirs, object{"description": "Theirs", "redirect_uris": []any{"https://theirs.example.com/cb"}, "enforce_par": true, "session_expiration": 7}); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		now := w.do(200, "GET", path, nil)
		differ(t, ours, now, "description", "oidcClientMetadata")
		if !same(now["oidcClientMetadata"].(map[string]any)["redirectUris"], []any{"https://theirs.example.com/cb"}) {
			t.Errorf("%v", now["oidcClientMetadata"])
		}
		w.do(200, "PATCH", path, object{"name": "Again"}) // what this dialect cannot say stays
		if _, got := w.transmitClient(token, app.text("id")); got["enforce_par"] != true || got["session_expiration"] != 7.0 {
			t.Errorf("lost: %v", got)
		}
	})
}

func differ(t *testing.T, before, after object, allowed ...string) {
	t.Helper()
	may := map[string]bool{}
	for _, name := range allowed {
		may[name] = true
	}
	for name := range after {
		if !may[name] && !same(before[name], after[name]) {
			t.Errorf("%s moved from %v to %v", name, before[name], after[name])
		}
	}
}

// TestASecretIsTheSameEverywhere is law (e): shown by either dialect, taken by the token endpoint.
func TestASecretIsTheSameEverywhere(t *testing.T) {
	both(t, func(t *testing.T, w *world, token string) {
		app := w.do(200, "POST", apps, object{"name": "m", "type": "MachineToMachine"})
		value := w.do(200, "GET", apps+"/"+app.text("id")+"/secrets", nil).rows()[0].(map[string]any)["value"].(string)
		if _, theirs := w.transmitClient(token, app.text("id")); theirs["client_secret"] != value {
			t.Errorf("shown here as %q, there as %q", value, theirs["client_secret"])
		}
		w.tokenFor(party{client: app.text("id"), secret: value}, "")
	})
}

// TestLivesAcrossDialects is law (c): made by one, seen by another, changed by a third, deleted by the first, with nothing left.
func TestLivesAcrossDialects(t *testing.T) {
	both(t, func(t *testing.T, w *world, token string) {
		ctx := models.System(t.Context())
		made := w.call(token, "POST", "/cis/v1/applications", object{"app_name": "Fernway", "client_display_name": "Web"})
		var theirs struct {
			Result struct {
				AppID    string `json:"app_id"`
				ClientID string `json:"client_id"`
			} `json:"result"`
		}
		must(t, json.Unmarshal(made.body, &theirs))
		path := apps + "/" + theirs.Result.ClientID
		if got := w.do(200, "GET", path, nil); got["type"] != "Traditional" || got["name"] != "Web" {
			t.Errorf("%v", got)
		}
		_, err := w.dialect.Clients.Update(ctx, clients.UpdateIn{ID: theirs.Result.ClientID, Settings: clients.Settings{Name: models.Some("Renamed")}})
		must(t, err)
		if got := w.do(200, "GET", path, nil); got["name"] != "Renamed" {
			t.Errorf("%v", got)
		}
		w.refused(422, "entity.db_constraint_violated", "DELETE", path, nil) // the last client of an application that others see
		if a := w.call(token, "DELETE", "/cis/v1/applications/"+theirs.Result.AppID, nil); a.status != 204 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		w.refused(404, "entity.not_exists_with_id", "GET", path, nil)

		own := w.do(200, "POST", apps, object{"name": "Own", "type": "Traditional"})
		row, err := w.dialect.Clients.Get(ctx, clients.OneIn{ID: own.text("id")})
		must(t, err)
		w.do(204, "DELETE", apps+"/"+own.text("id"), nil)
		for table, column := range map[string]string{"applications": "id", "clients": "application_id", "credentials": "application_id"} {
			n, err := w.db.Read.NewSelect().Table(table).Where("? = ?", bun.Ident(column), row.ApplicationID).Count(t.Context())
			if err != nil || n > 0 {
				t.Errorf("%d rows of %s are left, %v", n, table, err)
			}
		}
	})
}

// TestTheExperienceIsOne: what is written here is what the other dialect's preferences and the hosted pages show.
func TestTheExperienceIsOne(t *testing.T) {
	both(t, func(t *testing.T, w *world, token string) {
		w.do(200, "PATCH", exp, object{"passwordPolicy": object{"length": object{"min": 12, "max": 64}, "rejects": object{"pwned": true}},
			"signIn": object{"methods": []any{object{"identifier": "email", "password": true, "verificationCode": true, "isPasswordPrimary": true}}}})
		a := w.call(token, "GET", "/cis/loginPreferences/"+w.shop.app, nil)
		var prefs map[string]any
		must(t, json.Unmarshal(a.body, &prefs))
		methods, _ := json.Marshal(prefs)
		var flat struct {
			Result struct {
				Methods map[string]map[string]any `json:"auth_methods"`
			} `json:"result"`
		}
		must(t, json.Unmarshal(methods, &flat))
		if p := flat.Result.Methods["password"]; p == nil || p["passwordMinLength"] != 12.0 || p["checkHibp"] != true {
			t.Errorf("%d %s", a.status, a.body)
		}
		if flat.Result.Methods["email_otp"] == nil {
			t.Errorf("no codes by e-mail: %s", a.body)
		}
	})
}
