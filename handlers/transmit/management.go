package transmit

import (
	"context"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/models"
	"gatehouse/web"
)

// Management applications administer the whole tenant, so their operations have a noun of their own: it is not among the
// actions of a client on its own application.
func (d Dialect) managementRoutes(f web.Face) []web.Route {
	const all, one = "/cis/v1/management/applications", "/cis/v1/management/applications/:app_id"
	return []web.Route{
		{"POST", all, "management.create", web.Do(f, 201, d.createManagement).With(doc("management applications", "Create a management application"))},
		{"GET", all, "management.read", web.Do(f, 200, d.listApplications(models.KindManagement)).With(doc("management applications", "List management applications"))},
		{"PUT", one, "management.update", web.Do(f, 200, d.updateManagement).With(doc("management applications", "Update a management application"))},
		{"DELETE", one, "management.delete", web.Do0(f, 204, d.deleteManagement).With(doc("management applications", "Delete a management application"))},
	}
}

type createManagementIn struct{ managementIn }

// CheckShape adds what tags cannot say. A management application sends nobody back, so its client may be without redirect URIs.
func (in *createManagementIn) CheckShape(c *models.Check) {
	c.That(in.AppName.Set, "app_name", "required", "This member is required.")
	in.checkCommon(c)
	first := in.first(in.mirrored())
	if in.FirstClient.Set {
		first.checkNew(c, "first_client.", false)
	} else {
		c.That(first.protocol() == models.ProtocolOIDC, "first_client", "required", "A SAML client is described here.")
	}
	first.checkAuthentication(c, in.at(), models.Client{})
}

func (d Dialect) createManagement(ctx context.Context, in createManagementIn) (result[applicationOut], error) {
	first := in.first(in.mirrored())
	or(&first.Name, in.AppName.V)
	made := first.creation("")
	if !in.FirstClient.Set {
		made.Settings = machine(made.Settings)
	}
	return d.create(ctx, models.KindManagement, in.fields(), in.commonIn, made)
}

// machine makes a client one that acts for nobody: where nobody described the client of a management application, asking for
// tokens of its own is all that it does.
func machine(s clients.Settings) clients.Settings {
	s.Profile = models.Some(models.ProfileMachine)
	s.ResponseTypes = models.Some([]string{})
	if s.TokenEndpointAuthMethod.V != models.AuthNone {
		s.GrantTypes = models.Some([]string{models.GrantClientCredentials})
	}
	return s
}

// managementAppIn names a management application.
type managementAppIn struct {
	AppID string `path:"app_id" json:"-"`
}

// management finds an application of this kind; any other is not there.
func (d Dialect) management(ctx context.Context, id string) (models.Application, error) {
	a, err := d.Applications.Get(ctx, applications.IDIn{ID: id})
	if err == nil && a.Kind != models.KindManagement {
		return a, models.Missing("application")
	}
	return a, err
}

type updateManagementIn struct {
	managementAppIn
	managementIn
}

// CheckShape adds what tags cannot say.
func (in *updateManagementIn) CheckShape(c *models.Check) { in.checkCommon(c) }

func (d Dialect) updateManagement(ctx context.Context, in updateManagementIn) (out result[applicationOut], err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		if _, err := d.management(ctx, in.AppID); err != nil {
			return err
		}
		out, err = d.update(ctx, in.AppID, in.fields(), in.commonIn, in.first(in.mirrored()), func(*models.Check, string) {})
		return err
	})
	return out, err
}

func (d Dialect) deleteManagement(ctx context.Context, in managementAppIn) error {
	return models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		if _, err := d.management(ctx, in.AppID); err != nil {
			return err
		}
		return refused(d.Applications.Delete(ctx, applications.DeleteIn{ID: in.AppID}))
	})
}
