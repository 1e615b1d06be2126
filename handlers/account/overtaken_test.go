package account_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"gatehouse/handlers/account"
	"gatehouse/handlers/administrators"
	"gatehouse/handlers/dbtest"
	"gatehouse/models"
	"gatehouse/web"
)

// changes are what ends the sessions of an administrator, or what a sign-in of before does not prove any more.
func (h *house) changes(owner models.Administrator) map[string]func(who models.Administrator) error {
	update := func(in administrators.UpdateIn) error {
		_, err := h.admin.Update(h.as(owner), in)
		return err
	}
	return map[string]func(who models.Administrator) error{
		"disabled": func(who models.Administrator) error {
			return update(administrators.UpdateIn{ID: who.ID, Disabled: models.Some(true)})
		},
		"another role": func(who models.Administrator) error {
			return update(administrators.UpdateIn{ID: who.ID, Role: models.Some(models.RoleOwner)})
		},
		"deleted": func(who models.Administrator) error {
			return h.admin.Delete(h.as(owner), administrators.DeleteIn{ID: who.ID})
		},
		"a new factor": func(who models.Administrator) error { h.enrol(who); return nil },
		"another password": func(who models.Administrator) error {
			h.later(time.Second)
			_, err := h.ops.ChangePassword(h.as(who), account.ChangePasswordIn{Current: models.NewSecret(password), New: models.NewSecret("eleven loud otters")})
			return err
		},
	}
}

// SECURITY-BAR S6, T3: a session is stored only while what it was judged by holds, in one transaction: nothing is left behind the end of
// the sessions of an account.
func TestASessionIsNotStoredForAnAccountThatChangedMeanwhile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		s := serveOn(t, db, vault)
		var read models.Administrator
		err := s.srv.Mount(web.Route{"GET", "/console/late", web.Public, web.Raw(web.Console, func(ctx context.Context, r *web.Request) error {
			still := func(ctx context.Context, tx models.DB) error { return administrators.Still(ctx, tx, read) }
			if err := r.StartSession(read.ID, still); err != nil {
				return err
			}
			return r.Next("/console/account")
		})})
		if err != nil {
			t.Fatal(err)
		}
		owner := s.owner("mia@example.com")
		for what, change := range s.changes(owner) {
			read = s.add(strings.ReplaceAll(what, " ", ".")+"@example.com", models.RoleEditor)
			if err := change(read); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			b := s.browser()
			r := b.get("/console/late")
			if r.Header.Get("Location") == "/console/account" || b.session() != "" || s.sessions(read.ID) != 0 {
				t.Errorf("%s: %d %s, %d sessions", what, r.StatusCode, r.Header.Get("Location"), s.sessions(read.ID))
			}
		}
		read = s.add("same@example.com", models.RoleEditor)
		if _, err := s.admin.Update(s.as(owner), administrators.UpdateIn{ID: read.ID, Name: models.Some("Another Name")}); err != nil {
			t.Fatal(err)
		}
		if r := s.browser().get("/console/late"); r.Header.Get("Location") != "/console/account" || s.sessions(read.ID) != 1 {
			t.Errorf("another name: %d, %d sessions", r.StatusCode, s.sessions(read.ID))
		}
	})
}

func (h *house) sessions(id string) int {
	h.t.Helper()
	n, err := h.db.Write.NewSelect().Model((*models.ConsoleSession)(nil)).Where("administrator_id = ?", id).Count(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	return int(n)
}

// A sign-in whose password is being judged while the account is disabled or deleted signs nobody in, and is not told as one.
func TestASignInThatIsOvertakenSignsNobodyIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		s := serveOn(t, db, vault)
		owner := s.owner("mia@example.com")
		slow, err := models.NewPasswordsAt(models.Argon2{Memory: 32 << 10, Time: 12, Threads: 1}).Hash(t.Context(), models.NewSecret(password))
		if err != nil {
			t.Fatal(err)
		}
		all := s.changes(owner)
		for _, what := range []string{"disabled", "another role", "deleted"} {
			change, who := all[what], s.add(strings.ReplaceAll(what, " ", ".")+"@example.com", models.RoleEditor)
			if _, err := db.Write.ExecContext(t.Context(), "UPDATE administrators SET password_hash = ? WHERE id = ?", slow, who.ID); err != nil {
				t.Fatal(err)
			}
			before, b := s.ops.Passwords.Count(), s.browser()
			done := make(chan answer)
			go func() { done <- b.signIn(who.Email, "/console/account") }()
			for s.ops.Passwords.Count() == before {
				time.Sleep(time.Millisecond)
			}
			if err := change(who); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			r := <-done
			if s.sessions(who.ID) != 0 || b.session() != "" || r.StatusCode == 303 && r.Header.Get("Location") == "/console/account" {
				t.Errorf("%s: %d %s, %d sessions", what, r.StatusCode, r.Header.Get("Location"), s.sessions(who.ID))
			}
			if n := len(s.events("administrator.signed_in")); n != 0 {
				t.Errorf("%s: %d sign-ins are told", what, n)
			}
		}
	})
}
