// Package web is HTTP and no feature: it turns operations into routes, reads input, writes answers in the shape of a face,
// knows who is asking, and keeps the browser safe. Features give it plain values (Route); it never imports them.
package web

import (
	"context"
	"reflect"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"gatehouse/models"
)

// Actions that stand for a rule instead of a permission.
const (
	Public   = "public"    // anybody; few routes, listed in a test
	SignedIn = "signed_in" // any administrator with a console session
)

// Route gives an operation a place: method, path, the action that its caller must hold, and a face.
type Route struct {
	Method string
	Path   string
	Action string
	Endpoint
}

// Endpoint is an operation behind a face. Make one with Do, Page, Submit or Raw. It is a pointer's width, because tables of
// hundreds of routes are built of it.
type Endpoint struct{ *endpoint }

type endpoint struct {
	face   Face
	in     reflect.Type // what the route reads, nil for nothing
	out    reflect.Type // what it answers, nil for nothing
	status int          // of success
	run    func(r *Request) error
	fixed  func(c *fiber.Ctx, origin string) bool // answers without a Request, or tells that it cannot
	doc    Doc
	shown  bool // its form can be shown as API calls
	anew   bool // its answer is never kept to be given again
	large  int  // bytes of the file that its body may carry, 0 for a body of MaxBody
}

// Anew marks an operation that is done each time it is asked for, whatever Idempotency-Key comes with it: one that shows what must not
// be shown without being noted, or what may be forgotten meanwhile.
func (e Endpoint) Anew() Endpoint {
	told := *e.endpoint
	told.anew = true
	return Endpoint{&told}
}

// Showable marks an endpoint that shows its form as API calls by itself.
func (e Endpoint) Showable() Endpoint { e.shown = true; return e }

// Shows tells whether the form of an endpoint can be shown as API calls.
func (e Endpoint) Shows() bool { return e.shown }

// Doc is what the OpenAPI document and the coverage table say beyond the types.
type Doc struct {
	Summary  string
	Tag      string
	Scopes   string // the permissions of a dialect's document, with spaces between, any one of which opens the operation
	Coverage string // "enforced" or "stored": what a dialect's table says; empty for enforced
	Hidden   bool   // left out of the OpenAPI document
	Media    string // media type of the answer when it is not JSON
}

// With adds a summary for the OpenAPI document.
func (e Endpoint) With(d Doc) Endpoint {
	told := *e.endpoint
	told.doc = d
	return Endpoint{&told}
}

// About gives an endpoint its one-line summary.
func (e Endpoint) About(summary string) Endpoint {
	d := e.doc
	d.Summary = summary
	return e.With(d)
}

// Face names the face of the endpoint.
func (e Endpoint) Face() Face { return e.face }

// In is the type that the endpoint reads.
func (e Endpoint) In() reflect.Type { return e.in }

// Out is the type that the endpoint answers.
func (e Endpoint) Out() reflect.Type { return e.out }

// Status is the status of success.
func (e Endpoint) Status() int { return e.status }

// Doc gives what the endpoint says of itself.
func (e Endpoint) Doc() Doc { return e.doc }

// None is the input or output of an operation that has none.
type None struct{}

// Do is an operation behind a JSON face: read, call, write.
//
//go:noinline
func Do[In, Out any](face Face, status int, op func(context.Context, In) (Out, error)) Endpoint {
	return answered(face, status, (*In)(nil), (*Out)(nil), func(ctx context.Context, in any) (any, error) { return op(ctx, *in.(*In)) })
}

// answered is the part of Do that needs no types. There are hundreds of operations, and the compiler writes what is generic
// once for each.
//
//go:noinline
func answered(face Face, status int, in, out any, op func(context.Context, any) (any, error)) Endpoint {
	takes, gives := reflect.TypeOf(in).Elem(), typeBehind(out)
	return Endpoint{&endpoint{face: face, in: typeBehind(in), out: gives, status: status, run: func(r *Request) error {
		in := reflect.New(takes).Interface()
		if err := face.Read(r, in); err != nil {
			return err
		}
		answer, err := op(r.ctx, in)
		if err != nil {
			return err
		}
		if gives == nil {
			return face.Write(r, status, nil)
		}
		return face.Write(r, status, answer)
	}}}
}

// Do0 is Do for an operation that answers nothing.
//
//go:noinline
func Do0[In any](face Face, status int, op func(context.Context, In) error) Endpoint {
	return Do(face, status, func(ctx context.Context, in In) (None, error) { return None{}, op(ctx, in) })
}

