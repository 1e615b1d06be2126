package resources

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// ListIn asks for resources of the tenant, the newest first.
type ListIn struct {
	Q string `query:"q" doc:"Part of the name or of the identifier."`
	models.PageIn
}

// List gives resources without their scopes. Faults: Invalid (cursor).
func (o Ops) List(ctx context.Context, in ListIn) (models.List[models.Resource], error) {
	var none models.List[models.Resource]
	if err := models.Need(ctx, "resource.read", "", "resource"); err != nil {
		return none, err
	}
	var from models.Key
	if in.Cursor != "" {
		var err error
		if from, err = o.Vault.ReadCursor("resources", in.Cursor); err != nil {
			return none, err
		}
	}
	var rows []models.Resource
	q := o.where(ctx, o.DB.Read.NewSelect().Model(&rows), in.Q)
	order, sign := "DESC", "<"
	if from.Back {
		order, sign = "ASC", ">"
	}
	if from.ID != "" {
		q = q.Where("(r.created_at, r.id) "+sign+" (?, ?)", from.Time, from.ID)
	}
	if err := q.OrderExpr("r.created_at " + order + ", r.id " + order).Limit(int64(in.Size() + 1)).Scan(ctx); err != nil {
		return none, fmt.Errorf("list resources: %w", err)
	}
	for i := range rows {
		if err := o.told(ctx, &rows[i]); err != nil {
			return none, err
		}
	}
	return models.Paged(o.Vault, "resources", rows, in.Size(), from, func(r models.Resource) models.Key { return models.Key{Time: r.CreatedAt, ID: r.ID} }), nil
}

func (o Ops) where(ctx context.Context, q *bun.SelectQuery, text string) *bun.SelectQuery {
	q = q.Where("r.tenant_id = ?", models.ActorFrom(ctx).TenantID)
	if text != "" {
		like := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(text)) + "%"
		q = q.Where("(lower(r.name) LIKE ? ESCAPE '!' OR lower(r.identifier) LIKE ? ESCAPE '!')", like, like)
	}
	return q
}

// FindIn asks for a part of the resources by number, as dialects do.
type FindIn struct {
	System      string   // the management API that may be among them; those of other faces are left out
	Identifiers []string // only these
	OldestFirst bool
	Offset      int64
	Limit       int64 // 0 for all
	Scopes      bool  // with their scopes
}

// FindOut is a part of the resources, and how many there are.
type FindOut struct {
	Items []models.Resource
	Total int64
}

// Find gives a part of the resources by number.
func (o Ops) Find(ctx context.Context, in FindIn) (FindOut, error) {
	out := FindOut{Items: []models.Resource{}}
	if err := models.Need(ctx, "resource.read", "", "resource"); err != nil {
		return out, err
	}
	q := o.where(ctx, o.DB.Read.NewSelect().Model(&out.Items), "").Where("r.system IN ('', ?)", in.System)
	if len(in.Identifiers) > 0 {
		q = q.Where("r.identifier IN (?)", bun.In(in.Identifiers))
	}
	order := "DESC"
	if in.OldestFirst {
		order = "ASC"
	}
	q = q.OrderExpr("r.created_at " + order + ", r.id " + order).Offset(in.Offset)
	if in.Limit > 0 {
		q = q.Limit(in.Limit)
	}
	n, err := q.ScanAndCount(ctx)
	if err != nil {
		return out, fmt.Errorf("find resources: %w", err)
	}
	out.Total = int64(n)
	return out, o.fill(ctx, out.Items, in.Scopes)
}

// fill adds to rows what other tables say, with one query for the scopes of all.
func (o Ops) fill(ctx context.Context, rows []models.Resource, withScopes bool) error {
	at, ids := map[string]*models.Resource{}, []string{}
	for i := range rows {
		at[rows[i].ID] = &rows[i]
		ids = append(ids, rows[i].ID)
		if err := o.told(ctx, &rows[i]); err != nil {
			return err
		}
	}
	if !withScopes || len(ids) == 0 {
		return nil
	}
	var scopes []models.Scope
	if err := o.DB.Read.NewSelect().Model(&scopes).Where("s.resource_id IN (?)", bun.In(ids)).Order("s.resource_id", "s.position", "s.id").Scan(ctx); err != nil {
		return fmt.Errorf("read scopes of resources: %w", err)
	}
	for _, r := range at {
		r.Scopes = []models.Scope{}
	}
	for _, s := range scopes {
		at[s.ResourceID].Scopes = append(at[s.ResourceID].Scopes, s)
	}
	return nil
}

// ByIdentifier gives a resource by a name that a request may ask for it by. A management API has one for each public origin.
// Faults: NotFound.
func (o Ops) ByIdentifier(ctx context.Context, identifier string) (models.Resource, error) {
	if err := models.Need(ctx, "resource.read", "", "resource"); err != nil {
		return models.Resource{}, err
	}
	r, err := o.registered(ctx, o.DB.Read, models.ActorFrom(ctx).TenantID, identifier)
	if err != nil {
		return models.Resource{}, err
	}
	if r == nil {
		return models.Resource{}, models.Missing("resource")
	}
	return o.find(ctx, o.DB.Read, r.ID)
}

// Registered gives a resource of a tenant for the token endpoint, nil for none, from memory. It is asked only where a client
// names something that it was granted nothing of.
func (o Ops) Registered(ctx context.Context, tenantID, identifier string) (*models.Resource, error) {
	return o.cache.Get(ctx, tenantID+" "+identifier, func(ctx context.Context, _ string) (*models.Resource, error) {
		return o.registered(ctx, o.DB.Read, tenantID, identifier)
	})
}

func (o Ops) registered(ctx context.Context, db bun.IDB, tenantID, identifier string) (*models.Resource, error) {
	var row models.Resource
	q := db.NewSelect().Model(&row).Where("r.tenant_id = ?", tenantID)
	if system, ours := o.Names.System[identifier]; ours {
		q = q.Where("r.system = ?", system)
	} else {
		q = q.Where("r.identifier = ?", identifier)
	}
	if err := q.Scan(ctx); errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("read resource %s: %w", identifier, err)
	}
	return &row, nil
}

// CountScopes tells how many scopes each of some resources has.
func (o Ops) CountScopes(ctx context.Context, of []models.Resource) (map[string]int, error) {
	out := map[string]int{}
	if len(of) == 0 {
		return out, nil
	}
	ids := make([]string, len(of))
	for i, r := range of {
		ids[i] = r.ID
	}
	var rows []struct {
		ResourceID string `bun:"resource_id"`
		N          int    `bun:"n"`
	}
	err := o.DB.Read.NewSelect().TableExpr("scopes").ColumnExpr("resource_id, COUNT(*) AS n").Where("resource_id IN (?)", bun.In(ids)).GroupExpr("resource_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count scopes: %w", err)
	}
	for _, r := range rows {
		out[r.ResourceID] = r.N
	}
	return out, nil
}
