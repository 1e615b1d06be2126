package credentials

import (
	"context"
	"time"

	"gatehouse/models"
)

// UpdateIn is what a caller may change about a secret.
type UpdateIn struct {
	ClientID  string                `path:"id" json:"-" doc:"The client_id."`
	ID        string                `path:"secret_id" json:"-" doc:"The secret's id."`
	Name      models.Opt[string]    `json:"name,omitzero" form:"name" doc:"1 to 100 characters, unique among the client's credentials."`
	ExpiresAt models.Opt[time.Time] `json:"expires_at,omitzero" form:"expires_at" doc:"When it stops working; null for never."`
}

// Update renames a secret or moves its end.
// Faults: Invalid (name, expires_at), Conflict (credential_name_taken, secret_retired), NotFound.
func (o Ops) Update(ctx context.Context, in UpdateIn) (Credential, error) {
	return o.edit(ctx, "updated", OneIn{in.ClientID, in.ID}, "credential.update", func(ctx context.Context, tx models.DB, row *models.Credential) error {
		if in.Name.Set {
			if err := rename(ctx, tx, row, cleanName(in.Name.V)); err != nil {
				return err
			}
		}
		var c models.Check
		if in.ExpiresAt.Set && !in.ExpiresAt.Null {
			o.checkExpiry(&c, &in.ExpiresAt.V)
		}
		if row.RevokedAt != nil && in.ExpiresAt.Set {
			return retired()
		}
		in.ExpiresAt.ToPtr(&row.ExpiresAt)
		return c.Err()
	})
}

func rename(ctx context.Context, tx models.DB, row *models.Credential, name string) error {
	var c models.Check
	if checkName(&c, name); c.Err() != nil {
		return c.Err()
	}
	rows, err := ofClient(ctx, tx.Write, row.ClientID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.ID != row.ID && r.Name == name {
			return models.Taken("name", "credential_name_taken", "This client has a credential with this name. Use another name.")
		}
	}
	row.Name = name
	return nil
}

// Revoke retires a secret: it opens nothing from now on, and its value is erased. What remains tells that it was there.
// Faults: Conflict (secret_retired), NotFound.
func (o Ops) Revoke(ctx context.Context, in OneIn) (Credential, error) {
	return o.edit(ctx, "revoked", in, "credential.delete", func(ctx context.Context, tx models.DB, row *models.Credential) error {
		if row.RevokedAt != nil {
			return retired()
		}
		if err := o.leaveRotation(ctx, tx, *row); err != nil {
			return err
		}
		o.retire(row)
		return nil
	})
}

// MakePrimary makes a valid secret the one that dialects with a single secret show.
// Faults: Conflict (secret_not_valid), NotFound.
func (o Ops) MakePrimary(ctx context.Context, in OneIn) (Credential, error) {
	return o.edit(ctx, "made_primary", in, "credential.update", func(ctx context.Context, tx models.DB, row *models.Credential) error {
		if !row.Valid(o.Now()) {
			return &models.Fault{Code: models.Conflict, Reason: "secret_not_valid", Text: "This secret no longer works, so it cannot be the primary one."}
		}
		if err := demote(ctx, tx, row.ClientID); err != nil {
			return err
		}
		row.IsPrimary = true
		return nil
	})
}

// Delete removes a secret for good.
// Faults: NotFound.
func (o Ops) Delete(ctx context.Context, in OneIn) error {
	return o.drop(ctx, in, models.CredentialSecret)
}

func (o Ops) drop(ctx context.Context, in OneIn, kind string) error {
	return o.change(ctx, "credential.delete", in.ClientID, func(ctx context.Context, tx models.DB, c client) error {
		row, err := one(ctx, tx.Write, c.ID, in.ID, kind)
		if err != nil {
			return err
		}
		if err := o.leaveRotation(ctx, tx, row); err != nil {
			return err
		}
		if err := remove(ctx, tx, row); err != nil {
			return err
		}
		if err := o.promote(ctx, tx, c.ID); err != nil {
			return err
		}
		return record(ctx, tx, "deleted", c, &row, nil)
	})
}

// edit changes one secret, stores it, settles which one is primary, and records it all.
func (o Ops) edit(ctx context.Context, verb string, in OneIn, action string, fn func(context.Context, models.DB, *models.Credential) error) (out Credential, err error) {
	err = o.change(ctx, action, in.ClientID, func(ctx context.Context, tx models.DB, c client) error {
		before, err := one(ctx, tx.Write, c.ID, in.ID, models.CredentialSecret)
		if err != nil {
			return err
		}
		row := before
		if err := fn(ctx, tx, &row); err != nil {
			return err
		}
		if err := save(ctx, tx, &row); err != nil {
			return err
		}
		if err := o.promote(ctx, tx, c.ID); err != nil {
			return err
		}
		if row, err = one(ctx, tx.Write, c.ID, in.ID, models.CredentialSecret); err != nil {
			return err
		}
		if out, err = o.In(tx).show(ctx, row); err != nil {
			return err
		}
		return record(ctx, tx, verb, c, &before, &row)
	})
	return out, err
}

func save(ctx context.Context, tx models.DB, row *models.Credential) error {
	return update(ctx, tx, row, "name", "sealed", "hash", "is_primary", "rotation_id", "prior_expires_at", "expires_at", "revoked_at")
}

// retire ends a secret and erases its value.
func (o Ops) retire(row *models.Credential) {
	now := o.Now()
	row.RevokedAt, row.IsPrimary, row.RotationID, row.PriorExpiresAt = &now, false, "", nil
	row.Sealed, row.Hash = "", ""
}

func retired() error {
	return &models.Fault{Code: models.Conflict, Reason: "secret_retired", Text: "This secret is retired already. Create a new one."}
}
