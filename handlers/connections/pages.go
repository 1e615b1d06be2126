package connections

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/uptrace/bun"

	"gatehouse/models"
	views "gatehouse/views/connections"
	"gatehouse/views/ui"
	"gatehouse/web"
)

// Console is the console's face of connections.
type Console struct {
	Ops
	// Choices are the clients that a field for a client_id offers by name.
	Choices func(ctx context.Context, authenticating bool) ([]ui.Option, error)
}

// Routes gives the pages.
func (p Console) Routes() []web.Route {
	const at, one = views.Home, views.Home + "/:id"
	return []web.Route{
		{"GET", at, "connection.read", web.Page(p.list, views.ListPage)},
		{"GET", at + "/new", "connection.create", web.Page(p.fresh, newOrChoose)},
		{"POST", at, "connection.create", web.Showing(web.SubmitThen(p.add, p.addAgain, added), p.tellNew, p.addAgain)},
		{"GET", one, "connection.read", web.Page(p.show, views.SettingsPage)},
		{"POST", one, "connection.update", web.Showing(web.SubmitThen(p.save, p.saveAgain, saved), p.tellSave, p.saveAgain)},
		{"GET", one + "/clients", "connection.read", web.Page(p.clients, views.ClientsPage)},
		{"POST", one + "/clients", "connection.update", web.Showing(web.SubmitThen(p.switchOne, p.switchAgain, switchedOne), tellSwitch, p.switchAgain)},
		{"GET", one + "/test", "connection.read", web.Page(p.askTest, views.TestPage)},
		{"POST", one + "/test", "connection.update", web.Showing(web.Page(p.runTest, views.TestPage), tellTest, web.Drawn(web.Same[IDIn], p.askTest, views.TestPage))},
		{"GET", one + "/danger", "connection.read", web.Page(p.danger, views.DangerPage)},
		{"GET", one + "/delete", "connection.delete", web.Page(p.danger, views.DeletePage)},
		{"POST", one + "/delete", "connection.delete", web.Showing(web.SubmitThen(p.remove, p.removeAgain, removed), tellRemove, p.removeAgain)},
	}
}

// listIn is what the address of the list says.
type listIn struct {
	Q      string `query:"q"`
	Kind   string `query:"kind"`
	Sort   string `query:"sort"`
	Cursor string `query:"cursor"`
}

func (p Console) list(ctx context.Context, in listIn) (views.List, error) {
	in.known()
	ask := ListIn{PageIn: models.PageIn{Cursor: in.Cursor}, Filter: Filter{Q: in.Q, Kind: in.Kind}, Sort: in.Sort}
	page, err := p.List(ctx, ask)
	if models.IsFault(err, models.Invalid) { // a cursor of another day: begin again
		ask.Cursor = ""
		page, err = p.List(ctx, ask)
	}
	if err != nil {
		return views.List{}, err
	}
	l := views.List{Q: in.Q, Kind: in.Kind, Sort: in.Sort, Next: page.Next, Prev: page.Prev, Now: p.Now()}
	ids := make([]string, len(page.Items))
	for i, c := range page.Items {
		ids[i] = c.ID
	}
	enabled, err := p.EnabledClients(ctx, ids...)
	for _, c := range page.Items {
		l.Rows = append(l.Rows, views.Row{Connection: c, Apps: len(enabled[c.ID])})
	}
	return l, err
}

// known keeps of an address what the list understands: an old or mistyped link still shows a list.
func (in *listIn) known() {
	in.Q = strings.TrimSpace(in.Q)
	if !slices.ContainsFunc(views.Kinds, func(o ui.Option) bool { return o.Value == in.Kind }) {
		in.Kind = ""
	}
	if !slices.Contains([]string{"created", "-created", "name", "-name"}, in.Sort) {
		in.Sort = ""
	}
}

// head reads what every page of a connection shows.
func (p Console) head(ctx context.Context, id string) (views.Head, error) {
	c, err := p.Get(ctx, IDIn{ID: id})
	if err != nil {
		return views.Head{}, err
	}
	n, err := p.DB.Read.NewSelect().Model((*models.ConnectionClient)(nil)).Where("connection_id = ?", id).Count(ctx)
	return views.Head{Connection: c, Apps: int(n), Now: p.Now()}, err
}

// clientsIn is the page of clients; typed in its form.
type clientsIn struct {
	ID       string `path:"id" json:"-"`
	ClientID string `json:"-" form:"client_id"`
	Enabled  bool   `json:"-" form:"enabled"`
}

// shownClients is how many clients the page lists; scripts reach the others.
const shownClients = 100

