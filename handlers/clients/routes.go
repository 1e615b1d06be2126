package clients

import (
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
