package credentials_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"gatehouse/handlers/credentials"
	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

const client = "shop-web"

// safe is a database with one client, and a clock that the test moves.
type safe struct {
	credentials.Ops
	t   *testing.T
	ctx context.Context
	at  *time.Time
}

func newSafe(t *testing.T, db models.DB, vault *models.Vault) safe {
	t.Helper()
	at := models.Now()
	s := safe{credentials.New(db, vault), t, dbtest.Context(t), &at}
	s.Now = func() time.Time { return *s.at }
	app := models.Application{ID: "shop", TenantID: models.DefaultTenant, Name: "Shop", CreatedAt: at, UpdatedAt: at}
	c := models.Client{ID: client, TenantID: models.DefaultTenant, ApplicationID: "shop", Name: "Web", Protocol: "oidc", CreatedAt: at, UpdatedAt: at}
	for _, row := range []any{&app, &c} {
		if _, err := db.Write.NewInsert().Model(row).Exec(s.ctx); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s safe) later(d time.Duration) { *s.at = s.at.Add(d) }

// again is the same owner, who has just signed in anew.
func (s safe) again() context.Context {
	actor := models.ActorFrom(s.ctx)
	actor.AuthTime = *s.at
	return models.WithActor(s.ctx, actor)
}

func (s safe) create(name string, expires *time.Time) credentials.Value {
	s.t.Helper()
	s.later(time.Second)
	v, err := s.Create(s.again(), credentials.CreateIn{ClientID: client, Name: name, ExpiresAt: expires})
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

// primary is the value that a dialect shows.
func (s safe) primary() string {
	s.t.Helper()
	v, err := s.Primary(dbtest.As(s.t, models.Actor{Kind: models.ActorClient, ID: "robot", TenantID: models.DefaultTenant, Actions: models.ManagementActions}), client)
	if err != nil {
		s.t.Fatal(err)
	}
	return v.Reveal()
}

func (s safe) one(id string) credentials.OneIn { return credentials.OneIn{ClientID: client, ID: id} }

func reasonOf(err error) string {
	f, ok := models.AsFault(err)
	switch {
	case err == nil:
		return ""
	case !ok:
		return "internal: " + err.Error()
	case len(f.Fields) > 0:
		return f.Fields[0].Name + " " + f.Fields[0].Reason
	}
	return f.Reason
}

func TestPrimaryFollowsWhatIsValid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		s := newSafe(t, db, vault)
		if s.primary() != "" {
			t.Error("without a secret there is no primary one")
		}
		soon := s.at.Add(time.Hour)
		first := s.create("First", &soon)
		second := s.create("Second", nil)
		third := s.create("Third", nil)
		if s.primary() != first.Value {
			t.Error("a further secret does not take the first one's place")
		}
		s.later(2 * time.Hour)
		if s.primary() != third.Value {
			t.Error("the newest valid one follows an expired primary")
		}
		s.ctx = s.again()
		if _, err := s.MakePrimary(s.ctx, s.one(second.ID)); err != nil || s.primary() != second.Value {
			t.Errorf("another can be chosen: %v", err)
		}
		if _, err := s.MakePrimary(s.ctx, s.one(first.ID)); reasonOf(err) != "secret_not_valid" {
			t.Errorf("an expired one cannot: %v", err)
		}
		if _, err := s.Revoke(s.ctx, s.one(second.ID)); err != nil || s.primary() != third.Value {
			t.Errorf("a retired one is followed too: %v", err)
		}
		if err := s.Delete(s.ctx, s.one(third.ID)); err != nil || s.primary() != "" {
			t.Errorf("and with none left there is none: %v", err)
		}
		list, err := s.List(s.ctx, credentials.ClientIn{ClientID: client})
		if err != nil || len(list.Items) != 2 || list.Items[0].Status != "retired" || list.Items[1].Status != "expired" {
			t.Errorf("what was there stays in sight: %+v, %v", list.Items, err)
		}
	})
}

func TestCreateRules(t *testing.T) {
	db, vault := dbtest.Open(t)
	s := newSafe(t, db, vault)
	past := s.at.Add(-time.Second)
	s.create("Taken", nil)
	for _, tc := range []struct {
		says   string
		in     credentials.CreateIn
		reason string
	}{
		{"a name is needed", credentials.CreateIn{Name: "  "}, "name required"},
		{"a name is unique per client", credentials.CreateIn{Name: "Taken"}, "name credential_name_taken"},
		{"an end lies ahead", credentials.CreateIn{Name: "Late", ExpiresAt: &past}, "expires_at not_in_future"},
	} {
		tc.in.ClientID = client
		if _, err := s.Create(s.ctx, tc.in); reasonOf(err) != tc.reason {
			t.Errorf("%s: %v", tc.says, err)
		}
	}
	for i := range credentials.Limit - 1 {
		s.create(fmt.Sprintf("Number %d", i), nil)
	}
	if _, err := s.Create(s.ctx, credentials.CreateIn{ClientID: client, Name: "One more"}); reasonOf(err) != "credential_limit" {
		t.Errorf("a client holds a limited number: %v", err)
	}
}

