package models

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

// Classes of data keys. Each is random, sealed by the master key and never derived from it.
const (
	KeySeal    = "seal"    // seals values that are needed again
	KeyHash    = "hash"    // keyed hash of client secrets
	KeyAudit   = "audit"   // chain of the audit log
	KeyCSRF    = "csrf"    // form tokens
	KeyPage    = "page"    // cursors
	KeySession = "session" // signature of session cookies
)

var keyClasses = []string{KeySeal, KeyHash, KeyAudit, KeyCSRF, KeyPage, KeySession}

// DataKey is a key of the database, wrapped by one version of the master key.
type DataKey struct {
	bun.BaseModel `bun:"table:data_keys,alias:dk"`

	Class         string    `bun:"class,pk"`
	Sealed        string    `bun:"sealed"`
	MasterVersion int       `bun:"master_version"`
	CreatedAt     time.Time `bun:"created_at"`
}

// MasterKeys are the versions of the key outside the database, oldest first; the last is current.
type MasterKeys interface {
	Versions() ([][]byte, error) // 32 bytes each; read again at every call
}

// Vault seals and hashes with the data keys.
type Vault struct {
	keys map[string][]byte
	seal cipher.AEAD
}

// OpenVault reads the data keys, making those that are missing. A wrong master key is an error: the server must not start.
// A master key that can make itself (a file) is made only for a database that has no data keys yet, so that a lost key is
// noticed instead of replaced.
func OpenVault(ctx context.Context, db DB, master MasterKeys) (*Vault, error) {
	v := &Vault{keys: map[string][]byte{}}
	rows, err := dataKeys(ctx, db)
	if err != nil {
		return nil, err
	}
	if m, ok := master.(interface{ Make() error }); ok && len(rows) == 0 {
		if err := m.Make(); err != nil {
			return nil, err
		}
	}
	versions, err := master.Versions()
	if err != nil {
		return nil, err
	}
	if len(rows) < len(keyClasses) { // the lock of the transaction settles two nodes that start at once
		err = InTx(ctx, db, func(ctx context.Context, tx DB) error {
			rows, err = makeDataKeys(ctx, tx, versions)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for _, row := range rows {
		if v.keys[row.Class], err = unwrap(versions, row); err != nil {
			return nil, err
		}
	}
	v.seal, err = gcm(v.keys[KeySeal])
	return v, err
}

func dataKeys(ctx context.Context, db DB) ([]DataKey, error) {
	var rows []DataKey
	if err := db.Write.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read data keys: %w", err)
	}
	return rows, nil
}

func makeDataKeys(ctx context.Context, tx DB, versions [][]byte) ([]DataKey, error) {
	for _, class := range keyClasses {
		key := make([]byte, 32)
		_, _ = rand.Read(key)
		row, err := wrap(versions, class, key)
		if err != nil {
			return nil, err
		}
		row.CreatedAt = Now()
		if _, err := tx.Write.NewInsert().Model(&row).On("CONFLICT (class) DO NOTHING").Exec(ctx); err != nil {
			return nil, fmt.Errorf("store data key %s: %w", class, err)
		}
	}
	return dataKeys(ctx, tx)
}

// Rekey wraps every data key with the current version of the master key. Nothing that they seal changes, so it takes a
// moment whatever the size of the database, and servers go on meanwhile.
func Rekey(ctx context.Context, db DB, master MasterKeys) (int, error) {
	versions, err := master.Versions()
	if err != nil {
		return 0, err
	}
	moved := 0
	err = InTx(ctx, db, func(ctx context.Context, tx DB) error {
		rows, err := dataKeys(ctx, tx)
		if err != nil {
			return err
		}
		for _, row := range rows {
			key, err := unwrap(versions, row)
			if err != nil {
				return err
			}
			next, err := wrap(versions, row.Class, key)
			if err != nil {
				return err
			}
			if _, err := tx.Write.NewUpdate().Model(&next).Column("sealed", "master_version").WherePK().Exec(ctx); err != nil {
				return fmt.Errorf("wrap data key %s: %w", row.Class, err)
			}
			moved++
		}
		return Record(ctx, tx, Event{Type: "key.rewrapped", ObjectKind: "data_key", ObjectName: fmt.Sprintf("master key version %d", len(versions))})
	})
	return moved, err
}

func wrap(versions [][]byte, class string, key []byte) (DataKey, error) {
	current := len(versions)
	aead, err := gcm(versions[current-1])
	if err != nil {
		return DataKey{}, err
	}
	return DataKey{Class: class, MasterVersion: current, Sealed: sealWith(aead, "data_keys.sealed."+class, key)}, nil
}

func unwrap(versions [][]byte, row DataKey) ([]byte, error) {
	if row.MasterVersion > len(versions) {
		return nil, fmt.Errorf("the master key has %d version(s), the database needs version %d: give the newer key file", len(versions), row.MasterVersion)
	}
	aead, err := gcm(versions[row.MasterVersion-1])
	if err != nil {
		return nil, err
	}
	key, err := openWith(aead, "data_keys.sealed."+row.Class, row.Sealed)
	if err != nil {
		return nil, errors.New("the master key does not fit this database: give the key that it was made with (--master-key-file or GATEHOUSE_MASTER_KEY)")
	}
	return key, nil
}

// Seal encrypts a value for one place: table, column and record id are its associated data, so that a sealed value moved
// elsewhere does not open.
func (v *Vault) Seal(table, column, id string, s Secret) string {
	return sealWith(v.seal, table+"."+column+"."+id, []byte(s.v))
}

// Open decrypts a value sealed for the same place. An empty text is an empty secret.
func (v *Vault) Open(table, column, id, sealed string) (Secret, error) {
	if sealed == "" {
		return Secret{}, nil
	}
	b, err := openWith(v.seal, table+"."+column+"."+id, sealed)
	if err != nil {
		return Secret{}, fmt.Errorf("open %s.%s of %s: %w", table, column, id, err)
	}
	return NewSecret(string(b)), nil
}

// MAC is HMAC-SHA-256 over the parts, each with its length in front, with the data key of a class.
func (v *Vault) MAC(class string, parts ...string) []byte {
	key := v.keys[class]
	if len(key) == 0 {
		panic("models.Vault.MAC: no data key of class " + class)
	}
	message := make([]byte, 0, 512)
	for _, p := range parts {
		message = append(append(strconv.AppendInt(message, int64(len(p)), 10), ':'), p...)
	}
	h := hmac.New(sha256.New, key)
	_, _ = h.Write(message)
	return h.Sum(nil)
}

// SecretHash is the keyed hash by which a client secret is known: looking one up never decrypts.
func (v *Vault) SecretHash(secret string) string {
	return base64.RawURLEncoding.EncodeToString(v.MAC(KeyHash, secret))
}

// DataKey gives a data key to a library that signs by itself (session cookies).
func (v *Vault) DataKey(class string) []byte { return v.keys[class] }

func equalMAC(a, b []byte) bool { return hmac.Equal(a, b) }

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("use a key: %w", err)
	}
	return cipher.NewGCM(block)
}

func sealWith(aead cipher.AEAD, place string, plain []byte) string {
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce)
	return "v1." + base64.RawURLEncoding.EncodeToString(aead.Seal(nonce, nonce, plain, []byte(place)))
}

func openWith(aead cipher.AEAD, place, sealed string) ([]byte, error) {
	body, ok := strings.CutPrefix(sealed, "v1.")
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if !ok || err != nil || len(raw) < aead.NonceSize() {
		return nil, errors.New("not a sealed value")
	}
	n := aead.NonceSize()
	return aead.Open(nil, raw[:n], raw[n:], []byte(place))
}
