package clients

import (
	"math"
	"strconv"
	"strings"
)

var units = []struct {
	seconds int64
	names   []string
}{
	{604800, []string{"week", "weeks", "w"}},
	{86400, []string{"day", "days", "d"}},
	{3600, []string{"hour", "hours", "h"}},
	{60, []string{"minute", "minutes", "min", "m"}},
	{1, []string{"second", "seconds", "sec", "s", ""}},
}

// Span writes a number of seconds in the largest unit that holds it whole: "14 days", "90 minutes".
func Span(seconds int64) string {
	for _, u := range units[1:] { // days, not weeks: that is how lifetimes are compared
		if seconds != 0 && seconds%u.seconds == 0 {
			if n := seconds / u.seconds; n != 1 {
				return strconv.FormatInt(n, 10) + " " + u.names[1]
			}
			return "1 " + u.names[0]
		}
	}
	return strconv.FormatInt(seconds, 10) + " seconds"
}

// ParseSpan reads what Span writes, and its usual abbreviations; a number alone is seconds.
func ParseSpan(text string) (seconds int64, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz ")
	n, err := strconv.ParseInt(strings.ReplaceAll(digits, ",", ""), 10, 64)
	if err != nil || n < 0 {
		return 0, false
	}
	unit := strings.TrimSpace(text[len(digits):])
	for _, u := range units {
		for _, name := range u.names {
			if name == unit {
				return n * u.seconds, n <= math.MaxInt64/u.seconds
			}
		}
	}
	return 0, false
}
