package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"gatehouse/models"
)

// Types of the JWTs that are signed here.
const (
	TypAccessToken = "at+jwt" // RFC 9068 section 2.1
	TypJWT         = "JWT"
	TypLogout      = "logout+jwt" // OpenID Connect Back-Channel Logout 2.4
)

// Signer signs with one key. Everything that does not depend on the token is computed when the key is loaded.
type Signer struct {
	ID, KID, Alg string
	key          crypto.Signer
	headers      map[string]string // encoded JOSE header, by typ
	made         time.Time
	certificates sync.Map // host → DER; hosts are the configured origins'
}

func newSigner(row models.SigningKey, key crypto.Signer) (*Signer, error) {
	s := &Signer{ID: row.ID, KID: row.KID, Alg: row.Alg, key: key, made: row.CreatedAt, headers: map[string]string{}}
	for _, typ := range []string{TypAccessToken, TypJWT, TypLogout} {
		header, err := json.Marshal(struct {
			Alg string `json:"alg"`
			Typ string `json:"typ"`
			KID string `json:"kid"`
		}{row.Alg, typ, row.KID})
		if err != nil {
			return nil, fmt.Errorf("encode the header of key %s: %w", row.ID, err)
		}
		s.headers[typ] = base64.RawURLEncoding.EncodeToString(header)
	}
	return s, nil
}

// Certificate gives the key as the certificate that it signed itself for a host, in DER.
func (s *Signer) Certificate(host string) ([]byte, error) {
	if der, ok := s.certificates.Load(host); ok {
		return der.([]byte), nil
	}
	der, err := certify(s.key, s.KID, s.made, host)
	if err == nil {
		s.certificates.Store(host, der)
	}
	return der, err
}

// Sign makes a JWT in compact serialization (RFC 7515 section 7.1) of a type from its claims.
func (s *Signer) Sign(typ string, claims []byte) (string, error) {
	header := s.headers[typ]
	out := make([]byte, 0, len(header)+base64.RawURLEncoding.EncodedLen(len(claims))+360) // 344 for RSA-2048
	out = append(append(out, header...), '.')
	out = base64.RawURLEncoding.AppendEncode(out, claims)
	signature, err := s.Signature(out)
	if err != nil {
		return "", fmt.Errorf("sign with key %s: %w", s.ID, err)
	}
	return string(base64.RawURLEncoding.AppendEncode(append(out, '.'), signature)), nil
}

// Signature signs bytes and gives the signature as JWS spells it (RFC 7518 sections 3.3 to 3.5, RFC 8037 section 3.1).
func (s *Signer) Signature(input []byte) ([]byte, error) {
	if s.Alg == models.AlgEdDSA {
		return s.key.Sign(rand.Reader, input, crypto.Hash(0))
	}
	digest := sha256.Sum256(input)
	switch s.Alg {
	case models.AlgES256:
		der, err := s.key.Sign(rand.Reader, digest[:], crypto.SHA256)
		if err != nil {
			return nil, err
		}
		return fixed(der)
	case models.AlgRS256:
		return s.key.Sign(rand.Reader, digest[:], crypto.SHA256)
	case models.AlgPS256:
		return s.key.Sign(rand.Reader, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256})
	}
	return nil, fmt.Errorf("no signature of algorithm %q", s.Alg)
}

// fixed turns the ASN.1 form of an ECDSA signature into the two numbers of 32 bytes that JWS wants (RFC 7518 section 3.4).
func fixed(der []byte) ([]byte, error) {
	var r, s []byte
	input := cryptobyte.String(der)
	var body cryptobyte.String
	if !input.ReadASN1(&body, asn1.SEQUENCE) || !body.ReadASN1Integer(&r) || !body.ReadASN1Integer(&s) || len(r) > 32 || len(s) > 32 {
		return nil, errors.New("an ECDSA signature of unknown form")
	}
	out := make([]byte, 64)
	copy(out[32-len(r):32], r)
	copy(out[64-len(s):], s)
	return out, nil
}

// verifies is used on our own probe only; tokens are verified with go-jose.
func verifies(public crypto.PublicKey, alg string, input, signature []byte) bool {
	digest := sha256.Sum256(input)
	switch p := public.(type) {
	case *ecdsa.PublicKey:
		return len(signature) == 64 && ecdsa.Verify(p, digest[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
	case *rsa.PublicKey:
		if alg == models.AlgPS256 {
			return rsa.VerifyPSS(p, crypto.SHA256, digest[:], signature, nil) == nil
		}
		return rsa.VerifyPKCS1v15(p, crypto.SHA256, digest[:], signature) == nil
	case ed25519.PublicKey:
		return ed25519.Verify(p, input, signature)
	}
	return false
}
