package clients

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"gatehouse/handlers/credentials"
	"gatehouse/models"
)

// application is what this package needs to know of an application.
type application struct {
	bun.BaseModel `bun:"table:applications,alias:a"`

	ID              string `bun:"id,pk"`
	TenantID        string `bun:"tenant_id"`
	Name            string `bun:"name"`
	DefaultClientID string `bun:"default_client_id"`
}

// findApplication reads an application; with lock, nobody else adds or removes clients of it until the transaction ends.
func findApplication(ctx context.Context, db models.DB, id string, lock bool) (application, error) {
	var a application
	from := db.Read
	if lock {
		from = db.Write
	}
	q := from.NewSelect().Model(&a).Where("a.id = ?", id).Where("a.tenant_id = ?", models.ActorFrom(ctx).TenantID)
	if lock && db.Postgres { // SQLite has one writer anyway
		q = q.For("UPDATE")
	}
	return a, models.Found(q.Scan(ctx), "application")
}

func find(ctx context.Context, db bun.IDB, id string) (models.Client, error) {
	var c models.Client
	err := db.NewSelect().Model(&c).Where("c.id = ?", id).Where("c.tenant_id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx)
	return c, models.Found(err, "client")
}

func ofApplication(ctx context.Context, db bun.IDB, applicationID string) ([]models.Client, error) {
	var rows []models.Client
	err := db.NewSelect().Model(&rows).Where("c.application_id = ?", applicationID).Order("c.created_at", "c.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read clients of application %s: %w", applicationID, err)
	}
	return rows, nil
}

func insert(ctx context.Context, tx models.DB, c *models.Client) error {
	if err := stored(models.Insert(ctx, tx, c), c); err != nil {
		return err
	}
	return models.Count(ctx, tx, models.CountClients, 1)
}

// write stores a changed client if its row still has the version that the change began from; moved tells that it had not.
func write(ctx context.Context, tx models.DB, c *models.Client, from int64) (moved bool, err error) {
	res, err := tx.Write.NewUpdate().Model(c).ExcludeColumn("id", "tenant_id", "application_id", "protocol", "created_at").
		Where("id = ?", c.ID).Where("version = ?", from).Exec(ctx)
	if err != nil {
		return false, stored(err, c)
	}
	n, err := res.RowsAffected()
	return n == 0, err
}

func stored(err error, c *models.Client) error {
	if models.Unique(err) && c.SAML.EntityID != "" {
		return models.Taken("saml.entity_id", "saml_entity_id_taken", "Another client has this entity id. Each service provider has its own.")
	}
	if err != nil {
		return fmt.Errorf("store client %s: %w", c.ID, err)
	}
	return nil
}

// remove deletes a client with what it proves itself by and what other features keep of it, and records that.
func (o Ops) remove(ctx context.Context, tx models.DB, c models.Client) error {
	for _, clean := range o.Cleanup {
		if err := clean(ctx, tx, c); err != nil {
			return err
		}
	}
	if err := credentials.RemoveAll(ctx, tx, c.ID); err != nil {
		return err
	}
	if _, err := tx.Write.NewDelete().Model((*models.Usage)(nil)).Where("object_kind = 'client'").Where("object_id = ?", c.ID).Exec(ctx); err != nil {
		return fmt.Errorf("delete use of client %s: %w", c.ID, err)
	}
	res, err := tx.Write.NewDelete().Model(&c).WherePK().Exec(ctx)
	if err := models.Touched(res, err, "client"); err != nil {
		return err
	}
	forget(tx, c)
	if err := disinvite(ctx, tx, c); err != nil {
		return err
	}
	if err := models.Count(ctx, tx, models.CountClients, -1); err != nil {
		return err
	}
	return record(ctx, tx, "client.deleted", &c, nil)
}

// setDefault notes the default client on its application.
func setDefault(ctx context.Context, tx models.DB, applicationID, clientID string) error {
	_, err := tx.Write.NewUpdate().Table("applications").Set("default_client_id = ?", clientID).Where("id = ?", applicationID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("set the default client of application %s: %w", applicationID, err)
	}
	tx.Drop(models.CacheApplication, applicationID)
	tx.Drop(models.CacheApplicationCard, applicationID)
	return nil
}

// disinvite has the application no longer send invited people through a client that goes.
func disinvite(ctx context.Context, tx models.DB, c models.Client) error {
	_, err := tx.Write.NewUpdate().Table("applications").Set("invite_client_id = ''").Where("id = ?", c.ApplicationID).Where("invite_client_id = ?", c.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("take client %s out of the invitations of its application: %w", c.ID, err)
	}
	tx.Drop(models.CacheApplication, c.ApplicationID)
	return nil
}

func forget(tx models.DB, c models.Client) {
	tx.Drop(models.CacheClient, c.ID)
	tx.Drop(models.CacheOAuthClient, c.ID)
	tx.Drop(models.CacheApplicationCard, c.ApplicationID)
}

func record(ctx context.Context, tx models.DB, typ string, before, after *models.Client) error {
	c := after
	if c == nil {
		c = before
	}
	e := models.Event{Type: typ, ObjectKind: "client", ObjectID: c.ID, ObjectName: c.Name, ApplicationID: c.ApplicationID}
	switch {
	case before == nil:
		e.Detail = models.Diff(nil, after)
	case after == nil:
		e.Detail = models.Diff(before, nil)
	default:
		e.Detail = models.Diff(before, after)
	}
	return models.Record(ctx, tx, e)
}

// usages gives when clients were last used, by client_id.
func usages(ctx context.Context, db bun.IDB, ids []string) (map[string]models.Usage, error) {
	out := map[string]models.Usage{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []models.Usage
	err := db.NewSelect().Model(&rows).Where("u.object_kind = ?", models.UsedClient).Where("u.object_id IN (?)", bun.In(ids)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read use of clients: %w", err)
	}
	for _, u := range rows {
		out[u.ObjectID] = u
	}
	return out, nil
}
