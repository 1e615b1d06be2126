package events

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	views "gatehouse/views/events"
	"gatehouse/views/ui"
)

// period is a choice of how far back the list goes, and how finely the strip above it is cut.
type period struct {
	label string
	long  time.Duration
	step  time.Duration
	tick  string
}

var periods = map[string]period{
	"1h":  {"last hour", time.Hour, time.Minute, "15:04"},
	"24h": {"last 24 hours", 24 * time.Hour, 15 * time.Minute, "Mon 15:04"},
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

// over counts what it does not remember. It reads ranges of indexes, and no rows where one index answers the filter.
func (o Ops) over(ctx context.Context, f filter, end time.Time, step time.Duration, steps int) ([]float64, error) {
	types, err := o.typesThere(ctx, f)
	if err != nil || f.byType() && len(types) == 0 {
		return make([]float64, steps), err
	}
	signature := fmt.Sprint(f.tenant, types, f.ActorID, f.ObjectID, f.PartyID, f.ApplicationID, f.Outcome, f.Face, f.IP, f.RequestID, step)
	out := make([]float64, steps)
	var parts []string
	var queries []any
	for i := range steps {
		from := end.Add(-step * time.Duration(steps-i)).UTC()
		if n, ok := o.past.get(signature, from); ok {
			out[i] = n
			continue
		}
		q := f.where(o.DB.Read.NewSelect().Table("events").ColumnExpr("? AS step", i).ColumnExpr("COUNT(*) AS n")).
			Where("at >= ?", from).Where("at < ?", from.Add(step))
		if len(types) > 0 {
			q = q.Where("type IN (?)", bun.In(types))
		}
		parts, queries = append(parts, "SELECT * FROM (?) AS part"), append(queries, q)
	}
	if len(parts) == 0 {
		return out, nil
	}
	var rows []struct{ Step, N int64 }
	if err := o.DB.Read.NewRaw(strings.Join(parts, " UNION ALL "), queries...).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("count events over time: %w", err)
	}
	for _, r := range rows {
		out[r.Step] = float64(r.N)
		from := end.Add(-step * time.Duration(steps-int(r.Step))).UTC()
		if o.Now().Sub(from.Add(step)) > settled {
			o.past.put(signature, from, out[r.Step])
		}
	}
	return out, nil
}

// settled is how long after a step of time has ended its count is final: an event is written in the transaction of its change,
// which commits a little after the moment that the event bears.
const settled = time.Minute

// past remembers counts of steps of time that are over: events only ever come at the end of the log.
type past struct {
	mu     sync.Mutex
	counts map[string]float64
}

// pastSize bounds the memory: about 60 charts of 96 steps.
const pastSize = 6000

func (p *past) get(signature string, from time.Time) (float64, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, ok := p.counts[signature+from.Format(time.RFC3339)]
	return n, ok
}

func (p *past) put(signature string, from time.Time, n float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.counts == nil || len(p.counts) >= pastSize {
		p.counts = map[string]float64{} // rare and cheap: the next pages count again
	}
	p.counts[signature+from.Format(time.RFC3339)] = n
}
