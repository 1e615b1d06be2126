package clients_test

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/credentials"
	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

// house is a database with the applications that a test names.
type house struct {
	clients.Ops
	t   *testing.T
	ctx context.Context
}

func newHouse(t *testing.T, db models.DB, vault *models.Vault, applications ...string) house {
	h := house{clients.New(db, vault), t, dbtest.Context(t)}
	for _, id := range applications {
		row := models.Application{ID: id, TenantID: models.DefaultTenant, Kind: models.KindStandard, Name: id, Version: 1, CreatedAt: models.Now(), UpdatedAt: models.Now()}
		if _, err := db.Write.NewInsert().Model(&row).Exec(h.ctx); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h house) create(s clients.Settings) clients.CreateOut {
	h.t.Helper()
	out, err := h.Create(h.ctx, clients.CreateIn{ApplicationID: "shop", Settings: s})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

func named(name string) clients.Settings { return clients.Settings{Name: models.Some(name)} }

func reasonOf(err error) string {
	f, ok := models.AsFault(err)
	switch {
	case err == nil:
		return ""
	case !ok:
		return "internal: " + err.Error()
	case len(f.Fields) > 0:
		return f.Fields[0].Name + " " + f.Fields[0].Reason
	}
	return f.Reason
}

func TestCreate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := newHouse(t, db, vault, "shop")
		first := h.create(named("  Shop front  "))
		if first.Name != "Shop front" || !first.IsDefault || first.Version != 1 || first.TokenEndpointAuthMethod != "client_secret" || first.PKCE != "required" {
			t.Errorf("the first client is the default, with what its profile starts from: %+v", first.Client)
		}
		if first.Secret == nil || !strings.HasPrefix(first.Secret.Value, "gh_") || len(first.Secret.Value) != 46 || !first.Secret.IsPrimary {
			t.Errorf("a confidential client gets its first secret: %+v", first.Secret)
		}
		public := h.create(clients.Settings{Name: models.Some("Browser"), Profile: models.Some("spa")})
		if public.Secret != nil || public.IsDefault || public.TokenEndpointAuthMethod != "none" || public.PKCE != "instead_of_authentication" {
			t.Errorf("a public client has no secret, and the second client is not the default: %+v", public)
		}
		machine := h.create(clients.Settings{Name: models.Some("Worker"), Profile: models.Some("machine")})
		if !machine.Grants("client_credentials") || machine.Grants("authorization_code") {
			t.Errorf("a machine gets the grant that it needs: %v", machine.GrantTypes)
		}
		var app models.Application
		if err := db.Read.NewSelect().Model(&app).Where("a.id = 'shop'").Scan(h.ctx); err != nil || app.DefaultClientID != first.ID {
			t.Errorf("the application knows its default client: %q, %v", app.DefaultClientID, err)
		}
		_, err := h.Create(h.ctx, clients.CreateIn{ApplicationID: "nowhere", Settings: named("x")})
		if reasonOf(err) != "application_not_found" {
			t.Errorf("a client needs an application: %v", err)
		}
	})
}

