package clients

import (
	"context"

	"gatehouse/models"
	views "gatehouse/views/clients"
	"gatehouse/web"
)

// Routes are the native REST face of the operations.
func (o Ops) Routes() []web.Route {
	const base, of = "/rest/v1/clients", "/rest/v1/applications/:application_id/clients"
	return []web.Route{
		{"GET", of, "client.read", web.Do(web.Native, 200, o.List).About("List the clients of an application")},
		{"POST", of, "client.create", web.Do(web.Native, 201, o.Create).About("Create a client; its first secret's value is in this answer only")},
		{"GET", base, "client.read", web.Do(web.Native, 200, o.ListAll).About("List clients")},
		{"GET", base + "/:id", "client.read", web.Do(web.Native, 200, o.Get).About("Get a client")},
		{"PATCH", base + "/:id", "client.update", web.Do(web.Native, 200, o.Update).About("Change a client")},
		{"DELETE", base + "/:id", "client.delete", web.Do0(web.Native, 204, o.Delete).About("Delete a client with its credentials")},
		{"POST", base + "/:id/default", "client.update", web.Do(web.Native, 200, o.MakeDefault).About("Make a client the default of its application")},
	}
}

// Routes are the pages of clients.
func (c Console) Routes() []web.Route {
	const of, one = "/console/applications/:application_id/clients", "/console/clients/:id"
	page := func(fn func(context.Context, *web.Request) error) web.Endpoint { return web.Raw(web.Console, fn) }
	return []web.Route{
		{"GET", of, "client.read", web.Page(c.list, views.ListPage)},
		{"GET", of + "/new", "client.create", web.Page(c.fresh, views.NewPage)},
		{"POST", of + "/new", "client.create", page(c.create).Showable()},
		{"GET", one, "client.read", page(c.enter)},
		{"GET", one + "/settings", "client.read", web.Page(c.edit, views.SettingsPage)},
		{"POST", one + "/settings", "client.update", page(c.save).Showable()},
		{"POST", one + "/merge", "client.update", page(c.merge)},
		{"POST", one + "/default", "client.update", web.Submit(c.makeDefault, nil, func(_ OneVersionIn, out models.Client) string { return views.ListURL(out.ApplicationID) })},
		{"GET", one + "/delete", "client.delete", web.Page(c.removal, views.DeletePage)},
		{"POST", one + "/delete", "client.delete", web.Showing(web.Submit(c.removed, c.askAgain, func(_ removeIn, out models.Client) string { return views.ListURL(out.ApplicationID) }), tellRemoval, c.askAgain)},
	}
}

// posted are the fields of the form as they came.
func posted(r *web.Request) map[string][]string {
	form := map[string][]string{}
	r.Fiber().Request().PostArgs().VisitAll(func(key, value []byte) {
		form[string(key)] = append(form[string(key)], string(value))
	})
	return form
}
