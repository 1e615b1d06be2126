// Package access draws resources (APIs), roles, and which client may ask for what.
package access

import (
	"net/url"
	"strconv"
	"strings"

	"gatehouse/models"
	"gatehouse/views/applications"
	"gatehouse/views/faults"
	"gatehouse/views/ui"
)

const (
	home  = "/console/resources"
	roles = "/console/roles"
)

// List is what the first page shows: resources and roles, a page of each.
type List struct {
	Resources models.List[models.Resource]
	Scopes    map[string]int // of each resource
	Roles     models.List[models.Role]
	Clients   map[string]int64 // that have each role
	Q         string
}

// ResourceForm is a new resource as it was filled in.
type ResourceForm struct {
	Identifier  string        `json:"-" form:"identifier"`
	Name        string        `json:"-" form:"name"`
	Description string        `json:"-" form:"description"`
	Scopes      string        `json:"-" form:"scopes"` // a scope a line: its name, then words about it
	Fault       *models.Fault `json:"-"`
}

// Resource is the page of one resource.
type Resource struct {
	models.Resource
	Holders []Holder
	Total   int64
	New     ScopeForm
	Grant   GrantForm
	Offered []ui.Option // clients that may be chosen by name
	Fault   *models.Fault
	Faulty  string // the form that the fault belongs to: "settings", "scope", "grant"
}

// ScopeForm is a new scope as it was filled in.
type ScopeForm struct {
	Name        string
	Description string
}

// GrantForm is a new grant as it was filled in.
type GrantForm struct {
	All      bool
	ClientID string
	Scopes   []string
}

// Holder is a client that has a grant for a resource.
type Holder struct {
	GrantID, ClientID, ClientName string
	Scopes                        []string
	All                           bool
	Subject                       string
}

// RoleForm is a new role as it was filled in.
type RoleForm struct {
	Name        string        `json:"-" form:"name"`
	Description string        `json:"-" form:"description"`
	Kind        string        `json:"-" form:"kind"`
	Fault       *models.Fault `json:"-"`
}

// Role is the page of one role.
type Role struct {
	models.Role
	Scopes  []RoleScope
	Choices []ui.Option // scopes that it has not, by resource
	Clients []models.Client
	Offered []ui.Option // clients that may be chosen by name
	Total   int64
	Fault   *models.Fault
	Faulty  string   // "scopes" or "clients"
	Typed   string   // the client_id that was typed
	Chosen  []string // scopes that were ticked
}

// RoleScope is a scope that a role has.
type RoleScope struct{ ID, Name, Description, Resource, ResourceID string }

// Delete is the question whether something is to go.
type Delete struct {
	ID, Name string
	Impacts  []string
	Fault    *models.Fault
}

// Client is what one client may ask for, and why.
type Client struct {
	applications.Head
	Client models.Client
	Access []models.Access
	Roles  []models.Role
}

func lifetime(r models.Resource) string {
	if s := r.AccessTokenLifetimeSeconds; s != nil && *s > 0 {
		return strconv.FormatInt(*s, 10) + " s"
	}
	return "As the tenant"
}

func signature(r models.Resource) string {
	switch r.SigningAlg {
	case "":
		return "As the tenant"
	case "HS256", "RS512":
		return r.SigningAlg + ", no tokens are made"
	}
	return r.SigningAlg
}

func kind(r models.Role) string {
	if r.Kind == models.RoleMachine {
		return "Machine clients"
	}
	return "People"
}

func subject(s string) string {
	switch s {
	case models.SubjectUser:
		return "For people who consent (stored, not enforced yet)"
	case models.SubjectOrganization:
		return "For members of organizations (stored, not enforced yet)"
	}
	return "For itself"
}

func scopesOf(h Holder) string {
	if h.All {
		return "All scopes"
	}
	if len(h.Scopes) == 0 {
		return "No scope"
	}
	return strings.Join(h.Scopes, " ")
}

func via(list []models.AccessVia) string {
	out := make([]string, len(list))
	for i, v := range list {
		switch v.Kind {
		case "client_grant":
			out[i] = "its grant"
		case "role":
			out[i] = "the role " + v.Name
		default:
			out[i] = "its management application"
		}
	}
	return strings.Join(out, ", ")
}

// problems are the lines of the summary when the fault belongs to one form.
func problems(f *models.Fault, faulty, form string) []ui.Problem {
	if faulty != form {
		return nil
	}
	return faults.Named(f, "name", "Name", "description", "Description", "access_token_lifetime_seconds", "Access token lifetime", "signing_alg", "Signature", "client_id", "Client", "scopes", "Scopes", "scope_ids", "Scopes")
}

func wrong(f *models.Fault, faulty, form, field string) string {
	if faulty != form {
		return ""
	}
	return faults.At(f, field)
}

func options(scopes []models.Scope) []ui.Option {
	out := make([]ui.Option, len(scopes))
	for i, s := range scopes {
		out[i] = ui.Option{Value: s.Name, Label: s.Name, Help: s.Description}
	}
	return out
}

func seconds(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// Part is the question whether a scope or a grant of a resource is to go.
type Part struct{ Title, Ask, Impact, Action, Of, Back string }

func impacts(v Delete) []ui.Impact {
	out := make([]ui.Impact, len(v.Impacts))
	for i, text := range v.Impacts {
		out[i] = ui.Impact{Icon: "unplug", Text: text}
	}
	return out
}

func cursor(v List, at string) string { return address(v, "cursor", at) }

func roleCursor(v List, at string) string { return address(v, "roles", at) }

func address(v List, name, at string) string {
	if at == "" {
		return ""
	}
	return home + "?" + url.Values{"q": {v.Q}, name: {at}}.Encode()
}
