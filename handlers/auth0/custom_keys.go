package auth0

import (
	"context"
	"encoding/json"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// customKeys is the document that keeps the tenant's own verification keys.
var customKeys = documents.Ref{Kind: "custom_signing_keys", Key: "default"}

func (d Dialect) customKeyRoutes() []web.Route {
	f := d.Face()
	const path = "/keys/custom-signing"
	return []web.Route{
		stored(op("GET", path, "read:custom_signing_keys", web.Do(f, 200, d.getCustomKeys))),
		stored(op("PUT", path, "create:custom_signing_keys update:custom_signing_keys", web.Do(f, 200, d.setCustomKeys))),
		stored(op("DELETE", path, "delete:custom_signing_keys", web.Do0(f, 204, d.deleteCustomKeys))),
	}
}

// customKeysIn is a set of public keys (RFC 7517).
type customKeysIn struct {
	Keys []struct {
		KTY     string        `json:"kty" rule:"required" enum:"EC,RSA"`
		KID     opt[string]   `json:"kid,omitzero"`
		Use     opt[string]   `json:"use,omitzero" enum:"sig"`
		KeyOps  opt[[]string] `json:"key_ops,omitzero" enum:"verify" rule:"minitems=1"`
		Alg     opt[string]   `json:"alg,omitzero" enum:"RS256,RS384,RS512,ES256,ES384,ES512,PS256,PS384,PS512"`
		N       opt[string]   `json:"n,omitzero"`
		E       opt[string]   `json:"e,omitzero"`
		Crv     opt[string]   `json:"crv,omitzero" enum:"P-256,P-384,P-521"`
		X       opt[string]   `json:"x,omitzero"`
		Y       opt[string]   `json:"y,omitzero"`
		X5U     opt[string]   `json:"x5u,omitzero"`
		X5C     opt[[]string] `json:"x5c,omitzero" rule:"minitems=1"`
		X5T     opt[string]   `json:"x5t,omitzero"`
		X5TS256 opt[string]   `json:"x5t#S256,omitzero"`
	} `json:"keys" rule:"required,minitems=1"`
}

func (d Dialect) getCustomKeys(ctx context.Context, _ web.None) (json.RawMessage, error) {
	doc, err := d.Documents.Get(ctx, customKeys)
	return doc.Body, err
}

func (d Dialect) setCustomKeys(ctx context.Context, in customKeysIn) (json.RawMessage, error) {
	doc, _, err := d.Documents.Put(ctx, documents.PutIn{Ref: customKeys, Body: in})
	return doc.Body, err
}

func (d Dialect) deleteCustomKeys(ctx context.Context, _ web.None) error {
	err := d.Documents.Delete(ctx, customKeys)
	if models.IsFault(err, models.NotFound) {
		return nil
	}
	return err
}
