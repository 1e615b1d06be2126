package roles_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/resources"
	"gatehouse/handlers/roles"
	"gatehouse/models"
)

// world is a database with an API of three scopes, a management API, and three clients: one that authenticates, one that does not,
// one that speaks SAML.
type world struct {
	roles.Ops
	t     *testing.T
	ctx   context.Context
	scope map[string]string // name → id
	seen  int
}

func newWorld(t *testing.T, db models.DB, vault *models.Vault) *world {
	t.Helper()
	w := &world{Ops: roles.New(db, vault), t: t, ctx: dbtest.Context(t), scope: map[string]string{}}
	now := models.Now()
	app := models.Application{ID: "shop", TenantID: models.DefaultTenant, Name: "Shop", CreatedAt: now, UpdatedAt: now}
	rows := []any{&app}
	for id, how := range map[string][2]string{"worker": {models.ProtocolOIDC, models.AuthSecretBasic}, "spa": {models.ProtocolOIDC, models.AuthNone}, "sp": {models.ProtocolSAML, models.AuthSecretBasic}} {
		rows = append(rows, &models.Client{ID: id, TenantID: models.DefaultTenant, ApplicationID: "shop", Name: "The " + id, Protocol: how[0], TokenEndpointAuthMethod: how[1], CreatedAt: now, UpdatedAt: now})
	}
	for _, row := range rows {
		if _, err := db.Write.NewInsert().Model(row).Exec(w.ctx); err != nil {
			t.Fatal(err)
		}
	}
	apis := resources.New(db, vault, resources.Names{})
	r, err := apis.Create(w.ctx, resources.CreateIn{Identifier: "https://api.example.com/", Fields: resources.Fields{Scopes: models.Some([]resources.ScopeIn{{Name: "a"}, {Name: "b"}, {Name: "c"}})}})
	if err == nil {
		err = apis.Ensure(w.ctx, []resources.System{{ID: "own", Face: models.FaceAuth0, Identifier: "https://id.example.com/api/v2/", Name: "Management API", Scopes: []models.Scope{{ID: "read-clients", Name: "read:clients"}}}})
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Scopes {
		w.scope[s.Name] = s.ID
	}
	w.scope["management"] = "read-clients"
	w.events()
	return w
}

func each(t *testing.T, run func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) { run(t, newWorld(t, db, vault)) })
}

// events are the types of those that were written since the last time.
func (w *world) events() string {
	w.t.Helper()
	var types []string
	if err := w.DB.Read.NewSelect().Model((*models.Event)(nil)).Column("type").Order("at", "id").Scan(w.ctx, &types); err != nil {
		w.t.Fatal(err)
	}
	slices.Sort(types[w.seen:])
	out := strings.Join(types[w.seen:], " ")
	w.seen = len(types)
	return out
}

func (w *world) ids(names ...string) []string {
	out := []string{}
	for _, n := range names {
		out = append(out, w.scope[n])
	}
	return out
}

