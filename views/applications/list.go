package applications

import (
	"bytes"
	"context"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// ListURL is the address of the list of applications.
const ListURL = "/console/applications"

// Row is one application in the list.
type Row struct {
	ID, Name, Place, Owner string // Place is where it lives, or what it is for
	Kind, Profile          string
	Clients                int
	LastUsed               time.Time // zero while it was never used
	Disabled               bool
	State                  ui.State // StateNone for all is well
	Note                   string   // the words of State: "Secret expires in 3 days"
}

// List is a page of the list, with everything its address says.
type List struct {
	Rows         []Row
	Q, Sort      string
	Type, Status string
	Owner        string
	Next, Prev   string // cursors
	First        int    // number of the first row; 0 when it is not known
	Size         int
	Total        int // of all applications, up to TotalLimit
	Owners       []string
	Now          time.Time
}

// TotalLimit is where counting stops: a list that says "1,000+" costs what one of a thousand does.
const TotalLimit = 1000

// query is what the address says, without the cursor: a cursor belongs to one order and one set of filters.
func (l List) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"q": l.Q, "type": l.Type, "status": l.Status, "owner": l.Owner, "sort": l.Sort} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

func (l List) filtered() bool { return l.Q != "" || l.Type != "" || l.Status != "" || l.Owner != "" }

var types = []ui.Option{
	{Value: models.ProfileWeb, Label: "Web app"}, {Value: models.ProfileSPA, Label: "Single-page app"}, {Value: models.ProfileNative, Label: "Native app"},
	{Value: models.ProfileMachine, Label: "Machine to machine"}, {Value: models.ProfileProtected, Label: "Behind a proxy"},
	{Value: models.ProfileSAML, Label: "SAML"}, {Value: models.KindManagement, Label: "Management"},
}

var sorts = []ui.Option{
	{Value: "-created", Label: "Newest first"}, {Value: "created", Label: "Oldest first"},
	{Value: "name", Label: "Name, A to Z"}, {Value: "-name", Label: "Name, Z to A"},
	{Value: "-used", Label: "Last used first"}, {Value: "used", Label: "Unused first"},
}

func (l List) filters() []ui.Filter {
	q := l.query()
	filters := []ui.Filter{
		ui.FilterBy(ListURL, q, "type", "Type", types...),
		ui.FilterBy(ListURL, q, "status", "Status", ui.Option{Value: "active", Label: "Active"}, ui.Option{Value: "disabled", Label: "Disabled"}),
	}
	owners := make([]ui.Option, 0, len(l.Owners)+1)
	known := l.Owner == ""
	for _, o := range l.Owners {
		owners = append(owners, ui.Option{Value: o, Label: o})
		known = known || o == l.Owner
	}
	if !known {
		owners = append(owners, ui.Option{Value: l.Owner, Label: l.Owner})
	}
	if len(owners) > 0 {
		filters = append(filters, ui.FilterBy(ListURL, q, "owner", "Owner", owners...))
	}
	return append(filters, ui.FilterBy(ListURL, q, "sort", "Sort", sorts...))
}

// caption says what the table holds and how it is sorted.
func (l List) caption() string {
	text := "Applications"
	for _, s := range sorts {
		if s.Value == l.Sort || l.Sort == "" && s.Value == "-created" {
			text += ", " + strings.ToLower(s.Label[:1]) + s.Label[1:]
		}
	}
	return text
}

// say is what is read aloud when the list changes.
func (l List) say() string {
	text := ui.Plural(len(l.Rows), "application", "")
	if l.Next != "" || l.Prev != "" {
		text += " on this page"
	}
	return text
}

// total is how many there are, in words; empty while filters are on, because nobody counted those.
func (l List) total() string {
	switch {
	case l.filtered():
		return ""
	case l.Total >= TotalLimit:
		return ui.Number(TotalLimit) + "+"
	}
	return ui.Number(l.Total)
}

func (l List) pager() ui.PagerOpts {
	p := ui.PagerOpts{Summary: ui.Plural(len(l.Rows), "application", "")}
	if l.First > 0 && len(l.Rows) > 0 {
		p.Summary = ui.Number(l.First) + "-" + ui.Number(l.First+len(l.Rows)-1)
	}
	if t := l.total(); t != "" {
		p.Summary += " of " + t
	}
	if l.Prev != "" {
		p.Newer = l.page(l.Prev, max(l.First-l.Size, 1))
	}
	if l.Next != "" {
		p.Older = l.page(l.Next, l.First+len(l.Rows))
	}
	return p
}

func (l List) page(cursor string, first int) string {
	q := l.query()
	q.Set("cursor", cursor)
	if l.First > 0 {
		q.Set("from", strconv.Itoa(first))
	}
	return ListURL + "?" + q.Encode()
}

