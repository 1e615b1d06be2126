package models_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

// TestABriefCacheForgetsByItself: what other nodes write without announcing it is shown late by its age at most.
func TestABriefCacheForgetsByItself(t *testing.T) {
	dbtest.Each(t, briefly)
}

func briefly(t *testing.T, db models.DB, _ *models.Vault) {
	age := 500 * time.Millisecond
	c := models.NewBriefCache[int](db.Caches, "brief", 8, age)
	loads := 0
	load := func(context.Context, string) (int, error) { loads++; return loads, nil }
	get := func() int {
		v, err := c.Get(context.Background(), "one", load)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if get() != 1 || get() != 1 {
		t.Errorf("loaded %d times for two reads", loads)
	}
	time.Sleep(age + age/4)
	if v := get(); v != 2 {
		t.Errorf("after its age the entry is still %d", v)
	}
	err := models.InTx(context.Background(), db, func(_ context.Context, tx models.DB) error {
		tx.DropHere("brief", "one")
		return nil
	})
	if v := get(); err != nil || v != 3 {
		t.Errorf("%v: after it was dropped the entry is still %d", err, v)
	}
}

type weighed struct{ n int }

func (w weighed) Weight() int { return w.n }

// SECURITY-BAR G7: a cache counts entries, so that one which is too large is loaded each time.
func TestAHeavyEntryIsNotKept(t *testing.T) {
	c := models.NewCache[weighed](models.NewCaches(), "weighed", 10)
	for n, loads := range map[int]int{32 << 10: 1, 32<<10 + 1: 3} {
		got := 0
		key := strconv.Itoa(n)
		for range 2 {
			if _, err := c.Get(t.Context(), key, func(context.Context, string) (weighed, error) { got++; return weighed{n}, nil }); err != nil {
				t.Fatal(err)
			}
		}
		_, err := c.GetAll(t.Context(), []string{key}, func(context.Context, []string) (map[string]weighed, error) {
			got++
			return map[string]weighed{key: {n}}, nil
		})
		if got != loads || err != nil {
			t.Errorf("%d bytes: loaded %d times, want %d; %v", n, got, loads, err)
		}
	}
}
