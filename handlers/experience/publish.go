package experience

import (
	"context"
	"encoding/json"

	"gatehouse/models"
)

// view draws the layer as callers read it.
func (s state) view() (View, error) {
	full, err := s.layer.Settings.Over(s.below)
	v := View{Version: s.layer.Number, Settings: full, Overrides: s.layer.Settings.Nested(), Overlay: s.layer.Settings,
		Below: s.below, UpdatedBy: s.layer.UpdatedBy}
	if s.layer.Number > 0 {
		v.UpdatedAt = &s.layer.UpdatedAt
	}
	return v, err
}

// fresh refuses a write on a version that is no longer the published one.
func (s state) fresh(_ context.Context, want models.Opt[int64]) error {
	if !want.Set || want.Null || want.V == s.layer.Number {
		return nil
	}
	now, err := s.view()
	if err != nil {
		return err
	}
	return &models.Fault{Code: models.Stale, Reason: "version_changed", Text: "A newer version was published. Load it and repeat your change.", Current: now}
}

// publish checks settings and makes them the layer's next version. Nothing changed: nothing is written. restored names the
// version that is brought back, 0 for none. It runs inside a transaction.
func (o Ops) publish(ctx context.Context, s state, settings models.Overlay, restored int64) (View, error) {
	before := s.layer.Settings
	if equal(before, settings) {
		return s.view()
	}
	if err := o.checkLayer(ctx, s, settings); err != nil {
		return View{}, err
	}
	return o.commit(ctx, s, settings, restored)
}

// commit makes settings the layer's next version without judging them.
// Faults: Forbidden (recent_sign_in_needed): these are the rules by which people sign in.
func (o Ops) commit(ctx context.Context, s state, settings models.Overlay, restored int64) (View, error) {
	if err := models.NeedRecentSignIn(models.ActorFrom(ctx), o.Now()); err != nil {
		return View{}, err
	}
	before := s.layer.Settings
	if err := o.ensure(ctx, s.in); err != nil {
		return View{}, err
	}
	s.layer.ID, s.layer.Settings, s.layer.Number = s.in.layerID(ctx), settings, s.layer.Number+1
	s.layer.UpdatedAt, s.layer.UpdatedBy = o.Now(), models.ActorFrom(ctx).Name
	if err := o.advance(ctx, s.layer); err != nil {
		return View{}, err
	}
	err := o.insertVersion(ctx, models.ExperienceVersion{LayerID: s.layer.ID, Number: s.layer.Number, Settings: settings,
		CSSHash: cssHash(settings), Restored: restored, Face: models.RequestFrom(ctx).Face, CreatedBy: s.layer.UpdatedBy, CreatedAt: s.layer.UpdatedAt})
	if err != nil {
		return View{}, err
	}
	if err := o.forget(ctx, s.in); err != nil {
		return View{}, err
	}
	verb := "experience.published"
	if restored > 0 {
		verb = "experience.restored"
	}
	if err := o.record(ctx, verb, s.in, tell(before, settings)); err != nil {
		return View{}, err
	}
	return s.view()
}

// told is the most of one value that the audit log repeats; a longer one (an image, a stylesheet) is told by name.
const told = 1024

// tell is the detail of an event: each path with its value before and after.
func tell(before, after models.Overlay) json.RawMessage {
	changes := map[string]models.Change{}
	for _, path := range differing(before, after) {
		b, a := before[path], after[path]
		if len(b)+len(a) > told {
			changes[path] = models.Change{Hidden: true}
			continue
		}
		changes[path] = models.Change{Before: raw(b), After: raw(a)}
	}
	if len(changes) == 0 {
		return nil
	}
	out, _ := json.Marshal(changes)
	return out
}

// raw shows an absent value as null.
func raw(v json.RawMessage) any {
	if v == nil {
		return nil
	}
	return v
}

func (o Ops) record(ctx context.Context, verb string, in ScopeIn, detail json.RawMessage) error {
	name := "Sign-in experience"
	if in.ApplicationID != "" {
		name = "Sign-in experience of an application"
	}
	return models.Record(ctx, o.DB, models.Event{Type: verb, ObjectKind: "experience", ObjectID: in.layerID(ctx), ObjectName: name,
		ApplicationID: in.ApplicationID, Detail: detail})
}

// text reads a JSON text, "" for none.
func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // canonical: it was written by this program
	return s
}

func cssHash(settings models.Overlay) string { return CSSHash(text(settings["custom_css"])) }
