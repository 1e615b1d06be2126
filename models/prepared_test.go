package models_test

import (
	"context"
	"fmt"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

// A list whose filters are combined in ever new ways goes on answering.
func TestReadsBeyondTheStatementsThatAreKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		for i := range 300 {
			rows, err := db.Query(context.Background(), fmt.Sprintf("SELECT %d FROM tenants WHERE id = ?", i), models.DefaultTenant)
			if err != nil {
				t.Fatalf("text %d: %v", i, err)
			}
			if !rows.Next() {
				t.Errorf("text %d found nothing", i)
			}
			_ = rows.Close()
		}
	})
}
