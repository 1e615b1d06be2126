package credentials

import (
	"context"
	"errors"
	"strconv"
	"time"

	"gatehouse/models"
)

// DefaultOverlap is how long the old secret of a rotation goes on when the caller does not say.
const DefaultOverlap = 24 * time.Hour

// maxOverlapSeconds is the longest overlap: thirty days.
const maxOverlapSeconds = 30 * 24 * 3600

// RotateIn begins a rotation.
type RotateIn struct {
	ClientID       string     `path:"id" json:"-" doc:"The client_id."`
	OverlapSeconds *int64     `json:"overlap_seconds" form:"overlap_seconds" doc:"How long the old secret goes on at most, 0 to 2592000; 0 retires it at once. Without it: 86400."`
	Name           string     `json:"name" form:"name" doc:"Name of the new secret; without it, one with today's date."`
	ExpiresAt      *time.Time `json:"expires_at" form:"expires_at" doc:"When the new secret stops working; null for never."`
}

// Rotation is a rotation under way: the new secret and the old one both work until it is finished, or until the old one ends.
type Rotation struct {
	ID        string     `json:"id"`
	ClientID  string     `json:"client_id"`
	StartedAt time.Time  `json:"started_at"`
	StartedBy string     `json:"started_by"`
	Old       Credential `json:"old"`
	New       Credential `json:"new"`
	OldEndsAt *time.Time `json:"old_ends_at" doc:"When the old secret stops working by itself."`
	NewUsed   bool       `json:"new_used" doc:"Whether the new secret was used since."`
	OldUsed   bool       `json:"old_used" doc:"Whether the old secret was used after the rotation began."`
}

// Rotated is the answer to the beginning of a rotation: the new secret with its value, once.
type Rotated struct {
	Secret   Value     `json:"secret"`
	Rotation *Rotation `json:"rotation" doc:"Null when the old secret was retired at once."`
}

// StartRotation makes a new secret beside the primary one, which ends when the overlap does. Without overlap the new secret
// takes the place of the old one at once.
// Faults: Invalid (overlap_seconds, name, expires_at), Conflict (rotation_in_progress, nothing_to_rotate, and those of Create).
func (o Ops) StartRotation(ctx context.Context, in RotateIn) (out Rotated, err error) {
	value := models.NewSecret(newSecret())
	err = o.change(ctx, "credential.update", in.ClientID, func(ctx context.Context, tx models.DB, c client) error {
		old, create, err := o.rotatable(ctx, tx, in)
		if err != nil {
			return err
		}
		row, err := o.place(ctx, tx, c, create, value)
		if err != nil {
			return err
		}
		if err := o.pair(ctx, tx, c, in, old, &row); err != nil {
			return err
		}
		if out.Secret.Credential, err = o.In(tx).show(ctx, row); err != nil {
			return err
		}
		out.Secret.Value = value.Reveal()
		out.Rotation, err = o.In(tx).under(ctx, c.ID)
		return err
	})
	return out, err
}

// rotatable checks what a rotation needs and gives the secret to replace.
func (o Ops) rotatable(ctx context.Context, tx models.DB, in RotateIn) (*models.Credential, CreateIn, error) {
	rows, err := ofClient(ctx, tx.Write, in.ClientID, models.CredentialSecret)
	if err != nil {
		return nil, CreateIn{}, err
	}
	create := CreateIn{ClientID: in.ClientID, Name: cleanName(in.Name), ExpiresAt: in.ExpiresAt}
	if create.Name == "" {
		create.Name = freeName(rows, "Rotated "+o.Now().Format("2 Jan 2006"))
	}
	var c models.Check
	checkName(&c, create.Name)
	o.checkExpiry(&c, in.ExpiresAt)
	if in.OverlapSeconds != nil {
		c.Range("overlap_seconds", *in.OverlapSeconds, 0, maxOverlapSeconds)
	}
	if err := c.Err(); err != nil {
		return nil, create, err
	}
	for _, row := range rows {
		if row.RotationID != "" {
			return nil, create, &models.Fault{Code: models.Conflict, Reason: "rotation_in_progress", Text: "A rotation is under way. Finish or cancel it first."}
		}
	}
	old := choose(rows, o.Now())
	if old == nil {
		return nil, create, &models.Fault{Code: models.Conflict, Reason: "nothing_to_rotate", Text: "This client has no valid secret to replace. Create one instead."}
	}
	return old, create, nil
}

// pair joins the two secrets of a rotation, or, without overlap, lets the new one take over.
func (o Ops) pair(ctx context.Context, tx models.DB, c client, in RotateIn, old, row *models.Credential) error {
	before := *old
	if overlap(in) == 0 {
		o.retire(old)
		if err := save(ctx, tx, old); err != nil {
			return err
		}
		row.IsPrimary = true
		if err := save(ctx, tx, row); err != nil {
			return err
		}
		return errors.Join(record(ctx, tx, "revoked", c, &before, old), record(ctx, tx, "created", c, nil, row))
	}
	id := models.NewRowID()
	end := o.Now().Add(overlap(in))
	old.RotationID, old.PriorExpiresAt, row.RotationID = id, old.ExpiresAt, id
	if old.ExpiresAt == nil || end.Before(*old.ExpiresAt) {
		old.ExpiresAt = &end
	}
	old.IsPrimary = true // the choice may have fallen on one that was not marked
	if err := demote(ctx, tx, c.ID); err != nil {
		return err
	}
	if err := errors.Join(save(ctx, tx, old), save(ctx, tx, row)); err != nil {
		return err
	}
	return errors.Join(record(ctx, tx, "rotation_started", c, &before, old), record(ctx, tx, "created", c, nil, row))
}

