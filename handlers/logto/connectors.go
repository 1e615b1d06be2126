package logto

import (
	"context"
	"encoding/json"
	"slices"

	"gatehouse/handlers/connections"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) connectorRoutes(f web.Face) []web.Route {
	const all, one = "/api/connectors", "/api/connectors/:id"
	return []web.Route{
		{"GET", all, "connection.read", web.Do(f, 200, d.listConnectors).With(doc("connectors", "List connectors"))},
		{"POST", all, "connection.create", web.Do(f, 200, d.createConnector).With(kept("connectors", "Create a connector"))},
		{"GET", one, "connection.read", web.Do(f, 200, d.getConnector).With(doc("connectors", "Get a connector"))},
		{"PATCH", one, "connection.update", web.Do(f, 200, d.updateConnector).With(kept("connectors", "Change a connector"))},
		{"DELETE", one, "connection.delete", web.Do0(f, 204, d.deleteConnector).With(doc("connectors", "Delete a connector"))},
		{"POST", "/api/connectors/:factoryId/test", "connection.update", web.Do0(f, 204, d.testConnector).With(doc("connectors", "Send a message to try settings"))},
		{"POST", "/api/connectors/:connectorId/authorization-uri", "connection.read", web.Do(f, 200, d.connectorURI).With(doc("connectors", "Where people sign in"))},
	}
}

// connectorOut is a connector as the document shows it.
type connectorOut struct {
	ID          string          `json:"id"`
	SyncProfile bool            `json:"syncProfile"`
	KeepTokens  bool            `json:"enableTokenStorage"`
	Config      map[string]any  `json:"config"`
	Metadata    json.RawMessage `json:"metadata"`
	ConnectorID string          `json:"connectorId"`
	described
}

// Options of connections that have a member of their own here.
const (
	optionSync = "set_user_root_attributes"
	optionIcon = "icon_url"
)

// storedMetadata keeps what was written of a connector's looks.
const storedMetadata = "logto.metadata"

// metadataIn is how a connector of a generic kind connectorLooks.
type metadataIn struct {
	Target   opt[string]          `json:"target" rule:"max=128"`
	Name     opt[json.RawMessage] `json:"name" rule:"object"`
	Logo     opt[string]          `json:"logo"`
	LogoDark opt[string]          `json:"logoDark" rule:"nullable"`
}

// connectorLooks are the stored metadata of a connection.
type connectorLooks struct {
	Target   string            `json:"target,omitempty"`
	Name     map[string]string `json:"name,omitempty"`
	Logo     string            `json:"logo,omitempty"`
	LogoDark *string           `json:"logoDark,omitempty"`
}

func looksOf(c models.Connection) (connectorLooks, bool) {
	var l connectorLooks
	raw, ok := c.Stored[storedMetadata]
	_ = json.Unmarshal(raw, &l)
	return l, ok
}

// targetOf is whom people know the connector as: that of its factory, or its own when the factory is for any provider.
func (f factory) targetOf(c models.Connection) string {
	if l, _ := looksOf(c); f.standard && l.Target != "" {
		return l.Target
	}
	if f.standard && c.Factory == "" {
		return c.Name
	}
	return f.target
}

// connectionTarget is what a connection is called among the targets of sign-in; one that is no connector goes by its strategy.
func connectionTarget(c models.Connection) string {
	if f, ok := connectorFactory(c); ok {
		return f.targetOf(c)
	}
	return c.Strategy
}

