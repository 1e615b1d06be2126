package events

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
	"gatehouse/views/applications"
	views "gatehouse/views/events"
	"gatehouse/views/ui"
)

func drawn(t testing.TB, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(ui.WithChrome(context.Background(), ui.Chrome{AdminName: "Mia Okafor"}), &b); err != nil {
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

func change(t testing.TB, before, after any) json.RawMessage {
	t.Helper()
	return models.Diff(before, after)
}

func TestTheLogTellsWhoDidWhat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := testOps(db, vault), dbtest.Context(t)
		app := models.Application{ID: "app1", TenantID: models.DefaultTenant, Name: "Storefront", CreatedAt: noon, UpdatedAt: noon}
		client := models.Client{ID: "cl1", TenantID: models.DefaultTenant, ApplicationID: "app1", Name: "Storefront web", CreatedAt: noon, UpdatedAt: noon}
		for _, row := range []any{&app, &client} {
			if _, err := db.Write.NewInsert().Model(row).Exec(ctx); err != nil {
				t.Fatal(err)
			}
		}
		seq := int64(1204)
		have(t, db,
			models.Event{ID: "e1", At: noon, Type: "client.updated", ActorKind: models.ActorAdministrator, ActorID: "maya", ActorName: "Maya Okafor", ObjectKind: "client", ObjectID: "cl1",
				ObjectName: "Storefront web", ApplicationID: "app1", Face: "console", IP: "192.0.2.14", RequestID: "req1", Seq: &seq,
				Detail: json.RawMessage(`{"redirect_uris":{"before":["https://a.example/cb"],"after":["https://a.example/cb","https://b.example/cb"]},"jwks":{"hidden":true}}`)},
			models.Event{ID: "e2", At: noon.Add(-time.Minute), Type: "secret.revealed", ActorName: "Jonas Weber", ActorID: "jonas", ObjectKind: "secret", ObjectID: "s1", ObjectName: "Storefront web / Primary", ApplicationID: "app1", RequestID: "req1"},
			models.Event{ID: "e3", At: noon.Add(-time.Hour), Type: "token.refused", Outcome: "failure", Reason: "invalid_client", ObjectKind: "client", ObjectID: "gone", ObjectName: "Old", ApplicationID: "gone", Face: "oauth"},
			models.Event{ID: "e4", At: noon.Add(-2 * time.Hour), Type: "client.created", ActorName: "terraform-ci", ObjectKind: "client", ObjectID: "cl1", ObjectName: "Storefront web", ApplicationID: "app1", Face: models.FaceTransmit})
		l, err := o.Log(ctx, LogIn{Open: "e1"})
		if err != nil {
			t.Fatal(err)
		}
		contains(t, drawn(t, views.Page(l)), "Client updated", "Maya Okafor", "Storefront web", "jwks, redirect_uris", "Sealed up to number 1,204", "4 events",
			`aria-expanded="true"`, `<div>https://a.example/cb</div>`, `https://b.example/cb</div>`, "Changed. The value is never written here.",
			`href="/console/clients/cl1"`, "Secret shown Storefront web / Primary", "same request", "Client created by terraform-ci", "2 h earlier",
			"Everything that happened to Storefront web", "Number 1,204", "Unknown client or wrong secret", "Through the Transmit API"[12:], "4 events in the last 24 hours, 1 of them failures")
		e, err := o.Show(ctx, GetIn{ID: "e3"})
		if err != nil {
			t.Fatal(err)
		}
		page := drawn(t, views.Show(e))
		contains(t, page, "<title>Token refused - Audit log - Gatehouse</title>", "Nothing: this failed. Unknown client or wrong secret.", "Somebody unknown", "Not yet", "&#34;token.refused&#34;")
		if strings.Contains(page, "/console/applications/gone") {
			t.Error("an object that is gone is a link")
		}
	})
}

func TestActivityIsTheLogOfOneApplication(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := testOps(db, vault), dbtest.Context(t)
	have(t, db, models.Event{ID: "own", Type: "client.updated", ApplicationID: "app1", ObjectName: "Own"}, models.Event{ID: "foreign", Type: "client.updated", ApplicationID: "app2", ObjectName: "Foreign"})
	head := func(_ context.Context, id string) (applications.Head, error) {
		if id != "app1" {
			return applications.Head{}, models.Missing("application")
		}
		return applications.Head{App: models.Application{ID: id, Name: "Storefront"}, Now: noon}, nil
	}
	l, err := o.Activity(head)(ctx, LogIn{ApplicationPath: "app1", FilterIn: FilterIn{ApplicationID: "app2"}})
	if err != nil {
		t.Fatal(err)
	}
	page := drawn(t, views.Page(l))
	contains(t, page, "<title>Activity - Storefront - Gatehouse</title>", `action="/console/applications/app1/activity"`, "Own", "application_id=app1&amp;format=csv")
	if strings.Contains(page, "Foreign") {
		t.Error("an event of another application is shown")
	}
	if _, err := o.Activity(head)(ctx, LogIn{ApplicationPath: "none"}); !models.IsFault(err, models.NotFound) {
		t.Errorf("an application that is not there: %v", err)
	}
}

