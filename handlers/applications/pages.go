package applications

import (
	"context"
	"net/url"
	"strings"
	"time"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/guides"
	"gatehouse/models"
	views "gatehouse/views/applications"
	"gatehouse/views/ui"
	"gatehouse/web"
)

// Pages is the console's face of applications.
type Pages struct {
	Ops
	Tenant func(ctx context.Context) (models.Tenant, error) // for the lifetimes that clients inherit
}

// Routes gives the pages.
func (p Pages) Routes() []web.Route {
	return []web.Route{
		{"GET", "/console/applications", "application.read", web.Page(p.Rows, views.Applications)},
		{"GET", "/console/applications/new", "application.create", web.Page(p.choose, views.Create)},
		{"POST", "/console/applications", "application.create", web.Showing(web.SubmitThen(p.create, p.redrawNew, p.created), p.tellNew, p.redrawNew)},
		{"GET", "/console/applications/delete", "application.delete", web.Page(p.askBulk, views.ConfirmBulk)},
		{"POST", "/console/applications/delete", "application.delete", web.Showing(web.Submit(p.deleteBulk, p.redrawBulk, toList[bulkIn, BulkOut]), tellBulk("What Delete will send. Nothing is deleted yet.", "bulk-delete"), p.redrawBulk)},
		{"GET", "/console/applications/disable", "application.update", web.Page(p.askBulk, views.ConfirmBulkDisable)},
		{"POST", "/console/applications/disable", "application.update", web.Showing(web.Submit(p.disableBulk, p.redrawBulkDisable, toList[bulkIn, BulkDisableOut]), tellBulk("What Disable will send. Nothing is disabled yet.", "bulk-disable"), p.redrawBulkDisable)},
		{"GET", "/console/applications/:id", "application.read", web.Page(p.guide, views.GuidePage)},
		{"GET", "/console/applications/:id/settings", "application.read", web.Page(p.settings, views.SettingsPage)},
		{"POST", "/console/applications/:id/settings", "application.update", web.Showing(web.Submit(p.save, p.redrawSettings, afterSave), p.tellSettings, p.redrawSettings)},
		{"GET", "/console/applications/:id/danger", "application.read", web.Page(p.danger, views.DangerPage)},
		{"GET", "/console/applications/:id/disable", "application.update", web.Page(p.danger, views.ConfirmDisable)},
		{"POST", "/console/applications/:id/disable", "application.update", web.Showing(web.Submit(p.switchTo(true), p.redrawSwitch, toDanger), tellSwitch(true), p.drawSwitch)},
		{"POST", "/console/applications/:id/enable", "application.update", web.Showing(web.Submit(p.switchTo(false), p.redrawSwitch, toDanger), tellSwitch(false), p.redrawSwitch)},
		{"GET", "/console/applications/:id/delete", "application.delete", web.Page(p.danger, views.ConfirmDelete)},
		{"POST", "/console/applications/:id/delete", "application.delete", web.Showing(web.Submit(p.deleteOne, p.redrawDelete, toList[deleteIn, web.None]), p.tellDelete, p.redrawDelete)},
	}
}

// Head gives what every page of an application shows above its tabs. Features with a tab of their own take it as a function.
// Faults: NotFound, Forbidden.
func (o Ops) Head(ctx context.Context, id string) (views.Head, error) {
	app, err := o.Get(ctx, IDIn{ID: id})
	if err != nil {
		return views.Head{}, err
	}
	card, err := o.card(ctx, id)
	if err != nil {
		return views.Head{}, err
	}
	uses, err := o.used(ctx, id)
	if err != nil {
		return views.Head{}, err
	}
	h := views.Head{App: app, Profile: card.Profile, Clients: card.Clients, LastUsed: uses[id].LastUsedAt, Now: o.Now()}
	if f, ok := guides.Find(app.Framework); ok && f.Group != guides.GroupService {
		h.Framework = f.Name
	}
	return h, nil
}

// listIn is what the address of the list says.
type listIn struct {
	Q      string `query:"q"`
	Type   string `query:"type"`
	Status string `query:"status"`
	Owner  string `query:"owner"`
	Sort   string `query:"sort"`
	Cursor string `query:"cursor"`
	From   int    `query:"from"`
}

// known keeps of an address what the list understands: an old or mistyped link still shows a list.
func (in listIn) known() listIn {
	one := func(value *string, allowed ...string) {
		for _, a := range allowed {
			if *value == a {
				return
			}
		}
		*value = ""
	}
	one(&in.Type, models.ProfileWeb, models.ProfileSPA, models.ProfileNative, models.ProfileMachine, models.ProfileProtected, models.ProfileSAML, models.KindManagement)
	one(&in.Status, "active", "disabled")
	one(&in.Sort, "created", "-created", "name", "-name", "used", "-used")
	in.Q, in.Owner = strings.TrimSpace(in.Q), strings.TrimSpace(in.Owner)
	return in
}

