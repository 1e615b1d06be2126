package connections

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

// world is a database with operations and, when asked, clients.
type world struct {
	Ops
	apps applications.Ops
	ctx  context.Context
	t    *testing.T
}

func newWorld(t *testing.T, db models.DB, vault *models.Vault) world {
	return world{Ops: New(db, vault), apps: applications.New(db, vault, clients.New(db, vault)), ctx: dbtest.Context(t), t: t}
}

func open(t *testing.T) world {
	db, vault := dbtest.Open(t)
	return newWorld(t, db, vault)
}

func (w world) client(name string) string {
	w.t.Helper()
	in := applications.CreateIn{}
	in.Name = models.Some(name)
	out, err := w.apps.Create(w.ctx, in)
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Client.ID
}

func (w world) make(name, strategy string, options map[string]any) models.Connection {
	w.t.Helper()
	in := CreateIn{Name: name, Strategy: strategy}
	in.Options = models.Some(options)
	c, err := w.Create(w.ctx, in)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func reason(err error) string {
	f, ok := models.AsFault(err)
	switch {
	case !ok && err == nil:
		return ""
	case !ok:
		return "internal: " + err.Error()
	case len(f.Fields) > 0:
		return f.Fields[0].Name + " " + f.Fields[0].Reason
	}
	return f.Reason
}

// automation is a management client: its reads carry secrets, those of people never do.
func automation(t *testing.T) context.Context {
	return dbtest.As(t, models.Actor{Kind: models.ActorClient, ID: "robot", Name: "Robot", Actions: models.OwnerActions})
}

func TestSecretsAreSealedAndShownToNobodyWhoMayNotReadThem(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault)
		c := w.make("work", "oidc", map[string]any{"client_id": "a", "client_secret": "hush-1", "gateway": map[string]any{"secret": "hush-2"}})
		if _, ok := c.Options["client_secret"]; ok || !slices.Equal(c.SecretOptions, []string{"/client_secret", "/gateway/secret"}) {
			t.Errorf("%+v", c)
		}
		for _, query := range []string{"SELECT sealed_secret || options || secret_options FROM connections", "SELECT COALESCE(detail, '') FROM events"} {
			var texts []string
			if err := db.Read.NewRaw(query).Scan(w.ctx, &texts); err != nil || len(texts) == 0 || strings.Contains(strings.Join(texts, "\n"), "hush") {
				t.Errorf("%s: %v, %v", query, texts, err)
			}
		}
		full, err := w.WithSecrets(automation(t), c)
		if err != nil || full.Options["client_secret"] != "hush-1" || full.Options["gateway"].(map[string]any)["secret"] != "hush-2" {
			t.Errorf("%+v, %v", full.Options, err)
		}
		if seen, err := w.WithSecrets(w.ctx, c); err != nil || seen.Options["client_secret"] != nil {
			t.Errorf("an owner, who reveals secrets and does not read them, sees %+v, %v", seen.Options, err)
		}
		viewer := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "v", Actions: models.ViewerActions})
		if seen, err := w.WithSecrets(viewer, c); err != nil || seen.Options["client_secret"] != nil {
			t.Errorf("a viewer sees %+v, %v", seen.Options, err)
		}
		if _, err := db.Write.NewUpdate().Table("tenants").Set("secrets = 'write-once'").Where("1 = 1").Exec(w.ctx); err != nil {
			t.Fatal(err)
		}
		if seen, err := w.WithSecrets(automation(t), c); err != nil || seen.Options["client_secret"] != nil {
			t.Errorf("write-once shows %+v, %v", seen.Options, err)
		}
	})
}

func TestAnUpdateKeepsReplacesAndTakesAwaySecrets(t *testing.T) {
	w := open(t)
	for i, c := range []struct {
		about   string
		replace bool
		options map[string]any
		want    map[string]any // with secrets
	}{
		{"a merge keeps what is not said", false, map[string]any{"scope": "openid"}, map[string]any{"client_id": "a", "client_secret": "s", "scope": "openid"}},
		{"a merge replaces a secret", false, map[string]any{"client_secret": "t"}, map[string]any{"client_id": "a", "client_secret": "t"}},
		{"null takes a secret away", false, map[string]any{"client_secret": nil}, map[string]any{"client_id": "a"}},
		{"null takes an option away", false, map[string]any{"client_id": nil, "client_secret": "t"}, map[string]any{"client_secret": "t"}},
		{"a secret does not move to another account", false, map[string]any{"client_id": "b"}, map[string]any{"client_id": "b"}},
		{"replacing keeps the secret of the same account", true, map[string]any{"client_id": "a"}, map[string]any{"client_id": "a", "client_secret": "s"}},
		{"replacing everything", true, map[string]any{"client_id": "b", "client_secret": "t"}, map[string]any{"client_id": "b", "client_secret": "t"}},
	} {
		made := w.make(fmt.Sprintf("work-%d", i), "oidc", map[string]any{"client_id": "a", "client_secret": "s"})
		in := UpdateIn{ID: made.ID, Replace: c.replace}
		in.Options = models.Some(c.options)
		after, err := w.Update(w.ctx, in)
		if err != nil {
			t.Fatal(c.about, err)
		}
		if full, err := w.WithSecrets(automation(t), after); err != nil || !sameJSON(full.Options, c.want) {
			t.Errorf("%s: %v, %v", c.about, full.Options, err)
		}
	}
}

