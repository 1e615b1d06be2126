package models_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

func sealer(db models.DB, vault *models.Vault) models.Sealer {
	return models.Sealer{DB: db, Vault: vault, Now: models.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

func record(t testing.TB, db models.DB, n int) {
	t.Helper()
	err := models.InTx(dbtest.Context(t), db, func(ctx context.Context, tx models.DB) error {
		for i := range n {
			e := models.Event{Type: "client.updated", ObjectKind: "client", ObjectID: fmt.Sprint(i), Detail: models.Diff(nil, models.Client{Name: fmt.Sprint(i)})}
			if err := models.Record(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func verify(t testing.TB, db models.DB, vault *models.Vault) models.AuditReport {
	t.Helper()
	r, err := models.Verify(dbtest.Context(t), db, vault)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheChainOfAnUntouchedLogIsSound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		if r := verify(t, db, vault); !r.Sound() || r.Sealed != 0 {
			t.Errorf("an empty log: %+v", r)
		}
		s := sealer(db, vault)
		record(t, db, 1203)
		if r := verify(t, db, vault); !r.Sound() || r.Unsealed != 1203 || r.OldestWaits == nil {
			t.Errorf("nothing sealed: %+v", r)
		}
		if n, err := s.Seal(dbtest.Context(t)); n != 1203 || err != nil {
			t.Fatalf("sealed %d, %v", n, err)
		}
		record(t, db, 2)
		r := verify(t, db, vault)
		if !r.Sound() || r.Sealed != 1203 || r.Unsealed != 2 || r.Checkpoints != 1 { // entry 1000
			t.Errorf("%+v", r)
		}
		if n, _ := s.Seal(dbtest.Context(t)); n != 2 {
			t.Errorf("the next seal took %d", n)
		}
		if _, err := db.Write.ExecContext(dbtest.Context(t), "UPDATE events SET detail = NULL WHERE seq = 5"); err != nil {
			t.Fatal(err)
		}
		if r := verify(t, db, vault); !r.Sound() || r.Erased != 1 {
			t.Errorf("an erased detail is no problem: %+v", r)
		}
	})
}

// SECURITY-BAR section 8: any removed, reordered or altered entry is found.
func TestTamperingIsFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		ctx := dbtest.Context(t)
		record(t, db, 20)
		if _, err := sealer(db, vault).Seal(ctx); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name, sql, kind string
			seq             int64
		}{
			{"a column is changed", "UPDATE events SET actor_name = 'Eve' WHERE seq = 7", models.AuditAltered, 7},
			{"a time is changed", "UPDATE events SET at = '2001-01-01 00:00:00+00:00' WHERE seq = 7", models.AuditAltered, 7},
			{"the detail is changed", `UPDATE events SET detail = '{"name":{"before":null,"after":"x"}}' WHERE seq = 3`, models.AuditDetail, 3},
			{"the detail and its hash are changed", "UPDATE events SET detail = '{}', detail_hash = 'RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o' WHERE seq = 3", models.AuditAltered, 3},
			{"an entry is removed", "DELETE FROM events WHERE seq = 9", models.AuditRemoved, 9},
			{"the first entry is removed", "DELETE FROM events WHERE seq = 1", models.AuditRemoved, 1},
			{"the last entry is removed", "DELETE FROM events WHERE seq = 20", models.AuditRemoved, 20},
			{"the end is cut off and its mark moved", "DELETE FROM events WHERE seq > 15; UPDATE audit_head SET seq = 15, link = (SELECT link FROM events WHERE seq = 15)", models.AuditEnd, 15},
			{"the mark of the end is removed", "DELETE FROM audit_head; DELETE FROM audit_checkpoints", models.AuditEnd, 0},
			{"everything is removed but the marks", "DELETE FROM events", models.AuditRemoved, 1},
			{"two entries change places", "UPDATE events SET seq = 100 WHERE seq = 4; UPDATE events SET seq = 4 WHERE seq = 5; UPDATE events SET seq = 5 WHERE seq = 100", models.AuditAltered, 4},
			{"two entries change places and links", "UPDATE events SET seq = 100, link = (SELECT link FROM events WHERE seq = 5) WHERE seq = 4; UPDATE events SET seq = 4, link = '' WHERE seq = 5", models.AuditAltered, 4},
			{"an entry is put in at the end", "INSERT INTO events (id, at, detail_hash, seq, link) VALUES ('forged', '2030-01-01 00:00:00+00:00', '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU', 21, 'x')", models.AuditAltered, 21},
			{"a checkpoint is changed", "UPDATE audit_checkpoints SET link = 'x'", models.AuditCheckpoint, 20},
			{"a checkpoint is put in", "INSERT INTO audit_checkpoints (seq, link, mac, created_at) VALUES (77, 'x', 'y', '2030-01-01 00:00:00+00:00')", models.AuditCheckpoint, 77},
		} {
			t.Run(c.name, func(t *testing.T) {
				_ = models.InTx(ctx, db, func(ctx context.Context, tx models.DB) error { // rolled back at the end
					if _, err := tx.Write.ExecContext(ctx, c.sql); err != nil {
						t.Fatal(err)
					}
					r, err := models.Verify(ctx, tx, vault)
					if err != nil {
						t.Fatal(err)
					}
					for _, p := range r.Problems {
						if p.Kind == c.kind && p.Seq == c.seq {
							return fmt.Errorf("undo")
						}
					}
					t.Errorf("not found: %+v", r)
					return fmt.Errorf("undo")
				})
			})
		}
		if r := verify(t, db, vault); !r.Sound() {
			t.Errorf("the tests left traces: %+v", r)
		}
	})
}

// afterRead does something once, right after the first read of the events.
type afterRead struct{ do func() }

func (*afterRead) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (a *afterRead) AfterQuery(_ context.Context, q *bun.QueryEvent) {
	if do := a.do; do != nil && strings.Contains(q.Query, `FROM "events"`) {
		a.do = nil
		do()
	}
}

// TestTheFirstEventMayComeWhileAnEmptyLogIsRead: an end that is found a moment later does not mean that entries are missing.
func TestTheFirstEventMayComeWhileAnEmptyLogIsRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		watched := db
		watched.Read = db.Read.(*bun.DB).WithQueryHook(&afterRead{do: func() {
			record(t, db, 1)
			if _, err := sealer(db, vault).Seal(dbtest.Context(t)); err != nil {
				t.Error(err)
			}
		}})
		sealed(t, watched, vault, 1, 0)
	})
}

