// Package clients draws the pages of clients: the list of an application's clients, how one is created, the editor with
// every setting, and the merge of two people's changes. They stand in the frame of their application.
package clients

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"gatehouse/models"
	"gatehouse/views/applications"
	"gatehouse/views/ui"
)

// stored marks settings that are kept and given back, and that nothing acts on yet.
const stored = "Stored, not enforced yet"

// URL is the address of a client, or of one of its pages.
func URL(id string, parts ...string) string {
	path := "/console/clients/" + url.PathEscape(id)
	for _, p := range parts {
		path += "/" + p
	}
	return path
}

// ListURL is the address of an application's clients.
func ListURL(applicationID string, parts ...string) string {
	return applications.URL(applicationID, append([]string{applications.TabClients}, parts...)...)
}

// List is the page of an application's clients.
type List struct {
	Head  applications.Head
	Rows  []Row
	Older string // address of the next page
	Newer string
}

// Row is one client of the list.
type Row struct {
	models.Client
	Secrets  int       // valid ones
	LastUsed time.Time // zero for never
}

func (l List) frame() applications.FrameOpts {
	return applications.FrameOpts{Head: l.Head, Tab: applications.TabClients}
}

func (r Row) state() (ui.State, string) {
	switch {
	case r.Disabled:
		return ui.StateOff, "Disabled"
	case r.Confidential() && r.Secrets == 0 && strings.HasPrefix(r.TokenEndpointAuthMethod, "client_secret"):
		return ui.StateWarn, "No valid secret"
	}
	return ui.StateOK, "Enabled"
}

// Danger is the page that asks before a client is deleted.
type Danger struct {
	Head    applications.Head
	Client  models.Client
	Secrets int
	Error   string
}

// Created is the page that shows a new client's first secret, once.
type Created struct {
	Head   applications.Head
	Client models.Client
	Secret ui.SecretOpts
}

// Form is the editor of a client, or the form of a new one.
type Form struct {
	Head    applications.Head
	Client  models.Client          // as it is stored; of a new one what its profile starts from
	Values  map[string][]string    // what each field holds, by JSON name
	Errors  map[string]string      // what is wrong, by JSON name
	Problem string                 // what is wrong with the whole
	URIs    map[string][]ui.URIRow // verdicts on the lists of addresses
	Blank   string                 // the list that gets one empty line more
	Base    string                 // the stored client as JSON, sent back so that changes of two people can be told apart
	Changes int                    // how many members the values change, when the page begins with changes
	New     bool
}

func (f Form) action() string {
	if f.New {
		return ListURL(f.Head.App.ID, "new")
	}
	return URL(f.Client.ID, "settings")
}

func (f Form) value(name string) string {
	if v := f.Values[name]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

func (f Form) on(name string) bool { return f.value(name) == "true" }

// input is the field of a setting.
func (f Form) input(name, label, help string) ui.Input {
	return ui.Input{Name: name, Label: label, Help: help, Value: f.value(name), Error: f.Errors[name]}
}

// uri is a field for one address.
func (f Form) uri(name, label, term, help string) ui.Input {
	in := f.input(name, label, help)
	in.Term, in.Mono, in.InputMode, in.Autocomplete, in.Placeholder = term, true, "url", "off", "https://"
	return in
}

// span is a field for a time.
func (f Form) span(name, label, help string) ui.Input {
	in := f.input(name, label, help)
	in.Placeholder, in.Autocomplete = "such as 12 hours or 30 days", "off"
	return in
}

// code is a field for a text that programs made.
func (f Form) code(name, label, term, help string, rows int) ui.Input {
	in := f.input(name, label, help)
	in.Term, in.Mono, in.Rows, in.Autocomplete = term, true, rows, "off"
	in.Attrs = map[string]any{"spellcheck": "false"}
	return in
}

// toggle is a field that is on or off.
func (f Form) toggle(name, label, term, help string) ui.Input {
	in := f.input(name, label, help)
	in.Term, in.Value, in.Checked = term, "true", f.on(name)
	return in
}

// pick is a field with a few choices.
func (f Form) pick(name, label, help string, options ...ui.Option) ui.Input {
	in := f.input(name, label, help)
	in.Options = options
	return in
}

// badge marks a field.
func badge(in ui.Input) ui.Input { in.Badge = stored; return in }

func (f Form) uris(name, label, term, noun, help string) ui.URIListOpts {
	in := ui.Input{Name: name, Label: label, Term: term, Help: help, Error: f.Errors[name], Placeholder: "https://"}
	return ui.URIListOpts{Input: in, Noun: noun, Rows: f.URIs[name], Blank: f.Blank == name}
}

// lines is a list of words, one a line.
func (f Form) lines(name, label, help string) ui.Input {
	in := f.code(name, label, "", help, 3)
	in.Value = strings.Join(f.Values[name], "\n")
	return in
}

// problems are what the summary above the form lists, in the order of the page.
func (f Form) problems() []ui.Problem {
	var out []ui.Problem
	if f.Problem != "" {
		out = append(out, ui.Problem{Text: f.Problem})
	}
	for name, rows := range f.URIs {
		for i, r := range rows {
			if r.Verdict == ui.URIBad && len(f.Errors) > 0 {
				out = append(out, ui.Problem{Field: "#" + fieldID(name) + "-" + strconv.Itoa(i), Text: Label(name) + ": " + r.Text})
			}
		}
	}
	for name, text := range f.Errors {
		if !strings.Contains(name, "[") {
			out = append(out, ui.Problem{Field: name, Text: Label(name) + ": " + text})
		}
	}
	sortProblems(out)
	return out
}

func fieldID(name string) string { return "f-" + strings.NewReplacer("_", "-", ".", "-").Replace(name) }

func (f Form) frame() applications.FrameOpts {
	o := applications.FrameOpts{Head: f.Head, Tab: applications.TabClients, Crumbs: []ui.Crumb{{Label: f.Client.Name}}, Title: f.Client.Name,
		Foot: ui.SaveBar(ui.SaveBarOpts{Form: "client", Problems: f.problems(), Calls: true, Can: "client.update"})}
	if f.New {
		o.Title, o.Crumbs = "New client", []ui.Crumb{{Label: "New client"}}
		o.Foot = nil
	}
	return o
}

// attrs tell the script of changes that the page begins with.
func (f Form) attrs() map[string]any {
	if f.Changes == 0 {
		return nil
	}
	return map[string]any{"data-rows": strconv.Itoa(f.Changes)}
}

func (f Form) saml() bool { return f.Client.Protocol == models.ProtocolSAML }
