package explorer

import (
	"context"
	"strings"

	"gatehouse/models"
	views "gatehouse/views/explorer"
	"gatehouse/views/ui"
	"gatehouse/web"
)

// Routes are the page and the form on it. Both need a signed-in administrator; what a request may do is judged by the operation that
// it reaches.
func (e Explorer) Routes() []web.Route {
	return []web.Route{
		{"GET", home, web.SignedIn, web.Raw(web.Console, e.show)},
		{"POST", home, web.SignedIn, web.Raw(web.Console, e.send)},
	}
}

// read gives what the address and, for a POST, the form say. The fields of the form depend on the operation, so they are read by name.
func read(r *web.Request) asked {
	c := r.Fiber()
	a := asked{face: c.Query("face"), op: c.Query("op"), q: strings.TrimSpace(c.Query("q")), values: map[string]string{}}
	c.Request().PostArgs().VisitAll(func(key, value []byte) { a.values[string(key)] = string(value) })
	return a
}

func (e Explorer) show(_ context.Context, r *web.Request) error {
	a := read(r)
	page, _, err := e.page(r, &a)
	if err != nil {
		return err
	}
	return r.Render(200, views.Explorer(page))
}

// send runs the request and shows its answer beside the form. The page is 200 whatever the answer: the answer's status is what it
// shows.
func (e Explorer) send(_ context.Context, r *web.Request) error {
	a := read(r)
	page, route, err := e.page(r, &a)
	if err != nil {
		return err
	}
	if route == nil {
		return models.Missing("operation")
	}
	for i, m := range route.PathMembers() {
		if a.values["path."+m.Name] == "" {
			page.Op.Path[i].Error = "This part of the path is needed."
			return r.Render(422, views.Explorer(page))
		}
	}
	page.Answer = answer(e.Server().Try(r, a.trial(*route)))
	return r.Render(200, views.Explorer(page))
}

// page is everything but an answer.
func (e Explorer) page(r *web.Request, a *asked) (views.Page, *web.Route, error) {
	f := e.face(a.face)
	a.face = f.Name
	all := e.operations(f)
	page := views.Page{Q: a.q, Face: f.Name, Total: len(all), Home: home, Sought: a.op}
	for _, other := range e.Faces {
		page.Faces = append(page.Faces, ui.Tab{Label: other.Label, Href: home + "?face=" + other.Name, Current: other.Name == f.Name})
	}
	page.Groups = groups(all, f, *a)
	if a.op == "" {
		return page, nil, nil
	}
	route := find(all, a.op)
	if route == nil {
		return page, nil, models.Missing("operation")
	}
	page.Op = e.operation(r, *route, f, *a)
	return page, route, nil
}

// groups are the operations by noun, those that fit what is searched for.
func groups(all []web.Route, f Face, a asked) (out []views.Group) {
	for _, r := range all {
		text := label(r, f)
		if !contains(text+" "+r.Method+" "+braces(r.Path), a.q) {
			continue
		}
		noun := group(r, f)
		if len(out) == 0 || out[len(out)-1].Name != noun {
			out = append(out, views.Group{Name: noun})
		}
		g := &out[len(out)-1]
		to := a
		to.op = name(r)
		g.Links = append(g.Links, views.Link{Verb: r.Method, Label: text, Href: to.address(), Current: to.op == a.op})
	}
	return out
}

func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// operation is the form of one operation with what was typed.
func (e Explorer) operation(r *web.Request, route web.Route, f Face, a asked) *views.Operation {
	doc := route.Doc()
	op := &views.Operation{Verb: route.Method, Template: braces(route.Path), Title: label(route, f), Permission: route.Action, Audience: f.Audience,
		Allowed: r.Actor().May(route.Action) || route.Action == web.Public, Action: a.address(), Writes: route.Method != "GET", Stored: doc.Coverage == "stored"}
	for _, m := range route.PathMembers() {
		op.Path = append(op.Path, field("path.", m, a))
	}
	for _, m := range route.QueryMembers() {
		op.Query = append(op.Query, field("query.", m, a))
	}
	if route.ReadsBody() {
		op.HasBody = true
		for _, m := range route.BodyMembers() {
			op.Members = append(op.Members, views.Member{Name: m.Name, Type: m.Type, About: m.Doc, Words: m.Words, Required: m.Required})
		}
		if body, typed := a.values["body"]; typed {
			op.Body = body
		} else {
			op.Body = route.Example()
			a.values["body"] = op.Body
		}
	}
	for _, l := range ui.RequestLanguages {
		op.Calls = append(op.Calls, a.call(route, l.Value))
	}
	return op
}

func field(prefix string, m web.Member, a asked) ui.Input {
	in := ui.Input{Name: prefix + m.Name, Label: m.Name, Term: m.Type, Help: m.Doc, Value: a.values[prefix+m.Name], Required: m.Required, Mono: true, Autocomplete: "off"}
	if len(m.Words) > 0 {
		in.Options = append(in.Options, ui.Option{Value: "", Label: "Not said"})
		for _, w := range m.Words {
			in.Options = append(in.Options, ui.Option{Value: w, Label: w})
		}
	}
	return in
}
