package logto

import (
	"context"
	"encoding/json"

	"gatehouse/handlers/clients"
	"gatehouse/web"
)

// accessControl is who may sign in to an application. It is kept and given back; sign-in does not look at it yet.
type accessControl struct {
	UserIDs         []string           `json:"userIds" rule:"required"`
	UserRoleIDs     []string           `json:"userRoleIds" rule:"required"`
	OrganizationIDs []string           `json:"organizationIds" rule:"required"`
	RoleRules       []organizationRule `json:"organizationRoleRules" rule:"required"`
}

type organizationRule struct {
	OrganizationID string   `json:"organizationId" rule:"required"`
	RoleIDs        []string `json:"organizationRoleIds" rule:"required,filled"`
}

func (d Dialect) accessRoutes(f web.Face) []web.Route {
	const one = "/api/applications/:applicationId/access-control"
	return []web.Route{
		{"GET", one, "client.read", web.Do(f, 200, d.getAccessControl).With(kept("applications", "Read who may sign in to an application"))},
		{"PUT", one, "client.update", web.Do(f, 200, d.putAccessControl).With(kept("applications", "Set who may sign in to an application"))},
	}
}

// appIn names an application.
type appIn struct {
	ID string `path:"applicationId" json:"-"`
}

func (d Dialect) getAccessControl(ctx context.Context, in appIn) (accessControl, error) {
	c, err := d.one(ctx, in.ID)
	if err != nil {
		return accessControl{}, err
	}
	out := accessControl{[]string{}, []string{}, []string{}, []organizationRule{}}
	if raw := c.Stored[storedAccessControl]; len(raw) > 0 {
		err = json.Unmarshal(raw, &out)
	}
	return out, err
}

type putAccessControlIn struct {
	appIn
	accessControl
}

func (d Dialect) putAccessControl(ctx context.Context, in putAccessControlIn) (accessControl, error) {
	err := d.again(ctx, func(ctx context.Context, d Dialect) error {
		now, err := d.one(ctx, in.ID)
		if err != nil {
			return err
		}
		var s clients.Settings
		keepStored(&s, storedAccessControl, in.accessControl)
		_, err = d.change(ctx, now, s)
		return err
	})
	return in.accessControl, err
}
