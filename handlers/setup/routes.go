package setup

import (
	"context"

	"github.com/a-h/templ"

	"gatehouse/handlers/administrators"
	"gatehouse/models"
	views "gatehouse/views/setup"
	"gatehouse/web"
)

// Routes are the two faces of setup: a page, and the environment, which has none.
func (o Ops) Routes() []web.Route {
	return []web.Route{
		{"GET", "/setup", web.Public, web.Raw(web.Console, o.page)},
		{"POST", "/setup", web.Public, web.SubmitThen(o.Create, o.redraw, started)},
	}
}

func (o Ops) page(ctx context.Context, r *web.Request) error {
	var in PageIn
	if err := web.Bind(r, &in, web.Lenient); err != nil {
		return err
	}
	state, err := o.Look(ctx, in)
	if err != nil {
		return err
	}
	r.NoReferrer() // the address holds the token
	if !state.Right {
		return r.Render(403, views.NeedLink(!in.Token.Empty()))
	}
	return r.Render(200, views.Page(o.view(state)))
}

func (o Ops) view(s State) views.View {
	return views.View{Token: s.Token.Reveal(), Database: o.Database, Until: s.Until.Format("2 January, 15:04 UTC")}
}

func (o Ops) redraw(ctx context.Context, in CreateIn, fault *models.Fault) (templ.Component, error) {
	state, err := o.Look(ctx, PageIn{in.Token})
	v := o.view(state)
	v.Name, v.Email, v.Fault = in.Name, in.Email, fault
	return views.Page(v), err
}

// started signs the new owner in and opens the console.
func started(r *web.Request, _ CreateIn, owner models.Administrator) error {
	still := func(ctx context.Context, tx models.DB) error { return administrators.Still(ctx, tx, owner) }
	if err := r.StartSession(owner.ID, still); err != nil {
		return err
	}
	web.FlashText(r.Context(), "Gatehouse is yours, "+owner.Name)
	return r.Next("/console")
}
