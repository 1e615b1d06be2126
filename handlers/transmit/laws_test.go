package transmit_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/models"
)

// full is a client with every member of the document that can stand beside the others.
func full() object {
	return object{"name": "Full", "description": "All of it", "resources": []any{"r1"}, "client_group_id": "g1", "default_custom_claims": []any{"email", "tid"},
		"default_user_info_claims": []any{"email"}, "short_cookies_samesite_type": "none", "supported_prompts": []any{"login"},
		"redirect_uris": []any{"https://shop.example.com/cb"}, "client_type": "native", "response_types": []any{"code"},
		"device_authorization": object{"enabled": true, "input_uri": "https://a.example.com/i", "approval_uri": "https://a.example.com/a", "success_uri": "https://a.example.com/s"},
		"ciba_authorization":   object{"enabled": true, "login_uri": "https://a.example.com/c"},
		"pkce":                 "enforcePkceAlongsideClientCredentials",
		"token_expiration":     object{"access_token_ttl": 60.0, "refresh_token_ttl": 7200.0, "max_refresh_rotate": 3600.0},
		"session_expiration":   7.0, "enforce_par": true}
}

// hidden are the members that inputs have and no answer shows.
var hidden = object{"is_third_party": true, "allowed_scopes": []any{"read", "write"}, "consent_uri": "https://a.example.com/consent",
	"consent_validity_period": 600.0, "role_ids": []any{"role1"}}

// TestWhatIsWrittenIsReadBack is law (a): equal, except for what only inputs have, which is stored and not shown.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		all := full()
		for name, v := range hidden {
			all[name] = v
		}
		made := w.do(201, "POST", apps+"/"+w.shop.app+"/clients", all)
		path := apps + "/" + w.shop.app + "/clients/" + made.text("client_id")
		got := w.do(200, "GET", path, nil)
		for name, want := range full() {
			if !same(got[name], want) {
				t.Errorf("%s: wrote %v, read %v", name, want, got[name])
			}
		}
		for name := range hidden {
			if _, shown := got[name]; shown {
				t.Errorf("%s is shown", name)
			}
		}
		row, err := w.dialect.Clients.Get(models.System(t.Context()), clients.OneIn{ID: made.text("client_id")})
		must(t, err)
		if !row.ThirdParty || len(row.AllowedScopes) != 2 || row.Consent.URI == "" || *row.Consent.ValiditySeconds != 600 || len(row.RoleIDs) != 1 {
			t.Errorf("not stored: %+v", row)
		}

		before := row.Version
		w.do(200, "PUT", path, got) // what is read can be written back, and changes nothing
		if row, err = w.dialect.Clients.Get(models.System(t.Context()), clients.OneIn{ID: row.ID}); err != nil || row.Version != before {
			t.Errorf("writing back what was read made version %d of %d, %v", row.Version, before, err)
		}
	})
}

func same(got, want any) bool {
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	return string(a) == string(b)
}

// TestAnApplicationReadsBack is the same for an application, its default client included.
func TestAnApplicationReadsBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		all := object{"app_name": "Fernway", "app_description": "A shop", "service_providers": []any{"sp1"}, "allow_public_signup": true,
			"authenticator_preferences": object{"is_centralized": true, "login_uri": "https://hub.example.com/"}, "login_uri": "https://a.example.com/login",
			"invite_member_uri": "https://a.example.com/invite", "invite_member_email_expiration_minutes": 60.0, "invite_client_id": "c1",
			"refresh_token_invalidation_trigger_configuration": object{"invalidateOnMemberSuspension": false, "invalidateOnMemberPasswordReset": true, "invalidateOnMemberRoleUpdate": true},
			"client_type": "native", "client_display_name": "Front", "client_description": "Pages", "redirect_uris": []any{"com.example.shop:/cb"},
			"logo": "https://a.example.com/logo.png", "resources": []any{"r1"}, "subdomain": "fernway", "pkce": "enforcePkceInsteadOfClientCredentials",
			"device_authorization": object{"enabled": false, "input_uri": "", "approval_uri": "", "success_uri": ""}, "client_auth_method": "none"}
		made := w.do(201, "POST", apps, all)
		path := apps + "/" + made.text("app_id")
		got := w.do(200, "GET", path, nil)
		for name, want := range all {
			if !same(got[name], want) {
				t.Errorf("%s: wrote %v, read %v", name, want, got[name])
			}
		}
		w.do(200, "PUT", path, object{"custom_domain": "shop.example.com"})
		if d := w.do(200, "GET", path, nil)["custom_domain"].(map[string]any); d["domain"] != "shop.example.com" || d["status"] != "pending" {
			t.Errorf("custom domain: %v", d)
		}
		w.do(409, "POST", apps, object{"app_name": "Second hub", "client_display_name": "c", "authenticator_preferences": object{"is_centralized": true, "login_uri": "https://b.example.com"}})
	})
}

