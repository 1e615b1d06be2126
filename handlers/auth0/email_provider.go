package auth0

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/mails"
	"gatehouse/models"
	"gatehouse/web"
)

// emailProvider is a change of who delivers mail.
type emailProvider struct {
	Name        opt[string]           `json:"name,omitzero" enum:"mailgun,mandrill,sendgrid,resend,ses,sparkpost,smtp,azure_cs,ms365,custom"`
	Enabled     opt[bool]             `json:"enabled,omitzero"`
	From        opt[string]           `json:"default_from_address,omitzero"`
	Credentials opt[emailCredentials] `json:"credentials,omitzero"`
	Settings    opt[json.RawMessage]  `json:"settings,omitzero" rule:"nullable,object"`
}

// newProvider is a provider as it is created.
type newProvider struct {
	Name        opt[string]           `json:"name,omitzero" rule:"required" enum:"mailgun,mandrill,sendgrid,resend,ses,sparkpost,smtp,azure_cs,ms365,custom"`
	Enabled     opt[bool]             `json:"enabled,omitzero"`
	From        opt[string]           `json:"default_from_address,omitzero"`
	Credentials opt[emailCredentials] `json:"credentials,omitzero" rule:"required"`
	Settings    opt[json.RawMessage]  `json:"settings,omitzero" rule:"nullable,object"`
}

// emailCredentials are those of all providers; each takes its own.
type emailCredentials struct {
	APIKey           opt[string] `json:"api_key,omitzero" rule:"min=1"`
	AccessKeyID      opt[string] `json:"accessKeyId,omitzero" rule:"min=1"`
	SecretAccessKey  opt[string] `json:"secretAccessKey,omitzero" rule:"min=1"`
	Region           opt[string] `json:"region,omitzero" rule:"nullable,min=1"`
	Domain           opt[string] `json:"domain,omitzero" rule:"min=4"`
	Host             opt[string] `json:"smtp_host,omitzero" rule:"min=1,max=255" pattern:"^[A-Za-z0-9.:_-]*$"`
	Port             opt[int64]  `json:"smtp_port,omitzero" rule:"min=1,max=65535"`
	User             opt[string] `json:"smtp_user,omitzero" rule:"min=1"`
	Password         opt[string] `json:"smtp_pass,omitzero" rule:"min=1"`
	ConnectionString opt[string] `json:"connectionString,omitzero" rule:"min=1"`
	TenantID         opt[string] `json:"tenantId,omitzero" rule:"min=1"`
	ClientID         opt[string] `json:"clientId,omitzero" rule:"min=1"`
	ClientSecret     opt[string] `json:"clientSecret,omitzero" rule:"min=1"`
}

// credentialsOfProvider are the names of the credentials that each provider takes.
var credentialsOfProvider = map[string][]string{
	"mailgun": {"api_key", "domain", "region"}, "mandrill": {"api_key"}, "sendgrid": {"api_key"}, "resend": {"api_key"},
	"ses": {"accessKeyId", "secretAccessKey", "region"}, "sparkpost": {"api_key", "region"},
	models.EmailSMTP: {"smtp_host", "smtp_port", "smtp_user", models.SMTPPassword}, "azure_cs": {"connectionString"},
	"ms365": {"tenantId", "clientId", "clientSecret"}, "custom": {},
}

// texts are the credentials that are no part of a mail server's address: those to keep, and those to seal. Null is empty.
func (c emailCredentials) texts() (plain, secret map[string]opt[string]) {
	plain = map[string]opt[string]{"accessKeyId": c.AccessKeyID, "region": c.Region, "domain": c.Domain, "tenantId": c.TenantID, "clientId": c.ClientID}
	secret = map[string]opt[string]{"api_key": c.APIKey, "secretAccessKey": c.SecretAccessKey, models.SMTPPassword: c.Password,
		"connectionString": c.ConnectionString, "clientSecret": c.ClientSecret}
	return plain, secret
}

// check refuses credentials that a provider does not take. Two providers have one region beside their own.
func (c emailCredentials) check(provider string) error {
	var wrong models.Check
	raw, _ := json.Marshal(c)
	var said map[string]json.RawMessage
	_ = json.Unmarshal(raw, &said) // encoded just now
	for name := range said {
		wrong.That(slices.Contains(credentialsOfProvider[provider], name), "credentials."+name, "unknown_field", "This provider takes no such credential.")
	}
	if c.Region.Set {
		fits := c.Region.Null && provider != "ses" || provider == "ses" && c.Region.V != "" || c.Region.V == "eu"
		wrong.That(fits, "credentials.region", "not_allowed", "Use eu, or null for the provider's own region")
	}
	return wrong.Err()
}

// on changes a provider. One that gives way to another takes its credentials along.
func (b emailProvider) on(p models.EmailProvider) models.EmailProvider {
	if b.Name.Set && b.Name.V != p.Name {
		p.Name, p.Host, p.Port, p.User, p.Protection, p.Credentials = b.Name.V, "", 0, "", "", nil
	}
	b.Enabled.To(&p.Enabled)
	b.From.To(&p.From)
	if b.Settings.Set {
		p.Settings = b.Settings.V
	}
	c := b.Credentials.V
	c.Host.To(&p.Host)
	c.User.To(&p.User)
	if c.Port.Set {
		p.Port, p.Protection = c.Port.V, protection(c.Port.V)
	}
	if p.Name == models.EmailSMTP && p.Protection == "" {
		p.Protection = models.EmailSTARTTLS
	}
	kept := map[string]json.RawMessage{}
	for name, raw := range p.Credentials {
		kept[name] = raw
	}
	plain, _ := c.texts()
	for name, text := range plain {
		switch {
		case text.Null:
			delete(kept, name)
		case text.Set:
			kept[name], _ = json.Marshal(text.V)
		}
	}
	p.Credentials = kept
	return p
}

