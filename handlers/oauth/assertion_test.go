package oauth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/keys"
	"gatehouse/handlers/oauth/grant"
	"gatehouse/models"
)

func createOwn(application string) keys.CreateOwnIn {
	return keys.CreateOwnIn{ApplicationID: application, Name: "own"}
}

func (w *world) asserting(text string) TokenRequest {
	return TokenRequest{Path: PathOIDC, GrantType: models.GrantClientCredentials, ClientAssertionType: AssertionType, ClientAssertion: models.NewSecret(text)}
}

// RFC 7523 section 3, OpenID Connect Core section 9, SECURITY-BAR T4 and T6.
func TestPrivateKeyJWT(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault)
		stranger, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		with := func(change map[string]any) map[string]any {
			claims := map[string]any{"iss": "assert", "sub": "assert", "aud": here + "/oidc/token", "exp": w.now.Add(time.Minute).Unix(), "jti": models.NewID(21)}
			for k, v := range change {
				if v == nil {
					delete(claims, k)
				} else {
					claims[k] = v
				}
			}
			return claims
		}
		signed := func(claims map[string]any) string { return sign(t, w.jwk, jose.ES256, nil, claims) }
		good := signed(with(nil))
		for _, c := range []struct {
			name, assertion string
			want            string
		}{
			{"aud is the token endpoint", good, ""},
			{"jti a second time", good, grant.InvalidClient},
			{"aud is the issuer", signed(with(map[string]any{"aud": here + "/oidc"})), ""},
			{"aud is an issuer of an alias", signed(with(map[string]any{"aud": there + "/"})), ""},
			{"aud is a list with the issuer", signed(with(map[string]any{"aud": []string{"https://x.example", here + "/"}})), ""},
			{"aud is Transmit's alias", signed(with(map[string]any{"aud": here + "/cis/oidc/token"})), ""},
			{"aud is somebody else", signed(with(map[string]any{"aud": "https://x.example/token"})), grant.InvalidClient},
			{"no aud", signed(with(map[string]any{"aud": nil})), grant.InvalidClient},
			{"aud of another type", signed(with(map[string]any{"aud": 7})), grant.InvalidClient},
			{"no exp", signed(with(map[string]any{"exp": nil})), grant.InvalidClient},
			{"exp a fraction", signed(with(map[string]any{"exp": float64(w.now.Unix()) + 30.5})), ""},
			{"exp just past, within the leeway", signed(with(map[string]any{"exp": w.now.Add(-30 * time.Second).Unix()})), ""},
			{"exp past", signed(with(map[string]any{"exp": w.now.Add(-2 * time.Minute).Unix()})), grant.InvalidClient},
			{"exp too far ahead", signed(with(map[string]any{"exp": w.now.Add(3 * time.Hour).Unix()})), grant.InvalidClient},
			{"exp absurd", signed(with(map[string]any{"exp": 1e300})), grant.InvalidClient},
			{"nbf ahead", signed(with(map[string]any{"nbf": w.now.Add(5 * time.Minute).Unix()})), grant.InvalidClient},
			{"iat ahead", signed(with(map[string]any{"iat": w.now.Add(5 * time.Minute).Unix()})), grant.InvalidClient},
			{"no jti", signed(with(map[string]any{"jti": nil})), grant.InvalidClient},
			{"a huge jti", signed(with(map[string]any{"jti": strings.Repeat("x", maxJTI+1)})), grant.InvalidClient},
			{"iss of another client", signed(with(map[string]any{"iss": "shop"})), grant.InvalidClient},
			{"sub of another client", signed(with(map[string]any{"sub": "shop"})), grant.InvalidClient},
			{"sub of nobody", signed(with(map[string]any{"sub": "nobody", "iss": "nobody"})), grant.InvalidClient},
			{"a stranger's key", sign(t, jose.JSONWebKey{Key: stranger, KeyID: "k1"}, jose.ES256, nil, with(nil)), grant.InvalidClient},
			{"an unknown kid", sign(t, jose.JSONWebKey{Key: w.jwk.Key, KeyID: "other"}, jose.ES256, nil, with(nil)), grant.InvalidClient},
			{"no kid", sign(t, w.jwk.Key, jose.ES256, nil, with(nil)), ""},
			{"a key of its own in the header", sign(t, stranger, jose.ES256, map[jose.HeaderKey]any{"jwk": jose.JSONWebKey{Key: stranger.Public()}}, with(nil)), grant.InvalidClient},
			{"RFC 8725 section 3.11: the typ of an access token", sign(t, w.jwk, jose.ES256, map[jose.HeaderKey]any{"typ": "at+jwt"}, with(nil)), grant.InvalidClient},
			{"RFC 7519 section 4: EXP is not exp", signed(with(map[string]any{"exp": w.now.Add(-2 * time.Minute).Unix(), "EXP": w.now.Add(time.Minute).Unix()})), grant.InvalidClient},
			{"RFC 7519 section 4: AUD is not aud", signed(with(map[string]any{"aud": "https://x.example", "AUD": here + "/oidc"})), grant.InvalidClient},
			{"a claim of somebody else's, in any letters", signed(with(map[string]any{"Department": "Sales"})), ""},
			{"RFC 7519 section 4: a claim twice", signRaw(t, w.jwk, `{"iss":"assert","sub":"shop","sub":"assert","aud":"`+here+`/oidc","jti":"twice","exp":`+strconv.FormatInt(w.now.Add(time.Minute).Unix(), 10)+`}`), grant.InvalidClient},
			{"HMAC with the public key", sign(t, []byte(strings.Repeat("k", 32)), jose.HS256, nil, with(nil)), grant.InvalidClient},
			{"alg none", unsigned(with(nil)), grant.InvalidClient},
			{"another signature", tampered(signed(with(nil))), grant.InvalidClient},
			{"a text", "assertion", grant.InvalidClient},
		} {
			t.Run(c.name, func(t *testing.T) {
				if _, err := w.Token(w.ctx, w.asserting(c.assertion)); reason(err) != c.want {
					t.Errorf("%v, want %q", err, c.want)
				}
			})
		}
		t.Run("another client_assertion_type", func(t *testing.T) {
			in := w.asserting(signed(with(nil)))
			in.ClientAssertionType = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"
			if _, err := w.Token(w.ctx, in); reason(err) != grant.InvalidClient {
				t.Error(err)
			}
		})
	})
}

