package models

import (
	"context"
	"fmt"
	"log/slog"
	"sort"
	"sync"
	"time"

	"github.com/uptrace/bun"
)

// Kinds of objects whose use is counted.
const (
	UsedCredential  = "credential"
	UsedClient      = "client"
	UsedApplication = "application"
)

const (
	usageFlush = 5 * time.Second // well within the ten seconds that are promised
	usageBatch = 200             // rows of one statement

	// UsageAge is how long what was read of uses may be shown: with usageFlush it stays within the ten seconds too.
	UsageAge = 2 * time.Second
)

// Usages counts what is used in memory and writes it within ten seconds, so that issuing a token writes nothing. The last
// seconds before a crash are lost; they are no part of the guarantee for acknowledged writes.
type Usages struct {
	db  DB
	now func() time.Time
	mu  sync.Mutex
	due map[usageKey]*Usage
}

type usageKey struct{ kind, id string }

// NewUsages makes a counter for a database; now is Now unless a test turns the clock.
func NewUsages(db DB, now func() time.Time) *Usages {
	return &Usages{db: db, now: now, due: map[usageKey]*Usage{}}
}

// Touch counts one use of an object from an address. Only objects that exist are counted, so what is held is bounded by them.
func (u *Usages) Touch(kind, id, ip string) {
	now := u.now()
	u.mu.Lock()
	defer u.mu.Unlock()
	row := u.due[usageKey{kind, id}]
	if row == nil {
		row = &Usage{ObjectKind: kind, ObjectID: id}
		u.due[usageKey{kind, id}] = row
	}
	row.Count++
	row.LastUsedAt, row.LastIP = now, ip
}

// Run writes what was counted until ctx ends, and then once more.
func (u *Usages) Run(ctx context.Context) {
	tick := time.NewTicker(usageFlush)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), usageFlush)
		if err := u.Flush(last); err != nil {
			slog.WarnContext(ctx, "uses could not be written; they are kept and tried again", "error", err)
		}
		cancel()
		if ctx.Err() != nil {
			return
		}
	}
}

// Flush writes what was counted since the last time. What cannot be written is kept.
func (u *Usages) Flush(ctx context.Context) error {
	u.mu.Lock()
	due := u.due
	u.due = map[usageKey]*Usage{}
	u.mu.Unlock()
	if len(due) == 0 {
		return nil
	}
	rows := make([]Usage, 0, len(due))
	for _, row := range due {
		rows = append(rows, *row)
	}
	sort.Slice(rows, func(i, j int) bool { // one order on every node: no deadlock
		return rows[i].ObjectKind+rows[i].ObjectID < rows[j].ObjectKind+rows[j].ObjectID
	})
	err := InTx(ctx, u.db, func(ctx context.Context, tx DB) error { return writeUsages(ctx, tx, rows) })
	if err != nil {
		u.restore(rows)
	}
	return err
}

func writeUsages(ctx context.Context, tx DB, rows []Usage) error {
	tx.DropHere(CacheApplicationUse, EveryEntry)
	for len(rows) > 0 {
		batch := rows[:min(usageBatch, len(rows))]
		_, err := tx.Write.NewInsert().Model(&batch).On("CONFLICT (object_kind, object_id) DO UPDATE").
			Set("last_ip = CASE WHEN EXCLUDED.last_used_at >= u.last_used_at THEN EXCLUDED.last_ip ELSE u.last_ip END").
			Set("last_used_at = CASE WHEN EXCLUDED.last_used_at >= u.last_used_at THEN EXCLUDED.last_used_at ELSE u.last_used_at END").
			Set("count = u.count + EXCLUDED.count").Exec(ctx)
		if err != nil {
			return fmt.Errorf("write uses: %w", err)
		}
		if err := forgetGone(ctx, tx, batch); err != nil {
			return err
		}
		rows = rows[len(batch):]
	}
	return nil
}

// forgetGone removes the uses of what was deleted while they were still counted in memory.
func forgetGone(ctx context.Context, tx DB, rows []Usage) error {
	for kind, table := range map[string]string{UsedApplication: "applications", UsedClient: "clients", UsedCredential: "credentials"} {
		var ids []string
		for _, row := range rows {
			if row.ObjectKind == kind {
				ids = append(ids, row.ObjectID)
			}
		}
		if len(ids) == 0 {
			continue
		}
		_, err := tx.Write.NewDelete().Model((*Usage)(nil)).Where("object_kind = ?", kind).Where("object_id IN (?)", bun.In(ids)).
			Where("object_id NOT IN (SELECT id FROM ? WHERE id IN (?))", bun.Ident(table), bun.In(ids)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("forget uses of what is gone: %w", err)
		}
	}
	return nil
}

func (u *Usages) restore(rows []Usage) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, row := range rows {
		key := usageKey{row.ObjectKind, row.ObjectID}
		if newer := u.due[key]; newer != nil {
			newer.Count += row.Count
			continue
		}
		u.due[key] = &row
	}
}
