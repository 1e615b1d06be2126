package uploads

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/migrations"
	"gatehouse/models"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, o Ops, ctx context.Context) models.Upload {
	t.Helper()
	row, err := o.Put(ctx, PutIn{Kind: CustomUI, Name: "pages.zip", Content: packed(t)})
	must(t, err)
	return row
}

// there tells which of some files are there.
func there(t *testing.T, o Ops, ctx context.Context, rows ...models.Upload) string {
	t.Helper()
	out := ""
	for i, row := range rows {
		_, err := o.Get(ctx, row.ID)
		if err != nil && !models.IsFault(err, models.NotFound) {
			t.Fatal(err)
		}
		if err == nil {
			out += string(rune('a' + i))
		}
	}
	return out
}

// types are the types of the events that were recorded, in order.
func types(t *testing.T, db models.DB, ctx context.Context) string {
	t.Helper()
	var out []string
	must(t, db.Read.NewSelect().Model((*models.Event)(nil)).Column("type").Order("at", "id").Scan(ctx, &out))
	return strings.Join(out, " ")
}

func TestAFileComesBackAsItWasSent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		o, ctx, content := New(db), dbtest.Context(t), packed(t, zeros(1))
		row, err := o.Put(ctx, PutIn{Kind: CustomUI, Name: strings.Repeat("é", 300) + "\x00", Content: content})
		must(t, err)
		if row.MediaType != "application/zip" || row.Bytes != int64(len(content)) || len([]rune(row.Name)) != 200 || row.Content != nil || len(row.ID) != 21 {
			t.Errorf("%+v", row)
		}
		got, err := o.Get(ctx, row.ID)
		must(t, err)
		if !bytes.Equal(got.Content, content) || got.SHA256 != row.SHA256 || got.CreatedBy != "olivia000000" {
			t.Errorf("%d bytes of %d by %s", len(got.Content), len(content), got.CreatedBy)
		}
		must(t, o.Delete(ctx, row.ID))
		if err := o.Delete(ctx, row.ID); !models.IsFault(err, models.NotFound) {
			t.Errorf("deleted twice: %v", err)
		}
		if got := types(t, db, ctx); got != "upload.created upload.deleted" {
			t.Errorf("events: %s", got)
		}
		var detail string
		must(t, db.Read.NewSelect().Model((*models.Event)(nil)).Column("detail").Where("type = 'upload.created'").Scan(ctx, &detail))
		if !strings.Contains(detail, row.SHA256) || strings.Contains(detail, "content") {
			t.Errorf("detail: %s", detail)
		}
	})
}

func TestAFileThatBreaksARuleIsNotStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		o, ctx := New(db), dbtest.Context(t)
		if _, err := o.Put(ctx, PutIn{Kind: CustomUI, Content: []byte("no archive")}); !models.IsFault(err, models.Invalid) {
			t.Errorf("%v", err)
		}
		if _, err := o.Put(ctx, PutIn{Kind: "anything", Content: packed(t)}); err == nil {
			t.Error("a kind that nobody knows is taken")
		}
		if n, err := db.Read.NewSelect().Table("uploads").Count(ctx); n != 0 || err != nil {
			t.Errorf("%d rows, %v", n, err)
		}
	})
}

// The file that is named last stays, the one before it goes, and null takes the last one along.
func TestAFileThatIsReplacedIsGone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		o, ctx := New(db), dbtest.Context(t)
		a, b := put(t, o, ctx), put(t, o, ctx)
		for _, step := range []struct {
			before, after, left string
		}{{"", a.ID, "ab"}, {a.ID, a.ID, "ab"}, {a.ID, b.ID, "b"}, {b.ID, "", ""}, {b.ID, "", ""}} {
			must(t, o.Use(ctx, UseIn{CustomUI, step.before, step.after}))
			if got := there(t, o, ctx, a, b); got != step.left {
				t.Errorf("%v: %q are left", step, got)
			}
		}
		err := o.Use(ctx, UseIn{Kind: CustomUI, After: a.ID})
		if f, _ := models.AsFault(err); f == nil || f.Code != models.Invalid || f.Fields[0].Reason != "no_such_upload" {
			t.Errorf("one that is gone is used: %v", err)
		}
		c := put(t, o, ctx)
		if err := o.Use(ctx, UseIn{Kind: "another_kind", After: c.ID}); !models.IsFault(err, models.Invalid) {
			t.Errorf("one of another kind is used: %v", err)
		}
		stranger := dbtest.As(t, models.Actor{TenantID: "another", Actions: models.OwnerActions})
		if _, err := o.Get(stranger, c.ID); !models.IsFault(err, models.NotFound) {
			t.Errorf("another tenant reads it: %v", err)
		}
		if err := o.Use(stranger, UseIn{Kind: CustomUI, After: c.ID}); !models.IsFault(err, models.Invalid) {
			t.Errorf("another tenant uses it: %v", err)
		}
	})
}

