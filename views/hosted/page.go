package hosted

import (
	"strings"
	"unicode/utf8"

	"gatehouse/models"
)

// Step is which page of signing in this is.
type Step string

// The steps. The explaining ones stand for a page that somebody opened without a sign-in in progress.
const (
	SignIn         Step = "sign_in"
	Password       Step = "password"
	Code           Step = "code"
	Register       Step = "register"
	MFA            Step = "mfa"
	Consent        Step = "consent"
	Forgot         Step = "forgot"
	Error          Step = "error"
	ExplainSignIn  Step = "explain.sign_in"
	ExplainSignUp  Step = "explain.register"
	ExplainForgot  Step = "explain.forgot"
	ExplainConsent Step = "explain.consent"
	ExplainDevice  Step = "explain.device"
	ExplainSignOut Step = "explain.sign_out"
)

// Steps lists every step, in the order in which people meet them.
var Steps = []Step{SignIn, Password, Code, MFA, Register, Forgot, Consent, ExplainSignIn, ExplainSignUp, ExplainForgot,
	ExplainConsent, ExplainDevice, ExplainSignOut, Error}

// Page is everything that a hosted page is drawn from. The same Page gives the same bytes.
type Page struct {
	*Look
	Name  string // what people sign in to
	Words *Words
	Step  Step
	Theme string // light or dark when forced; empty follows the visitor

	Client     Client  // the application that brought the person here
	Identifier string  // what the person said, or who they are
	Sent       string  // where a code went: email or phone
	Digits     int     // of a code
	Minutes    int     // that a code works
	TrustDays  int     // that a device may be trusted; 0 offers nothing
	Faults     []Fault // what is wrong with the last try
	Scopes     []Scope // what consent is about
	Reference  string  // of an error, for whoever runs the server

	Action string // where forms go
	CSRF   string
}

// Client is the application that a person is signing in to.
type Client struct {
	Name, LogoURL, Domain string
	Owner                 string // who makes it, when it is not ours
	PrivacyURL            string
	ThirdParty            bool
}

// Fault is something wrong with one field ("" for the whole form).
type Fault struct{ Field, Text string }

// Scope is one line of a consent: what is shared, and what is not.
type Scope struct{ Icon, Text, Note string }

// ScopeLines puts standard scopes into words. A scope without words of its own is told by its description, else its name.
func (w *Words) ScopeLines(scopes []string, describe func(string) string) []Scope {
	var lines []Scope
	for _, s := range scopes {
		line := Scope{Icon: scopeIcons[s], Text: w.T("scope." + s), Note: w.T("scope." + s + ".note")}
		if line.Text == "" {
			line = Scope{Icon: "key-round", Text: describe(s)}
		}
		lines = append(lines, line)
	}
	return lines
}

var scopeIcons = map[string]string{"openid": "badge-check", "profile": "user-round", "email": "mail", "phone": "phone", "address": "mail", "offline_access": "refresh-cw"}

// split tells whether the page has the picture beside the form: first pages do, single questions stand in a card.
func (p Page) split() bool {
	if p.Experience.Branding.Layout == "card" {
		return false
	}
	return p.Step == SignIn || p.Step == Password || p.Step == Register || p.Step == Forgot
}

// theme is the data-theme attribute: forced, or light where dark is switched off.
func (p Page) theme() string {
	if p.Theme == "" && !p.Experience.Branding.DarkMode {
		return "light"
	}
	return p.Theme
}

// T is a phrase with the name of the tenant and of the client always at hand.
func (p Page) T(key string, values ...string) string {
	return p.Words.T(key, append(values, "name", p.Name, "client", p.Client.Name)...)
}

// title is the first part of the window's title.
func (p Page) title() string {
	if name, ok := p.explains(); ok {
		return p.Words.T(explained[name])
	}
	return p.Words.T(string(p.Step) + ".page")
}

// explained is the title of a page that is opened without a sign-in in progress.
var explained = map[string]string{"sign_in": "sign_in.page", "register": "register.page", "forgot": "forgot.page",
	"consent": "consent.page", "device": "explain.device.title", "sign_out": "explain.sign_out.title"}

