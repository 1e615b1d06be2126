package events

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// NumberedIn says which events, and which part of them by its place.
type NumberedIn struct {
	FilterIn
	Offset int64
	Limit  int64
	Most   int64 // where counting ends; 0 counts all
}

// Numbered gives a part of the events of a filter, newest first, and how many there are. It is for faces that page by number; what
// comes later in a list costs more, so that lists of ours page by cursor.
// Faults: Invalid (a filter), NotFound (application).
func (o Ops) Numbered(ctx context.Context, in NumberedIn) (models.Hits[models.Event], error) {
	out := models.Hits[models.Event]{Items: []models.Event{}}
	f, err := check(ctx, in.FilterIn)
	if err != nil {
		return out, err
	}
	branches, err := o.branches(ctx, f)
	if err != nil || len(branches) == 0 {
		return out, err
	}
	const order = "at DESC, id DESC"
	cut := func(b branch) *bun.SelectQuery {
		return b(f.where(o.DB.Read.NewSelect().Table("events").Column("id", "at"))).OrderExpr(order).Limit(in.Offset + in.Limit)
	}
	part := union(o.DB, branches, cut).Column("id").OrderExpr(order).Limit(in.Limit).Offset(in.Offset)
	if err := o.DB.Read.NewSelect().Model(&out.Items).Where("id IN (?)", part).OrderExpr(order).Scan(ctx); err != nil {
		return out, fmt.Errorf("find events: %w", err)
	}
	if in.Most == 0 {
		in.Most = everything
	}
	out.Total, err = o.atMost(ctx, f, in.Most)
	return out, err
}

// everything is more events than any log holds.
const everything = 1 << 40
