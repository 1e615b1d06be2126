// Package documents keeps settings of the tenant that need no table of their own: texts, templates, domains and policies, each a
// JSON object with a kind and a key. What a body must hold, its feature or its dialect says; here it is stored, versioned,
// permitted as <kind>.read and so on, and audited as <kind>.created.
package documents

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gatehouse/models"
)

// mostBytes is how large a body may be: page templates and stylesheets are the largest things kept here.
const mostBytes = 1 << 20

// cacheName is the cache of documents, by kind and key.
const cacheName = "document"

// Ops are the things that can be done with documents.
type Ops struct {
	DB    models.DB
	Vault *models.Vault
	Now   func() time.Time
	// Governed are the kinds that their feature alone deletes, because it has rules about that.
	Governed []string
	cache    *models.Cache[models.Document]
}

// New makes the operations on a database. There is one set per server: it holds the cache.
func New(db models.DB, vault *models.Vault) Ops {
	return Ops{DB: db, Vault: vault, Now: models.Now, cache: models.NewCache[models.Document](db.Caches, cacheName, 2048)}
}

// In is the same operations inside tx, where nothing is remembered.
func (o Ops) In(tx models.DB) Ops {
	o.DB, o.cache = tx, nil
	return o
}

// Ref names a document.
type Ref struct {
	Kind string `path:"kind" json:"-" doc:"What it is: email_template, custom_domain."`
	Key  string `path:"key" json:"-" doc:"Its name among those of its kind."`
}

// Mode says what Put may meet.
type Mode int

// The modes of Put.
const (
	Upsert     Mode = iota // create or replace
	CreateOnly             // Conflict when it exists
	UpdateOnly             // NotFound when it does not
)

// PutIn is a document as a caller wants it. An absent secret stays; null or an empty one removes it.
type PutIn struct {
	Ref
	Body    any
	Secret  models.Opt[models.Secret]
	Version models.Opt[int64]
	Mode    Mode
}

// Get gives a document.
// Faults: NotFound (<kind>_not_found), Forbidden.
func (o Ops) Get(ctx context.Context, ref Ref) (models.Document, error) {
	if err := models.Need(ctx, ref.Kind+".read", "", ref.Kind); err != nil {
		return models.Document{}, err
	}
	if o.cache == nil {
		return o.find(ctx, ref)
	}
	tenant := models.ActorFrom(ctx).TenantID
	return o.cache.Get(ctx, cacheKey(tenant, ref), func(ctx context.Context, _ string) (models.Document, error) { return o.find(ctx, ref) })
}

// List gives all documents of a kind, the oldest first.
// Faults: Forbidden.
func (o Ops) List(ctx context.Context, kind string) ([]models.Document, error) {
	if err := models.Need(ctx, kind+".read", "", kind); err != nil {
		return nil, err
	}
	return o.ofKind(ctx, kind)
}

// Put stores a document and tells whether it is a new one. A body and a secret that are equal to the stored ones change nothing.
// Faults: Conflict (<kind>_exists), NotFound, Stale (<kind>_changed), TooLarge, Forbidden.
func (o Ops) Put(ctx context.Context, in PutIn) (out models.Document, created bool, err error) {
	body, err := json.Marshal(in.Body)
	if err != nil {
		return out, false, fmt.Errorf("encode %s %s: %w", in.Kind, in.Key, err)
	}
	if len(body) > mostBytes {
		return out, false, &models.Fault{Code: models.TooLarge, Reason: in.Kind + "_too_large", Text: "This is larger than 1 MiB."}
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		before, err := o.find(ctx, in.Ref)
		if created = models.IsFault(err, models.NotFound); created {
			out, err = o.create(ctx, in, body)
			return err
		}
		if err != nil {
			return err
		}
		out, err = o.replace(ctx, in, before, body)
		return err
	})
	return out, created, err
}

func (o Ops) create(ctx context.Context, in PutIn, body []byte) (models.Document, error) {
	if in.Mode == UpdateOnly || in.Version.Set {
		if err := models.Need(ctx, in.Kind+".update", "", in.Kind); err != nil {
			return models.Document{}, err
		}
		return models.Document{}, models.Missing(in.Kind)
	}
	if err := models.Need(ctx, in.Kind+".create", "", in.Kind); err != nil {
		return models.Document{}, err
	}
	now := o.Now()
	row := models.Document{TenantID: models.ActorFrom(ctx).TenantID, Kind: in.Kind, Key: in.Key, Body: body, Version: 1, CreatedAt: now, UpdatedAt: now}
	row.SealedSecret = o.seal(row, in.Secret)
	if err := o.insert(ctx, row); err != nil {
		return row, err
	}
	return row, o.record(ctx, ".created", nil, &row)
}

func (o Ops) replace(ctx context.Context, in PutIn, before models.Document, body []byte) (models.Document, error) {
	if in.Mode == CreateOnly {
		if err := models.Need(ctx, in.Kind+".create", "", in.Kind); err != nil {
			return before, err
		}
		return before, taken(in.Ref)
	}
	if err := models.Need(ctx, in.Kind+".update", "", in.Kind); err != nil {
		return before, err
	}
	if in.Version.Set && in.Version.V != before.Version {
		return before, stale(before)
	}
	after := before
	after.Body = body
	turned := in.Secret.Set
	if known, err := o.Secret(ctx, before); turned && err == nil { // one that cannot be opened is replaced
		turned = !known.Equal(in.Secret.V.Reveal())
	}
	if turned {
		after.SealedSecret = o.seal(before, in.Secret)
	}
	if string(after.Body) == string(before.Body) && !turned {
		return before, nil
	}
	after.Version, after.UpdatedAt = before.Version+1, o.Now()
	if err := o.update(ctx, before, after); err != nil {
		return before, err
	}
	return after, o.record(ctx, ".updated", &before, &after)
}

// Delete removes a document.
// Faults: NotFound (<kind>_not_found), Forbidden.
func (o Ops) Delete(ctx context.Context, ref Ref) error {
	if err := models.Need(ctx, ref.Kind+".delete", "", ref.Kind); err != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		row, err := o.find(ctx, ref)
		if err != nil {
			return err
		}
		if err := o.remove(ctx, row); err != nil {
			return err
		}
		return o.record(ctx, ".deleted", &row, nil)
	})
}

// Secret opens what is sealed beside a document. Callers show it to those with secret.read only.
func (o Ops) Secret(_ context.Context, d models.Document) (models.Secret, error) {
	if d.SealedSecret == "" {
		return models.Secret{}, nil
	}
	return o.Vault.Open("documents", "sealed_secret", d.Kind+"/"+d.Key, d.SealedSecret)
}

func (o Ops) seal(d models.Document, said models.Opt[models.Secret]) string {
	if said.V.Empty() {
		return ""
	}
	return o.Vault.Seal("documents", "sealed_secret", d.Kind+"/"+d.Key, said.V)
}

// Load reads a document into a value of type T, and gives fallback where there is none.
func Load[T any](ctx context.Context, o Ops, ref Ref, fallback T) (T, error) {
	d, err := o.Get(ctx, ref)
	if models.IsFault(err, models.NotFound) {
		return fallback, nil
	}
	if err != nil {
		return fallback, err
	}
	var out T
	if err := json.Unmarshal(d.Body, &out); err != nil {
		return fallback, fmt.Errorf("read %s %s: %w", ref.Kind, ref.Key, err)
	}
	return out, nil
}
