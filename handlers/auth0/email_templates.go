package auth0

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// purposes are what mails are sent for, by the document's names of templates.
var purposes = map[string]string{
	"verify_email": models.EmailVerify, "verify_email_by_code": models.EmailVerifyCode, "reset_email": models.EmailResetPassword,
	"reset_email_by_code": models.EmailResetPasswordCode, "welcome_email": models.EmailWelcome, "blocked_account": models.EmailBlockedAccount,
	"stolen_credentials": models.EmailStolenCredentials, "enrollment_email": models.EmailMFAEnrollment, "mfa_oob_code": models.EmailMFACode,
	"user_invitation": models.EmailInvitation, "change_password": models.EmailChangePassword, "password_reset": models.EmailPasswordReset,
	"async_approval": models.EmailAsyncApproval,
}

// templateName is one of the document's names of templates.
type templateName string

var errTemplate = errors.New("use one of: " + strings.Join(slices.Sorted(maps.Keys(purposes)), ", "))

// UnmarshalText takes the document's names.
func (n *templateName) UnmarshalText(text []byte) error {
	if _, ok := purposes[string(text)]; !ok {
		return errTemplate
	}
	*n = templateName(text)
	return nil
}

// emailTemplate is a change of a template. A text that is null is an empty one.
type emailTemplate struct {
	Template     opt[templateName] `json:"template"`
	Body         opt[string]       `json:"body" rule:"nullable"`
	From         opt[string]       `json:"from" rule:"nullable"`
	ResultURL    opt[string]       `json:"resultUrl" rule:"nullable"`
	Subject      opt[string]       `json:"subject" rule:"nullable"`
	Syntax       opt[string]       `json:"syntax" rule:"nullable"`
	Lifetime     opt[float64]      `json:"urlLifetimeInSeconds" rule:"nullable,min=0"`
	IncludeEmail opt[bool]         `json:"includeEmailInRedirect"`
	Enabled      opt[bool]         `json:"enabled" rule:"nullable"`
}

// wholeTemplate is a template as it is created or replaced.
type wholeTemplate struct {
	Template     opt[templateName] `json:"template" rule:"required"`
	Body         opt[string]       `json:"body" rule:"required,nullable"`
	From         opt[string]       `json:"from" rule:"required,nullable"`
	ResultURL    opt[string]       `json:"resultUrl" rule:"nullable"`
	Subject      opt[string]       `json:"subject" rule:"required,nullable"`
	Syntax       opt[string]       `json:"syntax" rule:"required,nullable"`
	Lifetime     opt[float64]      `json:"urlLifetimeInSeconds" rule:"nullable,min=0"`
	IncludeEmail opt[bool]         `json:"includeEmailInRedirect"`
	Enabled      opt[bool]         `json:"enabled" rule:"required,nullable"`
}

type emailTemplateOf struct {
	Name string `path:"templateName" json:"-"`
}

type putTemplateIn struct {
	emailTemplateOf
	wholeTemplate
}

type patchTemplateIn struct {
	emailTemplateOf
	emailTemplate
}

// emailTemplateOut is what is answered.
type emailTemplateOut struct {
	Template     string      `json:"template"`
	Body         string      `json:"body"`
	From         string      `json:"from"`
	ResultURL    string      `json:"resultUrl"`
	Subject      string      `json:"subject"`
	Syntax       string      `json:"syntax"`
	Lifetime     json.Number `json:"urlLifetimeInSeconds,omitempty"`
	IncludeEmail *bool       `json:"includeEmailInRedirect,omitempty"`
	Enabled      bool        `json:"enabled"`
}

func shownTemplate(name string, t models.EmailTemplate) emailTemplateOut {
	return emailTemplateOut{Template: name, Body: t.Body, From: t.From, ResultURL: t.ResultURL, Subject: t.Subject, Syntax: t.Syntax,
		Lifetime: t.URLLifetimeSeconds, IncludeEmail: t.IncludeEmailInRedirect, Enabled: t.Enabled}
}

// on changes a template. What the document has no word for stays.
func (b emailTemplate) on(t models.EmailTemplate) models.EmailTemplate {
	b.Body.To(&t.Body)
	b.From.To(&t.From)
	b.ResultURL.To(&t.ResultURL)
	b.Subject.To(&t.Subject)
	b.Syntax.To(&t.Syntax)
	b.Enabled.To(&t.Enabled)
	b.IncludeEmail.ToPtr(&t.IncludeEmailInRedirect)
	switch {
	case b.Lifetime.Null:
		t.URLLifetimeSeconds = ""
	case b.Lifetime.Set:
		t.URLLifetimeSeconds = json.Number(strconv.FormatFloat(b.Lifetime.V, 'f', -1, 64))
	}
	return t
}

