package auth0

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// phoneProvider is a change of who sends text messages and calls.
type phoneProvider struct {
	Name          opt[string]             `json:"name,omitzero" enum:"twilio,custom"`
	Disabled      opt[bool]               `json:"disabled,omitzero"`
	Configuration opt[phoneConfiguration] `json:"configuration,omitzero"`
	Credentials   opt[phoneCredentials]   `json:"credentials,omitzero"`
}

// newPhoneProvider is a provider as it is created.
type newPhoneProvider struct {
	Name          opt[string]             `json:"name,omitzero" rule:"required" enum:"twilio,custom"`
	Disabled      opt[bool]               `json:"disabled,omitzero"`
	Configuration opt[phoneConfiguration] `json:"configuration,omitzero"`
	Credentials   opt[phoneCredentials]   `json:"credentials,omitzero" rule:"required"`
}

type phoneConfiguration struct {
	From    opt[string] `json:"default_from,omitzero"`
	Service opt[string] `json:"mssid,omitzero"`
	Account opt[string] `json:"sid,omitzero"`
	Methods []string    `json:"delivery_methods" rule:"required,minitems=1" enum:"text,voice"`
}

type phoneCredentials struct {
	Token opt[string] `json:"auth_token,omitzero" rule:"min=1,max=255"`
}

type patchPhoneProviderIn struct {
	phoneIDIn
	phoneProvider
}

type phoneIDIn struct {
	ID string `path:"id" json:"-"`
}

type phoneListIn struct {
	Disabled opt[flag] `query:"disabled" json:"-"`
}

// phoneProviderKept is what is kept of a provider beside its token, which is sealed.
type phoneProviderKept struct {
	Name          string                  `json:"name"`
	Disabled      bool                    `json:"disabled"`
	Configuration opt[phoneConfiguration] `json:"configuration,omitzero"`
}

type phoneProviderOut struct {
	ID            string                  `json:"id"`
	Name          string                  `json:"name"`
	Channel       string                  `json:"channel"`
	Disabled      bool                    `json:"disabled"`
	Configuration opt[phoneConfiguration] `json:"configuration,omitzero"`
	CreatedAt     string                  `json:"created_at"`
	UpdatedAt     string                  `json:"updated_at"`
}

type phoneProviders struct {
	Providers []phoneProviderOut `json:"providers"`
}

const (
	phoneProviderKind   = "phone_provider"
	phoneProviderPrefix = "pro_"
	phoneIDLen          = 22
	phoneProvidersPath  = "/branding/phone/providers"
	instantLayout       = "2006-01-02T15:04:05.000Z"
)

func shownPhoneProvider(row models.Document) (out phoneProviderOut, err error) {
	var k phoneProviderKept
	if err := json.Unmarshal(row.Body, &k); err != nil {
		return out, fmt.Errorf("read %s %s: %w", row.Kind, row.Key, err)
	}
	return phoneProviderOut{shown(phoneProviderPrefix, row.Key), k.Name, "phone", k.Disabled, k.Configuration, instant(row.CreatedAt), instant(row.UpdatedAt)}, nil
}

func instant(t time.Time) string { return t.UTC().Format(instantLayout) }

// on changes a provider.
func (b phoneProvider) on(k phoneProviderKept) (phoneProviderKept, error) {
	b.Name.To(&k.Name)
	b.Disabled.To(&k.Disabled)
	if b.Configuration.Set {
		k.Configuration = b.Configuration
	}
	var c models.Check
	if conf := k.Configuration.V; k.Name == "twilio" && k.Configuration.Set {
		c.That(conf.Account.Set, "configuration.sid", "required", "This member is required.")
	}
	c.That(!b.Credentials.Set || b.Credentials.V.Token.Set == (k.Name == "twilio"), "credentials.auth_token", "not_allowed", "Give the token of twilio, and none of a custom provider")
	return k, c.Err()
}

func (b phoneProvider) secret() models.Opt[models.Secret] {
	if !b.Credentials.Set {
		return models.Opt[models.Secret]{}
	}
	return models.Some(models.NewSecret(b.Credentials.V.Token.V))
}

