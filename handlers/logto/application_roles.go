package logto

import (
	"context"
	"slices"

	"gatehouse/handlers/roles"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) applicationRoleRoutes(f web.Face) []web.Route {
	const of = "/api/applications/:applicationId/roles"
	return []web.Route{
		{"GET", of, "role.read", web.Do(f, 200, d.listApplicationRoles).With(doc("applications", "List the roles of an application"))},
		{"POST", of, "role.assign", web.Do(f, 201, d.addApplicationRoles).With(doc("applications", "Give roles to an application"))},
		{"PUT", of, "role.assign", web.Do(f, 200, d.setApplicationRoles).With(doc("applications", "Replace the roles of an application"))},
		{"DELETE", of + "/:roleId", "role.assign", web.Do0(f, 204, d.removeApplicationRole).With(doc("applications", "Take a role from an application"))},
	}
}

type listApplicationRolesIn struct {
	appIn
	pageIn
	searchIn
}

func (d Dialect) listApplicationRoles(ctx context.Context, in listApplicationRolesIn) (out page[roleOut], err error) {
	if err := in.search.within(roleSearch...); err != nil {
		return out, err
	}
	held, err := d.Roles.OfClient(ctx, roles.OfClientIn{ClientID: in.ID})
	if err != nil {
		return out, err
	}
	items := []roleOut{}
	for _, r := range held.Items {
		if one := role(r); in.search.finds(roleSearch, one.searched) {
			items = append(items, one)
		}
	}
	return cut(in.pageIn, true, items)
}

// machine refuses to give roles to applications of other types than the one that these routes are for. The routes of roles, further
// down, give them to every application that can act for itself; so all of them can be looked at and emptied here.
func (d Dialect) machine(ctx context.Context, id string) error {
	c, err := d.one(models.Lend(ctx, "client.read"), id)
	if err == nil && c.Profile != models.ProfileMachine {
		err = refuse("application.invalid_type", "Only machine-to-machine applications have roles.")
	}
	return err
}

type applicationRolesIn struct {
	appIn
	RoleIDs []string `json:"roleIds" rule:"required"`
}

type addedRoles struct {
	RoleIDs []string `json:"roleIds"`
	Added   []string `json:"addedRoleIds"`
}

func (d Dialect) addApplicationRoles(ctx context.Context, in applicationRolesIn) (addedRoles, error) {
	if err := d.machine(ctx, in.ID); err != nil {
		return addedRoles{}, err
	}
	given, err := d.Roles.Assign(ctx, roles.AssignIn{ClientID: in.ID, RoleIDs: in.RoleIDs})
	return addedRoles{list(in.RoleIDs), list(given.Added)}, linked(err)
}

func (d Dialect) setApplicationRoles(ctx context.Context, in applicationRolesIn) (addedRoles, error) {
	if err := d.machine(ctx, in.ID); err != nil {
		return addedRoles{}, err
	}
	given, err := d.Roles.Reassign(ctx, roles.AssignIn{ClientID: in.ID, RoleIDs: in.RoleIDs})
	return addedRoles{list(in.RoleIDs), list(given.Added)}, linked(err)
}

type applicationRoleIn struct {
	appIn
	RoleID string `path:"roleId" json:"-"`
}

func (d Dialect) removeApplicationRole(ctx context.Context, in applicationRoleIn) error {
	return d.unassign(ctx, roles.UnassignIn{ClientID: in.ID, RoleID: in.RoleID})
}

// unassign takes a role away. What is missing then is the link: the ids of both may be right.
func (d Dialect) unassign(ctx context.Context, in roles.UnassignIn) error {
	err := d.Roles.Unassign(ctx, in)
	if f, ok := models.AsFault(err); ok && f.Reason == "role_not_found" {
		return refuse("entity.not_found", "The application "+in.ClientID+" does not have the role "+in.RoleID+".")
	}
	return err
}

type listRoleApplicationsIn struct {
	idIn
	pageIn
	searchIn
}

// listRoleApplications gives the applications that have a role, by name. A search reads them all, as few have one role.
func (d Dialect) listRoleApplications(ctx context.Context, in listRoleApplicationsIn) (out page[applicationOut], err error) {
	fields := []string{"id", "name", "description"}
	if err := in.search.within(fields...); err != nil {
		return out, err
	}
	items := []applicationOut{}
	for offset := 0; ; offset += models.PageLimit {
		have, err := d.Roles.Clients(ctx, roles.ClientsIn{ID: in.ID, Offset: offset, Limit: models.PageLimit})
		if err != nil {
			return out, err
		}
		for _, c := range have.Items {
			value := func(field string) string {
				return map[string]string{"id": c.ID, "name": c.Name, "description": c.Description}[field]
			}
			if in.search.finds(fields, value) {
				items = append(items, application(c))
			}
		}
		if len(have.Items) < models.PageLimit {
			return cut(in.pageIn, true, items)
		}
	}
}

type roleApplicationsIn struct {
	idIn
	ApplicationIDs []string `json:"applicationIds" rule:"required,filled"`
}

type assignedApplications struct {
	ApplicationIDs []string `json:"applicationIds"`
}

// addRoleApplications gives a role to several applications, to all or to none.
func (d Dialect) addRoleApplications(ctx context.Context, in roleApplicationsIn) (assignedApplications, error) {
	err := models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		to := d.In(tx)
		if _, err := to.Roles.Get(models.Lend(ctx, "role.read"), roles.OneIn{ID: in.ID}); err != nil {
			return err
		}
		for _, id := range in.ApplicationIDs {
			given, err := to.Roles.Assign(ctx, roles.AssignIn{ClientID: id, RoleIDs: []string{in.ID}})
			if models.IsFault(err, models.NotFound) {
				return &models.Fault{Code: models.Conflict, Reason: "entity.relation_foreign_key_not_found", Text: "There is no application with the id " + id + "."}
			}
			if err != nil {
				return linked(err)
			}
			if !slices.Contains(given.Added, in.ID) {
				return refuse("role.application_exists", "The application "+id+" has this role already.")
			}
		}
		return nil
	})
	return assignedApplications{in.ApplicationIDs}, err
}

type roleApplicationIn struct {
	idIn
	ApplicationID string `path:"applicationId" json:"-"`
}

func (d Dialect) removeRoleApplication(ctx context.Context, in roleApplicationIn) error {
	return d.unassign(ctx, roles.UnassignIn{ClientID: in.ApplicationID, RoleID: in.ID})
}
