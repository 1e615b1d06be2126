package access

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/grants"
	"gatehouse/handlers/resources"
	"gatehouse/handlers/roles"
	"gatehouse/models"
	views "gatehouse/views/access"
	"gatehouse/views/applications"
)

// world is the pages over a database with one API and one client.
type world struct {
	Pages
	t   *testing.T
	ctx context.Context
	api models.Resource
}

func newWorld(t *testing.T, db models.DB, vault *models.Vault) *world {
	t.Helper()
	apis := resources.New(db, vault, resources.Names{})
	w := &world{t: t, ctx: dbtest.Context(t), Pages: Pages{Resources: apis, Roles: roles.New(db, vault), Clients: clients.New(db, vault),
		Grants: grants.New(db, vault, func(ctx context.Context, db models.DB, identifier string) (models.Resource, error) {
			return apis.In(db).ByIdentifier(ctx, identifier)
		}),
		Head: func(_ context.Context, id string) (applications.Head, error) {
			return applications.Head{App: models.Application{ID: id, Name: "Shop"}}, nil
		}}}
	now := models.Now()
	for _, row := range []any{
		&models.Application{ID: "shop", TenantID: models.DefaultTenant, Name: "Shop", CreatedAt: now, UpdatedAt: now},
		&models.Client{ID: "worker", TenantID: models.DefaultTenant, ApplicationID: "shop", Name: "Night worker", Protocol: models.ProtocolOIDC, TokenEndpointAuthMethod: models.AuthSecretBasic, CreatedAt: now, UpdatedAt: now},
	} {
		if _, err := db.Write.NewInsert().Model(row).Exec(w.ctx); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if w.api, err = w.create(w.ctx, views.ResourceForm{Identifier: " https://api.example.com/ ", Scopes: "read  Reads orders\n\n  write\n"}); err != nil {
		t.Fatal(err)
	}
	return w
}

func each(t *testing.T, run func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) { run(t, newWorld(t, db, vault)) })
}

func (w *world) drawn(c templ.Component, err error) string {
	w.t.Helper()
	var b strings.Builder
	if err == nil {
		err = c.Render(w.ctx, &b)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return b.String()
}

// fieldOf is the field that a fault names, with its word.
func fieldOf(err error) string {
	f, ok := models.AsFault(err)
	if !ok || len(f.Fields) == 0 {
		return ""
	}
	return f.Fields[0].Name + " " + f.Fields[0].Reason
}

// TestAScopeALine: a text area holds names with words about them; faults of the list belong to it.
func TestAScopeALine(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if w.api.Identifier != "https://api.example.com/" || len(w.api.Scopes) != 2 || w.api.Scopes[0].Description != "Reads orders" || w.api.Scopes[1].Name != "write" {
			t.Fatalf("%+v", w.api)
		}
		for text, want := range map[string]string{"a\nb\na": "scopes repeated", `a"b`: "scopes invalid_scope_name", "": ""} {
			_, err := w.create(w.ctx, views.ResourceForm{Identifier: "https://other.example.com/", Scopes: text})
			if got := fieldOf(err); got != want {
				t.Errorf("%q: %s, want %s", text, got, want)
			}
		}
		in := views.ResourceForm{Identifier: "a b", Name: "Kept", Scopes: "one Of many"}
		_, err := w.create(w.ctx, in)
		fault, _ := models.AsFault(err)
		page := w.drawn(w.createAgain(w.ctx, in, fault))
		for _, kept := range []string{"Kept", "one Of many", "Use visible characters"} {
			if !strings.Contains(page, kept) {
				t.Errorf("the form again is without %q", kept)
			}
		}
	})
}

// TestAccessIsGivenAndTakenOnAPage, with faults beside the field that was typed.
func TestAccessIsGivenAndTakenOnAPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			name string
			in   grantIn
			want string
		}{
			{"nobody was typed", grantIn{ID: w.api.ID}, "client_id required"},
			{"a client that is not there", grantIn{ID: w.api.ID, ClientID: "nobody"}, "client_id client_not_found"},
			{"a scope that is not there", grantIn{ID: w.api.ID, ClientID: "worker", Scopes: []string{"read", "fly"}}, "scopes scope_not_found"},
		} {
			if _, err := w.grant(w.ctx, c.in); fieldOf(err) != c.want {
				t.Errorf("%s: %s, want %s", c.name, fieldOf(err), c.want)
			}
		}
		g, err := w.grant(w.ctx, grantIn{ID: w.api.ID, ClientID: " worker ", Scopes: []string{"read"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.grant(w.ctx, grantIn{ID: w.api.ID, ClientID: "worker"}); fieldOf(err) != "client_id client_grant_taken" {
			t.Errorf("again: %v", err)
		}
		v, err := w.show(w.ctx, resources.OneIn{ID: w.api.ID})
		if err != nil || v.Total != 1 || v.Holders[0].ClientName != "Night worker" || !slices.Equal(v.Holders[0].Scopes, []string{"read"}) {
			t.Errorf("who has it: %+v %v", v.Holders, err)
		}
		ask, err := w.askGrant(w.ctx, partIn{ID: w.api.ID, GrantID: g.ID})
		if err != nil || !strings.Contains(ask.Ask, "Night worker") {
			t.Errorf("the question names it: %+v %v", ask, err)
		}
		other, _ := w.create(w.ctx, views.ResourceForm{Identifier: "https://other.example.com/"})
		if _, err := w.askGrant(w.ctx, partIn{ID: other.ID, GrantID: g.ID}); !models.IsFault(err, models.NotFound) {
			t.Errorf("a grant of another API: %v", err)
		}
		if _, err := w.ungrant(w.ctx, partIn{ID: w.api.ID, GrantID: g.ID}); err != nil {
			t.Fatal(err)
		}
		if v, _ := w.show(w.ctx, resources.OneIn{ID: w.api.ID}); v.Total != 0 {
			t.Errorf("%d have it still", v.Total)
		}
	})
}

