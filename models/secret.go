package models

import (
	"crypto/subtle"
	"database/sql/driver"
	"fmt"
	"log/slog"
)

// Masked is what stands for a secret wherever it would be shown.
const Masked = "[secret]"

// Secret is a value that must not leak: it prints, logs and encodes as "[secret]". It has its own text column, never a place
// inside a JSON column, and is stored only sealed or hashed.
type Secret struct{ v string }

// NewSecret wraps a value.
func NewSecret(v string) Secret { return Secret{v} }

// Reveal gives the value itself. Its callers are few and easy to list.
func (s Secret) Reveal() string { return s.v }

// Empty tells whether there is a value at all.
func (s Secret) Empty() bool { return s.v == "" }

// Equal compares in constant time.
func (s Secret) Equal(other string) bool {
	return subtle.ConstantTimeCompare([]byte(s.v), []byte(other)) == 1
}

// String hides the value.
func (s Secret) String() string { return Masked }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return Masked }

// Format hides the value from every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Masked)) }

// LogValue hides the value from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(Masked) }

// MarshalText hides the value from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(Masked), nil }

// UnmarshalText reads a value that a caller sends.
func (s *Secret) UnmarshalText(b []byte) error { s.v = string(b); return nil }

// Value refuses to store an unsealed secret.
func (s Secret) Value() (driver.Value, error) {
	return nil, fmt.Errorf("a secret must be sealed or hashed before it is stored")
}
