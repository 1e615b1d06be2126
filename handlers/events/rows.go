package events

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// A branch narrows a query to rows that one index keeps in order of time. A list that several branches may fill is their
// union, each cut to a page first: so neither a rare type nor a common one makes the database sort the log.
type branch func(q *bun.SelectQuery) *bun.SelectQuery

// page reads size events beside from, in the direction that from says, newest first unless that is back.
func (o Ops) page(ctx context.Context, f filter, from models.Key, size int) ([]models.Event, error) {
	branches, err := o.branches(ctx, f)
	if err != nil || len(branches) == 0 {
		return nil, err
	}
	order, beyond := "at DESC, id DESC", "(at, id) < (?, ?)"
	if from.Back {
		order, beyond = "at ASC, id ASC", "(at, id) > (?, ?)"
	}
	cut := func(b branch) *bun.SelectQuery {
		q := b(f.where(o.DB.Read.NewSelect().Table("events").Column("id", "at")))
		if from.ID != "" {
			q = q.Where(beyond, from.Time.UTC(), from.ID)
		}
		return q.OrderExpr(order).Limit(int64(size))
	}
	var rows []models.Event
	err = o.DB.Read.NewSelect().Model(&rows).Where("id IN (?)", union(o.DB, branches, cut).Column("id").OrderExpr(order).Limit(int64(size))).
		OrderExpr(order).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return rows, nil
}

// union is every branch after cut, each row once. Every part is a query from a query, so that it may have its own order and limit.
func union(db models.DB, branches []branch, cut func(branch) *bun.SelectQuery) *bun.SelectQuery {
	parts, queries := make([]string, len(branches)), make([]any, len(branches))
	for i, b := range branches {
		parts[i], queries[i] = "SELECT id, at FROM (?) AS part", cut(b)
	}
	return db.Read.NewSelect().TableExpr("("+strings.Join(parts, " UNION ")+") AS found", queries...)
}

// branches are the ways to a page: one for each type that is there, or for each meaning that q has.
func (o Ops) branches(ctx context.Context, f filter) ([]branch, error) {
	var types []string
	if f.byType() {
		var err error
		if types, err = o.typesThere(ctx, f); err != nil || len(types) == 0 {
			return nil, err
		}
	}
	if f.Q != "" {
		return o.meanings(ctx, f, types)
	}
	if f.PartyID != "" {
		return parties(f.PartyID, types), nil
	}
	if len(types) == 0 {
		return []branch{func(q *bun.SelectQuery) *bun.SelectQuery { return q }}, nil
	}
	out := make([]branch, len(types))
	for i, t := range types {
		out[i] = func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("type = ?", t) }
	}
	return out, nil
}

// parties are the two columns that an id may stand in; each has its index.
func parties(id string, types []string) []branch {
	var out []branch
	for _, column := range []string{"actor_id", "object_id"} {
		out = append(out, func(q *bun.SelectQuery) *bun.SelectQuery {
			if len(types) > 0 {
				q = q.Where("type IN (?)", bun.In(types))
			}
			return equals(q, column, id)
		})
	}
	return out
}

// typesThere are the types in the log that pass the filter. It steps from one type to the next through their index, so its
// cost is the number of types and not of events.
func (o Ops) typesThere(ctx context.Context, f filter) ([]string, error) {
	if len(f.families) == 0 {
		return f.exact, nil
	}
	var all []string
	err := o.DB.Read.NewRaw(`WITH RECURSIVE step (type) AS (
		SELECT MIN(type) FROM events WHERE tenant_id = ?
		UNION ALL
		SELECT (SELECT MIN(type) FROM events WHERE tenant_id = ? AND type > step.type) FROM step WHERE step.type IS NOT NULL
	) SELECT type FROM step WHERE type IS NOT NULL`, f.tenant, f.tenant).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("list types of events: %w", err)
	}
	var out []string
	for _, t := range all {
		if f.has(t) {
			out = append(out, t)
		}
	}
	return out, nil
}

// exactly are the columns that q may name whole; each has its index.
var exactly = []string{"request_id", "ip", "object_id", "actor_id"}

// meanings are what q may stand for: when it is an identifier or address that the log knows, that; else a part of a name,
// which is looked for from the newest event on.
func (o Ops) meanings(ctx context.Context, f filter, types []string) ([]branch, error) {
	within := func(q *bun.SelectQuery) *bun.SelectQuery {
		if len(types) > 0 {
			q = q.Where("type IN (?)", bun.In(types))
		}
		return q
	}
	var out []branch
	for _, column := range exactly {
		known, err := equals(o.DB.Read.NewSelect().Table("events").Where("tenant_id = ?", f.tenant), column, f.Q).Exists(ctx)
		if err != nil {
			return nil, fmt.Errorf("look for %s: %w", column, err)
		}
		if known {
			out = append(out, func(q *bun.SelectQuery) *bun.SelectQuery { return equals(within(q), column, f.Q) })
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	part := "%" + escapeLike(strings.ToLower(f.Q)) + "%"
	return []branch{func(q *bun.SelectQuery) *bun.SelectQuery {
		return within(q).Where(`(lower(actor_name) LIKE ? ESCAPE '\' OR lower(object_name) LIKE ? ESCAPE '\')`, part, part)
	}}, nil
}

// escapeLike takes the meaning from the wildcards of LIKE.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// one reads an event within the reach of the filter.
func (o Ops) one(ctx context.Context, f filter, id string) (models.Event, error) {
	var row models.Event
	err := f.where(o.DB.Read.NewSelect().Model(&row)).Where("id = ?", id).Scan(ctx)
	return row, models.Found(err, "event")
}

// atMost counts the events of a filter, up to limit.
func (o Ops) atMost(ctx context.Context, f filter, limit int64) (int64, error) {
	branches, err := o.branches(ctx, f)
	if err != nil || len(branches) == 0 {
		return 0, err
	}
	n, err := union(o.DB, branches, func(b branch) *bun.SelectQuery {
		return b(f.where(o.DB.Read.NewSelect().Table("events").Column("id", "at"))).Limit(limit)
	}).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count events: %w", err)
	}
	return min(n, limit), nil
}
