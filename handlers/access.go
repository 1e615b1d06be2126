package handlers

import (
	"context"

	"gatehouse/handlers/auth0"
	"gatehouse/handlers/grants"
	"gatehouse/handlers/oauth/grant"
	"gatehouse/handlers/resources"
	"gatehouse/handlers/roles"
	"gatehouse/handlers/settings"
	"gatehouse/models"
)

// access makes resources, roles and client grants.
func (a *App) access() {
	db, vault := a.Config.DB, a.Config.Vault
	a.apis = resources.New(db, vault, a.names())
	a.apis.Tenant = a.settings.Current
	a.apis.SetDefault = func(ctx context.Context, tx models.DB, identifier string) error {
		_, err := a.settings.In(tx).Update(ctx, settings.UpdateIn{DefaultAudience: models.Some(identifier)})
		return err
	}
	a.roles = roles.New(db, vault)
	a.grants = grants.New(db, vault, func(ctx context.Context, db models.DB, identifier string) (models.Resource, error) {
		return a.apis.In(db).ByIdentifier(ctx, identifier)
	})
}

// names are those of this server's own APIs, under each public origin.
func (a *App) names() resources.Names {
	n := resources.Names{System: map[string]string{grant.LogtoAudience: models.FaceLogto}}
	for _, origin := range append([]string{a.Config.URL}, a.Config.Aliases...) {
		n.System[origin+"/api/v2/"] = models.FaceAuth0
		n.Reserved = append(n.Reserved, origin+"/cis", origin+"/rest/v1")
	}
	return n
}

// registered tells the token endpoint whether a resource is managed here.
func (a *App) registered(ctx context.Context, tenant, identifier string) (bool, error) {
	r, err := a.apis.Registered(ctx, tenant, identifier)
	return r != nil, err
}

// ensureAccess makes the resources that stand for management APIs, and the role that opens Logto's.
func (a *App) ensureAccess(ctx context.Context) error {
	err := a.apis.Ensure(ctx, []resources.System{
		{ID: models.ResourceAuth0, Face: models.FaceAuth0, Identifier: a.Config.URL + "/api/v2/", Name: "Auth0 Management API", Scopes: auth0.Permissions()},
		{ID: models.ResourceLogto, Face: models.FaceLogto, Identifier: grant.LogtoAudience, Name: "Logto Management API",
			Scopes: []models.Scope{{ID: models.ScopeLogtoAll, Name: "all", Description: "Everything that the management API offers"}}},
	})
	if err != nil {
		return err
	}
	return a.roles.Ensure(ctx, roles.CreateIn{ID: models.RoleLogto, System: models.FaceLogto, Kind: models.RoleMachine, ScopeIDs: []string{models.ScopeLogtoAll},
		Fields: roles.Fields{Name: models.Some("Logto Management API access"), Description: models.Some("Opens the Logto management API to a machine client.")}})
}
