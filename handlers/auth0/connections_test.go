package auth0_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
)

// clientOf makes an application with one client and gives the client's id.
func clientOf(w *world, name string) (application, client string) {
	w.t.Helper()
	a := w.call(w.tokenFor(origin+"/rest/v1", ""), "POST", "/rest/v1/applications", object{"name": name})
	if a.status != 201 {
		w.t.Fatalf("%d %s", a.status, a.body)
	}
	made := a.object(w.t)
	first, _ := made["client"].(map[string]any)
	return made.text("id"), object(first).text("id")
}

// path gives the path of a connection.
func (o object) path() string { return "/connections/" + o.text("id") }

func TestADatabaseHasTheRecordedDefaults(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.do(201, "POST", "/connections", object{"name": "people", "strategy": "auth0", "options": object{"passwordPolicy": "fair"}})
		if id := c.text("id"); !strings.HasPrefix(id, "con_") || len(id) != 20 {
			t.Errorf("id %q", id)
		}
		options, _ := c["options"].(map[string]any)
		if options["passwordPolicy"] != "fair" || options["brute_force_protection"] != true || options["strategy_version"] != 2.0 || options["mfa"] == nil ||
			options["passkey_options"] == nil || options["authentication_methods"] == nil {
			t.Errorf("options %v", options)
		}
		for name, want := range map[string]string{"realms": `["people"]`, "enabled_clients": `[]`, "is_domain_connection": `false`,
			"authentication": `{"active":true}`, "connected_accounts": `{"active":false}`} {
			if got := encoded(c[name]); got != want {
				t.Errorf("%s is %s, want %s", name, got, want)
			}
		}
	})
}

func TestAConnectionIsReadListedChangedAndDeleted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, client := clientOf(w, "Shop")
		c := w.do(201, "POST", "/connections", object{"name": "google-people", "strategy": "google-oauth2", "display_name": "Google", "enabled_clients": []string{client},
			"metadata": object{"team": "identity"}, "connected_accounts": object{"active": true, "cross_app_access": false}, "show_as_button": true,
			"options": object{"client_id": "g", "client_secret": "hush", "scope": []string{"email"}, "upstream_params": object{"prompt": object{"value": "login"}}}})
		got := w.do(200, "GET", c.path(), nil)
		if encoded(got) != encoded(c) || got["options"].(map[string]any)["client_secret"] != "hush" || encoded(got["enabled_clients"]) != `["`+client+`"]` {
			t.Errorf("read\n%v, made\n%v", got, c)
		}
		if part := w.do(200, "GET", c.path()+"?fields=name,strategy", nil); encoded(part) != `{"name":"google-people","strategy":"google-oauth2"}` {
			t.Errorf("%v", part)
		}
		after := w.do(200, "PATCH", c.path(), object{"options": object{"client_id": "g"}, "metadata": object{"team": nil}, "authentication": object{"active": false}})
		options := after["options"].(map[string]any)
		if len(options) != 2 || options["client_secret"] != "hush" || after["metadata"] != nil || encoded(after["authentication"]) != `{"active":false}` || after.text("display_name") != "Google" {
			t.Errorf("changed to %v", after)
		}
		gone := w.do(202, "DELETE", c.path(), nil)
		if gone.text("deleted_at") == "" {
			t.Errorf("%v", gone)
		}
		a := w.call(w.admin.token, "GET", c.path(), nil)
		if a.status != 404 || a.object(t).text("errorCode") != "inexistent_connection" {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}

func TestConnectionsArePagedAndFiltered(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, c := range [][2]string{{"a", "auth0"}, {"b", "google-oauth2"}, {"c", "samlp"}, {"d", "google-oauth2"}} {
			w.do(201, "POST", "/connections", object{"name": c[0], "strategy": c[1]})
		}
		for path, want := range map[string]string{
			"/connections":                               "a b c d",
			"/connections?strategy=google-oauth2":        "b d",
			"/connections?strategy=auth0&strategy=samlp": "a c",
			"/connections?name=c":                        "c",
			"/connections?per_page=2&page=1":             "c d",
		} {
			if got := namesOf(w.do(200, "GET", path, nil).list("")); got != want {
				t.Errorf("%s: %q, want %q", path, got, want)
			}
		}
		totals := w.do(200, "GET", "/connections?per_page=3&include_totals=true", nil)
		if totals["total"] != 4.0 || totals["start"] != 0.0 || totals["limit"] != 3.0 || namesOf(totals.list("connections")) != "a b c" {
			t.Errorf("%v", totals)
		}
		first := w.do(200, "GET", "/connections?take=3&include_totals=true", nil)
		rest := w.do(200, "GET", "/connections?fields=name&take=3&from="+first.text("next"), nil) // without next the document cannot tell it from a page by offset
		if namesOf(first.list("connections"))+" "+namesOf(rest.list("connections")) != "a b c d" || rest["next"] != nil || first["total"] != nil {
			t.Errorf("%v then %v", first, rest)
		}
		for _, bad := range []string{"?strategy=pigeon", "?take=0", "?take=101", "?per_page=101", "?page=x", "?from=con_gone"} {
			if a := w.call(w.admin.token, "GET", "/connections"+bad, nil); a.status != 400 {
				t.Errorf("%s: %d %s", bad, a.status, a.body)
			}
		}
	})
}

