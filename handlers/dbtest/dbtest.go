// Package dbtest opens migrated databases for the tests of features. SQLite always runs; PostgreSQL runs as well when
// GATEHOUSE_TEST_POSTGRES holds its address.
package dbtest

import (
	"context"
	"crypto/sha256"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"gatehouse/migrations"
	"gatehouse/models"
)

// EnvPostgres names the environment variable with the address of a PostgreSQL server that tests may use.
const EnvPostgres = "GATEHOUSE_TEST_POSTGRES"

// Open gives a database that has every migration and the default tenant, and nothing else. It is PostgreSQL, in a schema of
// its own, when the address is given, and SQLite in a folder of the test otherwise.
func Open(t testing.TB) (models.DB, *models.Vault) {
	t.Helper()
	if dsn := os.Getenv(EnvPostgres); dsn != "" {
		return open(t, schema(t, dsn))
	}
	return open(t, "")
}

// Each runs a test on SQLite and, when its address is given, on PostgreSQL.
func Each(t *testing.T, run func(t *testing.T, db models.DB, vault *models.Vault)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		db, vault := open(t, "")
		run(t, db, vault)
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := os.Getenv(EnvPostgres)
		if dsn == "" {
			t.Skip(EnvPostgres + " is not set")
		}
		db, vault := open(t, schema(t, dsn))
		run(t, db, vault)
	})
}

// Postgres gives the address of an empty schema on PostgreSQL, for what opens its database itself; empty when no server's address is
// given.
func Postgres(t testing.TB) string {
	t.Helper()
	dsn := os.Getenv(EnvPostgres)
	if dsn == "" {
		return ""
	}
	return schema(t, dsn)
}

// Context is what an operation runs in: an owner who signed in just now. It ends after a while, so that a write outside its
// transaction, which waits for ever on SQLite's one writer, shows itself.
func Context(t testing.TB) context.Context {
	return As(t, models.Actor{Kind: models.ActorAdministrator, ID: "olivia000000", Name: "Olivia Owner",
		TenantID: models.DefaultTenant, Actions: models.OwnerActions, AuthTime: models.Now()})
}

// As is Context for another actor.
func As(t testing.TB, actor models.Actor) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	if actor.TenantID == "" {
		actor.TenantID = models.DefaultTenant
	}
	return models.WithActor(ctx, actor)
}

func open(t testing.TB, dsn string) (models.DB, *models.Vault) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	db, err := models.Open(ctx, t.TempDir(), dsn)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	_, err = migrations.Up(ctx, db.Write, db.Postgres)
	must(t, err)
	must(t, tenant(ctx, db))
	vault, err := models.OpenVault(ctx, db, Master{})
	must(t, err)
	return db, vault
}

func tenant(ctx context.Context, db models.DB) error {
	row := models.Tenant{ID: models.DefaultTenant, Name: "Fernway", Secrets: "readable", AccessTokenLifetimeSeconds: 3600,
		Version: 1, CreatedAt: models.Now(), UpdatedAt: models.Now()}
	_, err := db.Write.NewInsert().Model(&row).On("CONFLICT (id) DO NOTHING").Exec(ctx)
	return err
}

// schema makes an empty schema for one test and gives the address that leads to it.
func schema(t testing.TB, dsn string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	db, err := models.Open(ctx, "", dsn)
	must(t, err)
	name := "t_" + models.NewID(16)
	_, err = db.Write.ExecContext(ctx, "CREATE SCHEMA ?", bun.Ident(name))
	must(t, err)
	t.Cleanup(func() { drop(db, name) })
	at, err := url.Parse(dsn)
	must(t, err)
	query := at.Query()
	query.Set("search_path", name)
	at.RawQuery = query.Encode()
	return at.String()
}

func drop(db models.DB, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, _ = db.Write.ExecContext(ctx, "DROP SCHEMA ? CASCADE", bun.Ident(name))
	_ = db.Close()
}

// Master is a master key that every test knows.
type Master struct{}

// Versions gives the one version.
func (Master) Versions() ([][]byte, error) {
	key := sha256.Sum256([]byte("a master key for tests"))
	return [][]byte{key[:]}, nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
