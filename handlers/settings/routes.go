package settings

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"gatehouse/models"
	views "gatehouse/views/settings"
	"gatehouse/web"
)

// Routes are the two faces of the settings.
func (o Ops) Routes() []web.Route {
	about := func(e web.Endpoint, summary string) web.Endpoint {
		return e.With(web.Doc{Summary: summary, Tag: "settings"})
	}
	return []web.Route{
		{"GET", "/rest/v1/settings", "settings.read", about(web.Do(web.Native, 200, o.Get), "Get the settings of the tenant")},
		{"PATCH", "/rest/v1/settings", "settings.update", about(web.Do(web.Native, 200, o.Update), "Change settings of the tenant")},
		{"GET", "/console/settings", "settings.read", web.Page(o.page, views.Page)},
		{"POST", "/console/settings", "settings.update", web.Showing(web.SubmitThen(o.Update, o.redraw, saved), o.tell, o.redraw)},
		{"GET", "/console/settings/ca.pem", "settings.read", web.Raw(web.Console, o.authority)},
	}
}

func (o Ops) page(ctx context.Context, _ struct{}) (views.View, error) {
	tenant, err := o.Get(ctx, struct{}{})
	if err != nil {
		return views.View{}, err
	}
	facts, err := o.facts(ctx)
	return views.View{Tenant: tenant, Facts: facts}, err
}

func (o Ops) facts(ctx context.Context) (views.Facts, error) {
	f := o.Facts
	others := slices.DeleteFunc(slices.Clone(f.Aliases), func(a string) bool { return a == f.URL })
	out := views.Facts{Version: f.Version, URL: f.URL, Aliases: others, Database: f.Database, Data: f.Data, CA: f.CA != nil}
	err := o.DB.Read.NewSelect().Model((*models.DataKey)(nil)).ColumnExpr("COALESCE(MAX(master_version), 0)").Scan(ctx, &out.MasterKey)
	if err != nil {
		return out, fmt.Errorf("read the version of the master key: %w", err)
	}
	return out, nil
}

// redraw shows the form as it was filled in. After a conflict it carries the version that is there now, so that saving again is
// a decision and not an accident.
func (o Ops) redraw(ctx context.Context, in UpdateIn, fault *models.Fault) (templ.Component, error) {
	v, err := o.page(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	v.Stored, v.Fault = v.Tenant, fault
	v.Tenant, _ = in.apply(v.Tenant)
	if fault == nil && in.Version.Set { // saving later still tells whether somebody was faster
		v.Tenant.Version = in.Version.V
	}
	return views.Page(v), nil
}

// tell says only what differs from what is stored.
func (o Ops) tell(ctx context.Context, in UpdateIn) (web.Told, error) {
	before, err := o.Get(ctx, struct{}{})
	if err != nil {
		return web.Told{}, err
	}
	after, err := in.apply(before)
	return web.Told{About: "What Save changes will send. Nothing is saved yet.", Form: "settings", Op: in,
		Calls: []web.Call{{Verb: "PATCH", Path: "/rest/v1/settings", Body: models.Changed(before, after), Version: strconv.FormatInt(before.Version, 10)}}}, err
}

func saved(r *web.Request, _ UpdateIn, _ models.Tenant) error {
	web.FlashText(r.Context(), "Settings saved")
	return r.Next("/console/settings")
}

// authority gives the certificate of the local authority, for the trust store of whoever calls the TLS listener.
func (o Ops) authority(_ context.Context, r *web.Request) error {
	if o.Facts.CA == nil {
		return models.Missing("certificate")
	}
	pem, err := o.Facts.CA()
	if err != nil {
		return fmt.Errorf("read the local authority's certificate: %w", err)
	}
	r.Fiber().Set("Content-Disposition", `attachment; filename="gatehouse-ca.pem"`)
	return r.Bytes(200, "application/x-pem-file", pem)
}
