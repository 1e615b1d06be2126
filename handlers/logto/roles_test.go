package logto_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gatehouse/handlers/resources"
	"gatehouse/handlers/settings"
	"gatehouse/models"
)

// manage lets resources read and write the tenant's settings, as the program does.
func (w *world) manage(apis resources.Ops) resources.Ops {
	must(w.t, w.settings.Ensure(models.System(context.Background())))
	apis.Tenant = w.settings.Current
	apis.SetDefault = func(ctx context.Context, tx models.DB, identifier string) error {
		_, err := w.settings.In(tx).Update(ctx, settings.UpdateIn{DefaultAudience: models.Some(identifier)})
		return err
	}
	return apis
}

// A fresh tenant has the management API as a resource with one scope, and the role that opens it, which nobody takes apart.
func TestManagementAPIIsAResource(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		all := w.do(200, "GET", "/api/resources?includeScopes=true", nil).rows()
		first := object(all[0].(map[string]any))
		if len(all) != 1 || first.text("id") != "management-api" || first.text("indicator") != audience || first["accessTokenTtl"] != 3600.0 || first["isDefault"] != false {
			t.Errorf("resources: %v", all)
		}
		if got := w.do(400, "DELETE", "/api/resources/management-api", nil); got.text("code") != "resource.cannot_delete_management_api" {
			t.Errorf("%v", got)
		}
		if got := w.do(400, "POST", "/api/resources/management-api/scopes", map[string]any{"name": "more"}); got.text("code") != "resource.cannot_modify_management_api" {
			t.Errorf("%v", got)
		}
		roles := w.do(200, "GET", "/api/roles?type=MachineToMachine", nil).rows()
		if len(roles) != 1 || object(roles[0].(map[string]any)).text("name") != "Logto Management API access" {
			t.Errorf("roles: %v", roles)
		}
		if got := w.do(403, "DELETE", "/api/roles/"+models.RoleLogto, nil); got.text("code") != "role.internal_role_violation" {
			t.Errorf("%v", got)
		}
	})
}

func TestResourcesAndScopes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.do(201, "POST", "/api/resources", map[string]any{"name": "Orders", "indicator": "https://orders.example/"})
		one := "/api/resources/" + r.text("id")
		if r["accessTokenTtl"] != 3600.0 || len(r.text("id")) != 21 {
			t.Errorf("created %v", r)
		}
		if got := w.do(422, "POST", "/api/resources", map[string]any{"name": "Again", "indicator": "https://orders.example/"}); got.text("code") != "resource.resource_identifier_in_use" {
			t.Errorf("%v", got)
		}
		if got := w.do(200, "PATCH", one, map[string]any{"name": "Orders API", "accessTokenTtl": 60}); got.text("name") != "Orders API" || got["accessTokenTtl"] != 60.0 {
			t.Errorf("changed %v", got)
		}
		if got := w.do(200, "PATCH", one+"/is-default", map[string]any{"isDefault": true}); got["isDefault"] != true {
			t.Errorf("%v", got)
		}
		if got := w.do(200, "GET", one, nil); got["isDefault"] != true {
			t.Errorf("%v", got)
		}
		for i, name := range []string{"read:orders", "ship:orders"} {
			s := w.do(201, "POST", one+"/scopes", map[string]any{"name": name})
			if s.text("name") != name || s["description"] != nil {
				t.Errorf("scope %d: %v", i, s)
			}
		}
		for body, code := range map[string]string{"read:orders": "scope.name_exists", "two words": "scope.name_with_space"} {
			status := map[string]int{"scope.name_exists": 422, "scope.name_with_space": 400}[code]
			if got := w.do(status, "POST", one+"/scopes", map[string]any{"name": body}); got.text("code") != code {
				t.Errorf("%s: %v", body, got)
			}
		}
		a := w.call(w.admin.token, "GET", one+"/scopes?search=%25ship%25", nil)
		if a.status != 200 || a.header.Get("Total-Number") != "1" {
			t.Errorf("search: %d %s", a.status, a.body)
		}
		id := object(a.object(t).rows()[0].(map[string]any)).text("id")
		if got := w.do(200, "PATCH", one+"/scopes/"+id, map[string]any{"description": "Send"}); got.text("description") != "Send" || got.text("name") != "ship:orders" {
			t.Errorf("%v", got)
		}
		w.do(204, "DELETE", one+"/scopes/"+id, nil)
		w.do(404, "DELETE", one+"/scopes/"+id, nil)
		w.do(204, "DELETE", one, nil)
		if got := w.do(404, "GET", one, nil); got.text("code") != "entity.not_exists_with_id" {
			t.Errorf("%v", got)
		}
	})
}

