package grants_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/grants"
	"gatehouse/handlers/resources"
	"gatehouse/handlers/roles"
	"gatehouse/models"
)

// world is a database with two APIs, a management API, and clients of an ordinary and of a management application.
type world struct {
	grants.Ops
	t     *testing.T
	ctx   context.Context
	roles roles.Ops
	apis  resources.Ops
	api   []models.Resource
	seen  int
}

const management = "https://id.example.com/api/v2/"

func newWorld(t *testing.T, db models.DB, vault *models.Vault) *world {
	t.Helper()
	apis := resources.New(db, vault, resources.Names{})
	w := &world{t: t, ctx: dbtest.Context(t), apis: apis, roles: roles.New(db, vault),
		Ops: grants.New(db, vault, func(ctx context.Context, db models.DB, identifier string) (models.Resource, error) {
			return apis.In(db).ByIdentifier(ctx, identifier)
		})}
	now := models.Now()
	shop := models.Application{ID: "shop", TenantID: models.DefaultTenant, Name: "Shop", Kind: models.KindStandard, CreatedAt: now, UpdatedAt: now}
	ops := models.Application{ID: "ops", TenantID: models.DefaultTenant, Name: "Ops", Kind: models.KindManagement, ManagementFaces: []string{models.FaceAuth0}, CreatedAt: now, UpdatedAt: now}
	rows := []any{&shop, &ops}
	for id, app := range map[string]string{"worker": "shop", "partner": "shop", "admin": "ops"} {
		rows = append(rows, &models.Client{ID: id, TenantID: models.DefaultTenant, ApplicationID: app, Name: id, Protocol: models.ProtocolOIDC,
			TokenEndpointAuthMethod: models.AuthSecretBasic, ThirdParty: id == "partner", CreatedAt: now, UpdatedAt: now})
	}
	for _, row := range rows {
		if _, err := db.Write.NewInsert().Model(row).Exec(w.ctx); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2 {
		r, err := apis.Create(w.ctx, resources.CreateIn{Identifier: api(i), Fields: resources.Fields{Scopes: models.Some([]resources.ScopeIn{{Name: "a"}, {Name: "b"}, {Name: "c"}})}})
		if err != nil {
			t.Fatal(err)
		}
		w.api = append(w.api, r)
	}
	if err := apis.Ensure(w.ctx, []resources.System{{ID: "own", Face: models.FaceAuth0, Identifier: management, Name: "Management API", Scopes: []models.Scope{{Name: "read:clients"}}}}); err != nil {
		t.Fatal(err)
	}
	w.events()
	return w
}

func api(i int) string { return fmt.Sprintf("https://api-%d.example.com/", i) }

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
	out := strings.Join(types[w.seen:], " ")
	w.seen = len(types)
	return out
}

func scopes(names ...string) grants.Fields {
	return grants.Fields{Scopes: models.Some(append([]string{}, names...))}
}

func all() grants.Fields { return grants.Fields{AllScopes: models.Some(true)} }

func (w *world) grant(client, identifier string, f grants.Fields) models.ClientGrant {
	w.t.Helper()
	g, err := w.Create(w.ctx, grants.CreateIn{ClientID: client, Identifier: identifier, Fields: f})
	if err != nil {
		w.t.Fatal(err)
	}
	return g
}

// may is what a client may ask for: "identifier scope" by line, and what gives it each.
func (w *world) may(client string) map[string][]string {
	w.t.Helper()
	out, err := w.Access(w.ctx, grants.OfClientIn{ClientID: client})
	if err != nil {
		w.t.Fatal(err)
	}
	list := map[string][]string{}
	for _, a := range out.Items {
		for _, s := range a.Scopes {
			for _, via := range s.Via {
				list[a.Identifier+" "+s.Name] = append(list[a.Identifier+" "+s.Name], via.Kind)
			}
		}
	}
	return list
}

// reason is the stable word of a fault, with the field that it names.
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

