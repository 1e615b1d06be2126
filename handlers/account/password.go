package account

import (
	"context"
	"strings"
	"time"

	"gatehouse/handlers/administrators"
	"gatehouse/models"
)

// ForgotIn is whose password is lost.
type ForgotIn struct {
	Email string `json:"-" form:"email"`
}

// Forgot sends a link to set another password, if there is such an account. The answer and the work are the same if not; nobody
// gets more than three links in a quarter of an hour.
// Faults: Invalid (email), RateLimited (sign_in_locked).
func (o Ops) Forgot(ctx context.Context, in ForgotIn) (models.Administrator, error) {
	var c models.Check
	in.Email = strings.TrimSpace(in.Email)
	if administrators.CheckEmail(&c, in.Email); c.Err() != nil {
		return models.Administrator{}, c.Err()
	}
	who, err := administrators.ByEmail(ctx, o.DB.Read, in.Email)
	if err != nil && !models.IsFault(err, models.NotFound) {
		return models.Administrator{}, err
	}
	name := who.ID
	if name == "" {
		name = o.nobody(in.Email)
	}
	var wait time.Duration
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		now := o.Now()
		source, err := count(ctx, tx, "f:"+Source(models.RequestFrom(ctx).IP), sourceTiers, now)
		if err != nil || !source.counted {
			wait = source.wait(now)
			return err
		}
		mails, err := count(ctx, tx, "m:"+name, mailTiers, now)
		if err != nil || !mails.counted || who.PasswordSetAt == nil || who.Disabled {
			return err
		}
		return o.Admins.In(tx).SendReset(ctx, who)
	})
	if err == nil && wait > 0 {
		err = lockedFault(wait)
	}
	return who, err
}

// LinkIn is a link that somebody opened.
type LinkIn struct {
	Token models.Secret `json:"-" query:"token"`
}

// Invited tells whom an invitation is for. Faults: NotFound (link_not_found).
func (o Ops) Invited(ctx context.Context, in LinkIn) (models.Administrator, error) {
	return o.linked(ctx, models.LinkInvite, in.Token)
}

// Resetting tells whose password a link sets. Faults: NotFound (link_not_found).
func (o Ops) Resetting(ctx context.Context, in LinkIn) (models.Administrator, error) {
	return o.linked(ctx, models.LinkReset, in.Token)
}

func (o Ops) linked(ctx context.Context, purpose string, token models.Secret) (models.Administrator, error) {
	link, err := administrators.FindLink(ctx, o.DB, purpose, token.Reveal(), o.Now())
	if err != nil {
		return models.Administrator{}, err
	}
	return administrators.One(ctx, o.DB.Read, link.AdministratorID)
}

// NewPasswordIn is a password chosen through a link.
type NewPasswordIn struct {
	Token    models.Secret `json:"-" form:"token"`
	Password models.Secret `json:"-" form:"password"`
}

// Accept sets the first password through an invitation.
// Faults: Invalid (password), NotFound (link_not_found).
func (o Ops) Accept(ctx context.Context, in NewPasswordIn) (models.Administrator, error) {
	return o.byLink(ctx, in, models.LinkInvite, "administrator.invitation_accepted")
}

// Reset sets another password through a link. It signs nobody in: the second factor is still asked for.
// Faults: Invalid (password), NotFound (link_not_found).
func (o Ops) Reset(ctx context.Context, in NewPasswordIn) (models.Administrator, error) {
	return o.byLink(ctx, in, models.LinkReset, "administrator.password_reset")
}

func (o Ops) byLink(ctx context.Context, in NewPasswordIn, purpose, kind string) (models.Administrator, error) {
	who, err := o.linked(ctx, purpose, in.Token)
	if err != nil {
		return who, err
	}
	hash, err := o.NewHash(ctx, "password", in.Password, who)
	if err != nil {
		return who, err
	}
	err = models.InTx(models.WithActor(ctx, who.Actor()), o.DB, func(ctx context.Context, tx models.DB) error {
		if err := administrators.UseLink(ctx, tx, purpose, in.Token.Reveal(), o.Now()); err != nil {
			return err
		}
		if err := unlock(ctx, tx, who.ID); err != nil {
			return err
		}
		if err := o.setPassword(ctx, tx, &who, hash, "", kind); err != nil || purpose != models.LinkInvite {
			return err
		}
		return administrators.SignedIn(ctx, tx, who, o.Now()) // a first password opens the console at once; another one does not
	})
	return who, err
}

// NewHash checks a new password and hashes it. Faults: Invalid (field), Unavailable.
func (o Ops) NewHash(ctx context.Context, field string, password models.Secret, who models.Administrator) (string, error) {
	var c models.Check
	if administrators.CheckPassword(&c, field, password, who.Name, who.Email); c.Err() != nil {
		return "", c.Err()
	}
	return o.Passwords.Hash(ctx, password)
}

// setPassword stores a password's hash in who's row, and ends every session but keep, and every link.
func (o Ops) setPassword(ctx context.Context, tx models.DB, who *models.Administrator, hash, keep, kind string) error {
	now := o.Now()
	who.PasswordHash, who.PasswordSetAt, who.UpdatedAt = hash, &now, now
	if err := administrators.Store(ctx, tx, *who, "password_hash", "password_set_at", "updated_at"); err != nil {
		return err
	}
	if err := administrators.DropLinks(ctx, tx, who.ID); err != nil {
		return err
	}
	if err := administrators.EndSessions(ctx, tx, who.ID, keep); err != nil {
		return err
	}
	return models.Record(ctx, tx, mine(kind, *who))
}

// ChangePasswordIn replaces the own password.
type ChangePasswordIn struct {
	Current models.Secret `json:"-" form:"current"`
	New     models.Secret `json:"-" form:"new"`
}

// ChangePassword replaces the own password and ends the other sessions. A wrong current one counts as a failed sign-in.
// Faults: Invalid (current, new), RateLimited (sign_in_locked).
func (o Ops) ChangePassword(ctx context.Context, in ChangePasswordIn) (models.Administrator, error) {
	who, err := o.me(ctx)
	if err != nil {
		return who, err
	}
	try, err := o.begin(ctx, who, "", false)
	if err != nil {
		return who, err
	}
	ok, _, err := o.Passwords.Verify(ctx, who.PasswordHash, in.Current)
	if err != nil {
		return who, try.failed(ctx, err)
	}
	var c models.Check
	if !c.That(ok, "current", "wrong_password", "This is not your password.") {
		return who, try.lost(ctx, "wrong_password", c.Err())
	}
	hash, err := o.NewHash(ctx, "new", in.New, who)
	if err != nil {
		return who, try.failed(ctx, err)
	}
	return who, models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if err := try.refund(ctx, tx); err != nil {
			return err
		}
		return o.setPassword(ctx, tx, &who, hash, models.ActorFrom(ctx).SessionID, "administrator.password_changed")
	})
}
