package transmit

import (
	"context"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/credentials"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) clientRoutes(f web.Face) []web.Route {
	const all, one = "/cis/v1/applications/:appId/clients", "/cis/v1/applications/:appId/clients/:clientId"
	return []web.Route{
		{"POST", all, "client.create", web.Do(f, 201, d.createClient).With(doc("clients", "Create a client"))},
		{"GET", all, "client.read", web.Do(f, 200, d.listClients).With(doc("clients", "List the clients of an application"))},
		{"DELETE", all, "client.delete", web.Do0(f, 204, d.deleteClients).With(doc("clients", "Delete all clients but the default one"))},
		{"GET", one, "client.read", web.Do(f, 200, d.getClient).With(doc("clients", "Get a client"))},
		{"PUT", one, "client.update", web.Do(f, 200, d.updateClient).With(doc("clients", "Update a client"))},
		{"DELETE", one, "client.delete", web.Do0(f, 204, d.deleteClient).With(doc("clients", "Delete a client"))},
		{"PUT", one + "/resources", "client.update", web.Do(f, 200, d.setClientResources).With(doc("clients", "Set the resources of a client"))},
	}
}

// appIn names an application.
type appIn struct {
	AppID string `path:"appId" json:"-"`
}

// appClientIn names a client of an application.
type appClientIn struct {
	AppID    string `path:"appId" json:"-"`
	ClientID string `path:"clientId" json:"-"`
}

type createClientIn struct {
	appIn
	clientIn
}

// CheckShape adds what tags cannot say.
func (in *createClientIn) CheckShape(c *models.Check) {
	in.checkNew(c, "", true)
	in.checkClient(c, "")
	in.checkAuthentication(c, "", models.Client{})
}

func (d Dialect) createClient(ctx context.Context, in createClientIn) (clientWire, error) {
	out, err := d.Clients.Create(ctx, in.creation(in.AppID))
	if err != nil {
		return clientWire{}, clientFields.Rename(err, "")
	}
	return client(out.Client, value(out.Secret)), nil
}

// value is a secret that was just made.
func value(v *credentials.Value) models.Secret {
	if v == nil {
		return models.Secret{}
	}
	return models.NewSecret(v.Value)
}

func (d Dialect) listClients(ctx context.Context, in appIn) (clientRows, error) {
	page := models.PageIn{Limit: models.PageLimit}
	return clientRows{web.RowsOf(func(ctx context.Context) ([]any, bool, error) {
		got, err := d.Clients.List(ctx, clients.ListIn{ApplicationID: in.AppID, PageIn: page})
		if err != nil {
			return nil, false, err
		}
		secrets, err := d.secrets(ctx, got.Items)
		if err != nil {
			return nil, false, err
		}
		batch := make([]any, len(got.Items))
		for i, c := range got.Items {
			batch[i] = client(c, secrets[c.ID]).body
		}
		page.Cursor = got.Next
		return batch, got.Next != "", nil
	})}, nil
}

// secrets gives the primary secrets of clients that were read, and none to an actor who may not read secrets.
func (d Dialect) secrets(ctx context.Context, rows []models.Client) (map[string]models.Secret, error) {
	if !models.ReadsSecrets(ctx, "") {
		return nil, nil
	}
	return d.Clients.Credentials.Primaries(ctx, rows)
}

func (d Dialect) shown(ctx context.Context, c models.Client) (clientWire, error) {
	secrets, err := d.secrets(ctx, []models.Client{c})
	return client(c, secrets[c.ID]), err
}

// find gives a client of an application; parent and child are checked together.
func (d Dialect) find(ctx context.Context, appID, clientID string) (models.Client, error) {
	c, err := d.Clients.Get(ctx, clients.OneIn{ID: clientID})
	if err == nil && c.ApplicationID != appID {
		return models.Client{}, models.Missing("client")
	}
	return c, err
}

