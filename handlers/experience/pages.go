package experience

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"gatehouse/models"
	views "gatehouse/views/experience"
	"gatehouse/views/ui"
	"gatehouse/web"
)

// console is the editor: the tenant's layer by sections, an application's as the branding tab of its pages.
func (o Ops) console() []web.Route {
	routes := []web.Route{
		{"GET", "/console/experience", "experience.read", web.Raw(web.Console, func(_ context.Context, r *web.Request) error { return r.Next("/console/experience/methods") })},
		{"GET", "/console/experience/:section", "experience.read", web.Raw(web.Console, o.editPage)},
		{"POST", "/console/experience/:section", "experience.update", web.Raw(web.Console, o.saveForm).Showable()},
		{"GET", "/console/applications/:id/branding", "experience.read", web.Raw(web.Console, o.editPage)},
		{"POST", "/console/applications/:id/branding", "experience.update", web.Raw(web.Console, o.saveForm).Showable()},
	}
	routes = append(routes, o.consoleAt("/console/experience")...)
	return append(routes, o.consoleAt("/console/applications/:id/branding")...)
}

func (o Ops) consoleAt(at string) []web.Route {
	const read, update = "experience.read", "experience.update"
	return []web.Route{
		{"GET", at + "/preview", read, web.Raw(web.Console, o.previewPage)},
		{"GET", at + "/history", read, web.Page(o.historyPage, views.HistoryPage)},
		{"GET", at + "/history/:number", read, web.Page(o.versionPage, views.VersionPage)},
		{"POST", at + "/history/:number/restore", update, web.Showing(web.SubmitThen(o.Restore, nil, restored), o.tellRestore, web.Drawn(web.Same[VersionIn], o.versionPage, views.VersionPage))},
		{"GET", at + "/merge", read, web.Raw(web.Console, o.askMerge)},
		{"POST", at + "/publish", update, web.Raw(web.Console, o.publishForm)},
		{"POST", at + "/discard", update, web.SubmitThen(o.Discard, nil, discarded)},
	}
}

func restored(r *web.Request, in VersionIn, v View) error {
	web.FlashText(r.Context(), fmt.Sprintf("Version %d published, with the settings of version %d", v.Version, in.Number))
	return r.Next(in.at() + "/history")
}

func discarded(r *web.Request, in ScopeIn, _ struct{}) error {
	web.FlashText(r.Context(), "Draft discarded")
	return r.Next(in.home(r))
}

// home is the section of the editor in which a button was pressed.
func (in ScopeIn) home(r *web.Request) string {
	_, f := editIn(r)
	if s := f.last("section"); in.ApplicationID == "" && views.Known(s) {
		return in.at() + "/" + s
	}
	return in.at()
}

// editIn reads what a form of the editor is about. Its own fields are read by their names, so that one handler serves every section.
func editIn(r *web.Request) (EditIn, form) {
	c := r.Fiber()
	in := EditIn{ScopeIn: ScopeIn{ApplicationID: c.Params("id")}, Section: c.Params("section"), Step: c.Query("step"), Lang: c.Query("lang"), Theme: c.Query("theme")}
	f := form{}
	c.Request().PostArgs().VisitAll(func(key, value []byte) { f[string(key)] = append(f[string(key)], string(value)) })
	return in, f
}

// editPage is the editor. Its policy alone lets a page frame its own preview, and a policy belongs to the document that the browser
// loaded: a script that only swaps the body of another page is told to load this one whole.
func (o Ops) editPage(ctx context.Context, r *web.Request) error {
	in, _ := editIn(r)
	if r.HTMX() && !r.Partial() && !framesAlready(r) {
		return r.Reload()
	}
	v, err := o.Edit(ctx, in)
	if err != nil {
		return err
	}
	r.Policy("frame-src 'self'")
	return r.Render(200, page(v))
}

