package resources

import (
	"context"

	"gatehouse/models"
)

// System is a resource that the server makes itself: a management API of its own.
type System struct {
	ID         string
	Face       string
	Identifier string
	Name       string
	Scopes     []models.Scope // ids may be empty
}

// Ensure makes the server's own resources where they are missing, and brings their identifiers and scopes up to date: the
// public address may be another one, and a newer version may know more scopes.
func (o Ops) Ensure(ctx context.Context, all []System) error {
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		for _, s := range all {
			if err := o.In(tx).ensure(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

func (o Ops) ensure(ctx context.Context, s System) error {
	before, err := o.find(ctx, o.DB.Write, s.ID)
	fresh := models.IsFault(err, models.NotFound)
	if err != nil && !fresh {
		return err
	}
	row := before
	if fresh {
		row = models.Resource{ID: s.ID, TenantID: models.ActorFrom(ctx).TenantID, Identifier: s.Identifier, Name: s.Name, System: s.Face, Version: 1, CreatedAt: o.Now(), UpdatedAt: o.Now()}
		if err := insert(ctx, o.DB, &row); err != nil {
			return err
		}
	}
	if row.Identifier != s.Identifier {
		row.Identifier, row.Version, row.UpdatedAt = s.Identifier, row.Version+1, o.Now()
		if err := update(ctx, o.DB, before.Version, &row); err != nil {
			return err
		}
	}
	if err := o.addScopes(ctx, row, s.Scopes); err != nil || !fresh {
		return err
	}
	return record(ctx, o.DB, "resource.created", nil, &row)
}

// addScopes adds those that are missing. None is taken away: an older version may run beside this one.
func (o Ops) addScopes(ctx context.Context, r models.Resource, want []models.Scope) error {
	held, next := map[string]bool{}, int64(0)
	for _, s := range r.Scopes {
		held[s.Name], next = true, s.Position+1
	}
	var fresh []models.Scope
	for _, s := range want {
		if held[s.Name] {
			continue
		}
		if s.ID == "" {
			s.ID = models.NewID(models.LongID)
		}
		s.TenantID, s.ResourceID, s.Position, s.CreatedAt = r.TenantID, r.ID, next+int64(len(fresh)), o.Now()
		fresh = append(fresh, s)
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := models.ForgetHolders(ctx, o.DB, r.ID); err != nil {
		return err
	}
	return insertScopes(ctx, o.DB, fresh)
}