// A role that is given to an application decides what its next token says.
func TestRolesOpenResources(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.do(201, "POST", "/api/resources", map[string]any{"name": "Orders", "indicator": "https://orders.example/"})
		s := w.do(201, "POST", "/api/resources/"+r.text("id")+"/scopes", map[string]any{"name": "ship:orders"})
		role := w.do(200, "POST", "/api/roles", map[string]any{"name": "Shipper", "description": "Ships", "type": "MachineToMachine", "scopeIds": []string{s.text("id")}})
		one, of := "/api/roles/"+role.text("id"), "/api/applications/"+w.shop.client+"/roles"
		if got := w.do(422, "POST", "/api/roles", map[string]any{"name": "Shipper", "description": "Ships"}); got.text("code") != "role.name_in_use" {
			t.Errorf("%v", got)
		}
		if got := w.do(422, "POST", "/api/roles", map[string]any{"name": "Broken", "description": "x", "scopeIds": []string{"nothing"}}); got.text("code") != "entity.relation_foreign_key_not_found" {
			t.Errorf("%v", got)
		}
		if got := w.do(422, "POST", one+"/scopes", map[string]any{"scopeIds": []string{s.text("id")}}); got.text("code") != "role.scope_exists" {
			t.Errorf("%v", got)
		}
		added := w.do(201, "POST", of, map[string]any{"roleIds": []string{role.text("id")}})
		if ids := added["addedRoleIds"].([]any); len(ids) != 1 {
			t.Errorf("added %v", added)
		}
		if got := scopesOf(t, w, "https://orders.example/"); got != "ship:orders" {
			t.Errorf("scope %q", got)
		}
		listed := object(w.do(200, "GET", "/api/roles?search=Ship%25", nil).rows()[0].(map[string]any))
		if listed["applicationsCount"] != 1.0 || len(listed["featuredApplications"].([]any)) != 1 {
			t.Errorf("listed %v", listed)
		}
		if got := w.do(200, "GET", one+"/scopes", nil).rows(); object(got[0].(map[string]any))["resource"] == nil {
			t.Errorf("scopes of the role: %v", got)
		}
		if got := w.do(200, "GET", one+"/applications", nil).rows(); len(got) != 1 {
			t.Errorf("applications of the role: %v", got)
		}
		if got := w.do(422, "POST", one+"/applications", map[string]any{"applicationIds": []string{w.shop.client}}); got.text("code") != "role.application_exists" {
			t.Errorf("%v", got)
		}
		w.do(200, "PUT", of, map[string]any{"roleIds": []string{}})
		w.do(201, "POST", one+"/applications", map[string]any{"applicationIds": []string{w.shop.client}})
		w.do(204, "DELETE", of+"/"+role.text("id"), nil)
		w.do(404, "DELETE", of+"/"+role.text("id"), nil)
		people := w.do(200, "POST", "/api/roles", map[string]any{"name": "Person", "description": "x"})
		if got := w.do(422, "POST", of, map[string]any{"roleIds": []string{people.text("id")}}); got.text("code") != "application.invalid_role_type" {
			t.Errorf("%v", got)
		}
		spa := w.do(200, "POST", "/api/applications", map[string]any{"name": "Page", "type": "SPA"})
		if got := w.do(422, "POST", "/api/applications/"+spa.text("id")+"/roles", map[string]any{"roleIds": []string{role.text("id")}}); got.text("code") != "application.invalid_type" {
			t.Errorf("%v", got)
		}
		w.refused(422, "application.invalid_type", "POST", one+"/applications", object{"applicationIds": []string{spa.text("id")}})
		w.do(204, "DELETE", one+"/scopes/"+s.text("id"), nil)
		w.do(204, "DELETE", one, nil)
	})
}