// What was sent and never named goes after a day; what is named, or was until a moment ago, stays.
func TestFilesThatNothingNamesArePruned(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		o, ctx, now := New(db), dbtest.Context(t), models.Now()
		o.Now = func() time.Time { return now }
		named, never, once := put(t, o, ctx), put(t, o, ctx), put(t, o, ctx)
		must(t, o.Use(ctx, UseIn{Kind: CustomUI, After: named.ID}))
		now = now.Add(25 * time.Hour)
		must(t, o.Use(ctx, UseIn{Kind: CustomUI, After: once.ID}))
		fresh := put(t, o, ctx)
		must(t, o.Prune(ctx, CustomUI, named.ID))
		if got := there(t, o, ctx, named, never, once, fresh); got != "acd" {
			t.Errorf("%s are left", got)
		}
		now = now.Add(25 * time.Hour)
		must(t, o.Prune(ctx, "another_kind"))
		must(t, o.Prune(ctx, CustomUI, named.ID, ""))
		if got := there(t, o, ctx, named, never, once, fresh); got != "a" {
			t.Errorf("%s are left", got)
		}
		must(t, o.Prune(ctx, CustomUI))
		if got := there(t, o, ctx, named); got != "" {
			t.Errorf("%s is left", got)
		}
		if got := strings.Count(types(t, db, ctx), "upload.deleted"); got != 4 {
			t.Errorf("%d removals were recorded", got)
		}
	})
}

// SECURITY-BAR section 9: nothing grows with offered load. What waits to be named is bounded, however many send at once.
func TestFilesThatNothingNamesAreBounded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		o, ctx, now := New(db), dbtest.Context(t), models.Now()
		o.Now = func() time.Time { return now }
		content := packed(t)
		named := put(t, o, ctx)
		must(t, o.Use(ctx, UseIn{Kind: CustomUI, After: named.ID}))
		one := PutIn{Kind: CustomUI, Name: "pages.zip", Content: content, Named: []string{named.ID}}
		faults := make([]error, MostUnnamed+6)
		var all sync.WaitGroup
		for i := range faults {
			all.Go(func() { _, faults[i] = o.Put(ctx, one) })
		}
		all.Wait()
		refused := 0
		for _, err := range faults {
			f, ok := models.AsFault(err)
			if err != nil && (!ok || f.Code != models.RateLimited || f.Reason != "too_many_unused_uploads" || f.RetryAfter != 24*time.Hour) {
				t.Errorf("%v", err)
			}
			if err != nil {
				refused++
			}
		}
		if n, err := db.Read.NewSelect().Table("uploads").Count(ctx); n != MostUnnamed+1 || refused != 6 || err != nil {
			t.Errorf("%d files, %d refused, %v", n, refused, err)
		}
		var any string
		must(t, db.Read.NewSelect().Table("uploads").Column("id").Where("id <> ?", named.ID).Limit(1).Scan(ctx, &any))
		must(t, o.Use(ctx, UseIn{Kind: CustomUI, Before: named.ID, After: any}))
		one.Named = []string{any}
		if _, err := o.Put(ctx, one); err != nil {
			t.Errorf("once one is used: %v", err)
		}
		now = now.Add(25 * time.Hour)
		must(t, o.Prune(ctx, CustomUI, any))
		if _, err := o.Put(ctx, one); err != nil {
			t.Errorf("a day later: %v", err)
		}
	})
}

func TestEachThingDoneWithFilesNeedsItsPermission(t *testing.T) {
	db, _ := dbtest.Open(t)
	o, row := New(db), put(t, New(db), dbtest.Context(t))
	nobody := dbtest.As(t, models.Actor{Kind: models.ActorClient, Actions: models.Actions{"*", "-upload.create", "-upload.read", "-upload.update", "-upload.delete"}})
	own := dbtest.As(t, models.Actor{Kind: models.ActorClient, ApplicationID: "one", Actions: models.OwnerActions})
	for _, ctx := range []context.Context{nobody, own} {
		_, created := o.Put(ctx, PutIn{Kind: CustomUI, Content: packed(t)})
		_, read := o.Get(ctx, row.ID)
		for what, err := range map[string]error{"put": created, "get": read, "delete": o.Delete(ctx, row.ID), "prune": o.Prune(ctx, CustomUI),
			"use": o.Use(ctx, UseIn{Kind: CustomUI, After: row.ID}), "replace": o.Use(ctx, UseIn{Kind: CustomUI, Before: row.ID})} {
			if !models.IsFault(err, models.Forbidden) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
}

// Archives that were documents go with the step that makes the table, and nothing names them any more; all else stays.
func TestNoExperienceNamesAnArchiveOfEarlier(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		ctx := dbtest.Context(t)
		for _, sql := range []string{"DROP TABLE uploads", "DELETE FROM schema_steps WHERE id = '20261122070000_uploads'",
			`INSERT INTO documents (tenant_id, kind, key, body, created_at, updated_at) VALUES
			('default', 'custom_ui_assets', 'a1', '{"zip":"UEs="}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP),
			('default', 'sign_in_experience', 'default', '{"customContent":{"/a":"\"customUiAssets\":{"},"customUiAssets":{"id":"a}1","createdAt":7},"customUiCsp":{}}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP),
			('other', 'sign_in_experience', 'default', '{"customContent":{},"customUiAssets":null,"customUiCsp":{}}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)`} {
			_, err := db.Write.ExecContext(ctx, sql)
			must(t, err)
		}
		if taken, err := migrations.Up(ctx, db.Write, db.Postgres); err != nil || len(taken) != 1 {
			t.Fatalf("%v, %v", taken, err)
		}
		var bodies []string
		must(t, db.Read.NewSelect().Model((*models.Document)(nil)).Column("body").Order("tenant_id").Scan(ctx, &bodies))
		if len(bodies) != 2 || strings.Contains(bodies[0], `"createdAt"`) || !strings.Contains(bodies[0], `"customUiCsp"`) || !strings.Contains(bodies[1], `"customUiAssets":null`) {
			t.Errorf("%q", bodies)
		}
	})
}
