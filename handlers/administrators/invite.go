package administrators

import (
	"context"
	"net/url"
	"strings"

	"gatehouse/handlers/outbox"
	"gatehouse/models"
)

// InviteIn is what an owner says about somebody new.
type InviteIn struct {
	Email string `json:"email" form:"email" doc:"Where the invitation goes; unique, whatever its letter case."`
	Name  string `json:"name" form:"name" doc:"1 to 100 characters."`
	Role  string `json:"role" form:"role" enum:"owner,editor,viewer"`
}

// Invite stores an administrator without a password and sends a link that sets one, into the outbox.
// Faults: Invalid, Conflict (email_taken), Forbidden (recent_sign_in_needed).
func (o Ops) Invite(ctx context.Context, in InviteIn) (models.Administrator, error) {
	if err := models.Need(ctx, "administrator.create", "", "administrator"); err != nil {
		return models.Administrator{}, err
	}
	if err := models.NeedRecentSignIn(models.ActorFrom(ctx), o.Now()); err != nil {
		return models.Administrator{}, err
	}
	row, err := o.fresh(ctx, in)
	if err != nil {
		return row, err
	}
	return row, models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if err := Insert(ctx, tx, row); err != nil {
			return err
		}
		if err := models.Record(ctx, tx, event("administrator.invited", row, models.Diff(nil, row))); err != nil {
			return err
		}
		return o.In(tx).sendLink(ctx, row, models.LinkInvite)
	})
}

// fresh checks the input and makes a row of it.
func (o Ops) fresh(ctx context.Context, in InviteIn) (models.Administrator, error) {
	in.Email, in.Name = strings.TrimSpace(in.Email), strings.TrimSpace(in.Name)
	var c models.Check
	CheckEmail(&c, in.Email)
	CheckName(&c, in.Name)
	checkRole(&c, in.Role)
	now := o.Now()
	return models.Administrator{ID: models.NewID(models.UserID), TenantID: models.ActorFrom(ctx).TenantID, Email: in.Email,
		EmailKey: models.EmailKey(in.Email), Name: in.Name, Role: in.Role, Version: 1, CreatedAt: now, UpdatedAt: now}, c.Err()
}

// SendLink sends somebody another invitation, or, after it was accepted, a link to set another password.
// Faults: NotFound, Conflict (administrator_disabled), Forbidden (recent_sign_in_needed).
func (o Ops) SendLink(ctx context.Context, in OneIn) error {
	if err := models.Need(ctx, "administrator.update", "", "administrator"); err != nil {
		return err
	}
	if err := models.NeedRecentSignIn(models.ActorFrom(ctx), o.Now()); err != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		row, err := One(ctx, tx.Write, in.ID)
		if err != nil {
			return err
		}
		if row.Disabled {
			return &models.Fault{Code: models.Conflict, Reason: "administrator_disabled", Text: "This administrator is disabled. Enable the account first."}
		}
		purpose, kind := models.LinkInvite, "administrator.invited"
		if row.PasswordSetAt != nil {
			purpose, kind = models.LinkReset, "administrator.password_reset_sent"
		}
		if err := models.Record(ctx, tx, event(kind, row, nil)); err != nil {
			return err
		}
		return o.In(tx).sendLink(ctx, row, purpose)
	})
}

// SendReset sends a link to set another password to somebody who asked for it without being signed in.
func (o Ops) SendReset(ctx context.Context, row models.Administrator) error {
	if err := models.Record(ctx, o.DB, event("administrator.password_reset_requested", row, nil)); err != nil {
		return err
	}
	return o.sendLink(ctx, row, models.LinkReset)
}

// sendLink writes the mail; o is bound to the transaction. The address in it comes from the configuration, never from a header.
func (o Ops) sendLink(ctx context.Context, to models.Administrator, purpose string) error {
	origin, path, life := models.RequestFrom(ctx).Origin, "/console/invite", InviteLifetime
	if purpose == models.LinkReset {
		path, life = "/console/reset", ResetLifetime
	}
	token, err := NewLink(ctx, o.DB, to.ID, purpose, o.Now(), life)
	if err != nil {
		return err
	}
	link := origin + path + "?token=" + url.QueryEscape(token)
	letter, template := invitation(models.ActorFrom(ctx).Name, origin), "administrator_invitation"
	if purpose == models.LinkReset {
		letter, template = reset(origin), "administrator_password_reset"
	}
	letter.Link = link
	return o.Outbox.SendLetter(ctx, outbox.Message{To: to.Email, Template: template, Subject: letter.Title, Privileged: true,
		Data: map[string]any{"link": link, "token": token, "expires_at": o.Now().Add(life)}}, letter)
}

func invitation(by, origin string) outbox.Letter {
	who := "You are"
	if by != "" {
		who = by + " asks you to be"
	}
	return outbox.Letter{Title: "Your invitation to Gatehouse",
		Lines:  []string{who + " an administrator of " + origin + ".", "Open the link and choose a password. It works once, for 24 hours."},
		Button: "Accept the invitation", Foot: "If you know nothing of this, leave it alone: without the link nobody gets in."}
}

func reset(origin string) outbox.Letter {
	return outbox.Letter{Title: "Choose another password for Gatehouse",
		Lines:  []string{"Somebody asked to change your password for the console of " + origin + ".", "Open the link and choose another one. It works once, for 15 minutes. Your second factor stays as it is."},
		Button: "Choose another password", Foot: "If that was not you, leave this alone: your password stays as it is."}
}