// TestAnEntryIsFoundWhereverItIsPutIn, also before every number there is, and at the number of another one on the border of two pages.
func TestAnEntryIsFoundWhereverItIsPutIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		ctx := dbtest.Context(t)
		record(t, db, 1001)
		if _, err := sealer(db, vault).Seal(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Write.ExecContext(ctx, "DROP INDEX events_seq"); err != nil { // whoever can write to the database can do that
			t.Fatal(err)
		}
		for _, seq := range []int64{math.MinInt64, -1 << 62, -1, 0, 1, 1000, 1001, math.MaxInt64} {
			for _, id := range []string{"0", "zzzzzzzzzzzzzzzzzzzzz"} {
				if _, err := db.Write.ExecContext(ctx, "INSERT INTO events (id, at, detail_hash, seq, link) VALUES (?, '2030-01-01 00:00:00+00:00', ?, ?, 'x')", id, "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", seq); err != nil {
					t.Fatal(err)
				}
				if r := verify(t, db, vault); r.Sound() {
					t.Errorf("%s at %d is not found", id, seq)
				}
				if _, err := db.Write.ExecContext(ctx, "DELETE FROM events WHERE id = ?", id); err != nil {
					t.Fatal(err)
				}
			}
		}
		sealed(t, db, vault, 1001, 0)
	})
}

// TestAnEntryThatReadsAlikeAndIsFoundNowhereIsAltered: SQLite keeps what it is told, bytes for a text and a time of any zone, and
// compares them otherwise.
func TestAnEntryThatReadsAlikeAndIsFoundNowhereIsAltered(t *testing.T) {
	db, vault := sqlite(t)
	ctx := dbtest.Context(t)
	record(t, db, 3)
	if _, err := sealer(db, vault).Seal(ctx); err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{"tenant_id = CAST(tenant_id AS BLOB)", "id = CAST(id AS BLOB)", "type = CAST(type AS BLOB)", "at = datetime(at, '-9 hours') || substr(at, 20, instr(at, '+') - 20) || '-09:00'"} {
		if err := models.InTx(ctx, db, func(ctx context.Context, tx models.DB) error {
			if _, err := tx.Write.ExecContext(ctx, "UPDATE events SET "+set+" WHERE seq = 2"); err != nil {
				t.Fatal(err)
			}
			r, err := models.Verify(ctx, tx, vault)
			if err != nil || len(r.Problems) != 1 || r.Problems[0].Kind != models.AuditAltered || r.Problems[0].Seq != 2 {
				t.Errorf("%s: %+v, %v", set, r, err)
			}
			return errRefused
		}); err != errRefused {
			t.Fatal(err)
		}
	}
	sealed(t, db, vault, 3, 0)
}

func TestSeveralSealersMakeOneChain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		var wg sync.WaitGroup
		ctx := dbtest.Context(t)
		for range 3 {
			wg.Go(func() {
				for range 5 {
					record(t, db, 3)
					if _, err := sealer(db, vault).Seal(ctx); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if _, err := sealer(db, vault).Seal(ctx); err != nil {
			t.Error(err)
		}
		if r := verify(t, db, vault); !r.Sound() || r.Sealed != 45 || r.Unsealed != 0 {
			t.Errorf("%+v", r)
		}
	})
}

func TestTheSealerSealsWhatIsLeftWhenItStops(t *testing.T) {
	db, vault := dbtest.Open(t)
	ctx, stop := context.WithCancel(dbtest.Context(t))
	done := make(chan struct{})
	go func() { sealer(db, vault).Run(ctx); close(done) }()
	record(t, db, 1)
	stop()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the sealer does not stop")
	}
	if r := verify(t, db, vault); r.Unsealed != 0 || r.Sealed != 1 {
		t.Errorf("%+v", r)
	}
}