func (l List) columns() []ui.Column {
	return []ui.Column{{Label: "Name", Sort: "name"}, {Label: "Type", Optional: true}, {Label: "Clients", Right: true, Optional: true},
		{Label: "Last used", Sort: "used", Down: true, Optional: true}, {Label: "Owner", Optional: true}, {Label: "Status"}}
}

// rights are what the person who looks may do with a row, asked once for the whole list.
type rights struct{ update, remove, clients bool }

func rightsOf(ctx context.Context) rights {
	return rights{ui.Allowed(ctx, "application.update"), ui.Allowed(ctx, "application.delete"), ui.Allowed(ctx, "client.read")}
}

// bulk tells whether anything can be done with several rows at once.
func (r rights) bulk() bool { return r.update || r.remove }

// menu is what can be done with a row; it is appended to items, which a list uses for all of its rows.
func (r Row) menu(items []ui.MenuItem, base string, may rights) []ui.MenuItem {
	items = append(items, ui.MenuItem{Label: "Settings", Href: base + "/" + TabSettings})
	if may.clients {
		items = append(items, ui.MenuItem{Label: "Secrets", Href: base + "/" + TabSecrets})
	}
	if may.update && !r.Disabled {
		items = append(items, ui.MenuItem{Label: "Disable", Href: base + "/disable", Modal: true})
	}
	if may.remove {
		items = append(items, ui.MenuItem{Label: "Delete", Danger: true, Modal: true, Href: base + "/delete"})
	}
	return items
}

// rows draws the rows of the table. They are written by hand, because they are most of the page: each cell that a template
// writes costs two allocations, and a list has two hundred.
func (l List) rows() templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		may, items := rightsOf(ctx), make([]ui.MenuItem, 0, 4)
		b := bytes.NewBuffer(make([]byte, 0, 8<<10))
		for i := range l.Rows {
			b.Reset()
			l.row(ctx, b, &l.Rows[i], may, items)
			if _, err := w.Write(b.Bytes()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l List) row(ctx context.Context, b *bytes.Buffer, r *Row, may rights, items []ui.MenuItem) {
	base := URL(r.ID)
	text := func(before, content, after string) {
		b.WriteString(before)
		b.WriteString(templ.EscapeString(content))
		b.WriteString(after)
	}
	draw := func(c templ.Component) { _ = c.Render(ctx, b) } // a buffer takes everything
	text(`<tr id="apps-`, r.ID, `">`)
	if may.bulk() {
		draw(ui.SelectCell("id", r.ID, "Select "+r.Name))
	}
	draw(ui.NameCell(ui.NameCellOpts{Title: r.Name, Sub: r.Place, Href: base, Tile: Tile(r.Kind, r.Profile)}))
	text(`<td class="dim opt">`, TypeWords(r.Kind, r.Profile), `</td><td class="r opt">`)
	text("", ui.Number(r.Clients), `</td><td class="dim opt">`)
	if l.recent(r) {
		b.WriteString(`<span class="row nowrap"><span class="live" aria-hidden="true"></span>Now</span>`)
	} else {
		draw(ui.RelativeTime(r.LastUsed, l.Now, "Never"))
	}
	b.WriteString(`</td><td class="dim opt">`)
	if r.Owner != "" {
		text(`<span class="clip" title="`, r.Owner, `">`)
		text("", r.Owner, "</span>")
	}
	b.WriteString("</td>")
	if r.State == ui.StateBad || r.State == ui.StateWarn {
		b.WriteString(`<td class="attn">`)
		draw(ui.StatusPill(r.State, r.Note))
	} else {
		b.WriteString("<td>")
		draw(ui.StatusWord(r.State, r.Note))
	}
	b.WriteString("</td>")
	draw(ui.RowMenu("m-"+r.ID, "Actions for "+r.Name, r.menu(items, base, may)...))
	b.WriteString("</tr>")
}

// recent tells whether somebody is using it as the page is drawn.
func (l List) recent(r *Row) bool {
	return !r.LastUsed.IsZero() && l.Now.Sub(r.LastUsed) < 10*time.Second
}

// nothing is the title of the empty list that filters left.
func (l List) nothing() string {
	if l.Q != "" {
		return `No application matches "` + l.Q + `"`
	}
	return "No application fits these filters"
}

func (l List) nothingText() string {
	text := "Nothing"
	if l.Total > 0 && l.Total < TotalLimit {
		text += " among " + ui.Plural(l.Total, "application", "")
	}
	switch {
	case l.Q != "" && (l.Type != "" || l.Status != "" || l.Owner != ""):
		return text + " fits the text and the filters."
	case l.Q != "":
		return text + " has this in its name, its owner or a redirect URI, and no application or client has it as its id."
	}
	return text + " fits all of them together."
}
