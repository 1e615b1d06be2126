package logto

import (
	"context"
	"slices"

	"gatehouse/handlers/clients"
	"gatehouse/models"
)

// listApplicationsIn is what a list of applications may be narrowed by.
type listApplicationsIn struct {
	pageIn
	searchIn
	Types       []string    `query:"types" json:"-"`
	ThirdParty  opt[string] `query:"isThirdParty" json:"-"`
	ExcludeRole opt[string] `query:"excludeRoleId" json:"-"`
}

// searchedApplications are the texts of an application that a search looks at.
var searchedApplications = []string{"id", "name", "description"}

// find is the search of the list, without its window.
func (in listApplicationsIn) find() (clients.FindIn, error) {
	var c models.Check
	find := clients.FindIn{AllTexts: in.search.every}
	for _, t := range in.Types {
		if c.That(profiles[t] != "", "types", "not_allowed", "There is no type "+t+".") {
			find.Profiles = append(find.Profiles, profiles[t])
		}
	}
	if in.ThirdParty.Set && c.That(in.ThirdParty.V == "true" || in.ThirdParty.V == "false", "isThirdParty", "not_allowed", "This is true or false.") {
		find.ThirdParty = models.Some(in.ThirdParty.V == "true")
	}
	if err := c.Err(); err != nil {
		return find, at(err, invalidQuery)
	}
	if err := in.search.within(searchedApplications...); err != nil {
		return find, err
	}
	find.Texts = texts(in.search, searchedApplications)
	return find, nil
}

// sieve looks at rows where the database cannot; nil lets all of them through.
type sieve func(c models.Client) bool

func (d Dialect) sieve(ctx context.Context, in listApplicationsIn) (sieve, error) {
	if !in.ExcludeRole.Set && asked(in.search) {
		return nil, nil
	}
	holders, err := d.holders(ctx, in.ExcludeRole.V)
	return func(c models.Client) bool {
		return !holders[c.ID] && in.search.finds(searchedApplications, func(field string) string {
			return map[string]string{"id": c.ID, "name": c.Name, "description": c.Description}[field]
		})
	}, err
}

func (d Dialect) listApplications(ctx context.Context, in listApplicationsIn) (out page[applicationOut], err error) {
	find, err := in.find()
	if err != nil {
		return out, err
	}
	lets, err := d.sieve(ctx, in)
	if err != nil {
		return out, err
	}
	if !in.paged() {
		return d.allApplications(find, lets), nil
	}
	w, err := in.window()
	if err != nil {
		return out, err
	}
	if lets != nil {
		return d.sift(ctx, find, lets, w)
	}
	find.Offset, find.Limit, find.Total = w.offset(), w.size, true
	hits, err := d.Clients.Find(ctx, find)
	return pageOf(w, shown(hits.Items), hits.Total), err
}

func shown(rows []models.Client) []applicationOut {
	out := make([]applicationOut, len(rows))
	for i, c := range rows {
		out[i] = application(c)
	}
	return out
}

// allApplications is the list without pages, read in batches while it is written.
func (d Dialect) allApplications(find clients.FindIn, lets sieve) page[applicationOut] {
	return allOf(func(ctx context.Context) ([]applicationOut, bool, error) {
		rows, next, err := d.batch(ctx, find, lets)
		find.After = next
		return shown(rows), next != "", err
	})
}

// batch reads the next rows of a search, and where the ones after them begin.
func (d Dialect) batch(ctx context.Context, find clients.FindIn, lets sieve) ([]models.Client, string, error) {
	find.Limit = models.PageLimit
	hits, err := d.Clients.Find(ctx, find)
	if err != nil || lets == nil {
		return hits.Items, hits.Next, err
	}
	return slices.DeleteFunc(hits.Items, func(c models.Client) bool { return !lets(c) }), hits.Next, nil
}

// sift pages what the database cannot choose: it looks at every row that the other filters leave.
func (d Dialect) sift(ctx context.Context, find clients.FindIn, lets sieve, w window) (page[applicationOut], error) {
	var kept []models.Client
	n := int64(0)
	for {
		rows, next, err := d.batch(ctx, find, lets)
		if err != nil {
			return page[applicationOut]{}, err
		}
		for _, c := range rows {
			if n >= w.offset() && n < w.offset()+w.size {
				kept = append(kept, c)
			}
			n++
		}
		if find.After = next; next == "" {
			return pageOf(w, shown(kept), n), nil
		}
	}
}
