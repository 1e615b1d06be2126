package auth0

import (
	"bytes"
	"encoding/json"
	"fmt"

	"gatehouse/models"
)

// Sizes of pages.
const (
	pageDefault        = 50
	pageDefaultActions = 20
	pageMost           = 100
)

// pageIn is embedded by inputs of lists: offset paging (page, per_page, include_totals) and checkpoint paging (from, take), which
// wins. An operation with offsets alone embeds offsetIn.
type pageIn struct {
	offsetIn
	From string     `query:"from" json:"-"`
	Take opt[int64] `query:"take" json:"-"`
}

// offsetIn is offset paging. The first page is 0.
type offsetIn struct {
	Page          opt[int64] `query:"page" json:"-"`
	PerPage       opt[int64] `query:"per_page" json:"-"`
	IncludeTotals flag       `query:"include_totals" json:"-"`
}

// span is which part of a list is asked for, and in which envelope.
type span struct {
	Checkpoint bool
	From       string // of a checkpoint
	Offset     int64
	Limit      int64
	Totals     bool // start, limit and total stand around the list
}

// span checks the parameters. Faults: Invalid naming the parameter.
func (p pageIn) span() (span, error) {
	if p.From == "" && !p.Take.Set {
		return p.offsetIn.span()
	}
	var c models.Check
	s := span{Checkpoint: true, From: p.From, Limit: pageDefault}
	if p.Take.Set {
		c.Range("take", p.Take.V, 1, pageMost)
		s.Limit = p.Take.V
	}
	return s, c.Err()
}

func (p offsetIn) span() (span, error) { return p.sized(pageDefault) }

// sized is span with another default for the size of a page.
func (p offsetIn) sized(size int64) (span, error) {
	var c models.Check
	s := span{Limit: size, Totals: bool(p.IncludeTotals)}
	if p.PerPage.Set {
		c.Range("per_page", p.PerPage.V, 0, pageMost)
		if p.PerPage.V > 0 {
			s.Limit = p.PerPage.V
		}
	}
	c.Range("page", p.Page.V, 0, 1<<40)
	s.Offset = p.Page.V * s.Limit
	return s, c.Err()
}

// lister is an answer that is a list: the face writes it, cut to the fields that are wanted.
type lister interface {
	list(pick projection) ([]byte, error)
}

// appender is an object that writes itself.
type appender interface {
	appendJSON(dst []byte) ([]byte, error)
}

// rows is a list on its way out. Name is its collection in an envelope.
type rows[T any] struct {
	Name  string
	Span  span
	Items []T
	Next  string // of a checkpoint; empty on the last page
	Total int64  // with Span.Totals
}

func (l rows[T]) list(pick projection) ([]byte, error) {
	var buf bytes.Buffer
	switch {
	case l.Span.Checkpoint:
		buf.WriteByte('{')
		if l.Next != "" {
			next, _ := json.Marshal(l.Next)
			fmt.Fprintf(&buf, `"next":%s,`, next)
		}
		fmt.Fprintf(&buf, `"%s":`, l.Name)
	case l.Span.Totals:
		fmt.Fprintf(&buf, `{"start":%d,"limit":%d,"total":%d,"%s":`, l.Span.Offset, l.Span.Limit, l.Total, l.Name)
	}
	if err := encode(&buf, l.Items, pick); err != nil {
		return nil, err
	}
	if l.Span.Checkpoint || l.Span.Totals {
		buf.WriteByte('}')
	}
	return buf.Bytes(), nil
}

// paged is a list of the actions family, which always has its envelope; zeros are left out of it.
type paged[T any] struct {
	Name  string
	Span  span
	Items []T
	Total int64
}

func (l paged[T]) list(pick projection) ([]byte, error) {
	var buf bytes.Buffer
	buf.WriteByte('{')
	if l.Total > 0 {
		fmt.Fprintf(&buf, `"total":%d,`, l.Total)
	}
	if page := l.Span.Offset / max(1, l.Span.Limit); page > 0 {
		fmt.Fprintf(&buf, `"page":%d,`, page)
	}
	fmt.Fprintf(&buf, `"per_page":%d,"%s":`, l.Span.Limit, l.Name)
	if err := encode(&buf, l.Items, pick); err != nil {
		return nil, err
	}
	buf.WriteByte('}')
	return buf.Bytes(), nil
}

// encode writes a JSON list, each object cut to the fields that are wanted.
func encode[T any](buf *bytes.Buffer, items []T, pick projection) error {
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	buf.WriteByte('[')
	for i := range items {
		if i > 0 {
			buf.WriteByte(',')
		}
		from := buf.Len()
		if own, ok := any(items[i]).(appender); ok {
			whole, err := own.appendJSON(buf.AvailableBuffer())
			if err != nil {
				return err
			}
			buf.Write(whole)
		} else if err := enc.Encode(&items[i]); err != nil {
			return err
		} else {
			buf.Truncate(buf.Len() - 1) // the encoder's line feed
		}
		if !pick.all() {
			whole := bytes.Clone(buf.Bytes()[from:])
			buf.Truncate(from)
			buf.Write(pick.cut(nil, whole))
		}
		if i == 0 {
			buf.Grow((len(items) - 1) * (buf.Len() - from + 64)) // the others are much like the first
		}
	}
	buf.WriteByte(']')
	return nil
}

// sliced is the part of a list that is in memory as a whole; id names a row in a checkpoint.
func sliced[T any](name string, s span, all []T, id func(T) string) rows[T] {
	out := rows[T]{Name: name, Span: s, Total: int64(len(all))}
	from := s.Offset
	if s.Checkpoint && s.From != "" {
		from = out.Total
		for i, row := range all {
			if id(row) == s.From {
				from = int64(i + 1)
			}
		}
	}
	from = min(from, out.Total)
	to := min(from+s.Limit, out.Total)
	out.Items = all[from:to]
	if s.Checkpoint && to < out.Total {
		out.Next = id(all[to-1])
	}
	return out
}
