// Package overview draws the first page of the console and the list of secrets that expire soon.
package overview

import (
	"strings"
	"time"

	"gatehouse/views/ui"
)

// Page is the overview as it is drawn. A part that the person may not see, or of which nothing is known, is empty.
type Page struct {
	Fresh    bool // nothing has been set up yet: no figures, but where to begin
	Trouble  bool
	Week     int // secrets that expire within seven days
	Periods  []ui.Tab
	Stats    []ui.StatOpts
	Chart    *ui.ChartOpts
	ChartLog string // the log of the period
	Anomaly  *Anomaly
	Tasks    []ui.Task // nil once all are done
	Expiring []Secret
	ExpireIn int // secrets that expire within thirty days
	Recent   []ui.Moment
	Health   []Check
	Now      time.Time
	ShowLog  bool // the person may read the log
	ShowKeys bool // the person may read clients and their secrets
}

// Anomaly is what stands out in the chart, in words.
type Anomaly struct{ Text, Href string }

// Secret is a secret that expires.
type Secret struct {
	ID, Name, Client, Application string
	Hint                          string // first and last characters
	Expires, LastUsed             time.Time
	Href                          string // where it is rotated
}

// Check is one line of the health of the server.
type Check struct {
	Name, Text string
	State      ui.State
	Href       string
}

func (p Page) title(admin string) string {
	first, _, _ := strings.Cut(admin, " ")
	switch {
	case p.Fresh && first != "":
		return "Welcome, " + first
	case first != "":
		return "Hello, " + first
	}
	return "Overview"
}

// summary is the state of everything in a sentence or two.
func (p Page) summary(tenant string) string {
	if tenant == "" {
		tenant = "Gatehouse"
	}
	if p.Fresh {
		return tenant + " is running. Create an application to get its first token."
	}
	text := tenant + " is healthy."
	if p.Trouble {
		text = tenant + " needs attention: see Health below."
	}
	switch {
	case p.Week == 1:
		text += " One secret expires this week."
	case p.Week > 1:
		text += " " + ui.Number(p.Week) + " secrets expire this week."
	}
	return text
}

// urgency is how loud the time that is left is shown.
func urgency(expires, now time.Time) ui.State {
	switch left := expires.Sub(now); {
	case left < 7*24*time.Hour:
		return ui.StateBad
	case left < 14*24*time.Hour:
		return ui.StateWarn
	}
	return ui.StateNone
}

// tint is the colour of an icon beside it.
func tint(expires, now time.Time) string {
	switch urgency(expires, now) {
	case ui.StateBad:
		return "c-bad"
	case ui.StateWarn:
		return "c-warn"
	}
	return "c-subtle"
}

// left is how long something still lasts: "3 days".
func left(expires, now time.Time) string {
	if !expires.After(now) {
		return "expired"
	}
	return strings.TrimPrefix(ui.Ago(expires, now), "in ")
}

// about is the second line of a secret.
func (s Secret) about(now time.Time) string {
	text := "Secret " + s.Name
	if s.Hint != "" {
		text += ", " + s.Hint
	}
	if s.LastUsed.IsZero() {
		return text + ", never used"
	}
	return text + ", used " + ui.Ago(s.LastUsed, now)
}

// List is a page of the secrets that expire soon.
type List struct {
	Secrets      []Secret
	Newer, Older string
	Summary      string
	Now          time.Time
}
