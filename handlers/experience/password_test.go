package experience

import (
	"fmt"
	"testing"

	"gatehouse/models"
)

// TestWeaknesses: each rule of a policy, kept and broken.
func TestWeaknesses(t *testing.T) {
	common := func(low string) bool { return low == "password1" }
	strict := models.PasswordPolicy{MinLength: 8, MaxLength: 12, MinClasses: 3, RejectDictionary: true, RejectRepetition: true, RejectUserInfo: true,
		RejectWords: []string{"Fernway"}}
	open := models.PasswordPolicy{MinLength: 1, MaxLength: 256, MinClasses: 1}
	for _, c := range []struct {
		about, password string
		policy          models.PasswordPolicy
		want            string
	}{
		{"nothing is asked", "a", open, "[]"},
		{"all is well", "Tr0ub-dor", strict, "[]"},
		{"short", "aB3", strict, "[{too_short 8}]"},
		{"long", "aB3xxyaB3xxyz", strict, "[{too_long 12}]"},
		{"characters count, not bytes", "äöüÄ3-ßx", strict, "[]"},
		{"few kinds", "lowercase1", strict, "[{character_types 3}]"},
		{"common", "Password1", strict, "[{common 0}]"},
		{"repeated", "aB3aaaaX", strict, "[{repetition 0}]"},
		{"three are no repetition", "aB3aaaX-", strict, "[]"},
		{"ascending", "X-2345-yz", strict, "[{sequence 0}]"},
		{"descending", "X-dcba-9z", strict, "[{sequence 0}]"},
		{"the person's name", "X9-ada-love", strict, "[{user_info 0}]"},
		{"a forbidden word", "X9fernWAYq", strict, "[{words 0}]"},
	} {
		got := weaknesses(c.policy, c.password, []string{"Ada Lovelace", "ad@example.com"}, common)
		if text := fmt.Sprint(got); text != c.want {
			t.Errorf("%s: %s, want %s", c.about, text, c.want)
		}
	}
}