// protection follows from the port: one is TLS from the first byte, the others begin in clear and turn to it.
func protection(port int64) string {
	if port == 465 {
		return models.EmailTLS
	}
	return models.EmailSTARTTLS
}

// emailProviderOut is what is answered: no secret, and of the credentials those that the document names.
type emailProviderOut struct {
	Name        string          `json:"name"`
	Enabled     bool            `json:"enabled"`
	From        string          `json:"default_from_address,omitempty"`
	Credentials shownMailServer `json:"credentials"`
	Settings    json.RawMessage `json:"settings,omitempty"`
}

type shownMailServer struct {
	Region json.RawMessage `json:"region,omitempty"`
	Host   string          `json:"smtp_host,omitempty"`
	Port   int64           `json:"smtp_port,omitempty"`
	User   string          `json:"smtp_user,omitempty"`
}

func shownProvider(p models.EmailProvider) emailProviderOut {
	out := emailProviderOut{Name: p.Name, Enabled: p.Enabled, From: p.From,
		Credentials: shownMailServer{p.Credentials["region"], p.Host, p.Port, p.User}}
	if isObject(p.Settings) {
		out.Settings = p.Settings
	}
	return out
}

type getProviderIn struct{ fieldsIn }

const providerPath = "/emails/provider"

func (d Dialect) emailProviderRoutes() []web.Route {
	f := d.Face()
	remove := func(ctx context.Context, _ web.None) error {
		return d.Documents.Delete(ctx, only(models.KindEmailProvider))
	}
	return []web.Route{
		op("GET", providerPath, "read:email_provider", web.Do(f, 200, d.getProvider)),
		op("POST", providerPath, "create:email_provider", web.Do(f, 201, d.createProvider)),
		op("PATCH", providerPath, "update:email_provider", web.Do(f, 200, d.patchProvider)),
		op("DELETE", providerPath, "delete:email_provider", web.Do0(f, 204, remove)),
	}
}

func (d Dialect) readProvider(ctx context.Context) (p models.EmailProvider, err error) {
	doc, err := d.Documents.Get(ctx, only(models.KindEmailProvider))
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(doc.Body, &p); err != nil {
		return p, fmt.Errorf("read the e-mail provider: %w", err)
	}
	return p, nil
}

func (d Dialect) getProvider(ctx context.Context, _ getProviderIn) (emailProviderOut, error) {
	p, err := d.readProvider(ctx)
	return shownProvider(p), err
}

func (d Dialect) createProvider(ctx context.Context, in newProvider) (emailProviderOut, error) {
	b := emailProvider(in)
	if err := b.Credentials.V.check(b.Name.V); err != nil {
		return emailProviderOut{}, err
	}
	p := b.on(models.EmailProvider{Enabled: true})
	err := d.Mails.StoreProvider(ctx, mails.StoreIn{Row: p, Mode: documents.CreateOnly, Secrets: b.secrets()})
	if models.IsFault(err, models.Conflict) {
		err = &models.Fault{Code: models.Conflict, Reason: "email_provider_exists", Text: "Email provider is already configured."}
	}
	return shownProvider(p), mailNames.rename(err)
}

// mailNames are the document's words for ours, in faults.
var mailNames = names{"from": "default_from_address", "host": "credentials.smtp_host", "port": "credentials.smtp_port", "user": "credentials.smtp_user",
	"password": "credentials.smtp_pass", "api_key": "credentials.api_key", "secretAccessKey": "credentials.secretAccessKey",
	"connectionString": "credentials.connectionString", "clientSecret": "credentials.clientSecret"}

// secrets are those that were said.
func (b emailProvider) secrets() models.EmailSecrets {
	all := models.EmailSecrets{}
	_, said := b.Credentials.V.texts()
	for name, value := range said {
		if value.Set {
			all[name] = models.NewSecret(value.V)
		}
	}
	return all
}

func (d Dialect) patchProvider(ctx context.Context, in emailProvider) (out emailProviderOut, err error) {
	if isEmpty(in) {
		return out, tooFew()
	}
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		before, err := d.readProvider(ctx)
		if err != nil {
			return err
		}
		after := in.on(before)
		if err := in.allowed(before, after); err != nil {
			return err
		}
		out = shownProvider(after)
		return mailNames.rename(d.Mails.StoreProvider(ctx, mails.StoreIn{Row: after, Mode: documents.UpdateOnly, Secrets: in.secrets()}))
	})
	return out, err
}

// allowed refuses credentials of another provider, and a new provider without any.
func (b emailProvider) allowed(before, after models.EmailProvider) error {
	var c models.Check
	c.That(before.Name == after.Name || b.Credentials.Set, "credentials", "required", "Give the credentials of the new provider")
	if err := c.Err(); err != nil {
		return err
	}
	return b.Credentials.V.check(after.Name)
}