func (d Dialect) phoneProviderRoutes() []web.Route {
	const one = phoneProvidersPath + "/:id"
	f := d.Face()
	remove := func(ctx context.Context, in phoneIDIn) error {
		return d.Documents.Delete(ctx, in.ref(phoneProviderKind, phoneProviderPrefix))
	}
	get := func(ctx context.Context, in phoneIDIn) (out phoneProviderOut, err error) {
		row, err := d.Documents.Get(ctx, in.ref(phoneProviderKind, phoneProviderPrefix))
		if err != nil {
			return out, err
		}
		return shownPhoneProvider(row)
	}
	return []web.Route{
		stored(op("GET", phoneProvidersPath, "read:phone_providers", web.Do(f, 200, d.listPhoneProviders))),
		stored(op("POST", phoneProvidersPath, "create:phone_providers", web.Do(f, 201, d.createPhoneProvider))),
		stored(op("GET", one, "read:phone_providers", web.Do(f, 200, get))),
		stored(op("PATCH", one, "update:phone_providers", web.Do(f, 200, d.patchPhoneProvider))),
		stored(op("DELETE", one, "delete:phone_providers", web.Do0(f, 204, remove))),
	}
}

func (in phoneIDIn) ref(kind, prefix string) documents.Ref {
	return documents.Ref{Kind: kind, Key: bare(prefix, in.ID)}
}

func (d Dialect) listPhoneProviders(ctx context.Context, in phoneListIn) (phoneProviders, error) {
	out := phoneProviders{[]phoneProviderOut{}}
	rows, err := d.Documents.List(ctx, phoneProviderKind)
	for _, row := range rows {
		one, err := shownPhoneProvider(row)
		if err != nil {
			return out, err
		}
		if !in.Disabled.Set || bool(in.Disabled.V) == one.Disabled {
			out.Providers = append(out.Providers, one)
		}
	}
	return out, err
}

func (d Dialect) createPhoneProvider(ctx context.Context, in newPhoneProvider) (out phoneProviderOut, err error) {
	b := phoneProvider(in)
	k, err := b.on(phoneProviderKept{})
	if err != nil {
		return out, err
	}
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		if err := d.onePhoneProvider(ctx, k.Name, ""); err != nil {
			return err
		}
		ref := documents.Ref{Kind: phoneProviderKind, Key: models.NewID(phoneIDLen)}
		row, _, err := d.Documents.Put(ctx, documents.PutIn{Ref: ref, Body: k, Secret: b.secret(), Mode: documents.CreateOnly})
		if err != nil {
			return err
		}
		out, err = shownPhoneProvider(row)
		return err
	})
	return out, err
}

// onePhoneProvider refuses a second provider of a name.
func (d Dialect) onePhoneProvider(ctx context.Context, name, id string) error {
	all, err := d.listPhoneProviders(ctx, phoneListIn{})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all.Providers, func(p phoneProviderOut) bool { return p.Name == name && p.ID != id }) {
		return &models.Fault{Code: models.Conflict, Reason: "phone_provider_exists", Text: "A phone provider of this name is already configured."}
	}
	return nil
}

func (d Dialect) patchPhoneProvider(ctx context.Context, in patchPhoneProviderIn) (out phoneProviderOut, err error) {
	if isEmpty(in.phoneProvider) {
		return out, tooFew()
	}
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		ref := in.ref(phoneProviderKind, phoneProviderPrefix)
		row, err := d.Documents.Get(ctx, ref)
		if err != nil {
			return err
		}
		var k phoneProviderKept
		if err := json.Unmarshal(row.Body, &k); err != nil {
			return fmt.Errorf("read %s %s: %w", row.Kind, row.Key, err)
		}
		if k, err = in.phoneProvider.on(k); err != nil {
			return err
		}
		if err := d.onePhoneProvider(ctx, k.Name, in.ID); err != nil {
			return err
		}
		row, _, err = d.Documents.Put(ctx, documents.PutIn{Ref: ref, Body: k, Secret: in.secret(), Mode: documents.UpdateOnly})
		if err != nil {
			return err
		}
		out, err = shownPhoneProvider(row)
		return err
	})
	return out, err
}