// GetRotation tells how a rotation stands.
// Faults: NotFound (rotation, client).
func (o Ops) GetRotation(ctx context.Context, in ClientIn) (Rotation, error) {
	if _, err := o.reach(ctx, "credential.read", in.ClientID); err != nil {
		return Rotation{}, err
	}
	r, err := o.under(ctx, in.ClientID)
	if err != nil || r == nil {
		return Rotation{}, errors.Join(err, missing(r))
	}
	return *r, nil
}

// FinishRotation makes the new secret the primary one and retires the old one.
// Faults: NotFound (rotation, client).
func (o Ops) FinishRotation(ctx context.Context, in ClientIn) (out Credential, err error) {
	err = o.rotation(ctx, in, func(ctx context.Context, tx models.DB, c client, old, row models.Credential) error {
		before := old
		o.retire(&old)
		row.RotationID = ""
		if err := errors.Join(save(ctx, tx, &old), save(ctx, tx, &row)); err != nil {
			return err
		}
		if row.Valid(o.Now()) {
			if err := demote(ctx, tx, c.ID); err != nil {
				return err
			}
			row.IsPrimary = true
		}
		if err := save(ctx, tx, &row); err != nil {
			return err
		}
		out, err = o.In(tx).show(ctx, row)
		return errors.Join(err, record(ctx, tx, "rotation_finished", c, &before, &old))
	})
	return out, err
}

// CancelRotation removes the new secret and gives the old one back the end that it had.
// Faults: NotFound (rotation, client).
func (o Ops) CancelRotation(ctx context.Context, in ClientIn) (out Credential, err error) {
	err = o.rotation(ctx, in, func(ctx context.Context, tx models.DB, c client, old, row models.Credential) error {
		before := old
		old.RotationID, old.ExpiresAt, old.PriorExpiresAt = "", old.PriorExpiresAt, nil
		if err := errors.Join(remove(ctx, tx, row), save(ctx, tx, &old), o.promote(ctx, tx, c.ID)); err != nil {
			return err
		}
		out, err = o.In(tx).show(ctx, old)
		return errors.Join(err, record(ctx, tx, "deleted", c, &row, nil), record(ctx, tx, "rotation_cancelled", c, &before, &old))
	})
	return out, err
}

// rotation runs a change of the two secrets of a rotation.
func (o Ops) rotation(ctx context.Context, in ClientIn, fn func(ctx context.Context, tx models.DB, c client, old, row models.Credential) error) error {
	return o.change(ctx, "credential.update", in.ClientID, func(ctx context.Context, tx models.DB, c client) error {
		rows, err := ofClient(ctx, tx.Write, c.ID, models.CredentialSecret)
		if err != nil {
			return err
		}
		old, row := members(rows)
		if old == nil {
			return missing(nil)
		}
		return fn(ctx, tx, c, *old, *row)
	})
}

func (o Ops) under(ctx context.Context, clientID string) (*Rotation, error) {
	rows, err := ofClient(ctx, o.DB.Read, clientID, models.CredentialSecret)
	if err != nil {
		return nil, err
	}
	old, row := members(rows)
	if old == nil {
		return nil, nil
	}
	both, err := o.shown(ctx, []models.Credential{*old, *row})
	if err != nil {
		return nil, err
	}
	return &Rotation{ID: row.RotationID, ClientID: clientID, StartedAt: row.CreatedAt, StartedBy: row.CreatedBy, Old: both[0], New: both[1],
		OldEndsAt: old.ExpiresAt, NewUsed: both[1].LastUsedAt != nil,
		OldUsed: both[0].LastUsedAt != nil && both[0].LastUsedAt.After(row.CreatedAt)}, nil
}

// members finds the two secrets of a rotation among rows, newest first.
func members(rows []models.Credential) (old, row *models.Credential) {
	for i := range rows {
		switch {
		case rows[i].RotationID == "":
		case row == nil:
			row = &rows[i]
		default:
			return &rows[i], row
		}
	}
	return nil, nil
}

// leaveRotation ends a rotation one of whose secrets goes away: the other one stays as it would have been without it.
func (o Ops) leaveRotation(ctx context.Context, tx models.DB, gone models.Credential) error {
	if gone.RotationID == "" {
		return nil
	}
	rows, err := ofClient(ctx, tx.Write, gone.ClientID, models.CredentialSecret)
	if err != nil {
		return err
	}
	for i := range rows {
		other := &rows[i]
		if other.ID == gone.ID || other.RotationID != gone.RotationID {
			continue
		}
		if other.CreatedAt.Before(gone.CreatedAt) {
			other.ExpiresAt = other.PriorExpiresAt
		}
		other.RotationID, other.PriorExpiresAt = "", nil
		if err := save(ctx, tx, other); err != nil {
			return err
		}
	}
	return nil
}

func overlap(in RotateIn) time.Duration {
	if in.OverlapSeconds == nil {
		return DefaultOverlap
	}
	return time.Duration(*in.OverlapSeconds) * time.Second
}

func freeName(rows []models.Credential, name string) string {
	taken := map[string]bool{}
	for _, row := range rows {
		taken[row.Name] = true
	}
	free := name
	for n := 2; taken[free]; n++ {
		free = name + " (" + strconv.Itoa(n) + ")"
	}
	return free
}

func missing(r *Rotation) error {
	if r != nil {
		return nil
	}
	return &models.Fault{Code: models.NotFound, Reason: "rotation_not_found", Text: "No rotation is under way for this client."}
}
