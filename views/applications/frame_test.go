package applications

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"gatehouse/models"
	"gatehouse/views/ui"
)

func draw(t *testing.T, c templ.Component) string {
	t.Helper()
	return drawAs(t, nil, c)
}

// drawAs renders a page for a person who may do what can allows; nil allows all.
func drawAs(t *testing.T, can func(string) bool, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	ctx := ui.WithChrome(context.Background(), ui.Chrome{AdminName: "Mia Okafor", CSRFToken: "token", Path: "/console/applications", Can: can})
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func has(t *testing.T, html string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(html, p) {
			t.Errorf("missing %s in\n%s", p, html)
		}
	}
}

func hasNot(t *testing.T, html string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(html, p) {
			t.Errorf("unwanted %s in\n%s", p, html)
		}
	}
}

var now = time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)

func storefront() Head {
	return Head{App: models.Application{ID: "k3v9x0q7m2tz8c4hw1n5d", Kind: models.KindStandard, Name: "Storefront", Owner: "Web team", Version: 7},
		Profile: models.ProfileSPA, Clients: 2, Framework: "React", LastUsed: now.Add(-time.Minute), Now: now}
}

func TestFrame(t *testing.T) {
	html := draw(t, Frame(FrameOpts{Head: storefront(), Tab: TabSettings}))
	has(t, html, "<title>Settings - Storefront - Gatehouse</title>", ">Storefront</h1>", "Single-page app, React, owned by Web team", "Active",
		`href="/console/applications/k3v9x0q7m2tz8c4hw1n5d/settings" aria-current="page"`, `href="/console/applications/k3v9x0q7m2tz8c4hw1n5d/clients"`,
		`<span class="count">2</span>`, `href="/console/applications/k3v9x0q7m2tz8c4hw1n5d/delete"`)
	html = draw(t, Frame(FrameOpts{Head: storefront(), Tab: TabGuide}))
	has(t, html, "<title>Storefront - Applications - Gatehouse</title>", `href="/console/applications/k3v9x0q7m2tz8c4hw1n5d" aria-current="page"`)
}

func TestFrameOfAnUnusedAndOfADisabledApplication(t *testing.T) {
	h := storefront()
	h.LastUsed = time.Time{}
	has(t, draw(t, Frame(FrameOpts{Head: h, Tab: TabGuide})), "Waiting for first token", "Disable")
	h.App.Disabled = true
	has(t, draw(t, Frame(FrameOpts{Head: h, Tab: TabGuide})), "Disabled", "Enable")
}

func TestFrameLeavesOutWhatTheRoleMayNot(t *testing.T) {
	html := drawAs(t, models.Actions(models.ViewerActions).Allow, Frame(FrameOpts{Head: storefront(), Tab: TabGuide}))
	hasNot(t, html, ">Delete", "/disable")
}

func TestFrameEscapesNames(t *testing.T) {
	h := storefront()
	h.App.Name, h.App.Owner, h.App.ID = `"><script>alert(1)</script>`, "<b>x</b>", `../"x`
	html := draw(t, Frame(FrameOpts{Head: h, Tab: TabClients}))
	hasNot(t, html, "<script>alert", "<b>x</b>", `applications/../`)
}
