package logto

import (
	"context"
	"encoding/json"
	"strings"

	"gatehouse/handlers/connections"
	"gatehouse/models"
)

// connectorIn is what creation and update share.
type connectorIn struct {
	Config      opt[json.RawMessage] `json:"config" rule:"object"`
	Metadata    opt[metadataIn]      `json:"metadata"`
	SyncProfile opt[bool]            `json:"syncProfile"`
	KeepTokens  opt[bool]            `json:"enableTokenStorage"`
}

type createConnectorIn struct {
	connectorIn
	ConnectorID string      `json:"connectorId" rule:"required,min=1,max=128"`
	ID          opt[string] `json:"id" rule:"min=1,max=128"`
}

// connectorNames are the product's names of a connector's members.
var connectorNames = models.Names{"options": "config", "enabled": "config", "factory": "connectorId", "display_name": "metadata.name.en"}

// settings are the settings as a map, and whether there were any.
func (in connectorIn) settings() (map[string]any, bool) {
	config := map[string]any{}
	if !in.Config.Set {
		return config, false
	}
	_ = json.Unmarshal(in.Config.V, &config) // an object that was read before
	return config, true
}

// check refuses what a connector of a factory cannot be.
func (in connectorIn) check(f factory) error {
	switch {
	case in.SyncProfile.V && f.kind != typeSocial:
		return refuse("connector.invalid_type_for_syncing_profile", "Only social connectors have a profile to keep in step.")
	case in.KeepTokens.V && !f.tokens:
		return refuse("connector.token_storage_not_supported", "This connector cannot keep the provider's tokens.")
	case !f.standard && in.Metadata.Set && in.Metadata.V.any():
		return refuse("connector.cannot_overwrite_metadata_for_non_standard_connector", "Only connectors of a generic kind have a target, name and logo of their own.")
	}
	if config, ok := in.settings(); ok {
		return f.checkConfig(config)
	}
	return nil
}

func (m metadataIn) any() bool {
	return m.Target.V != "" || len(m.names()) > 0 || m.Logo.V != "" || m.LogoDark.V != ""
}

// names are the names by language; what is no text is left out.
func (m metadataIn) names() map[string]string {
	var said map[string]any
	_ = json.Unmarshal(m.Name.V, &said) // an object that was read before
	out := map[string]string{}
	for language, name := range said {
		if text, ok := name.(string); ok {
			out[language] = text
		}
	}
	return out
}

// fields is what the input changes about a connection as it is now.
func (in connectorIn) fields(f factory, now models.Connection) connections.Fields {
	out := connections.Fields{Stored: map[string]models.Opt[json.RawMessage]{}}
	options, changed := map[string]any{}, in.SyncProfile.Set || in.KeepTokens.Set || in.Metadata.Set
	for name, value := range now.Options {
		options[name] = value
	}
	if config, ok := in.settings(); ok {
		var members json.RawMessage
		options, members = f.options(now, config)
		out.Stored[storedConfig], changed = models.Some(members), true
	}
	if in.SyncProfile.Set {
		options[optionSync] = synced(in.SyncProfile.V, options[optionSync])
	}
	if in.KeepTokens.Set {
		options["federated_connections_access_tokens"] = map[string]any{"active": in.KeepTokens.V}
	}
	if in.Metadata.Set {
		l := in.Metadata.V.over(now)
		raw, _ := json.Marshal(l)
		out.Stored[storedMetadata] = models.Some(json.RawMessage(raw))
		if l.Name["en"] != "" {
			out.DisplayName = models.Some(l.Name["en"])
		}
		if l.Logo != "" {
			options[optionIcon] = l.Logo
		}
	}
	if changed {
		out.Options = models.Some(options)
	}
	return out
}

// synced is when a profile follows the provider: at each sign-in, or at the first one. Another face can say never.
func synced(on bool, was any) string {
	switch {
	case on:
		return "on_each_login"
	case was == "never_on_login":
		return "never_on_login"
	}
	return "on_first_login"
}

// over is the stored looks with what was said now.
func (m metadataIn) over(now models.Connection) connectorLooks {
	l, _ := looksOf(now)
	m.Target.To(&l.Target)
	m.Logo.To(&l.Logo)
	m.LogoDark.ToPtr(&l.LogoDark)
	if m.Name.Set {
		l.Name = m.names()
	}
	return l
}