// newTemplate is a template before anything is said of it, in the one language that this dialect knows.
func newTemplate(name string) models.EmailTemplate {
	return models.EmailTemplate{ID: models.NewID(models.LongID), Purpose: purposes[name], Language: models.EmailLanguage,
		ContentType: "text/html", Syntax: "liquid"}
}

func templateRef(name string) documents.Ref {
	return documents.Ref{Kind: models.KindEmailTemplate, Key: models.EmailTemplateKey(purposes[name], models.EmailLanguage)}
}

const (
	emailTemplatePath = "/email-templates/:templateName"
	readTemplates     = "read:email_templates"
	updateTemplates   = "update:email_templates"
)

func (d Dialect) emailTemplateRoutes() []web.Route {
	f := d.Face()
	return []web.Route{
		op("POST", "/email-templates", "create:email_templates", web.Do(f, 200, d.createTemplate)),
		op("GET", emailTemplatePath, readTemplates, web.Do(f, 200, d.getTemplate)),
		op("PATCH", emailTemplatePath, updateTemplates, web.Do(f, 200, d.patchTemplate)),
		op("PUT", emailTemplatePath, updateTemplates, web.Do(f, 200, d.putTemplate)),
	}
}

// check holds the name in the path, and one in the body, against the document. A template keeps its name.
func (in emailTemplateOf) check(said opt[templateName]) error {
	var c models.Check
	checkWord(&c, "templateName", in.Name, slices.Sorted(maps.Keys(purposes)))
	c.That(!said.Set || string(said.V) == in.Name, "template", "unchangeable", "A template cannot be renamed")
	return c.Err()
}

func (d Dialect) createTemplate(ctx context.Context, in wholeTemplate) (emailTemplateOut, error) {
	name := string(in.Template.V)
	t := emailTemplate(in).on(newTemplate(name))
	err := d.Mails.StoreTemplate(ctx, t, documents.CreateOnly)
	if models.IsFault(err, models.Conflict) {
		err = &models.Fault{Code: models.Conflict, Reason: "email_template_exists", Text: "Template " + name + " already exists."}
	}
	return shownTemplate(name, t), err
}

func (d Dialect) readTemplate(ctx context.Context, name string) (t models.EmailTemplate, err error) {
	doc, err := d.Documents.Get(ctx, templateRef(name))
	if err != nil {
		return t, err
	}
	if err := json.Unmarshal(doc.Body, &t); err != nil {
		return t, fmt.Errorf("read the template %s: %w", name, err)
	}
	return t, nil
}

func (d Dialect) getTemplate(ctx context.Context, in emailTemplateOf) (emailTemplateOut, error) {
	if err := in.check(opt[templateName]{}); err != nil {
		return emailTemplateOut{}, err
	}
	t, err := d.readTemplate(ctx, in.Name)
	return shownTemplate(in.Name, t), err
}

func (d Dialect) patchTemplate(ctx context.Context, in patchTemplateIn) (emailTemplateOut, error) {
	return d.changeTemplate(ctx, in.emailTemplateOf, in.emailTemplate, false)
}

// putTemplate replaces a template; of what the document lets out, nothing stays.
func (d Dialect) putTemplate(ctx context.Context, in putTemplateIn) (emailTemplateOut, error) {
	return d.changeTemplate(ctx, in.emailTemplateOf, emailTemplate(in.wholeTemplate), true)
}

func (d Dialect) changeTemplate(ctx context.Context, of emailTemplateOf, change emailTemplate, whole bool) (out emailTemplateOut, err error) {
	if err := of.check(change.Template); err != nil {
		return out, err
	}
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		t, err := d.readTemplate(ctx, of.Name)
		if err != nil {
			return err
		}
		if whole {
			t.ResultURL, t.URLLifetimeSeconds, t.IncludeEmailInRedirect = "", "", nil
		}
		t = change.on(t)
		out = shownTemplate(of.Name, t)
		return d.Mails.StoreTemplate(ctx, t, documents.UpdateOnly)
	})
	return out, err
}
