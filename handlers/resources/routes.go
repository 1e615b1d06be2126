package resources

import "gatehouse/web"

// Routes are the native REST face of resources and their scopes.
func (o Ops) Routes() []web.Route {
	const at = "/rest/v1/resources"
	about := func(e web.Endpoint, summary string) web.Endpoint {
		return e.With(web.Doc{Summary: summary, Tag: "resources"})
	}
	return []web.Route{
		{"GET", at, "resource.read", about(web.Do(web.Native, 200, o.List), "List resources")},
		{"POST", at, "resource.create", about(web.Do(web.Native, 201, o.Create), "Register a resource with its scopes")},
		{"GET", at + "/:id", "resource.read", about(web.Do(web.Native, 200, o.Get), "Get a resource with its scopes")},
		{"PATCH", at + "/:id", "resource.update", about(web.Do(web.Native, 200, o.Update), "Change a resource")},
		{"DELETE", at + "/:id", "resource.delete", about(web.Do0(web.Native, 204, o.Delete), "Delete a resource with all that was granted of it")},
		{"GET", at + "/:id/scopes", "resource.read", about(web.Do(web.Native, 200, o.ListScopes), "List the scopes of a resource")},
		{"POST", at + "/:id/scopes", "resource.update", about(web.Do(web.Native, 201, o.CreateScope), "Add a scope to a resource")},
		{"PATCH", at + "/:id/scopes/:scope_id", "resource.update", about(web.Do(web.Native, 200, o.UpdateScope), "Rename or describe a scope")},
		{"DELETE", at + "/:id/scopes/:scope_id", "resource.update", about(web.Do0(web.Native, 204, o.DeleteScope), "Delete a scope, from roles and client grants too")},
	}
}
