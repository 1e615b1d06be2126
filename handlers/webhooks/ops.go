// Package webhooks tells addresses outside of what happened here. Every change writes its audit event in its own transaction;
// a worker follows that log, queues a delivery for each webhook that wants the event, and sends it until it is received. So no
// feature knows of webhooks, and what was committed is told, whatever happens to the process in between.
package webhooks

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"gatehouse/handlers/outbound"
	"gatehouse/models"
)

// MostWebhooks is how many webhooks a tenant may have: each costs a delivery for every event it wants.
const MostWebhooks = 100

// Speaker is a dialect that has names and bodies of its own for events.
type Speaker interface {
	// Knows tells whether a name is an event of the dialect's documents.
	Knows(name string) bool
	// Name is the dialect's name of an event, empty when it has none.
	Name(e models.Event) string
	// Body is what a webhook is told; data is the object as it is now, nil when it is gone or not known.
	Body(hook models.Webhook, name string, e models.Event, data any) any
	// Sample is what a test sends.
	Sample(hook models.Webhook, name string, now time.Time) any
}

// Ops are the things that can be done with webhooks.
type Ops struct {
	DB       models.DB
	Vault    *models.Vault
	Out      *outbound.Client
	Now      func() time.Time
	Speakers []Speaker
	// Data reads an object of an event as it is now, for the bodies that hold it; nil when it is gone or of another kind.
	Data func(ctx context.Context, e models.Event) any

	wake chan struct{} // a delivery is due before the next look
}

// New makes the operations on a database. There is one per server, whose worker they wake.
func New(db models.DB, vault *models.Vault, out *outbound.Client) Ops {
	return Ops{DB: db, Vault: vault, Out: out, Now: models.Now, wake: make(chan struct{}, 1)}
}

// In is the same operations inside tx.
func (o Ops) In(tx models.DB) Ops { o.DB = tx; return o }

// CreateIn is what a caller may say about a new webhook.
type CreateIn struct {
	Name    string                   `json:"name" doc:"1 to 256 characters."`
	URL     string                   `json:"url" doc:"https address that is called with POST. Plain http and private networks need --allow-outbound."`
	Events  []string                 `json:"events" doc:"Types of events: client.created, client.* or *. Without any it is told nothing."`
	Headers map[string]models.Secret `json:"headers,omitempty" doc:"Headers that are sent along, at most 20. Their values are not shown again."`
	Enabled models.Opt[bool]         `json:"enabled,omitzero" doc:"True unless said otherwise."`
	Retries models.Opt[int64]        `json:"retries,omitzero" doc:"0 to 10; 5 unless said otherwise."`

	Stored map[string]json.RawMessage `json:"-"` // for dialects
}

// Created is a new webhook, or one with a new key, and the key: it is in this answer only.
type Created struct {
	models.Webhook
	SigningKey string `json:"signing_key" doc:"Verifies the signature of deliveries. It is not shown again."`
}

// Create stores a new webhook.
// Faults: Invalid (name, url, events, headers, retries), Conflict (too_many_webhooks).
func (o Ops) Create(ctx context.Context, in CreateIn) (Created, error) {
	var out Created
	if err := models.Need(ctx, "webhook.create", "", "webhook"); err != nil {
		return out, err
	}
	row, err := o.draft(ctx, in)
	if err != nil {
		return out, err
	}
	key := NewKey()
	row.SealedKey = o.Vault.Seal(table, "sealed_key", row.ID, models.NewSecret(key))
	o.sealHeaders(&row, in.Headers)
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if err := o.In(tx).insert(ctx, row); err != nil {
			return err
		}
		return models.Record(ctx, tx, event("webhook.created", row, models.Diff(nil, row)))
	})
	return Created{row, key}, err
}

// draft is the row of a new webhook, without what is sealed, and what is wrong with it.
func (o Ops) draft(ctx context.Context, in CreateIn) (models.Webhook, error) {
	now := o.Now()
	row := models.Webhook{ID: models.NewID(models.LongID), TenantID: models.ActorFrom(ctx).TenantID, Name: in.Name, URL: in.URL,
		Events: in.Events, Enabled: true, Retries: DefaultRetries, Stored: in.Stored, CreatedAt: now, UpdatedAt: now, Version: 1}
	in.Enabled.To(&row.Enabled)
	in.Retries.To(&row.Retries)
	return row, o.check(&row, in.Headers)
}

// OneIn names a webhook.
type OneIn struct {
	ID string `path:"id" json:"-"`
}

// Get gives one webhook.
// Faults: NotFound.
func (o Ops) Get(ctx context.Context, in OneIn) (models.Webhook, error) {
	if err := models.Need(ctx, "webhook.read", "", "webhook"); err != nil {
		return models.Webhook{}, err
	}
	return o.one(ctx, in.ID)
}

