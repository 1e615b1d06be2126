// Package events reads the audit log: lists and exports it, tells each event in a sentence, and draws its pages. Events are
// written by models.Record in the transaction of the change they speak of; nothing here changes one.
package events

import (
	"context"
	"time"

	"gatehouse/models"
)

// Ops are the things that can be done with the audit log.
type Ops struct {
	DB    models.DB
	Vault *models.Vault
	Now   func() time.Time
	past  *past
}

// New makes the operations.
func New(db models.DB, vault *models.Vault, now func() time.Time) Ops {
	return Ops{DB: db, Vault: vault, Now: now, past: &past{}}
}

// In gives the same operations inside a transaction.
func (o Ops) In(tx models.DB) Ops { o.DB = tx; return o }

// ListIn is what a caller may say about a list of events.
type ListIn struct {
	FilterIn
	models.PageIn
}

// listName is the list that cursors of events belong to.
const listName = "events"

// List gives a page of events, newest first. An actor that is limited to an application sees the events of that application.
// Faults: Invalid (a filter, cursor), NotFound (application).
func (o Ops) List(ctx context.Context, in ListIn) (models.List[models.Event], error) {
	var none models.List[models.Event]
	f, err := check(ctx, in.FilterIn)
	if err != nil {
		return none, err
	}
	var from models.Key
	if in.Cursor != "" {
		if from, err = o.Vault.ReadCursor(listName, in.Cursor); err != nil {
			return none, err
		}
	}
	rows, err := o.page(ctx, f, from, in.Size()+1)
	if err != nil {
		return none, err
	}
	return models.Paged(o.Vault, listName, rows, in.Size(), from, place), nil
}

// place is where an event stands in the list.
func place(e models.Event) models.Key { return models.Key{Time: e.At, ID: e.ID} }

// GetIn names an event.
type GetIn struct {
	ID string `path:"id" doc:"The event."`
}

// Get gives one event. Faults: NotFound (event), also for an event of an application out of reach.
func (o Ops) Get(ctx context.Context, in GetIn) (models.Event, error) {
	f, err := check(ctx, FilterIn{})
	if err != nil {
		return models.Event{}, err
	}
	return o.one(ctx, f, in.ID)
}
