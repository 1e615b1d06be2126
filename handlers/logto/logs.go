package logto

import (
	"context"
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/handlers/events"
	"gatehouse/models"
	"gatehouse/web"
)

// logKeys are the document's keys that tell of something that we have a word of our own for. Every other key is our type in the
// document's spelling: client.made_default is Client.MadeDefault.
var logKeys = map[string][]string{
	"ExchangeTokenBy.ClientCredentials": {"token.issued", "token.refused"},
	"RevokeToken":                       {"token.revoked"},
	"Interaction.SignIn.Submit":         {"user.signed_in"},
	"Interaction.Register.Submit":       {"user.registered"},
	"Interaction.ForgotPassword.Submit": {"user.password_reset"},
}

// logKey is the key of a type of event.
func logKey(kind string) string {
	for key, kinds := range logKeys {
		if slices.Contains(kinds, kind) {
			return key
		}
	}
	nouns := strings.Split(kind, ".")
	for i, noun := range nouns {
		words := strings.Split(noun, "_")
		for j, w := range words {
			words[j] = strings.ToUpper(w[:min(1, len(w))]) + w[min(1, len(w)):]
		}
		nouns[i] = strings.Join(words, "")
	}
	return strings.Join(nouns, ".")
}

var (
	logKeyForm = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*\.[A-Z][A-Za-z0-9]*$`)
	upperCase  = regexp.MustCompile(`[A-Z]`)
)

// typesOf are the types of events that a key stands for, none for a key that no event of ours has.
func typesOf(key string) []string {
	if kinds, ok := logKeys[key]; ok {
		return kinds
	}
	if !logKeyForm.MatchString(key) {
		return nil
	}
	snake := upperCase.ReplaceAllStringFunc(key, func(c string) string { return "_" + strings.ToLower(c) })
	return []string{strings.ReplaceAll(strings.TrimPrefix(snake, "_"), "._", ".")}
}

// logOut is an event as an entry of the log.
type logOut struct {
	TenantID  string     `json:"tenantId"`
	ID        string     `json:"id"`
	Key       string     `json:"key"`
	Payload   logPayload `json:"payload"`
	CreatedAt int64      `json:"createdAt"`
}

// logPayload is what happened. Params has what the document has no member for.
type logPayload struct {
	Key           string     `json:"key"`
	Result        string     `json:"result"`
	Error         *logError  `json:"error,omitempty"`
	IP            string     `json:"ip,omitempty"`
	UserAgent     string     `json:"userAgent,omitempty"`
	Parsed        *agentOut  `json:"userAgentParsed,omitempty"`
	UserID        string     `json:"userId,omitempty"`
	ApplicationID string     `json:"applicationId,omitempty"`
	Params        *logParams `json:"params,omitempty"`
}

type agentOut struct {
	UA string `json:"ua"`
}

type logError struct {
	Code string `json:"code"`
}

type logParams struct {
	Actor     *logParty       `json:"actor,omitempty"`
	Object    *logParty       `json:"object,omitempty"`
	Face      string          `json:"face,omitempty"`
	RequestID string          `json:"requestId,omitempty"`
	Changes   json.RawMessage `json:"changes,omitempty"`
}

type logParty struct {
	Kind string `json:"kind"`
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// logEntry shows an event.
func logEntry(e models.Event) logOut {
	key := logKey(e.Type)
	p := logPayload{Key: key, Result: "Success", IP: e.IP, UserAgent: e.Agent, Params: &logParams{Actor: party(e.ActorKind, e.ActorID, e.ActorName),
		Object: party(e.ObjectKind, e.ObjectID, e.ObjectName), Face: e.Face, RequestID: e.RequestID, Changes: e.Detail}}
	if e.Outcome != "success" {
		p.Result, p.Error = "Error", &logError{e.Reason}
	}
	if e.Agent != "" {
		p.Parsed = &agentOut{e.Agent}
	}
	switch {
	case e.ActorKind == models.ActorClient:
		p.ApplicationID = e.ActorID
	case e.ActorKind == models.ActorAdministrator || e.ActorKind == "user":
		p.UserID = e.ActorID
	}
	if p.ApplicationID == "" && e.ObjectKind == "client" {
		p.ApplicationID = e.ObjectID
	}
	return logOut{e.TenantID, e.ID, key, p, millis(e.At)}
}

func party(kind, id, name string) *logParty {
	if kind == "" {
		return nil
	}
	return &logParty{kind, id, name}
}

func (d Dialect) logRoutes(f web.Face) []web.Route {
	return []web.Route{
		{"GET", "/api/logs", "event.read", web.Do(f, 200, d.listLogs).With(doc("audit logs", "List the log, newest first"))},
		{"GET", "/api/logs/:id", "event.read", web.Do(f, 200, web.Map(func(in idIn) events.GetIn { return events.GetIn{ID: in.ID} }, d.Events.Get, logEntry)).With(doc("audit logs", "Read an entry of the log"))},
	}
}

// logsIn says which entries.
type logsIn struct {
	pageIn
	UserID        string      `query:"userId" json:"-"`
	ApplicationID string      `query:"applicationId" json:"-"`
	LogKey        string      `query:"logKey" json:"-"`
	EnableCap     string      `query:"enableCap" json:"-"`
	Start         opt[string] `query:"start_time" json:"-"`
	End           opt[string] `query:"end_time" json:"-"`
}

// countCap is where counting ends for callers who asked for that.
const countCap = 10000

// filter reads what the caller said. none tells that no event can fit.
func (in logsIn) filter() (f events.FilterIn, none bool, err error) {
	f = events.FilterIn{ActorID: in.UserID, PartyID: in.ApplicationID}
	if in.LogKey != "" {
		f.Types = typesOf(in.LogKey)
		none = len(f.Types) == 0
	}
	start, okStart := moment(in.Start)
	end, okEnd := moment(in.End)
	if !okStart || !okEnd || start != nil && end != nil && start.After(*end) {
		return f, none, refuse("log.invalid_time_window", "start_time and end_time are milliseconds since 1970, and the start is not after the end.")
	}
	f.Since = start
	if end != nil {
		after := end.Add(time.Millisecond) // the document counts the end in
		f.Until = &after
	}
	return f, none, nil
}

// moment reads milliseconds.
func moment(text opt[string]) (*time.Time, bool) {
	if !text.Set {
		return nil, true
	}
	n, err := strconv.ParseFloat(text.V, 64)
	if err != nil || math.IsNaN(n) || math.Abs(n) > 8.64e15 { // as far as the document's clients count
		return nil, false
	}
	t := time.UnixMilli(int64(n)).UTC()
	if t.Year() < 1 || t.Year() > 9999 { // as far as a database does
		t = time.Date(min(max(t.Year(), 1), 9999), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return &t, true
}

func (d Dialect) listLogs(ctx context.Context, in logsIn) (out page[logOut], err error) {
	w, err := in.window()
	if err != nil {
		return out, err
	}
	f, none, err := in.filter()
	if err != nil || none {
		return pageOf(w, []logOut{}, 0), err
	}
	find := events.FindIn{FilterIn: f, Offset: w.offset(), Limit: w.size, Total: true}
	if in.EnableCap == "true" {
		find.Most = countCap + 1
	}
	found, err := d.Events.Find(ctx, find)
	if err != nil {
		return out, err
	}
	items := make([]logOut, len(found.Items))
	for i, e := range found.Items {
		items[i] = logEntry(e)
	}
	out = pageOf(w, items, found.Total)
	out.capped = find.Most > 0 && found.Total >= find.Most
	return out, nil
}
