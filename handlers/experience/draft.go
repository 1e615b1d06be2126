package experience

import (
	"context"
	"fmt"
	"time"

	"gatehouse/models"
	"gatehouse/views/hosted"
)

// DraftView is the draft of a layer, or where none was begun what a draft would begin from.
type DraftView struct {
	Exists    bool              `json:"exists" doc:"Whether anything is waiting to be published."`
	Base      int64             `json:"base" doc:"The version that the draft was begun from."`
	Live      int64             `json:"live" doc:"The version that is published now."`
	Version   int64             `json:"version" doc:"Row version of the draft, for If-Match; 0 where there is none."`
	Settings  models.Experience `json:"settings"`
	Overrides map[string]any    `json:"overrides"`
	Changes   []Difference      `json:"changes" doc:"What publishing would change."`
	Conflicts []Collision       `json:"conflicts" doc:"What was published differently since the draft began."`
	Warnings  []hosted.Verdict  `json:"warnings" doc:"Pairs of colours below the contrast that WCAG 2.2 AA asks for."`
	UpdatedAt *time.Time        `json:"updated_at"`
	UpdatedBy string            `json:"updated_by"`

	Overlay models.Overlay    `json:"-"`
	Below   models.Experience `json:"-"`
}

// Draft reads the draft of a layer.
// Faults: NotFound (application).
func (o Ops) Draft(ctx context.Context, in ScopeIn) (DraftView, error) {
	if err := o.may(ctx, "experience.read", in); err != nil {
		return DraftView{}, err
	}
	s, err := o.load(ctx, in)
	if err != nil {
		return DraftView{}, err
	}
	d, err := o.draft(ctx, in.layerID(ctx))
	if err != nil {
		return DraftView{}, err
	}
	return o.drawDraft(ctx, s, d)
}

func (o Ops) drawDraft(ctx context.Context, s state, d *models.ExperienceDraft) (DraftView, error) {
	v := DraftView{Base: s.layer.Number, Live: s.layer.Number, Overlay: s.layer.Settings, Below: s.below, Conflicts: []Collision{}}
	if d != nil {
		base, err := o.version(ctx, d.LayerID, d.Base)
		if err != nil {
			return v, err
		}
		// Shown is what publishing would give: the draft on top of what others published meanwhile.
		merged, _ := merge(base.Settings, s.layer.Settings, d.Settings, nil)
		_, v.Conflicts = merge(base.Settings, s.layer.Settings, d.Settings, nil)
		v.Exists, v.Base, v.Version, v.Overlay = true, d.Base, d.Version, merged
		v.UpdatedAt, v.UpdatedBy = &d.UpdatedAt, d.UpdatedBy
	}
	full, err := v.Overlay.Over(s.below)
	v.Settings, v.Overrides = full, v.Overlay.Nested()
	v.Changes = differences(s.below, s.layer.Settings, v.Overlay)
	v.Warnings = hosted.Failing(hosted.Verdicts(full.Branding))
	return v, err
}

// PatchDraft changes the draft, beginning one where there is none.
// Faults: NotFound (application), Invalid (by path), Stale (Version).
func (o Ops) PatchDraft(ctx context.Context, in PatchIn) (DraftView, error) {
	if err := o.may(ctx, "experience.update", in.ScopeIn); err != nil {
		return DraftView{}, err
	}
	ch, err := readChange(in.body())
	if err != nil {
		return DraftView{}, err
	}
	return o.changeDraft(ctx, in.ScopeIn, in.Version, func(DraftView) change { return ch })
}

// changeDraft applies a change that may depend on the draft as it is.
func (o Ops) changeDraft(ctx context.Context, in ScopeIn, want models.Opt[int64], ask func(DraftView) change) (out DraftView, err error) {
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		s, err := o.load(ctx, in)
		if err != nil {
			return err
		}
		d, err := o.beginDraft(ctx, s, want)
		if err != nil {
			return err
		}
		now, err := o.drawDraft(ctx, s, &d)
		if err != nil {
			return err
		}
		if err := o.saveDraft(ctx, s, &d, ask(now).on(d.Settings)); err != nil {
			return err
		}
		if d.Version == 0 { // nothing was said that differs, so no draft was begun
			out, err = o.drawDraft(ctx, s, nil)
			return err
		}
		out, err = o.drawDraft(ctx, s, &d)
		return err
	})
	return out, err
}

// beginDraft reads the draft or makes the beginning of one, unless the caller saw another row version.
func (o Ops) beginDraft(ctx context.Context, s state, want models.Opt[int64]) (models.ExperienceDraft, error) {
	d, err := o.draft(ctx, s.in.layerID(ctx))
	if err != nil {
		return models.ExperienceDraft{}, err
	}
	if d == nil {
		d = &models.ExperienceDraft{LayerID: s.in.layerID(ctx), Base: s.layer.Number, Settings: s.layer.Settings}
	}
	if want.Set && !want.Null && want.V != d.Version {
		return *d, draftMoved()
	}
	return *d, nil
}