func TestImport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		s := newSafe(t, db, vault)
		for _, tc := range []struct{ says, value, reason string }{
			{"a short value is refused", "tooshort", "value too_short"},
			{"a value that repeats itself is refused", strings.Repeat("a", 40), "value guessable"},
			{"a value with a blank is refused", "0123456789 0123456789 abcdef", "value not_printable"},
			{"a random value is taken", "7dC3kQzW1vXpT9sLmN4bR8yH", ""},
			{"a value is used once", "7dC3kQzW1vXpT9sLmN4bR8yH", "value secret_value_taken"},
		} {
			in := credentials.ImportIn{CreateIn: credentials.CreateIn{ClientID: client, Name: tc.says}, Value: models.NewSecret(tc.value)}
			if _, err := s.Import(s.ctx, in); reasonOf(err) != tc.reason {
				t.Errorf("%s: %v", tc.says, err)
			}
		}
		if s.primary() != "7dC3kQzW1vXpT9sLmN4bR8yH" {
			t.Error("an imported secret is shown as it was brought")
		}
	})
}

func TestRevealNeedsARecentSignInAndIsRecorded(t *testing.T) {
	db, vault := dbtest.Open(t)
	s := newSafe(t, db, vault)
	v := s.create("First", nil)
	got, err := s.Reveal(s.ctx, s.one(v.ID))
	if err != nil || got.Value != v.Value {
		t.Fatalf("a stored secret is shown again: %v", err)
	}
	n, err := db.Read.NewSelect().Model((*models.Event)(nil)).Where("e.type = 'secret.revealed'").Where("e.object_id = ?", v.ID).Count(s.ctx)
	if n != 1 || err != nil {
		t.Errorf("each reveal is recorded: %d, %v", n, err)
	}
	s.later(models.RecentSignIn + time.Minute)
	if _, err := s.Reveal(s.ctx, s.one(v.ID)); reasonOf(err) != "recent_sign_in_needed" || !models.IsFault(err, models.Forbidden) {
		t.Errorf("an old sign-in does not do: %v", err)
	}
	viewer := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, Actions: models.ViewerActions, AuthTime: *s.at})
	if _, err := s.Reveal(viewer, s.one(v.ID)); reasonOf(err) != "missing_permission" {
		t.Errorf("a viewer does not see values: %v", err)
	}
	if _, err := s.Primary(viewer, client); reasonOf(err) != "missing_permission" {
		t.Errorf("not by another way either: %v", err)
	}
}

// docs/decisions.md 21: each read that carries values for a management application is without them for a person.
func TestReadsCarryValuesForWhomReadsSecretsSays(t *testing.T) {
	db, vault := dbtest.Open(t)
	s := newSafe(t, db, vault)
	want := s.create("First", nil).Value
	robot := dbtest.As(t, models.Actor{Kind: models.ActorClient, ID: "robot", Actions: models.ManagementActions})
	for what, c := range map[string]struct {
		ctx  context.Context
		want string
	}{"a person": {s.again(), ""}, "a management application": {robot, want}} {
		one, err := s.Primary(c.ctx, client)
		if err != nil || one.Reveal() != c.want {
			t.Errorf("%s, Primary: %q %v", what, one.Reveal(), err)
		}
		page, err := s.Primaries(c.ctx, []models.Client{{ID: client, ApplicationID: "shop"}})
		if shown, there := page[client]; err != nil || !there || shown.Reveal() != c.want {
			t.Errorf("%s, Primaries: %q %v %v", what, shown.Reveal(), there, err)
		}
		all, err := s.Values(c.ctx, credentials.ClientIn{ClientID: client})
		if err != nil || len(all) != 1 || all[0].Value.Reveal() != c.want || models.ReadsSecrets(c.ctx, "shop") != (c.want != "") {
			t.Errorf("%s, Values: %d %v", what, len(all), err)
		}
	}
}

