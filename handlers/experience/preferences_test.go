package experience

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

func ptr[T any](v T) *T { return &v }

// everything is a map of methods that uses all of them.
func everything() models.AuthMethods {
	lock := models.MethodLockout{FailuresExpireMinutes: ptr(30.0), Tiers: []models.MethodLockoutTier{{Attempts: 3, Minutes: 5}, {Attempts: 6, Minutes: 60}}}
	message := models.MessageSettings{PrimaryColor: "#0f5f47", From: ptr("Fernway"), Subject: ptr("Your code")}
	return models.AuthMethods{
		Email:    &models.EmailLinkMethod{ExpiresMinutes: 10, LinksPerUser: 2, Message: message},
		EmailOTP: &models.EmailCodeMethod{ExpiresMinutes: 5, MaxFailures: 3, CodeLength: ptr(8.0), CrossClients: ptr(true), Message: message},
		SMS:      &models.SMSCodeMethod{ExpiresMinutes: 5, MaxFailures: 4, LockoutMinutes: ptr(15.0)},
		Password: &models.PasswordMethod{Lockout: lock, ResetMinutes: 30, Complexity: 3, MinLength: 9, History: 4, CheckPwned: ptr(true),
			CheckDictionary: ptr(false), ExpiresDays: 100, NeverExpires: ptr(true), TemporaryHours: ptr(12.0), Message: message},
		TOTP:     &models.TOTPMethod{Lockout: lock, Algorithm: ptr("sha256"), Digits: ptr(8.0), Issuer: ptr("Fernway")},
		Passkey:  &models.PasskeyMethod{RPID: "fernway.example", WebOrigins: []string{"https://fernway.example"}, Attestation: ptr("direct")},
		Push:     &models.PushMethod{APNsList: true, APNs: []models.APNsKey{{Key: models.NewSecret("first-push-key"), KeyID: "K1", TeamID: "T", Bundle: "b"}, {Key: models.NewSecret("second-push-key"), KeyID: "K2", TeamID: "T", Bundle: "b"}}, FCM: &models.FCMKey{Key: models.NewSecret(`{"project":"x"}`)}},
		PIN:      &models.PINMethod{Lockout: models.MethodLockout{MaxFailures: ptr(4.0)}},
		Face:     &models.FaceMethod{SaveEmbedding: ptr(false)},
		Google:   &models.SocialMethod{ClientID: "g-id", ClientSecret: models.NewSecret("g-secret"), RedirectURIs: []string{"https://fernway.example/cb"}},
		Facebook: &models.SocialMethod{ClientID: "f-id"},
		Apple:    &models.SocialMethod{ClientID: "a-id", ClientSecret: models.NewSecret("a-key"), TeamID: "TEAM", KeyID: "KEY"},
		LINE:     &models.SocialMethod{ClientID: "l-id"},
		TikTok:   &models.SocialMethod{ClientID: "t-id"},
		WebAuthn: &models.SocialMethod{ClientID: "w-id", ClientSecret: models.NewSecret("w-secret")},
	}
}

// automation is a management client: its reads carry secrets, those of people never do.
func automation(t *testing.T) context.Context {
	return dbtest.As(t, models.Actor{Kind: models.ActorClient, ID: "robot", Name: "Robot", Actions: models.OwnerActions})
}

func TestPreferencesReadBackAsTheyWereWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		o, ctx := New(db, vault), automation(t)
		app := application(t, ctx, db)
		want := everything()
		for range 2 { // the second write changes nothing
			got, err := o.SetLoginPreferences(ctx, app, want)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("got  %#v\nwant %#v", got, want)
			}
		}
		if v, _ := o.Get(ctx, ScopeIn{app}); v.Version != 1 {
			t.Errorf("version %d after writing the same twice", v.Version)
		}
		if got, err := o.SetLoginPreferences(ctx, app, models.AuthMethods{}); err != nil || !reflect.DeepEqual(got, models.AuthMethods{}) {
			t.Errorf("emptied: %#v, %v", got, err)
		}
	})
}