func (d Dialect) getClient(ctx context.Context, in appClientIn) (clientWire, error) {
	c, err := d.find(ctx, in.AppID, in.ClientID)
	if err != nil {
		return clientWire{}, err
	}
	return d.shown(ctx, c)
}

type updateClientIn struct {
	appClientIn
	clientIn
}

// CheckShape adds what tags cannot say.
func (in *updateClientIn) CheckShape(c *models.Check) { in.checkClient(c, "") }

func (d Dialect) updateClient(ctx context.Context, in updateClientIn) (out clientWire, err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		now, err := d.find(ctx, in.AppID, in.ClientID)
		if err != nil {
			return err
		}
		next, err := d.change(ctx, now, in.clientIn, "", clientFields.Name)
		if err != nil {
			return err
		}
		out, err = d.shown(ctx, next)
		return err
	})
	return out, err
}

// change applies an input to a client as it is now. at is where the client stands in the body, name how its members are called there.
func (d Dialect) change(ctx context.Context, now models.Client, in clientIn, at string, name func(string) string) (models.Client, error) {
	var c models.Check
	c.That(!in.AuthenticationProtocol.Set || in.AuthenticationProtocol.V == now.Protocol, at+"authentication_protocol", "immutable",
		"The protocol of a client is chosen when it is created.")
	if now.Protocol == models.ProtocolOIDC {
		in.checkAuthentication(&c, at, now)
	}
	if err := c.Err(); err != nil {
		return now, err
	}
	next, err := d.Clients.Update(ctx, clients.UpdateIn{ID: now.ID, Version: models.Some(now.Version), Settings: in.settings(now)})
	if err != nil {
		return now, models.Renamed(err, name)
	}
	return next, d.secretFor(ctx, now, next)
}

// secretFor gives a client that has begun to authenticate with a secret its first one: the document has no operation for that.
func (d Dialect) secretFor(ctx context.Context, before, after models.Client) error {
	if before.Confidential() || !after.Confidential() || !clients.UsesSecret(after.TokenEndpointAuthMethod) {
		return nil
	}
	if !models.ActorFrom(ctx).May("credential.create") {
		return nil
	}
	held, err := d.Clients.Credentials.List(ctx, credentials.ClientIn{ClientID: after.ID})
	if err != nil || len(held.Items) > 0 {
		return err
	}
	_, err = d.Clients.Credentials.Create(ctx, credentials.CreateIn{ClientID: after.ID, Name: "Default secret"})
	return err
}

func (d Dialect) deleteClient(ctx context.Context, in appClientIn) error {
	return models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		if _, err := d.find(ctx, in.AppID, in.ClientID); err != nil {
			return err
		}
		return refused(d.Clients.Delete(ctx, clients.OneVersionIn{ID: in.ClientID}))
	})
}

// refused tells of a conflict as a bad request: the document knows no other refusal for a deletion.
func refused(err error) error {
	fault, ok := models.AsFault(err)
	if !ok || fault.Code != models.Conflict {
		return err
	}
	told := *fault
	told.Code = models.Invalid
	return &told
}

func (d Dialect) deleteClients(ctx context.Context, in appIn) error {
	_, err := d.Clients.DeleteAllButDefault(ctx, clients.OfApplicationIn{ApplicationID: in.AppID})
	return err
}

type clientResourcesIn struct {
	appClientIn
	ResourceIDs []string `json:"resource_ids" rule:"required"`
}

var resourceFields = models.Names{"resources": "resource_ids"}

func (d Dialect) setClientResources(ctx context.Context, in clientResourcesIn) (out clientWire, err error) {
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		if _, err := d.find(ctx, in.AppID, in.ClientID); err != nil {
			return err
		}
		c, err := d.Clients.SetResources(ctx, clients.ResourcesIn{ID: in.ClientID, Resources: in.ResourceIDs})
		if err != nil {
			return resourceFields.Rename(err, "")
		}
		out, err = d.shown(ctx, c)
		return err
	})
	return out, err
}
