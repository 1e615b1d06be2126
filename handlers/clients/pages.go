package clients

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/a-h/templ"

	"gatehouse/models"
	views "gatehouse/views/clients"
	"gatehouse/views/ui"
	"gatehouse/web"
)

// enter leads from a client to its first page.
func (c Console) enter(_ context.Context, r *web.Request) error {
	var in OneIn
	if err := web.Console.Read(r, &in); err != nil {
		return err
	}
	return r.Next(views.URL(in.ID, "settings"))
}

func (c Console) makeDefault(ctx context.Context, in OneVersionIn) (models.Client, error) {
	out, err := c.MakeDefault(ctx, in)
	if err == nil {
		web.FlashText(ctx, out.Name+" made the default client")
	}
	return out, err
}

func (c Console) removed(ctx context.Context, in removeIn) (models.Client, error) {
	out, err := c.remove(ctx, in)
	if err == nil {
		web.FlashText(ctx, "Client "+out.Name+" deleted")
	}
	return out, err
}

func (c Console) askAgain(ctx context.Context, in removeIn, fault *models.Fault) (templ.Component, error) {
	d, err := c.removal(ctx, OneIn{in.ID})
	if fault != nil {
		d.Error = fault.Text
	}
	if fault != nil && len(fault.Fields) > 0 {
		d.Error = fault.Fields[0].Text
	}
	return views.DeletePage(d), err
}

// create makes a client from the posted form. The page that shows its first secret is the answer itself, so that the secret
// is in no address and no cache.
func (c Console) create(ctx context.Context, r *web.Request) error {
	form := posted(r)
	start, err := c.newClient(r, form)
	if err != nil {
		return err
	}
	if blank, row := rowAsked(form); row {
		return c.redrawNew(ctx, r, start, form, nil, blank)
	}
	if r.Asked() != "" {
		return c.tellNew(ctx, r, start, form)
	}
	out, err := c.made(ctx, start, form)
	if fault, ok := beside(err); ok {
		return c.redrawNew(ctx, r, start, form, fault, "")
	}
	if err != nil {
		return err
	}
	if out.Secret == nil {
		web.FlashText(ctx, "Client "+out.Name+" created")
		return r.Next(views.URL(out.ID, "settings"))
	}
	page, err := c.created(ctx, out)
	if err != nil {
		return err
	}
	return r.Render(200, views.CreatedPage(page))
}

// newClient is a new client as the profile that was chosen begins.
func (c Console) newClient(r *web.Request, form map[string][]string) (models.Client, error) {
	var in newIn
	err := web.Console.Read(r, &in)
	return c.start(in.ApplicationID, last(form, "profile")), err
}

func (c Console) made(ctx context.Context, start models.Client, form map[string][]string) (CreateOut, error) {
	in, fault := creation(start, form)
	if fault != nil {
		return CreateOut{}, fault
	}
	return c.Create(ctx, in)
}

// creation is what the form of a new client asks for.
func creation(start models.Client, form map[string][]string) (CreateIn, *models.Fault) {
	var f models.Check
	said, _ := changed(start, read(start, form, &f))
	said.Profile = models.Some(start.Profile)
	fault, _ := models.AsFault(f.Err())
	return CreateIn{ApplicationID: start.ApplicationID, Protocol: start.Protocol, Settings: said}, fault
}

func (c Console) redrawNew(ctx context.Context, r *web.Request, start models.Client, form map[string][]string, fault *models.Fault, blank string) error {
	f, err := c.newForm(ctx, start)
	if err != nil {
		return err
	}
	f = again(f, form, fault)
	f.Blank = blank
	return r.Render(statusOf(fault), views.NewPage(f))
}

// tellNew draws the form of a new client again, with the calls that creating it would be.
func (c Console) tellNew(ctx context.Context, r *web.Request, start models.Client, form map[string][]string) error {
	what, fault := creation(start, form)
	if fault == nil && r.Asked() == "call" {
		t := web.Told{About: "What Create client will send. Nothing is created yet.", Form: "client", Op: what, Warn: warn(start, what.Settings)}
		if err := r.Tell(t); err != nil {
			return err
		}
	}
	return c.redrawNew(ctx, r, start, form, fault, "")
}

// tell draws the editor of a client again, with the calls that saving it would be.
func (c Console) tell(ctx context.Context, r *web.Request, client models.Client, form map[string][]string) error {
	version, base := opened(client, form)
	var f models.Check
	said, _ := changed(base, read(base, form, &f))
	fault, _ := models.AsFault(f.Err())
	if fault == nil && r.Asked() == "call" {
		op := UpdateIn{ID: client.ID, Version: models.Some(version), Settings: said}
		t := web.Told{About: "What Save changes will send. Nothing is saved yet.", Form: "client", Op: Change{client, draft(client, said)}, Warn: warn(client, said),
			Calls: []web.Call{web.NativeCall("PATCH", "/rest/v1/clients/:id", op)}}
		if err := r.Tell(t); err != nil {
			return err
		}
	}
	return c.redraw(ctx, r, client, form, fault, "")
}

