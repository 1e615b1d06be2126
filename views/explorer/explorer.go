// Package explorer draws the API explorer: the operations at the left, the form of one in the middle, the call and its answer at the
// right.
package explorer

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"gatehouse/views/ui"
)

// Page is the whole page.
type Page struct {
	Faces  []ui.Tab
	Face   string
	Q      string // what is searched for
	Sought string // the operation, kept while searching
	Total  int    // operations of the face
	Home   string
	Groups []Group
	Op     *Operation // nil before one is chosen
	Answer *Answer    // nil before it was sent
}

// Group is the operations of one noun.
type Group struct {
	Name  string
	Links []Link
}

// Link leads to an operation.
type Link struct {
	Verb, Label, Href string
	Current           bool
}

// Operation is the form of one.
type Operation struct {
	Verb, Template, Title string
	Permission            string
	Audience              string
	Allowed               bool
	Writes                bool
	Stored                bool // what it takes is kept and not enforced yet
	Action                string
	Path, Query           []ui.Input
	HasBody               bool
	Body                  string
	Members               []Member
	Calls                 []ui.CodeOpts // the same request in several languages, the first in sight
}

// Member is one member of a body.
type Member struct {
	Name, Type, About string
	Words             []string
	Required          bool
}

func (m Member) text() string {
	text := m.About
	if len(m.Words) > 0 {
		text = strings.TrimSpace(text + " One of " + strings.Join(m.Words, ", ") + ".")
	}
	return text
}

// Answer is what came back.
type Answer struct {
	Status  int
	Took    time.Duration
	Size    int // bytes
	Cut     bool
	Headers []ui.Term
	Body    ui.CodeOpts
}

func (a Answer) status() string { return strconv.Itoa(a.Status) + " " + http.StatusText(a.Status) }

func (a Answer) state() ui.State {
	switch {
	case a.Status < 300:
		return ui.StateOK
	case a.Status < 500:
		return ui.StateWarn
	}
	return ui.StateBad
}

func (a Answer) note() string {
	took := strconv.FormatFloat(float64(a.Took.Microseconds())/1000, 'f', 1, 64) + " ms"
	if a.Took > 10*time.Millisecond {
		took = strconv.FormatInt(a.Took.Milliseconds(), 10) + " ms"
	}
	return took + ", " + ui.Plural(a.Size, "byte", "")
}

func (p Page) head() ui.Head {
	h := ui.Head{Title: "API explorer", Nav: "api", Wide: true, Crumbs: []ui.Crumb{{Label: "API explorer", Href: p.Home}}}
	for _, f := range p.Faces {
		if f.Current {
			h.Crumbs = append(h.Crumbs, ui.Crumb{Label: f.Label, Href: f.Href})
			h.Narrow = f.Label
		}
	}
	if p.Op != nil {
		h.Title, h.Section, h.Narrow = p.Op.Title, "API explorer", p.Op.Verb+" "+p.Op.Template
		h.Crumbs = append(h.Crumbs, ui.Crumb{Label: p.Op.Title})
	}
	return h
}

// verb is short enough for a list.
func (l Link) verb() string {
	if l.Verb == "DELETE" {
		return "DEL"
	}
	return l.Verb
}

func rowsOf(body string) int { return min(max(strings.Count(body, "\n")+2, 6), 24) }
