package ui

import (
	"context"
	"time"

	"github.com/a-h/templ"
)

// SelectCell is the checkbox of a row. The label says of what: "Select Storefront".
//
//go:noinline
func SelectCell(name, value, label string) templ.Component {
	return built(func(_ context.Context, m *markup) {
		m.raw(`<td class="sel"><input type="checkbox" class="check" data-select`)
		m.attr("name", name)
		m.attr("value", value)
		m.attr("aria-label", label)
		m.raw("></td>")
	})
}

// NameCellOpts describes the first cell of a row.
type NameCellOpts struct {
	Title, Sub, Href string
	Tile             TileOpts
	Mono             bool // the title is an identifier
}

// NameCell is what the row is: tile, name as the link of the row, and a second line.
//
//go:noinline
func NameCell(n NameCellOpts) templ.Component {
	return built(func(_ context.Context, m *markup) {
		m.raw(`<td class="grow"><div class="cell">`)
		if n.Tile != (TileOpts{}) {
			m.tile(n.Tile)
		}
		m.raw("<span><b")
		if n.Mono {
			m.class("mono")
		}
		m.raw(">")
		if n.Href != "" {
			m.raw("<a")
			m.href(n.Href)
			m.raw(">")
		}
		m.text(n.Title)
		if n.Href != "" {
			m.raw("</a>")
		}
		m.raw("</b>")
		if n.Sub != "" {
			m.raw("<small>")
			m.text(n.Sub)
			m.raw("</small>")
		}
		m.raw("</span></div></td>")
	})
}

// RowMenu is the last cell: three dots that open the acts of the row. The label says of what. Give its items no icons: they
// would be a third of a list page.
//
//go:noinline
func RowMenu(id, label string, items ...MenuItem) templ.Component {
	return built(func(ctx context.Context, m *markup) {
		m.raw(`<td class="opt">`)
		m.button(ctx, Action{Label: label, Icon: "ellipsis", IconOnly: true, Small: true, Kind: "ghost", Popover: id})
		m.menu(ctx, id, items)
		m.raw("</td>")
	})
}

// TileOpts describes a Tile. Give it an icon of the set, or at most two letters.
type TileOpts struct {
	Icon, Letters string
	Tint          string // "k1" to "k5"; one per kind of thing, so that the eye learns it
	Large         bool
}

func (t TileOpts) large() TileOpts { t.Large = true; return t }

// Tile is the picture of a kind of thing. Its tint repeats what the icon says.
//
//go:noinline
func Tile(t TileOpts) templ.Component {
	return built(func(_ context.Context, m *markup) { m.tile(t) })
}

func (m *markup) tile(t TileOpts) {
	m.raw("<span")
	m.class("tile", t.Tint, when(t.Large, "l"), when(t.Letters != "", "glyph-t"))
	m.raw(` aria-hidden="true">`)
	switch {
	case t.Letters != "":
		m.text(t.Letters)
	case t.Large:
		m.icon(t.Icon, "i l")
	default:
		m.icon(t.Icon, "i")
	}
	m.raw("</span>")
}

// State says how a thing is doing and picks its colour.
type State string

// The states of StatusPill. Colour never speaks alone: the dot is always beside a word.
const (
	StateOK   State = "ok"
	StateWarn State = "warn"
	StateBad  State = "bad"
	StateInfo State = "info"
	StateOff  State = "off"
	StateNone State = ""
)

// StatusPill is a dot and a word on a tint, for what needs somebody and for the head of a page.
func StatusPill(s State, text string) templ.Component { return pill("pill", s, text) }

// StatusWord is a dot and a word without a tint: how lists show that all is normal.
func StatusWord(s State, text string) templ.Component { return pill("pill bare", s, text) }

//go:noinline
func pill(classes string, s State, text string) templ.Component {
	return built(func(_ context.Context, m *markup) {
		m.raw("<span")
		m.class(classes, string(s))
		m.raw(">")
		m.text(text)
		m.raw("</span>")
	})
}

// RelativeTime says how long ago; the exact moment is in its title and for scripts, which keep it fresh.
// A zero time is written as never, such as "Never" or "Not yet".
//
//go:noinline
func RelativeTime(t, now time.Time, never string) templ.Component {
	return built(func(_ context.Context, m *markup) {
		if t.IsZero() {
			m.raw(`<span class="dim">`)
			m.text(never)
			m.raw("</span>")
			return
		}
		m.raw("<time data-ago")
		m.attr("datetime", t.UTC().Format(time.RFC3339))
		m.attr("title", Exact(t))
		m.raw(">")
		m.text(Ago(t, now))
		m.raw("</time>")
	})
}