func TestPreferencesAreTheSettingsThatEverybodyShares(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault), dbtest.Context(t)
	app := application(t, ctx, db)
	if _, err := o.SetLoginPreferences(ctx, app, everything()); err != nil {
		t.Fatal(err)
	}
	v, _ := o.Get(ctx, ScopeIn{app})
	p := v.Settings.Password
	if p.MinLength != 9 || p.Level != "fair" || p.History != 4 || !p.RejectPwned || p.RejectDictionary || p.Expires || v.Settings.Lockout.Tiers[1].Attempts != 6 {
		t.Errorf("settings %+v", v.Settings)
	}
	if tenant, _ := o.Get(ctx, ScopeIn{}); tenant.Version != 0 {
		t.Error("the tenant's layer is not written")
	}
	patch(t, o, ctx, app, `{"password":{"min_length":12,"reject_pwned":false}}`)
	m, err := o.LoginPreferences(ctx, app)
	if err != nil || m.Password.MinLength != 12 || *m.Password.CheckPwned || m.Password.TemporaryHours == nil {
		t.Errorf("a change elsewhere shows: %+v, %v", m.Password, err)
	}
}

func TestAnUntouchedApplicationShowsWhatIsInEffect(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault), dbtest.Context(t)
	app := application(t, ctx, db)
	m, err := o.LoginPreferences(ctx, app)
	if err != nil || m.Password == nil || m.Password.MinLength != 8 || m.EmailOTP != nil || m.Google != nil {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestSecretsOfConnectionsAreSealedAndNotToldToEverybody(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault), automation(t)
	app := application(t, ctx, db)
	if _, err := o.SetLoginPreferences(ctx, app, everything()); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"SELECT sealed_secret || options || secret_options FROM connections", "SELECT settings FROM experience_layers", "SELECT settings FROM experience_versions", "SELECT COALESCE(detail, '') FROM events"} {
		var texts []string
		if err := db.Read.NewRaw(query).Scan(ctx, &texts); err != nil || len(texts) == 0 {
			t.Fatalf("%s: %v", query, err)
		}
		for _, secret := range []string{"g-secret", "a-key", "first-push-key", "project"} {
			if strings.Contains(strings.Join(texts, "\n"), secret) {
				t.Errorf("%s shows %s", query, secret)
			}
		}
	}
	viewer := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "v", Actions: models.ViewerActions})
	m, err := o.LoginPreferences(viewer, app)
	if err != nil || m.Google.ClientID != "g-id" || !m.Google.ClientSecret.Empty() {
		t.Errorf("a viewer reads no secret: %+v, %v", m.Google, err)
	}
	if m, err := o.LoginPreferences(dbtest.Context(t), app); err != nil || !m.Google.ClientSecret.Empty() {
		t.Errorf("nor does an owner, but by a reveal: %+v, %v", m.Google, err)
	}
	if _, err := o.SetLoginPreferences(ctx, app, m); err != nil {
		t.Fatal(err)
	}
	if m, _ = o.LoginPreferences(ctx, app); !m.Google.ClientSecret.Equal("g-secret") {
		t.Error("sending back what was read without secrets keeps them")
	}
}

func TestATenantsConnectionIsShownWithoutItsSecretAndNotCopied(t *testing.T) {
	db, vault := dbtest.Open(t)
	o, ctx := New(db, vault), dbtest.Context(t)
	app := application(t, ctx, db)
	c := models.Connection{ID: models.NewID(models.ObjectID), TenantID: models.DefaultTenant, Strategy: models.StrategyGoogle, Name: "Google",
		Enabled: true, Options: map[string]any{"client_id": "tenant-google"}, SecretOptions: []string{"/client_secret"}, Realms: []string{}, Metadata: map[string]string{}, Version: 1, CreatedAt: models.Now(), UpdatedAt: models.Now()}
	c.SealedSecret = vault.SealOptions(c.ID, map[string]string{models.MainSecret: "tenant-secret"})
	if _, err := db.Write.NewInsert().Model(&c).Exec(ctx); err != nil {
		t.Fatal(err)
	}
	patch(t, o, ctx, "", `{"methods":{"connections":["`+c.ID+`"]}}`)
	m, err := o.LoginPreferences(ctx, app)
	if err != nil || m.Google == nil || m.Google.ClientID != "tenant-google" || !m.Google.ClientSecret.Empty() {
		t.Fatalf("%+v, %v", m.Google, err)
	}
	if _, err := o.SetLoginPreferences(ctx, app, m); err != nil {
		t.Fatal(err)
	}
	if n, _ := db.Read.NewSelect().Table("connections").Count(ctx); n != 1 {
		t.Errorf("%d connections", n)
	}
}
