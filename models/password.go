package models

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Argon2 are the parameters of a password hash. They are stored with it, so that they can rise.
type Argon2 struct {
	Memory  uint32 // KiB
	Time    uint32
	Threads uint8
}

// PasswordCost is what OWASP asks for at least: about 40 ms of one core.
var PasswordCost = Argon2{Memory: 19 * 1024, Time: 2, Threads: 1}

const argonKey = 32 // bytes

// Passwords hashes and verifies passwords. A hash costs a core and 19 MiB, so only as many run at once as there are cores,
// a few wait, and whoever comes after is told to come back.
type Passwords struct {
	slots   chan struct{}
	waiting atomic.Int64
	queue   int64
	dummy   string
	cost    Argon2
	done    atomic.Int64
}

// NewPasswords makes a hasher for this machine, at PasswordCost.
func NewPasswords() *Passwords { return NewPasswordsAt(PasswordCost) }

// NewPasswordsAt is NewPasswords at another cost.
func NewPasswordsAt(cost Argon2) *Passwords {
	cores := runtime.NumCPU()
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	// The dummy has a random hash that no password is known for: verifying against it costs what a real one costs.
	return &Passwords{slots: make(chan struct{}, cores), queue: int64(cores) * 16, cost: cost, dummy: encodeHash(cost, salt, randomBytes(argonKey))}
}

// Hash gives the stored form of a password. Faults: Unavailable (too many at once).
func (p *Passwords) Hash(ctx context.Context, password Secret) (string, error) {
	salt := randomBytes(16)
	key, err := p.derive(ctx, password, salt, p.cost)
	if err != nil {
		return "", err
	}
	return encodeHash(p.cost, salt, key), nil
}

// Verify tells whether a password fits a stored hash, and whether that hash is older than today's parameters and should be
// made again. An empty hash (nobody of this name, no password yet) costs the same as any other and fits nothing.
// Faults: Unavailable (too many at once).
func (p *Passwords) Verify(ctx context.Context, stored string, password Secret) (ok, outdated bool, err error) {
	known := stored != ""
	if !known {
		stored = p.dummy
	}
	cost, salt, want, err := decodeHash(stored)
	if err != nil {
		return false, false, err
	}
	key, err := p.derive(ctx, password, salt, cost)
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(key, want) == 1 && known
	return ok, ok && cost != p.cost, nil
}

// Count is how many hashes were computed since the start: a sign-in costs one, whoever asks for whomever.
func (p *Passwords) Count() int64 { return p.done.Load() }

func (p *Passwords) derive(ctx context.Context, password Secret, salt []byte, cost Argon2) ([]byte, error) {
	if p.waiting.Add(1) > p.queue {
		p.waiting.Add(-1)
		return nil, &Fault{Code: Unavailable, Reason: "too_many_sign_ins", Text: "Many people sign in right now. Try again in a moment.", RetryAfter: 2 * time.Second}
	}
	select {
	case p.slots <- struct{}{}:
		p.waiting.Add(-1)
	case <-ctx.Done():
		p.waiting.Add(-1)
		return nil, &Fault{Code: Unavailable, Reason: "too_many_sign_ins", Text: "Many people sign in right now. Try again in a moment.", RetryAfter: 2 * time.Second}
	}
	defer func() { <-p.slots }()
	p.done.Add(1)
	return argon2.IDKey(norm.NFC.Bytes([]byte(password.Reveal())), salt, cost.Time, cost.Memory, cost.Threads, argonKey), nil
}

// encodeHash writes the form that other programs read too: $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
func encodeHash(c Argon2, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Time, c.Threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

func decodeHash(s string) (c Argon2, salt, key []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, fmt.Errorf("read password hash: not argon2id version %d", argon2.Version)
	}
	if _, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads); err != nil || c.Time == 0 || c.Threads == 0 {
		return c, nil, nil, fmt.Errorf("read password hash: parameters %q", parts[3])
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err == nil {
		key, err = base64.RawStdEncoding.DecodeString(parts[5])
	}
	if err != nil || len(key) != argonKey {
		return c, nil, nil, fmt.Errorf("read password hash: damaged")
	}
	return c, salt, key, nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// RandomToken is a random text of 256 bits for links, sessions and tickets; HashToken is its stored form.
func RandomToken() string { return base64.RawURLEncoding.EncodeToString(randomBytes(32)) }
