package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
)

// Names of counted tables.
const CountClients = "clients"

// CacheRowCount holds the counters, by tenant and name.
const CacheRowCount = "row_count"

// RowCount is how many rows of a table a tenant has. It is kept in the transactions that add and remove rows, because counting
// them for each page of a list would cost more than the page.
type RowCount struct {
	bun.BaseModel `bun:"table:row_counts,alias:rc"`

	TenantID string `bun:"tenant_id,pk"`
	Name     string `bun:"name,pk"`
	N        int64  `bun:"n"`
}

// Count moves a counter by more, in the transaction of the change.
func Count(ctx context.Context, tx DB, name string, more int64) error {
	tenant := ActorFrom(ctx).TenantID
	err := Exec(ctx, tx, "INSERT INTO row_counts (tenant_id, name, n) VALUES (?, ?, ?) ON CONFLICT (tenant_id, name) DO UPDATE SET n = row_counts.n + EXCLUDED.n", tenant, name, more)
	if err != nil {
		return fmt.Errorf("count %s: %w", name, err)
	}
	tx.Drop(CacheRowCount, tenant+" "+name)
	return nil
}

// Counted reads a counter; one that was never moved is zero.
func Counted(ctx context.Context, db DB, name string) (int64, error) {
	var n int64
	err := db.Read.NewSelect().Model((*RowCount)(nil)).Column("n").Where("tenant_id = ?", ActorFrom(ctx).TenantID).Where("name = ?", name).Scan(ctx, &n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the count of %s: %w", name, err)
	}
	return n, nil
}
