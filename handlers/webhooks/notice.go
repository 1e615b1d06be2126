package webhooks

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gatehouse/models"
)

// mostChanges is how many bytes of changes a notice holds; who needs more reads the object.
const mostChanges = 64 << 10

// Notice is the body of a delivery: what the audit log says, without addresses of people.
type Notice struct {
	ID             string          `json:"id"` // of the event: the same however often it is sent
	Type           string          `json:"type"`
	At             time.Time       `json:"at"`
	Outcome        string          `json:"outcome"`
	Reason         string          `json:"reason,omitempty"`
	Actor          Thing           `json:"actor"`
	Object         Thing           `json:"object"`
	ApplicationID  string          `json:"application_id,omitempty"`
	Changes        json.RawMessage `json:"changes,omitempty"` // before and after by field; secrets by name only
	ChangesOmitted bool            `json:"changes_omitted,omitempty"`
	RequestID      string          `json:"request_id,omitempty"`
	Face           string          `json:"face,omitempty"`
	WebhookID      string          `json:"webhook_id"`
	Test           bool            `json:"test,omitempty"`
}

// Thing is who or what a notice speaks of.
type Thing struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

func notice(hook models.Webhook, e models.Event) Notice {
	n := Notice{ID: e.ID, Type: e.Type, At: e.At, Outcome: e.Outcome, Reason: e.Reason, Actor: Thing{e.ActorKind, e.ActorID, e.ActorName},
		Object: Thing{e.ObjectKind, e.ObjectID, e.ObjectName}, ApplicationID: e.ApplicationID, Changes: e.Detail, RequestID: e.RequestID,
		Face: e.Face, WebhookID: hook.ID}
	if len(n.Changes) > mostChanges {
		n.Changes, n.ChangesOmitted = nil, true
	}
	return n
}

// wants tells by which pattern of its own list a webhook wants a type.
func wants(events []string, kind string) bool {
	noun, _, _ := strings.Cut(kind, ".")
	return slices.ContainsFunc(events, func(p string) bool { return p == "*" || p == kind || p == noun+".*" })
}

// told is what a webhook is told of an event, and under which name; no name means nothing.
func (o Ops) told(ctx context.Context, hook models.Webhook, e models.Event) (name string, body any) {
	if wants(hook.Events, e.Type) {
		return e.Type, notice(hook, e)
	}
	for _, s := range o.Speakers {
		if name = s.Name(e); name != "" && slices.Contains(hook.Events, name) {
			var data any
			if o.Data != nil {
				data = o.Data(ctx, e)
			}
			return name, s.Body(hook, name, e, data)
		}
	}
	return "", nil
}

// delivery is a new row for an event that a webhook wants, nil when it does not.
func (o Ops) delivery(ctx context.Context, hook models.Webhook, e models.Event) (*models.WebhookDelivery, error) {
	name, body := o.told(ctx, hook, e)
	if name == "" {
		return nil, nil
	}
	text, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("write the notice of %s for webhook %s: %w", e.ID, hook.ID, err)
	}
	now := o.Now()
	return &models.WebhookDelivery{ID: models.NewID(models.LongID), TenantID: hook.TenantID, WebhookID: hook.ID, EventID: e.ID, Event: name,
		Body: string(text), State: models.DeliveryPending, NextAt: &now, CreatedAt: now}, nil
}
