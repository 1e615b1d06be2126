package logto

import (
	"context"

	"gatehouse/handlers/keys"
	"gatehouse/models"
	"gatehouse/web"
)

// Types of keys, as paths name them.
const (
	privateKeys = "private-keys"
	cookieKeys  = "cookie-keys"
)

// keyStatus are the words for the life of a key.
var keyStatus = words{"Next": models.KeyNext, "Current": models.KeyCurrent, "Previous": models.KeyPrevious}

// keyAlgs are the algorithms that new keys of a type sign with.
var keyAlgs = words{"RSA": models.AlgRS256, "EC": models.AlgES256}

// keyFamily tells the type of a key by its algorithm.
var keyFamily = map[string]string{models.AlgRS256: "RSA", models.AlgPS256: "RSA", models.AlgES256: "EC", models.AlgEdDSA: "EC"}

// oidcKeyOut is a key without its value. Times are seconds here.
type oidcKeyOut struct {
	ID          string `json:"id"`
	CreatedAt   int64  `json:"createdAt"`
	Algorithm   string `json:"signingKeyAlgorithm,omitempty"`
	Status      string `json:"status,omitempty"`
	EffectiveAt int64  `json:"effectiveAt,omitempty"`
}

// oidcKey shows a key of the ring.
func oidcKey(k models.SigningKey) oidcKeyOut {
	out := oidcKeyOut{ID: k.ID, CreatedAt: k.CreatedAt.Unix(), Algorithm: keyFamily[k.Alg], Status: keyStatus.wire(k.Status)}
	if k.ActivatedAt != nil {
		out.EffectiveAt = k.ActivatedAt.Unix()
	}
	return out
}

// cookieKey shows a key that signs cookies.
func cookieKey(k keys.CookieKey) oidcKeyOut {
	return oidcKeyOut{ID: k.ID, CreatedAt: k.CreatedAt.Unix()}
}

func (d Dialect) oidcKeyRoutes(f web.Face) []web.Route {
	const at = "/api/configs/oidc/:keyType"
	return []web.Route{
		{"GET", at, "key.read", web.Do(f, 200, d.listKeys).With(doc("configs", "List the keys of a type"))},
		{"POST", at + "/rotate", "key.rotate", web.Do(f, 200, d.rotateKeys).With(doc("configs", "Sign with a new key"))},
		{"DELETE", at + "/:keyId", "key.delete", web.Do0(f, 204, d.deleteKey).With(doc("configs", "Delete a key that no longer signs"))},
	}
}

// keyTypeIn names a type of keys.
type keyTypeIn struct {
	KeyType string `path:"keyType" json:"-"`
}

func (in keyTypeIn) check() error {
	var c models.Check
	c.OneOf("keyType", in.KeyType, privateKeys, cookieKeys)
	return at(c.Err(), invalidParams)
}

func (d Dialect) listKeys(ctx context.Context, in keyTypeIn) ([]oidcKeyOut, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if in.KeyType == cookieKeys {
		all, err := d.Cookies.List(models.Lend(ctx, "cookie_key.read"))
		return shownKeys(all, cookieKey, func(keys.CookieKey) bool { return true }), err
	}
	all, err := d.Keys.List(ctx, keys.None{})
	return shownKeys(all.Items, oidcKey, models.SigningKey.Published), err
}

func shownKeys[T any](all []T, show func(T) oidcKeyOut, has func(T) bool) []oidcKeyOut {
	out := []oidcKeyOut{}
	for _, k := range all {
		if has(k) {
			out = append(out, show(k))
		}
	}
	return out
}

// rotateIn says how to rotate. A grace period would begin to sign at a moment to come, which only a person decides here.
type rotateIn struct {
	keyTypeIn
	Algorithm   opt[string]  `json:"signingKeyAlgorithm" enum:"RSA,EC"`
	GracePeriod opt[float64] `json:"rotationGracePeriod" rule:"min=0"`
}

func (d Dialect) rotateKeys(ctx context.Context, in rotateIn) ([]oidcKeyOut, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if in.KeyType == cookieKeys {
		all, err := d.Cookies.Rotate(ctx)
		return shownKeys(all, cookieKey, func(keys.CookieKey) bool { return true }), err
	}
	var c models.Check
	c.That(in.GracePeriod.V == 0, "rotationGracePeriod", "out_of_range", "Use a number of at most 0.")
	if err := at(c.Err(), invalidBody); err != nil {
		return nil, err
	}
	alg := models.AlgES256
	if in.Algorithm.Set {
		alg = keyAlgs[in.Algorithm.V]
	}
	if _, err := d.Keys.Rotate(ctx, keys.RotateIn{Alg: alg}); err != nil {
		return nil, err
	}
	return d.listKeys(models.Lend(ctx, "key.read"), in.keyTypeIn)
}

// keyIn names a key.
type keyIn struct {
	keyTypeIn
	KeyID string `path:"keyId" json:"-"`
}

func (d Dialect) deleteKey(ctx context.Context, in keyIn) error {
	if err := in.check(); err != nil {
		return err
	}
	if in.KeyType == cookieKeys {
		return d.Cookies.Delete(ctx, in.KeyID)
	}
	return d.Keys.Withdraw(ctx, keys.DeleteIn{ID: in.KeyID})
}
