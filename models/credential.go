package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Kinds of credentials.
const (
	CredentialSecret      = "secret"
	CredentialPublicKey   = "public_key"
	CredentialCertificate = "certificate"
)

// Credential is one means by which a client proves who it is. A client may have several valid at once, which is what makes
// rotation without downtime possible; the primary one is what dialects with a single secret show.
type Credential struct {
	bun.BaseModel `bun:"table:credentials,alias:cr"`

	ID            string          `bun:"id,pk" json:"id"`
	TenantID      string          `bun:"tenant_id" json:"-"`
	ApplicationID string          `bun:"application_id" json:"application_id"`
	ClientID      string          `bun:"client_id" json:"client_id"`
	Kind          string          `bun:"kind" json:"kind" enum:"secret,public_key,certificate"`
	Name          string          `bun:"name" json:"name" doc:"Unique per client, 1 to 100 characters."`
	Prefix        string          `bun:"prefix" json:"prefix" doc:"First characters of a secret, to tell it from others."`
	LastFour      string          `bun:"last_four" json:"last_four"`
	Sealed        string          `bun:"sealed,nullzero" json:"-"` // the secret under the data key; empty in write-once mode
	Hash          string          `bun:"hash,nullzero" json:"-"`   // keyed hash; unique
	PublicJWK     json.RawMessage `bun:"public_jwk,type:text,nullzero" json:"public_jwk,omitempty"`
	Certificate   string          `bun:"certificate" json:"certificate,omitempty" doc:"PEM"`
	Thumbprint    string          `bun:"thumbprint" json:"thumbprint,omitempty" doc:"SHA-256 of the key (RFC 7638) or certificate, base64url."`
	IsPrimary     bool            `bun:"is_primary" json:"is_primary"`
	RotationID    string          `bun:"rotation_id" json:"rotation_id,omitempty" doc:"The guided rotation it is part of."`
	ExpiresAt     *time.Time      `bun:"expires_at" json:"expires_at"`
	// PriorExpiresAt is the end that the old secret of a rotation had before, so that cancelling gives it back.
	PriorExpiresAt *time.Time `bun:"prior_expires_at" json:"-"`
	RevokedAt      *time.Time `bun:"revoked_at" json:"revoked_at"`
	CreatedBy      string     `bun:"created_by" json:"created_by" audit:"-"`
	CreatedAt      time.Time  `bun:"created_at" json:"created_at" audit:"-"`
}

// Valid tells whether the credential opens anything at the time now.
func (c Credential) Valid(now time.Time) bool {
	return c.RevokedAt == nil && (c.ExpiresAt == nil || now.Before(*c.ExpiresAt))
}

// Awaited tells whether this is the place of a public key that was not handed in yet. It opens nothing.
func (c Credential) Awaited() bool { return c.Kind == CredentialPublicKey && c.Thumbprint == "" }

// Usage is when and from where something was last used. It is counted in memory and written within ten seconds, so it lives
// beside the row it speaks of and does not move that row's version.
type Usage struct {
	bun.BaseModel `bun:"table:usages,alias:u"`

	ObjectKind string    `bun:"object_kind,pk" json:"-"` // credential, client, application
	ObjectID   string    `bun:"object_id,pk" json:"-"`
	LastUsedAt time.Time `bun:"last_used_at" json:"last_used_at"`
	LastIP     string    `bun:"last_ip" json:"last_ip"`
	Count      int64     `bun:"count" json:"count"`
}
