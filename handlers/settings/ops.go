// Package settings is the tenant itself: its name, how it treats secrets, the lifetimes that others inherit. Everybody reads
// it through Current; nobody else writes it.
package settings

import (
	"context"
	"fmt"
	"time"

	"gatehouse/models"
)

// Facts are what the server knows of how it runs, for the page; none of it can be changed there.
type Facts struct {
	Version  string
	URL      string
	Aliases  []string
	Database string                 // "SQLite" or "PostgreSQL"
	Data     string                 // the data folder's name, not where it is
	CA       func() ([]byte, error) // the certificate of the local authority as PEM; nil when there is none
}

// Ops are the things that can be done with the settings.
type Ops struct {
	DB    models.DB
	Now   func() time.Time
	Facts Facts
	// Forget makes stored client secrets unreadable for good; it runs in the transaction that turns write-once on.
	Forget func(ctx context.Context, tx models.DB) error

	cache *models.Cache[models.Tenant]
}

// New makes the operations on a database. There is one per server: it holds the cache that Current reads.
func New(db models.DB) Ops {
	return Ops{DB: db, Now: models.Now, cache: models.NewCache[models.Tenant](db.Caches, models.CacheTenant, 16)}
}

// In is the same operations inside tx.
func (o Ops) In(tx models.DB) Ops { o.DB = tx; return o }

// Ensure makes the default tenant where there is none yet.
func (o Ops) Ensure(ctx context.Context) error {
	now := o.Now()
	row := models.Tenant{ID: models.DefaultTenant, Name: "Gatehouse", Secrets: "readable", AccessTokenLifetimeSeconds: 3600,
		Version: 1, CreatedAt: now, UpdatedAt: now}
	if _, err := o.DB.Write.NewInsert().Model(&row).On("CONFLICT (id) DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("make the default tenant: %w", err)
	}
	return nil
}

// Current gives the tenant of the actor. It is cached until somebody changes it.
func (o Ops) Current(ctx context.Context) (models.Tenant, error) {
	return o.cache.Get(ctx, models.ActorFrom(ctx).TenantID, o.load)
}

func (o Ops) load(ctx context.Context, id string) (models.Tenant, error) {
	var row models.Tenant
	err := o.DB.Read.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx)
	return row, models.Found(err, "tenant")
}

// Get gives the settings, read from the database.
func (o Ops) Get(ctx context.Context, _ struct{}) (models.Tenant, error) {
	if err := models.Need(ctx, "settings.read", "", "tenant"); err != nil {
		return models.Tenant{}, err
	}
	return o.load(ctx, models.ActorFrom(ctx).TenantID)
}

// UpdateIn is what a caller may change. What is absent stays.
type UpdateIn struct {
	Name                       models.Opt[string] `json:"name" form:"name" doc:"1 to 100 characters; shown in the console and in mails."`
	Secrets                    models.Opt[string] `json:"secrets" form:"secrets" enum:"readable,write-once" doc:"With write-once the stored values are forgotten for good; only their hashes stay."`
	TransmitEnvelope           models.Opt[bool]   `json:"transmit_envelope" form:"transmit_envelope"`
	TransmitWebAuthn           models.Opt[bool]   `json:"transmit_webauthn" form:"transmit_webauthn"`
	DefaultAudience            models.Opt[string] `json:"default_audience" form:"default_audience" doc:"An absolute URI or empty."`
	AccessTokenLifetimeSeconds models.Opt[int64]  `json:"access_token_lifetime_seconds" form:"access_token_lifetime_seconds" doc:"60 to 86400."`
	AccessTokenAlg             models.Opt[string] `json:"access_token_alg" form:"access_token_alg" enum:",ES256,RS256,PS256,EdDSA"`
	SupportEmail               models.Opt[string] `json:"support_email" form:"support_email"`
	SupportURL                 models.Opt[string] `json:"support_url" form:"support_url" doc:"http or https."`
	Version                    models.Opt[int64]  `json:"-" form:"version" header:"If-Match"`
}

// Update changes the settings.
// Faults: Invalid, Stale.
func (o Ops) Update(ctx context.Context, in UpdateIn) (models.Tenant, error) {
	var out models.Tenant
	if err := models.Need(ctx, "settings.update", "", "tenant"); err != nil {
		return out, err
	}
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		before, err := o.In(tx).load(ctx, models.ActorFrom(ctx).TenantID)
		if err != nil {
			return err
		}
		if in.Version.Set && in.Version.V != before.Version {
			return stale(before)
		}
		if out, err = in.apply(before); err != nil {
			return err
		}
		detail := models.Diff(before, out)
		if detail == nil {
			return nil // saving what is there already is no change
		}
		out.Version, out.UpdatedAt = before.Version+1, o.Now()
		if err := o.store(ctx, tx, before, out); err != nil {
			return err
		}
		return models.Record(ctx, tx, models.Event{Type: "settings.updated", ObjectKind: "tenant", ObjectID: out.ID, ObjectName: out.Name, Detail: detail})
	})
	return out, err
}

func (o Ops) store(ctx context.Context, tx models.DB, before, after models.Tenant) error {
	res, err := tx.Write.NewUpdate().Model(&after).ExcludeColumn("id", "created_at").WherePK().Where("version = ?", before.Version).Exec(ctx)
	if err := models.Touched(res, err, "tenant"); models.IsFault(err, models.NotFound) {
		return models.Outrun(stale(before))
	} else if err != nil {
		return err
	}
	tx.Drop(models.CacheTenant, after.ID)
	if o.Forget != nil && before.Secrets != after.Secrets && after.Secrets == "write-once" {
		return o.Forget(ctx, tx)
	}
	return nil
}

func stale(current models.Tenant) *models.Fault {
	return &models.Fault{Code: models.Stale, Reason: "settings_changed", Text: "Somebody changed the settings meanwhile. Look at them as they are now and save again.", Current: current}
}
