package logto_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/models"
)

// TestSecrets: created, listed with their values, renamed, deleted; the rules of the document.
func TestSecrets(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.do(200, "POST", apps, object{"name": "m", "type": "MachineToMachine"})
		path := apps + "/" + app.text("id") + "/secrets"
		first := w.do(200, "GET", path, nil).rows()[0].(map[string]any)
		if first["name"] != "Default secret" || first["expiresAt"] != nil || first["applicationId"] != app["id"] {
			t.Errorf("%v", first)
		}
		p := party{client: app.text("id"), secret: first["value"].(string)}
		end := float64(time.Now().Add(time.Hour).UnixMilli())
		made := w.do(201, "POST", path, object{"name": "second", "expiresAt": end})
		if made["expiresAt"] != end || made.text("value") == "" {
			t.Errorf("%v", made)
		}
		w.refused(422, "application.secret_name_exists", "POST", path, object{"name": "second"})
		w.refused(400, "request.invalid_input", "POST", path, object{"name": "past", "expiresAt": 1000})
		w.refused(400, "guard.invalid_input", "POST", path, object{})
		if renamed := w.do(200, "PATCH", path+"/second", object{"name": "a name/with ünusual%signs"}); renamed["value"] != made["value"] {
			t.Errorf("%v", renamed)
		}
		w.refused(404, "entity.not_found", "PATCH", path+"/second", object{"name": "x"})
		w.do(204, "DELETE", path+"/"+url.PathEscape("a name/with ünusual%signs"), nil)
		w.refused(404, "entity.not_found", "DELETE", path+"/nobody", nil)
		w.refused(400, "application.no_legacy_secret_found", "DELETE", apps+"/"+app.text("id")+"/legacy-secret", nil)
		if got := w.do(200, "GET", path, nil).rows(); len(got) != 1 {
			t.Errorf("%v", got)
		}
		// What is shown is what the token endpoint takes: law (e).
		w.do(200, "PATCH", apps+"/"+app.text("id"), object{"isAdmin": true})
		if token := w.tokenFor(p, audience); w.call(token, "GET", apps, nil).status != 200 {
			t.Error("an administrator is not let in")
		}
		spa := w.do(200, "POST", apps, object{"name": "s", "type": "SPA"})
		w.refused(422, "entity.db_constraint_violated", "POST", apps+"/"+spa.text("id")+"/secrets", object{"name": "x"})
		w.refused(422, "application.invalid_type", "PATCH", apps+"/"+spa.text("id"), object{"isAdmin": true})
	})
}

// TestIsAdmin is a role that is given and taken; a management application has it without one.
func TestIsAdmin(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.do(200, "POST", apps, object{"name": "m", "type": "MachineToMachine"})
		path := apps + "/" + app.text("id")
		for _, want := range []bool{true, true, false} {
			w.do(200, "PATCH", path, object{"isAdmin": want})
			if got := w.do(200, "GET", path, nil); got["isAdmin"] != want {
				t.Errorf("%v", got)
			}
		}
		if got := w.do(200, "GET", apps+"/"+w.admin.client, nil); got["isAdmin"] != true {
			t.Errorf("%v", got)
		}
		w.refused(422, "request.feature_not_supported", "PATCH", apps+"/"+w.admin.client, object{"isAdmin": false})
	})
}

// fullApp is every member that can stand beside the others.
func fullApp() object {
	return object{"name": "Full", "description": "All of it", "customData": object{"plan": "pro", "seats": 7.0, "nested": object{"a": []any{1.0}}},
		"oidcClientMetadata": object{"redirectUris": []any{"https://shop.example.com/cb", "https://*.shop.example.com/cb"}, "postLogoutRedirectUris": []any{"https://shop.example.com/bye"},
			"backchannelLogoutUri": "https://shop.example.com/back", "backchannelLogoutSessionRequired": true, "logoUri": "https://shop.example.com/l.png"},
		"customClientMetadata": object{"corsAllowedOrigins": []any{"https://shop.example.com"}, "idTokenTtl": 1800.0, "refreshTokenTtlInDays": 7.0, "tenantId": "t",
			"alwaysIssueRefreshToken": true, "rotateRefreshToken": false, "allowTokenExchange": true, "maxAllowedGrants": 3.0}}
}

