package documents

import (
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

func TestDocuments(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := New(db, vault), dbtest.Context(t)
		ref := Ref{"email_template", "verify_email"}

		if _, err := o.Get(ctx, ref); !models.IsFault(err, models.NotFound) || !strings.Contains(err.Error(), "email_template_not_found") {
			t.Fatalf("before: %v", err)
		}
		if _, _, err := o.Put(ctx, PutIn{Ref: ref, Body: map[string]any{"subject": "a"}, Mode: UpdateOnly}); !models.IsFault(err, models.NotFound) {
			t.Fatalf("update of none: %v", err)
		}
		d, created, err := o.Put(ctx, PutIn{Ref: ref, Body: map[string]any{"subject": "a"}, Secret: models.Some(models.NewSecret("s3cret"))})
		if err != nil || !created || d.Version != 1 {
			t.Fatalf("create: %+v %v %v", d, created, err)
		}
		if strings.Contains(d.SealedSecret, "s3cret") {
			t.Fatal("the secret is stored in clear")
		}
		if _, _, err := o.Put(ctx, PutIn{Ref: ref, Body: map[string]any{}, Mode: CreateOnly}); !models.IsFault(err, models.Conflict) {
			t.Fatalf("create again: %v", err)
		}
		if _, _, err := o.Put(ctx, PutIn{Ref: ref, Body: map[string]any{}, Version: models.Some[int64](7)}); !models.IsFault(err, models.Stale) {
			t.Fatalf("a version that is not the stored one: %v", err)
		}
		if d, _, err = o.Put(ctx, PutIn{Ref: ref, Body: map[string]any{"subject": "b"}}); err != nil || d.Version != 2 {
			t.Fatalf("update: %+v %v", d, err)
		}
		got, err := Load(ctx, o, ref, map[string]string{})
		if err != nil || got["subject"] != "b" {
			t.Fatalf("load: %v %v", got, err)
		}
		if s, err := o.Secret(ctx, d); err != nil || s.Reveal() != "s3cret" {
			t.Fatalf("an update without a secret keeps it: %v", err)
		}
		if d, _, err = o.Put(ctx, PutIn{Ref: ref, Body: map[string]any{"subject": "b"}, Secret: models.Some(models.NewSecret("s3cret"))}); err != nil || d.Version != 2 {
			t.Fatalf("the same body with the same secret is no change: %+v %v", d, err)
		}
		if err := o.Delete(ctx, ref); err != nil {
			t.Fatal(err)
		}
		if rows, err := o.List(ctx, ref.Kind); err != nil || len(rows) != 0 {
			t.Fatalf("after: %v %v", rows, err)
		}
		var types []string
		if err := db.Read.NewSelect().Model((*models.Event)(nil)).Column("type").Order("at").Scan(ctx, &types); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(types, " "); got != "email_template.created email_template.updated email_template.deleted" {
			t.Fatalf("events: %s", got)
		}
	})
}

func TestDocumentsNeedTheirOwnPermission(t *testing.T) {
	db, vault := dbtest.Open(t)
	o := New(db, vault)
	ctx := dbtest.As(t, models.Actor{Kind: models.ActorClient, Actions: models.Actions{"captcha.read"}})
	if _, err := o.Get(ctx, Ref{"email_template", "x"}); !models.IsFault(err, models.Forbidden) {
		t.Fatalf("read of another kind: %v", err)
	}
	if _, _, err := o.Put(ctx, PutIn{Ref: Ref{"captcha", "x"}, Body: 1}); !models.IsFault(err, models.Forbidden) {
		t.Fatalf("a reader writes: %v", err)
	}
}

// TestAWriterNeedsOneVerb: whoever may create hears that something exists, and whoever may update that it does not.
func TestAWriterNeedsOneVerb(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ref := New(db, vault), Ref{"email_template", "x"}
	update := dbtest.As(t, models.Actor{Kind: models.ActorClient, Actions: models.Actions{"email_template.update"}})
	create := dbtest.As(t, models.Actor{Kind: models.ActorClient, Actions: models.Actions{"email_template.create"}})
	if _, _, err := o.Put(update, PutIn{Ref: ref, Body: 1, Mode: UpdateOnly}); !models.IsFault(err, models.NotFound) {
		t.Fatalf("update of none: %v", err)
	}
	if _, _, err := o.Put(create, PutIn{Ref: ref, Body: 1, Mode: CreateOnly}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Put(create, PutIn{Ref: ref, Body: 2, Mode: CreateOnly}); !models.IsFault(err, models.Conflict) {
		t.Fatalf("create again: %v", err)
	}
	if _, _, err := o.Put(create, PutIn{Ref: ref, Body: 2}); !models.IsFault(err, models.Forbidden) {
		t.Fatalf("a creator replaces: %v", err)
	}
}
