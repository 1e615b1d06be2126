// Package clients is the OAuth and SAML parties of an application: what they are, what they may do, and where people may be
// sent with their codes. What they prove themselves by is its neighbour, handlers/credentials.
package clients

import (
	"context"
	"time"

	"gatehouse/handlers/credentials"
	"gatehouse/models"
)

// cacheSize is how many clients are remembered.
const cacheSize = 10000

// Ops are the things that can be done with clients.
type Ops struct {
	DB          models.DB
	Vault       *models.Vault
	Now         func() time.Time
	Credentials credentials.Ops
	// Cleanup removes what other features keep of a client, in the transaction that deletes it, whichever way that is asked for.
	Cleanup []func(ctx context.Context, tx models.DB, c models.Client) error

	cache  *models.Cache[models.Client]
	counts *models.Cache[int64]
}

// New makes the operations on a database. One set is made for a database: it holds the cache of clients.
func New(db models.DB, vault *models.Vault) Ops {
	return Ops{DB: db, Vault: vault, Now: models.Now, Credentials: credentials.New(db, vault),
		cache:  models.NewCache[models.Client](db.Caches, models.CacheClient, cacheSize),
		counts: models.NewCache[int64](db.Caches, models.CacheRowCount, 64)}
}

// In is the same operations inside tx, where nothing is remembered: what a transaction has written, others may never see.
func (o Ops) In(tx models.DB) Ops {
	o.DB, o.cache, o.counts, o.Credentials = tx, nil, nil, o.Credentials.In(tx)
	return o
}

// CreateOut is a new client, with its first secret when it has one. The secret's value is told here only.
type CreateOut struct {
	models.Client
	Secret *credentials.Value `json:"secret,omitempty" doc:"The first secret of a client that authenticates with one; its value is told here only."`
}

// Create stores a new client of an application; the first becomes the default. What the caller leaves unsaid comes from the
// profile. A client that authenticates with a secret gets its first one.
// Faults: Invalid, Conflict (saml_entity_id_taken), NotFound (application).
func (o Ops) Create(ctx context.Context, in CreateIn) (out CreateOut, err error) {
	c := o.draft(ctx, in)
	if err := models.Need(ctx, "client.create", c.ApplicationID, "application"); err != nil {
		return out, err
	}
	if err := check(&c, in.Settings); err != nil {
		return out, err
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		app, err := findApplication(ctx, tx, c.ApplicationID, true)
		if err != nil {
			return err
		}
		if err := models.NeedHoldApplication(ctx, tx, app.ID); err != nil {
			return err
		}
		if c.IsDefault = app.DefaultClientID == ""; c.IsDefault {
			if err := setDefault(ctx, tx, app.ID, c.ID); err != nil {
				return err
			}
		}
		if out, err = o.In(tx).keep(ctx, c, in); err != nil || !c.ThirdParty {
			return err
		}
		return models.NeedHold(ctx, tx, c.ID)
	})
	return out, err
}

// Check says what is wrong with a new client, and stores nothing. Faults: Invalid.
func (o Ops) Check(ctx context.Context, in CreateIn) error {
	c := o.draft(ctx, in)
	return check(&c, in.Settings)
}

// CreateFirst is Create for the default client of an application that this transaction stores, with the client's id in it: there
// is nothing to look for.
// Faults: as Create, without NotFound.
func (o Ops) CreateFirst(ctx context.Context, in CreateIn) (out CreateOut, err error) {
	c := o.draft(ctx, in)
	if err := models.Need(ctx, "client.create", c.ApplicationID, "application"); err != nil {
		return out, err
	}
	if err := check(&c, in.Settings); err != nil {
		return out, err
	}
	c.IsDefault = true
	return o.keep(ctx, c, in)
}