// A web application that authenticates can act for itself beside its people, so the routes of roles take it; its own routes add
// roles to machines only, as their document has it, but show and take away what there is.
func TestRolesOfAWebApplication(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		role := w.do(200, "POST", "/api/roles", object{"name": "Shipper", "description": "Ships", "type": "MachineToMachine"})
		web := w.do(200, "POST", "/api/applications", object{"name": "Shop floor", "type": "Traditional"})
		one, of := "/api/roles/"+role.text("id")+"/applications", "/api/applications/"+web.text("id")+"/roles"
		w.refused(422, "application.invalid_type", "POST", of, object{"roleIds": []string{role.text("id")}})
		w.refused(422, "application.invalid_type", "PUT", of, object{"roleIds": []string{role.text("id")}})
		w.do(201, "POST", one, object{"applicationIds": []string{web.text("id")}})
		if got := w.do(200, "GET", of, nil).rows(); len(got) != 1 || dig(got[0], "id") != role.text("id") {
			t.Errorf("%v", got)
		}
		w.do(204, "DELETE", of+"/"+role.text("id"), nil)
		for _, path := range []string{of + "/" + role.text("id"), one + "/" + web.text("id")} {
			if got := w.refused(404, "entity.not_found", "DELETE", path, nil); !strings.Contains(got.Message, "does not have the role") {
				t.Errorf("%v", got)
			}
		}
		people := w.do(200, "POST", "/api/roles", object{"name": "Person", "description": "x"})
		w.refused(422, "application.invalid_role_type", "POST", "/api/roles/"+people.text("id")+"/applications", object{"applicationIds": []string{web.text("id")}})
	})
}

// scopesOf asks for a token of the ordinary application for a resource and gives its scope.
func scopesOf(t *testing.T, w *world, resource string) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "resource": {resource}}
	req, err := http.NewRequest("POST", "/oidc/token", strings.NewReader(form.Encode()))
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(w.shop.client, w.shop.secret)
	return w.send(req).object(t).text("scope")
}

// What an application of somebody else may ask people for is told as it was written, and taken back one by one.
func TestUserConsentScopes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.do(201, "POST", "/api/resources", map[string]any{"name": "Orders", "indicator": "https://orders.example/"})
		s := w.do(201, "POST", "/api/resources/"+r.text("id")+"/scopes", map[string]any{"name": "read:orders"})
		app := w.do(200, "POST", "/api/applications", map[string]any{"name": "Elsewhere", "type": "Traditional", "isThirdParty": true})
		of := "/api/applications/" + app.text("id") + "/user-consent-scopes"
		w.do(201, "POST", of, map[string]any{"resourceScopes": []string{s.text("id")}, "organizationResourceScopes": []string{s.text("id")}, "userScopes": []string{"profile", "email"}})
		got := w.do(200, "GET", of, nil)
		if len(got["resourceScopes"].([]any)) != 1 || len(got["organizationResourceScopes"].([]any)) != 1 || len(got["userScopes"].([]any)) != 2 {
			t.Errorf("%v", got)
		}
		w.refused(422, "entity.relation_foreign_key_not_found", "POST", of, object{"resourceScopes": []string{"nothing"}})
		if got := w.do(422, "POST", of, map[string]any{"resourceScopes": []string{models.ScopeLogtoAll}}); got.text("code") != "application.consent_management_api_scopes_not_allowed" {
			t.Errorf("%v", got)
		}
		if got := w.do(422, "POST", "/api/applications/"+w.shop.client+"/user-consent-scopes", map[string]any{"userScopes": []string{"email"}}); got.text("code") != "application.third_party_application_only" {
			t.Errorf("%v", got)
		}
		w.do(204, "DELETE", of+"/resource-scopes/"+s.text("id"), nil)
		w.do(204, "DELETE", of+"/resource-scopes/"+s.text("id"), nil) // gone already
		w.refused(404, "entity.not_found", "DELETE", of+"/resource-scopes/nothing", nil)
		w.do(204, "DELETE", of+"/user-scopes/email", nil)
		got = w.do(200, "GET", of, nil)
		if len(got["resourceScopes"].([]any)) != 0 || len(got["organizationResourceScopes"].([]any)) != 1 || len(got["userScopes"].([]any)) != 1 {
			t.Errorf("after taking back: %v", got)
		}
	})
}

