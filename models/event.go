package models

import (
	"bytes"
	"context"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"
)

// Event is one line of the audit log. It is a row of the change's own transaction, numbered and chained there or, by the sealer,
// within a second. Detail can be erased later: the chain runs over its hash.
type Event struct {
	bun.BaseModel `bun:"table:events,alias:e"`

	ID            string          `bun:"id,pk" json:"id"`
	TenantID      string          `bun:"tenant_id" json:"-"`
	At            time.Time       `bun:"at" json:"at"`
	Type          string          `bun:"type" json:"type" doc:"What happened: client.updated, secret.revealed, administrator.signed_in"`
	Outcome       string          `bun:"outcome" json:"outcome" enum:"success,failure"`
	Reason        string          `bun:"reason" json:"reason,omitempty" doc:"With a failure: the stable word of its cause."`
	ActorKind     string          `bun:"actor_kind" json:"actor_kind"`
	ActorID       string          `bun:"actor_id" json:"actor_id"`
	ActorName     string          `bun:"actor_name" json:"actor_name"`
	ObjectKind    string          `bun:"object_kind" json:"object_kind"`
	ObjectID      string          `bun:"object_id" json:"object_id"`
	ObjectName    string          `bun:"object_name" json:"object_name"`
	ApplicationID string          `bun:"application_id" json:"application_id,omitempty"`
	Face          string          `bun:"face" json:"face" doc:"Where the request came through: console, native, transmit, oauth, command"`
	IP            string          `bun:"ip" json:"ip,omitempty"`
	Agent         string          `bun:"agent" json:"agent,omitempty"`
	RequestID     string          `bun:"request_id" json:"request_id,omitempty"`
	Detail        json.RawMessage `bun:"detail,type:text,nullzero" json:"detail,omitempty" doc:"Changed fields with their values before and after; secrets and personal data by name only."`
	DetailHash    string          `bun:"detail_hash" json:"-"`
	Seq           *int64          `bun:"seq" json:"sequence,omitempty" doc:"Place in the sealed chain; absent until sealed."`
	Link          string          `bun:"link,nullzero" json:"-"` // keyed hash over this event and the link before it
}

// Change is one changed field of an event's detail. A secret or personal value is not told.
type Change struct {
	Before any  `json:"before"`
	After  any  `json:"after"`
	Hidden bool `json:"hidden,omitempty"`
}

// Changed is what a caller has to say to bring one state into another: the members, as JSON has them, whose values differ.
func Changed(before, after any) map[string]json.RawMessage {
	was, now := members(before), members(after)
	out := map[string]json.RawMessage{}
	for name, value := range now {
		if string(was[name]) != string(value) {
			out[name] = value
		}
	}
	return out
}

func members(v any) (out map[string]json.RawMessage) {
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		return nil
	}
	return out
}

// Record writes an event in the transaction of the change. Who, where and when come from the context.
func Record(ctx context.Context, tx DB, e Event) error {
	actor, req := ActorFrom(ctx), RequestFrom(ctx)
	e.At, e.TenantID = Now(), actor.TenantID
	e.ID = NewTimedID(e.At)
	e.ActorKind, e.ActorID, e.ActorName = actor.Kind, actor.ID, actor.Name
	e.Face, e.IP, e.Agent, e.RequestID = req.Face, req.IP, cut(req.Agent, 200), req.ID
	if e.Outcome == "" {
		e.Outcome = "success"
	}
	e.DetailHash = hashText(string(e.Detail))
	if err := tx.chain().add(ctx, tx, &e, func() error { return Insert(ctx, tx, &e) }); err != nil {
		return fmt.Errorf("record %s: %w", e.Type, err)
	}
	return nil
}

// Diff gives an event's detail for a change from before to after, two rows of one type, by their JSON names. Fields tagged
// audit:"-" do not count (versions, times); audit:"name" fields are told by name only; nil stands for "did not exist".
func Diff(before, after any) json.RawMessage {
	var b, a reflect.Value
	if before != nil {
		b = reflect.Indirect(reflect.ValueOf(before))
	}
	if after != nil {
		a = reflect.Indirect(reflect.ValueOf(after))
	}
	out := make([]byte, 0, 512)
	for _, f := range auditedOf(typeOf(b, a)) {
		from, to := f.value(b), f.value(a)
		if !bytes.Equal(from, to) {
			out = f.change(append(out, ','), from, to)
		}
	}
	if len(out) == 0 {
		return nil
	}
	out[0] = '{'
	return append(out, '}')
}

// change appends a member of the detail: the field's name and its Change, as encoding/json would write it.
func (f audited) change(out, before, after []byte) []byte {
	hidden := ""
	if f.hidden {
		before, after, hidden = null, null, `,"hidden":true`
	}
	out = append(append(append(out, '"'), f.name...), `":{"before":`...)
	out = append(append(append(out, before...), `,"after":`...), after...)
	return append(append(out, hidden...), '}')
}

// audited is a field of a row that counts in the audit log.
type audited struct {
	index  int
	name   string
	hidden bool // its name is told and its value is not
	plain  bool // text or truth, written without asking its type how
}

var auditedTypes sync.Map // of []audited by reflect.Type

func auditedOf(t reflect.Type) (out []audited) {
	if t == nil {
		return nil
	}
	if known, ok := auditedTypes.Load(t); ok {
		return known.([]audited)
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" || name == "-" || f.Tag.Get("audit") == "-" {
			continue
		}
		hidden := f.Tag.Get("audit") == "name" || f.Type == reflect.TypeFor[Secret]()
		own := f.Type.Implements(reflect.TypeFor[json.Marshaler]()) || f.Type.Implements(reflect.TypeFor[encoding.TextMarshaler]())
		plain := !own && (f.Type.Kind() == reflect.String || f.Type.Kind() == reflect.Bool)
		out = append(out, audited{i, name, hidden, plain})
	}
	slices.SortFunc(out, func(a, b audited) int { return strings.Compare(a.name, b.name) }) // the order of encoding/json's maps
	auditedTypes.Store(t, out)
	return out
}

func typeOf(vs ...reflect.Value) reflect.Type {
	for _, v := range vs {
		if v.IsValid() {
			return v.Type()
		}
	}
	return nil
}

var null, yes = []byte("null"), []byte("true")

// value gives the field of a row as JSON; an empty one, like that of a row that is not there, is null.
func (f audited) value(row reflect.Value) []byte {
	if !row.IsValid() || untold(row.Field(f.index)) {
		return null
	}
	v := row.Field(f.index)
	if f.plain && v.Kind() == reflect.Bool {
		return yes
	}
	if f.plain && simple(v.String()) {
		return append(append([]byte{'"'}, v.String()...), '"')
	}
	raw, err := json.Marshal(v.Interface())
	if err != nil {
		return null
	}
	return raw
}

// untold tells whether a value is none: an event says of an empty list what it says of a missing one.
func untold(v reflect.Value) bool {
	if k := v.Kind(); k == reflect.Slice || k == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

// simple tells whether a text stands in JSON as it is.
func simple(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || strings.IndexByte(`"\<>&`, c) >= 0 {
			return false
		}
	}
	return true
}

// cut is what a database can keep of a text that somebody else made, at most n bytes of it.
func cut(s string, n int) string { return Clean(s[:min(len(s), n)]) }
