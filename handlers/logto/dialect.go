// Package logto speaks Logto's management API under /api: a face, and mappings between the document's words and the operations
// of the resources. It adds no rule of its own beyond the document's limits. Each resource of the document has a file with its
// wire types, its pure mapping functions and one function of routes, which is named here.
package logto

import (
	"context"
	"maps"
	"slices"
	"time"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/certificates"
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
	"gatehouse/handlers/roles"
	"gatehouse/handlers/uploads"
	"gatehouse/handlers/webhooks"
	"gatehouse/models"
	"gatehouse/web"
)

// Prefix is where the dialect is served; unknown paths below it are answered in its shape. /api/v2 is another dialect's.
const Prefix = "/api"

// Dialect is what the routes work with.
type Dialect struct {
	DB           models.DB
	Applications applications.Ops
	Clients      clients.Ops
	Keys         keys.Ops
	Experience   experience.Ops
	Documents    documents.Ops
	Certificates certificates.Ops
	Roles        roles.Ops
	Webhooks     webhooks.Ops
	Connections  connections.Ops
	Domains      domains.Ops
	Cookies      keys.Cookies
	Events       events.Ops
	Resources    resources.Ops
	Grants       grants.Ops
	Mails        mails.Ops
	Uploads      uploads.Ops

	papers *papers
}

// In gives the same dialect inside a transaction.
func (d Dialect) In(tx models.DB) Dialect {
	d.DB, d.Applications, d.Clients, d.Keys, d.Experience = tx, d.Applications.In(tx), d.Clients.In(tx), d.Keys.In(tx), d.Experience.In(tx)
	d.Documents, d.Certificates, d.Roles = d.Documents.In(tx), d.Certificates.In(tx), d.Roles.In(tx)
	d.Webhooks, d.Connections = d.Webhooks.In(tx), d.Connections.In(tx)
	d.Domains, d.Cookies, d.Events = d.Domains.In(tx), d.Cookies.In(tx), d.Events.In(tx)
	d.Resources, d.Grants = d.Resources.In(tx), d.Grants.In(tx)
	d.Mails, d.Uploads = d.Mails.In(tx), d.Uploads.In(tx)
	return d
}

// Face is how the dialect reads, writes and tells of faults.
func (d Dialect) Face() web.Face { return face{} }

// Routes lists every operation that is spoken, a function a file.
func (d Dialect) Routes() []web.Route {
	var all []web.Route
	for _, routes := range []func(web.Face) []web.Route{
		d.applicationRoutes, d.customDataRoutes, d.secretRoutes, d.protectedRoutes, d.accessRoutes, d.appExperienceRoutes,
		d.signInExpRoutes, d.wellKnownRoutes, d.samlRoutes,
		d.hookRoutes,
		d.connectorRoutes, d.factoryRoutes,
		d.phraseRoutes, d.templateRoutes, d.configRoutes, d.oidcKeyRoutes, d.accountRoutes, d.captchaRoutes, d.profileFieldRoutes,
		d.domainRoutes, d.logRoutes, d.dashboardRoutes, d.paperRoutes,
		d.resourceRoutes, d.scopeRoutes, d.roleRoutes, d.applicationRoleRoutes, d.consentScopeRoutes,
	} {
		all = append(all, routes(d.Face())...)
	}
	return all
}

// again runs a change in a transaction until it does not lose a race: read, map, write with the version that was read.
func (d Dialect) again(ctx context.Context, change func(ctx context.Context, d Dialect) error) error {
	return models.InTxAgain(ctx, d.DB, func(ctx context.Context, tx models.DB) error { return change(ctx, d.In(tx)) })
}

// opt is a member that may be absent or null.
type opt[T any] = models.Opt[T]

// millis is a time as the document tells it.
func millis(t time.Time) int64 { return t.UnixMilli() }

// millisOrNull is a time that may be missing.
func millisOrNull(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	n := t.UnixMilli()
	return &n
}

// orNull shows an empty text as null.
func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// list shows a list that nobody set as an empty one.
func list[T any](v []T) []T {
	if v == nil {
		return []T{}
	}
	return v
}

// sortedKeys are the names in a map, in order, so that what depends on their order is the same each time.
func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
