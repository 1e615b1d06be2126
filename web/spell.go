package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// A form can be shown as the API calls that would do the same. It is posted to its own address with show=call; then nothing is
// done, and it is drawn again with what was typed and the calls beside it. What it would do is the input of an operation: the native
// route that takes this input is the native call, and each dialect is asked how it says it.

// Call is one operation on the wire of a management API.
type Call struct {
	Verb, Path string
	Body       any    // encoded as JSON; none when nil
	Version    string // sent as If-Match when not empty
	Note       string // what this call leaves out, or does otherwise than the form
}

// Speller is a management API that can say operations in its words.
type Speller struct {
	Name string // as people know it: "Auth0"
	// Say spells the operation that takes this input. A call without a verb stands for what the API has no words for.
	Say func(ctx context.Context, op any) (Call, error)
}

// Told is what a form would do.
type Told struct {
	About string // "What Save changes will send. Nothing is saved yet."
	Form  string // id of the form, which closes the drawer by being drawn again; empty where nothing is typed
	To    string // where that form is posted for it, when not to its own address
	Op    any    // the input of the operation, which the dialects spell as well
	Calls []Call // instead of the native route that takes Op
	Warn  string // what the API would answer to a problem in the form
}

// secretPlace stands in a shown call for a secret: what was typed does not go into a page.
const secretPlace = "$SECRET"

// readable undoes what encoders of members did for HTML, and puts the place of a secret where one is masked.
var readable = strings.NewReplacer(strconv.Quote(models.Masked), strconv.Quote(secretPlace), `\u003c`, "<", `\u003e`, ">", `\u0026`, "&")

// Showing lets the form of an endpoint be shown as API calls. draw is nil for a fault when it only draws what was typed.
func Showing[In any](e Endpoint, tell func(context.Context, In) (Told, error), draw Redraw[In]) Endpoint {
	submit := e.run
	e.shown = true
	e.run = func(r *Request) error {
		asked := r.Asked()
		if asked == "" {
			return submit(r)
		}
		var in In
		err := Console.Read(r, &in)
		if err == nil && asked == "call" {
			var t Told
			if t, err = tell(r.ctx, in); err == nil {
				err = r.Tell(t)
			}
		}
		fault, ok := models.AsFault(err)
		if err != nil && (!ok || !redrawn(fault.Code)) {
			return err
		}
		view, err := draw(r.ctx, in, fault)
		if err != nil {
			return err
		}
		if fault != nil {
			return r.Render(StatusOf(fault.Code), view)
		}
		return r.Render(200, view)
	}
	return e
}

// Says is a tell for a form whose input is that of the operation.
func Says[In any](form, about string) func(context.Context, In) (Told, error) {
	return func(_ context.Context, in In) (Told, error) { return Told{About: about, Form: form, Op: in}, nil }
}

// Sends is a tell for a button that acts at once: the one native call that its input fills. to is the page that the button is on; what
// gives the input in the words of the dialects, nil where none has any.
func Sends[In any](about, method, path string, to func(In) string, what func(In) any) func(context.Context, In) (Told, error) {
	return func(_ context.Context, in In) (Told, error) {
		t := Told{About: about, To: to(in), Calls: []Call{NativeCall(method, path, in)}}
		if what != nil {
			t.Op = what(in)
		}
		return t, nil
	}
}

// Itself is what a form means to the dialects where its input is that of the operation.
func Itself[In any](in In) any { return in }

// Drawn is a draw for a page without fields: what the page reads, and its view.
func Drawn[In, PageIn, V any](of func(In) PageIn, read func(context.Context, PageIn) (V, error), view func(V) templ.Component) Redraw[In] {
	return func(ctx context.Context, in In, _ *models.Fault) (templ.Component, error) {
		v, err := read(ctx, of(in))
		return view(v), err
	}
}

// Same is what a page reads where its form says the same.
func Same[In any](in In) In { return in }

// Asked is what the posted form asks for beside being done: "call" to be shown as API calls, "form" to be drawn without them.
func (r *Request) Asked() string {
	switch asked := string(r.c.Request().PostArgs().Peek("show")); asked {
	case "call", "form":
		return asked
	}
	return ""
}

