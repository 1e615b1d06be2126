package mails

import (
	"context"
	"maps"

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
	for _, who := range []struct{ name, text string }{{"from", t.From}, {"reply_to", t.ReplyTo}} {
		fixed := skeleton(who.text)
		if c.That(who.text == "" || Address(fixed) || isName(fixed), who.name, "not_an_email", "Use an address such as login@example.com, a name that goes with the provider's address, or leave it empty.") {
			checkSource(c, who.name, who.text)
		}
	}
	c.Length("subject", t.Subject, 0, 500)
	checkSource(c, "subject", t.Subject)
	checkSource(c, "body", t.Body)
}

// StoreIn is a provider that a dialect put together, with the secrets that were said. Those that were not stay, where they would
// go to the same server as before.
type StoreIn struct {
	Row     models.EmailProvider
	Secrets models.EmailSecrets
	Mode    documents.Mode
}

// StoreProvider keeps a provider by the rules of every provider; only its sender may still be missing, and until there is one mail
// stays in the outbox.
// Faults: Invalid (name, from, reply_to, host, port, user, protection, password, api_key), Conflict (email_provider_exists),
// NotFound (email_provider_not_found).
func (o Ops) StoreProvider(ctx context.Context, in StoreIn) error {
	return models.InTx(ctx, o.Documents.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		before, secrets, err := o.load(models.Lend(ctx, models.KindEmailProvider+".read"))
		if err != nil {
			return err
		}
		if secrets == nil || elsewhere(before, in.Row) {
			secrets = models.EmailSecrets{}
		}
		maps.Copy(secrets, in.Secrets)
		if err := check(in.Row, secrets, false); err != nil {
			return err
		}
		_, _, err = o.Documents.Put(ctx, documents.PutIn{Ref: providerRef, Body: in.Row, Mode: in.Mode, Secret: models.Some(secrets.Secret())})
		return err
	})
}