// keep writes a new client with its events and its first secret.
func (o Ops) keep(ctx context.Context, c models.Client, in CreateIn) (out CreateOut, err error) {
	if err := insert(ctx, o.DB, &c); err != nil {
		return out, err
	}
	forget(o.DB, c)
	if err := record(ctx, o.DB, "client.created", nil, &c); err != nil {
		return out, err
	}
	if err := noteWildcard(ctx, o.DB, models.Client{}, c); err != nil {
		return out, err
	}
	out.Client = c
	out.Secret, err = o.firstSecret(ctx, c, in)
	return out, err
}

func (o Ops) draft(ctx context.Context, in CreateIn) models.Client {
	protocol, profile := in.Protocol, in.Profile.V
	or(&protocol, models.ProtocolOIDC)
	if profile == "" {
		profile = map[string]string{models.ProtocolOIDC: models.ProfileWeb, models.ProtocolSAML: models.ProfileSAML}[protocol]
		in.Profile = models.Some(profile)
	}
	c := Defaults(protocol, profile)
	c.ID, c.TenantID, c.ApplicationID, c.Version = in.ID, models.ActorFrom(ctx).TenantID, in.ApplicationID, 1
	or(&c.ID, models.NewRowID())
	c.CreatedAt, c.UpdatedAt = o.Now(), o.Now()
	in.apply(&c)
	fill(&c)
	follow(&c, in.Settings)
	return c
}

// firstSecret makes the secret that a new client begins with, or takes the one that was brought along.
func (o Ops) firstSecret(ctx context.Context, c models.Client, in CreateIn) (*credentials.Value, error) {
	if in.NoSecret || !c.Confidential() || !UsesSecret(c.TokenEndpointAuthMethod) {
		return nil, nil
	}
	v, err := o.Credentials.First(ctx, c, "Default secret", in.Secret)
	return &v, err
}

// noteWildcard gives the audit log a line of its own when a client begins to allow wildcards.
func noteWildcard(ctx context.Context, tx models.DB, before, after models.Client) error {
	if after.RedirectURIMatch != matchWildcard || before.RedirectURIMatch == matchWildcard {
		return nil
	}
	return models.Record(ctx, tx, models.Event{Type: "client.wildcards_allowed", ObjectKind: "client", ObjectID: after.ID,
		ObjectName: after.Name, ApplicationID: after.ApplicationID})
}

// Get gives a client. The lists in it are shared with everybody else who asks: do not write to them.
// Faults: NotFound.
func (o Ops) Get(ctx context.Context, in OneIn) (models.Client, error) {
	c, err := o.find(ctx, in.ID)
	if err != nil {
		return models.Client{}, err
	}
	if err := models.Need(ctx, "client.read", c.ApplicationID, "client"); err != nil {
		return models.Client{}, err
	}
	return c, nil
}

func (o Ops) find(ctx context.Context, id string) (models.Client, error) {
	if o.cache == nil {
		return find(ctx, o.DB.Read, id)
	}
	c, err := o.cache.Get(ctx, id, func(ctx context.Context, id string) (models.Client, error) { return find(ctx, o.DB.Read, id) })
	if err == nil && c.TenantID != models.ActorFrom(ctx).TenantID {
		return models.Client{}, models.Missing("client")
	}
	return c, err
}

// Update changes a client.
// Faults: Invalid, Conflict (saml_entity_id_taken), Stale (client_changed) with the client as it is now, NotFound.
func (o Ops) Update(ctx context.Context, in UpdateIn) (models.Client, error) {
	return o.change(ctx, in.ID, in.Version, "client.updated", func(c *models.Client) error {
		in.apply(c)
		fill(c)
		follow(c, in.Settings)
		return check(c, in.Settings)
	})
}

// ResourcesIn is a new list of the resources of a client.
type ResourcesIn struct {
	ID        string   `path:"id" json:"-" doc:"The client_id."`
	Resources []string `json:"resources" form:"resources"`
}

// SetResources replaces the resources of a client.
// Faults: Invalid (resources), NotFound.
func (o Ops) SetResources(ctx context.Context, in ResourcesIn) (models.Client, error) {
	return o.Update(ctx, UpdateIn{ID: in.ID, Settings: Settings{Resources: models.Some(in.Resources)}})
}