func TestWriteOnceKeepsNoValue(t *testing.T) {
	db, vault := dbtest.Open(t)
	s := newSafe(t, db, vault)
	if _, err := db.Write.ExecContext(s.ctx, "UPDATE tenants SET secrets = 'write-once'"); err != nil {
		t.Fatal(err)
	}
	v := s.create("First", nil)
	if s.primary() != "" {
		t.Error("dialects show nothing")
	}
	if _, err := s.Reveal(s.ctx, s.one(v.ID)); reasonOf(err) != "secret_write_once" {
		t.Errorf("a reveal is impossible: %v", err)
	}
	var row models.Credential
	if err := db.Read.NewSelect().Model(&row).Where("cr.id = ?", v.ID).Scan(s.ctx); err != nil || row.Sealed != "" || row.Hash != vault.SecretHash(v.Value) {
		t.Errorf("only the keyed hash is kept: %+v, %v", row, err)
	}
}

func TestRotation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		in := credentials.ClientIn{ClientID: client}
		s := newSafe(t, db, vault)
		if _, err := s.StartRotation(s.ctx, credentials.RotateIn{ClientID: client}); reasonOf(err) != "nothing_to_rotate" {
			t.Errorf("there must be one to replace: %v", err)
		}
		end := s.at.Add(90 * 24 * time.Hour)
		old := s.create("Old", &end)
		s.later(time.Hour)
		if _, err := s.StartRotation(s.ctx, credentials.RotateIn{ClientID: client}); reasonOf(err) != "recent_sign_in_needed" {
			t.Errorf("SECURITY-BAR C7: a new secret is shown after a recent sign-in: %v", err)
		}
		s.ctx = s.again()
		started, err := s.StartRotation(s.ctx, credentials.RotateIn{ClientID: client, OverlapSeconds: ptr(3600)})
		if err != nil || started.Rotation == nil || started.Rotation.Old.ID != old.ID || !started.Rotation.OldEndsAt.Equal(s.at.Add(time.Hour)) {
			t.Fatalf("a rotation begins, and the old secret ends with the overlap: %+v, %v", started.Rotation, err)
		}
		if s.primary() != old.Value {
			t.Error("the old secret stays primary until the rotation is finished")
		}
		if _, err := s.StartRotation(s.ctx, credentials.RotateIn{ClientID: client}); reasonOf(err) != "rotation_in_progress" {
			t.Errorf("one rotation at a time: %v", err)
		}
		back, err := s.CancelRotation(s.ctx, in)
		if err != nil || back.ExpiresAt == nil || !back.ExpiresAt.Equal(end) || back.RotationID != "" {
			t.Fatalf("cancelling gives the old secret its own end back: %+v, %v", back, err)
		}
		if _, err := s.GetRotation(s.ctx, in); reasonOf(err) != "rotation_not_found" {
			t.Errorf("then none is under way: %v", err)
		}
		s.later(time.Hour)
		s.ctx = s.again()
		started, err = s.StartRotation(s.ctx, credentials.RotateIn{ClientID: client, Name: "New"})
		if err != nil {
			t.Fatal(err)
		}
		done, err := s.FinishRotation(s.ctx, in)
		if err != nil || !done.IsPrimary || s.primary() != started.Secret.Value {
			t.Fatalf("finishing makes the new secret primary: %+v, %v", done, err)
		}
		if got, err := s.Get(s.ctx, s.one(old.ID)); err != nil || got.Status != "retired" {
			t.Errorf("and retires the old one: %+v, %v", got, err)
		}
		s.later(time.Hour)
		s.ctx = s.again()
		at := s.create("Beside", nil)
		now, err := s.StartRotation(s.ctx, credentials.RotateIn{ClientID: client, OverlapSeconds: ptr(0)})
		if err != nil || now.Rotation != nil || s.primary() != now.Secret.Value {
			t.Fatalf("without overlap the new secret takes over at once: %+v, %v", now, err)
		}
		if got, err := s.Get(s.ctx, s.one(at.ID)); err != nil || got.Status != "valid" {
			t.Errorf("and others stay: %+v, %v", got, err)
		}
	})
}

