package logto

import (
	"context"
	"slices"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/roles"
	"gatehouse/models"
)

// isAdmin tells whether an application may use this API: as part of a management application, or by the role that opens it.
func (d Dialect) isAdmin(ctx context.Context, c models.Client) (bool, error) {
	app, err := d.Applications.Get(models.Lend(ctx, "application.read"), applications.IDIn{ID: c.ApplicationID})
	if err != nil || manages(app) {
		return err == nil, err
	}
	held, err := d.Roles.OfClient(models.Lend(ctx, "role.read"), roles.OfClientIn{ClientID: c.ID})
	return slices.ContainsFunc(held.Items, func(r models.Role) bool { return r.ID == models.RoleLogto }), err
}

func manages(app models.Application) bool {
	return app.Kind == models.KindManagement && slices.Contains(app.ManagementFaces, models.FaceLogto)
}

// setAdmin gives or takes the role. A management application is narrowed where it is managed, not here.
func (d Dialect) setAdmin(ctx context.Context, c models.Client, want bool) error {
	is, err := d.isAdmin(ctx, c)
	switch {
	case err != nil || is == want:
		return err
	case want && c.Profile != models.ProfileMachine:
		return refuse("application.invalid_type", "Only machine-to-machine applications administer.")
	case want:
		_, err = d.Roles.Assign(ctx, roles.AssignIn{ClientID: c.ID, RoleIDs: []string{models.RoleLogto}})
		return err
	}
	err = d.Roles.Unassign(ctx, roles.UnassignIn{ClientID: c.ID, RoleID: models.RoleLogto})
	if models.IsFault(err, models.NotFound) {
		return refuse("request.feature_not_supported", "This is part of a management application: take this API from that application instead.")
	}
	return err
}

// holders are the applications that have a role.
func (d Dialect) holders(ctx context.Context, roleID string) (map[string]bool, error) {
	out := map[string]bool{}
	for {
		got, err := d.Roles.Clients(models.Lend(ctx, "role.read"), roles.ClientsIn{ID: roleID, Offset: len(out), Limit: models.PageLimit})
		if models.IsFault(err, models.NotFound) {
			return out, nil // nobody has a role that there is not
		}
		if err != nil {
			return nil, err
		}
		for _, c := range got.Items {
			out[c.ID] = true
		}
		if len(got.Items) == 0 || int64(len(out)) >= got.Total {
			return out, nil
		}
	}
}
