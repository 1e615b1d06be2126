package models

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"github.com/uptrace/bun"
)

// Identifiers of the resources that the server makes itself: the management APIs that tokens are asked for by scopes.
const (
	ResourceAuth0 = "auth0-management-api"
	ResourceLogto = "management-api" // its dialect's clients know it by this name
	ScopeLogtoAll = "management-api-all"
	RoleLogto     = "machinemapi00000" // the role that opens Logto's management API
)

// CacheResource holds registered resources by tenant and identifier, for requests that name one which the client has nothing of.
const CacheResource = "resource"

// Resource is an API that tokens are for: the audience of a token (RFC 8707), with the scopes that it knows.
type Resource struct {
	bun.BaseModel `bun:"table:resources,alias:r"`

	ID          string `bun:"id,pk" json:"id"`
	TenantID    string `bun:"tenant_id" json:"-"`
	Identifier  string `bun:"identifier" json:"identifier" doc:"What a token's aud says and a request's resource or audience names; chosen for good."`
	Name        string `bun:"name" json:"name"`
	Description string `bun:"description" json:"description"`
	System      string `bun:"system" json:"system,omitempty" enum:",auth0,logto" doc:"The management API that it stands for; such a resource is the server's own and cannot be deleted."`

	SigningAlg                 string `bun:"signing_alg" json:"signing_alg" enum:",ES256,RS256,PS256,EdDSA,HS256,RS512" doc:"Signature of its access tokens; empty as the tenant chose. HS256 and RS512 are kept for tools that say them, and no token is made with them."`
	AccessTokenLifetimeSeconds *int64 `bun:"access_token_lifetime_seconds" json:"access_token_lifetime_seconds" doc:"Null: the tenant's. A lifetime of the client wins."`
	WebLifetimeSeconds         *int64 `bun:"web_lifetime_seconds" json:"web_lifetime_seconds" doc:"For tokens asked for from a browser; stored."`
	AllowOfflineAccess         bool   `bun:"allow_offline_access" json:"allow_offline_access" doc:"Refresh tokens may be given for it; stored."`
	SkipConsent                bool   `bun:"skip_consent" json:"skip_consent" doc:"First-party clients are not asked about it; stored."`
	SealedSecret               string `bun:"sealed_secret" json:"-"` // the symmetric key that goes with HS256

	// Stored holds what a dialect lets people write and nothing else reads, such as "auth0.token_dialect".
	Stored map[string]json.RawMessage `bun:"stored,type:text" json:"stored,omitempty" doc:"Members of a dialect that are kept and not acted on."`

	// Read together with the row.
	IsDefault bool    `bun:"-" json:"is_default" doc:"A token asked for without naming a resource is for this one: it is the tenant's default_audience."`
	Scopes    []Scope `bun:"-" json:"scopes,omitzero" doc:"Absent in lists."`

	Version   int64     `bun:"version" json:"version" audit:"-"`
	CreatedAt time.Time `bun:"created_at" json:"created_at" audit:"-"`
	UpdatedAt time.Time `bun:"updated_at" json:"updated_at" audit:"-"`
}

// BeforeAppendModel makes an absent map empty before a row is written.
func (r *Resource) BeforeAppendModel(context.Context, bun.Query) error { return keep(&r.Stored) }

// keep makes an absent map of a dialect's members empty.
func keep(stored *map[string]json.RawMessage) error {
	if *stored == nil {
		*stored = map[string]json.RawMessage{}
	}
	return nil
}

// MergeStored gives the members of a dialect with others written over them; null takes one away. The first map stays as it is.
func MergeStored(held, said map[string]json.RawMessage) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	maps.Copy(out, held)
	for name, value := range said {
		if len(value) == 0 || string(value) == "null" {
			delete(out, name)
			continue
		}
		out[name] = value
	}
	return out
}

// Scope is something that a token may allow at one resource (RFC 6749 section 3.3).
type Scope struct {
	bun.BaseModel `bun:"table:scopes,alias:s"`

	ID          string    `bun:"id,pk" json:"id"`
	TenantID    string    `bun:"tenant_id" json:"-"`
	ResourceID  string    `bun:"resource_id" json:"resource_id"`
	Name        string    `bun:"name" json:"name" doc:"1 to 280 visible characters without space, quote and backslash; unique in its resource."`
	Description string    `bun:"description" json:"description"`
	Position    int64     `bun:"position" json:"-"` // the order in which they were written
	CreatedAt   time.Time `bun:"created_at" json:"created_at" audit:"-"`
}
