// Package migrations is the history of the schema: one step a file, forward only. It knows nothing of the rest of the
// program, so that a step means the same for ever.
package migrations

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

// Step is one change of the schema. SQL is written once for both databases with the words in dialect below.
type Step struct {
	ID  string // 20261121193000_what: the time it was written, then what it does
	SQL string // statements, separated by a line that holds only ";"
}

var steps []Step

func add(id, sql string) { steps = append(steps, Step{id, sql}) }

// dialect gives each database its spelling of what differs. A line that begins with the name of one is a comment to the other.
func dialect(postgres bool) *strings.Replacer {
	if postgres {
		return strings.NewReplacer("{time}", "TIMESTAMPTZ", "{blob}", "BYTEA", "{int}", "BIGINT", "{nocase}", "", "{postgres}", "", "{sqlite}", "--")
	}
	return strings.NewReplacer("{time}", "TIMESTAMP", "{blob}", "BLOB", "{int}", "INTEGER", "{nocase}", "COLLATE NOCASE", "{postgres}", "--", "{sqlite}", "")
}

// Steps lists the steps, oldest first.
func Steps() []Step {
	sorted := append([]Step(nil), steps...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].ID < sorted[j].ID })
	return sorted
}

// Up brings the schema up to date and tells which steps it took. Each step and its mark commit in one transaction, under a
// lock that dies with the process; a new database takes all of them in one, for it has nothing that could make a step long.
// A database that knows steps this program does not is refused, untouched.
func Up(ctx context.Context, db bun.IDB, postgres bool) (taken []string, err error) {
	fresh, err := prepare(ctx, db, postgres)
	if err != nil {
		return nil, err
	}
	all := Steps()
	if fresh {
		return run(ctx, db, postgres, all...)
	}
	for _, step := range all {
		took, err := run(ctx, db, postgres, step)
		if err != nil {
			return taken, err
		}
		taken = append(taken, took...)
	}
	return taken, nil
}

// Pending tells how many steps the database still needs. A database without the mark table needs all.
func Pending(ctx context.Context, db bun.IDB) (int, error) {
	done, err := marks(ctx, db)
	if err != nil {
		return 0, err
	}
	return len(steps) - len(done), nil
}

// prepare makes the table of marks and tells whether it is empty.
func prepare(ctx context.Context, db bun.IDB, postgres bool) (fresh bool, err error) {
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := lock(ctx, tx, postgres); err != nil {
			return err
		}
		sql := dialect(postgres).Replace("CREATE TABLE IF NOT EXISTS schema_steps (id TEXT PRIMARY KEY, taken_at {time} NOT NULL)")
		if _, err := tx.ExecContext(ctx, sql); err != nil {
			return fmt.Errorf("prepare migrations: %w", err)
		}
		done, err := marks(ctx, tx)
		if err != nil {
			return err
		}
		known := map[string]bool{}
		for _, s := range steps {
			known[s.ID] = true
		}
		for id := range done {
			if !known[id] {
				return fmt.Errorf("this database was made by a newer Gatehouse (step %s): start that version, or restore a backup made before it", id)
			}
		}
		fresh = len(done) == 0
		return nil
	})
	return fresh, err
}

// run takes those of the steps that nobody took yet, in one transaction.
func run(ctx context.Context, db bun.IDB, postgres bool, steps ...Step) (taken []string, err error) {
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := lock(ctx, tx, postgres); err != nil {
			return err
		}
		done, err := marks(ctx, tx)
		if err != nil {
			return err
		}
		for _, step := range steps {
			if done[step.ID] {
				continue
			}
			if err := take(ctx, tx, postgres, step); err != nil {
				return fmt.Errorf("step %s: %w", step.ID, err)
			}
			taken = append(taken, step.ID)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return taken, nil
}

func take(ctx context.Context, tx bun.Tx, postgres bool, step Step) error {
	for _, statement := range strings.Split(dialect(postgres).Replace(step.SQL), "\n;\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO schema_steps (id, taken_at) VALUES (?, ?)", step.ID, time.Now().UTC())
	return err
}

// lock keeps a second process out: PostgreSQL by an advisory lock of the transaction, SQLite by the write lock that the
// immediate transaction holds already.
func lock(ctx context.Context, tx bun.Tx, postgres bool) error {
	if !postgres {
		return nil
	}
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(7267453120011)")
	return err
}

func marks(ctx context.Context, db bun.IDB) (map[string]bool, error) {
	rows, err := db.QueryContext(ctx, "SELECT id FROM schema_steps")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	defer rows.Close()
	done := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read migrations: %w", err)
		}
		done[id] = true
	}
	return done, rows.Err()
}
