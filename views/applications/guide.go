package applications

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"gatehouse/views/ui"
)

// Guide is the page that makes a client work: commands and code with its values filled in.
type Guide struct {
	Head
	Secret    *ui.SecretOpts // on the one answer that shows it
	Installs  ui.CodeOpts    // no section when it has no Text
	Env       ui.CodeOpts
	Code      ui.CodeOpts
	Run       string // the command that runs the code
	Next      string // what to do then
	Assistant string
	SignsIn   bool
	Values    []Value
	Live      Live
}

// Value is one value of the client, to copy.
type Value struct{ Label, Text string }

// Live is the check that waits for the first token of an application.
type Live struct {
	ApplicationID string
	CreatedAt     time.Time
	LastUsed      time.Time // zero while none was issued
	LastIP        string
	Count         int64
	SAML          bool      // a service provider, which gets sign-ins and no tokens
	Until         time.Time // when it stops asking by itself, so that a forgotten page does not keep a session alive
	Now           time.Time
}

// first is what it waits for.
func (l Live) first() string {
	if l.SAML {
		return "sign-in"
	}
	return "token"
}

func (l Live) used() bool { return !l.LastUsed.IsZero() }

func (l Live) listening() bool { return !l.used() && l.Now.Before(l.Until) }

// attrs make the card ask again, as long as there is something to wait for.
func (l Live) attrs() templ.Attributes {
	if !l.listening() {
		return nil
	}
	return templ.Attributes{"hx-get": URL(l.ApplicationID) + "?until=" + strconv.FormatInt(l.Until.Unix(), 10), "hx-trigger": "every 3s",
		"hx-target": "#first-token", "hx-swap": "outerHTML"}
}

func (l Live) steps() []ui.Step {
	created := ui.Step{Title: "Application created", Note: ui.Ago(l.CreatedAt, l.Now), State: ui.StepDone}
	if !l.used() {
		return []ui.Step{created, {Title: "Waiting for the first " + l.first(), Note: l.waiting(), State: ui.StepNow}, {Title: l.last()}}
	}
	note := "Last " + ui.Ago(l.LastUsed, l.Now)
	if l.LastIP != "" {
		note += " to " + l.LastIP
	}
	return []ui.Step{created, {Title: "First token requested", State: ui.StepDone}, {Title: ui.Plural(int(l.Count), "token", "") + " issued", Note: note, State: ui.StepDone}}
}

func (l Live) last() string {
	if l.SAML {
		return "Assertion sent"
	}
	return "Token issued"
}

func (l Live) waiting() string {
	if l.listening() && l.SAML {
		return "Sign in at the service provider. This updates by itself."
	}
	if l.listening() {
		return "Run the program. This updates by itself."
	}
	return "It stopped looking by itself. Refresh to look again."
}

// number gives the sections of the guide their places, leaving out those that a framework does not have.
func (g Guide) number(section string) string {
	n := 0
	for _, s := range []struct {
		name string
		on   bool
	}{{"Install", g.Installs.Text != ""}, {"Environment", g.Env.Text != ""}, {"Code", true}, {"Run", g.Run != "" || g.Next != ""}} {
		if s.on {
			n++
		}
		if s.name == section {
			break
		}
	}
	return strconv.Itoa(n) + ". " + section
}
