package models

import (
	"time"

	"github.com/maypok86/otter/v2"
)

// Bounded is a map of at most so many entries that many goroutines use: what is used least leaves first. All of them share one
// compiled store of untyped values; a store per type would add 100 kB of code to the program for each.
type Bounded[V any] struct{ data *otter.Cache[string, any] }

// NewBounded makes a map of at most size entries. An entry that was not used for idle is forgotten; 0 keeps it.
func NewBounded[V any](size int, idle time.Duration) Bounded[V] {
	options := otter.Options[string, any]{MaximumSize: size}
	if idle > 0 {
		options.ExpiryCalculator = otter.ExpiryAccessing[string, any](idle)
	}
	return Bounded[V]{otter.Must(&options)}
}

// NewBrief makes a map of at most size entries, each of which is forgotten when it has been there for age.
func NewBrief[V any](size int, age time.Duration) Bounded[V] {
	return Bounded[V]{otter.Must(&otter.Options[string, any]{MaximumSize: size, ExpiryCalculator: otter.ExpiryWriting[string, any](age)})}
}

// Get gives an entry, if it is there.
func (b Bounded[V]) Get(key string) (v V, ok bool) {
	kept, ok := b.data.GetIfPresent(key)
	if !ok {
		return v, false
	}
	return kept.(V), true
}

// Set puts an entry in.
func (b Bounded[V]) Set(key string, v V) { b.data.Set(key, v) }

// Have gives the entry of key, which becomes what fresh makes when it is not there. Callers that meet get the same one.
func (b Bounded[V]) Have(key string, fresh func() V) V {
	if v, ok := b.Get(key); ok {
		return v
	}
	kept, _ := b.data.SetIfAbsent(key, fresh())
	return kept.(V)
}

// Drop forgets an entry.
func (b Bounded[V]) Drop(key string) { b.data.Invalidate(key) }

// Clear forgets all.
func (b Bounded[V]) Clear() { b.data.InvalidateAll() }
