package roles

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// ScopesIn names a role and scopes.
type ScopesIn struct {
	RoleID   string   `path:"id" json:"-" doc:"The role's id."`
	ScopeIDs []string `json:"scope_ids" form:"scope_ids" doc:"Ids of scopes, of any resource; up to 1000."`
}

// Held is a scope that a role has, with the resource that it is of.
type Held struct {
	models.Scope
	Identifier string `json:"identifier" doc:"The resource's."`
	System     string `json:"-"`
}

// HeldScopes is all scopes of a role.
type HeldScopes struct {
	Items []Held `json:"items"`
}

// ListScopes gives the scopes of a role, in the order in which it got them. Faults: NotFound.
func (o Ops) ListScopes(ctx context.Context, in OneIn) (HeldScopes, error) {
	if _, err := o.Get(ctx, in); err != nil {
		return HeldScopes{}, err
	}
	items, err := held(ctx, o.DB.Read, in.ID)
	return HeldScopes{items}, err
}

// heldRow is what the query of held gives: the columns of a scope and two of its resource.
type heldRow struct {
	models.Scope `bun:",extend"`
	Identifier   string `bun:"identifier"`
	System       string `bun:"system"`
}

func held(ctx context.Context, db bun.IDB, roleID string) ([]Held, error) {
	var rows []heldRow
	err := db.NewSelect().Model(&rows).ColumnExpr("s.*, r.identifier, r.system").
		Join("JOIN role_scopes rs ON rs.scope_id = s.id").Join("JOIN resources r ON r.id = s.resource_id").
		Where("rs.role_id = ?", roleID).OrderExpr("rs.position, s.resource_id, s.position").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read scopes of role %s: %w", roleID, err)
	}
	out := make([]Held, len(rows))
	for i, r := range rows {
		out[i] = Held(r)
	}
	return out, nil
}

// AddScopes gives scopes to a role and tells which are new to it.
// Faults: NotFound (role), Invalid (scope_ids), Conflict (system_role, role_has_scope when it has all of them), Forbidden (cannot_grant).
func (o Ops) AddScopes(ctx context.Context, in ScopesIn) (HeldScopes, error) {
	out := HeldScopes{Items: []Held{}}
	err := o.changeScopes(ctx, in.RoleID, func(ctx context.Context, tx models.DB, before []Held) error {
		all := ids(before)
		for _, id := range in.ScopeIDs {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
		added, _, err := o.In(tx).set(ctx, in.RoleID, before, all)
		out.Items = append(out.Items, added...)
		return err
	})
	return out, err
}

// SetScopes replaces the scopes of a role and gives those it has then. Faults: as AddScopes.
func (o Ops) SetScopes(ctx context.Context, in ScopesIn) (HeldScopes, error) {
	var out HeldScopes
	err := o.changeScopes(ctx, in.RoleID, func(ctx context.Context, tx models.DB, before []Held) error {
		if _, _, err := o.In(tx).set(ctx, in.RoleID, before, in.ScopeIDs); err != nil {
			return err
		}
		var err error
		out.Items, err = held(ctx, tx.Write, in.RoleID)
		return err
	})
	return out, err
}

// ScopeIn names a scope of a role.
type ScopeIn struct {
	RoleID  string `path:"id" json:"-" doc:"The role's id."`
	ScopeID string `path:"scope_id" json:"-" doc:"The scope's id."`
}

// RemoveScope takes a scope from a role.
// Faults: NotFound (role, scope), Conflict (system_role).
func (o Ops) RemoveScope(ctx context.Context, in ScopeIn) error {
	return o.changeScopes(ctx, in.RoleID, func(ctx context.Context, tx models.DB, before []Held) error {
		left := slices.DeleteFunc(ids(before), func(id string) bool { return id == in.ScopeID })
		if len(left) == len(before) {
			return models.Missing("scope")
		}
		_, _, err := o.In(tx).set(ctx, in.RoleID, before, left)
		return err
	})
}

func ids(scopes []Held) []string {
	out := make([]string, 0, len(scopes))
	for _, s := range scopes {
		out = append(out, s.ID)
	}
	return out
}

// changeScopes runs a change of the scopes of a role, after what all such changes must pass.
func (o Ops) changeScopes(ctx context.Context, roleID string, do func(context.Context, models.DB, []Held) error) error {
	if err := models.Need(ctx, "role.update", "", "role"); err != nil && models.Need(ctx, "role.create", "", "role") != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		role, err := find(ctx, tx.Write, roleID)
		if err != nil {
			return err
		}
		if role.System != "" && models.ActorFrom(ctx).Kind != models.ActorSystem {
			return systemFault()
		}
		before, err := held(ctx, tx.Write, roleID)
		if err != nil {
			return err
		}
		if err := models.ForgetRole(ctx, tx, roleID); err != nil {
			return err
		}
		return do(ctx, tx, before)
	})
}

