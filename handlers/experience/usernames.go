package experience

import (
	"context"
	"slices"
	"strings"

	"gatehouse/models"
)

// UsernameConflict is a username that several people have once case does not matter.
type UsernameConflict struct {
	Username string   // in lower case
	UserIDs  []string // in order
}

// UsernameConflicts tells which usernames would stand for several people if the policy stopped telling case apart, in order.
// Without people there are none.
// Faults: Forbidden.
func (o Ops) UsernameConflicts(ctx context.Context) ([]UsernameConflict, error) {
	if err := models.Need(ctx, "experience.read", "", "experience"); err != nil {
		return nil, err
	}
	if o.Usernames == nil {
		return nil, nil
	}
	names, err := o.Usernames(ctx)
	return conflicts(names), err
}

// conflicts finds names by person that differ in case alone.
func conflicts(names map[string]string) []UsernameConflict {
	by := map[string][]string{}
	for id, name := range names {
		if name != "" {
			by[strings.ToLower(name)] = append(by[strings.ToLower(name)], id)
		}
	}
	out := []UsernameConflict{}
	for name, ids := range by {
		if len(ids) > 1 {
			slices.Sort(ids)
			out = append(out, UsernameConflict{name, ids})
		}
	}
	slices.SortFunc(out, func(a, b UsernameConflict) int { return strings.Compare(a.Username, b.Username) })
	return out
}
