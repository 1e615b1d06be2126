package models

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gatehouse/migrations"
)

// testDB opens a migrated SQLite database in a folder of its own.
func testDB(t *testing.T) DB {
	t.Helper()
	ctx := context.Background()
	db, err := Open(ctx, t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if _, err := migrations.Up(ctx, db.Write, db.Postgres); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestMasterKeyText(t *testing.T) {
	one, two := newMasterKey(), newMasterKey()
	for _, c := range []struct {
		name, value string
		versions    int
		err         string
	}{
		{"one version", one, 1, ""},
		{"two versions by comma", one + "," + two, 2, ""},
		{"two versions by line, blank ones between", one + "\n\n " + two + "\r\n", 2, ""},
		{"nothing", " \n", 0, "holds no master key"},
		{"not base64", "correct horse battery staple", 0, "32 bytes in base64"},
		{"too short", "c2hvcnQ=", 0, "32 bytes in base64"},
		{"too long", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB", 0, "32 bytes in base64"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := EnvMasterKeys(c.value)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "horse") {
					t.Fatalf("error = %v, want one with %q and without the value", err, c.err)
				}
				return
			}
			if v, _ := m.Versions(); err != nil || len(v) != c.versions {
				t.Fatalf("%d versions, %v; want %d", len(v), err, c.versions)
			}
		})
	}
}

func TestMasterKeyFileIsMadeOnceAndPrivate(t *testing.T) {
	f := FileMasterKeys(filepath.Join(t.TempDir(), "data", "master.key"))
	if _, err := f.Versions(); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Fatalf("a missing file: %v", err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := f.Make(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	first, err := f.Versions()
	if err != nil || len(first) != 1 {
		t.Fatalf("%d versions, %v", len(first), err)
	}
	if info, _ := os.Stat(f.path); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode().Perm())
	}
	if files, _ := os.ReadDir(filepath.Dir(f.path)); len(files) != 1 {
		t.Errorf("%d files left beside the key", len(files)-1)
	}
	if err := f.Make(); err != nil {
		t.Fatal(err)
	}
	if n, err := f.AddVersion(); n != 2 || err != nil {
		t.Fatalf("AddVersion = %d, %v", n, err)
	}
	both, _ := f.Versions()
	if len(both) != 2 || string(both[0]) != string(first[0]) {
		t.Error("the older version did not stay first")
	}
}

// SECURITY-BAR K1, K3: without its master key a database opens nothing, and a lost key is never replaced in silence.
func TestVaultAndTheMasterKey(t *testing.T) {
	ctx, db := context.Background(), testDB(t)
	f := FileMasterKeys(filepath.Join(t.TempDir(), "master.key"))
	v, err := OpenVault(ctx, db, f)
	if err != nil {
		t.Fatal(err)
	}
	sealed := v.Seal("t", "c", "1", NewSecret("hello"))

	if _, err := f.AddVersion(); err != nil {
		t.Fatal(err)
	}
	if n, err := Rekey(System(ctx), db, f); err != nil || n != len(keyClasses) {
		t.Fatalf("Rekey = %d, %v", n, err)
	}
	again, err := OpenVault(ctx, db, f)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open("t", "c", "1", sealed); err != nil || got.Reveal() != "hello" {
		t.Errorf("after rekey: %v, %v", got.Reveal(), err)
	}

	text, _ := os.ReadFile(f.path)
	old := FileMasterKeys(filepath.Join(t.TempDir(), "old.key"))
	if err := os.WriteFile(old.path, []byte(strings.Split(string(text), "\n")[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenVault(ctx, db, old); err == nil || !strings.Contains(err.Error(), "needs version 2") {
		t.Errorf("an old key file: %v", err)
	}
	wrong, _ := EnvMasterKeys(newMasterKey() + " " + newMasterKey())
	if _, err := OpenVault(ctx, db, wrong); err == nil || !strings.Contains(err.Error(), "does not fit") {
		t.Errorf("a wrong key: %v", err)
	}
	_ = os.Remove(f.path)
	if _, err := OpenVault(ctx, db, f); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("a lost key file: %v", err)
	}
	if _, err := os.Stat(f.path); err == nil {
		t.Error("a new key was made for an old database")
	}
}
