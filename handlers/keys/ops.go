package keys

import (
	"context"
	"crypto"
	"fmt"
	"time"

	"gatehouse/models"
)

// PublishFirst is how long a key is published before tokens are signed with it, so that verifiers that keep the key set for a
// while know it by then.
const PublishFirst = time.Hour

// KeepFor is the least time that a replaced key stays published. It stays longer when a token may live longer.
const KeepFor = 24 * time.Hour

const listLimit = 100

// Ops are the things that can be done with signing keys.
type Ops struct {
	DB    models.DB
	Vault *models.Vault
	Now   func() time.Time
}

// In gives the same operations inside a transaction.
func (o Ops) In(tx models.DB) Ops { o.DB = tx; return o }

// None is the input of operations that take none.
type None struct{}

// List gives the keys of the tenant's ring, newest first, the latest hundred.
func (o Ops) List(ctx context.Context, _ None) (models.List[models.SigningKey], error) {
	if err := models.Need(ctx, "key.read", "", "key"); err != nil {
		return models.List[models.SigningKey]{}, err
	}
	rows, err := keysOf(ctx, o.DB, "")
	return listed(rows), err
}

func listed(rows []models.SigningKey) models.List[models.SigningKey] {
	if rows == nil {
		rows = []models.SigningKey{}
	}
	return models.List[models.SigningKey]{Items: rows}
}

// CreateIn is what a caller may say about a new key of the ring.
type CreateIn struct {
	Name string `json:"name" form:"name" doc:"Up to 100 characters."`
	Alg  string `json:"alg" form:"alg" enum:"ES256,RS256,PS256,EdDSA" doc:"What it signs with; ES256 when absent."`
}

// Create makes the next key of an algorithm. It is published at once and signs after it was promoted; where the ring has no
// key of the algorithm yet, it signs at once, because nobody can have kept an older key set that matters.
// Faults: Invalid (name, alg), Conflict (next_key_exists).
func (o Ops) Create(ctx context.Context, in CreateIn) (models.SigningKey, error) {
	if err := o.may(ctx, "key.create"); err != nil {
		return models.SigningKey{}, err
	}
	row, err := checkCreate(in)
	if err != nil {
		return row, err
	}
	private, err := generate(row.Alg)
	if err != nil {
		return row, err
	}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		current, err := at(ctx, tx, "", row.Alg, models.KeyCurrent)
		if err != nil {
			return err
		}
		row.Status = models.KeyNext
		if current == nil {
			row.Status = models.KeyCurrent
		}
		row, err = o.In(tx).store(ctx, row, private)
		return err
	})
	return row, err
}

// store seals and inserts a key with its event.
func (o Ops) store(ctx context.Context, row models.SigningKey, private crypto.Signer) (models.SigningKey, error) {
	actor, now := models.ActorFrom(ctx), o.Now()
	row.ID, row.TenantID, row.CreatedBy, row.Version = models.NewID(models.LongID), actor.TenantID, actor.ID, 1
	row.CreatedAt, row.UpdatedAt = now, now
	if row.Signs() {
		row.ActivatedAt = &now
	}
	if err := seal(o.Vault, &row, private); err != nil {
		return row, err
	}
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if _, err := tx.Write.NewInsert().Model(&row).Exec(ctx); err != nil {
			return taken(err, row)
		}
		return noted(ctx, tx, "key.created", nil, &row)
	})
	return row, err
}

// taken tells which unique index was in the way.
func taken(err error, row models.SigningKey) error {
	switch {
	case !models.Unique(err):
		return fmt.Errorf("store a signing key: %w", err)
	case row.Source == models.KeyUploaded:
		return models.Taken("jwk", "kid_taken", "A key with this kid is in use already. Give the new key another kid.")
	case row.Status == models.KeyNext:
		return models.Taken("alg", "next_key_exists", "A next "+row.Alg+" key waits already. Promote or delete it first.")
	}
	return models.Taken("alg", "signing_key_exists", "A signing key was made at the same moment.")
}

// noted records the change and lets every node load the ring again.
func noted(ctx context.Context, tx models.DB, what string, before, after *models.SigningKey) error {
	row := after
	if row == nil {
		row = before
	}
	e := models.Event{Type: what, ObjectKind: "key", ObjectID: row.ID, ObjectName: row.KID, ApplicationID: row.ApplicationID}
	switch {
	case before == nil:
		e.Detail = models.Diff(nil, after)
	case after == nil:
		e.Detail = models.Diff(before, nil)
	default:
		e.Detail = models.Diff(before, after)
	}
	tx.Drop(models.CacheKeyRing, "")
	return models.Record(ctx, tx, e)
}

// StepIn names a key of the ring for its next step.
type StepIn struct {
	ID      string            `path:"id"`
	Force   bool              `query:"force" doc:"Go on although verifiers may not know the new key yet, or tokens of the old one still live."`
	Version models.Opt[int64] `header:"If-Match"`
}

