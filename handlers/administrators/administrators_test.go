package administrators_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/handlers/administrators"
	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/outbox"
	"gatehouse/models"
)

func open(db models.DB, vault *models.Vault) administrators.Ops {
	return administrators.New(db, vault, models.NewPasswordsAt(models.Argon2{Memory: 64, Time: 1, Threads: 1}), outbox.New(db, vault))
}

// add stores an administrator who accepted the invitation.
func add(t testing.TB, db models.DB, email, role string) models.Administrator {
	t.Helper()
	now := models.Now()
	row := models.Administrator{ID: models.NewID(models.UserID), TenantID: models.DefaultTenant, Email: email, EmailKey: models.EmailKey(email),
		Name: strings.ToUpper(email[:1]) + email[1:3], Role: role, PasswordHash: "x", PasswordSetAt: &now, Version: 1, CreatedAt: now, UpdatedAt: now}
	if _, err := db.Write.NewInsert().Model(&row).Exec(context.Background()); err != nil {
		t.Fatal(err)
	}
	return row
}

func reason(err error) string {
	if f, ok := models.AsFault(err); ok {
		return f.Reason
	}
	return fmt.Sprint(err)
}

func TestThereIsAlwaysAnOwner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := open(db, vault), dbtest.Context(t)
		last := add(t, db, "mia@example.com", models.RoleOwner)
		add(t, db, "leo@example.com", models.RoleEditor)
		invited, err := o.Invite(ctx, administrators.InviteIn{Email: "new@example.com", Name: "New", Role: models.RoleOwner})
		if err != nil {
			t.Fatal(err)
		}
		disabled := add(t, db, "off@example.com", models.RoleOwner)
		if _, err := o.Update(ctx, administrators.UpdateIn{ID: disabled.ID, Disabled: models.Some(true)}); err != nil {
			t.Fatal(err)
		}
		_, demote := o.Update(ctx, administrators.UpdateIn{ID: last.ID, Role: models.Some(models.RoleViewer)})
		_, disable := o.Update(ctx, administrators.UpdateIn{ID: last.ID, Disabled: models.Some(true)})
		remove := o.Delete(ctx, administrators.DeleteIn{ID: last.ID})
		for what, err := range map[string]error{"demoted": demote, "disabled": disable, "deleted": remove} {
			if reason(err) != "last_owner" {
				t.Errorf("the last owner is %s: %v", what, err)
			}
		}
		if err := o.Delete(ctx, administrators.DeleteIn{ID: invited.ID}); err != nil {
			t.Errorf("an invited owner: %v", err)
		}
		add(t, db, "ada@example.com", models.RoleOwner)
		if err := o.Delete(ctx, administrators.DeleteIn{ID: last.ID}); err != nil {
			t.Errorf("one of two owners: %v", err)
		}
	})
}

