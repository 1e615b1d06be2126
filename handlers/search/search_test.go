package search

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/events"
	"gatehouse/models"
	views "gatehouse/views/search"
	"gatehouse/views/ui"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const leaked = "gh_4kwSecretThatSomebodyFoundInALog"

// house is a tenant with a few things in it.
func house(t testing.TB, db models.DB, vault *models.Vault) Ops {
	t.Helper()
	rows := []any{}
	add := func(row any) { rows = append(rows, row) }
	for _, a := range []struct{ id, name, kind, owner string }{{"bill0000000000000001a", "Billing worker", models.KindStandard, "Payments"}, {"k3v9x0q7m2tz8c4hw1n5d", "billing portal", models.KindStandard, ""},
		{"z4v9x0q7m2tz8c4hw1n5d", "Store_front", models.KindStandard, ""}, {"y5v9x0q7m2tz8c4hw1n5d", "100% Überraschung", models.KindManagement, ""}} {
		add(&models.Application{ID: a.id, TenantID: models.DefaultTenant, Kind: a.kind, Name: a.name, Owner: a.owner, DefaultClientID: "c" + a.id[1:], CreatedAt: noon, UpdatedAt: noon})
		add(&models.Client{ID: "c" + a.id[1:], TenantID: models.DefaultTenant, ApplicationID: a.id, Name: a.name + " client", Profile: models.ProfileWeb, CreatedAt: noon, UpdatedAt: noon})
	}
	add(&models.Credential{ID: "s1", TenantID: models.DefaultTenant, ApplicationID: "bill0000000000000001a", ClientID: "cill0000000000000001a", Kind: models.CredentialSecret, Name: "Primary", Prefix: "gh_4kw", LastFour: "aLog",
		Hash: vault.SecretHash(leaked), CreatedAt: noon})
	add(&models.Administrator{ID: "mia", TenantID: models.DefaultTenant, Name: "Bill Marsden", Email: "Mars@post.example", EmailKey: "mars@post.example", Role: models.RoleEditor, CreatedAt: noon, UpdatedAt: noon})
	add(&models.Event{ID: "event0000000000000001", TenantID: models.DefaultTenant, At: noon, Type: "secret.rotated", Outcome: "success", ActorName: "Maya", ObjectName: "Primary", RequestID: "req_01k9x4mv7t"})
	add(&models.Resource{ID: "orders", TenantID: models.DefaultTenant, Identifier: "https://bills.example.com/", Name: "Orders_API", CreatedAt: noon, UpdatedAt: noon})
	add(&models.Role{ID: "reader", TenantID: models.DefaultTenant, Name: "Order reader", Kind: models.RoleMachine, CreatedAt: noon, UpdatedAt: noon})
	add(&models.Webhook{ID: "told", TenantID: models.DefaultTenant, Name: "Order desk", URL: "https://example.com/", CreatedAt: noon, UpdatedAt: noon})
	for _, row := range rows {
		if _, err := db.Write.NewInsert().Model(row).Exec(dbtest.Context(t)); err != nil {
			t.Fatal(err)
		}
	}
	return Ops{DB: db, Vault: vault, Events: events.New(db, vault, func() time.Time { return noon })}
}

// told lists what was found as "group: title" lines.
func told(t testing.TB, o Ops, ctx context.Context, q string) string {
	t.Helper()
	r, err := o.Find(ctx, In{Q: q})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, g := range r.Groups {
		for _, h := range g.Hits {
			out = append(out, g.Label+": "+h.Title)
		}
	}
	return strings.Join(out, "\n")
}

