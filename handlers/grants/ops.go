// Package grants is client grants: which client may ask for which scopes of which resource. It also answers the question that
// the token endpoint asks, what a client has in all, by its grants and by its roles (handlers/roles).
package grants

import (
	"context"
	"encoding/json"
	"time"

	"gatehouse/models"
)

// Ops are the things that can be done with client grants.
type Ops struct {
	DB    models.DB
	Vault *models.Vault
	Now   func() time.Time
	// Resource finds a resource, with its scopes, by a name that requests ask for it by.
	Resource Lookup
}

// Lookup finds a resource in a database or transaction. Faults: NotFound.
type Lookup func(ctx context.Context, db models.DB, identifier string) (models.Resource, error)

// New makes the operations on a database.
func New(db models.DB, vault *models.Vault, resource Lookup) Ops {
	return Ops{DB: db, Vault: vault, Now: models.Now, Resource: resource}
}

// In is the same operations inside tx.
func (o Ops) In(tx models.DB) Ops { o.DB = tx; return o }

// Fields are what creation and update share. Absent ones keep their values.
type Fields struct {
	Scopes    models.Opt[[]string]                   `json:"scopes,omitzero" form:"scopes" doc:"Names of scopes of the resource."`
	AllScopes models.Opt[bool]                       `json:"all_scopes,omitzero" form:"all_scopes" doc:"Every scope of the resource, those of later included."`
	Stored    models.Opt[map[string]json.RawMessage] `json:"-"` // of a dialect; merged by name, null removes
}

// CreateIn is what a caller may say about a new client grant.
type CreateIn struct {
	ClientID    string `json:"client_id" form:"client_id" doc:"Absent with default_for."`
	Identifier  string `json:"identifier" form:"identifier" doc:"The resource's."`
	SubjectType string `json:"subject_type" form:"subject_type" enum:"client,user,organization" default:"client"`
	DefaultFor  string `json:"default_for" form:"default_for" enum:",third_party_clients" doc:"Instead of a client: all of this kind."`
	Fields
}

// Create grants a client scopes of a resource.
// Faults: Invalid (client_id, identifier, scopes), NotFound (client), Conflict (client_grant_taken), Forbidden (cannot_grant).
func (o Ops) Create(ctx context.Context, in CreateIn) (out models.ClientGrant, err error) {
	if err := models.Need(ctx, "client_grant.create", "", "client_grant"); err != nil {
		return out, err
	}
	if in.SubjectType == "" {
		in.SubjectType = models.SubjectClient
	}
	if err := checkNew(in); err != nil {
		return out, err
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		r, err := o.In(tx).resource(ctx, in.Identifier)
		if err != nil {
			return err
		}
		out = o.draft(ctx, in, r)
		c, err := clientOf(ctx, tx.Write, out)
		if err != nil {
			return err
		}
		if err := insert(ctx, tx, &out); err != nil {
			return err
		}
		if err := o.In(tx).setScopes(ctx, &out, r, nil); err != nil {
			return err
		}
		return o.In(tx).record(ctx, "client_grant.created", c, nil, &out)
	})
	return out, err
}

func (o Ops) draft(ctx context.Context, in CreateIn, r models.Resource) models.ClientGrant {
	now := o.Now()
	g := models.ClientGrant{ID: models.NewID(models.ObjectID), TenantID: models.ActorFrom(ctx).TenantID, ResourceID: r.ID, Identifier: r.Identifier,
		System: r.System, SubjectType: in.SubjectType, DefaultFor: in.DefaultFor, Version: 1, CreatedAt: now, UpdatedAt: now}
	if in.ClientID != "" {
		g.ClientID = &in.ClientID
	}
	in.apply(&g)
	return g
}

func (f Fields) apply(g *models.ClientGrant) {
	f.Scopes.To(&g.Scopes)
	f.AllScopes.To(&g.AllScopes)
	if g.AllScopes || g.Scopes == nil {
		g.Scopes = []string{}
	}
	if f.Stored.Set {
		g.Stored = models.MergeStored(g.Stored, f.Stored.V)
	}
}

// OneIn names a client grant.
type OneIn struct {
	ID string `path:"id" json:"-" doc:"The client grant's id."`
}

// Get gives a client grant. Faults: NotFound.
func (o Ops) Get(ctx context.Context, in OneIn) (models.ClientGrant, error) {
	if err := models.Need(ctx, "client_grant.read", "", "client_grant"); err != nil {
		return models.ClientGrant{}, err
	}
	return find(ctx, o.DB.Read, in.ID)
}

