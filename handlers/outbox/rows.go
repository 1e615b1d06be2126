package outbox

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

const (
	listName = "outbox"
	table    = "outbox_messages"
)

func (o Ops) insert(ctx context.Context, row models.OutboxMessage) error {
	body, err := json.Marshal(row.OutboxBody)
	if err != nil {
		return fmt.Errorf("write message %s: %w", row.Template, err)
	}
	row.Sealed = o.Vault.Seal(table, "sealed", row.ID, models.NewSecret(string(body)))
	if _, err := o.DB.Write.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("write message %s: %w", row.Template, err)
	}
	_, err = o.DB.Write.NewDelete().Model((*models.OutboxMessage)(nil)).Where("tenant_id = ?", row.TenantID).
		Where("created_at < ?", row.CreatedAt.Add(-Kept)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("clear old messages: %w", err)
	}
	return nil
}

func (o Ops) page(ctx context.Context, in ListIn, from models.Key) ([]models.OutboxMessage, error) {
	var rows []models.OutboxMessage
	q := visible(ctx, o.DB.Read.NewSelect().Model(&rows)).Limit(int64(in.Size()) + 1)
	if in.To != "" {
		q = q.Where("om.recipient = ?", in.To)
	}
	if in.Template != "" {
		q = q.Where("om.template = ?", in.Template)
	}
	switch {
	case from.ID == "":
		q = q.OrderExpr("om.created_at DESC, om.id DESC")
	case from.Back:
		q = q.Where("(om.created_at, om.id) > (?, ?)", from.Time, from.ID).OrderExpr("om.created_at, om.id")
	default:
		q = q.Where("(om.created_at, om.id) < (?, ?)", from.Time, from.ID).OrderExpr("om.created_at DESC, om.id DESC")
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	for i := range rows {
		if err := o.open(&rows[i]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (o Ops) one(ctx context.Context, id string) (models.OutboxMessage, error) {
	var row models.OutboxMessage
	err := visible(ctx, o.DB.Read.NewSelect().Model(&row)).Where("om.id = ?", id).Scan(ctx)
	if err := models.Found(err, "message"); err != nil {
		return row, err
	}
	return row, o.open(&row)
}

// visible leaves out what would let a reader into an administrator's account that he may not change.
func visible(ctx context.Context, q *bun.SelectQuery) *bun.SelectQuery {
	actor := models.ActorFrom(ctx)
	q = q.Where("om.tenant_id = ?", actor.TenantID)
	if !actor.May(privilegedAction) {
		q = q.Where("NOT om.privileged")
	}
	return q
}

func (o Ops) open(row *models.OutboxMessage) error {
	body, err := o.Vault.Open(table, "sealed", row.ID, row.Sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(body.Reveal()), &row.OutboxBody)
}