func TestRotationEndsWithItsSecrets(t *testing.T) {
	db, vault := dbtest.Open(t)
	s := newSafe(t, db, vault)
	old := s.create("Old", nil)
	s.later(time.Second)
	started, err := s.StartRotation(s.ctx, credentials.RotateIn{ClientID: client, OverlapSeconds: ptr(3600)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(s.ctx, s.one(started.Secret.ID)); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(s.ctx, s.one(old.ID)); err != nil || got.ExpiresAt != nil || got.RotationID != "" {
		t.Errorf("deleting the new secret is cancelling: %+v, %v", got, err)
	}
	s.later(time.Second)
	if started, err = s.StartRotation(s.ctx, credentials.RotateIn{ClientID: client, OverlapSeconds: ptr(3600)}); err != nil {
		t.Fatal(err)
	}
	s.later(2 * time.Hour)
	if s.primary() != started.Secret.Value {
		t.Error("when the overlap is over, the new secret follows by itself")
	}
}

func TestKeysAndCertificates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		s := newSafe(t, db, vault)
		jwk := json.RawMessage(`{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","note":"x"}`)
		key, err := s.CreateKey(s.ctx, credentials.KeyIn{ClientID: client, Name: "Signing", JWK: jwk})
		if err != nil || key.Thumbprint == "" || strings.Contains(string(key.PublicJWK), "note") {
			t.Fatalf("a public key: %+v, %v", key, err)
		}
		if _, err := s.CreateKey(s.ctx, credentials.KeyIn{ClientID: client, Name: "Again", JWK: jwk}); reasonOf(err) != "credential_registered" {
			t.Errorf("a key is registered once: %v", err)
		}
		cert, err := s.CreateCertificate(s.ctx, credentials.CertificateIn{ClientID: client, Name: "TLS", Certificate: certificate(t, s.at.Add(time.Hour))})
		if err != nil || cert.ExpiresAt == nil {
			t.Fatalf("a certificate: %+v, %v", cert, err)
		}
		if _, err := s.CreateCertificate(s.ctx, credentials.CertificateIn{ClientID: client, Name: "Old", Certificate: certificate(t, s.at.Add(-time.Hour))}); reasonOf(err) != "certificate expired" {
			t.Errorf("an expired certificate is refused: %v", err)
		}
		if err := s.DeleteCertificate(s.ctx, credentials.CertificateOneIn{ClientID: client, ID: key.ID}); reasonOf(err) != "certificate_not_found" {
			t.Errorf("a key is no certificate: %v", err)
		}
		if err := s.DeleteKey(s.ctx, credentials.KeyOneIn{ClientID: client, ID: key.ID}); err != nil {
			t.Error(err)
		}
		if _, err := s.Get(s.ctx, s.one(cert.ID)); reasonOf(err) != "secret_not_found" {
			t.Errorf("a certificate is no secret: %v", err)
		}
	})
}

// TestAnAwaitedKeyOpensNothing: the place of a key counts as no credential until the key is handed in, which is done once.
func TestAnAwaitedKeyOpensNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		s := newSafe(t, db, vault)
		place, err := s.Announce(s.ctx, credentials.AnnounceIn{ClientID: client, Name: "Signing"})
		if err != nil || place.Status != "awaited" {
			t.Fatalf("%+v, %v", place, err)
		}
		if n, err := s.CountValid(s.ctx, []string{client}); err != nil || n[client] != 0 {
			t.Errorf("it counts: %v, %v", n, err)
		}
		jwk := json.RawMessage(`{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}`)
		hand := func(id string) (credentials.Credential, error) {
			return s.UpdateKey(s.ctx, credentials.KeyUpdateIn{ClientID: client, ID: id, JWK: jwk})
		}
		if got, err := hand(place.ID); err != nil || got.Status != "valid" || got.Thumbprint == "" {
			t.Errorf("handed in: %+v, %v", got, err)
		}
		if n, err := s.CountValid(s.ctx, []string{client}); err != nil || n[client] != 1 {
			t.Errorf("it does not count: %v, %v", n, err)
		}
		if _, err := hand(place.ID); reasonOf(err) != "jwk key_fixed" {
			t.Errorf("a key was changed: %v", err)
		}
		other, err := s.Announce(s.ctx, credentials.AnnounceIn{ClientID: client, Name: "Other"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := hand(other.ID); reasonOf(err) != "credential_registered" {
			t.Errorf("one key twice: %v", err)
		}
	})
}

func FuzzReadJWK(f *testing.F) {
	f.Add([]byte(`{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`))
	f.Add([]byte(`{"kty":"RSA","n":"AQAB","e":"AQAB","d":""}`))
	f.Add([]byte(`{"kty":"oct","k":""}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		key, fault := credentials.ReadJWK(raw)
		if fault == nil && !key.IsPublic() {
			t.Fatalf("%s passed", raw)
		}
	})
}

func certificate(t *testing.T, end time.Time) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"}, NotBefore: end.Add(-time.Hour), NotAfter: end}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func ptr(n int64) *int64 { return &n }
