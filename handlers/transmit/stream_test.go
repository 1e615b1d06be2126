package transmit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"gatehouse/handlers/applications"
	"gatehouse/models"
)

// TestLongListsAreWhole reads lists of more than one batch: every row once, in order, and valid JSON.
func TestLongListsAreWhole(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := models.System(t.Context())
		const n = 2*models.PageLimit + 5
		must(t, models.InTx(ctx, w.db, func(ctx context.Context, tx models.DB) error {
			for i := range n - 1 {
				if _, err := w.dialect.Applications.In(tx).Create(ctx, applications.CreateIn{Fields: applications.Fields{Name: models.Some(fmt.Sprint("app ", i))}}); err != nil {
					return err
				}
			}
			return nil
		}))
		for _, path := range []string{apps, apps + "/list"} {
			a := w.call(w.admin.token, "GET", path, nil)
			var out struct {
				Result []struct {
					ID     string `json:"app_id"`
					Secret string `json:"client_secret"`
				} `json:"result"`
			}
			must(t, json.Unmarshal(a.body, &out))
			seen := map[string]bool{}
			for _, r := range out.Result {
				seen[r.ID] = true
				if path == apps && r.Secret == "" {
					t.Errorf("%s has no secret", r.ID)
				}
			}
			if len(out.Result) != n || len(seen) != n {
				t.Errorf("%s: %d rows, %d of them different, want %d", path, len(out.Result), len(seen), n)
			}
		}
	})
}
