package ui

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"
)

// Chrome is what a page shows around its content: who is signed in, where, and what they may do.
// Web puts it into the context of each request; a page never passes it on by hand.
type Chrome struct {
	Version     string // of the binary, "1.0"
	Origin      string // "https://id.fernway.example"
	TenantName  string
	Environment string // "Production"; no badge when empty
	AdminID     string // empty when nobody is signed in
	AdminName   string
	AdminEmail  string
	Role        string // owner, editor or viewer
	CSRFToken   string
	Theme       string // "" follows the system, else "light" or "dark"
	Lang        string // "en" when empty
	Dir         string // "ltr" when empty
	Path        string // of this request, for links that come back to it
	RequestID   string
	Healthy     bool
	Counts      map[string]int // by the key of a navigation entry, "applications"
	Toasts      []Toast
	Aside       templ.Component          // docks beside the sheet of every page that has no other: CallDrawer
	SessionEnds time.Time                // zero: no warning before the session ends
	Can         func(action string) bool // nil allows all: pages hide by it, operations enforce
}

type chromeKey struct{}

// WithChrome returns a context whose pages are drawn with c around them.
func WithChrome(ctx context.Context, c Chrome) context.Context {
	return context.WithValue(ctx, chromeKey{}, &c)
}

// ChromeFrom is the chrome of this request, or an empty one.
func ChromeFrom(ctx context.Context) Chrome {
	if c, ok := ctx.Value(chromeKey{}).(*Chrome); ok {
		return *c
	}
	return Chrome{}
}

// Allowed says whether the person who looks at this page may do the action, such as "application.create".
// An empty action is always allowed. Use it to leave out what would only answer "you may not".
func Allowed(ctx context.Context, action string) bool {
	if action == "" {
		return true
	}
	c, ok := ctx.Value(chromeKey{}).(*Chrome) // asked for every button of a page, so nothing is copied
	return !ok || c.Can == nil || c.Can(action)
}

func (c Chrome) lang() string { return or(c.Lang, "en") }
func (c Chrome) dir() string  { return or(c.Dir, "ltr") }

// Host is the origin without its scheme, the way people say an address.
func (c Chrome) Host() string {
	for i := 0; i+2 < len(c.Origin); i++ {
		if c.Origin[i:i+3] == "://" {
			return c.Origin[i+3:]
		}
	}
	return c.Origin
}

// csrfHeaders is the value of hx-headers: the token that a form without scripts sends as a field.
func (c Chrome) csrfHeaders() string {
	return `{"X-CSRF-Token":` + strconv.Quote(c.CSRFToken) + `}`
}

// Head says which page this is.
type Head struct {
	Title    string // the thing, "Storefront"; the first part of the window title
	Section  string // the list it belongs to, "Applications"; left out when it says the same
	Narrow   string // what a list is filtered to, see Narrowed; only the window title says it
	Nav      string // key of the current navigation entry, "applications"
	Crumbs   []Crumb
	Wide     bool            // the page fills the sheet, as editors do
	HasAside bool            // the page draws its Aside itself, within what scripts replace
	Foot     templ.Component // stays at the foot of the sheet: SaveBar
}

// Crumb is one step of the way to this page. The last has no Href.
type Crumb struct{ Label, Href string }

func (h Head) window() string {
	t := h.Title
	if h.Narrow != "" {
		t += ": " + h.Narrow
	}
	if h.Section != "" && h.Section != h.Title {
		t += " - " + h.Section
	}
	return t + " - Gatehouse"
}

func (h Head) crumbs() []Crumb {
	if len(h.Crumbs) > 0 {
		return h.Crumbs
	}
	return []Crumb{{Label: h.Title}}
}

// navEntry is one link of the side bar.
type navEntry struct{ key, label, icon, href, action string }

type navGroup struct {
	label   string
	entries []navEntry
}

// navigation is the side bar, top to bottom. Only what exists is in it.
var navigation = []navGroup{
	{"", []navEntry{{"overview", "Overview", "layout-dashboard", "/console", ""}}},
	{"Build", []navEntry{
		{"applications", "Applications", "app-window", "/console/applications", "application.read"},
		{"connections", "Connections", "plug", "/console/connections", "connection.read"},
		{"resources", "APIs & roles", "braces", "/console/resources", "resource.read"},
		{"experience", "Sign-in experience", "palette", "/console/experience", "experience.read"},
	}},
	{"Operate", []navEntry{
		{"audit", "Audit log", "scroll-text", "/console/audit", "event.read"},
		{"outbox", "Outbox", "send", "/console/outbox", "outbox.read"},
		{"webhooks", "Webhooks", "webhook", "/console/webhooks", "webhook.read"},
		{"keys", "Signing keys", "key-round", "/console/keys", "key.read"},
		{"api", "API explorer", "square-terminal", "/console/explorer", ""},
	}},
	{"Instance", []navEntry{
		{"administrators", "Administrators", "users", "/console/administrators", "administrator.read"},
		{"settings", "Settings", "settings", "/console/settings", "settings.read"},
	}},
}

// visible leaves out the entries that this person may not read.
func (g navGroup) visible(ctx context.Context) []navEntry {
	var shown []navEntry
	for _, e := range g.entries {
		if Allowed(ctx, e.action) {
			shown = append(shown, e)
		}
	}
	return shown
}
