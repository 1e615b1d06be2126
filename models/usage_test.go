package models_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

func TestUsagesAreCountedInMemoryAndWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		ctx, now := dbtest.Context(t), models.Now()
		u := models.NewUsages(db, func() time.Time { return now })
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				for range 500 {
					u.Touch("first", "busy", "192.0.2.1")
					u.Touch("second", fmt.Sprint("c", i), "192.0.2.1")
				}
			})
		}
		wg.Wait()
		if n, _ := db.Read.NewSelect().Model((*models.Usage)(nil)).Count(ctx); n != 0 {
			t.Error("something was written before its time")
		}
		if err := u.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
		u.Touch("first", "busy", "192.0.2.2")
		if err := u.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		var rows []models.Usage
		if err := db.Read.NewSelect().Model(&rows).Order("object_kind", "object_id").Scan(ctx); err != nil {
			t.Fatal(err)
		}
		busy := rows[0]
		if len(rows) != 5 || busy.ObjectID != "busy" || busy.Count != 2001 || busy.LastIP != "192.0.2.2" || !busy.LastUsedAt.Equal(now) {
			t.Errorf("%d rows, first %+v", len(rows), busy)
		}
	})
}

func TestUsagesThatCannotBeWrittenAreKept(t *testing.T) {
	db, _ := dbtest.Open(t)
	u := models.NewUsages(db, models.Now)
	u.Touch("first", "a", "")
	gone, cancel := context.WithCancel(dbtest.Context(t))
	cancel()
	if err := u.Flush(gone); err == nil {
		t.Fatal("written without a database")
	}
	u.Touch("first", "a", "")
	u.Run(gone) // the last write of a server that stops
	var row models.Usage
	if err := db.Read.NewSelect().Model(&row).Scan(dbtest.Context(t)); err != nil || row.Count != 2 {
		t.Errorf("%+v, %v", row, err)
	}
}
