package ui

import (
	"context"

	"github.com/a-h/templ"
)

// Icon draws one icon of the set at 16 px, hidden from assistive technology: the words beside it say the same.
// Icons are written in place rather than through a sprite, so that a swapped fragment brings its own;
// compression makes the repeats cheap. An unknown name draws nothing.
func Icon(name string) templ.Component { return icon(name, "i") }

// IconSmall is Icon at 14 px.
func IconSmall(name string) templ.Component { return icon(name, "i s") }

// IconLarge is Icon at 20 px.
func IconLarge(name string) templ.Component { return icon(name, "i l") }

// IconClass is Icon with further classes, such as "c-ok" or "s c-bad".
func IconClass(name, classes string) templ.Component { return icon(name, class("i", classes)) }

//go:noinline
func icon(name, classes string) templ.Component {
	return built(func(_ context.Context, m *markup) { m.icon(name, classes) })
}
