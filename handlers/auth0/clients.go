package auth0

import (
	"context"
	"encoding/json"
	"reflect"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/credentials"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) clientRoutes() []web.Route {
	f := d.Face()
	const read = "read:clients read:client_keys read:client_credentials read:client_summary"
	return []web.Route{
		op("GET", "/clients", read, web.Do(f, 200, d.listClients)),
		op("POST", "/clients", "create:clients", web.Do(f, 201, d.createClient)),
		op("GET", "/clients/:id", read, web.Do(f, 200, d.getClient)),
		op("PATCH", "/clients/:id", "update:clients update:client_keys update:client_credentials update:client_token_vault_privileged_access",
			web.Do(f, 200, d.updateClient)),
		op("DELETE", "/clients/:id", "delete:clients", web.Do0(f, 204, d.deleteClient)),
		op("POST", "/clients/:id/rotate-secret", "update:client_keys", web.Do(f, 200, d.rotateSecret)),
	}
}

// idIn names an object.
type idIn struct {
	ID string `path:"id" json:"-"`
}

type getClientIn struct {
	idIn
	fieldsIn
}

type createClientIn struct {
	clientIn
	ResourceServerIdentifier opt[string] `json:"resource_server_identifier" rule:"min=1,max=600"`
}

// CheckShape adds what a new client cannot be without.
func (in *createClientIn) CheckShape(c *models.Check) {
	c.That(in.Name.Set, "name", "required", "A client has a name.")
	in.clientIn.CheckShape(c)
}

type updateClientIn struct {
	idIn
	clientIn
	ClientSecret opt[string] `json:"client_secret" rule:"min=1"`
}

// CheckShape refuses a change of nothing.
func (in *updateClientIn) CheckShape(c *models.Check) {
	c.That(in.ClientSecret.Set || !reflect.ValueOf(in.clientIn).IsZero(), "", "too_few", "Too few properties defined (0), minimum 1")
	in.clientIn.CheckShape(c)
}

func (d Dialect) createClient(ctx context.Context, in createClientIn) (out clientOut, err error) {
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		create := in.creation()
		if in.ResourceServerIdentifier.Set {
			create.Stored.V[keptServer] = quoted(in.ResourceServerIdentifier.V)
		}
		d.keepAddons(create.ID, in.Addons, create.Stored.V)
		made, err := d.Applications.CreateClient(ctx, create)
		if err != nil {
			return clientNames.rename(err)
		}
		c, err := d.prove(models.Lend(ctx, "client.update", "credential.create", "credential.read"), made.Client, in.clientIn)
		if err != nil {
			return err
		}
		out, err = d.show(models.Lend(ctx, "credential.read"), c, first(made.Secret))
		return err
	})
	return out, err
}

// first is the secret that a new client begins with; whoever may make the client is told it.
func first(v *credentials.Value) *string {
	if v == nil {
		return nil
	}
	return &v.Value
}

// keepAddons seals what was said of addons: keys and passwords are among them.
func (d Dialect) keepAddons(clientID string, said kept[addons], stored map[string]json.RawMessage) {
	if said.Set {
		sealed := d.Vault.Seal("clients", "stored", clientID, models.NewSecret(string(said.V.Raw)))
		stored[keptAddons] = quoted(sealed)
	}
}

// addons opens what is kept of them, for callers who may read secrets.
func (d Dialect) addons(ctx context.Context, c models.Client) (json.RawMessage, error) {
	var sealed string
	if raw := c.Stored[keptAddons]; raw == nil || json.Unmarshal(raw, &sealed) != nil || !models.ReadsSecrets(ctx, "") {
		return samlAddon(c), nil
	}
	opened, err := d.Vault.Open("clients", "stored", c.ID, sealed)
	return json.RawMessage(opened.Reveal()), err
}

// samlAddon is how a client of the protocol SAML, made elsewhere, is seen here.
func samlAddon(c models.Client) json.RawMessage {
	if c.Protocol != models.ProtocolSAML {
		return nil
	}
	raw, _ := json.Marshal(map[string]any{"samlp": map[string]any{"audience": c.SAML.EntityID, "recipient": c.SAML.ACSURL, "destination": c.SAML.ACSURL}})
	return raw
}

