package models_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

// TestInsertWritesWhatBunWould stores the same rows both ways and compares what the database then holds, byte for byte.
func TestInsertWritesWhatBunWould(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		ctx := dbtest.Context(t)
		at := time.Date(2026, 11, 22, 1, 2, 3, 400_000_000, time.UTC)
		lifetime := int64(60)
		for _, tc := range []struct {
			about, table string
			row          func(id string) any
		}{
			{"an application", "applications", func(id string) any {
				return &models.Application{ID: id, TenantID: "default", Kind: models.KindStandard, Name: "Ünï <b>", Tags: []string{"a&b"}, Disabled: true,
					CustomData: map[string]any{"k": "<v>"}, RefreshInvalidation: models.RefreshInvalidation{OnSuspension: true}, Version: 1, CreatedAt: at, UpdatedAt: at}
			}},
			{"an empty application", "applications", func(id string) any { return &models.Application{ID: id, CreatedAt: at, UpdatedAt: at} }},
			{"an event", "events", func(id string) any {
				return &models.Event{ID: id, TenantID: "default", At: at, Type: "x.y", Outcome: "success", Detail: []byte(`{"a":{"before":1,"after":2}}`)}
			}},
			{"an event without detail", "events", func(id string) any { return &models.Event{ID: id, At: at} }},
			{"a client", "clients", func(id string) any {
				return &models.Client{ID: id, TenantID: "default", ApplicationID: "a1", Protocol: models.ProtocolOIDC, RedirectURIs: []string{"https://x.example/?a=1&b=2"},
					AccessTokenLifetimeSeconds: &lifetime, JWKS: []byte(`{"keys":[]}`), Stored: map[string]json.RawMessage{}, CreatedAt: at, UpdatedAt: at}
			}},
		} {
			one, two := tc.row("a1"), tc.row("a2")
			if err := models.InTx(ctx, db, func(ctx context.Context, tx models.DB) error { return models.Insert(ctx, tx, one) }); err != nil {
				t.Fatalf("%s: %v", tc.about, err)
			}
			if _, err := db.Write.NewInsert().Model(two).Exec(ctx); err != nil {
				t.Fatalf("%s: %v", tc.about, err)
			}
			a, b := raw(t, ctx, db, tc.table, "a1"), raw(t, ctx, db, tc.table, "a2")
			a["id"] = b["id"]
			if !reflect.DeepEqual(a, b) {
				for k := range b {
					if !reflect.DeepEqual(a[k], b[k]) {
						t.Errorf("%s, column %s: %v instead of %v", tc.about, k, a[k], b[k])
					}
				}
			}
			for _, id := range []string{"a1", "a2"} {
				if tc.table != "applications" || tc.about == "an application" {
					if _, err := db.Write.ExecContext(ctx, "DELETE FROM "+tc.table+" WHERE id = ?", id); err != nil && tc.table != "applications" {
						t.Fatal(err)
					}
				}
			}
		}
	})
}

// raw is a row as text and type of each column.
func raw(t *testing.T, ctx context.Context, db models.DB, table, id string) map[string]string {
	t.Helper()
	rows, err := db.Read.QueryContext(ctx, "SELECT * FROM "+table+" WHERE id = ?", id)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil || !rows.Next() {
		t.Fatalf("%s %s: %v", table, id, err)
	}
	values, dest := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		dest[i] = &values[i]
	}
	if err := rows.Scan(dest...); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for i, n := range names {
		out[n] = fmt.Sprintf("%T %v", values[i], values[i])
	}
	return out
}

func TestAStepThatFailsFailsTheTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		ctx := dbtest.Context(t)
		err := models.InTx(ctx, db, func(ctx context.Context, tx models.DB) error {
			if err := models.Record(ctx, tx, models.Event{Type: "outer.done"}); err != nil {
				return err
			}
			_ = models.InTx(ctx, tx, func(context.Context, models.DB) error { return fmt.Errorf("inner") })
			return nil // the error is passed over
		})
		if err == nil {
			t.Fatal("the transaction was committed although a step of it had failed")
		}
		if n, _ := db.Read.NewSelect().Model((*models.Event)(nil)).Count(ctx); n != 0 {
			t.Fatalf("%d events are there", n)
		}
	})
}

// TestHotWritesOfManyTransactionsDoNotWaitForEachOther lets transactions that are new to the server's statements want the same
// row. One that waits for the row in the database must not keep the one that has it from going on.
func TestHotWritesOfManyTransactionsDoNotWaitForEachOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		ctx := dbtest.Context(t)
		done := make(chan error)
		const writers, rounds = 8, 12
		for range writers {
			go func() {
				var err error
				for round := 0; round < rounds && err == nil; round++ {
					err = models.InTx(ctx, db, func(ctx context.Context, tx models.DB) error {
						for i := range 4 { // texts that are new in each round, so that several prepare them at once
							text := fmt.Sprintf("UPDATE tenants SET name = ? WHERE id = ? AND %d = %d", round*4+i, round*4+i)
							if err := models.Exec(ctx, tx, text, "N", models.DefaultTenant); err != nil {
								return err
							}
							time.Sleep(time.Millisecond)
						}
						return nil
					})
				}
				done <- err
			}()
		}
		limit := time.After(time.Minute)
		for range writers {
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
			case <-limit:
				t.Fatal("the transactions wait for each other")
			}
		}
	})
}
