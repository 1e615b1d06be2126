package auth0

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/settings"
	"gatehouse/models"
	"gatehouse/web"
)

// tenantDocument keeps what the tenant's row has no place for.
var tenantDocument = documents.Ref{Kind: "tenant_settings", Key: "default"}

func (d Dialect) tenantRoutes() []web.Route {
	f := d.Face()
	return []web.Route{
		op("GET", "/tenants/settings", "read:tenant_settings", web.Do(f, 200, d.getTenant)),
		op("PATCH", "/tenants/settings", "update:tenant_settings", web.Do(f, 200, d.updateTenant)),
	}
}

type getTenantIn struct{ fieldsIn }

type updateTenantIn struct {
	FriendlyName    opt[string] `json:"friendly_name"`
	SupportEmail    opt[string] `json:"support_email"`
	SupportURL      opt[string] `json:"support_url"`
	DefaultAudience opt[string] `json:"default_audience"`
	tenantKept
	tenantMinutes
}

// CheckShape refuses a change of nothing, and of one thing in two ways.
func (in *updateTenantIn) CheckShape(c *models.Check) {
	c.That(!reflect.ValueOf(*in).IsZero(), "", "too_few", "Too few properties defined (0), minimum 1")
	in.tenantMinutes.check(c, in.tenantKept)
}

// tenantNames are the document's words for ours, in faults.
var tenantNames = names{"name": "friendly_name"}

// unsaidTenant is what a tenant shows where nothing was written.
const unsaidTenant = `{"allowed_logout_urls":[],"default_directory":"","enabled_locales":["en"],"flags":{"enable_client_connections":false,"disable_clickjack_protection_headers":false},
"session_lifetime":168,"idle_session_lifetime":72,"ephemeral_session_lifetime":72,"idle_ephemeral_session_lifetime":24,"sandbox_version":"22",
"sandbox_versions_available":["22"],"picture_url":"","oidc_logout":{"rp_logout_end_session_endpoint_discovery":true},"session_cookie":{"mode":"persistent"},
"customize_mfa_in_postlogin_action":false,"allow_organization_name_in_authentication_api":false,"pushed_authorization_requests_supported":false,
"authorization_response_iss_parameter_supported":true,"resource_parameter_profile":"compatibility","client_id_metadata_document_supported":false}`

func (d Dialect) getTenant(ctx context.Context, _ getTenantIn) (map[string]json.RawMessage, error) {
	t, err := d.Settings.Get(models.Lend(ctx, "settings.read"), struct{}{})
	if err != nil {
		return nil, err
	}
	kept, err := documents.Load(models.Lend(ctx, "tenant_settings.read"), d.Documents, tenantDocument, map[string]json.RawMessage{})
	if err != nil {
		return nil, err
	}
	return tenant(t, kept), nil
}

// tenant shows the settings: what is mapped, what was written, and what is usual where nothing was.
func tenant(t models.Tenant, kept map[string]json.RawMessage) map[string]json.RawMessage {
	var out map[string]json.RawMessage
	_ = json.Unmarshal([]byte(unsaidTenant), &out)
	for name, value := range kept {
		if name == "flags" {
			value = layer(out[name], value)
		}
		out[name] = value
	}
	for name, value := range map[string]string{"friendly_name": t.Name, "support_email": t.SupportEmail, "support_url": t.SupportURL, "default_audience": t.DefaultAudience} {
		out[name] = quoted(value)
	}
	return out
}

func (d Dialect) updateTenant(ctx context.Context, in updateTenantIn) (out map[string]json.RawMessage, err error) {
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d, ctx := d.In(tx), models.Lend(ctx, "settings.read", "tenant_settings.read", "tenant_settings.create", "tenant_settings.update")
		t, err := d.Settings.Update(ctx, settings.UpdateIn{Name: in.FriendlyName, SupportEmail: in.SupportEmail, SupportURL: in.SupportURL, DefaultAudience: in.DefaultAudience})
		if err != nil {
			return tenantNames.rename(err)
		}
		kept, err := documents.Load(ctx, d.Documents, tenantDocument, map[string]json.RawMessage{})
		if err != nil {
			return err
		}
		before := tenant(t, kept)
		in.into(kept)
		if out = tenant(t, kept); !alike(before, out) {
			if _, _, err := d.Documents.Put(ctx, documents.PutIn{Ref: tenantDocument, Body: kept}); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// into lays what was said over what is kept. Flags are merged one by one.
func (in updateTenantIn) into(kept map[string]json.RawMessage) {
	said := map[string]json.RawMessage{}
	keptMembers(in.tenantKept, said)
	in.tenantMinutes.into(said)
	for name, value := range said {
		name = strings.TrimPrefix(name, storedPrefix)
		switch {
		case removed(value):
			delete(kept, name)
		case name == "flags":
			var flags map[string]any
			_ = json.Unmarshal(value, &flags)
			kept[name] = overlay(kept[name], flags)
		default:
			kept[name] = value
		}
	}
}
