package administrators

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gatehouse/models"
)

// Bounds of a password, in characters after NFC.
const (
	PasswordLeast = 8
	PasswordMost  = 256
)

// common holds passwords that guessing begins with, one a line, in lower case.
//
//go:embed common.txt
var common string

var commonWords = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(common) {
		all[w] = true
	}
	return all
})

// CheckPassword notes a password that is too short or long, one of those that guessing begins with, or the name or address of
// its owner (NIST SP 800-63B-4 section 3.1.1). There are no rules about kinds of characters.
func CheckPassword(c *models.Check, field string, password models.Secret, name, email string) {
	plain := norm.NFC.String(password.Reveal())
	low := strings.ToLower(strings.TrimSpace(plain))
	switch mailbox, _, _ := strings.Cut(models.EmailKey(email), "@"); {
	case utf8.RuneCountInString(plain) < PasswordLeast || utf8.RuneCountInString(plain) > PasswordMost:
		c.Length(field, plain, PasswordLeast, PasswordMost)
	case Guessable(low):
		c.Add(field, "too_common", "This is one of the passwords that are tried first. Use several words that do not belong together.")
	case low == models.EmailKey(email) || low == mailbox || low == strings.ToLower(strings.TrimSpace(name)):
		c.Add(field, "is_your_name", "A password that is your name or address is tried first. Use several words that do not belong together.")
	}
}

// Guessable knows, of a password in lower case, common words with a few digits or marks behind them, and one character over and over.
func Guessable(low string) bool {
	stem := strings.TrimRight(low, "0123456789!.?#$*-_ ")
	return commonWords()[low] || commonWords()[stem] || strings.Trim(low, string([]rune(low)[:1])) == ""
}
