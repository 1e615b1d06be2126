package webhooks

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"gatehouse/handlers/outbound"
	"gatehouse/models"
)

// The limits of one attempt.
const (
	sendTime = 10 * time.Second
	keptBody = 2 << 10 // bytes of an answer that are kept
)

// agent is what calls itself to receivers.
const agent = "Gatehouse-Webhooks"

// attempt sends a delivery once and tells what came back. It writes nothing. The error is that of a caller who gave up.
func (o Ops) attempt(ctx context.Context, hook models.Webhook, d models.WebhookDelivery) (models.WebhookAttempt, error) {
	out := models.WebhookAttempt{ID: models.NewID(models.LongID), DeliveryID: d.ID, WebhookID: hook.ID, Number: d.Attempts + 1, At: o.Now(),
		Response: map[string]string{}}
	header, err := o.signed(hook, d, out.At)
	if err != nil {
		return out, err
	}
	out.Request = shown(header, hook.HeaderNames)
	start := time.Now()
	res, err := o.Out.Do(ctx, outbound.Request{Method: http.MethodPost, URL: hook.URL, Header: header, Body: []byte(d.Body), Timeout: sendTime,
		Limit: keptBody, Cut: true})
	out.TookMS = time.Since(start).Milliseconds()
	var failure *outbound.Failure
	switch {
	case errors.As(err, &failure):
		out.Reason = failure.Reason
	case err != nil:
		return out, err
	default:
		out.Status, out.Body, out.Response = int64(res.Status), storable(res.Body), shown(res.Header, nil)
		if res.Status < 200 || res.Status > 299 {
			out.Reason = fmt.Sprintf("status_%d", res.Status)
		}
	}
	return out, nil
}

// signed are the headers of a delivery: the configured ones, what it is, and the signatures over its body.
func (o Ops) signed(hook models.Webhook, d models.WebhookDelivery, at time.Time) (http.Header, error) {
	configured, err := o.headers(hook)
	if err != nil {
		return nil, err
	}
	keys, err := o.keys(hook, at)
	if err != nil {
		return nil, err
	}
	h := http.Header{}
	h.Set("User-Agent", agent)
	for name, value := range configured {
		h.Set(name, value.Reveal())
	}
	h.Set("Content-Type", "application/json")
	h.Set("Gatehouse-Event", d.Event)
	h.Set("Gatehouse-Event-Id", d.EventID)
	h.Set("Gatehouse-Delivery", d.ID)
	h.Set("Gatehouse-Signature", Signature(keys, at, d.Body))
	h.Set("Logto-Signature-Sha-256", mac(keys[0], d.Body))
	return h, nil
}

// shown are headers as the delivery log keeps them: at most 30, short, and without the values of those that hold secrets.
func shown(h http.Header, hidden []string) map[string]string {
	out := map[string]string{}
	for name, values := range h {
		value := strings.Join(values, ", ")
		for _, secret := range hidden {
			if strings.EqualFold(secret, name) {
				value = "[secret]"
			}
		}
		if lower := strings.ToLower(name); lower == "set-cookie" || strings.HasSuffix(lower, "-authenticate") {
			value = "[hidden]"
		}
		if len(out) < 30 {
			out[name] = storable([]byte(value[:min(len(value), 500)]))
		}
	}
	return out
}

// storable is text that both databases keep: UTF-8 without null characters.
func storable(b []byte) string {
	return strings.ReplaceAll(strings.ToValidUTF8(string(b), "\uFFFD"), "\x00", "\uFFFD")
}

// Backoff is how long after an attempt the next one comes: 5 s, 20 s, 80 s … up to 6 h, with a fifth of chance, so that what
// failed together is not tried together.
func Backoff(attempts int64) time.Duration {
	wait := 5 * time.Second
	for range min(attempts-1, 20) {
		if wait *= 4; wait > 6*time.Hour {
			wait = 6 * time.Hour
		}
	}
	return time.Duration(float64(wait) * (0.9 + 0.2*rand.Float64()))
}
