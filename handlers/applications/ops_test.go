package applications_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/guides"
	"gatehouse/models"
)

func owner() context.Context {
	return models.WithActor(context.Background(), models.Actor{Kind: models.ActorAdministrator, ID: "ada", Name: "Ada", TenantID: models.DefaultTenant, Actions: models.OwnerActions, AuthTime: models.Now()})
}

func limited(applicationID string) context.Context {
	return models.WithActor(context.Background(), models.Actor{Kind: models.ActorClient, ID: "c", TenantID: models.DefaultTenant, ApplicationID: applicationID, Actions: models.OwnActions})
}

func ops(t *testing.T) applications.Ops {
	t.Helper()
	db, vault := dbtest.Open(t)
	return applications.New(db, vault, clients.New(db, vault))
}

func named(name string) applications.CreateIn {
	return applications.CreateIn{Fields: applications.Fields{Name: models.Some(name)}}
}

func create(t *testing.T, o applications.Ops, in applications.CreateIn) applications.CreateOut {
	t.Helper()
	out, err := o.Create(owner(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func events(t *testing.T, o applications.Ops) (out []models.Event) {
	t.Helper()
	if err := o.DB.Read.NewSelect().Model(&out).Order("at", "id").Scan(context.Background()); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCreateMakesADefaultClientAndSaysSo(t *testing.T) {
	o := ops(t)
	out := create(t, o, named("  Storefront "))
	app, err := o.Get(owner(), applications.IDIn{ID: out.ID})
	if err != nil || app.Name != "Storefront" || app.DefaultClientID != out.Client.ID || app.Version != 1 || len(app.ID) != 21 {
		t.Fatalf("%+v %v", app, err)
	}
	if out.Client.Name != "Storefront" || !out.Client.IsDefault || out.Secret == nil {
		t.Errorf("client %+v, secret %v", out.Client, out.Secret)
	}
	var types []string
	for _, e := range events(t, o) {
		types = append(types, e.Type)
		if strings.Contains(string(e.Detail), out.Secret.Value) {
			t.Errorf("event %s tells the secret", e.Type)
		}
	}
	if got := strings.Join(types, " "); !strings.Contains(got, "application.created") || !strings.Contains(got, "client.created") {
		t.Errorf("events: %s", got)
	}
}

// A program that runs in a browser or on a phone keeps no secret, also when its application was made over an API.
func TestTheFirstClientIsOfTheKindThatItsFrameworkNeeds(t *testing.T) {
	o := ops(t)
	for _, f := range guides.Frameworks {
		in := named(f.Name)
		in.Framework, in.Kind = f.ID, f.Kind
		if f.Protocol == models.ProtocolSAML {
			in.Client.SAML = models.Some(models.SAML{EntityID: "urn:hr", ACSURL: "https://hr.example.com/acs", NameIDType: "email"})
		}
		out := create(t, o, in)
		if out.Client.Profile != f.Profile || (out.Secret != nil) != (f.Profile == models.ProfileWeb || f.Profile == models.ProfileMachine || f.Profile == models.ProfileProtected) {
			t.Errorf("%s: profile %s, secret %v", f.ID, out.Client.Profile, out.Secret != nil)
		}
	}
	in := named("Own choice")
	in.Framework, in.Client.Profile = "react", models.Some(models.ProfileWeb)
	if out := create(t, o, in); out.Client.Profile != models.ProfileWeb {
		t.Errorf("what was asked for is %s", out.Client.Profile)
	}
}

func TestCreateRefusesWhatIsWrongAndLeavesNothing(t *testing.T) {
	cases := []struct {
		what  string
		in    applications.CreateIn
		field string
	}{
		{"no name", applications.CreateIn{}, "name"},
		{"a long name", named(strings.Repeat("x", 101)), "name"},
		{"markup in the name", named("<b>"), "name"},
		{"an unknown kind", applications.CreateIn{Fields: named("a").Fields, Kind: "other"}, "kind"},
		{"faces without management", applications.CreateIn{Fields: named("a").Fields, ManagementFaces: []string{"native"}}, "management_faces"},
		{"an unknown face", applications.CreateIn{Fields: named("a").Fields, Kind: "management", ManagementFaces: []string{"x"}}, "management_faces"},
		{"a plain http login address", applications.CreateIn{Fields: applications.Fields{Name: models.Some("a"), LoginURI: models.Some("http://app.example")}}, "login_uri"},
		{"a script as logo", applications.CreateIn{Fields: applications.Fields{Name: models.Some("a"), LogoURI: models.Some("javascript:alert(1)")}}, "logo_uri"},
		{"an SVG as logo", applications.CreateIn{Fields: applications.Fields{Name: models.Some("a"), LogoURI: models.Some("data:image/svg+xml;base64,AAAA")}}, "logo_uri"},
		{"a path as domain", applications.CreateIn{Fields: applications.Fields{Name: models.Some("a"), CustomDomain: models.Some("https://x.example/")}}, "custom_domain"},
		{"an unknown framework", applications.CreateIn{Fields: named("a").Fields, Framework: "cobol"}, "framework"},
		{"a wrong first client", applications.CreateIn{Fields: named("a").Fields, Client: clients.CreateIn{Settings: clients.Settings{RedirectURIs: models.Some([]string{"http://app.example/cb"})}}}, "redirect_uris"},
	}
	o := ops(t)
	for _, c := range cases {
		_, err := o.Create(owner(), c.in)
		f, ok := models.AsFault(err)
		if !ok || f.Code != models.Invalid || len(f.Fields) == 0 || !strings.Contains(f.Fields[0].Name, c.field) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	if n, err := o.Count(owner(), 100); err != nil || n != 0 {
		t.Errorf("%d applications are left, %v", n, err)
	}
	if got := events(t, o); len(got) != 0 {
		t.Errorf("%d events are left", len(got))
	}
}

func TestUpdateKeepsWhatIsAbsentAndMovesTheVersionOnce(t *testing.T) {
	o := ops(t)
	app := create(t, o, applications.CreateIn{Fields: applications.Fields{Name: models.Some("A"), Description: models.Some("d"), Tags: models.Some([]string{"x"})}})
	got, err := o.Update(owner(), applications.UpdateIn{ID: app.ID, Fields: named("B").Fields})
	if err != nil || got.Name != "B" || got.Description != "d" || len(got.Tags) != 1 || got.Version != app.Version+1 {
		t.Fatalf("%+v %v", got, err)
	}
	same, err := o.Update(owner(), applications.UpdateIn{ID: app.ID, Fields: named("B").Fields})
	if err != nil || same.Version != got.Version {
		t.Errorf("an update that changes nothing moved the version to %d, %v", same.Version, err)
	}
}

func TestOfTwoRacingUpdatesNoneIsLostSilently(t *testing.T) {
	o := ops(t)
	app := create(t, o, named("A"))
	var wg sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		wg.Go(func() {
			_, results[i] = o.Update(owner(), applications.UpdateIn{ID: app.ID, Version: models.Some(app.Version), Fields: named("B" + string(rune('0'+i))).Fields})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if !models.IsFault(err, models.Stale) {
			t.Errorf("loser: %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d updates won", won)
	}
}

func TestAClientOfAnotherApplicationIsOutOfReach(t *testing.T) {
	o := ops(t)
	mine, other := create(t, o, named("Mine")), create(t, o, named("Other"))
	ctx := limited(mine.ID)
	if _, err := o.Get(ctx, applications.IDIn{ID: mine.ID}); err != nil {
		t.Errorf("own: %v", err)
	}
	if _, err := o.Get(ctx, applications.IDIn{ID: other.ID}); !models.IsFault(err, models.NotFound) {
		t.Errorf("foreign get: %v", err)
	}
	if _, err := o.Update(ctx, applications.UpdateIn{ID: other.ID, Fields: named("X").Fields}); !models.IsFault(err, models.NotFound) {
		t.Errorf("foreign update: %v", err)
	}
	if err := o.Delete(ctx, applications.DeleteIn{ID: mine.ID}); !models.IsFault(err, models.Forbidden) {
		t.Errorf("own delete without the right: %v", err)
	}
	if _, err := o.Create(ctx, named("New")); !models.IsFault(err, models.Forbidden) {
		t.Errorf("create: %v", err)
	}
	page, err := o.List(ctx, applications.ListIn{})
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != mine.ID {
		t.Errorf("list: %+v %v", page.Items, err)
	}
}

func TestTheHubIsUniqueInItsTenant(t *testing.T) {
	o := ops(t)
	hub := applications.Fields{Name: models.Some("A"), Hub: models.Some(models.Hub{Centralized: true})}
	create(t, o, applications.CreateIn{Fields: hub})
	if _, err := o.Create(owner(), applications.CreateIn{Fields: hub}); !models.IsFault(err, models.Conflict) {
		t.Errorf("second hub: %v", err)
	}
}

func TestDeleteLeavesNoOrphan(t *testing.T) {
	o := ops(t)
	app := create(t, o, named("A"))
	cleaned := ""
	o.Cleanup = append(o.Cleanup, func(_ context.Context, _ models.DB, id string) error { cleaned = id; return nil })
	if err := o.Delete(owner(), applications.DeleteIn{ID: app.ID}); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"applications", "clients", "credentials"} {
		n, err := o.DB.Read.NewSelect().Table(table).Count(context.Background())
		if err != nil || n != 0 {
			t.Errorf("%s: %d rows, %v", table, n, err)
		}
	}
	if cleaned != app.ID {
		t.Errorf("other features were not asked to clean up")
	}
	if _, err := o.Get(owner(), applications.IDIn{ID: app.ID}); !models.IsFault(err, models.NotFound) {
		t.Errorf("deleted: %v", err)
	}
}

func TestDeletingSeveralIsAllOrNone(t *testing.T) {
	o := ops(t)
	a := create(t, o, named("A"))
	if _, err := o.DeleteAll(owner(), applications.BulkIn{IDs: []string{a.ID, "missing"}}); !models.IsFault(err, models.NotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := o.Get(owner(), applications.IDIn{ID: a.ID}); err != nil {
		t.Errorf("the first was deleted: %v", err)
	}
}

func TestWalkingThePagesSeesEachApplicationOnce(t *testing.T) {
	o := ops(t)
	for i := range 23 {
		create(t, o, named(string(rune('a'+i%7))+"pp"))
	}
	for _, sort := range []string{"", "created", "name", "-name"} {
		var seen []string
		var back []string
		in := applications.ListIn{Sort: sort, PageIn: models.PageIn{Limit: 5}}
		var last applications.Page
		for {
			page, err := o.List(owner(), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range page.Items {
				seen = append(seen, a.ID)
			}
			last = page
			if page.Next == "" {
				break
			}
			in.Cursor = page.Next
		}
		for p := last; ; {
			for i := len(p.Items) - 1; i >= 0; i-- {
				back = append([]string{p.Items[i].ID}, back...)
			}
			if p.Prev == "" {
				break
			}
			var err error
			if p, err = o.List(owner(), applications.ListIn{Sort: sort, PageIn: models.PageIn{Limit: 5, Cursor: p.Prev}}); err != nil {
				t.Fatal(err)
			}
		}
		unique := map[string]bool{}
		for _, id := range seen {
			unique[id] = true
		}
		if len(seen) != 23 || len(unique) != 23 || strings.Join(seen, ",") != strings.Join(back, ",") {
			t.Errorf("sort %q: forward %d (%d unique), backward %d", sort, len(seen), len(unique), len(back))
		}
	}
}

func TestACursorOfAnotherListIsRefused(t *testing.T) {
	o := ops(t)
	for range 3 {
		create(t, o, named("A"))
	}
	page, err := o.List(owner(), applications.ListIn{PageIn: models.PageIn{Limit: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, cursor := range []string{page.Next + "x", "AAAA", strings.Repeat("A", 400)} {
		if _, err := o.List(owner(), applications.ListIn{PageIn: models.PageIn{Limit: 1, Cursor: cursor}}); !models.IsFault(err, models.Invalid) {
			t.Errorf("%q: %v", cursor, err)
		}
	}
	if _, err := o.List(owner(), applications.ListIn{Sort: "name", PageIn: models.PageIn{Cursor: page.Next}}); !models.IsFault(err, models.Invalid) {
		t.Errorf("cursor of another order: %v", err)
	}
}

func TestSearchTakesItsTextLiterally(t *testing.T) {
	o := ops(t)
	create(t, o, named("100% sure"))
	create(t, o, named("Other"))
	for q, want := range map[string]int{"100%": 1, "%": 1, "_": 0, "' OR 1=1 --": 0, "OTHER": 1} {
		page, err := o.List(owner(), applications.ListIn{Q: q})
		if err != nil || len(page.Items) != want {
			t.Errorf("%q finds %d, %v", q, len(page.Items), err)
		}
	}
}

func TestAListEncodesAsItsRowsDo(t *testing.T) {
	o := ops(t)
	create(t, o, named("A \"quoted\" name"))
	create(t, o, named("B"))
	page, err := o.List(owner(), applications.ListIn{PageIn: models.PageIn{Limit: 1}})
	if err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(page.List)
	if got := page.AppendJSON(nil); string(got) != string(want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestARolledBackCreationIsNotCached(t *testing.T) {
	o := ops(t)
	var id string
	_ = models.InTx(owner(), o.DB, func(ctx context.Context, tx models.DB) error {
		out, err := o.In(tx).Create(ctx, named("Ghost"))
		if err != nil {
			t.Fatal(err)
		}
		id = out.ID
		if _, err := o.In(tx).Get(ctx, applications.IDIn{ID: id}); err != nil {
			t.Fatal(err)
		}
		return errors.New("roll back")
	})
	if _, err := o.Get(owner(), applications.IDIn{ID: id}); !models.IsFault(err, models.NotFound) {
		t.Errorf("got %v", err)
	}
}

// TestListsByLastUse walks the list both ways, in pages of two, over what was used and what never was.
func TestListsByLastUse(t *testing.T) {
	o := ops(t)
	uses := models.NewUsages(o.DB, models.Now)
	var ids []string
	for i := range 7 {
		ids = append(ids, create(t, o, named(fmt.Sprintf("App %d", i))).ID)
	}
	for _, i := range []int{4, 1, 6} { // 6 was used last
		uses.Touch(models.UsedApplication, ids[i], "192.0.2.1")
		if err := uses.Flush(owner()); err != nil {
			t.Fatal(err)
		}
	}
	never := []string{ids[0], ids[2], ids[3], ids[5]}
	slices.Sort(never)
	up := append(slices.Clone(never), ids[4], ids[1], ids[6])
	down := slices.Clone(up)
	slices.Reverse(down)
	for sort, want := range map[string][]string{"used": up, "-used": down} {
		var got, back []string
		in := applications.ListIn{Sort: sort, PageIn: models.PageIn{Limit: 2}}
		var last applications.Page
		for {
			page, err := o.List(owner(), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range page.Items {
				got = append(got, a.ID)
			}
			last = page
			if in.Cursor = page.Next; in.Cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", sort, got, want)
		}
		for in.Cursor = last.Prev; in.Cursor != ""; in.Cursor = last.Prev {
			var err error
			if last, err = o.List(owner(), in); err != nil {
				t.Fatal(err)
			}
			for i := len(last.Items) - 1; i >= 0; i-- {
				back = append(back, last.Items[i].ID)
			}
		}
		slices.Reverse(back)
		if !slices.Equal(back, want[:len(back)]) || len(back) != 6 {
			t.Errorf("%s backwards: %v, want %v", sort, back, want[:6])
		}
	}
}

// TestAPageIsForgottenWhenAnApplicationChanges: pages are remembered until then, with each filter and for each reach.
func TestAPageIsForgottenWhenAnApplicationChanges(t *testing.T) {
	o := ops(t)
	shown := func(ctx context.Context, in applications.ListIn) string {
		t.Helper()
		page, err := o.List(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, a := range page.Items {
			names = append(names, a.Name)
		}
		return strings.Join(names, " ")
	}
	expect := func(step, byName, active, own string, of string) {
		t.Helper()
		got := []string{shown(owner(), applications.ListIn{Sort: "name"}), shown(owner(), applications.ListIn{Status: "active"}), shown(limited(of), applications.ListIn{})}
		if want := []string{byName, active, own}; !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", step, got, want)
		}
	}
	first := create(t, o, named("Bakery")).ID
	expect("one", "Bakery", "Bakery", "Bakery", first)
	second := create(t, o, named("Atlas")).ID
	expect("created", "Atlas Bakery", "Atlas Bakery", "Bakery", first)
	if _, err := o.Update(owner(), applications.UpdateIn{ID: second, Fields: applications.Fields{Name: models.Some("Cinema"), Disabled: models.Some(true)}}); err != nil {
		t.Fatal(err)
	}
	expect("renamed and disabled", "Bakery Cinema", "Bakery", "Cinema", second)
	if err := o.Delete(owner(), applications.DeleteIn{ID: first}); err != nil {
		t.Fatal(err)
	}
	expect("deleted", "Cinema", "", "Cinema", second)
}
