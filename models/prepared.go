package models

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/uptrace/bun"
)

// prepared holds the statements of hot reads. Their texts come from code alone, so there are few.
type prepared struct {
	mu   sync.RWMutex
	byID map[string]*sql.Stmt
}

// mostPrepared is where new texts are no longer kept but run as they are: the filters and orders of a list can be combined in
// more ways than are worth remembering.
const mostPrepared = 200

// Query runs a hot read whose text has "?" for each argument, through a statement that is parsed once per connection; parsing
// is a third of what a small read costs. Inside a transaction that statement is one of the writing connection.
func (db DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if db.tx != nil {
		in := db.tx.conn.Tx
		ctx, err := db.whole(ctx)
		if err != nil {
			return nil, err
		}
		if stmt := db.writes.get(query); stmt != nil {
			return in.StmtContext(ctx, stmt).QueryContext(ctx, args...)
		}
		return in.QueryContext(ctx, spelled(query, db.Postgres), args...)
	}
	pool, ok := db.Read.(*bun.DB)
	if !ok || db.statements == nil {
		return db.Read.QueryContext(ctx, query, args...)
	}
	stmt, err := db.statements.get(ctx, pool.DB, query, db.Postgres)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return db.Read.QueryContext(ctx, query, args...)
	}
	return stmt.QueryContext(ctx, args...)
}

// get gives the statement of a text, nil when too many are held already.
func (p *prepared) get(ctx context.Context, pool *sql.DB, query string, postgres bool) (*sql.Stmt, error) {
	p.mu.RLock()
	stmt, ok := p.byID[query]
	full := len(p.byID) >= mostPrepared
	p.mu.RUnlock()
	if ok || full {
		return stmt, nil
	}
	text := query
	if postgres {
		text = numbered(query)
	}
	stmt, err := pool.PrepareContext(context.WithoutCancel(ctx), text)
	if err != nil {
		return nil, fmt.Errorf("prepare a read: %w", err)
	}
	first := p.keep(query, stmt)
	if first != stmt {
		_ = stmt.Close() // waits for the connection, so not while the lock is held
	}
	return first, nil
}

// keep notes a statement, and gives the one of the same text that came before it, if any.
func (p *prepared) keep(query string, stmt *sql.Stmt) *sql.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	if first, ok := p.byID[query]; ok {
		return first
	}
	p.byID[query] = stmt
	return stmt
}

// numbered turns "?" into $1, $2, as PostgreSQL spells them. Texts of hot reads hold no literal question marks.
func numbered(query string) string {
	var b strings.Builder
	n := 0
	for _, r := range query {
		if r == '?' {
			n++
			b.WriteString("$" + strconv.Itoa(n))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Limit spells out how many rows a hot read wants. SQLite plans with the value of a limit, so that a statement with a
// placeholder there is parsed anew each time that it is bound.
func Limit(rows int64) string { return " LIMIT " + strconv.FormatInt(rows, 10) }
