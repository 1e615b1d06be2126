package auth0

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"gatehouse/handlers/events"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) logRoutes() []web.Route {
	f := d.Face()
	return []web.Route{
		op("GET", "/logs", "read:logs read:logs_users", web.Do(f, 200, d.listLogs)),
		op("GET", "/logs/:id", "read:logs read:logs_users", web.Do(f, 200, d.getLog)),
	}
}

// logMost is how far into the log pages lead; beyond it a checkpoint does.
const logMost = 1000

type listLogsIn struct {
	fieldsIn
	pageIn
	Sort   string `query:"sort" json:"-"`
	Q      string `query:"q" json:"-"`
	Search string `query:"search" json:"-"`
}

// logOut is an event of the audit log in the document's words.
type logOut struct {
	Date        time.Time      `json:"date"`
	Type        string         `json:"type"`
	Description string         `json:"description"`
	ClientID    string         `json:"client_id,omitempty"`
	ClientName  string         `json:"client_name,omitempty"`
	UserID      string         `json:"user_id,omitempty"`
	UserName    string         `json:"user_name,omitempty"`
	IP          string         `json:"ip"`
	UserAgent   string         `json:"user_agent,omitempty"`
	Hostname    string         `json:"hostname,omitempty"`
	LogID       string         `json:"log_id"`
	ID          string         `json:"_id"`
	IsMobile    bool           `json:"isMobile"`
	Details     map[string]any `json:"details"`
}

// logTypes are the vendor's codes for events that have one of their own, of success and of failure. All others are calls of an
// API: sapi and fapi.
var logTypes = map[string]struct{ good, bad string }{
	"token.issued":                 {"seccft", "feccft"},
	"token.refused":                {"feccft", "feccft"},
	"administrator.signed_in":      {"s", "f"},
	"administrator.sign_in_failed": {"fp", "fp"},
	"administrator.locked":         {"limit_wc", "limit_wc"},
	"administrator.signed_out":     {"slo", "flo"},
	"administrator.created":        {"ss", "fs"},
	"administrator.deleted":        {"sdu", "fdu"},
	"user.signed_in":               {"s", "f"},
	"user.sign_in_failed":          {"fp", "fp"},
	"user.created":                 {"ss", "fs"},
	"user.deleted":                 {"sdu", "fdu"},
}

func logType(e models.Event) string {
	good := e.Outcome != "failure"
	if t, ok := logTypes[e.Type]; ok {
		if good {
			return t.good
		}
		return t.bad
	}
	if good {
		return "sapi"
	}
	return "fapi"
}

// logEvent shows an event.
func logEvent(e models.Event) logOut {
	out := logOut{Date: e.At, Type: logType(e), Description: describeEvent(e), IP: e.IP, UserAgent: e.Agent, LogID: e.ID, ID: e.ID,
		Details: map[string]any{"event": e.Type, "outcome": e.Outcome, "object": map[string]string{"kind": e.ObjectKind, "id": e.ObjectID, "name": e.ObjectName}}}
	switch e.ActorKind {
	case models.ActorClient:
		out.ClientID, out.ClientName = e.ActorID, e.ActorName
	case models.ActorAdministrator:
		out.UserID, out.UserName = e.ActorID, e.ActorName
	}
	for name, value := range map[string]string{"reason": e.Reason, "face": e.Face, "request_id": e.RequestID} {
		if value != "" {
			out.Details[name] = value
		}
	}
	if len(e.Detail) > 0 {
		out.Details["changes"] = json.RawMessage(e.Detail)
	}
	return out
}

// describeEvent puts the type of an event in words: "client.updated Shop" is told as "Client updated: Shop".
func describeEvent(e models.Event) string {
	words := strings.NewReplacer(".", " ", "_", " ").Replace(e.Type)
	if words != "" {
		words = strings.ToUpper(words[:1]) + words[1:]
	}
	if e.ObjectName != "" {
		words += ": " + e.ObjectName
	}
	return words
}

// listLogs gives the log: pages newest first, or behind a checkpoint, which is the id of an event, towards the newest.
func (d Dialect) listLogs(ctx context.Context, in listLogsIn) (rows[logOut], error) {
	s, err := in.span()
	out := rows[logOut]{Name: "logs", Span: s, Items: []logOut{}}
	if err != nil {
		return out, err
	}
	find, err := in.search(s)
	if err != nil {
		return out, err
	}
	out.Span.Checkpoint = false // the document answers a bare list either way
	hits, err := d.Events.Find(ctx, find)
	if models.IsFault(err, models.NotFound) {
		return out, fromNowhere()
	}
	out.Total = hits.Total
	for _, e := range hits.Items {
		out.Items = append(out.Items, logEvent(e))
	}
	return out, err
}

func fromNowhere() error {
	var c models.Check
	c.Add("from", "no_such_log", "There is no log event with this id.")
	return c.Err()
}

func (in listLogsIn) search(s span) (events.FindIn, error) {
	var c models.Check
	find := events.FindIn{After: s.From, Oldest: s.Checkpoint, Offset: min(s.Offset, logMost), Limit: s.Limit, Total: s.Totals}
	c.That(s.Offset+s.Limit <= logMost, "page", "out_of_range", "Pages lead through the newest 1000 events. Use from and take beyond them")
	switch in.Sort {
	case "", "date:-1":
	case "date:1":
		find.Oldest = true
	default:
		c.Add("sort", "not_allowed", "Sort by date:1 or date:-1")
	}
	if err := c.Err(); err != nil {
		return find, err
	}
	text := in.Q
	if text == "" {
		text = in.Search
	}
	if strings.TrimSpace(text) == "" {
		return find, nil
	}
	q, err := parseQuery(text)
	if err == nil {
		err = logged(&find.FilterIn, q)
	}
	return find, err
}

func (d Dialect) getLog(ctx context.Context, in idIn) (logOut, error) {
	e, err := d.Events.Get(ctx, events.GetIn{ID: in.ID})
	if models.IsFault(err, models.NotFound) {
		err = models.Missing("log")
	}
	return logEvent(e), err
}