func TestRules(t *testing.T) {
	key := `{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}`
	private := strings.Replace(key, `"y":`, `"d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI","y":`, 1)
	type S = clients.Settings
	list := func(s ...string) models.Opt[[]string] { return models.Some(s) }
	for _, tc := range []struct {
		says   string
		s      S
		reason string
	}{
		{"a name is needed", S{}, "name required"},
		{"a profile is one of the list", S{Profile: models.Some("toaster")}, "profile not_allowed"},
		{"a bad redirect URI is named by its line", S{RedirectURIs: list("https://a.example/", "http://a.example/")}, "redirect_uris[1] insecure"},
		{"a redirect URI stands once", S{RedirectURIs: list("https://a.example/", "https://a.example/")}, "redirect_uris[1] twice"},
		{"a * is not for public clients", S{Profile: models.Some("spa"), RedirectURIs: list("https://*.a.example/"), RedirectURIMatch: models.Some("wildcard")}, "redirect_uris[0] wildcard_public"},
		{"at most a hundred redirect URIs", S{RedirectURIs: models.Some(make([]string, 101))}, "redirect_uris too_many"},
		{"an origin has no path", S{AllowedOrigins: list("https://a.example/")}, "allowed_origins[0] not_an_origin"},
		{"the password grant is not offered", S{GrantTypes: list("password")}, "grant_types deprecated"},
		{"an unknown grant is refused", S{GrantTypes: list("magic")}, "grant_types not_allowed"},
		// RFC 9700 §2.1.2: access tokens are not issued in the authorization response.
		{"tokens do not travel through the browser", S{ResponseTypes: list("id_token token")}, "response_types deprecated"},
		// RFC 6749 §4.4: client credentials are for confidential clients only.
		{"a public client may not use client_credentials", S{Profile: models.Some("spa"), GrantTypes: list("client_credentials")}, "grant_types needs_authentication"},
		{"PKCE instead of authentication excludes a secret", S{PKCE: models.Some("instead_of_authentication"), TokenEndpointAuthMethod: models.Some("client_secret_basic")}, "pkce contradicts_authentication"},
		{"no authentication needs PKCE instead", S{PKCE: models.Some("optional"), TokenEndpointAuthMethod: models.Some("none")}, "pkce contradicts_authentication"},
		{"the device switch and its grant go together", S{GrantTypes: list("authorization_code"), Device: models.Some(models.Device{Enabled: true})}, "grant_types device_mismatch"},
		{"a key set is JSON with keys", S{JWKS: models.Some(json.RawMessage(`{}`))}, "jwks not_a_key_set"},
		{"private keys are refused", S{JWKS: models.Some(json.RawMessage(private))}, "jwks private_key"},
		{"symmetric keys are refused", S{JWKS: models.Some(json.RawMessage(`{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}`))}, "jwks private_key"},
		{"keys come from one place", S{JWKS: models.Some(json.RawMessage(key)), JWKSURI: models.Some("https://a.example/jwks")}, "jwks_uri two_key_sources"},
		{"encryption needs a key", S{IDTokenEncryption: models.Some(models.IDTokenEncryption{Enabled: true})}, "id_token_encryption no_encryption_key"},
		{"encryption to the client's key is fine", S{IDTokenEncryption: models.Some(models.IDTokenEncryption{Enabled: true}), JWKS: models.Some(json.RawMessage(key))}, ""},
		{"a lifetime has bounds", S{AccessTokenLifetimeSeconds: models.Some(int64(0))}, "access_token_lifetime_seconds out_of_range"},
		{"leeway is ten seconds at most", S{RefreshToken: models.Some(models.RefreshToken{LeewaySeconds: 60})}, "refresh_token.leeway_seconds out_of_range"},
		{"claims are of the list", S{DefaultCustomClaims: list("email", "shoe_size")}, "default_custom_claims[1] not_allowed"},
		{"sync and a list exclude each other", S{DefaultUserInfoClaims: list("email"), SyncIDTokenClaimsToUserinfo: models.Some(true)}, "default_user_info_claims excludes_sync"},
		{"tokens are bound once", S{DPoPBoundTokens: models.Some(true), CertificateBoundTokens: models.Some(true)}, "dpop_bound_access_tokens two_bindings"},
		{"FAPI authenticates with a key", S{FAPIProfile: models.Some("fapi2_sp_pkj_mtls")}, "token_endpoint_auth_method fapi_authentication"},
		{"FAPI with a key is fine", S{FAPIProfile: models.Some("fapi2_sp_pkj_mtls"), TokenEndpointAuthMethod: models.Some("private_key_jwt")}, ""},
		{"FAPI 2 forbids rotation when it is asked for", S{FAPIProfile: models.Some("fapi2_sp_pkj_mtls"), TokenEndpointAuthMethod: models.Some("private_key_jwt"), RefreshToken: models.Some(models.RefreshToken{Rotate: true})}, "refresh_token.rotate fapi_rotation"},
		{"FAPI needs PAR", S{FAPIProfile: models.Some("fapi2_sp_pkj_mtls"), TokenEndpointAuthMethod: models.Some("private_key_jwt"), RequirePushedAuthorizationRequests: models.Some(false)}, "require_pushed_authorization_requests fapi_par"},
		{"a scope is a token", S{AllowedScopes: list("read orders")}, "allowed_scopes[0] characters"},
		{"a saml setting is for saml clients", S{SAML: models.Some(models.SAML{EntityID: "x"})}, "saml not_a_saml_client"},
	} {
		t.Run(tc.says, func(t *testing.T) {
			db, vault := dbtest.Open(t)
			h := newHouse(t, db, vault, "shop")
			if tc.says != "a name is needed" {
				tc.s.Name = models.Some("Shop front")
			}
			_, err := h.Create(h.ctx, clients.CreateIn{ApplicationID: "shop", Settings: tc.s})
			if got := reasonOf(err); got != tc.reason {
				t.Errorf("%q, want %q", got, tc.reason)
			}
		})
	}
}

