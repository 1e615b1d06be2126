package models

import (
	"crypto/rand"
	"strconv"
	"strings"
	"sync"
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

// timedPrefix is how many characters of a timed identifier are its time: milliseconds, until the year 5188.
const timedPrefix = 9

// NewTimedID makes an identifier of LongID characters that begins with a time, so that rows of which only the newest are
// written and most are read by time are neighbours in its index; 12 characters of it are random, 62 bits.
func NewTimedID(at time.Time) string {
	prefix := strconv.FormatInt(at.UnixMilli(), 36)
	return strings.Repeat("0", max(0, timedPrefix-len(prefix))) + prefix + NewID(LongID-timedPrefix)
}

// Identifiers of rows that are made in quick succession begin alike, so that they are neighbours in every index that holds them
// and are written to the disk together. The beginning is random too and tells no time.
const (
	rowPrefix     = 4
	rowNeighbours = 64 // about as many as a page of an index holds
	rowsTogether  = time.Second
)

var neighbours struct {
	mu     sync.Mutex
	prefix string
	left   int
	until  time.Time
}

// NewRowID makes an identifier of LongID characters for a row that is one of many; 17 characters of it are its own, 87 bits.
func NewRowID() string {
	neighbours.mu.Lock()
	defer neighbours.mu.Unlock()
	if now := time.Now(); neighbours.left == 0 || now.After(neighbours.until) {
		neighbours.prefix, neighbours.left, neighbours.until = NewID(rowPrefix), rowNeighbours, now.Add(rowsTogether)
	}
	neighbours.left--
	return neighbours.prefix + NewID(LongID-rowPrefix)
}

// Now is the clock that features use unless a test gives them another: UTC, as fine as both databases keep it.
func Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
