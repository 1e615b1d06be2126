package models_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

// noted is a change that records an event and fails afterwards, or not.
func noted(name string, fails error) func(ctx context.Context, tx models.DB) error {
	return func(ctx context.Context, tx models.DB) error {
		return errors.Join(models.Record(ctx, tx, models.Event{Type: "client.updated", ObjectKind: "client", ObjectID: name}), fails)
	}
}

func sealed(t *testing.T, db models.DB, vault *models.Vault, entries int64, unsealed int) models.AuditReport {
	t.Helper()
	r := verify(t, db, vault)
	if !r.Sound() || r.Sealed != entries || r.Unsealed != unsealed {
		t.Errorf("%d sealed and %d not, want %d and %d; problems: %v", r.Sealed, r.Unsealed, entries, unsealed, r.Problems)
	}
	return r
}

// TestAChangeSealsWhatItRecords where there is one writer; elsewhere the sealer comes after it.
func TestAChangeSealsWhatItRecords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		s := sealer(db, vault)
		s.AtOnce()
		record(t, db, 3)
		record(t, db, 2)
		if db.Postgres {
			sealed(t, db, vault, 0, 5)
		} else {
			sealed(t, db, vault, 5, 0)
		}
		if _, err := s.Seal(dbtest.Context(t)); err != nil {
			t.Fatal(err)
		}
		if r := sealed(t, db, vault, 5, 0); r.Checkpoints != 1 { // the first of an hour
			t.Errorf("%d checkpoints", r.Checkpoints)
		}
	})
}

// TestWhatIsSealedAtOnceIsReadAsItWasWritten: a link is worked out before the database has the event, and holds after it.
func TestWhatIsSealedAtOnceIsReadAsItWasWritten(t *testing.T) {
	db, vault := sqlite(t)
	sealer(db, vault).AtOnce()
	for _, text := range []string{"", "a\x00b", "\xff\xfe", "é\u2028", strings.Repeat("ü", 300), "'; DROP TABLE events", "0012", "1e5"} {
		ctx := models.WithActor(dbtest.Context(t), models.Actor{Kind: models.ActorAdministrator, ID: "x", Name: text, TenantID: models.DefaultTenant})
		ctx = models.WithRequest(ctx, models.Request{Face: "native", IP: "::1", Agent: text, ID: text})
		err := models.InTx(ctx, db, func(ctx context.Context, tx models.DB) error {
			return models.Record(ctx, tx, models.Event{Type: "client.updated", ObjectName: text, ObjectID: text, Reason: text, Detail: models.Diff(nil, models.Client{Name: text})})
		})
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	}
	sealed(t, db, vault, 8, 0)
}

// TestAFailingNeighbourLeavesNoGapInTheChain, whatever it recorded before it failed.
func TestAFailingNeighbourLeavesNoGapInTheChain(t *testing.T) {
	db, vault := sqlite(t)
	sealer(db, vault).AtOnce()
	ctx := dbtest.Context(t)
	refused := models.Missing("client")
	errs := crowd(ctx, db, noted("a", nil), noted("b", refused), noted("c", nil), func(context.Context, models.DB) error { return refused }, noted("d", errRefused), noted("e", nil))
	for i, want := range []bool{true, false, true, false, false, true} {
		if (errs[i] == nil) != want {
			t.Errorf("change %d: %v", i, errs[i])
		}
	}
	sealed(t, db, vault, 3, 0)
}

// TestAnEventThatIsNotStoredLeavesNoGapInTheChain, also when the change goes on without it.
func TestAnEventThatIsNotStoredLeavesNoGapInTheChain(t *testing.T) {
	db, vault := sqlite(t)
	sealer(db, vault).AtOnce()
	ctx := dbtest.Context(t)
	trigger(t, ctx, db, "BEFORE INSERT ON events WHEN NEW.object_id = 'bad'")
	err := models.InTx(ctx, db, func(ctx context.Context, tx models.DB) error {
		first, bad := noted("a", nil)(ctx, tx), noted("bad", nil)(ctx, tx)
		if bad == nil {
			t.Error("the event was stored")
		}
		return errors.Join(first, noted("b", nil)(ctx, tx))
	})
	if err != nil {
		t.Fatal(err)
	}
	sealed(t, db, vault, 2, 0)
}

