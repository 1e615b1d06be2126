package outbox

import (
	"context"
	"fmt"
	"time"

	"gatehouse/models"
)

// Take gives the mail that has waited longest and is due, and keeps it from others for as long as lease says: who dies with it
// has it taken again afterwards. Workers of several nodes never take the same one.
func (o Ops) Take(ctx context.Context, lease time.Duration) (models.OutboxMessage, bool, error) {
	var rows []models.OutboxMessage
	now := o.Now()
	err := o.DB.Read.NewSelect().Model(&rows).Where("om.delivery = ?", models.MailPending).Where("om.next_at <= ?", now).
		OrderExpr("om.next_at, om.id").Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return models.OutboxMessage{}, false, err
	}
	m, until := rows[0], now.Add(lease)
	res, err := o.DB.Write.NewUpdate().Model((*models.OutboxMessage)(nil)).Set("next_at = ?", until).Where("id = ?", m.ID).
		Where("delivery = ?", models.MailPending).Where("next_at = ?", m.NextAt).Exec(ctx)
	if err != nil {
		return m, false, fmt.Errorf("take message %s: %w", m.ID, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 { // another node was faster; the next look finds what is left
		return m, false, err
	}
	return m, true, o.open(&m)
}

// Result is what came of an attempt to deliver a message.
type Result struct {
	State    string
	Attempts int64
	NextAt   time.Time // with MailPending
	Error    string
}

// Settle writes down what came of an attempt.
func (o Ops) Settle(ctx context.Context, m models.OutboxMessage, r Result) error {
	m.Delivery, m.Error, m.NextAt, m.SentAt = r.State, r.Error, nil, nil
	if r.Attempts > 0 {
		m.Attempts = r.Attempts
	}
	now := o.Now()
	switch r.State {
	case models.MailPending:
		m.NextAt = &r.NextAt
	case models.MailSent:
		m.SentAt = &now
	}
	res, err := o.DB.Write.NewUpdate().Model(&m).Column("delivery", "delivery_error", "next_at", "sent_at", "attempts").WherePK().Exec(ctx)
	if err := models.Touched(res, err, "message"); err != nil && !models.IsFault(err, models.NotFound) { // cleared meanwhile
		return err
	}
	return nil
}
