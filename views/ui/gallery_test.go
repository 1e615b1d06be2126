package ui

import (
	"context"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// example is one component as a page would use it, and what a reader must find in it.
type example struct {
	name  string
	part  templ.Component
	wants []string
}

// with gives a component children.
func with(c templ.Component, children string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, templ.Raw(children)), w)
	})
}

var full = Input{Name: "f", Label: "Label", Term: "term", Help: "Help.", Error: "Wrong.", Value: "v", Placeholder: "p", Optional: true,
	Options: []Option{{Value: "v", Label: "Chosen", Help: "Why", Group: "One", Tile: TileOpts{Icon: "cpu"}}, {Value: "w", Label: "Other", Group: "Two", Tile: TileOpts{Letters: "Go"}}}}

var gallery = []example{
	{"Shell", with(Shell(Head{Title: "T", Wide: true, Foot: SaveBar(SaveBarOpts{Form: "f"})}), "<h1>T</h1>"), []string{"Skip to content", "Sign out", "<h1>T</h1>"}},
	{"QuietPage", with(QuietPage(Quiet{Title: "Sign in", Wide: true}), "<h1>Sign in</h1>"), []string{"<title>Sign in - Gatehouse</title>", "Version 1.0"}},
	{"PageHeader", with(PageHeader(HeaderOpts{Title: "Storefront", Sub: "Web app", Tile: TileOpts{Icon: "server", Tint: "k2"}, Status: StatusPill(StateOK, "Active")}), "<a>Act</a>"), []string{"<h1", "Storefront", "Active", "<a>Act</a>"}},
	{"Tabs", Tabs("Application", Tab{Label: "Guide", Href: "/g", Current: true}, Tab{Label: "Clients", Href: "/c", Count: 2}), []string{`aria-label="Application"`, `aria-current="page"`, ">2<"}},
	{"SegmentedControl", SegmentedControl("Period", Tab{Label: "7 days", Href: "?p=7", Current: true}), []string{`role="group"`, `aria-current="true"`}},
	{"Card", with(Card(CardOpts{ID: "c", Title: "Values", Note: "n", Link: Tab{Label: "All", Href: "/a"}, Tools: Badge("x"), Foot: Badge("y"), Line: true}), "body"), []string{`aria-labelledby="h-c"`, "<h2", "body"}},
	{"DescriptionList", DescriptionList(Term{Name: "ID", Text: "k3", Code: true}, Term{Name: "Empty"}, Term{Name: "Part", Value: Badge("b")}), []string{"<dt>ID</dt>", "<code>k3</code>", "Not set"}},
	{"Stats", Stats("People", StatOpts{Label: "Active", Value: "31", Href: "/a", Delta: "6 %", Trend: 1, Spark: []float64{1, 3, 2}}, StatOpts{Label: "Down", Value: "1", Delta: "1 pt", Trend: -1, Bad: true}), []string{`href="/a"`, "up </span>", "down </span>"}},
	{"TextInput", TextInput(full), []string{"<label", "term", "optional", "Wrong."}},
	{"PasswordInput", PasswordInput(full), []string{`type="password"`, `aria-label="Show label"`}},
	{"Textarea", Textarea(full), []string{`rows="4"`, ">v</textarea>"}},
	{"Select", Select(full), []string{`<optgroup label="One"`, `<option value="v" selected`}},
	{"Checkbox", Checkbox(Input{Name: "dpop", Label: "DPoP", Checked: true}), []string{`<input type="hidden" name="dpop" value=""`, "checked"}},
	{"CheckboxList", CheckboxList(full, []string{"w"}), []string{"<legend", `value="w" checked`, `aria-describedby="f-f-0-help"`}},
	{"Switch", Switch(Input{Name: "on", Label: "On", Help: "h"}), []string{`class="switch"`, `aria-describedby="f-on-help"`}},
	{"RadioCards", RadioCards(full), []string{"<legend", `value="v" checked`, "Why"}},
	{"RadioButtons", RadioButtons(full), []string{"<legend", `value="v" checked`}},
	{"ColorPicker passes", ColorPicker(ColorInput{Input: Input{Name: "c", Label: "Colour", Value: "#0f5f47"}, Ratio: 7.6, Against: "on white"}), []string{"7.6 on white", `fill="#0f5f47"`}},
	{"ColorPicker fails", ColorPicker(ColorInput{Input: Input{Name: "c", Label: "Colour", Value: `red" onload="x`}, Ratio: 2, Against: "on white"}), []string{"too little to read", `fill="#000000"`}},
	{"UriListEditor", UriListEditor(URIListOpts{Input: full, Noun: "Redirect URI", Blank: true, Rows: []URIRow{
		{Value: "https://a.example", Verdict: URIGood},
		{Value: "http://a.example", Verdict: URIBad, Text: "This URI uses http.", Fix: "https://a.example", FixText: "Change to https"},
		{Value: "https://a.example/", Verdict: URINear, Text: "41 asked without the slash.", Also: "https://a.example"}}}),
		[]string{`aria-invalid="true"`, `aria-describedby="f-f-1-msg"`, `value="set:f:1:https://a.example"`, `value="add:f:https://a.example"`, `value="remove:f:3"`, "Add redirect URI"}},
	{"KeyValueEditor", KeyValueEditor(KeyValueOpts{Input: full, Blank: true, Rows: []KeyValue{{"team", "web", "Too long."}}}), []string{`name="f.key"`, "Too long.", `value="remove:f:1"`}},
	{"ErrorSummary", ErrorSummary(Problem{"f", "Wrong."}), []string{`role="alert"`, `href="#f-f"`}},
	{"Fieldset", with(Fieldset(full), "x"), []string{"<legend", `aria-describedby="f-f-help f-f-err"`}},
	{"FormSection", with(FormSection("a", "Addresses", "Where."), "x"), []string{`aria-labelledby="h-a"`}},
	{"Fold", with(Fold("Advanced", "More", true), "x"), []string{"<details", "open"}},
	{"SaveBar", SaveBar(SaveBarOpts{Form: "f", Calls: true, Problems: []Problem{{"f", "x"}}}), []string{`form="f"`, "1 problem", `href="#f-f"`, "Save changes", "Discard"}},
	{"Form", with(Form(FormOpts{Action: "/a", ID: "f", Version: "3", Guard: true, Plain: true}), "x"), []string{`method="post"`, `name="_csrf"`, `name="version" value="3"`, "novalidate"}},
	{"DataTable", with(DataTable(TableOpts{ID: "t", Caption: "Things", Selectable: true, Menu: true, Tight: true, Columns: []Column{{Label: "A"}, {Label: "B", Hidden: true}}}), "<tr></tr>"), []string{"<caption", `aria-label="Select all on this page"`, "Actions"}},
	{"SelectCell", SelectCell("id", "7", "Select x"), []string{`aria-label="Select x"`}},
	{"NameCell", NameCell(NameCellOpts{Title: "gh_4…", Sub: "s", Href: "/x", Mono: true, Tile: TileOpts{Icon: "key-round"}}), []string{`href="/x"`, "<small>s</small>"}},
	{"RowMenu", RowMenu("m", "Actions for x", MenuItem{Label: "Open", Href: "/x"}, MenuItem{Label: "Delete", Danger: true, Modal: true, Href: "/d"}, MenuItem{Label: "Copy", Copy: "k"}, MenuItem{Label: "Post", Name: "a", Value: "b"}), []string{`aria-label="Actions for x"`, `popovertarget="m"`, `data-modal`}},
	{"MoreMenu", MoreMenu("m", "More actions", MenuItem{Label: "Open", Href: "/x"}), []string{"popover"}},
	{"Pagination", Pagination(PagerOpts{Summary: "1-2 of 4", Note: "n", Newer: "/n"}), []string{`rel="prev"`, `aria-disabled="true"`}},
	{"FilterBar", with(FilterBar(FilterOpts{Action: "/a", Label: "Filter", Search: "Search", Sort: "-name", Filters: []Filter{FilterBy("/a", map[string][]string{"s": {"1"}}, "s", "Status", Option{Value: "1", Label: "On"})}}), "x"), []string{`role="search"`, "Clear all", `name="sort" value="-name"`}},
	{"Results", with(Results("", "2 applications"), "x"), []string{`id="results"`, `data-say="2 applications"`}},
	{"BulkBar", with(BulkBar(BulkOpts{Noun: "application", Total: 42}), "x"), []string{`role="toolbar"`, "of 42"}},
	{"StatusPill", StatusPill(StateWarn, "Expires"), []string{`class="pill warn"`}},
	{"StatusWord", StatusWord(StateOK, "Active"), []string{`class="pill bare ok"`}},
	{"Avatar", Avatar("Mia Okafor"), []string{"MO"}},
	{"Tile", Tile(TileOpts{Letters: "Go", Tint: "k2", Large: true}), []string{`aria-hidden="true"`, "Go"}},
	{"RelativeTime", RelativeTime(noon.Add(-time.Hour), noon, "Never"), []string{`datetime="2026-11-21T11:00:00Z"`, `title="21 Nov 2026, 11:00:00 UTC"`, "1 h ago"}},
	{"RelativeTime never", RelativeTime(time.Time{}, noon, "Never"), []string{"Never"}},
	{"CodeBlock", CodeBlock(CodeOpts{ID: "c", Label: "Call", Tabs: []Tab{{Label: "curl", Href: "?l=curl", Current: true}}, Text: "curl '<x>'", Lang: "sh", Save: "f.sh", Note: "n"}), []string{`<code id="c-text"><span class="k">curl</span> <span class="s">&#39;&lt;x&gt;&#39;</span></code>`, `aria-label="Copy Call"`}},
	{"CopyField", CopyField("Issuer", "https://id"), []string{`data-copy="https://id"`, `aria-label="Copy Issuer"`}},
	{"SecretReveal", SecretReveal(SecretOpts{Title: "New secret", Value: "gh_x", Expires: "Expires", Env: "A=b", JSON: "{}", Curl: "c", DoneTo: "/d"}), []string{"Shown once", "gh_x", "I have stored it", ".env", "Download"}},
	{"CallDrawer", CallDrawer(Calls{About: "a", Close: "/c", Scope: "client.update", Warn: "w", Calls: []Spelled{
		{Name: "Native", Request: Request{Verb: "PATCH", Path: "/rest", Body: "{}"}}, {Name: "Auth0", Request: Request{Verb: "PATCH", Path: "/api/v2"}, Note: "Without pkce."}, {Name: "Logto"}, {Name: "Transmit"}}}),
		[]string{`class="method patch"`, `aria-label="Close"`, "client.update", `value="1"`, "Without pkce.", "The APIs of Logto and Transmit have no words for this."}},
	{"Diff", Diff("Changes", Change{"name", "a", "b"}), []string{"Before: ", "After: "}},
	{"JsonView", JsonView("Event", []byte(`{"a":[1,true,"x"]}`)), []string{`<span class="k">&#34;a&#34;</span>`, `<span class="n">1</span>`}},
	{"JsonView of no JSON", JsonView("Event", []byte(`<b>`)), []string{"&lt;b&gt;"}},
	{"Timeline", Timeline(noon, Moment{Actor: "Mia", Text: "did", Note: "n", At: noon, Href: "/x", Link: "it"}, Moment{Actor: "ci", Program: true, Body: Badge("b"), At: noon}), []string{"<b>Mia</b>", `href="/x"`}},
	{"Stepper", Stepper(Step{"One", "n", StepDone}, Step{"Two", "", StepNow}, Step{"Three", "", StepLater}), []string{`aria-current="step"`, "Done: "}},
	{"StepList", StepList(Step{"One", "n", StepDone}, Step{"Two", "", StepNow}), []string{`aria-current="step"`}},
	{"Checklist", Checklist(Task{Label: "A", Done: true}, Task{Label: "B", Href: "/b", Act: "Open"}, Task{Label: "C", Href: "/c", Note: "1 min"}), []string{`aria-label="1 of 3 done"`, `aria-label="Open: B"`}},
	{"EmptyState", with(EmptyState(EmptyOpts{Title: "No x yet", Text: "t", Code: "POST /x"}), "<a>Create</a>"), []string{"<h2>No x yet</h2>", "POST /x"}},
	{"EmptyState no match", EmptyState(EmptyOpts{Kind: EmptyNoMatch, Title: "No x", Clear: "/x"}), []string{"Clear filters"}},
	{"EmptyState forbidden", EmptyState(EmptyOpts{Kind: EmptyForbidden, Title: "No", Permission: "x.read"}), []string{"<code>x.read</code>"}},
	{"ErrorPage", ErrorPage(ErrorOpts{Status: "503", Title: "It did not arrive", Text: "t", Retry: "/r", RequestID: "req_1", When: noon, Where: "GET /x"}), []string{"<h1", "req_1", "Try again", "12:00:00 UTC"}},
	{"Callout", with(Callout(StateWarn), "x"), []string{"callout warn"}},
	{"Toast", ToastCard(Toast{Text: "Storefront deleted", UndoTo: "/u", UndoName: "id", UndoVal: "7", Href: "/x"}), []string{"Undo", `name="_csrf"`, `aria-label="Dismiss"`}},
	{"Dialog", with(Dialog("d", "Title"), "x"), []string{"<dialog", `aria-labelledby="d-title"`}},
	{"ConfirmDanger", with(ConfirmDanger(DangerOpts{Title: "Delete x?", Undo: "u", Name: "x", Error: "Type the name.", Action: "/d", Button: "Delete", Cancel: "/c", Version: "2", Impacts: []Impact{{Text: "stop", Href: "/p", Link: "42 people"}}}), "y"), []string{`id="confirm"`, "Type x to confirm", "Cancel", "42 people", `name="_csrf"`}},
	{"SearchResults", SearchResults("bill", HitGroup{"Applications", []Hit{{"Billing", "Web", "/b", TileOpts{Icon: "server"}}}}, HitGroup{Label: "None"}), []string{`data-say="1 result"`, `href="/b"`}},
	{"SearchResults none", SearchResults("<b>"), []string{"Nothing found for"}},
	{"ShortcutSheet", ShortcutSheet(), []string{"Keyboard shortcuts", "<kbd>g</kbd>"}},
	{"Chart", Chart(ChartOpts{Summary: "Tokens per day", BarsAria: "Refusals", Labels: []string{"a", "b"}, Lines: []Series{{Name: "Now", Total: "3", Values: []float64{1, 2}}, {Name: "Then", Past: true, Values: []float64{1, 1}}}, Bars: []Series{{Name: "X", Values: []float64{4, 0}}, {Name: "Y", Values: []float64{1, 1}}}}), []string{`aria-label="Tokens per day"`, "<table", `<th scope="row">a</th>`}},
	{"Chart of nothing", Chart(ChartOpts{Summary: "Nothing"}), []string{"As table"}},
	{"Histogram", Histogram("Events", []float64{3, 2}, []float64{1, 0}), []string{`aria-label="Events"`}},
	{"DevicePreview", DevicePreview(PreviewOpts{Phone: true, Title: "Phone preview", Src: "/p", Caption: "Phone"}), []string{`title="Phone preview"`, `src="/p"`}},
	{"InlineReveal", with(InlineReveal("e", 5), "x"), []string{`colspan="5"`}},
}

