package applications

import "gatehouse/views/ui"

// Calls is what a form would send, spelled for each API that can say it. It stands beside the form; both ways out of it are
// posts of the form, so that nothing that was typed is lost.
type Calls struct {
	Form, To string // id of the form, and where it is posted to be drawn again
	About    string
	Calls    []Call
	Scope    string
}

// Call is one operation as one API spells it.
type Call struct {
	Name   string // "Native", "Transmit"
	Verb   string
	Path   string
	Curl   string
	Fills  []string
	Absent string // instead of the rest: why this API cannot say it
}

func (c Call) code(n string) ui.CodeOpts {
	return ui.CodeOpts{ID: "call-" + n, Label: "curl command, " + c.Name, File: "curl", Text: c.Curl, Lang: "sh", Fills: c.Fills}
}