// Organizations come later; which of their scopes an application may ask for is kept as it was given, and taken back.
func TestOrganizationScopesAreKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.do(200, "POST", "/api/applications", object{"name": "Elsewhere", "type": "Traditional", "isThirdParty": true})
		of := "/api/applications/" + app.text("id") + "/user-consent-scopes"
		w.do(201, "POST", of, object{"organizationScopes": []string{"one", "two"}})
		w.do(201, "POST", of, object{"organizationScopes": []string{"two"}, "userScopes": []string{"email"}})
		kept := func() any { return w.do(200, "GET", of, nil)["organizationScopes"] }
		if got := kept(); !same(got, []object{{"id": "one", "name": "one", "description": nil}, {"id": "two", "name": "two", "description": nil}}) {
			t.Errorf("%v", got)
		}
		w.do(204, "DELETE", of+"/organization-scopes/one", nil)
		w.refused(404, "entity.not_found", "DELETE", of+"/organization-scopes/one", nil)
		if got := kept(); !same(got, []object{{"id": "two", "name": "two", "description": nil}}) {
			t.Errorf("%v", got)
		}
	})
}

// Roles read back, change, and lose applications; what is deleted on its own is gone.
func TestSinglesReadBackAndGo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		role := w.do(200, "POST", "/api/roles", object{"name": "Reader", "description": "Reads", "type": "MachineToMachine"})
		one := "/api/roles/" + role.text("id")
		if got := w.do(200, "GET", one, nil); !same(got, role) {
			t.Errorf("%v", got)
		}
		if got := w.do(200, "PATCH", one, object{"name": "Looker"}); got.text("name") != "Looker" || got.text("description") != "Reads" {
			t.Errorf("%v", got)
		}
		r := w.do(201, "POST", "/api/resources", object{"name": "Orders", "indicator": "https://orders.example/"})
		s := w.do(201, "POST", "/api/resources/"+r.text("id")+"/scopes", object{"name": "read:orders"})
		if got := w.do(201, "POST", one+"/scopes", object{"scopeIds": []string{s.text("id")}}).rows(); len(got) != 1 || dig(got[0], "id") != s.text("id") {
			t.Errorf("%v", got)
		}
		w.do(201, "POST", one+"/applications", object{"applicationIds": []string{w.shop.client}})
		w.do(204, "DELETE", one+"/applications/"+w.shop.client, nil)
		if got := w.do(200, "GET", one+"/applications", nil).rows(); len(got) != 0 {
			t.Errorf("%v", got)
		}
		app := w.do(200, "POST", "/api/applications", object{"name": "Robot", "type": "MachineToMachine"})
		secrets := "/api/applications/" + app.text("id") + "/secrets"
		w.do(201, "POST", secrets, object{"name": "Next"})
		w.do(204, "DELETE", secrets+"/Next", nil)
		if got := w.do(200, "GET", secrets, nil).rows(); len(got) != 1 {
			t.Errorf("%v", got)
		}
		domain := w.do(201, "POST", "/api/domains", object{"domain": "login.example.com"})
		w.do(204, "DELETE", "/api/domains/"+domain.text("id"), nil)
		w.refused(404, "entity.not_found", "GET", "/api/domains/"+domain.text("id"), nil)
		mails := w.do(200, "PUT", texts, object{"templates": []any{mail("en", "SignIn", "Code")}}).rows()
		w.do(204, "DELETE", texts+"/"+dig(mails[0], "id").(string), nil)
		w.refused(404, "entity.not_found", "GET", texts+"/"+dig(mails[0], "id").(string), nil)
	})
}
