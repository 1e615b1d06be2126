package experience

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"strconv"
	"strings"

	"gatehouse/models"
	views "gatehouse/views/experience"
	"gatehouse/web"
)

// Change is what a form of the editor would make of the settings that are live, for dialects that say it in their words.
type Change struct {
	ScopeIn
	Before, After models.Experience
	Own           models.Overlay // what the layer itself sets afterwards
}

// Unsaid are the settings that the change touches and that make no difference to how a dialect encodes an experience.
func (c Change) Unsaid(encode func(models.Experience) []byte) []string {
	before, after := models.OverlayOf(c.Before), models.OverlayOf(c.After)
	as, out := encode(c.Before), []string(nil)
	for _, path := range differing(before, after) {
		one, err := models.Overlay{path: after[path]}.Over(c.Before)
		if err == nil && bytes.Equal(encode(one), as) {
			out = append(out, path)
		}
	}
	return out
}

// sketch is the draft as a form would leave it; nothing is written. A fault tells what the form got wrong: then the rest is drawn.
func (o Ops) sketch(ctx context.Context, in EditIn, f form) (DraftView, *models.Fault, error) {
	s, err := o.load(ctx, in.ScopeIn)
	if err != nil {
		return DraftView{}, nil, err
	}
	d, err := o.beginDraft(ctx, s, models.Opt[int64]{})
	if err != nil {
		return DraftView{}, nil, err
	}
	now, err := o.drawDraft(ctx, s, &d)
	if err != nil {
		return now, nil, err
	}
	ch, wrong := f.change(in.Section, in.ApplicationID != "", now)
	d.Settings = ch.on(d.Settings)
	if wrong == nil {
		wrong = o.checkLayer(ctx, s, d.Settings)
	}
	fault, ok := models.AsFault(wrong)
	if wrong != nil && !ok {
		return now, nil, wrong
	}
	out, err := o.drawDraft(ctx, s, &d)
	return out, fault, err
}

// told is what saving and publishing a form would do: its changes, or where there are none all that the section says.
func (o Ops) told(ctx context.Context, in EditIn, d DraftView) (web.Told, error) {
	body := map[string]any{}
	changes := models.Overlay{}
	for _, c := range d.Changes {
		if in.ApplicationID == "" && !views.Edits(in.Section, c.Path) {
			continue
		}
		if changes[c.Path] = c.Draft; c.Inherited {
			changes[c.Path] = json.RawMessage("null")
		}
	}
	if len(changes) == 0 {
		changes = sectionOf(in, d)
	}
	body = changes.Nested()
	live, err := o.Get(ctx, in.ScopeIn)
	after, bad := changes.Over(live.Settings)
	if bad != nil { // a setting that goes back to the layer below
		after = d.Settings
	}
	own := models.Overlay{}
	maps.Copy(own, live.Overlay)
	for path, value := range changes {
		if own[path] = value; string(value) == "null" {
			delete(own, path)
		}
	}
	path := "/rest/v1/experience/draft"
	if in.ApplicationID != "" {
		path = "/rest/v1/applications/" + in.ApplicationID + "/experience/draft"
	}
	return web.Told{About: "What Save draft will send. Nothing is saved yet.", Form: "draft", To: in.at() + sectionPath(in), Op: Change{in.ScopeIn, live.Settings, after, own},
		Calls: []web.Call{{Verb: "PATCH", Path: path, Body: body, Note: "POST to the same path with /publish after it makes the draft live."}}}, err
}

func sectionPath(in EditIn) string {
	if in.ApplicationID != "" {
		return ""
	}
	return "/" + in.Section
}

func sectionOf(in EditIn, d DraftView) models.Overlay {
	body := models.Overlay{}
	for path, raw := range models.OverlayOf(d.Settings) {
		inSection := views.Edits(in.Section, path)
		if in.ApplicationID != "" {
			inSection = strings.HasPrefix(path, "branding.")
		}
		if inSection && !strings.HasPrefix(path, "phrases.") {
			body[path] = raw
		}
	}
	return body
}

// showForm draws the editor with what was typed, and beside it the calls that would say the same.
func (o Ops) showForm(ctx context.Context, r *web.Request, in EditIn, f form) error {
	d, fault, err := o.sketch(ctx, in, f)
	if err != nil {
		return err
	}
	if fault == nil && r.Asked() == "call" {
		t, err := o.told(ctx, in, d)
		if err != nil {
			return err
		}
		if err := r.Tell(t); err != nil {
			return err
		}
	}
	v, err := o.redraw(ctx, in, f, fault)
	if err != nil {
		return err
	}
	r.Policy("frame-src 'self'")
	if fault != nil {
		return r.Render(web.StatusOf(fault.Code), page(v))
	}
	return r.Render(200, page(v))
}

// tellRestore closes on the page of the version.
func (o Ops) tellRestore(_ context.Context, in VersionIn) (web.Told, error) {
	path := "/rest/v1/experience"
	if in.ApplicationID != "" {
		path = "/rest/v1/applications/" + in.ApplicationID + "/experience"
	}
	number := strconv.FormatInt(in.Number, 10)
	return web.Told{About: "What Restore will send. Nothing changes yet.", To: in.at() + "/history/" + number,
		Calls: []web.Call{{Verb: "POST", Path: path + "/versions/" + number + "/restore"}}}, nil
}
