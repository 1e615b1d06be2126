package applications

import "gatehouse/web"

// Routes gives the native face of applications. The console's is in pages.go.
func (o Ops) Routes() []web.Route {
	return []web.Route{
		{"GET", "/rest/v1/applications", "application.read", web.Do(web.Native, 200, o.List).About("List applications.")},
		{"POST", "/rest/v1/applications", "application.create", web.Do(web.Native, 201, o.Create).About("Create an application with its first client.")},
		{"GET", "/rest/v1/applications/:id", "application.read", web.Do(web.Native, 200, o.Get).About("Get an application.")},
		{"PATCH", "/rest/v1/applications/:id", "application.update", web.Do(web.Native, 200, o.Update).About("Change an application; absent fields stay.")},
		{"DELETE", "/rest/v1/applications/:id", "application.delete", web.Do0(web.Native, 204, o.Delete).About("Delete an application with everything in it.")},
		{"POST", "/rest/v1/applications/bulk-delete", "application.delete", web.Do(web.Native, 200, o.DeleteAll).About("Delete several applications, all or none.")},
		{"POST", "/rest/v1/applications/bulk-disable", "application.update", web.Do(web.Native, 200, o.DisableAll).About("Disable several applications, all or none.")},
	}
}
