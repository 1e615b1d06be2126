package ui

import (
	"context"

	"github.com/a-h/templ"
)

// Action is something a person can do: a link when it has an Href, else a button that submits its form.
type Action struct {
	Label, Icon string
	Href        string
	Kind        string // "" secondary, "primary", "danger", "solid-danger" or "ghost"
	Small       bool
	Big         bool
	Block       bool   // as wide as its place
	IconOnly    bool   // the label is read, not seen
	After       bool   // the icon follows the label, as arrows do
	Can         string // the action a person must be allowed; left out otherwise
	Name, Value string // what a button sends
	Form        string // id of the form that a button elsewhere submits
	To          string // formaction: another address than that of the form
	Type        string // "submit" when empty
	Popover     string // id of the Menu this button opens
	Modal       bool   // with scripts, show the #confirm part of that page in a dialog
	Plain       bool   // a whole page load, for downloads and whatever changes the session
	Class       string
	Attrs       templ.Attributes
}

// Button draws an Action, or nothing when the person may not do it. One primary button per view.
//
//go:noinline
func Button(a Action) templ.Component {
	return built(func(ctx context.Context, m *markup) { m.button(ctx, a) })
}

func (m *markup) button(ctx context.Context, a Action) {
	if !Allowed(ctx, a.Can) {
		return
	}
	m.act(ctx, a, "btn", a.Kind, when(a.Small, "sm"), when(a.Big, "big"), when(a.Block, "block"), when(a.IconOnly, "icon"), a.Class)
}

// act writes the element of an action: its tag, its attributes and what is in it.
func (m *markup) act(ctx context.Context, a Action, classes ...string) {
	tag := "button"
	if a.Href != "" {
		tag = "a"
	}
	m.raw("<")
	m.raw(tag)
	m.class(classes...)
	if a.Href != "" {
		m.href(a.Href)
	} else {
		m.attr("type", a.kind())
	}
	m.actAttrs(ctx, a)
	m.raw(">")
	m.label(a)
	m.raw("</")
	m.raw(tag)
	m.raw(">")
}

func (a Action) kind() string {
	if a.Popover != "" {
		return "button"
	}
	return or(a.Type, "submit")
}

func (m *markup) actAttrs(ctx context.Context, a Action) {
	if a.IconOnly {
		m.attr("aria-label", a.Label)
	}
	if a.Plain {
		m.attr("hx-boost", "false")
	}
	m.attr("name", a.Name)
	m.attr("value", a.Value)
	m.attr("form", a.Form)
	if a.To != "" {
		m.attr("formaction", string(templ.URL(a.To)))
	}
	m.attr("popovertarget", a.Popover)
	if a.Modal {
		m.raw(` data-modal`)
	}
	m.spread(ctx, a.Attrs)
}

func (m *markup) label(a Action) {
	size := "i"
	if a.Small {
		size = "i s"
	}
	if !a.After {
		m.icon(a.Icon, size)
	}
	if !a.IconOnly {
		m.text(a.Label)
	}
	if a.After {
		m.icon(a.Icon, size)
	}
}

// MenuItem is one line of a Menu: a link when it has an Href, else a button that submits the form it stands in, or Form.
type MenuItem struct {
	Label, Icon, Href string
	Danger            bool
	Modal             bool   // as for Action
	Plain             bool   // as for Action
	Can               string // as for Action
	Name, Value       string
	Form, To          string
	Copy              string // text that the item copies; only drawn with scripts
}

func (i MenuItem) action() Action {
	a := Action{Label: i.Label, Icon: i.Icon, Href: i.Href, Modal: i.Modal, Plain: i.Plain, Name: i.Name, Value: i.Value, Form: i.Form, To: i.To}
	if i.Copy != "" {
		a.Type, a.Attrs = "button", templ.Attributes{"data-copy": i.Copy}
	}
	return a
}

// Menu is a list of acts in a popover; it opens without scripts. The button names its id in Action.Popover.
//
//go:noinline
func Menu(id string, items ...MenuItem) templ.Component {
	return built(func(ctx context.Context, m *markup) { m.menu(ctx, id, items) })
}

func (m *markup) menu(ctx context.Context, id string, items []MenuItem) {
	m.raw(`<ul class="menu"`)
	m.attr("id", id)
	m.raw(" popover>")
	for _, i := range items {
		if !Allowed(ctx, i.Can) {
			continue
		}
		m.raw("<li>")
		m.act(ctx, i.action(), "menu-item", when(i.Danger, "c-bad"), when(i.Copy != "", "js"))
		m.raw("</li>")
	}
	m.raw("</ul>")
}

// MoreMenu is the button with three dots and its Menu. The label says of what: "Actions for Storefront".
//
//go:noinline
func MoreMenu(id, label string, items ...MenuItem) templ.Component {
	return built(func(ctx context.Context, m *markup) {
		m.button(ctx, Action{Label: label, Icon: "ellipsis", IconOnly: true, Popover: id})
		m.menu(ctx, id, items)
	})
}

// actionLabel is what an action shows, for what looks like one and is not.
//
//go:noinline
func actionLabel(a Action) templ.Component {
	return built(func(_ context.Context, m *markup) { m.label(a) })
}
