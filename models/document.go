package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Document is a setting of the tenant that needs no table of its own: a JSON object with a kind, a noun such as "email_template",
// and a key among those of its kind ("default" where there is one only). What must not leak has a sealed column beside it.
type Document struct {
	bun.BaseModel `bun:"table:documents,alias:d"`

	TenantID     string          `bun:"tenant_id,pk" json:"-"`
	Kind         string          `bun:"kind,pk" json:"kind"`
	Key          string          `bun:"key,pk" json:"key"`
	Body         json.RawMessage `bun:"body,type:text" json:"body"`
	SealedSecret string          `bun:"sealed_secret" json:"-"` // empty: there is none
	Version      int64           `bun:"version" json:"version" audit:"-"`
	CreatedAt    time.Time       `bun:"created_at" json:"created_at" audit:"-"`
	UpdatedAt    time.Time       `bun:"updated_at" json:"updated_at" audit:"-"`
}

// Weight is what a document takes in a cache, in bytes.
func (d Document) Weight() int { return len(d.Body) + len(d.SealedSecret) }

// OneDocument is the key where a kind has one document only.
const OneDocument = "default"
