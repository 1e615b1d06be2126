package overview

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/events"
	"gatehouse/models"
	views "gatehouse/views/overview"
	"gatehouse/views/ui"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func testOps(db models.DB, vault *models.Vault) Ops {
	now := func() time.Time { return noon }
	return New(db, vault, events.New(db, vault, now), "http://localhost:8080", now)
}

func put(t testing.TB, db models.DB, rows ...any) {
	t.Helper()
	for _, row := range rows {
		if _, err := db.Write.NewInsert().Model(row).Exec(dbtest.Context(t)); err != nil {
			t.Fatal(err)
		}
	}
}

func application(id, name string) *models.Application {
	return &models.Application{ID: id, TenantID: models.DefaultTenant, Kind: models.KindStandard, Name: name, CreatedAt: noon, UpdatedAt: noon}
}

func client(id, app, name string) *models.Client {
	return &models.Client{ID: id, TenantID: models.DefaultTenant, ApplicationID: app, Name: name, CreatedAt: noon, UpdatedAt: noon}
}

func secret(id, app, client string, expires time.Time) *models.Credential {
	return &models.Credential{ID: id, TenantID: models.DefaultTenant, ApplicationID: app, ClientID: client, Kind: models.CredentialSecret, Name: id, Prefix: "gh_4kw",
		LastFour: "x7p2", ExpiresAt: &expires, CreatedAt: noon}
}

func event(id, kind string, at time.Time, outcome string) *models.Event {
	return &models.Event{ID: id, TenantID: models.DefaultTenant, At: at, Type: kind, Outcome: outcome, ActorKind: models.ActorAdministrator, ActorID: "maya", ActorName: "Maya Okafor",
		ObjectKind: "client", ObjectID: "c1", ObjectName: "Storefront web", ApplicationID: "a1"}
}

func drawn(t testing.TB, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(ui.WithChrome(context.Background(), ui.Chrome{AdminName: "Mia Okafor", TenantName: "Fernway"}), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func contains(t *testing.T, html string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(html, p) {
			t.Errorf("missing %q in\n%s", p, html)
		}
	}
}

func TestFiguresAreThoseOfTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx, day := testOps(db, vault), dbtest.Context(t), 24*time.Hour
		put(t, db, application("a1", "Storefront"), application("a2", "Billing"), client("c1", "a1", "Storefront web"), client("c2", "a1", "Storefront job"), client("c3", "a2", "Billing worker"),
			secret("s-week", "a1", "c1", noon.Add(3*day)), secret("s-month", "a2", "c3", noon.Add(29*day)), secret("s-later", "a2", "c3", noon.Add(31*day)), secret("s-over", "a2", "c3", noon.Add(-day)))
		gone := secret("s-gone", "a1", "c2", noon.Add(2*day))
		gone.RevokedAt = &noon
		put(t, db, gone,
			&models.Usage{ObjectKind: models.UsedClient, ObjectID: "c1", LastUsedAt: noon, Count: 1200}, &models.Usage{ObjectKind: models.UsedClient, ObjectID: "c3", LastUsedAt: noon, Count: 34},
			&models.Usage{ObjectKind: models.UsedApplication, ObjectID: "a1", LastUsedAt: noon, Count: 1200}, &models.Usage{ObjectKind: models.UsedCredential, ObjectID: "s-week", LastUsedAt: noon.Add(-40 * time.Second), Count: 9},
			event("e1", "client.updated", noon.Add(-time.Hour), "success"), event("e2", "administrator.signed_in", noon.Add(-2*time.Hour), "success"),
			event("e3", "administrator.sign_in_failed", noon.Add(-3*time.Hour), "failure"), event("e4", "secret.revealed", noon.Add(-26*time.Hour), "success"))
		for i := range 25 {
			put(t, db, event(fmt.Sprint("r", i), "token.refused", noon.Add(-5*time.Hour), "failure"))
		}
		p, err := o.Show(ctx, In{Period: "24h"})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, s := range p.Stats {
			got[s.Label] = s.Value
			if s.Href == "" {
				t.Errorf("%s leads nowhere", s.Label)
			}
		}
		want := map[string]string{"Applications": "2", "Clients": "3", "Tokens issued": "1,234", "Refused tokens, 24 hours": "25", "Failed sign-ins, 24 hours": "1"}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("figures: %v, want %v", got, want)
		}
		page := drawn(t, views.Show(p))
		contains(t, page, "Hello, Mia", "One secret expires this week.", "Storefront web", "gh_4kw…x7p2, used 40 s ago", "3 days", "29 days", "All 2", `href="/console/applications/a1/secrets"`,
			"changed the client", "07:00: 25 failures, most of them refused tokens", "since=2026-11-21T07%3A00%3A00Z", "Previous 24 hours", "As table")
		if strings.Contains(page, "s-later") || strings.Contains(page, "s-gone") || strings.Contains(page, "signed in to") {
			t.Error("the overview shows what is not soon, is gone, or is no change")
		}
	})
}

func TestEveryFigureLeadsToTheListThatExplainsIt(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := testOps(db, vault), dbtest.Context(t)
	put(t, db, application("a1", "Storefront"), event("e1", "token.refused", noon.Add(-time.Hour), "failure"), event("e2", "client.updated", noon.Add(-time.Hour), "failure"))
	p, err := o.Show(ctx, In{})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Stats[3]; got.Value != "1" || got.Href != "/console/audit?when=24h&outcome=failure&type=token.refused" {
		t.Fatalf("%+v", got)
	}
	list, err := o.Events.List(ctx, events.ListIn{FilterIn: events.FilterIn{Types: []string{"token.refused"}, Outcome: "failure"}})
	if err != nil || len(list.Items) != 1 {
		t.Errorf("the list holds %d, %v", len(list.Items), err)
	}
}

