package guides

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const goodSecret = "correct-horse/battery+staple"

// issuer is a small server that behaves as the documents say: it gives a token to the right client, and an answer to the token.
func issuer(t *testing.T, key *ecdsa.PrivateKey) *httptest.Server {
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	answer := func(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }
	mux.HandleFunc("POST /oidc/token", func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		if id != client.ID || (secret != goodSecret && secret != "correct-horse%2Fbattery%2Bstaple") || r.PostFormValue("grant_type") != "client_credentials" || r.PostFormValue("resource") != s.URL+"/rest/v1" {
			http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
			return
		}
		answer(w, map[string]any{"access_token": "t0ken", "token_type": "Bearer", "expires_in": 3600})
	})
	mux.HandleFunc("GET /rest/v1/applications", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer t0ken" {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		answer(w, map[string]any{"items": []any{map[string]any{"name": "Trail planner"}}})
	})
	mux.HandleFunc("GET /oidc/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]any{"issuer": s.URL + "/oidc", "jwks_uri": s.URL + "/oidc/jwks"})
	})
	mux.HandleFunc("GET /oidc/jwks", func(w http.ResponseWriter, r *http.Request) {
		answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k1", Use: "sig", Algorithm: "ES256"}}})
	})
	return s
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// run runs a program and gives what it printed; a program whose interpreter is not installed is skipped.
func run(t *testing.T, secret string, argv ...string) (string, error) {
	t.Helper()
	if _, err := exec.LookPath(argv[0]); err != nil {
		t.Skip(argv[0] + " is not installed")
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), SecretEnv+"="+secret, "CGO_ENABLED=0", "GO111MODULE=off")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestMachineProgramsRun(t *testing.T) {
	s := issuer(t, newKey(t))
	for _, c := range []struct{ lang, file, with string }{
		{"curl", "token.sh", "sh"}, {"go", "main.go", "go"}, {"node", "token.mjs", "node"}, {"python", "token.py", "python3"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			f, _ := Find("m2m")
			argv := []string{c.with, write(t, c.file, Render("m2m", c.lang, Of(s.URL, f, app, client)))}
			if c.lang == "go" {
				argv = []string{"go", "run", argv[1]}
			}
			out, err := run(t, goodSecret, argv...)
			if err != nil || !strings.Contains(out, "Trail planner") {
				t.Errorf("%v:\n%s", err, out)
			}
			if out, err := run(t, "wrong", argv...); err == nil || !strings.Contains(out, "invalid_client") {
				t.Errorf("a wrong secret is not reported: %v\n%s", err, out)
			}
		})
	}
}

func TestGoProgramVerifiesTokens(t *testing.T) {
	key, stranger := newKey(t), newKey(t)
	s := issuer(t, key)
	f, _ := Find("go-verify")
	source := write(t, "main.go", Render("go-verify", "go", Of(s.URL, f, app, client)))
	program := strings.TrimSuffix(source, ".go")
	if out, err := run(t, "", "go", "build", "-o", program, source); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	claims := func(change func(map[string]any)) map[string]any {
		c := map[string]any{"iss": s.URL + "/oidc", "aud": s.URL + "/rest/v1", "sub": client.ID, "client_id": client.ID, "exp": time.Now().Add(time.Hour).Unix()}
		change(c)
		return c
	}
	same := func(map[string]any) {}
	for _, c := range []struct {
		name, token, want string
	}{
		{"a good token", sign(t, key, "at+jwt", "k1", claims(same)), ""},
		{"a list of audiences", sign(t, key, "at+jwt", "k1", claims(func(c map[string]any) { c["aud"] = []string{"x", s.URL + "/rest/v1"} })), ""},
		{"another issuer", sign(t, key, "at+jwt", "k1", claims(func(c map[string]any) { c["iss"] = s.URL })), "issuer"},
		{"another audience", sign(t, key, "at+jwt", "k1", claims(func(c map[string]any) { c["aud"] = "x" })), "not for"},
		{"no audience", sign(t, key, "at+jwt", "k1", claims(func(c map[string]any) { delete(c, "aud") })), "not for"},
		{"an expired token", sign(t, key, "at+jwt", "k1", claims(func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() })), "expired"},
		{"an ID token", sign(t, key, "JWT", "k1", claims(same)), "typ"},
		{"a key of somebody else", sign(t, stranger, "at+jwt", "k1", claims(same)), "signature"},
		{"an unknown key", sign(t, stranger, "at+jwt", "k2", claims(same)), "no key"},
		{"no signature (RFC 8725 section 3.2)", "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0Iiwia2lkIjoiazEifQ.e30.", "signature"},
		{"no token", "x", "not a signed token"},
	} {
		out, err := run(t, "", program, c.token)
		if c.want == "" && (err != nil || !strings.Contains(out, client.ID)) || c.want != "" && (err == nil || !strings.Contains(out, c.want)) {
			t.Errorf("%s: %v\n%s", c.name, err, out)
		}
	}
}

func sign(t *testing.T, key *ecdsa.PrivateKey, typ, kid string, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, (&jose.SignerOptions{}).WithType(jose.ContentType(typ)))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := json.Marshal(claims)
	jws, err := signer.Sign(body)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}
