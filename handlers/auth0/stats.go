package auth0

import (
	"context"
	"time"

	"gatehouse/handlers/events"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) statsRoutes() []web.Route {
	f := d.Face()
	return []web.Route{
		op("GET", "/stats/daily", "read:stats", web.Do(f, 200, d.daily)),
		op("GET", "/stats/active-users", "read:stats", web.Do(f, 200, d.activeUsers)),
	}
}

// statsDays is how many days are told of at most, and when nothing is said of them.
const (
	statsDays    = 30
	statsMost    = 366
	activeWithin = 30 * 24 * time.Hour
)

type dailyIn struct {
	From string `query:"from" json:"-"`
	To   string `query:"to" json:"-"`
}

// dailyOut is what happened on a day.
type dailyOut struct {
	Date            time.Time `json:"date"`
	Logins          int64     `json:"logins"`
	Signups         int64     `json:"signups"`
	LeakedPasswords int64     `json:"leaked_passwords"`
	UpdatedAt       time.Time `json:"updated_at"`
	CreatedAt       time.Time `json:"created_at"`
}

// Types of events that a day's figures count.
var (
	loginTypes  = []string{"administrator.signed_in", "user.signed_in"}
	signupTypes = []string{"administrator.created", "user.created"}
	leakedTypes = []string{"user.leaked_password"}
)

// daily counts sign-ins and new people per day, from the audit log. Days without any are left out, as the document has it.
func (d Dialect) daily(ctx context.Context, in dailyIn) ([]dailyOut, error) {
	var c models.Check
	today := models.Now().Truncate(24 * time.Hour)
	to, from := today, today.AddDate(0, 0, 1-statsDays)
	read := func(name, text string, into *time.Time) {
		if text == "" {
			return
		}
		day, err := time.Parse("20060102", text)
		if c.That(err == nil, name, "not_a_day", "Write a day as YYYYMMDD") {
			*into = day
		}
	}
	read("to", in.To, &to)
	if in.To != "" && in.From == "" {
		from = to.AddDate(0, 0, 1-statsDays)
	}
	read("from", in.From, &from)
	days := int(to.Sub(from).Hours()/24) + 1
	c.That(days > 0 && days <= statsMost, "from", "out_of_range", "The period has 1 to 366 days")
	if err := c.Err(); err != nil {
		return nil, err
	}
	return d.days(models.Lend(ctx, "event.read"), from, days)
}

func (d Dialect) days(ctx context.Context, from time.Time, n int) ([]dailyOut, error) {
	end := from.AddDate(0, 0, n)
	var counts [3][]float64
	for i, types := range [][]string{loginTypes, signupTypes, leakedTypes} {
		var err error
		if counts[i], err = d.Events.Over(ctx, events.FilterIn{Types: types, Outcome: "success"}, end, 24*time.Hour, n); err != nil {
			return nil, err
		}
	}
	out := []dailyOut{}
	for i := range n {
		day := from.AddDate(0, 0, i)
		one := dailyOut{Date: day, Logins: int64(counts[0][i]), Signups: int64(counts[1][i]), LeakedPasswords: int64(counts[2][i]), UpdatedAt: day.AddDate(0, 0, 1), CreatedAt: day}
		if one.Logins+one.Signups+one.LeakedPasswords > 0 {
			out = append(out, one)
		}
	}
	return out, nil
}

// activeUsers is how many people signed in within the last 30 days.
func (d Dialect) activeUsers(ctx context.Context, _ web.None) (int64, error) {
	since := models.Now().Add(-activeWithin)
	return d.Events.Actors(models.Lend(ctx, "event.read"), events.FilterIn{Types: loginTypes, Outcome: "success", Since: &since})
}