// Map puts wire types around an operation: what a dialect reads and writes is not what the operation takes and gives.
func Map[B, In, Out, W any](decode func(B) In, op func(context.Context, In) (Out, error), encode func(Out) W) func(context.Context, B) (W, error) {
	return func(ctx context.Context, body B) (W, error) {
		out, err := op(ctx, decode(body))
		if err != nil {
			var none W
			return none, err
		}
		return encode(out), nil
	}
}

// Page draws what an operation answers. HTMX may ask for a named fragment of the same view.
//
//go:noinline
func Page[In, Out any](op func(context.Context, In) (Out, error), view func(Out) templ.Component) Endpoint {
	return drawn((*In)(nil), func(ctx context.Context, in any) (templ.Component, error) {
		out, err := op(ctx, *in.(*In))
		if err != nil {
			return nil, err
		}
		return view(out), nil
	})
}

// drawn is the part of Page that needs no types.
//
//go:noinline
func drawn(in any, show func(context.Context, any) (templ.Component, error)) Endpoint {
	takes := reflect.TypeOf(in).Elem()
	return Endpoint{&endpoint{face: Console, in: typeBehind(in), status: 200, run: func(r *Request) error {
		in := reflect.New(takes).Interface()
		if err := Console.Read(r, in); err != nil {
			return err
		}
		view, err := show(r.ctx, in)
		if err != nil {
			return err
		}
		return r.Render(200, view)
	}}}
}

// Redraw draws the form again with what was typed and what is wrong with it.
type Redraw[In any] func(ctx context.Context, in In, fault *models.Fault) (templ.Component, error)

// Submit is an operation behind a form: a fault draws the form again (422, 409 or 412), success leads to the next page.
//
//go:noinline
func Submit[In, Out any](op func(context.Context, In) (Out, error), redraw Redraw[In], next func(In, Out) string) Endpoint {
	return SubmitThen(op, redraw, func(r *Request, in In, out Out) error { return r.Next(next(in, out)) })
}

// SubmitThen is Submit with an own way to go on after success: to start a session, or to show a secret once.
//
//go:noinline
func SubmitThen[In, Out any](op func(context.Context, In) (Out, error), redraw Redraw[In], then func(*Request, In, Out) error) Endpoint {
	var again Redraw[any]
	if redraw != nil {
		again = func(ctx context.Context, in any, fault *models.Fault) (templ.Component, error) {
			return redraw(ctx, *in.(*In), fault)
		}
	}
	return submitted((*In)(nil),
		func(ctx context.Context, in any) (any, error) { return op(ctx, *in.(*In)) }, again,
		func(r *Request, in, out any) error { made, _ := out.(Out); return then(r, *in.(*In), made) })
}

// submitted is the part of SubmitThen that needs no types.
//
//go:noinline
func submitted(in any, op func(context.Context, any) (any, error),
	redraw Redraw[any], then func(r *Request, in, out any) error) Endpoint {
	takes := reflect.TypeOf(in).Elem()
	return Endpoint{&endpoint{face: Console, in: typeBehind(in), status: 200, run: func(r *Request) error {
		in := reflect.New(takes).Interface()
		err := Console.Read(r, in)
		if err == nil {
			var out any
			if out, err = op(r.ctx, in); err == nil {
				return then(r, in, out)
			}
		}
		fault, ok := models.AsFault(err)
		if !ok || redraw == nil || !redrawn(fault.Code) {
			return err
		}
		view, err := redraw(r.ctx, in, fault)
		if err != nil {
			return err
		}
		return r.Render(StatusOf(fault.Code), view)
	}}}
}

// redrawn tells which faults belong beside a form; the others are pages of their own.
func redrawn(code models.Code) bool {
	return code == models.Invalid || code == models.Conflict || code == models.Stale || code == models.RateLimited || code == models.Unauthenticated
}

// Raw is for what fits neither: precomputed bytes, downloads, streams. The face says how a fault is written.
func Raw(face Face, fn func(ctx context.Context, r *Request) error) Endpoint {
	return Endpoint{&endpoint{face: face, status: 200, run: func(r *Request) error { return fn(r.ctx, r) }}}
}

// typeBehind is the type that a pointer leads to, nil for None.
func typeBehind(pointer any) reflect.Type {
	if t := reflect.TypeOf(pointer).Elem(); t != reflect.TypeFor[None]() {
		return t
	}
	return nil
}
