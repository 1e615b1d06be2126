package experience

import (
	"slices"
	"strings"

	"gatehouse/models"
	"gatehouse/views/hosted"
	"gatehouse/views/ui"
)

var identifierNames = map[string]string{models.IdentifierEmail: "E-mail", models.IdentifierPhone: "Phone", models.IdentifierUsername: "Username"}

var identifierOptions = []ui.Option{{Value: models.IdentifierEmail, Label: "E-mail"}, {Value: models.IdentifierPhone, Label: "Phone"}, {Value: models.IdentifierUsername, Label: "Username"}}

var factorOptions = []ui.Option{{Value: "totp", Label: "Authenticator app"}, {Value: "passkey", Label: "Passkey"}, {Value: "backup_code", Label: "Recovery codes"},
	{Value: "email_code", Label: "Code by e-mail"}, {Value: "sms_code", Label: "Code by text message"}, {Value: "push", Label: "Approval on a phone"}}

var policyOptions = []ui.Option{{Value: "no_prompt", Label: "Never"}, {Value: "user_controlled", Label: "When the person switched it on"}, {Value: "prompt_at_sign_in", Label: "Offer at sign-in"},
	{Value: "prompt_at_sign_in_and_sign_up", Label: "Offer at sign-in and sign-up"}, {Value: "prompt_at_sign_in_mandatory", Label: "Require at sign-in"},
	{Value: "prompt_at_sign_in_and_sign_up_mandatory", Label: "Require at sign-in and sign-up"}, {Value: "mandatory", Label: "Always require"}}

var fontOptions = []ui.Option{{Value: "inter", Label: "Inter"}, {Value: "system", Label: "The visitor's system font"}, {Value: "serif", Label: "Serif"}, {Value: "rounded", Label: "Rounded"}, {Value: "mono", Label: "Monospace"}}

func levelOptions() []ui.Option {
	var out []ui.Option
	for _, l := range models.PasswordLevels {
		out = append(out, ui.Option{Value: l, Label: strings.ToUpper(l[:1]) + l[1:]})
	}
	return out
}

func (v Editor) connectionOptions() []ui.Option {
	var out []ui.Option
	for _, c := range v.Connections {
		out = append(out, ui.Option{Value: c.ID, Label: c.Title(), Help: strategyName(c)})
	}
	return out
}

// languageOptions are the built-in languages and those that were added.
func (v Editor) languageOptions() []ui.Option {
	tags := slices.Clone(hosted.BuiltIn)
	for _, t := range v.list("languages.enabled") {
		if !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	var out []ui.Option
	for _, t := range tags {
		out = append(out, ui.Option{Value: t, Label: LanguageName(t)})
	}
	return out
}

// ground names what a colour stands on.
func (v Editor) ground(path, builtIn string) string {
	if v.value(path) != "" {
		return "on your background"
	}
	return "on " + builtIn
}

// advanced opens a folded part when something in it is set or wrong.
func (v Editor) advanced(paths ...string) bool {
	return slices.ContainsFunc(paths, func(p string) bool {
		s := plain(v.Values[p])
		return v.listFault(p) != "" || s != "" && s != "false"
	})
}

func (v Editor) logo() ui.Input {
	in := v.field("branding.logo_url", "Logo", "An https address, or a data: image of at most 64 KiB.")
	in.ID = "f-branding-logo-url"
	return in
}

// drawable tells whether the console may show a picture: its policy loads none from elsewhere.
func (v Editor) drawable(path string) bool { return strings.HasPrefix(v.value(path), "data:image/") }

func (v Editor) css() ui.Input {
	in := v.field("custom_css", "Custom CSS", "Comes after everything else.")
	in.Rows, in.Mono = 18, true
	in.Attrs = map[string]any{"spellcheck": "false"}
	return in
}

// phrase is the field of one text, with the built-in one as its hint.
func (v Editor) phrase(p PhraseRow) ui.Input {
	path := models.PhrasePath(v.Show.Lang, p.Key)
	in := ui.Input{Name: path, Label: p.Key, Value: p.Text, Placeholder: p.Default, Rows: 1, Error: v.fault(path)}
	if len(p.Default) > 50 {
		in.Rows = 3
	}
	if typed, ok := v.Typed[path]; ok {
		in.Value = typed
	}
	if len(p.Placeholders) > 0 {
		in.Help = "{" + strings.Join(p.Placeholders, "}, {") + "}"
	}
	in.Attrs = map[string]any{"dir": hosted.Direction(v.Show.Lang), "lang": v.Show.Lang}
	return in
}

// opens tells whether a group of texts belongs to the step that the preview shows.
func (v Editor) opens(g phraseGroup) bool {
	step, _, _ := strings.Cut(v.Show.Step, ".")
	for _, p := range g.Rows {
		if v.fault(models.PhrasePath(v.Show.Lang, p.Key)) != "" {
			return true
		}
	}
	return g.Name == step
}

// strategyName says who answers for a connection and, where that is so, that nobody can use it now.
func strategyName(c models.Connection) string {
	s, _ := models.FindStrategy(c.Strategy)
	if !c.Enabled {
		return s.Name + ", switched off"
	}
	return s.Name
}
