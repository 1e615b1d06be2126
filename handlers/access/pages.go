// Package access is the console's pages of APIs and roles. It joins handlers/resources, handlers/roles and handlers/grants for a
// reader and has no rule of its own.
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
	"gatehouse/web"
)

const (
	home   = "/console/resources"
	onRole = "/console/roles"
)

// Pages is what the pages work with.
type Pages struct {
	Resources resources.Ops
	Roles     roles.Ops
	Grants    grants.Ops
	Clients   clients.Ops
	Head      clients.HeadOf // what stands above the pages of an application
}

// Routes are the pages of APIs and roles, and of what one client may ask for.
func (p Pages) Routes() []web.Route {
	const one, role = home + "/:id", onRole + "/:id"
	return []web.Route{
		{"GET", home, "resource.read", web.Page(p.list, views.ListPage)},
		{"GET", home + "/new", "resource.create", web.Page(p.fresh, views.NewResource)},
		{"POST", home + "/new", "resource.create", web.Showing(web.Submit(p.create, p.createAgain, func(_ views.ResourceForm, r models.Resource) string { return home + "/" + r.ID }), p.tellCreate, p.createAgain)},
		{"GET", one, "resource.read", web.Page(p.show, views.ShowResource)},
		{"POST", one, "resource.update", web.Showing(web.SubmitThen(p.Resources.Update, p.showSettings, saved[resources.UpdateIn, models.Resource]("API saved", func(in resources.UpdateIn) string { return home + "/" + in.ID })), web.Says[resources.UpdateIn]("tokens-form", "What Save will send. Nothing is saved yet."), p.showSettings)},
		{"GET", one + "/delete", "resource.delete", web.Page(p.askDelete, views.DeleteResource)},
		{"POST", one + "/delete", "resource.delete", web.Showing(web.SubmitThen(gone(p.Resources.Delete), nil, saved[resources.OneIn, web.None]("API deleted", func(resources.OneIn) string { return home })), web.Says[resources.OneIn]("", "What Delete API will send. Nothing is deleted yet."), web.Drawn(web.Same[resources.OneIn], p.askDelete, views.DeleteResource))},
		{"POST", one + "/scopes", "resource.update", web.Showing(web.SubmitThen(p.Resources.CreateScope, p.showScope, saved[resources.CreateScopeIn, models.Scope]("Scope added", func(in resources.CreateScopeIn) string { return home + "/" + in.ResourceID })), web.Says[resources.CreateScopeIn]("scope-form", "What Add scope will send. Nothing is added yet."), p.showScope)},
		{"GET", one + "/scopes/:scope_id/delete", "resource.update", web.Page(p.askScope, views.DeletePart)},
		{"POST", one + "/scopes/:scope_id/delete", "resource.update", web.Showing(web.SubmitThen(gone(p.Resources.DeleteScope), nil, saved[resources.ScopeIDIn, web.None]("Scope deleted", func(in resources.ScopeIDIn) string { return home + "/" + in.ResourceID })), web.Says[resources.ScopeIDIn]("", "What Delete scope will send. Nothing is deleted yet."), web.Drawn(web.Same[resources.ScopeIDIn], p.askScope, views.DeletePart))},
		{"POST", one + "/grants", "client_grant.create", web.Showing(web.SubmitThen(p.grant, p.showGrant, saved[grantIn, models.ClientGrant]("Access granted", func(in grantIn) string { return home + "/" + in.ID })), p.tellGrant, p.showGrant)},
		{"GET", one + "/grants/:grant_id/delete", "client_grant.delete", web.Page(p.askGrant, views.DeletePart)},
		{"POST", one + "/grants/:grant_id/delete", "client_grant.delete", web.Showing(web.SubmitThen(p.ungrant, nil, saved[partIn, web.None]("Access taken back", func(in partIn) string { return home + "/" + in.ID })), p.tellUngrant, web.Drawn(web.Same[partIn], p.askGrant, views.DeletePart))},

		{"GET", onRole + "/new", "role.create", web.Page(p.freshRole, views.NewRole)},
		{"POST", onRole + "/new", "role.create", web.Showing(web.Submit(p.createRole, p.createRoleAgain, func(_ views.RoleForm, r models.Role) string { return onRole + "/" + r.ID }), p.tellRole, p.createRoleAgain)},
		{"GET", role, "role.read", web.Page(p.showRole, views.ShowRole)},
		{"GET", role + "/delete", "role.delete", web.Page(p.askRole, views.DeleteRole)},
		{"POST", role + "/delete", "role.delete", web.Showing(web.SubmitThen(gone(p.Roles.Delete), nil, saved[roles.OneIn, web.None]("Role deleted", func(roles.OneIn) string { return home })), web.Says[roles.OneIn]("", "What Delete role will send. Nothing is deleted yet."), web.Drawn(web.Same[roles.OneIn], p.askRole, views.DeleteRole))},
		{"POST", role + "/scopes", "role.update", web.Showing(web.SubmitThen(p.Roles.AddScopes, p.showRoleScopes, saved[roles.ScopesIn, roles.HeldScopes]("Scopes given", func(in roles.ScopesIn) string { return onRole + "/" + in.RoleID })), web.Says[roles.ScopesIn]("role-scopes", "What Give scopes will send. Nothing is given yet."), p.showRoleScopes)},
		{"POST", role + "/scopes/:scope_id/delete", "role.update", web.Showing(web.SubmitThen(gone(p.Roles.RemoveScope), nil, saved[roles.ScopeIn, web.None]("Scope taken away", func(in roles.ScopeIn) string { return onRole + "/" + in.RoleID })), tellScopeGone, web.Drawn(func(in roles.ScopeIn) roles.OneIn { return roles.OneIn{ID: in.RoleID} }, p.showRole, views.ShowRole))},
		{"POST", role + "/clients", "role.assign", web.Showing(web.SubmitThen(p.assign, p.showAssign, saved[assignIn, roles.AssignOut]("Role given", func(in assignIn) string { return onRole + "/" + in.ID })), p.tellAssign, p.showAssign)},
		{"POST", role + "/clients/:client_id/delete", "role.assign", web.Showing(web.SubmitThen(p.unassign, nil, saved[memberIn, web.None]("Role taken away", func(in memberIn) string { return onRole + "/" + in.ID })), tellUnassign, web.Drawn(func(in memberIn) roles.OneIn { return roles.OneIn{ID: in.ID} }, p.showRole, views.ShowRole))},

		{"GET", "/console/clients/:id/access", "client.read", web.Page(p.client, views.ClientAccess)},
	}
}

