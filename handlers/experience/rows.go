package experience

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"gatehouse/models"
)

// state is what an operation knows of a layer: itself, and what is below it.
type state struct {
	in    ScopeIn
	layer models.ExperienceLayer
	below models.Experience
}

// layerID is the id of the layer that in names, for the actor's tenant.
func (in ScopeIn) layerID(ctx context.Context) string {
	if in.ApplicationID != "" {
		return in.ApplicationID
	}
	return models.ActorFrom(ctx).TenantID
}

func (o Ops) load(ctx context.Context, in ScopeIn) (state, error) {
	s := state{in: in, below: models.DefaultExperience()}
	tenant, err := o.layer(ctx, models.ActorFrom(ctx).TenantID)
	if err != nil || in.ApplicationID == "" {
		s.layer = tenant
		return s, err
	}
	if s.below, err = tenant.Settings.Over(s.below); err != nil {
		return s, err
	}
	s.layer, err = o.layer(ctx, in.ApplicationID)
	return s, err
}

// layer reads a layer; one that never set anything is empty.
func (o Ops) layer(ctx context.Context, id string) (models.ExperienceLayer, error) {
	l := models.ExperienceLayer{ID: id}
	err := o.DB.Read.NewSelect().Model(&l).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		l, err = models.ExperienceLayer{ID: id, Settings: models.Overlay{}}, nil
	}
	if err != nil {
		return l, fmt.Errorf("read experience of %s: %w", id, err)
	}
	return l, nil
}

func (o Ops) exists(ctx context.Context, in ScopeIn) error {
	if in.ApplicationID == "" {
		return nil
	}
	n, err := o.DB.Read.NewSelect().Model((*models.Application)(nil)).
		Where("id = ? AND tenant_id = ?", in.ApplicationID, models.ActorFrom(ctx).TenantID).Count(ctx)
	if err == nil && n == 0 {
		return models.Missing("application")
	}
	return err
}

// ensure makes the layer's row when there is none, so that drafts and versions have something to belong to.
// Faults: NotFound, for an application that was deleted since it was judged.
func (o Ops) ensure(ctx context.Context, in ScopeIn) error {
	if err := o.exists(ctx, in); err != nil {
		return err
	}
	actor := models.ActorFrom(ctx)
	l := models.ExperienceLayer{ID: in.layerID(ctx), TenantID: actor.TenantID, Settings: models.Overlay{}, UpdatedAt: o.Now()}
	if in.ApplicationID != "" {
		l.ApplicationID = &in.ApplicationID
	}
	if _, err := o.DB.Write.NewInsert().Model(&l).On("CONFLICT (id) DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("begin experience of %s: %w", l.ID, err)
	}
	return nil
}

// advance writes the published settings, if nobody published since they were read.
func (o Ops) advance(ctx context.Context, l models.ExperienceLayer) error {
	res, err := o.DB.Write.NewUpdate().Model(&l).Column("settings", "number", "updated_at", "updated_by").
		Where("id = ? AND number = ?", l.ID, l.Number-1).Exec(ctx)
	if err = models.Touched(res, err, "experience"); models.IsFault(err, models.NotFound) {
		return models.Outrun(&models.Fault{Code: models.Stale, Reason: "version_changed", Text: "Somebody published meanwhile. Load the page again."})
	}
	return err
}

func (o Ops) insertVersion(ctx context.Context, v models.ExperienceVersion) error {
	if _, err := o.DB.Write.NewInsert().Model(&v).Exec(ctx); err != nil {
		return fmt.Errorf("store version %d of experience %s: %w", v.Number, v.LayerID, err)
	}
	return nil
}

// version reads one version. Number 0 is the empty beginning.
func (o Ops) version(ctx context.Context, layerID string, number int64) (models.ExperienceVersion, error) {
	v := models.ExperienceVersion{LayerID: layerID, Number: number, Settings: models.Overlay{}}
	if number == 0 {
		return v, nil
	}
	err := o.DB.Read.NewSelect().Model(&v).WherePK().Scan(ctx)
	return v, models.Found(err, "version")
}

// draft reads the draft of a layer; nil when there is none.
func (o Ops) draft(ctx context.Context, layerID string) (*models.ExperienceDraft, error) {
	d := models.ExperienceDraft{LayerID: layerID}
	err := o.DB.Read.NewSelect().Model(&d).WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read draft of %s: %w", layerID, err)
	}
	return &d, nil
}

// writeDraft stores a draft over the row version that it was read with.
func (o Ops) writeDraft(ctx context.Context, d models.ExperienceDraft) error {
	if d.Version == 1 {
		if _, err := o.DB.Write.NewInsert().Model(&d).Exec(ctx); models.Unique(err) {
			return draftMoved()
		} else if err != nil {
			return fmt.Errorf("store draft of %s: %w", d.LayerID, err)
		}
		return nil
	}
	res, err := o.DB.Write.NewUpdate().Model(&d).Column("base", "settings", "css_hash", "version", "updated_by", "updated_at").
		Where("layer_id = ? AND version = ?", d.LayerID, d.Version-1).Exec(ctx)
	if err = models.Touched(res, err, "draft"); models.IsFault(err, models.NotFound) {
		return draftMoved()
	}
	return err
}

func draftMoved() error {
	return models.Outrun(&models.Fault{Code: models.Stale, Reason: "version_changed", Text: "Somebody else changed the draft meanwhile. Load it again and repeat your change."})
}

func (o Ops) deleteDraft(ctx context.Context, layerID string) (bool, error) {
	res, err := o.DB.Write.NewDelete().Model((*models.ExperienceDraft)(nil)).Where("layer_id = ?", layerID).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("delete draft of %s: %w", layerID, err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// stylesheet finds a custom stylesheet by its hash, in any version or draft.
func (o Ops) stylesheet(ctx context.Context, hash string) (string, error) {
	var v models.ExperienceVersion
	err := o.DB.Read.NewSelect().Model(&v).Column("settings").Where("css_hash = ?", hash).Limit(1).Scan(ctx)
	if err == nil {
		return text(v.Settings["custom_css"]), nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read stylesheet: %w", err)
	}
	var d models.ExperienceDraft
	err = o.DB.Read.NewSelect().Model(&d).Column("settings").Where("css_hash = ?", hash).Limit(1).Scan(ctx)
	return text(d.Settings["custom_css"]), models.Found(err, "stylesheet")
}
