package connections

import (
	"context"
	"encoding/json"
	"maps"

	"gatehouse/models"
)

// change is what an update did beside the row.
type change struct {
	secret        bool
	before, after []string // enabled clients; nil when they were not touched
}

func (c change) any() bool { return c.secret || !sameJSON(c.before, c.after) }

// extra is what the audit log tells beside the columns: secrets by name only.
type extra struct {
	Secret  string   `json:"secret" audit:"name"`
	Clients []string `json:"enabled_clients"`
}

// record writes the event of a change: the columns that differ, whether a secret did, and the clients.
func (o Ops) record(ctx context.Context, verb string, before, after *models.Connection, note change) error {
	row, beside := after, extra{}
	if row == nil {
		row = before
	}
	if note.secret {
		beside.Secret = "changed"
	}
	beside.Clients = note.after
	detail := joinDetail(models.Diff(rowOf(before), rowOf(after)), models.Diff(extra{Clients: note.before}, beside))
	return models.Record(ctx, o.DB, models.Event{Type: verb, ObjectKind: "connection", ObjectID: row.ID, ObjectName: row.Title(),
		ApplicationID: row.Owner(), Detail: detail})
}

// rowOf turns a missing row into the nil that Diff knows.
func rowOf(c *models.Connection) any {
	if c == nil {
		return nil
	}
	return *c
}

// joinDetail joins the members of two details.
func joinDetail(details ...json.RawMessage) json.RawMessage {
	all := map[string]json.RawMessage{}
	for _, d := range details {
		var one map[string]json.RawMessage
		if len(d) > 0 && json.Unmarshal(d, &one) == nil {
			maps.Copy(all, one)
		}
	}
	if len(all) == 0 {
		return nil
	}
	out, _ := json.Marshal(all)
	return out
}
