package applications

import (
	"strings"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// NewForm is what a person types to create an application.
type NewForm struct {
	Framework string `json:"-" query:"framework" form:"framework"`
	Name      string `json:"-" query:"name" form:"name"`
	Owner     string `json:"-" query:"owner" form:"owner"`
	Address   string `json:"-" query:"address" form:"address"`
	EntityID  string `json:"-" query:"entity_id" form:"entity_id"`
	ACSURL    string `json:"-" query:"acs_url" form:"acs_url"`
}

// Choice is one framework to choose from.
type Choice struct{ ID, Name, About, Letters, Icon, Tint string }

// ChoiceGroup is a heading over frameworks.
type ChoiceGroup struct {
	Name, About string
	Choices     []Choice
}

// New is the page that creates an application: what can be chosen on the left, what will be made on the right.
type New struct {
	NewForm
	Groups       []ChoiceGroup
	Title        string // "Next.js web app"
	AddressLabel string // empty when no address is asked for
	AddressHelp  string
	SAML         bool
	Made         []string // what will be created, a line each
	RedirectURI  string
	LogoutURI    string
	SignsIn      bool
	Fault        *models.Fault
}

func (c Choice) tile() ui.TileOpts {
	return ui.TileOpts{Letters: c.Letters, Icon: c.Icon, Tint: c.Tint}
}

// newFields gives the fault names of operations to the fields of this form.
var newFields = map[string]string{"redirect_uris": "address", "post_logout_redirect_uris": "address", "allowed_origins": "address",
	"saml.entity_id": "entity_id", "saml.acs_url": "acs_url"}

func (n New) problems() []ui.Problem {
	if n.Fault == nil {
		return nil
	}
	if len(n.Fault.Fields) == 0 {
		return []ui.Problem{{Text: n.Fault.Text}}
	}
	var out []ui.Problem
	seen := map[string]bool{}
	for _, f := range n.Fault.Fields {
		name := newField(f.Name)
		if !seen[name+f.Text] {
			out = append(out, ui.Problem{Field: name, Text: f.Text})
		}
		seen[name+f.Text] = true
	}
	return out
}

// summary names the fields, because it stands away from them.
func (n New) summary() []ui.Problem {
	return named(n.problems(), map[string]string{"name": "Name", "owner": "Owner", "address": n.AddressLabel, "entity_id": "Entity ID", "acs_url": "ACS URL"})
}

func (n New) err(field string) string {
	for _, p := range n.problems() {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
}

// newField finds the field that a fault is about: "client.redirect_uris[0]" is the address.
func newField(name string) string {
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "client."), "[")
	if to, ok := newFields[name]; ok {
		return to
	}
	return name
}
