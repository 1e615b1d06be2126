package clients

import (
	"context"
	"fmt"
	"slices"

	"gatehouse/models"
)

// change edits a client and stores it one version further. Without a version of the caller's a lost race begins again from
// the newer row; with one it is Stale. An edit that changes nothing writes nothing.
func (o Ops) change(ctx context.Context, id string, want models.Opt[int64], event string, edit func(*models.Client) error) (out models.Client, err error) {
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		before, err := find(ctx, tx.Write, id)
		if err != nil {
			return err
		}
		if err := o.may(ctx, "client.update", before, want); err != nil {
			return err
		}
		out, err = o.store(ctx, tx, before, event, edit)
		return err
	})
	return out, err
}

// may judges the actor and the version that the caller has in mind.
func (o Ops) may(ctx context.Context, action string, c models.Client, want models.Opt[int64]) error {
	if err := models.Need(ctx, action, c.ApplicationID, "client"); err != nil {
		return err
	}
	if want.Set && want.V != c.Version {
		return stale(c)
	}
	return nil
}

func stale(c models.Client) *models.Fault {
	return &models.Fault{Code: models.Stale, Reason: "client_changed", Current: c,
		Text: "This client was changed since you read it. Compare your values with the current ones."}
}

func (o Ops) store(ctx context.Context, tx models.DB, before models.Client, event string, edit func(*models.Client) error) (models.Client, error) {
	after := before
	if err := edit(&after); err != nil {
		return before, err
	}
	if models.Diff(before, after) == nil {
		return before, nil
	}
	if err := widened(ctx, before, after); err != nil {
		return before, err
	}
	if proves(before) != proves(after) {
		if err := models.NeedHold(ctx, tx, before.ID); err != nil {
			return before, err
		}
	}
	after.Version, after.UpdatedAt = before.Version+1, o.Now()
	moved, err := write(ctx, tx, &after, before.Version)
	if err != nil {
		return before, err
	}
	if moved {
		return before, models.Outrun(stale(before))
	}
	forget(tx, after)
	if after.ThirdParty && !before.ThirdParty { // what every third party is granted comes with it
		if err := models.NeedHold(ctx, tx, after.ID); err != nil {
			return before, err
		}
	}
	if err := record(ctx, tx, event, &before, &after); err != nil {
		return before, err
	}
	return after, noteWildcard(ctx, tx, before, after)
}

// proves is how a client proves who it is: whoever changes that can speak for it.
func proves(c models.Client) string {
	return fmt.Sprint(c.TokenEndpointAuthMethod, "\n", string(c.JWKS), "\n", c.JWKSURI, "\n", c.TLSClientAuth)
}

// widened refuses a client that would give itself, or a sibling, more than its application was given: what tokens may be for.
func widened(ctx context.Context, before, after models.Client) error {
	if models.ActorFrom(ctx).ApplicationID == "" {
		return nil
	}
	for name, lists := range map[string][2][]string{"resources": {before.Resources, after.Resources}, "allowed_scopes": {before.AllowedScopes, after.AllowedScopes},
		"role_ids": {before.RoleIDs, after.RoleIDs}, "grant_types": {before.GrantTypes, after.GrantTypes}} {
		for _, entry := range lists[1] {
			if !slices.Contains(lists[0], entry) {
				return &models.Fault{Code: models.Forbidden, Reason: "cannot_grant", Text: "A client cannot add " + entry + " to " + name + " of its own application. Ask with a management application."}
			}
		}
	}
	return nil
}

