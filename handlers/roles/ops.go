// Package roles is named sets of scopes, and which clients have them. The scopes themselves belong to handlers/resources; what
// a client may ask for in the end, handlers/grants works out.
package roles

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"gatehouse/models"
)

// Ops are the things that can be done with roles.
type Ops struct {
	DB    models.DB
	Vault *models.Vault
	Now   func() time.Time
}

// New makes the operations on a database.
func New(db models.DB, vault *models.Vault) Ops { return Ops{DB: db, Vault: vault, Now: models.Now} }

// In is the same operations inside tx.
func (o Ops) In(tx models.DB) Ops { o.DB = tx; return o }

// Fields are what creation and update share. Absent ones keep their values.
type Fields struct {
	Name        models.Opt[string]                     `json:"name,omitzero" form:"name" doc:"1 to 128 characters, unique."`
	Description models.Opt[string]                     `json:"description,omitzero" form:"description" doc:"Up to 500 characters."`
	IsDefault   models.Opt[bool]                       `json:"is_default,omitzero" form:"is_default" doc:"Stored until people are managed here."`
	Stored      models.Opt[map[string]json.RawMessage] `json:"-"` // of a dialect; merged by name, null removes
}

// CreateIn is what a caller may say about a new role.
type CreateIn struct {
	Kind string `json:"kind" form:"kind" enum:"user,machine" default:"user" doc:"Whom it is given to: people, or clients that act for themselves."`
	Fields
	ScopeIDs []string `json:"scope_ids" form:"scope_ids" doc:"Scopes that it has from the beginning."`
	ID       string   `json:"-"` // an import brings its own
	System   string   `json:"-"`
}

// Create stores a new role.
// Faults: Invalid (scope_ids with a scope that is not there among others), Conflict (role_name_taken), Forbidden (cannot_grant).
func (o Ops) Create(ctx context.Context, in CreateIn) (models.Role, error) {
	if err := models.Need(ctx, "role.create", "", "role"); err != nil {
		return models.Role{}, err
	}
	now := o.Now()
	row := models.Role{ID: in.ID, TenantID: models.ActorFrom(ctx).TenantID, Kind: in.Kind, System: in.System, Version: 1, CreatedAt: now, UpdatedAt: now}
	if row.ID == "" {
		row.ID = models.NewID(models.ObjectID)
	}
	if row.Kind == "" {
		row.Kind = models.RoleUser
	}
	in.apply(&row)
	if err := check(row); err != nil {
		return row, err
	}
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if err := insert(ctx, tx, &row); err != nil {
			return err
		}
		if err := record(ctx, tx, "role.created", row, models.Diff(nil, row)); err != nil || len(in.ScopeIDs) == 0 {
			return err
		}
		_, err := o.In(tx).AddScopes(ctx, ScopesIn{RoleID: row.ID, ScopeIDs: in.ScopeIDs})
		return err
	})
	return row, err
}

func (f Fields) apply(r *models.Role) {
	f.Name.To(&r.Name)
	r.Name = strings.TrimSpace(r.Name)
	f.Description.To(&r.Description)
	f.IsDefault.To(&r.IsDefault)
	if f.Stored.Set {
		r.Stored = models.MergeStored(r.Stored, f.Stored.V)
	}
}

func check(r models.Role) error {
	var c models.Check
	c.Length("name", r.Name, 1, 128)
	c.That(!strings.HasPrefix(r.Name, "#internal:") || r.System != "", "name", "reserved_name", "Names that begin with #internal: are kept for the server.")
	c.Length("description", r.Description, 0, 500)
	c.OneOf("kind", r.Kind, models.RoleUser, models.RoleMachine)
	return c.Err()
}

// OneIn names a role.
type OneIn struct {
	ID string `path:"id" json:"-" doc:"The role's id."`
}

// Get gives a role. Faults: NotFound.
func (o Ops) Get(ctx context.Context, in OneIn) (models.Role, error) {
	if err := models.Need(ctx, "role.read", "", "role"); err != nil {
		return models.Role{}, err
	}
	return find(ctx, o.DB.Read, in.ID)
}

// UpdateIn is what a caller may change about a role.
type UpdateIn struct {
	ID      string            `path:"id" json:"-" doc:"The role's id."`
	Version models.Opt[int64] `json:"-" form:"version" header:"If-Match"`
	Fields
}

// Update changes a role.
// Faults: Invalid, NotFound, Stale (role_changed) with the row as it is now, Conflict (role_name_taken, system_role).
func (o Ops) Update(ctx context.Context, in UpdateIn) (out models.Role, err error) {
	if err := models.Need(ctx, "role.update", "", "role"); err != nil {
		return out, err
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		before, err := find(ctx, tx.Write, in.ID)
		if err != nil {
			return err
		}
		if in.Version.Set && !in.Version.Null && in.Version.V != before.Version {
			return &models.Fault{Code: models.Stale, Reason: "role_changed", Text: "Somebody changed this role after you opened it.", Current: before}
		}
		out = before
		in.apply(&out)
		if err := check(out); err != nil {
			return err
		}
		detail := models.Diff(before, out)
		if detail == nil {
			return nil
		}
		if before.System != "" && before.Name != out.Name {
			return systemFault()
		}
		out.Version, out.UpdatedAt = before.Version+1, o.Now()
		if err := update(ctx, tx, before.Version, &out); err != nil {
			return err
		}
		return record(ctx, tx, "role.updated", out, detail)
	})
	return out, err
}

// Delete removes a role, and takes it from whoever has it.
// Faults: NotFound, Conflict (system_role).
func (o Ops) Delete(ctx context.Context, in OneIn) error {
	if err := models.Need(ctx, "role.delete", "", "role"); err != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		row, err := find(ctx, tx.Write, in.ID)
		if err != nil {
			return err
		}
		if row.System != "" {
			return systemFault()
		}
		if err := models.ForgetRole(ctx, tx, row.ID); err != nil {
			return err
		}
		res, err := tx.Write.NewDelete().Model((*models.Role)(nil)).Where("id = ?", row.ID).Exec(ctx)
		if err := models.Touched(res, err, "role"); err != nil {
			return err
		}
		return record(ctx, tx, "role.deleted", row, models.Diff(row, nil))
	})
}

func systemFault() *models.Fault {
	return &models.Fault{Code: models.Conflict, Reason: "system_role", Text: "This role opens a management API of this server: its name and scopes stay, and it cannot be deleted."}
}

// Ensure makes a role of the server's own where it is missing.
func (o Ops) Ensure(ctx context.Context, in CreateIn) error {
	if _, err := find(ctx, o.DB.Read, in.ID); !models.IsFault(err, models.NotFound) {
		return err
	}
	_, err := o.Create(ctx, in)
	return err
}

func record(ctx context.Context, tx models.DB, what string, r models.Role, detail []byte) error {
	return models.Record(ctx, tx, models.Event{Type: what, ObjectKind: "role", ObjectID: r.ID, ObjectName: r.Name, Detail: detail})
}
