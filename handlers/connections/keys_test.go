package connections

import (
	"crypto/x509"
	"encoding/pem"
	"testing"

	"gatehouse/models"
)

func TestKeysAreMadeOnceAndRotated(t *testing.T) {
	w := open(t)
	c := w.make("work", "oidc", nil)
	if _, err := w.RotateKeys(w.ctx, KeysIn{ID: c.ID}); reason(err) != "connection_key_not_found" {
		t.Errorf("%v", err)
	}
	if _, err := w.CreateKeys(w.ctx, KeysIn{ID: c.ID, Alg: models.Some("none")}); reason(err) != "alg not_allowed" {
		t.Errorf("%v", err)
	}
	made, err := w.CreateKeys(w.ctx, KeysIn{ID: c.ID, Alg: models.Some("ES384")})
	if err != nil || len(made.Items) != 2 {
		t.Fatal(err)
	}
	if _, err := w.CreateKeys(w.ctx, KeysIn{ID: c.ID}); reason(err) != "connection_keys_exist" {
		t.Errorf("%v", err)
	}
	next, err := w.RotateKeys(w.ctx, KeysIn{ID: c.ID})
	if err != nil || next.Alg != "ES384" {
		t.Fatal(next.Alg, err)
	}
	list, err := w.Keys(w.ctx, IDIn{ID: c.ID})
	if err != nil || len(list.Items) != 3 || list.Items[0].ID != next.ID || list.Items[1].ID != made.Items[0].ID || list.Items[2].Status != models.KeyPrevious {
		t.Errorf("%+v, %v", list.Items, err)
	}
	for _, k := range list.Items {
		private, err := w.Vault.Open("connection_keys", "sealed_private", k.ID, k.SealedPrivate)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode([]byte(private.Reveal()))
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		cert, err2 := parseCertificate(k.Certificate)
		if err != nil || err2 != nil || key == nil || cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) != nil {
			t.Errorf("key %s: %v %v", k.ID, err, err2)
		}
	}
}

func TestWherePeopleSignInIsKnownOrAsked(t *testing.T) {
	w := open(t)
	w.Outside = pages(map[string]Answer{"https://idp.example/.well-known/openid-configuration": ok(`{"issuer":"https://idp.example","authorization_endpoint":"https://idp.example/a?x=1"}`)})
	google := w.make("google", "google", map[string]any{"client_id": "g", "scope": []any{"email"}})
	work := w.make("work", "oidc", map[string]any{"client_id": "w", "issuer": "https://idp.example"})
	down := w.make("down", "oidc", map[string]any{"client_id": "w", "issuer": "https://down.example"})
	bare := w.make("bare", "oidc", nil)
	for _, c := range []struct{ id, state, to, want, reason string }{
		{google.ID, "s", "https://a.example/cb", "https://accounts.google.com/o/oauth2/v2/auth?client_id=g&redirect_uri=https%3A%2F%2Fa.example%2Fcb&response_type=code&scope=email&state=s", ""},
		{work.ID, "s", "https://a.example/cb", "https://idp.example/a?client_id=w&redirect_uri=https%3A%2F%2Fa.example%2Fcb&response_type=code&scope=openid+email+profile&state=s&x=1", ""},
		{work.ID, "", "https://a.example/cb", "", "state required"},
		{work.ID, "s", "nowhere", "", "redirect_uri not_a_url"},
		{down.ID, "s", "https://a.example/cb", "", "provider_unavailable"},
		{bare.ID, "s", "https://a.example/cb", "", "connection_not_ready"},
		{"nobody", "s", "https://a.example/cb", "", "connection_not_found"},
	} {
		out, err := w.Authorize(w.ctx, AuthorizeIn{ID: c.id, State: c.state, RedirectURI: c.to})
		if out.URL != c.want || reason(err) != c.reason {
			t.Errorf("%+v: %s, %v", c, out.URL, err)
		}
	}
}
