package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gatehouse/models"
)

// What a body may hold, whatever it is for: it is looked at before anything is read from it.

// storable refuses JSON with a text that a database could not keep: bytes that are not UTF-8, and null characters.
func storable(body []byte) error {
	if !utf8.Valid(body) {
		return malformed("The body is not UTF-8.")
	}
	for i := bytes.IndexByte(body, '\\'); i >= 0 && i+5 < len(body); {
		if body[i+1] == 'u' && string(body[i+2:i+6]) == "0000" {
			return malformed("A text cannot hold a null character.")
		}
		next := bytes.IndexByte(body[i+2:], '\\')
		if next < 0 {
			break
		}
		i += 2 + next
	}
	return nil
}

// mostItems is how many entries a list of a request may have: many times what any list here is for. What compares each with each
// must not be made to do so ninety thousand times.
const mostItems = 2000

// shortLists refuses JSON with a longer list, by its name.
func shortLists(body []byte) error {
	if bytes.Count(body, []byte{','}) < mostItems {
		return nil
	}
	var w listWalk
	for dec := json.NewDecoder(bytes.NewReader(body)); ; {
		token, err := dec.Token()
		if err != nil {
			return nil // what is no JSON is told by whoever reads it
		}
		if w.take(token); w.longest() > mostItems {
			var c models.Check
			c.Add(w.name(), "too_many", fmt.Sprintf("A list of a request holds at most %d entries.", mostItems))
			return c.Err()
		}
	}
}

// listWalk goes through the tokens of JSON and knows in which lists and objects it is.
type listWalk struct {
	at    []level
	named bool // the next token of an object is a value: its name was there
}

type level struct {
	list bool
	n    int    // entries of a list so far
	name string // the member of an object that the walk is at
}

func (w *listWalk) take(token json.Token) {
	d, bracket := token.(json.Delim)
	switch top := len(w.at) - 1; {
	case bracket && (d == '}' || d == ']'):
		w.at, w.named = w.at[:top], false
		return
	case top >= 0 && !w.at[top].list && !w.named:
		w.at[top].name, w.named = fmt.Sprint(token), true
		return
	case top >= 0 && w.at[top].list:
		w.at[top].n++
	}
	if w.named = false; bracket {
		w.at = append(w.at, level{list: d == '['})
	}
}

// longest is how many entries the list that the walk is in, or has just entered a bracket of, has so far.
func (w *listWalk) longest() (n int) {
	for _, l := range w.at {
		n = max(n, l.n)
	}
	return n
}

// name is the path of the member that the walk is at.
func (w *listWalk) name() string {
	var names []string
	for _, l := range w.at {
		if !l.list {
			names = append(names, l.name)
		}
	}
	return strings.Join(names, ".")
}

// countable refuses numbers that no double holds, as those of JSON are elsewhere (RFC 8259 section 6).
func countable(body []byte) error {
	quoted, from := false, -1 // where a number began
	for i := 0; i <= len(body); i++ {
		inNumber := i < len(body) && !quoted && strings.IndexByte("+-.0123456789eE", body[i]) >= 0
		switch {
		case inNumber && from < 0 && body[i] != 'e': // true and false have one, too
			from = i
		case !inNumber && from >= 0:
			if text := string(body[from:i]); i-from > 300 || strings.ContainsAny(text, "eE") {
				if _, err := strconv.ParseFloat(text, 64); errors.Is(err, strconv.ErrRange) {
					return malformed(fmt.Sprintf("The number %.40s is too large.", text))
				}
			}
			from = -1
		}
		if i < len(body) && !inNumber {
			switch body[i] {
			case '"':
				quoted = !quoted
			case '\\':
				if quoted {
					i++
				}
			}
		}
	}
	return nil
}

// illegible says what is wrong with a text that a type cannot be read from, in words for whoever sent it: our types have them.
func illegible(err error) string {
	if t := new(time.ParseError); errors.As(err, &t) {
		return "Give a time such as 2026-01-31T12:00:00Z (RFC 3339)."
	}
	return "This cannot be read: " + err.Error() + "."
}

// depth is how deep brackets nest, outside of strings.
func depth(b []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}
