package experience

import (
	"context"
	"encoding/json"
	"slices"

	"gatehouse/models"
	"gatehouse/views/applications"
	views "gatehouse/views/experience"
	"gatehouse/views/hosted"
	"gatehouse/views/ui"
)

// at is the console address of a layer's editor.
func (in ScopeIn) at() string {
	if in.ApplicationID != "" {
		return applications.URL(in.ApplicationID, applications.TabBranding)
	}
	return "/console/experience"
}

// EditIn asks for a page of the editor.
type EditIn struct {
	ScopeIn
	Section string `path:"section"`
	Step    string `query:"step"`
	Lang    string `query:"lang"`
	Theme   string `query:"theme"`
}

// Edit gathers what a page of the editor shows.
// Faults: NotFound (application, page).
func (o Ops) Edit(ctx context.Context, in EditIn) (views.Editor, error) {
	if in.ApplicationID == "" && !views.Known(in.Section) {
		return views.Editor{}, models.Missing("page")
	}
	d, err := o.Draft(ctx, in.ScopeIn)
	if err != nil {
		return views.Editor{}, err
	}
	return o.editor(ctx, in, d)
}

func (o Ops) editor(ctx context.Context, in EditIn, d DraftView) (views.Editor, error) {
	v := views.Editor{Base: in.at(), Section: in.Section, Values: models.OverlayOf(d.Settings), Below: models.OverlayOf(d.Below), Own: d.Overlay,
		Version: d.Version, Live: d.Live, Exists: d.Exists, UpdatedBy: d.UpdatedBy, Verdicts: hosted.Verdicts(d.Settings.Branding), Now: o.Now()}
	for _, c := range d.Changes {
		v.Changes = append(v.Changes, views.Change{Path: c.Path, Live: c.Live, Draft: c.Draft, Inherited: c.Inherited})
	}
	v.Conflicts = conflictsOf(d.Conflicts)
	v.Show = showOf(in, d.Settings)
	if in.Section == "languages" {
		v.Phrases = phraseRows(d, v.Show.Lang)
	}
	live, err := o.layer(ctx, in.layerID(ctx))
	if err != nil {
		return v, err
	}
	v.LiveAt = live.UpdatedAt
	if in.Section == "methods" {
		if v.Connections, err = o.reachable(ctx, in.ApplicationID); err != nil {
			return v, err
		}
	}
	v.App, err = o.appFrame(ctx, in.ScopeIn)
	return v, err
}

// appFrame is the frame of an application's pages; the tenant's layer has none.
func (o Ops) appFrame(ctx context.Context, in ScopeIn) (*applications.FrameOpts, error) {
	if in.ApplicationID == "" {
		return nil, nil
	}
	head, err := o.Head(ctx, in.ApplicationID)
	return &applications.FrameOpts{Head: head, Tab: applications.TabBranding}, err
}

func conflictsOf(all []Collision) []views.Conflict {
	var out []views.Conflict
	for _, c := range all {
		out = append(out, views.Conflict{Path: c.Path, Base: c.Base, Mine: c.Mine, Theirs: c.Theirs})
	}
	return out
}

// showOf settles what the preview shows: unknown words give way to the first choice.
func showOf(in EditIn, e models.Experience) views.Show {
	s := views.Show{Step: in.Step, Lang: in.Lang, Theme: in.Theme}
	if !slices.Contains(hosted.Steps, hosted.Step(s.Step)) {
		s.Step = string(hosted.SignIn)
	}
	if !slices.Contains(e.Languages.Enabled, s.Lang) {
		s.Lang = e.Languages.Default
	}
	if s.Theme != "light" && s.Theme != "dark" {
		s.Theme = "both"
	}
	for _, tag := range e.Languages.Enabled {
		s.Languages = append(s.Languages, ui.Option{Value: tag, Label: views.LanguageName(tag)})
	}
	return s
}