func TestWhatIsWrongWithAConnectionIsNamed(t *testing.T) {
	w := open(t)
	w.make("taken", "oidc", nil)
	for about, c := range map[string]struct {
		change func(*CreateIn)
		want   string
	}{
		"a name with spaces":  {func(in *CreateIn) { in.Name = "my work" }, "name not_a_name"},
		"no name":             {func(in *CreateIn) { in.Name = "" }, "name required"},
		"a name of another":   {func(in *CreateIn) { in.Name = "taken" }, "name connection_name_taken"},
		"no strategy":         {func(in *CreateIn) { in.Strategy = "" }, "strategy required"},
		"an unknown strategy": {func(in *CreateIn) { in.Strategy = "pigeon" }, "strategy not_allowed"},
		"an issuer that is no address": {func(in *CreateIn) {
			in.Strategy, in.Options = "oidc", models.Some(map[string]any{"issuer": "nonsense"})
		}, "options.issuer not_a_url"},
		"an endpoint that is none":    {func(in *CreateIn) { in.Options = models.Some(map[string]any{"token_endpoint": "here"}) }, "options.token_endpoint not_a_url"},
		"an endpoint that is no text": {func(in *CreateIn) { in.Options = models.Some(map[string]any{"jwks_uri": 5}) }, "options.jwks_uri wrong_type"},
		"a client that is not there":  {func(in *CreateIn) { in.Clients = models.Some([]string{"nobody"}) }, "enabled_clients client_not_found"},
		"an application that is not":  {func(in *CreateIn) { in.ApplicationID = "nobody" }, "application_not_found"},
		"a long metadata value":       {func(in *CreateIn) { in.Metadata = models.Some(map[string]string{"a": strings.Repeat("x", 256)}) }, "metadata.a too_long"},
		"an id with a slash":          {func(in *CreateIn) { in.ID = "a/b" }, "id not_an_id"},
	} {
		in := CreateIn{Name: "work", Strategy: "oidc"}
		c.change(&in)
		if _, err := w.Create(w.ctx, in); reason(err) != c.want {
			t.Errorf("%s: %q, want %q", about, reason(err), c.want)
		}
	}
	if all, err := w.List(w.ctx, ListIn{}); err != nil || len(all.Items) != 1 {
		t.Errorf("nothing half-written: %d, %v", len(all.Items), err)
	}
}

func TestClientsAreEnabledAndGoWithTheClient(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault)
		a, b := w.client("A"), w.client("B")
		c := w.make("work", "oidc", nil)
		if err := w.SwitchClients(w.ctx, SwitchClientsIn{ID: c.ID, Clients: []ClientSwitch{{a, true}, {b, true}}}); err != nil {
			t.Fatal(err)
		}
		if err := w.SwitchClients(w.ctx, SwitchClientsIn{ID: c.ID, Clients: []ClientSwitch{{a, false}, {"nobody", true}}}); reason(err) != "enabled_clients client_not_found" {
			t.Errorf("all or none: %v", err)
		}
		first, err := w.Clients(w.ctx, ClientsIn{ID: c.ID, Limit: 1})
		if err != nil || len(first.Items) != 1 || first.Next == "" {
			t.Fatalf("%+v, %v", first, err)
		}
		second, _ := w.Clients(w.ctx, ClientsIn{ID: c.ID, Limit: 1, After: first.Next})
		if all := append(first.Items, second.Items...); len(all) != 2 || second.Next != "" || all[0] == all[1] {
			t.Errorf("%v", all)
		}
		if of, _ := w.Find(w.ctx, FindIn{Filter: Filter{ClientID: a}, Total: true}); of.Total != 1 || len(of.Items) != 1 {
			t.Errorf("%+v", of)
		}
		app, _ := w.apps.Clients.Get(w.ctx, clients.OneIn{ID: a})
		if err := w.apps.Delete(w.ctx, applications.DeleteIn{ID: app.ApplicationID}); err != nil {
			t.Fatal(err)
		}
		if left, err := w.Clients(w.ctx, ClientsIn{ID: c.ID}); err != nil || !slices.Equal(left.Items, []string{b}) {
			t.Errorf("%v, %v", left.Items, err)
		}
		if err := w.Delete(w.ctx, IDIn{ID: c.ID}); err != nil {
			t.Fatal(err)
		}
		if n, _ := db.Read.NewSelect().Table("connection_clients").Count(w.ctx); n != 0 {
			t.Errorf("%d rows left", n)
		}
	})
}