// TestTheLifeOfAGrant: given, changed, not by whoever read an older one, and taken back.
func TestTheLifeOfAGrant(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		g := w.grant("worker", api(0), scopes("b", "a", "b"))
		if strings.Join(g.Scopes, " ") != "b a" || g.Identifier != api(0) || w.events() != "client_grant.created" {
			t.Fatalf("given: %+v", g)
		}
		out, err := w.Update(w.ctx, grants.UpdateIn{ID: g.ID, Version: models.Some(g.Version), Fields: scopes("c")})
		if err != nil || strings.Join(out.Scopes, " ") != "c" || out.Version != g.Version+1 || w.events() != "client_grant.updated" {
			t.Fatalf("changed: %+v %v", out, err)
		}
		_, err = w.Update(w.ctx, grants.UpdateIn{ID: g.ID, Version: models.Some(g.Version), Fields: all()})
		if f, _ := models.AsFault(err); f == nil || f.Code != models.Stale || strings.Join(f.Current.(models.ClientGrant).Scopes, " ") != "c" {
			t.Errorf("an older version: %v", err)
		}
		if _, err := w.Update(w.ctx, grants.UpdateIn{ID: g.ID, Fields: scopes("c")}); err != nil || w.events() != "" {
			t.Errorf("saying the same is no change: %v", err)
		}
		whole, err := w.Update(w.ctx, grants.UpdateIn{ID: g.ID, Fields: all()})
		if err != nil || !whole.AllScopes || len(whole.Scopes) != 0 || len(w.may("worker")) != 3 {
			t.Errorf("all of them: %+v %v", whole, err)
		}
		if _, err := w.apis.CreateScope(w.ctx, resources.CreateScopeIn{ResourceID: w.api[0].ID, ScopeIn: resources.ScopeIn{Name: "later"}}); err != nil || len(w.may("worker")) != 4 {
			t.Errorf("a scope of later is among all: %v", err)
		}
		w.events()
		if err := w.Delete(w.ctx, grants.OneIn{ID: g.ID}); err != nil || w.events() != "client_grant.deleted" || len(w.may("worker")) != 0 {
			t.Errorf("taken back: %v, it has %v", err, w.may("worker"))
		}
		if err := w.Delete(w.ctx, grants.OneIn{ID: g.ID}); !models.IsFault(err, models.NotFound) {
			t.Errorf("again: %v", err)
		}
	})
}

// TestWhatAGrantMayBe: each rule names the field and a stable word, and nothing is stored.
func TestWhatAGrantMayBe(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.grant("worker", api(0), scopes("a"))
		w.events()
		for _, c := range []struct {
			name string
			in   grants.CreateIn
			want string
		}{
			{"it is for somebody", grants.CreateIn{Identifier: api(1)}, "client_id required"},
			{"and not for all as well", grants.CreateIn{Identifier: api(1), ClientID: "worker", DefaultFor: "third_party_clients"}, "default_for not_allowed"},
			{"it is for a known kind", grants.CreateIn{Identifier: api(1), DefaultFor: "friends"}, "default_for not_allowed"},
			{"on behalf of somebody known", grants.CreateIn{Identifier: api(1), ClientID: "worker", SubjectType: "dog"}, "subject_type not_allowed"},
			{"for a registered resource", grants.CreateIn{Identifier: "https://nobody.example.com/", ClientID: "worker"}, "identifier resource_not_found"},
			{"with scopes that it has", grants.CreateIn{Identifier: api(1), ClientID: "worker", Fields: scopes("a", "fly")}, "scopes[1] scope_not_found"},
			{"once", grants.CreateIn{Identifier: api(0), ClientID: "worker", Fields: scopes("b")}, "identifier client_grant_taken"},
		} {
			_, err := w.Create(w.ctx, c.in)
			if got := reason(err); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
		}
		if _, err := w.Create(w.ctx, grants.CreateIn{Identifier: api(1), ClientID: "nobody"}); !models.IsFault(err, models.NotFound) {
			t.Errorf("no client: %v", err)
		}
		if list, _ := w.List(w.ctx, grants.ListIn{}); len(list.Items) != 1 || w.events() != "" {
			t.Errorf("what was refused left %d grants", len(list.Items))
		}
		if _, err := w.Create(w.ctx, grants.CreateIn{Identifier: api(0), ClientID: "worker", SubjectType: models.SubjectUser, Fields: scopes("b")}); err != nil {
			t.Errorf("on behalf of people it is another grant: %v", err)
		}
		if got := w.may("worker"); len(got) != 1 {
			t.Errorf("which says nothing of what it may ask for itself: %v", got)
		}
	})
}

