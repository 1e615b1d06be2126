package ui

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// or is the first of its arguments that says something.
func or(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// class joins the names that are not empty.
func class(names ...string) string {
	var b strings.Builder
	for _, n := range names {
		if n == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(n)
	}
	return b.String()
}

// when is name if the condition holds.
func when(cond bool, name string) string {
	if cond {
		return name
	}
	return ""
}

// lowerFirst makes a name fit after a verb: "Add redirect URI". Names that begin with an initialism keep it.
func lowerFirst(s string) string {
	if len(s) > 1 && s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// slug turns a field name such as "redirect_uris[0].value" into something an id may be.
func slug(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, name), "-")
}

// Number writes n with thousands apart: 31,482.
func Number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Short writes n in at most five characters: 42, 48.2k, 1.3M.
func Short(n int) string {
	switch {
	case n < 10_000:
		return Number(n)
	case n < 1_000_000:
		return short(n, 1_000) + "k"
	}
	return short(n, 1_000_000) + "M"
}

func short(n, unit int) string {
	return strings.TrimSuffix(strconv.FormatFloat(float64(n)/float64(unit), 'f', 1, 64), ".0")
}

// Plural writes "1 secret" or "3 secrets"; many may be left empty when it is one with an s.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + or(many, one+"s")
}

// Here counts what a page of a list holds; that there are further pages is said only where there are some.
func Here(n int, one, many, prev, next string) string {
	if prev == "" && next == "" {
		return Plural(n, one, many)
	}
	return Plural(n, one, many) + " on this page"
}

// Ago says how long before now t was, or how long after: "40 s ago", "3 h ago", "in 3 days", "21 Nov 2026".
func Ago(t, now time.Time) string {
	d := now.Sub(t)
	if d < 0 {
		return "in " + span(-d)
	}
	switch {
	case d < 5*time.Second:
		return "now"
	case d < 30*24*time.Hour:
		return span(d) + " ago"
	}
	return t.UTC().Format("2 Jan 2006")
}

func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + " h"
	}
	return strconv.Itoa(int(d.Hours()/24)) + " days"
}

// Exact writes a moment in full, in UTC: "21 Nov 2026, 20:04:31 UTC".
func Exact(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04:05 UTC") }

// initials are at most two letters for an avatar.
func initials(name string) string {
	var out []rune
	for _, word := range strings.Fields(name) {
		if r, _ := utf8.DecodeRuneInString(word); len(out) < 2 {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return "?"
	}
	return strings.ToUpper(string(out))
}
