package events

import (
	"context"
	"fmt"
	"time"

	"gatehouse/models"
)

// Types of events that tell of people who sign in on the hosted pages.
const (
	userCreated  = "user.created"
	userDeleted  = "user.deleted"
	userSignedIn = "user.signed_in"
)

// Users tells how many people there are: as many as came and did not go.
// Faults: Forbidden.
func (o Ops) Users(ctx context.Context) (int64, error) {
	if err := models.Need(ctx, "event.read", "", "event"); err != nil {
		return 0, err
	}
	var came, went int64
	for kind, n := range map[string]*int64{userCreated: &came, userDeleted: &went} {
		f, err := check(ctx, FilterIn{Types: []string{kind}})
		if err != nil {
			return 0, err
		}
		if *n, err = o.atMost(ctx, f, everything); err != nil {
			return 0, err
		}
	}
	return came - went, nil
}

// NewUsers tells how many people came in each of some steps of time, the last of which ends at end.
// Faults: Forbidden.
func (o Ops) NewUsers(ctx context.Context, end time.Time, step time.Duration, steps int) ([]float64, error) {
	if err := models.Need(ctx, "event.read", "", "event"); err != nil {
		return nil, err
	}
	return o.Over(ctx, FilterIn{Types: []string{userCreated}}, end, step, steps)
}

// ActiveUsers tells how many different people signed in from a moment on and before another.
// Faults: Forbidden.
func (o Ops) ActiveUsers(ctx context.Context, from, until time.Time) (int64, error) {
	if err := models.Need(ctx, "event.read", "", "event"); err != nil {
		return 0, err
	}
	var n int64
	err := o.DB.Read.NewSelect().Table("events").ColumnExpr("COUNT(DISTINCT actor_id)").Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).
		Where("type = ?", userSignedIn).Where("at >= ?", from.UTC()).Where("at < ?", until.UTC()).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count people who signed in: %w", err)
	}
	return n, nil
}