func namesOf(all []object) string {
	var out []string
	for _, o := range all {
		out = append(out, o.text("name"))
	}
	return strings.Join(out, " ")
}

func TestWhatIsWrongWithAConnectionIsToldByName(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.do(201, "POST", "/connections", object{"name": "taken", "strategy": "oidc"})
		for about, try := range map[string]struct {
			method, path string
			body         any
			status       int
			says         string
		}{
			"no name":                {"POST", "/connections", object{"strategy": "oidc"}, 400, "name"},
			"no strategy":            {"POST", "/connections", object{"name": "x"}, 400, "strategy"},
			"another strategy":       {"POST", "/connections", object{"name": "x", "strategy": "pigeon"}, 400, "strategy"},
			"a name with a space":    {"POST", "/connections", object{"name": "x y", "strategy": "oidc"}, 400, "name"},
			"an unknown member":      {"POST", "/connections", object{"name": "x", "strategy": "oidc", "colour": 1}, 400, "colour"},
			"a taken name":           {"POST", "/connections", object{"name": "taken", "strategy": "oidc"}, 409, "name"},
			"options of wrong type":  {"POST", "/connections", object{"name": "x", "strategy": "auth0", "options": object{"import_mode": "yes"}}, 400, "options.import_mode"},
			"a policy there is not":  {"POST", "/connections", object{"name": "x", "strategy": "auth0", "options": object{"passwordPolicy": "huge"}}, 400, "options.passwordPolicy"},
			"options that exclude":   {"POST", "/connections", object{"name": "x", "strategy": "auth0", "options": object{"attributes": object{}, "validation": object{}}}, 400, "Cannot set both"},
			"an address that is not": {"POST", "/connections", object{"name": "x", "strategy": "oidc", "options": object{"token_endpoint": "there"}}, 400, "options.token_endpoint"},
			"a client that is not":   {"PATCH", c.path(), object{"enabled_clients": []string{"nobody"}}, 400, "enabled_clients"},
			"a new name":             {"PATCH", c.path(), object{"name": "other"}, 400, "name"},
			"no such connection":     {"PATCH", "/connections/con_0000000000000000", object{"display_name": "x"}, 404, "connection"},
			"an id without prefix":   {"GET", "/connections/" + strings.TrimPrefix(c.text("id"), "con_"), nil, 404, "connection"},
			"no list of clients":     {"PATCH", c.path() + "/clients", object{}, 400, "body"},
			"an empty list":          {"PATCH", c.path() + "/clients", []any{}, 400, "body"},
			"a status that is none":  {"PATCH", c.path() + "/clients", []any{object{"client_id": "x", "status": "on"}}, 400, "body[0].status"},
		} {
			a := w.call(w.admin.token, try.method, try.path, try.body)
			if a.status != try.status || !strings.Contains(string(a.body), try.says) {
				t.Errorf("%s: %d %s", about, a.status, a.body)
			}
		}
		if all := w.do(200, "GET", "/connections", nil).list(""); len(all) != 1 {
			t.Errorf("something was half-written: %v", all)
		}
	})
}

func TestClientsOfAConnectionAreSwitchedAndPaged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app, one := clientOf(w, "One")
		_, two := clientOf(w, "Two")
		c := w.do(201, "POST", "/connections", object{"name": "work", "strategy": "oidc"})
		at := c.path() + "/clients"
		w.do(204, "PATCH", at, []any{object{"client_id": one, "status": true}, object{"client_id": two, "status": true}})
		first := w.do(200, "GET", at+"?take=1", nil)
		rest := w.do(200, "GET", at+"?take=1&from="+first.text("next"), nil)
		both := append(first.list("clients"), rest.list("clients")...)
		if len(both) != 2 || rest["next"] != nil || both[0].text("client_id") == both[1].text("client_id") {
			t.Errorf("%v then %v", first, rest)
		}
		mine := w.do(200, "GET", "/clients/"+one+"/connections", nil)
		if namesOf(mine.list("connections")) != "work" {
			t.Errorf("%v", mine)
		}
		w.do(204, "PATCH", at, []any{object{"client_id": two, "status": false}})
		native := w.tokenFor(origin+"/rest/v1", "")
		if a := w.call(native, "DELETE", "/rest/v1/applications/"+app, nil); a.status != 204 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if left := w.do(200, "GET", at, nil); len(left.list("clients")) != 0 {
			t.Errorf("the client is gone and still named: %v", left)
		}
		if a := w.call(w.admin.token, "GET", "/clients/"+one+"/connections", nil); a.status != 404 {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}

