package access

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/grants"
	"gatehouse/handlers/resources"
	"gatehouse/handlers/roles"
	"gatehouse/models"
	views "gatehouse/views/access"
	"gatehouse/views/ui"
	"gatehouse/web"
)

// grantIn is the form of a new grant on the page of a resource.
type grantIn struct {
	ID        string   `path:"id" json:"-"`
	ClientID  string   `form:"client_id" json:"-"`
	Scopes    []string `form:"scopes,lines" json:"-"`
	AllScopes bool     `form:"all_scopes" json:"-"`
}

func (p Pages) grant(ctx context.Context, in grantIn) (models.ClientGrant, error) {
	r, err := p.Resources.Get(ctx, resources.OneIn{ID: in.ID})
	if err != nil {
		return models.ClientGrant{}, err
	}
	g, err := p.Grants.Create(ctx, in.creation(r))
	return g, beside(err)
}

// creation is what the form asks the operation for.
func (in grantIn) creation(r models.Resource) grants.CreateIn {
	return grants.CreateIn{ClientID: strings.TrimSpace(in.ClientID), Identifier: r.Identifier,
		Fields: grants.Fields{Scopes: models.Some(in.Scopes), AllScopes: models.Some(in.AllScopes)}}
}

func (p Pages) tellGrant(ctx context.Context, in grantIn) (web.Told, error) {
	r, err := p.Resources.Get(ctx, resources.OneIn{ID: in.ID})
	return web.Told{About: "What Grant access will send. Nothing is granted yet.", Form: "grant-form", Op: in.creation(r)}, err
}

// beside says of a client that is not there that the field is wrong, and puts faults of scopes beside their field.
func beside(err error) error {
	if models.IsFault(err, models.NotFound) {
		var c models.Check
		c.Add("client_id", "client_not_found", "There is no client with this ID.")
		return c.Err()
	}
	return models.Renamed(err, func(name string) string {
		switch {
		case strings.HasPrefix(name, "scopes"):
			return "scopes"
		case name == "identifier" || strings.HasPrefix(name, "role_ids"):
			return "client_id"
		}
		return name
	})
}

func (p Pages) showGrant(ctx context.Context, in grantIn, fault *models.Fault) (templ.Component, error) {
	return p.faulty(ctx, in.ID, "grant", fault, func(v *views.Resource) {
		v.Grant = views.GrantForm{ClientID: in.ClientID, Scopes: in.Scopes, All: in.AllScopes}
	})
}

// partIn names a grant of a resource.
type partIn struct {
	ID      string `path:"id" json:"-"`
	GrantID string `path:"grant_id" json:"-"`
}

func (p Pages) askGrant(ctx context.Context, in partIn) (views.Part, error) {
	r, err := p.Resources.Get(ctx, resources.OneIn{ID: in.ID})
	if err != nil {
		return views.Part{}, err
	}
	g, err := p.Grants.Get(ctx, grants.OneIn{ID: in.GrantID})
	if err == nil && g.ResourceID != r.ID {
		err = models.Missing("client_grant")
	}
	who, at := "every third-party client", home+"/"+r.ID
	if err == nil && g.ClientID != nil {
		who = *g.ClientID
		if c, err := p.Clients.Get(ctx, clients.OneIn{ID: who}); err == nil {
			who = c.Name
		}
	}
	return views.Part{Title: "Take access back", Ask: "Take the access of " + who + " back?", Impact: "It gets no more tokens for " + r.Name + " unless a role gives it scopes.",
		Action: at + "/grants/" + in.GrantID + "/delete", Of: r.Name, Back: at}, err
}

func (p Pages) tellUngrant(_ context.Context, in partIn) (web.Told, error) {
	return web.Told{About: "What Take access back will send. Nothing is taken yet.", Op: grants.OneIn{ID: in.GrantID}}, nil
}

func (p Pages) ungrant(ctx context.Context, in partIn) (web.None, error) {
	return web.None{}, p.Grants.Delete(ctx, grants.OneIn{ID: in.GrantID})
}

func (p Pages) freshRole(context.Context, web.None) (views.RoleForm, error) {
	return views.RoleForm{Kind: models.RoleMachine}, nil
}

func (p Pages) createRole(ctx context.Context, in views.RoleForm) (models.Role, error) {
	return p.Roles.Create(ctx, newRole(in))
}

func newRole(in views.RoleForm) roles.CreateIn {
	return roles.CreateIn{Kind: in.Kind, Fields: roles.Fields{Name: models.Some(in.Name), Description: models.Some(in.Description)}}
}

func (p Pages) tellRole(_ context.Context, in views.RoleForm) (web.Told, error) {
	return web.Told{About: "What Create role will send. Nothing is created yet.", Form: "new", Op: newRole(in)}, nil
}

func (p Pages) createRoleAgain(_ context.Context, in views.RoleForm, fault *models.Fault) (templ.Component, error) {
	in.Fault = fault
	return views.NewRole(in), nil
}

