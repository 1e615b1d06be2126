package mails

import (
	"context"
	"strings"

	"gatehouse/handlers/documents"
	"gatehouse/models"
)

// StoreTemplate keeps a text that a dialect put together, by the rules of every text. A dialect's text may lack a subject or a
// body: then the built-in one is sent.
// Faults: Invalid (from, reply_to, subject, syntax, body), Conflict (email_template_exists), NotFound (email_template_not_found).
func (o Ops) StoreTemplate(ctx context.Context, t models.EmailTemplate, mode documents.Mode) error {
	var c models.Check
	checkText(&c, t)
	c.That(t.Syntax == "" || t.Syntax == "liquid", "syntax", "not_allowed", "Texts are written in liquid.")
	if err := c.Err(); err != nil {
		return err
	}
	_, _, err := o.Documents.Put(ctx, documents.PutIn{Ref: TemplateRef{t.Purpose, t.Language}.document(), Body: t, Mode: mode})
	return err
}

// checkText holds a text against the rules that all faces share.
func checkText(c *models.Check, t models.EmailTemplate) {
	c.That(t.From == "" || sender(t.From), "from", "not_an_email", "Use an address such as login@example.com, or leave it empty.")
	c.That(t.ReplyTo == "" || Address(t.ReplyTo), "reply_to", "not_an_email", "Use an address such as help@example.com, or leave it empty.")
	c.Length("subject", t.Subject, 0, 500)
	for _, part := range []struct{ name, source string }{{"subject", t.Subject}, {"body", t.Body}} {
		if _, err := Parse(part.source); err != nil {
			c.Add(part.name, "not_liquid", "This cannot be read: "+err.Error()+".")
		}
	}
}

// sender tells whether a text is an address, or Liquid that draws one.
func sender(text string) bool {
	if !strings.Contains(text, "{{") {
		return Address(text)
	}
	_, err := Parse(text)
	return err == nil && oneLine(text, 500)
}

// StoreIn is a provider that a dialect put together. An absent set of secrets leaves those that are there.
type StoreIn struct {
	Row     models.EmailProvider
	Secrets models.Opt[models.EmailSecrets]
	Mode    documents.Mode
}

// StoreProvider keeps a provider by the rules of every provider; only its sender may still be missing, and until there is one mail
// stays in the outbox.
// Faults: Invalid (name, from, reply_to, host, port, user, protection, password, api_key), Conflict (email_provider_exists),
// NotFound (email_provider_not_found).
func (o Ops) StoreProvider(ctx context.Context, in StoreIn) error {
	return models.InTx(ctx, o.Documents.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		secrets := in.Secrets.V
		if !in.Secrets.Set {
			_, known, err := o.load(models.Lend(ctx, models.KindEmailProvider+".read"))
			if err != nil {
				return err
			}
			secrets = known
		}
		if err := check(in.Row, secrets, false); err != nil {
			return err
		}
		put := documents.PutIn{Ref: providerRef, Body: in.Row, Mode: in.Mode}
		if in.Secrets.Set {
			put.Secret = models.Some(secrets.Secret())
		}
		_, _, err := o.Documents.Put(ctx, put)
		return err
	})
}
