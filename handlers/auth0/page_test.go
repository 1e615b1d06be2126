package auth0

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"gatehouse/models"
)

type row struct {
	ID string `json:"id"`
	N  int    `json:"n"`
}

func written(t *testing.T, l lister, pick projection) any {
	t.Helper()
	raw, err := l.list(pick)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return out
}

func TestEnvelopes(t *testing.T) {
	all := []row{{"a", 0}, {"b", 1}, {"c", 2}}
	id := func(r row) string { return r.ID }
	some := func(n int64) opt[int64] { return models.Some(n) }
	for _, c := range []struct {
		about, want string
		in          pageIn
	}{
		{"a bare list", `[{"id":"a","n":0},{"id":"b","n":1},{"id":"c","n":2}]`, pageIn{}},
		{"the second page", `[{"id":"c","n":2}]`, pageIn{offsetIn: offsetIn{Page: some(1), PerPage: some(2)}}},
		{"beyond the end", `[]`, pageIn{offsetIn: offsetIn{Page: some(7)}}},
		{"totals", `{"start":1,"limit":1,"total":3,"rows":[{"id":"b","n":1}]}`, pageIn{offsetIn: offsetIn{Page: some(1), PerPage: some(1), IncludeTotals: true}}},
		{"the first checkpoint", `{"next":"b","rows":[{"id":"a","n":0},{"id":"b","n":1}]}`, pageIn{Take: some(2)}},
		{"the last checkpoint, although totals are asked for", `{"rows":[{"id":"c","n":2}]}`, pageIn{From: "b", Take: some(2), offsetIn: offsetIn{IncludeTotals: true}}},
		{"a checkpoint that is gone", `{"rows":[]}`, pageIn{From: "x"}},
	} {
		t.Run(c.about, func(t *testing.T) {
			s, err := c.in.span()
			if err != nil {
				t.Fatal(err)
			}
			var want any
			_ = json.Unmarshal([]byte(c.want), &want)
			if got := written(t, sliced("rows", s, all, id), projection{}); !reflect.DeepEqual(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
}

func TestTheActionsFamilyLeavesZerosOut(t *testing.T) {
	s, _ := offsetIn{}.sized(pageDefaultActions)
	want := map[string]any{"per_page": 20.0, "rows": []any{}}
	if got := written(t, paged[row]{Name: "rows", Span: s}, projection{}); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	s.Offset = 40
	want = map[string]any{"per_page": 20.0, "page": 2.0, "total": 41.0, "rows": []any{map[string]any{"id": "x"}}}
	if got := written(t, paged[row]{Name: "rows", Span: s, Items: []row{{ID: "x"}}, Total: 41}, projection{names: []string{"id"}}); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

func TestPagesHaveBounds(t *testing.T) {
	for _, in := range []pageIn{{Take: models.Some[int64](0)}, {Take: models.Some[int64](101)}, {offsetIn: offsetIn{PerPage: models.Some[int64](101)}}, {offsetIn: offsetIn{Page: models.Some[int64](-1)}}} {
		if _, err := in.span(); !models.IsFault(err, models.Invalid) {
			t.Errorf("%+v: %v", in, err)
		}
	}
}

// TestPagesJoinedAreTheList: whatever the size of a page, checkpoints lead through every row once.
func TestPagesJoinedAreTheList(t *testing.T) {
	var all []row
	for i := range 23 {
		all = append(all, row{fmt.Sprint("r", i), i})
	}
	for take := int64(1); take <= 25; take++ {
		var got []row
		in := pageIn{Take: models.Some(take)}
		for {
			s, err := in.span()
			if err != nil {
				t.Fatal(err)
			}
			page := sliced("rows", s, all, func(r row) string { return r.ID })
			got = append(got, page.Items...)
			if in.From = page.Next; in.From == "" {
				break
			}
		}
		if !reflect.DeepEqual(got, all) {
			t.Errorf("take %d: %v", take, got)
		}
	}
}

// FuzzCut: an object is cut as if its members had been taken one by one, and everything else stays.
func FuzzCut(f *testing.F) {
	for _, seed := range []string{`{"id":"a","n":1}`, `{"a":{"id":[1,{"x":"}"}]},"n":null,"id":"\"}"}`, `{}`, `[]`, `"id"`, `{"id":-1.5e3}`, `{"id":{"id":true}}`, `{"a":[],"id":[[]]}`} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, raw []byte, exclude bool) {
		var tree any
		if json.Unmarshal(raw, &tree) != nil {
			return
		}
		compact, _ := json.Marshal(tree)
		got := projection{names: []string{"id", "n"}, exclude: exclude}.cut(nil, compact)
		if object, ok := tree.(map[string]any); ok {
			for name := range object {
				if (name == "id" || name == "n") == exclude {
					delete(object, name)
				}
			}
		}
		want, _ := json.Marshal(tree)
		if string(got) != string(want) {
			t.Errorf("%s cut to %s, want %s", compact, got, want)
		}
	})
}