// List gives all webhooks, the oldest first; there are at most MostWebhooks.
func (o Ops) List(ctx context.Context, _ struct{}) (models.List[models.Webhook], error) {
	if err := models.Need(ctx, "webhook.read", "", "webhook"); err != nil {
		return models.List[models.Webhook]{}, err
	}
	rows, err := o.all(ctx)
	return models.List[models.Webhook]{Items: rows}, err
}

// UpdateIn is what a caller may change. A header that is null is removed; one that is not named stays.
type UpdateIn struct {
	ID      string                                           `path:"id" json:"-"`
	Name    models.Opt[string]                               `json:"name,omitzero"`
	URL     models.Opt[string]                               `json:"url,omitzero"`
	Events  models.Opt[[]string]                             `json:"events,omitzero"`
	Headers models.Opt[map[string]models.Opt[models.Secret]] `json:"headers,omitzero" doc:"By name: a value sets, null removes, what is not named stays."`
	Enabled models.Opt[bool]                                 `json:"enabled,omitzero"`
	Retries models.Opt[int64]                                `json:"retries,omitzero"`
	Version models.Opt[int64]                                `json:"-" form:"version" header:"If-Match"`

	ReplaceHeaders bool                                   `json:"-"` // those of Headers are all there are
	Stored         models.Opt[map[string]json.RawMessage] `json:"-"`
}

// Update changes a webhook.
// Faults: NotFound, Invalid (name, url, events, headers, retries), Stale (webhook_changed).
func (o Ops) Update(ctx context.Context, in UpdateIn) (models.Webhook, error) {
	var out models.Webhook
	if err := models.Need(ctx, "webhook.update", "", "webhook"); err != nil {
		return out, err
	}
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) (err error) {
		o := o.In(tx)
		before, err := o.one(ctx, in.ID)
		if err != nil {
			return err
		}
		if in.Version.Set && in.Version.V != before.Version {
			return stale(before)
		}
		if out, err = o.changed(before, in); err != nil {
			return err
		}
		detail := models.Diff(before, out)
		if detail == nil && out.SealedHeaders == before.SealedHeaders {
			return nil // saving what is there already is no change
		}
		out.Version, out.UpdatedAt = before.Version+1, o.Now()
		if err := o.store(ctx, before, out, "name", "url", "events", "header_names", "sealed_headers", "enabled", "retries", "stored"); err != nil {
			return err
		}
		return models.Record(ctx, tx, event("webhook.updated", out, detail))
	})
	return out, err
}

// changed is the row with what in says.
func (o Ops) changed(row models.Webhook, in UpdateIn) (models.Webhook, error) {
	row.Events = slices.Clone(row.Events)
	in.Name.To(&row.Name)
	in.URL.To(&row.URL)
	in.Events.To(&row.Events)
	in.Enabled.To(&row.Enabled)
	in.Retries.To(&row.Retries)
	in.Stored.To(&row.Stored)
	headers, err := o.headers(row)
	if err != nil {
		return row, err
	}
	touched := in.Headers.Set && (len(in.Headers.V) > 0 || in.ReplaceHeaders || in.Headers.Null)
	if in.ReplaceHeaders && in.Headers.Set || in.Headers.Null {
		headers = map[string]models.Secret{}
	}
	for name, value := range in.Headers.V {
		dropHeader(headers, name)
		if !value.Null {
			headers[name] = value.V
		}
	}
	if err := o.check(&row, headers); err != nil {
		return row, err
	}
	if touched {
		o.sealHeaders(&row, headers)
	}
	return row, nil
}

// DeleteIn names a webhook to delete, perhaps only in the version that the caller saw.
type DeleteIn struct {
	ID      string            `path:"id" json:"-"`
	Version models.Opt[int64] `json:"-" form:"version" header:"If-Match"`
}

// Delete removes a webhook with its deliveries; what waits is not sent any more.
// Faults: NotFound, Stale (webhook_changed).
func (o Ops) Delete(ctx context.Context, in DeleteIn) error {
	if err := models.Need(ctx, "webhook.delete", "", "webhook"); err != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		row, err := o.one(ctx, in.ID)
		if err != nil {
			return err
		}
		if in.Version.Set && in.Version.V != row.Version {
			return stale(row)
		}
		if err := o.remove(ctx, row); err != nil {
			return err
		}
		return models.Record(ctx, tx, event("webhook.deleted", row, models.Diff(row, nil)))
	})
}

func event(kind string, row models.Webhook, detail json.RawMessage) models.Event {
	return models.Event{Type: kind, ObjectKind: "webhook", ObjectID: row.ID, ObjectName: row.Name, Detail: detail}
}

func stale(current models.Webhook) *models.Fault {
	return &models.Fault{Code: models.Stale, Reason: "webhook_changed", Current: current,
		Text: "Somebody changed this webhook meanwhile. Look at it as it is now and save again."}
}
