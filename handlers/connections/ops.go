// Package connections owns connections: the outside sources that people sign in with, and the services that reach them. Which
// of them a sign-in page offers is its neighbour handlers/experience, which stores an application's own through this package.
package connections

import (
	"context"
	"time"

	"gatehouse/models"
)

// Ops are the things that can be done with connections.
type Ops struct {
	DB    models.DB
	Vault *models.Vault
	Now   func() time.Time
	// Tenant tells whether secrets may be read at all.
	Tenant func(ctx context.Context) (models.Tenant, error)
	// Outside fetches documents of providers for the connection test.
	Outside Fetch
	// Glance sees whether an endpoint answers, without reading what it says.
	Glance Fetch
	// Cleanup removes what other features keep of a connection, in the transaction that deletes it.
	Cleanup []func(ctx context.Context, tx models.DB, id string) error
}

// New makes the operations over a database.
func New(db models.DB, vault *models.Vault) Ops {
	o := Ops{DB: db, Vault: vault, Now: models.Now}
	o.Tenant = o.readTenant
	return o
}

// In gives the same operations inside a transaction.
func (o Ops) In(tx models.DB) Ops { o.DB = tx; return o }

// Fields are the settings that creation and update share. Absent ones stay as they are.
type Fields struct {
	DisplayName      models.Opt[string]            `json:"display_name" form:"display_name" doc:"For people, up to 128 characters."`
	Enabled          models.Opt[bool]              `json:"enabled" form:"enabled" doc:"True when absent."`
	Options          models.Opt[map[string]any]    `json:"options" doc:"What the strategy needs, secrets among it. An update lays members over those there are; null takes one away."`
	Realms           models.Opt[[]string]          `json:"realms" form:"realms" doc:"The name when absent; up to 10."`
	DomainConnection models.Opt[bool]              `json:"is_domain_connection" form:"is_domain_connection"`
	ShowAsButton     models.Opt[bool]              `json:"show_as_button" form:"show_as_button"`
	Metadata         models.Opt[map[string]string] `json:"metadata" doc:"Up to 10 members of up to 255 characters."`
	Clients          models.Opt[[]string]          `json:"enabled_clients" doc:"Which clients may use it, all of them; up to 1,000 here."`
	// Stored is for dialects: members of theirs that nothing else reads, merged by key, null removes.
	Stored map[string]models.Opt[rawJSON] `json:"-"`
}

// CreateIn is what a caller may say about a new connection.
type CreateIn struct {
	Fields
	Name          string `json:"name" form:"name" doc:"Letters, digits and single hyphens, up to 128; unique in the tenant and fixed."`
	Strategy      string `json:"strategy" form:"strategy" doc:"Who answers on the other side; fixed."`
	ApplicationID string `json:"application_id" form:"application_id" doc:"For a connection of one application; the tenant's when absent."`
	Factory       string `json:"factory" form:"factory" doc:"Which implementation of the strategy, where there are several."`
	// ID is for imports: the identifier that the connection has elsewhere.
	ID string `json:"-"`
}

// Create stores a new connection.
// Faults: Invalid, Conflict (connection_name_taken, connection_id_taken), NotFound (application).
func (o Ops) Create(ctx context.Context, in CreateIn) (models.Connection, error) {
	if err := models.Need(ctx, "connection.create", in.ApplicationID, "application"); err != nil {
		return models.Connection{}, err
	}
	c, secrets := o.fresh(ctx, in)
	if err := check(c, in.Fields); err != nil {
		return models.Connection{}, err
	}
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		to := o.In(tx)
		if _, err := to.read(ctx, tx.Write, c.ID); in.ID != "" && !models.IsFault(err, models.NotFound) {
			return models.Taken("id", "connection_id_taken", "Another connection has this id.")
		}
		if err := to.place(ctx, &c); err != nil {
			return err
		}
		if err := to.insert(ctx, &c, secrets); err != nil {
			return err
		}
		told, err := to.setClients(ctx, c, in.Clients)
		if err != nil {
			return err
		}
		return to.record(ctx, "connection.created", nil, &c, change{secret: len(secrets) > 0, after: told})
	})
	return c, err
}

