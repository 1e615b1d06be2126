// Package mails delivers what the outbox holds: through a mail server when one is configured, and not at all otherwise, so that
// everything works without one. The provider and the texts are documents that every face reads and writes.
package mails

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/outbound"
	"gatehouse/handlers/outbox"
	"gatehouse/models"
)

// Ops are the things that can be done with outgoing mail.
type Ops struct {
	Documents documents.Ops
	Outbox    outbox.Ops
	Out       *outbound.Client
	Now       func() time.Time
	// Tenant gives name and support address for the texts.
	Tenant func(ctx context.Context) (models.Tenant, error)
	roots  roots
}

// New makes the operations. There is one per server.
func New(d documents.Ops, o outbox.Ops, out *outbound.Client) Ops {
	return Ops{Documents: d, Outbox: o, Out: out, Now: models.Now}
}

// In is the same operations inside tx.
func (o Ops) In(tx models.DB) Ops {
	o.Documents, o.Outbox = o.Documents.In(tx), o.Outbox.In(tx)
	return o
}

var providerRef = documents.Ref{Kind: models.KindEmailProvider, Key: models.OneDocument}

// Provider is the provider as the native face shows it: secrets by name only.
type Provider struct {
	models.EmailProvider
	SecretNames []string  `json:"secret_names" doc:"Names of the secrets that are stored; their values are not shown."`
	Delivers    bool      `json:"delivers" doc:"Whether mail is delivered: some providers are stored for their automation only, and mail stays in the outbox."`
	Version     int64     `json:"version"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// GetProvider gives the provider.
// Faults: NotFound (email_provider_not_found).
func (o Ops) GetProvider(ctx context.Context, _ struct{}) (Provider, error) {
	d, err := o.Documents.Get(ctx, providerRef)
	if err != nil {
		return Provider{}, err
	}
	return o.shown(ctx, d)
}

func (o Ops) shown(ctx context.Context, d models.Document) (Provider, error) {
	out := Provider{SecretNames: []string{}, Version: d.Version, UpdatedAt: d.UpdatedAt}
	if err := json.Unmarshal(d.Body, &out.EmailProvider); err != nil {
		return out, fmt.Errorf("read the mail provider: %w", err)
	}
	secret, err := o.Documents.Secret(ctx, d)
	if err != nil {
		return out, err
	}
	out.SecretNames = names(models.ReadEmailSecrets(secret))
	_, out.Delivers = relay(out.EmailProvider, models.EmailSecrets{})
	return out, nil
}

// ProviderIn is what a caller may say about the provider. What is absent stays as it is.
type ProviderIn struct {
	Name       models.Opt[string]        `json:"name,omitzero" form:"name" doc:"smtp, sendgrid, mandrill, sparkpost or resend are delivered through; the others are stored."`
	Enabled    models.Opt[bool]          `json:"enabled,omitzero" form:"enabled"`
	From       models.Opt[string]        `json:"from,omitzero" form:"from" doc:"Sender: an address, or a name with an address in angle brackets."`
	ReplyTo    models.Opt[string]        `json:"reply_to,omitzero" form:"reply_to"`
	Host       models.Opt[string]        `json:"host,omitzero" form:"host" doc:"With smtp: the mail server's name."`
	Port       models.Opt[int64]         `json:"port,omitzero" form:"port"`
	User       models.Opt[string]        `json:"user,omitzero" form:"user"`
	Protection models.Opt[string]        `json:"protection,omitzero" form:"protection" enum:"starttls,tls,none" doc:"starttls, tls, or none within opened networks."`
	Password   models.Opt[models.Secret] `json:"password,omitzero" doc:"With smtp. An absent one stays."`
	APIKey     models.Opt[models.Secret] `json:"api_key,omitzero" doc:"With sendgrid, mandrill, sparkpost and resend. An absent one stays."`
	Version    models.Opt[int64]         `json:"-" form:"version" header:"If-Match"`

	Texts  models.Opt[[]models.EmailTemplate]     `json:"-"` // for dialects whose providers bring texts along
	Stored models.Opt[map[string]json.RawMessage] `json:"-"`
}

// PutProvider stores the provider, or changes it.
// Faults: Invalid (name, from, reply_to, host, port, user, protection, password, api_key), Stale (email_provider_changed).
func (o Ops) PutProvider(ctx context.Context, in ProviderIn) (Provider, error) {
	var out Provider
	err := models.InTx(ctx, o.Documents.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		row, secrets, err := o.load(ctx)
		if err != nil {
			return err
		}
		if err := in.apply(&row, secrets); err != nil {
			return err
		}
		d, _, err := o.Documents.Put(ctx, documents.PutIn{Ref: providerRef, Body: row, Version: in.Version, Secret: models.Some(secrets.Secret())})
		if err != nil {
			return err
		}
		out, err = o.shown(ctx, d)
		return err
	})
	return out, err
}

// fresh is what a new provider begins with.
func fresh() models.EmailProvider {
	return models.EmailProvider{Name: models.EmailSMTP, Enabled: true, Port: 587, Protection: models.EmailSTARTTLS}
}

// load reads the provider and its secrets; where there is none, what a new one begins with.
func (o Ops) load(ctx context.Context) (models.EmailProvider, models.EmailSecrets, error) {
	row := fresh()
	d, err := o.Documents.Get(ctx, providerRef)
	if models.IsFault(err, models.NotFound) {
		return row, models.EmailSecrets{}, nil
	}
	if err != nil {
		return row, nil, err
	}
	row = models.EmailProvider{}
	if err := json.Unmarshal(d.Body, &row); err != nil {
		return row, nil, fmt.Errorf("read the mail provider: %w", err)
	}
	secret, err := o.Documents.Secret(ctx, d)
	return row, models.ReadEmailSecrets(secret), err
}

// DeleteProvider removes the provider: mail stays in the outbox again.
// Faults: NotFound (email_provider_not_found).
func (o Ops) DeleteProvider(ctx context.Context, _ struct{}) error {
	return o.Documents.Delete(ctx, providerRef)
}

// Delivers tells whether mail that is written now will be delivered. It decides for the outbox and asks nobody's permission.
func (o Ops) Delivers(ctx context.Context, tx models.DB) (bool, error) {
	row, secrets, err := o.In(tx).load(models.System(ctx))
	if err != nil {
		return false, err
	}
	_, ok := relay(row, secrets)
	return ok && row.Enabled && row.From != "", nil
}
