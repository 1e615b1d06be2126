package roles

import "gatehouse/web"

// Routes are the native REST face of roles, and of which clients have them.
func (o Ops) Routes() []web.Route {
	const at, of = "/rest/v1/roles", "/rest/v1/clients/:id/roles"
	about := func(e web.Endpoint, summary string) web.Endpoint {
		return e.With(web.Doc{Summary: summary, Tag: "roles"})
	}
	return []web.Route{
		{"GET", at, "role.read", about(web.Do(web.Native, 200, o.List), "List roles")},
		{"POST", at, "role.create", about(web.Do(web.Native, 201, o.Create), "Create a role")},
		{"GET", at + "/:id", "role.read", about(web.Do(web.Native, 200, o.Get), "Get a role")},
		{"PATCH", at + "/:id", "role.update", about(web.Do(web.Native, 200, o.Update), "Change a role")},
		{"DELETE", at + "/:id", "role.delete", about(web.Do0(web.Native, 204, o.Delete), "Delete a role and take it from whoever has it")},
		{"GET", at + "/:id/scopes", "role.read", about(web.Do(web.Native, 200, o.ListScopes), "List the scopes of a role")},
		{"POST", at + "/:id/scopes", "role.update", about(web.Do(web.Native, 200, o.AddScopes), "Give scopes to a role; answers those that are new to it")},
		{"PUT", at + "/:id/scopes", "role.update", about(web.Do(web.Native, 200, o.SetScopes), "Replace the scopes of a role")},
		{"DELETE", at + "/:id/scopes/:scope_id", "role.update", about(web.Do0(web.Native, 204, o.RemoveScope), "Take a scope from a role")},
		{"GET", at + "/:id/clients", "role.read", about(web.Do(web.Native, 200, o.Clients), "List the clients that have a role, by name")},

		{"GET", of, "role.read", about(web.Do(web.Native, 200, o.OfClient), "List the roles of a client")},
		{"POST", of, "role.assign", about(web.Do(web.Native, 200, o.Assign), "Give roles to a client that acts for itself")},
		{"PUT", of, "role.assign", about(web.Do(web.Native, 200, o.Reassign), "Replace the roles of a client")},
		{"DELETE", of + "/:role_id", "role.assign", about(web.Do0(web.Native, 204, o.Unassign), "Take a role from a client")},
	}
}
