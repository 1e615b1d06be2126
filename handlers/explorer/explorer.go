// Package explorer lets administrators try the management APIs in the console: it lists the operations that are mounted, draws a
// form for each from what its route reads, and runs the request in this process as the administrator who asks, with what that person
// may do and nothing more. It owns no data and knows no feature.
package explorer

import (
	"bytes"
	"encoding/json"
	"net/url"
	"sort"
	"strings"

	views "gatehouse/views/explorer"
	"gatehouse/views/ui"
	"gatehouse/web"
)

// Face is one API to explore: the routes below its prefix that speak its face.
type Face struct {
	Name     string // of the face, "native"
	Label    string // for people, "Native"
	Prefix   string // "/rest/v1"
	Audience string // of the tokens that it takes, for programs
}

// Explorer is the page over the routes of the server.
type Explorer struct {
	Faces  []Face
	Server func() *web.Server // it is there once everything is mounted
}

// home is the address of the page.
const home = "/console/explorer"

// face gives the chosen face, or the first.
func (e Explorer) face(name string) Face {
	for _, f := range e.Faces {
		if f.Name == name {
			return f
		}
	}
	return e.Faces[0]
}

// operations are the routes of a face that can be tried, by path and then by method.
func (e Explorer) operations(f Face) []web.Route {
	var out []web.Route
	for _, r := range e.Server().Routes() {
		if r.Face().Name() == f.Name && r.Tryable() && strings.HasPrefix(r.Path, f.Prefix) && r.Method != "HEAD" {
			out = append(out, r)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}

// asked is what the address and the form say.
type asked struct {
	face, op, q, lang string
	values            map[string]string // "path.id", "query.limit", "body", "if_match"
}

// find gives the operation that was asked for; nil when there is none of that name.
func find(routes []web.Route, op string) *web.Route {
	for i := range routes {
		if name(routes[i]) == op {
			return &routes[i]
		}
	}
	return nil
}

// name tells an operation from the others of its face.
func name(r web.Route) string { return r.Method + " " + r.Path }

// label is an operation in words: its summary, or else its path.
func label(r web.Route, f Face) string {
	if s := strings.TrimSuffix(r.Doc().Summary, "."); s != "" {
		return s
	}
	return braces(strings.TrimPrefix(r.Path, f.Prefix))
}

// group is the noun of an operation, in words.
func group(r web.Route, f Face) string {
	part, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(r.Path, f.Prefix), "/"), "/")
	if part == "" {
		part = "meta"
	}
	return strings.ReplaceAll(strings.TrimPrefix(part, "."), "-", " ")
}

// braces writes a path as documents do: {id} for :id.
func braces(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if n, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + n + "}"
		}
	}
	return strings.Join(parts, "/")
}

func (a asked) address(more ...string) string {
	q := url.Values{"face": {a.face}}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("op", a.op)
	set("q", a.q)
	for i := 0; i < len(more); i += 2 {
		q.Del(more[i])
		set(more[i], more[i+1])
	}
	return home + "?" + q.Encode()
}

// trial is the request that the form describes.
func (a asked) trial(r web.Route) web.Trial {
	parts := strings.Split(r.Path, "/")
	for i, p := range parts {
		if n, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = url.PathEscape(a.values["path."+n])
		}
	}
	q := url.Values{}
	for field, value := range a.values {
		if n, ok := strings.CutPrefix(field, "query."); ok && value != "" {
			q.Set(n, value)
		}
	}
	t := web.Trial{Method: r.Method, Path: strings.Join(parts, "/"), Version: a.values["if_match"]}
	if len(q) > 0 {
		t.Path += "?" + q.Encode()
	}
	if r.ReadsBody() {
		t.Body = strings.TrimSpace(a.values["body"])
	}
	return t
}

// call is the request in a language, with the values that were typed; what is missing stays a placeholder.
func (a asked) call(r web.Route, language string) ui.CodeOpts {
	filled := a
	filled.values = map[string]string{}
	for k, v := range a.values {
		filled.values[k] = v
	}
	t := filled.trial(r)
	for _, m := range r.PathMembers() {
		if a.values["path."+m.Name] == "" {
			t.Path = strings.Replace(t.Path, "//", "/{"+m.Name+"}/", 1)
		}
	}
	if strings.HasSuffix(t.Path, "/") && len(r.PathMembers()) > 0 {
		t.Path += "{" + r.PathMembers()[len(r.PathMembers())-1].Name + "}"
	}
	text, highlight := ui.Request{Verb: t.Method, Path: t.Path, Body: pretty([]byte(t.Body)), Version: t.Version}.Code(language)
	return ui.CodeOpts{ID: "call-" + language, Label: language + " call", File: language, Text: text, Lang: highlight}
}

// pretty indents JSON; anything else stays as it is.
func pretty(raw []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}

// answer is what came back, ready to be drawn.
func answer(t web.Tried) *views.Answer {
	out := &views.Answer{Status: t.Status, Took: t.Took, Size: len(t.Body), Cut: t.Cut}
	for _, h := range t.Header {
		out.Headers = append(out.Headers, ui.Term{Name: h[0], Text: h[1], Code: true})
	}
	out.Body = ui.CodeOpts{ID: "answer", Label: "answer", File: "Body", Text: pretty(t.Body), Lang: "json"}
	return out
}
