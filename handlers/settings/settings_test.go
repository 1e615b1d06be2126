package settings_test

import (
	"context"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/settings"
	"gatehouse/models"
)

func TestTheTenantIsMadeOnce(t *testing.T) {
	db, _ := dbtest.Open(t)
	o, ctx := settings.New(db), dbtest.Context(t)
	if _, err := db.Write.ExecContext(ctx, "DELETE FROM tenants"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := o.Ensure(ctx); err != nil {
			t.Fatal(err)
		}
	}
	got, err := o.Current(ctx)
	if err != nil || got.Secrets != "readable" || got.AccessTokenLifetimeSeconds != 3600 || got.Version != 1 {
		t.Errorf("%+v %v", got, err)
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	db, _ := dbtest.Open(t)
	o, ctx := settings.New(db), dbtest.Context(t)
	cases := []struct {
		what  string
		in    settings.UpdateIn
		field string
	}{
		{"an empty name", settings.UpdateIn{Name: models.Some(" ")}, "name"},
		{"a null name", settings.UpdateIn{Name: models.Null[string]()}, "name"},
		{"another mode of secrets", settings.UpdateIn{Secrets: models.Some("hidden")}, "secrets"},
		{"no mode of secrets", settings.UpdateIn{Secrets: models.Some("")}, "secrets"},
		{"a token for a moment", settings.UpdateIn{AccessTokenLifetimeSeconds: models.Some[int64](59)}, "access_token_lifetime_seconds"},
		{"a token for more than a day", settings.UpdateIn{AccessTokenLifetimeSeconds: models.Some[int64](86401)}, "access_token_lifetime_seconds"},
		{"an unsigned token", settings.UpdateIn{AccessTokenAlg: models.Some("none")}, "access_token_alg"},
		{"a relative audience", settings.UpdateIn{DefaultAudience: models.Some("/api")}, "default_audience"},
		{"an audience with a fragment", settings.UpdateIn{DefaultAudience: models.Some("https://a.example/#x")}, "default_audience"},
		{"no mailbox", settings.UpdateIn{SupportEmail: models.Some("help")}, "support_email"},
		{"a page that runs", settings.UpdateIn{SupportURL: models.Some("javascript:alert(1)")}, "support_url"},
	}
	for _, c := range cases {
		_, err := o.Update(ctx, c.in)
		f, ok := models.AsFault(err)
		if !ok || f.Code != models.Invalid || f.Fields[0].Name != c.field {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	good := settings.UpdateIn{Name: models.Some(" Fernway Ltd "), DefaultAudience: models.Some("urn:example:api"), SupportURL: models.Some("https://help.example.com"), SupportEmail: models.Some("help@example.com")}
	out, err := o.Update(ctx, good)
	if err != nil || out.Name != "Fernway Ltd" || out.Version != 2 {
		t.Errorf("%+v %v", out, err)
	}
	if again, err := o.Update(ctx, good); err != nil || again.Version != 2 {
		t.Errorf("saving the same again: version %d, %v", again.Version, err)
	}
}

func TestCurrentFollowsAnUpdateAtOnce(t *testing.T) {
	db, _ := dbtest.Open(t)
	o, ctx := settings.New(db), dbtest.Context(t)
	forgot := 0
	o.Forget = func(context.Context, models.DB) error { forgot++; return nil }
	for _, mode := range []string{"readable", "write-once", "write-once", "readable"} {
		if _, err := o.Current(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Update(ctx, settings.UpdateIn{Secrets: models.Some(mode)}); err != nil {
			t.Fatal(err)
		}
		if now, err := o.Current(ctx); err != nil || now.Secrets != mode {
			t.Errorf("%s: %+v %v", mode, now, err)
		}
	}
	if forgot != 1 {
		t.Errorf("stored secrets were forgotten %d times", forgot)
	}
}

func TestOfTwoUpdatesNoneIsLost(t *testing.T) {
	db, _ := dbtest.Open(t)
	o, ctx := settings.New(db), dbtest.Context(t)
	if _, err := o.Update(ctx, settings.UpdateIn{Name: models.Some("One"), Version: models.Some[int64](1)}); err != nil {
		t.Fatal(err)
	}
	_, err := o.Update(ctx, settings.UpdateIn{Name: models.Some("Two"), Version: models.Some[int64](1)})
	if f, ok := models.AsFault(err); !ok || f.Code != models.Stale || f.Current.(models.Tenant).Name != "One" {
		t.Errorf("%v", err)
	}
}

func TestOnlyOwnersChangeSettings(t *testing.T) {
	db, _ := dbtest.Open(t)
	o := settings.New(db)
	for name, actions := range map[string]models.Actions{"editor": models.EditorActions, "viewer": models.ViewerActions} {
		ctx := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: name, Actions: actions})
		if _, err := o.Update(ctx, settings.UpdateIn{Name: models.Some("X")}); !models.IsFault(err, models.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := o.Get(ctx, struct{}{}); err != nil {
			t.Errorf("%s reads: %v", name, err)
		}
	}
}
