// Package connections draws the outside sources that people sign in with: the list, adding one, its settings, who may use it, and
// what a test found.
package connections

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/models"
	"gatehouse/views/faults"
	"gatehouse/views/ui"
)

// Home is the address of the list.
const Home = "/console/connections"

// URL is the address of a page of a connection.
func URL(id string, more ...string) string {
	return strings.Join(append([]string{Home, id}, more...), "/")
}

// Row is a connection in the list.
type Row struct {
	models.Connection
	Apps int // clients that may use it
}

// List is a page of the list.
type List struct {
	Rows          []Row
	Q, Kind, Sort string
	Next, Prev    string
	Now           time.Time
}

func (l List) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"q": l.Q, "kind": l.Kind, "sort": l.Sort} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

func (l List) filtered() bool { return l.Q != "" || l.Kind != "" }

func (l List) at(cursor string) string {
	if cursor == "" {
		return ""
	}
	q := l.query()
	q.Set("cursor", cursor)
	return Home + "?" + q.Encode()
}

// Kinds are the families of connections that people sign in with.
var Kinds = []ui.Option{{Value: models.ConnectionSocial, Label: "Social"}, {Value: models.ConnectionEnterprise, Label: "Enterprise"},
	{Value: models.ConnectionDatabase, Label: "Database"}, {Value: models.ConnectionPasswordless, Label: "Passwordless"}}

func kindName(kind string) string {
	for _, k := range Kinds {
		if k.Value == kind {
			return k.Label
		}
	}
	return "Service"
}

var tints = map[string]string{models.ConnectionSocial: "k1", models.ConnectionEnterprise: "k2", models.ConnectionDatabase: "k5", models.ConnectionPasswordless: "k4"}

var icons = map[string]string{models.ConnectionEnterprise: "building-2", models.ConnectionDatabase: "database", models.StrategyEmail: "mail", models.StrategySMS: "smartphone"}

// tile is the picture of a strategy: the first letters of a provider, or the icon of its kind.
func tile(strategy string) ui.TileOpts {
	s, _ := models.FindStrategy(strategy)
	if icon := icons[strategy] + icons[s.Kind]; icon != "" && s.Kind != models.ConnectionSocial {
		return ui.TileOpts{Icon: icon, Tint: tints[s.Kind]}
	}
	letters := []rune(s.Name)
	return ui.TileOpts{Letters: string(letters[:min(2, len(letters))]), Tint: tints[s.Kind]}
}

func strategyName(id string) string {
	s, _ := models.FindStrategy(id)
	return s.Name
}

// Choice is a provider on the page of creation.
type Choice struct{ Strategy, About string }

// Field is an option of a strategy in a form.
type Field struct {
	Name, Label, Help, Value string
	Secret, Held, Required   bool // a secret's value is never shown; Held says that there is one
	Text                     bool // several lines
}

// Form is what was typed of a connection.
type Form struct {
	ID          string            `path:"id" json:"-" query:"-"`
	Version     models.Opt[int64] `json:"-" form:"version"`
	Strategy    string            `json:"-" form:"strategy" query:"strategy"`
	Name        string            `json:"-" form:"name"`
	DisplayName string            `json:"-" form:"display_name"`
	Enabled     bool              `json:"-" form:"enabled"`
	More        string            `json:"-" form:"more"` // further options as JSON
	Show        string            `json:"-" form:"show"`
	ClientID    string            `json:"-" form:"client_id"`
	Secret      string            `json:"-" form:"client_secret"`
	Scope       string            `json:"-" form:"scope"`
	Issuer      string            `json:"-" form:"issuer"`
	Domain      string            `json:"-" form:"domain"`
	Tenant      string            `json:"-" form:"tenant_domain"`
	Team        string            `json:"-" form:"team_id"`
	Key         string            `json:"-" form:"key_id"`
	Authorize   string            `json:"-" form:"authorization_endpoint"`
	Token       string            `json:"-" form:"token_endpoint"`
	UserInfo    string            `json:"-" form:"userinfo_endpoint"`
	Metadata    string            `json:"-" form:"metadataUrl"`
	SignIn      string            `json:"-" form:"signInEndpoint"`
	Cert        string            `json:"-" form:"signingCert"`
}

// Options are the typed options by their names.
func (f Form) Options() map[string]string {
	return map[string]string{"client_id": f.ClientID, "client_secret": f.Secret, "scope": f.Scope, "issuer": f.Issuer, "domain": f.Domain, "tenant_domain": f.Tenant,
		"team_id": f.Team, "key_id": f.Key, "authorization_endpoint": f.Authorize, "token_endpoint": f.Token, "userinfo_endpoint": f.UserInfo,
		"metadataUrl": f.Metadata, "signInEndpoint": f.SignIn, "signingCert": f.Cert}
}

