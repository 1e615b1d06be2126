package logto

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/mails"
	"gatehouse/models"
	"gatehouse/web"
)

// templateTypes are the document's words for the purposes of mails.
var templateTypes = words{"SignIn": models.EmailSignInCode, "Register": models.EmailVerifyCode, "ForgotPassword": models.EmailResetPasswordCode,
	"OrganizationInvitation": models.EmailInvitation, "Generic": models.EmailGeneric, "UserPermissionValidation": models.EmailPermission,
	"BindNewIdentifier": models.EmailBindIdentifier, "MfaVerification": models.EmailMFACode, "BindMfa": models.EmailBindMFA}

// templateIn is a text for a purpose in a language.
type templateIn struct {
	Language string          `json:"languageTag" rule:"required,min=1,max=16"`
	Type     string          `json:"templateType" rule:"required" enum:"SignIn,Register,ForgotPassword,OrganizationInvitation,Generic,UserPermissionValidation,BindNewIdentifier,MfaVerification,BindMfa"`
	Details  templateDetails `json:"details" rule:"required"`
}

// templateDetails is the text.
type templateDetails struct {
	Subject     string      `json:"subject" rule:"required"`
	Content     string      `json:"content" rule:"required"`
	ContentType opt[string] `json:"contentType,omitzero" enum:"text/html,text/plain"`
	ReplyTo     opt[string] `json:"replyTo,omitzero"`
	SendFrom    opt[string] `json:"sendFrom,omitzero"`
}

// templatesIn is texts to create or replace.
type templatesIn struct {
	Templates []templateIn `json:"templates" rule:"required"`
}

// templateOut is a text as it is shown.
type templateOut struct {
	TenantID  string        `json:"tenantId"`
	ID        string        `json:"id"`
	Language  string        `json:"languageTag"`
	Type      string        `json:"templateType"`
	Details   templateShown `json:"details"`
	CreatedAt int64         `json:"createdAt"`
}

type templateShown struct {
	Subject     string `json:"subject"`
	Content     string `json:"content"`
	ContentType string `json:"contentType,omitempty"`
	ReplyTo     string `json:"replyTo,omitempty"`
	SendFrom    string `json:"sendFrom,omitempty"`
}

// template shows a text.
func template(row models.Document, t models.EmailTemplate) templateOut {
	return templateOut{row.TenantID, t.ID, t.Language, templateTypes.wire(t.Purpose),
		templateShown{t.Subject, t.Body, t.ContentType, t.ReplyTo, t.From}, millis(row.CreatedAt)}
}

// on writes what was said over a text, which is as before where nothing was said.
func (in templateDetails) on(t models.EmailTemplate) models.EmailTemplate {
	t.Subject, t.Body = in.Subject, in.Content
	in.ContentType.To(&t.ContentType)
	in.ReplyTo.To(&t.ReplyTo)
	in.SendFrom.To(&t.From)
	return t
}

func (d Dialect) templateRoutes(f web.Face) []web.Route {
	const at, one = "/api/email-templates", "/api/email-templates/:id"
	return []web.Route{
		{"GET", at, "email_template.read", web.Do(f, 200, d.listTemplates).With(doc("email templates", "List the texts of mails"))},
		{"PUT", at, "email_template.update", web.Do(f, 200, d.putTemplates).With(doc("email templates", "Create or replace texts of mails"))},
		{"DELETE", at, "email_template.delete", web.Do(f, 200, d.deleteTemplates).With(doc("email templates", "Delete texts of mails"))},
		{"GET", one, "email_template.read", web.Do(f, 200, d.getTemplate).With(doc("email templates", "Read the text of a mail"))},
		{"DELETE", one, "email_template.delete", web.Do0(f, 204, d.deleteTemplate).With(doc("email templates", "Delete the text of a mail"))},
		{"PATCH", one + "/details", "email_template.update", web.Do(f, 200, d.patchTemplate).With(doc("email templates", "Change the text of a mail"))},
	}
}

// templateFilter says which texts are meant.
type templateFilter struct {
	Language opt[string] `query:"languageTag" json:"-"`
	Type     opt[string] `query:"templateType" json:"-"`
}

func (in templateFilter) check() error {
	var c models.Check
	if in.Language.Set {
		c.Length("languageTag", in.Language.V, 1, 16)
	}
	c.That(!in.Type.Set || templateTypes[in.Type.V] != "", "templateType", "not_allowed", "This is not a type of mail.")
	return at(c.Err(), invalidQuery)
}

func (in templateFilter) has(t models.EmailTemplate) bool {
	return (!in.Language.Set || strings.EqualFold(in.Language.V, t.Language)) && (!in.Type.Set || templateTypes[in.Type.V] == t.Purpose)
}

// keptTemplate is a text and the document that it is in.
type keptTemplate struct {
	row models.Document
	models.EmailTemplate
}

// templates reads the texts that this dialect has a type for.
func (d Dialect) templates(ctx context.Context, has func(models.EmailTemplate) bool) ([]keptTemplate, error) {
	rows, err := d.Documents.List(ctx, models.KindEmailTemplate)
	var out []keptTemplate
	for _, row := range rows {
		one := keptTemplate{row: row}
		if err := json.Unmarshal(row.Body, &one.EmailTemplate); err != nil {
			return nil, fmt.Errorf("read the mail template %s: %w", row.Key, err)
		}
		if templateTypes.wire(one.Purpose) != "" && has(one.EmailTemplate) {
			out = append(out, one)
		}
	}
	return out, err
}

