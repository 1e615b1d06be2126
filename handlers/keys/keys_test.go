package keys

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

// bench is a ring whose clock a test turns.
type bench struct {
	Ops
	ring *Ring
	now  time.Time
	ctx  context.Context
}

func newBench(t testing.TB, db models.DB, vault *models.Vault) *bench {
	b := &bench{ring: NewRing(db, vault), now: models.Now(), ctx: dbtest.Context(t)}
	b.Ops = Ops{DB: db, Vault: vault, Now: func() time.Time { return b.now }}
	if err := b.ring.Prepare(b.ctx); err != nil {
		t.Fatal(err)
	}
	return b
}

// pass lets time go by, and the person sign in again.
func (b *bench) pass(d time.Duration) {
	b.now = b.now.Add(d)
	actor := models.ActorFrom(b.ctx)
	actor.AuthTime = b.now
	b.ctx = models.WithActor(b.ctx, actor)
}

func (b *bench) kids(t testing.TB) []string {
	t.Helper()
	body, _, err := b.ring.JWKS(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(body, &set); err != nil {
		t.Fatal(err)
	}
	var kids []string
	for _, k := range set.Keys {
		kids = append(kids, k.KeyID)
	}
	return kids
}

func reason(err error) string {
	if f, ok := models.AsFault(err); ok {
		return f.Reason
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// SECURITY-BAR T14: the next key is published before use, the old one stays until its tokens are gone, and no token issued
// before is refused because of rotation.
func TestRotation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		b := newBench(t, db, vault)
		first, err := b.ring.Signer(b.ctx, "", models.AlgES256)
		if err != nil {
			t.Fatal(err)
		}
		token, _ := first.Sign(TypAccessToken, []byte(`{"sub":"a"}`))

		next, err := b.Create(b.ctx, CreateIn{Name: "autumn"})
		if err != nil || next.Status != models.KeyNext {
			t.Fatalf("create: %v, %v", next.Status, err)
		}
		if got := b.kids(t); len(got) != 2 {
			t.Fatalf("a next key is published at once: %v", got)
		}
		if _, err := b.Create(b.ctx, CreateIn{}); reason(err) != "next_key_exists" {
			t.Errorf("a second next key: %v", err)
		}
		if _, err := b.Promote(b.ctx, StepIn{ID: next.ID}); reason(err) != "published_too_recently" {
			t.Errorf("promote at once: %v", err)
		}
		b.pass(PublishFirst)
		if _, err := b.Promote(b.ctx, StepIn{ID: next.ID, Version: models.Some(int64(7))}); !models.IsFault(err, models.Stale) {
			t.Errorf("promote another version: %v", err)
		}
		if _, err := b.Promote(b.ctx, StepIn{ID: next.ID}); err != nil {
			t.Fatalf("promote after an hour: %v", err)
		}
		now, _ := b.ring.Signer(b.ctx, "", models.AlgES256)
		if now.KID != next.KID {
			t.Error("the promoted key does not sign")
		}
		if !verifiesToken(t, b, token) {
			t.Error("a token from before the rotation is refused")
		}
		if _, err := b.Retire(b.ctx, StepIn{ID: now.ID}); reason(err) != "not_previous" {
			t.Errorf("retire the current key: %v", err)
		}
		if _, err := b.Retire(b.ctx, StepIn{ID: first.ID}); reason(err) != "tokens_still_live" {
			t.Errorf("retire too early: %v", err)
		}
		if err := b.Delete(b.ctx, DeleteIn{ID: first.ID}); reason(err) != "key_in_use" {
			t.Errorf("delete a previous key: %v", err)
		}
		b.pass(KeepFor)
		gone, err := b.Retire(b.ctx, StepIn{ID: first.ID})
		if err != nil || gone.Sealed != "" {
			t.Fatalf("retire: %v, private part kept: %v", err, gone.Sealed != "")
		}
		if verifiesToken(t, b, token) {
			t.Error("a retired key still verifies")
		}
		if err := b.Delete(b.ctx, DeleteIn{ID: first.ID}); err != nil {
			t.Errorf("delete a retired key: %v", err)
		}
	})
}

