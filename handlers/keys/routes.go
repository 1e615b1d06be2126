package keys

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"gatehouse/models"
	views "gatehouse/views/keys"
	"gatehouse/views/ui"
	"gatehouse/web"
)

const home = "/console/keys"

// Routes are the two faces of signing keys.
func (o Ops) Routes() []web.Route { return append(o.native(), o.console()...) }

func (o Ops) native() []web.Route {
	at, own := "/rest/v1/keys", "/rest/v1/applications/:id/keys"
	about := func(e web.Endpoint, summary string) web.Endpoint {
		return e.With(web.Doc{Summary: summary, Tag: "keys"})
	}
	return []web.Route{
		{"GET", at, "key.read", about(web.Do(web.Native, 200, o.List), "List the keys of the tenant's ring")},
		{"POST", at, "key.create", about(web.Do(web.Native, 201, o.Create), "Create the next key of an algorithm")},
		{"POST", at + "/:id/promote", "key.rotate", about(web.Do(web.Native, 200, o.Promote), "Let the next key sign")},
		{"POST", at + "/:id/retire", "key.rotate", about(web.Do(web.Native, 200, o.Retire), "Take a previous key out of the key set")},
		{"DELETE", at + "/:id", "key.delete", about(web.Do0(web.Native, 204, o.Delete), "Delete a next or retired key")},

		{"GET", own, "key.read", about(web.Do(web.Native, 200, o.ListOwn), "List the keys of an application")},
		{"POST", own, "key.create", about(web.Do(web.Native, 201, o.CreateOwn), "Make a key for an application")},
		{"POST", own + "/upload", "key.create", about(web.Do(web.Native, 201, o.Upload), "Upload a private key for an application")},
		{"PATCH", own + "/:key_id", "key.update", about(web.Do(web.Native, 200, o.UpdateOwn), "Rename a key of an application or change what it does")},
		{"DELETE", own + "/:key_id", "key.delete", about(web.Do0(web.Native, 204, o.DeleteOwn), "Delete a key of an application")},
	}
}

func (o Ops) console() []web.Route {
	return []web.Route{
		{"GET", home, "key.read", web.Page(o.listPage, views.List)},
		{"POST", home, "key.create", web.SubmitThen(o.Create, o.createAgain, created)},
		{"GET", home + "/:id/promote", "key.rotate", web.Page(o.promotePage, views.Promote)},
		{"POST", home + "/:id/promote", "key.rotate", web.SubmitThen(stepForm(o.Promote), again(o.promotePage, views.Promote), stepped("now signs"))},
		{"GET", home + "/:id/retire", "key.rotate", web.Page(o.retirePage, views.Retire)},
		{"POST", home + "/:id/retire", "key.rotate", web.SubmitThen(stepForm(o.Retire), again(o.retirePage, views.Retire), stepped("is retired"))},
		{"GET", home + "/:id/delete", "key.delete", web.Page(o.deletePage, views.Delete)},
		{"POST", home + "/:id/delete", "key.delete", web.SubmitThen(o.deleteForm, again(o.deletePage, views.Delete), deleted)},
	}
}

// listIn asks for the page, perhaps with the calls of its buttons.
type listIn struct {
	API string `query:"api" json:"-"`
}

func (o Ops) listPage(ctx context.Context, in listIn) (views.View, error) {
	v, err := o.page(ctx, web.None{})
	if in.API != "" {
		v.Calls = calls(v)
	}
	return v, err
}

// calls are what the buttons of the page send, for the first algorithm that has keys.
func calls(v views.View) *ui.Calls {
	alg, next, current := models.AlgES256, "{next_id}", "{current_id}"
	for _, r := range v.Rings {
		if r.Alg == alg && r.Next != nil {
			next = r.Next.ID
		}
		if r.Alg == alg && r.Current != nil {
			current = r.Current.ID
		}
	}
	one := func(name, path, body string) ui.Spelled {
		return ui.Spelled{Name: name, Request: ui.Request{Verb: "POST", Path: "/rest/v1/keys" + path, Body: body}}
	}
	return &ui.Calls{Close: home, Scope: "key.rotate", About: "What the buttons of this page send to the native API.", Calls: []ui.Spelled{
		one("Create the next key", "", "{\n  \"alg\": \""+alg+"\"\n}"), one("Make it current", "/"+next+"/promote", ""), one("Retire a key", "/"+current+"/retire", "")}}
}

