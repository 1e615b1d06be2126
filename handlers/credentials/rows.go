package credentials

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// client is what this package needs to know of a client.
type client struct {
	bun.BaseModel `bun:"table:clients,alias:c"`

	ID            string `bun:"id,pk"`
	TenantID      string `bun:"tenant_id"`
	ApplicationID string `bun:"application_id"`
	Name          string `bun:"name"`
}

func findClient(ctx context.Context, db models.DB, id string, lock bool) (client, error) {
	var c client
	from := db.Read
	if lock {
		from = db.Write
	}
	q := from.NewSelect().Model(&c).Where("c.id = ?", id).Where("c.tenant_id = ?", models.ActorFrom(ctx).TenantID)
	if lock && db.Postgres { // SQLite has one writer anyway
		q = q.For("UPDATE")
	}
	return c, models.Found(q.Scan(ctx), "client")
}

func ofClient(ctx context.Context, db bun.IDB, clientID string, kinds ...string) ([]models.Credential, error) {
	var rows []models.Credential
	q := db.NewSelect().Model(&rows).Where("cr.client_id = ?", clientID)
	if len(kinds) > 0 {
		q = q.Where("cr.kind IN (?)", bun.In(kinds))
	}
	if err := q.Order("cr.created_at DESC", "cr.id DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read credentials of client %s: %w", clientID, err)
	}
	return rows, nil
}

func one(ctx context.Context, db bun.IDB, clientID, id, kind string) (models.Credential, error) {
	var row models.Credential
	err := db.NewSelect().Model(&row).Where("cr.id = ?", id).Where("cr.client_id = ?", clientID).Where("cr.kind = ?", kind).Scan(ctx)
	return row, models.Found(err, kind)
}

// insert stores a credential whose name and value were found to be free under the lock of its client.
func insert(ctx context.Context, tx models.DB, row *models.Credential) error {
	err := models.Insert(ctx, tx, row)
	if models.Unique(err) { // the name was looked at; only a value may clash with another client's
		return models.Taken("value", "secret_value_taken", "This value is in use already. Use a value that nothing else uses.")
	}
	if err != nil {
		return fmt.Errorf("store credential: %w", err)
	}
	return nil
}

func update(ctx context.Context, tx models.DB, row *models.Credential, columns ...string) error {
	res, err := tx.Write.NewUpdate().Model(row).Column(columns...).WherePK().Exec(ctx)
	return models.Touched(res, err, row.Kind)
}

func remove(ctx context.Context, tx models.DB, row models.Credential) error {
	if err := forgetUse(ctx, tx, row.ID); err != nil {
		return err
	}
	res, err := tx.Write.NewDelete().Model(&row).WherePK().Exec(ctx)
	return models.Touched(res, err, row.Kind)
}

func forgetUse(ctx context.Context, tx models.DB, ids ...string) error {
	_, err := tx.Write.NewDelete().Model((*models.Usage)(nil)).Where("object_kind = 'credential'").Where("object_id IN (?)", bun.In(ids)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete use of credentials: %w", err)
	}
	return nil
}

// RemoveAll deletes every credential of a client that is being deleted, in the transaction of that.
func RemoveAll(ctx context.Context, tx models.DB, clientID string) error {
	rows, err := ofClient(ctx, tx.Write, clientID)
	if err != nil || len(rows) == 0 {
		return err
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	if err := forgetUse(ctx, tx, ids...); err != nil {
		return err
	}
	if _, err := tx.Write.NewDelete().Model((*models.Credential)(nil)).Where("client_id = ?", clientID).Exec(ctx); err != nil {
		return fmt.Errorf("delete credentials of client %s: %w", clientID, err)
	}
	return nil
}

func (o Ops) show(ctx context.Context, row models.Credential) (Credential, error) {
	out, err := o.shown(ctx, []models.Credential{row})
	if err != nil {
		return Credential{}, err
	}
	return out[0], nil
}

// shown adds to rows what is counted beside them, and what the time makes of them.
func (o Ops) shown(ctx context.Context, rows []models.Credential) ([]Credential, error) {
	uses, err := usages(ctx, o.DB.Read, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Credential, len(rows))
	for i, row := range rows {
		out[i] = Credential{Credential: row, Status: status(row, o.Now())}
		if u, ok := uses[row.ID]; ok {
			at := u.LastUsedAt
			out[i].LastUsedAt, out[i].LastIP = &at, u.LastIP
		}
	}
	return out, nil
}

func usages(ctx context.Context, db bun.IDB, rows []models.Credential) (map[string]models.Usage, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	var uses []models.Usage
	err := db.NewSelect().Model(&uses).Where("u.object_kind = 'credential'").Where("u.object_id IN (?)", bun.In(ids)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read use of credentials: %w", err)
	}
	byID := make(map[string]models.Usage, len(uses))
	for _, u := range uses {
		byID[u.ObjectID] = u
	}
	return byID, nil
}

func status(c models.Credential, now time.Time) string {
	switch {
	case c.RevokedAt != nil:
		return "retired"
	case c.Awaited():
		return "awaited"
	case !c.Valid(now):
		return "expired"
	}
	return "valid"
}

// readable tells whether the tenant keeps secrets so that they can be read again.
func readable(ctx context.Context, db models.DB) (bool, error) {
	rows, err := db.Query(ctx, "SELECT secrets FROM tenants WHERE id = ?", models.ActorFrom(ctx).TenantID)
	if err != nil {
		return false, fmt.Errorf("read how secrets are kept: %w", err)
	}
	defer rows.Close()
	var mode string
	for rows.Next() {
		if err := rows.Scan(&mode); err != nil {
			return false, fmt.Errorf("read how secrets are kept: %w", err)
		}
	}
	return mode != "write-once", rows.Err()
}

// CountValid tells how many valid credentials each of some clients has. The clients must have been read on behalf of the actor.
func (o Ops) CountValid(ctx context.Context, clientIDs []string) (map[string]int, error) {
	out := map[string]int{}
	if len(clientIDs) == 0 {
		return out, nil
	}
	var rows []struct {
		ClientID string `bun:"client_id"`
		N        int    `bun:"n"`
	}
	err := o.DB.Read.NewSelect().Model((*models.Credential)(nil)).Column("client_id").ColumnExpr("COUNT(*) AS n").
		Where("cr.client_id IN (?)", bun.In(clientIDs)).Where("cr.revoked_at IS NULL").
		Where("NOT (cr.kind = 'public_key' AND cr.thumbprint = '')"). // a key that is awaited opens nothing
		Where("(cr.expires_at IS NULL OR cr.expires_at > ?)", o.Now()).Group("client_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count credentials: %w", err)
	}
	for _, r := range rows {
		out[r.ClientID] = r.N
	}
	return out, nil
}