func tellRemoval(_ context.Context, in removeIn) (web.Told, error) {
	op := OneVersionIn{ID: in.ID}
	return web.Told{About: "What Delete client will send. Nothing is deleted yet.", Op: op, Calls: []web.Call{web.NativeCall("DELETE", "/rest/v1/clients/:id", op)}}, nil
}

func (c Console) posted(ctx context.Context, r *web.Request) (models.Client, map[string][]string, error) {
	var in OneIn
	if err := web.Console.Read(r, &in); err != nil {
		return models.Client{}, nil, err
	}
	client, err := c.Get(ctx, in)
	return client, posted(r), err
}

// save stores the posted settings. Its version tells whether somebody else was faster: then both changes are merged.
func (c Console) save(ctx context.Context, r *web.Request) error {
	client, form, err := c.posted(ctx, r)
	if err != nil {
		return err
	}
	if blank, row := rowAsked(form); row {
		return c.redraw(ctx, r, client, form, nil, blank)
	}
	if r.Asked() != "" {
		return c.tell(ctx, r, client, form)
	}
	version, base := opened(client, form)
	var f models.Check
	said, diff := changed(base, read(base, form, &f))
	out, err := client, f.Err()
	if err == nil {
		out, err = c.Update(ctx, UpdateIn{ID: client.ID, Version: models.Some(version), Settings: said})
	}
	return c.saved(ctx, r, base, out, diff, form, err)
}

// saved says how saving went.
func (c Console) saved(ctx context.Context, r *web.Request, base, out models.Client, diff map[string]json.RawMessage, form map[string][]string, err error) error {
	if err == nil {
		web.FlashText(ctx, "Client "+out.Name+" saved")
		return r.Next(views.URL(out.ID, "settings"))
	}
	if fault, ok := models.AsFault(err); ok && fault.Code == models.Stale {
		current, _ := fault.Current.(models.Client)
		page, err := c.merging(ctx, base, current, diff)
		if err != nil {
			return err
		}
		return r.Render(412, views.MergePage(page))
	}
	fault, ok := beside(err)
	if !ok {
		return err
	}
	client, err := c.Get(ctx, OneIn{base.ID})
	if err != nil {
		return err
	}
	return c.redraw(ctx, r, client, form, fault, "")
}

// merge stores what was chosen between two people's changes.
func (c Console) merge(ctx context.Context, r *web.Request) error {
	client, form, err := c.posted(ctx, r)
	if err != nil {
		return err
	}
	version, base := opened(client, form)
	said, diff := chosen(form)
	out, err := c.Update(ctx, UpdateIn{ID: client.ID, Version: models.Some(version), Settings: said})
	if fault, ok := beside(err); ok { // the two changes do not go together: back to the editor, on what is stored now, with what was chosen
		draft := client
		said.apply(&draft)
		return c.redraw(ctx, r, client, values(draft), fault, "")
	}
	return c.saved(ctx, r, base, out, diff, nil, err)
}

func (c Console) redraw(ctx context.Context, r *web.Request, client models.Client, form map[string][]string, fault *models.Fault, blank string) error {
	f, err := c.form(ctx, client)
	if err != nil {
		return err
	}
	f = again(f, form, fault)
	f.Blank = blank
	_, diff := changed(client, read(client, form, new(models.Check)))
	f.Changes = len(diff)
	if base := last(form, "_base"); base != "" { // still the one that was opened
		f.Base = base
		f.Client.Version, _ = opened(client, form)
	}
	return r.Render(statusOf(fault), views.SettingsPage(f))
}

// opened is the client that the editor was opened on, and its version. Without them it is version 0, which is stale.
func opened(client models.Client, form map[string][]string) (int64, models.Client) {
	version, _ := strconv.ParseInt(last(form, "version"), 10, 64)
	base := client
	if version != client.Version {
		var was models.Client
		if json.Unmarshal([]byte(last(form, "_base")), &was) == nil && was.ID == client.ID {
			base = was
		}
	}
	return version, base
}

// rowAsked does what a button of a list asked for where there are no scripts, and names the list that gets an empty line.
func rowAsked(form map[string][]string) (blank string, asked bool) {
	ask := last(form, "_row")
	for _, name := range uriLists {
		if ask == "add:"+name {
			blank = name
		}
	}
	return blank, ui.RowChange(form)
}

// beside tells whether a fault belongs beside the fields of a form.
func beside(err error) (*models.Fault, bool) {
	fault, ok := models.AsFault(err)
	return fault, ok && (fault.Code == models.Invalid || fault.Code == models.Conflict)
}

func statusOf(fault *models.Fault) int {
	if fault == nil {
		return 200
	}
	return web.StatusOf(fault.Code)
}
