package mails

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"gatehouse/models"
	views "gatehouse/views/mails"
	"gatehouse/web"
)

const home = "/console/settings/mail"

func (o Ops) console() []web.Route {
	const text = home + "/templates/:purpose/:language"
	return []web.Route{
		{"GET", home, "email_provider.read", web.Page(o.page, views.Page)},
		{"POST", home, "email_provider.update", web.Showing(web.SubmitThen(o.providerForm, o.providerAgain, saved), tellProvider, o.providerAgain)},
		{"POST", home + "/test", "email_provider.update", web.Showing(web.SubmitThen(o.Test, o.testAgain, o.tested), web.Says[TestIn]("test-mail", "What Send test will send. No mail goes out yet."), o.testAgain)},
		{"GET", home + "/delete", "email_provider.delete", web.Page(o.page, views.RemoveProvider)},
		{"POST", home + "/delete", "email_provider.delete", web.Showing(web.SubmitThen(o.deleteForm, nil, removed), tellRemoval, web.Drawn(web.Same[struct{}], o.page, views.RemoveProvider))},
		{"GET", home + "/templates", "email_template.update", web.Raw(web.Console, chosen)},
		{"GET", text, "email_template.read", web.Page(o.templatePage, views.Template)},
		{"POST", text, "email_template.update", web.Showing(web.SubmitThen(o.PutTemplate, o.templateAgain, written), web.Says[TemplateIn]("template", "What Save text will send. Nothing is saved yet."), o.templateAgain)},
		{"GET", text + "/delete", "email_template.delete", web.Page(o.storedText, views.DeleteTemplate)},
		{"POST", text + "/delete", "email_template.delete", web.Showing(web.SubmitThen(o.deleteTemplateForm, nil, unwritten), web.Says[TemplateRef]("", "What Delete text will send. Nothing is deleted yet."), web.Drawn(web.Same[TemplateRef], o.storedText, views.DeleteTemplate))},
	}
}

func (o Ops) page(ctx context.Context, _ struct{}) (views.View, error) {
	if err := models.Need(ctx, models.KindEmailProvider+".read", "", models.KindEmailProvider); err != nil {
		return views.View{}, err
	}
	row, secrets, err := o.load(ctx)
	if err != nil {
		return views.View{}, err
	}
	v := views.View{Provider: row, SecretNames: names(secrets)}
	if stored, err := o.GetProvider(ctx, struct{}{}); err == nil {
		v.Exists, v.Delivers, v.Version = true, stored.Delivers, strconv.FormatInt(stored.Version, 10)
	}
	if models.ActorFrom(ctx).May(models.KindEmailTemplate + ".read") {
		list, err := o.ListTemplates(ctx, struct{}{})
		if err != nil {
			return v, err
		}
		v.Templates = list.Items
	}
	return v, nil
}

// providerForm is the form of the provider. An empty password or key keeps what is stored.
type providerForm struct {
	ProviderIn
	Typed    string `form:"password" json:"-"`
	TypedKey string `form:"api_key" json:"-"`
}

func (o Ops) providerForm(ctx context.Context, in providerForm) (Provider, error) {
	return o.PutProvider(ctx, in.put())
}

func tellProvider(_ context.Context, in providerForm) (web.Told, error) {
	return web.Told{About: "What Save will send. Nothing is saved yet.", Form: "mail", Op: in.put()}, nil
}

// put is what the form asks the operation for.
func (in providerForm) put() ProviderIn {
	if in.Typed != "" {
		in.Password = models.Some(models.NewSecret(in.Typed))
	}
	if in.TypedKey != "" {
		in.APIKey = models.Some(models.NewSecret(in.TypedKey))
	}
	return in.ProviderIn
}

func (o Ops) providerAgain(ctx context.Context, in providerForm, fault *models.Fault) (templ.Component, error) {
	v, err := o.page(ctx, struct{}{})
	_ = in.apply(&v.Provider, models.EmailSecrets{}) // what is wrong with it is in fault
	v.Fault = fault
	return views.Page(v), err
}

func saved(r *web.Request, _ providerForm, _ Provider) error {
	web.FlashText(r.Context(), "Mail settings saved")
	return r.Next(home)
}

