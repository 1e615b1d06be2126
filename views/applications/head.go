// Package applications draws the pages of applications: their list, how one is created, and the pages of one, which all
// stand in the same Frame. The tabs of other features (clients, secrets, branding, activity) draw themselves into it.
package applications

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// Head is what every page of an application shows above its tabs. applications.Ops.Head makes it; a feature that has a tab
// of its own takes that as a function: func(ctx context.Context, applicationID string) (views.Head, error).
type Head struct {
	App       models.Application
	Profile   string    // of the default client
	Clients   int       // how many there are
	Framework string    // the name of the framework, such as "Next.js"; empty when none was chosen
	LastUsed  time.Time // zero while no token was issued
	Now       time.Time
}

// The tabs of an application.
const (
	TabGuide    = "guide"
	TabSettings = "settings"
	TabClients  = "clients"
	TabSecrets  = "secrets"
	TabBranding = "branding"
	TabActivity = "activity"
	TabDanger   = "danger"
)

// FrameOpts describes a page of an application.
type FrameOpts struct {
	Head
	Tab      string          // which one is current
	Title    string          // of the window, before the application's name; the tab's label when empty
	Narrow   string          // as in ui.Head, of a tab that is a list
	Crumbs   []ui.Crumb      // steps after the tab, such as one client; the tab then leads back to its list
	Foot     templ.Component // as in ui.Head
	HasAside bool            // as in ui.Head
}

type tab struct{ key, label, action string }

var tabs = []tab{
	{TabGuide, "Guide", "application.read"},
	{TabSettings, "Settings", "application.read"},
	{TabClients, "Clients", "client.read"},
	{TabSecrets, "Secrets", "client.read"},
	{TabBranding, "Branding", "experience.read"},
	{TabActivity, "Activity", "event.read"},
	{TabDanger, "Danger", "application.read"},
}

// URL is the address of an application, or of one of its tabs.
func URL(id string, parts ...string) string {
	path := "/console/applications/" + url.PathEscape(id)
	for _, p := range parts {
		if p != TabGuide {
			path += "/" + p
		}
	}
	return path
}

func (f FrameOpts) tabs() []ui.Tab {
	out := make([]ui.Tab, 0, len(tabs))
	for _, t := range tabs {
		shown := ui.Tab{Label: t.label, Href: URL(f.App.ID, t.key), Current: t.key == f.Tab, Can: t.action}
		if t.key == TabClients {
			shown.Count = f.Clients
		}
		out = append(out, shown)
	}
	return out
}

func (f FrameOpts) label() string {
	for _, t := range tabs {
		if t.key == f.Tab {
			return t.label
		}
	}
	return ""
}

// head is what the shell needs: the guide is the page of the application itself, every other tab is a step below it.
func (f FrameOpts) head() ui.Head {
	h := ui.Head{Title: f.App.Name, Section: "Applications", Nav: "applications", Foot: f.Foot, HasAside: f.HasAside,
		Crumbs: []ui.Crumb{{Label: "Applications", Href: "/console/applications"}, {Label: f.App.Name, Href: URL(f.App.ID)}}}
	if f.Tab != TabGuide {
		h.Title, h.Section = f.label(), f.App.Name
		h.Crumbs = append(h.Crumbs, ui.Crumb{Label: f.label(), Href: URL(f.App.ID, f.Tab)})
	}
	h.Crumbs = append(h.Crumbs, f.Crumbs...)
	h.Narrow = f.Narrow
	if f.Title != "" {
		h.Title, h.Section = f.Title, f.App.Name
	}
	return h
}

// waits is what nobody has asked for yet: a SAML service provider gets no tokens.
func (h Head) waits() string {
	if h.Profile == models.ProfileSAML {
		return "Waiting for first sign-in"
	}
	return "Waiting for first token"
}

// about is the line under the name: "Web app, Next.js, owned by Payments".
func (h Head) about() string {
	text := TypeWords(h.App.Kind, h.Profile)
	if h.Framework != "" && h.Framework != text {
		text += ", " + h.Framework
	}
	if h.App.Owner != "" {
		text += ", owned by " + h.App.Owner
	}
	return text
}
