package webhooks

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// due are deliveries whose time has come and that nobody has, the longest waiting first.
func (w *Worker) due(ctx context.Context, most int) ([]models.WebhookDelivery, error) {
	now := w.Now()
	var rows []models.WebhookDelivery
	err := w.DB.Write.NewSelect().Model(&rows).Where("state = ?", models.DeliveryPending).Where("next_at <= ?", now).
		Where("lease_until IS NULL OR lease_until < ?", now).Where("webhook_id NOT IN (?)", bun.List(w.full())).
		Order("next_at", "id").Limit(int64(most)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for due deliveries: %w", err)
	}
	return rows, nil
}

// take leases a delivery: of all who try at once, one statement succeeds.
func (w *Worker) take(ctx context.Context, d models.WebhookDelivery) (bool, error) {
	now := w.Now()
	res, err := w.DB.Write.NewUpdate().Model((*models.WebhookDelivery)(nil)).Set("lease_until = ?", now.Add(lease)).Where("id = ?", d.ID).
		Where("state = ?", models.DeliveryPending).Where("attempts = ?", d.Attempts).Where("lease_until IS NULL OR lease_until < ?", now).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("take delivery %s: %w", d.ID, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// release gives a delivery back that was not sent.
func (w *Worker) release(ctx context.Context, d models.WebhookDelivery) error {
	_, err := w.DB.Write.NewUpdate().Model((*models.WebhookDelivery)(nil)).Set("lease_until = NULL").Where("id = ?", d.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("give delivery %s back: %w", d.ID, err)
	}
	return nil
}

// sweep removes deliveries that were done long ago, now and then, and ends tests whose process was killed.
func (w *Worker) sweep(ctx context.Context) {
	now := w.Now()
	if now.Sub(w.swept) < sweepsEvery {
		return
	}
	w.swept = now
	before := now.Add(-kept)
	err := models.InTx(ctx, w.DB, func(ctx context.Context, tx models.DB) error {
		old := tx.Write.NewSelect().Model((*models.WebhookDelivery)(nil)).Column("id").Where("created_at < ?", before).Where("state <> ?", models.DeliveryPending)
		_, err := tx.Write.NewUpdate().Model((*models.WebhookDelivery)(nil)).Set("state = ?", models.DeliveryFailed).Set("last_reason = 'interrupted'").
			Set("done_at = ?", now).Where("test").Where("state = ?", models.DeliveryPending).Where("next_at IS NULL").Where("created_at < ?", now.Add(-sendTime-lease)).Exec(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.Write.NewDelete().Model((*models.WebhookAttempt)(nil)).Where("delivery_id IN (?)", old).Exec(ctx); err != nil {
			return err
		}
		_, err = tx.Write.NewDelete().Model((*models.WebhookDelivery)(nil)).Where("created_at < ?", before).Where("state <> ?", models.DeliveryPending).Exec(ctx)
		return err
	})
	if err != nil && ctx.Err() == nil {
		w.Log.Warn("old deliveries could not be removed; it is tried again", "error", err)
	}
}
