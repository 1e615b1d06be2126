package web

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// Request is one request on its way through a route.
type Request struct {
	c        *fiber.Ctx
	srv      *Server
	ctx      context.Context
	id       string
	ip       string
	origin   string // the configured origin that was addressed
	route    *Route
	session  *Session
	stranger string // random name of a visitor without a session
	account  Account
	toasts   []ui.Toast
	aside    templ.Component // docks beside the page
	status   int
	failure  error // what the log must have
}

type currentKey struct{}

// Current finds the request in a context, for the few places of a feature's routes.go that speak of sessions or toasts.
func Current(ctx context.Context) *Request {
	r, _ := ctx.Value(currentKey{}).(*Request)
	return r
}

// Fiber gives Fiber's context; only web, routes.go and face.go files use it.
func (r *Request) Fiber() *fiber.Ctx { return r.c }

// Context carries deadline, actor and request id.
func (r *Request) Context() context.Context { return r.ctx }

// ID is the request id, as in the log and in answers.
func (r *Request) ID() string { return r.id }

// IP is the address of the caller, seen through configured proxies only.
func (r *Request) IP() string { return r.ip }

// Origin is the configured public origin that the request addressed.
func (r *Request) Origin() string { return r.origin }

// Route is the route that was matched.
func (r *Request) Route() *Route { return r.route }

// Session is the console session of the request, nil for none.
func (r *Request) Session() *Session { return r.session }

// HTMX tells whether the page's script asks, and not the browser itself.
func (r *Request) HTMX() bool { return r.c.Get("HX-Request") == "true" }

// fragment is the id of the part of the page that HTMX asked for, empty for the whole page.
func (r *Request) fragment() string {
	if r.c.Get("HX-Request-Type") != "partial" || r.c.Get("HX-History-Restore-Request") == "true" {
		return ""
	}
	target := r.c.Get("HX-Target")
	if _, id, ok := strings.Cut(target, "#"); ok {
		return id
	}
	return target
}

// Partial tells whether HTMX asked for a part of the page instead of the whole.
func (r *Request) Partial() bool { return r.fragment() != "" }

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// JSONAppender is an answer that writes itself: a list that joins what is encoded already.
type JSONAppender interface{ AppendJSON(dst []byte) []byte }

// JSON answers with a JSON body.
func (r *Request) JSON(status int, v any) error {
	if v == nil {
		return r.Empty(status)
	}
	if a, ok := v.(JSONAppender); ok {
		r.head(status, "application/json; charset=utf-8")
		r.c.Response().SetBodyRaw(a.AppendJSON(nil))
		return nil
	}
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	return r.body(status, "application/json; charset=utf-8", buf.Bytes())
}

// Bytes answers with a body that is ready; it is not copied and must not change.
func (r *Request) Bytes(status int, contentType string, b []byte) error {
	r.head(status, contentType)
	r.c.Response().SetBodyRaw(b)
	return nil
}

// Empty answers with a status alone.
func (r *Request) Empty(status int) error {
	r.status = status
	r.c.Status(status)
	return nil
}

func (r *Request) head(status int, contentType string) {
	r.status = status
	r.c.Status(status)
	r.c.Response().Header.SetContentType(contentType)
}

func (r *Request) body(status int, contentType string, b []byte) error {
	r.head(status, contentType)
	r.c.Response().SetBody(b)
	return nil
}

// Render draws a page into a buffer, so that nothing is sent of a page that fails halfway, and answers with it.
func (r *Request) Render(status int, view templ.Component) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	ctx := ui.WithChrome(r.ctx, r.chrome())
	var err error
	if id := r.fragment(); id != "" && status < 500 { // a refused form draws its part again
		if err = templ.RenderFragments(ctx, buf, view, id); err == nil && buf.Len() == 0 {
			err = view.Render(ctx, buf)
		}
	} else {
		err = view.Render(ctx, buf)
	}
	if err != nil {
		return err
	}
	r.pageHeaders()
	return r.compressed(status, "text/html; charset=utf-8", buf.Bytes())
}

// Next sends the browser on after a form was accepted: 303, or HX-Location for HTMX.
func (r *Request) Next(url string) error {
	r.c.Set("Cache-Control", "no-store")
	if r.HTMX() {
		r.c.Set("HX-Location", url)
		return r.Empty(204)
	}
	r.c.Set("Location", url)
	return r.Empty(303)
}

// Reload has a script load this address as a whole document, because its policy is not that of the page it would be swapped into.
func (r *Request) Reload() error { return r.redirect(string(r.c.Request().RequestURI())) }

// RetryAfter says in the head of the answer how long a fault lasts, for a form that is drawn again.
func (r *Request) RetryAfter(f *models.Fault) {
	if f.RetryAfter > 0 {
		r.c.Set("Retry-After", strconv.Itoa(int((f.RetryAfter+1e9-1)/1e9)))
	}
}

// Actor is who asks.
func (r *Request) Actor() models.Actor { return models.ActorFrom(r.ctx) }