// TestWhatGoesTakesItsGrantsAlong: a resource, a scope.
func TestWhatGoesTakesItsGrantsAlong(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		g := w.grant("worker", api(0), scopes("a", "b"))
		w.grant("worker", api(1), all())
		if err := w.apis.DeleteScope(w.ctx, resources.ScopeIDIn{ResourceID: w.api[0].ID, ID: w.api[0].Scopes[0].ID}); err != nil {
			t.Fatal(err)
		}
		if got, err := w.Get(w.ctx, grants.OneIn{ID: g.ID}); err != nil || strings.Join(got.Scopes, " ") != "b" {
			t.Errorf("without the scope: %+v %v", got, err)
		}
		if err := w.apis.Delete(w.ctx, resources.OneIn{ID: w.api[0].ID}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Get(w.ctx, grants.OneIn{ID: g.ID}); !models.IsFault(err, models.NotFound) {
			t.Errorf("without the resource: %v", err)
		}
		if got := w.may("worker"); len(got) != 3 {
			t.Errorf("the other stays: %v", got)
		}
	})
}

// TestAManagementApplicationHoldsItsAPI whole, without any grant, and says so.
func TestAManagementApplicationHoldsItsAPI(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if got := w.may("admin"); len(got) != 1 || fmt.Sprint(got[management+" read:clients"]) != "[application]" {
			t.Errorf("%v", got)
		}
		if got := w.may("worker"); len(got) != 0 {
			t.Errorf("an ordinary one holds %v", got)
		}
	})
}

// TestNobodyGrantsMoreThanTheyHold: an editor gives no scope of a management API, neither by name nor by all.
func TestNobodyGrantsMoreThanTheyHold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		g := w.grant("worker", management, scopes())
		w.events()
		editor := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "edda", Actions: models.EditorActions})
		for name, f := range map[string]grants.Fields{"by name": scopes("read:clients"), "by all": all()} {
			if _, err := w.Create(editor, grants.CreateIn{ClientID: "partner", Identifier: management, Fields: f}); reason(err) != "cannot_grant" {
				t.Errorf("new, %s: %v", name, err)
			}
			if _, err := w.Update(editor, grants.UpdateIn{ID: g.ID, Fields: f}); reason(err) != "cannot_grant" {
				t.Errorf("changed, %s: %v", name, err)
			}
		}
		if len(w.may("worker"))+len(w.may("partner")) != 0 || w.events() != "" {
			t.Error("something was given")
		}
	})
}

// TestWhoMayNotTouchGrants: a viewer reads, another tenant sees nothing, a program of an application reads its own access alone.
func TestWhoMayNotTouchGrants(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		g := w.grant("worker", api(0), scopes("a"))
		viewer := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "vera", Actions: models.ViewerActions})
		program := dbtest.As(t, models.Actor{Kind: models.ActorClient, ID: "c", ApplicationID: "shop", Actions: models.OwnActions})
		for who, ctx := range map[string]context.Context{"viewer": viewer, "program": program} {
			_, create := w.Create(ctx, grants.CreateIn{ClientID: "partner", Identifier: api(0)})
			_, update := w.Update(ctx, grants.UpdateIn{ID: g.ID, Fields: all()})
			for what, err := range map[string]error{"create": create, "update": update, "delete": w.Delete(ctx, grants.OneIn{ID: g.ID})} {
				if !models.IsFault(err, models.Forbidden) {
					t.Errorf("%s, %s: %v", who, what, err)
				}
			}
			if out, err := w.Access(ctx, grants.OfClientIn{ClientID: "worker"}); err != nil || len(out.Items) != 1 {
				t.Errorf("%s reads access: %+v %v", who, out, err)
			}
		}
		if _, err := w.Access(program, grants.OfClientIn{ClientID: "admin"}); !models.IsFault(err, models.NotFound) {
			t.Errorf("a client of another application: %v", err)
		}
		stranger := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "stan", TenantID: "other", Actions: models.OwnerActions})
		if _, err := w.Get(stranger, grants.OneIn{ID: g.ID}); !models.IsFault(err, models.NotFound) {
			t.Errorf("another tenant: %v", err)
		}
	})
}

