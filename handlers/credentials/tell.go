package credentials

import (
	"context"
	"encoding/json"

	"gatehouse/models"
	views "gatehouse/views/credentials"
	"gatehouse/web"
)

// What the forms of credentials would do, for the drawer that shows them as API calls.

func (c Console) tellCreate(_ context.Context, in secretForm) (web.Told, error) {
	what, err := c.creation(in)
	return web.Told{About: "What Create secret will send. Nothing is created yet.", Form: "secret", Op: what}, err
}

func (c Console) tellUpdate(ctx context.Context, in editIn) (web.Told, error) {
	what, err := c.change(ctx, in)
	return web.Told{About: "What Save changes will send. Nothing is saved yet.", Form: "edit", Op: what}, err
}

// Retirement is the end of a secret whose line stays, which dialects have no words for.
type Retirement OneIn

func (c Console) tellRetire(_ context.Context, in OneIn) (web.Told, error) {
	return web.Told{About: "What Retire secret will send. Nothing is retired yet.", Op: Retirement(in),
		Calls: []web.Call{web.NativeCall("POST", "/rest/v1/clients/:id/secrets/:secret_id/retire", in)}}, nil
}

func (c Console) tellDelete(_ context.Context, in OneIn) (web.Told, error) {
	return web.Told{About: "What Delete secret will send. Nothing is deleted yet.", Op: in,
		Calls: []web.Call{web.NativeCall("DELETE", "/rest/v1/clients/:id/secrets/:secret_id", in)}}, nil
}

func (c Console) tellRotate(_ context.Context, in rotateForm) (web.Told, error) {
	what, err := c.turning(in)
	return web.Told{About: "What Create the new secret will send. Nothing is created yet.", Form: "secret", Op: what}, err
}

func (c Console) tellKey(_ context.Context, in keyForm) (web.Told, error) {
	what, err := c.publishing(in)
	var f models.Check
	f.That(json.Valid(what.JWK), "jwk", "not_json", "This is not JSON. Look for a missing quote, comma or bracket.")
	if err == nil {
		err = f.Err()
	}
	return web.Told{About: "What Add key will send. Nothing is added yet.", Form: "secret", Op: what}, err
}

var (
	tellPrimary = web.Sends("What Make primary will send. Nothing changes yet.", "POST", "/rest/v1/clients/:id/secrets/:secret_id/primary", func(in OneIn) string { return views.URL(in.ClientID, in.ID) }, nil)
	tellFinish  = web.Sends("What Retire the old one will send. Nothing is retired yet.", "POST", "/rest/v1/clients/:id/rotation/finish", atSecrets, nil)
	tellCancel  = web.Sends("What Cancel rotation will send. Nothing is cancelled yet.", "DELETE", "/rest/v1/clients/:id/rotation", atSecrets, nil)
)

func atSecrets(in ClientIn) string { return views.URL(in.ClientID) }