// explains names the page that an explaining step stands for.
func (p Page) explains() (string, bool) { return strings.CutPrefix(string(p.Step), "explain.") }

// fault is what is wrong with a field.
func (p Page) fault(field string) string {
	for _, f := range p.Faults {
		if f.Field == field {
			return f.Text
		}
	}
	return ""
}

// identifiers are those that a person may type, and how the field is labelled.
func (p Page) identifierLabel(asked []string) string {
	has := func(id string) bool {
		for _, a := range asked {
			if a == id {
				return true
			}
		}
		return false
	}
	email, phone, name := has(models.IdentifierEmail), has(models.IdentifierPhone), has(models.IdentifierUsername)
	switch {
	case email && phone && name:
		return p.Words.T("identifier.any")
	case email && phone:
		return p.Words.T("identifier.email_phone")
	case email && name:
		return p.Words.T("identifier.email_username")
	case phone && name:
		return p.Words.T("identifier.phone_username")
	case phone:
		return p.Words.T("identifier.phone")
	case name:
		return p.Words.T("identifier.username")
	}
	return p.Words.T("identifier.email")
}

func (p Page) signInIdentifiers() []string {
	out := make([]string, 0, 3)
	for _, m := range p.Experience.Methods.Identifiers {
		out = append(out, m.Identifier)
	}
	return out
}

// keyboard is the inputmode of a field that takes these identifiers.
func keyboard(asked []string) string {
	if len(asked) == 1 && asked[0] == models.IdentifierPhone {
		return "tel"
	}
	for _, a := range asked {
		if a == models.IdentifierEmail {
			return "email"
		}
	}
	return "text"
}

// autocomplete of the identifier field; passkeys offer themselves in it where that is on.
func (p Page) autocomplete() string {
	if p.Experience.Passkey.Enabled && p.Experience.Passkey.Autofill {
		return "username webauthn"
	}
	return "username"
}

// registers tells whether accounts may be made on these pages.
func (p Page) registers() bool { return p.Experience.SignUp.Mode != models.ModeSignIn }

// agreement names the phrases about terms that fit the links there are: "", "_terms" or "_privacy"; none without links.
func (p Page) agreement() (suffix string, ok bool) {
	c := p.Experience.Content
	switch {
	case c.TermsURL != "" && c.PrivacyURL != "":
		return "", true
	case c.TermsURL != "":
		return "_terms", true
	case c.PrivacyURL != "":
		return "_privacy", true
	}
	return "", false
}

// agreesByBox tells whether terms are agreed to by a box on this page.
func (p Page) agreesByBox() bool {
	switch p.Experience.Content.Agreement {
	case "manual":
		return true
	case "manual_at_registration":
		return p.Step == Register
	}
	return false
}

// link is where a link inside a phrase leads, and its words.
func (p Page) link(name string) (href, text string) {
	switch name {
	case "terms":
		return p.Experience.Content.TermsURL, p.Words.T("link.terms")
	case "privacy":
		if p.Step == Consent {
			return p.Client.PrivacyURL, p.Words.T("link.privacy")
		}
		return p.Experience.Content.PrivacyURL, p.Words.T("link.privacy")
	case "register":
		return "/register", p.Words.T("sign_in.register")
	case "sign_in":
		return "/sign-in", p.Words.T("register.sign_in")
	case "name":
		return "", p.Name
	}
	return "", ""
}

// help is where the foot's Help leads.
func (p Page) help() string {
	c := p.Experience.Content
	if c.SupportURL != "" {
		return c.SupportURL
	}
	if c.SupportEmail != "" {
		return "mailto:" + c.SupportEmail
	}
	return ""
}

// initial is the first character of a name, for a mark without a logo.
func initial(name string) string {
	r, n := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if n == 0 {
		return ""
	}
	return strings.ToUpper(string(r))
}

// strategyIcon is a neutral glyph for an outside account.
func strategyIcon(strategy string) string {
	switch strategy {
	case models.StrategyApple:
		return "apple"
	case "samlp", "oidc", "saml":
		return "building-2"
	}
	return "globe"
}
