// Package administrators is who may use the console and in which role. How they sign in is its neighbour, handlers/account.
package administrators

import (
	"context"
	"strings"
	"time"

	"gatehouse/handlers/outbox"
	"gatehouse/models"
)

// InviteLifetime is how long an invitation opens the console; an owner can send another.
const InviteLifetime = 24 * time.Hour

// ResetLifetime is how long a link to set another password works.
const ResetLifetime = 15 * time.Minute

// Ops are the things that can be done with administrators.
type Ops struct {
	DB        models.DB
	Vault     *models.Vault
	Now       func() time.Time
	Passwords *models.Passwords
	Outbox    outbox.Ops

	cache *models.Cache[models.Administrator]
}

// New makes the operations on a database. There is one per server: it holds the cache that every console request reads.
func New(db models.DB, vault *models.Vault, passwords *models.Passwords, out outbox.Ops) Ops {
	return Ops{DB: db, Vault: vault, Now: models.Now, Passwords: passwords, Outbox: out,
		cache: models.NewCache[models.Administrator](db.Caches, models.CacheAdministrator, 1024)}
}

// In is the same operations inside tx.
func (o Ops) In(tx models.DB) Ops { o.DB = tx; o.Outbox = o.Outbox.In(tx); return o }

// ListIn is what a caller may ask of the list.
type ListIn struct {
	models.PageIn
	Q    string `query:"q" doc:"Part of a name or address."`
	Role string `query:"role" enum:"owner,editor,viewer"`
	Sort string `query:"sort" enum:"name,-name,created_at,-created_at" default:"name"`
}

// List gives administrators in the order asked for.
// Faults: Invalid (role, sort, cursor).
func (o Ops) List(ctx context.Context, in ListIn) (models.List[models.Administrator], error) {
	var none models.List[models.Administrator]
	if err := models.Need(ctx, "administrator.read", "", "administrator"); err != nil {
		return none, err
	}
	if in.Sort == "" {
		in.Sort = "name"
	}
	var c models.Check
	c.OneOf("role", in.Role, models.Roles...)
	c.OneOf("sort", in.Sort, "name", "-name", "created_at", "-created_at")
	if err := c.Err(); err != nil {
		return none, err
	}
	var from models.Key
	if in.Cursor != "" {
		var err error
		if from, err = o.Vault.ReadCursor(in.list(), in.Cursor); err != nil {
			return none, err
		}
	}
	rows, err := page(ctx, o.DB.Read, in, from)
	if err != nil {
		return none, err
	}
	return models.Paged(o.Vault, in.list(), rows, in.Size(), from, in.key), nil
}

// list names the list and its order for cursors.
func (in ListIn) list() string { return "administrators " + in.Sort }

func (in ListIn) key(a models.Administrator) models.Key {
	if strings.HasSuffix(in.Sort, "name") {
		return models.Key{Text: a.Name, ID: a.ID}
	}
	return models.Key{Time: a.CreatedAt, ID: a.ID}
}

// OneIn names an administrator.
type OneIn struct {
	ID string `path:"id" json:"-"`
}

// Get gives one administrator.
// Faults: NotFound.
func (o Ops) Get(ctx context.Context, in OneIn) (models.Administrator, error) {
	if err := models.Need(ctx, "administrator.read", "", "administrator"); err != nil {
		return models.Administrator{}, err
	}
	return One(ctx, o.DB.Read, in.ID)
}

// UpdateIn is what may change about an administrator. What is absent stays.
type UpdateIn struct {
	ID       string             `path:"id" json:"-"`
	Name     models.Opt[string] `json:"name" form:"name" doc:"1 to 100 characters."`
	Role     models.Opt[string] `json:"role" form:"role" enum:"owner,editor,viewer"`
	Disabled models.Opt[bool]   `json:"disabled" form:"disabled" doc:"Ends the sessions at once."`
	Version  models.Opt[int64]  `json:"-" form:"version" header:"If-Match"`
}

