package applications

import "gatehouse/views/ui"

// Conflict is one field that two people changed, or that nobody knows who changed.
type Conflict struct {
	Entry         // Value is what was typed
	Theirs string // what is stored now
}

// Merge is the page that appears when somebody else saved first: it asks about what both changed, and keeps the rest.
type Merge struct {
	Head                 // as it is stored now
	Conflicts []Conflict // to be chosen
	Kept      []Entry    // goes back with the form: what only one of the two changed, and what nobody did
	Theirs    []Entry    // what only the other changed, as it is now
}

// MergeOf compares what was typed with what is stored now, by the digest of what both began from. Without a digest every
// difference is a conflict.
func MergeOf(h Head, typed Form, was string) Merge {
	m := Merge{Head: h}
	current := FormOf(h.App)
	now := current.Entries()
	known := len(was) == len(now)*markLength
	for i, e := range typed.Entries() {
		mine, theirs := mark(e.Value), mark(now[i].Value)
		base := ""
		if known {
			base = was[i*markLength : (i+1)*markLength]
		}
		switch {
		case mine == theirs, known && theirs == base:
			m.Kept = append(m.Kept, e)
		case known && mine == base:
			m.Kept = append(m.Kept, now[i])
			m.Theirs = append(m.Theirs, now[i])
		default:
			m.Conflicts = append(m.Conflicts, Conflict{Entry: e, Theirs: now[i].Value})
		}
	}
	return m
}

// shown is a value for reading: ticks are words, nothing is said to be nothing.
func shown(e Entry) string {
	switch {
	case ticked[e.Name] && e.Value == "true":
		return "On"
	case ticked[e.Name]:
		return "Off"
	case e.Value == "":
		return "Nothing"
	}
	return e.Value
}

var ticked = map[string]bool{"signing_key_enabled": true, "allow_public_signup": true, "hub.is_centralized": true, "refresh_invalidation.on_suspension": true,
	"refresh_invalidation.on_password_reset": true, "refresh_invalidation.on_role_update": true}

func (m Merge) changes() []ui.Change {
	out := make([]ui.Change, 0, len(m.Theirs))
	for _, e := range m.Theirs {
		out = append(out, ui.Change{Path: e.Label, After: shown(e)})
	}
	return out
}