// RFC 7519 section 4, RFC 6749 section 5.2: whoever wrote an assertion that cannot be read hears why, with a client_id beside it or not.
func TestAnUnreadableAssertionIsToldWhy(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	exp := strconv.FormatInt(w.now.Add(time.Minute).Unix(), 10)
	for _, c := range []struct{ name, claims, want string }{
		{"a member twice", `{"iss":"assert","sub":"assert","sub":"assert","aud":"` + here + `/oidc","jti":"a","exp":` + exp + `}`, `its claim "sub" is there twice`},
		{"another member twice", `{"iss":"assert","sub":"assert","aud":"` + here + `/oidc","jti":"a","exp":` + exp + `,"x":1,"x":2}`, `its claim "x" is there twice`},
		{"a member in other letters", `{"iss":"assert","sub":"assert","SUB":"shop","aud":"` + here + `/oidc","jti":"a","exp":` + exp + `}`, `its claim "SUB" is spelt in another letter case`},
		{"a list", `["assert"]`, "its claims are not a JSON object"},
		{"a number for a text", `{"sub":7}`, "its claims are not a JSON object with the types"},
		{"half of an object", `{"sub":"assert"`, "its claims are not a JSON object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := w.asserting(signRaw(t, w.jwk, c.claims))
			for _, in.ClientID = range []string{"", "assert"} {
				_, err := w.Token(w.ctx, in)
				if fault, ok := models.AsFault(err); !ok || fault.Reason != grant.InvalidClient || !strings.Contains(fault.Text, c.want) {
					t.Errorf("client_id %q: %v", in.ClientID, err)
				}
			}
		})
	}
	for text, want := range map[string]string{"assertion": "not a signed JWT", signRaw(t, w.jwk, `{}`): "has no sub"} {
		if _, err := w.Token(w.ctx, w.asserting(text)); reason(err) != grant.InvalidClient || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: %v", text, err)
		}
	}
}

// RFC 7523 section 3 number 7: of simultaneous uses of one assertion exactly one succeeds.
func TestAnAssertionCountsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault)
		text := sign(t, w.jwk, jose.ES256, nil, map[string]any{"iss": "assert", "sub": "assert", "aud": here + "/oidc", "exp": w.now.Add(time.Minute).Unix(), "jti": "once"})
		var wg sync.WaitGroup
		var won atomic.Int32
		for range 8 {
			wg.Go(func() {
				if _, err := w.Token(w.ctx, w.asserting(text)); err == nil {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%d succeeded", won.Load())
		}
	})
}

func TestKeysOfCredentials(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault)
	key, _ := rsa.GenerateKey(rand.Reader, 2048)
	public, _ := json.Marshal(jose.JSONWebKey{Key: key.Public()})
	expires := w.now.Add(time.Hour)
	w.insert(t, &models.Credential{ID: "credential-1", TenantID: models.DefaultTenant, ClientID: "assert", Kind: models.CredentialPublicKey, Name: "rsa",
		PublicJWK: public, ExpiresAt: &expires, CreatedAt: w.now})
	use := func(alg jose.SignatureAlgorithm) error {
		_, err := w.Token(w.ctx, w.asserting(sign(t, key, alg, nil, map[string]any{"iss": "assert", "sub": "assert", "aud": here + "/oidc",
			"exp": w.now.Add(time.Minute).Unix(), "jti": models.NewID(21)})))
		return err
	}
	if err := use(jose.RS256); err != nil {
		t.Errorf("RS256: %v", err)
	}
	if err := use(jose.PS256); err != nil {
		t.Errorf("PS256: %v", err)
	}
	w.change(t, "assert", "UPDATE clients SET fapi_profile = 'fapi2_sp_pkj_mtls' WHERE id = 'assert'")
	if err := use(jose.RS256); reason(err) != grant.InvalidClient {
		t.Errorf("FAPI 2.0 section 5.4.1: RS256: %v", err)
	}
	if err := use(jose.PS256); err != nil {
		t.Errorf("FAPI 2.0: PS256: %v", err)
	}
	w.now = expires
	if err := use(jose.PS256); reason(err) != grant.InvalidClient {
		t.Errorf("an expired key: %v", err)
	}
}

func unsigned(claims map[string]any) string {
	body, _ := json.Marshal(claims)
	return encode([]byte(`{"alg":"none"}`)) + "." + encode(body) + "."
}

// tampered changes the first character of the signature.
func tampered(text string) string {
	i := strings.LastIndex(text, ".") + 1
	c := "A"
	if text[i] == 'A' {
		c = "B"
	}
	return text[:i] + c + text[i+1:]
}