func trigger(t *testing.T, ctx context.Context, db models.DB, when string) {
	t.Helper()
	if _, err := db.Write.ExecContext(ctx, "CREATE TRIGGER refuses "+when+" BEGIN SELECT RAISE(ABORT, 'refused by the test'); END"); err != nil {
		t.Fatal(err)
	}
}

// TestNoChangeIsKeptWithoutTheEndOfTheChain: what cannot be written down as the end of the log did not happen.
func TestNoChangeIsKeptWithoutTheEndOfTheChain(t *testing.T) {
	db, vault := sqlite(t)
	sealer(db, vault).AtOnce()
	ctx := dbtest.Context(t)
	trigger(t, ctx, db, "BEFORE INSERT ON audit_head")
	both := func(ctx context.Context, tx models.DB) error {
		return errors.Join(up("a")(ctx, tx), noted("a", nil)(ctx, tx))
	}
	for i, err := range crowd(ctx, db, both, both, both) {
		if err == nil || !strings.Contains(err.Error(), "refused by the test") {
			t.Errorf("change %d: %v", i, err)
		}
	}
	if n := counted(t, ctx, db, "a"); n != 0 {
		t.Errorf("%d changes without their events", n)
	}
	if _, err := db.Write.ExecContext(ctx, "DROP TRIGGER refuses"); err != nil {
		t.Fatal(err)
	}
	if err := models.InTx(ctx, db, both); err != nil { // the turn was passed on
		t.Fatal(err)
	}
	sealed(t, db, vault, 1, 0)
}

// TestCheckpointsAreToldWhenTheyAreDurable: what was taken back must not stand in the program's log.
func TestCheckpointsAreToldWhenTheyAreDurable(t *testing.T) {
	db, vault := sqlite(t)
	var log bytes.Buffer
	s := sealer(db, vault)
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	s.AtOnce()
	ctx := dbtest.Context(t)
	record(t, db, 998)
	if err := models.InTx(ctx, db, func(ctx context.Context, tx models.DB) error {
		return errors.Join(noted("999", nil)(ctx, tx), noted("1000", errRefused)(ctx, tx))
	}); !errors.Is(err, errRefused) {
		t.Fatal(err)
	}
	if log.Len() > 0 {
		t.Errorf("told: %s", log.String())
	}
	record(t, db, 3)
	r := sealed(t, db, vault, 1001, 0)
	if told := log.String(); r.Checkpoints != 1 || strings.Count(told, "audit checkpoint") != 1 || !strings.Contains(told, "sequence=1000") {
		t.Errorf("%d checkpoints, told: %s", r.Checkpoints, told)
	}
}