func (p Console) clients(ctx context.Context, in clientsIn) (views.Clients, error) {
	h, err := p.head(ctx, in.ID)
	if err != nil {
		return views.Clients{}, err
	}
	out := views.Clients{Head: h}
	if out.Offered, err = p.Choices(ctx, false); err != nil {
		return out, err
	}
	ids, err := p.clientsOf(ctx, in.ID, "", shownClients)
	if err != nil || len(ids) == 0 {
		return out, err
	}
	err = p.DB.Read.NewSelect().TableExpr("clients AS c").Join("JOIN applications AS a ON a.id = c.application_id").
		ColumnExpr("c.id AS id, c.name AS name, a.name AS application, a.id AS application_id").Where("c.id IN (?)", bun.In(ids)).Order("c.name", "c.id").Scan(ctx, &out.Items)
	if err != nil {
		return out, fmt.Errorf("read clients of connection %s: %w", in.ID, err)
	}
	return out, nil
}

func (p Console) switchOne(ctx context.Context, in clientsIn) (web.None, error) {
	return web.None{}, p.SwitchClients(ctx, in.change())
}

// change is what the form of one client asks for.
func (in clientsIn) change() SwitchClientsIn {
	return SwitchClientsIn{ID: in.ID, Clients: []ClientSwitch{{ClientID: strings.TrimSpace(in.ClientID), Enabled: in.Enabled}}}
}

func tellSwitch(_ context.Context, in clientsIn) (web.Told, error) {
	t := web.Told{About: "What Add client will send. Nothing is added yet.", Form: "client", Op: in.change()}
	if !in.Enabled {
		t.About, t.Form = "What Remove will send. Nothing is removed yet.", ""
	}
	return t, nil
}

func (p Console) switchAgain(ctx context.Context, in clientsIn, fault *models.Fault) (templ.Component, error) {
	v, err := p.clients(ctx, in)
	if v.Fault = fault; in.Enabled {
		v.Typed = in.ClientID
	}
	return views.ClientsPage(v), err
}

func switchedOne(r *web.Request, in clientsIn, _ web.None) error {
	if in.Enabled {
		web.FlashText(r.Context(), "Client added")
	} else {
		web.FlashText(r.Context(), "Client removed")
	}
	return r.Next(views.URL(in.ID, "clients"))
}

func (p Console) askTest(ctx context.Context, in IDIn) (views.Test, error) {
	h, err := p.head(ctx, in.ID)
	return views.Test{Head: h}, err
}

func (p Console) runTest(ctx context.Context, in IDIn) (views.Test, error) {
	out, err := p.askTest(ctx, in)
	if err != nil {
		return out, err
	}
	report, err := p.Test(ctx, in)
	out.Ran, out.OK = true, report.OK
	for _, s := range report.Steps {
		out.Steps = append(out.Steps, views.Step(s))
	}
	return out, err
}

var tellTest = web.Sends("What Run the test will send. Nothing is asked yet.", "POST", "/rest/v1/connections/:id/test", func(in IDIn) string { return views.URL(in.ID, "test") }, nil)

func (p Console) danger(ctx context.Context, in IDIn) (views.Danger, error) {
	h, err := p.head(ctx, in.ID)
	return views.Danger{Head: h}, err
}

// removeIn is a deletion that was confirmed by typing the name.
type removeIn struct {
	ID      string `path:"id" json:"-"`
	Confirm string `json:"-" form:"confirm"`
}

func (p Console) remove(ctx context.Context, in removeIn) (models.Connection, error) {
	c, err := p.Get(ctx, IDIn{ID: in.ID})
	if err != nil {
		return c, err
	}
	var k models.Check
	k.That(strings.TrimSpace(in.Confirm) == c.Name, "confirm", "not_confirmed", "Type it exactly as it is written above.")
	if err := k.Err(); err != nil {
		return c, err
	}
	return c, p.Delete(ctx, IDIn{ID: in.ID})
}

func (p Console) removeAgain(ctx context.Context, in removeIn, fault *models.Fault) (templ.Component, error) {
	v, err := p.danger(ctx, IDIn{ID: in.ID})
	if fault != nil && len(fault.Fields) > 0 {
		v.Error = fault.Fields[0].Text
	}
	return views.DeletePage(v), err
}

func tellRemove(_ context.Context, in removeIn) (web.Told, error) {
	return web.Told{About: "What Delete connection will send. Nothing is deleted yet.", Op: IDIn{ID: in.ID}}, nil
}

func removed(r *web.Request, _ removeIn, c models.Connection) error {
	web.FlashText(r.Context(), c.Title()+" deleted")
	return r.Next(views.Home)
}
