// Package credentials draws the pages of secrets, public keys and certificates: those of a whole application, those of one
// client with its rotation, and one secret. Values are drawn once, in the answer to the form that made or revealed them.
package credentials

import (
	"time"

	"gatehouse/models"
	"gatehouse/views/applications"
	"gatehouse/views/clients"
	"gatehouse/views/ui"
)

// soon is how long before its end a credential is marked.
const soon = 14 * 24 * time.Hour

// Row is one credential as lists show it.
type Row struct {
	models.Credential
	Status   string // valid, expired, retired
	LastUsed time.Time
	LastIP   string
	Client   string // name of its client, on pages of several
	Part     string // of a rotation: "new" or "old"
}

// Page is what every page here has.
type Page struct {
	Head      applications.Head
	Client    models.Client // of the pages of one
	WriteOnce bool          // values cannot be shown again
	Closed    bool          // of the pages of one: what opens this client is beyond the reader's role
	Now       time.Time
}

// Overview is every credential of an application.
type Overview struct {
	Page
	Rows    []Row
	Clients []models.Client // those that can have more
	Older   string
	Newer   string
}

// ClientPage is the credentials of one client.
type ClientPage struct {
	Page
	Secrets      []Row
	Keys         []Row
	Certificates []Row
	Rotation     *Rotation
	Reveal       *ui.SecretOpts // just made, shown once
}

// Rotation is a rotation under way.
type Rotation struct {
	Old, New  Row
	StartedAt time.Time
	StartedBy string
	EndsAt    time.Time // zero when the old one does not end by itself
	Shown     bool      // the new value is on this page
}

// SecretPage is one secret.
type SecretPage struct {
	Page
	Row    Row
	Reveal *ui.SecretOpts
	Form
}

// Form is what was typed, and what is wrong with it.
type Form struct {
	Values map[string]string
	Errors map[string]string
}

// FormPage is a page with a form of one thing to make.
type FormPage struct {
	Page
	Form
}

// Danger is the page that asks before a credential stops working.
type Danger struct {
	Page
	Row    Row
	Delete bool // for good, instead of retiring
}

// URL is the address of a client's credentials, or of one of their pages.
func URL(clientID string, parts ...string) string {
	return clients.URL(clientID, append([]string{"secrets"}, parts...)...)
}

func (r Row) hint() string { return r.Prefix + "…" + r.LastFour }

func (r Row) tile() ui.TileOpts {
	t := ui.TileOpts{Icon: "key-round", Tint: "k5"}
	switch {
	case r.Kind == models.CredentialCertificate:
		t.Icon = "file-badge"
	case r.Kind == models.CredentialPublicKey:
		t.Icon = "key-square"
	}
	if r.Part == "new" {
		t.Tint = "k1"
	}
	if r.Status != "valid" {
		t.Tint = ""
	}
	return t
}

func (r Row) href() string {
	if r.Kind == models.CredentialSecret {
		return URL(r.ClientID, r.ID)
	}
	return URL(r.ClientID)
}

// noun is what a credential is called in a sentence.
func (r Row) noun() string {
	switch r.Kind {
	case models.CredentialPublicKey:
		return "key"
	case models.CredentialCertificate:
		return "certificate"
	}
	return "secret"
}

// proves is how a program uses a credential.
func (r Row) proves() string {
	if r.Kind == models.CredentialSecret {
		return "holds this secret"
	}
	return "proves itself by this " + r.noun()
}

// actURL is where a credential is acted upon.
func (r Row) actURL(act string) string {
	switch r.Kind {
	case models.CredentialPublicKey:
		return clients.URL(r.ClientID, "keys", r.ID, act)
	case models.CredentialCertificate:
		return clients.URL(r.ClientID, "certificates", r.ID, act)
	}
	return URL(r.ClientID, r.ID, act)
}

// state is what the list says of a credential; loud says that it needs somebody.
func (r Row) state() (s ui.State, text string, loud bool) {
	switch {
	case r.Status == "retired":
		return ui.StateOff, "Retired", true
	case r.Status == "expired":
		return ui.StateBad, "Expired", true
	case r.Awaited():
		return ui.StateWarn, "No key yet", true
	case r.Part == "old":
		return ui.StateWarn, "Being replaced", true
	case r.Part == "new":
		return ui.StateInfo, "New", true
	case r.IsPrimary:
		return ui.StateOK, "Primary", false
	}
	return ui.StateOK, "Valid", false
}

