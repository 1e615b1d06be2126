package credentials

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// ofApplication gives the credentials of all clients of an application, the newest first.
func (c Console) ofApplication(ctx context.Context, in overviewIn) (models.List[Credential], error) {
	list := "credentials of " + in.ApplicationID
	var out models.List[Credential]
	var from models.Key
	if in.Cursor != "" {
		var err error
		if from, err = c.Vault.ReadCursor(list, in.Cursor); err != nil {
			return out, err
		}
	}
	var rows []models.Credential
	q := c.DB.Read.NewSelect().Model(&rows).Where("cr.client_id IN (SELECT id FROM clients WHERE application_id = ?)", in.ApplicationID)
	order, sign := "DESC", "<"
	if from.Back {
		order, sign = "ASC", ">"
	}
	if from.ID != "" {
		q = q.Where("(cr.created_at, cr.id) "+sign+" (?, ?)", from.Time, from.ID)
	}
	if err := q.Order("cr.created_at "+order, "cr.id "+order).Limit(int64(in.Size() + 1)).Scan(ctx); err != nil {
		return out, fmt.Errorf("list credentials: %w", err)
	}
	page := models.Paged(c.Vault, list, rows, in.Size(), from, func(r models.Credential) models.Key { return models.Key{Time: r.CreatedAt, ID: r.ID} })
	out.Next, out.Prev = page.Next, page.Prev
	var err error
	out.Items, err = c.shown(ctx, page.Items)
	return out, err
}

func clientsOf(ctx context.Context, db bun.IDB, applicationID string) ([]models.Client, error) {
	var rows []models.Client
	err := db.NewSelect().Model(&rows).Where("c.application_id = ?", applicationID).Where("c.tenant_id = ?", models.ActorFrom(ctx).TenantID).
		Order("c.created_at", "c.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read clients of application %s: %w", applicationID, err)
	}
	return rows, nil
}