func TestUnsaidSettingsFollowSaidOnes(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := newHouse(t, db, vault, "shop")
	c := h.create(clients.Settings{Name: models.Some("Shop"), GrantTypes: models.Some([]string{"authorization_code", "client_credentials"})})
	update := func(s clients.Settings) models.Client {
		t.Helper()
		out, err := h.Update(h.ctx, clients.UpdateIn{ID: c.ID, Settings: s})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if got := update(clients.Settings{PKCE: models.Some("instead_of_authentication")}); got.TokenEndpointAuthMethod != "none" || got.Grants("client_credentials") {
		t.Errorf("a client that becomes public loses its authentication and what needs it: %+v", got)
	}
	if got := update(clients.Settings{TokenEndpointAuthMethod: models.Some("client_secret_post")}); got.PKCE != "required" {
		t.Errorf("a client that authenticates again keeps PKCE beside it: %s", got.PKCE)
	}
	if got := update(clients.Settings{Device: models.Some(models.Device{Enabled: true})}); !got.Grants(models.GrantDevice) {
		t.Errorf("the device switch brings its grant: %v", got.GrantTypes)
	}
	if got := update(clients.Settings{GrantTypes: models.Some([]string{"authorization_code"})}); got.Device.Enabled {
		t.Errorf("a list of grants without it turns the device switch off: %+v", got.Device)
	}
	if got := update(clients.Settings{PKCE: models.Null[string]()}); got.PKCE != "required" {
		t.Errorf("null is the default of the profile: %q", got.PKCE)
	}
}

func TestUpdateVersions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := newHouse(t, db, vault, "shop")
		c := h.create(named("Shop"))
		if _, err := h.Get(h.ctx, clients.OneIn{ID: c.ID}); err != nil { // now it is remembered
			t.Fatal(err)
		}
		same, err := h.Update(h.ctx, clients.UpdateIn{ID: c.ID, Settings: named("Shop")})
		if err != nil || same.Version != 1 {
			t.Errorf("a change of nothing does not move the version: %d, %v", same.Version, err)
		}
		// Two editors read version 1; of their changes exactly one is kept, and the other is told.
		results := make(chan error, 2)
		for _, name := range []string{"One", "Two"} {
			go func() {
				_, err := h.Update(h.ctx, clients.UpdateIn{ID: c.ID, Version: models.Some(int64(1)), Settings: named(name)})
				results <- err
			}()
		}
		a, b := <-results, <-results
		if (a == nil) == (b == nil) {
			t.Fatalf("one of two racing updates is Stale: %v, %v", a, b)
		}
		for _, err := range []error{a, b} {
			if f, ok := models.AsFault(err); ok && (f.Code != models.Stale || f.Current.(models.Client).Version != 2) {
				t.Errorf("the loser is shown the client as it is: %+v", f)
			}
		}
		// Without a version both are kept, one after the other.
		for i := range 2 {
			go func() {
				_, err := h.Update(h.ctx, clients.UpdateIn{ID: c.ID, Settings: clients.Settings{Description: models.Some(strings.Repeat("x", i+1))}})
				results <- err
			}()
		}
		if a, b := <-results, <-results; a != nil || b != nil {
			t.Fatalf("%v, %v", a, b)
		}
		got, err := h.Get(h.ctx, clients.OneIn{ID: c.ID})
		if err != nil || got.Version != 4 {
			t.Errorf("each change moves the version by one, and the cache follows: %d, %v", got.Version, err)
		}
	})
}

func TestDefaultAndDelete(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := newHouse(t, db, vault, "shop")
		first, second := h.create(named("First")), h.create(named("Second"))
		if err := h.Delete(h.ctx, clients.OneVersionIn{ID: first.ID}); reasonOf(err) != "default_client" {
			t.Errorf("the default client of several stays: %v", err)
		}
		now, err := h.MakeDefault(h.ctx, clients.OneVersionIn{ID: second.ID})
		if err != nil || !now.IsDefault || now.Version != 2 {
			t.Fatalf("another becomes the default: %+v, %v", now, err)
		}
		if err := h.Delete(h.ctx, clients.OneVersionIn{ID: first.ID}); err != nil {
			t.Errorf("then the former one can go: %v", err)
		}
		if err := h.Delete(h.ctx, clients.OneVersionIn{ID: second.ID}); reasonOf(err) != "last_client" {
			t.Errorf("the last client stays: %v", err)
		}
		h.create(named("Third"))
		if n, err := h.DeleteAllButDefault(h.ctx, clients.OfApplicationIn{ApplicationID: "shop"}); n != 1 || err != nil {
			t.Errorf("all but the default go: %d, %v", n, err)
		}
		if err := h.DeleteAll(h.ctx, clients.OfApplicationIn{ApplicationID: "shop"}); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"clients", "credentials"} {
			if n, err := db.Read.NewSelect().Table(table).Count(h.ctx); n != 0 || err != nil {
				t.Errorf("nothing of them stays in %s: %d, %v", table, n, err)
			}
		}
	})
}

func TestLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := newHouse(t, db, vault, "shop", "bank")
		names := []string{"alpha", "beta", "gamma 100%", "delta", "epsilon"}
		for i, name := range names {
			s := named(name)
			s.Profile = models.Some([]string{"web", "spa"}[i%2])
			h.create(s)
		}
		if _, err := h.Create(h.ctx, clients.CreateIn{ApplicationID: "bank", Settings: named("teller")}); err != nil {
			t.Fatal(err)
		}
		var got []string
		in := clients.ListIn{ApplicationID: "shop", PageIn: models.PageIn{Limit: 2}}
		for {
			page, err := h.List(h.ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range page.Items {
				got = append(got, c.Name)
			}
			if in.Cursor = page.Next; in.Cursor == "" {
				break
			}
		}
		if strings.Join(got, " ") != strings.Join(names, " ") {
			t.Errorf("pages hold every client once, in order: %v", got)
		}
		for _, tc := range []struct {
			says string
			in   clients.ListAllIn
			want string
		}{
			{"by name downwards", clients.ListAllIn{Sort: "-name"}, "teller gamma 100% epsilon delta beta alpha"},
			{"by profile", clients.ListAllIn{Profile: "spa"}, "beta delta"},
			{"by application", clients.ListAllIn{ApplicationID: "bank"}, "teller"},
			{"a part of a name, in any case", clients.ListAllIn{Q: "ELT"}, "delta"},
			{"a per cent sign means itself", clients.ListAllIn{Q: "%"}, "gamma 100%"},
		} {
			page, err := h.ListAll(h.ctx, tc.in)
			var names []string
			for _, c := range page.Items {
				names = append(names, c.Name)
			}
			if strings.Join(names, " ") != tc.want || err != nil {
				t.Errorf("%s: %v, %v", tc.says, names, err)
			}
		}
		if _, err := h.ListAll(h.ctx, clients.ListAllIn{Sort: "version; DROP TABLE clients"}); reasonOf(err) != "sort not_allowed" {
			t.Errorf("columns to sort by come from a list: %v", err)
		}
	})
}

// TestChoices: a field offers the newest clients by name, and no more than a list can bear.
func TestChoices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := newHouse(t, db, vault, "shop", "bank")
		for _, name := range []string{"zeta", "Alpha"} {
			h.create(named(name))
		}
		page := named("beta")
		page.Profile = models.Some(models.ProfileSPA)
		h.create(page)
		said := func(ctx context.Context, authenticating bool) (out []string) {
			t.Helper()
			all, err := h.Choices(ctx, authenticating)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range all {
				name, _, _ := strings.Cut(o.Label, ",")
				out = append(out, name)
			}
			return out
		}
		if got := said(h.ctx, false); !slices.Equal(got, []string{"Alpha", "beta", "zeta"}) {
			t.Errorf("all: %q", got)
		}
		if got := said(h.ctx, true); !slices.Equal(got, []string{"Alpha", "zeta"}) {
			t.Errorf("those that authenticate: %q", got)
		}
		for _, actor := range []models.Actor{{Kind: models.ActorAdministrator, ID: "nina"}, {Kind: models.ActorAdministrator, ID: "ben", Actions: models.Actions{"client.read"}, ApplicationID: "bank"}} {
			if got := said(dbtest.As(t, actor), false); len(got) != 0 {
				t.Errorf("%s is offered %q", actor.ID, got)
			}
		}
		for i := range 51 {
			h.create(named("more " + strconv.Itoa(i)))
		}
		if got := said(h.ctx, false); len(got) != 50 || slices.Contains(got, "Alpha") {
			t.Errorf("%d are offered: %q", len(got), got)
		}
	})
}

