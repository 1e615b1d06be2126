package overview

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"gatehouse/handlers/events"
	views "gatehouse/views/overview"
	"gatehouse/views/ui"
)

// period is what the chart covers.
type period struct {
	key, label string
	before     string // what the time before it is called
	step       time.Duration
	steps      int
	tick       string
}

var periods = []period{
	{"24h", "24 hours", "Previous 24 hours", time.Hour, 24, "15:04"},
	{"7d", "7 days", "Previous 7 days", 6 * time.Hour, 28, "2 Jan 15:04"},
	{"30d", "30 days", "Previous 30 days", 24 * time.Hour, 30, "2 Jan"},
}

// What the bars of the chart are made of.
const (
	tokenTypes = "token.refused"
	signIns    = "administrator.sign_in_failed,administrator.locked"
)

// activity adds the chart of the period, the figures of its failures, and what stands out in it.
func (o Ops) activity(ctx context.Context, p *views.Page, in In, now time.Time) error {
	at := periods[0]
	for _, c := range periods {
		if c.key == in.Period {
			at = c
		}
	}
	for _, c := range periods {
		p.Periods = append(p.Periods, ui.Tab{Label: c.label, Href: "/console?period=" + c.key, Current: c.key == at.key})
	}
	end := now.UTC().Truncate(at.step).Add(at.step)
	s, err := o.series(ctx, at, end)
	if err != nil {
		return err
	}
	p.ChartLog = "/console/audit?when=" + at.key
	failed := func(types string) string { return p.ChartLog + "&outcome=failure&type=" + url.QueryEscape(types) }
	p.Stats = append(p.Stats[:3:3],
		ui.StatOpts{Label: "Refused tokens, " + at.label, Value: ui.Number(sum(s.tokens)), Href: failed(tokenTypes), Spark: s.tokens},
		ui.StatOpts{Label: "Failed sign-ins, " + at.label, Value: ui.Number(sum(s.signIns)), Href: failed(signIns), Spark: s.signIns})
	p.Chart = s.chart(at, end)
	p.Anomaly = s.anomaly(at, end)
	return nil
}

// series are counts for each step of a period.
type series struct{ good, before, tokens, signIns, others []float64 }

func (o Ops) series(ctx context.Context, at period, end time.Time) (s series, err error) {
	all, err := o.Events.Over(ctx, events.FilterIn{}, end, at.step, 2*at.steps)
	if err != nil {
		return s, err
	}
	failed, err := o.Events.Over(ctx, events.FilterIn{Outcome: "failure"}, end, at.step, 2*at.steps)
	if err != nil {
		return s, err
	}
	for i := range all { // both are counted in an index alone; successes would need the rows
		all[i] -= failed[i]
	}
	s.before, s.good, s.others = all[:at.steps], all[at.steps:], slices.Clone(failed[at.steps:])
	for _, part := range []struct {
		into *[]float64
		kind string
	}{{&s.tokens, tokenTypes}, {&s.signIns, signIns}} {
		*part.into, err = o.Events.Over(ctx, events.FilterIn{Types: []string{part.kind}}, end, at.step, at.steps)
		if err != nil {
			return s, err
		}
	}
	for i := range s.others {
		s.others[i] = max(s.others[i]-s.tokens[i]-s.signIns[i], 0) // counted one after another: an event may come between
	}
	return s, nil
}

func (s series) chart(at period, end time.Time) *ui.ChartOpts {
	c := &ui.ChartOpts{ID: "activity"}
	for i := range at.steps {
		c.Labels = append(c.Labels, end.Add(-at.step*time.Duration(at.steps-i)).Format(at.tick))
	}
	c.Lines = []ui.Series{{Name: "Changes and sign-ins", Total: ui.Number(sum(s.good)), Values: s.good}}
	if sum(s.before) > 0 {
		c.Lines = append(c.Lines, ui.Series{Name: at.before, Values: s.before, Past: true})
	}
	for _, b := range []ui.Series{{Name: "Refused tokens", Values: s.tokens}, {Name: "Failed sign-ins", Values: s.signIns}, {Name: "Other failures", Values: s.others}} {
		b.Total = ui.Number(sum(b.Values))
		c.Bars = append(c.Bars, b)
	}
	c.Summary = "Changes and sign-ins in the last " + at.label + ": " + ui.Number(sum(s.good)) + ", at most " + ui.Number(int(slices.Max(s.good))) + " at a time"
	c.BarsAria = "Failures in the last " + at.label + ": " + c.Bars[0].Total + " refused tokens, " + c.Bars[1].Total + " failed sign-ins, " + c.Bars[2].Total + " others"
	return c
}

// loud is the least number of failures that is worth a sentence, and times how far it must be above the middle.
const (
	loud  = 20
	times = 5
)

// anomaly finds the step with the most failures, when that is far more than the middle one.
func (s series) anomaly(at period, end time.Time) *views.Anomaly {
	all := make([]float64, at.steps)
	for i := range all {
		all[i] = s.tokens[i] + s.signIns[i] + s.others[i]
	}
	top := slices.Index(all, slices.Max(all))
	sorted := slices.Sorted(slices.Values(all))
	if all[top] < loud || all[top] < times*max(sorted[len(sorted)/2], 1) {
		return nil
	}
	what := "failures"
	switch most := all[top] * .6; {
	case s.tokens[top] >= most:
		what = "failures, most of them refused tokens"
	case s.signIns[top] >= most:
		what = "failures, most of them sign-ins"
	}
	from := end.Add(-at.step * time.Duration(at.steps-top))
	q := url.Values{"outcome": {"failure"}, "since": {from.Format(time.RFC3339)}, "until": {from.Add(at.step).Format(time.RFC3339)}}
	usual := strconv.Itoa(int(sorted[len(sorted)/2]))
	return &views.Anomaly{Text: from.Format(at.tick) + ": " + ui.Number(int(all[top])) + " " + what + ". Usually there are " + usual + ".", Href: "/console/audit?" + q.Encode()}
}

func sum(values []float64) int {
	n := 0.0
	for _, v := range values {
		n += v
	}
	return int(n)
}