// TestOmittedStaysAndObjectsAreReplaced is how the document updates.
func TestOmittedStaysAndObjectsAreReplaced(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		path := apps + "/" + w.shop.app + "/clients/" + w.do(201, "POST", apps+"/"+w.shop.app+"/clients", full()).text("client_id")
		got := w.do(200, "PUT", path, object{"token_expiration": object{"access_token_ttl": 90}, "device_authorization": object{"enabled": false}})
		want := full()
		want["token_expiration"] = object{"access_token_ttl": 90, "refresh_token_ttl": 1209600, "max_refresh_rotate": 1209600}
		want["device_authorization"] = object{"enabled": false, "approval_uri": "", "success_uri": "", "input_uri": ""}
		for name := range want {
			if !same(got[name], want[name]) && !reflect.DeepEqual(normal(got[name]), normal(want[name])) {
				t.Errorf("%s: %v, want %v", name, got[name], want[name])
			}
		}
		w.do(200, "PUT", path, object{"sync_id_token_claims_to_userinfo": true})
		if got := w.do(200, "GET", path, nil); got["sync_id_token_claims_to_userinfo"] != true || got["default_user_info_claims"] != nil {
			t.Errorf("sync: %v", got)
		}
		w.do(200, "PUT", path, object{"default_user_info_claims": []string{"tid"}})
		if got := w.do(200, "GET", path, nil); got["sync_id_token_claims_to_userinfo"] != false || !same(got["default_user_info_claims"], []string{"tid"}) {
			t.Errorf("own list: %v", got)
		}
	})
}

func normal(v any) (out any) {
	raw, _ := json.Marshal(v)
	_ = json.Unmarshal(raw, &out)
	return out
}

// TestSettingsOfOtherFacesStay is law (b): a write here leaves alone what the document has no word for.
func TestSettingsOfOtherFacesStay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := models.System(t.Context())
		made, err := w.dialect.Clients.Create(ctx, clients.CreateIn{ApplicationID: w.shop.app, Settings: clients.Settings{Name: models.Some("spa"),
			Profile: models.Some(models.ProfileSPA), PostLogoutRedirectURIs: models.Some([]string{"https://a.example.com/bye"}),
			AllowedOrigins: models.Some([]string{"https://a.example.com"})}})
		must(t, err)
		path := apps + "/" + w.shop.app + "/clients/" + made.Client.ID
		shown := w.do(200, "GET", path, nil)
		if shown["client_type"] != "web" || shown["pkce"] != "enforcePkceInsteadOfClientCredentials" {
			t.Errorf("shown: %v", shown)
		}
		w.do(200, "PUT", path, object{"client_type": "web", "name": "renamed", "session_expiration": 60})
		after, err := w.dialect.Clients.Get(ctx, clients.OneIn{ID: made.Client.ID})
		must(t, err)
		want := made.Client
		sixty := int64(60)
		want.Name, want.SessionLifetimeSeconds, want.Version, want.UpdatedAt = "renamed", &sixty, after.Version, after.UpdatedAt
		if !same(after, want) {
			t.Errorf("got  %+v\nwant %+v", after, want)
		}
	})
}

