package events

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"gatehouse/models"
	"gatehouse/views/applications"
	views "gatehouse/views/events"
	"gatehouse/views/ui"
)

// Show gives everything about one event, for a page of its own. Faults: NotFound (event).
func (o Ops) Show(ctx context.Context, in GetIn) (views.Event, error) {
	e, err := o.Get(ctx, in)
	if err != nil {
		return views.Event{}, err
	}
	known, err := o.living(ctx, []models.Event{e})
	if err != nil {
		return views.Event{}, err
	}
	return o.whole(ctx, e, known)
}

// rows are the lines of the list; the one that the address names is open.
func (o Ops) rows(ctx context.Context, items []models.Event, a address, now time.Time) ([]views.Row, error) {
	known, err := o.living(ctx, items)
	if err != nil {
		return nil, err
	}
	out := make([]views.Row, len(items))
	for i, e := range items {
		r := views.Row{ID: e.ID, At: e.At, Time: clock(e.At, now), Label: Label(e), State: State(e), Actor: ActorName(e),
			Program: e.ActorKind != models.ActorAdministrator, On: on(e, known), About: About(e)}
		open := e.ID
		if e.ID == a.in.Open {
			open = ""
			whole, err := o.whole(ctx, e, known)
			if err != nil {
				return nil, err
			}
			r.Open = &whole
		}
		r.Toggle = a.with("cursor", a.in.Cursor, "live", a.live(), "open", open)
		out[i] = r
	}
	return out, nil
}

// on is what an event was done to.
func on(e models.Event, known living) string {
	if name := objectName(e); name != "" {
		return name
	}
	return known.applications[e.ApplicationID]
}

// clock is a time for reading in a list: today's without its date.
func clock(t, now time.Time) string {
	t, now = t.UTC(), now.UTC()
	switch {
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return t.Format("15:04:05")
	case t.Year() == now.Year():
		return t.Format("2 Jan, 15:04")
	}
	return t.Format("2 Jan 2006")
}

func (o Ops) whole(ctx context.Context, e models.Event, known living) (views.Event, error) {
	out := views.Event{ID: e.ID, Title: Label(e), State: State(e), At: e.At, Why: Because(e), Href: logPath + "/" + e.ID, JSON: plain(e)}
	t := Tell(e)
	for _, p := range []views.Part{{Text: t.Actor}, {Text: t.Before}, {Text: t.Object, Href: known.link(e)}, {Text: t.After}} {
		if p.Text != "" {
			out.Sentence = append(out.Sentence, p)
		}
	}
	for _, c := range Changes(e) {
		out.Changes = append(out.Changes, views.Change(c))
	}
	out.Facts = facts(e, known)
	var err error
	out.Related, err = o.related(ctx, e)
	return out, err
}

// plain is the event as the REST API shows it.
func plain(e models.Event) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(e) != nil {
		return nil
	}
	return bytes.TrimSpace(b.Bytes())
}

func facts(e models.Event, known living) []views.Fact {
	var out []views.Fact
	add := func(name, text, href string, code bool) {
		if text != "" {
			out = append(out, views.Fact{Name: name, Text: text, Href: href, Code: code})
		}
	}
	add("Actor", ActorName(e)+kinds[e.ActorKind], only("actor_id", e.ActorID), false)
	add("Through", Through(e), "", false)
	add("From", e.IP, only("ip", e.IP), false)
	add("With", agent(e.Agent), "", false)
	add("Request", e.RequestID, only("request_id", e.RequestID), true)
	if name := known.applications[e.ApplicationID]; name != "" && e.ObjectKind != "application" {
		add("Application", name, applications.URL(e.ApplicationID), false)
	}
	if e.Seq != nil {
		add("Sealed", "Number "+ui.Number(int(*e.Seq)), "", false)
	} else {
		add("Sealed", "Not yet", "", false)
	}
	return out
}

var kinds = map[string]string{models.ActorAdministrator: ", administrator", models.ActorClient: ", client"}

// only is the log narrowed to one value.
func only(name, value string) string {
	if value == "" {
		return ""
	}
	return logPath + "?" + url.Values{name: {value}}.Encode()
}

// related are the other events of the same request and the ones before it on the same object, with the way to all of them.
func (o Ops) related(ctx context.Context, e models.Event) ([]views.Link, error) {
	f, err := check(ctx, FilterIn{})
	if err != nil {
		return nil, err
	}
	var out []views.Link
	if e.RequestID != "" {
		with := f
		with.RequestID = e.RequestID
		rows, err := o.page(ctx, with, models.Key{}, 6)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.ID != e.ID && len(out) < 5 {
				out = append(out, views.Link{Text: strings.TrimSpace(Label(r) + " " + objectName(r)), Href: logPath + "/" + r.ID, Note: "same request"})
			}
		}
	}
	if e.ObjectID == "" {
		return out, nil
	}
	f.ObjectID = e.ObjectID
	rows, err := o.page(ctx, f, place(e), 3)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		out = append(out, views.Link{Text: Label(r) + " by " + ActorName(r), Href: logPath + "/" + r.ID, Note: earlier(e.At.Sub(r.At))})
	}
	return append(out, views.Link{Text: "Everything that happened to " + objectName(e), Href: only("object_id", e.ObjectID)}), nil
}

func earlier(d time.Duration) string {
	return strings.TrimSuffix(ui.Ago(time.Unix(0, 0), time.Unix(0, 0).Add(max(d, time.Second*5))), " ago") + " earlier"
}

// agent tells a browser and its system from a User-Agent; what is no browser is told as it called itself.
func agent(text string) string {
	browser, system := "", ""
	for _, b := range [][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if browser == "" && strings.Contains(text, b[0]) {
			browser = b[1]
		}
	}
	for _, s := range [][2]string{{"Android", "Android"}, {"iPhone", "iOS"}, {"iPad", "iPadOS"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}} {
		if system == "" && strings.Contains(text, s[0]) {
			system = s[1]
		}
	}
	if browser == "" || !strings.HasPrefix(text, "Mozilla/") {
		return text
	}
	return strings.TrimSuffix(browser+" on "+system, " on ")
}
