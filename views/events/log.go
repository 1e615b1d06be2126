// Package events draws the audit log: the list, one event, and where nothing is to be seen.
package events

import (
	"time"

	"github.com/a-h/templ"

	"gatehouse/views/applications"
	"gatehouse/views/ui"
)

// Log is the list as it is drawn. Everything is ready to print.
type Log struct {
	Path     string             // address of the list without its filters
	Of       *applications.Head // the application whose activity it is; nil for the whole log
	Q        string
	Filters  []ui.Filter
	Rows     []Row
	Summary  string
	Newer    string
	Older    string
	Chart    *Strip
	Seal     string // how far the chain is sealed
	Export   []ui.MenuItem
	LiveOn   string // address that follows the log
	LiveOff  string // address that stops; set while it follows
	Refresh  string // address of the newest events with these filters
	Poll     string // what the page asks for while it follows; empty after a while
	Resume   string // address that follows again after that while
	Filtered bool
}

// Strip is how many events there were over time.
type Strip struct {
	Aria        string
	All, Failed []float64
	Labels      []string
}

// Row is one event in the list.
type Row struct {
	ID      string
	At      time.Time
	Time    string // for reading: 20:03:58, or 20 Nov, 20:03
	Label   string
	State   ui.State
	Actor   string
	Program bool
	On      string
	About   string
	Toggle  string // address that opens or closes the row in place
	Open    *Event
}

// Event is everything about one event.
type Event struct {
	ID       string
	Title    string
	State    ui.State
	At       time.Time
	Sentence []Part
	Why      string // of a failure
	Changes  []Change
	Facts    []Fact
	Related  []Link
	Href     string // its own page
	JSON     []byte
}

// Part is a piece of a sentence; one with an Href is a link.
type Part struct{ Text, Href string }

// Fact is one line of where an event came from.
type Fact struct {
	Name, Text, Href string
	Code             bool
}

// Link leads to related events.
type Link struct{ Text, Href, Note string }

// Change is one field before and after.
type Change struct {
	Path              string
	Gone, Came, Stays []string
	Hidden            bool
}

func (l Log) say() string {
	if l.Poll != "" {
		return "" // a list that follows would be read aloud every few seconds
	}
	return l.Summary
}

// followID names what polls after the row that is open, so that opening another replaces it: an element that was merely changed
// would go on asking for the list as it was.
func (l Log) followID() string {
	for _, r := range l.Rows {
		if r.Open != nil {
			return "follow-" + r.ID
		}
	}
	return "follow"
}

func (l Log) narrow() string { return ui.Narrowed(l.Q, l.Filters, l.Newer != "") }

func (l Log) empty() ui.EmptyOpts {
	if l.Filtered {
		return ui.EmptyOpts{Kind: ui.EmptyNoMatch, Title: "No events match", Text: "Nothing in the log fits all of these filters.", Clear: l.Path}
	}
	return ui.EmptyOpts{Title: "Nothing has happened yet", Text: "Every change and every sign-in to the console is written here, with who made it and what it was before.",
		Code: "GET /rest/v1/events"}
}

func (r Row) toggleLabel() string {
	if r.Open != nil {
		return "Close " + r.Label + ", " + r.Time
	}
	return "Open " + r.Label + ", " + r.Time
}

// inPlace swaps the list instead of the page, so that a row opens where it is.
func inPlace(href string) templ.Attributes {
	return templ.Attributes{"hx-get": href, "hx-target": "#results", "hx-swap": "outerMorph", "hx-push-url": "true", "hx-sync": "#results:replace"}
}

func (l Link) note() string {
	if l.Note == "" {
		return ""
	}
	return ", " + l.Note
}
