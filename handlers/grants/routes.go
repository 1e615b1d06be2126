package grants

import "gatehouse/web"

// Routes are the native REST face of client grants.
func (o Ops) Routes() []web.Route {
	const at = "/rest/v1/client-grants"
	about := func(e web.Endpoint, summary string) web.Endpoint {
		return e.With(web.Doc{Summary: summary, Tag: "client grants"})
	}
	return []web.Route{
		{"GET", at, "client_grant.read", about(web.Do(web.Native, 200, o.List), "List client grants")},
		{"POST", at, "client_grant.create", about(web.Do(web.Native, 201, o.Create), "Grant a client scopes of a resource")},
		{"GET", at + "/:id", "client_grant.read", about(web.Do(web.Native, 200, o.Get), "Get a client grant")},
		{"PATCH", at + "/:id", "client_grant.update", about(web.Do(web.Native, 200, o.Update), "Change what a client grant allows")},
		{"DELETE", at + "/:id", "client_grant.delete", about(web.Do0(web.Native, 204, o.Delete), "Take a client grant back")},
		{"GET", "/rest/v1/clients/:id/access", "client.read", about(web.Do(web.Native, 200, o.Access), "Tell what a client may ask of which resources, and what gives it that")},
	}
}
