// Package experience draws the editor of the sign-in experience: its sections, the preview beside them, what publishing would
// change, history, and the branding tab of an application. Fields are named by the path of their setting, so that one
// set of parts serves every section and both layers.
package experience

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/models"
	"gatehouse/views/applications"
	"gatehouse/views/hosted"
	"gatehouse/views/ui"
)

// Editor is a page of the editor.
type Editor struct {
	Base    string // its address without the section, "/console/experience"
	Section string
	App     *applications.FrameOpts // the application whose overlay is edited; nil for the tenant's layer

	Values models.Overlay    // every setting of the draft, in effect
	Below  models.Overlay    // every setting of the layers below
	Own    models.Overlay    // what the draft sets itself
	Typed  map[string]string // what was typed into a refused form, by path
	Faults []models.FieldFault

	Version   int64 // of the draft's row
	Live      int64
	LiveAt    time.Time
	Exists    bool
	UpdatedBy string
	Changes   []Change
	Conflicts []Conflict
	Verdicts  []hosted.Verdict

	Connections []models.Connection
	Show        Show
	Phrases     []PhraseRow
	Now         time.Time
}

// Show is what the preview shows.
type Show struct {
	Step, Lang, Theme string // theme is light, dark or both
	Languages         []ui.Option
}

// Change is a setting whose value in the draft is not the live one.
type Change struct {
	Path        string
	Live, Draft json.RawMessage
	Inherited   bool
}

// Conflict is a setting that was published differently since the draft began.
type Conflict struct {
	Path               string
	Base, Mine, Theirs any
}

// PhraseRow is one phrase in the editor of a language.
type PhraseRow struct {
	Key, Default, Text string
	Placeholders       []string
}

type section struct{ key, label, icon string }

// Sections are those of the tenant's layer, in order.
var sections = []section{
	{"methods", "Methods", "log-in"}, {"sign-up", "Sign-up", "user-plus"}, {"security", "Security", "shield-check"}, {"branding", "Branding", "palette"},
	{"content", "Content", "text-cursor-input"}, {"languages", "Languages", "languages"}, {"css", "Custom CSS", "code-xml"},
}

// prefixes are the settings that each section edits.
var prefixes = map[string][]string{
	"methods": {"methods.", "passkey.", "codes."}, "sign-up": {"sign_up."}, "security": {"password.", "lockout.", "mfa."},
	"branding": {"branding."}, "content": {"content."}, "languages": {"languages.", "phrases."}, "css": {"custom_css"},
}

// Known tells whether there is a section of this name.
func Known(name string) bool { _, ok := prefixes[name]; return ok }

// Edits tells whether a section edits the setting of a path.
func Edits(section, path string) bool {
	return slices.ContainsFunc(prefixes[section], func(p string) bool { return strings.HasPrefix(path, p) })
}

func (v Editor) title() string {
	for _, s := range sections {
		if s.key == v.Section {
			return s.label
		}
	}
	return "Branding"
}

