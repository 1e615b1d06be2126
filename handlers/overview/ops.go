// Package overview gathers the first page of the console from what the other features keep: figures, the activity of a period,
// what expires, what changed, how the server is, and what is left to set up. It owns no rows.
package overview

import (
	"context"
	"sync"
	"time"

	"gatehouse/handlers/events"
	"gatehouse/models"
	views "gatehouse/views/overview"
	"gatehouse/views/ui"
)

// Ops are the pages of the overview.
type Ops struct {
	DB     models.DB
	Vault  *models.Vault
	Events events.Ops
	URL    string // the public origin that the server was started with
	Now    func() time.Time
	counts *counts
}

// New makes the operations.
func New(db models.DB, vault *models.Vault, ev events.Ops, url string, now func() time.Time) Ops {
	return Ops{DB: db, Vault: vault, Events: ev, URL: url, Now: now, counts: &counts{}}
}

// In is what the address of the overview may say.
type In struct {
	Period string `query:"period"` // 24h, 7d or 30d
}

// Show gathers the overview. What the person may not read is left out.
func (o Ops) Show(ctx context.Context, in In) (views.Page, error) {
	actor, now := models.ActorFrom(ctx), o.Now()
	p := views.Page{Now: now, ShowLog: actor.May("event.read"), ShowKeys: actor.May("client.read")}
	n, err := o.count(ctx, now)
	if err != nil {
		return p, err
	}
	done, err := o.progress(ctx, actor)
	if err != nil {
		return p, err
	}
	p.Fresh, p.Tasks = !done.application && n.tokens == 0, done.tasks(actor, o.URL)
	if p.Health, p.Trouble, err = o.health(ctx, now); err != nil || p.Fresh {
		return p, err
	}
	p.Stats, p.Week, p.ExpireIn = n.stats(), int(n.week), int(n.month)
	if p.ShowKeys {
		if p.Expiring, err = o.soonest(ctx, now, 4); err != nil {
			return p, err
		}
	}
	if !p.ShowLog {
		return p, nil
	}
	if p.Recent, err = o.recent(ctx); err != nil {
		return p, err
	}
	return p, o.activity(ctx, &p, in, now)
}

// changes are the types of events that change something: all but sign-ins and tokens.
var changes = []string{"application.*", "client.*", "secret.*", "public_key.*", "certificate.*", "connection.*", "experience.*", "key.*", "settings.*", "setup.*",
	"administrator.created", "administrator.invited", "administrator.updated", "administrator.deleted"}

func (o Ops) recent(ctx context.Context) ([]ui.Moment, error) {
	told, err := o.Events.Recent(ctx, events.FilterIn{Types: changes, Outcome: "success"}, 5)
	if err != nil {
		return nil, err
	}
	out := make([]ui.Moment, len(told))
	for i, t := range told {
		out[i] = ui.Moment{Actor: t.Sentence.Actor, Program: t.ActorKind != models.ActorAdministrator, Text: t.Sentence.Before, Href: t.Href,
			Link: t.Sentence.Object, Note: t.About, At: t.At}
		if out[i].Link == "" {
			out[i].Link = "Look at it"
		}
	}
	return out, nil
}

// numbers are the figures that are counted over whole tables.
type numbers struct{ applications, clients, tokens, week, month int64 }

// counts remembers the numbers for a moment: fifty times as long as counting took, at most five seconds. So a small database is
// counted for every page and is never stale, and a large one costs a fiftieth of a core at most.
type counts struct {
	mu    sync.Mutex
	known map[string]counted // by tenant

	judged  time.Time
	trouble bool
}

type counted struct {
	numbers
	until time.Time
}

func (o Ops) count(ctx context.Context, now time.Time) (numbers, error) {
	tenant := models.ActorFrom(ctx).TenantID
	o.counts.mu.Lock()
	defer o.counts.mu.Unlock()
	if c, ok := o.counts.known[tenant]; ok && now.Before(c.until) {
		return c.numbers, nil
	}
	begun := time.Now()
	n, err := o.countAll(ctx, tenant, now)
	if err != nil {
		return n, err
	}
	if o.counts.known == nil {
		o.counts.known = map[string]counted{}
	}
	o.counts.known[tenant] = counted{n, now.Add(min(50*time.Since(begun), 5*time.Second))}
	return n, nil
}

func (n numbers) stats() []ui.StatOpts {
	list := "/console/applications"
	return []ui.StatOpts{
		{Label: "Applications", Value: ui.Number(int(n.applications)), Href: list},
		{Label: "Clients", Value: ui.Number(int(n.clients)), Href: list},
		{Label: "Tokens issued", Value: ui.Number(int(n.tokens)), Href: list},
		{Label: "Secrets expiring in 30 days", Value: ui.Number(int(n.month)), Href: "/console/expiring"},
	}
}
