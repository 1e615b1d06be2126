package hosted

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"gatehouse/models"
	"gatehouse/static"
)

func icon(name string) templ.Component   { return drawn("i", name) }
func small(name string) templ.Component  { return drawn("i s", name) }
func large(name string) templ.Component  { return drawn("i l", name) }
func subtle(name string) templ.Component { return drawn("i c-subtle", name) }

// drawn is an icon of the set, hidden from assistive technology: the words beside it say the same.
func drawn(class, name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		shapes, ok := static.Icon(name)
		if !ok {
			return nil
		}
		return write(w, `<svg class="`, class, `" viewBox="0 0 24 24" aria-hidden="true">`, shapes, `</svg>`)
	})
}

func write(w io.Writer, parts ...string) error {
	for _, p := range parts {
		if _, err := io.WriteString(w, p); err != nil {
			return err
		}
	}
	return nil
}

// glyph is the mark of an outside account: neutral until each vendor's rules for its mark are followed.
func glyph(strategy string) templ.Component {
	if strategy != models.StrategyGoogle {
		return large(strategyIcon(strategy))
	}
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		return write(w, `<svg class="i l" viewBox="0 0 24 24" aria-hidden="true"><path d="M20.5 12H12.5M20.5 12a8.5 8.5 0 1 1-2.6-6.1"></path></svg>`)
	})
}

// invalid ties a field to what is wrong with it, and to the ids of its help.
func invalid(p Page, field string, help ...string) templ.Attributes {
	attrs := templ.Attributes{}
	if p.fault(field) != "" {
		attrs["aria-invalid"] = "true"
		help = append(help, field+"-error")
	}
	if len(help) > 0 {
		attrs["aria-describedby"] = strings.Join(help, " ")
	}
	return attrs
}

func (p Page) offers(factor string) bool { return slices.Contains(p.Experience.MFA.Factors, factor) }

// about says whose application asks for consent.
func (p Page) about() string {
	facts := p.Client.Domain
	if p.Client.Owner != "" {
		facts = p.Client.Owner + ", " + p.Client.Domain
	}
	if !p.Client.ThirdParty {
		return facts + "."
	}
	return facts + ". " + p.T("consent.third_party")
}

func inputType(identifier string) string {
	switch identifier {
	case models.IdentifierEmail:
		return "email"
	case models.IdentifierPhone:
		return "tel"
	}
	return "text"
}

func fieldAutocomplete(identifier string) string {
	switch identifier {
	case models.IdentifierEmail:
		return "email"
	case models.IdentifierPhone:
		return "tel"
	}
	return "username"
}

// stepClass is a class by which a custom stylesheet tells steps apart.
func stepClass(s Step) string { return strings.NewReplacer(".", "-", "_", "-").Replace(string(s)) }
