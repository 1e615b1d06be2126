package logto

import (
	"context"
	"encoding/json"
	"unicode/utf8"

	"gatehouse/handlers/clients"
	"gatehouse/models"
	"gatehouse/web"
)

// Custom data is a free object. Its texts are the client's metadata, which other dialects read and write; what is no text, or does
// not fit there, is kept beside.

// Limits of metadata.
const (
	mostTexts    = 50
	mostTextName = 255
	mostText     = 1000
)

// split takes custom data apart into texts and the rest.
func split(raw json.RawMessage) (texts map[string]string, rest json.RawMessage) {
	var all map[string]json.RawMessage
	_ = json.Unmarshal(raw, &all) // the face has seen that it is an object
	texts = map[string]string{}
	for _, name := range sortedKeys(all) {
		var text *string
		n := utf8.RuneCountInString(name)
		if json.Unmarshal(all[name], &text) == nil && text != nil && n > 0 && n <= mostTextName && utf8.RuneCountInString(*text) <= mostText && len(texts) < mostTexts {
			texts[name] = *text
			delete(all, name)
		}
	}
	if len(all) == 0 {
		return texts, json.RawMessage("null") // nothing to keep
	}
	rest, _ = json.Marshal(all)
	return texts, rest
}

// customData puts the two together again.
func customData(c models.Client) json.RawMessage {
	rest := c.Stored[storedCustomData]
	if len(c.Metadata) == 0 && len(rest) == 0 {
		return json.RawMessage("{}")
	}
	all := map[string]json.RawMessage{}
	if len(rest) > 0 {
		_ = json.Unmarshal(rest, &all)
	}
	for name, text := range c.Metadata {
		all[name], _ = json.Marshal(text)
	}
	out, _ := json.Marshal(all)
	return out
}

// merged lays the first level of more over custom data.
func merged(data, more json.RawMessage) json.RawMessage {
	all := map[string]json.RawMessage{}
	_ = json.Unmarshal(data, &all)
	_ = json.Unmarshal(more, &all)
	out, _ := json.Marshal(all)
	return out
}

// customDataIn is the whole body of a change of custom data.
type customDataIn struct {
	ID   string          `path:"applicationId" json:"-"`
	Data json.RawMessage `json:"data"`
}

func (in *customDataIn) readWhole(body []byte) error { return readObject(body, &in.Data) }

func (d Dialect) customDataRoutes(f web.Face) []web.Route {
	return []web.Route{
		{"PATCH", "/api/applications/:applicationId/custom-data", "client.update", web.Do(f, 200, d.patchCustomData).With(doc("applications", "Change custom data"))},
	}
}

func (d Dialect) patchCustomData(ctx context.Context, in customDataIn) (out json.RawMessage, err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		now, err := d.Clients.Get(ctx, clients.OneIn{ID: in.ID})
		if err != nil {
			return err
		}
		b := applicationIn{CustomData: models.Some(merged(customData(now), in.Data))}
		next, err := d.change(ctx, now, b.settings(now))
		out = customData(next)
		return err
	})
	return out, err
}
