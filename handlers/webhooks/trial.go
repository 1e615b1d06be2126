package webhooks

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"gatehouse/models"
)

// mostTested is how many events one test sends.
const mostTested = 10

// TestIn says what a test sends. What is absent is as the webhook has it; nothing is stored.
type TestIn struct {
	ID      string                               `path:"id" json:"-"`
	Events  []string                             `json:"events,omitempty" doc:"Events to send a sample of, at most 10; one when absent."`
	URL     models.Opt[string]                   `json:"-"`
	Headers models.Opt[map[string]models.Secret] `json:"-"`
}

// Tested is what came of a test.
type Tested struct {
	Deliveries []Delivery `json:"deliveries"`
}

// Test sends samples of events at once, without retries, and keeps them in the delivery log marked as a test.
// Faults: NotFound, Invalid (events, url, headers).
func (o Ops) Test(ctx context.Context, in TestIn) (Tested, error) {
	out := Tested{Deliveries: []Delivery{}}
	if err := models.Need(ctx, "webhook.update", "", "webhook"); err != nil {
		return out, err
	}
	hook, err := o.tested(ctx, in)
	if err != nil {
		return out, err
	}
	names, err := o.samples(hook, in.Events)
	if err != nil {
		return out, err
	}
	rows, err := o.keepTests(ctx, hook, names)
	if err != nil {
		return out, err
	}
	out.Deliveries = make([]Delivery, len(rows))
	errs := make([]error, len(rows))
	var wg sync.WaitGroup
	for i, d := range rows { // outside of any transaction, and at most mostTested at once
		wg.Go(func() { out.Deliveries[i], errs[i] = o.try(ctx, hook, d) })
	}
	wg.Wait()
	return out, firstOf(errs)
}

func firstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// tested is the webhook as the test wants it.
func (o Ops) tested(ctx context.Context, in TestIn) (models.Webhook, error) {
	hook, err := o.one(ctx, in.ID)
	if err != nil {
		return hook, err
	}
	in.URL.To(&hook.URL)
	headers, err := o.headers(hook)
	if err != nil {
		return hook, err
	}
	if in.Headers.Set {
		headers = in.Headers.V
	}
	if err := o.check(&hook, headers); err != nil {
		return hook, err
	}
	o.sealHeaders(&hook, headers)
	return hook, nil
}

// samples are the names of the events that a test sends.
func (o Ops) samples(hook models.Webhook, asked []string) ([]string, error) {
	if len(asked) == 0 {
		first := "*"
		if len(hook.Events) > 0 {
			first = hook.Events[0]
		}
		if noun, all := strings.CutSuffix(first, ".*"); all {
			first = noun + ".updated"
		} else if first == "*" {
			first = "application.updated"
		}
		return []string{first}, nil
	}
	var c models.Check
	c.That(len(asked) <= mostTested, "events", "too_many", "Test at most 10 events at once.")
	out := o.checkEvents(&c, asked)
	for i, name := range out {
		c.That(!strings.HasSuffix(name, "*"), fmt.Sprintf("events[%d]", i), "not_one_event", "Name one event, such as client.created.")
	}
	return out, c.Err()
}

// keepTests stores the deliveries of a test, leased to it, so that a test that is cut off shows as failed and not as sent.
func (o Ops) keepTests(ctx context.Context, hook models.Webhook, names []string) ([]models.WebhookDelivery, error) {
	rows, now := []models.WebhookDelivery{}, o.Now()
	for _, name := range names {
		id := models.NewID(models.LongID)
		body, err := json.Marshal(o.sample(hook, id, name))
		if err != nil {
			return nil, fmt.Errorf("write a sample: %w", err)
		}
		rows = append(rows, models.WebhookDelivery{ID: models.NewID(models.LongID), TenantID: hook.TenantID, WebhookID: hook.ID, EventID: id, Event: name,
			Test: true, Body: string(body), State: models.DeliveryPending, CreatedAt: now})
	}
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if _, err := tx.Write.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return fmt.Errorf("store a test: %w", err)
		}
		return models.Record(ctx, tx, event("webhook.tested", hook, nil))
	})
	return rows, err
}

func (o Ops) sample(hook models.Webhook, id, name string) any {
	if i := slices.IndexFunc(o.Speakers, func(s Speaker) bool { return s.Knows(name) }); i >= 0 {
		return o.Speakers[i].Sample(hook, name, o.Now())
	}
	noun, _, _ := strings.Cut(name, ".")
	n := notice(hook, models.Event{ID: id, Type: name, At: o.Now(), Outcome: "success", ActorKind: models.ActorSystem, ActorID: "gatehouse", ActorName: "Gatehouse",
		ObjectKind: noun, ObjectID: "sample0000000000000000"[:models.LongID], ObjectName: "Sample", Detail: json.RawMessage(`{"name":{"before":"Old name","after":"Sample"}}`)})
	n.Test = true
	return n
}

func (o Ops) try(ctx context.Context, hook models.Webhook, d models.WebhookDelivery) (Delivery, error) {
	a, err := o.attempt(ctx, hook, d)
	if err != nil { // the caller left
		a.Reason = "interrupted"
	}
	if err := o.finish(context.WithoutCancel(ctx), hook, d, a); err != nil {
		return Delivery{}, err
	}
	return o.GetDelivery(ctx, DeliveryIn{hook.ID, d.ID})
}
