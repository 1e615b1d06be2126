// Package credentials is how clients prove who they are: secrets, public keys and certificates. It knows clients by their
// row only; what a client is belongs to its neighbour, handlers/clients.
package credentials

import (
	"context"
	"time"

	"gatehouse/models"
)

// Limit is the most credentials that a client may hold, of all kinds together and without the retired ones.
const Limit = 20

// Ops are the things that can be done with credentials.
type Ops struct {
	DB    models.DB
	Vault *models.Vault
	Now   func() time.Time

	secrets *models.Cache[[]models.Credential] // sealed, by client
}

// cacheName is the cache of the secrets that lists show the primary one of.
const cacheName = "client_secrets"

// New makes the operations on a database. There is one set per server: it holds the cache.
func New(db models.DB, vault *models.Vault) Ops {
	return Ops{DB: db, Vault: vault, Now: models.Now, secrets: models.NewCache[[]models.Credential](db.Caches, cacheName, 4096)}
}

// In is the same operations inside tx.
func (o Ops) In(tx models.DB) Ops { o.DB = tx; return o }

// Credential is a credential as it is shown: never its value.
type Credential struct {
	models.Credential
	Status     string     `json:"status" enum:"valid,expired,retired,awaited" doc:"Whether it opens anything now."`
	LastUsedAt *time.Time `json:"last_used_at" doc:"Accurate to about ten seconds; null when it was never used."`
	LastIP     string     `json:"last_ip,omitempty"`
}

// Value is a secret together with its value. It is the answer of creation and of a reveal, once, and is stored nowhere.
type Value struct {
	Credential
	Value string `json:"value" doc:"The secret itself. This answer is the only place that tells it."`
}

// ClientIn names a client.
type ClientIn struct {
	ClientID string `path:"id" json:"-" doc:"The client_id."`
}

// OneIn names one credential of a client; both ids are checked together.
type OneIn struct {
	ClientID string `path:"id" json:"-" doc:"The client_id."`
	ID       string `path:"secret_id" json:"-" doc:"The credential's id."`
}

// List gives the secrets of a client, the newest first, retired ones too.
// Faults: NotFound (client).
func (o Ops) List(ctx context.Context, in ClientIn) (models.List[Credential], error) {
	return o.list(ctx, in.ClientID, models.CredentialSecret)
}

// Get gives one secret without its value.
// Faults: NotFound (client, secret).
func (o Ops) Get(ctx context.Context, in OneIn) (Credential, error) {
	if _, err := o.reach(ctx, "credential.read", in.ClientID); err != nil {
		return Credential{}, err
	}
	row, err := one(ctx, o.DB.Read, in.ClientID, in.ID, models.CredentialSecret)
	if err != nil {
		return Credential{}, err
	}
	return o.show(ctx, row)
}

func (o Ops) list(ctx context.Context, clientID, kind string) (models.List[Credential], error) {
	var out models.List[Credential]
	if _, err := o.reach(ctx, "credential.read", clientID); err != nil {
		return out, err
	}
	rows, err := ofClient(ctx, o.DB.Read, clientID, kind)
	if err != nil {
		return out, err
	}
	out.Items, err = o.shown(ctx, rows)
	return out, err
}

// reach finds the client and judges the actor on its application.
func (o Ops) reach(ctx context.Context, action, clientID string) (client, error) {
	c, err := findClient(ctx, o.DB, clientID, false)
	if err != nil {
		return c, err
	}
	return c, o.may(ctx, action, c)
}

// may judges the actor on the client's application. Whoever gets a secret or leaves a key has shown lately who they are, and what
// opens management APIs is for those who could grant them.
func (o Ops) may(ctx context.Context, action string, c client) error {
	if err := models.Need(ctx, action, c.ApplicationID, "client"); err != nil {
		return err
	}
	switch action {
	case "credential.delete", "credential.read":
		return nil
	case "credential.create", "credential.update", "secret.reveal":
		if err := models.NeedRecentSignIn(models.ActorFrom(ctx), o.Now()); err != nil {
			return err
		}
	}
	return models.NeedHold(ctx, o.DB, c.ID)
}

// change runs a change of one client's credentials: the client is locked, so that limits, names and the primary one are
// settled by one change at a time, and the engines forget what they remembered of it.
func (o Ops) change(ctx context.Context, action, clientID string, fn func(ctx context.Context, tx models.DB, c client) error) error {
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		c, err := findClient(ctx, tx, clientID, true)
		if err != nil {
			return err
		}
		if err := o.In(tx).may(ctx, action, c); err != nil {
			return err
		}
		if err := fn(ctx, tx, c); err != nil {
			return err
		}
		tx.Drop(models.CacheOAuthClient, clientID)
		tx.Drop(cacheName, clientID)
		tx.Drop(models.CacheApplicationCard, c.ApplicationID)
		return nil
	})
}

// record writes the event of a change to a credential. The value and what hints at it are never part of it.
func record(ctx context.Context, tx models.DB, verb string, c client, before, after *models.Credential) error {
	subject := after
	if subject == nil {
		subject = before
	}
	return models.Record(ctx, tx, models.Event{
		Type: subject.Kind + "." + verb, ObjectKind: subject.Kind, ObjectID: subject.ID, ObjectName: c.Name + " / " + subject.Name,
		ApplicationID: c.ApplicationID, Detail: models.Diff(plain(before), plain(after)),
	})
}

// plain leaves the beginning and end of a secret out of the audit log.
func plain(c *models.Credential) any {
	if c == nil {
		return nil
	}
	row := *c
	row.Prefix, row.LastFour = "", ""
	return row
}
