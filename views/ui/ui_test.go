package ui

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
)

// draw renders a component with a signed-in owner's chrome.
func draw(t *testing.T, c templ.Component) string {
	t.Helper()
	return drawAs(t, Chrome{
		Version: "1.0", Origin: "https://id.fernway.example", TenantName: "Fernway", Environment: "Production",
		AdminID: "a1", AdminName: "Mia Okafor", AdminEmail: "mia@fernway.example", Role: "owner",
		CSRFToken: "tok\"en", Path: "/console/applications", Healthy: true, Counts: map[string]int{"applications": 48_213},
	}, c)
}

func drawAs(t *testing.T, c Chrome, part templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := part.Render(WithChrome(context.Background(), c), &b); err != nil {
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

func TestShell(t *testing.T) {
	html := draw(t, Shell(Head{Title: "Storefront", Section: "Applications", Nav: "applications",
		Crumbs: []Crumb{{"Applications", "/console/applications"}, {Label: "Storefront"}}}))
	has(t, html,
		"<title>Storefront - Applications - Gatehouse</title>",
		`<a class="skip" href="#main">`,
		`<main id="main"`,
		`href="/console/applications" aria-current="page"`,
		`<span class="count">48.2k</span>`,
		`action="/console/sign-out"`,
		`action="/console/theme"`,
		`name="_csrf" value="tok&#34;en"`,
		`hx-boost:inherited="`,
		`id="toasts"`, `aria-live="assertive"`,
	)
}

func TestShellHidesWhatTheRoleMayNotDo(t *testing.T) {
	html := drawAs(t, Chrome{Can: func(a string) bool { return a == "application.read" }}, Shell(Head{Title: "Overview"}))
	has(t, html, `href="/console/applications"`)
	hasNot(t, html, `href="/console/settings"`, `href="/console/audit"`, ">Instance<")
}

func TestThemeIsSaidOnlyWhenChosen(t *testing.T) {
	hasNot(t, drawAs(t, Chrome{}, Shell(Head{Title: "x"})), "data-theme")
	has(t, drawAs(t, Chrome{Theme: "dark"}, Shell(Head{Title: "x"})), `data-theme="dark"`)
	has(t, drawAs(t, Chrome{Lang: "ar", Dir: "rtl"}, QuietPage(Quiet{Title: "x"})), `lang="ar" dir="rtl"`)
}

func TestFieldTiesLabelHelpAndError(t *testing.T) {
	in := Input{Name: "redirect_uris[0]", Label: "Redirect URI", Help: "Compared exactly.", Error: "This URI uses http.", Value: `"><b>`}
	for name, c := range map[string]templ.Component{"text": TextInput(in), "area": Textarea(in), "password": PasswordInput(in)} {
		html := draw(t, c)
		has(t, html, `for="f-redirect-uris-0"`, `id="f-redirect-uris-0"`, `aria-invalid="true"`,
			`aria-describedby="f-redirect-uris-0-help f-redirect-uris-0-err"`, `id="f-redirect-uris-0-err"`)
		hasNot(t, html, `"><b>`)
		if name == "password" {
			hasNot(t, html, "&gt;&lt;b&gt;")
		}
	}
}

func TestErrorSummaryLinksToFields(t *testing.T) {
	html := draw(t, ErrorSummary(Problem{"name", "Give it a name."}, Problem{"", "Try later."}))
	has(t, html, `role="alert"`, "2 things need your attention", `<a href="#f-name">Give it a name.</a>`, "Try later.")
	if draw(t, ErrorSummary()) != "" {
		t.Error("an empty summary draws something")
	}
}

func TestButtonIsLinkOrButtonOrNothing(t *testing.T) {
	has(t, draw(t, Button(Action{Label: "Open", Href: "/x"})), `<a class="btn" href="/x"`)
	has(t, draw(t, Button(Action{Label: "Save", Kind: "primary"})), `<button class="btn primary" type="submit"`)
	has(t, draw(t, Button(Action{Label: "More", IconOnly: true, Icon: "ellipsis", Popover: "m"})), `aria-label="More"`, `popovertarget="m"`)
	html := drawAs(t, Chrome{Can: func(string) bool { return false }}, Button(Action{Label: "Delete", Can: "application.delete"}))
	if html != "" {
		t.Errorf("a viewer sees %s", html)
	}
	hasNot(t, draw(t, Button(Action{Label: "x", Href: "javascript:alert(1)"})), "javascript:")
}

func TestWords(t *testing.T) {
	now := time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{Number(31482), "31,482"}, {Number(-1234), "-1,234"}, {Number(999), "999"},
		{Short(48213), "48.2k"}, {Short(2_000_000), "2M"}, {Short(42), "42"},
		{Plural(1, "secret", ""), "1 secret"}, {Plural(0, "secret", ""), "0 secrets"}, {Plural(2, "person", "people"), "2 people"},
		{Ago(now.Add(-40*time.Second), now), "40 s ago"}, {Ago(now.Add(72*time.Hour), now), "in 3 days"},
		{Ago(now.Add(-90*24*time.Hour), now), "23 Aug 2026"}, {Ago(now, now), "now"},
		{initials("Mia Okafor"), "MO"}, {initials(""), "?"}, {slug("a.B[0]"), "a-b-0"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestTableSays(t *testing.T) {
	opts := TableOpts{ID: "apps", Caption: "Applications", Sort: "-name", SortHref: SortLink("/a", map[string][]string{"q": {"x"}, "after": {"k"}}),
		Columns: []Column{{Label: "Name", Sort: "name"}, {Label: "Used", Sort: "used", Right: true}}}
	has(t, draw(t, DataTable(opts)), `<caption`, `scope="col"`, `aria-sort="descending"`,
		`href="/a?q=x&amp;sort=name"`, `href="/a?q=x&amp;sort=used"`, `role="region"`)
	has(t, draw(t, Pager(PagerOpts{Summary: "1-10 of 42", Older: "/a?after=k"})), `aria-disabled="true"`, `rel="next"`)
}

func TestFilterKeepsTheRestOfTheQuery(t *testing.T) {
	q := map[string][]string{"q": {"bill"}, "type": {"web"}}
	f := FilterBy("/a", q, "type", "Type", Option{Value: "web", Label: "Web app"}, Option{Value: "spa", Label: "Single-page app"})
	html := draw(t, FilterBar(FilterOpts{Action: "/a", Label: "Filter", Search: "Search", Query: "bill", Filters: []Filter{f}}))
	has(t, html, `method="get"`, "<b>Type:</b> Web app", `href="/a?q=bill"`, `href="/a?q=bill&amp;type=spa"`,
		`<input type="hidden" name="type" value="web"`, `aria-label="Remove filter Type"`)
}

func TestWithSetsOneParameterOfAnAddress(t *testing.T) {
	query := url.Values{"q": {"a b"}, "type": {"web"}, "after": {"old"}, "sort": {"name"}}
	for _, tc := range [][3]string{
		{"owner", "Team 3&co", "/l?owner=Team+3%26co&q=a+b&sort=name&type=web"},
		{"type", "spa", "/l?q=a+b&sort=name&type=spa"},
		{"type", "", "/l?q=a+b&sort=name"},
		{"z", "1", "/l?q=a+b&sort=name&type=web&z=1"},
	} {
		if got := With("/l", query, tc[0], tc[1]); got != tc[2] {
			t.Errorf("%s=%s: %s, not %s", tc[0], tc[1], got, tc[2])
		}
	}
	if got := With("/l", url.Values{"q": {"x"}}, "q", ""); got != "/l" {
		t.Errorf("nothing left, yet %s", got)
	}
}

// TestEnterSubmitsAForm looks for the button that the Enter key presses in a field: the first one of the form, whatever stands in it.
func TestEnterSubmitsAForm(t *testing.T) {
	page := draw(t, with(Form(FormOpts{Action: "/there"}), `<input name="a"><button name="_row" value="remove:a:0">Remove</button>`))
	first := page[strings.Index(page, "<button"):]
	if first = first[:strings.Index(first, ">")]; strings.Contains(first, "name=") || !strings.Contains(first, `tabindex="-1"`) {
		t.Errorf("Enter presses %s", first)
	}
}

// A line of zeros in the middle of its box looks like something that happens all the time.
func TestAnEmptySparkLineLiesAtTheBottom(t *testing.T) {
	if got := sparkPath([]float64{0, 0}); got != "M0 34L200 34" {
		t.Errorf("drawn at %s of 36", got)
	}
}
