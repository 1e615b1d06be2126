package applications

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/uptrace/bun"

	"gatehouse/models"
	views "gatehouse/views/applications"
	"gatehouse/views/ui"
	"gatehouse/web"
)

// impact counts what stops with applications, at most a page of them.
func (p Pages) impact(ctx context.Context, ids ...string) (views.Impact, error) {
	out := views.Impact{Applications: len(ids), Now: p.Now()}
	var longest int64
	row := p.DB.Read.NewRaw(`SELECT (SELECT COUNT(*) FROM clients WHERE application_id IN (?)),
		(SELECT COALESCE(MAX(access_token_lifetime_seconds), 0) FROM clients WHERE application_id IN (?)),
		(SELECT COUNT(*) FROM credentials WHERE kind = 'secret' AND revoked_at IS NULL AND client_id IN (SELECT id FROM clients WHERE application_id IN (?)))`,
		bun.In(ids), bun.In(ids), bun.In(ids))
	if err := row.Scan(ctx, &out.Clients, &longest, &out.Secrets); err != nil {
		return out, fmt.Errorf("count what depends on applications: %w", err)
	}
	uses, err := p.used(ctx, ids...)
	if err != nil {
		return out, err
	}
	for _, u := range uses {
		out.Tokens += u.Count
		if u.LastUsedAt.After(out.LastUsed) {
			out.LastUsed = u.LastUsedAt
		}
	}
	tenant, err := p.Tenant(ctx)
	out.Lifetime = time.Duration(max(longest, tenant.AccessTokenLifetimeSeconds)) * time.Second
	return out, err
}

func (p Pages) danger(ctx context.Context, in IDIn) (views.Danger, error) {
	h, err := p.Head(ctx, in.ID)
	if err != nil {
		return views.Danger{}, err
	}
	i, err := p.impact(ctx, in.ID)
	return views.Danger{Head: h, Impact: i}, err
}

// switchIn disables or enables an application.
type switchIn struct {
	ID      string            `path:"id" json:"-"`
	Version models.Opt[int64] `json:"-" form:"version"`
}

// switchTo makes the operation behind the two buttons. It does not mind what else changed meanwhile: whoever disables an
// application means it as it is now.
func (p Pages) switchTo(disabled bool) func(context.Context, switchIn) (models.Application, error) {
	return func(ctx context.Context, in switchIn) (models.Application, error) {
		app, err := p.Update(ctx, UpdateIn{ID: in.ID, Fields: Fields{Disabled: models.Some(disabled)}})
		if err != nil {
			return app, err
		}
		done := " enabled"
		toast := ui.Toast{}
		if disabled {
			done = " disabled"
			toast.UndoTo = views.URL(app.ID, "enable")
		}
		toast.Text = app.Name + done
		web.Flash(ctx, toast)
		return app, nil
	}
}

func (p Pages) redrawSwitch(ctx context.Context, in switchIn, _ *models.Fault) (templ.Component, error) {
	d, err := p.danger(ctx, IDIn{ID: in.ID})
	return views.DangerPage(d), err
}

func (p Pages) drawSwitch(ctx context.Context, in switchIn, _ *models.Fault) (templ.Component, error) {
	d, err := p.danger(ctx, IDIn{ID: in.ID})
	return views.ConfirmDisable(d), err
}

func toDanger(in switchIn, _ models.Application) string { return views.URL(in.ID, views.TabDanger) }

// deleteIn deletes one application whose name was typed.
type deleteIn struct {
	ID      string `path:"id" json:"-"`
	Confirm string `json:"-" form:"confirm"`
}

func (p Pages) deleteOne(ctx context.Context, in deleteIn) (web.None, error) {
	app, err := p.Get(ctx, IDIn{ID: in.ID})
	if err != nil {
		return web.None{}, err
	}
	if err := typed(in.Confirm, app.Name); err != nil {
		return web.None{}, err
	}
	if err := p.Delete(ctx, DeleteIn{ID: in.ID}); err != nil {
		return web.None{}, err
	}
	web.FlashText(ctx, app.Name+" deleted")
	return web.None{}, nil
}

// typed is Invalid unless what was typed is what was asked for.
func typed(got, want string) error {
	var c models.Check
	c.That(strings.TrimSpace(got) == strings.TrimSpace(want), "confirm", "not_confirmed", "Type it exactly as it is written above.")
	return c.Err()
}

func (p Pages) redrawDelete(ctx context.Context, in deleteIn, fault *models.Fault) (templ.Component, error) {
	d, err := p.danger(ctx, IDIn{ID: in.ID})
	d.Error = first(fault)
	return views.ConfirmDelete(d), err
}

func first(f *models.Fault) string {
	if f == nil {
		return ""
	}
	if len(f.Fields) > 0 {
		return f.Fields[0].Text
	}
	return f.Text
}

// bulkIn names several applications, by address or by form.
type bulkIn struct {
	IDs     []string `json:"-" query:"id" form:"id"`
	Confirm string   `json:"-" form:"confirm"`
}

func (p Pages) askBulk(ctx context.Context, in bulkIn) (views.Bulk, error) {
	b := views.Bulk{}
	if len(in.IDs) > models.PageLimit {
		in.IDs = in.IDs[:models.PageLimit]
	}
	for _, id := range in.IDs {
		app, err := p.Get(ctx, IDIn{ID: id})
		if models.IsFault(err, models.NotFound) {
			continue // gone meanwhile
		}
		if err != nil {
			return b, err
		}
		b.IDs, b.Names = append(b.IDs, app.ID), append(b.Names, app.Name)
	}
	if len(b.IDs) == 0 {
		return b, models.Missing("application")
	}
	var err error
	b.Impact, err = p.impact(ctx, b.IDs...)
	return b, err
}

func (p Pages) deleteBulk(ctx context.Context, in bulkIn) (BulkOut, error) {
	if err := typed(in.Confirm, views.Bulk{IDs: in.IDs}.Phrase()); err != nil {
		return BulkOut{}, err
	}
	out, err := p.DeleteAll(ctx, BulkIn{IDs: in.IDs})
	if err == nil {
		web.FlashText(ctx, ui.Plural(out.Deleted, "application deleted", "applications deleted"))
	}
	return out, err
}

func (p Pages) disableBulk(ctx context.Context, in bulkIn) (BulkDisableOut, error) {
	out, err := p.DisableAll(ctx, BulkIn{IDs: in.IDs})
	switch {
	case err != nil:
	case out.Disabled == 0:
		web.FlashText(ctx, "They were disabled already")
	default:
		web.FlashText(ctx, ui.Plural(out.Disabled, "application disabled", "applications disabled"))
	}
	return out, err
}

func (p Pages) redrawBulkDisable(ctx context.Context, in bulkIn, _ *models.Fault) (templ.Component, error) {
	b, err := p.askBulk(ctx, in)
	return views.ConfirmBulkDisable(b), err
}

func (p Pages) redrawBulk(ctx context.Context, in bulkIn, fault *models.Fault) (templ.Component, error) {
	b, err := p.askBulk(ctx, in)
	b.Error = first(fault)
	return views.ConfirmBulk(b), err
}
