package oauth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/keys"
	"gatehouse/handlers/oauth/token"
	"gatehouse/models"
)

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// token gets a token for a resource.
func (w *world) token(t testing.TB, client, resource, scope string) string {
	t.Helper()
	in := as(client)
	in.Resource, in.Scope = resource, scope
	out, err := w.Token(w.ctx, in)
	must(t, err)
	return out.AccessToken
}

// PRODUCT section 3, SECURITY-BAR T7: each face takes exactly its own audience.
func TestEachFaceTakesItsAudience(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	audience := map[string]string{models.FaceNative: here + "/rest/v1", models.FaceTransmit: here + "/cis",
		models.FaceAuth0: there + "/api/v2/", models.FaceLogto: "https://default.logto.app/api"}
	for _, got := range models.Faces {
		text := w.token(t, "admin", audience[got], "")
		for _, face := range models.Faces {
			actor, err := w.Bearer(w.ctx, text, face)
			if ok := err == nil; ok != (face == got) {
				t.Errorf("a token for %s at %s: %v", got, face, err)
			}
			if err == nil && (actor.ApplicationID != "" || !actor.May("application.create")) {
				t.Errorf("a management client is %+v", actor)
			}
		}
	}
}

func TestActors(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	for _, c := range []struct {
		name, client, scope string
		may, mayNot         string
		application         string
	}{
		{"an ordinary client", "shop", "", "client.update", "application.create", "shop-app"},
		{"an ordinary client, narrowed", "shop", "client.read", "client.read", "client.update", "shop-app"},
		{"an ordinary client does not grow by asking", "shop", "*", "client.read", "application.create", "shop-app"},
		{"a management client, narrowed", "admin", "*.read", "application.read", "application.update", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := w.Bearer(w.ctx, w.token(t, c.client, here+"/rest/v1", c.scope), models.FaceNative)
			if err != nil || a.ApplicationID != c.application || a.Kind != models.ActorClient || a.ID != c.client {
				t.Fatalf("%+v, %v", a, err)
			}
			if !a.May(c.may) || a.May(c.mayNot) {
				t.Errorf("actions %v", a.Actions)
			}
		})
	}
}

// SECURITY-BAR T3: what ends a client or its credential ends its tokens, although the server remembers them as verified.
func TestTokensEndWithTheirClient(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault)
		for i, c := range []struct{ name, query string }{
			{"the client is disabled", "UPDATE clients SET disabled = TRUE WHERE id = ?"},
			{"the application is disabled", "UPDATE applications SET disabled = TRUE WHERE default_client_id = ?"},
			{"the face is taken away", `UPDATE applications SET management_faces = '["logto"]' WHERE default_client_id = ?`},
			{"the secret is revoked", "UPDATE credentials SET revoked_at = created_at WHERE client_id = ?"},
			{"the secret is gone", "DELETE FROM credentials WHERE client_id = ?"},
		} {
			t.Run(c.name, func(t *testing.T) {
				id := "client" + strconv.Itoa(i)
				w.client(t, models.Client{ID: id, TokenEndpointAuthMethod: models.AuthSecretAny}, models.KindManagement)
				text := w.token(t, id, here+"/rest/v1", "")
				_, err := w.Bearer(w.ctx, text, models.FaceNative)
				must(t, err)
				w.change(t, id, c.query, id)
				if _, err := w.Bearer(w.ctx, text, models.FaceNative); reason(err) != "invalid_token" {
					t.Errorf("still opens: %v", err)
				}
			})
		}
		text := w.token(t, "admin", here+"/rest/v1", "")
		_, err := w.Bearer(w.ctx, text, models.FaceNative)
		must(t, err)
		w.now = w.now.Add(time.Hour)
		if _, err := w.Bearer(w.ctx, text, models.FaceNative); reason(err) != "invalid_token" {
			t.Errorf("after exp: %v", err)
		}
	})
}

// A key that leaves the client's own jwks ends the tokens that were asked with it, as a credential does: also those that are
// remembered as verified.
func TestTokensDoNotOutliveAReplacedInlineKey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault)
		in := w.asserting(sign(t, w.jwk, jose.ES256, nil, map[string]any{"iss": "assert", "sub": "assert", "aud": here + "/oidc",
			"exp": w.now.Add(time.Minute).Unix(), "jti": "one"}))
		in.Resource = here + "/cis"
		out, err := w.Token(w.ctx, in)
		must(t, err)
		if _, err := w.Bearer(w.ctx, out.AccessToken, models.FaceTransmit); err != nil {
			t.Fatalf("while the key is there: %v", err)
		}
		next, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		both, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: next.Public(), KeyID: "k1"}, w.jwk.Public()}})
		must(t, err)
		w.change(t, "assert", "UPDATE clients SET jwks = ? WHERE id = 'assert'", string(both))
		if _, err := w.Bearer(w.ctx, out.AccessToken, models.FaceTransmit); err != nil {
			t.Fatalf("while it stands beside another: %v", err)
		}
		other, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: next.Public(), KeyID: "k1"}}})
		must(t, err)
		w.change(t, "assert", "UPDATE clients SET jwks = ? WHERE id = 'assert'", string(other))
		if _, err := w.Bearer(w.ctx, out.AccessToken, models.FaceTransmit); reason(err) != "invalid_token" {
			t.Errorf("after it was replaced: %v", err)
		}
	})
}

