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
		{"GET", home, "key.read", web.Page(o.page, views.List)},
		{"POST", home, "key.create", web.Showing(web.SubmitThen(o.Create, o.createAgain, created), tellCreate, o.createAgain)},
		{"GET", home + "/:id/promote", "key.rotate", web.Page(o.promotePage, views.Promote)},
		{"POST", home + "/:id/promote", "key.rotate", web.Showing(web.SubmitThen(stepForm(o.Promote), again(o.promotePage, views.Promote), stepped("promoted")), o.tellPromote, again(o.promotePage, views.Promote))},
		{"GET", home + "/:id/retire", "key.rotate", web.Page(o.retirePage, views.Retire)},
		{"POST", home + "/:id/retire", "key.rotate", web.Showing(web.SubmitThen(stepForm(o.Retire), again(o.retirePage, views.Retire), stepped("retired")), o.tellRetire, again(o.retirePage, views.Retire))},
		{"GET", home + "/:id/delete", "key.delete", web.Page(o.deletePage, views.Delete)},
		{"POST", home + "/:id/delete", "key.delete", web.Showing(web.SubmitThen(o.deleteForm, again(o.deletePage, views.Delete), deleted), o.tellDelete, again(o.deletePage, views.Delete))},
	}
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

// What the questions about a key do to it, for dialects that say it in their words.
type (
	// Promotion makes a next key the current one.
	Promotion struct{ Key models.SigningKey }
	// Retirement ends a key before its time.
	Retirement struct{ Key models.SigningKey }
	// Deletion removes a key that signs nothing.
	Deletion struct{ Key models.SigningKey }
)

func tellCreate(_ context.Context, in CreateIn) (web.Told, error) {
	return web.Told{About: "What Create next key will send. Nothing is created yet.", To: home, Op: in}, nil
}

// tellStep spells a step natively; op is what the dialects see.
func (o Ops) tellStep(ctx context.Context, in stepIn, about, verb, path string, op func(models.SigningKey) any) (web.Told, error) {
	k, err := find(ctx, o.DB, "", in.ID)
	c := web.NativeCall(verb, "/rest/v1/keys/:id"+path, StepIn(in))
	return web.Told{About: about, Form: ui.ConfirmForm, Op: op(k), Calls: []web.Call{c}}, err
}

func (o Ops) tellPromote(ctx context.Context, in stepIn) (web.Told, error) {
	return o.tellStep(ctx, in, "What Make current will send. Nothing changes yet.", "POST", "/promote", func(k models.SigningKey) any { return Promotion{k} })
}

func (o Ops) tellRetire(ctx context.Context, in stepIn) (web.Told, error) {
	return o.tellStep(ctx, in, "What Retire will send. Nothing changes yet.", "POST", "/retire", func(k models.SigningKey) any { return Retirement{k} })
}

func (o Ops) tellDelete(ctx context.Context, in stepIn) (web.Told, error) {
	in.Force = false // that is no part of a deletion
	return o.tellStep(ctx, in, "What Delete will send. Nothing is deleted yet.", "DELETE", "", func(k models.SigningKey) any { return Deletion{k} })
}

func created(r *web.Request, _ CreateIn, k models.SigningKey) error {
	web.FlashText(r.Context(), k.Alg+" key created as the "+k.Status+" one")
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
