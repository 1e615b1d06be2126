package transmit_test

import (
	"context"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// TestWhoMayDoWhat asks every kind of caller for every operation. Order of checks: 401, 403, 400, 404.
func TestWhoMayDoWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other := w.do(201, "POST", apps, object{"app_name": "Other", "client_display_name": "o"})
		own, foreign := apps+"/"+w.shop.app, apps+"/"+other.text("app_id")
		client, alien := "/clients/"+w.shop.client, "/clients/"+other.text("client_id")
		const body, broken = `{"name":"x","app_name":"x","client_display_name":"x","redirect_uris":[],"resource_ids":[]}`, `{`
		prefs := "/cis/loginPreferences/"
		for _, c := range []struct {
			about, method, path, body string
			want                      int
		}{
			{"reads itself", "GET", own, "", 200},
			{"does not see another", "GET", foreign, "", 404},
			{"writes itself", "PUT", own, body, 200},
			{"does not write another", "PUT", foreign, body, 404},
			{"is told of a broken body before of a missing object", "PUT", foreign, broken, 400},
			{"makes none", "POST", apps, body, 403},
			{"is told of a missing right before of a broken body", "POST", apps, broken, 403},
			{"does not delete itself", "DELETE", own, "", 403},
			{"deletes no other", "DELETE", foreign, "", 403},
			{"sets its resources", "PUT", own + "/resources", body, 200},
			{"sets no other's resources", "PUT", foreign + "/resources", body, 404},
			{"reads its client", "GET", own + client, "", 200},
			{"reads no other's client", "GET", foreign + alien, "", 404},
			{"reads no other's client by way of itself", "GET", own + alien, "", 404},
			{"reads its clients", "GET", own + "/clients", "", 200},
			{"reads no other's clients", "GET", foreign + "/clients", "", 404},
			{"writes its client", "PUT", own + client, body, 200},
			{"writes no other's client", "PUT", foreign + alien, body, 404},
			{"writes no other's client by way of itself", "PUT", own + alien, body, 404},
			{"writes no client by way of another", "PUT", foreign + client, body, 404},
			{"sets its client's resources", "PUT", own + client + "/resources", body, 200},
			{"sets no other's client's resources", "PUT", own + alien + "/resources", body, 404},
			{"makes no client", "POST", own + "/clients", body, 403},
			{"deletes no client", "DELETE", own + client, "", 403},
			{"deletes no clients", "DELETE", own + "/clients", "", 403},
			{"reads its keys", "GET", apps + "/signing-keys", "", 200},
			{"makes no key", "POST", apps + "/signing-keys", body, 403},
			{"uploads no key", "POST", apps + "/signing-keys/upload", body, 403},
			{"writes no key", "PUT", apps + "/signing-keys/x", body, 403},
			{"deletes no key", "DELETE", apps + "/signing-keys/x", "", 403},
			{"reads its login preferences", "GET", prefs + w.shop.app, "", 200},
			{"reads no other's login preferences", "GET", prefs + other.text("app_id"), "", 404},
			{"writes no login preferences", "PUT", prefs + w.shop.app + "/authMethods", "{}", 403},
			{"sees no management applications", "GET", "/cis/v1/management/applications", "", 403},
			{"makes no management application", "POST", "/cis/v1/management/applications", body, 403},
			{"writes no management application", "PUT", "/cis/v1/management/applications/" + w.admin.app, body, 403},
			{"deletes no management application", "DELETE", "/cis/v1/management/applications/" + w.admin.app, "", 403},
		} {
			t.Run("an ordinary client "+c.about, func(t *testing.T) {
				w.t = t
				if a := w.call(w.shop.token, c.method, c.path, textOr(c.body)); a.status != c.want {
					t.Errorf("%d, want %d: %s", a.status, c.want, a.body)
				}
				for _, bad := range []string{"", "nonsense", "a.b.c"} {
					if a := w.call(bad, c.method, c.path, textOr(c.body)); a.status != 401 {
						t.Errorf("token %q: %d", bad, a.status)
					}
				}
			})
		}
	})
}

func textOr(body string) any {
	if body == "" {
		return nil
	}
	return body
}