func TestAFreshTenantSeesWhereToBegin(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := testOps(db, vault), dbtest.Context(t)
	management := application("m1", "terraform-ci")
	management.Kind = models.KindManagement
	put(t, db, management)
	p, err := o.Show(ctx, In{})
	if err != nil {
		t.Fatal(err)
	}
	page := drawn(t, views.Show(p))
	contains(t, page, "Welcome, Mia", "No applications yet", `href="/console/applications/new"`, "0 of 6", "Finish setting up", "Nothing to seal yet")
	if strings.Contains(page, "Tokens issued") {
		t.Error("figures of nothing")
	}
}

func TestTheChecklistKnowsWhatIsDone(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := testOps(db, vault), dbtest.Context(t)
	me := &models.Administrator{ID: "olivia000000", TenantID: models.DefaultTenant, Email: "o@example.com", EmailKey: "o", Name: "Olivia", Role: models.RoleOwner, CreatedAt: noon, UpdatedAt: noon}
	put(t, db, application("a1", "Storefront"), me)
	open := func() (labels []string) {
		p, err := o.Show(ctx, In{})
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range p.Tasks {
			if !task.Done {
				labels = append(labels, task.Label)
			}
		}
		return labels
	}
	if got := open(); len(got) != 5 || got[0] != "Get its first token" {
		t.Fatalf("after the application: %q", got)
	}
	second := *me
	second.ID, second.EmailKey = "second", "s"
	put(t, db, &second, &models.Usage{ObjectKind: models.UsedClient, ObjectID: "c1", LastUsedAt: noon, Count: 1},
		&models.ExperienceLayer{ID: models.DefaultTenant, TenantID: models.DefaultTenant, Number: 1, UpdatedAt: noon})
	if got := open(); len(got) != 2 {
		t.Fatalf("after token, branding and a second administrator: %q", got)
	}
	if _, err := db.Write.NewUpdate().Model(me).Set("totp_confirmed_at = ?", noon).WherePK().Exec(ctx); err != nil {
		t.Fatal(err)
	}
	o.URL = "https://id.example.com"
	if got := open(); got != nil {
		t.Fatalf("in the end: %q", got)
	}
	p, _ := o.Show(ctx, In{})
	contains(t, drawn(t, views.Show(p)), "Health")
	if p.Tasks != nil {
		t.Error("a finished list is shown")
	}
}

func TestAViewerSeesOnlyTasksItMayDo(t *testing.T) {
	db, vault := dbtest.Open(t)
	o := testOps(db, vault)
	p, err := o.Show(dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "v", Actions: models.ViewerActions}), In{})
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range p.Tasks {
		if strings.HasPrefix(task.Label, "Create") || strings.HasPrefix(task.Label, "Invite") {
			t.Errorf("a viewer is asked to: %s", task.Label)
		}
	}
	page := drawn(t, views.Show(p))
	if strings.Contains(page, "Untold") {
		t.Error(page)
	}
	p, err = o.Show(dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "n", Actions: models.Actions{"application.read"}}), In{})
	if err != nil || p.ShowLog || p.ShowKeys || p.Chart != nil || len(p.Recent)+len(p.Expiring) > 0 || len(p.Health) != 1 {
		t.Errorf("without event.read and client.read: %+v, %v", p, err)
	}
}

func TestHealth(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := testOps(db, vault), dbtest.Context(t)
	key := func(id, alg, status string) *models.SigningKey {
		return &models.SigningKey{ID: id, TenantID: models.DefaultTenant, KID: id, Alg: alg, Use: "sig", Status: status, PublicJWK: []byte("{}"), CreatedAt: noon, UpdatedAt: noon}
	}
	put(t, db, key("k1", models.AlgES256, models.KeyCurrent), key("k2", models.AlgRS256, models.KeyCurrent), key("k3", models.AlgES256, models.KeyNext))
	checks, trouble, err := o.health(ctx, noon)
	if err != nil || trouble || checks[2].Text != "ES256 and RS256 sign; a next key waits for ES256" {
		t.Fatalf("%+v, %v, %v", checks, trouble, err)
	}
	if !o.Healthy(ctx) {
		t.Error("the side bar says that something is wrong")
	}
	put(t, db, event("e1", "client.updated", noon.Add(-2*time.Minute), "success"))
	checks, trouble, err = o.health(ctx, noon)
	if err != nil || !trouble || checks[1].State != ui.StateWarn || !strings.Contains(checks[1].Text, "since 2 min") {
		t.Fatalf("a sealer that does not come: %+v, %v, %v", checks, trouble, err)
	}
	if !o.Healthy(ctx) {
		t.Error("a judgement holds for five seconds")
	}
}

func TestExpiringSecretsByPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := testOps(db, vault), dbtest.Context(t)
		put(t, db, application("a1", "Storefront"), client("c1", "a1", "Storefront web"))
		for i := range 7 {
			put(t, db, secret(fmt.Sprint("s", i), "a1", "c1", noon.Add(time.Duration(1+i/2)*time.Hour)))
		}
		var seen []string
		in := models.PageIn{Limit: 3}
		for {
			l, err := o.Expiring(ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range l.Secrets {
				seen = append(seen, s.ID)
			}
			contains(t, drawn(t, views.Expiring(l)), "Storefront web")
			if l.Older == "" {
				break
			}
			in.Cursor = strings.TrimPrefix(l.Older, "/console/expiring?cursor=")
		}
		if got := strings.Join(seen, " "); got != "s0 s1 s2 s3 s4 s5 s6" {
			t.Errorf("in order: %s", got)
		}
	})
}
