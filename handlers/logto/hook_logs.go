package logto

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/handlers/webhooks"
	"gatehouse/models"
)

type testHookIn struct {
	idIn
	Events []string   `json:"events" rule:"required"`
	Config hookConfig `json:"config" rule:"required"`
}

// CheckShape names events that are none of the document's.
func (in *testHookIn) CheckShape(c *models.Check) {
	for i, name := range in.Events {
		c.OneOf("events["+strconv.Itoa(i)+"]", name, hookEvents...)
	}
}

// testHook sends a sample of each event with the config of the body, which need not be the hook's own.
func (d Dialect) testHook(ctx context.Context, in testHookIn) error {
	if len(in.Events) == 0 {
		return refuse("hook.missing_events", "Name at least one event.")
	}
	out, err := d.Webhooks.Test(ctx, webhooks.TestIn{ID: in.ID, Events: in.Events, URL: models.Some(in.Config.URL), Headers: models.Some(in.Config.secrets())})
	if err != nil {
		return hookFields.Rename(err, "")
	}
	for _, delivery := range out.Deliveries {
		switch {
		case delivery.State == models.DeliveryDelivered:
		case delivery.Status != 0:
			return refuse("hook.endpoint_responded_with_error", "The endpoint answered "+strconv.FormatInt(delivery.Status, 10)+" to "+delivery.Event+".")
		default:
			return refuse("hook.send_test_payload_failed", "The test payload could not be sent: "+delivery.Reason+".")
		}
	}
	return nil
}

// hookLog is a delivery in the shape of the audit log.
type hookLog struct {
	TenantID  string         `json:"tenantId"`
	ID        string         `json:"id"`
	Key       string         `json:"key"`
	Payload   hookLogPayload `json:"payload"`
	CreatedAt int64          `json:"createdAt"`
}

type hookLogPayload struct {
	Key         string        `json:"key"`
	Result      string        `json:"result"`
	HookID      string        `json:"hookId"`
	HookRequest hookRequest   `json:"hookRequest"`
	Response    *hookResponse `json:"response,omitempty"`
	Error       string        `json:"error,omitempty"`
}

type hookRequest struct {
	Body json.RawMessage `json:"body"`
}

type hookResponse struct {
	StatusCode int64 `json:"statusCode"`
}

const hookLogPrefix = "TriggerHook."

func deliveryLog(d models.WebhookDelivery) hookLog {
	key := hookLogPrefix + d.Event
	out := hookLog{TenantID: d.TenantID, ID: d.ID, Key: key, CreatedAt: millis(d.CreatedAt),
		Payload: hookLogPayload{Key: key, Result: "Success", HookID: d.WebhookID, HookRequest: hookRequest{json.RawMessage(d.Body)}}}
	if d.Status != 0 {
		out.Payload.Response = &hookResponse{d.Status}
	}
	if d.Reason != "" {
		out.Payload.Result, out.Payload.Error = "Error", d.Reason
	}
	return out
}

type hookLogsIn struct {
	pageIn
	idIn
	Key   opt[string] `query:"logKey" json:"-"`
	Start opt[string] `query:"start_time" json:"-"`
	End   opt[string] `query:"end_time" json:"-"`
	Cap   string      `query:"enableCap" json:"-"`
}

// span is the time that is asked for, in milliseconds; the last day when nothing is said of either end.
func (in hookLogsIn) span(now time.Time) (since, until time.Time, err error) {
	var c models.Check
	if in.Start.V == "" && in.End.V == "" {
		since = now.Add(-hookDay)
	}
	for _, at := range []struct {
		name string
		text opt[string]
		to   *time.Time
	}{{"start_time", in.Start, &since}, {"end_time", in.End, &until}} {
		if !at.text.Set || at.text.V == "" {
			continue
		}
		n, err := strconv.ParseInt(at.text.V, 10, 64)
		if c.That(err == nil && n >= 0 && n < 1<<45, at.name, "not_a_time", "Use milliseconds since 1970.") {
			*at.to = time.UnixMilli(n).UTC()
		}
	}
	c.That(until.IsZero() || !until.Before(since), "start_time", "not_before", "The beginning comes before the end.")
	return since, until, c.Err()
}

// capped is where counting stops when the caller asks for that.
const capped = 10_000

func (d Dialect) hookLogs(ctx context.Context, in hookLogsIn) (out page[hookLog], err error) {
	w, err := in.window()
	if err != nil {
		return out, err
	}
	since, until, err := in.span(d.Webhooks.Now())
	if err != nil {
		return out, at(err, invalidQuery)
	}
	if _, err := d.Webhooks.Get(ctx, webhooks.OneIn{ID: in.ID}); err != nil {
		return out, err
	}
	event, ours := strings.CutPrefix(in.Key.V, hookLogPrefix)
	if in.Key.V != "" && !ours { // the log of hooks holds nothing else
		return pageOf(w, []hookLog{}, 0), nil
	}
	rows, total, err := d.Webhooks.Log(ctx, webhooks.LogIn{WebhookID: in.ID, Event: event, Since: since, Until: until, Offset: w.offset(), Limit: w.size})
	if err != nil {
		return out, err
	}
	items := make([]hookLog, 0, len(rows))
	for row := range slices.Values(rows) {
		items = append(items, deliveryLog(row))
	}
	out = pageOf(w, items, total)
	if asksStats(in.Cap) && total > capped {
		out.total, out.capped = capped, true
	}
	return out, nil
}
