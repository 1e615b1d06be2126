package webhooks

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"gatehouse/models"
)

const (
	lookEvery   = 500 * time.Millisecond
	parallel    = 10 // deliveries under way at once on a node
	perHook     = 3  // of them, to one webhook: a slow receiver must not stop the others
	lease       = 30 * time.Second
	kept        = 30 * 24 * time.Hour // how long done deliveries stay in the log
	sweepsEvery = time.Hour
)

// Worker sends what is queued. On PostgreSQL each node has one: a delivery belongs to who took its lease.
type Worker struct {
	Ops
	Log *slog.Logger

	mu    sync.Mutex
	busy  map[string]int // deliveries under way, by webhook
	slots chan struct{}
	wg    sync.WaitGroup
	swept time.Time
}

// NewWorker makes a worker.
func NewWorker(o Ops, log *slog.Logger) *Worker {
	return &Worker{Ops: o, Log: log, busy: map[string]int{}, slots: make(chan struct{}, parallel)}
}

// Run follows the audit log and sends until ctx ends; what is under way then is given back and sent after the next start.
func (w *Worker) Run(ctx context.Context) {
	if err := w.resume(ctx); err != nil {
		w.Log.Warn("deliveries that were under way wait for their lease to end", "error", err)
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := w.Once(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("webhooks could not be told; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			w.wg.Wait()
			return
		case <-tick.C:
		case <-w.wake:
		}
	}
}

// Once looks at the audit log and begins to send what is due.
func (w *Worker) Once(ctx context.Context) error {
	if _, err := w.Spread(ctx); err != nil {
		return err
	}
	w.sweep(ctx)
	for {
		n, err := w.begin(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// Wait waits for the deliveries that are under way.
func (w *Worker) Wait() { w.wg.Wait() }

// resume ends the leases of a process that was killed. SQLite has one process, so all of them are; on PostgreSQL they end
// by themselves.
func (w *Worker) resume(ctx context.Context) error {
	if w.DB.Postgres {
		return nil
	}
	_, err := w.DB.Write.NewRaw("UPDATE webhook_deliveries SET lease_until = NULL WHERE state = ?", models.DeliveryPending).Exec(ctx)
	return err
}

// begin takes the deliveries that are due, as many as there are free slots, and tells how many it took.
func (w *Worker) begin(ctx context.Context) (int, error) {
	free := parallel - len(w.slots)
	if free == 0 || ctx.Err() != nil {
		return 0, nil
	}
	due, err := w.due(ctx, free)
	if err != nil {
		return 0, err
	}
	taken := 0
	for _, d := range due {
		if !w.enter(d.WebhookID) {
			continue
		}
		mine, err := w.take(ctx, d)
		if err != nil || !mine {
			w.leave(d.WebhookID)
			if err != nil {
				return taken, err
			}
			continue
		}
		taken++
		w.slots <- struct{}{}
		w.wg.Go(func() {
			defer func() { <-w.slots; w.leave(d.WebhookID); w.nudge() }()
			w.deliver(ctx, d)
		})
	}
	return taken, nil
}

func (w *Worker) enter(hook string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy[hook] >= perHook {
		return false
	}
	w.busy[hook]++
	return true
}

func (w *Worker) leave(hook string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy[hook]--; w.busy[hook] == 0 {
		delete(w.busy, hook)
	}
}

// full are the webhooks that have all the deliveries under way that they may have.
func (w *Worker) full() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := []string{""}
	for hook, n := range w.busy {
		if n >= perHook {
			out = append(out, hook)
		}
	}
	return out
}

// nudge makes the worker look again at once.
func (o Ops) nudge() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// deliver makes one attempt and writes down what came of it.
func (w *Worker) deliver(ctx context.Context, d models.WebhookDelivery) {
	hook, err := w.one(ctx, d.WebhookID)
	if err == nil {
		var a models.WebhookAttempt
		if a, err = w.attempt(ctx, hook, d); err == nil {
			err = w.finish(context.WithoutCancel(ctx), hook, d, a)
		} else if ctx.Err() != nil { // the server stops: another start sends it
			err = w.release(context.WithoutCancel(ctx), d)
		}
	}
	if err != nil && !models.IsFault(err, models.NotFound) { // deleted meanwhile: nobody waits for it
		w.Log.Warn("a delivery could not be finished; its lease ends by itself", "delivery", d.ID, "error", err)
	}
}

// finish writes an attempt and what it means for the delivery.
func (o Ops) finish(ctx context.Context, hook models.Webhook, d models.WebhookDelivery, a models.WebhookAttempt) error {
	now := o.Now()
	d.Attempts, d.Status, d.Reason, d.TookMS, d.LeaseUntil = a.Number, a.Status, a.Reason, a.TookMS, nil
	switch {
	case a.Reason == "":
		d.State, d.NextAt, d.DoneAt = models.DeliveryDelivered, nil, &now
	case d.Attempts > hook.Retries || d.Test:
		d.State, d.NextAt, d.DoneAt = models.DeliveryFailed, nil, &now
	default:
		next := now.Add(Backoff(d.Attempts))
		d.NextAt = &next
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		res, err := tx.Write.NewUpdate().Model(&d).Column("attempts", "last_status", "last_reason", "last_ms", "lease_until", "state", "next_at", "done_at").
			WherePK().Where("state = ?", models.DeliveryPending).Exec(ctx)
		if err := models.Touched(res, err, "delivery"); err != nil {
			return err
		}
		if _, err := tx.Write.NewInsert().Model(&a).Exec(ctx); err != nil {
			return fmt.Errorf("store an attempt of delivery %s: %w", d.ID, err)
		}
		return nil
	})
}
