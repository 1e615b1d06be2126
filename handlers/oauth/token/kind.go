package token

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"

	"github.com/go-jose/go-jose/v4"
)

// kind names the kind of a public key that may verify here (RFC 7518 section 6.1), empty for any other.
func kind(key any) string {
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return "EC"
		}
	case *rsa.PublicKey:
		if k.N.BitLen() >= 2048 { // RFC 7518 section 3.3
			return "RSA"
		}
	case ed25519.PublicKey:
		return "OKP"
	}
	return ""
}

// Candidates picks the keys of a set that may have made a signature: the one with its kid, or, where one of the two has no
// kid, all of the fitting kind. Their number is limited, because each costs a verification.
func (s Signed) Candidates(set []jose.JSONWebKey) []jose.JSONWebKey {
	const most = 5
	var out []jose.JSONWebKey
	for _, key := range set {
		fits := (s.KID == "" || key.KeyID == "" || key.KeyID == s.KID) && (key.Use == "" || key.Use == "sig")
		for _, alg := range suited(key) {
			if fits && alg == s.Alg && len(out) < most {
				out = append(out, key)
			}
		}
	}
	return out
}
