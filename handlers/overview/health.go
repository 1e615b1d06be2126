package overview

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gatehouse/models"
	views "gatehouse/views/overview"
	"gatehouse/views/ui"
)

// tasks are what is left to set up, with what is done already; nil when all is. Those that the person may not do are left out.
func (s state) tasks(actor models.Actor, url string) []ui.Task {
	https := strings.HasPrefix(url, "https://")
	all := []struct {
		action string
		task   ui.Task
	}{
		{"application.create", ui.Task{Label: "Create an application", Href: "/console/applications/new", Act: "Create", Note: "2 min", Done: s.application}},
		{"application.read", ui.Task{Label: "Get its first token", Href: "/console/applications", Act: "Open guide", Note: "2 min", Done: s.token}},
		{"experience.update", ui.Task{Label: "Add your logo and colour", Href: "/console/experience", Act: "Open", Note: "4 min", Done: s.branding}},
		{"administrator.create", ui.Task{Label: "Invite a second administrator", Href: "/console/administrators", Act: "Invite", Note: "1 min", Done: s.second}},
		{"account.update", ui.Task{Label: "Add a second factor to your sign-in", Href: "/console/account", Act: "Add", Note: "1 min", Done: s.factor}},
		{"settings.update", ui.Task{Label: "Serve your own domain over https", Href: "/console/settings", Act: "See how", Note: "6 min", Done: https}},
	}
	var tasks []ui.Task
	open := false
	for _, t := range all {
		if actor.May(t.action) {
			tasks = append(tasks, t.task)
			open = open || !t.task.Done
		}
	}
	if !open {
		return nil
	}
	return tasks
}

// sealWithin is how long an event may wait to be sealed before somebody should know: the sealer comes by every second.
const sealWithin = 30 * time.Second

// health tells what is known of the server: a line of which nothing is known is left out.
func (o Ops) health(ctx context.Context, now time.Time) (checks []views.Check, trouble bool, err error) {
	actor := models.ActorFrom(ctx)
	database := "SQLite, embedded"
	if o.DB.Postgres {
		database = "PostgreSQL"
	}
	checks = append(checks, views.Check{Name: "Database", Text: database + ", answers", State: ui.StateOK})
	if actor.May("event.read") {
		c, err := o.sealer(ctx, now)
		if err != nil {
			return nil, false, err
		}
		checks = append(checks, c)
	}
	if actor.May("key.read") {
		c, err := o.keys(ctx)
		if err != nil {
			return nil, false, err
		}
		checks = append(checks, c)
	}
	for _, c := range checks {
		trouble = trouble || c.State != ui.StateOK
	}
	return checks, trouble, nil
}

func (o Ops) sealer(ctx context.Context, now time.Time) (views.Check, error) {
	c := views.Check{Name: "Audit log", State: ui.StateOK, Href: "/console/audit"}
	waiting, err := o.Events.Waiting(ctx)
	if err != nil {
		return c, fmt.Errorf("what waits to be sealed: %w", err)
	}
	last, err := o.Events.Sealed(ctx)
	if err != nil {
		return c, err
	}
	c.Text = "Sealed up to number " + ui.Number(int(last))
	if last == 0 {
		c.Text = "Nothing to seal yet"
	}
	if !waiting.IsZero() && now.Sub(waiting) > sealWithin {
		c.State, c.Text = ui.StateWarn, c.Text+"; the next event waits for its seal since "+strings.TrimSuffix(ui.Ago(waiting, now), " ago")
	}
	return c, nil
}

// keys tells which algorithms can sign, and which have their next key published.
func (o Ops) keys(ctx context.Context) (views.Check, error) {
	c := views.Check{Name: "Signing keys", State: ui.StateOK, Href: "/console/keys"}
	var rows []models.SigningKey
	err := o.DB.Read.NewSelect().Model(&rows).Column("alg", "status").Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Where("application_id = ''").
		Where("status IN (?, ?)", models.KeyCurrent, models.KeyNext).OrderExpr("alg").Scan(ctx)
	if err != nil {
		return c, fmt.Errorf("signing keys: %w", err)
	}
	var sign, next []string
	for _, k := range rows {
		if k.Signs() {
			sign = append(sign, k.Alg)
		} else {
			next = append(next, k.Alg)
		}
	}
	if len(sign) == 0 {
		c.State, c.Text = ui.StateWarn, "No key signs yet; the first ones are made right after the start"
		return c, nil
	}
	c.Text = strings.Join(sign, " and ") + map[bool]string{true: " signs", false: " sign"}[len(sign) == 1]
	if len(next) > 0 {
		c.Text += "; a next key waits for " + strings.Join(next, " and ")
	}
	return c, nil
}

// healthFor is how long a judgement on the health of the server holds for the side bar of every page.
const healthFor = 5 * time.Second

// Healthy tells whether nothing in the health of the server needs somebody. It looks at most every five seconds.
func (o Ops) Healthy(ctx context.Context) bool {
	now := o.Now()
	o.counts.mu.Lock()
	defer o.counts.mu.Unlock()
	if now.Sub(o.counts.judged) > healthFor {
		_, trouble, err := o.health(models.System(ctx), now)
		o.counts.judged, o.counts.trouble = now, trouble || err != nil
	}
	return !o.counts.trouble
}