// gone makes an operation without an answer one for a form.
func gone[In any](op func(context.Context, In) error) func(context.Context, In) (web.None, error) {
	return func(ctx context.Context, in In) (web.None, error) { return web.None{}, op(ctx, in) }
}

// saved tells what was done and leads on.
func saved[In, Out any](what string, to func(In) string) func(*web.Request, In, Out) error {
	return func(r *web.Request, in In, _ Out) error {
		web.FlashText(r.Context(), what)
		return r.Next(to(in))
	}
}

type listIn struct {
	Q      string `query:"q"`
	Cursor string `query:"cursor"`
	Roles  string `query:"roles"`
}

func (p Pages) list(ctx context.Context, in listIn) (v views.List, err error) {
	v = views.List{Q: in.Q, Scopes: map[string]int{}}
	if v.Resources, err = p.Resources.List(ctx, resources.ListIn{Q: in.Q, PageIn: models.PageIn{Cursor: in.Cursor}}); err != nil {
		return v, err
	}
	if v.Scopes, err = p.Resources.CountScopes(ctx, v.Resources.Items); err != nil {
		return v, err
	}
	v.Roles, err = p.Roles.List(ctx, roles.ListIn{Q: in.Q, PageIn: models.PageIn{Cursor: in.Roles}})
	if models.IsFault(err, models.Forbidden) {
		return v, nil
	} else if err != nil {
		return v, err
	}
	ids := make([]string, len(v.Roles.Items))
	for i, r := range v.Roles.Items {
		ids[i] = r.ID
	}
	v.Clients, err = p.Roles.CountClients(ctx, ids)
	return v, err
}

func (p Pages) fresh(context.Context, web.None) (views.ResourceForm, error) {
	return views.ResourceForm{}, nil
}

func (p Pages) create(ctx context.Context, in views.ResourceForm) (models.Resource, error) {
	r, err := p.Resources.Create(ctx, creation(in))
	return r, models.Renamed(err, func(name string) string {
		if strings.HasPrefix(name, "scopes") {
			return "scopes" // one text area holds them all
		}
		return name
	})
}

