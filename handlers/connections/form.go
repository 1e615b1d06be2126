package connections

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"gatehouse/models"
	views "gatehouse/views/connections"
	"gatehouse/web"
)

// labels are the words of options in forms.
var labels = map[string]views.Field{
	"client_id":              {Label: "Client ID"},
	"client_secret":          {Label: "Client secret", Secret: true},
	"scope":                  {Label: "Scopes", Help: "What is asked for, with spaces between."},
	"issuer":                 {Label: "Issuer", Help: "The provider's name for itself; its discovery document is below it."},
	"domain":                 {Label: "Domain", Help: "Such as example.okta.com."},
	"tenant_domain":          {Label: "Directory", Help: "The domain or id of the directory."},
	"team_id":                {Label: "Team ID"},
	"key_id":                 {Label: "Key ID"},
	"authorization_endpoint": {Label: "Authorization endpoint", Help: "Where people are sent to sign in."},
	"token_endpoint":         {Label: "Token endpoint", Help: "Where codes are redeemed."},
	"userinfo_endpoint":      {Label: "User info endpoint", Help: "Where the profile is read."},
	"metadataUrl":            {Label: "Metadata address", Help: "Everything below is read from it."},
	"signInEndpoint":         {Label: "Sign-in address", Help: "Without metadata: where people are sent."},
	"signingCert":            {Label: "Signing certificate", Help: "Without metadata: the provider's certificate with its BEGIN and END lines.", Text: true},
}

// asked are the options that the form of a strategy asks for, in order.
func asked(strategy string) []string {
	s, _ := models.FindStrategy(strategy)
	preset, known := FindPreset(strategy)
	switch {
	case s.Kind == models.ConnectionDatabase, s.Kind == models.ConnectionPasswordless, strategy == "ad", strategy == "auth0-adldap":
		return nil
	case strategy == models.StrategySAML, strategy == "pingfederate", strategy == "adfs":
		return []string{"metadataUrl", "signInEndpoint", "signingCert"}
	}
	names := slices.Clone(preset.Needs)
	if !known {
		names = []string{"client_id", "authorization_endpoint", "token_endpoint"}
	}
	names = append(names, "client_secret", "scope")
	if strategy == models.StrategyOAuth2 || !known {
		names = append(names, "userinfo_endpoint")
	}
	return names
}

// fields are the options of a form: as stored, or as typed.
func fields(strategy string, c *models.Connection, typed map[string]string) []views.Field {
	preset, _ := FindPreset(strategy)
	var out []views.Field
	for _, name := range asked(strategy) {
		f := labels[name]
		f.Name, f.Required = name, slices.Contains(preset.Needs, name)
		if strategy == models.StrategyApple && name == "client_secret" {
			f.Label, f.Text = "Private key", true
		}
		if name == "scope" && preset.Scope != "" {
			f.Help += " The usual: " + preset.Scope + "."
		}
		if c != nil {
			f.Value, f.Held = optionShown(*c, name), slices.Contains(c.SecretOptions, "/"+name)
		}
		if typed != nil {
			f.Value = typed[name]
		}
		if f.Secret {
			f.Value = ""
		}
		out = append(out, f)
	}
	return out
}

// optionShown is an option as one line of text.
func optionShown(c models.Connection, name string) string {
	if items, ok := c.Options[name].([]any); ok {
		var words []string
		for _, item := range items {
			if text, ok := item.(string); ok {
				words = append(words, text)
			}
		}
		return strings.Join(words, " ")
	}
	return c.OptionText(name)
}

// callback is the address that a provider sends people back to. Database and passwordless connections have none.
func callback(ctx context.Context, strategy string) string {
	s, _ := models.FindStrategy(strategy)
	if s.Kind != models.ConnectionSocial && s.Kind != models.ConnectionEnterprise {
		return ""
	}
	return models.RequestFrom(ctx).Origin + "/login/callback"
}

// fresh draws the page of creation: the providers, or the form of the one that was chosen.
func (p Console) fresh(ctx context.Context, in views.Form) (views.New, error) {
	n := views.New{Form: in, Callback: callback(ctx, in.Strategy)}
	if _, ok := models.FindStrategy(in.Strategy); !ok || slices.Contains(models.ServiceStrategies, in.Strategy) {
		n.Form.Strategy = ""
		for _, preset := range Presets {
			n.Choices = append(n.Choices, views.Choice{Strategy: preset.Strategy, About: preset.About})
		}
		return n, nil
	}
	preset, _ := FindPreset(in.Strategy)
	n.About, n.Register = preset.About, preset.Register
	n.Fields = fields(in.Strategy, nil, in.Options())
	if n.Name == "" && in.Show == "" {
		n.Name = in.Strategy
	}
	return n, nil
}

func newOrChoose(n views.New) templ.Component {
	if n.Strategy == "" {
		return views.ChoosePage(n)
	}
	return views.NewPage(n)
}