// Promote lets the next key sign. The current one becomes the previous one and stays published.
// Faults: NotFound, Forbidden (recent_sign_in_needed), Stale, Conflict (not_next, published_too_recently).
func (o Ops) Promote(ctx context.Context, in StepIn) (models.SigningKey, error) {
	return o.step(ctx, in, "key.rotate", "key.promoted", func(ctx context.Context, tx models.DB, row *models.SigningKey, now time.Time) error {
		if row.Status != models.KeyNext {
			return &models.Fault{Code: models.Conflict, Reason: "not_next", Text: "Only a next key can be promoted; this one is " + row.Status + "."}
		}
		if ready := row.CreatedAt.Add(PublishFirst); now.Before(ready) && !in.Force {
			return &models.Fault{Code: models.Conflict, Reason: "published_too_recently", RetryAfter: ready.Sub(now),
				Text: "Verifiers may not know this key before " + clock(ready) + ". Wait until then, or promote it by force."}
		}
		if err := o.In(tx).replace(ctx, row.Alg, now); err != nil {
			return err
		}
		row.Status, row.ActivatedAt = models.KeyCurrent, &now
		return nil
	})
}

// replace turns the current key of an algorithm into a previous one. It goes first: the index lets one key sign.
func (o Ops) replace(ctx context.Context, alg string, now time.Time) error {
	current, err := at(ctx, o.DB, "", alg, models.KeyCurrent)
	if err != nil || current == nil {
		return err
	}
	before := *current
	current.Status, current.ReplacedAt = models.KeyPrevious, &now
	if err := update(ctx, o.DB, current, now); err != nil {
		return err
	}
	return noted(ctx, o.DB, "key.replaced", &before, current)
}

// Retire takes a previous key out of the key set and destroys its private part.
// Faults: NotFound, Forbidden (recent_sign_in_needed), Stale, Conflict (not_previous, tokens_still_live).
func (o Ops) Retire(ctx context.Context, in StepIn) (models.SigningKey, error) {
	return o.step(ctx, in, "key.rotate", "key.retired", func(ctx context.Context, tx models.DB, row *models.SigningKey, now time.Time) error {
		if row.Status != models.KeyPrevious {
			return &models.Fault{Code: models.Conflict, Reason: "not_previous", Text: "Only a previous key can be retired; this one is " + row.Status + "."}
		}
		keep, err := keepFor(ctx, tx)
		if err != nil {
			return err
		}
		if free := row.ReplacedAt.Add(keep); now.Before(free) && !in.Force {
			return &models.Fault{Code: models.Conflict, Reason: "tokens_still_live", RetryAfter: free.Sub(now),
				Text: "Tokens that this key signed may live until " + clock(free) + ". Wait until then, or retire it by force."}
		}
		row.Status, row.RetiredAt, row.Sealed = models.KeyRetired, &now, ""
		return nil
	})
}

// DeleteIn names a key of the ring.
type DeleteIn struct {
	ID      string            `path:"id"`
	Version models.Opt[int64] `header:"If-Match"`
}

// Delete removes a key of the ring that signs nothing: a next one, which is no longer published then, or a retired one.
// Faults: NotFound, Forbidden (recent_sign_in_needed), Stale, Conflict (key_in_use).
func (o Ops) Delete(ctx context.Context, in DeleteIn) error {
	if err := o.may(ctx, "key.delete"); err != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		row, err := current(ctx, tx, "", in.ID, in.Version)
		if err != nil {
			return err
		}
		if row.Status != models.KeyNext && row.Status != models.KeyRetired {
			return &models.Fault{Code: models.Conflict, Reason: "key_in_use", Text: "A " + row.Status + " key cannot be deleted. Promote another one first, then retire this one."}
		}
		if err := remove(ctx, tx, row); err != nil {
			return err
		}
		return noted(ctx, tx, "key.deleted", &row, nil)
	})
}

// step reads a key of the ring, lets change decide, and writes it with its event.
func (o Ops) step(ctx context.Context, in StepIn, action, event string, change func(context.Context, models.DB, *models.SigningKey, time.Time) error) (out models.SigningKey, err error) {
	if err := o.may(ctx, action); err != nil {
		return out, err
	}
	now := o.Now()
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if out, err = current(ctx, tx, "", in.ID, in.Version); err != nil {
			return err
		}
		before := out
		if err := change(ctx, tx, &out, now); err != nil {
			return err
		}
		if err := update(ctx, tx, &out, now); err != nil {
			return err
		}
		return noted(ctx, tx, event, &before, &out)
	})
	return out, err
}

// current reads a key and compares the version that the caller saw.
func current(ctx context.Context, tx models.DB, applicationID, id string, version models.Opt[int64]) (models.SigningKey, error) {
	row, err := find(ctx, tx, applicationID, id)
	if err == nil && version.Set && version.V != row.Version {
		err = stale(row)
	}
	return row, err
}

func stale(row models.SigningKey) *models.Fault {
	return &models.Fault{Code: models.Stale, Reason: "key_changed", Text: "This key changed since you read it. Look at it again.", Current: row}
}

// may judges a change of the ring: the right, and for a person a recent sign-in.
func (o Ops) may(ctx context.Context, action string) error { return o.mayOwn(ctx, action, "", "key") }

// mayOwn judges the same for the keys of an application.
func (o Ops) mayOwn(ctx context.Context, action, applicationID, kind string) error {
	if err := models.Need(ctx, action, applicationID, kind); err != nil {
		return err
	}
	return models.NeedRecentSignIn(models.ActorFrom(ctx), o.Now())
}

// keepFor is how long a replaced key must stay published.
func keepFor(ctx context.Context, db models.DB) (time.Duration, error) {
	longest, err := longestLifetime(ctx, db)
	return max(longest, KeepFor), err
}

func clock(t time.Time) string { return t.UTC().Format("2 January 2006 15:04 UTC") }
