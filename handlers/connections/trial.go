package connections

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gatehouse/handlers/outbound"
	"gatehouse/models"
)

// Answer is what an address answered, whatever its status.
type Answer struct {
	Status int
	Body   []byte
}

// Fetch asks an outside address through the server's guarded client. Its errors say in words for people why there is no answer.
type Fetch func(ctx context.Context, url string) (Answer, error)

// States of a step of a test.
const (
	StepOK      = "ok"
	StepWarning = "warning"
	StepFailed  = "failed"
)

// Step is one thing that a test looked at.
type Step struct {
	Name         string `json:"name"`
	State        string `json:"state" enum:"ok,warning,failed"`
	Text         string `json:"text" doc:"What was found and, where it is wrong, what to do."`
	URL          string `json:"url,omitempty" doc:"The address that was asked."`
	Milliseconds int64  `json:"milliseconds,omitempty"`
}

// Report is what a test found.
type Report struct {
	OK    bool   `json:"ok" doc:"No step failed."`
	Steps []Step `json:"steps"`
}

// trial is a test on its way.
type trial struct {
	ctx    context.Context
	c      models.Connection
	preset Preset
	held   map[string]string
	fetch  Fetch
	glance Fetch
	now    func() time.Time
	steps  []Step
}

// Test looks at a connection's settings and asks its provider's public documents: the discovery document and keys, the SAML
// metadata and certificates, or whether the endpoints answer at all. No person and no token takes part.
// Faults: NotFound, Forbidden.
func (o Ops) Test(ctx context.Context, in IDIn) (Report, error) {
	c, err := o.Get(ctx, in)
	if err != nil {
		return Report{}, err
	}
	if err := models.Need(ctx, "connection.update", c.Owner(), "connection"); err != nil {
		return Report{}, err
	}
	report, err := o.try(ctx, c)
	if err != nil {
		return Report{}, err
	}
	outcome, reason := "success", ""
	if !report.OK {
		outcome, reason = "failure", "connection_test_failed"
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		return models.Record(ctx, tx, models.Event{Type: "connection.tested", Outcome: outcome, Reason: reason, ObjectKind: "connection",
			ObjectID: c.ID, ObjectName: c.Title(), ApplicationID: c.Owner()})
	})
	return report, err
}

// try runs the steps, outside of any transaction.
func (o Ops) try(ctx context.Context, c models.Connection) (Report, error) {
	held, err := o.Vault.OpenOptions(c)
	if err != nil {
		return Report{}, err
	}
	preset, _ := FindPreset(c.Strategy)
	t := &trial{ctx: ctx, c: c, preset: preset, held: held, fetch: o.Outside, glance: o.Glance, now: o.Now}
	t.settings()
	switch {
	case c.Kind() == models.ConnectionDatabase, c.Kind() == models.ConnectionPasswordless, c.Kind() == models.ConnectionService:
		t.local()
	case c.Strategy == models.StrategySAML, c.Strategy == "adfs", c.Strategy == "pingfederate":
		t.saml()
	case c.Strategy == "ad", c.Strategy == "auth0-adldap":
		t.add("Agent", StepFailed, "", "Directories answer through an agent, and none has ever connected to this server.")
	case preset.Discovery(c) != "":
		t.discovery(preset.Discovery(c))
	default:
		t.endpoints()
	}
	report := Report{OK: true, Steps: t.steps}
	for _, s := range t.steps {
		report.OK = report.OK && s.State != StepFailed
	}
	return report, nil
}

func (t *trial) add(name, state, url, format string, args ...any) {
	t.steps = append(t.steps, Step{Name: name, State: state, URL: url, Text: fmt.Sprintf(format, args...)})
}

