package experience

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"gatehouse/models"
)

// Ways in which a password breaks a policy.
const (
	WeakShort      = "too_short"       // Bound: the least characters
	WeakLong       = "too_long"        // Bound: the most characters
	WeakClasses    = "character_types" // Bound: the least kinds of characters
	WeakCommon     = "common"          // one of those that guessing begins with
	WeakRepetition = "repetition"
	WeakSequence   = "sequence"
	WeakUserInfo   = "user_info"
	WeakWords      = "words"
)

// Weakness is one way in which a password breaks a policy.
type Weakness struct {
	Kind  string
	Bound int // with lengths and classes
}

// JudgePasswordIn is a password that somebody might choose, and what is known of that person: name, addresses, username.
type JudgePasswordIn struct {
	ScopeIn
	Password models.Secret
	About    []string
}

// JudgePassword tells how a password breaks the published policy; nothing means that it does not. Nothing is stored or told.
// Faults: NotFound (application).
func (o Ops) JudgePassword(ctx context.Context, in JudgePasswordIn) ([]Weakness, error) {
	v, err := o.Get(ctx, in.ScopeIn)
	if err != nil {
		return nil, err
	}
	return weaknesses(v.Settings.Password, norm.NFC.String(in.Password.Reveal()), in.About, o.Guessable), nil
}

// run is how many repeated or consecutive characters make a repetition or a sequence.
const run = 4

// shortestInfo is the least of a name or address that counts as part of a password, in characters.
const shortestInfo = 3

func weaknesses(p models.PasswordPolicy, password string, about []string, guessable func(string) bool) []Weakness {
	var out []Weakness
	note := func(broken bool, w Weakness) {
		if broken {
			out = append(out, w)
		}
	}
	n, low := utf8.RuneCountInString(password), strings.ToLower(password)
	note(n < p.MinLength, Weakness{WeakShort, p.MinLength})
	note(n > p.MaxLength, Weakness{WeakLong, p.MaxLength})
	note(classes(password) < p.MinClasses, Weakness{WeakClasses, p.MinClasses})
	note((p.RejectDictionary || p.RejectPwned) && guessable != nil && guessable(low), Weakness{Kind: WeakCommon})
	note(p.RejectRepetition && steps(low, 0), Weakness{Kind: WeakRepetition})
	note(p.RejectRepetition && (steps(low, 1) || steps(low, -1)), Weakness{Kind: WeakSequence})
	note(p.RejectUserInfo && holds(low, parts(about)), Weakness{Kind: WeakUserInfo})
	note(holds(low, p.RejectWords), Weakness{Kind: WeakWords})
	return out
}

// classes is how many of lower case, upper case, digits and everything else occur.
func classes(password string) int {
	var lower, upper, digit, other int
	for _, r := range password {
		switch {
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return lower + upper + digit + other
}

// steps tells whether run characters follow each other, each by the same step from the one before: 0 is aaaa, 1 is abcd.
func steps(text string, by rune) bool {
	before, n := rune(-1), 1
	for _, r := range text {
		if n++; r-before != by {
			n = 1
		}
		if before = r; n == run {
			return true
		}
	}
	return false
}

// parts are the pieces of what is known of a person that are long enough to count.
func parts(about []string) []string {
	var out []string
	for _, text := range about {
		for _, p := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if utf8.RuneCountInString(p) >= shortestInfo {
				out = append(out, p)
			}
		}
	}
	return out
}

func holds(low string, words []string) bool {
	for _, w := range words {
		if w != "" && strings.Contains(low, strings.ToLower(w)) {
			return true
		}
	}
	return false
}
