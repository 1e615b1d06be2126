package events

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// FindIn asks for a stretch of the log, for dialects that page by number or by the last event they saw.
type FindIn struct {
	FilterIn
	After  string // the stretch begins behind this event and goes towards the newest
	Oldest bool   // oldest first, as after an event
	Offset int
	Limit  int
	Total  bool // count all that match
}

// Find gives a stretch of the log.
// Faults: Invalid (a filter), NotFound (event).
func (o Ops) Find(ctx context.Context, in FindIn) (out models.Hits[models.Event], err error) {
	f, err := check(ctx, in.FilterIn)
	if err != nil {
		return out, err
	}
	var from models.Key
	if in.After != "" {
		e, err := o.one(ctx, f, in.After)
		if err != nil {
			return out, err
		}
		from = place(e)
	}
	from.Back = in.Oldest || in.After != ""
	rows, err := o.page(ctx, f, from, in.Offset+in.Limit)
	if err != nil {
		return out, err
	}
	out.Items = rows[min(in.Offset, len(rows)):]
	if in.Total {
		out.Total, err = o.count(ctx, f)
	}
	return out, err
}

// count is how many events pass a filter.
func (o Ops) count(ctx context.Context, f filter) (int64, error) {
	branches, err := o.branches(ctx, f)
	if err != nil {
		return 0, err
	}
	var n int64
	for _, b := range branches { // types do not overlap, and neither do the meanings that are counted here
		one, err := b(f.where(o.DB.Read.NewSelect().Table("events"))).Count(ctx)
		if err != nil {
			return 0, fmt.Errorf("count events: %w", err)
		}
		n += int64(one)
	}
	return n, nil
}

// Actors is how many actors the events of a filter have.
// Faults: Invalid (a filter).
func (o Ops) Actors(ctx context.Context, in FilterIn) (int64, error) {
	f, err := check(ctx, in)
	if err != nil {
		return 0, err
	}
	q := f.where(o.DB.Read.NewSelect().Table("events").ColumnExpr("COUNT(DISTINCT actor_id)"))
	if len(f.exact) > 0 {
		q = q.Where("type IN (?)", bun.In(f.exact))
	}
	var n int64
	if err := q.Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("count actors: %w", err)
	}
	return n, nil
}
