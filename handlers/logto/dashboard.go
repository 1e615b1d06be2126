package logto

import (
	"context"
	"regexp"
	"time"

	"gatehouse/models"
	"gatehouse/web"
)

const (
	oneDay    = 24 * time.Hour
	weekDays  = 7
	monthDays = 30
	dayForm   = "2006-01-02"
)

// figure is a number and how much more it is than in the time before.
type figure struct {
	Count int64 `json:"count"`
	Delta int64 `json:"delta"`
}

// totalUsers is how many people there are.
type totalUsers struct {
	Count int64 `json:"totalUserCount"`
}

// newUsers is how many people came.
type newUsers struct {
	Today    figure `json:"today"`
	LastWeek figure `json:"last7Days"`
}

// activeUsers is how many people were there.
type activeUsers struct {
	Curve []dayCount `json:"dauCurve"`
	Day   figure     `json:"dau"`
	Week  figure     `json:"wau"`
	Month figure     `json:"mau"`
}

type dayCount struct {
	Date  string `json:"date"`
	Count int64  `json:"count"`
}

func (d Dialect) dashboardRoutes(f web.Face) []web.Route {
	const at = "/api/dashboard/users"
	return []web.Route{
		{"GET", at + "/total", "event.read", web.Do(f, 200, d.totalUsers).With(doc("dashboard", "Count the people"))},
		{"GET", at + "/new", "event.read", web.Do(f, 200, d.newUsers).With(doc("dashboard", "Count the people who are new"))},
		{"GET", at + "/active", "event.read", web.Do(f, 200, d.activeUsers).With(doc("dashboard", "Count the people who signed in"))},
	}
}

func (d Dialect) totalUsers(ctx context.Context, _ web.None) (totalUsers, error) {
	n, err := d.Events.Users(ctx)
	return totalUsers{n}, err
}

func (d Dialect) newUsers(ctx context.Context, _ web.None) (out newUsers, err error) {
	days, err := d.Events.NewUsers(ctx, endOfDay(models.Now()), oneDay, 2*weekDays)
	if err != nil {
		return out, err
	}
	out.Today, out.LastWeek = compared(days, 1), compared(days, weekDays)
	return out, nil
}

// compared is the last n days beside the n before.
func compared(days []float64, n int) figure {
	sum := func(part []float64) (all int64) {
		for _, v := range part {
			all += int64(v)
		}
		return all
	}
	now := sum(days[len(days)-n:])
	return figure{now, now - sum(days[len(days)-2*n:len(days)-n])}
}

// activeIn says which day is today.
type activeIn struct {
	Date opt[string] `query:"date" json:"-"`
}

var dateForm = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

func (in activeIn) day() (time.Time, error) {
	if !in.Date.Set {
		return models.Now(), nil
	}
	day, err := time.Parse(dayForm, in.Date.V)
	var c models.Check
	c.That(err == nil && dateForm.MatchString(in.Date.V), "date", "not_a_date", "Use a date such as 2026-01-31.")
	return day, at(c.Err(), invalidQuery)
}

func (d Dialect) activeUsers(ctx context.Context, in activeIn) (out activeUsers, err error) {
	day, err := in.day()
	if err != nil {
		return out, err
	}
	end := endOfDay(day)
	for i := monthDays; i > 0; i-- {
		from := end.Add(-time.Duration(i) * oneDay)
		n, err := d.Events.ActiveUsers(ctx, from, from.Add(oneDay))
		if err != nil {
			return out, err
		}
		out.Curve = append(out.Curve, dayCount{from.Format(dayForm), n})
	}
	for days, to := range map[int]*figure{1: &out.Day, weekDays: &out.Week, monthDays: &out.Month} {
		if *to, err = d.active(ctx, end, time.Duration(days)*oneDay); err != nil {
			return out, err
		}
	}
	return out, nil
}

// active counts people over a time that ends at end, and beside it over the same time before.
func (d Dialect) active(ctx context.Context, end time.Time, long time.Duration) (figure, error) {
	now, err := d.Events.ActiveUsers(ctx, end.Add(-long), end)
	if err != nil {
		return figure{}, err
	}
	before, err := d.Events.ActiveUsers(ctx, end.Add(-2*long), end.Add(-long))
	return figure{now, now - before}, err
}

func endOfDay(t time.Time) time.Time { return t.UTC().Truncate(oneDay).Add(oneDay) }
