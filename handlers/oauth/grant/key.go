package grant

import (
	"crypto"
	"encoding/base64"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Key is a public key of a client, from its jwks or from a credential.
type Key struct {
	CredentialID string // of a key in the client's own jwks: Inline; empty for one at its jwks_uri
	Expires      *time.Time
	JWK          jose.JSONWebKey
}

// inline stands before the name of a key that is no credential; no id of ours has a colon.
const inline = "jkt:"

// Inline names a key of the client's own jwks by its thumbprint (RFC 7638), so that tokens end when it leaves the set.
func Inline(jwk jose.JSONWebKey) string {
	print, err := jwk.Thumbprint(crypto.SHA256)
	if err != nil { // a kind of key that no assertion is verified with
		return ""
	}
	return inline + base64.RawURLEncoding.EncodeToString(print)
}

// IsInline tells whether what a client proved itself with is a key of its own jwks, which is counted nowhere.
func IsInline(credentialID string) bool { return strings.HasPrefix(credentialID, inline) }
