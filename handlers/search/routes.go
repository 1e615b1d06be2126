package search

import (
	"context"

	views "gatehouse/views/search"
	"gatehouse/web"
)

// Routes gives the search its place. The palette of a page asks for the results alone; they are a part of every page, so the
// page of the search itself does not hold them a second time under the same id.
func (o Ops) Routes() []web.Route {
	return []web.Route{
		{"GET", "/console/search", web.SignedIn, web.Raw(web.Console, func(ctx context.Context, r *web.Request) error {
			var in In
			if err := web.Console.Read(r, &in); err != nil {
				return err
			}
			found, err := o.Find(ctx, in)
			if err != nil {
				return err
			}
			if r.HTMX() && r.Fiber().Get("HX-Request-Type") == "partial" {
				return r.Render(200, views.Fragment(found))
			}
			return r.Render(200, views.Page(found))
		})},
	}
}
