package web

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// More rules of shapes: minitems and maxitems of a list, minprops and maxprops of an object or map. A tag of its own, pattern,
// holds a regular expression for texts; on a list it speaks of each item.

// Open marks, embedded in a wire type, an object of a document that takes members it does not name.
type Open struct{}

func isOpen(t reflect.Type) bool {
	f, ok := t.FieldByName("Open")
	return ok && f.Anonymous && f.Type == reflect.TypeFor[Open]()
}

// Kept is a member that is checked by the rules of T and kept as it was written, with the members that T does not know.
type Kept[T any] struct{ Raw json.RawMessage }

// keeper is Kept of any T.
type keeper interface {
	model() any
	hold(raw json.RawMessage)
}

func (k *Kept[T]) model() any               { return new(T) }
func (k *Kept[T]) hold(raw json.RawMessage) { k.Raw = raw }

// MarshalJSON gives back what was written.
func (k Kept[T]) MarshalJSON() ([]byte, error) {
	if len(k.Raw) == 0 {
		return []byte("null"), nil
	}
	return k.Raw, nil
}

// UnmarshalJSON keeps the value, unchecked: it was checked when it was written.
func (k *Kept[T]) UnmarshalJSON(b []byte) error {
	k.Raw = slices.Clone(b)
	return nil
}

// Value reads what is kept as its type. Members of other types than those of T are left out.
func (k Kept[T]) Value() (v T) {
	_ = readTree(mustTree(k.Raw), &v, Lenient)
	return v
}

func mustTree(raw json.RawMessage) any {
	tree, err := parse(raw)
	if err != nil {
		return map[string]any{}
	}
	return tree
}

func (s *shape) keep(k keeper, value any, at string, rules map[string]string) {
	s.value(reflect.ValueOf(k.model()).Elem(), value, at, rules)
	raw, _ := json.Marshal(value) // a tree that was read from JSON
	k.hold(raw)
}

// mapping reads an object whose member names are free. Its values follow the rules of the map.
func (s *shape) mapping(v reflect.Value, object map[string]any, at string, rules map[string]string) {
	out := reflect.MakeMapWithSize(v.Type(), len(object))
	for name, value := range object {
		item := reflect.New(v.Type().Elem()).Elem()
		s.value(item, value, at+"."+name, rules)
		out.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), item)
	}
	v.Set(out)
}

var patterns sync.Map // source → *regexp.Regexp

func pattern(source string) *regexp.Regexp {
	if re, ok := patterns.Load(source); ok {
		return re.(*regexp.Regexp)
	}
	re := regexp.MustCompile(source)
	patterns.Store(source, re)
	return re
}

// spelled tells whether a text matches its pattern.
func (s *shape) spelled(text, at string, rules map[string]string) bool {
	if source, ok := rules["pattern"]; ok && !pattern(source).MatchString(text) {
		s.check.Add(at, "wrong_form", "This does not match the pattern "+source+".")
		return false
	}
	return true
}

// count tells whether a number of things is within the rules min<what> and max<what>.
func (s *shape) count(n int, what, unit, at string, rules map[string]string) bool {
	for _, bound := range []struct {
		rule, words string
		wrong       func(limit int) bool
	}{
		{"min", "at least", func(limit int) bool { return n < limit }},
		{"max", "at most", func(limit int) bool { return n > limit }},
	} {
		text, ok := rules[bound.rule+what]
		if ok && bound.wrong(int(number(text))) {
			unit += strings.Repeat("s", min(1, max(0, int(number(text))-1)))
			s.check.Add(at, "out_of_range", fmt.Sprintf("This needs %s %s %s; it has %d.", bound.words, text, unit, n))
			return false
		}
	}
	return true
}
