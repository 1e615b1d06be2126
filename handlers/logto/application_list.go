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
	Types      []string    `query:"types" json:"-"`
	ThirdParty opt[string] `query:"isThirdParty" json:"-"`
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

func (d Dialect) listApplications(ctx context.Context, in listApplicationsIn) (out page[applicationOut], err error) {
	find, err := in.find()
	if err != nil {
		return out, err
	}
	if !in.paged() {
		return d.allApplications(find, in.search), nil
	}
	w, err := in.window()
	if err != nil {
		return out, err
	}
	if !asked(in.search) {
		return d.sift(ctx, find, in.search, w)
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
func (d Dialect) allApplications(find clients.FindIn, s search) page[applicationOut] {
	return allOf(func(ctx context.Context) ([]applicationOut, bool, error) {
		rows, next, err := d.batch(ctx, find, s)
		find.After = next
		return shown(rows), next != "", err
	})
}

// batch reads the next rows of a search, and where the ones after them begin.
func (d Dialect) batch(ctx context.Context, find clients.FindIn, s search) ([]models.Client, string, error) {
	find.Limit = models.PageLimit
	hits, err := d.Clients.Find(ctx, find)
	if err != nil || asked(s) {
		return hits.Items, hits.Next, err
	}
	return slices.DeleteFunc(hits.Items, func(c models.Client) bool { return !s.finds(searchedApplications, textOf(c)) }), hits.Next, nil
}

// sift pages a search that the database cannot answer: it looks at every row that the other filters leave.
func (d Dialect) sift(ctx context.Context, find clients.FindIn, s search, w window) (page[applicationOut], error) {
	var kept []models.Client
	n := int64(0)
	for {
		rows, next, err := d.batch(ctx, find, s)
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

func textOf(c models.Client) func(field string) string {
	return func(field string) string {
		return map[string]string{"id": c.ID, "name": c.Name, "description": c.Description}[field]
	}
}
