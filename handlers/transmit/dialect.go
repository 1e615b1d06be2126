// Package transmit speaks Transmit Security's management API under /cis: a face, and mappings between the document's words and
// the operations of handlers/applications, clients, credentials, keys and experience. It adds no rule of its own beyond the
// document's limits.
package transmit

import (
	"context"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/handlers/experience"
	"gatehouse/handlers/keys"
	"gatehouse/models"
	"gatehouse/web"
)

// Prefix is where the dialect is served; unknown paths below it are answered in its shape.
const Prefix = "/cis"

// Dialect is what the routes work with.
type Dialect struct {
	DB           models.DB
	Applications applications.Ops
	Clients      clients.Ops
	Keys         keys.Ops
	Experience   experience.Ops
	Tenant       func(ctx context.Context) (models.Tenant, error) // its settings, cached
}

// In gives the same dialect inside a transaction.
func (d Dialect) In(tx models.DB) Dialect {
	d.DB, d.Applications, d.Clients, d.Keys, d.Experience = tx, d.Applications.In(tx), d.Clients.In(tx), d.Keys.In(tx), d.Experience.In(tx)
	return d
}

// Face is how the dialect reads, writes and tells of faults.
func (d Dialect) Face() web.Face {
	return face{wrapped: func(ctx context.Context) bool {
		tenant, err := d.Tenant(ctx)
		return err == nil && tenant.TransmitEnvelope
	}}
}

// Routes lists every operation of the document. Static segments come before {appId}; web sees to that.
func (d Dialect) Routes() []web.Route {
	f := d.Face()
	var all []web.Route
	for _, more := range [][]web.Route{d.applicationRoutes(f), d.clientRoutes(f), d.managementRoutes(f), d.keyRoutes(f), d.preferenceRoutes(f)} {
		all = append(all, more...)
	}
	return all
}

// again runs a change in a transaction until it does not lose a race.
func (d Dialect) again(ctx context.Context, change func(ctx context.Context, d Dialect) error) error {
	return models.InTxAgain(ctx, d.DB, func(ctx context.Context, tx models.DB) error { return change(ctx, d.In(tx)) })
}