func TestTwoOwnersCannotRemoveEachOtherAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o := open(db, vault)
		for round := range 5 {
			a, b := add(t, db, fmt.Sprintf("a%d@example.com", round), models.RoleOwner), add(t, db, fmt.Sprintf("b%d@example.com", round), models.RoleOwner)
			var both sync.WaitGroup
			for _, id := range []string{a.ID, b.ID} {
				both.Go(func() {
					_, _ = o.Update(dbtest.Context(t), administrators.UpdateIn{ID: id, Role: models.Some(models.RoleViewer)})
				})
			}
			both.Wait()
			left, err := db.Read.NewSelect().Model((*models.Administrator)(nil)).Where("role = 'owner'").Count(context.Background())
			if err != nil || left != 1 {
				t.Fatalf("%d owners are left: %v", left, err)
			}
			if _, err := db.Write.ExecContext(context.Background(), "DELETE FROM administrators"); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestRolesMayDoWhatTheySay(t *testing.T) {
	db, vault := dbtest.Open(t)
	o := open(db, vault)
	owner, editor, viewer := add(t, db, "mia@example.com", models.RoleOwner), add(t, db, "leo@example.com", models.RoleEditor), add(t, db, "zoe@example.com", models.RoleViewer)
	app := dbtest.As(t, models.Actor{Kind: models.ActorClient, ID: "c", ApplicationID: "app", Actions: models.Actions{"*"}})
	as := func(who models.Administrator) context.Context {
		a := who.Actor()
		a.AuthTime = models.Now()
		return dbtest.As(t, a)
	}
	acts := map[string]func(context.Context) error{
		"list": func(ctx context.Context) error { _, err := o.List(ctx, administrators.ListIn{}); return err },
		"read": func(ctx context.Context) error { _, err := o.Get(ctx, administrators.OneIn{ID: owner.ID}); return err },
		"invite": func(ctx context.Context) error {
			_, err := o.Invite(ctx, administrators.InviteIn{Email: models.NewID(8) + "@example.com", Name: "X", Role: models.RoleOwner})
			return err
		},
		"promote": func(ctx context.Context) error {
			_, err := o.Update(ctx, administrators.UpdateIn{ID: editor.ID, Role: models.Some(models.RoleEditor), Name: models.Some("L" + models.NewID(4))})
			return err
		},
		"send a link": func(ctx context.Context) error { return o.SendLink(ctx, administrators.OneIn{ID: owner.ID}) },
		"delete":      func(ctx context.Context) error { return o.Delete(ctx, administrators.DeleteIn{ID: "nobody"}) },
	}
	denied := map[string]string{"owner": "", "editor": "invite promote send a link delete", "viewer": "invite promote send a link delete", "application": "list read invite promote send a link delete"}
	for name, ctx := range map[string]context.Context{"owner": as(owner), "editor": as(editor), "viewer": as(viewer), "application": app} {
		for act, do := range acts {
			got := models.IsFault(do(ctx), models.Forbidden)
			if want := strings.Contains(denied[name], act); got != want {
				t.Errorf("%s, %s: denied %v, want %v", name, act, got, want)
			}
		}
	}
}

func TestRolesChangeOnlyAfterARecentSignIn(t *testing.T) {
	db, vault := dbtest.Open(t)
	o := open(db, vault)
	owner, editor := add(t, db, "mia@example.com", models.RoleOwner), add(t, db, "leo@example.com", models.RoleEditor)
	actor := owner.Actor()
	actor.AuthTime = models.Now().Add(-models.RecentSignIn - time.Second)
	ctx := dbtest.As(t, actor)
	_, role := o.Update(ctx, administrators.UpdateIn{ID: editor.ID, Role: models.Some(models.RoleOwner)})
	_, invite := o.Invite(ctx, administrators.InviteIn{Email: "new@example.com", Name: "New", Role: models.RoleOwner})
	for what, err := range map[string]error{"role": role, "invite": invite, "delete": o.Delete(ctx, administrators.DeleteIn{ID: editor.ID})} {
		if reason(err) != "recent_sign_in_needed" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := o.Update(ctx, administrators.UpdateIn{ID: editor.ID, Name: models.Some("Leo Lee")}); err != nil {
		t.Errorf("a name: %v", err)
	}
}

func TestAChangeOfRoleOrStateEndsSessions(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := open(db, vault), dbtest.Context(t)
	add(t, db, "mia@example.com", models.RoleOwner)
	who := add(t, db, "leo@example.com", models.RoleEditor)
	for i, in := range []administrators.UpdateIn{{Role: models.Some(models.RoleViewer)}, {Disabled: models.Some(true)}} {
		now := models.Now()
		s := models.ConsoleSession{IDHash: fmt.Sprint(i), AdministratorID: who.ID, CreatedAt: now, AuthAt: now, LastSeenAt: now, ExpiresAt: now.Add(time.Hour)}
		if _, err := db.Write.NewInsert().Model(&s).Exec(ctx); err != nil {
			t.Fatal(err)
		}
		if actor, _, err := o.Administrator(ctx, who.ID); err != nil || i == 0 && !actor.May("client.update") {
			t.Fatal(actor, err)
		}
		in.ID = who.ID
		if _, err := o.Update(ctx, in); err != nil {
			t.Fatal(err)
		}
		if left, err := o.SessionsOf(ctx, who.ID); err != nil || len(left) != 0 {
			t.Errorf("change %d: %d sessions, %v", i, len(left), err)
		}
	}
	if _, _, err := o.Administrator(ctx, who.ID); !models.IsFault(err, models.NotFound) {
		t.Errorf("a disabled administrator is still known: %v", err)
	}
}

func TestAnAddressIsUniqueWhateverItsLetterCase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := open(db, vault), dbtest.Context(t)
		invite := func(email, name, role string) string {
			_, err := o.Invite(ctx, administrators.InviteIn{Email: email, Name: name, Role: role})
			if f, ok := models.AsFault(err); ok && len(f.Fields) > 0 {
				return f.Fields[0].Name + " " + f.Fields[0].Reason
			}
			return reason(err)
		}
		for _, c := range []struct{ what, email, name, role, want string }{
			{"a new one", "Mia@Example.com", "Mia", "owner", "<nil>"},
			{"the same in other letters", " mia@EXAMPLE.com", "Mia", "owner", "email email_taken"},
			{"no address", "mia", "Mia", "owner", "email not_an_email"},
			{"an address with a name", "Mia <mia2@example.com>", "Mia", "owner", "email not_an_email"},
			{"a line break, which would forge a header", "mia@example.com\nBcc: x@example.com", "Mia", "owner", "email not_an_email"},
			{"no name", "zoe@example.com", " ", "owner", "name required"},
			{"a role there is not", "zoe@example.com", "Zoe", "root", "role not_allowed"},
			{"no role", "zoe@example.com", "Zoe", "", "role required"},
		} {
			if got := invite(c.email, c.name, c.role); got != c.want {
				t.Errorf("%s: %s, want %s", c.what, got, c.want)
			}
		}
	})
}

