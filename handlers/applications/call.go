package applications

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"gatehouse/handlers/clients"
	"gatehouse/models"
	views "gatehouse/views/applications"
	"gatehouse/views/ui"
	"gatehouse/web"
)

// Change is what a form does to an application, for dialects that say it in their words.
type Change struct{ Before, After models.Application }

// Unsaid are the members that the change touches and that make no difference to how a dialect encodes an application.
func (c Change) Unsaid(encode func(models.Application) []byte) []string {
	as, out := encode(c.Before), []string(nil)
	diff := changed(c.Before, c.After)
	for _, name := range slices.Sorted(maps.Keys(diff)) {
		one := c.Before
		raw, _ := json.Marshal(map[string]any{name: diff[name]})
		_ = json.Unmarshal(raw, &one) // a member of this very type
		if bytes.Equal(encode(one), as) {
			out = append(out, name)
		}
	}
	return out
}

// Draft is the application that creation with an input would make, without its id.
func Draft(in CreateIn) models.Application {
	app := fresh(in, models.Actor{}, models.Now())
	in.Fields.apply(&app)
	app.ID = ""
	return app
}

// FirstClient is the client that creation with an input would make, without its id.
func FirstClient(in CreateIn) models.Client {
	c := clients.Draft(in.Client)
	if c.Name == "" {
		c.Name = in.Name.V
	}
	return c
}

func (p Pages) tellNew(ctx context.Context, in views.NewForm) (web.Told, error) {
	n, err := p.choose(ctx, in)
	if err != nil {
		return web.Told{}, err
	}
	what, err := createIn(n.NewForm)
	return web.Told{About: "What Create application will send. Nothing is created yet.", Form: "create", Op: what}, err
}

// tellSettings says only what differs from what is stored.
func (p Pages) tellSettings(ctx context.Context, in settingsIn) (web.Told, error) {
	before, err := p.Get(ctx, IDIn{ID: in.ID})
	if err != nil {
		return web.Told{}, err
	}
	what, err := in.update(before)
	if err != nil {
		return web.Told{}, err
	}
	after := before
	what.apply(&after)
	if what.Faces.Set {
		after.ManagementFaces = what.Faces.V
	}
	t := web.Told{About: "What Save changes will send. Nothing is saved yet.", Form: "settings", Op: Change{before, after},
		Calls: []web.Call{{Verb: "PATCH", Path: "/rest/v1/applications/" + before.ID, Body: changed(before, after), Version: strconv.FormatInt(before.Version, 10)}}}
	return t, check(after, &before)
}

func (p Pages) tellDelete(_ context.Context, in deleteIn) (web.Told, error) {
	return web.Told{About: "What Delete application will send. Nothing is deleted yet.", Op: DeleteIn{ID: in.ID}}, nil
}

// tellSwitch spells what disabling and enabling is to the one API that knows it.
func tellSwitch(disabled bool) func(context.Context, switchIn) (web.Told, error) {
	return func(_ context.Context, in switchIn) (web.Told, error) {
		t := web.Told{About: "What Enable will send. Nothing changes yet.", To: views.URL(in.ID, views.TabDanger)}
		if disabled {
			t = web.Told{About: "What Disable application will send. Nothing is disabled yet."}
		}
		t.Calls = []web.Call{{Verb: "PATCH", Path: "/rest/v1/applications/" + in.ID, Body: map[string]any{"disabled": disabled}}}
		return t, nil
	}
}

// tellBulk closes by posting what was ticked again: the address of the page does not name it.
func tellBulk(about, act string) func(context.Context, bulkIn) (web.Told, error) {
	return func(_ context.Context, in bulkIn) (web.Told, error) {
		return web.Told{About: about, Form: ui.ConfirmForm, Calls: []web.Call{web.NativeCall("POST", "/rest/v1/applications/"+act, BulkIn{IDs: in.IDs})}}, nil
	}
}

// changed is what an update has to say: the fields whose values differ.
func changed(before, after models.Application) map[string]any {
	var diff map[string]struct {
		After json.RawMessage `json:"after"`
	}
	if json.Unmarshal(models.Diff(before, after), &diff) != nil {
		return map[string]any{}
	}
	now, _ := json.Marshal(after)
	var values map[string]json.RawMessage
	_ = json.Unmarshal(now, &values)
	out := map[string]any{}
	for name := range diff {
		if name != "custom_domain_status" { // follows from the domain
			out[name] = values[name]
		}
	}
	return out
}
