package logto

import (
	"context"
	"strconv"

	"gatehouse/models"
)

// Bounds of the sample of usernames that differ in case alone.
const (
	defaultConflicts = 20
	mostConflicts    = 100
)

type conflictsIn struct {
	Limit opt[string] `query:"limit" json:"-"`
}

func (in conflictsIn) limit() (int, error) {
	if !in.Limit.Set {
		return defaultConflicts, nil
	}
	n, err := strconv.Atoi(in.Limit.V)
	var c models.Check
	if c.That(err == nil, "limit", "wrong_type", "This must be a number, not a string.") {
		c.Range("limit", int64(n), 1, mostConflicts)
	}
	return n, at(c.Err(), invalidQuery)
}

// conflictsOut is how many usernames stand for several people once case does not matter, and some of them.
type conflictsOut struct {
	Total   int              `json:"totalConflicts"`
	Samples []conflictSample `json:"samples"`
}

type conflictSample struct {
	Username string   `json:"usernameLower"`
	UserIDs  []string `json:"userIds"`
}

func (d Dialect) usernameConflicts(ctx context.Context, in conflictsIn) (conflictsOut, error) {
	n, err := in.limit()
	if err != nil {
		return conflictsOut{}, err
	}
	all, err := d.Experience.UsernameConflicts(ctx)
	out := conflictsOut{Total: len(all), Samples: []conflictSample{}}
	for _, c := range all[:min(n, len(all))] {
		out.Samples = append(out.Samples, conflictSample{c.Username, c.UserIDs})
	}
	return out, err
}