func (in listIn) filters() ListIn {
	out := ListIn{PageIn: models.PageIn{Cursor: in.Cursor}, Q: in.Q, Status: in.Status, Owner: in.Owner, Sort: in.Sort}
	if in.Type == models.KindManagement {
		out.Kind = in.Type
	} else if in.Type != "" {
		out.Kind, out.Profile = models.KindStandard, in.Type
	}
	return out
}

// Rows gives a page of the list as it is drawn: the rows, and what is remembered of their clients.
func (p Pages) Rows(ctx context.Context, in listIn) (views.List, error) {
	in = in.known()
	page, err := p.keys(ctx, in.filters())
	if models.IsFault(err, models.Invalid) { // a cursor of another day: begin again
		in.Cursor = ""
		page, err = p.keys(ctx, in.filters())
	}
	if err != nil {
		return views.List{}, err
	}
	total, err := p.summary(ctx, views.TotalLimit)
	if err != nil {
		return views.List{}, err
	}
	l := views.List{Q: in.Q, Sort: in.Sort, Type: in.Type, Status: in.Status, Owner: in.Owner, Next: page.Next, Prev: page.Prev,
		Size: models.PageDefault, Total: total.total, Owners: total.owners, Now: p.Now()}
	if l.First = in.From; in.Cursor == "" {
		l.First = 1
	}
	l.Rows, err = p.rows(ctx, page.Items, l.Now)
	return l, err
}

func (p Pages) rows(ctx context.Context, keys []models.Key, now time.Time) ([]views.Row, error) {
	ids := make([]string, len(keys))
	for i := range keys {
		ids[i] = keys[i].ID
	}
	uses, err := p.used(ctx, ids...)
	if err != nil {
		return nil, err
	}
	out := make([]views.Row, 0, len(keys))
	for _, id := range ids {
		e, err := p.entry(ctx, id)
		if models.IsFault(err, models.NotFound) {
			continue // deleted between the two reads
		}
		if err != nil {
			return nil, err
		}
		card, err := p.card(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, row(&e.Row, card, uses[id].LastUsedAt, now))
	}
	return out, nil
}

func row(a *models.Application, c Card, used, now time.Time) views.Row {
	r := views.Row{ID: a.ID, Name: a.Name, Place: c.Place, Owner: a.Owner, Kind: a.Kind, Profile: c.Profile, Clients: c.Clients, LastUsed: used, Disabled: a.Disabled}
	if r.Place == "" {
		r.Place = a.Description
	}
	r.State, r.Note = state(a, c, used, now)
	return r
}

// Times after which a list says more than "Active".
const (
	soon     = 30 * 24 * time.Hour // an expiry is mentioned
	verySoon = 3 * 24 * time.Hour  // and is urgent
	idle     = 60 * 24 * time.Hour // nothing has asked for a token
)

// state is the most important thing to know about an application, in a few words.
func state(a *models.Application, c Card, used, now time.Time) (ui.State, string) {
	next, expires := c.next(now)
	switch left := next.at.Sub(now); {
	case a.Disabled:
		return ui.StateOff, "Disabled"
	case expires && left <= verySoon:
		return ui.StateBad, expiryWords(next.kind) + " expires " + ui.Ago(next.at, now)
	case expires && left <= soon:
		return ui.StateWarn, expiryWords(next.kind) + " expires " + ui.Ago(next.at, now)
	case a.Kind == models.KindManagement && len(a.ManagementFaces) < len(models.Faces):
		return ui.StateInfo, "Limited to " + ui.Plural(len(a.ManagementFaces), "API", "")
	case !used.IsZero() && now.Sub(used) > idle:
		return ui.StateOff, "Idle"
	}
	return ui.StateOK, "Active"
}

func expiryWords(kind string) string {
	switch kind {
	case models.CredentialSecret:
		return "Secret"
	case models.CredentialCertificate:
		return "Certificate"
	}
	return "Key"
}

// toList leads back to the list.
func toList[In, Out any](In, Out) string { return views.ListURL }

// client gives the default client of an application.
func (p Pages) client(ctx context.Context, app models.Application) (models.Client, error) {
	if app.DefaultClientID == "" {
		return models.Client{}, nil
	}
	return p.Clients.Get(ctx, clients.OneIn{ID: app.DefaultClientID})
}

// origin is the public address that the page was asked from.
func origin(ctx context.Context) string { return models.RequestFrom(ctx).Origin }

// webOrigin is the origin of an address, empty for what has none.
func webOrigin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
