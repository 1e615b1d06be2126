package account

import (
	"encoding/base64"
	"time"

	"golang.org/x/crypto/argon2"
)

// Code is what an authenticator app shows at a moment.
func Code(key []byte, at time.Time) string {
	return hotp(key, uint64(at.Unix()/int64(totpPeriod/time.Second)))
}

// WeakKey is a password's hash with parameters of long ago.
func WeakKey(password string) string {
	return base64.RawStdEncoding.EncodeToString(argon2.IDKey([]byte(password), []byte("0123456789abcdef"), 1, 1024, 1, 32))
}