// What the policy of the pages and the rules of htmx forbid: in names of attributes, and in what they hold.
var (
	quotedPart   = regexp.MustCompile(`="[^"]*"`)
	badAttribute = regexp.MustCompile(`(?i)<[^>]*\s(style|on[a-z]+|hx-on[^=]*)=|<style`)
	badText      = regexp.MustCompile(`(?i:javascript:|["']js:)|<script(?: [^>]*)?>[^<]|\bNaN\b|[+-]Inf\b|%!`)
)

var (
	idAttr = regexp.MustCompile(`\sid="([^"]+)"`)
	refs   = regexp.MustCompile(`\s(?:aria-describedby|aria-labelledby|for|popovertarget)="([^"]+)"`)
)

func TestGallery(t *testing.T) {
	for _, e := range gallery {
		t.Run(e.name, func(t *testing.T) {
			html := draw(t, e.part)
			has(t, html, e.wants...)
			if bad := badAttribute.FindString(quotedPart.ReplaceAllString(html, `=""`)) + badText.FindString(html); bad != "" {
				t.Errorf("forbidden: %s", bad)
			}
			tied(t, html)
		})
	}
}

// tied checks that ids are there once and that what points at an id finds it.
func tied(t *testing.T, html string) {
	t.Helper()
	ids := map[string]bool{}
	for _, m := range idAttr.FindAllStringSubmatch(html, -1) {
		if ids[m[1]] {
			t.Errorf("id %q is there twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range refs.FindAllStringSubmatch(html, -1) {
		for _, id := range strings.Fields(m[1]) {
			if !ids[id] && id != "confirm-title" { // the dialog is empty until a page fills it
				t.Errorf("nothing has the id %q", id)
			}
		}
	}
}

// Components name icons; a name that the set does not have draws nothing, which nobody would notice.
func TestEveryIconIsDrawn(t *testing.T) {
	for _, e := range gallery {
		if strings.Contains(draw(t, e.part), `aria-hidden="true"></svg>`) {
			t.Errorf("%s has an empty icon", e.name)
		}
	}
}

func TestRowChange(t *testing.T) {
	for _, c := range []struct {
		why, ask string
		want     string
	}{
		{"adds an empty line", "add:u", ",a,b,"},
		{"adds a given line", "add:u:https://x:1", ",a,b,https://x:1"},
		{"removes the first", "remove:u:0", ",b"},
		{"corrects the second", "set:u:1:https://b", ",a,https://b"},
		{"leaves alone what is not there", "remove:u:7", ",a,b"},
		{"leaves alone the hidden field", "remove:u:-1", ",a,b"},
		{"does not trip over nonsense", "remove:u:x", ",a,b"},
	} {
		form := map[string][]string{"u": {"", "a", "b"}, "_row": {c.ask}}
		if !RowChange(form) {
			t.Errorf("%s: says nothing changed", c.why)
		}
		if got := strings.Join(form["u"], ","); got != c.want || form["_row"] != nil {
			t.Errorf("%s: got %q, want %q", c.why, got, c.want)
		}
	}
	if RowChange(map[string][]string{"u": {"a"}}) {
		t.Error("a form that asks for nothing was changed")
	}
	pairs := map[string][]string{"m.key": {"a", "b"}, "m.value": {"1", "2"}, "_row": {"remove:m:0"}}
	if RowChange(pairs); strings.Join(pairs["m.key"], ",")+strings.Join(pairs["m.value"], ",") != "b2" {
		t.Errorf("pairs are %v", pairs)
	}
}

func TestHighlightKeepsTheText(t *testing.T) {
	tags := regexp.MustCompile(`</?span[^>]*>`)
	for _, text := range []string{`don't "open`, "# a\nx='y' `z`", "a\\", `"\"`, "{\"a\": -1.5e3}", "https://id.example/oidc é"} {
		for _, lang := range []string{"sh", "json", "go", ""} {
			got := tags.ReplaceAllString(colour(text, lang, []string{"https://id.example/oidc"}), "")
			if want := templ.EscapeString(text); got != want {
				t.Errorf("%s: %q became %q", lang, want, got)
			}
		}
	}
}

func FuzzHighlight(f *testing.F) {
	f.Add(`curl "x" # y`, "sh", "x")
	tags := regexp.MustCompile(`</?span[^>]*>`)
	f.Fuzz(func(t *testing.T, text, lang, fill string) {
		if got := tags.ReplaceAllString(colour(text, lang, []string{fill}), ""); got != templ.EscapeString(text) {
			t.Errorf("%q became %q", text, got)
		}
	})
}

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		high float64
		n    int
		top  float64
	}{{0, 4, 4}, {3, 4, 4}, {13_100, 4, 14_000}, {1040, 1, 1500}, {97, 1, 100}} {
		got := ticks(c.high, c.n)
		if len(got) != c.n+1 || got[len(got)-1] != c.top {
			t.Errorf("ticks(%v, %d) = %v, want a top of %v", c.high, c.n, got, c.top)
		}
	}
}