func TestListsNarrowAndPage(t *testing.T) {
	w := open(t)
	for _, c := range [][2]string{{"google", "google"}, {"work", "oidc"}, {"people", "auth0"}, {"push", "fcm"}} {
		w.make(c[0], c[1], nil)
	}
	for about, c := range map[string]struct {
		in   ListIn
		want string
	}{
		"all but services, newest first": {ListIn{}, "people work google"},
		"by name":                        {ListIn{Sort: "name"}, "google people work"},
		"a part of the name":             {ListIn{Filter: Filter{Q: "OR"}}, "work"},
		"the whole name":                 {ListIn{Filter: Filter{Name: "wor"}}, ""},
		"strategies":                     {ListIn{Filter: Filter{Strategies: []string{"auth0", "google"}}}, "people google"},
		"a kind":                         {ListIn{Filter: Filter{Kind: "service"}}, "push"},
	} {
		page, err := w.List(w.ctx, c.in)
		if got := names(page.Items); err != nil || got != c.want {
			t.Errorf("%s: %q, %v", about, got, err)
		}
	}
	first, _ := w.List(w.ctx, ListIn{PageIn: models.PageIn{Limit: 2}, Sort: "name"})
	second, err := w.List(w.ctx, ListIn{PageIn: models.PageIn{Limit: 2, Cursor: first.Next}, Sort: "name"})
	if names(first.Items)+" "+names(second.Items) != "google people work" || second.Next != "" || second.Prev == "" || err != nil {
		t.Errorf("%v %v %v", names(first.Items), names(second.Items), err)
	}
	found, err := w.Find(w.ctx, FindIn{Offset: 1, Limit: 1, Total: true})
	if err != nil || names(found.Items) != "work" || found.Total != 3 || found.Next == "" {
		t.Errorf("%+v, %v", found, err)
	}
	if rest, err := w.Find(w.ctx, FindIn{After: found.Next, Limit: 5}); err != nil || names(rest.Items) != "people" || rest.Next != "" {
		t.Errorf("%+v, %v", rest, err)
	}
}

func names(all []models.Connection) string {
	var out []string
	for _, c := range all {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

func TestAnotherVersionIsNotOverwritten(t *testing.T) {
	w := open(t)
	c := w.make("work", "oidc", nil)
	in := UpdateIn{ID: c.ID, Version: models.Some(c.Version)}
	in.DisplayName = models.Some("Work")
	after, err := w.Update(w.ctx, in)
	if err != nil || after.Version != 2 {
		t.Fatal(after.Version, err)
	}
	if _, err := w.Update(w.ctx, in); !models.IsFault(err, models.Stale) {
		t.Errorf("%v", err)
	}
	in.Version = models.Some(after.Version)
	if again, err := w.Update(w.ctx, in); err != nil || again.Version != 2 {
		t.Errorf("the same again is no change: %d, %v", again.Version, err)
	}
}

func TestOnlyWhoMayReadsAndChanges(t *testing.T) {
	w := open(t)
	c := w.make("work", "oidc", nil)
	viewer := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "v", Actions: models.ViewerActions})
	own := dbtest.As(t, models.Actor{Kind: models.ActorClient, ID: "c", ApplicationID: "x", Actions: models.OwnActions})
	in := UpdateIn{ID: c.ID}
	in.Enabled = models.Some(false)
	for about, err := range map[string]error{
		"a viewer changes":  second(w.Update(viewer, in)),
		"a viewer deletes":  w.Delete(viewer, IDIn{ID: c.ID}),
		"a viewer tests":    second(w.Test(viewer, IDIn{ID: c.ID})),
		"a client lists":    second(w.List(own, ListIn{})),
		"a client reads":    second(w.Get(own, IDIn{ID: c.ID})),
		"a client switches": w.SwitchClients(own, SwitchClientsIn{ID: c.ID, Clients: []ClientSwitch{{"x", true}}}),
	} {
		if !models.IsFault(err, models.Forbidden) {
			t.Errorf("%s: %v", about, err)
		}
	}
	if _, err := w.Get(viewer, IDIn{ID: c.ID}); err != nil {
		t.Error(err)
	}
}

func second[T any](_ T, err error) error { return err }

var errDown = errors.New("down")