// TestApplicationsReadBack is law (a), replacement of objects as a whole, and that writing back what was read changes nothing.
func TestApplicationsReadBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		all := fullApp()
		all["type"] = "Traditional"
		made := w.do(200, "POST", apps, all)
		path := apps + "/" + made.text("id")
		got := w.do(200, "GET", path, nil)
		for name, want := range all {
			if !same(got[name], want) {
				t.Errorf("%s: wrote %v, read %v", name, want, got[name])
			}
		}
		w.do(200, "PATCH", path, object{"appLevelAccessControlEnabled": true})
		got = w.do(200, "GET", path, nil)
		if got["appLevelAccessControlEnabled"] != true {
			t.Errorf("%v", got)
		}
		version := func() (v int64) {
			must(t, w.db.Read.NewSelect().Table("clients").Column("version").Where("id = ?", made.text("id")).Scan(t.Context(), &v))
			return v
		}
		before := version()
		w.do(200, "PATCH", path, got)
		if now := version(); now != before {
			t.Errorf("writing back what was read made version %d of %d", now, before)
		}
		w.do(200, "PATCH", path, object{"customClientMetadata": object{}, "customData": object{"x": nil}, "description": nil})
		if got = w.do(200, "GET", path, nil); !same(got["customClientMetadata"], object{}) || !same(got["customData"], object{"x": nil}) || got["description"] != nil {
			t.Errorf("%v", got)
		}
		data := w.do(200, "PATCH", path+"/custom-data", object{"y": "text", "x": 2})
		if want := (object{"x": 2, "y": "text"}); !same(data, want) || !same(w.do(200, "GET", path, nil)["customData"], want) {
			t.Errorf("%v", data)
		}
		w.refused(400, "guard.invalid_input", "PATCH", path+"/custom-data", []any{})
		w.do(200, "PATCH", path, object{"customClientMetadata": object{"refreshTokenTtl": 100}})
		if got = w.do(200, "GET", path, nil); !same(got["customClientMetadata"], object{"refreshTokenTtl": 100}) {
			t.Errorf("%v", got["customClientMetadata"])
		}
	})
}

// TestApplicationsRefuse what an application cannot be, and nothing is left of it.
func TestApplicationsRefuse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.do(200, "POST", apps, object{"name": "n", "type": "Native", "customClientMetadata": object{"isDeviceFlow": true}})
		path := apps + "/" + app.text("id")
		meta := func(m object) object { return object{"customClientMetadata": m} }
		for _, c := range []struct {
			method, path string
			body         object
			status       int
			code, at     string
		}{
			{"POST", apps, object{"type": "SPA"}, 400, "guard.invalid_input", "name"},
			{"POST", apps, object{"name": "x"}, 400, "guard.invalid_input", "type"},
			{"POST", apps, object{"name": "x", "type": "Toaster"}, 400, "guard.invalid_input", "type"},
			{"POST", apps, object{"name": "", "type": "SPA"}, 400, "guard.invalid_input", "name"},
			{"POST", apps, object{"name": strings.Repeat("x", 257), "type": "SPA"}, 400, "guard.invalid_input", "name"},
			{"POST", apps, object{"name": "x", "type": "SPA", "isThirdParty": "yes"}, 400, "guard.invalid_input", "isThirdParty"},
			{"POST", apps, object{"name": "x", "type": "MachineToMachine", "isThirdParty": true}, 400, "application.invalid_third_party_application_type", ""},
			{"POST", apps, object{"name": "x", "type": "SPA", "customClientMetadata": object{"isDeviceFlow": true}}, 422, "application.device_flow_native_only", ""},
			{"POST", apps, object{"name": "x", "type": "SPA", "isThirdParty": true, "customClientMetadata": object{"allowTokenExchange": true}}, 422, "application.third_party_application_cannot_enable_token_exchange", ""},
			{"POST", apps, object{"name": "x", "type": "Protected"}, 400, "application.protected_app_metadata_is_required", ""},
			{"POST", apps, object{"name": "x", "type": "Protected", "protectedAppMetadata": object{"subDomain": "No!", "origin": "https://a.example.com"}}, 422, "application.invalid_subdomain", ""},
			{"POST", apps, object{"name": "x", "type": "Protected", "protectedAppMetadata": object{"subDomain": "a", "origin": "nowhere"}}, 400, "guard.invalid_input", "protectedAppMetadata.origin"},
			{"POST", apps, object{"name": "x", "type": "SPA", "oidcClientMetadata": object{"redirectUris": []any{"javascript:alert(1)"}, "postLogoutRedirectUris": []any{}}}, 400, "guard.invalid_input", "oidcClientMetadata.redirectUris.0"},
			{"PATCH", path, object{"oidcClientMetadata": object{"redirectUris": []any{}}}, 400, "guard.invalid_input", "oidcClientMetadata.postLogoutRedirectUris"},
			{"PATCH", path, meta(object{"refreshTokenTtlInDays": 181}), 400, "guard.invalid_input", "customClientMetadata.refreshTokenTtlInDays"},
			{"PATCH", path, meta(object{"isDeviceFlow": false}), 422, "application.device_flow_not_changeable", ""},
			{"PATCH", path, object{"protectedAppMetadata": object{"origin": "https://a.example.com"}}, 422, "application.protected_application_only", ""},
			{"PATCH", apps + "/nobody", object{"name": "x"}, 404, "entity.not_exists_with_id", ""},
			{"PATCH", apps + "/demo-app", object{"name": "x"}, 404, "entity.not_exists_with_id", ""},
		} {
			r := w.refused(c.status, c.code, c.method, c.path, c.body)
			if c.at != "" && !strings.Contains(r.Details, `"`+c.at+`"`) {
				t.Errorf("%v: %s", c.body, r.Details)
			}
		}
		if n := len(w.do(200, "GET", apps, nil).rows()); n != 3 {
			t.Errorf("%d applications are left", n)
		}
		w.do(200, "PATCH", path, meta(object{"idTokenTtl": 60})) // the device flow stays
		if got := w.do(200, "GET", path, nil)["customClientMetadata"]; !same(got, object{"idTokenTtl": 60, "isDeviceFlow": true}) {
			t.Errorf("%v", got)
		}
		if got := w.refused(400, "request.invalid_input", "POST", apps, "{"); got.Message != "The body ends before the JSON value does." {
			t.Errorf("no JSON: %v", got)
		}
		form := w.call(w.admin.token, "POST", apps, "name=Form&type=SPA", "Content-Type", "application/x-www-form-urlencoded")
		if form.status != 200 || form.object(t)["name"] != "Form" {
			t.Errorf("a form: %d %s", form.status, form.body)
		}
	})
}

