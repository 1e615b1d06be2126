package models

import (
	"time"

	"github.com/uptrace/bun"
)

// ConnectionKey is a key by which we prove ourselves to the provider of a connection. The provider learns of the next one ahead.
type ConnectionKey struct {
	bun.BaseModel `bun:"table:connection_keys,alias:ck"`

	ID            string     `bun:"id,pk" json:"id" doc:"Its kid: the SHA-256 of its certificate, in base64url."`
	ConnectionID  string     `bun:"connection_id" json:"connection_id"`
	Alg           string     `bun:"alg" json:"alg"`
	Use           string     `bun:"key_use" json:"use"`
	Status        string     `bun:"status" json:"status" enum:"next,current,previous"`
	Certificate   string     `bun:"certificate" json:"certificate" doc:"PEM, signed by itself."`
	SealedPrivate string     `bun:"sealed_private" json:"-"`
	CreatedAt     time.Time  `bun:"created_at" json:"created_at" audit:"-"`
	CurrentSince  *time.Time `bun:"current_since" json:"current_since" audit:"-"`
}
