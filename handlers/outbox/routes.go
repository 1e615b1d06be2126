package outbox

import (
	"context"

	"github.com/a-h/templ"

	"gatehouse/models"
	views "gatehouse/views/outbox"
	"gatehouse/web"
)

// Routes are the two faces of the outbox.
func (o Ops) Routes() []web.Route {
	about := func(e web.Endpoint, summary string) web.Endpoint {
		return e.With(web.Doc{Summary: summary, Tag: "outbox"})
	}
	return []web.Route{
		{"GET", "/rest/v1/outbox", "outbox.read", about(web.Do(web.Native, 200, o.List), "List messages, the newest first")},
		{"GET", "/rest/v1/outbox/:id", "outbox.read", about(web.Do(web.Native, 200, o.Get), "Get a message")},
		{"GET", "/console/outbox", "outbox.read", web.Page(o.listPage, views.List)},
		{"GET", "/console/outbox/:id", "outbox.read", web.Page(o.Get, func(m models.OutboxMessage) templ.Component { return views.Show(m) })},
	}
}

func (o Ops) listPage(ctx context.Context, in ListIn) (views.ListView, error) {
	page, err := o.List(ctx, in)
	return views.ListView{Page: page, To: in.To, Template: in.Template, Now: o.Now()}, err
}