// TestProtected: kept and given back, with a domain of its own.
func TestProtected(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.do(200, "POST", apps, object{"name": "p", "type": "Protected", "protectedAppMetadata": object{"subDomain": "shop", "origin": "https://inner.example.com"}})
		path := apps + "/" + app.text("id")
		domains := path + "/protected-app-metadata/custom-domains"
		if app["protectedAppMetadata"].(map[string]any)["host"] != "shop.localhost" || !strings.Contains(string(w.call(w.admin.token, "GET", path, nil).body), "https://shop.localhost/sign-in-callback") {
			t.Errorf("%v", app)
		}
		w.do(200, "PATCH", path, object{"protectedAppMetadata": object{"sessionDuration": 60, "pageRules": []any{object{"path": "^/a"}}, "additionalScopes": []any{"roles"}}})
		w.do(201, "POST", domains, object{"domain": "shop.example.com"})
		w.refused(422, "domain.limit_to_one_domain", "POST", domains, object{"domain": "other.example.com"})
		w.refused(400, "guard.invalid_input", "POST", domains, object{"domain": "no domain"})
		if got := w.do(200, "GET", domains, nil).rows(); len(got) != 1 {
			t.Errorf("%v", got)
		}
		got := w.do(200, "GET", path, nil)
		if p := got["protectedAppMetadata"].(map[string]any); p["sessionDuration"] != 60.0 || p["origin"] != "https://inner.example.com" {
			t.Errorf("%v", p)
		}
		w.do(204, "DELETE", domains+"/shop.example.com", nil)
		w.refused(404, "application.custom_domain_not_found", "DELETE", domains+"/shop.example.com", nil)
		spa := w.do(200, "POST", apps, object{"name": "s", "type": "SPA"})
		w.refused(422, "application.protected_application_only", "GET", apps+"/"+spa.text("id")+"/protected-app-metadata/custom-domains", nil)

		rules := object{"userIds": []any{"u1"}, "userRoleIds": []any{}, "organizationIds": []any{"o1"}, "organizationRoleRules": []any{object{"organizationId": "o", "organizationRoleIds": []any{"r"}}}}
		w.do(200, "GET", path+"/access-control", nil)
		w.do(200, "PUT", path+"/access-control", rules)
		if got := w.do(200, "GET", path+"/access-control", nil); !same(got, rules) {
			t.Errorf("%v", got)
		}
		w.refused(400, "guard.invalid_input", "PUT", path+"/access-control", object{"userIds": []any{}})
	})
}

var link = regexp.MustCompile(`^<([^>]+)>; rel="(\w+)"$`)