// at is the address of a section with what the preview shows.
func (v Editor) at(section string, more ...string) string {
	q := url.Values{}
	for name, value := range map[string]string{"step": v.Show.Step, "lang": v.Show.Lang, "theme": v.Show.Theme} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	path := v.Base
	if v.App == nil {
		path += "/" + section
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// frame is the address of the preview. The row version in it makes the frame load anew after each save.
func (v Editor) frame(theme string) string {
	q := url.Values{"step": {v.Show.Step}, "lang": {v.Show.Lang}, "theme": {theme}, "v": {strconv.FormatInt(v.Version, 10) + "-" + strconv.FormatInt(v.Live, 10)}}
	return v.Base + "/preview?" + q.Encode()
}

// note is the small word at the end of a section's link: its changes, else its state.
func (v Editor) note(section string) string {
	n := 0
	for _, c := range v.Changes {
		if Edits(section, c.Path) {
			n++
		}
	}
	switch {
	case n > 0:
		return ui.Plural(n, "change", "")
	case section == "methods":
		return strconv.Itoa(v.methodsOn()) + " on"
	case section == "languages":
		return strconv.Itoa(len(v.list("languages.enabled")))
	case section == "css" && v.value("custom_css") == "":
		return "Off"
	}
	return ""
}

func (v Editor) methodsOn() int {
	n := len(v.list("methods.connections"))
	for _, id := range v.identifiers() {
		for _, on := range []bool{id.Password, id.Code, id.Link} {
			if on {
				n++
			}
		}
	}
	if v.on("passkey.enabled") {
		n++
	}
	return n
}

// read decodes the setting of a path.
func read[T any](o models.Overlay, path string) (out T) {
	_ = json.Unmarshal(o[path], &out) // canonical: written by this program
	return out
}

func (v Editor) on(path string) bool       { return read[bool](v.Values, path) }
func (v Editor) list(path string) []string { return read[[]string](v.Values, path) }

// value is a setting as the text of a field: what was typed, else what the draft says.
func (v Editor) value(path string) string {
	if typed, ok := v.Typed[path]; ok {
		return typed
	}
	return plain(v.Values[path])
}

// plain writes a value the way a field holds it.
func plain(raw json.RawMessage) string {
	var s string
	var lines []string
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return ""
	case json.Unmarshal(raw, &s) == nil:
		return s
	case json.Unmarshal(raw, &lines) == nil:
		return strings.Join(lines, "\n")
	}
	return string(raw)
}

func (v Editor) fault(path string) string {
	for _, f := range v.Faults {
		if f.Name == path {
			return f.Text
		}
	}
	return ""
}

// problems are the faults for the summary. A fault inside a list points at the list's field.
func (v Editor) problems() []ui.Problem {
	var out []ui.Problem
	for _, f := range v.Faults {
		name, _, _ := strings.Cut(f.Name, "[")
		out = append(out, ui.Problem{Field: name, Text: Label(f.Name) + ": " + f.Text})
	}
	return out
}

// listFault joins what is wrong with the items of a list.
func (v Editor) listFault(path string) string {
	var texts []string
	for _, f := range v.Faults {
		if f.Name == path || strings.HasPrefix(f.Name, path+"[") {
			texts = append(texts, f.Text)
		}
	}
	return strings.Join(texts, " ")
}

// field is a text field for the setting of a path.
func (v Editor) field(path, label, help string) ui.Input {
	return ui.Input{Name: path, Label: label, Help: help, Value: v.value(path), Error: v.fault(path)}
}

func (v Editor) number(path, label, help string) ui.Input {
	in := v.field(path, label, help)
	in.Type, in.InputMode = "number", "numeric"
	return in
}

func (v Editor) lines(path, label, help string) ui.Input {
	in := v.field(path, label, help)
	in.Error, in.Rows, in.Mono = v.listFault(path), 3, true
	return in
}

func (v Editor) toggle(path, label, help string) ui.Input {
	return ui.Input{Name: path, Label: label, Help: help, Checked: v.on(path), Error: v.fault(path)}
}

func (v Editor) choice(path, label, help string, options ...ui.Option) ui.Input {
	in := v.field(path, label, help)
	in.Options = options
	return in
}

func (v Editor) checks(path, label, help string, options ...ui.Option) ui.Input {
	return ui.Input{Name: path, Label: label, Help: help, Options: options, Error: v.listFault(path)}
}

// inherit makes a field of an application's overlay: empty means the tenant's value, which stands in it as a hint.
func (v Editor) inherit(path, label, help string) ui.Input {
	in := v.field(path, label, help)
	if _, typed := v.Typed[path]; !typed {
		in.Value = plain(v.Own[path])
	}
	in.Placeholder = plain(v.Below[path])
	in.Optional = false
	return in
}

// inheritChoice is inherit for a choice; its first option is the tenant's.
func (v Editor) inheritChoice(path, label string, options ...ui.Option) ui.Input {
	in := v.inherit(path, label, "")
	shown := plain(v.Below[path])
	for _, o := range options {
		if o.Value == shown {
			shown = o.Label
		}
	}
	in.Help, in.Placeholder = "", ""
	in.Options = append([]ui.Option{{Value: "", Label: "As the tenant: " + shown}}, options...)
	return in
}

// color is a colour field with the verdict on it in one theme.
func (v Editor) color(path, label, theme, pair, against string) ui.ColorInput {
	in := v.field(path, label, "")
	in.HideLabel = true
	return v.judged(in, theme, pair, against)
}

func (v Editor) judged(in ui.Input, theme, pair, against string) ui.ColorInput {
	c := ui.ColorInput{Input: in, Against: against}
	for _, d := range v.Verdicts {
		if d.Theme == theme && d.Pair == pair && v.Typed == nil {
			c.Ratio, c.Needed = d.Ratio, d.Needed
			if in.Value == "" && in.Placeholder == "" { // the built-in colour
				c.Placeholder = map[bool]string{true: d.Background, false: d.Foreground}[strings.Contains(in.Name, "background")]
			}
		}
	}
	return c
}

// contrast says how many pairs of colours can be told apart.
func (v Editor) contrast() (text string, passes bool) {
	failing := len(hosted.Failing(v.Verdicts))
	n := len(v.Verdicts)
	if failing == 0 {
		return fmt.Sprintf("Contrast passes AA, %d of %d pairs", n, n), true
	}
	return fmt.Sprintf("Contrast fails AA in %d of %d pairs", failing, n), false
}

func (v Editor) identifiers() []models.IdentifierMethod {
	return read[[]models.IdentifierMethod](v.Values, "methods.identifiers")
}

// identifierRow is one identifier in the form, whether it is used or not.
type identifierRow struct {
	models.IdentifierMethod
	Place int // in the order; 0 for one that is not used
	Used  int // how many are
}

// place is where the identifier stands. It leaves room on both sides for one that moves there: see places. One that is off stands
// last, so that it comes last when its first box is ticked.
func (r identifierRow) place() string {
	if r.Place == 0 {
		return "95"
	}
	return strconv.Itoa(r.Place) + "5"
}

// places are where the identifier may stand: whoever moves up goes before the one that is there, whoever moves down behind it.
func (r identifierRow) places() []ui.Option {
	last := r.Used
	var out []ui.Option
	if r.Place == 0 {
		out, last = append(out, ui.Option{Value: r.place(), Label: "Off"}), last+1
	}
	for i := 1; i <= last; i++ {
		n := strconv.Itoa(i)
		switch {
		case i == r.Place:
			out = append(out, ui.Option{Value: r.place(), Label: n})
		case r.Place == 0 || i < r.Place:
			out = append(out, ui.Option{Value: n + "4", Label: n})
		default:
			out = append(out, ui.Option{Value: n + "6", Label: n})
		}
	}
	return out
}

func (v Editor) identifierRows() []identifierRow {
	var rows []identifierRow
	used := v.identifiers()
	for i, id := range used {
		rows = append(rows, identifierRow{id, i + 1, len(used)})
	}
	for _, name := range []string{models.IdentifierEmail, models.IdentifierPhone, models.IdentifierUsername} {
		if !slices.ContainsFunc(used, func(id models.IdentifierMethod) bool { return id.Identifier == name }) {
			rows = append(rows, identifierRow{models.IdentifierMethod{Identifier: name}, 0, len(used)})
		}
	}
	return rows
}

// tierRow is one tier of the lockout as its fields hold it.
type tierRow struct{ Attempts, Minutes string }

func (v Editor) tierRows() []tierRow {
	var rows []tierRow
	for _, t := range read[[]models.LockoutTier](v.Values, "lockout.tiers") {
		row := tierRow{Attempts: strconv.Itoa(t.Attempts)}
		if t.Minutes != nil {
			row.Minutes = strconv.Itoa(*t.Minutes)
		}
		rows = append(rows, row)
	}
	return append(rows, tierRow{})
}

// themes are those that the preview's two frames show.
func (v Editor) themes() (desktop, phone string) {
	switch v.Show.Theme {
	case "light", "dark":
		return v.Show.Theme, v.Show.Theme
	}
	return "light", "dark"
}

func (v Editor) stepOptions() []ui.Option {
	var out []ui.Option
	for _, s := range hosted.Steps {
		out = append(out, ui.Option{Value: string(s), Label: "Step: " + stepWords[s]})
	}
	return out
}

var stepWords = map[hosted.Step]string{hosted.SignIn: "sign in", hosted.Password: "password", hosted.Code: "code", hosted.MFA: "second step",
	hosted.Register: "create account", hosted.Forgot: "forgot password", hosted.Consent: "consent", hosted.Error: "error",
	hosted.ExplainSignIn: "sign in, opened by itself", hosted.ExplainSignUp: "create account, opened by itself", hosted.ExplainForgot: "forgot password, opened by itself",
	hosted.ExplainConsent: "consent, opened by itself", hosted.ExplainDevice: "device, opened by itself", hosted.ExplainSignOut: "sign out, opened by itself"}

// groups puts phrases of one page together, in the order of the steps.
func (v Editor) phraseGroups() []phraseGroup {
	var out []phraseGroup
	for _, p := range v.Phrases {
		name, _, _ := strings.Cut(p.Key, ".")
		title := phraseTitle(name)
		if i := slices.IndexFunc(out, func(g phraseGroup) bool { return g.Title == title }); i >= 0 {
			out[i].Rows = append(out[i].Rows, p)
			continue
		}
		out = append(out, phraseGroup{Name: name, Title: title, Rows: []PhraseRow{p}})
	}
	return out
}

type phraseGroup struct {
	Name, Title string // Name begins the keys of its first phrases
	Rows        []PhraseRow
}

var phraseTitles = map[string]string{"agree": "Agreeing to the terms", "code": "Codes", "consent": "Consent", "error": "Errors", "explain": "Pages without a sign-in",
	"footer": "Footer", "forgot": "Forgotten password", "identifier": "Identifiers", "link": "Names of links", "mfa": "Second factor", "panel": "Picture beside the form",
	"password": "Password", "register": "Sign-up", "scope": "What an app asks for", "sign_in": "Sign-in"}

// phraseTitle names a group of phrases. Those of a word or two, which stand on many pages, are one group.
func phraseTitle(name string) string {
	if title := phraseTitles[name]; title != "" {
		return title
	}
	return "Buttons and small words"
}

// own counts the phrases that are replaced.
func (g phraseGroup) own() string {
	n := 0
	for _, r := range g.Rows {
		if r.Text != "" {
			n++
		}
	}
	if n == 0 {
		return strconv.Itoa(len(g.Rows))
	}
	return fmt.Sprintf("%d of %d changed", n, len(g.Rows))
}
