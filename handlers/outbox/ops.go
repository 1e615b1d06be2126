// Package outbox keeps the mails and text messages that the server wrote, for everybody to read who may, until a delivery
// provider is configured. Any feature sends through it, inside the transaction of what it does.
package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gatehouse/models"
)

// Kept is how long a message stays in the outbox.
const Kept = 30 * 24 * time.Hour

// privilegedAction is what a reader of messages about administrators' accounts must hold: such a message can open the account.
const privilegedAction = "administrator.update"

// Ops are the things that can be done with the outbox.
type Ops struct {
	DB    models.DB
	Vault *models.Vault
	Now   func() time.Time
	// Delivers tells whether a mail that is written now will be delivered; nil delivers none.
	Delivers func(ctx context.Context, tx models.DB) (bool, error)
}

// New makes the operations on a database.
func New(db models.DB, vault *models.Vault) Ops { return Ops{DB: db, Vault: vault, Now: models.Now} }

// In is the same operations inside tx.
func (o Ops) In(tx models.DB) Ops { o.DB = tx; return o }

// Message is what a feature sends. Data holds the code or link by itself, for programs that read the outbox.
type Message struct {
	Channel    string // models.ChannelEmail or ChannelSMS
	To         string
	Template   string
	Subject    string // empty for text messages
	Text, HTML string
	Data       map[string]any
	Privileged bool // it opens an administrator's account
}

// Send writes a message into the transaction that o is bound to, so that it is there before the answer that caused it, or not
// at all. Messages older than Kept leave on the way.
func (o Ops) Send(ctx context.Context, m Message) error {
	if m.Data == nil {
		m.Data = map[string]any{}
	}
	data, err := json.Marshal(m.Data)
	if err != nil {
		return fmt.Errorf("write message %s: %w", m.Template, err)
	}
	row := models.OutboxMessage{ID: models.NewID(models.LongID), TenantID: models.ActorFrom(ctx).TenantID, CreatedAt: o.Now(),
		Channel: m.Channel, To: m.To, Template: m.Template, Subject: m.Subject, Privileged: m.Privileged,
		OutboxBody: models.OutboxBody{Text: m.Text, HTML: m.HTML, Data: data}}
	if m.Channel == models.ChannelEmail && o.Delivers != nil {
		if will, err := o.Delivers(ctx, o.DB); err != nil {
			return err
		} else if will {
			row.Delivery, row.NextAt = models.MailPending, &row.CreatedAt
		}
	}
	return o.insert(ctx, row)
}

// ListIn is what a caller may ask of the list.
type ListIn struct {
	models.PageIn
	To       string `query:"to" doc:"Only messages to this address or number."`
	Template string `query:"template" doc:"Only messages of this template."`
}

// List gives messages, the newest first.
// Faults: Invalid (cursor).
func (o Ops) List(ctx context.Context, in ListIn) (models.List[models.OutboxMessage], error) {
	if err := models.Need(ctx, "outbox.read", "", "message"); err != nil {
		return models.List[models.OutboxMessage]{}, err
	}
	var from models.Key
	if in.Cursor != "" {
		var err error
		if from, err = o.Vault.ReadCursor(listName, in.Cursor); err != nil {
			return models.List[models.OutboxMessage]{}, err
		}
	}
	rows, err := o.page(ctx, in, from)
	if err != nil {
		return models.List[models.OutboxMessage]{}, err
	}
	return models.Paged(o.Vault, listName, rows, in.Size(), from, func(m models.OutboxMessage) models.Key {
		return models.Key{Time: m.CreatedAt, ID: m.ID}
	}), nil
}

// OneIn names a message.
type OneIn struct {
	ID string `path:"id" json:"-"`
}

// Get gives one message. One that opens an administrator's account is shown to a person who has signed in lately.
// Faults: NotFound, Forbidden (recent_sign_in_needed).
func (o Ops) Get(ctx context.Context, in OneIn) (models.OutboxMessage, error) {
	if err := models.Need(ctx, "outbox.read", "", "message"); err != nil {
		return models.OutboxMessage{}, err
	}
	m, err := o.one(ctx, in.ID)
	if err == nil && m.Privileged {
		err = models.NeedRecentSignIn(models.ActorFrom(ctx), o.Now())
	}
	if err != nil {
		return models.OutboxMessage{}, err
	}
	return m, nil
}