func TestLinksOfTheLogKeepItsFilters(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := testOps(db, vault), dbtest.Context(t)
	for range 3 {
		have(t, db, models.Event{Type: "client.updated", ActorID: "maya", ActorName: "Maya"})
	}
	in := LogIn{FilterIn: FilterIn{ActorID: "maya", Types: []string{"client.*"}}, When: "7d", PageIn: models.PageIn{Limit: 1}}
	l, err := o.Log(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	for name, href := range map[string]string{"older": l.Older, "live": l.LiveOn, "row": l.Rows[0].Toggle, "export": l.Export[0].Href} {
		u, err := url.Parse(href)
		if err != nil || u.Query().Get("actor_id") != "maya" || u.Query().Get("type") != "client.*" {
			t.Errorf("%s: %s", name, href)
		}
	}
	if u, _ := url.Parse(l.Export[0].Href); u.Query().Get("when") != "" || u.Query().Get("since") != "2026-11-14T13:00:00Z" {
		t.Errorf("an export knows the moment, not how long ago: %s", l.Export[0].Href)
	}
	if l.Newer != "" || l.Summary != "1 of 3 events" {
		t.Errorf("newer %q, %q", l.Newer, l.Summary)
	}
}

func TestFollowingTheLogEnds(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := testOps(db, vault), dbtest.Context(t)
	start := o.Now().Add(-time.Minute).Unix()
	l, err := o.Log(ctx, LogIn{Live: start})
	if err != nil || l.Poll != "/console/audit?live="+strconv.FormatInt(start, 10) || l.LiveOff != "/console/audit" {
		t.Fatalf("following: %q, %q, %v", l.Poll, l.LiveOff, err)
	}
	if l, _ = o.Log(ctx, LogIn{Live: o.Now().Add(-16 * time.Minute).Unix()}); l.Poll != "" || l.Resume == "" {
		t.Errorf("after a quarter of an hour: poll %q, resume %q", l.Poll, l.Resume)
	}
	if l, _ = o.Log(ctx, LogIn{}); l.Poll != "" {
		t.Error("a list follows that nobody asked to")
	}
}

func TestEmptyStatesOfTheLog(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := testOps(db, vault), dbtest.Context(t)
	l, err := o.Log(ctx, LogIn{})
	if err != nil {
		t.Fatal(err)
	}
	contains(t, drawn(t, views.Page(l)), "Nothing has happened yet")
	l, err = o.Log(ctx, LogIn{FilterIn: FilterIn{Outcome: "failure"}})
	if err != nil {
		t.Fatal(err)
	}
	contains(t, drawn(t, views.Page(l)), "No events match", "Clear filters")
}

func TestSentences(t *testing.T) {
	cases := []struct {
		name  string
		event models.Event
		label string
		want  string
	}{
		{"a type with words", models.Event{Type: "secret.rotated", ActorName: "Maya", ObjectName: "Storefront / Primary"}, "Secret rotated", "Maya rotated the secret Storefront / Primary"},
		{"a type without an object", models.Event{Type: "administrator.signed_in", ActorName: "Maya", ObjectName: "Maya"}, "Sign-in", "Maya signed in to the console"},
		{"a failure that its type speaks of", models.Event{Type: "token.refused", Outcome: "failure", ObjectID: "cl1"}, "Token refused", "Somebody unknown asked for a token as cl1 and was refused"},
		{"a failure that its type does not speak of", models.Event{Type: "secret.revealed", Outcome: "failure", ActorName: "Maya", ObjectName: "Primary"}, "Secret shown, failed", "Maya tried this and failed: looked at the secret Primary"},
		{"an unknown type in the past tense", models.Event{Type: "service_provider.imported", ActorName: "Maya", ObjectName: "Acme"}, "Service provider imported", "Maya imported the service provider Acme"},
		{"an unknown type in other words", models.Event{Type: "webhook.delivery_failed", Outcome: "failure", ActorKind: models.ActorSystem, ObjectName: "Orders"}, "Webhook delivery failed", "Gatehouse caused webhook delivery failed of Orders"},
		{"a type that is no type", models.Event{Type: "x"}, "X", "Somebody unknown caused x of"},
	}
	for _, c := range cases {
		if got := Tell(c.event).String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := Label(c.event); got != c.label {
			t.Errorf("%s: label %q, want %q", c.name, got, c.label)
		}
	}
}

func TestWordsAreWholeSentences(t *testing.T) {
	for kind, w := range words {
		if w.Label == "" || w.Say == "" || w.State == "" || strings.HasSuffix(w.Say, ".") || strings.ToUpper(w.Label[:1]) != w.Label[:1] {
			t.Errorf("%s: %+v", kind, w)
		}
		if !typeForm.MatchString(kind) {
			t.Errorf("%s is not a type", kind)
		}
	}
}

func TestChanges(t *testing.T) {
	type row struct {
		Name   string        `json:"name"`
		Secret models.Secret `json:"secret"`
		Email  string        `json:"email" audit:"name"`
		Tags   []string      `json:"tags"`
		Hub    struct {
			On  bool   `json:"on"`
			URI string `json:"uri"`
		} `json:"hub"`
	}
	before := row{Name: "Shop", Email: "a@example.com", Tags: []string{"a", "b"}}
	after := row{Name: "The shop", Secret: models.NewSecret("s3cr3t-new"), Email: "b@example.com", Tags: []string{"b", "c"}}
	after.Hub.On, after.Hub.URI = true, "https://x.example"
	got := Changes(models.Event{Detail: change(t, before, after)})
	want := []Change{
		{Path: "email", Hidden: true},
		{Path: "hub", Came: []string{"on: true", "uri: https://x.example"}},
		{Path: "name", Gone: []string{"Shop"}, Came: []string{"The shop"}},
		{Path: "secret", Hidden: true},
		{Path: "tags", Gone: []string{"a"}, Came: []string{"c"}, Stays: []string{"b"}},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	for name, detail := range map[string]string{"nothing": ``, "a list": `[1]`, "a text": `"x"`, "no JSON": `{`} {
		if got := Changes(models.Event{Detail: json.RawMessage(detail)}); len(got) != 0 {
			t.Errorf("a detail that is %s: %v", name, got)
		}
	}
	loose := Changes(models.Event{Detail: json.RawMessage(`{"count":3,"before":{"x":1}}`)})
	if !slices.EqualFunc(loose, []string{"before", "count"}, func(c Change, path string) bool { return c.Path == path && len(c.Came) == 1 }) {
		t.Errorf("a detail of another shape: %v", loose)
	}
}

// SECURITY: what a secret was never reaches the log, its pages or its exports.
func TestNoSecretValueIsInTheLog(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := testOps(db, vault), dbtest.Context(t)
	const value = "gh_the-value-of-a-secret"
	type settings struct {
		Name   string        `json:"name"`
		Secret models.Secret `json:"client_secret"`
		Email  string        `json:"email" audit:"name"`
	}
	credential := models.Credential{ID: "cr1", Kind: models.CredentialSecret, Name: "Primary", Prefix: value[:6], Sealed: value, Hash: value}
	for _, detail := range []json.RawMessage{
		models.Diff(settings{Name: "a"}, settings{Name: "b", Secret: models.NewSecret(value), Email: value}),
		models.Diff(nil, credential),
	} {
		err := models.InTx(ctx, db, func(ctx context.Context, tx models.DB) error {
			return models.Record(ctx, tx, models.Event{Type: "secret.created", ObjectKind: "secret", ObjectID: "cr1", ObjectName: "Primary", Detail: detail})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	list, err := o.List(ctx, ListIn{})
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := json.Marshal(list)
	pages := string(answer) + strings.Join(exported(t, o, ctx, ExportIn{}), "\n") + strings.Join(exported(t, o, ctx, ExportIn{Format: "csv"}), "\n")
	for _, e := range list.Items {
		l, err := o.Log(ctx, LogIn{Open: e.ID})
		if err != nil {
			t.Fatal(err)
		}
		one, err := o.Show(ctx, GetIn{ID: e.ID})
		if err != nil {
			t.Fatal(err)
		}
		pages += drawn(t, views.Page(l)) + drawn(t, views.Show(one))
	}
	if strings.Contains(pages, value) {
		t.Error("the value of a secret is in the log")
	}
}

func TestAgents(t *testing.T) {
	cases := map[string]string{
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0":                                             "Firefox on macOS",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0":        "Edge on Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1": "Safari on iOS",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                     "Chrome on Android",
		"terraform/1.9": "terraform/1.9", "": "",
	}
	for in, want := range cases {
		if got := agent(in); got != want {
			t.Errorf("%s: %q", in, got)
		}
	}
}

func TestCountsOverTimeRememberOnlyWhatIsOver(t *testing.T) {
	db, vault := dbtest.Open(t)
	now := noon
	o, ctx := New(db, vault, func() time.Time { return now }), dbtest.Context(t)
	count := func() string {
		got, err := o.Over(ctx, FilterIn{Types: []string{"client.*"}}, noon.Add(time.Hour), time.Hour, 3)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(got)
	}
	have(t, db, models.Event{Type: "client.updated", At: noon.Add(-30 * time.Minute)}, models.Event{Type: "client.created", At: noon},
		models.Event{Type: "secret.created", At: noon}, models.Event{Type: "client.created", At: noon.Add(time.Hour)})
	if got := count(); got != "[0 1 1]" {
		t.Fatalf("first: %s", got)
	}
	have(t, db, models.Event{Type: "client.updated", At: noon.Add(-time.Second)}, models.Event{Type: "client.updated", At: noon.Add(time.Second)})
	if got := count(); got != "[0 2 2]" {
		t.Fatalf("a step that ended just now may still grow: %s", got)
	}
	now = now.Add(2 * time.Minute)
	_ = count()
	have(t, db, models.Event{Type: "client.updated", At: noon.Add(time.Minute)})
	if got := count(); got != "[0 2 3]" {
		t.Fatalf("the step that runs is counted anew: %s", got)
	}
}
