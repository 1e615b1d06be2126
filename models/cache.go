package models

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Names of caches that features share: whoever changes the row drops its entry.
const (
	CacheApplication = "application"  // by application id
	CacheClient      = "client"       // by client_id
	CacheOAuthClient = "oauth_client" // by client_id: a client with its credentials, as the token endpoint needs it

	CacheApplicationCard = "application_card" // by application id: what lists show of its clients and their credentials

	CacheExperience = "experience" // what sign-in pages show, by layer

	CacheApplicationUse = "application_use" // by application id: its last use

	CacheTenant        = "tenant"        // by tenant id
	CacheAdministrator = "administrator" // by administrator id
	CacheSession       = "session"       // console sessions by the hash of their id
)

// EveryEntry is the key that drops a whole cache: for what many of its entries show.
const EveryEntry = "*"

// Caches is every in-process cache of the server, so that a commit here or elsewhere can drop entries by name.
type Caches struct {
	off    atomic.Bool // set while news from other processes cannot be heard
	mu     sync.RWMutex
	byName map[string]dropper
}

type dropper interface {
	drop(key string)
	dropAll()
}

// NewCaches makes an empty set.
func NewCaches() *Caches { return &Caches{byName: map[string]dropper{}} }

// Cache holds rows that are read far more often than written, keyed by text. An entry lives until a commit drops it.
type Cache[V any] struct {
	set  *Caches
	gen  atomic.Int64 // moves at every drop, so that a load that began before it is not kept
	data Bounded[V]
}

// NewCache adds a cache of at most size entries under a name of its own.
func NewCache[V any](set *Caches, name string, size int) *Cache[V] {
	return newCache(set, name, NewBounded[V](size, 0))
}

// NewBriefCache is NewCache for rows whose writes other nodes do not announce: an entry is used for at most age.
func NewBriefCache[V any](set *Caches, name string, size int, age time.Duration) *Cache[V] {
	return newCache(set, name, NewBrief[V](size, age))
}

func newCache[V any](set *Caches, name string, data Bounded[V]) *Cache[V] {
	c := &Cache[V]{set: set, data: data}
	set.mu.Lock()
	defer set.mu.Unlock()
	set.byName[name] = c
	return c
}

// Get gives the entry of key, loading it when it is not there. A failed load is not kept; inside a transaction nothing is.
func (c *Cache[V]) Get(ctx context.Context, key string, load func(ctx context.Context, key string) (V, error)) (V, error) {
	if c.set.off.Load() || ctx.Value(inTxKey{}) != nil {
		return load(ctx, key)
	}
	if v, ok := c.data.Get(key); ok {
		return v, nil
	}
	gen := c.gen.Load()
	v, err := load(ctx, key)
	if err == nil && c.gen.Load() == gen && light(v) {
		c.data.Set(key, v)
		if c.gen.Load() != gen { // dropped between the check and the set
			c.data.Drop(key)
		}
	}
	return v, err
}

// weighing is a value that may be too large to be kept: caches count entries, and their memory has a bound only if an entry has one.
type weighing interface{ Weight() int }

// mostWeight is the weight, in bytes, beyond which a value is loaded each time that it is asked for.
const mostWeight = 32 << 10

func light(v any) bool {
	w, ok := v.(weighing)
	return !ok || w.Weight() <= mostWeight
}

// GetAll is Get for several keys: those that are not there are loaded at once. A key that the load does not give has the zero value.
func (c *Cache[V]) GetAll(ctx context.Context, keys []string, load func(ctx context.Context, keys []string) (map[string]V, error)) (map[string]V, error) {
	if c.set.off.Load() || ctx.Value(inTxKey{}) != nil {
		return load(ctx, keys)
	}
	out, missing := make(map[string]V, len(keys)), []string(nil)
	for _, key := range keys {
		if v, ok := c.data.Get(key); ok {
			out[key] = v
		} else {
			missing = append(missing, key)
		}
	}
	if missing == nil {
		return out, nil
	}
	gen := c.gen.Load()
	loaded, err := load(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, key := range missing {
		v := loaded[key]
		if out[key] = v; c.gen.Load() != gen || !light(v) {
			continue
		}
		if c.data.Set(key, v); c.gen.Load() != gen { // dropped between the check and the set
			c.data.Drop(key)
		}
	}
	return out, nil
}

func (c *Cache[V]) drop(key string) {
	c.gen.Add(1)
	c.data.Drop(key)
}

func (c *Cache[V]) dropAll() {
	c.gen.Add(1)
	c.data.Clear()
}

func (s *Caches) forget(drops []drop) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, d := range drops {
		c, ok := s.byName[d.cache]
		switch {
		case !ok:
		case d.key == EveryEntry:
			c.dropAll()
		default:
			c.drop(d.key)
		}
	}
}

// ForgetAll empties every cache: another process wrote, and what is not known.
func (s *Caches) ForgetAll() {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, c := range s.byName {
		c.dropAll()
	}
}

// announce tells the other nodes, inside the transaction: PostgreSQL delivers at commit.
func (s *Caches) announce(ctx context.Context, tx DB, drops []drop) error {
	if !tx.Postgres || len(drops) == 0 {
		return nil
	}
	if _, err := tx.Write.ExecContext(ctx, "UPDATE cache_generation SET generation = generation + 1"); err != nil {
		return fmt.Errorf("announce dropped cache entries: %w", err)
	}
	if _, err := tx.Write.ExecContext(ctx, "NOTIFY gatehouse_cache"); err != nil {
		return fmt.Errorf("announce dropped cache entries: %w", err)
	}
	return nil
}

// Watch keeps the caches honest about writes of other processes until ctx ends: on SQLite it looks at PRAGMA data_version,
// on PostgreSQL at the generation row, every half second; while that cannot be read no cache is used. listen, when given,
// blocks until PostgreSQL delivers a notice, and shortens the wait.
func (s *Caches) Watch(ctx context.Context, db DB, listen func(ctx context.Context, wake func())) {
	news := make(chan struct{}, 1)
	wake := func() {
		select {
		case news <- struct{}{}:
		default:
		}
	}
	if listen != nil {
		go listen(ctx, wake)
	}
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	last := int64(-1)
	for {
		gen, err := s.generation(ctx, db)
		s.off.Store(err != nil)
		if err == nil && gen != last {
			s.ForgetAll()
			last = gen
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-news:
		}
	}
}

func (s *Caches) generation(ctx context.Context, db DB) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, 400*time.Millisecond)
	defer cancel()
	query := "PRAGMA data_version"
	if db.Postgres {
		query = "SELECT generation FROM cache_generation"
	}
	var gen int64
	err := db.Write.QueryRowContext(ctx, query).Scan(&gen)
	return gen, err
}
