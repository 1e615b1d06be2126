package resources_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/resources"
	"gatehouse/models"
)

const api = "https://api.example.com/"

// world is a database with the operations, and what events it held when it was last asked.
type world struct {
	resources.Ops
	t    *testing.T
	ctx  context.Context
	seen int
}

func newWorld(t *testing.T, db models.DB, vault *models.Vault) *world {
	return &world{Ops: resources.New(db, vault, resources.Names{System: map[string]string{"https://id.example.com/api/v2/": "auth0"}, Reserved: []string{"https://id.example.com/old"}}),
		t: t, ctx: dbtest.Context(t)}
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

func (w *world) create(in resources.CreateIn) models.Resource {
	w.t.Helper()
	r, err := w.Create(w.ctx, in)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
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
	out := []string{}
	for _, field := range f.Fields {
		out = append(out, field.Name+" "+field.Reason)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func scopes(names ...string) models.Opt[[]resources.ScopeIn] {
	list := []resources.ScopeIn{}
	for _, n := range names {
		list = append(list, resources.ScopeIn{Name: n})
	}
	return models.Some(list)
}

func names(list []models.Scope) string {
	out := []string{}
	for _, s := range list {
		out = append(out, s.Name)
	}
	return strings.Join(out, " ")
}

// TestTheLifeOfAResource: made, read, changed, not changed by whoever read an older one, and gone; each change is an event.
func TestTheLifeOfAResource(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.create(resources.CreateIn{Identifier: api, Fields: resources.Fields{Scopes: scopes("read", "write")}})
		if r.Name != api || r.Version != 1 || names(r.Scopes) != "read write" || w.events() != "resource.created" {
			t.Fatalf("made: %+v", r)
		}
		got, err := w.Get(w.ctx, resources.OneIn{ID: r.ID})
		if err != nil || got.Identifier != api || names(got.Scopes) != "read write" {
			t.Fatalf("read: %+v %v", got, err)
		}
		changed, err := w.Update(w.ctx, resources.UpdateIn{ID: r.ID, Version: models.Some(int64(1)), Fields: resources.Fields{Name: models.Some("Orders"), LifetimeSeconds: models.Some(int64(900))}})
		if err != nil || changed.Name != "Orders" || changed.Version != 2 || *changed.AccessTokenLifetimeSeconds != 900 || w.events() != "resource.updated" {
			t.Fatalf("changed: %+v %v", changed, err)
		}
		_, err = w.Update(w.ctx, resources.UpdateIn{ID: r.ID, Version: models.Some(int64(1)), Fields: resources.Fields{Name: models.Some("Other")}})
		if f, _ := models.AsFault(err); f == nil || f.Code != models.Stale || f.Current.(models.Resource).Name != "Orders" {
			t.Errorf("an older version: %v", err)
		}
		if same, err := w.Update(w.ctx, resources.UpdateIn{ID: r.ID, Fields: resources.Fields{Name: models.Some("Orders")}}); err != nil || same.Version != 2 || w.events() != "" {
			t.Errorf("saying the same is no change: %+v %v", same, err)
		}
		back, err := w.Update(w.ctx, resources.UpdateIn{ID: r.ID, Fields: resources.Fields{Name: models.Null[string](), LifetimeSeconds: models.Null[int64]()}})
		if err != nil || back.Name != api || back.AccessTokenLifetimeSeconds != nil {
			t.Errorf("null puts back: %+v %v", back, err)
		}
		w.events()
		if err := w.Delete(w.ctx, resources.OneIn{ID: r.ID}); err != nil || w.events() != "resource.deleted" {
			t.Fatal(err)
		}
		if _, err := w.Get(w.ctx, resources.OneIn{ID: r.ID}); !models.IsFault(err, models.NotFound) {
			t.Errorf("after: %v", err)
		}
		if n, _ := w.DB.Read.NewSelect().Model((*models.Scope)(nil)).Count(w.ctx); n != 0 {
			t.Errorf("%d scopes stay", n)
		}
	})
}

// TestWhatAResourceMayBe: each rule names the field and a stable word, and nothing is stored.
func TestWhatAResourceMayBe(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.create(resources.CreateIn{Identifier: api})
		w.events()
		fields := func(f resources.Fields) resources.CreateIn {
			return resources.CreateIn{Identifier: "https://b.example.com/", Fields: f}
		}
		for _, c := range []struct {
			name string
			in   resources.CreateIn
			want string
		}{
			{"an identifier is needed", resources.CreateIn{}, "identifier required"},
			{"it has no spaces", resources.CreateIn{Identifier: "a b"}, "identifier invalid_identifier"},
			{"it is not too long", resources.CreateIn{Identifier: strings.Repeat("x", 601)}, "identifier too_long"},
			{"it is not a management API's", resources.CreateIn{Identifier: "https://id.example.com/api/v2/"}, "identifier reserved_identifier"},
			{"nor a name that was one", resources.CreateIn{Identifier: "https://id.example.com/old"}, "identifier reserved_identifier"},
			{"it is nobody else's", resources.CreateIn{Identifier: api}, "identifier resource_identifier_taken"},
			{"a name has no tags", fields(resources.Fields{Name: models.Some("<b>")}), "name not_allowed"},
			{"a lifetime is a month at most", fields(resources.Fields{LifetimeSeconds: models.Some(int64(2592001))}), "access_token_lifetime_seconds out_of_range"},
			{"an algorithm is a known one", fields(resources.Fields{SigningAlg: models.Some("none")}), "signing_alg not_allowed"},
			{"a scope has a name", fields(resources.Fields{Scopes: scopes("")}), "scopes[0].name required"},
			{"without a quote", fields(resources.Fields{Scopes: scopes("ok", `a"b`)}), "scopes[1].name invalid_scope_name"},
			{"once", fields(resources.Fields{Scopes: scopes("a", "a")}), "scopes[1].name repeated"},
			{"a symmetric key is long enough", fields(resources.Fields{SigningSecret: models.Some(models.NewSecret("short"))}), "signing_secret too_short"},
		} {
			_, err := w.Create(w.ctx, c.in)
			if got := reason(err); got != c.want {
				t.Errorf("%s: %s, want %s", c.name, got, c.want)
			}
		}
		if list, _ := w.List(w.ctx, resources.ListIn{}); len(list.Items) != 1 || w.events() != "" {
			t.Errorf("what was refused left %d resources", len(list.Items))
		}
	})
}

