package models_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

var errRefused = errors.New("refused")

// counter stands for what many change at once: a row whose n is how many of them were acknowledged.
const countUp = "INSERT INTO row_counts (tenant_id, name, n) VALUES ('t', ?, 1) ON CONFLICT (tenant_id, name) DO UPDATE SET n = row_counts.n + 1"

func counted(t *testing.T, ctx context.Context, db models.DB, name string) (n int64) {
	t.Helper()
	if err := db.Read.NewRaw("SELECT COALESCE(SUM(n), 0) FROM row_counts WHERE tenant_id = 't' AND name = ?", name).Scan(ctx, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// crowd lets changes arrive while another one is at work, in their order, and gives their errors once all are done. What a change
// panics with is its error.
func crowd(ctx context.Context, db models.DB, changes ...func(ctx context.Context, tx models.DB) error) []error {
	errs, done := make([]error, len(changes)), sync.WaitGroup{}
	arrived := make(chan struct{})
	done.Go(func() {
		_ = models.InTx(ctx, db, func(context.Context, models.DB) error {
			<-arrived
			time.Sleep(5 * time.Millisecond)
			return nil
		})
	})
	time.Sleep(20 * time.Millisecond)
	for i, change := range changes {
		done.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs[i] = fmt.Errorf("panic: %v", p)
				}
			}()
			errs[i] = models.InTx(ctx, db, change)
		})
		time.Sleep(5 * time.Millisecond)
	}
	close(arrived)
	done.Wait()
	return errs
}

func up(name string) func(ctx context.Context, tx models.DB) error {
	return func(ctx context.Context, tx models.DB) error { return models.Exec(ctx, tx, countUp, name) }
}

// TestChangesThatArriveTogetherShareACommit, each seeing what those before it wrote, and none is acknowledged before it is durable.
func TestChangesThatArriveTogetherShareACommit(t *testing.T) {
	db, _ := sqlite(t)
	ctx := dbtest.Context(t)
	shared := false
	errs := crowd(ctx, db, func(ctx context.Context, tx models.DB) error { return up("a")(ctx, tx) }, func(ctx context.Context, tx models.DB) error {
		inside, outside := counted(t, ctx, tx, "a"), counted(t, ctx, db, "a")
		shared = inside == 1 && outside == 0
		return up("a")(ctx, tx)
	})
	if err := errors.Join(errs...); err != nil || !shared || counted(t, ctx, db, "a") != 2 {
		t.Errorf("%v, shared %v, %d changes", err, shared, counted(t, ctx, db, "a"))
	}
}

// TestAChangeWaitsForTheCommitOfItsTransaction.
func TestAChangeWaitsForTheCommitOfItsTransaction(t *testing.T) {
	db, _ := sqlite(t)
	ctx := dbtest.Context(t)
	var answered atomic.Bool
	early := false
	var wait sync.WaitGroup
	hold := make(chan struct{})
	wait.Go(func() {
		_ = models.InTx(ctx, db, func(context.Context, models.DB) error { <-hold; return nil })
	})
	time.Sleep(20 * time.Millisecond)
	wait.Go(func() {
		_ = models.InTx(ctx, db, up("a"))
		answered.Store(true)
	})
	time.Sleep(10 * time.Millisecond)
	wait.Go(func() {
		_ = models.InTx(ctx, db, func(ctx context.Context, tx models.DB) error {
			time.Sleep(20 * time.Millisecond)
			early = answered.Load() && counted(t, ctx, db, "a") == 0
			return nil
		})
	})
	time.Sleep(10 * time.Millisecond)
	close(hold)
	wait.Wait()
	if early || !answered.Load() || counted(t, ctx, db, "a") != 1 {
		t.Error("a change was acknowledged before it was durable")
	}
}

// TestAFailingChangeTakesNothingOfItsNeighbours: what it wrote is gone, what they wrote is there, once.
func TestAFailingChangeTakesNothingOfItsNeighbours(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		ctx := dbtest.Context(t)
		for name, failing := range map[string]func(ctx context.Context, tx models.DB) error{
			"after writing": func(ctx context.Context, tx models.DB) error {
				return errors.Join(up("bad")(ctx, tx), errRefused)
			},
			"without writing": func(context.Context, models.DB) error { return errRefused },
			"in a step whose error is passed over": func(ctx context.Context, tx models.DB) error {
				_ = models.InTx(ctx, tx, func(ctx context.Context, tx models.DB) error { return errors.Join(up("bad")(ctx, tx), errRefused) })
				return nil
			},
			"on a constraint": func(ctx context.Context, tx models.DB) error {
				if err := up("bad")(ctx, tx); err != nil {
					return err
				}
				if err := models.Exec(ctx, tx, "INSERT INTO row_counts (tenant_id, name, n) VALUES ('t', 'bad', 1)"); err == nil {
					return errors.New("the row was there already")
				}
				return errRefused
			},
			"in a panic": func(ctx context.Context, tx models.DB) error {
				_ = up("bad")(ctx, tx)
				panic("as a bug would")
			},
			"because its caller is gone": func(ctx context.Context, tx models.DB) error {
				gone, cancel := context.WithCancel(ctx)
				_ = up("bad")(gone, tx)
				cancel()
				return errors.Join(up("bad")(gone, tx), errRefused)
			},
		} {
			t.Run(name, func(t *testing.T) {
				errs := crowd(ctx, db, up(name), failing, up(name), failing, up(name))
				for i, err := range errs {
					if (i%2 == 1) != (err != nil) {
						t.Errorf("change %d: %v", i, err)
					}
				}
				if good, bad := counted(t, ctx, db, name), counted(t, ctx, db, "bad"); good != 3 || bad != 0 {
					t.Errorf("%d changes of 3 are there, and %d of those that failed", good, bad)
				}
			})
		}
	})
}