// framesAlready tells whether the document that asks is the editor itself.
func framesAlready(r *web.Request) bool {
	at, err := url.Parse(r.Fiber().Get("HX-Current-URL"))
	if err != nil || r.Fiber().Get("HX-History-Restore-Request") == "true" {
		return false
	}
	last := at.Path[strings.LastIndexByte(at.Path, '/')+1:]
	return strings.HasPrefix(at.Path, "/console/experience/") && views.Known(last) || strings.HasSuffix(at.Path, "/branding")
}

// saveForm writes a section to the draft and shows the editor again: as the part that a script asked for, or by sending the
// browser back to the page.
func (o Ops) saveForm(ctx context.Context, r *web.Request) error {
	in, f := editIn(r)
	if in.ApplicationID == "" && !views.Known(in.Section) {
		return models.Missing("page")
	}
	if r.Asked() != "" {
		return o.showForm(ctx, r, in, f)
	}
	d, err := o.save(ctx, in, f)
	if fault, ok := models.AsFault(err); ok && (fault.Code == models.Invalid || fault.Code == models.Stale) {
		v, err := o.redraw(ctx, in, f, fault)
		if err != nil {
			return err
		}
		r.Policy("frame-src 'self'")
		return r.Render(web.StatusOf(fault.Code), page(v))
	}
	if err != nil {
		return err
	}
	v, err := o.editor(ctx, in, d)
	if err != nil {
		return err
	}
	if r.Partial() {
		return r.Render(200, page(v))
	}
	return r.Next(string(r.Fiber().Request().RequestURI()))
}

func page(v views.Editor) templ.Component {
	if v.App != nil {
		return views.ApplicationPage(v)
	}
	return views.Page(v)
}

// askMerge asks what to keep. Where nothing is to be chosen it leads back to the editor and says why.
func (o Ops) askMerge(ctx context.Context, r *web.Request) error {
	edit, _ := editIn(r)
	d, err := o.Draft(ctx, edit.ScopeIn)
	if err != nil {
		return err
	}
	if len(d.Conflicts) > 0 {
		merge, err := o.mergePage(ctx, edit.ScopeIn, d)
		if err != nil {
			return err
		}
		return r.Render(200, views.MergePage(merge))
	}
	text := "There is nothing to choose: the draft merges by itself"
	if !d.Exists {
		text = "There is no draft, so there is nothing to merge"
	}
	web.FlashText(ctx, text)
	return r.Next(edit.at())
}

// publishForm publishes the draft, or asks what to keep where both sides changed a setting.
func (o Ops) publishForm(ctx context.Context, r *web.Request) error {
	edit, f := editIn(r)
	in := PublishIn{ScopeIn: edit.ScopeIn, Resolve: map[string]string{}}
	for name := range f {
		if path, ok := strings.CutPrefix(name, "resolve."); ok {
			in.Resolve[path] = f.last(name)
		}
	}
	var version int64
	if _, err := fmt.Sscan(f.last("version"), &version); err == nil {
		in.Version = models.Some(version)
	}
	v, err := o.Publish(ctx, in)
	if fault, ok := models.AsFault(err); ok && (fault.Code == models.Conflict || fault.Code == models.Stale || fault.Code == models.NotFound) {
		d, err := o.Draft(ctx, in.ScopeIn)
		if err != nil {
			return err
		}
		if len(d.Conflicts) == 0 {
			text := fault.Text
			if !d.Exists { // it was published or discarded in another window
				text = "There is no draft, so there is nothing to publish"
			}
			web.Flash(ctx, ui.Toast{Text: text, State: ui.StateWarn})
			return r.Next(in.home(r))
		}
		merge, err := o.mergePage(ctx, in.ScopeIn, d)
		if err != nil {
			return err
		}
		merge.Chosen = in.Resolve
		return r.Render(web.StatusOf(fault.Code), views.MergePage(merge))
	}
	if err != nil {
		return err
	}
	web.FlashText(ctx, fmt.Sprintf("Version %d published", v.Version))
	return r.Next(in.home(r))
}
