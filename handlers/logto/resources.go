package logto

import (
	"context"

	"gatehouse/handlers/resources"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) resourceRoutes(f web.Face) []web.Route {
	const all, one = "/api/resources", "/api/resources/:id"
	return []web.Route{
		{"GET", all, "resource.read", web.Do(f, 200, d.listResources).With(doc("resources", "List resources"))},
		{"POST", all, "resource.create", web.Do(f, 201, d.createResource).With(doc("resources", "Register a resource"))},
		{"GET", one, "resource.read", web.Do(f, 200, d.getResource).With(doc("resources", "Get a resource"))},
		{"PATCH", one, "resource.update", web.Do(f, 200, d.updateResource).With(doc("resources", "Change a resource"))},
		{"DELETE", one, "resource.delete", web.Do0(f, 204, d.deleteResource).With(doc("resources", "Delete a resource"))},
		{"PATCH", one + "/is-default", "resource.update", web.Do(f, 200, d.setDefaultResource).With(doc("resources", "Make a resource the default one, or not"))},
	}
}

// resourceFields are the document's names for ours.
var resourceFields = models.Names{"identifier": "indicator", "access_token_lifetime_seconds": "accessTokenTtl", "default_audience": "isDefault"}

// defaultResourceTTL is how long tokens of a new resource live, in seconds, when nobody says.
const defaultResourceTTL = 3600

// resourceOut is a resource as it is shown.
type resourceOut struct {
	TenantID       string      `json:"tenantId"`
	ID             string      `json:"id"`
	Name           string      `json:"name"`
	Indicator      string      `json:"indicator"`
	IsDefault      bool        `json:"isDefault"`
	AccessTokenTTL int64       `json:"accessTokenTtl"`
	Scopes         *[]scopeOut `json:"scopes,omitempty"` // when they are asked for
}

// resource shows a resource. One that has no lifetime of its own is shown with the dialect's default.
func resource(r models.Resource) resourceOut {
	out := resourceOut{TenantID: r.TenantID, ID: r.ID, Name: r.Name, Indicator: r.Identifier, IsDefault: r.IsDefault, AccessTokenTTL: defaultResourceTTL}
	if ttl := r.AccessTokenLifetimeSeconds; ttl != nil {
		out.AccessTokenTTL = *ttl
	}
	return out
}

func resourceWithScopes(r models.Resource) resourceOut {
	out, scopes := resource(r), []scopeOut{}
	for _, s := range r.Scopes {
		scopes = append(scopes, scope(s))
	}
	out.Scopes = &scopes
	return out
}

type listResourcesIn struct {
	pageIn
	IncludeScopes string `query:"includeScopes" json:"-"`
}

func (d Dialect) listResources(ctx context.Context, in listResourcesIn) (out page[resourceOut], err error) {
	find := resources.FindIn{System: models.FaceLogto, Scopes: in.IncludeScopes == "true" || in.IncludeScopes == "1"}
	var w window
	if in.paged() {
		if w, err = in.window(); err != nil {
			return out, err
		}
		find.Offset, find.Limit = w.offset(), w.size
	}
	found, err := d.Resources.Find(ctx, find)
	if err != nil {
		return out, err
	}
	items := make([]resourceOut, len(found.Items))
	for i, r := range found.Items {
		if items[i] = resource(r); find.Scopes {
			items[i] = resourceWithScopes(r)
		}
	}
	if in.paged() {
		return pageOf(w, items, found.Total), nil
	}
	return bare(items), nil
}

type createResourceIn struct {
	Name           string     `json:"name" rule:"required,min=1"`
	Indicator      string     `json:"indicator" rule:"required,min=1"`
	AccessTokenTTL opt[int64] `json:"accessTokenTtl" rule:"min=0,max=2592000"`
}

func (d Dialect) createResource(ctx context.Context, in createResourceIn) (out resourceOut, err error) {
	fields := resources.Fields{Name: models.Some(in.Name), LifetimeSeconds: in.AccessTokenTTL}
	if !in.AccessTokenTTL.Set {
		fields.LifetimeSeconds = models.Some[int64](defaultResourceTTL)
	}
	made, err := d.Resources.Create(ctx, resources.CreateIn{Identifier: in.Indicator, Fields: fields})
	if err != nil {
		return out, resourceFields.Rename(err, "")
	}
	return resourceWithScopes(made), nil
}

// oneResource finds a resource that this dialect may know of: not those that stand for another one's API.
func (d Dialect) oneResource(ctx context.Context, id string) (models.Resource, error) {
	r, err := d.Resources.Get(models.Lend(ctx, "resource.read"), resources.OneIn{ID: id})
	if err == nil && r.System != "" && r.System != models.FaceLogto {
		return models.Resource{}, models.Missing("resource")
	}
	return r, err
}

func (d Dialect) getResource(ctx context.Context, in idIn) (resourceOut, error) {
	r, err := d.oneResource(ctx, in.ID)
	return resource(r), err
}

type updateResourceIn struct {
	idIn
	Name           opt[string] `json:"name" rule:"min=1"`
	AccessTokenTTL opt[int64]  `json:"accessTokenTtl" rule:"min=0,max=2592000"`
}

func (d Dialect) updateResource(ctx context.Context, in updateResourceIn) (resourceOut, error) {
	return d.changeResource(ctx, in.ID, resources.Fields{Name: in.Name, LifetimeSeconds: in.AccessTokenTTL})
}

func (d Dialect) changeResource(ctx context.Context, id string, fields resources.Fields) (resourceOut, error) {
	r, err := d.oneResource(ctx, id)
	if err == nil {
		r, err = d.Resources.Update(ctx, resources.UpdateIn{ID: r.ID, Fields: fields})
	}
	return resource(r), resourceFields.Rename(err, "")
}

type defaultResourceIn struct {
	idIn
	IsDefault bool `json:"isDefault" rule:"required"`
}

func (d Dialect) setDefaultResource(ctx context.Context, in defaultResourceIn) (resourceOut, error) {
	return d.changeResource(ctx, in.ID, resources.Fields{IsDefault: models.Some(in.IsDefault)})
}

func (d Dialect) deleteResource(ctx context.Context, in idIn) error {
	r, err := d.oneResource(ctx, in.ID)
	if err != nil {
		return err
	}
	return d.Resources.Delete(ctx, resources.OneIn{ID: r.ID})
}