func verifiesToken(t *testing.T, b *bench, token string) bool {
	t.Helper()
	jws, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	key, ok, err := b.ring.Public(b.ctx, jws.Signatures[0].Header.KeyID)
	if err != nil {
		t.Fatal(err)
	}
	if !ok {
		return false
	}
	_, err = jws.Verify(key.Key)
	return err == nil
}

func TestKeepForFollowsTheLongestToken(t *testing.T) {
	db, vault := dbtest.Open(t)
	b := newBench(t, db, vault)
	if _, err := db.Write.ExecContext(b.ctx, "UPDATE tenants SET access_token_lifetime_seconds = 172800"); err != nil {
		t.Fatal(err)
	}
	if keep, err := keepFor(b.ctx, db); keep != 48*time.Hour || err != nil {
		t.Errorf("keepFor = %v, %v", keep, err)
	}
}

// SECURITY-BAR C7: keys of applications too.
func TestKeysOfApplicationsWantARecentSignIn(t *testing.T) {
	db, vault := dbtest.Open(t)
	b := newBench(t, db, vault)
	old := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, TenantID: models.DefaultTenant, Actions: models.OwnerActions, AuthTime: b.now.Add(-11 * time.Minute)})
	_, made := b.CreateOwn(old, CreateOwnIn{ApplicationID: "a"})
	_, brought := b.Upload(old, UploadIn{ApplicationID: "a"})
	_, changed := b.UpdateOwn(old, UpdateOwnIn{ApplicationID: "a", ID: "k"})
	gone := b.DeleteOwn(old, OwnIn{ApplicationID: "a", ID: "k"})
	for name, err := range map[string]error{"create": made, "upload": brought, "update": changed, "delete": gone} {
		if reason(err) != "recent_sign_in_needed" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// SECURITY-BAR C7: keys change only after a recent sign-in; a client with a management token has no sign-in to be old.
func TestWhoMayRotate(t *testing.T) {
	db, vault := dbtest.Open(t)
	b := newBench(t, db, vault)
	next, err := b.Create(b.ctx, CreateIn{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		actor models.Actor
		want  string
	}{
		{"an owner who signed in long ago", models.Actor{Kind: models.ActorAdministrator, Actions: models.OwnerActions, AuthTime: b.now.Add(-11 * time.Minute)}, "recent_sign_in_needed"},
		{"an editor", models.Actor{Kind: models.ActorAdministrator, Actions: models.EditorActions, AuthTime: b.now}, "missing_permission"},
		{"a client of an ordinary application", models.Actor{Kind: models.ActorClient, ApplicationID: "a", Actions: models.OwnActions}, "missing_permission"},
		{"a client of a management application", models.Actor{Kind: models.ActorClient, Actions: models.ManagementActions}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := b.Promote(dbtest.As(t, c.actor), StepIn{ID: next.ID, Force: true}); reason(err) != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestAKeyIsMadeOnceForAllWhoWait(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		b := newBench(t, db, vault)
		short, cancel := context.WithTimeout(b.ctx, time.Millisecond)
		defer cancel()
		if _, err := b.ring.Signer(short, "", models.AlgRS256); err == nil {
			t.Error("an RSA key within a millisecond")
		}
		var wg sync.WaitGroup
		kids := make([]string, 8)
		for i := range kids {
			wg.Go(func() {
				s, err := b.ring.Signer(b.ctx, "", models.AlgRS256)
				if err != nil {
					t.Error(err)
					return
				}
				kids[i] = s.KID
			})
		}
		wg.Wait()
		for _, kid := range kids {
			if kid != kids[0] {
				t.Fatalf("several keys were made: %v", kids)
			}
		}
		other := NewRing(db, vault) // another node finds it
		if err := other.Complete(b.ctx); err != nil {
			t.Fatal(err)
		}
		if s, err := other.Signer(b.ctx, "", models.AlgRS256); err != nil || s.KID != kids[0] {
			t.Errorf("another node signs with another key: %v", err)
		}
	})
}

func TestSignatures(t *testing.T) {
	db, vault := dbtest.Open(t)
	b := newBench(t, db, vault)
	for _, alg := range models.Algs {
		t.Run(alg, func(t *testing.T) {
			s, err := b.ring.Signer(b.ctx, "", alg)
			if err != nil {
				t.Fatal(err)
			}
			for range 50 { // short ECDSA numbers need padding
				token, err := s.Sign(TypAccessToken, []byte(`{"sub":"x"}`))
				if err != nil {
					t.Fatal(err)
				}
				jws, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
				if err != nil {
					t.Fatal(err)
				}
				key, ok, _ := b.ring.Public(b.ctx, jws.Signatures[0].Header.KeyID)
				if got, err := jws.Verify(key.Key); !ok || err != nil || string(got) != `{"sub":"x"}` {
					t.Fatalf("verify: %v", err)
				}
				if typ := jws.Signatures[0].Header.ExtraHeaders["typ"]; typ != TypAccessToken {
					t.Fatalf("typ %v", typ)
				}
			}
		})
	}
}

// The key set and every answer hold public members only (SECURITY-BAR K1, T14).
func TestPrivatePartsNeverLeave(t *testing.T) {
	db, vault := dbtest.Open(t)
	b := newBench(t, db, vault)
	_ = b.ring.Complete(b.ctx)
	set, _, _ := b.ring.JWKS(b.ctx)
	list, err := b.List(b.ctx, None{})
	if err != nil || len(list.Items) != 2 {
		t.Fatalf("%d keys, %v", len(list.Items), err)
	}
	answer, _ := json.Marshal(list)
	var stored []string
	if err := db.Read.NewRaw("SELECT sealed || public_jwk FROM signing_keys").Scan(b.ctx, &stored); err != nil {
		t.Fatal(err)
	}
	for _, text := range append(stored, string(set), string(answer)) {
		for _, member := range []string{`"d":`, `"p":`, `"q":`, `"dp":`, "sealed", "PRIVATE"} {
			if strings.Contains(text, member) {
				t.Errorf("%s in %.60s", member, text)
			}
		}
	}
}

func application(t *testing.T, b *bench, id string) {
	t.Helper()
	a := models.Application{ID: id, TenantID: models.DefaultTenant, Name: id, Kind: models.KindStandard, CreatedAt: b.now, UpdatedAt: b.now}
	if _, err := b.DB.Write.NewInsert().Model(&a).Exec(b.ctx); err != nil {
		t.Fatal(err)
	}
}

func TestApplicationKeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		b := newBench(t, db, vault)
		application(t, b, "shop")
		application(t, b, "other")
		one, err := b.CreateOwn(b.ctx, CreateOwnIn{ApplicationID: "shop", Name: "one"})
		if err != nil || one.Status != models.KeySigning {
			t.Fatalf("the first key signs: %v, %v", one.Status, err)
		}
		two, err := b.CreateOwn(b.ctx, CreateOwnIn{ApplicationID: "shop", Name: "two", Alg: models.AlgEdDSA})
		if err != nil || two.Status != models.KeyValidating {
			t.Fatalf("the second key waits: %v, %v", two.Status, err)
		}
		if s, err := b.ring.Signer(b.ctx, "shop", models.AlgRS256); err != nil || s.KID != one.KID {
			t.Errorf("its own key signs whatever algorithm was asked for: %v", err)
		}
		if _, err := b.UpdateOwn(b.ctx, UpdateOwnIn{ApplicationID: "shop", ID: two.ID, Status: models.Some(models.KeySigning)}); err != nil {
			t.Fatal(err)
		}
		list, _ := b.ListOwn(b.ctx, OfIn{"shop"})
		status := map[string]string{}
		for _, k := range list.Items {
			status[k.Name] = k.Status
		}
		if status["one"] != models.KeyValidating || status["two"] != models.KeySigning {
			t.Errorf("setting one to signing demotes the former: %v", status)
		}
		if _, err := b.UpdateOwn(b.ctx, UpdateOwnIn{ApplicationID: "shop", ID: one.ID, Status: models.Some(models.KeyDisabled)}); err != nil {
			t.Fatal(err)
		}
		if kids := b.kids(t); len(kids) != 2 { // the ring's ES256 and "two"
			t.Errorf("a disabled key is not published: %v", kids)
		}
		if _, err := b.UpdateOwn(b.ctx, UpdateOwnIn{ApplicationID: "other", ID: one.ID, Name: models.Some("mine")}); !models.IsFault(err, models.NotFound) {
			t.Errorf("a key under another application: %v", err)
		}
		if err := b.DeleteOwn(b.ctx, OwnIn{ApplicationID: "shop", ID: one.ID}); err != nil {
			t.Error(err)
		}
		if err := b.StopSigning(b.ctx, "shop", true); err != nil {
			t.Error(err)
		}
		if kids := b.kids(t); len(kids) != 1 {
			t.Errorf("dropped keys are not published: %v", kids)
		}
		if s, err := b.ring.Signer(b.ctx, "shop", models.AlgES256); err != nil || s.ID == two.ID {
			t.Errorf("an application without a key gets one when it signs: %v", err)
		}
		if err := b.DeleteAllOwn(b.ctx, "shop"); err != nil {
			t.Error(err)
		}
	})
}

