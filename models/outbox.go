package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Channels of messages.
const (
	ChannelEmail = "email"
	ChannelSMS   = "sms"
)

// How far the delivery of a message has come.
const (
	MailKept    = "" // it stays in the outbox: nobody was configured to deliver it
	MailPending = "pending"
	MailSent    = "sent"
	MailFailed  = "failed"
)

// OutboxMessage is a mail or text message that the server wrote. It stays readable here until a delivery provider takes over.
// Its words hold codes and links that open something, so they are sealed at rest.
type OutboxMessage struct {
	bun.BaseModel `bun:"table:outbox_messages,alias:om"`

	ID         string    `bun:"id,pk" json:"id"`
	TenantID   string    `bun:"tenant_id" json:"-"`
	CreatedAt  time.Time `bun:"created_at" json:"created_at"`
	Channel    string    `bun:"channel" json:"channel" enum:"email,sms"`
	To         string    `bun:"recipient" json:"to"`
	Template   string    `bun:"template" json:"template" doc:"Which message this is: administrator_invitation, verification_code."`
	Subject    string    `bun:"subject" json:"subject"`
	Sealed     string    `bun:"sealed" json:"-"`     // OutboxBody as JSON
	Privileged bool      `bun:"privileged" json:"-"` // opens an administrator's account: only for those who may change administrators
	OutboxBody `bun:"-"`

	From     string     `bun:"sender" json:"from,omitempty"` // the provider's when empty
	ReplyTo  string     `bun:"reply_to" json:"reply_to,omitempty"`
	Delivery string     `bun:"delivery" json:"delivery,omitempty" enum:"pending,sent,failed" doc:"How far its delivery has come; absent when nobody delivers."`
	Attempts int64      `bun:"attempts" json:"attempts,omitempty"`
	NextAt   *time.Time `bun:"next_at" json:"next_at,omitempty" doc:"When its delivery is tried next."`
	SentAt   *time.Time `bun:"sent_at" json:"sent_at,omitempty"`
	Error    string     `bun:"delivery_error" json:"error,omitempty" doc:"Why the last attempt failed."`
}

// OutboxBody is the part of a message that is sealed.
type OutboxBody struct {
	Text string          `bun:"-" json:"text"`
	HTML string          `bun:"-" json:"html"`
	Data json.RawMessage `bun:"-" json:"data" doc:"The values that the message was written with, such as the code or the link."`
}