// creation is what the form of a new resource asks for.
func creation(in views.ResourceForm) resources.CreateIn {
	say := resources.CreateIn{Identifier: strings.TrimSpace(in.Identifier)}
	if name := strings.TrimSpace(in.Name); name != "" {
		say.Name = models.Some(name)
	}
	say.Description, say.Scopes = models.Some(in.Description), models.Some(lines(in.Scopes))
	return say
}

func (p Pages) tellCreate(_ context.Context, in views.ResourceForm) (web.Told, error) {
	return web.Told{About: "What Register API will send. Nothing is registered yet.", Form: "new", Op: creation(in)}, nil
}

// lines reads a scope a line: its name, then words about it.
func lines(text string) []resources.ScopeIn {
	out := []resources.ScopeIn{}
	for line := range strings.Lines(text) {
		name, about, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name != "" {
			out = append(out, resources.ScopeIn{Name: name, Description: strings.TrimSpace(about)})
		}
	}
	return out
}

func (p Pages) createAgain(_ context.Context, in views.ResourceForm, fault *models.Fault) (templ.Component, error) {
	in.Fault = fault
	return views.NewResource(in), nil
}

// most is how many of those who have something a page shows.
const most = 50

func (p Pages) show(ctx context.Context, in resources.OneIn) (v views.Resource, err error) {
	if v.Resource, err = p.Resources.Get(ctx, in); err != nil {
		return v, err
	}
	if v.Offered, err = p.Clients.Choices(ctx, false); err != nil {
		return v, err
	}
	found, err := p.Grants.Find(ctx, grants.FindIn{ResourceID: in.ID, Limit: most})
	if models.IsFault(err, models.Forbidden) {
		return v, nil
	} else if err != nil {
		return v, err
	}
	v.Total = found.Total
	for _, g := range found.Items {
		h := views.Holder{GrantID: g.ID, Scopes: g.Scopes, All: g.AllScopes, Subject: g.SubjectType}
		if g.ClientID != nil {
			c, err := p.Clients.Get(ctx, clients.OneIn{ID: *g.ClientID})
			if err != nil {
				return v, err
			}
			h.ClientID, h.ClientName = c.ID, c.Name
		}
		v.Holders = append(v.Holders, h)
	}
	return v, nil
}

// faulty draws the page of a resource with what is wrong in one of its forms.
func (p Pages) faulty(ctx context.Context, id, form string, fault *models.Fault, fill func(*views.Resource)) (templ.Component, error) {
	v, err := p.show(ctx, resources.OneIn{ID: id})
	v.Fault, v.Faulty = fault, form
	if fill != nil {
		fill(&v)
	}
	return views.ShowResource(v), err
}

func (p Pages) showSettings(ctx context.Context, in resources.UpdateIn, fault *models.Fault) (templ.Component, error) {
	return p.faulty(ctx, in.ID, "settings", fault, func(v *views.Resource) {
		in.Name.To(&v.Name)
		in.Description.To(&v.Description)
		in.SigningAlg.To(&v.SigningAlg)
		in.LifetimeSeconds.ToPtr(&v.AccessTokenLifetimeSeconds)
	})
}

func (p Pages) showScope(ctx context.Context, in resources.CreateScopeIn, fault *models.Fault) (templ.Component, error) {
	return p.faulty(ctx, in.ResourceID, "scope", fault, func(v *views.Resource) {
		v.New = views.ScopeForm{Name: in.Name, Description: in.Description}
	})
}

func (p Pages) askDelete(ctx context.Context, in resources.OneIn) (views.Delete, error) {
	v, err := p.show(ctx, in)
	out := views.Delete{ID: v.ID, Name: v.Name, Impacts: []string{"Its scopes go from every role, and every grant for it goes.",
		"Tokens that are out stay valid until they expire; nobody gets new ones."}}
	return out, err
}

func (p Pages) askScope(ctx context.Context, in resources.ScopeIDIn) (views.Part, error) {
	r, err := p.Resources.Get(ctx, resources.OneIn{ID: in.ResourceID})
	if err != nil {
		return views.Part{}, err
	}
	for _, s := range r.Scopes {
		if s.ID == in.ID {
			at := home + "/" + r.ID
			return views.Part{Title: "Delete scope", Ask: "Delete the scope " + s.Name + "?", Impact: "It goes from every role and every grant that has it.",
				Action: at + "/scopes/" + s.ID + "/delete", Of: r.Name, Back: at}, nil
		}
	}
	return views.Part{}, models.Missing("scope")
}
