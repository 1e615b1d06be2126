package transmit_test

import (
	"testing"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/handlers/transmit"
	"gatehouse/models"
)

// TestShownCallsDoWhatTheySay sends the calls of forms: one that makes a client makes its like, one that writes it changes nothing.
func TestShownCallsDoWhatTheySay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := models.System(t.Context())
		for _, body := range []object{full(), {"name": "plain", "redirect_uris": []string{}},
			{"name": "saml", "authentication_protocol": "saml", "sp_entity_id": "urn:shown", "sp_acs_url": "https://a.example.com/acs"}} {
			made := w.do(201, "POST", apps+"/"+w.shop.app+"/clients", body)
			row, err := w.dialect.Clients.Get(ctx, clients.OneIn{ID: made.text("client_id")})
			must(t, err)
			call := transmit.ShowClient(row)
			w.do(200, call.Method, call.Path, string(call.Body))
			after, err := w.dialect.Clients.Get(ctx, clients.OneIn{ID: row.ID})
			if err != nil || after.Version != row.Version {
				t.Errorf("%s changed the client: %+v", call.Body, after)
			}
			row.ID, row.SAML.EntityID = "", row.SAML.EntityID+":2"
			if row.Protocol == models.ProtocolOIDC {
				row.SAML.EntityID = ""
			}
			call = transmit.ShowClient(row)
			twin := w.do(201, call.Method, call.Path, string(call.Body))
			for name, v := range made {
				switch name {
				case "client_id", "client_secret", "created_at", "updated_at", "sp_entity_id":
				default:
					if !same(twin[name], v) {
						t.Errorf("%s: %v, want %v", name, twin[name], v)
					}
				}
			}
		}
	})
}

// TestShownApplications does the same for applications of both kinds.
func TestShownApplications(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := models.System(t.Context())
		for _, id := range []string{w.shop.app, w.admin.app} {
			a, err := w.dialect.Applications.Get(ctx, applications.IDIn{ID: id})
			must(t, err)
			c, err := w.dialect.Clients.Get(ctx, clients.OneIn{ID: a.DefaultClientID})
			must(t, err)
			call := transmit.ShowApplication(a, c)
			w.do(200, call.Method, call.Path, string(call.Body))
			a.ID = ""
			c.ID = ""
			call = transmit.ShowApplication(a, c)
			if made := w.do(201, call.Method, call.Path, string(call.Body)); made.text("app_name") != a.Name {
				t.Errorf("%v", made)
			}
		}
	})
}
