package auth0

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// phoneTemplate is the text of a message or a call: what is kept, and what a change says of it.
type phoneTemplate struct {
	Type     opt[string]       `json:"type,omitzero" enum:"otp_verify,otp_enroll,change_password,blocked_account,password_breach"`
	Disabled opt[bool]         `json:"disabled,omitzero"`
	Content  opt[phoneContent] `json:"content,omitzero" rule:"minprops=1"`
}

type phoneContent struct {
	Syntax opt[string]    `json:"syntax,omitzero"`
	From   opt[string]    `json:"from,omitzero" rule:"min=1,max=16"`
	Body   opt[phoneBody] `json:"body,omitzero" rule:"minprops=1"`
}

type phoneBody struct {
	Text  opt[string] `json:"text,omitzero" rule:"min=1,max=20000"`
	Voice opt[string] `json:"voice,omitzero" rule:"min=1,max=20000"`
}

type patchPhoneTemplateIn struct {
	phoneIDIn
	Disabled opt[bool]               `json:"disabled,omitzero"`
	Content  opt[phoneContentChange] `json:"content,omitzero" rule:"minprops=1"`
}

// phoneContentChange is what of a text may change: its syntax stays.
type phoneContentChange struct {
	From opt[string]    `json:"from,omitzero" rule:"min=1,max=16"`
	Body opt[phoneBody] `json:"body,omitzero" rule:"minprops=1"`
}

type phoneTemplateOut struct {
	ID           string       `json:"id"`
	Channel      string       `json:"channel"`
	Customizable bool         `json:"customizable"`
	Type         string       `json:"type"`
	Disabled     bool         `json:"disabled"`
	Content      phoneContent `json:"content"`
}

type phoneTemplates struct {
	Templates []phoneTemplateOut `json:"templates"`
}

const (
	phoneTemplateKind   = "phone_template"
	phoneTemplatePrefix = "tem_"
	phoneTemplatesPath  = "/branding/phone/templates"
	firstPhoneType      = "otp_verify"
)

// builtInPhoneTexts are the texts before anybody changed them.
var builtInPhoneTexts = map[string]string{
	firstPhoneType:    "{{ code }} is your verification code for {{ friendly_name }}.",
	"otp_enroll":      "{{ code }} is your code to enroll with {{ friendly_name }}.",
	"change_password": "{{ code }} is your code to change your password for {{ friendly_name }}.",
	"blocked_account": "Your account at {{ friendly_name }} was blocked after many failed sign-ins.",
	"password_breach": "Your password for {{ friendly_name }} is known from a breach elsewhere. Change it.",
}

func builtInPhoneContent(kind string) opt[phoneContent] {
	text := models.Some(builtInPhoneTexts[kind])
	return models.Some(phoneContent{Syntax: models.Some("liquid"), Body: models.Some(phoneBody{text, text})})
}

func shownPhoneTemplate(row models.Document) (out phoneTemplateOut, t phoneTemplate, err error) {
	if err := json.Unmarshal(row.Body, &t); err != nil {
		return out, t, fmt.Errorf("read %s %s: %w", row.Kind, row.Key, err)
	}
	return phoneTemplateOut{shown(phoneTemplatePrefix, row.Key), "phone", true, t.Type.V, t.Disabled.V, t.Content.V}, t, nil
}

