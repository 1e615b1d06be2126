package models

import (
	"errors"
	"fmt"
	"time"
)

// Code is the class of a fault: what the caller can do about it.
type Code string

// The classes of faults. Each face gives them its own status and words.
const (
	Invalid         Code = "invalid"          // the input breaks a rule; Fields names where
	Unauthenticated Code = "unauthenticated"  // nobody is known to be asking
	Forbidden       Code = "forbidden"        // somebody is asking who may not
	NotFound        Code = "not_found"        // no such object, or not in the caller's reach
	Conflict        Code = "conflict"         // another object is in the way
	Stale           Code = "stale"            // the object changed since the caller read it
	TooLarge        Code = "too_large"        // more bytes than the limit
	RateLimited     Code = "rate_limited"     // try again after RetryAfter
	Unavailable     Code = "unavailable"      // the server cannot do it now; nothing was written
	BadType         Code = "unsupported_type" // the body's media type is not one the route reads
)

// FieldFault says what is wrong with one named part of the input.
type FieldFault struct {
	Name   string `json:"name"`   // as the caller spells it: "redirect_uris[2]"
	Reason string `json:"reason"` // a stable word for programs
	Text   string `json:"text"`   // what happened and what to do, for people
}

// Fault is a failure that the caller may know of. Everything else is internal: it is logged and shown as one neutral sentence.
type Fault struct {
	Code       Code
	Reason     string // a stable word for programs; tests compare it, never Text
	Text       string
	Fields     []FieldFault
	RetryAfter time.Duration // with RateLimited and Unavailable
	Current    any           // with Stale: the object as it is now, for a merge
	outrun     bool          // see Outrun
}

// Error makes a Fault an error.
func (f *Fault) Error() string {
	if len(f.Fields) > 0 {
		return fmt.Sprintf("%s: %s (%s: %s)", f.Reason, f.Text, f.Fields[0].Name, f.Fields[0].Text)
	}
	return f.Reason + ": " + f.Text
}

// AsFault finds the Fault in an error chain.
func AsFault(err error) (*Fault, bool) {
	var f *Fault
	ok := errors.As(err, &f)
	return f, ok
}

// IsFault tells whether err is a fault of the class code.
func IsFault(err error, code Code) bool {
	f, ok := AsFault(err)
	return ok && f.Code == code
}

// Under puts a prefix before the names of a fault's fields: "client." for what is wrong with a client inside of something else.
func Under(prefix string, err error) error {
	f, ok := AsFault(err)
	if !ok || len(f.Fields) == 0 {
		return err
	}
	told := *f
	told.Fields = make([]FieldFault, len(f.Fields))
	for i, field := range f.Fields {
		field.Name = prefix + field.Name
		told.Fields[i] = field
	}
	return &told
}

// Missing is the fault for an object that does not exist or that the caller may not know of.
func Missing(kind string) *Fault {
	return &Fault{Code: NotFound, Reason: kind + "_not_found", Text: "There is no " + kind + " with this id."}
}

// Taken is the fault for an object that is in the way of another.
func Taken(field, reason, text string) *Fault {
	return &Fault{Code: Conflict, Reason: reason, Text: text, Fields: []FieldFault{{Name: field, Reason: reason, Text: text}}}
}

// Outrun marks the fault of a transaction that another one was faster than: a row that it read has moved before it could write. InTx
// begins such a transaction again, from the rows as they are now; the fault is told when even that does not help.
func Outrun(f *Fault) *Fault {
	marked := *f
	marked.outrun = true
	return &marked
}

// Check collects what is wrong with an input, so that a caller hears of all of it at once: of the first hundred things.
type Check struct{ fields []FieldFault }

const mostFaults = 100

// Add notes a wrong field.
func (c *Check) Add(name, reason, text string) {
	if len(c.fields) >= mostFaults {
		return
	}
	c.fields = append(c.fields, FieldFault{Name: name, Reason: reason, Text: text})
}

// That notes a wrong field unless ok holds, and gives ok back.
func (c *Check) That(ok bool, name, reason, text string) bool {
	if !ok {
		c.Add(name, reason, text)
	}
	return ok
}

// OneOf notes a value outside the allowed words. An empty value passes.
func (c *Check) OneOf(name, value string, allowed ...string) {
	if value == "" {
		return
	}
	for _, a := range allowed {
		if a == value {
			return
		}
	}
	c.Add(name, "not_allowed", fmt.Sprintf("%q is not one of: %s.", value, joinWords(allowed)))
}

// Length notes a text with fewer than least or more than most characters.
func (c *Check) Length(name, value string, least, most int) {
	n := len([]rune(value))
	switch {
	case n < least && least == 1:
		c.Add(name, "required", "This field needs a value.")
	case n < least:
		c.Add(name, "too_short", fmt.Sprintf("Use at least %d characters.", least))
	case n > most:
		c.Add(name, "too_long", fmt.Sprintf("Use at most %d characters; this has %d.", most, n))
	}
}

// Key notes the name of an entry that is empty or longer than most characters. field is what holds the entries.
func (c *Check) Key(field, key string, most int) {
	switch n := len([]rune(key)); {
	case n == 0:
		c.Add(field, "empty_key", "A key is empty: each entry needs a name.")
	case n > most:
		c.Add(field, "too_long", fmt.Sprintf("A key has %d characters: use at most %d.", n, most))
	}
}

// Range notes a number outside least..most.
func (c *Check) Range(name string, value, least, most int64) {
	if value < least || value > most {
		c.Add(name, "out_of_range", fmt.Sprintf("Use a number from %d to %d.", least, most))
	}
}

// Err is nil when nothing was noted, and else one Invalid fault.
func (c *Check) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Fault{Code: Invalid, Reason: "invalid_input", Text: "Some fields need another value.", Fields: c.fields}
}

// Together is what several checks found, as one fault; an error that is none comes first.
func Together(errs ...error) error {
	var c Check
	for _, err := range errs {
		f, ok := AsFault(err)
		if err != nil && (!ok || f.Code != Invalid || len(f.Fields) == 0) {
			return err
		}
		if ok {
			for _, field := range f.Fields {
				c.Add(field.Name, field.Reason, field.Text)
			}
		}
	}
	return c.Err()
}

func joinWords(words []string) string {
	out := ""
	for i, w := range words {
		if i > 0 {
			out += ", "
		}
		out += w
	}
	return out
}