func (p Pages) showRole(ctx context.Context, in roles.OneIn) (v views.Role, err error) {
	if v.Role, err = p.Roles.Get(ctx, in); err != nil {
		return v, err
	}
	held, err := p.Roles.ListScopes(ctx, in)
	if err != nil {
		return v, err
	}
	has := map[string]bool{}
	for _, s := range held.Items {
		has[s.ID] = true
		v.Scopes = append(v.Scopes, views.RoleScope{ID: s.ID, Name: s.Name, Description: s.Description, Resource: s.Identifier, ResourceID: s.ResourceID})
	}
	if v.Choices, err = p.choices(ctx, has); err != nil {
		return v, err
	}
	if v.Offered, err = p.Clients.Choices(ctx, true); err != nil {
		return v, err
	}
	have, err := p.Roles.Clients(ctx, roles.ClientsIn{ID: in.ID, Limit: most})
	v.Clients, v.Total = have.Items, have.Total
	return v, err
}

// choices are the scopes of ordinary resources that a role has not, up to a number that a list of boxes can bear; REST gives any.
func (p Pages) choices(ctx context.Context, has map[string]bool) ([]ui.Option, error) {
	found, err := p.Resources.Find(ctx, resources.FindIn{Limit: most, Scopes: true})
	if models.IsFault(err, models.Forbidden) {
		return nil, nil
	}
	var out []ui.Option
	for _, r := range found.Items {
		for _, s := range r.Scopes {
			if !has[s.ID] && len(out) < 2*most {
				out = append(out, ui.Option{Value: s.ID, Label: s.Name, Help: r.Name})
			}
		}
	}
	return out, err
}

func (p Pages) showRoleScopes(ctx context.Context, in roles.ScopesIn, fault *models.Fault) (templ.Component, error) {
	v, err := p.showRole(ctx, roles.OneIn{ID: in.RoleID})
	v.Fault, v.Faulty, v.Chosen = fault, "scopes", in.ScopeIDs
	return views.ShowRole(v), err
}

// assignIn is the form that gives a role to a client.
type assignIn struct {
	ID       string `path:"id" json:"-"`
	ClientID string `form:"client_id" json:"-"`
}

func (p Pages) assign(ctx context.Context, in assignIn) (roles.AssignOut, error) {
	out, err := p.Roles.Assign(ctx, in.assignment())
	return out, beside(err)
}

func (in assignIn) assignment() roles.AssignIn {
	return roles.AssignIn{ClientID: strings.TrimSpace(in.ClientID), RoleIDs: []string{in.ID}}
}

func (p Pages) tellAssign(_ context.Context, in assignIn) (web.Told, error) {
	return web.Told{About: "What Give role will send. Nothing is given yet.", Form: "role-client", Op: in.assignment()}, nil
}

func (p Pages) showAssign(ctx context.Context, in assignIn, fault *models.Fault) (templ.Component, error) {
	v, err := p.showRole(ctx, roles.OneIn{ID: in.ID})
	v.Fault, v.Faulty, v.Typed = fault, "clients", in.ClientID
	return views.ShowRole(v), err
}

// memberIn names a client that has a role.
type memberIn struct {
	ID       string `path:"id" json:"-"`
	ClientID string `path:"client_id" json:"-"`
}

func (p Pages) unassign(ctx context.Context, in memberIn) (web.None, error) {
	return web.None{}, p.Roles.Unassign(ctx, in.end())
}

func (in memberIn) end() roles.UnassignIn {
	return roles.UnassignIn{ClientID: in.ClientID, RoleID: in.ID}
}

func tellUnassign(_ context.Context, in memberIn) (web.Told, error) {
	return web.Told{About: "What Take the role will send. Nothing is taken yet.", To: onRole + "/" + in.ID, Op: in.end()}, nil
}

func tellScopeGone(_ context.Context, in roles.ScopeIn) (web.Told, error) {
	return web.Told{About: "What Take the scope away will send. Nothing is taken yet.", To: onRole + "/" + in.RoleID, Op: in}, nil
}

func (p Pages) askRole(ctx context.Context, in roles.OneIn) (views.Delete, error) {
	r, err := p.Roles.Get(ctx, in)
	return views.Delete{ID: r.ID, Name: r.Name, Impacts: []string{"Whoever has it loses its scopes with their next token."}}, err
}

// client tells what a client may ask for.
func (p Pages) client(ctx context.Context, in grants.OfClientIn) (v views.Client, err error) {
	c, err := p.Clients.Get(ctx, clients.OneIn{ID: in.ClientID})
	if err != nil {
		return v, err
	}
	v.Client = c
	if v.Head, err = p.Head(ctx, c.ApplicationID); err != nil {
		return v, err
	}
	access, err := p.Grants.Access(ctx, in)
	if err != nil {
		return v, err
	}
	held, err := p.Roles.OfClient(ctx, roles.OfClientIn{ClientID: c.ID})
	if err != nil && !models.IsFault(err, models.Forbidden) {
		return v, err
	}
	v.Access, v.Roles = access.Items, held.Items
	return v, nil
}
