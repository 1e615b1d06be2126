package connections

import (
	"context"
	"fmt"
	"log/slog"
	"maps"

	"gatehouse/models"
)

// sealAtOnce is how many rows are looked at between two reads.
const sealAtOnce = 100

// SealLeft seals what earlier versions, which knew fewer names of secrets, left in clear among the options. Each row is looked at once,
// and says so. It is work for the start of the program, beside the first answers.
func (o Ops) SealLeft(ctx context.Context) {
	for {
		var rows []models.Connection
		err := o.DB.Read.NewSelect().Model(&rows).Where("cn.sealed_by < ?", models.SecretEdition).OrderExpr("cn.id").Limit(sealAtOnce).Scan(ctx)
		for _, c := range rows {
			if err == nil {
				err = o.sealLeft(ctx, c)
			}
		}
		if err != nil {
			slog.ErrorContext(ctx, "connections could not be looked through for secrets that are not sealed; the next start tries again", "error", err)
		}
		if err != nil || len(rows) < sealAtOnce {
			return
		}
	}
}

// sealLeft seals one row as it stands. A row that is changed meanwhile is sealed by that change.
func (o Ops) sealLeft(ctx context.Context, c models.Connection) error {
	plain, found, _ := models.SplitSecrets(c.Options)
	secrets, err := o.Vault.OpenOptions(c)
	if err != nil {
		return err
	}
	maps.Copy(secrets, found)
	c.Options = plain
	o.seal(&c, secrets)
	version := c.Version
	if len(found) > 0 {
		c.Version++ // it is shown otherwise from now on
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		res, err := tx.Write.NewUpdate().Model(&c).Column("options", "secret_options", "sealed_secret", "sealed_by", "version").
			Where("id = ?", c.ID).Where("version = ?", version).Exec(ctx)
		if err != nil {
			return fmt.Errorf("seal the options of connection %s: %w", c.ID, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 || len(found) == 0 {
			return err
		}
		tx.Drop(models.CacheExperience, models.EveryEntry)
		return models.Record(ctx, tx, models.Event{Type: "connection.updated", ObjectKind: "connection", ObjectID: c.ID, ObjectName: c.Name, ApplicationID: c.Owner()})
	})
}
