package experience

import (
	"bytes"
	"encoding/json"
	"slices"

	"gatehouse/models"
)

// Sides of a conflict that a caller may choose.
const (
	Mine   = "mine"   // what the draft says
	Theirs = "theirs" // what was published meanwhile
)

// Collision is a setting that the draft and somebody else changed differently since the draft began.
type Collision struct {
	Path   string `json:"path"`
	Base   any    `json:"base" doc:"The value both began from; null where it was not set."`
	Mine   any    `json:"mine"`
	Theirs any    `json:"theirs"`
}

// merge joins a draft with what was published since its base, path by path: a side that did not change a path gives way to the
// one that did. A path that both changed to different values is a collision, unless choices says whose value to take.
func merge(base, live, draft models.Overlay, choices map[string]string) (models.Overlay, []Collision) {
	out, collisions := models.Overlay{}, []Collision{}
	for _, path := range paths(base, live, draft) {
		b, l, d := base[path], live[path], draft[path]
		value := d
		switch {
		case bytes.Equal(d, l), bytes.Equal(l, b): // agreed, or only the draft moved
		case bytes.Equal(d, b), choices[path] == Theirs:
			value = l
		case choices[path] != Mine:
			collisions = append(collisions, Collision{path, raw(b), raw(d), raw(l)})
		}
		if value != nil {
			out[path] = value
		}
	}
	return out, collisions
}

// paths is every path of the overlays, sorted.
func paths(overlays ...models.Overlay) []string {
	var all []string
	for _, o := range overlays {
		for p := range o {
			all = append(all, p)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// differing is the paths at which two overlays differ, sorted.
func differing(a, b models.Overlay) []string {
	return slices.DeleteFunc(paths(a, b), func(p string) bool { return bytes.Equal(a[p], b[p]) })
}

func equal(a, b models.Overlay) bool { return len(differing(a, b)) == 0 }

// Difference is a setting whose value in the draft is not the live one.
type Difference struct {
	Path  string          `json:"path"`
	Live  json.RawMessage `json:"live" doc:"What is in effect now."`
	Draft json.RawMessage `json:"draft" doc:"What publishing would put into effect."`
	// Inherited tells that publishing takes the override away, so that the layer below shows.
	Inherited bool `json:"inherited,omitempty"`
}

// differences compares what a layer would show with what it shows, path by path.
func differences(below models.Experience, live, draft models.Overlay) []Difference {
	under := models.OverlayOf(below)
	shown := func(o models.Overlay, path string) json.RawMessage {
		if v, ok := o[path]; ok {
			return v
		}
		if v, ok := under[path]; ok {
			return v
		}
		return json.RawMessage("null")
	}
	out := []Difference{}
	for _, p := range differing(live, draft) {
		_, set := draft[p]
		out = append(out, Difference{Path: p, Live: shown(live, p), Draft: shown(draft, p), Inherited: !set})
	}
	return out
}