func TestKeysOfAConnectionAreMadeAndRotated(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.do(201, "POST", "/connections", object{"name": "work", "strategy": "oidc"})
		at := c.path() + "/keys"
		if none := w.do(200, "GET", at, nil).list(""); len(none) != 0 {
			t.Errorf("%v", none)
		}
		if a := w.call(w.admin.token, "POST", at, object{"signing_alg": "none"}); a.status != 400 || !strings.Contains(string(a.body), "signing_alg") {
			t.Errorf("%d %s", a.status, a.body)
		}
		made := w.do(201, "POST", at, object{"signing_alg": "ES256"}).list("")
		if len(made) != 2 || made[0]["next"] != true || made[1]["current"] != true || !strings.HasPrefix(made[0].text("cert"), "-----BEGIN CERTIFICATE") {
			t.Fatalf("%v", made)
		}
		if a := w.call(w.admin.token, "POST", at, nil); a.status != 409 {
			t.Errorf("%d %s", a.status, a.body)
		}
		next := w.do(201, "POST", at+"/rotate", nil)
		all := w.do(200, "GET", at, nil).list("")
		if len(all) != 3 || all[0].text("kid") != next.text("kid") || all[1].text("kid") != made[0].text("kid") || all[2]["previous"] != true || next.text("algorithm") != "ES256" {
			t.Errorf("after the rotation: %v", all)
		}
		var sealed []string
		must(t, w.db.Read.NewRaw("SELECT sealed_private FROM connection_keys").Scan(context.Background(), &sealed))
		if len(sealed) != 3 || strings.Contains(strings.Join(sealed, ""), "PRIVATE") {
			t.Errorf("%v", sealed)
		}
	})
}

func TestAConnectionIsOnlineWhileItCanBeUsed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		people := w.do(201, "POST", "/connections", object{"name": "people", "strategy": "auth0"})
		w.do(200, "GET", people.path()+"/status", nil)
		w.do(200, "PATCH", people.path(), object{"authentication": object{"active": false}})
		directory := w.do(201, "POST", "/connections", object{"name": "directory", "strategy": "ad"})
		for _, c := range []object{people, directory} {
			a := w.call(w.admin.token, "GET", c.path()+"/status", nil)
			if a.status != 404 || a.object(t).text("errorCode") == "inexistent_connection" {
				t.Errorf("%d %s", a.status, a.body)
			}
		}
	})
}

// TestAConnectionIsTheSameThroughEveryFace is law (c) of the round trips: made here, read and changed there, deleted elsewhere.
func TestAConnectionIsTheSameThroughEveryFace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		native, logto, cis := w.tokenFor(origin+"/rest/v1", ""), w.tokenFor("https://default.logto.app/api", ""), w.tokenFor(origin+"/cis", "")
		c := w.do(201, "POST", "/connections", object{"name": "google", "strategy": "google-oauth2", "options": object{"client_id": "g", "client_secret": "hush", "email": true}})
		id := strings.TrimPrefix(c.text("id"), "con_")
		a := w.call(native, "GET", "/rest/v1/connections/"+id, nil)
		if o := a.object(t); a.status != 200 || o.text("strategy") != "google" || encoded(o["secret_options"]) != `["/client_secret"]` || strings.Contains(string(a.body), "hush") {
			t.Errorf("native: %d %s", a.status, a.body)
		}
		a = w.call(logto, "GET", "/api/connectors/"+id, nil)
		if o := a.object(t); a.status != 200 || o.text("connectorId") != "google-universal" || encoded(o["config"]) != `{"clientId":"g","clientSecret":"hush"}` {
			t.Errorf("logto: %d %s", a.status, a.body)
		}
		a = w.call(logto, "PATCH", "/api/connectors/"+id, object{"config": object{"clientId": "g2", "clientSecret": "hush2", "scope": "email"}})
		if a.status != 200 {
			t.Fatalf("logto: %d %s", a.status, a.body)
		}
		after := w.do(200, "GET", c.path(), nil)
		if encoded(after["options"]) != `{"client_id":"g2","client_secret":"hush2","email":true,"scope":"email"}` {
			t.Errorf("only what the other face knows was changed: %v", after)
		}
		if a := w.call(native, "DELETE", "/rest/v1/connections/"+id, nil); a.status != 204 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if a := w.call(logto, "GET", "/api/connectors/"+id, nil); a.status != 404 {
			t.Errorf("logto still shows %d %s", a.status, a.body)
		}
		app, _ := clientOf(w, "Shop")
		if a := w.call(cis, "PUT", "/cis/loginPreferences/"+app+"/authMethods", object{"google": object{"clientId": "g", "clientSecret": "theirs"}}); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		mine := w.do(200, "GET", "/connections?strategy=google-oauth2", nil).list("")
		if len(mine) != 1 || encoded(mine[0]["options"].(map[string]any)["client_secret"]) != `"theirs"` {
			t.Fatalf("a connection of an application is one more here: %v", mine)
		}
		w.do(202, "DELETE", mine[0].path(), nil)
		if a := w.call(cis, "GET", "/cis/loginPreferences/"+app, nil); a.status != 200 || strings.Contains(string(a.body), "theirs") {
			t.Errorf("%d %s", a.status, a.body)
		}
		n, err := w.db.Read.NewSelect().Table("connections").Count(context.Background())
		if err != nil || n != 0 {
			t.Errorf("%d rows are left: %v", n, err)
		}
	})
}

// encoded is a value as JSON, its members in order.
func encoded(v any) string { b, _ := json.Marshal(v); return string(b) }