// ends says when a credential stops working, and whether that is soon. What is soon reads on after "Expires" or "Expired".
func (r Row) ends(now time.Time) (text string, near bool) {
	switch {
	case r.Status == "retired":
		return "No longer valid", false
	case r.ExpiresAt == nil:
		return "Never", false
	case r.ExpiresAt.Before(now):
		return ui.Ago(*r.ExpiresAt, now), true
	case r.ExpiresAt.Sub(now) < soon:
		return ui.Ago(*r.ExpiresAt, now), true
	}
	return r.ExpiresAt.Format("2 Jan 2006"), false
}

func (p Page) frame(title string, crumbs ...ui.Crumb) applications.FrameOpts {
	all := append([]ui.Crumb{{Label: p.Client.Name, Href: URL(p.Client.ID)}}, crumbs...)
	return applications.FrameOpts{Head: p.Head, Tab: applications.TabSecrets, Title: title, Crumbs: all}
}

func (f Form) input(name, label, help string) ui.Input {
	return ui.Input{Name: name, Label: label, Help: help, Value: f.Values[name], Error: f.Errors[name], Autocomplete: "off"}
}

// labels are the fields of the forms, in their order.
var labels = []struct{ field, label string }{{"", ""}, {"name", "Name"}, {"jwk", "Public key"}, {"certificate", "Certificate"}, {"expires", "Expires"}, {"expires_on", "Day"},
	{"overlap_seconds", "How long the old secret goes on"}, {"overlap", "How long the old secret goes on"}, {"value", "Value"}}

// problems are the lines of the summary: there they stand far from their fields, so they name them.
func (f Form) problems() []ui.Problem {
	var out []ui.Problem
	for _, l := range labels {
		text := f.Errors[l.field]
		if text != "" && l.label != "" {
			text = l.label + ": " + text
		}
		if text != "" {
			out = append(out, ui.Problem{Field: l.field, Text: text})
		}
	}
	return out
}

func (f Form) expires() ui.Input {
	in := f.input("expires", "Expires", "With an end it cannot lie forgotten somewhere and still work.")
	in.Options = []ui.Option{{Label: "Never"}, {Value: "30", Label: "In 30 days"}, {Value: "90", Label: "In 90 days"}, {Value: "180", Label: "In 180 days"},
		{Value: "365", Label: "In a year"}, {Value: "date", Label: "On the day below"}}
	return in
}

func (f Form) day() ui.Input {
	in := f.input("expires_on", "Day", "It works to the end of this day, UTC.")
	in.Type, in.Optional, in.Class = "date", true, "when-date"
	return in
}

func (f Form) overlap() ui.Input {
	in := f.input("overlap_seconds", "How long the old secret goes on", "Both work meanwhile. It ends by itself when the time is over, or earlier when you retire it.")
	in.Options = []ui.Option{{Value: "3600", Label: "1 hour"}, {Value: "86400", Label: "1 day"}, {Value: "604800", Label: "7 days"}, {Value: "2592000", Label: "30 days"}, {Value: "0", Label: "Not at all"}}
	return in
}

// steps are the four steps of a rotation. What is true of them is read from the secrets, so that they survive a reload.
func (r Rotation) steps(now time.Time) []ui.Step {
	used := !r.New.LastUsed.IsZero()
	step := func(title, note string, done, current bool) ui.Step {
		s := ui.Step{Title: title, Note: note}
		if done {
			s.State = ui.StepDone
		} else if current {
			s.State = ui.StepNow
		}
		return s
	}
	copied, watch := "Shown once, below", "Not used yet"
	if !r.Shown {
		copied = "Its value was shown once"
	}
	if used {
		watch = "Used " + ui.Ago(r.New.LastUsed, now)
	}
	return []ui.Step{
		step("Create the new secret", "Both work from here on", true, false),
		step("Copy it to the service", copied, used || !r.Shown, r.Shown),
		step("Watch it being used", watch, used, !r.Shown),
		step("Retire the old one", r.quiet(now), false, used),
	}
}

// quiet says how long the old secret has not been used.
func (r Rotation) quiet(now time.Time) string {
	switch {
	case r.Old.Status != "valid":
		return "It has ended"
	case r.Old.LastUsed.IsZero():
		return "It was never used"
	}
	return "Last used " + ui.Ago(r.Old.LastUsed, now)
}
