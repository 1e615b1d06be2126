package connections

import "gatehouse/web"

// Routes gives the native face of connections. The console's is in pages.go.
func (o Ops) Routes() []web.Route {
	const at, one = "/rest/v1/connections", "/rest/v1/connections/:id"
	return []web.Route{
		{"GET", at, "connection.read", web.Do(web.Native, 200, o.List).About("List connections; secrets are never in them.")},
		{"POST", at, "connection.create", web.Do(web.Native, 201, o.Create).About("Create a connection.")},
		{"GET", one, "connection.read", web.Do(web.Native, 200, o.Get).About("Get a connection, without its secrets.")},
		{"PATCH", one, "connection.update", web.Do(web.Native, 200, o.Update).About("Change a connection; absent fields and options stay.")},
		{"DELETE", one, "connection.delete", web.Do0(web.Native, 204, o.Delete).About("Delete a connection and stop offering it.")},
		{"GET", one + "/clients", "connection.read", web.Do(web.Native, 200, o.Clients).About("List the clients that may use a connection.")},
		{"PATCH", one + "/clients", "connection.update", web.Do0(web.Native, 204, o.SwitchClients).About("Let clients use a connection, or stop them.")},
		{"POST", one + "/test", "connection.update", web.Do(web.Native, 200, o.Test).About("Ask the provider's public documents whether a connection can work.")},
		{"POST", one + "/authorize", "connection.read", web.Do(web.Native, 200, o.Authorize).About("Where people are sent to sign in with a connection.")},
		{"GET", one + "/keys", "connection_key.read", web.Do(web.Native, 200, o.Keys).About("List the keys by which we prove ourselves to the provider.")},
		{"POST", one + "/keys", "connection_key.create", web.Do(web.Native, 201, o.CreateKeys).About("Make the first keys of a connection.")},
		{"POST", one + "/keys/rotate", "connection_key.create", web.Do(web.Native, 201, o.RotateKeys).About("Let the next key sign, and make another next one.")},
	}
}