func BenchmarkShell(b *testing.B) {
	part := with(Shell(Head{Title: "T", Nav: "applications"}), "<h1>T</h1>")
	for b.Loop() {
		var out strings.Builder
		if err := part.Render(WithChrome(b.Context(), Chrome{AdminName: "Mia Okafor"}), &out); err != nil {
			b.Fatal(err)
		}
	}
}

// A list page of twenty rows is what the console draws most; it may cost at most 250 µs with everything around it.
func BenchmarkListPage(b *testing.B) {
	rows := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for i := range 20 {
			id := Number(i)
			for _, c := range []templ.Component{
				SelectCell("id", id, "Select Storefront"),
				NameCell(NameCellOpts{Title: "Storefront", Sub: "shop.example", Href: "/console/applications/" + id, Tile: TileOpts{Icon: "server", Tint: "k2"}}),
				StatusWord(StateOK, "Active"),
				RelativeTime(noon, noon, "Never"),
				RowMenu("m-"+id, "Actions for Storefront", MenuItem{Label: "Open", Icon: "arrow-right", Href: "/x"}, MenuItem{Label: "Delete", Icon: "trash-2", Danger: true, Modal: true, Href: "/d"}),
			} {
				if err := c.Render(ctx, w); err != nil {
					return err
				}
			}
		}
		return nil
	})
	page := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		table := DataTable(TableOpts{ID: "t", Caption: "Things", Selectable: true, Menu: true, Columns: []Column{{Label: "Name", Sort: "name"}, {Label: "Status"}}, SortHref: SortLink("/a", nil)})
		shell := Shell(Head{Title: "Applications", Nav: "applications"})
		return shell.Render(templ.WithChildren(ctx, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return table.Render(templ.WithChildren(templ.ClearChildren(ctx), rows), w)
		})), w)
	})
	b.ReportAllocs()
	for b.Loop() {
		var out strings.Builder
		if err := page.Render(WithChrome(b.Context(), Chrome{AdminName: "Mia Okafor"}), &out); err != nil {
			b.Fatal(err)
		}
	}
}