func (o Ops) testAgain(ctx context.Context, in TestIn, fault *models.Fault) (templ.Component, error) {
	v, err := o.page(ctx, struct{}{})
	v.TestFault, v.To = fault, in.To
	return views.Page(v), err
}

// tested answers with the page itself: what the mail server said belongs beside the settings.
func (o Ops) tested(r *web.Request, in TestIn, out Tested) error {
	v, err := o.page(r.Context(), struct{}{})
	if err != nil {
		return err
	}
	v.To, v.Test = in.To, &views.Tested{Delivered: out.Delivered, Text: out.Text}
	return r.Render(200, views.Page(v))
}

func (o Ops) deleteForm(ctx context.Context, _ struct{}) (web.None, error) {
	return web.None{}, o.DeleteProvider(ctx, struct{}{})
}

// Removal is the end of the provider, for dialects that say it in their words.
type Removal struct{}

func tellRemoval(context.Context, struct{}) (web.Told, error) {
	return web.Told{About: "What Remove provider will send. Nothing is removed yet.", Op: Removal{}, Calls: []web.Call{{Verb: "DELETE", Path: "/rest/v1/email-provider"}}}, nil
}

func removed(r *web.Request, _ struct{}, _ web.None) error {
	web.FlashText(r.Context(), "Provider removed")
	return r.Next(home)
}

// chosen leads from the choice of a mail and a language to the page of its text.
func chosen(_ context.Context, r *web.Request) error {
	purpose, language := strings.TrimSpace(r.Fiber().Query("purpose")), strings.TrimSpace(r.Fiber().Query("language"))
	if purpose == "" || language == "" {
		return r.Next(home)
	}
	return r.Next(views.TemplateURL(purpose, language))
}

func (o Ops) templatePage(ctx context.Context, in TemplateRef) (views.TemplateView, error) {
	t, err := o.GetTemplate(ctx, in)
	if models.IsFault(err, models.NotFound) {
		blank := TemplateIn{Subject: "x", Body: "x"}
		if _, err := blank.apply(models.EmailTemplate{Purpose: in.Purpose, Language: in.Language}); err != nil {
			return views.TemplateView{}, models.Missing("email_template") // no such mail, or no such language
		}
		return views.TemplateView{Template: models.EmailTemplate{Purpose: in.Purpose, Language: in.Language, Enabled: true, ContentType: "text/html"}}, nil
	}
	if err != nil {
		return views.TemplateView{}, err
	}
	return views.TemplateView{Template: t, Exists: true, Drawn: o.drawn(ctx, t)}, nil
}

// storedText is the page of a text that was written.
func (o Ops) storedText(ctx context.Context, in TemplateRef) (views.TemplateView, error) {
	v, err := o.templatePage(ctx, in)
	if err == nil && !v.Exists {
		err = models.Missing("email_template")
	}
	return v, err
}

// drawn is a text with example values, nil when it cannot be drawn.
func (o Ops) drawn(ctx context.Context, t models.EmailTemplate) *views.Drawn {
	tenant, err := o.Tenant(ctx)
	if err != nil {
		return nil
	}
	m, err := draw(t, models.OutboxMessage{}, Example(tenant, "you@example.com"))
	if err != nil {
		return nil
	}
	return &views.Drawn{Subject: m.Subject, Text: m.Text + m.HTML}
}

func (o Ops) templateAgain(ctx context.Context, in TemplateIn, fault *models.Fault) (templ.Component, error) {
	v, err := o.templatePage(ctx, TemplateRef{in.Purpose, in.Language})
	v.Template, _ = in.apply(v.Template)
	v.Fault, v.Drawn = fault, nil
	return views.Template(v), err
}

func written(r *web.Request, in TemplateIn, _ models.EmailTemplate) error {
	web.FlashText(r.Context(), "Text saved")
	return r.Next(views.TemplateURL(in.Purpose, in.Language))
}

func (o Ops) deleteTemplateForm(ctx context.Context, in TemplateRef) (web.None, error) {
	return web.None{}, o.DeleteTemplate(ctx, in)
}

func unwritten(r *web.Request, _ TemplateRef, _ web.None) error {
	web.FlashText(r.Context(), "Text deleted: the built-in one is sent")
	return r.Next(home)
}
