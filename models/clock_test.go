package models_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

// SECURITY-BAR R12: steps of the clock are told, small differences are not, and one step is told once.
func TestAStepOfTheClockIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, _ *models.Vault) {
		var log bytes.Buffer
		at, elapsed := models.Now(), time.Duration(0)
		c := models.Clock{DB: db, Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return at }, Elapsed: func() time.Duration { return elapsed }}
		base := at
		for _, step := range []struct {
			about          string
			passes, stepBy time.Duration
			told           string
		}{
			{"time passes", time.Hour, 0, ""},
			{"the clock is put right by seconds", 10 * time.Second, 20 * time.Second, ""},
			{"an hour forward", 10 * time.Second, time.Hour, "1h0m"},
			{"it is told once", 10 * time.Second, 0, ""},
			{"two hours back", 10 * time.Second, -2 * time.Hour, "-2h0m"},
		} {
			log.Reset()
			at, elapsed = at.Add(step.passes+step.stepBy), elapsed+step.passes
			if base = c.Stepped(context.Background(), base); (log.Len() > 0) != (step.told != "") || !strings.Contains(log.String(), step.told) {
				t.Errorf("%s: %q", step.about, log.String())
			}
		}
		ctx := models.System(context.Background())
		err := models.InTx(ctx, db, func(ctx context.Context, tx models.DB) error {
			return models.Record(ctx, tx, models.Event{Type: "settings.updated"})
		})
		if err != nil {
			t.Fatal(err)
		}
		for ahead, told := range map[time.Duration]bool{0: false, 30 * time.Second: false, time.Hour: true} {
			log.Reset()
			at = models.Now().Add(-ahead)
			if err := c.Recorded(ctx); err != nil || (log.Len() > 0) != told {
				t.Errorf("the newest event is %v ahead: %v %q", ahead, err, log.String())
			}
		}
	})
}