// Update changes name, role or state. A role or state that changes needs a recent sign-in and ends the sessions it was held in.
// Faults: Invalid, NotFound, Stale, Conflict (last_owner), Forbidden (recent_sign_in_needed).
func (o Ops) Update(ctx context.Context, in UpdateIn) (models.Administrator, error) {
	var out models.Administrator
	if err := models.Need(ctx, "administrator.update", "", "administrator"); err != nil {
		return out, err
	}
	err := models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		before, err := lockOwners(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		if in.Version.Set && in.Version.V != before.Version {
			return stale(before)
		}
		out, err = in.apply(before)
		if err != nil {
			return err
		}
		return o.change(ctx, tx, before, &out)
	})
	return out, err
}

func (o Ops) change(ctx context.Context, tx models.DB, before models.Administrator, after *models.Administrator) error {
	detail := models.Diff(before, *after)
	if detail == nil {
		return nil // saving what is there already is no change
	}
	if before.Role != after.Role || before.Disabled != after.Disabled {
		if err := o.rerank(ctx, tx, before, *after); err != nil {
			return err
		}
	}
	after.Version, after.UpdatedAt = before.Version+1, o.Now()
	if err := Store(ctx, tx, *after, "name", "role", "disabled", "version", "updated_at"); err != nil {
		return err
	}
	return models.Record(ctx, tx, event("administrator.updated", *after, detail))
}

// rerank guards a change of role or state: recent sign-in, never without an owner, and the sessions end, so that whoever rises
// signs in anew. The one who asks keeps the session at hand.
func (o Ops) rerank(ctx context.Context, tx models.DB, before, after models.Administrator) error {
	actor := models.ActorFrom(ctx)
	if err := models.NeedRecentSignIn(actor, o.Now()); err != nil {
		return err
	}
	if owns(before) && !owns(after) {
		if err := otherOwner(ctx, tx, before.ID); err != nil {
			return err
		}
	}
	keep := ""
	if actor.ID == after.ID && !after.Disabled {
		keep = actor.SessionID
	}
	if after.Disabled {
		if err := DropLinks(ctx, tx, after.ID); err != nil {
			return err
		}
	}
	return EndSessions(ctx, tx, after.ID, keep)
}

// DeleteIn says whom to remove.
type DeleteIn struct {
	ID      string            `path:"id" json:"-"`
	Version models.Opt[int64] `json:"-" form:"version" header:"If-Match"`
}

// Delete removes an administrator with sessions, links and codes. What they did stays in the audit log.
// Faults: NotFound, Stale, Conflict (last_owner), Forbidden (recent_sign_in_needed).
func (o Ops) Delete(ctx context.Context, in DeleteIn) error {
	if err := models.Need(ctx, "administrator.delete", "", "administrator"); err != nil {
		return err
	}
	if err := models.NeedRecentSignIn(models.ActorFrom(ctx), o.Now()); err != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		row, err := lockOwners(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		if in.Version.Set && in.Version.V != row.Version {
			return stale(row)
		}
		if owns(row) {
			if err := otherOwner(ctx, tx, row.ID); err != nil {
				return err
			}
		}
		if err := remove(ctx, tx, row); err != nil {
			return err
		}
		return models.Record(ctx, tx, event("administrator.deleted", row, models.Diff(row, nil)))
	})
}

func event(kind string, a models.Administrator, detail []byte) models.Event {
	return models.Event{Type: kind, ObjectKind: "administrator", ObjectID: a.ID, ObjectName: a.Name, Detail: detail}
}

// owns tells whether somebody can act as an owner: one who never accepted the invitation cannot.
func owns(a models.Administrator) bool {
	return a.Role == models.RoleOwner && !a.Disabled && a.PasswordSetAt != nil
}

func stale(current models.Administrator) error {
	return &models.Fault{Code: models.Stale, Reason: "administrator_changed", Current: current,
		Text: "Somebody changed this administrator meanwhile. Look at it as it is now and save again."}
}