// UpdateIn is what a caller may change about a client grant.
type UpdateIn struct {
	ID      string            `path:"id" json:"-" doc:"The client grant's id."`
	Version models.Opt[int64] `json:"-" form:"version" header:"If-Match"`
	Fields
}

// Update changes what a client grant allows. Tokens that are out keep what they say; at this server's own management APIs the
// change counts at once.
// Faults: Invalid (scopes), NotFound, Stale (client_grant_changed) with the row as it is now, Forbidden (cannot_grant).
func (o Ops) Update(ctx context.Context, in UpdateIn) (out models.ClientGrant, err error) {
	if err := models.Need(ctx, "client_grant.update", "", "client_grant"); err != nil {
		return out, err
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		before, err := find(ctx, tx.Write, in.ID)
		if err != nil {
			return err
		}
		if in.Version.Set && !in.Version.Null && in.Version.V != before.Version {
			return &models.Fault{Code: models.Stale, Reason: "client_grant_changed", Text: "Somebody changed this grant after you opened it.", Current: before}
		}
		c, err := clientOf(ctx, tx.Write, before)
		if err != nil {
			return err
		}
		r, err := o.In(tx).resource(ctx, before.Identifier)
		if err != nil {
			return err
		}
		out = before
		in.apply(&out)
		if models.Diff(before, out) == nil {
			return nil
		}
		out.Version, out.UpdatedAt = before.Version+1, o.Now()
		if err := update(ctx, tx, before.Version, &out); err != nil {
			return err
		}
		if err := o.In(tx).setScopes(ctx, &out, r, &before); err != nil {
			return err
		}
		return o.In(tx).record(ctx, "client_grant.updated", c, &before, &out)
	})
	return out, err
}

// Delete takes a client grant back. Faults: NotFound.
func (o Ops) Delete(ctx context.Context, in OneIn) error {
	if err := models.Need(ctx, "client_grant.delete", "", "client_grant"); err != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		g, err := find(ctx, tx.Write, in.ID)
		if err != nil {
			return err
		}
		c, err := clientOf(ctx, tx.Write, g)
		if err != nil {
			return err
		}
		if err := models.ForgetGrant(ctx, tx, g); err != nil {
			return err
		}
		res, err := tx.Write.NewDelete().Model((*models.ClientGrant)(nil)).Where("id = ?", g.ID).Exec(ctx)
		if err := models.Touched(res, err, "client_grant"); err != nil {
			return err
		}
		return o.In(tx).record(ctx, "client_grant.deleted", c, &g, nil)
	})
}

// resource finds a resource for a grant: an unknown one is wrong input, not a missing page.
func (o Ops) resource(ctx context.Context, identifier string) (models.Resource, error) {
	r, err := o.Resource(models.Lend(ctx, "resource.read"), o.DB, identifier) // whoever grants may know what there is to grant
	if models.IsFault(err, models.NotFound) {
		var c models.Check
		c.Add("identifier", "resource_not_found", "There is no resource with the identifier "+identifier+". Register it first.")
		return r, c.Err()
	}
	return r, err
}

func checkNew(in CreateIn) error {
	var c models.Check
	c.Length("identifier", in.Identifier, 1, 600)
	c.OneOf("subject_type", in.SubjectType, models.SubjectClient, models.SubjectUser, models.SubjectOrganization)
	c.OneOf("default_for", in.DefaultFor, "third_party_clients")
	switch {
	case in.ClientID == "" && in.DefaultFor == "":
		c.Add("client_id", "required", "Say which client the grant is for.")
	case in.ClientID != "" && in.DefaultFor != "":
		c.Add("default_for", "not_allowed", "A grant is for one client or for a kind of clients, not for both.")
	}
	return c.Err()
}

func (o Ops) record(ctx context.Context, what string, c party, before, after *models.ClientGrant) error {
	g := after
	if g == nil {
		g = before
	}
	e := models.Event{Type: what, ObjectKind: "client_grant", ObjectID: g.ID, ObjectName: g.Identifier, ApplicationID: c.ApplicationID}
	switch {
	case before == nil:
		e.Detail = models.Diff(nil, *after)
	case after == nil:
		e.Detail = models.Diff(*before, nil)
	default:
		e.Detail = models.Diff(*before, *after)
	}
	return models.Record(ctx, o.DB, e)
}