// An actor limited to one application sees and reaches nothing of another's.
func TestForeignClientsAreNotFound(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := newHouse(t, db, vault, "shop", "bank")
	mine := h.create(named("Mine"))
	foreign, err := h.Create(h.ctx, clients.CreateIn{ApplicationID: "bank", Settings: named("Foreign")})
	if err != nil {
		t.Fatal(err)
	}
	own := dbtest.As(t, models.Actor{Kind: models.ActorClient, ID: mine.ID, ApplicationID: "shop", Actions: models.OwnActions})
	for says, err := range map[string]error{
		"get":          second(h.Get(own, clients.OneIn{ID: foreign.ID})),
		"update":       second(h.Update(own, clients.UpdateIn{ID: foreign.ID, Settings: named("Taken over")})),
		"default":      second(h.MakeDefault(own, clients.OneVersionIn{ID: foreign.ID})),
		"delete":       h.Delete(own, clients.OneVersionIn{ID: foreign.ID}),
		"secrets":      second(h.Credentials.List(own, credentials.ClientIn{ClientID: foreign.ID})),
		"a new secret": second(h.Credentials.Create(own, credentials.CreateIn{ClientID: foreign.ID, Name: "x"})),
		"primary":      second(h.Credentials.Primary(own, foreign.ID)),
	} {
		if reasonOf(err) != "client_not_found" {
			t.Errorf("%s of a foreign client: %v", says, err)
		}
	}
	if _, err := h.List(own, clients.ListIn{ApplicationID: "bank"}); reasonOf(err) != "application_not_found" {
		t.Errorf("the list of a foreign application: %v", err)
	}
	page, err := h.ListAll(own, clients.ListAllIn{})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != mine.ID {
		t.Errorf("a list of everything is one of its own: %v, %v", page, err)
	}
	if err := h.Delete(own, clients.OneVersionIn{ID: mine.ID}); reasonOf(err) != "missing_permission" {
		t.Errorf("an own client without the right: %v", err)
	}
}

func TestSAMLEntityIDsAreUnique(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		h := newHouse(t, db, vault, "shop")
		in := clients.CreateIn{ApplicationID: "shop", Protocol: "saml", Settings: clients.Settings{Name: models.Some("HR"),
			SAML: models.Some(models.SAML{EntityID: "urn:hr", ACSURL: "https://hr.example.com/acs", NameIDType: "email"})}}
		out, err := h.Create(h.ctx, in)
		if err != nil || out.Profile != "saml" || out.Secret != nil {
			t.Fatalf("a SAML client: %+v, %v", out, err)
		}
		if _, err := h.Create(h.ctx, in); reasonOf(err) != "saml.entity_id saml_entity_id_taken" || !models.IsFault(err, models.Conflict) {
			t.Errorf("a second client with the entity id: %v", err)
		}
	})
}

func TestEventsTellChangesButNoSecret(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := newHouse(t, db, vault, "shop")
	c := h.create(named("Shop"))
	_, err := h.Update(h.ctx, clients.UpdateIn{ID: c.ID, Settings: clients.Settings{RedirectURIs: models.Some([]string{"https://*.shop.example/"}), RedirectURIMatch: models.Some("wildcard")}})
	if err != nil {
		t.Fatal(err)
	}
	var events []models.Event
	if err := db.Read.NewSelect().Model(&events).Order("e.at").Scan(h.ctx); err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, e := range events {
		types = append(types, e.Type)
		if strings.Contains(string(e.Detail), c.Secret.Value) || strings.Contains(string(e.Detail), c.Secret.LastFour) || e.ApplicationID != "shop" {
			t.Errorf("%s tells a secret: %s", e.Type, e.Detail)
		}
	}
	if got := strings.Join(types, " "); got != "client.created secret.created client.updated client.wildcards_allowed" {
		t.Errorf("events: %s", got)
	}
	if d := string(events[2].Detail); !strings.Contains(d, `"redirect_uris"`) || strings.Contains(d, `"version"`) {
		t.Errorf("the detail names what changed: %s", d)
	}
}

func TestClockAndIDsComeFromTheServer(t *testing.T) {
	db, vault := dbtest.Open(t)
	h := newHouse(t, db, vault, "shop")
	h.Now = func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }
	if c := h.create(named("Shop")); !c.CreatedAt.Equal(h.Now()) || len(c.ID) != models.LongID {
		t.Errorf("%+v", c.Client)
	}
}

func second[T any](_ T, err error) error { return err }