func TestFind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := house(t, db, vault), dbtest.Context(t)
		cases := []struct {
			name, q   string
			have, not []string
		}{
			{"names begin so in any case", "BILL", []string{"Applications: Billing worker", "Applications: billing portal", "Clients: Billing worker client", "People: Bill Marsden",
				"Audit log: Events on ", "Do: Rotate a secret of ", `Do: Create application called "BILL"`}, []string{"Store_front"}},
			{"a longer beginning", "billing w", []string{"Applications: Billing worker"}, []string{"portal", "Marsden"}},
			{"the middle of a name is no beginning", "worker", []string{"Create application called"}, []string{"Applications:", "Clients:"}},
			{"an underscore is itself", "store_", []string{"Applications: Store_front"}, nil},
			{"an underscore is no wildcard", "store-", nil, []string{"Store_front"}},
			{"a percent sign is itself", "100%", []string{"Applications: 100% Überraschung"}, nil},
			{"a percent sign is no wildcard", "%", nil, []string{"Applications:", "Clients:", "People:"}},
			{"a quote is data", `' OR 1=1 --`, nil, []string{"Applications:", "Clients:", "People:"}},
			{"a backslash is data", `\`, nil, []string{"Applications:"}},
			{"letters beyond ASCII as they are", "100% Überr", []string{"Applications: 100% Überraschung"}, nil},
			{"an application by its id", "k3v9x0", []string{"Applications: billing portal"}, []string{"Store_front"}},
			{"a client by its id", "cill0000000000000001a", []string{"Clients: Billing worker client"}, nil},
			{"a secret by its first characters", "gh_4kw", []string{"Secrets: gh_4kw…aLog"}, nil},
			{"the beginning that all secrets have finds none", "gh_", nil, []string{"Secrets:"}},
			{"a whole secret tells whose it is", leaked, []string{"Secrets: gh_4kw…aLog"}, []string{leaked}},
			{"a whole secret that is not ours", leaked + "x", nil, []string{"Secrets:", leaked}},
			{"an administrator by address", "MARS@", []string{"People: Bill Marsden"}, nil},
			{"an API, a role and a webhook", "ORDER", []string{"APIs and connections: Orders_API", "APIs and connections: Order reader", "APIs and connections: Order desk"}, nil},
			{"an API by its identifier", "https://bills", []string{"APIs and connections: https://bills.example.com/"}, []string{"reader"}},
			{"whose underscore is no wildcard", "orders-a", nil, []string{"APIs and connections:"}},
			{"a request", "req_01k9x4mv7t", []string{"Audit log: Events of request req_01k9x4mv7t"}, []string{"Create application"}},
			{"an event", "event0000000000000001", []string{"Audit log: Secret rotated"}, nil},
			{"an act by any of its words", "sign", []string{"Do: Edit the sign-in experience", "Do: Rotate a signing key"}, nil},
			{"acts alone", ">create", []string{"Do: Create application"}, []string{"Applications:", "called"}},
			{"people alone", "@bill", []string{"People: Bill Marsden"}, []string{"Applications:"}},
			{"nothing typed", "", []string{"Do: Create application"}, []string{"Applications:", "called"}},
			{"too much typed", strings.Repeat("b", 101), nil, []string{":"}},
		}
		for _, c := range cases {
			got := told(t, o, ctx, c.q)
			for _, want := range c.have {
				if !strings.Contains(got, want) {
					t.Errorf("%s (%q): missing %q in\n%s", c.name, c.q, want, got)
				}
			}
			for _, unwanted := range c.not {
				if strings.Contains(got, unwanted) {
					t.Errorf("%s (%q): unwanted %q in\n%s", c.name, c.q, unwanted, got)
				}
			}
		}
	})
}

func TestFindShowsOnlyWhatTheRoleMayRead(t *testing.T) {
	db, vault := dbtest.Open(t)
	o := house(t, db, vault)
	as := func(actions ...string) context.Context {
		return dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "v", Actions: actions})
	}
	if got := told(t, o, as(), "bill"); got != "" {
		t.Errorf("who may nothing finds:\n%s", got)
	}
	cases := map[string]string{"application.read": "Applications:", "client.read": "Clients:", "administrator.read": "People:", "resource.read": "APIs and connections:", "application.create": "Do: Create application called"}
	for action, label := range cases {
		got := told(t, o, as(action), map[bool]string{true: "https://bill", false: "bill"}[action == "resource.read"])
		for _, other := range cases {
			if strings.Contains(got, other) != (other == label) {
				t.Errorf("with %s alone:\n%s", action, got)
			}
		}
	}
	for _, q := range []string{"gh_4kw", leaked, "req_01k9x4mv7t", "event0000000000000001"} {
		if got := told(t, o, as("application.read"), q); strings.Contains(got, "Secrets:") || strings.Contains(got, "Audit log:") {
			t.Errorf("%q with application.read alone:\n%s", q, got)
		}
	}
	foreign := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "o", TenantID: "another", Actions: models.OwnerActions})
	if got := told(t, o, foreign, "billing"); strings.Contains(got, "Applications:") || strings.Contains(got, "Clients:") {
		t.Errorf("another tenant finds:\n%s", got)
	}
}

func TestTheListIsShortAndNothingOfASecretIsRepeated(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := house(t, db, vault), dbtest.Context(t)
	for i := range 150 {
		row := models.Application{ID: fmt.Sprintf("many%017d", i), TenantID: models.DefaultTenant, Kind: models.KindStandard, Name: fmt.Sprintf("Audit %d", i), CreatedAt: noon, UpdatedAt: noon}
		if _, err := db.Write.NewInsert().Model(&row).Exec(ctx); err != nil {
			t.Fatal(err)
		}
	}
	draw := func(q string, fragment bool) string {
		r, err := o.Find(ctx, In{Q: q})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		c := views.Page(r)
		if fragment {
			c = views.Fragment(r)
		}
		if err := c.Render(ui.WithChrome(context.Background(), ui.Chrome{AdminName: "Mia"}), &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	html := draw("a", true)
	if n := strings.Count(html, `class="hit"`); n == 0 || n > Most {
		t.Errorf("%d results", n)
	}
	if !strings.Contains(html, "<mark>A</mark>udit log") || !strings.Contains(html, `id="palette-results"`) {
		t.Errorf("pages are found and marked:\n%s", html)
	}
	if page := draw("audit", false); strings.Count(page, `id="palette-results"`) != 1 || !strings.Contains(page, `value="audit"`) {
		t.Error("the page holds the palette's results twice, or not what was typed")
	}
	for _, q := range []string{leaked, leaked + "x"} {
		if strings.Contains(draw(q, false)+draw(q, true), q) {
			t.Errorf("%s is repeated", q)
		}
	}
	if page := draw(`"><script>x</script>`, false); strings.Contains(page, "<script>x") {
		t.Error("what was typed is not escaped")
	}
}