func (w *world) role(name string, scopes ...string) models.Role {
	w.t.Helper()
	r, err := w.Create(w.ctx, roles.CreateIn{Kind: models.RoleMachine, Fields: roles.Fields{Name: models.Some(name)}, ScopeIDs: w.ids(scopes...)})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// held are the names of the scopes of a role, in order.
func (w *world) held(id string) string {
	w.t.Helper()
	out, err := w.ListScopes(w.ctx, roles.OneIn{ID: id})
	if err != nil {
		w.t.Fatal(err)
	}
	list := []string{}
	for _, s := range out.Items {
		list = append(list, s.Name)
	}
	return strings.Join(list, " ")
}

// of are the names of the roles of a client.
func (w *world) of(client string) string {
	w.t.Helper()
	out, err := w.OfClient(w.ctx, roles.OfClientIn{ClientID: client})
	if err != nil {
		w.t.Fatal(err)
	}
	list := []string{}
	for _, r := range out.Items {
		list = append(list, r.Name)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// reason is the stable word of a fault, with the fields that it names.
func reason(err error) string {
	f, ok := models.AsFault(err)
	if !ok {
		return fmt.Sprint(err)
	}
	if len(f.Fields) == 0 {
		return f.Reason
	}
	return f.Fields[0].Name + " " + f.Fields[0].Reason
}

// TestTheLifeOfARole: made with scopes, changed, not by whoever read an older one, and gone from whoever has it.
func TestTheLifeOfARole(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.role("Reader", "b", "a")
		if got := w.events(); got != "role.created role.scopes_changed" || w.held(r.ID) != "b a" {
			t.Fatalf("made: %s, %s", got, w.held(r.ID))
		}
		out, err := w.Update(w.ctx, roles.UpdateIn{ID: r.ID, Version: models.Some(r.Version), Fields: roles.Fields{Name: models.Some("  Better reader "), Description: models.Some("Reads")}})
		if err != nil || out.Name != "Better reader" || out.Version != r.Version+1 || w.events() != "role.updated" {
			t.Fatalf("changed: %+v %v", out, err)
		}
		_, err = w.Update(w.ctx, roles.UpdateIn{ID: r.ID, Version: models.Some(r.Version), Fields: roles.Fields{Name: models.Some("x")}})
		if f, _ := models.AsFault(err); f == nil || f.Code != models.Stale || f.Current.(models.Role).Name != "Better reader" {
			t.Errorf("an older version: %v", err)
		}
		if _, err := w.Update(w.ctx, roles.UpdateIn{ID: r.ID, Fields: roles.Fields{Description: models.Some("Reads")}}); err != nil || w.events() != "" {
			t.Errorf("saying the same is no change: %v", err)
		}
		if _, err := w.Assign(w.ctx, roles.AssignIn{ClientID: "worker", RoleIDs: []string{r.ID}}); err != nil {
			t.Fatal(err)
		}
		w.events()
		if err := w.Delete(w.ctx, roles.OneIn{ID: r.ID}); err != nil || w.events() != "role.deleted" || w.of("worker") != "" {
			t.Errorf("gone: %v, the client has %q", err, w.of("worker"))
		}
		if _, err := w.Get(w.ctx, roles.OneIn{ID: r.ID}); !models.IsFault(err, models.NotFound) {
			t.Errorf("after: %v", err)
		}
	})
}

// TestWhatARoleMayBe: each rule names the field and a stable word, and nothing is stored.
func TestWhatARoleMayBe(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.role("Reader")
		w.events()
		called := func(name string) roles.Fields { return roles.Fields{Name: models.Some(name)} }
		for _, c := range []struct {
			name string
			in   roles.CreateIn
			want string
		}{
			{"a name is needed", roles.CreateIn{Fields: called("   ")}, "name required"},
			{"it is not too long", roles.CreateIn{Fields: called(strings.Repeat("x", 129))}, "name too_long"},
			{"it is not of the server's own", roles.CreateIn{Fields: called("#internal:admin")}, "name reserved_name"},
			{"it is no other role's", roles.CreateIn{Fields: called("Reader")}, "name role_name_taken"},
			{"it is for people or machines", roles.CreateIn{Kind: "robot", Fields: called("A")}, "kind not_allowed"},
			{"its scopes are there", roles.CreateIn{Fields: called("A"), ScopeIDs: []string{w.scope["a"], "nothing"}}, "scope_ids[1] scope_not_found"},
		} {
			_, err := w.Create(w.ctx, c.in)
			if got := reason(err); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
		}
		if list, _ := w.List(w.ctx, roles.ListIn{}); len(list.Items) != 1 || w.events() != "" {
			t.Errorf("what was refused left %d roles", len(list.Items))
		}
	})
}

// TestTheScopesOfARole: given, replaced and taken; each change is one event that names all scopes before and after.
func TestTheScopesOfARole(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.role("Reader", "a")
		w.events()
		out, err := w.AddScopes(w.ctx, roles.ScopesIn{RoleID: r.ID, ScopeIDs: w.ids("a", "b")})
		if err != nil || len(out.Items) != 1 || out.Items[0].Name != "b" || w.held(r.ID) != "a b" || w.events() != "role.scopes_changed" {
			t.Fatalf("only b is new: %+v %v", out, err)
		}
		if _, err := w.AddScopes(w.ctx, roles.ScopesIn{RoleID: r.ID, ScopeIDs: w.ids("b")}); err != nil || w.events() != "" {
			t.Errorf("what it has is no change: %v", err)
		}
		all, err := w.SetScopes(w.ctx, roles.ScopesIn{RoleID: r.ID, ScopeIDs: w.ids("c", "b", "c")})
		if err != nil || len(all.Items) != 2 || w.events() != "role.scopes_changed" {
			t.Errorf("replaced: %+v %v", all, err)
		}
		if err := w.RemoveScope(w.ctx, roles.ScopeIn{RoleID: r.ID, ScopeID: w.scope["a"]}); !models.IsFault(err, models.NotFound) {
			t.Errorf("one that it has not: %v", err)
		}
		if err := w.RemoveScope(w.ctx, roles.ScopeIn{RoleID: r.ID, ScopeID: w.scope["c"]}); err != nil || w.held(r.ID) != "b" {
			t.Errorf("taken: %v", err)
		}
		if _, err := w.AddScopes(w.ctx, roles.ScopesIn{RoleID: "nobody", ScopeIDs: w.ids("a")}); !models.IsFault(err, models.NotFound) {
			t.Errorf("no role: %v", err)
		}
	})
}

