package models

import (
	"encoding/base64"
	"encoding/json"
	"time"
)

// PageLimit is the most objects that one page holds, and PageDefault what a caller gets who does not say.
const (
	PageLimit   = 100
	PageDefault = 20
)

// PageIn is what a caller may say about paging.
type PageIn struct {
	Limit  int    `query:"limit" doc:"How many objects a page holds, 1 to 100." default:"20" maximum:"100"`
	Cursor string `query:"cursor" doc:"Where the page begins: the next or previous value of another page."`
}

// Size is the number of rows a page holds, within its bounds.
func (p PageIn) Size() int {
	if p.Limit <= 0 {
		return PageDefault
	}
	return min(p.Limit, PageLimit)
}

// List is one page of objects.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page; absent on the last."`
	Prev  string `json:"previous,omitempty" doc:"Cursor of the page before; absent on the first."`
}

// Key is a place between two rows of a list: the sort value of a row and, to break ties, its id.
type Key struct {
	Text string    `json:"t,omitempty"`
	Time time.Time `json:"a,omitzero"`
	ID   string    `json:"i"`
	Back bool      `json:"b,omitempty"` // the page ends before this row instead of beginning after it
}

// Cursor turns a key into text that only this server can have made; list names the list and its order, so that a cursor of one
// list opens no other.
func (v *Vault) Cursor(list string, k Key) string {
	body, _ := json.Marshal(k)
	return base64.RawURLEncoding.EncodeToString(append(v.MAC(KeyPage, list, string(body))[:12], body...))
}

// ReadCursor reads a cursor back. Faults: Invalid (cursor).
func (v *Vault) ReadCursor(list, cursor string) (Key, error) {
	var k Key
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) < 14 || !equalMAC(raw[:12], v.MAC(KeyPage, list, string(raw[12:]))[:12]) || json.Unmarshal(raw[12:], &k) != nil {
		var c Check
		c.Add("cursor", "invalid_cursor", "This cursor is not one of this list. Begin again without a cursor.")
		return k, c.Err()
	}
	return k, nil
}

// Paged cuts rows, read one beyond size in the direction of from, into a page in list order with its cursors.
func Paged[T any](v *Vault, list string, rows []T, size int, from Key, key func(T) Key) List[T] {
	more := len(rows) > size
	if more {
		rows = rows[:size]
	}
	if from.Back {
		for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
			rows[i], rows[j] = rows[j], rows[i]
		}
	}
	page := List[T]{Items: rows}
	if page.Items == nil {
		page.Items = []T{}
	}
	if len(rows) == 0 {
		return page
	}
	if from.Back || more {
		page.Next = v.Cursor(list, key(rows[len(rows)-1]))
	}
	if from.ID != "" && (!from.Back || more) {
		k := key(rows[0])
		k.Back = true
		page.Prev = v.Cursor(list, k)
	}
	return page
}

// Hits is one page of a search: its objects, where the next page begins, and how many there are in all when the caller asked.
type Hits[T any] struct {
	Items []T
	Next  string // empty on the last page
	Total int64
}