// page gathers the ring by algorithm, in the order of the key's life.
func (o Ops) page(ctx context.Context, _ web.None) (views.View, error) {
	v := views.View{Now: o.Now(), JWKS: models.RequestFrom(ctx).Origin + "/.well-known/jwks.json"}
	list, err := o.List(ctx, None{})
	if err != nil {
		return v, err
	}
	keep, err := keepFor(ctx, o.DB)
	if err != nil {
		return v, err
	}
	for _, alg := range models.Algs {
		r := ringOf(alg, list.Items, keep)
		if r.Next == nil && r.Current == nil && len(r.Previous) == 0 {
			v.Missing = append(v.Missing, alg)
			continue
		}
		v.Rings = append(v.Rings, r)
	}
	for _, k := range list.Items {
		if k.Status == models.KeyRetired {
			v.Retired = append(v.Retired, k)
		}
	}
	v.Own, err = allOwn(ctx, o.DB)
	return v, err
}

func ringOf(alg string, all []models.SigningKey, keep time.Duration) views.Ring {
	r := views.Ring{Alg: alg, FreeAt: map[string]time.Time{}}
	for _, k := range all {
		switch {
		case k.Alg != alg:
		case k.Status == models.KeyNext:
			r.Next, r.ReadyAt = &k, k.CreatedAt.Add(PublishFirst)
		case k.Status == models.KeyCurrent:
			r.Current = &k
		case k.Status == models.KeyPrevious:
			r.Previous = append(r.Previous, k)
			r.FreeAt[k.ID] = k.ReplacedAt.Add(keep)
		}
	}
	return r
}

func (o Ops) createAgain(ctx context.Context, _ CreateIn, fault *models.Fault) (templ.Component, error) {
	v, err := o.page(ctx, web.None{})
	v.Fault = fault
	return views.List(v), err
}

func created(r *web.Request, _ CreateIn, k models.SigningKey) error {
	web.FlashText(r.Context(), "Created the "+k.Status+" "+k.Alg+" key")
	return r.Next(home)
}

// oneIn names a key in the address of a page.
type oneIn struct {
	ID string `path:"id"`
}

// stepIn is a step as a form says it.
type stepIn struct {
	ID      string            `path:"id" json:"-"`
	Force   bool              `json:"-" form:"force"`
	Version models.Opt[int64] `json:"-" form:"version"`
}

func stepForm(op func(context.Context, StepIn) (models.SigningKey, error)) func(context.Context, stepIn) (models.SigningKey, error) {
	return func(ctx context.Context, in stepIn) (models.SigningKey, error) { return op(ctx, StepIn(in)) }
}

func (o Ops) deleteForm(ctx context.Context, in stepIn) (web.None, error) {
	return web.None{}, o.Delete(ctx, DeleteIn{ID: in.ID, Version: in.Version})
}

// again draws the question once more with the answer to it.
func again(page func(context.Context, oneIn) (views.StepView, error), view func(views.StepView) templ.Component) web.Redraw[stepIn] {
	return func(ctx context.Context, in stepIn, fault *models.Fault) (templ.Component, error) {
		v, err := page(ctx, oneIn{in.ID})
		v.Fault, v.Force = fault, in.Force
		return view(v), err
	}
}

func stepped(what string) func(*web.Request, stepIn, models.SigningKey) error {
	return func(r *web.Request, _ stepIn, k models.SigningKey) error {
		web.FlashText(r.Context(), k.Alg+" key "+k.KID[:min(12, len(k.KID))]+" "+what)
		return r.Next(home)
	}
}

func deleted(r *web.Request, _ stepIn, _ web.None) error {
	web.FlashText(r.Context(), "Signing key deleted")
	return r.Next(home)
}

// asked reads the key that a question is about. The recent sign-in is asked for before the question, not after the answer.
func (o Ops) asked(ctx context.Context, action string, in oneIn) (views.StepView, error) {
	v := views.StepView{Now: o.Now()}
	if err := o.may(ctx, action); err != nil {
		return v, err
	}
	var err error
	v.Key, err = find(ctx, o.DB, "", in.ID)
	return v, err
}

func (o Ops) promotePage(ctx context.Context, in oneIn) (views.StepView, error) {
	v, err := o.asked(ctx, "key.rotate", in)
	if err != nil {
		return v, err
	}
	v.Wait = v.Key.CreatedAt.Add(PublishFirst).Sub(v.Now)
	v.Current, err = at(ctx, o.DB, "", v.Key.Alg, models.KeyCurrent)
	return v, err
}

func (o Ops) retirePage(ctx context.Context, in oneIn) (views.StepView, error) {
	v, err := o.asked(ctx, "key.rotate", in)
	if err != nil || v.Key.ReplacedAt == nil {
		return v, err
	}
	keep, err := keepFor(ctx, o.DB)
	v.Wait = v.Key.ReplacedAt.Add(keep).Sub(v.Now)
	return v, err
}

func (o Ops) deletePage(ctx context.Context, in oneIn) (views.StepView, error) {
	return o.asked(ctx, "key.delete", in)
}