// TestWhoCanHaveARole: clients that act for themselves, and roles that are for them.
func TestWhoCanHaveARole(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r, second := w.role("Reader"), w.role("Writer")
		people, err := w.Create(w.ctx, roles.CreateIn{Kind: models.RoleUser, Fields: roles.Fields{Name: models.Some("Person")}})
		if err != nil {
			t.Fatal(err)
		}
		w.events()
		for _, c := range []struct{ name, client, role, want string }{
			{"a client that does not authenticate", "spa", r.ID, "client_id client_not_machine"},
			{"a service provider", "sp", r.ID, "client_id client_not_machine"},
			{"a role for people", "worker", people.ID, "role_ids[0] role_not_machine"},
			{"a role that is not there", "worker", "nothing", "role_ids[0] role_not_found"},
		} {
			if _, err := w.Assign(w.ctx, roles.AssignIn{ClientID: c.client, RoleIDs: []string{c.role}}); reason(err) != c.want {
				t.Errorf("%s: %s, want %s", c.name, reason(err), c.want)
			}
		}
		if _, err := w.Assign(w.ctx, roles.AssignIn{ClientID: "nobody", RoleIDs: []string{r.ID}}); !models.IsFault(err, models.NotFound) {
			t.Errorf("no client: %v", err)
		}
		if _, err := w.Assign(w.ctx, roles.AssignIn{ClientID: "worker", RoleIDs: []string{second.ID, "nothing"}}); reason(err) != "role_ids[1] role_not_found" || w.of("worker") != "" || w.events() != "" {
			t.Errorf("all or none: %v, it has %q", err, w.of("worker"))
		}
		out, err := w.Assign(w.ctx, roles.AssignIn{ClientID: "worker", RoleIDs: []string{r.ID, r.ID}})
		if err != nil || len(out.Added) != 1 || w.events() != "role.assigned" {
			t.Fatalf("given once: %+v %v", out, err)
		}
		if out, err := w.Assign(w.ctx, roles.AssignIn{ClientID: "worker", RoleIDs: []string{r.ID}}); err != nil || len(out.Added) != 0 || w.events() != "" {
			t.Errorf("what it has is no change: %+v %v", out, err)
		}
		if _, err := w.Reassign(w.ctx, roles.AssignIn{ClientID: "worker", RoleIDs: []string{second.ID}}); err != nil || w.of("worker") != "Writer" || w.events() != "role.assigned role.unassigned" {
			t.Errorf("replaced: %v, it has %q", err, w.of("worker"))
		}
		if err := w.Unassign(w.ctx, roles.UnassignIn{ClientID: "worker", RoleID: r.ID}); !models.IsFault(err, models.NotFound) {
			t.Errorf("one that it has not: %v", err)
		}
		have, err := w.Clients(w.ctx, roles.ClientsIn{ID: second.ID, Q: "THE WORK"})
		if err != nil || have.Total != 1 || have.Items[0].ID != "worker" {
			t.Errorf("who has it: %+v %v", have, err)
		}
		if n, err := w.CountClients(w.ctx, []string{r.ID, second.ID}); err != nil || n[r.ID] != 0 || n[second.ID] != 1 {
			t.Errorf("counted: %v %v", n, err)
		}
		if err := w.Unassign(w.ctx, roles.UnassignIn{ClientID: "worker", RoleID: second.ID}); err != nil || w.of("worker") != "" {
			t.Errorf("taken: %v", err)
		}
	})
}

// TestAClientHasAHundredRolesAtMost, however they are given.
func TestAClientHasAHundredRolesAtMost(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	var all []string
	for i := range 101 {
		all = append(all, w.role(fmt.Sprint("Role ", i)).ID)
	}
	if _, err := w.Assign(w.ctx, roles.AssignIn{ClientID: "worker", RoleIDs: all}); reason(err) != "role_ids too_many" {
		t.Errorf("at once: %v", err)
	}
	if _, err := w.Assign(w.ctx, roles.AssignIn{ClientID: "worker", RoleIDs: append(all[:100:100], all[0])}); err != nil {
		t.Fatalf("a hundred, one of them twice: %v", err)
	}
	if _, err := w.Assign(w.ctx, roles.AssignIn{ClientID: "worker", RoleIDs: all[100:]}); reason(err) != "role_ids too_many" {
		t.Errorf("one more: %v", err)
	}
}

