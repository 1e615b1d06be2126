package logto

import (
	"context"
	"slices"

	"gatehouse/handlers/roles"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) roleRoutes(f web.Face) []web.Route {
	const all, one = "/api/roles", "/api/roles/:id"
	return []web.Route{
		{"GET", all, "role.read", web.Do(f, 200, d.listRoles).With(doc("roles", "List roles"))},
		{"POST", all, "role.create", web.Do(f, 200, d.createRole).With(doc("roles", "Create a role"))},
		{"GET", one, "role.read", web.Do(f, 200, d.getRole).With(doc("roles", "Get a role"))},
		{"PATCH", one, "role.update", web.Do(f, 200, d.updateRole).With(doc("roles", "Change a role"))},
		{"DELETE", one, "role.delete", web.Do0(f, 204, d.deleteRole).With(doc("roles", "Delete a role"))},
		{"GET", one + "/scopes", "role.read", web.Do(f, 200, d.listRoleScopes).With(doc("roles", "List the scopes of a role"))},
		{"POST", one + "/scopes", "role.update", web.Do(f, 201, d.addRoleScopes).With(doc("roles", "Give scopes to a role"))},
		{"DELETE", one + "/scopes/:scopeId", "role.update", web.Do0(f, 204, d.removeRoleScope).With(doc("roles", "Take a scope from a role"))},
		{"GET", one + "/applications", "role.read", web.Do(f, 200, d.listRoleApplications).With(doc("roles", "List the applications that have a role"))},
		{"POST", one + "/applications", "role.assign", web.Do(f, 201, d.addRoleApplications).With(doc("roles", "Give a role to applications"))},
		{"DELETE", one + "/applications/:applicationId", "role.assign", web.Do0(f, 204, d.removeRoleApplication).With(doc("roles", "Take a role from an application"))},
	}
}

// Types of roles and the kinds that they are.
var roleKinds = map[string]string{"User": models.RoleUser, "MachineToMachine": models.RoleMachine}

var roleTypes = map[string]string{models.RoleUser: "User", models.RoleMachine: "MachineToMachine"}

// roleOut is a role as it is shown.
type roleOut struct {
	TenantID    string `json:"tenantId"`
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Type        string `json:"type"`
	IsDefault   bool   `json:"isDefault"`
}

// role shows a role. The document knows none without a description and none with a long one.
func role(r models.Role) roleOut {
	out := roleOut{TenantID: r.TenantID, ID: r.ID, Name: r.Name, Description: r.Description, Type: roleTypes[r.Kind], IsDefault: r.IsDefault}
	if out.Description == "" {
		out.Description = r.Name
	}
	if text := []rune(out.Description); len(text) > maxRoleText {
		out.Description = string(text[:maxRoleText])
	}
	return out
}

const maxRoleText = 128

func (r roleOut) searched(field string) string {
	switch field {
	case "id":
		return r.ID
	case "description":
		return r.Description
	}
	return r.Name
}

var roleSearch = []string{"id", "name", "description"}

// listedRole is a role in a list, with a few of those who have it. No people are managed here yet, so none has one.
type listedRole struct {
	roleOut
	UsersCount           int64         `json:"usersCount"`
	FeaturedUsers        []struct{}    `json:"featuredUsers"`
	ApplicationsCount    int64         `json:"applicationsCount"`
	FeaturedApplications []featuredApp `json:"featuredApplications"`
}

type featuredApp struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// featured is how many of those who have a role a list shows.
const featured = 3

type listRolesIn struct {
	pageIn
	searchIn
	Type                 string `query:"type" json:"-"`
	ExcludeApplicationID string `query:"excludeApplicationId" json:"-"`
}

func (d Dialect) listRoles(ctx context.Context, in listRolesIn) (out page[listedRole], err error) {
	if err := in.search.within(roleSearch...); err != nil {
		return out, err
	}
	if in.Type != "" && roleKinds[in.Type] == "" {
		var c models.Check
		c.OneOf("type", in.Type, sortedKeys(roleKinds)...)
		return out, at(c.Err(), invalidQuery)
	}
	found, err := d.Roles.Find(ctx, roles.FindIn{Kind: roleKinds[in.Type], WithoutClientID: in.ExcludeApplicationID})
	if err != nil {
		return out, err
	}
	items := []listedRole{}
	for _, r := range found.Items {
		if one := role(r); in.search.finds(roleSearch, one.searched) {
			items = append(items, listedRole{roleOut: one, FeaturedUsers: []struct{}{}, FeaturedApplications: []featuredApp{}})
		}
	}
	if out, err = cut(in.pageIn, true, items); err != nil {
		return out, err
	}
	return out, d.feature(ctx, out.items)
}

// feature adds the applications that have each role of a page.
func (d Dialect) feature(ctx context.Context, items []listedRole) error {
	for i := range items {
		if items[i].Type != roleTypes[models.RoleMachine] {
			continue
		}
		have, err := d.Roles.Clients(ctx, roles.ClientsIn{ID: items[i].ID, Limit: featured})
		if err != nil {
			return err
		}
		items[i].ApplicationsCount = have.Total
		for _, c := range have.Items {
			items[i].FeaturedApplications = append(items[i].FeaturedApplications, featuredApp{c.ID, c.Name, typeNames[c.Profile]})
		}
	}
	return nil
}

