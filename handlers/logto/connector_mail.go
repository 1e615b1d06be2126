package logto

import (
	"context"
	"encoding/json"
	"net/mail"

	"gatehouse/handlers/mails"
	"gatehouse/models"
)

// A connector of the kind email is who delivers mail: what it says is written to the provider that every face knows, in the same
// transaction, so that it is what mail is really sent through.

// storedConnector is the connector that a mail provider was written by.
const storedConnector = "logto.connector"

// mailAuth is how a mail server is told who sends.
type mailAuth struct {
	Type string `json:"type"`
	User string `json:"user"`
	Pass string `json:"pass"`
}

// mailConfig is the settings of mail connectors, by the names that they have in any of them.
type mailConfig struct {
	Host      string        `json:"host"`
	Port      float64       `json:"port"`
	Auth      mailAuth      `json:"auth"`
	Secure    bool          `json:"secure"`
	IgnoreTLS bool          `json:"ignoreTLS"`
	APIKey    string        `json:"apiKey"`
	FromEmail string        `json:"fromEmail"`
	FromName  string        `json:"fromName"`
	ReplyTo   string        `json:"replyTo"`
	Templates []mailMessage `json:"templates"`
}

// mailMessage is a text that a connector brings along.
type mailMessage struct {
	Usage       string `json:"usageType"`
	Subject     string `json:"subject"`
	Content     string `json:"content"`
	ContentType string `json:"contentType"`
}

// sender is the address that mail comes from.
func (c mailConfig) sender() string {
	if c.FromName == "" {
		return c.FromEmail
	}
	return (&mail.Address{Name: c.FromName, Address: c.FromEmail}).String()
}

// protection is how the connection is protected. A mail server is never trusted to turn to TLS by itself.
func (c mailConfig) protection() string {
	switch {
	case c.Secure || c.Port == 465:
		return models.EmailTLS
	case c.IgnoreTLS:
		return models.EmailNoTLS
	}
	return models.EmailSTARTTLS
}

// texts are the connector's own texts, as the mails that they are for.
func (c mailConfig) texts() []models.EmailTemplate {
	out := []models.EmailTemplate{}
	for _, m := range c.Templates {
		if purpose := templateTypes[m.Usage]; purpose != "" {
			out = append(out, models.EmailTemplate{Purpose: purpose, Language: models.EmailLanguage, Enabled: true, Subject: m.Subject, Body: m.Content,
				ContentType: m.ContentType, Syntax: "liquid"})
		}
	}
	return out
}

// mailProvider is what the settings of a connector say of who delivers mail, and whether mail can be delivered so. Every member is
// said: a new connector takes nothing over from the one before.
func mailProvider(f factory, config map[string]any) (mails.ProviderIn, bool) {
	var c mailConfig
	raw, _ := json.Marshal(config)
	_ = json.Unmarshal(raw, &c) // what has another type is no setting of these, and checkConfig tells of it
	in := mails.ProviderIn{Enabled: models.Some(true), From: models.Some(c.sender()), ReplyTo: models.Some(c.ReplyTo), Texts: models.Some(c.texts()),
		Host: models.Some(""), Port: models.Some[int64](0), User: models.Some(""), Protection: models.Some(""),
		Password: models.Some(models.Secret{}), APIKey: models.Some(models.Secret{})}
	switch f.id {
	case "simple-mail-transfer-protocol":
		in.Name, in.Host, in.Port = models.Some(models.EmailSMTP), models.Some(c.Host), models.Some(int64(c.Port))
		in.User, in.Password, in.Protection = models.Some(c.Auth.User), models.Some(models.NewSecret(c.Auth.Pass)), models.Some(c.protection())
		return in, true
	case "sendgrid-email-service":
		in.Name, in.APIKey = models.Some("sendgrid"), models.Some(models.NewSecret(c.APIKey))
		return in, true
	}
	return in, false
}

// mailFields are the product's names of the settings of a mail connector.
var mailFields = models.Names{"from": "fromEmail", "reply_to": "replyTo", "host": "host", "port": "port", "user": "auth.user", "password": "auth.pass",
	"api_key": "apiKey", "texts": "templates", "protection": "secure"}

// badMailConfig tells of settings that mail cannot be sent with in the dialect's words.
func badMailConfig(err error) error {
	f, ok := models.AsFault(err)
	if !ok || f.Code != models.Invalid || len(f.Fields) == 0 {
		return err
	}
	return refuse("connector.invalid_config", "The setting "+mailFields.Name(f.Fields[0].Name)+": "+f.Fields[0].Text)
}

// deliver makes a mail connector who delivers mail. One that this server cannot send through takes the place of the one before as
// well: mail stays in the outbox then.
func (d Dialect) deliver(ctx context.Context, id string, f factory, config map[string]any) error {
	if f.kind != typeEmail {
		return nil
	}
	ctx = models.Lend(ctx, models.KindEmailProvider+".*")
	in, delivers := mailProvider(f, config)
	if !delivers {
		return d.keepMail(ctx, func(models.EmailProvider) bool { return true })
	}
	if kind := oauthKind(config); kind != "" {
		return refuse("connector.invalid_config", "The setting auth.type: mail servers are told a user and a password here, not "+kind+".")
	}
	raw, _ := json.Marshal(id)
	in.Stored = models.Some(map[string]json.RawMessage{storedConnector: raw})
	_, err := d.Mails.PutProvider(ctx, in)
	return badMailConfig(err)
}

// oauthKind is the way in which a mail server is told who sends, when that is not a user and a password.
func oauthKind(config map[string]any) string {
	auth, _ := config["auth"].(map[string]any)
	kind, _ := auth["type"].(string)
	if kind == "login" {
		return ""
	}
	return kind
}

// Undeliver takes the provider along that a connector wrote: in the transaction tx that deletes the connector, through whatever face.
func (d Dialect) Undeliver(ctx context.Context, tx models.DB, connectionID string) error {
	d = d.In(tx)
	return d.keepMail(models.Lend(ctx, models.KindEmailProvider+".*"), func(p models.EmailProvider) bool {
		var by string
		_ = json.Unmarshal(p.Stored[storedConnector], &by) // nothing, or what we wrote
		return by == connectionID
	})
}

// keepMail lets mail stay in the outbox from now on, if there is a provider and it is one of those that are meant.
func (d Dialect) keepMail(ctx context.Context, meant func(models.EmailProvider) bool) error {
	p, err := d.Mails.GetProvider(ctx, struct{}{})
	if models.IsFault(err, models.NotFound) {
		return nil
	}
	if err != nil || !meant(p.EmailProvider) {
		return err
	}
	return d.Mails.DeleteProvider(ctx, struct{}{})
}
