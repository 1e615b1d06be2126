package models_test

import (
	"context"
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
