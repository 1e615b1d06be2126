package uploads

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// insert stores a row with its content, which goes to the database as bytes and never into the text of a statement.
func (o Ops) insert(ctx context.Context, row models.Upload, content []byte) error {
	row.Content = content
	if err := models.Insert(ctx, o.DB, &row); err != nil {
		return fmt.Errorf("store upload %s: %w", row.ID, err)
	}
	return nil
}

func (o Ops) find(ctx context.Context, id string) (models.Upload, error) {
	var row models.Upload
	err := o.ofTenant(ctx, o.DB.Read.NewSelect().Model(&row)).Where("id = ?", id).Scan(ctx)
	return row, models.Found(err, "upload")
}

// head is find without the content.
func (o Ops) head(ctx context.Context, id string) (models.Upload, error) {
	var row models.Upload
	err := o.ofTenant(ctx, o.DB.Read.NewSelect().Model(&row).ExcludeColumn("content")).Where("id = ?", id).Scan(ctx)
	return row, models.Found(err, "upload")
}

// left are the files of a kind that nothing names and that nobody used since a time, without their contents, those that go first before.
func (o Ops) left(ctx context.Context, kind string, before time.Time, named []string) ([]models.Upload, error) {
	var rows []models.Upload
	err := o.ofTenant(ctx, o.DB.Read.NewSelect().Model(&rows).ExcludeColumn("content")).Where("kind = ?", kind).
		Where("COALESCE(named_at, created_at) < ?", before).Where("id NOT IN (?)", bun.In(append(slices.Clone(named), ""))).OrderExpr("COALESCE(named_at, created_at), id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list uploads that nothing names: %w", err)
	}
	return rows, nil
}

func (o Ops) ofTenant(ctx context.Context, q *bun.SelectQuery) *bun.SelectQuery {
	return q.Where("tenant_id = ?", models.ActorFrom(ctx).TenantID)
}

// name notes when a file was used last. It writes the row, so that whoever prunes at the same moment sees it or is seen.
func (o Ops) name(ctx context.Context, kind, id string) error {
	res, err := o.DB.Write.NewUpdate().Model((*models.Upload)(nil)).Set("named_at = ?", o.Now()).
		Where("id = ?", id).Where("kind = ?", kind).Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Exec(ctx)
	return models.Touched(res, err, "upload")
}

// remove deletes a row, unless it was used since a time, and records it. It tells whether it did: another may have come first.
func (o Ops) remove(ctx context.Context, row models.Upload, unused *time.Time) (bool, error) {
	q := o.DB.Write.NewDelete().Model(&row).WherePK()
	if unused != nil {
		q = q.Where("COALESCE(named_at, created_at) < ?", *unused)
	}
	res, err := q.Exec(ctx)
	err = models.Touched(res, err, "upload")
	if models.IsFault(err, models.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, o.record(ctx, "upload.deleted", row, models.Diff(row, nil))
}

// record writes the audit event of a file that came or went.
func (o Ops) record(ctx context.Context, what string, row models.Upload, detail json.RawMessage) error {
	return models.Record(ctx, o.DB, models.Event{Type: what, ObjectKind: "upload", ObjectID: row.ID, ObjectName: row.Name, Detail: detail})
}
