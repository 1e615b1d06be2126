package events

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func testOps(db models.DB, vault *models.Vault) Ops {
	return New(db, vault, func() time.Time { return noon.Add(time.Hour) })
}

// have stores events as they are given; what a test does not care about is filled in.
func have(t testing.TB, db models.DB, events ...models.Event) []models.Event {
	t.Helper()
	for i := range events {
		e := &events[i]
		if e.ID == "" {
			e.ID = models.NewID(models.LongID)
		}
		if e.At.IsZero() {
			e.At = noon
		}
		if e.Outcome == "" {
			e.Outcome = "success"
		}
		e.TenantID = models.DefaultTenant
	}
	if _, err := db.Write.NewInsert().Model(&events).Exec(dbtest.Context(t)); err != nil {
		t.Fatal(err)
	}
	return events
}

func ids(events []models.Event) []string {
	out := make([]string, len(events))
	for i, e := range events {
		out[i] = e.ID
	}
	return out
}

// walk follows next or previous cursors from one page on and gives the ids as they come.
func walk(t *testing.T, o Ops, ctx context.Context, in ListIn, back bool) (seen [][]string, last models.List[models.Event]) {
	t.Helper()
	for {
		page, err := o.List(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		seen, last = append(seen, ids(page.Items)), page
		in.Cursor = page.Next
		if back {
			in.Cursor = page.Prev
		}
		if in.Cursor == "" {
			return seen, last
		}
	}
}

func TestPagesForwardThenBackAreTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx, dice := testOps(db, vault), dbtest.Context(t), rand.New(rand.NewPCG(7, 21))
		var events []models.Event
		for i := range 41 { // many at the same moment, so that the id has to break ties
			events = append(events, models.Event{Type: []string{"client.updated", "client.created", "secret.rotated"}[i%3],
				At: noon.Add(-time.Duration(dice.IntN(20)) * time.Second / 10)})
		}
		have(t, db, events...)
		for _, filter := range []FilterIn{{}, {Types: []string{"client.*"}}, {Types: []string{"client.updated,secret.rotated"}}} {
			for _, size := range []int{3, 7, 100} {
				in := ListIn{FilterIn: filter, PageIn: models.PageIn{Limit: size}}
				forth, last := walk(t, o, ctx, in, false)
				in.Cursor = last.Prev
				back := [][]string{ids(last.Items)}
				if in.Cursor != "" {
					rest, first := walk(t, o, ctx, in, true)
					back = append(back, rest...)
					if first.Prev != "" {
						t.Error("the first page has a page before it")
					}
				}
				slices.Reverse(back)
				if !reflect.DeepEqual(forth, back) {
					t.Fatalf("%v by %d: forward %v, back %v", filter.Types, size, forth, back)
				}
				all := slices.Concat(forth...)
				slices.Sort(all)
				if unique := slices.Compact(slices.Clone(all)); len(unique) != len(all) {
					t.Fatalf("%v by %d: %d rows, %d of them different", filter.Types, size, len(all), len(unique))
				}
			}
		}
	})
}