func phraseRows(d DraftView, lang string) []views.PhraseRow {
	var out []views.PhraseRow
	for _, p := range phrasesOf(d.Settings, lang) {
		row := views.PhraseRow{Key: p.Key, Default: p.Default, Placeholders: p.Placeholders}
		if p.Own {
			row.Text = p.Text
		}
		out = append(out, row)
	}
	return out
}

// save writes a form of the editor to the draft.
func (o Ops) save(ctx context.Context, in EditIn, f form) (DraftView, error) {
	if err := o.may(ctx, "experience.update", in.ScopeIn); err != nil {
		return DraftView{}, err
	}
	want := models.Opt[int64]{}
	if v := f.last("version"); v != "" {
		if err := json.Unmarshal([]byte(v), &want); err != nil {
			return DraftView{}, draftMoved()
		}
	}
	var wrong error
	out, err := o.changeDraft(ctx, in.ScopeIn, want, func(d DraftView) change {
		var ch change
		ch, wrong = f.change(in.Section, in.ApplicationID != "", d)
		if wrong != nil {
			return change{set: models.Overlay{}}
		}
		return ch
	})
	if wrong != nil {
		return out, wrong
	}
	return out, err
}

// redraw is the page again with what was typed and what is wrong with it.
func (o Ops) redraw(ctx context.Context, in EditIn, f form, fault *models.Fault) (views.Editor, error) {
	v, err := o.Edit(ctx, in)
	if err != nil {
		return v, err
	}
	if drawn, _, err := o.sketch(ctx, in, f); err == nil { // the switches and boxes that were set
		v.Values, v.Own = models.OverlayOf(drawn.Settings), drawn.Overlay
	}
	if fault == nil {
		return v, nil
	}
	v.Typed, v.Faults = f.typed(), fault.Fields
	if len(v.Faults) == 0 {
		v.Typed, v.Faults = nil, []models.FieldFault{{Name: "draft", Text: fault.Text}}
	}
	return v, nil
}

// HistoryPage gathers the list of versions.
// Faults: NotFound (application), Invalid (cursor).
func (o Ops) historyPage(ctx context.Context, in ListIn) (views.History, error) {
	list, err := o.Versions(ctx, in)
	if err != nil {
		return views.History{}, err
	}
	v := views.History{Base: in.at(), Now: o.Now()}
	for _, item := range list.Items {
		v.Versions = append(v.Versions, views.Version{Number: item.Number, Restored: item.Restored, By: item.CreatedBy, Face: item.Face, At: item.CreatedAt, Count: item.Changes, Live: item.Live})
	}
	if list.Next != "" {
		v.Older = in.at() + "/history?cursor=" + list.Next
	}
	if list.Prev != "" {
		v.Newer = in.at() + "/history?cursor=" + list.Prev
	}
	v.App, err = o.appFrame(ctx, in.ScopeIn)
	return v, err
}

func (o Ops) versionPage(ctx context.Context, in VersionIn) (views.One, error) {
	x, err := o.Version(ctx, in)
	if err != nil {
		return views.One{}, err
	}
	v := views.One{Base: in.at(), Now: o.Now(), Version: views.Version{Number: x.Number, Restored: x.Restored, By: x.CreatedBy, Face: x.Face, At: x.CreatedAt, Count: len(x.Changes), Live: x.Live}}
	for _, c := range x.Changes {
		v.Changes = append(v.Changes, views.Change{Path: c.Path, Live: c.Live, Draft: c.Draft, Inherited: c.Inherited})
	}
	v.App, err = o.appFrame(ctx, in.ScopeIn)
	return v, err
}

func (o Ops) mergePage(ctx context.Context, in ScopeIn, d DraftView) (v views.Merge, err error) {
	v = views.Merge{Base: in.at(), Version: d.Version, Live: d.Live, Conflicts: conflictsOf(d.Conflicts)}
	v.App, err = o.appFrame(ctx, in)
	return v, err
}