// New is the page that adds a connection.
type New struct {
	Form
	Choices  []Choice
	Fields   []Field
	About    string
	Register string // where our client is registered with the provider
	Callback string
	Fault    *models.Fault
}

// Head is what every page of a connection shows above its tabs.
type Head struct {
	models.Connection
	Apps int
	Now  time.Time
}

// Show is the page of the settings.
type Show struct {
	Head
	Form     Form
	Fields   []Field
	Callback string
	Register string
	Fault    *models.Fault
}

// Client is one that may use the connection.
type Client struct{ ID, Name, Application, ApplicationID string }

// Clients is the page of who may use it.
type Clients struct {
	Head
	Items   []Client
	Offered []ui.Option // clients that may be chosen by name
	Typed   string
	Fault   *models.Fault
}

// Step is one thing that a test looked at.
type Step struct {
	Name, State, Text, URL string
	Milliseconds           int64
}

// Test is the page of the test: Ran tells that there is a report.
type Test struct {
	Head
	Ran, OK bool
	Steps   []Step
}

// Danger is the page of deletion.
type Danger struct {
	Head
	Error string
}

// problems leaves out what follows from a wrong name: a realm is a name, unless somebody says otherwise.
func problems(f *models.Fault) []ui.Problem {
	all := faults.Named(f, "display_name", "Name for people", "name", "Name for programs")
	if faults.At(f, "name") == "" {
		return all
	}
	return slices.DeleteFunc(all, func(p ui.Problem) bool { return strings.HasPrefix(p.Field, "realms[") })
}

func (s Show) err(name string) string { return fieldError(s.Fault, name) }
func (n New) err(name string) string  { return fieldError(n.Fault, name) }

// fieldError is what is wrong with a field of a form; options are told below their own prefix.
func fieldError(f *models.Fault, name string) string {
	if f == nil {
		return ""
	}
	for _, one := range f.Fields {
		if one.Name == name || one.Name == "options."+name {
			return one.Text
		}
	}
	return ""
}

func (f Field) input(err string) ui.Input {
	in := ui.Input{Name: f.Name, Label: f.Label, Term: f.Name, Help: f.Help, Value: f.Value, Mono: true, Optional: !f.Required, Required: f.Required, Error: err, Rows: 6, Autocomplete: "off"}
	if f.Secret {
		in.Help = strings.TrimSpace(in.Help + " Stored sealed and never shown here again.")
		if f.Held {
			in.Placeholder, in.Optional, in.Required = "Stored; type to replace it", false, false
		}
	}
	return in
}

func (h Head) tabs(current string) []ui.Tab {
	tab := func(label, at string, count int) ui.Tab {
		to := URL(h.ID)
		if at != "" {
			to = URL(h.ID, at)
		}
		return ui.Tab{Label: label, Href: to, Count: count, Current: at == current}
	}
	return []ui.Tab{tab("Settings", "", 0), tab("Applications", "clients", h.Apps), tab("Test", "test", 0), tab("Danger", "danger", 0)}
}

// shell says where a page of a connection stands; each of its tabs has a title of its own.
func (h Head) shell(current string) ui.Head {
	head := ui.Head{Title: h.Title(), Section: "Connections", Nav: "connections", Crumbs: []ui.Crumb{{Label: "Connections", Href: Home}, {Label: h.Title(), Href: URL(h.ID)}}}
	for _, t := range h.tabs(current) {
		if t.Current && current != "" {
			head.Title, head.Section = t.Label, h.Title()
			head.Crumbs = append(head.Crumbs, ui.Crumb{Label: t.Label})
		}
	}
	return head
}

func (h Head) about() string {
	text := kindName(h.Kind()) + ", " + strategyName(h.Strategy)
	if h.ApplicationID != nil {
		text += ", of one application"
	}
	return text
}

func version(c models.Connection) string { return strconv.FormatInt(c.Version, 10) }

func (h Head) impacts() []ui.Impact {
	out := []ui.Impact{{Icon: "users", Text: "Nobody can sign in with " + h.Title() + " any more."}, {Icon: "palette", Text: "It disappears from every sign-in page that offers it."}}
	if h.Apps > 0 {
		out = append(out, ui.Impact{Icon: "app-window", Text: "may no longer use it.", Href: URL(h.ID, "clients"), Link: ui.Plural(h.Apps, "client", "")})
	}
	if len(h.SecretOptions) > 0 {
		out = append(out, ui.Impact{Icon: "key-round", Text: "Its stored secrets are deleted."})
	}
	return out
}

// of are the choices of one kind.
func (n New) of(kind string) []Choice {
	var out []Choice
	for _, c := range n.Choices {
		if s, _ := models.FindStrategy(c.Strategy); s.Kind == kind {
			out = append(out, c)
		}
	}
	return out
}

func (l List) filters() []ui.Filter {
	return []ui.Filter{ui.FilterBy(Home, l.query(), "kind", "Kind", Kinds...)}
}
