package events

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gatehouse/models"
	"gatehouse/views/applications"
	views "gatehouse/views/events"
	"gatehouse/views/ui"
)

// LogIn is what the address of the console's list may say.
type LogIn struct {
	FilterIn
	models.PageIn
	ApplicationPath string `path:"id"`    // of the activity tab
	When            string `query:"when"` // the last 1h, 24h, 7d or 30d
	Open            string `query:"open"` // the event whose row is open
	Live            int64  `query:"live"` // follow the log since this second
}

// The console shows half a hundred events at once, and follows the log for a quarter of an hour: a page that polls for ever
// would keep its session from ending.
const (
	shown     = 50
	liveLimit = 15 * time.Minute
	logPath   = "/console/audit"
)

// HeadOf gives what the pages of an application show above their tabs.
type HeadOf func(ctx context.Context, applicationID string) (applications.Head, error)

// Log gives the list of the console. Faults: Invalid (a filter), NotFound (application).
func (o Ops) Log(ctx context.Context, in LogIn) (views.Log, error) { return o.log(ctx, in, logPath) }

// Activity gives the same list of one application, as a tab of its pages.
func (o Ops) Activity(head HeadOf) func(context.Context, LogIn) (views.Log, error) {
	return func(ctx context.Context, in LogIn) (views.Log, error) {
		h, err := head(ctx, in.ApplicationPath)
		if err != nil {
			return views.Log{}, err
		}
		in.ApplicationID = h.App.ID
		l, err := o.log(ctx, in, applications.URL(h.App.ID, applications.TabActivity))
		l.Of = &h
		return l, err
	}
}

func (o Ops) log(ctx context.Context, in LogIn, path string) (views.Log, error) {
	if in.Limit == 0 {
		in.Limit = shown
	}
	now := o.Now()
	said := in.values()
	if in.Since == nil && periods[in.When].long > 0 {
		since := now.Add(-periods[in.When].long)
		in.Since = &since
	}
	page, err := o.List(ctx, ListIn{in.FilterIn, in.PageIn})
	if err != nil {
		return views.Log{}, err
	}
	f, err := check(ctx, in.FilterIn)
	if err != nil {
		return views.Log{}, err
	}
	l := views.Log{Path: path, Q: in.Q, Filtered: len(said) > 0, Export: exports(said, in)}
	a := address{path, said, in}
	a.links(&l, page, now)
	if l.Summary, err = o.summary(ctx, f, page); err != nil {
		return l, err
	}
	if l.Seal, err = o.sealed(ctx); err != nil {
		return l, err
	}
	l.Chart = o.strip(ctx, f, in.When, now)
	if l.Filters, err = o.filters(ctx, f, a); err != nil {
		return l, err
	}
	l.Rows, err = o.rows(ctx, page.Items, a, now)
	return l, err
}

// values is what the address says about which events, without place, opened row and following.
func (in LogIn) values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("type", strings.Join(in.Types, ","))
	for name, value := range map[string]string{"actor_id": in.ActorID, "object_id": in.ObjectID, "outcome": in.Outcome, "face": in.Face,
		"ip": in.IP, "request_id": in.RequestID, "q": in.Q, "when": in.When} {
		set(name, value)
	}
	if in.ApplicationPath == "" {
		set("application_id", in.ApplicationID)
	}
	for name, t := range map[string]*time.Time{"since": in.Since, "until": in.Until} {
		if t != nil {
			set(name, t.UTC().Format(time.RFC3339))
		}
	}
	return v
}

// address makes the links of one list.
type address struct {
	path string
	said url.Values
	in   LogIn
}

// with is the address with further parameters; those without a value are left out.
func (a address) with(pairs ...string) string {
	v := url.Values{}
	for name, values := range a.said {
		v[name] = values
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	if len(v) == 0 {
		return a.path
	}
	return a.path + "?" + v.Encode()
}

// live is the parameter of a list that follows.
func (a address) live() string {
	if a.in.Live == 0 {
		return ""
	}
	return strconv.FormatInt(a.in.Live, 10)
}

func (a address) links(l *views.Log, page models.List[models.Event], now time.Time) {
	if page.Prev != "" {
		l.Newer = a.with("cursor", page.Prev)
	}
	if page.Next != "" {
		l.Older = a.with("cursor", page.Next)
	}
	l.LiveOn = a.with("live", strconv.FormatInt(now.Unix(), 10))
	if a.in.Live == 0 {
		return
	}
	l.LiveOff, l.Refresh = a.with("cursor", a.in.Cursor, "open", a.in.Open), a.with("live", a.live())
	switch {
	case now.Sub(time.Unix(a.in.Live, 0)) > liveLimit:
		l.Resume = l.LiveOn
	case a.in.Cursor == "":
		l.Poll = a.with("live", a.live(), "open", a.in.Open)
	}
}

// exports are the downloads of exactly the events that the list is about.
func exports(said url.Values, in LogIn) []ui.MenuItem {
	v := url.Values{}
	for name, values := range said {
		v[name] = values
	}
	v.Del("when")
	if in.Since != nil {
		v.Set("since", in.Since.UTC().Format(time.RFC3339))
	}
	if in.ApplicationID != "" {
		v.Set("application_id", in.ApplicationID)
	}
	href := func(format string) string {
		v.Set("format", format)
		return logPath + "/export?" + v.Encode()
	}
	return []ui.MenuItem{{Label: "JSON Lines, complete", Icon: "braces", Href: href("jsonl"), Plain: true}, {Label: "CSV, for spreadsheets", Icon: "table", Href: href("csv"), Plain: true}}
}
