// Package resources is the APIs that tokens are for, with their scopes. Who may ask for them is its neighbours' matter:
// handlers/roles and handlers/grants.
package resources

import (
	"context"
	"encoding/json"
	"time"

	"gatehouse/models"
)

// Ops are the things that can be done with resources and their scopes.
type Ops struct {
	DB    models.DB
	Vault *models.Vault
	Now   func() time.Time
	// Tenant gives the tenant's settings, cached.
	Tenant func(ctx context.Context) (models.Tenant, error)
	// SetDefault makes an identifier the tenant's default audience, or none, in a transaction.
	SetDefault func(ctx context.Context, tx models.DB, identifier string) error
	// Names is how the identifiers of this server's own APIs are told from others.
	Names Names

	cache *models.Cache[*models.Resource]
}

// New makes the operations on a database. There is one per server: it holds the cache that Registered reads.
func New(db models.DB, vault *models.Vault, names Names) Ops {
	return Ops{DB: db, Vault: vault, Now: models.Now, Names: names, cache: models.NewCache[*models.Resource](db.Caches, models.CacheResource, 10_000),
		Tenant:     func(context.Context) (models.Tenant, error) { return models.Tenant{}, nil },
		SetDefault: func(context.Context, models.DB, string) error { return nil }}
}

// In is the same operations inside tx.
func (o Ops) In(tx models.DB) Ops { o.DB = tx; return o }

// Fields are what creation and update share. Absent ones keep their values; null puts one back to its default.
type Fields struct {
	Name               models.Opt[string]                     `json:"name,omitzero" form:"name" doc:"1 to 200 characters."`
	Description        models.Opt[string]                     `json:"description,omitzero" form:"description" doc:"Up to 500 characters."`
	SigningAlg         models.Opt[string]                     `json:"signing_alg,omitzero" form:"signing_alg" enum:",ES256,RS256,PS256,EdDSA,HS256,RS512" doc:"Empty: as the tenant chose. No token is made with HS256 and RS512."`
	LifetimeSeconds    models.Opt[int64]                      `json:"access_token_lifetime_seconds,omitzero" form:"access_token_lifetime_seconds" doc:"0 to 2592000; null or 0: the tenant's. No token lives longer than a day."`
	WebLifetimeSeconds models.Opt[int64]                      `json:"web_lifetime_seconds,omitzero" form:"web_lifetime_seconds" doc:"0 to 2592000."`
	AllowOfflineAccess models.Opt[bool]                       `json:"allow_offline_access,omitzero" form:"allow_offline_access"`
	SkipConsent        models.Opt[bool]                       `json:"skip_consent,omitzero" form:"skip_consent"`
	IsDefault          models.Opt[bool]                       `json:"is_default,omitzero" form:"is_default" doc:"Needs settings.update as well."`
	Scopes             models.Opt[[]ScopeIn]                  `json:"scopes,omitzero" doc:"All of them: scopes that are not in the list go, with what was granted of them."`
	Stored             models.Opt[map[string]json.RawMessage] `json:"-"` // of a dialect; merged by name, null removes
	SigningSecret      models.Opt[models.Secret]              `json:"-"` // of a dialect, with HS256
}

// ScopeIn is what a caller may say about a scope.
type ScopeIn struct {
	Name        string `json:"name" form:"name" doc:"1 to 280 visible characters without space, quote and backslash."`
	Description string `json:"description" form:"description" doc:"Up to 500 characters."`
}

// CreateIn is what a caller may say about a new resource.
type CreateIn struct {
	Identifier string `json:"identifier" form:"identifier" doc:"1 to 600 characters, best an https URL; chosen for good."`
	Fields
	ID     string `json:"-"` // an import brings its own
	System string `json:"-"`
}

// Create stores a new resource with its scopes.
// Faults: Invalid, Conflict (resource_identifier_taken).
func (o Ops) Create(ctx context.Context, in CreateIn) (models.Resource, error) {
	if err := models.Need(ctx, "resource.create", "", "resource"); err != nil {
		return models.Resource{}, err
	}
	row := o.draft(ctx, in)
	if err := o.check(row, in.Fields); err != nil {
		return models.Resource{}, err
	}
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if err := insert(ctx, tx, &row); err != nil {
			return err
		}
		if _, err := o.In(tx).setScopes(ctx, &row, in.Scopes.V); err != nil {
			return err
		}
		if err := o.makeDefault(ctx, tx, &row, in.IsDefault); err != nil {
			return err
		}
		return record(ctx, tx, "resource.created", nil, &row)
	})
	return row, err
}

func (o Ops) draft(ctx context.Context, in CreateIn) models.Resource {
	now := o.Now()
	row := models.Resource{ID: in.ID, TenantID: models.ActorFrom(ctx).TenantID, Identifier: in.Identifier, System: in.System, Name: in.Identifier, Version: 1, CreatedAt: now, UpdatedAt: now}
	if row.ID == "" {
		row.ID = models.NewID(models.LongID)
	}
	in.apply(o.Vault, &row)
	return row
}

