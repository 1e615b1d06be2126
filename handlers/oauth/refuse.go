package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"gatehouse/handlers/oauth/grant"
	"gatehouse/models"
)

// Failures are limited by what they cost: one address may fail so often, and the audit log takes so many lines of them.
// Successes have no limit.
const (
	failureBurst = 100         // failed authentications of one address, then
	failureRate  = 2           // per second
	eventPause   = time.Minute // between two events of one client, address and reason
	eventRate    = 5           // events per second over all
)

// refusals counts failures. Memory is bounded: what was seen least lately is forgotten first.
type refusals struct {
	sources models.Bounded[*rate.Limiter]
	seen    models.Bounded[*refusal]
	all     *rate.Limiter
}

// refusal is the failures of one client, address and reason since their last event.
type refusal struct {
	mu    sync.Mutex
	last  time.Time
	quiet int // failures that no event told of
}

func newRefusals() *refusals {
	return &refusals{all: rate.NewLimiter(eventRate, 20*eventRate),
		sources: models.NewBounded[*rate.Limiter](20_000, 10*time.Minute),
		seen:    models.NewBounded[*refusal](20_000, time.Hour)}
}

// refuse notes a refusal and gives its fault, or, when the address failed too often, the fault of the limit.
func (e *Engine) refuse(ctx context.Context, clientID string, party *grant.Party, err error) error {
	fault, ok := models.AsFault(err)
	if !ok || fault.Code == models.Unavailable {
		return err
	}
	ip, why := models.RequestFrom(ctx).IP, ""
	if u := (*unread)(nil); errors.As(err, &u) {
		why = u.why
	}
	if n, due := e.refusals.due(clientID+" "+ip+" "+fault.Reason+" "+why, e.Now()); due {
		e.tell(ctx, clientID, party, fault.Reason, why, n)
	}
	if fault.Reason == grant.InvalidClient && !e.refusals.allow(ip) {
		return &models.Fault{Code: models.RateLimited, Reason: "temporarily_unavailable", RetryAfter: time.Second,
			Text: "Client authentication failed too often from this address. Wait as long as Retry-After says."}
	}
	return fault
}

func (r *refusals) allow(ip string) bool {
	return r.sources.Have(ip, func() *rate.Limiter { return rate.NewLimiter(failureRate, failureBurst) }).Allow()
}

// due tells whether a failure becomes an event now, and how many before it did not.
func (r *refusals) due(key string, now time.Time) (quiet int, due bool) {
	f := r.seen.Have(key, func() *refusal { return &refusal{} })
	f.mu.Lock()
	defer f.mu.Unlock()
	if now.Sub(f.last) < eventPause || !r.all.Allow() {
		f.quiet++
		return 0, false
	}
	quiet, f.quiet, f.last = f.quiet, 0, now
	return quiet, true
}

// tell writes the event; unread is why the keys of the client could not be read, if so. A client_id that is not ours is whatever a
// stranger typed: it is told only when it looks like one.
func (e *Engine) tell(ctx context.Context, clientID string, party *grant.Party, reason, unread string, quiet int) {
	event := models.Event{Type: "token.refused", Outcome: "failure", Reason: reason, ObjectKind: "client", ObjectID: clientID}
	if !visible(clientID) || len(clientID) > 64 {
		event.ObjectID = ""
	}
	actor := models.Actor{Kind: models.ActorAnonymous, TenantID: models.DefaultTenant}
	if party != nil {
		event.ApplicationID, event.ObjectName, actor.TenantID = party.ApplicationID, party.ApplicationName, party.TenantID
	}
	detail := map[string]any{}
	if quiet > 0 {
		detail["refused_before_without_an_event"] = quiet
	}
	if unread != "" {
		detail["jwks_uri"] = unread
	}
	if len(detail) > 0 {
		event.Detail, _ = json.Marshal(detail)
	}
	ctx = models.WithActor(ctx, actor)
	if err := models.InTx(ctx, e.DB, func(ctx context.Context, tx models.DB) error { return models.Record(ctx, tx, event) }); err != nil {
		slog.WarnContext(ctx, "a refused token could not be recorded", "error", err)
	}
}
