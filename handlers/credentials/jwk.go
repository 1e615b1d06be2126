package credentials

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/models"
)

// Limits of key sets that clients register.
const (
	maxKeys      = 20
	maxKeySet    = 64 << 10
	minRSABits   = 2048
	maxRSABits   = 8192 // larger ones only cost time
	maxKeyIDSize = 255
)

// CheckJWKS tells what is wrong with a client's key set (RFC 7517 section 5): public keys only, of usable kinds and sizes. The
// caller names the field; nil is good.
func CheckJWKS(raw json.RawMessage) *models.FieldFault {
	if len(raw) > maxKeySet {
		return wrong("too_long", fmt.Sprintf("A key set may have at most %d KiB.", maxKeySet>>10))
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(raw, &set); err != nil || set.Keys == nil {
		return wrong("not_a_key_set", `This is not a JWK set. It is a JSON object with a list named "keys".`)
	}
	if len(set.Keys) == 0 || len(set.Keys) > maxKeys {
		return wrong("key_count", fmt.Sprintf("A key set holds 1 to %d keys; this has %d.", maxKeys, len(set.Keys)))
	}
	seen := map[string]bool{}
	for i, k := range set.Keys {
		key, f := ReadJWK(k)
		if f != nil {
			f.Text = fmt.Sprintf("Key %d: %s", i+1, f.Text)
			return f
		}
		if key.KeyID != "" && seen[key.KeyID+" "+key.Use] {
			return wrong("key_id_twice", fmt.Sprintf("Two keys have the key id %q. Give each its own.", key.KeyID))
		}
		seen[key.KeyID+" "+key.Use] = true
	}
	return nil
}

// ReadJWK reads one public key of a client and tells what is wrong with it.
func ReadJWK(raw json.RawMessage) (jose.JSONWebKey, *models.FieldFault) {
	var key jose.JSONWebKey
	if hasPrivatePart(raw) {
		return key, wrong("private_key", "This holds the private part of a key. Keep that to yourself: replace the key, and register its public part only.")
	}
	if err := key.UnmarshalJSON(raw); err != nil {
		return key, wrong("not_a_key", "This is not a JWK that can be read: "+strings.TrimPrefix(err.Error(), "go-jose/go-jose: ")+".")
	}
	if !key.Valid() || !key.IsPublic() {
		return key, wrong("not_a_public_key", "Only public RSA, EC and Ed25519 keys can be registered.")
	}
	return key, checkKey(key)
}

func checkKey(key jose.JSONWebKey) *models.FieldFault {
	if len(key.KeyID) > maxKeyIDSize {
		return wrong("key_id_too_long", fmt.Sprintf("A key id has at most %d characters.", maxKeyIDSize))
	}
	if key.Use != "" && key.Use != "sig" && key.Use != "enc" {
		return wrong("key_use", `The use of a key is "sig" or "enc".`)
	}
	if key.Algorithm == "none" || strings.HasPrefix(key.Algorithm, "HS") || strings.HasPrefix(key.Algorithm, "dir") {
		return wrong("key_algorithm", fmt.Sprintf("The algorithm %q does not go with a public key.", key.Algorithm))
	}
	return checkSize(key.Key)
}

func checkSize(key any) *models.FieldFault {
	switch k := key.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < minRSABits || n > maxRSABits {
			return wrong("key_size", fmt.Sprintf("This RSA key has %d bits. Use %d to %d.", n, minRSABits, maxRSABits))
		}
		if k.E < 3 || k.E%2 == 0 {
			return wrong("key_exponent", "The public exponent of this RSA key is not usable.")
		}
	case *ecdsa.PublicKey, ed25519.PublicKey:
	default:
		return wrong("key_type", "Only RSA, EC and Ed25519 keys can be registered.")
	}
	return nil
}

// hasPrivatePart looks for the members that only private and symmetric keys have (RFC 7518 section 6).
func hasPrivatePart(raw json.RawMessage) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return false
	}
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if _, ok := members[name]; ok {
			return true
		}
	}
	return false
}

// CanEncrypt tells whether a key set holds a key to encrypt ID tokens to: RSA or EC, not kept for signatures.
func CanEncrypt(raw json.RawMessage) bool {
	var set jose.JSONWebKeySet
	if len(bytes.TrimSpace(raw)) == 0 || json.Unmarshal(raw, &set) != nil {
		return false
	}
	for _, key := range set.Keys {
		switch key.Key.(type) {
		case *rsa.PublicKey, *ecdsa.PublicKey:
			if key.Use != "sig" {
				return true
			}
		}
	}
	return false
}

func thumbprint(key jose.JSONWebKey) (string, error) {
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return "", fmt.Errorf("compute a key's thumbprint: %w", err)
	}
	return encode(sum), nil
}

func wrong(reason, text string) *models.FieldFault {
	return &models.FieldFault{Reason: reason, Text: text}
}
