package keys

import (
	"context"
	"slices"
	"time"

	"gatehouse/handlers/documents"
	"gatehouse/models"
)

// KindCookieKey is the kind of documents that hold cookie keys, each sealed beside an empty body.
const KindCookieKey = "cookie_key"

// Length of a cookie key, in characters, and how many are kept: the one that signs and the one before it.
const (
	cookieKeyLength = 32
	cookieKeysKept  = 2
)

// CookieKey signs the cookies of hosted pages. Its value is sealed and never shown.
type CookieKey struct {
	ID        string
	CreatedAt time.Time
	Current   bool // signs; the others only verify
}

// Cookies are the keys that sign cookies of hosted pages.
type Cookies struct {
	Documents documents.Ops
	Now       func() time.Time
}

// In gives the same operations inside a transaction.
func (o Cookies) In(tx models.DB) Cookies { o.Documents = o.Documents.In(tx); return o }

// List gives the keys, the one that signs first. Where there is none yet, it is made: like a signing key, when somebody asks.
// Faults: Forbidden.
func (o Cookies) List(ctx context.Context) ([]CookieKey, error) {
	if err := models.Need(ctx, KindCookieKey+".read", "", KindCookieKey); err != nil {
		return nil, err
	}
	out, err := o.list(ctx)
	if err != nil || len(out) > 0 {
		return out, err
	}
	err = models.InTx(ctx, o.Documents.DB, func(ctx context.Context, tx models.DB) error {
		if out, err = o.In(tx).list(ctx); err == nil && len(out) == 0 {
			out, err = o.In(tx).add(models.System(ctx))
		}
		return err
	})
	return out, err
}

func (o Cookies) list(ctx context.Context) ([]CookieKey, error) {
	rows, err := o.Documents.List(models.System(ctx), KindCookieKey)
	out := make([]CookieKey, len(rows))
	for i, row := range rows {
		out[len(rows)-1-i] = CookieKey{ID: row.Key, CreatedAt: row.CreatedAt, Current: i == len(rows)-1}
	}
	return out, err
}

func (o Cookies) add(ctx context.Context) ([]CookieKey, error) {
	_, _, err := o.Documents.Put(ctx, documents.PutIn{Ref: cookieRef(models.NewID(models.LongID)), Body: struct{}{},
		Secret: models.Some(models.NewSecret(models.NewID(cookieKeyLength))), Mode: documents.CreateOnly})
	if err != nil {
		return nil, err
	}
	return o.list(ctx)
}

func cookieRef(id string) documents.Ref {
	return documents.Ref{Kind: KindCookieKey, Key: id}
}

// Rotate signs with a new key from now on and forgets all but the one before it.
// Faults: Forbidden (recent_sign_in_needed).
func (o Cookies) Rotate(ctx context.Context) (out []CookieKey, err error) {
	if err := o.may(ctx, "key.rotate"); err != nil {
		return nil, err
	}
	err = models.InTx(ctx, o.Documents.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		if out, err = o.List(lent(ctx)); err == nil {
			out, err = o.add(lent(ctx))
		}
		for err == nil && len(out) > cookieKeysKept {
			err = o.Documents.Delete(lent(ctx), cookieRef(out[len(out)-1].ID))
			out = out[:len(out)-1]
		}
		return err
	})
	return out, err
}

// lent is the caller with the right to change the documents that a rotation writes.
func lent(ctx context.Context) context.Context {
	return models.Lend(ctx, KindCookieKey+".*")
}

func (o Cookies) may(ctx context.Context, action string) error {
	if err := models.Need(ctx, action, "", KindCookieKey); err != nil {
		return err
	}
	return models.NeedRecentSignIn(models.ActorFrom(ctx), o.Now())
}

// Delete forgets a key. What it signed is no longer valid; when it was the one that signs, the one before it signs again.
// Faults: NotFound (cookie_key), Forbidden (recent_sign_in_needed), Conflict (last_key).
func (o Cookies) Delete(ctx context.Context, id string) error {
	if err := o.may(ctx, "key.delete"); err != nil {
		return err
	}
	return models.InTx(ctx, o.Documents.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		all, err := o.list(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(k CookieKey) bool { return k.ID == id })
		switch {
		case i < 0:
			return models.Missing(KindCookieKey)
		case len(all) == 1:
			return &models.Fault{Code: models.Conflict, Reason: "last_key", Text: "One key must stay. Rotate first."}
		}
		return o.Documents.Delete(lent(ctx), cookieRef(id))
	})
}
