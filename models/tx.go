package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
)

// DB is the database as operations see it: two pools, or one transaction. On SQLite Read is a pool of readers and Write one
// writer whose transactions begin immediate; on PostgreSQL both are one pool. Inside InTx both are the transaction.
type DB struct {
	Read, Write bun.IDB
	Postgres    bool
	Caches      *Caches
	statements  *prepared
	writes      *hotWrites
	turns       *turns // of the writers of SQLite
	tx          *txState
}

// txState is what an outermost transaction gathers until it is committed.
type txState struct {
	conn    bun.Tx
	turns   *turns
	chain   *chain // of the audit log, when events are sealed where they are written
	wrote   bool
	dropped []drop
	here    []drop // of which other nodes are told nothing
	failed  error  // of a step inside
}

type drop struct{ cache, key string }

// inTxKey marks the contexts of transactions: what is read inside one is not committed and must not be cached.
type inTxKey struct{}

// attempts is how often a transaction that was outrun begins again. Of several at the same rows one gets through each time.
const attempts = 20

// InTx runs fn in a transaction. A transaction inside another is part of it, without a savepoint: what fails there fails the
// whole, also when the error is passed over on the way out. Caches that fn dropped entries of are told after the commit and
// before InTx returns, so that an answer never precedes the end of what it replaces. A transaction that another one was faster
// than begins again: fn may run several times, and what it leaves in variables around it must not add up.
func InTx(ctx context.Context, db DB, fn func(ctx context.Context, tx DB) error) error {
	if db.tx != nil {
		err := fn(ctx, db)
		if err != nil {
			db.tx.failed = err
		}
		return err
	}
	for try := 1; ; try++ {
		err := once(ctx, db, fn)
		if err == nil || try == attempts || ctx.Err() != nil || !outrun(err) {
			return err
		}
	}
}

// InTxAgain is InTx for a change that reads a version itself and writes with it: being too late there, too, is being outrun.
func InTxAgain(ctx context.Context, db DB, fn func(ctx context.Context, tx DB) error) error {
	return InTx(ctx, db, func(ctx context.Context, tx DB) error {
		err := fn(ctx, tx)
		if f, ok := AsFault(err); ok && f.Code == Stale {
			return Outrun(f)
		}
		return err
	})
}

// outrun tells whether the same transaction may succeed when it begins again.
func outrun(err error) bool {
	if f, ok := AsFault(err); ok {
		return f.outrun
	}
	return collided(err)
}

// once is one attempt of an outermost transaction.
func once(ctx context.Context, db DB, fn func(ctx context.Context, tx DB) error) error {
	if err := db.writes.ready(ctx, db); err != nil {
		return err
	}
	state := &txState{}
	inside := context.WithValue(ctx, inTxKey{}, true)
	attempt := func(tx bun.Tx, audit *chain) (bool, error) {
		*state = txState{conn: tx, turns: db.turns, chain: audit}
		err := state.run(inside, db, fn)
		return state.wrote, err
	}
	err := db.transact(ctx, attempt)
	if err == nil {
		db.Caches.forget(state.dropped)
		db.Caches.forget(state.here)
	}
	return err
}

// transact runs a transaction: on PostgreSQL one of its own, on SQLite one that it may share.
func (db DB) transact(ctx context.Context, attempt func(tx bun.Tx, audit *chain) (wrote bool, err error)) error {
	if db.turns == nil {
		return db.Write.RunInTx(ctx, &sql.TxOptions{}, func(_ context.Context, tx bun.Tx) error {
			_, err := attempt(tx, nil)
			return err
		})
	}
	pool, ok := db.Write.(*bun.DB)
	if !ok {
		return fmt.Errorf("a transaction on %T", db.Write)
	}
	err := db.turns.run(ctx, pool, false, attempt)
	if errors.Is(err, errAgain) {
		return db.turns.run(ctx, pool, true, attempt)
	}
	return err
}

func (s *txState) run(ctx context.Context, db DB, fn func(ctx context.Context, tx DB) error) error {
	conn := noting{s.conn, s}
	in := DB{Read: conn, Write: conn, Postgres: db.Postgres, Caches: db.Caches, writes: db.writes, tx: s}
	if err := fn(ctx, in); err != nil {
		return err
	}
	if s.failed != nil {
		return fmt.Errorf("a step of this transaction failed: %w", s.failed)
	}
	return db.Caches.announce(ctx, in, s.dropped)
}

// Drop takes an entry out of a cache when the transaction commits, here and on every other node.
func (db DB) Drop(cache, key string) {
	if db.tx == nil {
		panic("models.DB.Drop outside of InTx: " + cache)
	}
	db.tx.dropped = append(db.tx.dropped, drop{cache, key})
}

// DropHere is Drop for an entry of a brief cache: other nodes are not told, and show the old one until its age ends.
func (db DB) DropHere(cache, key string) {
	if db.tx == nil {
		panic("models.DB.DropHere outside of InTx: " + cache)
	}
	db.tx.here = append(db.tx.here, drop{cache, key})
}

// Touched turns a write that met no row into a NotFound fault.
func Touched(res sql.Result, err error, kind string) error {
	if err != nil {
		return fmt.Errorf("write %s: %w", kind, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("write %s: %w", kind, err)
	}
	if n == 0 {
		return Missing(kind)
	}
	return nil
}

// Found turns "no rows" into a NotFound fault.
func Found(err error, kind string) error {
	if err == sql.ErrNoRows {
		return Missing(kind)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", kind, err)
	}
	return nil
}
