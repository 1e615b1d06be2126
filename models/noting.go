package models

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"
)

// noting is a transaction that notes whether anything but a plain read was begun in it. Whatever is not known to read counts as a
// write: what fails after one takes back more than it may have to, and never less.
type noting struct {
	bun.Tx
	state *txState
}

func (n noting) wrote() bun.Tx {
	n.state.wrote = true
	return n.Tx
}

func (n noting) NewInsert() *bun.InsertQuery               { return n.wrote().NewInsert() }
func (n noting) NewUpdate() *bun.UpdateQuery               { return n.wrote().NewUpdate() }
func (n noting) NewDelete() *bun.DeleteQuery               { return n.wrote().NewDelete() }
func (n noting) NewMerge() *bun.MergeQuery                 { return n.wrote().NewMerge() }
func (n noting) NewCreateTable() *bun.CreateTableQuery     { return n.wrote().NewCreateTable() }
func (n noting) NewDropTable() *bun.DropTableQuery         { return n.wrote().NewDropTable() }
func (n noting) NewCreateIndex() *bun.CreateIndexQuery     { return n.wrote().NewCreateIndex() }
func (n noting) NewDropIndex() *bun.DropIndexQuery         { return n.wrote().NewDropIndex() }
func (n noting) NewTruncateTable() *bun.TruncateTableQuery { return n.wrote().NewTruncateTable() }
func (n noting) NewAddColumn() *bun.AddColumnQuery         { return n.wrote().NewAddColumn() }
func (n noting) NewDropColumn() *bun.DropColumnQuery       { return n.wrote().NewDropColumn() }

func (n noting) NewRaw(query string, args ...any) *bun.RawQuery {
	return n.wrote().NewRaw(query, args...)
}

func (n noting) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return n.wrote().ExecContext(ctx, query, args...)
}

func (n noting) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return n.wrote().QueryContext(ctx, query, args...)
}

func (n noting) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return n.wrote().QueryRowContext(ctx, query, args...)
}

func (n noting) BeginTx(ctx context.Context, opts *sql.TxOptions) (bun.Tx, error) {
	return n.wrote().BeginTx(ctx, opts)
}

func (n noting) RunInTx(ctx context.Context, opts *sql.TxOptions, fn func(ctx context.Context, tx bun.Tx) error) error {
	return n.wrote().RunInTx(ctx, opts, fn)
}