// TestPagingLaws: pages of every size put together are the list, their links lead through it, and the total is its length.
func TestPagingLaws(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 23 {
			w.do(200, "POST", apps, object{"name": "App", "type": "SPA"})
		}
		whole := w.call(w.admin.token, "GET", apps, nil)
		all := ids(whole.object(t).rows())
		if whole.header.Get("Total-Number") != "" || len(all) != 25 {
			t.Errorf("without paging: %d of them, headers %v", len(all), whole.header)
		}
		for _, size := range []string{"1", "7", "25", "100"} {
			var got []string
			next, steps := apps+"?page_size="+size+"&search=%25", 0
			for next != "" {
				a := w.call(w.admin.token, "GET", next, nil)
				if a.status != 200 || a.header.Get("Total-Number") != "25" {
					t.Fatalf("%s: %d %s", next, a.status, a.header.Get("Total-Number"))
				}
				got, next, steps = append(got, ids(a.object(t).rows())...), "", steps+1
				relations := ""
				for _, line := range a.header.Values("Link") {
					m := link.FindStringSubmatch(line)
					if m == nil || !strings.HasPrefix(m[1], origin+apps+"?page_size="+size+"&search=%25&page=") {
						t.Fatalf("link %q", line)
					}
					relations += m[2] + " "
					if m[2] == "next" {
						next = strings.TrimPrefix(m[1], origin)
					}
				}
				want := "first prev next last "
				if steps == 1 {
					want = strings.Replace(want, "prev ", "", 1)
				}
				if next == "" {
					want = strings.Replace(want, "next ", "", 1)
				}
				if relations != want {
					t.Errorf("page %d of size %s: %q, want %q", steps, size, relations, want)
				}
			}
			if strings.Join(got, " ") != strings.Join(all, " ") {
				t.Errorf("pages of %s are not the list", size)
			}
		}
		for _, bad := range []string{"?page=0", "?page=x", "?page_size=0", "?page_size=101", "?page="} {
			w.refused(400, "guard.invalid_pagination", "GET", apps+bad, nil)
		}
	})
}

func ids(rows []any) (out []string) {
	for _, r := range rows {
		out = append(out, r.(map[string]any)["id"].(string))
	}
	return out
}

// TestListFilters: types, third parties, roles and searches, answered by the database or not.
func TestListFilters(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(200, "POST", apps, object{"name": "Alpha", "type": "SPA", "isThirdParty": true})
		w.do(200, "POST", apps, object{"name": "Beta", "type": "Native"})
		admin := w.do(200, "POST", apps, object{"name": "Gamma", "type": "MachineToMachine"})
		w.do(200, "PATCH", apps+"/"+admin.text("id"), object{"isAdmin": true})
		for query, want := range map[string]string{
			"types=SPA":                                      "Alpha",
			"types=SPA&types=Native":                         "Beta Alpha",
			"isThirdParty=true":                              "Alpha",
			"isThirdParty=false&types=SPA":                   "",
			"search=%25eta%25":                               "Beta",
			"search.name=^(Al|B)&mode=posix":                 "Beta Alpha",
			"search.name=%25a%25&search.id=nobody&joint=and": "",
			"search.name=(Alpha|Gamma)&mode.name=similar_to&isCaseSensitive=true": "Gamma Alpha",
			"types=MachineToMachine&search.name=G%25":                             "Gamma",
			"search.name=G%25&excludeRoleId=" + models.RoleLogto:                  "",
			"search.name=G%25&excludeRoleId=nobody":                               "Gamma",
		} {
			for _, paging := range []string{"", "&page=1"} {
				a := w.call(w.admin.token, "GET", apps+"?"+query+paging, nil)
				var names []string
				for _, r := range a.object(t).rows() {
					names = append(names, r.(map[string]any)["name"].(string))
				}
				if got := strings.Join(names, " "); a.status != 200 || got != want {
					t.Errorf("%s%s: %d %q, want %q", query, paging, a.status, got, want)
				}
			}
		}
		w.refused(400, "guard.invalid_input", "GET", apps+"?types=Toaster", nil)
		w.refused(400, "guard.invalid_input", "GET", apps+"?isThirdParty=maybe", nil)
		w.refused(400, "request.invalid_input", "GET", apps+"?search.shoe=x", nil)
	})
}

// TestBuiltIn applications are answered from code.
func TestBuiltIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, id := range []string{"demo-app", "account-center", "device-demo-app"} {
			if got := w.do(200, "GET", apps+"/"+id, nil); got["id"] != id || got["secret"] != "N/A" || got["createdAt"] != 0.0 || got["isAdmin"] != false {
				t.Errorf("%v", got)
			}
		}
	})
}
