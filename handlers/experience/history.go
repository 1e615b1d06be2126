package experience

import (
	"context"
	"fmt"
	"strconv"

	"gatehouse/models"
)

// ListIn asks for a page of the history.
type ListIn struct {
	ScopeIn
	models.PageIn
}

// VersionView is one published state of a layer.
type VersionView struct {
	models.ExperienceVersion
	Live     bool              `json:"live" doc:"Whether it is the published one."`
	Settings models.Experience `json:"settings" doc:"What it put into effect, on the layers below as they are now."`
	Changes  []Difference      `json:"changes" doc:"What it changed: live is the version before, draft this one."`
}

// VersionItem is a version in a list.
type VersionItem struct {
	models.ExperienceVersion
	Live    bool `json:"live" doc:"Whether it is the published one."`
	Changes int  `json:"changes" doc:"How many settings it changed."`
}

// Versions lists the history of a layer, newest first.
// Faults: NotFound (application), Invalid (cursor).
func (o Ops) Versions(ctx context.Context, in ListIn) (models.List[VersionItem], error) {
	none := models.List[VersionItem]{}
	if err := o.may(ctx, "experience.read", in.ScopeIn); err != nil {
		return none, err
	}
	id := in.layerID(ctx)
	list := "experience_versions:" + id
	var from models.Key
	if in.Cursor != "" {
		var err error
		if from, err = o.Vault.ReadCursor(list, in.Cursor); err != nil {
			return none, err
		}
	}
	layer, err := o.layer(ctx, id)
	if err != nil {
		return none, err
	}
	rows, err := o.versions(ctx, id, from, in.Size())
	if err != nil {
		return none, err
	}
	items := make([]VersionItem, len(rows))
	for i, r := range rows {
		before, err := o.version(ctx, id, r.Number-1)
		if err != nil {
			return none, err
		}
		items[i] = VersionItem{r, r.Number == layer.Number, len(differing(before.Settings, r.Settings))}
	}
	return models.Paged(o.Vault, list, items, in.Size(), from, func(v VersionItem) models.Key {
		return models.Key{ID: strconv.FormatInt(v.Number, 10)}
	}), nil
}

// versions reads one row beyond size, in the direction of from.
func (o Ops) versions(ctx context.Context, layerID string, from models.Key, size int) ([]models.ExperienceVersion, error) {
	var rows []models.ExperienceVersion
	q := o.DB.Read.NewSelect().Model(&rows).Where("layer_id = ?", layerID).Limit(int64(size) + 1)
	at, _ := strconv.ParseInt(from.ID, 10, 64) // made by us: a cursor is authenticated
	switch {
	case from.ID != "" && from.Back:
		q = q.Where("number > ?", at).Order("number ASC")
	case from.ID != "":
		q = q.Where("number < ?", at).Order("number DESC")
	default:
		q = q.Order("number DESC")
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list versions of experience %s: %w", layerID, err)
	}
	return rows, nil
}

// VersionIn names one version.
type VersionIn struct {
	ScopeIn
	Number int64 `path:"number" json:"-"`
}

// Version reads one version with what it changed.
// Faults: NotFound (application, version).
func (o Ops) Version(ctx context.Context, in VersionIn) (VersionView, error) {
	if err := o.may(ctx, "experience.read", in.ScopeIn); err != nil {
		return VersionView{}, err
	}
	if in.Number < 1 {
		return VersionView{}, models.Missing("version")
	}
	s, err := o.load(ctx, in.ScopeIn)
	if err != nil {
		return VersionView{}, err
	}
	id := in.layerID(ctx)
	row, err := o.version(ctx, id, in.Number)
	if err != nil {
		return VersionView{}, err
	}
	before, err := o.version(ctx, id, in.Number-1)
	if err != nil {
		return VersionView{}, err
	}
	full, err := row.Settings.Over(s.below)
	return VersionView{row, row.Number == s.layer.Number, full, differences(s.below, before.Settings, row.Settings)}, err
}

// Restore publishes an old version again, as a new one. A draft stays as it is and merges when it is published.
// Faults: NotFound (application, version), Invalid (by path, where rules have become stricter since).
func (o Ops) Restore(ctx context.Context, in VersionIn) (out View, err error) {
	if err := o.may(ctx, "experience.update", in.ScopeIn); err != nil {
		return out, err
	}
	if in.Number < 1 {
		return out, models.Missing("version")
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		s, err := o.load(ctx, in.ScopeIn)
		if err != nil {
			return err
		}
		row, err := o.version(ctx, in.layerID(ctx), in.Number)
		if err != nil {
			return err
		}
		out, err = o.publish(ctx, s, row.Settings, row.Number)
		return err
	})
	return out, err
}
