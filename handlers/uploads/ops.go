// Package uploads keeps files that callers send: what each kind may be, its content beside the row that tells of it, and its end when
// nothing names it any more. What a file is for, the feature or the dialect that takes it says; contents are in no cache and in no list.
package uploads

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"gatehouse/models"
)

// CustomUI is the kind of archives of pages of one's own. Nothing serves them: the built-in pages are the only ones that are trusted
// with passwords so far.
const CustomUI = "custom_ui_assets"

// unnamedLife is how long a file is kept that nothing names: it is sent first, and named by the next request.
const unnamedLife = 24 * time.Hour

// MostUnnamed is how many files of a kind wait for that in a tenant at once. Each may have 20 MiB.
const MostUnnamed = 10

// longestName is how many characters of a file's name are kept.
const longestName = 200

// Ops are the things that can be done with files.
type Ops struct {
	DB  models.DB
	Now func() time.Time
}

// New makes the operations on a database.
func New(db models.DB) Ops { return Ops{DB: db, Now: models.Now} }

// In is the same operations inside tx.
func (o Ops) In(tx models.DB) Ops {
	o.DB = tx
	return o
}

// PutIn is a file as a caller sends it.
type PutIn struct {
	Kind    string
	Name    string // as the caller calls it; what is too long is cut
	Content []byte
	Named   []string // ids of files of the kind that are in use; of the others there are at most MostUnnamed
}

// Put judges a file by the rules of its kind and stores it. What it gives back is without the content.
// Faults: Invalid and TooLarge with the reasons of the kind, RateLimited (too_many_unused_uploads), Forbidden.
func (o Ops) Put(ctx context.Context, in PutIn) (models.Upload, error) {
	if err := models.Need(ctx, "upload.create", "", "upload"); err != nil {
		return models.Upload{}, err
	}
	media, err := judged(in.Kind, in.Content) // takes a while, and so comes before the transaction
	if err != nil {
		return models.Upload{}, err
	}
	actor, sum := models.ActorFrom(ctx), sha256.Sum256(in.Content)
	row := models.Upload{ID: models.NewID(models.LongID), TenantID: actor.TenantID, Kind: in.Kind, Name: named(in.Name), MediaType: media,
		SHA256: base64.RawURLEncoding.EncodeToString(sum[:]), Bytes: int64(len(in.Content)), CreatedBy: actor.ID, CreatedAt: o.Now()}
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		if err := o.room(ctx, in); err != nil {
			return err
		}
		if err := o.insert(ctx, row, in.Content); err != nil {
			return err
		}
		return o.record(ctx, "upload.created", row, models.Diff(nil, row))
	})
	return row, err
}

// room refuses another file while as many wait as may. The oldest of them goes after unnamedLife at the latest, or when it is used.
func (o Ops) room(ctx context.Context, in PutIn) error {
	if err := models.HoldTenant(ctx, o.DB); err != nil {
		return err
	}
	now := o.Now()
	waiting, err := o.left(ctx, in.Kind, now.Add(unnamedLife), in.Named)
	if err != nil || len(waiting) < MostUnnamed {
		return err
	}
	since := waiting[0].CreatedAt
	if at := waiting[0].NamedAt; at != nil {
		since = *at
	}
	return &models.Fault{Code: models.RateLimited, Reason: "too_many_unused_uploads", RetryAfter: max(time.Minute, since.Add(unnamedLife).Sub(now)),
		Text: fmt.Sprintf("%d files wait to be used, and no more are kept. Use the one that was sent last, or wait as long as Retry-After says.", MostUnnamed)}
}

// named is what is kept of a file's name.
func named(name string) string {
	runes := []rune(models.Clean(name))
	return string(runes[:min(len(runes), longestName)])
}

// Get gives a file with its content.
// Faults: NotFound (upload_not_found), Forbidden.
func (o Ops) Get(ctx context.Context, id string) (models.Upload, error) {
	if err := models.Need(ctx, "upload.read", "", "upload"); err != nil {
		return models.Upload{}, err
	}
	return o.find(ctx, id)
}

// UseIn says which file of a kind takes the place of which; either may be empty.
type UseIn struct{ Kind, Before, After string }

// Use notes that something names a file from now on, in the transaction that writes its name, and removes the one that it named before.
// One that is gone already is no fault.
// Faults: Invalid (id, no_such_upload), Forbidden.
func (o Ops) Use(ctx context.Context, in UseIn) error {
	if in.Before == in.After {
		return nil
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		if err := o.take(ctx, in.Kind, in.After); err != nil || in.Before == "" {
			return err
		}
		_, err := o.discard(ctx, in.Before)
		return err
	})
}

// take notes the use of a file, if there is one to be used.
func (o Ops) take(ctx context.Context, kind, id string) error {
	if id == "" {
		return nil
	}
	if err := models.Need(ctx, "upload.update", "", "upload"); err != nil {
		return err
	}
	err := o.name(ctx, kind, id)
	if models.IsFault(err, models.NotFound) {
		var c models.Check
		c.Add("id", "no_such_upload", "No file was sent with this id, or it was not used within a day. Send it again.")
		return c.Err()
	}
	return err
}

// Delete removes a file.
// Faults: NotFound (upload_not_found), Forbidden.
func (o Ops) Delete(ctx context.Context, id string) error {
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		gone, err := o.In(tx).discard(ctx, id)
		if err == nil && !gone {
			return models.Missing("upload")
		}
		return err
	})
}

// discard removes a file, in a transaction, and tells whether there was one.
func (o Ops) discard(ctx context.Context, id string) (bool, error) {
	if err := models.Need(ctx, "upload.delete", "", "upload"); err != nil {
		return false, err
	}
	row, err := o.head(ctx, id)
	if models.IsFault(err, models.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return o.remove(ctx, row, nil)
}

// Prune removes the files of a kind that nothing names and that were sent, or used, more than a day ago. named are the ids that are
// in use; empty ones do not count.
// Faults: Forbidden.
func (o Ops) Prune(ctx context.Context, kind string, named ...string) error {
	if err := models.Need(ctx, "upload.delete", "", "upload"); err != nil {
		return err
	}
	before := o.Now().Add(-unnamedLife)
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		rows, err := o.left(ctx, kind, before, named)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if _, err := o.remove(ctx, row, &before); err != nil {
				return err
			}
		}
		return nil
	})
}
