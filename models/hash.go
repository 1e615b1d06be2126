package models

import (
	"crypto/sha256"
	"encoding/base64"
)

// HashToken is the stored form of a random value of at least 128 bits (session, link, token): its SHA-256. Such values need no
// key and no slow hash, because they cannot be guessed.
func HashToken(token string) string { return hashText(token) }

func hashText(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