func TestCursors(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := testOps(db, vault), dbtest.Context(t)
	have(t, db, models.Event{Type: "client.updated"}, models.Event{Type: "client.updated"})
	foreign := vault.Cursor("applications", models.Key{ID: "x"})
	page, err := o.List(ctx, ListIn{PageIn: models.PageIn{Limit: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for name, cursor := range map[string]string{"text": "abc", "of another list": foreign, "altered": page.Next[:len(page.Next)-2] + "AA"} {
		_, err := o.List(ctx, ListIn{PageIn: models.PageIn{Cursor: cursor}})
		if !models.IsFault(err, models.Invalid) {
			t.Errorf("a cursor that is %s: %v", name, err)
		}
	}
}

func TestFilters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := testOps(db, vault), dbtest.Context(t)
		have(t, db,
			models.Event{ID: "a", Type: "application.created", ActorID: "maya", ActorName: "Maya Okafor", ObjectID: "app1", ObjectName: "Storefront", ApplicationID: "app1", Face: "console", IP: "192.0.2.14", RequestID: "req1", At: noon},
			models.Event{ID: "b", Type: "client.updated", ActorID: "ci", ActorName: "terraform_ci", ObjectID: "cl1", ObjectName: "100% web", ApplicationID: "app1", Face: "transmit", IP: "2001:db8::1", RequestID: "req2", At: noon.Add(-time.Hour)},
			models.Event{ID: "c", Type: "client_grant.created", ActorID: "ci", ActorName: "terraform_ci", Face: "native", RequestID: "req2", At: noon.Add(-2 * time.Hour)},
			models.Event{ID: "d", Type: "token.refused", ActorName: "Anonymous", Outcome: "failure", Reason: "invalid_client", Face: "oauth", IP: "192.0.2.14", At: noon.Add(-3 * time.Hour)},
		)
		at := func(h int) *time.Time { t := noon.Add(time.Duration(h) * time.Hour); return &t }
		cases := []struct {
			name string
			in   FilterIn
			want string
		}{
			{"nothing said is everything", FilterIn{}, "a b c d"},
			{"a whole type", FilterIn{Types: []string{"client.updated"}}, "b"},
			{"a family holds its noun only", FilterIn{Types: []string{"client.*"}}, "b"},
			{"a noun alone is a family", FilterIn{Types: []string{"client"}}, "b"},
			{"several types", FilterIn{Types: []string{"client.updated,token.*", "application.created"}}, "a b d"},
			{"a type that never happened", FilterIn{Types: []string{"moon.landed"}}, ""},
			{"an actor", FilterIn{ActorID: "ci"}, "b c"},
			{"an object", FilterIn{ObjectID: "cl1"}, "b"},
			{"an application", FilterIn{ApplicationID: "app1"}, "a b"},
			{"failures", FilterIn{Outcome: "failure"}, "d"},
			{"a face", FilterIn{Face: "native"}, "c"},
			{"an address", FilterIn{IP: "192.0.2.14"}, "a d"},
			{"an address written another way", FilterIn{IP: "2001:DB8:0::1"}, "b"},
			{"a request", FilterIn{RequestID: "req2"}, "b c"},
			{"since includes its moment", FilterIn{Since: at(-1)}, "a b"},
			{"until leaves its moment out", FilterIn{Until: at(-1)}, "c d"},
			{"a period", FilterIn{Since: at(-2), Until: at(0)}, "b c"},
			{"q as a request id", FilterIn{Q: "req2"}, "b c"},
			{"q as an address", FilterIn{Q: "192.0.2.14"}, "a d"},
			{"q as an object that is an application", FilterIn{Q: "app1"}, "a"},
			{"q as a part of a name, in any case", FilterIn{Q: "FORM_C"}, "b c"},
			{"q with a wildcard means the character", FilterIn{Q: "100%"}, "b"},
			{"q with an underscore means the character", FilterIn{Q: "maya_"}, ""},
			{"q and a type", FilterIn{Q: "terraform", Types: []string{"client.updated"}}, "b"},
			{"q and a request", FilterIn{Q: "ci", RequestID: "req2", Outcome: "success"}, "b c"},
		}
		for _, c := range cases {
			page, err := o.List(ctx, ListIn{FilterIn: c.in})
			if got := strings.Join(ids(page.Items), " "); err != nil || got != c.want {
				t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
			}
		}
	})
}

