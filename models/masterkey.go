package models

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const masterKeyBytes = 32

// MasterKeyFile is the master key in a file of one base64 line a version, the last being current. The file is read again at
// every call, so that a version added by another process is seen.
type MasterKeyFile struct{ path string }

// FileMasterKeys is the master key in the file at path.
func FileMasterKeys(path string) MasterKeyFile { return MasterKeyFile{path} }

// Versions reads the file. A missing file is an error: only a database without data keys may make a new one (see Make).
func (f MasterKeyFile) Versions() ([][]byte, error) {
	text, err := os.ReadFile(f.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the master key file %s does not exist: put back the file that this database was made with, or name it with --master-key-file", f.path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the master key: %w", err)
	}
	return parseMasterKeys(f.path, strings.Split(string(text), "\n"))
}

// Make writes a file with one random version unless there is one. Of two processes that start at once, one makes it.
func (f MasterKeyFile) Make() error {
	if _, err := os.Stat(f.path); err == nil {
		return nil
	}
	tmp, err := f.write(newMasterKey())
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	if err := os.Link(tmp, f.path); err != nil && !errors.Is(err, os.ErrExist) { // a link never replaces: the first one stays
		return fmt.Errorf("make the master key: %w", err)
	}
	return syncFolder(f.path)
}

// AddVersion appends a random version, which becomes the current one, and tells its number. The older ones stay: data keys
// that are still wrapped with them open.
func (f MasterKeyFile) AddVersion() (int, error) {
	versions, err := f.Versions()
	if err != nil {
		return 0, err
	}
	lines := make([]string, 0, len(versions)+1)
	for _, v := range versions {
		lines = append(lines, base64.StdEncoding.EncodeToString(v))
	}
	target, err := filepath.EvalSymlinks(f.path)
	if err != nil {
		return 0, fmt.Errorf("add a master key: %w", err)
	}
	tmp, err := f.write(append(lines, newMasterKey())...)
	if err != nil {
		return 0, err
	}
	if err := os.Rename(tmp, target); err != nil {
		return 0, fmt.Errorf("add a master key: %w", errors.Join(err, os.Remove(tmp)))
	}
	return len(lines) + 1, syncFolder(target)
}

// write puts the lines, flushed to the disk, into a file of mode 0600 beside the real one.
func (f MasterKeyFile) write(lines ...string) (name string, err error) {
	dir := filepath.Dir(f.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the master key: %w", err)
	}
	tmp, err := os.CreateTemp(dir, ".master-*") // made with mode 0600
	if err != nil {
		return "", fmt.Errorf("make the master key: %w", err)
	}
	_, err = tmp.WriteString(strings.Join(lines, "\n") + "\n")
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return "", fmt.Errorf("make the master key: %w", errors.Join(err, os.Remove(tmp.Name())))
	}
	return tmp.Name(), nil
}

func syncFolder(file string) error {
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return fmt.Errorf("flush the master key: %w", err)
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil {
		return fmt.Errorf("flush the master key: %w", err)
	}
	return nil
}

// MasterKeyText is the master key given by value: base64, several versions separated by commas or spaces, the last current.
type MasterKeyText struct{ versions [][]byte }

// EnvMasterKeys reads the value of GATEHOUSE_MASTER_KEY. A new version needs a restart.
func EnvMasterKeys(value string) (MasterKeyText, error) {
	fields := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' })
	versions, err := parseMasterKeys("GATEHOUSE_MASTER_KEY", fields)
	return MasterKeyText{versions}, err
}

// Versions gives the versions of the value.
func (m MasterKeyText) Versions() ([][]byte, error) { return m.versions, nil }

// parseMasterKeys never repeats what it could not read: it may be a key with a typing error.
func parseMasterKeys(where string, lines []string) ([][]byte, error) {
	var versions [][]byte
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		key, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(key) != masterKeyBytes {
			return nil, fmt.Errorf("%s, entry %d: each version is %d bytes in base64 (44 characters); make one with: openssl rand -base64 32", where, i+1, masterKeyBytes)
		}
		versions = append(versions, key)
	}
	if len(versions) == 0 {
		return nil, fmt.Errorf("%s holds no master key: give at least one version of %d bytes in base64", where, masterKeyBytes)
	}
	return versions, nil
}

func newMasterKey() string {
	key := make([]byte, masterKeyBytes)
	_, _ = rand.Read(key)
	return base64.StdEncoding.EncodeToString(key)
}