// TestListsAreFiltered: an ordinary client's lists hold its own application, and nobody's secrets.
func TestListsAreFiltered(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(201, "POST", apps, object{"app_name": "Other", "client_display_name": "o"})
		for _, path := range []string{apps, apps + "/list"} {
			list := w.call(w.shop.token, "GET", path, nil).object(t)["result"].([]any)
			if len(list) != 1 || list[0].(map[string]any)["app_id"] != w.shop.app {
				t.Errorf("%s: %v", path, list)
			}
			if all := w.do(200, "GET", path, nil)["result"].([]any); len(all) != 2 {
				t.Errorf("%s has %d applications for the administrator", path, len(all))
			}
		}
		for _, path := range []string{apps, apps + "/" + w.shop.app, apps + "/" + w.shop.app + "/clients", apps + "/" + w.shop.app + "/clients/" + w.shop.client} {
			if body := string(w.call(w.shop.token, "GET", path, nil).body); strings.Contains(body, w.shop.secret) || !strings.Contains(body, `"client_secret":""`) {
				t.Errorf("%s shows a secret to a client without secret.read: %s", path, body)
			}
			if body := string(w.call(w.admin.token, "GET", path, nil).body); !strings.Contains(body, w.shop.secret) {
				t.Errorf("%s hides the secret from the administrator", path)
			}
		}
	})
}

// TestOtherAudiencesOpenNothing: a management client's token for another face is no token here (PRODUCT section 3).
func TestOtherAudiencesOpenNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, audience := range []string{origin + "/rest/v1", origin + "/api/v2/", "https://default.logto.app/api"} {
			if a := w.call(w.tokenFor(w.admin, audience), "GET", apps, nil); a.status != 401 {
				t.Errorf("%s: %d %s", audience, a.status, a.body)
			}
		}
		if a := w.call(w.tokenFor(w.admin, origin+"/cis"), "GET", apps, nil); a.status != 200 {
			t.Errorf("own audience: %d %s", a.status, a.body)
		}
	})
}

// TestRightsEndAtOnce: narrowing a management application, disabling it, or deleting it ends its tokens with the next request.
func TestRightsEndAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		admin := w.do(201, "POST", "/cis/v1/management/applications", object{"app_name": "Narrow"})
		p := party{app: admin.text("app_id"), client: admin.text("client_id"), secret: admin.text("client_secret")}
		p.token = w.tokenFor(p, "")
		if a := w.call(p.token, "GET", apps, nil); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		w.do(204, "DELETE", "/cis/v1/management/applications/"+p.app, nil)
		if a := w.call(p.token, "GET", apps, nil); a.status != 401 {
			t.Errorf("after its application was deleted: %d %s", a.status, a.body)
		}
	})
}

// TestSecretsKeptWriteOnce: a tenant that keeps secrets write-once shows them at creation and never again.
func TestSecretsKeptWriteOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.tenant(t, "secrets", "write-once")
		made := w.do(201, "POST", apps+"/"+w.shop.app+"/clients", object{"name": "c", "redirect_uris": []string{}})
		if made.text("client_secret") == "" {
			t.Error("creation tells no secret")
		}
		if got := w.do(200, "GET", apps+"/"+w.shop.app+"/clients/"+made.text("client_id"), nil); got["client_secret"] != "" {
			t.Errorf("a read tells %v", got["client_secret"])
		}
		app := w.do(201, "POST", apps, object{"app_name": "a", "client_display_name": "c"})
		if app.text("client_secret") == "" {
			t.Error("the creation of an application tells no secret")
		}
	})
}

// tenant changes a setting of the tenant.
func (w *world) tenant(t *testing.T, column string, value any) {
	t.Helper()
	ctx := models.System(t.Context())
	must(t, models.InTx(ctx, w.db, func(ctx context.Context, tx models.DB) error {
		tx.Drop(models.CacheTenant, models.DefaultTenant)
		_, err := tx.Write.NewUpdate().Table("tenants").Set("? = ?", bun.Ident(column), value).Where("id = ?", models.DefaultTenant).Exec(ctx)
		return err
	}))
}
