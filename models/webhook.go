package models

import (
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Webhook is an address that is told of events. Its signing key and the values of its headers are sealed.
type Webhook struct {
	bun.BaseModel `bun:"table:webhooks,alias:wh"`

	ID          string                     `bun:"id,pk" json:"id"`
	TenantID    string                     `bun:"tenant_id" json:"-"`
	Name        string                     `bun:"name" json:"name"`
	URL         string                     `bun:"url" json:"url"`
	Events      []string                   `bun:"events,type:text" json:"events" doc:"Types of events: client.created, client.* or *."`
	HeaderNames []string                   `bun:"header_names,type:text" json:"header_names" doc:"Names of the headers that are sent along; their values are not shown."`
	Enabled     bool                       `bun:"enabled" json:"enabled"`
	Retries     int64                      `bun:"retries" json:"retries" doc:"How often a delivery that failed is tried again, 0 to 10."`
	Dropped     int64                      `bun:"dropped" json:"dropped" audit:"-" doc:"Notices that were not queued because too many waited."`
	Stored      map[string]json.RawMessage `bun:"stored,type:text" json:"-"` // members of a dialect that nothing else reads
	CreatedAt   time.Time                  `bun:"created_at" json:"created_at" audit:"-"`
	UpdatedAt   time.Time                  `bun:"updated_at" json:"updated_at" audit:"-"`
	Version     int64                      `bun:"version" json:"version" audit:"-"`

	SealedHeaders string     `bun:"sealed_headers" json:"-"` // a JSON object of names and values
	SealedKey     string     `bun:"sealed_key" json:"-"`
	PreviousKey   string     `bun:"previous_key" json:"-"` // sealed; signs beside the new one until PreviousUntil
	PreviousUntil *time.Time `bun:"previous_until" json:"previous_key_until,omitempty" audit:"-" doc:"Until when the key before the last rotation signs as well."`
}

// States of a delivery.
const (
	DeliveryPending   = "pending"
	DeliveryDelivered = "delivered"
	DeliveryFailed    = "failed"
)

// WebhookDelivery is one event on its way to one webhook. It is done when the address answered 2xx or the attempts are used up.
type WebhookDelivery struct {
	bun.BaseModel `bun:"table:webhook_deliveries,alias:wd"`

	ID         string     `bun:"id,pk" json:"id"`
	TenantID   string     `bun:"tenant_id" json:"-"`
	WebhookID  string     `bun:"webhook_id" json:"webhook_id"`
	EventID    string     `bun:"event_id" json:"event_id" doc:"Of the audit log. It stays the same when the event is sent again, so that a receiver knows it."`
	Event      string     `bun:"event" json:"event" doc:"Type of the event, as the webhook names it."`
	Test       bool       `bun:"test" json:"test"`
	ResendOf   string     `bun:"resend_of" json:"resend_of,omitempty" doc:"The delivery that this one repeats."`
	Body       string     `bun:"body" json:"body" doc:"What is sent."`
	State      string     `bun:"state" json:"state" enum:"pending,delivered,failed"`
	Attempts   int64      `bun:"attempts" json:"attempts"`
	NextAt     *time.Time `bun:"next_at" json:"next_at,omitempty" doc:"When it is tried next."`
	LeaseUntil *time.Time `bun:"lease_until" json:"-"` // a worker has it until then
	CreatedAt  time.Time  `bun:"created_at" json:"created_at"`
	DoneAt     *time.Time `bun:"done_at" json:"done_at,omitempty"`
	Status     int64      `bun:"last_status" json:"status,omitempty" doc:"Status of the last answer; absent when there was none."`
	Reason     string     `bun:"last_reason" json:"reason,omitempty" doc:"Why the last attempt failed."`
	TookMS     int64      `bun:"last_ms" json:"took_ms"`
}

// WebhookAttempt is one try of a delivery, and what came back.
type WebhookAttempt struct {
	bun.BaseModel `bun:"table:webhook_attempts,alias:wa"`

	ID         string            `bun:"id,pk" json:"id"`
	DeliveryID string            `bun:"delivery_id" json:"-"`
	WebhookID  string            `bun:"webhook_id" json:"-"`
	Number     int64             `bun:"number" json:"number"`
	At         time.Time         `bun:"at" json:"at"`
	TookMS     int64             `bun:"took_ms" json:"took_ms"`
	Status     int64             `bun:"status" json:"status,omitempty"`
	Reason     string            `bun:"reason" json:"reason,omitempty"`
	Request    map[string]string `bun:"request_headers,type:text" json:"request_headers" doc:"Headers that were sent; the values of configured ones are not kept."`
	Response   map[string]string `bun:"response_headers,type:text" json:"response_headers"`
	Body       string            `bun:"response_body" json:"response_body" doc:"The first 2 KiB of the answer."`
}
