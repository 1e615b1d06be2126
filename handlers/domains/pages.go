package domains

import (
	"context"

	"github.com/a-h/templ"

	"gatehouse/models"
	views "gatehouse/views/domains"
	"gatehouse/views/ui"
	"gatehouse/web"
)

func (o Ops) console() []web.Route {
	const at, one = views.Home, views.Home + "/:id"
	const kind = models.KindCustomDomain
	return []web.Route{
		{"GET", at, kind + ".read", web.Page(o.listPage, views.ListPage)},
		{"POST", at, kind + ".create", web.Showing(web.SubmitThen(o.add, o.listAgain, added), web.Says[CreateIn]("domain", "What Add domain will send. Nothing is added yet."), o.listAgain)},
		{"GET", one, kind + ".read", web.Page(o.page, views.ShowPage)},
		{"POST", one + "/verify", kind + ".update", web.Showing(web.SubmitThen(o.verifyForm, nil, verified), tellVerify, web.Drawn(func(in Proof) IDIn { return IDIn(in) }, o.page, views.ShowPage))},
		{"GET", one + "/delete", kind + ".delete", web.Page(o.page, views.DeletePage)},
		{"POST", one + "/delete", kind + ".delete", web.Showing(web.SubmitThen(o.deleteForm, nil, deleted), web.Says[IDIn]("", "What Delete domain will send. Nothing is deleted yet."), web.Drawn(web.Same[IDIn], o.page, views.DeletePage))},
	}
}

func (o Ops) listPage(ctx context.Context, _ struct{}) (views.List, error) {
	all, err := o.List(ctx)
	return views.List{Items: all, Now: o.Now()}, err
}

func (o Ops) listAgain(ctx context.Context, in CreateIn, fault *models.Fault) (templ.Component, error) {
	v, err := o.listPage(ctx, struct{}{})
	v.Typed, v.Fault = in.Domain, beside(fault)
	return views.ListPage(v), err
}

// beside puts a refusal of the name beside the one field there is.
func beside(f *models.Fault) *models.Fault {
	if f == nil || f.Code != models.Conflict {
		return f
	}
	next := *f
	next.Fields = []models.FieldFault{{Name: "domain", Reason: f.Reason, Text: "This domain is here already."}}
	return &next
}

func (o Ops) add(ctx context.Context, in CreateIn) (models.CustomDomain, error) {
	return o.Create(ctx, in.domain())
}

func added(r *web.Request, _ CreateIn, d models.CustomDomain) error {
	web.FlashText(r.Context(), d.Domain+" added")
	return r.Next(views.URL(d.ID))
}

func (o Ops) page(ctx context.Context, in IDIn) (views.Show, error) {
	d, err := o.Get(ctx, in.ID)
	return views.Show{Domain: d, Now: o.Now()}, err
}

func (o Ops) verifyForm(ctx context.Context, in Proof) (models.CustomDomain, error) {
	return o.Verify(ctx, in.ID)
}

var tellVerify = web.Sends("What Verify will send. Nobody is asked yet.", "POST", "/rest/v1/domains/:id/verify", func(in Proof) string { return views.URL(in.ID) }, web.Itself[Proof])

func verified(r *web.Request, in Proof, d models.CustomDomain) error {
	if d.Error != "" {
		web.Flash(r.Context(), ui.Toast{Text: d.Domain + " is not proven yet", State: ui.StateWarn})
	} else {
		web.FlashText(r.Context(), d.Domain+" proven")
	}
	return r.Next(views.URL(in.ID))
}

func (o Ops) deleteForm(ctx context.Context, in IDIn) (web.None, error) {
	return web.None{}, o.Delete(ctx, in.ID)
}

func deleted(r *web.Request, _ IDIn, _ web.None) error {
	web.FlashText(r.Context(), "Domain deleted")
	return r.Next(views.Home)
}
