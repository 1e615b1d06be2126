package resources

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// setScopes makes the scopes of a resource those of a list, by name: a scope that stays keeps its id and what was granted of it.
func (o Ops) setScopes(ctx context.Context, r *models.Resource, want []ScopeIn) (changed bool, err error) {
	held := map[string]models.Scope{}
	for _, s := range r.Scopes {
		held[s.Name] = s
	}
	var rows, fresh []models.Scope
	for i, w := range want {
		s, old := held[w.Name]
		delete(held, w.Name)
		if !old {
			s = models.Scope{ID: models.NewID(models.LongID), TenantID: r.TenantID, ResourceID: r.ID, Name: w.Name, CreatedAt: o.Now()}
		}
		moved := s.Description != w.Description || s.Position != int64(i)
		s.Description, s.Position = w.Description, int64(i)
		rows = append(rows, s)
		switch {
		case !old:
			fresh = append(fresh, s)
		case moved:
			if err := writeScope(ctx, o.DB, s); err != nil {
				return false, err
			}
			changed = true
		}
	}
	for _, gone := range held {
		if err := removeScope(ctx, o.DB, gone); err != nil {
			return false, err
		}
	}
	changed = changed || len(held) > 0 || len(fresh) > 0
	r.Scopes = append([]models.Scope{}, rows...)
	return changed, insertScopes(ctx, o.DB, fresh)
}

// CreateScopeIn is a new scope of a resource.
type CreateScopeIn struct {
	ResourceID string `path:"id" json:"-" doc:"The resource's id."`
	ScopeIn
}

// CreateScope adds a scope to a resource.
// Faults: Invalid, NotFound (resource), Conflict (scope_name_taken, system_resource).
func (o Ops) CreateScope(ctx context.Context, in CreateScopeIn) (out models.Scope, err error) {
	err = o.changeScopes(ctx, in.ResourceID, in.ScopeIn, func(ctx context.Context, to Ops, r models.Resource) error {
		out = models.Scope{ID: models.NewID(models.LongID), TenantID: r.TenantID, ResourceID: r.ID, Name: in.Name, Description: in.Description, CreatedAt: o.Now()}
		if n := len(r.Scopes); n > 0 {
			out.Position = r.Scopes[n-1].Position + 1
		}
		if len(r.Scopes) >= maxScopes {
			return &models.Fault{Code: models.Conflict, Reason: "too_many_scopes", Text: fmt.Sprintf("A resource has at most %d scopes.", maxScopes)}
		}
		if err := insertScopes(ctx, to.DB, []models.Scope{out}); err != nil {
			return err
		}
		return recordScope(ctx, to.DB, "scope.created", nil, &out)
	})
	return out, err
}

// ScopeIDIn names a scope of a resource.
type ScopeIDIn struct {
	ResourceID string `path:"id" json:"-" doc:"The resource's id."`
	ID         string `path:"scope_id" json:"-" doc:"The scope's id."`
}

// UpdateScopeIn is what a caller may change about a scope.
type UpdateScopeIn struct {
	ScopeIDIn
	Name        models.Opt[string] `json:"name,omitzero" form:"name"`
	Description models.Opt[string] `json:"description,omitzero" form:"description"`
}

// UpdateScope renames or describes a scope. Whoever has it keeps it under its new name.
// Faults: Invalid, NotFound (resource, scope), Conflict (scope_name_taken, system_resource).
func (o Ops) UpdateScope(ctx context.Context, in UpdateScopeIn) (out models.Scope, err error) {
	said := ScopeIn{Name: "unsaid"}
	in.Name.To(&said.Name)
	in.Description.To(&said.Description)
	err = o.changeScopes(ctx, in.ResourceID, said, func(ctx context.Context, to Ops, r models.Resource) error {
		before, err := among(r.Scopes, in.ID)
		if err != nil {
			return err
		}
		out = before
		in.Name.To(&out.Name)
		in.Description.To(&out.Description)
		if models.Diff(before, out) == nil {
			return nil
		}
		if err := writeScope(ctx, to.DB, out); err != nil {
			return err
		}
		return recordScope(ctx, to.DB, "scope.updated", &before, &out)
	})
	return out, err
}

// DeleteScope removes a scope, from roles and client grants too.
// Faults: NotFound (resource, scope), Conflict (system_resource).
func (o Ops) DeleteScope(ctx context.Context, in ScopeIDIn) error {
	return o.changeScopes(ctx, in.ResourceID, ScopeIn{Name: "unsaid"}, func(ctx context.Context, to Ops, r models.Resource) error {
		gone, err := among(r.Scopes, in.ID)
		if err != nil {
			return err
		}
		if err := removeScope(ctx, to.DB, gone); err != nil {
			return err
		}
		return recordScope(ctx, to.DB, "scope.deleted", &gone, nil)
	})
}