// TestAuthenticationFollowsPKCE: the three members that speak of authentication stay in step, and a client that begins to
// authenticate gets a secret.
func TestAuthenticationFollowsPKCE(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		path := apps + "/" + w.shop.app + "/clients/" + w.do(201, "POST", apps+"/"+w.shop.app+"/clients",
			object{"name": "p", "redirect_uris": []string{}, "pkce": "enforcePkceInsteadOfClientCredentials"}).text("client_id")
		row := func() models.Client {
			c, err := w.dialect.Clients.Get(models.System(t.Context()), clients.OneIn{ID: path[strings.LastIndex(path, "/")+1:]})
			must(t, err)
			return c
		}
		if c := row(); c.Confidential() || c.Grants(models.GrantClientCredentials) {
			t.Errorf("public: %+v", c)
		}
		got := w.do(200, "PUT", path, object{"pkce": "allowPkceAlongsideClientCredentials"})
		if c := row(); !c.Confidential() || !c.Grants(models.GrantClientCredentials) || got.text("client_secret") == "" {
			t.Errorf("confidential: %+v %v", c, got)
		}
		w.tokenFor(party{client: got.text("client_id"), secret: got.text("client_secret")}, "")
		w.do(200, "PUT", path, object{"token_endpoint_auth_method": "none"})
		if c := row(); c.Confidential() || c.PKCE != models.PKCEInstead || c.Grants(models.GrantClientCredentials) {
			t.Errorf("public again: %+v", c)
		}
		w.do(200, "PUT", path, object{"authentication_configuration": object{"method": "private_key_jwt", "jwks": publicKeys(t)}})
		if c := row(); c.TokenEndpointAuthMethod != models.AuthPrivateKeyJWT || c.PKCE != models.PKCEOptional || len(c.JWKS) == 0 {
			t.Errorf("with a key: %+v", c)
		}
		got = w.do(200, "PUT", path, object{"fapi_version_compliancy": true})
		if c := row(); c.FAPIProfile != "fapi2_sp_pkj_mtls" || c.RefreshToken.Rotate || !c.RequirePushedAuthorizationRequests || got["fapi_version_compliancy"] != true {
			t.Errorf("FAPI: %+v", c)
		}
	})
}

// TestTheOlderEnvelope: client operations come wrapped when the caller or the tenant asks, and never otherwise.
func TestTheOlderEnvelope(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		path := apps + "/" + w.shop.app + "/clients"
		wrapped := func(a answer) bool { return strings.HasPrefix(string(a.body), `{"result":`) }
		quiet := w.contract
		for _, p := range []string{path, path + "/" + w.shop.client} {
			if wrapped(w.call(w.admin.token, "GET", p, nil)) {
				t.Errorf("%s is wrapped unasked", p)
			}
			w.contract = contract{} // the current document has no envelope
			a := w.call(w.admin.token, "GET", p, nil, "Prefer", "respond-async, envelope=result")
			if !wrapped(a) || a.header.Get("Preference-Applied") != "envelope=result" {
				t.Errorf("%s is not wrapped: %s", p, a.body)
			}
			w.contract = quiet
		}
		w.contract = contract{}
		w.tenant(t, "transmit_envelope", true)
		if a := w.call(w.admin.token, "GET", path, nil); !wrapped(a) {
			t.Errorf("not wrapped by the tenant's wish: %s", a.body)
		}
	})
}

// TestTheRemovedMethod: webauthn is accepted and read back where the tenant allows it.
func TestTheRemovedMethod(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		prefs, body := "/cis/loginPreferences/"+w.shop.app, object{"webauthn": object{"clientId": "a", "clientSecret": "b"}}
		w.do(400, "PUT", prefs+"/authMethods", body)
		w.tenant(t, "transmit_webauthn", true)
		w.do(200, "PUT", prefs+"/authMethods", body)
		if got := w.do(200, "GET", prefs, nil)["auth_methods"]; !same(got, body) {
			t.Errorf("read back %v", got)
		}
	})
}

