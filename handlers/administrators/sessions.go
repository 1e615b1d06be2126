package administrators

import (
	"context"
	"time"

	"gatehouse/models"
	"gatehouse/web"
)

// Sessions lists where an administrator is signed in.
// Faults: NotFound.
func (o Ops) Sessions(ctx context.Context, in OneIn) (models.List[models.ConsoleSession], error) {
	var out models.List[models.ConsoleSession]
	if _, err := o.Get(ctx, in); err != nil {
		return out, err
	}
	var err error
	out.Items, err = o.SessionsOf(ctx, in.ID)
	return out, err
}

// SessionIn names a session of an administrator.
type SessionIn struct {
	ID      string `path:"id" json:"-"`
	Session string `path:"session_id" json:"-" doc:"The stored id, as the list gives it."`
}

// RevokeSession signs an administrator out in one place.
// Faults: NotFound (session).
func (o Ops) RevokeSession(ctx context.Context, in SessionIn) error {
	if err := models.Need(ctx, "administrator.update", "", "administrator"); err != nil {
		return err
	}
	row, err := One(ctx, o.DB.Read, in.ID)
	if err != nil {
		return err
	}
	return o.EndSession(ctx, row, in.Session)
}

// EndSession ends one session of an administrator.
// Faults: NotFound (session).
func (o Ops) EndSession(ctx context.Context, of models.Administrator, session string) error {
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		tx.Drop(models.CacheSession, session)
		res, err := tx.Write.NewDelete().Model((*models.ConsoleSession)(nil)).Where("id_hash = ?", session).
			Where("administrator_id = ?", of.ID).Exec(ctx)
		if err := models.Touched(res, err, "session"); err != nil {
			return err
		}
		return models.Record(ctx, tx, event("administrator.session_ended", of, nil))
	})
}

// Administrator tells web who an administrator is: it is web.Accounts. A disabled or removed one is NotFound. On PostgreSQL another
// node may have disabled somebody a moment ago, so that the row is read each time (SECURITY-BAR T3).
func (o Ops) Administrator(ctx context.Context, id string) (models.Actor, web.Account, error) {
	load := func(ctx context.Context, id string) (models.Administrator, error) { return One(ctx, o.DB.Read, id) }
	get := load
	if !o.DB.Postgres {
		get = func(ctx context.Context, id string) (models.Administrator, error) { return o.cache.Get(ctx, id, load) }
	}
	row, err := get(ctx, id)
	if err != nil {
		return models.Actor{}, web.Account{}, err
	}
	if row.Disabled {
		return models.Actor{}, web.Account{}, models.Missing("administrator")
	}
	return row.Actor(), web.Account{ID: row.ID, Name: row.Name, Email: row.Email, Role: row.Role, Theme: row.Theme}, nil
}

var _ web.Accounts = Ops{}

// Changed is the reason of the fault of a sign-in that was judged by what does not hold any more.
const Changed = "account_changed"

// Still holds the row of an administrator until the transaction ends, and refuses unless what who was judged by is as it was read: a
// sign-in that is judged while its account is disabled, or its password replaced, must leave nothing that the end of its sessions did
// not find (SECURITY-BAR S6, T3).
// Faults: Unauthenticated (Changed).
func Still(ctx context.Context, tx models.DB, who models.Administrator) error {
	var now models.Administrator
	q := tx.Write.NewSelect().Model(&now).Where("ad.id = ?", who.ID)
	if tx.Postgres {
		q = q.For("UPDATE")
	}
	err := models.Found(q.Scan(ctx), "administrator")
	if err != nil && !models.IsFault(err, models.NotFound) {
		return err
	}
	if err == nil && !now.Disabled && now.Role == who.Role && same(now.PasswordSetAt, who.PasswordSetAt) && same(now.TOTPConfirmedAt, who.TOTPConfirmedAt) {
		return nil
	}
	return &models.Fault{Code: models.Unauthenticated, Reason: Changed, Text: "Your account was changed at this moment. Sign in again."}
}

func same(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

// SignedIn notes that somebody proved who they are, in the transaction of that. columns are more to write of the row.
func SignedIn(ctx context.Context, tx models.DB, who models.Administrator, at time.Time, columns ...string) error {
	who.LastSignInAt = &at
	if err := Store(ctx, tx, who, append(columns, "last_sign_in_at")...); err != nil {
		return err
	}
	return models.Record(models.WithActor(ctx, who.Actor()), tx, event("administrator.signed_in", who, nil))
}

// First stores the first administrator, an owner with a password, in a transaction that found none before.
func (o Ops) First(ctx context.Context, tx models.DB, in InviteIn, hash string) (models.Administrator, error) {
	in.Role = models.RoleOwner
	row, err := o.fresh(ctx, in)
	if err != nil {
		return row, err
	}
	if err := models.HoldTenant(ctx, tx); err != nil {
		return row, err
	}
	some, err := Any(ctx, tx.Write)
	if err != nil {
		return row, err
	}
	if some {
		return row, &models.Fault{Code: models.NotFound, Reason: "setup_done", Text: "This server has its first administrator already. Sign in."}
	}
	row.PasswordHash, row.PasswordSetAt = hash, &row.CreatedAt
	if err := Insert(ctx, tx, row); err != nil {
		return row, err
	}
	if models.ActorFrom(ctx).Kind == models.ActorAnonymous {
		ctx = models.WithActor(ctx, row.Actor()) // whoever holds the setup link becomes this administrator
	}
	return row, models.Record(ctx, tx, event("administrator.created", row, models.Diff(nil, row)))
}
