package logto

import (
	"context"
	"slices"
	"time"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/credentials"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) secretRoutes(f web.Face) []web.Route {
	const all, one = "/api/applications/:id/secrets", "/api/applications/:id/secrets/:name"
	return []web.Route{
		{"GET", all, "secret.read", web.Do(f, 200, d.listSecrets).With(doc("applications", "List the secrets of an application"))},
		{"POST", all, "credential.create", web.Do(f, 201, d.createSecret).With(doc("applications", "Create a secret"))},
		{"PATCH", one, "credential.update", web.Do(f, 200, d.renameSecret).With(doc("applications", "Rename a secret"))},
		{"DELETE", one, "credential.delete", web.Do0(f, 204, d.deleteSecret).With(doc("applications", "Delete a secret"))},
		{"DELETE", "/api/applications/:id/legacy-secret", "credential.delete", web.Do(f, 200, d.deleteLegacySecret).With(doc("applications", "Replace the legacy secret"))},
	}
}

// secretOut is a secret as it is shown, value included.
type secretOut struct {
	TenantID      string `json:"tenantId"`
	ApplicationID string `json:"applicationId"`
	Name          string `json:"name"`
	Value         string `json:"value"`
	CreatedAt     int64  `json:"createdAt"`
	ExpiresAt     *int64 `json:"expiresAt"`
}

func secret(c models.Credential, value models.Secret) secretOut {
	out := secretOut{TenantID: c.TenantID, ApplicationID: c.ClientID, Name: c.Name, Value: value.Reveal(), CreatedAt: millis(c.CreatedAt), ExpiresAt: millisOrNull(c.ExpiresAt)}
	if value.Empty() { // kept write-once: what tells it from others, since the document has no empty value
		out.Value = c.Prefix + "…" + c.LastFour
	}
	return out
}

func (d Dialect) listSecrets(ctx context.Context, in idIn) ([]secretOut, error) {
	held, err := d.Clients.Credentials.Values(ctx, credentials.ClientIn{ClientID: in.ID})
	out := make([]secretOut, 0, len(held))
	for _, h := range held {
		if h.RevokedAt == nil { // a retired one is history, which only other faces tell
			out = append(out, secret(h.Credential, h.Value))
		}
	}
	return out, err
}

type createSecretIn struct {
	idIn
	Name      string     `json:"name" rule:"required,min=1,max=256"`
	ExpiresAt opt[int64] `json:"expiresAt" rule:"nullable"`
}

func (d Dialect) createSecret(ctx context.Context, in createSecretIn) (secretOut, error) {
	c, err := d.Clients.Get(ctx, clients.OneIn{ID: in.ID})
	if err != nil {
		return secretOut{}, err
	}
	if !holdsSecrets(c) {
		return secretOut{}, refuse("entity.db_constraint_violated", "Applications of this type have no secrets.")
	}
	create := credentials.CreateIn{ClientID: in.ID, Name: in.Name}
	if in.ExpiresAt.Set && !in.ExpiresAt.Null {
		expires := time.UnixMilli(in.ExpiresAt.V).UTC()
		create.ExpiresAt = &expires
	}
	made, err := d.Clients.Credentials.Create(ctx, create)
	return secret(made.Credential.Credential, models.NewSecret(made.Value)), tooEarly(err)
}

// tooEarly tells of an end in the past in the dialect's words.
func tooEarly(err error) error {
	f, ok := models.AsFault(err)
	if ok && f.Code == models.Invalid && slices.ContainsFunc(f.Fields, func(field models.FieldFault) bool { return field.Name == "expires_at" }) {
		return refuse("request.invalid_input", "expiresAt: "+f.Fields[0].Text)
	}
	return err
}

// secretIn names a secret, which here has no id.
type secretIn struct {
	idIn
	Name string `path:"name" json:"-"`
}

// named finds a secret by its name, for a change in the same transaction.
func (d Dialect) named(ctx context.Context, in secretIn) (credentials.Held, error) {
	held, err := d.Clients.Credentials.Values(ctx, credentials.ClientIn{ClientID: in.ID})
	if err != nil {
		return credentials.Held{}, err
	}
	for _, h := range held {
		if h.Name == in.Name && h.RevokedAt == nil {
			return h, nil
		}
	}
	return credentials.Held{}, models.Missing("secret")
}

type renameSecretIn struct {
	ID      string `path:"id" json:"-"`
	Old     string `path:"name" json:"-"`
	NewName string `json:"name" rule:"required,min=1,max=256"`
}

func (d Dialect) renameSecret(ctx context.Context, in renameSecretIn) (out secretOut, err error) {
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		held, err := d.named(ctx, secretIn{idIn{in.ID}, in.Old})
		if err != nil {
			return err
		}
		next, err := d.Clients.Credentials.Update(ctx, credentials.UpdateIn{ClientID: in.ID, ID: held.ID, Name: models.Some(in.NewName)})
		out = secret(next.Credential, held.Value)
		return err
	})
	return out, err
}

func (d Dialect) deleteSecret(ctx context.Context, in secretIn) error {
	return models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		held, err := d.named(ctx, in)
		if err != nil {
			return err
		}
		return d.Clients.Credentials.Delete(ctx, credentials.OneIn{ClientID: in.ID, ID: held.ID})
	})
}

// deleteLegacySecret would retire the one secret of applications that are older than lists of secrets. None made here has one.
func (d Dialect) deleteLegacySecret(ctx context.Context, in idIn) (applicationOut, error) {
	if _, err := d.one(ctx, in.ID); err != nil {
		return applicationOut{}, err
	}
	return applicationOut{}, refuse("application.no_legacy_secret_found", "This application has no legacy secret.")
}
