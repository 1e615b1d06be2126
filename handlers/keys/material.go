// Package keys owns the key ring: the keys that sign tokens, their rotation, the keys of single applications, and the key set
// that the world verifies with. Engines ask the Ring for signers and never see a private key.
package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/models"
)

// generate makes a private key for an algorithm. RSA takes tenths of a second, the others microseconds.
func generate(alg string) (crypto.Signer, error) {
	switch alg {
	case models.AlgES256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case models.AlgRS256, models.AlgPS256:
		return rsa.GenerateKey(rand.Reader, 2048)
	case models.AlgEdDSA:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
	return nil, fmt.Errorf("no signing key can be made for %q", alg)
}

// seal fills a row with a private key: its public JWK in clear, the private one sealed, and as kid, when the row has none,
// the thumbprint.
func seal(v *models.Vault, row *models.SigningKey, private crypto.Signer) error {
	jwk := jose.JSONWebKey{Key: private, KeyID: row.KID, Algorithm: row.Alg, Use: "sig"}
	if row.KID == "" {
		sum, err := jwk.Thumbprint(crypto.SHA256) // RFC 7638
		if err != nil {
			return fmt.Errorf("name a signing key: %w", err)
		}
		jwk.KeyID = base64.RawURLEncoding.EncodeToString(sum)
		row.KID = jwk.KeyID
	}
	public := jwk.Public()
	open, err := json.Marshal(public)
	if err != nil {
		return fmt.Errorf("encode a signing key: %w", err)
	}
	secret, err := json.Marshal(jwk)
	if err != nil {
		return fmt.Errorf("encode a signing key: %w", err)
	}
	row.Use, row.PublicJWK = "sig", open
	row.Sealed = v.Seal("signing_keys", "sealed", row.ID, models.NewSecret(string(secret)))
	return nil
}

// unseal gives the private key of a row, ready to sign.
func unseal(v *models.Vault, row models.SigningKey) (crypto.Signer, error) {
	secret, err := v.Open("signing_keys", "sealed", row.ID, row.Sealed)
	if err != nil {
		return nil, err
	}
	var jwk jose.JSONWebKey
	if err := json.Unmarshal([]byte(secret.Reveal()), &jwk); err != nil {
		return nil, fmt.Errorf("read signing key %s: %w", row.ID, errors.New("not a private JWK"))
	}
	return prepared(jwk.Key)
}

// prepared computes once what each RSA signature would compute again. Values that a key brought along for that are not used.
func prepared(key any) (crypto.Signer, error) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		fresh := &rsa.PrivateKey{PublicKey: k.PublicKey, D: k.D, Primes: k.Primes}
		fresh.Precompute()
		return fresh, nil
	case crypto.Signer:
		return k, nil
	}
	return nil, errors.New("not a private key")
}

// read checks an uploaded private JWK (RFC 7517) and gives its key and algorithm. What is wrong is said about the field jwk.
func read(raw []byte, c *models.Check) (crypto.Signer, jose.JSONWebKey) {
	var jwk jose.JSONWebKey
	if err := json.Unmarshal(raw, &jwk); err != nil || !jwk.Valid() {
		c.Add("jwk", "invalid_jwk", "This is not a JWK of a kind that is known here: use RSA, EC P-256 or OKP Ed25519 with all members of the private key.")
		return nil, jwk
	}
	key, err := prepared(jwk.Key)
	if err != nil || jwk.IsPublic() {
		c.Add("jwk", "private_key_needed", "Tokens cannot be signed with this key: upload the private JWK, with d.")
		return nil, jwk
	}
	c.That(jwk.Use == "" || jwk.Use == "sig", "jwk", "wrong_use", "This key is not for signatures: its use must be sig.")
	c.Length("jwk.kid", jwk.KeyID, 0, 200)
	if suits(key, &jwk, c) {
		c.That(proves(key, jwk.Algorithm), "jwk", "invalid_jwk", "The public and the private part of this key do not belong together.")
	}
	return key, jwk
}

// suits checks kind and size of a key and settles its algorithm (RFC 7518 section 3).
func suits(key crypto.Signer, jwk *jose.JSONWebKey, c *models.Check) bool {
	var algs []string
	switch k := key.(type) {
	case *rsa.PrivateKey:
		algs = []string{models.AlgRS256, models.AlgPS256}
		if !c.That(k.N.BitLen() >= 2048 && k.N.BitLen() <= 4096, "jwk", "wrong_size", "RSA keys have 2048 to 4096 bits here.") {
			return false
		}
		if !c.That(k.Validate() == nil, "jwk", "invalid_jwk", "The numbers of this RSA key do not belong together.") {
			return false
		}
	case *ecdsa.PrivateKey:
		algs = []string{models.AlgES256}
		if !c.That(k.Curve == elliptic.P256(), "jwk", "wrong_size", "EC keys use the curve P-256 here.") {
			return false
		}
	case ed25519.PrivateKey:
		algs = []string{models.AlgEdDSA}
	}
	if jwk.Algorithm == "" && len(algs) > 0 {
		jwk.Algorithm = algs[0]
	}
	return c.That(slices.Contains(algs, jwk.Algorithm), "jwk", "wrong_alg", "This kind of key cannot be used with the algorithm that it names.")
}

// proves signs and verifies a probe, so that a key whose halves differ is never published.
func proves(key crypto.Signer, alg string) bool {
	s, err := newSigner(models.SigningKey{Alg: alg}, key)
	if err != nil {
		return false
	}
	signature, err := s.Signature([]byte("probe"))
	return err == nil && verifies(key.Public(), alg, []byte("probe"), signature)
}
