package resources

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// find reads a resource with its scopes.
func (o Ops) find(ctx context.Context, db bun.IDB, id string) (models.Resource, error) {
	var row models.Resource
	err := db.NewSelect().Model(&row).Where("r.id = ?", id).Where("r.tenant_id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx)
	if err := models.Found(err, "resource"); err != nil {
		return row, err
	}
	if err := o.told(ctx, &row); err != nil {
		return row, err
	}
	var err2 error
	row.Scopes, err2 = scopesOf(ctx, db, row.ID)
	return row, err2
}

// told adds what other rows say of resources.
func (o Ops) told(ctx context.Context, rows ...*models.Resource) error {
	tenant, err := o.Tenant(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		r.IsDefault = tenant.DefaultAudience != "" && tenant.DefaultAudience == r.Identifier
	}
	return nil
}

func scopesOf(ctx context.Context, db bun.IDB, resourceID string) ([]models.Scope, error) {
	rows := []models.Scope{}
	err := db.NewSelect().Model(&rows).Where("s.resource_id = ?", resourceID).Order("s.position", "s.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read scopes of resource %s: %w", resourceID, err)
	}
	return rows, nil
}

func insert(ctx context.Context, tx models.DB, r *models.Resource) error {
	_, err := tx.Write.NewInsert().Model(r).Exec(ctx)
	if models.Unique(err) {
		return models.Taken("identifier", "resource_identifier_taken", "Another resource has this identifier.")
	}
	if err != nil {
		return fmt.Errorf("store resource: %w", err)
	}
	forget(tx, *r)
	return nil
}

// update writes every column that can change, where the version is still the one that was read.
func update(ctx context.Context, tx models.DB, version int64, r *models.Resource) error {
	res, err := tx.Write.NewUpdate().Model(r).ExcludeColumn("id", "tenant_id", "system", "created_at").
		Where("id = ?", r.ID).Where("version = ?", version).Exec(ctx)
	if err := models.Touched(res, err, "resource"); models.IsFault(err, models.NotFound) {
		return models.Outrun(&models.Fault{Code: models.Stale, Reason: "resource_changed", Text: "Somebody changed this resource at the same moment."})
	} else if err != nil {
		return err
	}
	forget(tx, *r)
	return models.ForgetHolders(ctx, tx, r.ID)
}

func remove(ctx context.Context, tx models.DB, r models.Resource) error {
	if err := models.ForgetHolders(ctx, tx, r.ID); err != nil {
		return err
	}
	forget(tx, r)
	res, err := tx.Write.NewDelete().Model((*models.Resource)(nil)).Where("id = ?", r.ID).Exec(ctx)
	return models.Touched(res, err, "resource")
}

func forget(tx models.DB, r models.Resource) {
	tx.Drop(models.CacheResource, r.TenantID+" "+r.Identifier)
}

func record(ctx context.Context, tx models.DB, what string, before, after *models.Resource) error {
	r := after
	if r == nil {
		r = before
	}
	e := models.Event{Type: what, ObjectKind: "resource", ObjectID: r.ID, ObjectName: r.Name}
	switch {
	case before == nil:
		e.Detail = models.Diff(nil, *after)
	case after == nil:
		e.Detail = models.Diff(*before, nil)
	default:
		e.Detail = models.Diff(*before, *after)
	}
	return models.Record(ctx, tx, e)
}