// TestRolesOfTheServersOwnStay: their names and scopes are the server's, and they are not deleted; starting again makes none twice.
func TestRolesOfTheServersOwnStay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own := roles.CreateIn{ID: "own", System: models.FaceAuth0, Kind: models.RoleMachine, Fields: roles.Fields{Name: models.Some("#internal:admin")}, ScopeIDs: w.ids("management")}
		for range 2 {
			if err := w.Ensure(models.System(w.ctx), own); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.events(); got != "role.created role.scopes_changed" {
			t.Errorf("a second start is no event: %s", got)
		}
		_, renamed := w.Update(w.ctx, roles.UpdateIn{ID: "own", Fields: roles.Fields{Name: models.Some("Mine")}})
		_, given := w.AddScopes(w.ctx, roles.ScopesIn{RoleID: "own", ScopeIDs: w.ids("a")})
		for what, err := range map[string]error{"renamed": renamed, "given": given, "deleted": w.Delete(w.ctx, roles.OneIn{ID: "own"})} {
			if reason(err) != "system_role" {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// TestNobodyGrantsMoreThanTheyHold: an editor neither puts a management API's scope into a role nor hands out a role that has one.
func TestNobodyGrantsMoreThanTheyHold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		power, plain := w.role("Power", "management"), w.role("Plain", "a")
		w.events()
		editor := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "edda", Actions: models.EditorActions})
		_, created := w.Create(editor, roles.CreateIn{Kind: models.RoleMachine, Fields: roles.Fields{Name: models.Some("New")}, ScopeIDs: w.ids("management")})
		_, given := w.AddScopes(editor, roles.ScopesIn{RoleID: plain.ID, ScopeIDs: w.ids("management")})
		_, assigned := w.Assign(editor, roles.AssignIn{ClientID: "worker", RoleIDs: []string{power.ID}})
		for what, err := range map[string]error{"created": created, "given": given, "assigned": assigned} {
			if reason(err) != "cannot_grant" {
				t.Errorf("%s: %v", what, err)
			}
		}
		if w.held(plain.ID) != "a" || w.of("worker") != "" || w.events() != "" {
			t.Errorf("left: %s, %s", w.held(plain.ID), w.of("worker"))
		}
		if _, err := w.Assign(editor, roles.AssignIn{ClientID: "worker", RoleIDs: []string{plain.ID}}); err != nil {
			t.Errorf("an ordinary one is theirs to give: %v", err)
		}
	})
}

// TestWhoMayNotTouchRoles: a viewer reads, another tenant sees nothing, a program of an application is refused.
func TestWhoMayNotTouchRoles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.role("Reader", "a")
		acts := func(ctx context.Context) map[string]error {
			_, create := w.Create(ctx, roles.CreateIn{Fields: roles.Fields{Name: models.Some("x")}})
			_, update := w.Update(ctx, roles.UpdateIn{ID: r.ID, Fields: roles.Fields{Name: models.Some("x")}})
			_, add := w.AddScopes(ctx, roles.ScopesIn{RoleID: r.ID, ScopeIDs: w.ids("b")})
			_, assign := w.Assign(ctx, roles.AssignIn{ClientID: "worker", RoleIDs: []string{r.ID}})
			return map[string]error{"create": create, "update": update, "add": add, "assign": assign, "delete": w.Delete(ctx, roles.OneIn{ID: r.ID})}
		}
		viewer := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "vera", Actions: models.ViewerActions})
		program := dbtest.As(t, models.Actor{Kind: models.ActorClient, ID: "c", ApplicationID: "shop", Actions: models.OwnActions})
		for who, ctx := range map[string]context.Context{"viewer": viewer, "program": program} {
			for what, err := range acts(ctx) {
				if !models.IsFault(err, models.Forbidden) {
					t.Errorf("%s, %s: %v", who, what, err)
				}
			}
		}
		if _, err := w.ListScopes(viewer, roles.OneIn{ID: r.ID}); err != nil {
			t.Errorf("a viewer reads: %v", err)
		}
		stranger := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "stan", TenantID: "other", Actions: models.OwnerActions})
		if _, err := w.Get(stranger, roles.OneIn{ID: r.ID}); !models.IsFault(err, models.NotFound) {
			t.Errorf("another tenant: %v", err)
		}
		if _, err := w.OfClient(stranger, roles.OfClientIn{ClientID: "worker"}); !models.IsFault(err, models.NotFound) {
			t.Errorf("a client of another tenant: %v", err)
		}
	})
}