// TestWhoMayNotSeeGrantsSeesTheAPI: the page is whole without them.
func TestWhoMayNotSeeGrantsSeesTheAPI(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if _, err := w.grant(w.ctx, grantIn{ID: w.api.ID, ClientID: "worker"}); err != nil {
			t.Fatal(err)
		}
		reader := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "rita", Actions: models.Actions{"resource.read"}})
		v, err := w.show(reader, resources.OneIn{ID: w.api.ID})
		if err != nil || v.Identifier != w.api.Identifier || len(v.Holders) != 0 {
			t.Errorf("%+v %v", v, err)
		}
		nobody := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "nina"})
		if _, err := w.show(nobody, resources.OneIn{ID: w.api.ID}); !models.IsFault(err, models.Forbidden) {
			t.Errorf("who may not see it: %v", err)
		}
	})
}

// TestARoleOffersWhatItHasNot, and is given and taken with faults beside the field.
func TestARoleOffersWhatItHasNot(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, err := w.createRole(w.ctx, views.RoleForm{Name: "Reader", Kind: models.RoleMachine})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Roles.AddScopes(w.ctx, roles.ScopesIn{RoleID: r.ID, ScopeIDs: []string{w.api.Scopes[0].ID}}); err != nil {
			t.Fatal(err)
		}
		v, err := w.showRole(w.ctx, roles.OneIn{ID: r.ID})
		if err != nil || len(v.Scopes) != 1 || v.Scopes[0].Resource != w.api.Identifier || len(v.Choices) != 1 || v.Choices[0].Value != w.api.Scopes[1].ID {
			t.Fatalf("%+v offers %+v: %v", v.Scopes, v.Choices, err)
		}
		if page := w.drawn(views.ShowRole(v), nil); !strings.Contains(page, `list="f-client-id-list"`) || !strings.Contains(page, `<option value="worker">Night worker, client of Shop</option>`) {
			t.Error("the field does not offer the client by its name")
		}
		if _, err := w.assign(w.ctx, assignIn{ID: r.ID, ClientID: "nobody"}); fieldOf(err) != "client_id client_not_found" {
			t.Errorf("to nobody: %v", err)
		}
		person, _ := w.createRole(w.ctx, views.RoleForm{Name: "Person", Kind: models.RoleUser})
		if _, err := w.assign(w.ctx, assignIn{ID: person.ID, ClientID: "worker"}); fieldOf(err) != "client_id role_not_machine" {
			t.Errorf("one for people: %v", err)
		}
		if _, err := w.assign(w.ctx, assignIn{ID: r.ID, ClientID: " worker "}); err != nil {
			t.Fatal(err)
		}
		if v, err := w.showRole(w.ctx, roles.OneIn{ID: r.ID}); err != nil || v.Total != 1 || v.Clients[0].ID != "worker" {
			t.Errorf("who has it: %+v %v", v.Clients, err)
		}
		seen, err := w.client(w.ctx, grants.OfClientIn{ClientID: "worker"})
		if err != nil || len(seen.Access) != 1 || seen.Access[0].Scopes[0].Via[0].Name != "Reader" || len(seen.Roles) != 1 {
			t.Errorf("what the client may ask for: %+v %v", seen.Access, err)
		}
		if _, err := w.unassign(w.ctx, memberIn{ID: r.ID, ClientID: "worker"}); err != nil {
			t.Fatal(err)
		}
		if seen, _ := w.client(w.ctx, grants.OfClientIn{ClientID: "worker"}); len(seen.Access)+len(seen.Roles) != 0 {
			t.Errorf("it has %+v still", seen.Access)
		}
	})
}

// TestQuestionsNameWhatTheyAskAbout, and are not asked about what is not there.
func TestQuestionsNameWhatTheyAskAbout(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	part, err := w.askScope(w.ctx, resources.ScopeIDIn{ResourceID: w.api.ID, ID: w.api.Scopes[1].ID})
	if err != nil || !strings.Contains(part.Ask, "write") || !strings.HasSuffix(part.Action, w.api.Scopes[1].ID+"/delete") {
		t.Errorf("%+v %v", part, err)
	}
	if _, err := w.askScope(w.ctx, resources.ScopeIDIn{ResourceID: w.api.ID, ID: "nothing"}); !models.IsFault(err, models.NotFound) {
		t.Errorf("no scope: %v", err)
	}
	if _, err := w.askDelete(w.ctx, resources.OneIn{ID: "nothing"}); !models.IsFault(err, models.NotFound) {
		t.Errorf("no API: %v", err)
	}
	if _, err := w.askRole(w.ctx, roles.OneIn{ID: "nothing"}); !models.IsFault(err, models.NotFound) {
		t.Errorf("no role: %v", err)
	}
}
