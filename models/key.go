package models

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// Signature algorithms of the key ring (RFC 7518 section 3.1, RFC 8037).
const (
	AlgES256 = "ES256"
	AlgRS256 = "RS256"
	AlgPS256 = "PS256"
	AlgEdDSA = "EdDSA"
)

// Algs lists them; the first is what access tokens are signed with unless tenant or client chose another. None is symmetric.
var Algs = []string{AlgES256, AlgRS256, AlgPS256, AlgEdDSA}

// The life of a key of the tenant's ring.
const (
	KeyNext     = "next"     // published, not used yet
	KeyCurrent  = "current"  // signs
	KeyPrevious = "previous" // published, so that what it signed still verifies
	KeyRetired  = "retired"  // no longer published; its private part is gone
)

// What an application's own key does.
const (
	KeySigning    = "signing"    // signs the application's tokens; at most one does
	KeyValidating = "validating" // published only
	KeyDisabled   = "disabled"   // not published
)

// Where a key came from.
const (
	KeyGenerated = "generated"
	KeyUploaded  = "uploaded"
)

// CacheKeyRing holds the published and signing keys, under the empty key.
const CacheKeyRing = "key_ring"

// SigningKey signs tokens. The private part lies sealed in a column of its own; the public one is what the key set shows.
type SigningKey struct {
	bun.BaseModel `bun:"table:signing_keys,alias:k"`

	ID            string          `bun:"id,pk" json:"id"`
	TenantID      string          `bun:"tenant_id" json:"-"`
	ApplicationID string          `bun:"application_id" json:"application_id,omitempty" doc:"The application whose tokens it signs; absent for the tenant's ring."`
	KID           string          `bun:"kid" json:"kid" doc:"RFC 7638 thumbprint unless an uploaded key brought another."`
	Name          string          `bun:"name" json:"name"`
	Alg           string          `bun:"alg" json:"alg" enum:"ES256,RS256,PS256,EdDSA"`
	Use           string          `bun:"key_use" json:"use" enum:"sig"`
	Status        string          `bun:"status" json:"status" enum:"next,current,previous,retired,signing,validating,disabled"`
	Source        string          `bun:"source" json:"source" enum:"generated,uploaded"`
	PublicJWK     json.RawMessage `bun:"public_jwk,type:text" json:"public_jwk" audit:"-" doc:"RFC 7517; never holds private members."`
	Sealed        string          `bun:"sealed" json:"-"` // the private JWK under the data key; empty once retired

	CreatedBy   string     `bun:"created_by" json:"created_by" audit:"-"`
	Version     int64      `bun:"version" json:"version" audit:"-"`
	CreatedAt   time.Time  `bun:"created_at" json:"created_at" audit:"-" doc:"Published since, unless disabled."`
	UpdatedAt   time.Time  `bun:"updated_at" json:"updated_at" audit:"-"`
	ActivatedAt *time.Time `bun:"activated_at" json:"activated_at" audit:"-" doc:"Signed since."`
	ReplacedAt  *time.Time `bun:"replaced_at" json:"replaced_at" audit:"-" doc:"Signed until."`
	RetiredAt   *time.Time `bun:"retired_at" json:"retired_at" audit:"-" doc:"Published until."`
}

// Published tells whether the key belongs in the key set.
func (k SigningKey) Published() bool { return k.Status != KeyRetired && k.Status != KeyDisabled }

// Signs tells whether tokens are signed with the key.
func (k SigningKey) Signs() bool { return k.Status == KeyCurrent || k.Status == KeySigning }

// TokenAlg is the algorithm of a client's access tokens: its own choice, else the tenant's, else ES256.
func TokenAlg(client, tenant string) string {
	for _, alg := range []string{client, tenant} {
		if slices.Contains(Algs, alg) {
			return alg
		}
	}
	return AlgES256
}
