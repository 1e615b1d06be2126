package events

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// FindIn asks for a stretch of the log, for dialects that page by number or by the last event they saw. What comes later in a list
// costs more by number, so that lists of ours page by cursor.
type FindIn struct {
	FilterIn
	After  string // the stretch begins behind this event and goes towards the newest; Offset is passed over
	Oldest bool   // oldest first, as after an event
	Offset int64
	Limit  int64
	Total  bool  // count all that match
	Most   int64 // where counting ends; 0 counts all
}

// Find gives a stretch of the log, newest first unless it says otherwise.
// Faults: Invalid (a filter), NotFound (event, application).
func (o Ops) Find(ctx context.Context, in FindIn) (out models.Hits[models.Event], err error) {
	f, err := check(ctx, in.FilterIn)
	if err != nil {
		return out, err
	}
	if in.After != "" {
		out.Items, err = o.after(ctx, f, in.After, int(in.Limit))
	} else {
		out.Items, err = o.numbered(ctx, f, in)
	}
	if err == nil && in.Total {
		if in.Most == 0 {
			in.Most = everything
		}
		out.Total, err = o.atMost(ctx, f, in.Most)
	}
	return out, err
}

// everything is more events than any log holds.
const everything = 1 << 40

// after gives what happened since an event.
func (o Ops) after(ctx context.Context, f filter, id string, limit int) ([]models.Event, error) {
	e, err := o.one(ctx, f, id)
	if err != nil {
		return nil, err
	}
	from := place(e)
	from.Back = true
	return o.page(ctx, f, from, limit)
}

// numbered gives the events at some places of the list.
func (o Ops) numbered(ctx context.Context, f filter, in FindIn) ([]models.Event, error) {
	rows := []models.Event{}
	branches, err := o.branches(ctx, f)
	if err != nil || len(branches) == 0 {
		return rows, err
	}
	order := "at DESC, id DESC"
	if in.Oldest {
		order = "at, id"
	}
	cut := func(b branch) *bun.SelectQuery {
		return b(f.where(o.DB.Read.NewSelect().Table("events").Column("id", "at"))).OrderExpr(order).Limit(in.Offset + in.Limit)
	}
	part := union(o.DB, branches, cut).Column("id").OrderExpr(order).Limit(in.Limit).Offset(in.Offset)
	if err := o.DB.Read.NewSelect().Model(&rows).Where("id IN (?)", part).OrderExpr(order).Scan(ctx); err != nil {
		return rows, fmt.Errorf("find events: %w", err)
	}
	return rows, nil
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