func TestRefusedFilters(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := testOps(db, vault), dbtest.Context(t)
	later := noon.Add(time.Hour)
	cases := []struct {
		name, field string
		in          FilterIn
	}{
		{"a type is no SQL", "type", FilterIn{Types: []string{"client' OR 1=1"}}},
		{"a wildcard stands at the end", "type", FilterIn{Types: []string{"*.updated"}}},
		{"too many types", "type", FilterIn{Types: []string{strings.Repeat("a.b,", 21)}}},
		{"an outcome of another word", "outcome", FilterIn{Outcome: "maybe"}},
		{"no address", "ip", FilterIn{IP: "localhost"}},
		{"a period that ends before it begins", "until", FilterIn{Since: &later, Until: &noon}},
		{"a text that is too long", "q", FilterIn{Q: strings.Repeat("x", 101)}},
	}
	for _, c := range cases {
		_, err := o.List(ctx, ListIn{FilterIn: c.in})
		if f, ok := models.AsFault(err); !ok || f.Code != models.Invalid || f.Fields[0].Name != c.field {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestALimitedActorSeesItsApplicationOnly(t *testing.T) {
	db, vault := dbtest.Open(t)
	o := testOps(db, vault)
	ctx := dbtest.As(t, models.Actor{Kind: models.ActorClient, ID: "cl1", ApplicationID: "app1", Actions: models.Actions{"event.read"}})
	have(t, db,
		models.Event{ID: "own", Type: "client.updated", ApplicationID: "app1", RequestID: "r"},
		models.Event{ID: "foreign", Type: "client.updated", ApplicationID: "app2", RequestID: "r"},
		models.Event{ID: "tenant", Type: "settings.updated", RequestID: "r"})
	for _, in := range []FilterIn{{}, {RequestID: "r"}, {Q: "r"}, {Types: []string{"client.*", "settings.*"}}} {
		page, err := o.List(ctx, ListIn{FilterIn: in})
		if err != nil || len(page.Items) != 1 || page.Items[0].ID != "own" {
			t.Errorf("%+v: %v, %v", in, ids(page.Items), err)
		}
	}
	if _, err := o.List(ctx, ListIn{FilterIn: FilterIn{ApplicationID: "app2"}}); !models.IsFault(err, models.NotFound) {
		t.Errorf("another application: %v", err)
	}
	for _, id := range []string{"foreign", "tenant", "none"} {
		if _, err := o.Get(ctx, GetIn{ID: id}); !models.IsFault(err, models.NotFound) {
			t.Errorf("event %s: %v", id, err)
		}
	}
	if e, err := o.Get(ctx, GetIn{ID: "own"}); err != nil || e.ID != "own" {
		t.Errorf("own event: %v", err)
	}
	if lines := exported(t, o, ctx, ExportIn{}); len(lines) != 1 || !strings.Contains(lines[0], `"own"`) {
		t.Errorf("export: %v", lines)
	}
}

func exported(t *testing.T, o Ops, ctx context.Context, in ExportIn) []string {
	t.Helper()
	e, err := o.Export(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := e.Write(ctx, bufio.NewWriter(&b), func() {}); err != nil {
		t.Fatal(err)
	}
	if b.Len() == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}

func TestExportHoldsEveryEventOldestFirst(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := testOps(db, vault), dbtest.Context(t)
	var events []models.Event
	for i := range 2*batch + 3 {
		events = append(events, models.Event{ID: fmt.Sprintf("e%05d", i), Type: "client.updated", At: noon.Add(time.Duration(i/7) * time.Millisecond)})
	}
	have(t, db, events[:batch]...)
	have(t, db, events[batch:]...)
	lines := exported(t, o, ctx, ExportIn{})
	if len(lines) != len(events) {
		t.Fatalf("%d lines of %d events", len(lines), len(events))
	}
	for i, line := range lines {
		var e models.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.ID != events[i].ID {
			t.Fatalf("line %d: %s, %v", i, line, err)
		}
	}
	page, err := o.List(ctx, ListIn{FilterIn: FilterIn{Types: []string{"event.exported"}}})
	if err != nil || len(page.Items) != 1 || page.Items[0].ActorName != "Olivia Owner" {
		t.Fatalf("the export is in the log: %v, %v", page.Items, err)
	}
}

// OWASP: cells that begin a formula run in spreadsheets.
func TestACellOfAnExportIsNoFormula(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := testOps(db, vault), dbtest.Context(t)
	nasty := []string{`=HYPERLINK("http://evil.example","x")`, "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "|calc", "%0a"}
	for i, name := range nasty {
		have(t, db, models.Event{ID: fmt.Sprintf("e%d", i), Type: "client.updated", ObjectName: name, ActorName: "Ann, \"Annie\"\nLee", Agent: name})
	}
	rows, err := csv.NewReader(strings.NewReader(strings.Join(exported(t, o, ctx, ExportIn{Format: "csv"}), "\n"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rows[0], columns) || len(rows) != len(nasty)+1 {
		t.Fatalf("head %v, %d rows", rows[0], len(rows))
	}
	for i, row := range rows[1:] {
		for n, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r|%", rune(cell[0])) {
				t.Errorf("row %d: %s is %q", i, columns[n], cell)
			}
		}
		if row[7] != "Ann, \"Annie\"\nLee" {
			t.Errorf("row %d: a harmless name changed: %q", i, row[7])
		}
	}
}
