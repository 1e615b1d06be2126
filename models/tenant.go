package models

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// Tenant is the owner of everything: one deployment serves one, and every row that another could have carries its id.
type Tenant struct {
	bun.BaseModel `bun:"table:tenants,alias:t"`

	ID   string `bun:"id,pk" json:"id"`
	Name string `bun:"name" json:"name" doc:"Shown in the console and in mails."`
	// Secrets is "readable" (dialects return client secrets on reads, which their clients expect) or "write-once".
	Secrets string `bun:"secrets" json:"secrets" enum:"readable,write-once" doc:"Whether the management APIs return stored client secrets."`
	// TransmitEnvelope and TransmitWebAuthn open older behaviour of that dialect.
	TransmitEnvelope bool   `bun:"transmit_envelope" json:"transmit_envelope" doc:"Wrap client operations of the Transmit dialect in {result}, as its older document does."`
	TransmitWebAuthn bool   `bun:"transmit_webauthn" json:"transmit_webauthn" doc:"Accept the removed webauthn method in the Transmit dialect's login preferences."`
	DefaultAudience  string `bun:"default_audience" json:"default_audience" doc:"Audience of a token that was asked for without one; empty for the Transmit management audience."`

	AccessTokenLifetimeSeconds int64  `bun:"access_token_lifetime_seconds" json:"access_token_lifetime_seconds" doc:"60 to 86400."`
	AccessTokenAlg             string `bun:"access_token_alg" json:"access_token_alg" enum:",ES256,RS256,PS256,EdDSA" doc:"Signature of access tokens; empty for ES256."`

	SupportEmail string    `bun:"support_email" json:"support_email"`
	SupportURL   string    `bun:"support_url" json:"support_url"`
	Version      int64     `bun:"version" json:"version" audit:"-"`
	CreatedAt    time.Time `bun:"created_at" json:"created_at" audit:"-"`
	UpdatedAt    time.Time `bun:"updated_at" json:"updated_at" audit:"-"`
}

// HoldTenant keeps others who hold the actor's tenant waiting until the transaction ends, so that what is counted or looked for across
// it stays so. SQLite has one writer and needs no lock.
// Faults: NotFound (tenant).
func HoldTenant(ctx context.Context, tx DB) error {
	if !tx.Postgres {
		return nil
	}
	var id string
	err := tx.Write.NewSelect().Model((*Tenant)(nil)).Column("id").Where("id = ?", ActorFrom(ctx).TenantID).For("NO KEY UPDATE").Scan(ctx, &id)
	return Found(err, "tenant")
}