// TestOneScopeAtATime: added, renamed, removed, each with its refusals.
func TestOneScopeAtATime(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.create(resources.CreateIn{Identifier: api, Fields: resources.Fields{Scopes: scopes("read")}})
		w.events()
		s, err := w.CreateScope(w.ctx, resources.CreateScopeIn{ResourceID: r.ID, ScopeIn: resources.ScopeIn{Name: "write"}})
		if err != nil || w.events() != "scope.created" {
			t.Fatal(err)
		}
		of := resources.ScopeIDIn{ResourceID: r.ID, ID: s.ID}
		if out, err := w.UpdateScope(w.ctx, resources.UpdateScopeIn{ScopeIDIn: of, Name: models.Some("change")}); err != nil || out.Name != "change" || out.ID != s.ID || w.events() != "scope.updated" {
			t.Fatalf("renamed: %+v %v", out, err)
		}
		if _, err := w.CreateScope(w.ctx, resources.CreateScopeIn{ResourceID: r.ID, ScopeIn: resources.ScopeIn{Name: "read"}}); !strings.Contains(reason(err), "scope_name_taken") {
			t.Errorf("twice: %v", err)
		}
		if _, err := w.UpdateScope(w.ctx, resources.UpdateScopeIn{ScopeIDIn: of, Name: models.Some("read")}); !strings.Contains(reason(err), "scope_name_taken") {
			t.Errorf("renamed to another: %v", err)
		}
		if _, err := w.CreateScope(w.ctx, resources.CreateScopeIn{ResourceID: "nobody", ScopeIn: resources.ScopeIn{Name: "x"}}); !models.IsFault(err, models.NotFound) {
			t.Errorf("of nothing: %v", err)
		}
		other := w.create(resources.CreateIn{Identifier: "https://b.example.com/"})
		if err := w.DeleteScope(w.ctx, resources.ScopeIDIn{ResourceID: other.ID, ID: s.ID}); !models.IsFault(err, models.NotFound) {
			t.Errorf("a scope of another resource: %v", err)
		}
		w.events()
		if err := w.DeleteScope(w.ctx, of); err != nil || w.events() != "scope.deleted" {
			t.Fatal(err)
		}
		if got, _ := w.Get(w.ctx, resources.OneIn{ID: r.ID}); names(got.Scopes) != "read" {
			t.Errorf("left: %s", names(got.Scopes))
		}
	})
}

// TestScopesThatStayKeepTheirIDs is a law of replacing the list: by name, whatever the lists are. What was granted hangs on the ids.
func TestScopesThatStayKeepTheirIDs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		dice, words := rand.New(rand.NewPCG(1, 2)), []string{"a", "b", "c", "d", "e"}
		r, before := w.create(resources.CreateIn{Identifier: api}), map[string]string{}
		for range 25 {
			dice.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
			want := words[:dice.IntN(len(words)+1)]
			out, err := w.Update(w.ctx, resources.UpdateIn{ID: r.ID, Fields: resources.Fields{Scopes: scopes(want...)}})
			if err != nil || names(out.Scopes) != strings.Join(want, " ") {
				t.Fatalf("%v: %s %v", want, names(out.Scopes), err)
			}
			got, _ := w.Get(w.ctx, resources.OneIn{ID: r.ID})
			if names(got.Scopes) != strings.Join(want, " ") {
				t.Fatalf("%v is read as %s", want, names(got.Scopes))
			}
			after := map[string]string{}
			for _, s := range got.Scopes {
				after[s.Name] = s.ID
				if id, had := before[s.Name]; had && id != s.ID {
					t.Errorf("%s was %s and is %s", s.Name, id, s.ID)
				}
			}
			before = after
		}
	})
}