// creation is what the form asks the operation for.
func creation(in views.Form) CreateIn {
	out := CreateIn{Name: strings.TrimSpace(in.Name), Strategy: in.Strategy}
	if name := strings.TrimSpace(in.DisplayName); name != "" {
		out.DisplayName = models.Some(name)
	}
	options := map[string]any{}
	typed := in.Options()
	for _, name := range asked(in.Strategy) {
		if text := strings.TrimSpace(typed[name]); text != "" {
			options[name] = text
		}
	}
	if len(options) > 0 {
		out.Options = models.Some(options)
	}
	return out
}

func (p Console) add(ctx context.Context, in views.Form) (models.Connection, error) {
	return p.Create(ctx, creation(in))
}

func (p Console) addAgain(ctx context.Context, in views.Form, fault *models.Fault) (templ.Component, error) {
	n, err := p.fresh(ctx, in)
	n.Name, n.Fault = in.Name, fault
	return newOrChoose(n), err
}

func added(r *web.Request, _ views.Form, c models.Connection) error {
	web.FlashText(r.Context(), c.Title()+" added")
	return r.Next(views.URL(c.ID))
}

// show draws the settings as they are stored.
func (p Console) show(ctx context.Context, in IDIn) (views.Show, error) {
	h, err := p.head(ctx, in.ID)
	if err != nil {
		return views.Show{}, err
	}
	preset, _ := FindPreset(h.Strategy)
	s := views.Show{Head: h, Callback: callback(ctx, h.Strategy), Register: preset.Register, Fields: fields(h.Strategy, &h.Connection, nil),
		Form: views.Form{DisplayName: h.DisplayName, Enabled: h.Enabled, More: further(h.Connection)}}
	return s, nil
}

// further are the options that have no field of their own, as JSON.
func further(c models.Connection) string {
	rest := map[string]any{}
	for name, value := range c.Options {
		if !slices.Contains(asked(c.Strategy), name) {
			rest[name] = value
		}
	}
	if len(rest) == 0 {
		return ""
	}
	raw, _ := json.MarshalIndent(rest, "", "  ")
	return string(raw)
}

// update is what the form asks the operation for: only what differs from the row.
func update(c models.Connection, in views.Form) (UpdateIn, error) {
	out := UpdateIn{ID: c.ID, Version: in.Version}
	if name := strings.TrimSpace(in.DisplayName); name != c.DisplayName {
		out.DisplayName = models.Some(name)
	}
	if in.Enabled != c.Enabled {
		out.Enabled = models.Some(in.Enabled)
	}
	options, typed := map[string]any{}, in.Options()
	for _, name := range asked(c.Strategy) {
		text := strings.TrimSpace(typed[name])
		switch {
		case labels[name].Secret && text == "", !labels[name].Secret && text == optionShown(c, name):
		case text == "":
			options[name] = nil
		default:
			options[name] = text
		}
	}
	if err := addFurther(options, c, in.More); err != nil {
		return out, err
	}
	if len(options) > 0 {
		out.Options = models.Some(options)
	}
	return out, nil
}

// addFurther adds what the field of further options changes.
func addFurther(options map[string]any, c models.Connection, text string) error {
	var k models.Check
	rest := map[string]any{}
	if strings.TrimSpace(text) != "" {
		k.That(json.Unmarshal([]byte(text), &rest) == nil && rest != nil, "more", "not_json", "This is not a JSON object.")
	}
	if err := k.Err(); err != nil {
		return err
	}
	for name := range c.Options {
		if _, kept := rest[name]; !kept && !slices.Contains(asked(c.Strategy), name) {
			options[name] = nil
		}
	}
	for name, value := range rest {
		if !slices.Contains(asked(c.Strategy), name) && !sameJSON(c.Options[name], value) {
			options[name] = value
		}
	}
	return nil
}

func (p Console) save(ctx context.Context, in views.Form) (models.Connection, error) {
	c, err := p.Get(ctx, IDIn{ID: in.ID})
	if err != nil {
		return c, err
	}
	what, err := update(c, in)
	if err != nil {
		return c, err
	}
	return p.Update(ctx, what)
}

// saveAgain draws the form with what was typed. After somebody else's change it carries the version that is there now, so that
// saving again is a decision and not an accident.
func (p Console) saveAgain(ctx context.Context, in views.Form, fault *models.Fault) (templ.Component, error) {
	s, err := p.show(ctx, IDIn{ID: in.ID})
	if err != nil {
		return nil, err
	}
	s.Fault, s.Form, s.Fields = fault, in, fields(s.Strategy, &s.Connection, in.Options())
	return views.SettingsPage(s), nil
}

func saved(r *web.Request, in views.Form, c models.Connection) error {
	web.FlashText(r.Context(), c.Title()+" saved")
	return r.Next(views.URL(in.ID))
}