// TestAccessIsTheUnionOfWhatGivesIt is a law: whatever grants, default grants and roles there are, a client may ask for a scope exactly
// when one of them gives it, and the answer names each that does. The model beside it is written without the database.
func TestAccessIsTheUnionOfWhatGivesIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		dice, names := rand.New(rand.NewPCG(7, 11)), []string{"a", "b", "c"}
		some := func() []string {
			return slices.DeleteFunc(slices.Clone(names), func(string) bool { return dice.IntN(2) == 0 })
		}
		for round := range 12 {
			want := map[string]map[string][]string{"worker": {}, "partner": {}}
			gives := func(client string, at int, kind string, list []string) {
				for _, s := range list {
					want[client][api(at)+" "+s] = append(want[client][api(at)+" "+s], kind)
				}
			}
			var made []string
			for i := range 2 {
				for _, client := range []string{"worker", "partner", ""} {
					if dice.IntN(3) == 0 {
						continue
					}
					in, list := grants.CreateIn{ClientID: client, Identifier: api(i)}, some()
					if in.Fields = scopes(list...); dice.IntN(4) == 0 {
						in.Fields, list = all(), names
					}
					who := client
					if client == "" {
						in.DefaultFor, who = "third_party_clients", "partner"
					}
					g, err := w.Create(w.ctx, in)
					if err != nil {
						t.Fatal(err)
					}
					made = append(made, g.ID)
					gives(who, i, "client_grant", list)
				}
			}
			var given []string
			for n := range 2 {
				at, list := dice.IntN(2), some()
				var ids []string
				for _, s := range w.api[at].Scopes {
					if slices.Contains(list, s.Name) {
						ids = append(ids, s.ID)
					}
				}
				r, err := w.roles.Create(w.ctx, roles.CreateIn{Kind: models.RoleMachine, Fields: roles.Fields{Name: models.Some(fmt.Sprint("Role ", round, n))}, ScopeIDs: ids})
				if err != nil {
					t.Fatal(err)
				}
				given = append(given, r.ID)
				for _, client := range []string{"worker", "partner"} {
					if dice.IntN(2) == 0 {
						if _, err := w.roles.Assign(w.ctx, roles.AssignIn{ClientID: client, RoleIDs: []string{r.ID}}); err != nil {
							t.Fatal(err)
						}
						gives(client, at, "role", list)
					}
				}
			}
			for client := range want {
				if got := w.may(client); !maps.EqualFunc(got, want[client], sameWays) {
					t.Fatalf("round %d, %s:\n%v\nwant\n%v", round, client, got, want[client])
				}
			}
			for _, id := range made {
				if err := w.Delete(w.ctx, grants.OneIn{ID: id}); err != nil {
					t.Fatal(err)
				}
			}
			for _, id := range given {
				if err := w.roles.Delete(w.ctx, roles.OneIn{ID: id}); err != nil {
					t.Fatal(err)
				}
			}
			if left := len(w.may("worker")) + len(w.may("partner")); left != 0 {
				t.Fatalf("round %d: %d stay when all is taken back", round, left)
			}
		}
	})
}

// sameWays compares what gives something, in any order.
func sameWays(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
