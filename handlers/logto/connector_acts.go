package logto

import (
	"context"
	"encoding/json"

	"gatehouse/handlers/connections"
	"gatehouse/handlers/mails"
	"gatehouse/models"
)

type connectorURIIn struct {
	ID          string `path:"connectorId" json:"-"`
	State       string `json:"state" rule:"required,filled"`
	RedirectURI string `json:"redirectUri" rule:"required,filled"`
}

type connectorURIOut struct {
	RedirectTo  string `json:"redirectTo"`
	RedirectURI string `json:"redirectUri"`
}

// connectorURI gives the address of the provider's sign-in.
func (d Dialect) connectorURI(ctx context.Context, in connectorURIIn) (connectorURIOut, error) {
	c, f, err := d.connection(ctx, in.ID)
	if err != nil {
		return connectorURIOut{}, err
	}
	switch {
	case f.kind != typeSocial:
		return connectorURIOut{}, refuse("connector.unexpected_type", "Only social connectors have a page to sign in at.")
	case c.Strategy == models.StrategySAML:
		return connectorURIOut{}, refuse("connector.not_implemented", "Requests to SAML providers are made by the sign-in pages alone.")
	}
	out, err := d.Connections.Authorize(ctx, connections.AuthorizeIn{ID: c.ID, State: in.State, RedirectURI: in.RedirectURI})
	if fault, ok := models.AsFault(err); ok {
		switch fault.Code {
		case models.Conflict:
			return connectorURIOut{}, refuse("connector.invalid_config", fault.Text)
		case models.Unavailable:
			return connectorURIOut{}, refuse("connector.general", fault.Text)
		}
	}
	return connectorURIOut{RedirectTo: out.URL, RedirectURI: in.RedirectURI}, models.Names{"redirect_uri": "redirectUri"}.Rename(err, "")
}

type testConnectorIn struct {
	Factory string               `path:"factoryId" json:"-"`
	Phone   opt[string]          `json:"phone" pattern:"^\\d+$"`
	Email   opt[string]          `json:"email" pattern:"^\\S+@\\S+\\.\\S+$"`
	Config  opt[json.RawMessage] `json:"config" rule:"required,object"`
	Locale  opt[string]          `json:"locale"`
}

// testConnector sends a message with settings that are not stored yet.
func (d Dialect) testConnector(ctx context.Context, in testConnectorIn) error {
	f, ok := factoryOf(in.Factory)
	to := in.Email.V
	switch {
	case !ok:
		return models.Missing("connector_factory")
	case f.kind == typeSocial:
		return refuse("connector.unexpected_type", "Only connectors that send messages can be tried so.")
	case f.kind == typeSMS:
		to = in.Phone.V
	}
	if to == "" {
		return refuse("connector.insufficient_request_parameters", "Say where the message goes: email for a mail, phone for a text message.")
	}
	config := map[string]any{}
	_ = json.Unmarshal(in.Config.V, &config) // an object that was read before
	if err := f.checkConfig(config); err != nil {
		return err
	}
	provider, delivers := mailProvider(f, config)
	if !delivers {
		return refuse("connector.not_implemented", "This server does not send through "+f.name+" yet; messages go to its outbox or its mail server.")
	}
	done, err := d.Mails.Try(models.Lend(ctx, models.KindEmailProvider+".update"), provider, mails.TestIn{To: to, Purpose: models.EmailGeneric, Lang: in.Locale.V})
	if err != nil {
		return badMailConfig(err)
	}
	if !done.Delivered {
		return refuse("connector.general", "The message was not sent: "+done.Text+" ("+done.Reason+")")
	}
	return nil
}
