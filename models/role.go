package models

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Kinds of roles: whom they are given to.
const (
	RoleUser    = "user"
	RoleMachine = "machine"
)

// Role is a named set of scopes, of one or several resources, that is given to clients that act for themselves or to people.
type Role struct {
	bun.BaseModel `bun:"table:roles,alias:ro"`

	ID          string `bun:"id,pk" json:"id"`
	TenantID    string `bun:"tenant_id" json:"-"`
	Name        string `bun:"name" json:"name" doc:"1 to 128 characters, unique."`
	Description string `bun:"description" json:"description"`
	Kind        string `bun:"kind" json:"kind" enum:"user,machine" doc:"Whom it is given to; chosen for good."`
	IsDefault   bool   `bun:"is_default" json:"is_default" doc:"Given to whoever is new; stored until people are managed here."`
	System      string `bun:"system" json:"system,omitempty" doc:"The management API that it opens; such a role cannot be deleted."`

	Stored map[string]json.RawMessage `bun:"stored,type:text" json:"stored,omitempty" doc:"Members of a dialect that are kept and not acted on."`

	Version   int64     `bun:"version" json:"version" audit:"-"`
	CreatedAt time.Time `bun:"created_at" json:"created_at" audit:"-"`
	UpdatedAt time.Time `bun:"updated_at" json:"updated_at" audit:"-"`
}

// BeforeAppendModel makes an absent map empty before a row is written.
func (r *Role) BeforeAppendModel(context.Context, bun.Query) error { return keep(&r.Stored) }

// RoleScope says that a role has a scope.
type RoleScope struct {
	bun.BaseModel `bun:"table:role_scopes,alias:rs"`

	RoleID   string `bun:"role_id,pk"`
	ScopeID  string `bun:"scope_id,pk"`
	Position int64  `bun:"position"`
}

// ClientRole says that a client has a role.
type ClientRole struct {
	bun.BaseModel `bun:"table:client_roles,alias:cr"`

	ClientID  string    `bun:"client_id,pk"`
	RoleID    string    `bun:"role_id,pk"`
	CreatedAt time.Time `bun:"created_at"`
}
