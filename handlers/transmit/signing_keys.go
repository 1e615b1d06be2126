package transmit

import (
	"context"
	"encoding/json"
	"time"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/keys"
	"gatehouse/models"
	"gatehouse/web"
)

// Signing keys are those of the application that the calling token belongs to: a management client's are its management
// application's.
func (d Dialect) keyRoutes(f web.Face) []web.Route {
	const all, one = "/cis/v1/applications/signing-keys", "/cis/v1/applications/signing-keys/:id"
	return []web.Route{
		{"POST", all, "key.create", web.Do(f, 201, d.createKey).With(doc("signing keys", "Create a signing key"))},
		{"GET", all, "application.read", web.Do(f, 200, d.listKeys).With(doc("signing keys", "List signing keys"))},
		{"POST", all + "/upload", "key.create", web.Do(f, 201, d.uploadKey).With(doc("signing keys", "Upload a signing key"))},
		{"PUT", one, "key.update", web.Do(f, 200, d.updateKey).With(doc("signing keys", "Update a signing key"))},
		{"DELETE", one, "key.delete", web.Do0(f, 204, d.deleteKey).With(doc("signing keys", "Delete a signing key"))},
	}
}

// signingKey is a key on the way out. A key that is deleted is gone, so one that is shown never was.
type signingKey struct {
	ID        string     `json:"id"`
	AppID     string     `json:"app_id"`
	TenantID  string     `json:"tenant_id"`
	KID       string     `json:"kid"`
	Name      string     `json:"name"`
	Status    string     `json:"status"`
	Source    string     `json:"source"`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
	DeletedAt *time.Time `json:"deleted_at"`
}

var sourceWords = words{{"mosaic", models.KeyGenerated}, {"uploaded", models.KeyUploaded}}

func keyOut(k models.SigningKey) signingKey {
	return signingKey{ID: k.ID, AppID: k.ApplicationID, TenantID: k.TenantID, KID: k.KID, Name: k.Name, Status: k.Status,
		Source: sourceWords.wire(k.Source), CreatedAt: k.CreatedAt, UpdatedAt: k.UpdatedAt}
}

// own is the application of the calling token.
func (d Dialect) own(ctx context.Context) (string, error) {
	actor := models.ActorFrom(ctx)
	if actor.ApplicationID != "" {
		return actor.ApplicationID, nil
	}
	c, err := d.Clients.Get(ctx, clients.OneIn{ID: actor.ID})
	return c.ApplicationID, err
}

type createKeyIn struct {
	Name string `json:"name" rule:"required"`
}

func (d Dialect) createKey(ctx context.Context, in createKeyIn) (signingKey, error) {
	app, err := d.own(ctx)
	if err != nil {
		return signingKey{}, err
	}
	k, err := d.Keys.CreateOwn(ctx, keys.CreateOwnIn{ApplicationID: app, Name: in.Name})
	return keyOut(k), err
}

func (d Dialect) listKeys(ctx context.Context, _ web.None) ([]signingKey, error) {
	app, err := d.own(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := d.Keys.ListOwn(models.Lend(ctx, "key.read"), keys.OfIn{ApplicationID: app})
	out := make([]signingKey, len(rows.Items))
	for i, k := range rows.Items {
		out[i] = keyOut(k)
	}
	return out, err
}

type uploadKeyIn struct {
	Name string          `json:"name" rule:"required"`
	JWK  json.RawMessage `json:"jwk" rule:"required,object"`
}

func (d Dialect) uploadKey(ctx context.Context, in uploadKeyIn) (signingKey, error) {
	app, err := d.own(ctx)
	if err != nil {
		return signingKey{}, err
	}
	k, err := d.Keys.Upload(ctx, keys.UploadIn{ApplicationID: app, Name: in.Name, JWK: in.JWK})
	return keyOut(k), err
}

type updateKeyIn struct {
	ID     string      `path:"id" json:"-"`
	Status opt[string] `json:"status" enum:"signing,disabled,validating"`
	Name   opt[string] `json:"name"`
}

func (d Dialect) updateKey(ctx context.Context, in updateKeyIn) (signingKey, error) {
	app, err := d.own(ctx)
	if err != nil {
		return signingKey{}, err
	}
	k, err := d.Keys.UpdateOwn(ctx, keys.UpdateOwnIn{ApplicationID: app, ID: in.ID, Name: in.Name, Status: in.Status})
	return keyOut(k), err
}

// keyIn names a key.
type keyIn struct {
	ID string `path:"id" json:"-"`
}

func (d Dialect) deleteKey(ctx context.Context, in keyIn) error {
	app, err := d.own(ctx)
	if err != nil {
		return err
	}
	return d.Keys.DeleteOwn(ctx, keys.OwnIn{ApplicationID: app, ID: in.ID})
}
