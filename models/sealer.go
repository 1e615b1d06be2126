package models

import (
	"context"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/uptrace/bun"
)

// The audit log is chained by one sealer: it numbers new events and gives each a link, a keyed hash over the event and the
// link before it. The key lies outside of the database (sealed by the master key), so whoever can write to the database alone
// can neither change, remove nor reorder what is sealed without Verify finding it. The head says where the chain ends, so that
// cutting off its end shows as well; checkpoints are also written to the program's log, so that putting back an old copy of the
// whole database shows to whoever keeps logs.

const (
	sealEvery       = 500 * time.Millisecond // at most a second passes until an event is sealed
	sealBatch       = 500
	checkpointEvery = 1000 // entries
	checkpointPause = time.Hour
	sealLock        = 7267453120012 // PostgreSQL: the one sealer of all nodes
)

// Checkpoint is a place of the chain that is kept beside it.
type Checkpoint struct {
	bun.BaseModel `bun:"table:audit_checkpoints,alias:cp"`

	Seq       int64     `bun:"seq,pk" json:"sequence"`
	Link      string    `bun:"link" json:"link"`
	MAC       string    `bun:"mac" json:"-"`
	CreatedAt time.Time `bun:"created_at" json:"created_at"`
}

// head is the end of the chain.
type head struct {
	bun.BaseModel `bun:"table:audit_head,alias:h"`

	ID       int64     `bun:"id,pk"`
	Seq      int64     `bun:"seq"`
	Link     string    `bun:"link"`
	MAC      string    `bun:"mac"`
	SealedAt time.Time `bun:"sealed_at"`
}

// Sealer chains the audit log of a database.
type Sealer struct {
	DB    DB
	Vault *Vault
	Now   func() time.Time
	Log   *slog.Logger
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
			return total, nil
		}
		n := 0
		err = InTx(ctx, s.DB, func(ctx context.Context, tx DB) error {
			n, err = s.batch(ctx, tx)
			return err
		})
		total += n
		if err != nil || n < sealBatch {
			return total, err
		}
	}
}

func (s Sealer) batch(ctx context.Context, tx DB) (int, error) {
	if mine, err := lockSealer(ctx, tx); err != nil || !mine {
		return 0, err
	}
	end, err := readHead(ctx, tx)
	if err != nil {
		return 0, err
	}
	events, err := unsealed(ctx, tx)
	if err != nil {
		return 0, fmt.Errorf("read unsealed events: %w", err)
	}
	for i := range events {
		end.Seq++
		end.Link = s.Vault.link(end.Link, end.Seq, &events[i])
		if err := writeLink(ctx, tx, events[i].ID, end.Seq, end.Link); err != nil {
			return 0, err
		}
		if end.Seq%checkpointEvery == 0 {
			if err := s.checkpoint(ctx, tx, end); err != nil {
				return 0, err
			}
		}
	}
	if len(events) == 0 {
		return 0, nil
	}
	if err := s.hourly(ctx, tx, end); err != nil {
		return 0, err
	}
	return len(events), s.writeHead(ctx, tx, end)
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

func readHead(ctx context.Context, db DB) (head, error) {
	var rows []head
	if err := db.Read.NewSelect().Model(&rows).Where("id = 1").Scan(ctx); err != nil {
		return head{}, fmt.Errorf("read the end of the audit chain: %w", err)
	}
	if len(rows) == 0 {
		return head{ID: 1}, nil
	}
	return rows[0], nil
}

func writeLink(ctx context.Context, tx DB, id string, seq int64, link string) error {
	if err := Exec(ctx, tx, "UPDATE events SET seq = ?, link = ? WHERE id = ?", seq, link, id); err != nil {
		return fmt.Errorf("seal event %s: %w", id, err)
	}
	return nil
}

func (s Sealer) writeHead(ctx context.Context, tx DB, end head) error {
	end.MAC, end.SealedAt = s.Vault.mark("head", end.Seq, end.Link), s.Now()
	_, err := tx.Write.NewInsert().Model(&end).On("CONFLICT (id) DO UPDATE").
		Set("seq = EXCLUDED.seq, link = EXCLUDED.link, mac = EXCLUDED.mac, sealed_at = EXCLUDED.sealed_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write the end of the audit chain: %w", err)
	}
	return nil
}

// hourly makes a checkpoint when the last one is an hour old.
func (s Sealer) hourly(ctx context.Context, tx DB, end head) error {
	var last []Checkpoint
	if err := tx.Read.NewSelect().Model(&last).Order("seq DESC").Limit(1).Scan(ctx); err != nil {
		return fmt.Errorf("read checkpoints: %w", err)
	}
	if len(last) > 0 && (last[0].Seq == end.Seq || s.Now().Sub(last[0].CreatedAt) < checkpointPause) {
		return nil
	}
	return s.checkpoint(ctx, tx, end)
}

func (s Sealer) checkpoint(ctx context.Context, tx DB, end head) error {
	c := Checkpoint{Seq: end.Seq, Link: end.Link, MAC: s.Vault.mark("checkpoint", end.Seq, end.Link), CreatedAt: s.Now()}
	if _, err := tx.Write.NewInsert().Model(&c).Exec(ctx); err != nil {
		return fmt.Errorf("write checkpoint %d: %w", c.Seq, err)
	}
	s.Log.Info("audit checkpoint", "sequence", c.Seq, "link", c.Link)
	return nil
}

// link is the keyed hash of an event and everything before it. The detail counts by its hash, so that it can be erased.
func (v *Vault) link(previous string, seq int64, e *Event) string {
	return base64.RawURLEncoding.EncodeToString(v.MAC(KeyAudit, "event", previous, strconv.FormatInt(seq, 10), e.ID, e.TenantID,
		e.At.UTC().Format(time.RFC3339Nano), e.Type, e.Outcome, e.Reason, e.ActorKind, e.ActorID, e.ActorName,
		e.ObjectKind, e.ObjectID, e.ObjectName, e.ApplicationID, e.Face, e.IP, e.Agent, e.RequestID, e.DetailHash))
}

// mark signs a place of the chain.
func (v *Vault) mark(what string, seq int64, link string) string {
	return base64.RawURLEncoding.EncodeToString(v.MAC(KeyAudit, what, strconv.FormatInt(seq, 10), link))
}