type createRoleIn struct {
	Name        string    `json:"name" rule:"required,min=1,max=128"`
	Description string    `json:"description" rule:"required,min=1,max=128"`
	Type        string    `json:"type" enum:"User,MachineToMachine"`
	IsDefault   opt[bool] `json:"isDefault"`
	ScopeIDs    []string  `json:"scopeIds"`
}

func (d Dialect) createRole(ctx context.Context, in createRoleIn) (roleOut, error) {
	r, err := d.Roles.Create(ctx, roles.CreateIn{Kind: roleKinds[in.Type], ScopeIDs: in.ScopeIDs,
		Fields: roles.Fields{Name: models.Some(in.Name), Description: models.Some(in.Description), IsDefault: in.IsDefault}})
	return role(r), linked(err)
}

func (d Dialect) getRole(ctx context.Context, in idIn) (roleOut, error) {
	r, err := d.Roles.Get(ctx, roles.OneIn{ID: in.ID})
	return role(r), err
}

type updateRoleIn struct {
	idIn
	Name        opt[string] `json:"name" rule:"min=1,max=128"`
	Description opt[string] `json:"description" rule:"min=1,max=128"`
	IsDefault   opt[bool]   `json:"isDefault"`
}

func (d Dialect) updateRole(ctx context.Context, in updateRoleIn) (roleOut, error) {
	r, err := d.Roles.Update(ctx, roles.UpdateIn{ID: in.ID, Fields: roles.Fields{Name: in.Name, Description: in.Description, IsDefault: in.IsDefault}})
	return role(r), err
}

func (d Dialect) deleteRole(ctx context.Context, in idIn) error {
	return d.Roles.Delete(ctx, roles.OneIn{ID: in.ID})
}

// linkCodes are the dialect's words for what is wrong with a link between two objects.
var linkCodes = map[string]string{"scope_not_found": "entity.relation_foreign_key_not_found", "role_not_found": "entity.relation_foreign_key_not_found",
	"client_not_machine": "application.invalid_type", "role_not_machine": "application.invalid_role_type"}

// linked puts the dialect's words for wrong links into a fault.
func linked(err error) error {
	fault, ok := models.AsFault(err)
	if !ok || fault.Code != models.Invalid {
		return err
	}
	for _, f := range fault.Fields {
		if code := linkCodes[f.Reason]; code != "" {
			return &models.Fault{Code: models.Conflict, Reason: code, Text: f.Text}
		}
	}
	return err
}

type listRoleScopesIn struct {
	idIn
	pageIn
	searchIn
}

func (d Dialect) listRoleScopes(ctx context.Context, in listRoleScopesIn) (out page[scopeOut], err error) {
	if err := in.search.within(scopeSearch...); err != nil {
		return out, err
	}
	held, err := d.Roles.ListScopes(ctx, roles.OneIn{ID: in.ID})
	if err != nil {
		return out, err
	}
	shown := map[string]resourceOut{}
	items := []scopeOut{}
	for _, h := range held.Items {
		one := scope(h.Scope)
		if !in.search.finds(scopeSearch, one.searched) {
			continue
		}
		if _, known := shown[h.ResourceID]; !known {
			of, err := d.Resources.ByIdentifier(models.Lend(ctx, "resource.read"), h.Identifier)
			if err != nil {
				return out, err
			}
			shown[h.ResourceID] = resource(of)
		}
		of := shown[h.ResourceID]
		one.Resource = &of
		items = append(items, one)
	}
	return cut(in.pageIn, true, items)
}

type roleScopesIn struct {
	idIn
	ScopeIDs []string `json:"scopeIds" rule:"required"`
}

// addRoleScopes gives scopes to a role and answers all that it has then.
func (d Dialect) addRoleScopes(ctx context.Context, in roleScopesIn) ([]scopeOut, error) {
	var out []scopeOut
	err := models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		out = []scopeOut{}
		to := d.In(tx)
		before, err := to.Roles.ListScopes(models.Lend(ctx, "role.read"), roles.OneIn{ID: in.ID})
		if err != nil {
			return err
		}
		for _, h := range before.Items {
			if slices.Contains(in.ScopeIDs, h.ID) {
				return refuse("role.scope_exists", "The role has the scope "+h.Name+" already.")
			}
		}
		if _, err := to.Roles.AddScopes(ctx, roles.ScopesIn{RoleID: in.ID, ScopeIDs: in.ScopeIDs}); err != nil {
			return linked(err)
		}
		after, err := to.Roles.ListScopes(models.Lend(ctx, "role.read"), roles.OneIn{ID: in.ID})
		for _, h := range after.Items {
			out = append(out, scope(h.Scope))
		}
		return err
	})
	return out, err
}

type roleScopeIn struct {
	idIn
	ScopeID string `path:"scopeId" json:"-"`
}

func (d Dialect) removeRoleScope(ctx context.Context, in roleScopeIn) error {
	return d.Roles.RemoveScope(ctx, roles.ScopeIn{RoleID: in.ID, ScopeID: in.ScopeID})
}
