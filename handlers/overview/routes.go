package overview

import (
	"context"

	"gatehouse/models"
	views "gatehouse/views/overview"
	"gatehouse/views/ui"
	"gatehouse/web"
)

// Routes gives the overview its places.
func (o Ops) Routes() []web.Route {
	return []web.Route{
		{"GET", "/console", web.SignedIn, web.Page(o.Show, views.Show)},
		{"GET", "/console/expiring", "client.read", web.Page(o.Expiring, views.Expiring)},
	}
}

const listName = "expiring secrets"

// Expiring lists the secrets that expire within thirty days, the soonest first. Faults: Invalid (cursor).
func (o Ops) Expiring(ctx context.Context, in models.PageIn) (views.List, error) {
	var from models.Key
	var err error
	if in.Cursor != "" {
		if from, err = o.Vault.ReadCursor(listName, in.Cursor); err != nil {
			return views.List{}, err
		}
	}
	if in.Limit == 0 {
		in.Limit = models.PageLimit
	}
	now := o.Now()
	rows, err := o.expiring(ctx, now, from, in.Size()+1)
	if err != nil {
		return views.List{}, err
	}
	page := models.Paged(o.Vault, listName, rows, in.Size(), from, func(r secretRow) models.Key { return models.Key{Time: *r.ExpiresAt, ID: r.ID} })
	l := views.List{Secrets: secretViews(page.Items), Summary: ui.Plural(len(page.Items), "secret", ""), Now: now}
	if page.Next != "" {
		l.Older = "/console/expiring?cursor=" + page.Next
	}
	if page.Prev != "" {
		l.Newer = "/console/expiring?cursor=" + page.Prev
	}
	return l, nil
}