// MakeDefault makes a client the default one of its application.
// Faults: Stale (client_changed), NotFound.
func (o Ops) MakeDefault(ctx context.Context, in OneVersionIn) (out models.Client, err error) {
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		c, err := o.lock(ctx, tx, "client.update", in)
		if err != nil || c.IsDefault {
			out = c
			return err
		}
		app, err := findApplication(ctx, tx, c.ApplicationID, true)
		if err != nil {
			return err
		}
		if app.DefaultClientID != "" { // first the old one: the database allows one at a time
			_, err := o.In(tx).change(ctx, app.DefaultClientID, models.Opt[int64]{}, "client.updated", func(c *models.Client) error {
				c.IsDefault = false
				return nil
			})
			if err != nil {
				return err
			}
		}
		out, err = o.In(tx).change(ctx, c.ID, models.Opt[int64]{}, "client.made_default", func(c *models.Client) error {
			c.IsDefault = true
			return nil
		})
		if err != nil {
			return err
		}
		if err := touchApplication(ctx, tx, app.ID, o.Now()); err != nil {
			return err
		}
		return setDefault(ctx, tx, app.ID, c.ID)
	})
	return out, err
}

// lock finds a client, locks its application, and judges the actor.
func (o Ops) lock(ctx context.Context, tx models.DB, action string, in OneVersionIn) (models.Client, error) {
	c, err := find(ctx, tx.Write, in.ID)
	if err != nil {
		return c, err
	}
	if err := models.Need(ctx, action, c.ApplicationID, "client"); err != nil {
		return models.Client{}, err
	}
	if _, err := findApplication(ctx, tx, c.ApplicationID, true); err != nil {
		return c, err
	}
	if c, err = find(ctx, tx.Write, in.ID); err != nil { // as it is now that nobody else changes it
		return c, err
	}
	return c, o.may(ctx, action, c, in.Version)
}

// Delete removes a client with its credentials. An application keeps at least one, and its default one as long as there are
// others.
// Faults: Conflict (last_client, default_client), Stale (client_changed), NotFound.
func (o Ops) Delete(ctx context.Context, in OneVersionIn) error {
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		c, err := o.lock(ctx, tx, "client.delete", in)
		if err != nil {
			return err
		}
		rows, err := ofApplication(ctx, tx.Write, c.ApplicationID)
		if err != nil {
			return err
		}
		if len(rows) == 1 {
			return &models.Fault{Code: models.Conflict, Reason: "last_client", Text: "An application has at least one client. Delete the application instead."}
		}
		if c.IsDefault {
			return &models.Fault{Code: models.Conflict, Reason: "default_client", Text: "This is the default client of its application. Make another client the default first."}
		}
		return o.remove(ctx, tx, c)
	})
}

// OfApplicationIn names an application.
type OfApplicationIn struct {
	ApplicationID string `path:"application_id" json:"-" doc:"The application's id."`
}

// DeleteAllButDefault removes every client of an application but the default one, and tells how many.
// Faults: NotFound (application).
func (o Ops) DeleteAllButDefault(ctx context.Context, in OfApplicationIn) (n int, err error) {
	err = o.eachOf(ctx, in.ApplicationID, "client.delete", func(ctx context.Context, tx models.DB, rows []models.Client) error {
		rows = slices.DeleteFunc(rows, func(c models.Client) bool { return c.IsDefault })
		n = len(rows)
		return o.removeAll(ctx, tx, rows)
	})
	return n, err
}

// DeleteAll removes every client of an application that is itself being deleted; call it in the transaction of that.
// Faults: NotFound (application).
func (o Ops) DeleteAll(ctx context.Context, in OfApplicationIn) error {
	return o.eachOf(ctx, in.ApplicationID, "application.delete", o.removeAll)
}

func (o Ops) eachOf(ctx context.Context, applicationID, action string, fn func(context.Context, models.DB, []models.Client) error) error {
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		app, err := findApplication(ctx, tx, applicationID, true)
		if err != nil {
			return err
		}
		if err := models.Need(ctx, action, app.ID, "application"); err != nil {
			return err
		}
		rows, err := ofApplication(ctx, tx.Write, app.ID)
		if err != nil {
			return err
		}
		return fn(ctx, tx, rows)
	})
}

func (o Ops) removeAll(ctx context.Context, tx models.DB, rows []models.Client) error {
	for _, c := range rows {
		if err := o.remove(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}
