package webhooks

import (
	"context"
	"fmt"

	"gatehouse/models"
)

const table = "webhooks"

func (o Ops) insert(ctx context.Context, row models.Webhook) error {
	n, err := o.DB.Write.NewSelect().Model((*models.Webhook)(nil)).Where("tenant_id = ?", row.TenantID).Count(ctx)
	if err != nil {
		return fmt.Errorf("count webhooks: %w", err)
	}
	if n >= MostWebhooks {
		return models.Taken("", "too_many_webhooks", "There are 100 webhooks already. Delete one that is not needed any more.")
	}
	if _, err := o.DB.Write.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("store webhook: %w", err)
	}
	return nil
}

func (o Ops) one(ctx context.Context, id string) (models.Webhook, error) {
	var row models.Webhook
	err := o.DB.Read.NewSelect().Model(&row).Where("wh.tenant_id = ?", models.ActorFrom(ctx).TenantID).Where("wh.id = ?", id).Scan(ctx)
	return row, models.Found(err, "webhook")
}

func (o Ops) all(ctx context.Context) ([]models.Webhook, error) {
	rows := []models.Webhook{}
	err := o.DB.Read.NewSelect().Model(&rows).Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Order("created_at", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list webhooks: %w", err)
	}
	return rows, nil
}

// store writes the named columns of a webhook whose row still is what the change began from.
func (o Ops) store(ctx context.Context, before, after models.Webhook, columns ...string) error {
	res, err := o.DB.Write.NewUpdate().Model(&after).Column(append(columns, "version", "updated_at")...).WherePK().
		Where("version = ?", before.Version).Exec(ctx)
	if err := models.Touched(res, err, "webhook"); models.IsFault(err, models.NotFound) {
		return models.Outrun(stale(before))
	} else if err != nil {
		return err
	}
	return nil
}

// remove deletes a webhook with its deliveries. On PostgreSQL its row is held first, so that no delivery is queued in between.
func (o Ops) remove(ctx context.Context, row models.Webhook) error {
	if o.DB.Postgres {
		if _, err := o.DB.Write.NewRaw("SELECT id FROM webhooks WHERE id = ? FOR UPDATE", row.ID).Exec(ctx); err != nil {
			return fmt.Errorf("lock webhook %s: %w", row.ID, err)
		}
	}
	for _, of := range []any{(*models.WebhookAttempt)(nil), (*models.WebhookDelivery)(nil)} {
		if _, err := o.DB.Write.NewDelete().Model(of).Where("webhook_id = ?", row.ID).Exec(ctx); err != nil {
			return fmt.Errorf("delete the deliveries of webhook %s: %w", row.ID, err)
		}
	}
	res, err := o.DB.Write.NewDelete().Model(&row).WherePK().Where("version = ?", row.Version).Exec(ctx)
	if err = models.Touched(res, err, "webhook"); models.IsFault(err, models.NotFound) {
		return models.Outrun(stale(row))
	}
	return err
}
