package clients

import (
	"context"
	"encoding/json"
	"sort"
	"strings"

	"gatehouse/models"
	views "gatehouse/views/clients"
)

// merging is the page for a change that came second. base is the client that the editor was opened on, mine what its person
// changed since, current the client as it is now.
func (c Console) merging(ctx context.Context, base, current models.Client, mine map[string]json.RawMessage) (views.Merge, error) {
	head, err := c.Head(ctx, current.ApplicationID)
	if err != nil {
		return views.Merge{}, err
	}
	now, err := json.Marshal(current)
	if err != nil {
		return views.Merge{}, err
	}
	said, err := json.Marshal(mine)
	if err != nil {
		return views.Merge{}, err
	}
	out := views.Merge{Head: head, Client: current, Mine: string(said), Base: string(now)}
	before, after := members(base), members(current)
	for _, name := range names(after, mine) {
		theirs := string(before[name]) != string(after[name])
		value, ours := mine[name]
		f := views.MergeField{Name: name, Mine: plain(value), Current: plain(after[name])}
		switch {
		case ours && string(value) == string(after[name]): // both said the same
		case ours && theirs:
			out.Both = append(out.Both, f)
		case ours:
			out.Yours = append(out.Yours, f)
		case theirs && settable[name]:
			out.Theirs = append(out.Theirs, f)
		}
	}
	return out, nil
}

func names(maps ...map[string]json.RawMessage) []string {
	seen := map[string]bool{}
	var out []string
	for _, m := range maps {
		for name := range m {
			if !seen[name] {
				seen[name] = true
				out = append(out, name)
			}
		}
	}
	sort.Strings(out)
	return out
}

// plain is a JSON value for people: texts without quotes, lists one a line.
func plain(raw json.RawMessage) string {
	var list []string
	var text string
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return ""
	case json.Unmarshal(raw, &list) == nil:
		return strings.Join(list, "\n")
	case json.Unmarshal(raw, &text) == nil:
		return text
	}
	return indent(raw)
}

// chosen are the changes that remain after choosing: those that nobody else touched, and those that were preferred.
func chosen(form map[string][]string) (Settings, map[string]json.RawMessage) {
	mine := map[string]json.RawMessage{}
	_ = json.Unmarshal([]byte(last(form, "_mine")), &mine)
	for name := range mine {
		if take := last(form, "take."+name); !settable[name] || (take != "" && take != "mine") {
			delete(mine, name)
		}
	}
	return asSettings(mine), mine
}

func last(form map[string][]string, name string) string {
	if v := form[name]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}
