package grant

import (
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Key is a public key of a client, from its jwks or from a credential.
type Key struct {
	CredentialID string // empty for a key in the client's own jwks
	Expires      *time.Time
	JWK          jose.JSONWebKey
}
