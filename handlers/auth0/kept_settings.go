package auth0

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/experience"
	"gatehouse/models"
	"gatehouse/web"
)

// within runs a change in one transaction, with the dialect bound to it.
func (d Dialect) within(ctx context.Context, change func(ctx context.Context, d Dialect) error) error {
	return models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error { return change(ctx, d.In(tx)) })
}

// only names the document of a kind that has one.
func only(kind string) documents.Ref { return documents.Ref{Kind: kind, Key: models.OneDocument} }

// look reads the settings of the tenant's experience that are in effect.
func (d Dialect) look(ctx context.Context) (models.Experience, error) {
	v, err := d.Experience.Get(ctx, experience.ScopeIn{})
	return v.Settings, err
}

// publish changes the tenant's experience at once; nothing asked for is nothing done. words are the document's names of what may
// be refused.
func (d Dialect) publish(ctx context.Context, s experience.Sections, words names) error {
	_, err := d.Experience.Patch(ctx, experience.PatchIn{Sections: s})
	return words.rename(err)
}

// section writes settings of one section of the experience; a nil value takes the override away.
func section(settings map[string]any) json.RawMessage {
	if len(settings) == 0 {
		return nil
	}
	raw, _ := json.Marshal(settings) // texts, numbers and lists of them
	return raw
}

// laid lays the members that a change names over a base: objects member by member, everything else as a whole, and null takes a
// member away. Both are of one type, whose members are left out when they are absent.
func laid[T any](base, change T) (T, error) {
	var out T
	under, err := json.Marshal(base)
	if err != nil {
		return out, fmt.Errorf("encode settings: %w", err)
	}
	over, err := json.Marshal(change)
	if err != nil {
		return out, fmt.Errorf("encode a change of settings: %w", err)
	}
	if err := json.Unmarshal(layer(under, over), &out); err != nil {
		return out, fmt.Errorf("read settings: %w", err)
	}
	return out, nil
}

func layer(under, over json.RawMessage) json.RawMessage {
	if !isObject(under) || !isObject(over) {
		return over
	}
	var base, change map[string]json.RawMessage
	_ = json.Unmarshal(under, &base) // both were encoded just now
	_ = json.Unmarshal(over, &change)
	for name, value := range change {
		if string(value) == "null" {
			delete(base, name)
			continue
		}
		base[name] = layer(base[name], value)
	}
	out, _ := json.Marshal(base)
	return out
}

func isObject(raw json.RawMessage) bool { return bytes.HasPrefix(raw, []byte("{")) }

// vendorSettings are settings that the product has no other home for: they are kept in one document, checked when they are
// written, and shown over their defaults.
type vendorSettings[T any] struct {
	Kind     string
	Defaults T
	Least    bool // a change must name a member
}

func (v vendorSettings[T]) get(ctx context.Context, d Dialect) (T, error) {
	var none T
	own, err := documents.Load(ctx, d.Documents, only(v.Kind), none)
	if err != nil {
		return none, err
	}
	return laid(v.Defaults, own)
}

func (v vendorSettings[T]) patch(ctx context.Context, d Dialect, change T) (out T, err error) {
	if v.Least && isEmpty(change) {
		return out, tooFew()
	}
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		var none T
		own, err := documents.Load(ctx, d.Documents, only(v.Kind), none)
		if err != nil {
			return err
		}
		before, err := laid(v.Defaults, own)
		if err != nil {
			return err
		}
		if own, err = laid(own, change); err != nil {
			return err
		}
		if out, err = laid(v.Defaults, own); err != nil || alike(before, out) {
			return err
		}
		_, _, err = d.Documents.Put(ctx, documents.PutIn{Ref: only(v.Kind), Body: own})
		return err
	})
	return out, err
}

// routes are reading and changing the settings at a path.
func (v vendorSettings[T]) routes(d Dialect, path, read, update string) []web.Route {
	return []web.Route{
		stored(op("GET", path, read, web.Do(d.Face(), 200, func(ctx context.Context, _ web.None) (T, error) { return v.get(ctx, d) }))),
		stored(op("PATCH", path, update, web.Do(d.Face(), 200, func(ctx context.Context, in T) (T, error) { return v.patch(ctx, d, in) }))),
	}
}

// alike tells whether two values are shown the same: what a change repeats is no change, and is not recorded as one.
func alike(a, b any) bool {
	first, err := json.Marshal(a)
	second, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(first, second)
}

// isEmpty tells whether a change, whose absent members are left out, names nothing.
func isEmpty(change any) bool {
	raw, err := json.Marshal(change)
	return err == nil && string(raw) == "{}"
}

// tooFew is the fault for a change that names nothing where the document wants something.
func tooFew() error {
	var c models.Check
	c.Add("", "required", "Too few properties defined (0), minimum 1")
	return c.Err()
}