// A key that is retired by force ends what it signed, also what is remembered as verified.
func TestTokensEndWithTheirKey(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	text := w.token(t, "admin", here+"/rest/v1", "")
	_, err := w.Bearer(w.ctx, text, models.FaceNative)
	must(t, err)
	ctx := dbtest.Context(t)
	next, err := w.keys.Create(ctx, keys.CreateIn{})
	must(t, err)
	list, err := w.keys.List(ctx, keys.None{})
	must(t, err)
	_, err = w.keys.Promote(ctx, keys.StepIn{ID: next.ID, Force: true})
	must(t, err)
	if _, err := w.Bearer(w.ctx, text, models.FaceNative); err != nil {
		t.Errorf("after rotation: %v", err)
	}
	former := list.Items[slices.IndexFunc(list.Items, func(k models.SigningKey) bool { return k.ID != next.ID })]
	_, err = w.keys.Retire(ctx, keys.StepIn{ID: former.ID, Force: true})
	must(t, err)
	if _, err := w.Bearer(w.ctx, text, models.FaceNative); reason(err) != "invalid_token" {
		t.Errorf("after its key was retired: %v", err)
	}
}

// RFC 9068 section 4, RFC 8725, SECURITY-BAR T6.
func TestForgedTokens(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	good := w.token(t, "admin", here+"/rest/v1", "")
	signer, err := w.Ring.Signer(w.ctx, "", models.AlgES256)
	must(t, err)
	claims := func(change func(*token.Access)) []byte {
		a := token.Access{Issuer: here + "/oidc", Subject: "admin", ClientID: "admin", Audience: here + "/rest/v1", IssuedAt: w.now.Unix(), Expires: w.now.Unix() + 60, ID: "x"}
		change(&a)
		b, err := a.Encode()
		must(t, err)
		return b
	}
	made := func(typ string, change func(*token.Access)) string {
		text, err := signer.Sign(typ, claims(change))
		must(t, err)
		return text
	}
	same := func(*token.Access) {}
	parts := strings.Split(good, ".")
	stranger := w.jwk
	stranger.KeyID = signer.KID
	for _, c := range []struct{ name, text string }{
		{"typ JWT, as ID tokens have", made(keys.TypJWT, same)},
		{"a logout token", made(keys.TypLogout, same)},
		{"another issuer", made(keys.TypAccessToken, func(a *token.Access) { a.Issuer = "https://evil.example/" })},
		{"an issuer that begins like ours", made(keys.TypAccessToken, func(a *token.Access) { a.Issuer = here + "/oidc/x" })},
		{"expired", made(keys.TypAccessToken, func(a *token.Access) { a.Expires = w.now.Unix() - 120 })},
		{"issued in the future", made(keys.TypAccessToken, func(a *token.Access) { a.IssuedAt = w.now.Unix() + 600 })},
		{"no exp", rawToken(t, signer, `{"iss":"`+here+`/oidc","client_id":"admin","aud":"`+here+`/rest/v1"}`)},
		{"two audiences", rawToken(t, signer, `{"iss":"`+here+`/oidc","client_id":"admin","exp":9999999999,"aud":["`+here+`/rest/v1","x"]}`)},
		{"no client_id", made(keys.TypAccessToken, func(a *token.Access) { a.ClientID = "" })},
		{"an unknown client", made(keys.TypAccessToken, func(a *token.Access) { a.ClientID = "nobody" })},
		{"a stranger's key under our kid", sign(t, stranger, jose.ES256, map[jose.HeaderKey]any{"typ": "at+jwt"}, map[string]any{"iss": here + "/oidc", "client_id": "admin", "aud": here + "/rest/v1", "exp": w.now.Unix() + 60})},
		{"alg none", encode([]byte(`{"alg":"none","typ":"at+jwt"}`)) + "." + parts[1] + "."},
		{"HMAC", sign(t, []byte(strings.Repeat("k", 32)), jose.HS256, map[jose.HeaderKey]any{"typ": "at+jwt", "kid": signer.KID}, map[string]any{"iss": here + "/oidc"})},
		{"claims of another token", parts[0] + "." + encode(claims(same)) + "." + parts[2]},
		{"a changed signature", tampered(good)},
		{"the last character written otherwise", parts[0] + "." + parts[1] + "." + otherwise(parts[2])},
		{"a line break inside", parts[0] + "." + parts[1] + ".\n" + parts[2]},
		{"padding", good + "="},
		{"four parts", good + ".x"},
		{"critical header that nobody knows", sign(t, w.jwk, jose.ES256, map[jose.HeaderKey]any{"typ": "at+jwt", "crit": []string{"b64x"}, "b64x": true}, nil)},
		{"nothing", ""},
		{"a text", "token"},
		{"very long", strings.Repeat("a", token.MaxLength) + ".b.c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := w.Bearer(w.ctx, c.text, models.FaceNative); reason(err) != "invalid_token" {
				t.Errorf("%v", err)
			}
		})
	}
}

func rawToken(t *testing.T, s *keys.Signer, claims string) string {
	text, err := s.Sign(keys.TypAccessToken, []byte(claims))
	must(t, err)
	return text
}

// otherwise changes the bits of the last character that hold nothing: a lenient decoder reads the same signature.
func otherwise(part string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	i := strings.IndexByte(alphabet, part[len(part)-1])
	return part[:len(part)-1] + string(alphabet[i^1])
}

func FuzzBearer(f *testing.F) {
	db, vault := dbtest.Open(f)
	w := newWorld(f, db, vault)
	good := w.token(f, "admin", here+"/rest/v1", "")
	f.Add(good)
	f.Add(tampered(good))
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := w.Bearer(w.ctx, text, models.FaceNative)
		if text == good {
			return
		}
		if !models.IsFault(err, models.Unauthenticated) {
			t.Errorf("%q: %v", text, err)
		}
	})
}