func TestAStaleFormIsNoticed(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := open(db, vault), dbtest.Context(t)
	who := add(t, db, "mia@example.com", models.RoleOwner)
	if _, err := o.Update(ctx, administrators.UpdateIn{ID: who.ID, Name: models.Some("Mia One"), Version: models.Some[int64](1)}); err != nil {
		t.Fatal(err)
	}
	_, err := o.Update(ctx, administrators.UpdateIn{ID: who.ID, Name: models.Some("Mia Two"), Version: models.Some[int64](1)})
	if f, ok := models.AsFault(err); !ok || f.Code != models.Stale || f.Current.(models.Administrator).Name != "Mia One" {
		t.Errorf("%v", err)
	}
	if err := o.Delete(ctx, administrators.DeleteIn{ID: who.ID, Version: models.Some[int64](1)}); !models.IsFault(err, models.Stale) {
		t.Errorf("%v", err)
	}
}

func TestListsPageInEveryOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := open(db, vault), dbtest.Context(t)
		for i := range 7 {
			add(t, db, fmt.Sprintf("%c_%d@example.com", 'a'+i%3, i), models.Roles[i%3])
		}
		for _, sort := range []string{"name", "-name", "created_at", "-created_at"} {
			var there, back []string
			in := administrators.ListIn{Sort: sort}
			in.Limit = 3
			var last models.List[models.Administrator]
			for {
				page, err := o.List(ctx, in)
				if err != nil {
					t.Fatal(err)
				}
				for _, a := range page.Items {
					there = append(there, a.ID)
				}
				if last = page; page.Next == "" {
					break
				}
				in.Cursor = page.Next
			}
			for page := last; ; {
				for i := len(page.Items) - 1; i >= 0; i-- {
					back = append([]string{page.Items[i].ID}, back...)
				}
				if page.Prev == "" {
					break
				}
				in.Cursor = page.Prev
				var err error
				if page, err = o.List(ctx, in); err != nil {
					t.Fatal(err)
				}
			}
			if len(there) != 7 || strings.Join(there, " ") != strings.Join(back, " ") {
				t.Errorf("%s: %v and back %v", sort, there, back)
			}
		}
		found, err := o.List(ctx, administrators.ListIn{Q: "A_0"})
		if err != nil || len(found.Items) != 1 {
			t.Errorf("a search takes an underscore as a letter like others: %d %v", len(found.Items), err)
		}
		if _, err := o.List(ctx, administrators.ListIn{Sort: "password_hash"}); !models.IsFault(err, models.Invalid) {
			t.Error(err)
		}
	})
}

func TestEventsAndMessagesTellNoSecrets(t *testing.T) {
	db, vault := dbtest.Open(t)
	o := open(db, vault)
	ctx := models.WithRequest(dbtest.Context(t), models.Request{Origin: "https://id.example.com"})
	who, err := o.Invite(ctx, administrators.InviteIn{Email: "mia@example.com", Name: "Mia Okafor", Role: models.RoleOwner})
	if err != nil {
		t.Fatal(err)
	}
	page, err := o.Outbox.List(ctx, outbox.ListIn{})
	if err != nil || len(page.Items) != 1 {
		t.Fatal(err)
	}
	var data struct{ Token string }
	if err := json.Unmarshal(page.Items[0].Data, &data); err != nil || len(data.Token) < 22 {
		t.Fatalf("%s %v", page.Items[0].Data, err)
	}
	for _, table := range []string{"events", "outbox_messages", "administrator_links", "administrators"} {
		var rows []map[string]any
		if err := db.Read.NewSelect().Table(table).Scan(ctx, &rows); err != nil {
			t.Fatal(err)
		}
		text, _ := json.Marshal(rows)
		if strings.Contains(fmt.Sprint(rows)+string(text), data.Token) {
			t.Errorf("the table %s holds the link in clear", table)
		}
		if table == "events" && strings.Contains(string(text), "mia@") {
			t.Error("the audit log holds an address")
		}
	}
	if out, _ := json.Marshal(who); strings.Contains(string(out), "hash") || strings.Contains(string(out), "sealed") {
		t.Errorf("%s", out)
	}
}
