// Package auth0 speaks Auth0's management API under /api/v2: a face, and mappings between the document's words and the
// operations of its neighbours. It adds no rule of its own beyond the document's limits. A resource has a file, with its wire
// types, its pure mappings and one function of routes, which Routes below joins to the others.
package auth0

import (
	"encoding/json"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/handlers/connections"
	"gatehouse/handlers/documents"
	"gatehouse/handlers/domains"
	"gatehouse/handlers/events"
	"gatehouse/handlers/experience"
	"gatehouse/handlers/grants"
	"gatehouse/handlers/keys"
	"gatehouse/handlers/mails"
	"gatehouse/handlers/resources"
	"gatehouse/handlers/settings"
	"gatehouse/models"
	"gatehouse/web"
)

// Prefix is where the dialect is served; unknown paths below it are answered in its shape.
const Prefix = "/api/v2"

// Dialect is what the routes work with.
type Dialect struct {
	DB           models.DB
	Vault        *models.Vault
	Applications applications.Ops
	Clients      clients.Ops
	Connections  connections.Ops
	Documents    documents.Ops
	Events       events.Ops
	Keys         keys.Ops
	Ring         *keys.Ring
	Settings     settings.Ops
	Domains      domains.Ops
	Experience   experience.Ops
	Resources    resources.Ops
	Grants       grants.Ops
	Mails        mails.Ops
	Host         string // under which the tenant is reached when no custom domain is the default

	encoded *encodedClients
	signing models.Bounded[json.RawMessage] // certificates of signing keys, as clients show them
}

// New makes the dialect of a server. There is one: it holds what is remembered of answers.
func New(d Dialect) Dialect {
	d.encoded, d.signing = newEncodedClients(), models.NewBounded[json.RawMessage](certifiedMost, 0)
	return d
}

// In gives the same dialect inside a transaction, where nothing is remembered: what it has written, others may never see.
func (d Dialect) In(tx models.DB) Dialect {
	d.encoded = nil
	d.DB, d.Applications, d.Clients = tx, d.Applications.In(tx), d.Clients.In(tx)
	d.Connections = d.Connections.In(tx)
	d.Documents, d.Events, d.Keys, d.Settings = d.Documents.In(tx), d.Events.In(tx), d.Keys.In(tx), d.Settings.In(tx)
	d.Domains, d.Experience = d.Domains.In(tx), d.Experience.In(tx)
	d.Resources, d.Grants = d.Resources.In(tx), d.Grants.In(tx)
	d.Mails = d.Mails.In(tx)
	return d
}

// Face is how the dialect reads, writes and tells of faults.
func (d Dialect) Face() web.Face { return face{} }

// Routes lists every operation that is served, a function for each resource. Static segments come before {id}; web sees to that.
func (d Dialect) Routes() []web.Route {
	var all []web.Route
	for _, more := range []func() []web.Route{
		d.connectionRoutes, d.connectionClientRoutes, d.connectionKeyRoutes, d.clientConnectionRoutes,
		d.clientRoutes, d.credentialRoutes, d.tenantRoutes, d.keyRoutes, d.customKeyRoutes, d.logRoutes, d.statsRoutes,
		d.brandingRoutes, d.themeRoutes, d.pageTemplateRoutes, d.promptRoutes, d.customTextRoutes, d.partialsRoutes, d.renderingRoutes,
		d.emailTemplateRoutes, d.emailProviderRoutes, d.domainRoutes, d.attackRoutes, d.bruteForceRoutes, d.breachedRoutes, d.captchaRoutes,
		d.phoneProviderRoutes, d.phoneTemplateRoutes,
		d.resourceServerRoutes, d.clientGrantRoutes,
		d.actionRoutes,
	} {
		all = append(all, more()...)
	}
	return all
}

// op is an operation of the document. Any one of its scopes opens it; the action that its caller must hold follows from the
// first (scopes.go).
func op(method, path, scopes string, e web.Endpoint) web.Route {
	doc := e.Doc()
	doc.Scopes, doc.Tag, doc.Hidden = scopes, "auth0", true
	return web.Route{Method: method, Path: Prefix + path, Action: actionOf(scopes), Endpoint: e.With(doc)}
}

// stored marks an operation whose settings are kept and given back, and which nothing enforces yet.
func stored(route web.Route) web.Route {
	doc := route.Doc()
	doc.Coverage = Stored
	route.Endpoint = route.With(doc)
	return route
}