func (d Dialect) listTemplates(ctx context.Context, in templateFilter) ([]templateOut, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	found, err := d.templates(ctx, in.has)
	out := make([]templateOut, len(found))
	for i, one := range found {
		out[i] = template(one.row, one.EmailTemplate)
	}
	return out, err
}

func (d Dialect) oneTemplate(ctx context.Context, id string) (keptTemplate, error) {
	found, err := d.templates(ctx, func(t models.EmailTemplate) bool { return t.ID == id })
	if err == nil && len(found) == 0 {
		err = models.Missing(models.KindEmailTemplate)
	}
	if err != nil {
		return keptTemplate{}, err
	}
	return found[0], nil
}

func (d Dialect) getTemplate(ctx context.Context, in idIn) (templateOut, error) {
	one, err := d.oneTemplate(ctx, in.ID)
	return template(one.row, one.EmailTemplate), err
}

func (d Dialect) putTemplates(ctx context.Context, in templatesIn) (out []templateOut, err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		out = make([]templateOut, len(in.Templates))
		for i, t := range in.Templates {
			if out[i], err = d.putTemplate(ctx, t); err != nil {
				return at(models.Names{}.Rename(err, "templates["+strconv.Itoa(i)+"]."), invalidBody)
			}
		}
		return nil
	})
	return out, err
}

func (d Dialect) putTemplate(ctx context.Context, in templateIn) (templateOut, error) {
	t := models.EmailTemplate{ID: models.NewID(models.LongID), Purpose: templateTypes[in.Type], Language: in.Language, Enabled: true, Syntax: "liquid"}
	t, err := documents.Load(ctx, d.Documents, documents.Ref{Kind: models.KindEmailTemplate, Key: t.Key()}, t)
	if err != nil {
		return templateOut{}, err
	}
	out, err := d.storeTemplate(ctx, in.Details.on(t))
	return out, templateFields.Rename(err, "")
}

// templateFields are the product's names of the members of a text.
var templateFields = models.Names{"from": "details.sendFrom", "reply_to": "details.replyTo", "subject": "details.subject", "body": "details.content",
	"content_type": "details.contentType", "language": "languageTag", "purpose": "templateType"}

// storeTemplate writes a text by the rules of all faces, so that what is stored is what can be sent.
func (d Dialect) storeTemplate(ctx context.Context, t models.EmailTemplate) (templateOut, error) {
	_, err := d.Mails.PutTemplate(models.Lend(ctx, models.KindEmailTemplate+".read"), mails.TemplateIn{Purpose: t.Purpose, Language: t.Language, From: t.From,
		ReplyTo: t.ReplyTo, Subject: t.Subject, Body: t.Body, ContentType: t.ContentType})
	if err != nil {
		return templateOut{}, err
	}
	found, err := d.templates(models.Lend(ctx, models.KindEmailTemplate+".read"), func(o models.EmailTemplate) bool { return o.Key() == t.Key() })
	if err != nil || len(found) == 0 {
		return templateOut{}, err
	}
	return template(found[0].row, found[0].EmailTemplate), nil
}

// templatePatch is a change of a text.
type templatePatch struct {
	idIn
	Subject     opt[string] `json:"subject"`
	Content     opt[string] `json:"content"`
	ContentType opt[string] `json:"contentType" enum:"text/html,text/plain"`
	ReplyTo     opt[string] `json:"replyTo"`
	SendFrom    opt[string] `json:"sendFrom"`
}

func (d Dialect) patchTemplate(ctx context.Context, in templatePatch) (out templateOut, err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		one, err := d.oneTemplate(ctx, in.ID)
		if err != nil {
			return err
		}
		details := templateDetails{one.Subject, one.Body, in.ContentType, in.ReplyTo, in.SendFrom}
		in.Subject.To(&details.Subject)
		in.Content.To(&details.Content)
		out, err = d.storeTemplate(ctx, details.on(one.EmailTemplate))
		return at(models.Renamed(err, func(ours string) string { return strings.TrimPrefix(templateFields.Name(ours), "details.") }), invalidBody)
	})
	return out, err
}

func (d Dialect) deleteTemplate(ctx context.Context, in idIn) error {
	one, err := d.oneTemplate(ctx, in.ID)
	if err != nil {
		return err
	}
	return d.Documents.Delete(ctx, documents.Ref{Kind: models.KindEmailTemplate, Key: one.Key()})
}

// rowCount tells how many rows went.
type rowCount struct {
	Count int `json:"rowCount"`
}

func (d Dialect) deleteTemplates(ctx context.Context, in templateFilter) (out rowCount, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	if !in.Language.Set && !in.Type.Set {
		return out, refuse("entity.invalid_input", "Say which: languageTag, templateType or both.")
	}
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		found, err := d.In(tx).templates(ctx, in.has)
		for _, one := range found {
			if err := d.In(tx).Documents.Delete(ctx, documents.Ref{Kind: models.KindEmailTemplate, Key: one.Key()}); err != nil {
				return err
			}
		}
		out.Count = len(found)
		return err
	})
	return out, err
}
