package models

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// On whose behalf a client grant counts.
const (
	SubjectClient       = "client"       // the client itself (client_credentials)
	SubjectUser         = "user"         // a person whom it asks for consent
	SubjectOrganization = "organization" // a person as member of an organization
)

// ClientGrant allows a client scopes of a resource.
type ClientGrant struct {
	bun.BaseModel `bun:"table:client_grants,alias:g"`

	ID          string  `bun:"id,pk" json:"id"`
	TenantID    string  `bun:"tenant_id" json:"-"`
	ClientID    *string `bun:"client_id" json:"client_id" doc:"Null with default_for."`
	ResourceID  string  `bun:"resource_id" json:"resource_id"`
	SubjectType string  `bun:"subject_type" json:"subject_type" enum:"client,user,organization" doc:"On whose behalf: the client's own, or a person's (stored until people sign in for resources)."`
	DefaultFor  string  `bun:"default_for" json:"default_for,omitempty" enum:",third_party_clients" doc:"Without a client: every client of this kind has it."`
	AllScopes   bool    `bun:"all_scopes" json:"all_scopes" doc:"Every scope of the resource, those of later included."`

	Stored map[string]json.RawMessage `bun:"stored,type:text" json:"stored,omitempty" doc:"Members of a dialect that are kept and not acted on."`

	// Read together with the row.
	Identifier string   `bun:"-" json:"identifier" audit:"-"`
	System     string   `bun:"-" json:"-"`
	Scopes     []string `bun:"-" json:"scopes" doc:"Names, in the order in which they were given."`

	Version   int64     `bun:"version" json:"version" audit:"-"`
	CreatedAt time.Time `bun:"created_at" json:"created_at" audit:"-"`
	UpdatedAt time.Time `bun:"updated_at" json:"updated_at" audit:"-"`
}

// BeforeAppendModel makes an absent map empty before a row is written.
func (r *ClientGrant) BeforeAppendModel(context.Context, bun.Query) error { return keep(&r.Stored) }

// GrantScope says that a client grant has a scope.
type GrantScope struct {
	bun.BaseModel `bun:"table:client_grant_scopes,alias:gs"`

	GrantID  string `bun:"grant_id,pk"`
	ScopeID  string `bun:"scope_id,pk"`
	Position int64  `bun:"position"`
}

// Access is what a client may ask of one resource for itself, and why: the token endpoint, the console and the REST face read
// this one answer.
type Access struct {
	ResourceID      string        `json:"resource_id"`
	Identifier      string        `json:"identifier"`
	Name            string        `json:"name"`
	System          string        `json:"system,omitempty"`
	SigningAlg      string        `json:"signing_alg"`
	LifetimeSeconds *int64        `json:"access_token_lifetime_seconds"`
	Scopes          []AccessScope `json:"scopes"`
	Via             []AccessVia   `json:"via" doc:"What opens the resource at all."`
}

// AccessScope is one scope that a client has, and what gives it.
type AccessScope struct {
	Name string      `json:"name"`
	Via  []AccessVia `json:"via"`
}

// AccessVia names a client grant or a role.
type AccessVia struct {
	Kind string `json:"kind" enum:"client_grant,role,application"`
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}
