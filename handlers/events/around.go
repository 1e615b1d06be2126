package events

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"gatehouse/models"
	"gatehouse/views/applications"
	views "gatehouse/views/events"
	"gatehouse/views/ui"
)

// living is what the objects of some events are called now, as far as they still exist.
type living struct{ applications, clients map[string]string }

// living looks for the applications and clients that events speak of, by their primary keys.
func (o Ops) living(ctx context.Context, items []models.Event) (living, error) {
	var apps, clients []string
	for _, e := range items {
		if e.ApplicationID != "" {
			apps = append(apps, e.ApplicationID)
		}
		if e.ObjectKind == "client" {
			clients = append(clients, e.ObjectID)
		}
	}
	var l living
	var err error
	if l.applications, err = o.names(ctx, "applications", apps); err == nil {
		l.clients, err = o.names(ctx, "clients", clients)
	}
	return l, err
}

func (o Ops) names(ctx context.Context, table string, ids []string) (map[string]string, error) {
	out := map[string]string{}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return out, nil
	}
	var rows []struct{ ID, Name string }
	err := o.DB.Read.NewSelect().Table(table).Column("id", "name").Where("id IN (?)", bun.In(ids)).
		Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("names of %s: %w", table, err)
	}
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, nil
}

// link is the page of the object of an event, "" when it has none or is gone.
func (l living) link(e models.Event) string {
	_, app := l.applications[e.ApplicationID]
	_, client := l.clients[e.ObjectID]
	switch {
	case e.ObjectKind == "application" && app:
		return applications.URL(e.ObjectID)
	case e.ObjectKind == "client" && app && client:
		return applications.URL(e.ApplicationID, applications.TabClients, url.PathEscape(e.ObjectID))
	case slices.Contains([]string{models.CredentialSecret, models.CredentialPublicKey, models.CredentialCertificate}, e.ObjectKind) && app:
		return applications.URL(e.ApplicationID, applications.TabSecrets)
	case e.ObjectKind == "experience" && app:
		return applications.URL(e.ApplicationID, applications.TabBranding)
	case e.ApplicationID != "" && !app:
		return ""
	case strings.HasSuffix(e.Type, ".deleted"):
		return ""
	}
	return map[string]string{"experience": "/console/experience", "key": "/console/keys", "tenant": "/console/settings",
		"administrator": "/console/administrators/" + url.PathEscape(e.ObjectID)}[e.ObjectKind]
}

// period is a choice of how far back the list goes, and how finely the strip above it is cut.
type period struct {
	label string
	long  time.Duration
	step  time.Duration
	tick  string
}

var periods = map[string]period{
	"1h":  {"last hour", time.Hour, time.Minute, "15:04"},
	"24h": {"last 24 hours", 24 * time.Hour, 30 * time.Minute, "Mon 15:04"},
	"7d":  {"last 7 days", 7 * 24 * time.Hour, 4 * time.Hour, "2 Jan"},
	"30d": {"last 30 days", 30 * 24 * time.Hour, 16 * time.Hour, "2 Jan"},
}

// countFor is how long the strip may take. It is a help for the eye: over a log that is too large to count it is left out.
const countFor = 300 * time.Millisecond

// strip counts events over the period that the list is about, the last 24 hours when it is about all.
func (o Ops) strip(ctx context.Context, f filter, when string, now time.Time) *views.Strip {
	p, ok := periods[when]
	if !ok {
		p = periods["24h"]
	}
	if f.Q != "" || !ok && (f.Since != nil || f.Until != nil) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, countFor)
	defer cancel()
	f.Since, f.Until = nil, nil
	end := now.Truncate(p.step).Add(p.step)
	steps := int(p.long / p.step)
	all, err := o.over(ctx, f, end, p.step, steps)
	if err != nil {
		return nil
	}
	f.Outcome = "failure"
	failed, err := o.over(ctx, f, end, p.step, steps)
	if err != nil {
		return nil
	}
	s := &views.Strip{All: all, Failed: failed, Aria: aria(all, failed, p)}
	for i := range 4 {
		s.Labels = append(s.Labels, end.Add(-p.long*time.Duration(4-i)/4).UTC().Format(p.tick))
	}
	s.Labels = append(s.Labels, "now")
	return s
}

func aria(all, failed []float64, p period) string {
	sum := func(values []float64) (n int) {
		for _, v := range values {
			n += int(v)
		}
		return n
	}
	return ui.Plural(sum(all), "event", "") + " in the " + p.label + ", " + ui.Number(sum(failed)) + " of them failures"
}

// Over gives how many events of a filter there were in each of some steps of time, the last of which ends at end.
// Faults: Invalid (a filter), NotFound (application).
func (o Ops) Over(ctx context.Context, in FilterIn, end time.Time, step time.Duration, steps int) ([]float64, error) {
	f, err := check(ctx, in)
	if err != nil {
		return nil, err
	}
	return o.over(ctx, f, end, step, steps)
}

// over reads ranges of indexes, and no rows where one index answers the filter.
func (o Ops) over(ctx context.Context, f filter, end time.Time, step time.Duration, steps int) ([]float64, error) {
	types, err := o.typesThere(ctx, f)
	if err != nil || f.byType() && len(types) == 0 {
		return make([]float64, steps), err
	}
	var parts []string
	var queries []any
	for i := range steps {
		from := end.Add(-step * time.Duration(steps-i)).UTC()
		q := f.where(o.DB.Read.NewSelect().Table("events").ColumnExpr("? AS step", i).ColumnExpr("COUNT(*) AS n")).
			Where("at >= ?", from).Where("at < ?", from.Add(step))
		if len(types) > 0 {
			q = q.Where("type IN (?)", bun.In(types))
		}
		parts, queries = append(parts, "?"), append(queries, bun.SafeQuery("SELECT * FROM (?) AS part", q))
	}
	var rows []struct{ Step, N int64 }
	if err := o.DB.Read.NewRaw(strings.Join(parts, " UNION ALL "), queries...).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("count events over time: %w", err)
	}
	out := make([]float64, steps)
	for _, r := range rows {
		out[r.Step] = float64(r.N)
	}
	return out, nil
}

// counted is where counting for the foot of the list ends.
const counted = 1000

func (o Ops) summary(ctx context.Context, f filter, here int) (string, error) {
	n, err := o.atMost(ctx, f, counted+1)
	switch {
	case err != nil:
		return "", err
	case n > counted:
		return ui.Number(here) + " of more than 1,000 events", nil
	case int(n) > here:
		return ui.Number(here) + " of " + ui.Plural(int(n), "event", ""), nil
	}
	return ui.Plural(here, "event", ""), nil
}

// sealed tells how far the chain over the log reaches.
func (o Ops) sealed(ctx context.Context) (string, error) {
	var last *int64
	if err := o.DB.Read.NewSelect().Table("events").ColumnExpr("MAX(seq)").Scan(ctx, &last); err != nil {
		return "", fmt.Errorf("last sealed event: %w", err)
	}
	if last == nil {
		return "Not sealed yet", nil
	}
	return "Sealed up to number " + ui.Number(int(*last)), nil
}
