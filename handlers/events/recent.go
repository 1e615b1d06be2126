package events

import (
	"context"
	"fmt"
	"time"

	"gatehouse/models"
)

// Told is an event with its words and the page of its object.
type Told struct {
	models.Event
	Sentence Sentence
	About    string
	Href     string // of the object, or of the event where the object has no page or is gone
}

// Recent tells the newest events of a filter. Faults: Invalid (a filter), NotFound (application).
func (o Ops) Recent(ctx context.Context, in FilterIn, n int) ([]Told, error) {
	f, err := check(ctx, in)
	if err != nil {
		return nil, err
	}
	rows, err := o.page(ctx, f, models.Key{}, n)
	if err != nil {
		return nil, err
	}
	known, err := o.living(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Told, len(rows))
	for i, e := range rows {
		out[i] = Told{Event: e, Sentence: Tell(e), About: About(e), Href: known.link(e)}
		if out[i].Href == "" {
			out[i].Href = logPath + "/" + e.ID
		}
	}
	return out, nil
}

// Waiting tells since when the oldest event that is not sealed waits for it; the zero time when none does.
func (o Ops) Waiting(ctx context.Context) (time.Time, error) {
	var at []time.Time
	err := o.DB.Read.NewSelect().Table("events").Column("at").Where("seq IS NULL").OrderExpr("at, id").Limit(1).Scan(ctx, &at)
	if err != nil || len(at) == 0 {
		return time.Time{}, err
	}
	return at[0], nil
}

// Sealed tells how far the chain over the log reaches: the number of the last sealed event, 0 for none.
func (o Ops) Sealed(ctx context.Context) (int64, error) {
	var last *int64
	if err := o.DB.Read.NewSelect().Table("events").ColumnExpr("MAX(seq)").Scan(ctx, &last); err != nil {
		return 0, fmt.Errorf("last sealed event: %w", err)
	}
	if last == nil {
		return 0, nil
	}
	return *last, nil
}
