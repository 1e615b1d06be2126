package administrators

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// One reads an administrator of the actor's tenant. Faults: NotFound.
func One(ctx context.Context, from bun.IDB, id string) (models.Administrator, error) {
	var row models.Administrator
	err := from.NewSelect().Model(&row).Where("ad.tenant_id = ?", models.ActorFrom(ctx).TenantID).Where("ad.id = ?", id).Scan(ctx)
	return row, models.Found(err, "administrator")
}

// ByEmail reads an administrator by address, whatever its letter case. Faults: NotFound.
func ByEmail(ctx context.Context, from bun.IDB, email string) (models.Administrator, error) {
	var row models.Administrator
	err := from.NewSelect().Model(&row).Where("ad.tenant_id = ?", models.ActorFrom(ctx).TenantID).
		Where("ad.email_key = ?", models.EmailKey(email)).Scan(ctx)
	return row, models.Found(err, "administrator")
}

// Any tells whether there is an administrator at all.
func Any(ctx context.Context, from bun.IDB) (bool, error) {
	ok, err := from.NewSelect().Model((*models.Administrator)(nil)).Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for administrators: %w", err)
	}
	return ok, nil
}

func page(ctx context.Context, from bun.IDB, in ListIn, key models.Key) ([]models.Administrator, error) {
	var rows []models.Administrator
	q := from.NewSelect().Model(&rows).Where("ad.tenant_id = ?", models.ActorFrom(ctx).TenantID).Limit(int64(in.Size()) + 1)
	if in.Role != "" {
		q = q.Where("ad.role = ?", in.Role)
	}
	if in.Q != "" {
		like := "%" + likeEscape.Replace(strings.ToLower(in.Q)) + "%"
		q = q.Where(`(lower(ad.name) LIKE ? ESCAPE '\' OR ad.email_key LIKE ? ESCAPE '\')`, like, like)
	}
	column, down := strings.TrimPrefix(in.Sort, "-"), strings.HasPrefix(in.Sort, "-")
	var at any = key.Text
	if column == "created_at" {
		at = key.Time
	}
	compare, order := ">", "ASC"
	if down != key.Back {
		compare, order = "<", "DESC"
	}
	if key.ID != "" {
		q = q.Where("(?, ad.id) "+compare+" (?, ?)", bun.Ident("ad."+column), at, key.ID)
	}
	err := q.OrderExpr("? "+order+", ad.id "+order, bun.Ident("ad."+column)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list administrators: %w", err)
	}
	return rows, nil
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// lockOwners reads an administrator and holds every owner until the transaction ends, so that two changes at once cannot leave
// none. SQLite has one writer and needs no lock.
func lockOwners(ctx context.Context, tx models.DB, id string) (models.Administrator, error) {
	if tx.Postgres {
		var ids []string
		err := tx.Write.NewSelect().Model((*models.Administrator)(nil)).Column("id").Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).
			Where("role = ? OR id = ?", models.RoleOwner, id).OrderExpr("id").For("UPDATE").Scan(ctx, &ids)
		if err != nil {
			return models.Administrator{}, fmt.Errorf("lock owners: %w", err)
		}
	}
	return One(ctx, tx.Write, id)
}

// otherOwner refuses when nobody but id could act as an owner.
func otherOwner(ctx context.Context, tx models.DB, id string) error {
	ok, err := tx.Write.NewSelect().Model((*models.Administrator)(nil)).Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).
		Where("role = ?", models.RoleOwner).Where("NOT disabled").Where("password_set_at IS NOT NULL").Where("id <> ?", id).Exists(ctx)
	if err != nil {
		return fmt.Errorf("look for another owner: %w", err)
	}
	if !ok {
		return models.Taken("role", "last_owner", "This is the last owner. Make somebody else an owner first; that person has to have signed up.")
	}
	return nil
}

// Insert stores a new administrator. Faults: Conflict (email_taken).
func Insert(ctx context.Context, tx models.DB, row models.Administrator) error {
	_, err := tx.Write.NewInsert().Model(&row).Exec(ctx)
	if models.Unique(err) {
		return models.Taken("email", "email_taken", "There is an administrator with this address already.")
	}
	if err != nil {
		return fmt.Errorf("store administrator: %w", err)
	}
	return nil
}

// Store writes the named columns of an administrator. Faults: NotFound.
func Store(ctx context.Context, tx models.DB, row models.Administrator, columns ...string) error {
	tx.Drop(models.CacheAdministrator, row.ID)
	res, err := tx.Write.NewUpdate().Model(&row).Column(columns...).WherePK().Exec(ctx)
	return models.Touched(res, err, "administrator")
}

func remove(ctx context.Context, tx models.DB, row models.Administrator) error {
	if err := EndSessions(ctx, tx, row.ID, ""); err != nil {
		return err
	}
	for _, table := range []any{(*models.AdministratorLink)(nil), (*models.RecoveryCode)(nil), (*models.PendingSignIn)(nil)} {
		if _, err := tx.Write.NewDelete().Model(table).Where("administrator_id = ?", row.ID).Exec(ctx); err != nil {
			return fmt.Errorf("delete administrator: %w", err)
		}
	}
	tx.Drop(models.CacheAdministrator, row.ID)
	res, err := tx.Write.NewDelete().Model(&row).WherePK().Exec(ctx)
	return models.Touched(res, err, "administrator")
}

// SessionsOf lists the live sessions of an administrator, the last used first.
func (o Ops) SessionsOf(ctx context.Context, id string) ([]models.ConsoleSession, error) {
	rows, now := []models.ConsoleSession{}, o.Now()
	err := o.DB.Read.NewSelect().Model(&rows).Where("administrator_id = ?", id).Where("expires_at > ?", now).
		Where("last_seen_at > ?", now.Add(-models.SessionIdle)).OrderExpr("last_seen_at DESC").Limit(100).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return rows, nil
}

// EndSessions ends every session of an administrator but the one with the stored id keep, and sign-ins that are half done.
func EndSessions(ctx context.Context, tx models.DB, id, keep string) error {
	if _, err := tx.Write.NewDelete().Model((*models.PendingSignIn)(nil)).Where("administrator_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("end sign-ins: %w", err)
	}
	var ended []string
	err := tx.Write.NewDelete().Model((*models.ConsoleSession)(nil)).Where("administrator_id = ?", id).Where("id_hash <> ?", keep).
		Returning("id_hash").Scan(ctx, &ended)
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	for _, hash := range ended {
		tx.Drop(models.CacheSession, hash)
	}
	return nil
}
