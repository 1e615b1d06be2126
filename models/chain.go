package models

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"
)

// The audit log is a chain: each event has a number and a link, a keyed hash over the event and the link before it. The key lies
// outside of the database (sealed by the master key), so whoever can write to the database alone can neither change, remove nor
// reorder what is sealed without Verify finding it. The head says where the chain ends, so that cutting off its end shows as well;
// checkpoints are also written to the program's log, so that putting back an old copy of the whole database shows to whoever keeps
// logs.
//
// On SQLite, which has one writer, a running server chains an event where it is written, and writes the head once before the
// transaction is committed. On PostgreSQL changes run beside each other, and a chain would let them wait in line: there, and for
// what a command writes, the sealer comes after them.

const (
	checkpointEvery = 1000 // entries
	checkpointPause = time.Hour
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
	Seq  int64
	Link string
	MAC  string
}

// chain is the end of the audit log as one transaction moves it. Nothing but that transaction writes there meanwhile.
type chain struct {
	Sealer
	tx    DB // none until the chain was opened
	end   head
	moved bool // somebody else moved or removed the end
	marks []Checkpoint
}

// chain is the one that changes of this transaction make longer; nil when their events are sealed later.
func (db DB) chain() *chain {
	if db.tx == nil {
		return nil
	}
	return db.tx.chain
}

// add numbers and links an event and lets write store it. Where that fails the chain ends where it did.
func (c *chain) add(ctx context.Context, tx DB, e *Event, write func() error) error {
	if c == nil {
		return write()
	}
	if err := c.open(ctx, tx); err != nil {
		return err
	}
	seq := c.end.Seq + 1
	e.Seq, e.Link = &seq, c.Vault.link(c.end.Link, seq, e)
	if err := write(); err != nil {
		return err
	}
	c.end = head{Seq: seq, Link: e.Link}
	if seq%checkpointEvery == 0 {
		return c.mark(ctx, tx)
	}
	return nil
}

// open reads where the chain ends, once in a transaction. An end without our mark was moved, perhaps to cut off what came after it: the
// chain goes on behind the last entry, since changes have to, and its end never gets a mark again, so that Verify goes on telling.
func (c *chain) open(ctx context.Context, tx DB) error {
	if c.tx.tx != nil {
		return nil
	}
	end, err := readHead(ctx, tx)
	if err != nil {
		return err
	}
	if end.MAC != c.Vault.mark("head", end.Seq, end.Link) {
		none := end == head{}
		if end, err = lastEntry(ctx, tx); err != nil {
			return err
		}
		c.moved = !none || end.Seq > 0 // else this is the first event
	}
	c.tx, c.end = tx, end
	return nil
}

// lastEntry is where the chain ends by the events themselves.
func lastEntry(ctx context.Context, tx DB) (end head, err error) {
	var last []Event
	if err := tx.Read.NewSelect().Model(&last).Column("seq", "link").Where("seq IS NOT NULL").Order("seq DESC").Limit(1).Scan(ctx); err != nil {
		return end, fmt.Errorf("read the last entry of the audit log: %w", err)
	}
	if len(last) > 0 {
		end.Seq, end.Link = *last[0].Seq, last[0].Link
	}
	return end, nil
}

// mark makes a checkpoint of where the chain ends now. One that somebody else put there stays, and Verify tells of it.
func (c *chain) mark(ctx context.Context, tx DB) error {
	m := Checkpoint{Seq: c.end.Seq, Link: c.end.Link, MAC: c.Vault.mark("checkpoint", c.end.Seq, c.end.Link), CreatedAt: c.Now()}
	if _, err := tx.Write.NewInsert().Model(&m).On("CONFLICT (seq) DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("write checkpoint %d: %w", m.Seq, err)
	}
	c.marks = append(c.marks, m)
	return nil
}

const writeHead = "INSERT INTO audit_head (id, seq, link, mac, sealed_at) VALUES (1, ?, ?, ?, ?) " +
	"ON CONFLICT (id) DO UPDATE SET seq = EXCLUDED.seq, link = EXCLUDED.link, mac = EXCLUDED.mac, sealed_at = EXCLUDED.sealed_at"

// close writes where the chain ends. It comes last in the transaction.
func (c *chain) close(ctx context.Context) error {
	if c == nil || c.tx.tx == nil {
		return nil
	}
	mark := ""
	if !c.moved {
		mark = c.Vault.mark("head", c.end.Seq, c.end.Link)
	}
	if err := Exec(ctx, c.tx, writeHead, c.end.Seq, c.end.Link, mark, c.Now().UTC()); err != nil {
		return fmt.Errorf("write the end of the audit chain: %w", err)
	}
	return nil
}

// tell writes checkpoints to the program's log, once they are durable: a number and a link that were taken back would look like a
// log that was tampered with.
func (c *chain) tell() {
	if c == nil {
		return
	}
	for _, m := range c.marks {
		c.Log.Info("audit checkpoint", "sequence", m.Seq, "link", m.Link)
	}
}

// readHead gives the end of the chain; before the first event, none.
func readHead(ctx context.Context, db DB) (end head, err error) {
	rows, err := db.Query(ctx, "SELECT seq, link, mac FROM audit_head WHERE id = 1")
	if err != nil {
		return end, fmt.Errorf("read the end of the audit chain: %w", err)
	}
	defer rows.Close()
	if rows.Next() {
		err = rows.Scan(&end.Seq, &end.Link, &end.MAC)
	}
	if err = errors.Join(err, rows.Err()); err != nil {
		return end, fmt.Errorf("read the end of the audit chain: %w", err)
	}
	return end, nil
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
