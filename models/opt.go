package models

import "encoding/json"

// Opt is a field of an update: absent, null, or a value.
type Opt[T any] struct {
	Set  bool // the caller said something
	Null bool // the caller said null
	V    T
}

// Some is an Opt that holds v.
func Some[T any](v T) Opt[T] { return Opt[T]{Set: true, V: v} }

// Null is an Opt that clears.
func Null[T any]() Opt[T] { return Opt[T]{Set: true, Null: true} }

// To writes the value (or, for null, the zero value) into dst when the caller said something.
func (o Opt[T]) To(dst *T) {
	if o.Set {
		*dst = o.V
	}
}

// ToPtr writes the value into a nullable field.
func (o Opt[T]) ToPtr(dst **T) {
	switch {
	case o.Null:
		*dst = nil
	case o.Set:
		v := o.V
		*dst = &v
	}
}

// IsZero lets encoders with omitzero leave an absent field out.
func (o Opt[T]) IsZero() bool { return !o.Set }

// UnmarshalJSON notes that the field was there, and whether it was null.
func (o *Opt[T]) UnmarshalJSON(b []byte) error {
	o.Set = true
	if string(b) == "null" {
		o.Null = true
		var zero T
		o.V = zero
		return nil
	}
	return json.Unmarshal(b, &o.V)
}

// MarshalJSON writes null or the value.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.Set || o.Null {
		return []byte("null"), nil
	}
	return json.Marshal(o.V)
}

// OptTarget lets the one binder fill an Opt from a form without knowing T.
func (o *Opt[T]) OptTarget() any { o.Set = true; return &o.V }
