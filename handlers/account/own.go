package account

import (
	"context"
	"strings"

	"gatehouse/handlers/administrators"
	"gatehouse/models"
	"gatehouse/web"
)

// Profile is what the page of the own account shows.
type Profile struct {
	Administrator models.Administrator
	Sessions      []models.ConsoleSession
	Current       string // stored id of the session at hand
	CodesLeft     int    // recovery codes that were not used yet
}

// Get gives the own account with its sessions.
func (o Ops) Get(ctx context.Context, _ struct{}) (Profile, error) {
	who, err := o.me(ctx)
	if err != nil {
		return Profile{}, err
	}
	sessions, err := o.Admins.SessionsOf(ctx, who.ID)
	if err != nil {
		return Profile{}, err
	}
	left, err := o.DB.Read.NewSelect().Model((*models.RecoveryCode)(nil)).Where("administrator_id = ?", who.ID).Count(ctx)
	return Profile{Administrator: who, Sessions: sessions, Current: models.ActorFrom(ctx).SessionID, CodesLeft: int(left)}, err
}

// ProfileIn is what people may change about themselves. The role is not among it.
type ProfileIn struct {
	Name    string            `json:"-" form:"name"`
	Version models.Opt[int64] `json:"-" form:"version"`
}

// UpdateProfile changes the own name.
// Faults: Invalid (name), Stale.
func (o Ops) UpdateProfile(ctx context.Context, in ProfileIn) (models.Administrator, error) {
	before, err := o.me(ctx)
	if err != nil {
		return before, err
	}
	if in.Version.Set && in.Version.V != before.Version {
		return before, &models.Fault{Code: models.Stale, Reason: "administrator_changed", Current: before, Text: "Your account was changed meanwhile. Look at it as it is now and save again."}
	}
	after := before
	after.Name, after.Version, after.UpdatedAt = strings.TrimSpace(in.Name), before.Version+1, o.Now()
	var c models.Check
	if administrators.CheckName(&c, after.Name); c.Err() != nil || after.Name == before.Name {
		return before, c.Err()
	}
	return after, models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if err := administrators.Store(ctx, tx, after, "name", "version", "updated_at"); err != nil {
			return err
		}
		e := mine("administrator.updated", after)
		e.Detail = models.Diff(before, after)
		return models.Record(ctx, tx, e)
	})
}

// SessionIn names one of the own sessions.
type SessionIn struct {
	Session string `path:"session_id" json:"-"`
}

// EndSession signs the own account out in another place.
// Faults: NotFound (session).
func (o Ops) EndSession(ctx context.Context, in SessionIn) (web.None, error) {
	who, err := o.me(ctx)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, o.Admins.EndSession(ctx, who, in.Session)
}

// EndOtherSessions signs the own account out everywhere but here.
func (o Ops) EndOtherSessions(ctx context.Context, _ web.None) (web.None, error) {
	who, err := o.me(ctx)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		if err := administrators.EndSessions(ctx, tx, who.ID, models.ActorFrom(ctx).SessionID); err != nil {
			return err
		}
		return models.Record(ctx, tx, mine("administrator.sessions_ended", who))
	})
}

// SignOut records that somebody signed out; web ends the session itself.
func (o Ops) SignOut(ctx context.Context, _ web.None) (web.None, error) {
	who, err := o.me(ctx)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		return models.Record(ctx, tx, mine("administrator.signed_out", who))
	})
}

// ThemeIn is light, dark or whatever the system says.
type ThemeIn struct {
	Value    string `json:"-" form:"value"`
	ReturnTo string `json:"-" form:"return_to"`
}

// SetTheme remembers the choice for the account of whoever is signed in, so that other browsers have it too.
func (o Ops) SetTheme(ctx context.Context, in ThemeIn) (web.None, error) {
	actor := models.ActorFrom(ctx)
	if actor.Kind != models.ActorAdministrator {
		return web.None{}, nil
	}
	if in.Value != "light" && in.Value != "dark" {
		in.Value = ""
	}
	return web.None{}, models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		return administrators.Store(ctx, tx, models.Administrator{ID: actor.ID, Theme: in.Value}, "theme")
	})
}
