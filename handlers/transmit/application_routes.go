package transmit

import (
	"context"
	"strings"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/handlers/keys"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) applicationRoutes(f web.Face) []web.Route {
	const all, one = "/cis/v1/applications", "/cis/v1/applications/:appId"
	return []web.Route{
		{"POST", all, "application.create", web.Do(f, 201, d.createApplication).With(doc("applications", "Create an application with a default client"))},
		{"GET", all, "application.read", web.Do(f, 200, d.listApplications(models.KindStandard)).With(doc("applications", "List applications with their default clients"))},
		{"GET", all + "/list", "application.read", web.Do(f, 200, d.listBasic).With(doc("applications", "List applications in short"))},
		{"GET", one, "application.read", web.Do(f, 200, d.getApplication).With(doc("applications", "Get an application"))},
		{"PUT", one, "application.update", web.Do(f, 200, d.updateApplication).With(doc("applications", "Update an application"))},
		{"DELETE", one, "application.delete", web.Do0(f, 204, d.deleteApplication).With(doc("applications", "Delete an application"))},
		{"PUT", one + "/resources", "application.update", web.Do(f, 200, d.setApplicationResources).With(doc("applications", "Set the resources of the default client"))},
	}
}

type createApplicationIn struct{ applicationIn }

// CheckShape adds what tags cannot say.
func (in *createApplicationIn) CheckShape(c *models.Check) {
	c.That(in.AppName.Set, "app_name", "required", "This member is required.")
	c.That(in.ClientDisplayName.Set, "client_display_name", "required", "This member is required.")
	in.checkCommon(c)
	in.checkMirror(c)
	first := in.first(in.mirrored())
	if in.FirstClient.Set {
		first.checkNew(c, "first_client.", true)
	} else {
		c.That(first.protocol() == models.ProtocolOIDC, "first_client", "required", "A SAML client is described here.")
	}
	in.checkProtocol(c, first.protocol())
	first.checkAuthentication(c, in.at(), models.Client{})
}

// at is where the default client stands in the body.
func (b commonIn) at() string {
	if b.FirstClient.Set {
		return "first_client."
	}
	return ""
}

func (d Dialect) createApplication(ctx context.Context, in createApplicationIn) (result[applicationOut], error) {
	return d.create(ctx, models.KindStandard, in.fields(), in.commonIn, in.first(in.mirrored()).creation(""))
}

// create makes an application with its default client, and the key that it is to sign with.
func (d Dialect) create(ctx context.Context, kind string, f applications.Fields, common commonIn, first clients.CreateIn) (out result[applicationOut], err error) {
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		made, err := d.Applications.Create(ctx, applications.CreateIn{Kind: kind, Fields: f, Client: first})
		if err != nil {
			return common.told(err)
		}
		if err := d.keep(ctx, made.Application.ID, common); err != nil {
			return err
		}
		out.Result, err = d.whole(ctx, made.Application)
		if first := value(made.Secret); !first.Empty() { // told once, also where secrets cannot be read again
			secret := first.Reveal()
			out.Result.ClientSecret = &secret
		}
		return err
	})
	return out, err
}

// told puts the document's names into a fault of making an application and its client in one go.
func (b commonIn) told(err error) error {
	return models.Renamed(err, func(ours string) string {
		if of, ok := strings.CutPrefix(ours, "client."); ok {
			return b.clientName(of)
		}
		return applicationFields.Name(ours)
	})
}

// clientName is where a caller finds a member of the default client: in first_client, or beside the application's own.
func (b commonIn) clientName(ours string) string {
	if b.FirstClient.Set {
		return "first_client." + clientFields.Name(ours)
	}
	if mirrored, ok := mirrorFields[ours]; ok {
		return mirrored
	}
	return clientFields.Name(ours)
}

// keep makes signing_key_enabled true of the keys: on means that a key of the application signs, off that none does.
func (d Dialect) keep(ctx context.Context, appID string, b commonIn) error {
	switch {
	case b.SigningKeyEnabled.V:
		held, err := d.Keys.ListOwn(ctx, keys.OfIn{ApplicationID: appID})
		if err != nil {
			return err
		}
		for _, k := range held.Items {
			if k.Status == models.KeySigning {
				return nil
			}
		}
		_, err = d.Keys.CreateOwn(ctx, keys.CreateOwnIn{ApplicationID: appID, Name: "Signing key"})
		return err
	case b.SigningKeyEnabled.Set || b.ShouldDeleteSigningKey.V:
		return d.Keys.StopSigning(ctx, appID, b.ShouldDeleteSigningKey.V)
	}
	return nil
}

// whole is an application with all that its reads show.
func (d Dialect) whole(ctx context.Context, a models.Application) (applicationOut, error) {
	parts, err := d.parts(ctx, []models.Application{a})
	return application(a, parts[a.ID]), err
}