// connector maps a connection, with its secrets where the caller may read them.
func connector(ctx context.Context, c models.Connection, f factory) connectorOut {
	out := connectorOut{ID: c.ID, ConnectorID: f.id, Config: f.config(c), Metadata: json.RawMessage("{}"), described: f.describe(ctx)}
	out.SyncProfile = f.kind == typeSocial && (c.Options[optionSync] == "on_each_login" || c.Options[optionSync] == nil && c.Factory == "")
	if tokens, ok := c.Options["federated_connections_access_tokens"].(map[string]any); ok {
		out.KeepTokens, _ = tokens["active"].(bool)
	}
	l, written := looksOf(c)
	if written {
		out.Metadata = c.Stored[storedMetadata]
	}
	out.Target = f.targetOf(c)
	if len(l.Name) > 0 {
		out.Name = l.Name
	}
	if c.DisplayName != "" {
		out.Name = withEnglish(out.Name, c.DisplayName)
	}
	if icon := c.OptionText(optionIcon); icon != "" {
		out.Logo = icon
	}
	out.LogoDark = l.LogoDark
	return out
}

func withEnglish(names map[string]string, english string) map[string]string {
	out := map[string]string{}
	for language, name := range names {
		out[language] = name
	}
	out["en"] = english
	return out
}

// shownConnector is a connector with the secrets that the caller may read.
func (d Dialect) shownConnector(ctx context.Context, c models.Connection, f factory) (connectorOut, error) {
	c, err := d.Connections.WithSecrets(ctx, c)
	return connector(ctx, c, f), err
}

// connection finds the connection that is the connector of an id. The document names the id in paths id in one place, connectorId
// in another and factoryId in a third; so the id of a factory finds its connector too, where it has one and only one.
func (d Dialect) connection(ctx context.Context, id string) (models.Connection, factory, error) {
	c, err := d.Connections.Get(ctx, connections.IDIn{ID: id})
	if models.IsFault(err, models.NotFound) {
		c, err = d.onlyConnector(ctx, id, err)
	}
	if err != nil {
		return c, factory{}, err
	}
	f, ok := connectorFactory(c)
	if !ok {
		return c, f, models.Missing("connection")
	}
	return c, f, nil
}

// onlyConnector is the one connector of a factory; without one, or with several, it stays missing.
func (d Dialect) onlyConnector(ctx context.Context, factoryID string, missing error) (models.Connection, error) {
	if _, ok := factoryOf(factoryID); !ok {
		return models.Connection{}, missing
	}
	all, err := d.connectors(ctx)
	if err != nil {
		return models.Connection{}, err
	}
	of := slices.DeleteFunc(all, func(c models.Connection) bool { f, _ := connectorFactory(c); return f.id != factoryID })
	if len(of) != 1 {
		return models.Connection{}, missing
	}
	return of[0], nil
}

type listConnectorsIn struct {
	Target string `query:"target" json:"-"`
}

func (d Dialect) listConnectors(ctx context.Context, in listConnectorsIn) (page[connectorOut], error) {
	all, err := d.connectors(ctx)
	if err != nil {
		return page[connectorOut]{}, err
	}
	out := []connectorOut{}
	for _, c := range all {
		f, _ := connectorFactory(c)
		if in.Target != "" && f.targetOf(c) != in.Target {
			continue
		}
		one, err := d.shownConnector(ctx, c, f)
		if err != nil {
			return page[connectorOut]{}, err
		}
		out = append(out, one)
	}
	return bare(out), nil
}

// connectors are all connections that are connectors, the oldest first.
func (d Dialect) connectors(ctx context.Context) ([]models.Connection, error) {
	found, err := d.Connections.Find(ctx, connections.FindIn{Filter: connections.Filter{Tenant: true, Strategies: connectorStrategies()}})
	return found.Items, err
}

func (d Dialect) getConnector(ctx context.Context, in idIn) (connectorOut, error) {
	c, f, err := d.connection(ctx, in.ID)
	if err != nil {
		return connectorOut{}, err
	}
	return d.shownConnector(ctx, c, f)
}

func (d Dialect) deleteConnector(ctx context.Context, in idIn) error {
	c, _, err := d.connection(models.Lend(ctx, "connection.read"), in.ID)
	if err != nil {
		return err
	}
	return d.Connections.Delete(ctx, connections.IDIn{ID: c.ID})
}
