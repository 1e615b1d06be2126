package applications

import (
	"context"
	"fmt"
	"strings"

	"gatehouse/models"
)

// The list by last use has two stretches: what was used, by time, and what never was, by id, whose keys have no time. Downwards
// (-used) it begins with what was used last. Each stretch is read along an index, so that a late page costs what the first does.

// idsByUse gives the ids of one page, one beyond its size, with their sort keys.
func (o Ops) idsByUse(ctx context.Context, in ListIn, from models.Key) ([]models.Key, error) {
	down := (in.Sort == "-used") != from.Back
	stretches := []bool{down, !down} // whether each is of what was used
	if from.ID != "" && from.Time.IsZero() == down {
		stretches = stretches[1:] // the page begins in the second
	}
	var keys []models.Key
	for _, used := range stretches {
		more, err := o.stretch(ctx, in, from, used, down, in.Size()+1-len(keys))
		if err != nil {
			return nil, fmt.Errorf("list applications by their last use: %w", err)
		}
		if keys = append(keys, more...); len(keys) > in.Size() {
			break
		}
		from = models.Key{} // the next stretch from its end
	}
	return keys, nil
}

const (
	wasUsed   = "SELECT id, last_used_at FROM usages JOIN applications ON id = object_id WHERE object_kind = ? AND tenant_id = ?"
	neverUsed = "SELECT id FROM applications WHERE NOT EXISTS (SELECT 1 FROM usages WHERE object_kind = ? AND object_id = applications.id) AND tenant_id = ?"
)

// stretch reads at most limit keys of one stretch, beginning after a key or at its end.
func (o Ops) stretch(ctx context.Context, in ListIn, from models.Key, used, down bool, limit int) ([]models.Key, error) {
	op, dir := ">", ""
	if down {
		op, dir = "<", " DESC"
	}
	actor := models.ActorFrom(ctx)
	sql, args := &strings.Builder{}, []any{models.UsedApplication, actor.TenantID}
	where := func(clause string, values ...any) {
		sql.WriteString(" AND " + clause)
		args = append(args, values...)
	}
	order, into := " ORDER BY id"+dir, idOnly
	if used {
		into = idAndTime
		sql.WriteString(wasUsed)
		order = " ORDER BY last_used_at" + dir + ", object_id" + dir
	} else {
		sql.WriteString(neverUsed)
	}
	in.filter(actor, where)
	switch {
	case from.ID == "":
	case used:
		where("(last_used_at, object_id) "+op+" (?, ?)", from.Time, from.ID)
	default:
		where("id "+op+" ?", from.ID)
	}
	return o.readKeys(ctx, into, sql.String()+order+" LIMIT ?", append(args, limit)...)
}
