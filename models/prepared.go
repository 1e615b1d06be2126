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

// most is where new texts are no longer kept, should a caller ever make them out of input.
const mostPrepared = 200

// Query runs a hot read whose text has "?" for each argument, through a statement that is parsed once per connection; parsing
// is a third of what a small read costs. Inside a transaction it is an ordinary query.
func (db DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	pool, ok := db.Read.(*bun.DB)
	if !ok || db.statements == nil {
		return db.Read.QueryContext(ctx, query, args...)
	}
	stmt, err := db.statements.get(ctx, pool.DB, query, db.Postgres)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (p *prepared) get(ctx context.Context, pool *sql.DB, query string, postgres bool) (*sql.Stmt, error) {
	p.mu.RLock()
	stmt, ok := p.byID[query]
	p.mu.RUnlock()
	if ok {
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
	p.mu.Lock()
	defer p.mu.Unlock()
	if first, ok := p.byID[query]; ok {
		_ = stmt.Close()
		return first, nil
	}
	if len(p.byID) >= mostPrepared {
		return nil, fmt.Errorf("too many different statements: a text is made out of input")
	}
	p.byID[query] = stmt
	return stmt, nil
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
