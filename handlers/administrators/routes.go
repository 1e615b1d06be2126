package administrators

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"gatehouse/models"
	views "gatehouse/views/administrators"
	"gatehouse/web"
)

const home = "/console/administrators"

// Routes are the two faces of administrators.
func (o Ops) Routes() []web.Route { return append(o.native(), o.console()...) }

func (o Ops) native() []web.Route {
	at := "/rest/v1/administrators"
	about := func(e web.Endpoint, summary string) web.Endpoint {
		return e.With(web.Doc{Summary: summary, Tag: "administrators"})
	}
	return []web.Route{
		{"GET", at, "administrator.read", about(web.Do(web.Native, 200, o.List), "List administrators")},
		{"POST", at, "administrator.create", about(web.Do(web.Native, 201, o.Invite), "Invite an administrator by mail")},
		{"GET", at + "/:id", "administrator.read", about(web.Do(web.Native, 200, o.Get), "Get an administrator")},
		{"PATCH", at + "/:id", "administrator.update", about(web.Do(web.Native, 200, o.Update), "Change name, role or state")},
		{"DELETE", at + "/:id", "administrator.delete", about(web.Do0(web.Native, 204, o.Delete), "Delete an administrator")},
		{"POST", at + "/:id/link", "administrator.update", about(web.Do0(web.Native, 204, o.SendLink), "Send another invitation, or a link to set another password")},
		{"GET", at + "/:id/sessions", "administrator.read", about(web.Do(web.Native, 200, o.Sessions), "List where an administrator is signed in")},
		{"DELETE", at + "/:id/sessions/:session_id", "administrator.update", about(web.Do0(web.Native, 204, o.RevokeSession), "Sign an administrator out in one place")},
	}
}

func (o Ops) console() []web.Route {
	return []web.Route{
		{"GET", home, "administrator.read", web.Page(o.listPage, views.List)},
		{"GET", home + "/new", "administrator.create", web.Page(o.newPage, func(web.None) templ.Component { return views.Invite(views.InviteView{Role: models.RoleEditor}) })},
		{"POST", home, "administrator.create", web.Showing(web.SubmitThen(o.Invite, inviteAgain, invited), web.Says[InviteIn]("invite", "What Send invitation will send. Nothing is sent yet."), inviteAgain)},
		{"GET", home + "/:id", "administrator.read", web.Page(o.showPage, views.Show)},
		{"POST", home + "/:id", "administrator.update", web.Showing(web.SubmitThen(o.Update, o.updateAgain, updated), o.tellUpdate, o.updateAgain)},
		{"POST", home + "/:id/link", "administrator.update", web.Showing(web.SubmitThen(o.sendLinkForm, nil, linkSent), tellLink, web.Drawn(func(in linkForm) OneIn { return OneIn(in) }, o.showPage, views.Show))},
		{"POST", home + "/:id/sessions/:session_id/end", "administrator.update", web.Showing(web.SubmitThen(o.revokeForm, nil, sessionEnded), tellSession, web.Drawn(func(in SessionIn) OneIn { return OneIn{in.ID} }, o.showPage, views.Show))},
		{"GET", home + "/:id/delete", "administrator.delete", web.Page(o.deletePage, views.Delete)},
		{"POST", home + "/:id/delete", "administrator.delete", web.Showing(web.SubmitThen(o.deleteForm, o.deleteAgain, deleted), tellDelete, o.deleteAgain)},
	}
}

func (o Ops) listPage(ctx context.Context, in ListIn) (views.ListView, error) {
	page, err := o.List(ctx, in)
	if in.Sort == "" {
		in.Sort = "name"
	}
	return views.ListView{Page: page, Q: in.Q, Role: in.Role, Sort: in.Sort, Now: o.Now()}, err
}

// newPage asks for the recent sign-in before the form is filled in, and not after.
func (o Ops) newPage(ctx context.Context, _ web.None) (web.None, error) {
	return web.None{}, models.NeedRecentSignIn(models.ActorFrom(ctx), o.Now())
}

func inviteAgain(_ context.Context, in InviteIn, fault *models.Fault) (templ.Component, error) {
	return views.Invite(views.InviteView{Name: in.Name, Email: in.Email, Role: in.Role, Fault: fault}), nil
}

// tellUpdate says only what differs from what is stored.
func (o Ops) tellUpdate(ctx context.Context, in UpdateIn) (web.Told, error) {
	before, err := o.Get(ctx, OneIn{in.ID})
	if err != nil {
		return web.Told{}, err
	}
	after, err := in.apply(before)
	return web.Told{About: "What Save changes will send. Nothing is saved yet.", Form: "edit", Op: in,
		Calls: []web.Call{{Verb: "PATCH", Path: "/rest/v1/administrators/" + in.ID, Body: models.Changed(before, after), Version: strconv.FormatInt(before.Version, 10)}}}, err
}

