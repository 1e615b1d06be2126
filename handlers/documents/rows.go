package documents

import (
	"context"
	"encoding/json"
	"fmt"

	"gatehouse/models"
)

func cacheKey(tenant string, ref Ref) string { return tenant + "/" + ref.Kind + "/" + ref.Key }

func (o Ops) find(ctx context.Context, ref Ref) (models.Document, error) {
	var row models.Document
	err := o.DB.Read.NewSelect().Model(&row).Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).
		Where("kind = ?", ref.Kind).Where("d.key = ?", ref.Key).Scan(ctx)
	return row, models.Found(err, ref.Kind)
}

func (o Ops) ofKind(ctx context.Context, kind string) ([]models.Document, error) {
	rows := []models.Document{}
	err := o.DB.Read.NewSelect().Model(&rows).Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Where("kind = ?", kind).
		Order("created_at", "d.key").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", kind, err)
	}
	return rows, nil
}

func (o Ops) insert(ctx context.Context, row models.Document) error {
	o.drop(row)
	_, err := o.DB.Write.NewInsert().Model(&row).Exec(ctx)
	if models.Unique(err) {
		return models.Outrun(taken(Ref{row.Kind, row.Key})) // it was not there when it was looked for
	}
	if err != nil {
		return fmt.Errorf("store %s %s: %w", row.Kind, row.Key, err)
	}
	return nil
}

// update stores a document whose row still has the version that the change began from.
func (o Ops) update(ctx context.Context, before, after models.Document) error {
	o.drop(after)
	res, err := o.DB.Write.NewUpdate().Model(&after).Column("body", "sealed_secret", "version", "updated_at").WherePK().
		Where("version = ?", before.Version).Exec(ctx)
	if err := models.Touched(res, err, after.Kind); models.IsFault(err, models.NotFound) {
		return models.Outrun(stale(before))
	} else if err != nil {
		return err
	}
	return nil
}

func (o Ops) remove(ctx context.Context, row models.Document) error {
	o.drop(row)
	res, err := o.DB.Write.NewDelete().Model(&row).WherePK().Exec(ctx)
	return models.Touched(res, err, row.Kind)
}

func (o Ops) drop(row models.Document) {
	o.DB.Drop(cacheName, cacheKey(row.TenantID, Ref{row.Kind, row.Key}))
}

// record writes the audit event: the members of the body that changed, with a secret by name only.
func (o Ops) record(ctx context.Context, what string, before, after *models.Document) error {
	row := after
	if row == nil {
		row = before
	}
	changes := map[string]models.Change{}
	b, a := members(before), members(after)
	for name, value := range a {
		if string(b[name]) != string(value) {
			changes[name] = models.Change{Before: b[name], After: value}
		}
	}
	for name, value := range b {
		if _, still := a[name]; !still {
			changes[name] = models.Change{Before: value}
		}
	}
	if sealed(before) != sealed(after) {
		changes["secret"] = models.Change{Hidden: true}
	}
	detail, err := json.Marshal(changes)
	if err != nil {
		return err
	}
	return models.Record(ctx, o.DB, models.Event{Type: row.Kind + what, ObjectKind: row.Kind, ObjectID: row.Key, ObjectName: row.Key, Detail: detail})
}

func sealed(d *models.Document) string {
	if d == nil {
		return ""
	}
	return d.SealedSecret
}

// members are the members of a body; one that is no object counts as a whole.
func members(d *models.Document) map[string]json.RawMessage {
	if d == nil {
		return nil
	}
	var out map[string]json.RawMessage
	if json.Unmarshal(d.Body, &out) != nil {
		return map[string]json.RawMessage{"body": d.Body}
	}
	return out
}

func taken(ref Ref) *models.Fault {
	return models.Taken("", ref.Kind+"_exists", "There is one with this name already.")
}

func stale(before models.Document) *models.Fault {
	return &models.Fault{Code: models.Stale, Reason: before.Kind + "_changed", Text: "Somebody changed this at the same moment.", Current: before}
}
