package webhooks

import (
	"context"
	"fmt"
	"time"

	"gatehouse/models"
)

// DeliveriesIn is what a caller may ask of the delivery log of a webhook.
type DeliveriesIn struct {
	models.PageIn
	ID    string `path:"id" json:"-"`
	State string `query:"state" doc:"pending, delivered or failed."`
	Event string `query:"event" doc:"Only deliveries of this type of event."`
}

// Deliveries gives the deliveries of a webhook, the newest first. They stay for 30 days.
// Faults: NotFound, Invalid (cursor, state).
func (o Ops) Deliveries(ctx context.Context, in DeliveriesIn) (models.List[models.WebhookDelivery], error) {
	var none models.List[models.WebhookDelivery]
	if _, err := o.Get(ctx, OneIn{in.ID}); err != nil {
		return none, err
	}
	var c models.Check
	if c.OneOf("state", in.State, "", models.DeliveryPending, models.DeliveryDelivered, models.DeliveryFailed); c.Err() != nil {
		return none, c.Err()
	}
	list, from := "deliveries/"+in.ID, models.Key{}
	if in.Cursor != "" {
		var err error
		if from, err = o.Vault.ReadCursor(list, in.Cursor); err != nil {
			return none, err
		}
	}
	rows, err := o.page(ctx, in, from)
	if err != nil {
		return none, err
	}
	return models.Paged(o.Vault, list, rows, in.Size(), from, func(d models.WebhookDelivery) models.Key {
		return models.Key{Time: d.CreatedAt, ID: d.ID}
	}), nil
}

func (o Ops) page(ctx context.Context, in DeliveriesIn, from models.Key) ([]models.WebhookDelivery, error) {
	var rows []models.WebhookDelivery
	q := o.DB.Read.NewSelect().Model(&rows).Where("wd.webhook_id = ?", in.ID).Limit(int64(in.Size()) + 1)
	if in.State != "" {
		q = q.Where("wd.state = ?", in.State)
	}
	if in.Event != "" {
		q = q.Where("wd.event = ?", in.Event)
	}
	switch {
	case from.ID == "":
		q = q.OrderExpr("wd.created_at DESC, wd.id DESC")
	case from.Back:
		q = q.Where("(wd.created_at, wd.id) > (?, ?)", from.Time, from.ID).OrderExpr("wd.created_at, wd.id")
	default:
		q = q.Where("(wd.created_at, wd.id) < (?, ?)", from.Time, from.ID).OrderExpr("wd.created_at DESC, wd.id DESC")
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return rows, nil
}

// DeliveryIn names a delivery of a webhook.
type DeliveryIn struct {
	ID         string `path:"id" json:"-"`
	DeliveryID string `path:"delivery_id" json:"-"`
}

// Delivery is a delivery with its attempts.
type Delivery struct {
	models.WebhookDelivery
	Tries []models.WebhookAttempt `json:"tries"`
}

// GetDelivery gives one delivery with every attempt, the first one first.
// Faults: NotFound.
func (o Ops) GetDelivery(ctx context.Context, in DeliveryIn) (Delivery, error) {
	out := Delivery{Tries: []models.WebhookAttempt{}}
	if err := models.Need(ctx, "webhook.read", "", "delivery"); err != nil {
		return out, err
	}
	err := o.DB.Read.NewSelect().Model(&out.WebhookDelivery).Where("wd.tenant_id = ?", models.ActorFrom(ctx).TenantID).
		Where("wd.webhook_id = ?", in.ID).Where("wd.id = ?", in.DeliveryID).Scan(ctx)
	if err := models.Found(err, "delivery"); err != nil {
		return out, err
	}
	if err := o.DB.Read.NewSelect().Model(&out.Tries).Where("delivery_id = ?", in.DeliveryID).Order("number", "at").Scan(ctx); err != nil {
		return out, fmt.Errorf("list attempts: %w", err)
	}
	return out, nil
}

// Resend sends an event again: the same body, under the same event id. Where it waits already, it is sent now instead.
// Faults: NotFound, Conflict (webhook_disabled).
func (o Ops) Resend(ctx context.Context, in DeliveryIn) (models.WebhookDelivery, error) {
	var out models.WebhookDelivery
	if err := models.Need(ctx, "webhook.update", "", "delivery"); err != nil {
		return out, err
	}
	before, err := o.GetDelivery(ctx, in)
	if err != nil {
		return out, err
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		hook, err := o.enabled(ctx, in.ID)
		if err != nil {
			return err
		}
		if out, err = o.again(ctx, before.WebhookDelivery); err != nil {
			return err
		}
		return models.Record(ctx, tx, event("webhook.resent", hook, nil))
	})
	o.nudge()
	return out, err
}

// ResendAllIn says which deliveries are sent again.
type ResendAllIn struct {
	ID    string    `path:"id" json:"-"`
	Since time.Time `json:"since" doc:"Failed deliveries since then; at most 30 days ago."`
}

// Resent is how many deliveries are sent again.
type Resent struct {
	Count int64 `json:"count"`
}

const mostResent = 1000

// ResendAll sends every failed delivery since a time again, the oldest 1000 at once. An event that was received meanwhile is not.
// Faults: NotFound, Invalid (since), Conflict (webhook_disabled).
func (o Ops) ResendAll(ctx context.Context, in ResendAllIn) (Resent, error) {
	var out Resent
	if err := models.Need(ctx, "webhook.update", "", "webhook"); err != nil {
		return out, err
	}
	var c models.Check
	if !c.That(!in.Since.IsZero() && in.Since.Before(o.Now()), "since", "not_in_the_past", "Use a time that has passed.") {
		return out, c.Err()
	}
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		hook, err := o.enabled(ctx, in.ID)
		if err != nil {
			return err
		}
		rows, err := o.failed(ctx, in)
		if err != nil {
			return err
		}
		out.Count = 0
		for _, d := range rows {
			if _, err := o.again(ctx, d); err != nil {
				return err
			}
			out.Count++
		}
		return models.Record(ctx, tx, event("webhook.resent", hook, nil))
	})
	o.nudge()
	return out, err
}