func TestUpload(t *testing.T) {
	db, vault := dbtest.Open(t)
	b := newBench(t, db, vault)
	application(t, b, "shop")
	ec, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	small, _ := rsa.GenerateKey(rand.Reader, 1024)
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	large, _ := rsa.GenerateKey(rand.Reader, 2048)
	jwk := func(key any, kid, alg, use string) []byte {
		out, err := json.Marshal(jose.JSONWebKey{Key: key, KeyID: kid, Algorithm: alg, Use: use})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	mixed := jose.JSONWebKey{Key: &ecdsa.PrivateKey{PublicKey: must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)).PublicKey, D: ec.D}}
	mixedText, _ := json.Marshal(mixed)
	for _, c := range []struct {
		name string
		jwk  []byte
		want string // reason, or of the field
	}{
		{"EC P-256 with its own kid", jwk(ec, "my-key", "", ""), ""},
		{"the same kid again", jwk(ed, "my-key", "", ""), "kid_taken"},
		{"Ed25519", jwk(ed, "", "", "sig"), ""},
		{"RSA 2048 for PS256", jwk(large, "", "PS256", ""), ""},
		{"a public key", jwk(ec.Public(), "", "", ""), "private_key_needed"},
		{"RSA 1024", jwk(small, "", "", ""), "wrong_size"},
		{"EC P-384", jwk(p384, "", "", ""), "wrong_size"},
		{"an EC key that says RS256", jwk(ec, "", "RS256", ""), "wrong_alg"},
		{"a key for encryption", jwk(ec, "", "", "enc"), "wrong_use"},
		{"a symmetric key", jwk([]byte("secret secret secret secret secret"), "", "HS256", ""), "invalid_jwk"},
		{"halves of two keys", mixedText, "invalid_jwk"},
		{"no JSON", []byte("PRIVATE"), "invalid_jwk"},
		{"nothing", nil, "invalid_jwk"},
	} {
		t.Run(c.name, func(t *testing.T) {
			row, err := b.Upload(b.ctx, UploadIn{ApplicationID: "shop", Name: "mine", JWK: c.jwk})
			got := reason(err)
			if f, ok := models.AsFault(err); ok && f.Code == models.Invalid {
				got = f.Fields[0].Reason
			}
			if got != c.want {
				t.Fatalf("%v, want %q", err, c.want)
			}
			if err == nil && (strings.Contains(string(row.PublicJWK), `"d"`) || row.KID == "" || row.Source != models.KeyUploaded) {
				t.Errorf("stored %s as %+v", row.PublicJWK, row)
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestUploadNamesWhoeverIsMissing(t *testing.T) {
	db, vault := dbtest.Open(t)
	b := newBench(t, db, vault)
	if _, err := b.CreateOwn(b.ctx, CreateOwnIn{ApplicationID: "nobody", Name: "x"}); reason(err) != "application_not_found" {
		t.Errorf("%v", err)
	}
	if _, err := b.ListOwn(b.ctx, OfIn{"nobody"}); reason(err) != "application_not_found" {
		t.Errorf("%v", err)
	}
}

func FuzzUpload(f *testing.F) {
	f.Add([]byte(`{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}`))
	f.Add([]byte(`{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB","p":"AQ","q":"AQAB"}`))
	f.Add([]byte(`{"kty":"OKP","crv":"Ed25519","x":"","d":""}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var c models.Check
		key, jwk := read(raw, &c)
		if c.Err() == nil && (key == nil || !proves(key, jwk.Algorithm)) {
			t.Errorf("accepted a key that does not sign: %s", raw)
		}
	})
}
