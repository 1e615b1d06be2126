package keys

import (
	"context"

	"gatehouse/models"
)

// RotateIn says which algorithm's key is to be replaced.
type RotateIn struct {
	Alg string `json:"alg" enum:"ES256,RS256,PS256,EdDSA"`
}

// Rotate signs with another key from now on: the next one if it waits already, else a new one. It is for callers who want it
// done at once; verifiers that keep an older key set have to read it again. Previous keys whose tokens are gone are retired.
// Faults: Invalid (alg), Forbidden (recent_sign_in_needed).
func (o Ops) Rotate(ctx context.Context, in RotateIn) (out models.SigningKey, err error) {
	if err := o.may(ctx, "key.rotate"); err != nil {
		return out, err
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		next, err := at(ctx, tx, "", in.Alg, models.KeyNext)
		if err != nil {
			return err
		}
		if next == nil {
			made, err := o.Create(ctx, CreateIn{Alg: in.Alg})
			if err != nil {
				return err
			}
			next = &made
		}
		out = *next
		if next.Status == models.KeyNext {
			if out, err = o.Promote(ctx, StepIn{ID: next.ID, Force: true}); err != nil {
				return err
			}
		}
		return o.retireOld(ctx, in.Alg)
	})
	return out, err
}

// retireOld takes the previous keys of an algorithm out of the key set that nobody can need any more.
func (o Ops) retireOld(ctx context.Context, alg string) error {
	rows, err := keysOf(ctx, o.DB, "")
	if err != nil {
		return err
	}
	keep, err := keepFor(ctx, o.DB)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Alg != alg || row.Status != models.KeyPrevious || o.Now().Before(row.ReplacedAt.Add(keep)) {
			continue
		}
		if _, err := o.Retire(ctx, StepIn{ID: row.ID}); err != nil {
			return err
		}
	}
	return nil
}

// Withdraw takes a key that does not sign out of the ring at once and for good, whatever tokens it signed.
// Faults: NotFound, Forbidden (recent_sign_in_needed), Conflict (key_in_use).
func (o Ops) Withdraw(ctx context.Context, in DeleteIn) error {
	if err := o.may(ctx, "key.delete"); err != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		row, err := current(ctx, tx, "", in.ID, in.Version)
		if err != nil {
			return err
		}
		if row.Status == models.KeyPrevious {
			if _, err := o.Retire(ctx, StepIn{ID: row.ID, Force: true}); err != nil {
				return err
			}
		}
		return o.Delete(ctx, DeleteIn{ID: row.ID})
	})
}
