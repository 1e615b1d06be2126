package ui

import (
	"context"
	"io"
	"sync"

	"gatehouse/static"

	"github.com/a-h/templ"
)

// markup builds the few parts that a page draws hundreds of times: icons, buttons, menus and the cells of a table.
// In templ form they took two thirds of the time of a list page, most of it in class lists and attribute maps;
// written straight into one buffer they take a tenth of that. Everything else is a .templ file.
type markup struct{ b []byte }

var pool = sync.Pool{New: func() any { return &markup{b: make([]byte, 0, 4<<10)} }}

// built is a component that writes into a markup.
type built func(ctx context.Context, m *markup)

// Render writes the component.
func (write built) Render(ctx context.Context, w io.Writer) error {
	m := pool.Get().(*markup)
	defer pool.Put(m)
	m.b = m.b[:0]
	write(ctx, m)
	_, err := w.Write(m.b)
	return err
}

// raw writes markup that is ours.
func (m *markup) raw(s string) { m.b = append(m.b, s...) }

// text writes anything else, escaped for text and for attributes in double quotes.
func (m *markup) text(s string) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '&', '<', '>', '"', '\'':
			m.raw(templ.EscapeString(s))
			return
		}
	}
	m.raw(s)
}

// attr writes an attribute; the name is ours. Nothing is written for an empty value.
func (m *markup) attr(name, value string) {
	if value == "" {
		return
	}
	m.raw(" ")
	m.raw(name)
	m.raw(`="`)
	m.text(value)
	m.raw(`"`)
}

// href writes an address, unless its scheme could run something.
func (m *markup) href(url string) {
	m.raw(` href="`)
	m.text(string(templ.URL(url)))
	m.raw(`"`)
}

// class writes the class attribute from names of which some may be empty.
func (m *markup) class(names ...string) {
	m.raw(` class="`)
	first := true
	for _, n := range names {
		if n == "" {
			continue
		}
		if !first {
			m.raw(" ")
		}
		m.text(n)
		first = false
	}
	m.raw(`"`)
}

// spread writes the attributes that a caller added, in the order of their names.
func (m *markup) spread(ctx context.Context, attrs templ.Attributes) {
	if len(attrs) == 0 {
		return
	}
	w := sink{m}
	_ = templ.RenderAttributes(ctx, w, attrs) // a sink takes everything
}

// sink lets what wants an io.Writer write into a markup.
type sink struct{ m *markup }

func (s sink) Write(p []byte) (int, error) { s.m.b = append(s.m.b, p...); return len(p), nil }

func (m *markup) icon(name, classes string) {
	shapes, ok := static.Icon(name)
	if !ok {
		return
	}
	m.raw(`<svg class="`)
	m.text(classes)
	m.raw(`" viewBox="0 0 24 24" aria-hidden="true">`)
	m.raw(shapes)
	m.raw(`</svg>`)
}