func (o Ops) saveDraft(ctx context.Context, s state, d *models.ExperienceDraft, settings models.Overlay) error {
	before := d.Settings
	if equal(before, settings) {
		return nil
	}
	if err := o.checkLayer(ctx, s, settings); err != nil {
		return err
	}
	if err := o.ensure(ctx, s.in); err != nil {
		return err
	}
	d.Settings, d.CSSHash, d.Version = settings, cssHash(settings), d.Version+1
	d.UpdatedAt, d.UpdatedBy = o.Now(), models.ActorFrom(ctx).Name
	if err := o.writeDraft(ctx, *d); err != nil {
		return err
	}
	return o.record(ctx, "experience.draft_updated", s.in, tell(before, settings))
}

// Discard throws the draft away.
// Faults: NotFound (application, draft).
func (o Ops) Discard(ctx context.Context, in ScopeIn) (struct{}, error) {
	if err := o.may(ctx, "experience.update", in); err != nil {
		return struct{}{}, err
	}
	return struct{}{}, models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		did, err := o.deleteDraft(ctx, in.layerID(ctx))
		if err != nil {
			return err
		}
		if !did {
			return models.Missing("draft")
		}
		return o.record(ctx, "experience.draft_discarded", in, nil)
	})
}

// DiffView is what publishing would change, and what stands in its way.
type DiffView struct {
	Base      int64        `json:"base"`
	Live      int64        `json:"live"`
	Changes   []Difference `json:"changes"`
	Conflicts []Collision  `json:"conflicts"`
}

// Diff compares the draft with the live version.
// Faults: NotFound (application).
func (o Ops) Diff(ctx context.Context, in ScopeIn) (DiffView, error) {
	d, err := o.Draft(ctx, in)
	return DiffView{Base: d.Base, Live: d.Live, Changes: d.Changes, Conflicts: d.Conflicts}, err
}

// PublishIn publishes the draft. Resolve says, for each path in conflict, whose value to take.
type PublishIn struct {
	ScopeIn
	Resolve map[string]string `json:"resolve,omitempty" doc:"For each setting in conflict: mine (the draft's value) or theirs (the published one)."`
	Version models.Opt[int64] `json:"-" form:"version" header:"If-Match"`
}

// Publish makes the draft the live version, merged with what was published since it began.
// Faults: NotFound (application, draft), Conflict (publish_conflict, by path), Stale (Version), Invalid (by path).
func (o Ops) Publish(ctx context.Context, in PublishIn) (out View, err error) {
	if err := o.may(ctx, "experience.update", in.ScopeIn); err != nil {
		return out, err
	}
	if err := checkChoices(in.Resolve); err != nil {
		return out, err
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		out, err = o.In(tx).publishDraft(ctx, in)
		return err
	})
	return out, err
}

func checkChoices(resolve map[string]string) error {
	var c models.Check
	for path, side := range resolve {
		c.That(side == Mine || side == Theirs, "resolve."+path, "not_allowed", "Choose mine or theirs.")
	}
	return c.Err()
}

func (o Ops) publishDraft(ctx context.Context, in PublishIn) (View, error) {
	s, err := o.load(ctx, in.ScopeIn)
	if err != nil {
		return View{}, err
	}
	d, err := o.draft(ctx, in.layerID(ctx))
	if err != nil {
		return View{}, err
	}
	if d == nil {
		return View{}, models.Missing("draft")
	}
	if in.Version.Set && !in.Version.Null && in.Version.V != d.Version {
		return View{}, draftMoved()
	}
	base, err := o.version(ctx, d.LayerID, d.Base)
	if err != nil {
		return View{}, err
	}
	merged, collisions := merge(base.Settings, s.layer.Settings, d.Settings, in.Resolve)
	if len(collisions) > 0 {
		return View{}, conflict(collisions)
	}
	if _, err := o.deleteDraft(ctx, d.LayerID); err != nil {
		return View{}, err
	}
	return o.publish(ctx, s, merged, 0)
}

// conflict tells each path in conflict with both values.
func conflict(collisions []Collision) error {
	f := &models.Fault{Code: models.Conflict, Reason: "publish_conflict", Current: collisions,
		Text: fmt.Sprintf("%d of your settings were published differently since this draft began. Choose whose value to keep for each.", len(collisions))}
	for _, c := range collisions {
		f.Fields = append(f.Fields, models.FieldFault{Name: c.Path, Reason: "changed_on_both_sides",
			Text: fmt.Sprintf("Your draft says %s, the published version says %s.", brief(c.Mine), brief(c.Theirs))})
	}
	return f
}

func brief(v any) string {
	if v == nil {
		return "nothing"
	}
	s := fmt.Sprintf("%s", v)
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