// failed are the failed deliveries since a time, one for each event, without those that arrived or wait in another delivery.
func (o Ops) failed(ctx context.Context, in ResendAllIn) ([]models.WebhookDelivery, error) {
	var rows []models.WebhookDelivery
	err := o.DB.Write.NewSelect().Model(&rows).Where("wd.webhook_id = ?", in.ID).Where("wd.state = ?", models.DeliveryFailed).Where("NOT wd.test").
		Where("wd.created_at >= ?", in.Since.UTC()).
		Where("NOT EXISTS (SELECT 1 FROM webhook_deliveries o WHERE o.webhook_id = wd.webhook_id AND o.event_id = wd.event_id AND o.id <> wd.id AND "+
			"(o.state <> ? OR o.created_at > wd.created_at OR (o.created_at = wd.created_at AND o.id > wd.id)))", models.DeliveryFailed).
		OrderExpr("wd.created_at, wd.id").Limit(mostResent).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for failed deliveries: %w", err)
	}
	return rows, nil
}

func (o Ops) enabled(ctx context.Context, id string) (models.Webhook, error) {
	hook, err := o.one(ctx, id)
	if err == nil && !hook.Enabled {
		err = models.Taken("", "webhook_disabled", "This webhook is off. Switch it on first.")
	}
	return hook, err
}

// again queues a delivery of the same event, or makes the one that waits due now.
func (o Ops) again(ctx context.Context, d models.WebhookDelivery) (models.WebhookDelivery, error) {
	now := o.Now()
	var waiting []models.WebhookDelivery
	err := o.DB.Write.NewSelect().Model(&waiting).Where("wd.webhook_id = ?", d.WebhookID).Where("wd.event_id = ?", d.EventID).
		Where("wd.state = ?", models.DeliveryPending).Limit(1).Scan(ctx)
	if err != nil {
		return d, fmt.Errorf("look for a waiting delivery: %w", err)
	}
	if len(waiting) > 0 {
		d = waiting[0]
		d.NextAt = &now
		_, err := o.DB.Write.NewUpdate().Model(&d).Column("next_at").WherePK().Where("state = ?", models.DeliveryPending).Exec(ctx)
		return d, err
	}
	row := models.WebhookDelivery{ID: models.NewID(models.LongID), TenantID: d.TenantID, WebhookID: d.WebhookID, EventID: d.EventID, Event: d.Event,
		Test: d.Test, ResendOf: d.ID, Body: d.Body, State: models.DeliveryPending, NextAt: &now, CreatedAt: now}
	if _, err := o.DB.Write.NewInsert().Model(&row).Exec(ctx); err != nil {
		return row, fmt.Errorf("queue a delivery again: %w", err)
	}
	return row, nil
}

// Stats are the deliveries of a webhook within a time.
type Stats struct {
	Delivered int64 `json:"delivered" bun:"delivered"`
	Failed    int64 `json:"failed" bun:"failed"`
	Pending   int64 `json:"pending" bun:"pending"`
}

// StatsSince counts the deliveries of webhooks since a time, by webhook.
func (o Ops) StatsSince(ctx context.Context, since time.Time) (map[string]Stats, error) {
	if err := models.Need(ctx, "webhook.read", "", "webhook"); err != nil {
		return nil, err
	}
	var rows []struct {
		WebhookID string
		Stats
	}
	err := o.DB.Read.NewSelect().Model((*models.WebhookDelivery)(nil)).
		ColumnExpr("webhook_id, SUM(CASE WHEN state = ? THEN 1 ELSE 0 END) AS delivered", models.DeliveryDelivered).
		ColumnExpr("SUM(CASE WHEN state = ? THEN 1 ELSE 0 END) AS failed", models.DeliveryFailed).
		ColumnExpr("SUM(CASE WHEN state = ? THEN 1 ELSE 0 END) AS pending", models.DeliveryPending).
		Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Where("created_at >= ?", since).Group("webhook_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	out := map[string]Stats{}
	for _, r := range rows {
		out[r.WebhookID] = r.Stats
	}
	return out, nil
}

// LogIn is a part of the delivery log, for faces that page by numbers. Times are inclusive; zero ones do not count.
type LogIn struct {
	WebhookID    string
	Event        string
	Since, Until time.Time
	Offset       int64
	Limit        int64
}

// Log gives the deliveries of a webhook that were tried, the newest first, and how many there are.
func (o Ops) Log(ctx context.Context, in LogIn) (rows []models.WebhookDelivery, total int64, err error) {
	if err := models.Need(ctx, "webhook.read", "", "webhook"); err != nil {
		return nil, 0, err
	}
	q := o.DB.Read.NewSelect().Model(&rows).Where("wd.tenant_id = ?", models.ActorFrom(ctx).TenantID).Where("wd.webhook_id = ?", in.WebhookID).
		Where("wd.attempts > 0")
	if in.Event != "" {
		q = q.Where("wd.event = ?", in.Event)
	}
	if !in.Since.IsZero() {
		q = q.Where("wd.created_at >= ?", in.Since)
	}
	if !in.Until.IsZero() {
		q = q.Where("wd.created_at <= ?", in.Until)
	}
	if total, err = q.Count(ctx); err == nil {
		err = q.OrderExpr("wd.created_at DESC, wd.id DESC").Offset(in.Offset).Limit(in.Limit).Scan(ctx)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read the delivery log: %w", err)
	}
	return rows, total, nil
}
