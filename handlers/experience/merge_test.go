package experience

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"gatehouse/models"
)

func arbitrary(r *rand.Rand) models.Overlay {
	o := models.Overlay{}
	for i := range 6 {
		if r.IntN(3) > 0 {
			o[fmt.Sprintf("p%d", i)] = json.RawMessage(fmt.Sprint(r.IntN(3)))
		}
	}
	return o
}

// The laws of merging, on a few thousand arbitrary states.
func TestMergeKeepsItsLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		base, live, draft := arbitrary(r), arbitrary(r), arbitrary(r)
		merged, collisions := merge(base, live, draft, nil)
		inCollision := map[string]bool{}
		choices := map[string]string{}
		for _, c := range collisions {
			inCollision[c.Path] = true
			choices[c.Path] = []string{Mine, Theirs}[r.IntN(2)]
		}
		for _, p := range paths(base, live, draft) {
			b, l, d, m := string(base[p]), string(live[p]), string(draft[p]), string(merged[p])
			switch {
			case b == l && m != d:
				t.Fatalf("%s: only the draft moved, yet %q became %q", p, d, m)
			case b == d && m != l:
				t.Fatalf("%s: only the other side moved, yet %q became %q", p, l, m)
			case l == d && m != d:
				t.Fatalf("%s: both agree on %q, yet it became %q", p, d, m)
			case b != l && b != d && l != d && !inCollision[p]:
				t.Fatalf("%s: %q, %q and %q are no collision", p, b, l, d)
			}
		}
		resolved, left := merge(base, live, draft, choices)
		if len(left) > 0 {
			t.Fatalf("choices leave %v", left)
		}
		for p, side := range choices {
			want := draft
			if side == Theirs {
				want = live
			}
			if string(resolved[p]) != string(want[p]) {
				t.Fatalf("%s: chose %s, got %q", p, side, resolved[p])
			}
		}
		if again, _ := merge(base, draft, draft, nil); !equal(again, draft) {
			t.Fatal("merging what agrees changes nothing")
		}
		if same, none := merge(base, base, draft, nil); !equal(same, draft) || len(none) > 0 {
			t.Fatal("a draft on an untouched base is itself")
		}
	}
}
