package keys

import (
	"context"
	"crypto"
	"encoding/json"
	"time"

	"gatehouse/models"
)

// Keys of single applications: they sign the tokens of an application whose signing_key_enabled is on.

// OfIn names the application whose keys are meant.
type OfIn struct {
	ApplicationID string `path:"id"`
}

// ListOwn gives the keys of an application, newest first.
func (o Ops) ListOwn(ctx context.Context, in OfIn) (models.List[models.SigningKey], error) {
	if err := models.Need(ctx, "key.read", in.ApplicationID, "application"); err != nil {
		return models.List[models.SigningKey]{}, err
	}
	if err := o.owner(ctx, in.ApplicationID); err != nil {
		return models.List[models.SigningKey]{}, err
	}
	rows, err := keysOf(ctx, o.DB, in.ApplicationID)
	return listed(rows), err
}

func (o Ops) owner(ctx context.Context, applicationID string) error {
	ok, err := applicationExists(ctx, o.DB, applicationID)
	if err == nil && !ok {
		return models.Missing("application")
	}
	return err
}

// CreateOwnIn is what a caller may say about a new key of an application.
type CreateOwnIn struct {
	ApplicationID string `path:"id" json:"-"`
	Name          string `json:"name" form:"name" doc:"1 to 100 characters."`
	Alg           string `json:"alg" form:"alg" enum:"ES256,RS256,PS256,EdDSA" doc:"ES256 when absent."`
}

// CreateOwn makes a key for an application. The first one signs; a later one is published beside it until its status is set.
// Faults: Invalid (name, alg), NotFound.
func (o Ops) CreateOwn(ctx context.Context, in CreateOwnIn) (models.SigningKey, error) {
	if err := o.mayOwn(ctx, "key.create", in.ApplicationID, "application"); err != nil {
		return models.SigningKey{}, err
	}
	row, err := checkCreate(CreateIn{Name: in.Name, Alg: in.Alg})
	var c models.Check
	checkOwnName(in.Name, &c)
	if named := c.Err(); err == nil && named != nil {
		err = named
	}
	if err != nil {
		return row, err
	}
	private, err := generate(row.Alg)
	if err != nil {
		return row, err
	}
	row.ApplicationID = in.ApplicationID
	return o.storeOwn(ctx, row, private)
}

// UploadIn is a key that an application brings along.
type UploadIn struct {
	ApplicationID string          `path:"id" json:"-"`
	Name          string          `json:"name" doc:"1 to 100 characters."`
	JWK           json.RawMessage `json:"jwk" doc:"The private key as a JWK (RFC 7517): RSA of 2048 to 4096 bits, EC P-256 or Ed25519. It is sealed and never given back."`
}

// Upload stores a private key for an application.
// Faults: Invalid (name, jwk), NotFound, Conflict (kid_taken).
func (o Ops) Upload(ctx context.Context, in UploadIn) (models.SigningKey, error) {
	if err := o.mayOwn(ctx, "key.create", in.ApplicationID, "application"); err != nil {
		return models.SigningKey{}, err
	}
	if err := models.NeedHoldAll(ctx, o.DB, in.ApplicationID); err != nil { // whoever has the key can write tokens
		return models.SigningKey{}, err
	}
	var c models.Check
	row := models.SigningKey{ApplicationID: in.ApplicationID, Source: models.KeyUploaded, Name: checkOwnName(in.Name, &c)}
	private, jwk := read(in.JWK, &c)
	if err := c.Err(); err != nil {
		return row, err
	}
	row.Alg, row.KID = jwk.Algorithm, jwk.KeyID
	return o.storeOwn(ctx, row, private)
}

func (o Ops) storeOwn(ctx context.Context, row models.SigningKey, private crypto.Signer) (models.SigningKey, error) {
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if err := o.In(tx).owner(ctx, row.ApplicationID); err != nil {
			return err
		}
		signing, err := at(ctx, tx, row.ApplicationID, "", models.KeySigning)
		if err != nil {
			return err
		}
		row.Status = models.KeyValidating
		if signing == nil {
			row.Status = models.KeySigning
		}
		row, err = o.In(tx).store(ctx, row, private)
		return err
	})
	return row, err
}