func (d Dialect) phoneTemplateRoutes() []web.Route {
	const one, update = phoneTemplatesPath + "/:id", "update:phone_templates"
	f := d.Face()
	remove := func(ctx context.Context, in phoneIDIn) error {
		return d.Documents.Delete(ctx, in.ref(phoneTemplateKind, phoneTemplatePrefix))
	}
	get := func(ctx context.Context, in phoneIDIn) (out phoneTemplateOut, err error) {
		row, err := d.Documents.Get(ctx, in.ref(phoneTemplateKind, phoneTemplatePrefix))
		if err == nil {
			out, _, err = shownPhoneTemplate(row)
		}
		return out, err
	}
	reset := func(ctx context.Context, in phoneIDIn) (phoneTemplateOut, error) {
		return d.changePhoneTemplate(ctx, in, func(t phoneTemplate) (phoneTemplate, error) {
			t.Content = builtInPhoneContent(t.Type.V)
			return t, nil
		})
	}
	return []web.Route{
		stored(op("GET", phoneTemplatesPath, "read:phone_templates", web.Do(f, 200, d.listPhoneTemplates))),
		stored(op("POST", phoneTemplatesPath, "create:phone_templates", web.Do(f, 201, d.createPhoneTemplate))),
		stored(op("GET", one, "read:phone_templates", web.Do(f, 200, get))),
		stored(op("PATCH", one, update, web.Do(f, 200, d.patchPhoneTemplate))),
		stored(op("PATCH", one+"/reset", update, web.Do(f, 200, reset))),
		stored(op("DELETE", one, "delete:phone_templates", web.Do0(f, 204, remove))),
	}
}

func (d Dialect) listPhoneTemplates(ctx context.Context, in phoneListIn) (phoneTemplates, error) {
	out := phoneTemplates{[]phoneTemplateOut{}}
	rows, err := d.Documents.List(ctx, phoneTemplateKind)
	for _, row := range rows {
		one, _, err := shownPhoneTemplate(row)
		if err != nil {
			return out, err
		}
		if !in.Disabled.Set || bool(in.Disabled.V) == one.Disabled {
			out.Templates = append(out.Templates, one)
		}
	}
	return out, err
}

func (d Dialect) createPhoneTemplate(ctx context.Context, in phoneTemplate) (out phoneTemplateOut, err error) {
	if !in.Type.Set {
		in.Type = models.Some(firstPhoneType)
	}
	in.Disabled = models.Some(in.Disabled.V)
	if in, err = laid(phoneTemplate{Content: builtInPhoneContent(in.Type.V)}, in); err != nil {
		return out, err
	}
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		all, err := d.listPhoneTemplates(ctx, phoneListIn{})
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all.Templates, func(t phoneTemplateOut) bool { return t.Type == in.Type.V }) {
			return &models.Fault{Code: models.Conflict, Reason: "phone_template_exists", Text: "Phone template already configured for tenant"}
		}
		ref := documents.Ref{Kind: phoneTemplateKind, Key: models.NewID(phoneIDLen)}
		row, _, err := d.Documents.Put(ctx, documents.PutIn{Ref: ref, Body: in, Mode: documents.CreateOnly})
		if err == nil {
			out, _, err = shownPhoneTemplate(row)
		}
		return err
	})
	return out, err
}

func (d Dialect) patchPhoneTemplate(ctx context.Context, in patchPhoneTemplateIn) (phoneTemplateOut, error) {
	change := phoneTemplate{Disabled: in.Disabled}
	if in.Content.Set {
		change.Content = models.Some(phoneContent{From: in.Content.V.From, Body: in.Content.V.Body})
	}
	return d.changePhoneTemplate(ctx, in.phoneIDIn, func(t phoneTemplate) (phoneTemplate, error) { return laid(t, change) })
}

func (d Dialect) changePhoneTemplate(ctx context.Context, in phoneIDIn, change func(phoneTemplate) (phoneTemplate, error)) (out phoneTemplateOut, err error) {
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		ref := in.ref(phoneTemplateKind, phoneTemplatePrefix)
		row, err := d.Documents.Get(ctx, ref)
		if err != nil {
			return err
		}
		_, t, err := shownPhoneTemplate(row)
		if err != nil {
			return err
		}
		if t, err = change(t); err != nil {
			return err
		}
		if row, _, err = d.Documents.Put(ctx, documents.PutIn{Ref: ref, Body: t, Mode: documents.UpdateOnly}); err == nil {
			out, _, err = shownPhoneTemplate(row)
		}
		return err
	})
	return out, err
}
