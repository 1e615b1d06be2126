package events

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// Sentence tells an event in parts, so that a page can make a link of the object: actor, before, object, after.
type Sentence struct{ Actor, Before, Object, After string }

// String is the whole sentence without its full stop.
func (s Sentence) String() string {
	return strings.Join(strings.Fields(s.Actor+" "+s.Before+" "+s.Object+" "+s.After), " ")
}

// Tell turns an event into a sentence: "Maya Okafor rotated the secret Storefront / Primary".
func Tell(e models.Event) Sentence {
	before, after, named := strings.Cut(wordOf(e.Type).Say, "{object}")
	s := Sentence{Actor: ActorName(e), Before: strings.TrimSpace(before), After: strings.TrimSpace(after)}
	if named {
		s.Object = objectName(e)
	}
	if unexpected(e) {
		s.Before = "tried this and failed: " + s.Before
	}
	return s
}

// Label is an event in two or three words.
func Label(e models.Event) string {
	w := wordOf(e.Type)
	if unexpected(e) {
		return w.Label + ", failed"
	}
	return w.Label
}

// unexpected tells whether an event is a failure of which its type does not speak.
func unexpected(e models.Event) bool {
	return e.Outcome == "failure" && wordOf(e.Type).State != ui.StateBad
}

// State is the colour of an event.
func State(e models.Event) ui.State {
	if e.Outcome == "failure" {
		return ui.StateBad
	}
	return wordOf(e.Type).State
}

// ActorName is who did it, in words.
func ActorName(e models.Event) string {
	switch {
	case e.ActorName != "":
		return e.ActorName
	case e.ActorID != "":
		return e.ActorID
	case e.ActorKind == models.ActorSystem:
		return "Gatehouse"
	}
	return "Somebody unknown"
}

// thumbprint is the length of a key ID that is the thumbprint of its key (RFC 7638).
const thumbprint = 43

func objectName(e models.Event) string {
	switch {
	case e.ObjectKind == "key" && len(e.ObjectName) == thumbprint:
		return e.ObjectName[:12] // as the page of signing keys shows it
	case e.ObjectName != "":
		return e.ObjectName
	case e.ObjectID != "":
		return e.ObjectID
	}
	return ""
}

// Because is why an event failed, "" when it did not.
func Because(e models.Event) string {
	if e.Outcome != "failure" || e.Reason == "" {
		return ""
	}
	return orWords(reasons, e.Reason)
}

// Through is where the request of an event came through.
func Through(e models.Event) string { return orWords(faceNames, e.Face) }

// About is what the list says beyond label, actor and object: why it failed, which fields changed, or the way it came.
func About(e models.Event) string {
	if why := Because(e); why != "" {
		return why
	}
	var names []string
	for _, c := range Changes(e) {
		names = append(names, c.Path)
	}
	switch {
	case len(names) > 2:
		return strconv.Itoa(len(names)) + " fields"
	case len(names) > 0:
		return strings.Join(names, ", ")
	case e.Face != "" && e.Face != "console":
		return Through(e)
	}
	return ""
}

// Change is one field of an event's detail: lines that were taken away, that came, and that stayed.
type Change struct {
	Path              string
	Gone, Came, Stays []string
	Hidden            bool // the value is a secret or about a person: only that it changed is known
}

// Changes reads the detail of an event, by the names of the fields. A detail of another shape is told as it is.
func Changes(e models.Event) []Change {
	var fields map[string]json.RawMessage
	if json.Unmarshal(e.Detail, &fields) != nil {
		return nil
	}
	out := make([]Change, 0, len(fields))
	for name, raw := range fields {
		out = append(out, changeOf(name, raw))
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}

func changeOf(name string, raw json.RawMessage) Change {
	var c struct {
		Before, After *json.RawMessage
		Hidden        bool
	}
	var keys map[string]json.RawMessage
	isChange := json.Unmarshal(raw, &keys) == nil && (keys["before"] != nil || keys["after"] != nil || keys["hidden"] != nil)
	if !isChange || json.Unmarshal(raw, &c) != nil {
		return Change{Path: name, Came: lines(raw)}
	}
	if c.Hidden {
		return Change{Path: name, Hidden: true}
	}
	out := Change{Path: name}
	out.Gone, out.Came, out.Stays = compare(lines(deref(c.Before)), lines(deref(c.After)))
	return out
}

func deref(raw *json.RawMessage) json.RawMessage {
	if raw == nil {
		return nil
	}
	return *raw
}

// compare takes two lists apart: what is in both stays.
func compare(before, after []string) (gone, came, stays []string) {
	left := map[string]int{}
	for _, line := range after {
		left[line]++
	}
	for _, line := range before {
		if left[line] > 0 {
			left[line]--
			stays = append(stays, line)
		} else {
			gone = append(gone, line)
		}
	}
	had := map[string]int{}
	for _, line := range stays {
		had[line]++
	}
	for _, line := range after {
		if had[line] > 0 {
			had[line]--
		} else {
			came = append(came, line)
		}
	}
	return gone, came, stays
}

// lines are a JSON value for reading: an item of a list or a member of an object on each line, a text without its quotes.
func lines(raw json.RawMessage) []string {
	var list []json.RawMessage
	var object map[string]json.RawMessage
	var text string
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return nil
	case json.Unmarshal(raw, &text) == nil:
		return strings.Split(text, "\n")
	case json.Unmarshal(raw, &list) == nil:
		out := []string{}
		for _, item := range list {
			out = append(out, strings.Join(lines(item), " "))
		}
		return out
	case json.Unmarshal(raw, &object) == nil:
		out := []string{}
		for name, value := range object {
			out = append(out, name+": "+strings.Join(lines(value), ", "))
		}
		sort.Strings(out)
		return out
	}
	return []string{string(raw)}
}
