package web

import (
	"context"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// Console is the face of the pages: forms in, HTML out, faults as pages.
var Console Face = console{}

type console struct{}

func (console) Name() string { return "console" }

func (console) Read(r *Request, in any) error { return Bind(r, in, Lenient) }

func (console) Write(r *Request, status int, out any) error { return r.JSON(status, out) }

func (console) Fault(r *Request, f *models.Fault) error {
	r.RetryAfter(f)
	switch {
	case f.Code == models.Unauthenticated:
		return r.toSignIn()
	case f.Reason == "recent_sign_in_needed":
		return r.redirect("/console/sign-in/confirm?next=" + url.QueryEscape(r.back()))
	}
	return r.Render(StatusOf(f.Code), faultPage(r.told(f), r.session != nil))
}

// told is what an error page says of a fault, and where it leads.
func (r *Request) told(f *models.Fault) ui.ErrorOpts {
	e := ui.ErrorOpts{Status: strconv.Itoa(StatusOf(f.Code)), Title: title(f.Code), Text: f.Text, RequestID: r.id, Where: r.c.Method() + " " + r.path()}
	if r.session == nil {
		e.HomeLabel = "Go to the console"
	}
	for i, field := range f.Fields { // a page has no field to put it beside
		if i == 0 {
			e.Text = ""
		}
		e.Text += field.Text + " "
	}
	if at := r.c.OriginalURL(); r.c.Method() == "GET" && StatusOf(f.Code) >= 500 && strings.HasPrefix(at, "/console") {
		e.Title, e.Retry = "This page could not be drawn", at
	}
	switch f.Reason {
	case "setup_done":
		e.Title, e.Home, e.HomeLabel = "Set up already", "/console/sign-in", "Go to sign-in"
	case "missing_permission":
		e.Text += " An owner can give you a role that has it."
	}
	return e
}

// faultPage draws a fault inside the console for somebody signed in, else as a quiet page.
func faultPage(e ui.ErrorOpts, signedIn bool) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		ctx = templ.WithChildren(ctx, ui.ErrorPage(e))
		if signedIn {
			return ui.Shell(ui.Head{Title: e.Title}).Render(ctx, w)
		}
		return ui.QuietPage(ui.Quiet{Title: e.Title}).Render(ctx, w)
	})
}

// recognize finds out who sits there, if anybody.
func (r *Request) recognize() error {
	if err := r.loadSession(); err != nil || r.session == nil {
		return err
	}
	return r.knowAdministrator()
}

// admitConsole knows the administrator by the session and refuses forms that are not ours.
func (r *Request) admitConsole() error {
	if err := r.recognize(); err != nil {
		return err
	}
	if r.route.Action == Public {
		if err := r.srv.limit.anonymous(r); err != nil {
			return err
		}
		return r.guard()
	}
	if r.session == nil {
		return &models.Fault{Code: models.Unauthenticated, Reason: "not_signed_in", Text: "Sign in first."}
	}
	if err := r.guard(); err != nil {
		return err
	}
	if r.route.Action != SignedIn && !r.Actor().May(r.route.Action) {
		return models.Denied(r.route.Action)
	}
	return nil
}

func (r *Request) knowAdministrator() error {
	actor, account, err := r.srv.Accounts.Administrator(r.ctx, r.session.AdministratorID)
	if models.IsFault(err, models.NotFound) {
		r.session = nil
		return nil
	}
	if err != nil {
		return err
	}
	actor.AuthTime, actor.SessionID = r.session.AuthAt, r.session.IDHash
	r.account = account
	r.ctx = models.WithActor(r.ctx, actor)
	return nil
}

// toSignIn leads to the sign-in page and, after it, back here.
func (r *Request) toSignIn() error {
	if r.srv.SetupOpen != nil && r.srv.SetupOpen(r.ctx) {
		return r.redirect("/setup")
	}
	return r.redirect("/console/sign-in?next=" + url.QueryEscape(r.back()))
}

// back is the page to return to: this one when it was asked for with GET, else the one that the form was on.
func (r *Request) back() string {
	if r.c.Method() == "GET" && !r.HTMX() {
		return SafeNext(string(r.c.Request().RequestURI()))
	}
	if u, err := url.Parse(r.c.Get("Referer")); err == nil && u.Path != "" && r.srv.known(u.Scheme+"://"+u.Host) {
		return SafeNext(u.RequestURI())
	}
	return "/console"
}

// redirect leads elsewhere: 303, or a full navigation for HTMX.
func (r *Request) redirect(to string) error {
	r.c.Set("Cache-Control", "no-store")
	if r.HTMX() {
		r.c.Set("HX-Redirect", to)
		return r.Empty(200)
	}
	r.c.Set("Location", to)
	return r.Empty(303)
}

// chrome is what surrounds every page.
func (r *Request) chrome() ui.Chrome {
	c := ui.Chrome{Version: r.srv.Version, Origin: r.origin, Path: strings.Clone(r.c.Path()), RequestID: r.id, Healthy: true,
		Theme: r.theme(), Aside: r.aside, Toasts: r.takeToasts(), Can: func(string) bool { return false }}
	if r.route != nil { // a page that no route draws has no form
		c.CSRFToken = r.csrfToken()
	}
	if r.session != nil && r.account.ID != "" {
		actor := r.Actor()
		c.AdminID, c.AdminName, c.AdminEmail, c.Role = r.account.ID, r.account.Name, r.account.Email, r.account.Role
		c.Can = actor.May
		c.SessionEnds = earlier(r.session.ExpiresAt, r.srv.sessions.now().Add(models.SessionIdle))
		if r.srv.Decorate != nil {
			r.srv.Decorate(r.ctx, &c)
		}
	}
	return c
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// theme is the visitor's choice, in a cookie so that the first page is right already.
func (r *Request) theme() string {
	switch t := r.c.Cookies("gatehouse_theme"); t {
	case "light", "dark":
		return t
	}
	return ""
}

// SetTheme remembers light, dark or, for anything else, the system's choice.
func (r *Request) SetTheme(theme string) {
	life := 365 * 24 * time.Hour
	if theme != "light" && theme != "dark" {
		theme = ""
	}
	o := r.options()
	o.MaxAge = int(life / time.Second)
	if theme == "" {
		o.MaxAge = -1
	}
	r.c.Response().Header.Add("Set-Cookie", themeCookie(theme, o))
}