// set makes the scopes of a role those of a list of ids.
func (o Ops) set(ctx context.Context, roleID string, before []Held, want []string) (added, gone []Held, err error) {
	known, err := o.resolve(ctx, want)
	if err != nil {
		return nil, nil, err
	}
	had := ids(before)
	for _, s := range before {
		if !slices.Contains(want, s.ID) {
			gone = append(gone, s)
		}
	}
	for i, s := range known {
		if slices.Contains(had, s.ID) {
			continue
		}
		if err := models.MayGrant(ctx, s.System, []string{s.Name}); err != nil {
			return nil, nil, err
		}
		row := models.RoleScope{RoleID: roleID, ScopeID: s.ID, Position: int64(i)}
		if _, err := o.DB.Write.NewInsert().Model(&row).Exec(ctx); err != nil {
			return nil, nil, fmt.Errorf("store scope of role: %w", err)
		}
		added = append(added, s)
	}
	for _, s := range gone {
		if _, err := o.DB.Write.NewDelete().Model((*models.RoleScope)(nil)).Where("role_id = ?", roleID).Where("scope_id = ?", s.ID).Exec(ctx); err != nil {
			return nil, nil, fmt.Errorf("take scope from role: %w", err)
		}
	}
	return added, gone, o.recordScopes(ctx, roleID, before, added, gone)
}

// resolve reads scopes by their ids, in the order of the list, and refuses what is not there.
func (o Ops) resolve(ctx context.Context, want []string) ([]Held, error) {
	var c models.Check
	if c.That(len(want) <= 1000, "scope_ids", "too_many", "Name at most 1000 scopes."); c.Err() != nil || len(want) == 0 {
		return nil, c.Err()
	}
	var rows []heldRow
	err := o.DB.Write.NewSelect().Model(&rows).ColumnExpr("s.*, r.identifier, r.system").Join("JOIN resources r ON r.id = s.resource_id").
		Where("s.id IN (?)", bun.In(want)).Where("s.tenant_id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read scopes: %w", err)
	}
	at := map[string]Held{}
	for _, r := range rows {
		at[r.ID] = Held(r)
	}
	var out []Held
	for i, id := range want {
		s, ok := at[id]
		if !ok {
			c.Add(fmt.Sprintf("scope_ids[%d]", i), "scope_not_found", "There is no scope with the id "+id+".")
			continue
		}
		if !slices.ContainsFunc(out, func(h Held) bool { return h.ID == id }) {
			out = append(out, s)
		}
	}
	return out, c.Err()
}

func (o Ops) recordScopes(ctx context.Context, roleID string, before, added, gone []Held) error {
	if len(added)+len(gone) == 0 {
		return nil
	}
	role, err := find(ctx, o.DB.Write, roleID)
	if err != nil {
		return err
	}
	after := append(slices.DeleteFunc(slices.Clone(before), func(h Held) bool { return slices.Contains(ids(gone), h.ID) }), added...)
	detail, err := json.Marshal(map[string]models.Change{"scopes": {Before: names(before), After: names(after)}})
	if err != nil {
		return fmt.Errorf("tell scopes of role: %w", err)
	}
	return record(ctx, o.DB, "role.scopes_changed", role, detail)
}

func names(scopes []Held) []string {
	out := []string{}
	for _, s := range scopes {
		out = append(out, s.Identifier+" "+s.Name)
	}
	return out
}
