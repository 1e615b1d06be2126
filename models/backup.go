package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Backup writes a consistent copy of the embedded database to file, which must not exist yet. It reads a snapshot, so that
// writers go on meanwhile. The copy holds no master key.
func Backup(ctx context.Context, data, file string) error {
	if _, err := os.Stat(file); err == nil {
		return fmt.Errorf("%s exists already; choose another name", file)
	}
	source := filepath.Join(data, SQLiteFile)
	if _, err := os.Stat(source); err != nil {
		return fmt.Errorf("there is no database in %s", data)
	}
	db, err := pool("file:"+pathURL(source)+"?_pragma=busy_timeout(5000)&_pragma=query_only(0)", 1, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	part := file + ".part"
	_ = os.Remove(part)
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		_ = os.Remove(part)
		return fmt.Errorf("copy the database: %w", err)
	}
	if err := settle(part); err != nil {
		return err
	}
	return os.Rename(part, file)
}

// settle makes a finished copy private and durable.
func settle(file string) error {
	if err := os.Chmod(file, 0o600); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Restore puts the copy in file in the place of the embedded database. What was there stays beside it with the ending
// ".before-restore". It refuses a damaged copy and a database that a server holds open.
func Restore(ctx context.Context, data, file string) error {
	if err := whole(ctx, file); err != nil {
		return err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	target := filepath.Join(data, SQLiteFile)
	if err := unused(ctx, target); err != nil {
		return err
	}
	if err := copyFile(file, target+".part"); err != nil {
		return err
	}
	if err := settle(target + ".part"); err != nil {
		return err
	}
	if _, err := os.Stat(target); err == nil {
		if err := os.Rename(target, target+".before-restore"); err != nil {
			return fmt.Errorf("keep the present database: %w", err)
		}
	}
	_ = os.Remove(target + "-wal")
	_ = os.Remove(target + "-shm")
	return os.Rename(target+".part", target)
}

// whole checks a copy from end to end.
func whole(ctx context.Context, file string) error {
	if err := sound(file); err != nil {
		return err
	}
	db, err := pool("file:"+pathURL(file)+"?mode=ro&_pragma=query_only(1)", 1, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		return fmt.Errorf("the copy %s is damaged; nothing was changed", file)
	}
	var steps int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM schema_steps").Scan(&steps); err != nil || steps == 0 {
		return fmt.Errorf("%s is not a copy of a Gatehouse database; nothing was changed", file)
	}
	return nil
}

// unused folds the log of the present database in, and refuses when another process has it open.
func unused(ctx context.Context, target string) error {
	if _, err := os.Stat(target); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	db, err := pool("file:"+pathURL(target)+"?_pragma=busy_timeout(200)&_pragma=locking_mode(EXCLUSIVE)", 1, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := exclusive(ctx, db); err != nil {
		return errors.New("the database is in use: stop the server first")
	}
	return nil
}

// exclusive leaves WAL mode, which only the one process that has the file open can do.
func exclusive(ctx context.Context, db *sql.DB) error {
	var mode string
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode=DELETE").Scan(&mode); err != nil {
		return err
	}
	if mode != "delete" {
		return errors.New("busy")
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
