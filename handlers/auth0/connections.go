package auth0

import (
	"context"
	"encoding/json"
	"time"

	"gatehouse/handlers/connections"
	"gatehouse/models"
	"gatehouse/web"
)

// connectionPrefix stands before the id of a connection on the wire.
const connectionPrefix = "con_"

func (d Dialect) connectionRoutes() []web.Route {
	const all, one = "/connections", "/connections/:id"
	return []web.Route{
		op("GET", all, "read:connections", web.Do(d.Face(), 200, d.listConnections)),
		stored(op("POST", all, "create:connections", web.Do(d.Face(), 201, d.createConnection))),
		op("GET", one, "read:connections", web.Do(d.Face(), 200, d.getConnection)),
		stored(op("PATCH", one, "update:connections", web.Do(d.Face(), 200, d.updateConnection))),
		op("DELETE", one, "delete:connections", web.Do(d.Face(), 202, d.deleteConnection)),
		op("GET", one+"/status", "read:connections", web.Do(d.Face(), 200, d.connectionStatus)),
	}
}

type createConnectionIn struct {
	Name     string `json:"name" rule:"required,max=128" pattern:"^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$"`
	Strategy string `json:"strategy" rule:"required" enum:"ad,adfs,amazon,apple,dropbox,bitbucket,auth0-oidc,auth0,baidu,bitly,box,custom,daccount,dwolla,email,evernote-sandbox,evernote,exact,facebook,fitbit,github,google-apps,google-oauth2,instagram,ip,line,linkedin,oauth1,oauth2,office365,oidc,okta,paypal,paypal-sandbox,pingfederate,planningcenter,salesforce-community,salesforce-sandbox,salesforce,samlp,sharepoint,shopify,shop,sms,soundcloud,thirtysevensignals,twitter,untappd,vkontakte,waad,weibo,windowslive,wordpress,yahoo,yandex"`
	connectionBody
}

func (d Dialect) createConnection(ctx context.Context, in createConnectionIn) (out connectionOut, err error) {
	create := connections.CreateIn{Name: in.Name, Strategy: strategyIn(in.Strategy), Fields: in.fields(in.Strategy)}
	create.Options = models.Some(withDefaults(in.Strategy, create.Options.V))
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		made, err := d.Connections.In(tx).Create(ctx, create)
		if err != nil {
			return err
		}
		out, err = d.In(tx).whole(models.Lend(ctx, "connection.read"), made)
		return err
	})
	return out, err
}

// connectionIn names a connection by its path.
type connectionIn struct {
	ID string `path:"id" json:"-"`
}

// connection finds the connection of a path. Services that nobody signs in with are not among this dialect's.
func (d Dialect) connection(ctx context.Context, id string) (models.Connection, error) {
	c, err := d.Connections.Get(ctx, connections.IDIn{ID: bare(connectionPrefix, id)})
	if err == nil && !c.SignsIn() {
		return c, models.Missing("connection")
	}
	return c, err
}

// whole is a connection as single reads show it: with its clients, and its secrets for who may read them.
func (d Dialect) whole(ctx context.Context, c models.Connection) (connectionOut, error) {
	c, err := d.Connections.WithSecrets(ctx, c)
	if err != nil {
		return connectionOut{}, err
	}
	enabled, err := d.Connections.EnabledClients(ctx, c.ID)
	out := connectionShown(c)
	ids := enabled[c.ID]
	if ids == nil {
		ids = []string{}
	}
	out.EnabledClients = &ids
	return out, err
}

type getConnectionIn struct {
	ID string `path:"id" json:"-"`
	fieldsIn
}

func (d Dialect) getConnection(ctx context.Context, in getConnectionIn) (connectionOut, error) {
	c, err := d.connection(ctx, in.ID)
	if err != nil {
		return connectionOut{}, err
	}
	return d.whole(ctx, c)
}

type updateConnectionIn struct {
	ID string `path:"id" json:"-"`
	connectionBody
}

func (d Dialect) updateConnection(ctx context.Context, in updateConnectionIn) (out connectionOut, err error) {
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		c, err := d.connection(models.Lend(ctx, "connection.read"), in.ID)
		if err != nil {
			return err
		}
		fields := in.fields(strategyShown(c.Strategy))
		if said, ok := fields.Stored[storedAccounts]; ok && sameJSON(said.V, connectionShown(c).ConnectedAccounts) {
			delete(fields.Stored, storedAccounts)
		}
		after, err := d.Connections.Update(ctx, connections.UpdateIn{ID: c.ID, Replace: true, Fields: fields})
		if err != nil {
			return err
		}
		out, err = d.whole(models.Lend(ctx, "connection.read"), after)
		return err
	})
	return out, err
}

// deletedOut tells that a connection goes; here it is gone when the answer arrives.
type deletedOut struct {
	DeletedAt time.Time `json:"deleted_at"`
}

func (d Dialect) deleteConnection(ctx context.Context, in connectionIn) (deletedOut, error) {
	c, err := d.connection(models.Lend(ctx, "connection.read"), in.ID)
	if err != nil {
		return deletedOut{}, err
	}
	return deletedOut{models.Now()}, d.Connections.Delete(ctx, connections.IDIn{ID: c.ID})
}

// connectionStatus answers while the connection can be used, and 404 with the cause while it cannot.
func (d Dialect) connectionStatus(ctx context.Context, in connectionIn) (map[string]any, error) {
	c, err := d.connection(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if why := connections.Unready(c); why != "" {
		return nil, &models.Fault{Code: models.NotFound, Reason: "connection_offline", Text: why}
	}
	return map[string]any{"status": "online"}, nil
}

// connectionOut is a connection as the document shows it. Lists leave the clients out.
type connectionOut struct {
	ID                string            `json:"id"`
	Name              string            `json:"name"`
	DisplayName       string            `json:"display_name,omitempty"`
	Strategy          string            `json:"strategy"`
	Options           map[string]any    `json:"options"`
	Realms            []string          `json:"realms"`
	EnabledClients    *[]string         `json:"enabled_clients,omitempty"`
	DomainConnection  bool              `json:"is_domain_connection"`
	ShowAsButton      *bool             `json:"show_as_button,omitempty"`
	Metadata          map[string]string `json:"metadata,omitempty"`
	Authentication    purpose           `json:"authentication"`
	ConnectedAccounts json.RawMessage   `json:"connected_accounts"`
}

// purpose says whether a connection is used for something.
type purpose struct {
	Active bool `json:"active" rule:"required"`
}

// storedAccounts keeps what was written of connected accounts, which nothing here acts on.
const storedAccounts = "auth0.connected_accounts"

func connectionShown(c models.Connection) connectionOut {
	out := connectionOut{ID: shown(connectionPrefix, c.ID), Name: c.Name, DisplayName: c.DisplayName, Strategy: strategyShown(c.Strategy),
		Options: optionsShown(c), Realms: c.Realms, DomainConnection: c.DomainConnection, ShowAsButton: c.ShowAsButton, Metadata: c.Metadata,
		Authentication: purpose{c.Enabled}, ConnectedAccounts: c.Stored[storedAccounts]}
	if out.Realms == nil {
		out.Realms = []string{}
	}
	if out.ConnectedAccounts == nil {
		out.ConnectedAccounts = json.RawMessage(`{"active":false}`)
	}
	return out
}
