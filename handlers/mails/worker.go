package mails

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"gatehouse/handlers/outbox"
	"gatehouse/models"
)

const (
	lookEvery = time.Second
	attempts  = 6 // of one message
)

// Worker delivers the mails of the outbox, one after the other on each node.
type Worker struct {
	Ops
	Log *slog.Logger
}

// Run delivers until ctx ends. A message that was being sent then is sent again after the next start: twice is better than never.
func (w Worker) Run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if _, err := w.Once(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("mail could not be delivered; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Once delivers what is due, and tells how many messages it tried.
func (w Worker) Once(ctx context.Context) (int, error) {
	for n := 0; ; n++ {
		m, ok, err := w.Outbox.Take(ctx, smtpTime+10*time.Second)
		if err != nil || !ok {
			return n, err
		}
		if err := w.deliver(ctx, m); err != nil {
			return n, err
		}
	}
}

func (w Worker) deliver(ctx context.Context, m models.OutboxMessage) error {
	row, secrets, err := w.load(ctx)
	if err != nil {
		return err
	}
	s, ok := relay(row, secrets)
	if !ok || !row.Enabled { // switched off meanwhile: it stays in the outbox
		return w.Outbox.Settle(ctx, m, outbox.Result{State: models.MailKept})
	}
	err = w.send(ctx, s, letterOf(row, m))
	if ctx.Err() != nil {
		return w.Outbox.Settle(context.WithoutCancel(ctx), m, outbox.Result{State: models.MailPending, NextAt: w.Now()})
	}
	return w.Outbox.Settle(ctx, m, result(m, err, w.Now()))
}

func letterOf(p models.EmailProvider, m models.OutboxMessage) letter {
	l := letter{id: m.ID, from: party(m.From, p.From), replyTo: p.ReplyTo, to: m.To, subject: m.Subject, text: m.Text, html: m.HTML}
	if m.ReplyTo != "" {
		answered := p.ReplyTo
		if answered == "" {
			answered = p.From
		}
		l.replyTo = party(m.ReplyTo, answered)
	}
	return l
}

// result is what an attempt means: 30 s, 2 min, 8 min, 32 min and 2 h lie between them.
func result(m models.OutboxMessage, err error, now time.Time) outbox.Result {
	out := outbox.Result{State: models.MailSent, Attempts: m.Attempts + 1}
	if err == nil {
		return out
	}
	out.State, out.Error = models.MailFailed, err.Error()
	var f *Failure
	if errors.As(err, &f) && f.Final || out.Attempts >= attempts {
		return out
	}
	out.State, out.NextAt = models.MailPending, now.Add(30*time.Second<<(2*(out.Attempts-1)))
	return out
}

// TestIn says where a test goes.
type TestIn struct {
	To      string `json:"to" form:"to" doc:"Address that gets the test."`
	Purpose string `json:"purpose,omitempty" form:"purpose" doc:"Template to send with example values; a plain test when absent."`
	Lang    string `json:"language,omitempty" form:"language"`
}

// Tested is what came of a test.
type Tested struct {
	Delivered bool   `json:"delivered"`
	Reason    string `json:"reason,omitempty"`
	Text      string `json:"text,omitempty" doc:"What the mail server or the way to it said."`
}

// Test sends a mail now, past the outbox, and tells what the mail server said.
// Faults: Invalid (to, purpose), NotFound (email_provider_not_found), Conflict (email_provider_not_delivering).
func (o Ops) Test(ctx context.Context, in TestIn) (Tested, error) {
	if err := in.may(ctx); err != nil {
		return Tested{}, err
	}
	if _, err := o.GetProvider(ctx, struct{}{}); err != nil {
		return Tested{}, err
	}
	row, secrets, err := o.load(ctx)
	if err != nil {
		return Tested{}, err
	}
	return o.test(ctx, row, secrets, in)
}

// may judges the actor and what is asked for.
func (in TestIn) may(ctx context.Context) error {
	if err := models.Need(ctx, models.KindEmailProvider+".update", "", models.KindEmailProvider); err != nil {
		return err
	}
	var c models.Check
	c.That(Address(in.To), "to", "not_an_email", "Use an address such as you@example.com.")
	c.OneOf("purpose", in.Purpose, append([]string{""}, models.EmailPurposes...)...)
	return c.Err()
}

// Try sends a mail now through a provider that is not stored, and tells what the mail server said.
// Faults: as PutProvider and Test.
func (o Ops) Try(ctx context.Context, provider ProviderIn, in TestIn) (Tested, error) {
	if err := in.may(ctx); err != nil {
		return Tested{}, err
	}
	row, secrets := fresh(), models.EmailSecrets{}
	if err := provider.apply(&row, secrets); err != nil {
		return Tested{}, err
	}
	return o.test(ctx, row, secrets, in)
}

func (o Ops) test(ctx context.Context, row models.EmailProvider, secrets models.EmailSecrets, in TestIn) (Tested, error) {
	s, ok := relay(row, secrets)
	if !ok {
		return Tested{}, models.Taken("name", "email_provider_not_delivering", "Mail is not delivered through this provider: it is stored for its automation only.")
	}
	m, err := o.example(ctx, row, in)
	if err != nil {
		return Tested{}, err
	}
	err = o.send(ctx, s, letterOf(row, m))
	var f *Failure
	if errors.As(err, &f) {
		return Tested{Reason: f.Reason, Text: f.Text}, nil
	}
	return Tested{Delivered: err == nil}, err
}
