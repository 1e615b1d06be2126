package models

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"
)

// The embedded database has one writer, and what a small change costs there is its commit: pages written to the log, and the
// wait until the disk has them. So changes that arrive while another one is at work share its commit: they run one after the
// other in one transaction, and none is answered before that transaction is durable.
//
// What each sees and hears is what it would have alone. A change that fails after it has written, or because of the database, takes
// back what the others wrote too; all of them, itself included, then run again, each in a transaction of its own.

const (
	mostShared = 32                    // changes of one transaction
	longShared = 10 * time.Millisecond // after which no further one joins
	waitShared = 30 * time.Microsecond // for the next one, when fewer have come than the last time
)

// errAgain is what a change hears whose transaction was taken back because of another one.
var errAgain = errors.New("another change of the same transaction failed")

// errEnded is what a change hears that went on although the database had ended its transaction.
var errEnded = errors.New("the database ended the transaction after a statement that failed")

// turns is the order in which changes write.
type turns struct {
	mu     sync.Mutex
	busy   bool // somebody has the turn
	queue  []*turn
	last   int                    // changes of the transaction before; whoever has the turn owns it
	sealer atomic.Pointer[Sealer] // with it, changes seal the events that they record
	ended  atomic.Bool            // the open transaction was taken back; the database may do that by itself
}

// turn is a change that waits. What it is handed is the transaction to join, or nil to begin one.
type turn struct {
	alone  bool
	handed chan *sharedTx
}

// sharedTx is a transaction with the changes that have run in it. Whoever has the turn owns it.
type sharedTx struct {
	bun.Tx
	chain   *chain // nil when events are sealed later
	cancel  context.CancelFunc
	begun   time.Time
	members int
	done    chan struct{} // closed when it has ended
	err     error         // nil when what was written is durable
}

// run is one attempt at a change. Alone, it shares its transaction with nobody.
func (t *turns) run(ctx context.Context, pool *bun.DB, alone bool, fn func(tx bun.Tx, audit *chain) (wrote bool, err error)) error {
	shared, err := t.take(ctx, pool, alone)
	if err != nil {
		return err
	}
	returned := false
	defer func() {
		if !returned { // fn panicked
			t.takeBack(shared)
		}
	}()
	wrote, err := fn(shared.Tx, shared.chain)
	returned = true
	ended := t.ended.Load()
	if ended && err == nil {
		err = errEnded
	}
	switch {
	case err != nil && shared.members == 0:
		t.takeBack(shared)
		return err
	case err != nil && (ended || wrote || !refused(err)):
		t.takeBack(shared)
		return errAgain
	}
	shared.members++
	t.finish(shared, alone)
	<-shared.done
	switch {
	case err == nil:
		return shared.err
	case shared.err != nil:
		return errAgain // it failed on what is not there now
	}
	return err
}

// refused tells whether a change failed for a reason of its own. Of other errors, such as those of a disk, nobody knows what they left
// of the transaction: SQLite ends it after some, and what the next change writes would stand alone.
func refused(err error) bool {
	_, ok := AsFault(err)
	return ok
}

// take waits for the turn and gives the transaction to write in.
func (t *turns) take(ctx context.Context, pool *bun.DB, alone bool) (*sharedTx, error) {
	shared, err := t.wait(ctx, alone)
	if shared != nil || err != nil {
		return shared, err
	}
	// The transaction outlives the change that begins it, which may still give up while it waits for other processes.
	whole, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	tx, err := pool.BeginTx(whole, nil)
	if !stop() && err == nil {
		_ = tx.Rollback()
		err = ctx.Err()
	}
	if err != nil {
		cancel()
		t.pass()
		return nil, err
	}
	t.ended.Store(false)
	shared = &sharedTx{Tx: tx, cancel: cancel, begun: time.Now(), done: make(chan struct{})}
	if sealer := t.sealer.Load(); sealer != nil {
		shared.chain = &chain{Sealer: *sealer}
	}
	return shared, nil
}

// wait queues until it is this change's turn.
func (t *turns) wait(ctx context.Context, alone bool) (*sharedTx, error) {
	t.mu.Lock()
	if !t.busy {
		t.busy = true
		t.mu.Unlock()
		return nil, nil
	}
	me := &turn{alone: alone, handed: make(chan *sharedTx, 1)}
	t.queue = append(t.queue, me)
	t.mu.Unlock()
	select {
	case shared := <-me.handed:
		return shared, nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	i := slices.Index(t.queue, me)
	if i >= 0 {
		t.queue = slices.Delete(t.queue, i, i+1)
	}
	t.mu.Unlock()
	if i < 0 { // the turn came at the same moment, and others count on it
		t.giveOn(<-me.handed)
	}
	return nil, ctx.Err()
}

// giveOn ends a turn that nothing was done with.
func (t *turns) giveOn(shared *sharedTx) {
	if shared == nil {
		t.pass()
		return
	}
	t.finish(shared, false)
}

// finish hands the transaction to the next change that may join it, or commits it.
func (t *turns) finish(shared *sharedTx, alone bool) {
	open := !alone && shared.members < mostShared && time.Since(shared.begun) < longShared
	if open && t.handOver(shared) {
		return
	}
	if open && t.joined(shared) {
		return
	}
	t.last = shared.members
	shared.err = shared.commit()
	t.end(shared)
}

// joined waits for those who are about to queue, and hands the transaction to the first of them. Callers that were answered together
// come back together: when fewer have come than the last time, the rest is worth a moment. A caller who writes alone waits for nobody.
func (t *turns) joined(shared *sharedTx) bool {
	runtime.Gosched()
	if t.handOver(shared) {
		return true
	}
	if shared.members >= t.last {
		return false
	}
	time.Sleep(waitShared)
	return t.handOver(shared)
}

// commit makes what the changes wrote durable, with the place where the audit log ends now.
func (s *sharedTx) commit() error {
	if err := s.chain.close(context.Background()); err != nil {
		return errors.Join(err, s.Rollback())
	}
	if err := s.Commit(); err != nil {
		return err
	}
	s.chain.tell()
	return nil
}

// handOver gives an open transaction to the next change in the queue, unless that one wants to be alone.
func (t *turns) handOver(shared *sharedTx) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 || t.queue[0].alone {
		return false
	}
	t.next() <- shared
	return true
}

// takeBack ends a transaction as if nothing of it had happened.
func (t *turns) takeBack(shared *sharedTx) {
	if err := shared.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		shared.err = errors.Join(errAgain, err)
	} else {
		shared.err = errAgain
	}
	t.end(shared)
}

// end lets the next change begin a transaction, and the members of this one go on.
func (t *turns) end(shared *sharedTx) {
	shared.cancel()
	t.pass()
	close(shared.done)
}

// pass gives the turn on.
func (t *turns) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		t.busy = false
		return
	}
	t.next() <- nil
}

// next takes the first change off the queue.
func (t *turns) next() chan<- *sharedTx {
	first := t.queue[0]
	t.queue = slices.Delete(t.queue, 0, 1)
	return first.handed
}