// fresh is a new row with its defaults, and the secrets among its options.
func (o Ops) fresh(ctx context.Context, in CreateIn) (models.Connection, map[string]string) {
	now := o.Now()
	c := models.Connection{ID: in.ID, TenantID: models.ActorFrom(ctx).TenantID, Strategy: in.Strategy, Name: in.Name, Factory: in.Factory, Enabled: true,
		Realms: []string{in.Name}, Options: map[string]any{}, Version: 1, CreatedAt: now, UpdatedAt: now}
	if c.ID == "" {
		c.ID = models.NewID(models.ObjectID)
	}
	if in.ApplicationID != "" {
		c.ApplicationID = &in.ApplicationID
	}
	in.apply(&c)
	secrets := map[string]string{}
	if in.Options.Set {
		c.Options, secrets, _ = models.SplitSecrets(in.Options.V)
	}
	return c, secrets
}

// IDIn names a connection by its path.
type IDIn struct {
	ID string `path:"id" json:"-"`
}

// Get gives one connection, without its secrets. Faults: NotFound.
func (o Ops) Get(ctx context.Context, in IDIn) (models.Connection, error) {
	c, err := o.read(ctx, o.DB.Read, in.ID)
	if err != nil {
		return models.Connection{}, err
	}
	return c, models.Need(ctx, "connection.read", c.Owner(), "connection")
}

// UpdateIn is what a caller may change. Absent fields stay.
type UpdateIn struct {
	ID      string            `path:"id" json:"-"`
	Version models.Opt[int64] `json:"-" form:"version" header:"If-Match"`
	Fields
	// Replace says that Options are all of them, instead of being laid over those there are. Secrets that are not mentioned
	// stay, as long as the options still have their place and speak of the same account.
	Replace bool `json:"-"`
}

// Update changes a connection.
// Faults: NotFound, Forbidden, Invalid, Stale (connection_changed, with the row as it is now).
func (o Ops) Update(ctx context.Context, in UpdateIn) (models.Connection, error) {
	var out models.Connection
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		to := o.In(tx)
		before, err := to.read(ctx, tx.Write, in.ID)
		if err != nil {
			return err
		}
		if err := models.Need(ctx, "connection.update", before.Owner(), "connection"); err != nil {
			return err
		}
		if in.Version.Set && !in.Version.Null && in.Version.V != before.Version {
			return stale(before)
		}
		out, err = to.change(ctx, before, in)
		return err
	})
	return out, err
}

func stale(now models.Connection) *models.Fault {
	return &models.Fault{Code: models.Stale, Reason: "connection_changed", Text: "Somebody changed this connection after you opened it.", Current: now}
}

// change stores an update that says something new, with its event.
func (o Ops) change(ctx context.Context, before models.Connection, in UpdateIn) (models.Connection, error) {
	after := before
	in.apply(&after)
	held, err := o.Vault.OpenOptions(before)
	if err != nil {
		return after, err
	}
	secrets := held
	if in.Options.Set {
		after.Options, secrets = merge(before.Options, held, in)
	}
	if err := check(after, in.Fields); err != nil {
		return after, err
	}
	clientsBefore, clientsAfter, err := o.replaceClients(ctx, before, in.Clients)
	if err != nil {
		return after, err
	}
	note := change{secret: !sameJSON(held, secrets), before: clientsBefore, after: clientsAfter}
	if !note.any() && models.Diff(before, after) == nil && sameJSON(before.Stored, after.Stored) {
		return before, nil
	}
	after.Version, after.UpdatedAt = before.Version+1, o.Now()
	if err := o.update(ctx, before.Version, &after, secrets); err != nil {
		return after, err
	}
	return after, o.record(ctx, "connection.updated", &before, &after, note)
}

// Delete removes a connection with its keys and from whatever offered it.
// Faults: NotFound, Forbidden.
func (o Ops) Delete(ctx context.Context, in IDIn) error {
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		to := o.In(tx)
		c, err := to.read(ctx, tx.Write, in.ID)
		if err != nil {
			return err
		}
		if err := models.Need(ctx, "connection.delete", c.Owner(), "connection"); err != nil {
			return err
		}
		for _, clean := range o.Cleanup {
			if err := clean(ctx, tx, c.ID); err != nil {
				return err
			}
		}
		return to.Remove(ctx, c)
	})
}