// TestACommandBesideARunningServerMakesOneChain: it opens the same file, and what it records the server seals.
func TestACommandBesideARunningServerMakesOneChain(t *testing.T) {
	db, vault := sqlite(t)
	server := sealer(db, vault)
	server.AtOnce()
	ctx := dbtest.Context(t)
	var file string
	if err := db.Read.NewRaw("SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(ctx, &file); err != nil {
		t.Fatal(err)
	}
	command, err := models.Open(ctx, filepath.Dir(file), "")
	if err != nil {
		t.Fatal(err)
	}
	defer command.Close()
	var wg sync.WaitGroup
	for i := range 4 {
		at := db
		if i == 0 {
			at = command
		}
		wg.Go(func() {
			for n := range 25 {
				if err := models.InTx(ctx, at, noted(fmt.Sprint(i, n), nil)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		for range 25 {
			if _, err := server.Seal(ctx); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	if _, err := server.Seal(ctx); err != nil {
		t.Error(err)
	}
	sealed(t, db, vault, 100, 0)
}

// TestAnErrorThatIsPassedOverLeavesNoGapInTheChain: SQLite ends a transaction whose write is interrupted, and the end of the chain, or
// what comes after it, must not be written without the rest.
func TestAnErrorThatIsPassedOverLeavesNoGapInTheChain(t *testing.T) {
	db, vault := sqlite(t)
	sealer(db, vault).AtOnce()
	ctx := dbtest.Context(t)
	interrupted := func(ctx context.Context, tx models.DB) error {
		short, cancel := context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
		if _, err := tx.Write.ExecContext(short, "INSERT INTO row_counts (tenant_id, name, n) WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT 't', x, 1 FROM c"); err == nil {
			t.Error("the write was not interrupted")
		}
		return nil
	}
	goesOn := func(ctx context.Context, tx models.DB) error {
		_ = interrupted(ctx, tx)
		return errors.Join(noted("c", nil)(ctx, tx), up("c")(ctx, tx))
	}
	errs := crowd(ctx, db, noted("a", nil), interrupted, goesOn, noted("b", nil))
	for i, want := range []bool{true, false, false, true} {
		if (errs[i] == nil) != want {
			t.Errorf("change %d: %v", i, errs[i])
		}
	}
	if n := counted(t, ctx, db, "c"); n != 0 {
		t.Errorf("%d changes stand alone", n)
	}
	sealed(t, db, vault, 2, 0)
}

// TestACutEndIsFoundAfterTheNextChangeToo: the chain goes on at a place that somebody moved its end to, and does not vouch for it.
func TestACutEndIsFoundAfterTheNextChangeToo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		ctx := dbtest.Context(t)
		s := sealer(db, vault)
		s.AtOnce()
		more := func() {
			record(t, db, 20)
			if _, err := s.Seal(ctx); err != nil {
				t.Fatal(err)
			}
		}
		more()
		for _, q := range []string{"DELETE FROM events WHERE seq > 15", "DELETE FROM audit_checkpoints", "UPDATE audit_head SET seq = 15, link = (SELECT link FROM events WHERE seq = 15)"} {
			if _, err := db.Write.ExecContext(ctx, q); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			more()
			if r := verify(t, db, vault); len(r.Problems) != 1 || r.Problems[0].Kind != models.AuditEnd || r.Unsealed > 0 {
				t.Errorf("%+v", r)
			}
		}
	})
}

// TestChangesGoOnWithoutTheMarkOfTheEnd: who lost a row of the log must not lose the console too, and Verify tells of it from then on.
func TestChangesGoOnWithoutTheMarkOfTheEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		ctx := dbtest.Context(t)
		s := sealer(db, vault)
		s.AtOnce()
		record(t, db, 3)
		for i, q := range []string{"SELECT 1", "DELETE FROM audit_head", "UPDATE audit_head SET seq = 1", "UPDATE audit_head SET seq = 999"} {
			if _, err := db.Write.ExecContext(ctx, q); err != nil {
				t.Fatal(err)
			}
			record(t, db, 2)
			if _, err := s.Seal(ctx); err != nil {
				t.Errorf("%s: %v", q, err)
			}
			r := verify(t, db, vault)
			if r.Sound() != (i == 0) || i > 0 && (len(r.Problems) != 1 || r.Problems[0].Kind != models.AuditEnd) || r.Sealed != int64(5+2*i) {
				t.Errorf("%s: %+v", q, r)
			}
		}
	})
}

// TestAForeignCheckpointStopsNoChange: it is found, and whoever can write to the database brings no change to a halt with it.
func TestAForeignCheckpointStopsNoChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		s := sealer(db, vault)
		s.AtOnce()
		if _, err := db.Write.ExecContext(dbtest.Context(t), "INSERT INTO audit_checkpoints (seq, link, mac, created_at) VALUES (1000, 'x', 'y', '2030-01-01 00:00:00+00:00')"); err != nil {
			t.Fatal(err)
		}
		record(t, db, 1001)
		if _, err := s.Seal(dbtest.Context(t)); err != nil {
			t.Fatal(err)
		}
		r := verify(t, db, vault)
		if r.Sealed != 1001 || len(r.Problems) != 1 || r.Problems[0].Kind != models.AuditCheckpoint {
			t.Errorf("%d sealed, problems %v", r.Sealed, r.Problems)
		}
	})
}
