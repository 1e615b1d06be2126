package connections

import (
	"strings"
	"testing"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

// TestWhatEarlierVersionsLeftInClearIsSealed: a row in which a secret stands among the options, as a version wrote it that did not know
// its name, is sealed at the next start, once; the secret that was sealed already stays beside it, and the audit log tells no value.
func TestWhatEarlierVersionsLeftInClearIsSealed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault)
		old := w.make("texts", models.StrategySMS, map[string]any{"endpoint": "https://sms.example.com", "password": "sealed-before"})
		clean := w.make("google", models.StrategyGoogle, map[string]any{"client_id": "abc"})
		if _, err := db.Write.ExecContext(w.ctx, `UPDATE connections SET sealed_by = 0, options = '{"endpoint":"https://sms.example.com","apiToken":"left-in-clear"}' WHERE id = ?`, old.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Write.ExecContext(w.ctx, "UPDATE connections SET sealed_by = 0 WHERE id = ?", clean.ID); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second start finds nothing to do
			w.SealLeft(models.System(w.ctx))
		}
		var options string
		if err := db.Read.NewSelect().Table("connections").Column("options").Where("id = ?", old.ID).Scan(w.ctx, &options); err != nil || strings.Contains(options, "left-in-clear") {
			t.Errorf("it lies open: %s, %v", options, err)
		}
		got, err := w.Get(w.ctx, IDIn{ID: old.ID})
		if err != nil || got.Version != old.Version+1 || strings.Join(got.SecretOptions, " ") != "/apiToken /password" || got.Options["endpoint"] != "https://sms.example.com" {
			t.Errorf("%+v, %v", got, err)
		}
		secrets, err := vault.OpenOptions(got)
		if err != nil || secrets["/apiToken"] != "left-in-clear" || secrets["/password"] != "sealed-before" {
			t.Errorf("%v, %v", secrets, err)
		}
		if same, err := w.Get(w.ctx, IDIn{ID: clean.ID}); err != nil || same.Version != clean.Version {
			t.Errorf("a row with nothing to seal changed: %+v, %v", same, err)
		}
		var events []models.Event
		if err := db.Read.NewSelect().Model(&events).Where("type = 'connection.updated'").Scan(w.ctx); err != nil || len(events) != 1 || events[0].ObjectID != old.ID || strings.Contains(string(events[0].Detail), "left") {
			t.Errorf("%+v, %v", events, err)
		}
	})
}
