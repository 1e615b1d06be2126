package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite" // the SQLite driver, in pure Go so that the binary stays static
	sqlite3 "modernc.org/sqlite/lib"
)

// SQLiteFile is the name of the embedded database in the data folder.
const SQLiteFile = "gatehouse.db"

// Open opens the database: the embedded one in the folder data, or, when dsn is a postgres:// address, that one. Nothing is
// read or written yet but what opening needs; migrations come next.
func Open(ctx context.Context, data, dsn string) (DB, error) {
	if dsn == "" {
		return openSQLite(ctx, filepath.Join(data, SQLiteFile))
	}
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return DB{}, errors.New("--database-url must begin with postgres://; leave it out for the embedded database")
	}
	return openPostgres(ctx, dsn)
}

func openSQLite(ctx context.Context, file string) (DB, error) {
	if err := sound(file); err != nil {
		return DB{}, err
	}
	if err := private(file); err != nil {
		return DB{}, err
	}
	// busy_timeout comes before the journal mode: switching to WAL needs the lock that another starting process may hold.
	// The log is folded in after 16 MiB, not after 4: a page that many writes in a row touch is then copied once.
	common := "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=cache_size(-8000)&_pragma=wal_autocheckpoint(4000)&_time_format=sqlite"
	order := &turns{}
	write, err := pool("file:"+pathURL(file)+"?"+common+"&_txlock=immediate", 1, &order.ended)
	if err != nil {
		return DB{}, err
	}
	if err := write.PingContext(ctx); err != nil {
		_ = write.Close()
		return DB{}, fmt.Errorf("open the database %s: %w", file, err)
	}
	read, err := pool("file:"+pathURL(file)+"?"+common+"&_pragma=query_only(1)&_txlock=deferred", max(4, runtime.NumCPU()), nil)
	if err != nil {
		_ = write.Close()
		return DB{}, err
	}
	return DB{Read: bun.NewDB(read, sqlitedialect.New()), Write: bun.NewDB(write, sqlitedialect.New()), turns: order, Caches: NewCaches(), statements: &prepared{byID: map[string]*sql.Stmt{}}, writes: &hotWrites{byText: map[string]*sql.Stmt{}}}, nil
}

// private makes sure that nobody but the owner reads the database, whatever folder it stands in: SQLite gives its log and its index
// the mode of the file.
func private(file string) error {
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, os.ErrNotExist) && name == file:
			f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
			if err != nil {
				return fmt.Errorf("make the database: %w", err)
			}
			if err := f.Close(); err != nil {
				return fmt.Errorf("make the database: %w", err)
			}
		case err == nil && info.Mode().Perm()&0o077 != 0:
			_ = os.Chmod(name, 0o600) // of another owner, it stays what that one wants
		}
	}
	return nil
}

// sound refuses a file that is not a database, untouched, before SQLite opens it for writing.
func sound(file string) error {
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer f.Close()
	head := make([]byte, 16)
	n, _ := f.Read(head)
	if n == 0 || string(head) == "SQLite format 3\x00" {
		return nil
	}
	return fmt.Errorf("the database file %s is damaged: it does not begin as a SQLite database. It was left untouched; restore a backup with: gatehouse restore FILE", file)
}

func pathURL(file string) string { return (&url.URL{Path: file}).EscapedPath() }

// pool opens connections that note in ended, where it is given, that a transaction was taken back.
func pool(dsn string, size int, ended *atomic.Bool) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db := sql.OpenDB(watched{connector, ended})
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}

// watched tells of transactions that SQLite ends by itself, as it does after an interrupted write or on a full disk: whoever passes the
// error over would go on in none.
type watched struct {
	driver.Connector
	ended *atomic.Bool
}

func (w watched) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := w.Connector.Connect(ctx)
	if hooks, ok := conn.(sqlite.HookRegisterer); ok && err == nil && w.ended != nil {
		hooks.RegisterRollbackHook(func() { w.ended.Store(true) })
	}
	return conn, err
}

func openPostgres(ctx context.Context, dsn string) (DB, error) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return DB{}, fmt.Errorf("open PostgreSQL: %w", redact(err))
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	db.SetConnMaxLifetime(30 * time.Minute)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return DB{}, fmt.Errorf("reach PostgreSQL: %w", redact(err))
	}
	both := bun.NewDB(db, pgdialect.New())
	return DB{Read: both, Write: both, Postgres: true, Caches: NewCaches(), statements: &prepared{byID: map[string]*sql.Stmt{}}, writes: &hotWrites{byText: map[string]*sql.Stmt{}}}, nil
}

// redact keeps the address, and the password in it, out of messages.
func redact(err error) error {
	var parse *pgconn.ParseConfigError
	if errors.As(err, &parse) {
		return errors.New("the address in --database-url cannot be read")
	}
	return err
}

// Close closes both pools; on SQLite the last one folds the log into the database file.
func (db DB) Close() error {
	read, _ := db.Read.(*bun.DB)
	write, _ := db.Write.(*bun.DB)
	var errs []error
	if read != nil && !db.Postgres {
		errs = append(errs, read.Close())
	}
	if write != nil {
		errs = append(errs, write.Close())
	}
	return errors.Join(errs...)
}

// Listen waits for notices of other nodes on PostgreSQL and calls wake for each, until ctx ends; it connects again when the
// connection is lost.
func Listen(dsn string) func(ctx context.Context, wake func()) {
	return func(ctx context.Context, wake func()) {
		for ctx.Err() == nil {
			listenOnce(ctx, dsn, wake)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
}

func listenOnce(ctx context.Context, dsn string, wake func()) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN gatehouse_cache"); err != nil {
		return
	}
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return
		}
		wake()
	}
}

// Unique tells whether err is a broken unique constraint, on either database.
func Unique(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}

// collided tells whether err is what PostgreSQL gives the loser of two transactions: a deadlock, an order of rows that was not to be
// had, or a row that the other one has added or deleted after it was looked for. SQLite has one writer and knows none of these.
func collided(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && slices.Contains([]string{"40P01", "40001", "23503", "23505"}, pg.Code)
}

// Out tells whether err means that the database cannot serve now (locked, full, read-only, gone): the caller may try again.
func Out(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
			return true
		}
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "57P") || strings.HasPrefix(pg.Code, "53") || pg.Code == "25006"
	}
	return cutOff(err) || errors.Is(err, context.DeadlineExceeded)
}

// cutOff tells whether err is what is left of a connection: it could not be made, or it broke while it was used.
func cutOff(err error) bool {
	var connect *pgconn.ConnectError
	var wire *net.OpError
	return errors.As(err, &connect) || errors.As(err, &wire) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, driver.ErrBadConn)
}
