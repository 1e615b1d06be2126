package mails

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gatehouse/handlers/documents"
	"gatehouse/models"
)

var language = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$`)

// TemplateIn is a text as a caller wants it.
type TemplateIn struct {
	Purpose     string            `path:"purpose" json:"-"`
	Language    string            `path:"language" json:"-"`
	Enabled     models.Opt[bool]  `json:"enabled,omitzero" form:"enabled" doc:"True unless said otherwise. A disabled one is kept, and the built-in text is sent."`
	From        string            `json:"from,omitempty" form:"from" doc:"Sender: an address, or a name that goes with the provider's address; the provider's when empty. Liquid, as are the others."`
	ReplyTo     string            `json:"reply_to,omitempty" form:"reply_to"`
	Subject     string            `json:"subject" form:"subject" doc:"Liquid: values such as {{ code }}."`
	Body        string            `json:"body" form:"body" doc:"Liquid: values, if, unless, case, assign. Values are escaped in HTML."`
	ContentType string            `json:"content_type,omitempty" form:"content_type" enum:"text/html,text/plain" doc:"text/html unless said otherwise."`
	Version     models.Opt[int64] `json:"-" form:"version" header:"If-Match"`
}

// TemplateRef names a text.
type TemplateRef struct {
	Purpose  string `path:"purpose" json:"-"`
	Language string `path:"language" json:"-"`
}

func (r TemplateRef) document() documents.Ref {
	return documents.Ref{Kind: models.KindEmailTemplate, Key: models.EmailTemplateKey(r.Purpose, r.Language)}
}

// ListTemplates gives every text that was written, the oldest first.
func (o Ops) ListTemplates(ctx context.Context, _ struct{}) (models.List[models.EmailTemplate], error) {
	out := models.List[models.EmailTemplate]{Items: []models.EmailTemplate{}}
	rows, err := o.Documents.List(ctx, models.KindEmailTemplate)
	for _, d := range rows {
		t, err := readTemplate(d)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, t)
	}
	return out, err
}

func readTemplate(d models.Document) (models.EmailTemplate, error) {
	var t models.EmailTemplate
	if err := json.Unmarshal(d.Body, &t); err != nil {
		return t, fmt.Errorf("read the mail template %s: %w", d.Key, err)
	}
	return t, nil
}

// GetTemplate gives a text.
// Faults: NotFound (email_template_not_found).
func (o Ops) GetTemplate(ctx context.Context, in TemplateRef) (models.EmailTemplate, error) {
	d, err := o.Documents.Get(ctx, in.document())
	if err != nil {
		return models.EmailTemplate{}, err
	}
	return readTemplate(d)
}

// PutTemplate stores a text.
// Faults: Invalid (purpose, language, from, reply_to, subject, body, content_type), Stale (email_template_changed).
func (o Ops) PutTemplate(ctx context.Context, in TemplateIn) (models.EmailTemplate, error) {
	var out models.EmailTemplate
	err := models.InTx(ctx, o.Documents.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		ref := TemplateRef{in.Purpose, in.Language}
		before, err := o.GetTemplate(ctx, ref)
		if models.IsFault(err, models.NotFound) {
			before = models.EmailTemplate{ID: models.NewID(models.LongID), Purpose: in.Purpose, Language: in.Language, Enabled: true, Syntax: "liquid"}
		} else if err != nil {
			return err
		}
		if out, err = in.apply(before); err != nil {
			return err
		}
		_, _, err = o.Documents.Put(ctx, documents.PutIn{Ref: ref.document(), Body: out, Version: in.Version})
		return err
	})
	return out, err
}

func (in TemplateIn) apply(t models.EmailTemplate) (models.EmailTemplate, error) {
	in.Enabled.To(&t.Enabled)
	t.From, t.ReplyTo, t.Subject, t.Body, t.ContentType = strings.TrimSpace(in.From), strings.TrimSpace(in.ReplyTo), strings.TrimSpace(in.Subject), in.Body, in.ContentType
	if t.ContentType == "" {
		t.ContentType = "text/html"
	}
	var c models.Check
	if c.That(slices.Contains(models.EmailPurposes, t.Purpose), "purpose", "not_allowed", "Use one of "+strings.Join(models.EmailPurposes, ", ")+".") {
		c.That(language.MatchString(t.Language), "language", "not_a_language", "Use a language such as en or pt-BR.")
	}
	checkText(&c, t)
	c.That(t.Subject != "", "subject", "required", "A mail needs a subject.")
	c.OneOf("content_type", t.ContentType, "text/html", "text/plain")
	c.That(t.Body != "", "body", "required", "A mail needs a text.")
	return t, c.Err()
}

func checkSource(c *models.Check, name, source string) {
	if _, err := Parse(source); err != nil {
		c.Add(name, "not_liquid", "This cannot be read: "+err.Error()+".")
	}
}

// DeleteTemplate removes a text: the built-in one is sent again.
// Faults: NotFound (email_template_not_found).
func (o Ops) DeleteTemplate(ctx context.Context, in TemplateRef) error {
	return o.Documents.Delete(ctx, in.document())
}

// Compose fills a message with the text that was written for its purpose: in its language, else in English, else the one that came
// with the provider. Where there is none that is enabled and can be drawn, the message stays as it is. Mails to administrators are
// never rewritten.
func (o Ops) Compose(ctx context.Context, m models.OutboxMessage, lang string, values map[string]any) models.OutboxMessage {
	if m.Privileged {
		return m
	}
	row, _, err := o.load(models.System(ctx))
	if err != nil {
		row = models.EmailProvider{}
	}
	return o.compose(ctx, row, m, lang, values)
}

// compose is Compose with a provider that need not be the stored one.
func (o Ops) compose(ctx context.Context, row models.EmailProvider, m models.OutboxMessage, lang string, values map[string]any) models.OutboxMessage {
	for _, l := range []string{lang, models.EmailLanguage} {
		t, err := o.GetTemplate(models.System(ctx), TemplateRef{m.Template, l})
		if err != nil || !t.Enabled {
			continue
		}
		if drawn, err := draw(t, m, values); err == nil {
			return drawn
		}
	}
	return supplied(row, m, values)
}

// supplied fills a message with the text for its purpose that came with the provider, if there is one that can be drawn.
func supplied(row models.EmailProvider, m models.OutboxMessage, values map[string]any) models.OutboxMessage {
	for _, t := range row.Texts {
		if t.Purpose == m.Template && t.Enabled {
			if drawn, err := draw(t, m, values); err == nil {
				return drawn
			}
		}
	}
	return m
}

var errNoText = errors.New("the text is empty")

func draw(t models.EmailTemplate, m models.OutboxMessage, values map[string]any) (models.OutboxMessage, error) {
	if strings.TrimSpace(t.Body) == "" {
		return m, errNoText
	}
	subject, err := render(t.Subject, values, false)
	if err != nil {
		return m, err
	}
	body, err := render(t.Body, values, t.ContentType != "text/plain")
	if err != nil {
		return m, err
	}
	if subject = strings.Join(strings.Fields(subject), " "); subject != "" {
		m.Subject = subject
	}
	for to, source := range map[*string]string{&m.From: t.From, &m.ReplyTo: t.ReplyTo} {
		drawn, err := render(source, values, false)
		if err != nil {
			return m, err
		}
		*to = signed(source, strings.Join(strings.Fields(drawn), " "))
	}
	m.Text, m.HTML = body, ""
	if t.ContentType != "text/plain" {
		m.Text, m.HTML = "", body
	}
	return m, nil
}

func render(source string, values map[string]any, inHTML bool) (string, error) {
	t, err := Parse(source)
	if err != nil {
		return "", err
	}
	return t.Render(values, inHTML)
}

// example is a message with example values, for a test of a provider.
func (o Ops) example(ctx context.Context, row models.EmailProvider, in TestIn) (models.OutboxMessage, error) {
	tenant, err := o.Tenant(ctx)
	if err != nil {
		return models.OutboxMessage{}, err
	}
	m := models.OutboxMessage{ID: models.NewID(models.LongID), To: in.To, Template: in.Purpose, Subject: "Mail from " + tenant.Name + " works",
		OutboxBody: models.OutboxBody{Text: "This is a test of the mail settings of " + tenant.Name + ".\n\nNothing has to be done.\n"}}
	if in.Lang == "" {
		in.Lang = models.EmailLanguage
	}
	return o.compose(ctx, row, m, in.Lang, Example(tenant, in.To)), nil
}

// Example is what a text may name, with example values: the names of each dialect's own texts.
func Example(tenant models.Tenant, to string) map[string]any {
	return map[string]any{"code": "123456", "url": "https://example.com/link", "link": "https://example.com/link", "email": to, "support_email": tenant.SupportEmail, "support_url": tenant.SupportURL,
		"user": map[string]any{"email": to, "name": "Alex Example"}, "application": map[string]any{"name": "Example application"},
		"tenant": map[string]any{"name": tenant.Name}, "friendly_name": tenant.Name, "organization": map[string]any{"name": "Example organization"}}
}
