package models

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

const (
	sealEvery = 500 * time.Millisecond // at most a second passes until an event is sealed
	sealBatch = 500
	sealLock  = 7267453120012 // PostgreSQL: the one sealer of all nodes
)

// Sealer chains the audit log of a database.
type Sealer struct {
	DB    DB
	Vault *Vault
	Now   func() time.Time
	Log   *slog.Logger
}

// AtOnce lets changes seal the events that they record, where there is one writer; elsewhere it does nothing.
func (s Sealer) AtOnce() {
	if s.DB.turns != nil {
		s.DB.turns.sealer.Store(&s)
	}
}

// Run seals until ctx ends, and then what is left.
func (s Sealer) Run(ctx context.Context) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		if _, err := s.Seal(last); err != nil {
			s.Log.Warn("the audit log could not be sealed; it is tried again", "error", err)
		}
		cancel()
		if ctx.Err() != nil {
			return
		}
	}
}

// Seal chains every event that is not yet, in the order of (at, id), and tells how many it took. Where another node is at it,
// it takes none.
func (s Sealer) Seal(ctx context.Context) (int, error) {
	total := 0
	for {
		waiting, err := s.DB.Read.NewSelect().Model((*Event)(nil)).Where("seq IS NULL").Exists(ctx)
		if err != nil {
			return total, fmt.Errorf("look for unsealed events: %w", err)
		}
		if !waiting {
			return total, s.hourly(ctx)
		}
		n, err := s.batch(ctx)
		total += n
		if err != nil {
			return total, err
		}
		if n < sealBatch {
			return total, s.hourly(ctx)
		}
	}
}

// batch chains some events.
func (s Sealer) batch(ctx context.Context) (n int, err error) {
	err = s.moving(ctx, func(ctx context.Context, tx DB, c *chain) error {
		events, err := unsealed(ctx, tx)
		if err != nil {
			return fmt.Errorf("read unsealed events: %w", err)
		}
		for i := range events {
			e := &events[i]
			if err := c.add(ctx, tx, e, func() error { return writeLink(ctx, tx, e) }); err != nil {
				return err
			}
		}
		n = len(events)
		return nil
	})
	return n, err
}

// moving runs fn with the end of the chain, unless another node has it.
func (s Sealer) moving(ctx context.Context, fn func(ctx context.Context, tx DB, c *chain) error) error {
	var own *chain
	err := InTx(ctx, s.DB, func(ctx context.Context, tx DB) error {
		own = nil
		if mine, err := lockSealer(ctx, tx); err != nil || !mine {
			return err
		}
		if c := tx.chain(); c != nil { // other changes of this transaction move it too, and it is closed after the last
			return fn(ctx, tx, c)
		}
		own = &chain{Sealer: s}
		if err := fn(ctx, tx, own); err != nil {
			return err
		}
		return own.close(ctx)
	})
	if err == nil {
		own.tell()
	}
	return err
}

// unsealed reads what link takes of the next events; their details may be large, and count by their hashes.
func unsealed(ctx context.Context, tx DB) ([]Event, error) {
	rows, err := tx.Query(ctx, "SELECT id, tenant_id, at, type, outcome, reason, actor_kind, actor_id, actor_name, object_kind, object_id, object_name, "+
		"application_id, face, ip, agent, request_id, detail_hash FROM events WHERE seq IS NULL ORDER BY at, id"+Limit(sealBatch))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Event
	for rows.Next() {
		var e Event
		if err := rows.Scan(&e.ID, &e.TenantID, &e.At, &e.Type, &e.Outcome, &e.Reason, &e.ActorKind, &e.ActorID, &e.ActorName, &e.ObjectKind, &e.ObjectID, &e.ObjectName,
			&e.ApplicationID, &e.Face, &e.IP, &e.Agent, &e.RequestID, &e.DetailHash); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// lockSealer keeps other nodes out until the transaction ends; on SQLite the transaction holds the write lock already.
func lockSealer(ctx context.Context, tx DB) (mine bool, err error) {
	if !tx.Postgres {
		return true, nil
	}
	if err := tx.Write.NewRaw("SELECT pg_try_advisory_xact_lock(?)", sealLock).Scan(ctx, &mine); err != nil {
		return false, fmt.Errorf("lock the sealer: %w", err)
	}
	return mine, nil
}

func writeLink(ctx context.Context, tx DB, e *Event) error {
	if err := Exec(ctx, tx, "UPDATE events SET seq = ?, link = ? WHERE id = ?", *e.Seq, e.Link, e.ID); err != nil {
		return fmt.Errorf("seal event %s: %w", e.ID, err)
	}
	return nil
}

// hourly makes a checkpoint of what came since the last one, when that is an hour old.
func (s Sealer) hourly(ctx context.Context) error {
	if due, err := s.due(ctx, s.DB); err != nil || !due {
		return err
	}
	return s.moving(ctx, func(ctx context.Context, tx DB, c *chain) error {
		if due, err := s.due(ctx, tx); err != nil || !due {
			return err
		}
		if err := c.open(ctx, tx); err != nil {
			return err
		}
		return c.mark(ctx, tx)
	})
}

// due tells whether there are entries behind the last checkpoint, and that one is an hour old.
func (s Sealer) due(ctx context.Context, db DB) (bool, error) {
	end, err := readHead(ctx, db)
	if err != nil || end.Seq == 0 {
		return false, err
	}
	var last []Checkpoint
	if err := db.Read.NewSelect().Model(&last).Order("seq DESC").Limit(1).Scan(ctx); err != nil {
		return false, fmt.Errorf("read checkpoints: %w", err)
	}
	return len(last) == 0 || last[0].Seq < end.Seq && s.Now().Sub(last[0].CreatedAt) >= checkpointPause, nil
}
