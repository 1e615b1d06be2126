package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// hotWrites are the statements of writes that happen often. Parsing such a statement costs more than running it, so each is
// prepared once: not where it is met first, inside a transaction that holds the only writing connection, but before the next one.
//
// Nothing is asked of the database while the lock is held: transactions take it, and a connection may be waiting for them.
type hotWrites struct {
	mu     sync.RWMutex
	byText map[string]*sql.Stmt // nil for a text that somebody is preparing
	wanted []string
}

// ready prepares what transactions before this one asked for. Each text is taken by one caller alone.
func (h *hotWrites) ready(ctx context.Context, db DB) error {
	pool, ok := db.Write.(*bun.DB)
	if !ok {
		return nil
	}
	taken := h.take()
	for i, text := range taken {
		stmt, err := pool.DB.PrepareContext(context.WithoutCancel(ctx), spelled(text, db.Postgres))
		if err != nil {
			h.giveUp(taken[i:])
			return fmt.Errorf("prepare a write: %w", err)
		}
		h.keep(text, stmt)
	}
	return nil
}

// take gives the texts that are wanted, for the caller to prepare.
func (h *hotWrites) take() []string {
	h.mu.RLock()
	none := len(h.wanted) == 0
	h.mu.RUnlock()
	if none {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	taken := h.wanted
	h.wanted = nil
	for _, text := range taken {
		h.byText[text] = nil
	}
	return taken
}

// keep notes what a taken text became.
func (h *hotWrites) keep(text string, stmt *sql.Stmt) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.byText[text] = stmt
}

// giveUp lets texts that could not be prepared be asked for again.
func (h *hotWrites) giveUp(texts []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, text := range texts {
		delete(h.byText, text)
	}
}

// get gives the statement of a text; without one the text is noted for the next transaction.
func (h *hotWrites) get(text string) *sql.Stmt {
	h.mu.RLock()
	stmt, ok := h.byText[text]
	h.mu.RUnlock()
	if ok {
		return stmt
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.byText[text]; !ok && len(h.byText)+len(h.wanted) < mostPrepared && !slices.Contains(h.wanted, text) {
		h.wanted = append(h.wanted, text)
	}
	return nil
}

func spelled(text string, postgres bool) string {
	if postgres {
		return numbered(text)
	}
	return text
}

// Exec runs a write that happens often, with "?" for each argument. Its text comes from code alone.
func Exec(ctx context.Context, tx DB, text string, args ...any) error {
	if tx.tx == nil {
		pool, ok := tx.Write.(*bun.DB)
		if !ok {
			return fmt.Errorf("a write on %T", tx.Write)
		}
		_, err := pool.DB.ExecContext(ctx, spelled(text, tx.Postgres), args...)
		return err
	}
	tx.tx.wrote = true
	ctx, err := tx.whole(ctx)
	if err != nil {
		return err
	}
	if stmt := tx.writes.get(text); stmt != nil {
		_, err = tx.tx.conn.StmtContext(ctx, stmt).ExecContext(ctx, args...)
		return err
	}
	_, err = tx.tx.conn.Tx.ExecContext(ctx, spelled(text, tx.Postgres), args...)
	return err
}

// whole is the context of a small statement inside a transaction. SQLite would end the whole transaction when a write is interrupted,
// and the driver starts a goroutine for each statement to wait for that; it is over sooner. Where SQLite has ended the transaction,
// a statement would be one of its own.
func (db DB) whole(ctx context.Context) (context.Context, error) {
	if db.Postgres {
		return ctx, nil
	}
	if db.tx.turns != nil && db.tx.turns.ended.Load() {
		return ctx, errEnded
	}
	return context.WithoutCancel(ctx), ctx.Err()
}

// Insert stores a new row, a pointer to a model.
func Insert(ctx context.Context, tx DB, row any) error {
	if hook, ok := row.(bun.BeforeAppendModelHook); ok {
		if err := hook.BeforeAppendModel(ctx, (*bun.InsertQuery)(nil)); err != nil {
			return err
		}
	}
	v := reflect.ValueOf(row).Elem()
	in := insertOf(v.Type(), tx.Write)
	args := make([]any, len(in.columns))
	for i, c := range in.columns {
		arg, err := c.argument(v)
		if err != nil {
			return fmt.Errorf("write column %s: %w", c.Name, err)
		}
		args[i] = arg
	}
	return Exec(ctx, tx, in.text, args...)
}

// insertion is the statement that stores a row of one type.
type insertion struct {
	text    string
	columns []column
}

// column is a column of a row. Most structures of most rows are empty, so the JSON of those is known beforehand.
type column struct {
	*schema.Field
	kind        reflect.Kind // of what is written as it is: a text, a number, a truth; else Invalid
	zero, empty any          // of a structure: its JSON when it is the zero value, and when it is there and has no entries; nil for none
}

var insertions sync.Map // of *insertion by reflect.Type

func insertOf(t reflect.Type, db bun.IDB) *insertion {
	if in, ok := insertions.Load(t); ok {
		return in.(*insertion)
	}
	table := db.Dialect().Tables().Get(t)
	in := &insertion{columns: make([]column, len(table.Fields))}
	names := make([]string, len(table.Fields))
	for i, f := range table.Fields {
		names[i] = `"` + f.Name + `"`
		in.columns[i] = columnOf(f)
	}
	in.text = "INSERT INTO " + table.Name + " (" + strings.Join(names, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(names)-1) + ")"
	insertions.Store(t, in)
	return in
}

func columnOf(f *schema.Field) column {
	c, t := column{Field: f}, f.StructField.Type
	none := reflect.Zero(t)
	switch none.Interface().(type) {
	case time.Time, json.RawMessage, []byte, driver.Valuer:
		return c
	}
	switch t.Kind() {
	case reflect.Slice:
		c.zero, c.empty = emptyJSON(none), emptyJSON(reflect.MakeSlice(t, 0, 0))
	case reflect.Map:
		c.zero, c.empty = emptyJSON(none), emptyJSON(reflect.MakeMap(t))
	case reflect.Struct:
		c.zero = emptyJSON(none)
	case reflect.String, reflect.Bool, reflect.Int64:
		c.kind = t.Kind()
	}
	return c
}

func emptyJSON(v reflect.Value) string {
	raw, err := json.Marshal(v.Interface())
	if err != nil {
		panic(fmt.Errorf("an empty %s has no JSON: %w", v.Type(), err))
	}
	return string(raw)
}

// argument is a column's value as the drivers take it: what bun would have written into the text. A structure is its JSON.
func (c column) argument(row reflect.Value) (any, error) {
	v := c.Value(row)
	zero := v.IsZero()
	switch {
	case zero && c.NullZero:
		return nil, nil
	case zero && c.zero != nil:
		return c.zero, nil
	case c.empty != nil && v.Len() == 0:
		return c.empty, nil
	}
	switch c.kind {
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Int64:
		return v.Int(), nil
	}
	return converted(v)
}

func converted(v reflect.Value) (any, error) {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil, nil
		}
		v = v.Elem()
	}
	switch x := v.Interface().(type) {
	case time.Time:
		return x.UTC(), nil
	case json.RawMessage:
		return string(x), nil
	case []byte:
		return x, nil
	case driver.Valuer:
		return x.Value()
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.Struct, reflect.Array:
		b, err := json.Marshal(v.Interface())
		return string(b), err
	case reflect.String:
		return v.String(), nil
	}
	return v.Interface(), nil
}