// TestManagementAPIsAreTheServersOwn: made at every start, in one state; nobody renames, empties or deletes them.
func TestManagementAPIsAreTheServersOwn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own := resources.System{ID: "own", Face: "auth0", Identifier: "https://id.example.com/api/v2/", Name: "Management API", Scopes: []models.Scope{{Name: "read:clients"}}}
		for range 2 {
			if err := w.Ensure(w.ctx, []resources.System{own}); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.events(); got != "resource.created" {
			t.Errorf("a second start is no event: %s", got)
		}
		own.Identifier, own.Scopes = "https://login.example.com/api/v2/", append(own.Scopes, models.Scope{Name: "read:logs"})
		if err := w.Ensure(w.ctx, []resources.System{own}); err != nil {
			t.Fatal(err)
		}
		got, _ := w.Get(w.ctx, resources.OneIn{ID: "own"})
		if got.Identifier != own.Identifier || names(got.Scopes) != "read:clients read:logs" {
			t.Errorf("a newer version: %+v", got)
		}
		_, renamed := w.Update(w.ctx, resources.UpdateIn{ID: "own", Fields: resources.Fields{Name: models.Some("Mine")}})
		_, emptied := w.Update(w.ctx, resources.UpdateIn{ID: "own", Fields: resources.Fields{Scopes: scopes()}})
		_, added := w.CreateScope(w.ctx, resources.CreateScopeIn{ResourceID: "own", ScopeIn: resources.ScopeIn{Name: "x"}})
		for what, err := range map[string]error{"renamed": renamed, "emptied": emptied, "added to": added, "deleted": w.Delete(w.ctx, resources.OneIn{ID: "own"})} {
			if reason(err) != "system_resource" {
				t.Errorf("%s: %v", what, err)
			}
		}
		if out, err := w.Update(w.ctx, resources.UpdateIn{ID: "own", Fields: resources.Fields{SigningAlg: models.Some("RS256")}}); err != nil || out.SigningAlg != "RS256" {
			t.Errorf("its signature may be chosen: %v", err)
		}
	})
}

// TestListsArePages: the newest first, by a part of the name in any case, and through cursors to and fro.
func TestListsArePages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 5 {
			w.create(resources.CreateIn{Identifier: fmt.Sprintf("https://%d.example.com/", i), Fields: resources.Fields{Name: models.Some(fmt.Sprintf("API_%d", i))}})
		}
		first, err := w.List(w.ctx, resources.ListIn{PageIn: models.PageIn{Limit: 2}})
		if err != nil || len(first.Items) != 2 || first.Items[0].Name != "API_4" {
			t.Fatalf("%+v %v", first, err)
		}
		second, err := w.List(w.ctx, resources.ListIn{PageIn: models.PageIn{Limit: 2, Cursor: first.Next}})
		if err != nil || second.Items[0].Name != "API_2" {
			t.Fatalf("%+v %v", second, err)
		}
		if back, err := w.List(w.ctx, resources.ListIn{PageIn: models.PageIn{Limit: 2, Cursor: second.Prev}}); err != nil || back.Items[0].Name != "API_4" {
			t.Errorf("%+v %v", back, err)
		}
		if found, _ := w.List(w.ctx, resources.ListIn{Q: "api_3"}); len(found.Items) != 1 {
			t.Errorf("found %d", len(found.Items))
		}
		if none, _ := w.List(w.ctx, resources.ListIn{Q: "api%3"}); len(none.Items) != 0 {
			t.Error("a wildcard of the database matches itself alone")
		}
		if _, err := w.List(w.ctx, resources.ListIn{PageIn: models.PageIn{Cursor: "made up"}}); !models.IsFault(err, models.Invalid) {
			t.Errorf("a cursor of somebody's own: %v", err)
		}
	})
}

// TestWhoMayNotTouchResources: a viewer reads, another tenant sees nothing, a program of an application is refused.
func TestWhoMayNotTouchResources(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.create(resources.CreateIn{Identifier: api, Fields: resources.Fields{Scopes: scopes("read")}})
		one := resources.OneIn{ID: r.ID}
		acts := func(ctx context.Context) map[string]error {
			_, create := w.Create(ctx, resources.CreateIn{Identifier: "https://x.example.com/"})
			_, update := w.Update(ctx, resources.UpdateIn{ID: r.ID, Fields: resources.Fields{Name: models.Some("x")}})
			_, scope := w.CreateScope(ctx, resources.CreateScopeIn{ResourceID: r.ID, ScopeIn: resources.ScopeIn{Name: "x"}})
			return map[string]error{"create": create, "update": update, "scope": scope, "delete": w.Delete(ctx, one)}
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
		if _, err := w.Get(viewer, one); err != nil {
			t.Errorf("a viewer reads: %v", err)
		}
		stranger := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "stan", TenantID: "other", Actions: models.OwnerActions})
		if _, err := w.Get(stranger, one); !models.IsFault(err, models.NotFound) {
			t.Errorf("another tenant: %v", err)
		}
		if err := w.Delete(stranger, one); !models.IsFault(err, models.NotFound) {
			t.Errorf("another tenant deletes: %v", err)
		}
	})
}