// settings looks at what is stored, before anybody is asked.
func (t *trial) settings() {
	var missing []string
	for _, name := range t.preset.Needs {
		if t.c.OptionText(name) == "" {
			missing = append(missing, name)
		}
	}
	switch {
	case len(missing) > 0:
		t.add("Settings", StepFailed, "", "These options have no value: %s.", strings.Join(missing, ", "))
	case !t.c.Enabled:
		t.add("Settings", StepWarning, "", "The connection is switched off: nobody signs in with it.")
	default:
		t.add("Settings", StepOK, "", "Everything that %s needs has a value.", t.c.Title())
	}
	needsSecret := len(t.preset.Needs) > 0 && t.c.OptionText("type") != "front_channel" && t.c.OptionText("token_endpoint_auth_method") != "private_key_jwt"
	if needsSecret && t.held[models.MainSecret] == "" {
		t.add("Secret", StepWarning, "", "No client_secret is stored. The provider refuses to redeem codes without one, unless our client there is public.")
	} else if needsSecret {
		t.add("Secret", StepOK, "", "A client_secret is stored. Only a real sign-in shows whether the provider accepts it.")
	}
}

// local is for what nobody outside answers.
func (t *trial) local() {
	text := "This server keeps the accounts itself; there is nobody else to ask."
	switch t.c.Kind() {
	case models.ConnectionPasswordless:
		text = "Messages go out through the delivery that this server is set up with, or into its outbox."
	case models.ConnectionService:
		text = "This service is asked only when there is a notice to send."
	}
	t.add("Provider", StepOK, "", "%s", text)
}

// ask fetches an address and notes what came of it; ok tells that there is a body to read.
func (t *trial) ask(name, url string) (body []byte, ok bool) {
	if t.fetch == nil {
		t.add(name, StepFailed, url, "This server cannot call out.")
		return nil, false
	}
	began := time.Now()
	answer, err := t.fetch(t.ctx, url)
	step := Step{Name: name, State: StepOK, URL: url, Milliseconds: time.Since(began).Milliseconds()}
	switch {
	case err != nil:
		step.State, step.Text = StepFailed, why(err)
	case answer.Status < 200 || answer.Status > 299:
		step.State, step.Text = StepFailed, fmt.Sprintf("The provider answered %d where it should answer 200. Compare the address with its documentation.", answer.Status)
	default:
		step.Text, ok = fmt.Sprintf("Answered with %d bytes.", len(answer.Body)), true
	}
	t.steps = append(t.steps, step)
	return answer.Body, ok
}

// why is an error of the guarded client in words.
func why(err error) string {
	var failed *outbound.Failure
	if errors.As(err, &failed) {
		return failed.Text
	}
	if f, ok := models.AsFault(err); ok {
		return f.Text
	}
	return "The provider did not answer."
}

// wrong turns the last step into a failure: it answered, with something else than it should.
func (t *trial) wrong(format string, args ...any) {
	last := &t.steps[len(t.steps)-1]
	last.State, last.Text = StepFailed, fmt.Sprintf(format, args...)
}

// endpoints looks whether the endpoints of a provider without discovery answer at all: any status but 404 and 5xx shows that
// somebody is there who knows the path.
func (t *trial) endpoints() {
	for _, e := range [][2]string{{"Authorization endpoint", t.preset.AuthorizationEndpoint(t.c)}, {"Token endpoint", t.preset.TokenEndpoint(t.c)}} {
		if e[1] == "" {
			t.add(e[0], StepFailed, "", "No address is known for it. Give one among the options.")
			continue
		}
		t.reachable(e[0], e[1])
	}
}

func (t *trial) reachable(name, url string) {
	if t.glance == nil {
		t.add(name, StepFailed, url, "This server cannot call out.")
		return
	}
	began := time.Now()
	answer, err := t.glance(t.ctx, url)
	step := Step{Name: name, State: StepOK, URL: url, Milliseconds: time.Since(began).Milliseconds()}
	switch {
	case err != nil:
		step.State, step.Text = StepFailed, why(err)
	case answer.Status >= 500:
		step.State, step.Text = StepFailed, fmt.Sprintf("It answered %d: the provider has a problem, or this is not its address.", answer.Status)
	case answer.Status == 404:
		step.State, step.Text = StepWarning, "It answered 404 to a request without a sign-in. Some providers do so; compare the address with their documentation."
	default:
		step.Text = fmt.Sprintf("It answers (status %d to a request without a sign-in).", answer.Status)
	}
	t.steps = append(t.steps, step)
}
