package models

import (
	"crypto/rand"
	"time"
)

// Lengths of identifiers. They are what the imported dialects can hold.
const (
	LongID   = 21 // application, client, secret, resource, scope and whatever has no other length
	ObjectID = 16 // objects that one dialect shows with a prefix and 16 characters
	UserID   = 12
)

const idAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz"

// NewID makes a random identifier of n characters [0-9a-z]; 21 of them hold 108 bits.
func NewID(n int) string {
	out := make([]byte, 0, n)
	var buf [48]byte
	for {
		_, _ = rand.Read(buf[:]) // never fails: it ends the process when the system has no randomness
		for _, b := range buf {
			if b >= 252 { // 252 = 7*36: larger bytes would favour the first characters
				continue
			}
			out = append(out, idAlphabet[b%36])
			if len(out) == n {
				return string(out)
			}
		}
	}
}

// Now is the clock that features use unless a test gives them another: UTC, as fine as both databases keep it.
func Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