// parts reads what applications are shown with, in a few queries whatever their number.
func (d Dialect) parts(ctx context.Context, rows []models.Application) (map[string]part, error) {
	ids := make([]string, len(rows))
	for i, a := range rows {
		ids[i] = a.ID
	}
	defaults, err := d.Clients.DefaultsOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	of := make([]models.Client, 0, len(defaults))
	for _, c := range defaults {
		of = append(of, c)
	}
	secrets, err := d.secrets(ctx, of)
	if err != nil {
		return nil, err
	}
	methods, err := d.Experience.LoginPreferencesOf(models.Lend(ctx, "experience.read"), ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]part, len(rows))
	for _, id := range ids {
		out[id] = part{defaults[id], secrets[defaults[id].ID], methods[id]}
	}
	return out, nil
}

// listApplications writes all applications of a kind as they are read.
func (d Dialect) listApplications(kind string) func(context.Context, web.None) (applicationRows, error) {
	return func(context.Context, web.None) (applicationRows, error) {
		return batches(d, kind, func(ctx context.Context, rows []models.Application) ([]applicationOut, error) {
			parts, err := d.parts(ctx, rows)
			out := make([]applicationOut, len(rows))
			for i, a := range rows {
				out[i] = listedApplication(a, parts[a.ID])
			}
			return out, err
		}), nil
	}
}

func (d Dialect) listBasic(context.Context, web.None) (applicationRows, error) {
	return batches(d, models.KindStandard, func(_ context.Context, rows []models.Application) ([]basicApp, error) {
		out := make([]basicApp, len(rows))
		for i, a := range rows {
			out[i] = basic(a)
		}
		return out, nil
	}), nil
}

func batches[T any](d Dialect, kind string, show func(context.Context, []models.Application) ([]T, error)) applicationRows {
	var from models.Key
	return applicationRows{web.RowsOf(func(ctx context.Context) ([]T, bool, error) {
		rows, next, more, err := d.Applications.Batch(ctx, kind, from)
		if err != nil {
			return nil, false, err
		}
		from = next
		batch, err := show(ctx, rows)
		return batch, more, err
	})}
}

func (d Dialect) getApplication(ctx context.Context, in appIn) (out result[applicationOut], err error) {
	a, err := d.Applications.Get(ctx, applications.IDIn{ID: in.AppID})
	if err == nil {
		out.Result, err = d.whole(ctx, a)
	}
	return out, err
}

type updateApplicationIn struct {
	appIn
	applicationIn
}

// CheckShape adds what tags cannot say.
func (in *updateApplicationIn) CheckShape(c *models.Check) {
	in.checkCommon(c)
	in.checkMirror(c)
}

func (d Dialect) updateApplication(ctx context.Context, in updateApplicationIn) (out result[applicationOut], err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		out, err = d.update(ctx, in.AppID, in.fields(), in.commonIn, in.first(in.mirrored()), in.checkProtocol)
		return err
	})
	return out, err
}

// update writes an application, its default client where the input speaks of that, and its keys.
func (d Dialect) update(ctx context.Context, id string, f applications.Fields, common commonIn, first clientIn, suits func(*models.Check, string)) (out result[applicationOut], err error) {
	a, err := d.Applications.Update(ctx, applications.UpdateIn{ID: id, Fields: f})
	if err != nil {
		return out, applicationFields.Rename(err, "")
	}
	if !first.silent() {
		if err := d.updateDefault(ctx, a, common, first, suits); err != nil {
			return out, err
		}
	}
	if err := d.keep(ctx, a.ID, common); err != nil {
		return out, err
	}
	out.Result, err = d.whole(ctx, a)
	return out, err
}

func (d Dialect) updateDefault(ctx context.Context, a models.Application, common commonIn, first clientIn, suits func(*models.Check, string)) error {
	now, err := d.Clients.Get(ctx, clients.OneIn{ID: a.DefaultClientID})
	if err != nil {
		return err
	}
	var c models.Check
	suits(&c, now.Protocol)
	if err := c.Err(); err != nil {
		return err
	}
	_, err = d.change(ctx, now, first, common.at(), common.clientName)
	return err
}

func (d Dialect) deleteApplication(ctx context.Context, in appIn) error {
	return refused(d.Applications.Delete(ctx, applications.DeleteIn{ID: in.AppID}))
}

type applicationResourcesIn struct {
	appIn
	ResourceIDs []string `json:"resource_ids" rule:"required"`
}

func (d Dialect) setApplicationResources(ctx context.Context, in applicationResourcesIn) (out result[applicationOut], err error) {
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		a, err := d.Applications.Get(ctx, applications.IDIn{ID: in.AppID})
		if err != nil {
			return err
		}
		if _, err := d.Clients.SetResources(ctx, clients.ResourcesIn{ID: a.DefaultClientID, Resources: in.ResourceIDs}); err != nil {
			return resourceFields.Rename(err, "")
		}
		out.Result, err = d.whole(ctx, a)
		return err
	})
	return out, err
}