// changeScopes runs a change of one scope of a resource, after what all such changes must pass.
func (o Ops) changeScopes(ctx context.Context, resourceID string, said ScopeIn, do func(context.Context, Ops, models.Resource) error) error {
	if err := models.Need(ctx, "resource.update", "", "resource"); err != nil {
		return err
	}
	var c models.Check
	checkScope(&c, "", said)
	if err := c.Err(); err != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		r, err := o.find(ctx, tx.Write, resourceID)
		if err != nil {
			return err
		}
		if r.System != "" {
			return systemFault("The scopes of a management API are the server's own.")
		}
		if err := models.ForgetHolders(ctx, tx, r.ID); err != nil {
			return err
		}
		return do(ctx, o.In(tx), r)
	})
}

func among(scopes []models.Scope, id string) (models.Scope, error) {
	for _, s := range scopes {
		if s.ID == id {
			return s, nil
		}
	}
	return models.Scope{}, models.Missing("scope")
}

func insertScopes(ctx context.Context, tx models.DB, rows []models.Scope) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.Write.NewInsert().Model(&rows).Exec(ctx)
	return scopeStored(err)
}

func writeScope(ctx context.Context, tx models.DB, s models.Scope) error {
	_, err := tx.Write.NewUpdate().Model(&s).Column("name", "description", "position").WherePK().Exec(ctx)
	return scopeStored(err)
}

func scopeStored(err error) error {
	if models.Unique(err) {
		return models.Taken("name", "scope_name_taken", "The resource has a scope of this name already.")
	}
	if err != nil {
		return fmt.Errorf("store scope: %w", err)
	}
	return nil
}

func removeScope(ctx context.Context, tx models.DB, s models.Scope) error {
	res, err := tx.Write.NewDelete().Model(&s).WherePK().Exec(ctx)
	return models.Touched(res, err, "scope")
}

func recordScope(ctx context.Context, tx models.DB, what string, before, after *models.Scope) error {
	e := models.Event{Type: what, ObjectKind: "scope"}
	switch {
	case before == nil:
		e.ObjectID, e.ObjectName, e.Detail = after.ID, after.Name, models.Diff(nil, *after)
	case after == nil:
		e.ObjectID, e.ObjectName, e.Detail = before.ID, before.Name, models.Diff(*before, nil)
	default:
		e.ObjectID, e.ObjectName, e.Detail = after.ID, after.Name, models.Diff(*before, *after)
	}
	return models.Record(ctx, tx, e)
}

// ListScopesIn asks for scopes of a resource.
type ListScopesIn struct {
	ResourceID string `path:"id" json:"-" doc:"The resource's id."`
}

// Scopes is all scopes of a resource.
type Scopes struct {
	Items []models.Scope `json:"items"`
}

// ListScopes gives the scopes of a resource in the order in which they were written; there are at most 1000.
// Faults: NotFound (resource).
func (o Ops) ListScopes(ctx context.Context, in ListScopesIn) (Scopes, error) {
	r, err := o.Get(ctx, OneIn{in.ResourceID})
	return Scopes{r.Scopes}, err
}

// ScopesByID gives scopes with the resources that they are of, by scope id. Unknown ids are left out.
func (o Ops) ScopesByID(ctx context.Context, ids []string) (map[string]models.Scope, map[string]models.Resource, error) {
	scopes, resources := map[string]models.Scope{}, map[string]models.Resource{}
	if len(ids) == 0 {
		return scopes, resources, nil
	}
	if err := models.Need(ctx, "resource.read", "", "resource"); err != nil {
		return nil, nil, err
	}
	tenant := models.ActorFrom(ctx).TenantID
	var rows []models.Scope
	if err := o.DB.Read.NewSelect().Model(&rows).Where("s.id IN (?)", bun.In(ids)).Where("s.tenant_id = ?", tenant).Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("read scopes: %w", err)
	}
	var of []string
	for _, s := range rows {
		scopes[s.ID] = s
		of = append(of, s.ResourceID)
	}
	if len(of) == 0 {
		return scopes, resources, nil
	}
	var owners []*models.Resource
	if err := o.DB.Read.NewSelect().Model(&owners).Where("r.id IN (?)", bun.In(of)).Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("read resources of scopes: %w", err)
	}
	err := o.told(ctx, owners...)
	for _, r := range owners {
		resources[r.ID] = *r
	}
	return scopes, resources, err
}