func (d Dialect) getClient(ctx context.Context, in getClientIn) (clientOut, error) {
	if in.ID == globalClient {
		return d.getGlobal(ctx)
	}
	c, err := d.Clients.Get(ctx, clients.OneIn{ID: in.ID})
	if err != nil {
		return clientOut{}, err
	}
	return d.showOne(ctx, c)
}

// showOne shows a client with its primary secret, for callers who may read that.
func (d Dialect) showOne(ctx context.Context, c models.Client) (clientOut, error) {
	secrets, err := d.secrets(ctx, []models.Client{c})
	if err != nil {
		return clientOut{}, err
	}
	return d.show(models.Lend(ctx, "credential.read"), c, secrets[c.ID])
}

// show adds to a client what is not of its row: the key that signs, addons, and the ids of what it authenticates by.
func (d Dialect) show(ctx context.Context, c models.Client, secret *string) (clientOut, error) {
	signing, err := d.signingKeys(ctx)
	if err != nil {
		return clientOut{}, err
	}
	if out, ok, err := d.remembered(c, secret); ok || err != nil {
		out.signing = signing
		return out, err
	}
	out := client(c, secret)
	out.signing = signing
	if out.Addons, err = d.addons(ctx, c); err != nil {
		return out, err
	}
	out.AuthMethods, err = d.proofs(ctx, c)
	return out, err
}

// secrets gives the primary secrets of clients that authenticate with one, and none to an actor who may not read secrets.
func (d Dialect) secrets(ctx context.Context, rows []models.Client) (map[string]*string, error) {
	out := map[string]*string{}
	if !models.ReadsSecrets(ctx, "") {
		return out, nil
	}
	values, err := d.Clients.Credentials.Primaries(ctx, rows)
	if err != nil {
		return nil, err
	}
	for _, c := range rows {
		value, ok := values[c.ID]
		if ok && c.Confidential() && clients.UsesSecret(c.TokenEndpointAuthMethod) {
			v := value.Reveal()
			out[c.ID] = &v
		}
	}
	return out, nil
}

func (d Dialect) updateClient(ctx context.Context, in updateClientIn) (out clientOut, err error) {
	if in.ID == globalClient {
		return d.updateGlobal(ctx, in)
	}
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		now, err := d.Clients.Get(models.Lend(ctx, "client.read"), clients.OneIn{ID: in.ID})
		if err != nil {
			return err
		}
		if err := unmoved(in.clientIn, now); err != nil {
			return err
		}
		settings := in.settings(now)
		if err := unrepeated(settings.Stored.V, now); err != nil {
			return err
		}
		d.keepAddons(now.ID, in.Addons, settings.Stored.V)
		c, err := d.Applications.UpdateClient(ctx, clients.UpdateIn{ID: in.ID, Settings: settings})
		if err != nil {
			return clientNames.rename(err)
		}
		if c, err = d.prove(models.Lend(ctx, "credential.create", "credential.read"), c, in.clientIn); err != nil {
			return err
		}
		if in.ClientSecret.Set {
			if err := d.replaceSecret(models.Lend(ctx, "credential.create", "credential.update", "credential.read", "credential.delete"), c.ID, in.ClientSecret.V); err != nil {
				return err
			}
		}
		out, err = d.showOne(ctx, c)
		return err
	})
	return out, err
}

// unmoved refuses a change of what is chosen for good.
func unmoved(in clientIn, now models.Client) error {
	var c models.Check
	if in.ThirdPartySecurityMode.Set && now.Stored[keptMode] != nil {
		c.That(string(now.Stored[keptMode]) == string(quoted(in.ThirdPartySecurityMode.V)), "third_party_security_mode", "chosen_for_good", "This is chosen at creation and cannot change.")
	}
	return c.Err()
}

func (d Dialect) deleteClient(ctx context.Context, in idIn) error {
	if err := notGlobal(in.ID); err != nil {
		return err
	}
	return absent(d.Applications.DeleteClient(ctx, in.ID))
}

// absent makes deleting what is not there a success: the document knows no 404 for it.
func absent(err error) error {
	if models.IsFault(err, models.NotFound) {
		return nil
	}
	return err
}
