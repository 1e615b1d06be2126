package logto

import (
	"context"
	"strings"

	"gatehouse/handlers/resources"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) scopeRoutes(f web.Face) []web.Route {
	const all = "/api/resources/:resourceId/scopes"
	return []web.Route{
		{"GET", all, "resource.read", web.Do(f, 200, d.listScopes).With(doc("resources", "List the scopes of a resource"))},
		{"POST", all, "resource.update", web.Do(f, 201, d.createScope).With(doc("resources", "Add a scope to a resource"))},
		{"PATCH", all + "/:scopeId", "resource.update", web.Do(f, 200, d.updateScope).With(doc("resources", "Change a scope"))},
		{"DELETE", all + "/:scopeId", "resource.update", web.Do0(f, 204, d.deleteScope).With(doc("resources", "Delete a scope"))},
	}
}

// scopeOut is a scope as it is shown.
type scopeOut struct {
	TenantID    string       `json:"tenantId"`
	ID          string       `json:"id"`
	ResourceID  string       `json:"resourceId"`
	Name        string       `json:"name"`
	Description *string      `json:"description"`
	CreatedAt   int64        `json:"createdAt"`
	Resource    *resourceOut `json:"resource,omitempty"` // where scopes of several resources stand together
}

func scope(s models.Scope) scopeOut {
	return scopeOut{TenantID: s.TenantID, ID: s.ID, ResourceID: s.ResourceID, Name: s.Name, Description: orNull(s.Description), CreatedAt: millis(s.CreatedAt)}
}

// searched are the fields of a scope that a search speaks of.
func (s scopeOut) searched(field string) string {
	switch field {
	case "id":
		return s.ID
	case "description":
		if s.Description != nil {
			return *s.Description
		}
		return ""
	}
	return s.Name
}

var scopeSearch = []string{"id", "name", "description"}

type listScopesIn struct {
	ResourceID string `path:"resourceId" json:"-"`
	pageIn
	searchIn
}

func (d Dialect) listScopes(ctx context.Context, in listScopesIn) (out page[scopeOut], err error) {
	if err := in.search.within(scopeSearch...); err != nil {
		return out, err
	}
	r, err := d.oneResource(ctx, in.ResourceID)
	if err != nil {
		return out, err
	}
	items := []scopeOut{}
	for _, s := range r.Scopes {
		if one := scope(s); in.search.finds(scopeSearch, one.searched) {
			items = append(items, one)
		}
	}
	return cut(in.pageIn, true, items)
}

type createScopeIn struct {
	ResourceID  string      `path:"resourceId" json:"-"`
	Name        string      `json:"name" rule:"required,min=1,max=256"`
	Description opt[string] `json:"description" rule:"nullable"`
}

func (d Dialect) createScope(ctx context.Context, in createScopeIn) (out scopeOut, err error) {
	if err := spaceless(in.Name); err != nil {
		return out, err
	}
	r, err := d.oneResource(ctx, in.ResourceID)
	if err != nil {
		return out, err
	}
	s, err := d.Resources.CreateScope(ctx, resources.CreateScopeIn{ResourceID: r.ID, ScopeIn: resources.ScopeIn{Name: in.Name, Description: in.Description.V}})
	return scope(s), modified(err)
}

// spaceless refuses a name that would be two scopes in a token.
func spaceless(name string) error {
	if strings.Contains(name, " ") {
		return refuse("scope.name_with_space", "The name of a scope has no spaces.")
	}
	return nil
}

// modified tells of a change of what is the server's own in the words for changes.
func modified(err error) error {
	if f, ok := models.AsFault(err); ok && f.Reason == "system_resource" {
		return refuse("resource.cannot_modify_management_api", f.Text)
	}
	return err
}

// scopeIn names a scope of a resource.
type scopeIn struct {
	ResourceID string `path:"resourceId" json:"-"`
	ScopeID    string `path:"scopeId" json:"-"`
}

type updateScopeIn struct {
	scopeIn
	Name        opt[string] `json:"name" rule:"min=1,max=256"`
	Description opt[string] `json:"description" rule:"nullable"`
}

func (d Dialect) updateScope(ctx context.Context, in updateScopeIn) (out scopeOut, err error) {
	if err := spaceless(in.Name.V); err != nil {
		return out, err
	}
	r, err := d.oneResource(ctx, in.ResourceID)
	if err != nil {
		return out, err
	}
	s, err := d.Resources.UpdateScope(ctx, resources.UpdateScopeIn{ScopeIDIn: resources.ScopeIDIn{ResourceID: r.ID, ID: in.ScopeID}, Name: in.Name, Description: in.Description})
	return scope(s), modified(err)
}

func (d Dialect) deleteScope(ctx context.Context, in scopeIn) error {
	r, err := d.oneResource(ctx, in.ResourceID)
	if err != nil {
		return err
	}
	return modified(d.Resources.DeleteScope(ctx, resources.ScopeIDIn{ResourceID: r.ID, ID: in.ScopeID}))
}