func (f Fields) apply(vault *models.Vault, r *models.Resource) {
	f.Name.To(&r.Name)
	if f.Name.Null || r.Name == "" {
		r.Name = cut(r.Identifier, maxName)
	}
	f.Description.To(&r.Description)
	f.SigningAlg.To(&r.SigningAlg)
	f.LifetimeSeconds.ToPtr(&r.AccessTokenLifetimeSeconds)
	f.WebLifetimeSeconds.ToPtr(&r.WebLifetimeSeconds)
	f.AllowOfflineAccess.To(&r.AllowOfflineAccess)
	f.SkipConsent.To(&r.SkipConsent)
	if f.Stored.Set {
		r.Stored = models.MergeStored(r.Stored, f.Stored.V)
	}
	if f.SigningSecret.Set {
		r.SealedSecret = ""
		if !f.SigningSecret.V.Empty() {
			r.SealedSecret = vault.Seal("resources", "sealed_secret", r.ID, f.SigningSecret.V)
		}
	}
}

// SigningSecret opens the symmetric key of a resource, empty when it has none.
// Faults: Forbidden.
func (o Ops) SigningSecret(ctx context.Context, r models.Resource) (models.Secret, error) {
	if r.SealedSecret == "" {
		return models.Secret{}, nil
	}
	if !models.ReadsSecrets(ctx, "") {
		return models.Secret{}, models.Denied("secret.read")
	}
	return o.Vault.Open("resources", "sealed_secret", r.ID, r.SealedSecret)
}

// OneIn names a resource by its id.
type OneIn struct {
	ID string `path:"id" json:"-" doc:"The resource's id."`
}

// Get gives a resource with its scopes. Faults: NotFound.
func (o Ops) Get(ctx context.Context, in OneIn) (models.Resource, error) {
	if err := models.Need(ctx, "resource.read", "", "resource"); err != nil {
		return models.Resource{}, err
	}
	return o.find(ctx, o.DB.Read, in.ID)
}

// UpdateIn is what a caller may change about a resource.
type UpdateIn struct {
	ID      string            `path:"id" json:"-" doc:"The resource's id."`
	Version models.Opt[int64] `json:"-" form:"version" header:"If-Match"`
	Fields
}

// Update changes a resource. The server's own resources keep their scopes and names.
// Faults: Invalid, NotFound, Stale (resource_changed) with the row as it is now, Conflict (system_resource).
func (o Ops) Update(ctx context.Context, in UpdateIn) (out models.Resource, err error) {
	if err := models.Need(ctx, "resource.update", "", "resource"); err != nil {
		return out, err
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		before, err := o.find(ctx, tx.Write, in.ID)
		if err != nil {
			return err
		}
		if in.Version.Set && !in.Version.Null && in.Version.V != before.Version {
			return &models.Fault{Code: models.Stale, Reason: "resource_changed", Text: "Somebody changed this resource after you opened it.", Current: before}
		}
		out = before
		in.apply(o.Vault, &out)
		if err := o.checkChange(before, out, in.Fields); err != nil {
			return err
		}
		return o.In(tx).change(ctx, before, &out, in.Fields)
	})
	return out, err
}

// change stores an update that says something new, with its event, and makes token requests read it.
func (o Ops) change(ctx context.Context, before models.Resource, after *models.Resource, said Fields) error {
	if said.Scopes.Set {
		if _, err := o.setScopes(ctx, after, said.Scopes.V); err != nil {
			return err
		}
	}
	if err := o.makeDefault(ctx, o.DB, after, said.IsDefault); err != nil {
		return err
	}
	if models.Diff(before, *after) == nil && before.SealedSecret == after.SealedSecret {
		return nil
	}
	after.Version, after.UpdatedAt = before.Version+1, o.Now()
	if err := update(ctx, o.DB, before.Version, after); err != nil {
		return err
	}
	return record(ctx, o.DB, "resource.updated", &before, after)
}

// makeDefault makes a resource the one that a token is for when none was named, or takes that from it.
func (o Ops) makeDefault(ctx context.Context, tx models.DB, r *models.Resource, say models.Opt[bool]) error {
	if !say.Set || say.V == r.IsDefault {
		return nil
	}
	r.IsDefault = say.V
	if say.V {
		return o.SetDefault(ctx, tx, r.Identifier)
	}
	return o.SetDefault(ctx, tx, "")
}

// Delete removes a resource with its scopes and with all that was granted of them.
// Faults: NotFound, Conflict (system_resource).
func (o Ops) Delete(ctx context.Context, in OneIn) error {
	if err := models.Need(ctx, "resource.delete", "", "resource"); err != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		row, err := o.find(ctx, tx.Write, in.ID)
		if err != nil {
			return err
		}
		if row.System != "" {
			return systemFault("It stands for a management API of this server and cannot be deleted.")
		}
		if err := o.makeDefault(ctx, tx, &row, models.Some(false)); err != nil {
			return err
		}
		if err := remove(ctx, tx, row); err != nil {
			return err
		}
		return record(ctx, tx, "resource.deleted", &row, nil)
	})
}

func systemFault(text string) *models.Fault {
	return &models.Fault{Code: models.Conflict, Reason: "system_resource", Text: text}
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