// UpdateOwnIn is what can change of an application's key.
type UpdateOwnIn struct {
	ApplicationID string             `path:"id" json:"-"`
	ID            string             `path:"key_id" json:"-"`
	Name          models.Opt[string] `json:"name" form:"name"`
	Status        models.Opt[string] `json:"status" form:"status" enum:"signing,validating,disabled"`
	Version       models.Opt[int64]  `json:"-" form:"version" header:"If-Match"`
}

// UpdateOwn changes name and status. At most one key of an application signs: setting one demotes the former to validating.
// Faults: Invalid (name, status), NotFound, Stale.
func (o Ops) UpdateOwn(ctx context.Context, in UpdateOwnIn) (out models.SigningKey, err error) {
	if err := o.mayOwn(ctx, "key.update", in.ApplicationID, "key"); err != nil {
		return out, err
	}
	if err := checkUpdate(in); err != nil {
		return out, err
	}
	now := o.Now()
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if out, err = current(ctx, tx, in.ApplicationID, in.ID, in.Version); err != nil {
			return err
		}
		before := out
		in.Name.To(&out.Name)
		if in.Status.Set && in.Status.V != out.Status {
			if err := o.In(tx).move(ctx, &out, in.Status.V, now); err != nil {
				return err
			}
		}
		if err := update(ctx, tx, &out, now); err != nil {
			return err
		}
		return noted(ctx, tx, "key.updated", &before, &out)
	})
	return out, err
}

// move gives a key another status, and whoever signs until now its own.
func (o Ops) move(ctx context.Context, row *models.SigningKey, status string, now time.Time) error {
	if row.Signs() {
		row.ReplacedAt = &now
	}
	row.Status = status
	if status != models.KeySigning {
		return nil
	}
	row.ActivatedAt, row.ReplacedAt = &now, nil
	return o.demote(ctx, row.ApplicationID, now)
}

func (o Ops) demote(ctx context.Context, applicationID string, now time.Time) error {
	former, err := at(ctx, o.DB, applicationID, "", models.KeySigning)
	if err != nil || former == nil {
		return err
	}
	before := *former
	former.Status, former.ReplacedAt = models.KeyValidating, &now
	if err := update(ctx, o.DB, former, now); err != nil {
		return err
	}
	return noted(ctx, o.DB, "key.updated", &before, former)
}

// OwnIn names a key of an application.
type OwnIn struct {
	ApplicationID string            `path:"id"`
	ID            string            `path:"key_id"`
	Version       models.Opt[int64] `header:"If-Match"`
}

// DeleteOwn removes a key of an application: tokens that it signed no longer verify.
// Faults: NotFound, Stale.
func (o Ops) DeleteOwn(ctx context.Context, in OwnIn) error {
	if err := o.mayOwn(ctx, "key.delete", in.ApplicationID, "key"); err != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		row, err := current(ctx, tx, in.ApplicationID, in.ID, in.Version)
		if err != nil {
			return err
		}
		if err := remove(ctx, tx, row); err != nil {
			return err
		}
		return noted(ctx, tx, "key.deleted", &row, nil)
	})
}

// StopSigning ends signing with an application's own key: it stays published as validating or, with drop, is removed.
// It is what switching signing_key_enabled off means to the keys; nothing happens when no key signs.
func (o Ops) StopSigning(ctx context.Context, applicationID string, drop bool) error {
	if err := models.Need(ctx, "application.update", applicationID, "application"); err != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if !drop {
			return o.In(tx).demote(ctx, applicationID, o.Now())
		}
		row, err := at(ctx, tx, applicationID, "", models.KeySigning)
		if err != nil || row == nil {
			return err
		}
		if err := remove(ctx, tx, *row); err != nil {
			return err
		}
		return noted(ctx, tx, "key.deleted", row, nil)
	})
}

// DeleteAllOwn removes every key of an application that is being deleted; the caller judged that already.
func (o Ops) DeleteAllOwn(ctx context.Context, applicationID string) error {
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		rows, err := keysOf(ctx, tx, applicationID)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := remove(ctx, tx, row); err != nil {
				return err
			}
			if err := noted(ctx, tx, "key.deleted", &row, nil); err != nil {
				return err
			}
		}
		return nil
	})
}
