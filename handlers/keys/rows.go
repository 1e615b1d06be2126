package keys

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"gatehouse/models"
	views "gatehouse/views/keys"
)

// published reads what belongs in the key set, oldest first.
func published(ctx context.Context, db models.DB) ([]models.SigningKey, error) {
	var rows []models.SigningKey
	err := db.Read.NewSelect().Model(&rows).Where("tenant_id = ?", models.DefaultTenant).
		Where("status NOT IN (?)", bun.In([]string{models.KeyRetired, models.KeyDisabled})).Order("created_at", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the key ring: %w", err)
	}
	return rows, nil
}

// keysOf reads the keys of an application, or with "" of the tenant's ring, newest first.
func keysOf(ctx context.Context, db models.DB, applicationID string) ([]models.SigningKey, error) {
	var rows []models.SigningKey
	err := db.Read.NewSelect().Model(&rows).Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).
		Where("application_id = ?", applicationID).Order("created_at DESC", "id DESC").Limit(listLimit).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list signing keys: %w", err)
	}
	return rows, nil
}

// find reads one key of an application, or with "" of the ring: a key of another owner is not found.
func find(ctx context.Context, db models.DB, applicationID, id string) (models.SigningKey, error) {
	var row models.SigningKey
	err := db.Read.NewSelect().Model(&row).Where("id = ?", id).Where("application_id = ?", applicationID).
		Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx)
	return row, models.Found(err, "key")
}

// at reads the key of an owner that has a status, if there is one; alg "" means any.
func at(ctx context.Context, db models.DB, applicationID, alg, status string) (*models.SigningKey, error) {
	var rows []models.SigningKey
	q := db.Read.NewSelect().Model(&rows).Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).
		Where("application_id = ?", applicationID).Where("status = ?", status).Limit(1)
	if alg != "" {
		q = q.Where("alg = ?", alg)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("find the %s key: %w", status, err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return &rows[0], nil
}

// update writes what can change of a key, if it is still the version that was read.
func update(ctx context.Context, tx models.DB, row *models.SigningKey, now time.Time) error {
	read := row.Version
	row.Version, row.UpdatedAt = read+1, now
	res, err := tx.Write.NewUpdate().Model(row).
		Column("name", "status", "sealed", "version", "updated_at", "activated_at", "replaced_at", "retired_at").
		WherePK().Where("version = ?", read).Exec(ctx)
	if err = models.Touched(res, err, "key"); models.IsFault(err, models.NotFound) {
		return models.Outrun(stale(*row))
	}
	return err
}

// remove deletes a key that still is what was judged: meanwhile it may have begun to sign.
func remove(ctx context.Context, tx models.DB, row models.SigningKey) error {
	res, err := tx.Write.NewDelete().Model(&row).WherePK().Where("version = ?", row.Version).Exec(ctx)
	if err = models.Touched(res, err, "key"); models.IsFault(err, models.NotFound) {
		return models.Outrun(stale(row))
	}
	return err
}

// applicationExists tells whether an application can own keys.
func applicationExists(ctx context.Context, db models.DB, id string) (bool, error) {
	n, err := db.Read.NewSelect().Model((*models.Application)(nil)).Where("id = ?", id).
		Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("find application %s: %w", id, err)
	}
	return n > 0, nil
}

// longestLifetime is the longest life that an access or ID token can have by the tenant's and the clients' settings.
func longestLifetime(ctx context.Context, db models.DB) (time.Duration, error) {
	var seconds int64
	err := db.Read.NewRaw(`SELECT COALESCE(MAX(s), 0) FROM (
		SELECT access_token_lifetime_seconds AS s FROM tenants
		UNION ALL SELECT MAX(access_token_lifetime_seconds) FROM clients
		UNION ALL SELECT MAX(id_token_lifetime_seconds) FROM clients) AS lifetimes`).Scan(ctx, &seconds)
	if err != nil {
		return 0, fmt.Errorf("read token lifetimes: %w", err)
	}
	return time.Duration(seconds) * time.Second, nil
}

// allOwn reads the keys of all applications with the names of these, for the console.
func allOwn(ctx context.Context, db models.DB) ([]views.Own, error) {
	var rows []models.SigningKey
	tenant := models.ActorFrom(ctx).TenantID
	err := db.Read.NewSelect().Model(&rows).Where("tenant_id = ?", tenant).Where("application_id <> ''").
		Order("application_id", "created_at DESC").Limit(listLimit).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, wrap(err)
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ApplicationID
	}
	var apps []models.Application
	if err := db.Read.NewSelect().Model(&apps).Column("id", "name").Where("id IN (?)", bun.In(ids)).Scan(ctx); err != nil {
		return nil, wrap(err)
	}
	names := map[string]string{}
	for _, a := range apps {
		names[a.ID] = a.Name
	}
	out := make([]views.Own, len(rows))
	for i, row := range rows {
		out[i] = views.Own{SigningKey: row, ApplicationName: names[row.ApplicationID]}
	}
	return out, nil
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("list the keys of applications: %w", err)
}
