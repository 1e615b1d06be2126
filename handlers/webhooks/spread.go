package webhooks

import (
	"context"
	"fmt"

	"gatehouse/models"
)

const (
	spreadBatch = 200           // events that are looked at in one go
	mostPending = 10_000        // deliveries that may wait for one webhook; what comes then is counted and dropped
	spreadLock  = 7267453120013 // PostgreSQL: one node at a time
)

// Spread queues a delivery for each webhook that wants an event of the audit log, from where it stopped the last time. The log
// is sealed in an order that never changes, so a place in it is all that has to be remembered, and queueing and remembering
// are one transaction: after any crash nothing is left out and nothing is queued twice. It tells how many events it looked at.
func (o Ops) Spread(ctx context.Context) (int, error) {
	total := 0
	for {
		n, err := o.spread(ctx)
		total += n
		if err != nil || n < spreadBatch {
			return total, err
		}
	}
}

func (o Ops) spread(ctx context.Context) (int, error) {
	at, err := cursor(ctx, o.DB)
	if err != nil {
		return 0, err
	}
	if unheard, err := o.unheard(ctx, at); err != nil || unheard {
		return 0, err
	}
	var events []models.Event
	if err := o.DB.Read.NewSelect().Model(&events).Where("seq > ?", at).Order("seq").Limit(spreadBatch).Scan(ctx); err != nil {
		return 0, fmt.Errorf("read the audit log: %w", err)
	}
	if len(events) == 0 {
		return 0, nil
	}
	rows, dropped, err := o.queue(ctx, events)
	if err != nil {
		return 0, err
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if mine, err := lock(ctx, tx, at); err != nil || !mine {
			return err
		}
		return o.In(tx).keep(ctx, rows, dropped, *events[len(events)-1].Seq)
	})
	return len(events), err
}

// unheard passes over what is new in the log when no webhook is enabled, and tells whether there is nothing left to look at. The end
// of the log is read before the webhooks: one that is added after it wants later events only.
func (o Ops) unheard(ctx context.Context, at int64) (bool, error) {
	var end int64
	if err := o.DB.Read.NewRaw("SELECT COALESCE(MAX(seq), 0) FROM audit_head").Scan(ctx, &end); err != nil {
		return false, fmt.Errorf("read the end of the audit log: %w", err)
	}
	if end <= at {
		return true, nil
	}
	heard, err := o.DB.Read.NewSelect().Model((*models.Webhook)(nil)).Where("enabled").Exists(ctx)
	if err != nil || heard {
		return false, err
	}
	return true, models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if mine, err := lock(ctx, tx, at); err != nil || !mine {
			return err
		}
		return o.In(tx).keep(ctx, nil, nil, end)
	})
}

// queue works out the deliveries of events.
func (o Ops) queue(ctx context.Context, events []models.Event) (rows []models.WebhookDelivery, dropped map[string]int64, err error) {
	var hooks []models.Webhook
	if err := o.DB.Read.NewSelect().Model(&hooks).Where("enabled").Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("read webhooks: %w", err)
	}
	waiting, dropped := map[string]int64{}, map[string]int64{}
	if len(hooks) > 0 {
		if waiting, err = o.waiting(ctx); err != nil {
			return nil, nil, err
		}
	}
	for _, e := range events {
		for _, hook := range hooks {
			if hook.TenantID != e.TenantID || e.At.Before(hook.CreatedAt) {
				continue
			}
			row, err := o.delivery(ctx, hook, e)
			switch {
			case err != nil:
				return nil, nil, err
			case row == nil:
			case waiting[hook.ID] >= mostPending:
				dropped[hook.ID]++
			default:
				waiting[hook.ID]++
				rows = append(rows, *row)
			}
		}
	}
	return rows, dropped, nil
}

// waiting counts the deliveries that wait, by webhook.
func (o Ops) waiting(ctx context.Context) (map[string]int64, error) {
	var counts []struct {
		WebhookID string
		N         int64
	}
	err := o.DB.Read.NewSelect().Model((*models.WebhookDelivery)(nil)).ColumnExpr("webhook_id, COUNT(*) AS n").
		Where("state = ?", models.DeliveryPending).Group("webhook_id").Scan(ctx, &counts)
	if err != nil {
		return nil, fmt.Errorf("count waiting deliveries: %w", err)
	}
	out := map[string]int64{}
	for _, c := range counts {
		out[c.WebhookID] = c.N
	}
	return out, nil
}

// keep stores deliveries, and how far the log was looked at.
func (o Ops) keep(ctx context.Context, rows []models.WebhookDelivery, dropped map[string]int64, seq int64) error {
	if len(rows) > 0 {
		if _, err := o.DB.Write.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return fmt.Errorf("queue deliveries: %w", err)
		}
	}
	for id, n := range dropped {
		if _, err := o.DB.Write.NewRaw("UPDATE webhooks SET dropped = dropped + ? WHERE id = ?", n, id).Exec(ctx); err != nil {
			return fmt.Errorf("count dropped deliveries: %w", err)
		}
	}
	if _, err := o.DB.Write.NewRaw("UPDATE webhook_cursor SET seq = ? WHERE id = 1", seq).Exec(ctx); err != nil {
		return fmt.Errorf("remember the place in the audit log: %w", err)
	}
	return nil
}

func cursor(ctx context.Context, db models.DB) (seq int64, err error) {
	if err := db.Read.NewRaw("SELECT seq FROM webhook_cursor WHERE id = 1").Scan(ctx, &seq); err != nil {
		return 0, fmt.Errorf("read the place in the audit log: %w", err)
	}
	return seq, nil
}

// lock keeps other nodes out until the transaction ends, and tells whether the place still is the one that was begun from.
func lock(ctx context.Context, tx models.DB, at int64) (mine bool, err error) {
	if tx.Postgres {
		if err := tx.Write.NewRaw("SELECT pg_try_advisory_xact_lock(?)", spreadLock).Scan(ctx, &mine); err != nil || !mine {
			return false, err
		}
	}
	now, err := cursor(ctx, tx)
	return now == at, err
}
