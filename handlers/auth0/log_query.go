package auth0

import (
	"slices"
	"time"

	"gatehouse/handlers/events"
)

// apiFamilies are the nouns whose events are calls of an API.
var apiFamilies = []string{"application.*", "client.*", "secret.*", "public_key.*", "certificate.*", "key.*", "settings.*", "connection.*",
	"resource.*", "scope.*", "role.*", "client_grant.*", "experience.*", "webhook.*"}

// logged turns a query into a filter of the log: comparisons that must all hold. Of types there may be several.
func logged(f *events.FilterIn, q query) error {
	switch q := q.(type) {
	case allQuery:
		for _, item := range q.Of {
			if err := logged(f, item); err != nil {
				return err
			}
		}
		return nil
	case anyQuery:
		for _, item := range q.Of {
			if t, ok := item.(termQuery); !ok || t.Field != "type" {
				return badQuery("OR stands between types only")
			}
			if err := logged(f, item); err != nil {
				return err
			}
		}
		return nil
	case rangeQuery:
		return during(f, q)
	case termQuery:
		return compared(f, q)
	}
	return badQuery("the log is searched with terms, ranges of date, AND and OR")
}

func compared(f *events.FilterIn, q termQuery) error {
	switch q.Field {
	case "type":
		return typed(f, q.Value)
	case "client_id", "user_id":
		f.ActorID = q.Value
	case "ip":
		f.IP = q.Value
	case "client_name", "user_name", "description", "log_id", "":
		f.Q = q.Value
	default:
		return badQuery("the log has no field " + q.Field + " to search by")
	}
	return nil
}

// typed adds the events that a code of the vendor stands for; a code that none of ours has finds nothing.
func typed(f *events.FilterIn, code string) error {
	var types []string
	for name, t := range logTypes {
		if t.good == code || t.bad == code {
			types = append(types, name)
		}
	}
	switch code {
	case "sapi":
		types, f.Outcome = apiFamilies, "success"
	case "fapi":
		types, f.Outcome = apiFamilies, "failure"
	}
	if len(types) == 0 {
		types = []string{"nothing.of_this_kind"}
	}
	slices.Sort(types)
	f.Types = append(f.Types, types...)
	return nil
}

func during(f *events.FilterIn, q rangeQuery) error {
	if q.Field != "date" {
		return badQuery("only date has ranges here")
	}
	for _, b := range []struct {
		text string
		into **time.Time
		past bool // the bound itself is beyond the edge that the filter has
	}{{q.From, &f.Since, q.OpenFrom}, {q.To, &f.Until, !q.OpenTo}} {
		if b.text == "" {
			continue
		}
		at, err := moment(b.text)
		if err != nil {
			return badQuery(b.text + " is no date such as 2026-01-31 or 2026-01-31T12:00:00Z")
		}
		if b.past {
			at = at.Add(time.Microsecond)
		}
		*b.into = &at
	}
	return nil
}

func moment(text string) (time.Time, error) {
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return at, nil
	}
	return time.Parse(time.RFC3339, text)
}
