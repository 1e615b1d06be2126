package models

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// ClockStep is how far the clock may jump, or stand before what is recorded, without a word: tokens are judged with as much leeway.
const ClockStep = time.Minute

// Clock watches the time of day. Nothing waits for it and nothing fails because of it: what it finds is a warning, for people who
// would else wonder why tokens are not yet valid, or are no longer.
type Clock struct {
	DB  DB
	Log *slog.Logger
	Now func() time.Time // the time of day
	// Elapsed is how long the process has run by a clock that nobody sets.
	Elapsed func() time.Duration
	Every   time.Duration
}

// NewClock watches this machine's.
func NewClock(db DB, log *slog.Logger) Clock {
	began := time.Now()
	return Clock{DB: db, Log: log, Now: Now, Elapsed: func() time.Duration { return time.Since(began) }, Every: 10 * time.Second}
}

// Run compares the clock with what is recorded, and then with itself until ctx ends.
func (c Clock) Run(ctx context.Context) {
	if err := c.Recorded(ctx); err != nil {
		c.Log.WarnContext(ctx, "the clock could not be compared with what is recorded", "error", err)
	}
	base := c.Now().Add(-c.Elapsed())
	tick := time.NewTicker(c.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			base = c.Stepped(ctx, base)
		}
	}
}

// Recorded warns when the newest event is of a time that has not come: the clock was put back while nothing ran.
func (c Clock) Recorded(ctx context.Context) error {
	var newest []time.Time
	if err := c.DB.Read.NewSelect().Table("events").Column("at").OrderExpr("at DESC").Limit(1).Scan(ctx, &newest); err != nil {
		return fmt.Errorf("read the newest event: %w", err)
	}
	if len(newest) == 1 {
		if ahead := newest[0].Sub(c.Now()); ahead > ClockStep {
			c.Log.WarnContext(ctx, "the clock stands before what is recorded: tokens that are out may not be valid yet", "by", ahead.Round(time.Second).String())
		}
	}
	return nil
}

// Stepped warns when the time of day moved otherwise than time passed. base is when the process began by the time of day; it gives the
// base to go on with.
func (c Clock) Stepped(ctx context.Context, base time.Time) time.Time {
	now := c.Now().Add(-c.Elapsed())
	if step := now.Sub(base); step > ClockStep || step < -ClockStep {
		c.Log.WarnContext(ctx, "the clock was stepped: tokens and sessions are judged by the new time", "by", step.Round(time.Second).String())
		return now
	}
	return base
}