// Tell puts the calls of a form beside the page that is drawn next.
func (r *Request) Tell(t Told) error {
	out := ui.Calls{Form: t.Form, To: t.To, About: t.About, Warn: t.Warn, Scope: r.route.Action}
	if out.To == "" {
		out.To = strings.Clone(r.c.Path())
	}
	if t.Form == "" {
		out.Close = out.To
	}
	if t.Calls == nil {
		t.Calls = []Call{r.srv.native(r.route.Action, t.Op)}
	}
	for _, c := range t.Calls {
		out.Calls = append(out.Calls, c.spelled("Native"))
	}
	for _, s := range r.srv.Spellers {
		c, err := s.Say(r.ctx, t.Op)
		if err != nil {
			return err
		}
		out.Calls = append(out.Calls, c.spelled(s.Name))
	}
	r.aside = ui.CallDrawer(out)
	return nil
}

// spelled is the call as a page shows it.
func (c Call) spelled(name string) ui.Spelled {
	if c.Verb == "" {
		return ui.Spelled{Name: name, Note: c.Note}
	}
	out := ui.Spelled{Name: name, Note: c.Note, Request: ui.Request{Verb: c.Verb, Path: c.Path, Version: c.Version}}
	if c.Body != nil {
		out.Request.Body = shown(c.Body)
	}
	return out
}

// shown is a body as indented JSON, with a place for every secret.
func shown(body any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if enc.Encode(body) != nil { // only a text that is no JSON inside a JSON member, which its form refuses
		return ""
	}
	return readable.Replace(strings.TrimSpace(b.String()))
}

// native is the call of the native route that takes the input of an operation.
func (s *Server) native(action string, op any) Call {
	for _, route := range s.routes {
		if route.face == Native && route.Method != "GET" && route.Action == action && route.in == reflect.TypeOf(op) {
			return NativeCall(route.Method, route.Path, op)
		}
	}
	return Call{}
}

// NativeCall fills the path, the version and the body of a native route from the input of its operation.
func NativeCall(method, path string, op any) Call {
	v, c := reflect.ValueOf(op), Call{Verb: method, Path: path}
	p := planOf(v.Type())
	for _, f := range p.path {
		c.Path = strings.Replace(c.Path, ":"+f.name, url.PathEscape(v.FieldByIndex(f.index).String()), 1)
	}
	for _, f := range p.header {
		if version, ok := v.FieldByIndex(f.index).Interface().(models.Opt[int64]); ok && version.Set && f.name == "If-Match" {
			c.Version = strconv.FormatInt(version.V, 10)
		}
	}
	query := url.Values{}
	for _, f := range p.query {
		if said := v.FieldByIndex(f.index); !said.IsZero() {
			query.Set(f.name, fmt.Sprint(said.Interface()))
		}
	}
	if len(query) > 0 {
		c.Path += "?" + query.Encode()
	}
	body := map[string]any{}
	for _, f := range reflect.VisibleFields(v.Type()) {
		name := tagName(f.Tag.Get("json"))
		if said := v.FieldByIndex(f.Index); name != "" && !unsaid(said) {
			body[name] = said.Interface()
		}
	}
	if len(body) > 0 {
		c.Body = body
	}
	return c
}

// unsaid tells whether a member stands for nothing said.
func unsaid(v reflect.Value) bool {
	if v.IsZero() {
		return true
	}
	z, ok := v.Interface().(interface{ IsZero() bool })
	return ok && z.IsZero()
}

// Members is what a value says as JSON, by member.
func Members(v any) map[string]json.RawMessage {
	raw, _ := json.Marshal(v)
	out := map[string]json.RawMessage{}
	_ = json.Unmarshal(raw, &out)
	return out
}

// Differing are the members of after that say something else than before, and null for those that it has not any more.
func Differing(before, after map[string]json.RawMessage) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for name, value := range after {
		if !bytes.Equal(before[name], value) {
			out[name] = value
		}
	}
	for name := range before {
		if _, still := after[name]; !still {
			out[name] = json.RawMessage("null")
		}
	}
	return out
}

// LeavesOut is the note on a call that cannot say some settings; empty when it says them all.
func LeavesOut(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "This API has no words for " + strings.Join(names, ", ") + "."
}