// TestEveryMethodReadsBack writes all login methods at once.
func TestEveryMethodReadsBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		lock := object{"failuresExpireIn": 30, "lockoutTiers": []any{object{"attempts": 3, "duration": 5}}}
		with := func(more object) object {
			for k, v := range lock {
				more[k] = v
			}
			return more
		}
		mail := object{"primaryColor": "#0f5f47", "from": "Fernway", "subject": "Hello"}
		all := object{
			"google": object{"clientId": "g", "clientSecret": "s", "redirectUris": []string{"https://a.example.com"}}, "facebook": object{"clientId": "f"},
			"line": object{"clientId": "l"}, "tiktok": object{"clientId": "t"}, "apple": object{"clientId": "a", "clientSecret": "k", "appleTeamId": "T", "keyId": "K"},
			"email": object{"expiresIn": 10, "linksPerUser": 2, "message": mail}, "sms": object{"expiresIn": 5, "maxFailures": 3, "codeLength": 6, "crossClientsAllowed": true},
			"email_otp":    object{"expiresIn": 5, "maxFailures": 3, "lockoutDuration": 15, "message": mail},
			"webauthn_api": with(object{"rpId": "a.example", "rpWebOrigins": []string{"https://a.example"}, "attestationType": "direct", "aaguidAllowList": []string{"x"}}),
			"password": with(object{"resetValidityMinutes": 30, "passwordComplexity": 3, "passwordMinLength": 9, "blockPreviousPasswords": 4, "passwordExpiresIn": 100,
				"checkHibp": true, "checkDictionary": false, "ignoreExpiration": true, "requireMFA": true, "codeLength": 6, "notifyOnPasswordUpdate": true, "message": mail}),
			"totp": with(object{"algorithm": "sha256", "digits": 8, "period": 30, "window": 2, "issuer": "Fernway", "maxTotpPerUser": 2}),
			"push": object{"apn": []any{object{"key": "k", "keyId": "i", "teamId": "t", "bundle": "b", "isProduction": true}}, "fcm": object{"key": object{"project": "p"}}},
			"face": with(object{"saveImageEmbedding": false}), "pin_authenticator": object{"maxFailures": 4, "lockoutDuration": 10},
		}
		w.do(200, "PUT", "/cis/loginPreferences/"+w.shop.app+"/authMethods", all)
		got := w.do(200, "GET", apps+"/"+w.shop.app, nil)["login_preferences"].(map[string]any)["auth_methods"].(map[string]any)
		for name, want := range all {
			if !reflect.DeepEqual(normal(got[name]), normal(want)) {
				t.Errorf("%s: wrote %v, read %v", name, normal(want), got[name])
			}
		}
		if len(got) != len(all) {
			t.Errorf("%d methods, wrote %d", len(got), len(all))
		}
		list := w.do(200, "GET", apps, nil)["result"].([]any)[0].(map[string]any)["login_preferences"].(map[string]any)["auth_methods"]
		if !reflect.DeepEqual(list, map[string]any(got)) {
			t.Errorf("the list shows %v", list)
		}
	})
}

// TestDeleting leaves nothing behind, and never the last client.
func TestDeleting(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		app := w.do(201, "POST", apps, object{"app_name": "a", "client_display_name": "c", "signing_key_enabled": true})
		path := apps + "/" + app.text("app_id")
		if a := w.call(w.admin.token, "DELETE", path+"/clients/"+app.text("client_id"), nil); a.status != 400 {
			t.Errorf("the last client: %d %s", a.status, a.body)
		}
		w.do(201, "POST", path+"/clients", object{"name": "second", "redirect_uris": []string{}})
		if a := w.call(w.admin.token, "DELETE", path+"/clients/"+app.text("client_id"), nil); a.status != 400 {
			t.Errorf("the default client: %d %s", a.status, a.body)
		}
		w.do(204, "DELETE", path, nil)
		for _, table := range []string{"clients", "credentials"} {
			n, err := w.db.Read.NewSelect().Table(table).Where("application_id = ?", app.text("app_id")).Count(t.Context())
			if err != nil || n > 0 {
				t.Errorf("%d rows of %s are left, %v", n, table, err)
			}
		}
	})
}

// TestSigningKeyEnabled: on means that a key of the application signs, off that it validates, off and delete that it is gone.
func TestSigningKeyEnabled(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		path, ctx := apps+"/"+w.admin.app, models.System(t.Context())
		statuses := func() (out []string) {
			for _, k := range w.do(200, "GET", apps+"/signing-keys", nil)[""].([]any) {
				out = append(out, k.(map[string]any)["status"].(string))
			}
			return out
		}
		for _, step := range []struct {
			body object
			want []string
		}{
			{object{"signing_key_enabled": true}, []string{"signing"}},
			{object{"signing_key_enabled": true}, []string{"signing"}},
			{object{"signing_key_enabled": false}, []string{"validating"}},
			{object{"signing_key_enabled": true}, []string{"signing", "validating"}},
			{object{"signing_key_enabled": false, "should_delete_signing_key": true}, []string{"validating"}},
		} {
			w.do(200, "PUT", path, step.body)
			if got := statuses(); !reflect.DeepEqual(got, step.want) {
				t.Errorf("%v: %v, want %v", step.body, got, step.want)
			}
		}
		if a, err := w.dialect.Applications.Get(ctx, applications.IDIn{ID: w.admin.app}); err != nil || a.SigningKeyEnabled {
			t.Errorf("%v %v", a.SigningKeyEnabled, err)
		}
	})
}
