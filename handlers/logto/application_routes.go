package logto

import (
	"context"

	"gatehouse/handlers/clients"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) applicationRoutes(f web.Face) []web.Route {
	const all, one = "/api/applications", "/api/applications/:id"
	return []web.Route{
		{"GET", all, "client.read", web.Do(f, 200, d.listApplications).With(doc("applications", "List applications"))},
		{"POST", all, "client.create", web.Do(f, 200, d.createApplication).With(doc("applications", "Create an application"))},
		{"GET", one, "client.read", web.Do(f, 200, d.getApplication).With(doc("applications", "Get an application"))},
		{"PATCH", one, "client.update", web.Do(f, 200, d.updateApplication).With(doc("applications", "Change an application"))},
		{"DELETE", one, "client.delete", web.Do0(f, 204, d.deleteApplication).With(doc("applications", "Delete an application"))},
	}
}

// idIn names the object of a path.
type idIn struct {
	ID string `path:"id" json:"-"`
}

type createApplicationIn struct {
	applicationIn
	Type       string      `json:"type" rule:"required" enum:"Native,SPA,Traditional,MachineToMachine,Protected,SAML"`
	ThirdParty opt[bool]   `json:"isThirdParty"`
	Protected  opt[hostIn] `json:"protectedAppMetadata"`
}

// CheckShape adds what tags cannot say.
func (in *createApplicationIn) CheckShape(c *models.Check) {
	c.That(in.Name.Set, "name", "required", "This member is required.")
}

func (d Dialect) createApplication(ctx context.Context, in createApplicationIn) (out applicationOut, err error) {
	if err := in.checkNew(in.Type, in.ThirdParty.V); err != nil {
		return out, err
	}
	create := in.creation(in.Type)
	create.ThirdParty = in.ThirdParty
	if in.Type == typeProtected {
		if err := protect(ctx, &create.Settings, in.Protected); err != nil {
			return out, err
		}
	}
	made, err := d.Applications.CreateClient(ctx, create)
	return application(made.Client), applicationFields.Rename(err, "")
}

// one finds an application for a change or a read.
func (d Dialect) one(ctx context.Context, id string) (models.Client, error) {
	return d.Clients.Get(ctx, clients.OneIn{ID: id})
}

func (d Dialect) getApplication(ctx context.Context, in idIn) (out applicationOut, err error) {
	if out, ok := builtIn(ctx, in.ID); ok {
		return out, nil
	}
	c, err := d.one(ctx, in.ID)
	if err != nil {
		return out, err
	}
	admin, err := d.isAdmin(ctx, c)
	out = application(c)
	out.Admin = &admin
	return out, err
}

// updateApplicationIn is a change.
type updateApplicationIn struct {
	idIn
	applicationIn
	AccessControl opt[bool]        `json:"appLevelAccessControlEnabled"`
	Protected     opt[protectedIn] `json:"protectedAppMetadata" rule:"nullable"`
	Admin         opt[bool]        `json:"isAdmin"`
}

func (d Dialect) updateApplication(ctx context.Context, in updateApplicationIn) (out applicationOut, err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		now, err := d.one(ctx, in.ID)
		if err != nil {
			return err
		}
		if err := in.checkChange(now); err != nil {
			return err
		}
		s := in.settings(now)
		if in.AccessControl.Set {
			keepStored(&s, storedAccessLevel, in.AccessControl.V)
		}
		if in.Protected.Set && !in.Protected.Null {
			if err := in.Protected.V.settings(&s, now); err != nil {
				return err
			}
		}
		next, err := d.change(ctx, now, s)
		out = application(next)
		if err != nil || !in.Admin.Set {
			return err
		}
		return d.setAdmin(ctx, next, in.Admin.V)
	})
	return out, err
}

// change writes settings to a client that was read in this transaction.
func (d Dialect) change(ctx context.Context, now models.Client, s clients.Settings) (models.Client, error) {
	next, err := d.Applications.UpdateClient(ctx, clients.UpdateIn{ID: now.ID, Version: models.Some(now.Version), Settings: s})
	return next, applicationFields.Rename(err, "")
}

func (d Dialect) deleteApplication(ctx context.Context, in idIn) error {
	c, err := d.one(ctx, in.ID)
	if err != nil {
		return err
	}
	if !isApplication(c) {
		return refuse("application.saml.use_saml_app_api", "SAML applications have routes of their own: /api/saml-applications.")
	}
	return d.Applications.DeleteClient(ctx, in.ID)
}
