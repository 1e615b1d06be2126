package clients

import (
	"context"
	"encoding/json"

	"gatehouse/handlers/credentials"
	"gatehouse/models"
	frame "gatehouse/views/applications"
	views "gatehouse/views/clients"
	"gatehouse/views/ui"
)

// HeadOf gives what the pages of an application show above their tabs.
type HeadOf func(ctx context.Context, applicationID string) (frame.Head, error)

// Console is the pages of clients over the operations.
type Console struct {
	Ops
	Head HeadOf
}

// list is the page of an application's clients.
func (c Console) list(ctx context.Context, in ListIn) (views.List, error) {
	head, err := c.Head(ctx, in.ApplicationID)
	if err != nil {
		return views.List{}, err
	}
	page, err := c.List(ctx, in)
	if err != nil {
		return views.List{}, err
	}
	out := views.List{Head: head, Older: views.ListURL(in.ApplicationID), Newer: views.ListURL(in.ApplicationID)}
	out.Newer, out.Older = cursorURL(in.ApplicationID, page.Prev), cursorURL(in.ApplicationID, page.Next)
	out.Rows, err = c.rows(ctx, page.Items)
	return out, err
}

func cursorURL(applicationID, cursor string) string {
	if cursor == "" {
		return ""
	}
	return views.ListURL(applicationID) + "?cursor=" + cursor
}

// rows adds what is counted beside clients.
func (c Console) rows(ctx context.Context, list []models.Client) ([]views.Row, error) {
	ids := make([]string, len(list))
	for i, row := range list {
		ids[i] = row.ID
	}
	valid, err := c.Credentials.CountValid(ctx, ids)
	if err != nil {
		return nil, err
	}
	uses, err := usages(ctx, c.DB.Read, ids)
	if err != nil {
		return nil, err
	}
	out := make([]views.Row, len(list))
	for i, row := range list {
		out[i] = views.Row{Client: row, Secrets: valid[row.ID], LastUsed: uses[row.ID].LastUsedAt}
	}
	return out, nil
}

// newIn is what the form of a new client may begin with.
type newIn struct {
	ApplicationID string `path:"application_id" json:"-"`
	Profile       string `query:"profile"`
}

// fresh is the form of a new client.
func (c Console) fresh(ctx context.Context, in newIn) (views.Form, error) {
	if err := models.Need(ctx, "client.create", in.ApplicationID, "application"); err != nil {
		return views.Form{}, err
	}
	return c.newForm(ctx, c.start(in.ApplicationID, in.Profile))
}

// start is a new client as its profile begins.
func (c Console) start(applicationID, profile string) models.Client {
	or(&profile, models.ProfileWeb)
	protocol := models.ProtocolOIDC
	if profile == models.ProfileSAML {
		protocol = models.ProtocolSAML
	}
	client := Defaults(protocol, profile)
	client.ApplicationID = applicationID
	return client
}

func (c Console) newForm(ctx context.Context, client models.Client) (views.Form, error) {
	head, err := c.Head(ctx, client.ApplicationID)
	if err != nil {
		return views.Form{}, err
	}
	return views.Form{Head: head, Client: client, New: true, Values: values(client), URIs: verdicts(client)}, nil
}

// edit is the editor of a client.
func (c Console) edit(ctx context.Context, in OneIn) (views.Form, error) {
	client, err := c.Get(ctx, in)
	if err != nil {
		return views.Form{}, err
	}
	return c.form(ctx, client)
}

// form is the editor of client.
func (c Console) form(ctx context.Context, client models.Client) (views.Form, error) {
	head, err := c.Head(ctx, client.ApplicationID)
	if err != nil {
		return views.Form{}, err
	}
	base, err := json.Marshal(client)
	if err != nil {
		return views.Form{}, err
	}
	return views.Form{Head: head, Client: client, Values: values(client), URIs: verdicts(client), Base: string(base)}, nil
}

// again is a form drawn with what was posted, so that nothing typed is lost, and with what is wrong beside it.
func again(f views.Form, form map[string][]string, fault *models.Fault) views.Form {
	for name, posted := range form {
		if _, known := f.Values[name]; !known {
			continue
		}
		if lists[name] {
			posted = said(posted)
		}
		f.Values[name] = posted
	}
	var unread models.Check
	f.URIs = verdicts(read(f.Client, form, &unread))
	f.Errors = map[string]string{}
	if fault == nil {
		return f
	}
	for _, field := range fault.Fields {
		f.Errors[place(field.Name)] = field.Text
	}
	if len(fault.Fields) == 0 {
		f.Problem = fault.Text
	}
	return f
}

// place is the field that shows a fault of a member that has no field of its own.
func place(name string) string {
	switch name {
	case "saml":
		return "saml.entity_id"
	case "id_token_encryption":
		return "id_token_encryption.enabled"
	}
	return name
}

// removal is the page that asks before a client is deleted.
func (c Console) removal(ctx context.Context, in OneIn) (views.Danger, error) {
	client, err := c.Get(ctx, in)
	if err != nil {
		return views.Danger{}, err
	}
	head, err := c.Head(ctx, client.ApplicationID)
	if err != nil {
		return views.Danger{}, err
	}
	valid, err := c.Credentials.CountValid(ctx, []string{client.ID})
	return views.Danger{Head: head, Client: client, Secrets: valid[client.ID]}, err
}

// removeIn is the confirmed wish to delete a client.
type removeIn struct {
	ID      string `path:"id" json:"-"`
	Confirm string `form:"confirm" json:"-"`
}

// remove deletes a client whose name was typed; it gives the client that is gone.
func (c Console) remove(ctx context.Context, in removeIn) (models.Client, error) {
	client, err := c.Get(ctx, OneIn{in.ID})
	if err != nil {
		return client, err
	}
	var f models.Check
	f.That(in.Confirm == client.Name, "confirm", "not_the_name", "Type the name exactly as it is written above.")
	if err := f.Err(); err != nil {
		return client, err
	}
	return client, c.Delete(ctx, OneVersionIn{ID: in.ID})
}

// created is the page of a new client with its first secret.
func (c Console) created(ctx context.Context, out CreateOut) (views.Created, error) {
	head, err := c.Head(ctx, out.ApplicationID)
	return views.Created{Head: head, Client: out.Client, Secret: Shown(out.Client, *out.Secret)}, err
}

// Shown is a secret as the page that shows it once wants it.
func Shown(c models.Client, v credentials.Value) ui.SecretOpts {
	return credentials.Shown(c.ID, "New secret for "+c.Name, v, views.URL(c.ID, "secrets"))
}