func tellDelete(_ context.Context, in DeleteForm) (web.Told, error) {
	return web.Told{About: "What Delete administrator will send. Nothing is deleted yet.", Op: in.DeleteIn}, nil
}

var (
	tellLink    = web.Sends("What Send link will send. No mail goes out yet.", "POST", "/rest/v1/administrators/:id/link", func(in linkForm) string { return home + "/" + in.ID }, nil)
	tellSession = web.Sends("What End will send. Nothing is ended yet.", "DELETE", "/rest/v1/administrators/:id/sessions/:session_id", func(in SessionIn) string { return home + "/" + in.ID }, nil)
)

func invited(r *web.Request, _ InviteIn, who models.Administrator) error {
	web.FlashText(r.Context(), who.Name+" invited")
	return r.Next(home + "/" + who.ID)
}

func (o Ops) showPage(ctx context.Context, in OneIn) (views.ShowView, error) {
	row, err := o.Get(ctx, in)
	if err != nil {
		return views.ShowView{}, err
	}
	sessions, err := o.SessionsOf(ctx, row.ID)
	actor := models.ActorFrom(ctx)
	return views.ShowView{Administrator: row, Stored: row, Sessions: sessions, Current: actor.SessionID, Self: actor.ID == row.ID, Now: o.Now()}, err
}

func (o Ops) updateAgain(ctx context.Context, in UpdateIn, fault *models.Fault) (templ.Component, error) {
	v, err := o.showPage(ctx, OneIn{in.ID})
	if err != nil {
		return nil, err
	}
	v.Administrator, _ = in.apply(v.Stored)
	v.Fault = fault
	return views.Show(v), nil
}

func updated(r *web.Request, in UpdateIn, who models.Administrator) error {
	web.FlashText(r.Context(), who.Name+" saved")
	return r.Next(home + "/" + in.ID)
}

// linkForm and sessionForm are what a form without fields says: its address.
type linkForm struct {
	ID string `path:"id" json:"-"`
}

func (o Ops) sendLinkForm(ctx context.Context, in linkForm) (web.None, error) {
	return web.None{}, o.SendLink(ctx, OneIn(in))
}

func linkSent(r *web.Request, in linkForm, _ web.None) error {
	web.FlashText(r.Context(), "Link sent")
	return r.Next(home + "/" + in.ID)
}

func (o Ops) revokeForm(ctx context.Context, in SessionIn) (web.None, error) {
	return web.None{}, o.RevokeSession(ctx, in)
}

func sessionEnded(r *web.Request, in SessionIn, _ web.None) error {
	web.FlashText(r.Context(), "Session ended")
	return r.Next(home + "/" + in.ID)
}

// DeleteForm is a deletion that was confirmed by typing the address.
type DeleteForm struct {
	DeleteIn
	Confirm string `json:"-" form:"confirm"`
}

func (o Ops) deletePage(ctx context.Context, in OneIn) (views.DeleteView, error) {
	if err := models.NeedRecentSignIn(models.ActorFrom(ctx), o.Now()); err != nil {
		return views.DeleteView{}, err
	}
	row, err := o.Get(ctx, in)
	if err != nil {
		return views.DeleteView{}, err
	}
	sessions, err := o.SessionsOf(ctx, row.ID)
	return views.DeleteView{Administrator: row, Sessions: len(sessions)}, err
}

func (o Ops) deleteForm(ctx context.Context, in DeleteForm) (web.None, error) {
	row, err := o.Get(ctx, OneIn{in.ID})
	if err != nil {
		return web.None{}, err
	}
	var c models.Check
	if !c.That(models.EmailKey(in.Confirm) == row.EmailKey, "confirm", "not_confirmed", "Type the address exactly as it is shown.") {
		return web.None{}, c.Err()
	}
	return web.None{}, o.Delete(ctx, in.DeleteIn)
}

func (o Ops) deleteAgain(ctx context.Context, in DeleteForm, fault *models.Fault) (templ.Component, error) {
	v, err := o.deletePage(ctx, OneIn{in.ID})
	v.Fault = fault
	return views.Delete(v), err
}

func deleted(r *web.Request, _ DeleteForm, _ web.None) error {
	web.FlashText(r.Context(), "Administrator deleted")
	return r.Next(home)
}