func (d Dialect) createConnector(ctx context.Context, in createConnectorIn) (out connectorOut, err error) {
	f, ok := factoryOf(in.ConnectorID)
	if !ok {
		return out, refuse("connector.not_found_with_connector_id", "There is no connector factory "+in.ConnectorID+".")
	}
	if f.standard && in.Metadata.V.Target.V == "" {
		return out, refuse("connector.should_specify_target", "A connector of a generic kind needs a target: metadata.target.")
	}
	if err := in.check(f); err != nil {
		return out, err
	}
	in.SyncProfile = models.Some(in.SyncProfile.V) // the document's default, said so that other faces read it
	fields := in.fields(f, models.Connection{Factory: f.id})
	return out, models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		may := models.Lend(ctx, "connection.read", "connection.delete")
		name, err := d.makeRoom(may, f, in)
		if err != nil {
			return err
		}
		made, err := d.Connections.Create(ctx, connections.CreateIn{ID: in.ID.V, Name: name, Strategy: f.strategy, Factory: f.id, Fields: fields})
		if err != nil {
			return connectorNames.Rename(err, "")
		}
		config, _ := in.settings()
		if err := d.deliver(ctx, made.ID, f, config); err != nil {
			return err
		}
		out, err = d.shownConnector(models.Lend(ctx, "connection.read"), made, f)
		return err
	})
}

// makeRoom connectorLooks at the connectors that are there: one that sends messages takes the place of the one before, and two social ones
// of a target would be one to the people who see them. It gives the new one's name.
func (d Dialect) makeRoom(ctx context.Context, f factory, in createConnectorIn) (string, error) {
	all, err := d.connectors(ctx)
	if err != nil {
		return "", err
	}
	target := f.target
	if f.standard {
		target = in.Metadata.V.Target.V
	}
	for _, c := range all {
		other, _ := connectorFactory(c)
		switch {
		case f.kind != typeSocial && other.kind == f.kind && c.Factory != "":
			if err := d.Connections.Delete(ctx, connections.IDIn{ID: c.ID}); err != nil {
				return "", err
			}
		case f.kind != typeSocial:
		case !f.standard && c.Factory == f.id:
			return "", refuse("connector.multiple_instances_not_supported", "There is a connector of this factory already.")
		case other.targetOf(c) == target && other.platform == f.platform:
			return "", refuse("connector.multiple_target_with_same_platform", "There is a connector of this target and platform already.")
		}
	}
	return d.freeName(ctx, target)
}

// freeName is the name of a new connection: its target, where that is free.
func (d Dialect) freeName(ctx context.Context, target string) (string, error) {
	name := strings.Join(strings.FieldsFunc(target, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9')
	}), "-")
	if name == "" {
		name = "connector"
	}
	found, err := d.Connections.Find(ctx, connections.FindIn{Filter: connections.Filter{Name: name}, Limit: 1})
	if err == nil && len(found.Items) > 0 {
		name += "-" + models.NewID(models.ObjectID)
	}
	return name, err
}

type updateConnectorIn struct {
	ID string `path:"id" json:"-"`
	connectorIn
}

func (d Dialect) updateConnector(ctx context.Context, in updateConnectorIn) (out connectorOut, err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		c, f, err := d.connection(models.Lend(ctx, "connection.read"), in.ID)
		if err != nil {
			return err
		}
		if err := in.check(f); err != nil {
			return err
		}
		if t := in.Metadata.V.Target; f.standard && t.Set && t.V != f.targetOf(c) {
			return refuse("connector.can_not_modify_target", "The target of a connector is chosen when it is created.")
		}
		after, err := d.Connections.Update(ctx, connections.UpdateIn{ID: c.ID, Version: models.Some(c.Version), Replace: true, Fields: in.fields(f, c)})
		if err != nil {
			return connectorNames.Rename(err, "")
		}
		if config, said := in.settings(); said {
			if err := d.deliver(ctx, c.ID, f, config); err != nil {
				return err
			}
		}
		out, err = d.shownConnector(ctx, after, f)
		return err
	})
	return out, err
}
