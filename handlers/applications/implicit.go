package applications

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"gatehouse/handlers/clients"
	"gatehouse/models"
)

// Some dialects know clients only: there an application is a container that nobody sees (unified model, resolution 1). It is made
// with its one client, carries that client's name, and goes with it.

// CreateClient stores a new client in a container of its own.
// Faults: Invalid, Conflict, as for a client.
func (o Ops) CreateClient(ctx context.Context, in clients.CreateIn) (clients.CreateOut, error) {
	made, err := o.Create(ctx, CreateIn{Implicit: true, Fields: Fields{Name: named(in.Name), LogoURI: in.LogoURI}, Client: in})
	return clients.CreateOut{Client: made.Client, Secret: made.Secret}, whole(err)
}

// UpdateClient changes a client, and the name of its container while it is the only one there.
// Faults: Invalid, Conflict, Stale (client_changed), NotFound.
func (o Ops) UpdateClient(ctx context.Context, in clients.UpdateIn) (out models.Client, err error) {
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		to := o.In(tx)
		if out, err = to.Clients.Update(ctx, in); err != nil || !in.Name.Set && !in.LogoURI.Set {
			return err
		}
		return to.follow(ctx, out)
	})
	return out, err
}

// follow gives an implicit container the name and the logo of its only client.
func (o Ops) follow(ctx context.Context, c models.Client) error {
	app, err := o.read(ctx, c.ApplicationID)
	if err != nil || !app.Implicit {
		return err
	}
	alone, err := o.alone(ctx, app.ID)
	if err != nil || !alone {
		return err
	}
	after := app
	after.Name, after.LogoURI = named(models.Some(c.Name)).V, c.LogoURI
	return o.change(ctx, app, &after)
}

// DeleteClient removes a client. With the last one of an implicit container that goes too; the last one of an explicit application
// stays. When the default one of several goes, the oldest that is left takes its place.
// Faults: Conflict (last_client), NotFound.
func (o Ops) DeleteClient(ctx context.Context, id string) error {
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		to := o.In(tx)
		c, err := to.Clients.Get(ctx, clients.OneIn{ID: id})
		if err != nil {
			return err
		}
		if err := models.Need(ctx, "client.delete", c.ApplicationID, "client"); err != nil {
			return err
		}
		app, err := to.read(ctx, c.ApplicationID)
		if err != nil {
			return err
		}
		alone, err := to.alone(ctx, app.ID)
		if err != nil {
			return err
		}
		if alone && app.Implicit {
			return to.Delete(models.Lend(ctx, "application.delete"), DeleteIn{ID: app.ID})
		}
		if c.IsDefault && !alone {
			if err := to.handOver(models.Lend(ctx, "client.update"), c); err != nil {
				return err
			}
		}
		return to.Clients.Delete(ctx, clients.OneVersionIn{ID: id})
	})
}

// handOver makes the oldest of the other clients the default.
func (o Ops) handOver(ctx context.Context, from models.Client) error {
	var next string
	err := o.DB.Write.NewSelect().Table("clients").Column("id").Where("application_id = ?", from.ApplicationID).Where("id <> ?", from.ID).
		Order("created_at", "id").Limit(1).Scan(ctx, &next)
	if err != nil {
		return fmt.Errorf("find the next default client of application %s: %w", from.ApplicationID, err)
	}
	_, err = o.Clients.MakeDefault(ctx, clients.OneVersionIn{ID: next})
	return err
}

// alone tells whether an application has one client only.
func (o Ops) alone(ctx context.Context, applicationID string) (bool, error) {
	n, err := o.DB.Write.NewSelect().Table("clients").Where("application_id = ?", applicationID).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("count clients of application %s: %w", applicationID, err)
	}
	return n <= 1, nil
}

// named is the container's name: that of the client, as far as the rules of applications allow it.
func named(name models.Opt[string]) models.Opt[string] {
	name.V = strings.Map(func(r rune) rune {
		if strings.ContainsRune("<>", r) || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, name.V)
	if r := []rune(name.V); len(r) > mostName {
		name.V = string(r[:mostName])
	}
	return name
}

// whole takes the prefix off the fields of the client: the caller knows of nothing else.
func whole(err error) error {
	f, ok := models.AsFault(err)
	if !ok {
		return err
	}
	told := *f
	told.Fields = nil
	for _, field := range f.Fields {
		field.Name = strings.TrimPrefix(field.Name, "client.")
		told.Fields = append(told.Fields, field)
	}
	return &told
}
