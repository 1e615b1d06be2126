package dbtest

import (
	"testing"

	"gatehouse/models"
)

func TestEachDatabaseIsMigratedAndAlone(t *testing.T) {
	Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		n, err := db.Read.NewSelect().Table("tenants").Count(Context(t))
		if err != nil || n != 1 {
			t.Fatalf("tenants: %d, %v", n, err)
		}
		sealed := vault.Seal("credentials", "sealed", "one", models.NewSecret("value"))
		if got, err := vault.Open("credentials", "sealed", "one", sealed); err != nil || !got.Equal("value") {
			t.Fatalf("a sealed value opens: %v", err)
		}
	})
}
