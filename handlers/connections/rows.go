package connections

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

func (o Ops) readTenant(ctx context.Context) (models.Tenant, error) {
	var t models.Tenant
	err := o.DB.Read.NewSelect().Model(&t).Where("id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx)
	return t, models.Found(err, "tenant")
}

func (o Ops) read(ctx context.Context, db bun.IDB, id string) (models.Connection, error) {
	var c models.Connection
	err := db.NewSelect().Model(&c).Where("cn.id = ?", id).Where("cn.tenant_id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx)
	return c, models.Found(err, "connection")
}

// place gives a connection of an application its number among those of its strategy.
func (o Ops) place(ctx context.Context, c *models.Connection) error {
	if c.ApplicationID == nil {
		return nil
	}
	n, err := o.DB.Write.NewSelect().Table("applications").Where("id = ?", *c.ApplicationID).Where("tenant_id = ?", c.TenantID).Count(ctx)
	if err != nil {
		return fmt.Errorf("find application %s: %w", *c.ApplicationID, err)
	}
	if n == 0 {
		return models.Missing("application")
	}
	err = o.DB.Write.NewSelect().Table("connections").ColumnExpr("COALESCE(MAX(position) + 1, 0)").
		Where("application_id = ?", *c.ApplicationID).Where("strategy = ?", c.Strategy).Scan(ctx, &c.Position)
	if err != nil {
		return fmt.Errorf("place connection of %s: %w", *c.ApplicationID, err)
	}
	return nil
}

// insert stores a new row with its secrets.
func (o Ops) insert(ctx context.Context, c *models.Connection, secrets map[string]string) error {
	o.seal(c, secrets)
	_, err := o.DB.Write.NewInsert().Model(c).Exec(ctx)
	return o.stored(ctx, c, err)
}

// update writes every column that can change, where the version is still the one that was read.
func (o Ops) update(ctx context.Context, version int64, c *models.Connection, secrets map[string]string) error {
	o.seal(c, secrets)
	res, err := o.DB.Write.NewUpdate().Model(c).ExcludeColumn("id", "tenant_id", "application_id", "strategy", "created_at").
		Where("id = ?", c.ID).Where("version = ?", version).Exec(ctx)
	if err != nil {
		return o.stored(ctx, c, err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return o.stored(ctx, c, err)
	}
	now, err := o.read(ctx, o.DB.Write, c.ID)
	if err != nil {
		return err
	}
	return models.Outrun(stale(now))
}

// seal puts the secrets into their column, and empty collections where there are none: the columns hold no null.
func (o Ops) seal(c *models.Connection, secrets map[string]string) {
	c.SealedSecret, c.SealedBy = o.Vault.SealOptions(c.ID, secrets), models.SecretEdition
	c.SecretOptions = slices.Sorted(maps.Keys(secrets))
	if c.SecretOptions == nil {
		c.SecretOptions = []string{}
	}
	if c.Options == nil {
		c.Options = map[string]any{}
	}
	if c.Realms == nil {
		c.Realms = []string{}
	}
	if c.Metadata == nil {
		c.Metadata = map[string]string{}
	}
}

func (o Ops) stored(ctx context.Context, c *models.Connection, err error) error {
	if err == nil {
		o.DB.Drop(models.CacheExperience, models.EveryEntry) // sign-in pages show names of connections
		return nil
	}
	if !models.Unique(err) {
		return fmt.Errorf("store connection %s: %w", c.ID, err)
	}
	return models.Taken("name", "connection_name_taken", "Another connection has this name. Names are unique and stay.")
}

// Remove deletes a row that its caller has judged, with what belongs to it, and records that.
func (o Ops) Remove(ctx context.Context, c models.Connection) error {
	res, err := o.DB.Write.NewDelete().Model((*models.Connection)(nil)).Where("id = ?", c.ID).Exec(ctx)
	if err := models.Touched(res, err, "connection"); err != nil {
		return err
	}
	o.DB.Drop(models.CacheExperience, models.EveryEntry)
	return o.record(ctx, "connection.deleted", &c, nil, change{})
}
