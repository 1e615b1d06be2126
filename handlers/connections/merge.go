package connections

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"gatehouse/models"
)

// rawJSON is a value that is kept as it was written.
type rawJSON = json.RawMessage

// apply writes what the caller said into the row; options, secrets and clients are merged elsewhere.
func (f Fields) apply(c *models.Connection) {
	f.DisplayName.To(&c.DisplayName)
	f.Enabled.To(&c.Enabled)
	f.Realms.To(&c.Realms)
	f.DomainConnection.To(&c.DomainConnection)
	f.ShowAsButton.ToPtr(&c.ShowAsButton)
	f.Metadata.To(&c.Metadata)
	c.DisplayName = strings.TrimSpace(c.DisplayName)
	if len(f.Stored) > 0 {
		c.Stored = maps.Clone(c.Stored)
	}
	for name, value := range f.Stored {
		switch {
		case c.Stored == nil && !value.Null:
			c.Stored = map[string]json.RawMessage{name: value.V}
		case value.Null:
			delete(c.Stored, name)
		case value.Set:
			c.Stored[name] = value.V
		}
	}
}

// merge gives the options and secrets after an update.
func merge(options map[string]any, held map[string]string, in UpdateIn) (map[string]any, map[string]string) {
	said, secrets, cleared := models.SplitSecrets(in.Options.V)
	next := said
	if !in.Replace {
		next = maps.Clone(options)
		maps.Copy(next, said)
		maps.DeleteFunc(next, func(_ string, v any) bool { return v == nil })
	}
	for at, value := range held {
		if _, ok := secrets[at]; !ok && !slices.Contains(cleared, at) && stays(options, next, at, in) {
			secrets[at] = value
		}
	}
	return next, secrets
}

// stays tells whether a secret that an update does not mention is kept: its place is still there, and a secret of our account
// does not move to another account. Items of lists have no name to know them by, so theirs are said again.
func stays(before, after map[string]any, at string, in UpdateIn) bool {
	if !models.HasPlace(after, at) {
		return false
	}
	top, _, nested := strings.Cut(strings.TrimPrefix(at, "/"), "/")
	if nested {
		_, said := in.Options.V[top]
		return said || !in.Replace
	}
	return sameJSON(before["client_id"], after["client_id"]) && sameJSON(before["key_id"], after["key_id"])
}

func sameJSON(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}