// TestAChangeThatOnlyReadsFailsAlone: its neighbours need not run again.
func TestAChangeThatOnlyReadsFailsAlone(t *testing.T) {
	db, _ := sqlite(t)
	ctx := dbtest.Context(t)
	runs := 0
	errs := crowd(ctx, db, func(ctx context.Context, tx models.DB) error { runs++; return up("a")(ctx, tx) }, func(ctx context.Context, tx models.DB) error {
		return errors.Join(models.Missing("application"), tx.Read.NewSelect().Model((*models.RowCount)(nil)).Column("n").Where("name = 'none'").Scan(ctx, new(int64)))
	})
	if errs[0] != nil || errs[1] == nil || runs != 1 {
		t.Errorf("%v after %d runs of the first", errs, runs)
	}
}

// TestAnErrorOfTheDatabaseTakesBackTheTransaction: SQLite may have ended it, and its neighbours' next writes would stand alone.
func TestAnErrorOfTheDatabaseTakesBackTheTransaction(t *testing.T) {
	db, _ := sqlite(t)
	ctx := dbtest.Context(t)
	runs := 0
	errs := crowd(ctx, db, func(ctx context.Context, tx models.DB) error { runs++; return up("a")(ctx, tx) }, func(ctx context.Context, tx models.DB) error {
		return tx.Read.NewSelect().Model((*models.RowCount)(nil)).Column("nowhere").Scan(ctx, new(int64))
	}, up("a"))
	if errs[0] != nil || errs[1] == nil || errs[2] != nil || runs != 2 || counted(t, ctx, db, "a") != 2 {
		t.Errorf("%v after %d runs of the first, %d changes", errs, runs, counted(t, ctx, db, "a"))
	}
}

// TestAChangeThatGivesUpWhileItWaitsIsPassedOver.
func TestAChangeThatGivesUpWhileItWaitsIsPassedOver(t *testing.T) {
	db, _ := sqlite(t)
	ctx := dbtest.Context(t)
	gone, cancel := context.WithCancel(ctx)
	hold, left := make(chan struct{}), make(chan error, 1)
	var wait sync.WaitGroup
	wait.Go(func() { _ = models.InTx(ctx, db, func(context.Context, models.DB) error { <-hold; return nil }) })
	time.Sleep(20 * time.Millisecond)
	wait.Go(func() { left <- models.InTx(gone, db, up("gone")) })
	time.Sleep(10 * time.Millisecond)
	wait.Go(func() { _ = models.InTx(ctx, db, up("a")) })
	time.Sleep(10 * time.Millisecond)
	cancel()
	select {
	case err := <-left:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("it heard %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("it still waits")
	}
	close(hold)
	wait.Wait()
	if counted(t, ctx, db, "gone") != 0 || counted(t, ctx, db, "a") != 1 {
		t.Error("the wrong change was made")
	}
}

// TestManyChangesOfEveryKindAddUp to those that were acknowledged. Whoever goes away from PostgreSQL during the commit does not know.
func TestManyChangesOfEveryKindAddUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		ctx := dbtest.Context(t)
		var done, unknown atomic.Int64
		var wait sync.WaitGroup
		for range 24 {
			wait.Go(func() {
				for range 20 {
					kind := rand.IntN(8)
					switch err := change(ctx, db, kind); {
					case err == nil:
						done.Add(1)
					case db.Postgres && kind == 0:
						unknown.Add(1)
					}
				}
			})
		}
		wait.Wait()
		if got := counted(t, ctx, db, "all"); got < done.Load() || got > done.Load()+unknown.Load() || got == 0 {
			t.Errorf("%d changes are there and %d were acknowledged", got, done.Load())
		}
	})
}

// change makes one change, of which some kinds fail.
func change(ctx context.Context, db models.DB, kind int) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	mine, cancel := context.WithCancel(ctx)
	defer cancel()
	if kind == 0 {
		time.AfterFunc(time.Duration(rand.IntN(3_000))*time.Microsecond, cancel)
	}
	return models.InTx(mine, db, func(ctx context.Context, tx models.DB) error {
		if kind == 1 {
			return errRefused
		}
		if err := up("all")(ctx, tx); err != nil {
			return err
		}
		switch kind {
		case 2:
			return errRefused
		case 3:
			panic("as a bug would")
		}
		return nil
	})
}

// sqlite opens an embedded database, whatever other one is at hand.
func sqlite(t *testing.T) (models.DB, *models.Vault) {
	t.Helper()
	t.Setenv(dbtest.EnvPostgres, "")
	return dbtest.Open(t)
}
