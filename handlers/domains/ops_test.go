package domains

import (
	"context"
	"errors"
	"testing"
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/documents"
	"gatehouse/models"
)

// TestTheLifeOfADomain: made, not proven, proven, answered under, and gone.
func TestTheLifeOfADomain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		ctx := dbtest.Context(t)
		texts, served := map[string][]string{}, ""
		o := New(documents.New(db, vault), func(host string) bool { return host == served })
		o.LookupTXT = func(_ context.Context, name string) ([]string, error) {
			if found, ok := texts[name]; ok {
				return found, nil
			}
			return nil, errors.New("no such host")
		}

		d, err := o.Create(ctx, models.CustomDomain{Domain: "Login.Example.com."})
		if err != nil || d.Domain != "login.example.com" || d.Status != models.DomainPendingVerification || len(d.ID) != models.ObjectID || d.CreatedAt.IsZero() {
			t.Fatalf("create: %+v %v", d, err)
		}
		if _, err := o.Create(ctx, models.CustomDomain{Domain: "login.EXAMPLE.com"}); !models.IsFault(err, models.Conflict) {
			t.Fatalf("the same domain again: %v", err)
		}
		if got, err := o.Verify(ctx, d.ID); err != nil || got.Status != models.DomainPendingVerification || got.Error == "" {
			t.Fatalf("without a record: %+v %v", got, err)
		}
		texts[d.Record()] = []string{"something else", d.Proof()}
		got, err := o.Verify(ctx, d.ID)
		if err != nil || got.Status != models.DomainPendingCertificate || got.Error != "" || got.VerifiedAt == nil {
			t.Fatalf("with its record: %+v %v", got, err)
		}
		served = d.Domain
		if got, err = o.Get(ctx, d.ID); err != nil || got.Status != models.DomainActive {
			t.Fatalf("the server answers: %+v %v", got, err)
		}
		served = ""
		if got, err = o.Get(ctx, d.ID); err != nil || got.Status != models.DomainPendingCertificate {
			t.Fatalf("it does no longer: %+v %v", got, err)
		}
		if err := o.Delete(ctx, d.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Get(ctx, d.ID); !models.IsFault(err, models.NotFound) {
			t.Fatalf("after: %v", err)
		}
	})
}

// TestNoDomains: what is no host name of at least two labels is refused by name.
func TestNoDomains(t *testing.T) {
	db, vault := dbtest.Open(t)
	o := New(documents.New(db, vault), nil)
	for _, text := range []string{"", "localhost", "https://example.com", "example.com/x", "-a.example.com", "127.0.0.1", "[::1]", "a b.com", "ex_ample.com", "*.example.com", "example..com"} {
		_, err := o.Create(dbtest.Context(t), models.CustomDomain{Domain: text})
		f, ok := models.AsFault(err)
		if !ok || f.Code != models.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "domain" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestOneDefaultDomain: settings change, identity does not, and the default moves.
func TestOneDefaultDomain(t *testing.T) {
	db, vault := dbtest.Open(t)
	ctx, o := dbtest.Context(t), New(documents.New(db, vault), nil)
	a, err := o.Create(ctx, models.CustomDomain{Domain: "a.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := o.Create(ctx, models.CustomDomain{Domain: "b.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{a.ID, b.ID} {
		got, err := o.Update(ctx, id, func(d *models.CustomDomain) error {
			d.Default, d.Domain, d.Status, d.ID = true, "stolen.example.com", models.DomainActive, "x"
			return nil
		})
		if err != nil || !got.Default || got.ID != id || got.Domain == "stolen.example.com" || got.Status != models.DomainPendingVerification {
			t.Fatalf("update: %+v %v", got, err)
		}
	}
	if got, _ := o.Get(ctx, a.ID); got.Default {
		t.Fatal("two defaults")
	}
	if _, err := o.Update(ctx, "nobody", func(*models.CustomDomain) error { return nil }); !models.IsFault(err, models.NotFound) {
		t.Fatalf("update of none: %v", err)
	}
}

// TestCleanup takes what stayed unproven for too long, and nothing else.
func TestCleanup(t *testing.T) {
	db, vault := dbtest.Open(t)
	ctx, o := dbtest.Context(t), New(documents.New(db, vault), func(host string) bool { return host == "live.example.com" })
	for _, name := range []string{"live.example.com", "old.example.com"} {
		if _, err := o.Create(ctx, models.CustomDomain{Domain: name}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := o.Cleanup(ctx, time.Hour); err != nil || got != (Cleaned{Scanned: 2, Active: 1}) {
		t.Fatalf("too early: %+v %v", got, err)
	}
	o.Now = func() time.Time { return models.Now().Add(2 * time.Hour) }
	if got, err := o.Cleanup(ctx, time.Hour); err != nil || got != (Cleaned{Scanned: 2, Deleted: 1, Active: 1}) {
		t.Fatalf("cleanup: %+v %v", got, err)
	}
	if all, _ := o.List(ctx); len(all) != 1 || all[0].Domain != "live.example.com" {
		t.Fatalf("left: %+v", all)
	}
}
