package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/uptrace/bun"
)

// Law (c) of the unified model: what is made through one face, read through another, changed through a third and deleted through a
// fourth is one thing, and leaves nothing behind.

// life is a kind of object that several faces speak of.
type life struct {
	name    string
	voices  []voice
	furnish func(v *visit, id string) // hangs on it what can hang on it
	reread  bool                      // its name may be shortened or decorated by a face: reading it back is left to law (a)
}

// voice is how one face speaks of them. Ids are the bare ones of the model.
type voice struct {
	face   string
	create func(v *visit, name string) (id string)
	read   func(v *visit, id string) (name string, there bool)
	rename func(v *visit, id, name string)
	remove func(v *visit, id string)
}

// visit is a site with a token for each face.
type visit struct {
	*site
	tokens         map[string]string
	n              int
	also           []string // ids of what came into being with the object, gone with it
	client, secret string   // who asks for tokens, where the object is about that

	api, role, connection string // that clients are tied to
	lasting               string // a client that other objects are tied to
	grants                []string
}

var audiences = map[string]string{"native": siteURL + "/rest/v1", "transmit": siteURL + "/cis", "auth0": siteURL + "/api/v2/", "logto": "https://default.logto.app/api"}

func newVisit(t testing.TB) *visit {
	v := &visit{site: newSite(t), tokens: map[string]string{}}
	for face, audience := range audiences {
		v.tokens[face] = v.token(audience)
	}
	return v
}

var prefixes = map[string]string{"native": "/rest/v1", "transmit": "/cis/v1", "auth0": "/api/v2", "logto": "/api"}

// do calls an operation of a face, which must succeed, and gives its answer.
func (v *visit) do(face, method, path string, in any) map[string]any {
	v.t.Helper()
	res, body := v.call(v.tokens[face], method, prefixes[face]+path, in)
	if res.StatusCode >= 300 {
		v.t.Fatalf("%s: %s %s: %d %s", face, method, path, res.StatusCode, body)
	}
	return object(body)
}

// look is do for what may be gone: then it gives nil.
func (v *visit) look(face, path string) map[string]any {
	v.t.Helper()
	res, body := v.call(v.tokens[face], "GET", prefixes[face]+path, nil)
	if res.StatusCode == 404 {
		return nil
	}
	if res.StatusCode >= 300 {
		v.t.Fatalf("%s: GET %s: %d %s", face, path, res.StatusCode, body)
	}
	return object(body)
}

// object is the JSON object of an answer; Transmit's envelope is taken off, a list stands under "".
func object(body []byte) map[string]any {
	var out any
	_ = json.Unmarshal(body, &out)
	o, ok := out.(map[string]any)
	if !ok {
		return map[string]any{"": out}
	}
	if inner, ok := o["result"].(map[string]any); ok {
		return inner
	}
	return o
}

func text(o map[string]any, name string) string { s, _ := o[name].(string); return s }

type o = map[string]any

// tables gives the text columns of every table. What happened (the audit log, the log of deliveries, the mails that were written)
// is told after the object is gone.
func (s *site) tables() map[string][]string {
	s.t.Helper()
	told := []string{"events", "idempotency_keys", "webhook_deliveries", "webhook_attempts", "outbox_messages"}
	out := s.textColumns()
	for _, table := range told {
		delete(out, table)
	}
	// history, of layers that still are
	out["experience_versions"] = slices.DeleteFunc(out["experience_versions"], func(c string) bool { return c == "settings" })
	if len(out) < 15 {
		s.t.Fatalf("only %d tables were found", len(out))
	}
	return out
}

// textColumns are those of every table.
func (s *site) textColumns() map[string][]string {
	s.t.Helper()
	db := s.app.Config.DB
	query := "SELECT m.name AS t, p.name AS c FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND p.type = 'TEXT'"
	if db.Postgres {
		query = "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = current_schema() AND data_type = 'text'"
	}
	var rows []struct{ T, C string }
	if err := db.Read.NewRaw(query).Scan(context.Background(), &rows); err != nil {
		s.t.Fatal(err)
	}
	out := map[string][]string{}
	for _, r := range rows {
		out[r.T] = append(out[r.T], r.C)
	}
	return out
}

// orphans tells in which columns of the database an id is still spoken of.
func (s *site) orphans(tables map[string][]string, id string) (out []string) {
	s.t.Helper()
	for table, columns := range tables {
		q := s.app.Config.DB.Read.NewSelect().Table(table)
		for _, c := range columns {
			q = q.WhereOr("? LIKE ?", bun.Ident(c), "%"+id+"%")
		}
		n, err := q.Count(context.Background())
		if err != nil {
			s.t.Fatal(err)
		}
		if n == 0 {
			continue
		}
		for _, c := range columns {
			if n, _ := s.app.Config.DB.Read.NewSelect().Table(table).Where("? LIKE ?", bun.Ident(c), "%"+id+"%").Count(context.Background()); n > 0 {
				out = append(out, fmt.Sprintf("%s.%s", table, c))
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestLivesAcrossFaces goes through every order of faces: for each maker and each deleter an object is read by every face, and changed by
// each in turn.
func TestLivesAcrossFaces(t *testing.T) {
	for _, l := range []life{clientLives, applicationLives, resourceLives, scopeLives, roleLives, grantLives, connectionLives, domainLives, secretLives, webhookLives} {
		t.Run(l.name, func(t *testing.T) {
			v := newVisit(t)
			tables := v.tables()
			for _, maker := range l.voices {
				for _, remover := range l.voices {
					v.live(l, tables, maker, remover)
				}
			}
		})
	}
}

func (v *visit) live(l life, tables map[string][]string, maker, remover voice) {
	v.t.Helper()
	way := fmt.Sprintf("made by %s, deleted by %s", maker.face, remover.face)
	v.n++
	v.also, v.client, v.secret = nil, "", ""
	name := fmt.Sprintf("life-%d.example.com", v.n)
	id := maker.create(v, name)
	v.seen(l, way, id, name)
	if l.furnish != nil {
		l.furnish(v, id)
	}
	for i, changer := range l.voices {
		if changer.rename != nil {
			name = fmt.Sprintf("lived-%d-%d.example.com", v.n, i)
			changer.rename(v, id, name)
			v.seen(l, way+", changed by "+changer.face, id, name)
		}
	}
	v.opens(way, true)
	remover.remove(v, id)
	for _, each := range l.voices {
		if _, there := each.read(v, id); there {
			v.t.Errorf("%s: %s still sees it", way, each.face)
		}
	}
	v.opens(way, false)
	if err := v.app.usages.Flush(context.Background()); err != nil {
		v.t.Fatal(err)
	}
	for _, gone := range append(v.also, id) {
		if left := v.orphans(tables, gone); len(left) > 0 {
			v.t.Errorf("%s: %s is still in %v", way, gone, left)
		}
	}
}

// seen has every face read the object.
func (v *visit) seen(l life, way, id, name string) {
	v.t.Helper()
	for _, each := range l.voices {
		if got, there := each.read(v, id); !there || got != name && !l.reread {
			v.t.Errorf("%s: %s sees %q, there: %v", way, each.face, got, there)
		}
	}
}

// opens asks for tokens with the secret of the object, where it has one.
func (v *visit) opens(way string, want bool) {
	v.t.Helper()
	for _, path := range []string{"/oidc/token", "/oauth/token"} {
		if v.client == "" {
			return
		}
		got := v.ask(path, v.client, v.secret, url.Values{"audience": {siteURL + "/rest/v1"}})
		if want != (got.AccessToken != "") || !want && got.Error != "invalid_client" && got.Error != "access_denied" {
			v.t.Errorf("%s: %s says %+v", way, path, got)
		}
	}
}

// applicationOf gives the application of a client.
func (v *visit) applicationOf(client string) string {
	v.t.Helper()
	return text(v.do("native", "GET", "/clients/"+client, nil), "application_id")
}

// aside makes an application whose next client is a second one: such a client can be deleted by every face.
func (v *visit) aside() string {
	v.t.Helper()
	return text(v.do("native", "POST", "/applications", o{"name": "Aside", "client": o{"profile": "machine"}}), "id")
}

var clientLives = life{name: "clients",
	furnish: func(v *visit, id string) {
		v.furnishClient(id)
		v.client = id
		made := v.do("native", "POST", "/clients/"+id+"/secrets", o{"name": "Asks"})
		v.secret = text(made, "value")
		v.also = append(v.also, text(made, "id"))
		v.ask("/oidc/token", v.client, v.secret, url.Values{"resource": {siteURL + "/rest/v1"}})
		if err := v.app.usages.Flush(context.Background()); err != nil {
			v.t.Fatal(err)
		}
	},
	voices: []voice{
		{"native",
			func(v *visit, name string) string {
				return text(v.do("native", "POST", "/applications/"+v.aside()+"/clients", o{"name": name, "profile": "machine"}), "id")
			},
			func(v *visit, id string) (string, bool) {
				got := v.look("native", "/clients/"+id)
				return text(got, "name"), got != nil
			},
			func(v *visit, id, name string) { v.do("native", "PATCH", "/clients/"+id, o{"name": name}) },
			func(v *visit, id string) {
				app := v.applicationOf(id)
				if items, _ := v.do("native", "GET", "/applications/"+app+"/clients", nil)["items"].([]any); len(items) == 1 {
					v.do("native", "DELETE", "/applications/"+app, nil)
					v.also = append(v.also, app)
					return
				}
				v.do("native", "DELETE", "/clients/"+id, nil)
			},
		},
		{"transmit",
			func(v *visit, name string) string {
				app := v.aside()
				id := text(v.do("transmit", "POST", "/applications/"+app+"/clients", o{"name": name, "redirect_uris": []string{returns}}), "client_id")
				v.do("native", "PATCH", "/clients/"+id, o{"profile": "machine", "grant_types": []string{"client_credentials"}})
				return id
			},
			func(v *visit, id string) (string, bool) {
				if v.look("native", "/clients/"+id) == nil {
					return "", false
				}
				got := v.look("transmit", "/applications/"+v.applicationOf(id)+"/clients/"+id)
				return text(got, "name"), got != nil
			},
			func(v *visit, id, name string) {
				v.do("transmit", "PUT", "/applications/"+v.applicationOf(id)+"/clients/"+id, o{"name": name})
			},
			func(v *visit, id string) {
				app := v.applicationOf(id)
				if items, _ := v.do("native", "GET", "/applications/"+app+"/clients", nil)["items"].([]any); len(items) == 1 {
					v.do("transmit", "DELETE", "/applications/"+app, nil)
					v.also = append(v.also, app)
					return
				}
				v.do("transmit", "DELETE", "/applications/"+app+"/clients/"+id, nil)
			},
		},
		{"auth0",
			func(v *visit, name string) string {
				return text(v.do("auth0", "POST", "/clients", o{"name": name, "app_type": "non_interactive"}), "client_id")
			},
			func(v *visit, id string) (string, bool) {
				got := v.look("auth0", "/clients/"+id)
				return text(got, "name"), got != nil
			},
			func(v *visit, id, name string) { v.do("auth0", "PATCH", "/clients/"+id, o{"name": name}) },
			func(v *visit, id string) { v.do("auth0", "DELETE", "/clients/"+id, nil) },
		},
		{"logto",
			func(v *visit, name string) string {
				return text(v.do("logto", "POST", "/applications", o{"name": name, "type": "MachineToMachine"}), "id")
			},
			func(v *visit, id string) (string, bool) {
				got := v.look("logto", "/applications/"+id)
				return text(got, "name"), got != nil
			},
			func(v *visit, id, name string) { v.do("logto", "PATCH", "/applications/"+id, o{"name": name}) },
			func(v *visit, id string) { v.do("logto", "DELETE", "/applications/"+id, nil) },
		},
	},
}

// furnishClient hangs on a client what can hang on one.
func (v *visit) furnishClient(id string) {
	v.t.Helper()
	app := v.applicationOf(id)
	api, role, connection := v.shared()
	for _, in := range []struct {
		face, method, path string
		body               any
	}{
		{"native", "POST", "/clients/" + id + "/secrets/import", o{"name": "Brought", "value": "brought-along-0123456789-" + id}},
		{"native", "POST", "/clients/" + id + "/keys", o{"name": "Signer", "jwk": publicJWK()}},
		{"native", "POST", "/client-grants", o{"client_id": id, "identifier": api, "scopes": []string{"live"}}},
		{"native", "POST", "/clients/" + id + "/roles", o{"role_ids": []string{role}}},
		{"native", "PATCH", "/connections/" + connection + "/clients", o{"clients": []any{o{"client_id": id, "enabled": true}}}},
		{"native", "PATCH", "/applications/" + app + "/experience", o{"branding": o{"display_name": "Furnished"}}},
		{"logto", "PUT", "/applications/" + id + "/sign-in-experience", o{"color": o{"primaryColor": "#123456"}, "termsOfUseUrl": nil, "privacyPolicyUrl": nil}},
	} {
		if res, body := v.call(v.tokens[in.face], in.method, prefixes[in.face]+in.path, in.body); res.StatusCode >= 300 {
			v.t.Fatalf("%s %s %s: %d %s", in.face, in.method, in.path, res.StatusCode, body)
		}
	}
	if v.n%2 == 0 { // people who are invited come through this client
		v.do("native", "PATCH", "/applications/"+app, o{"invite_client_id": id})
	}
}

// shared makes an API, a role and a connection which every furnished client is tied to.
func (v *visit) shared() (api, role, connection string) {
	v.t.Helper()
	if v.api == "" {
		v.api = "https://lives.example.com/"
		v.do("native", "POST", "/resources", o{"identifier": v.api, "scopes": []any{o{"name": "live"}}})
		v.role = text(v.do("native", "POST", "/roles", o{"name": "Living", "kind": "machine"}), "id")
		v.connection = text(v.do("native", "POST", "/connections", o{"name": "lives", "strategy": "oidc"}), "id")
	}
	return v.api, v.role, v.connection
}

// idOf finds an object in a list by its name.
func (v *visit) idOf(list, name string) string {
	v.t.Helper()
	items, _ := v.do("native", "GET", list+"?limit=100", nil)["items"].([]any)
	for _, item := range items {
		if m := item.(o); m["name"] == name || m["identifier"] == name {
			return text(m, "id")
		}
	}
	v.t.Fatalf("%s is not in %s", name, list)
	return ""
}

var applicationLives = life{name: "applications",
	furnish: func(v *visit, app string) {
		items, _ := v.do("native", "GET", "/applications/"+app+"/clients", nil)["items"].([]any)
		client := text(items[0].(o), "id")
		v.do("native", "PATCH", "/clients/"+client, o{"profile": "machine", "grant_types": []string{"client_credentials"}})
		v.furnishClient(client)
		made := v.do("native", "POST", "/clients/"+client+"/secrets", o{"name": "Asks"})
		v.client, v.secret = client, text(made, "value")
		key := v.do("native", "POST", "/applications/"+app+"/keys", o{"name": "Own", "alg": "ES256"})
		connection := v.do("native", "POST", "/connections", o{"name": fmt.Sprintf("own-%d", v.n), "strategy": "google", "application_id": app})
		saml := v.do("native", "POST", "/applications/"+app+"/clients", o{"name": "SAML", "protocol": "saml", "saml": o{"entity_id": "urn:" + app, "acs_url": "https://sp.example.com/acs"}})
		certificate := v.do("logto", "POST", "/saml-applications/"+text(saml, "id")+"/secrets", o{"lifeSpanInYears": 1})
		v.also = append(v.also, client, text(made, "id"), text(key, "id"), text(saml, "id"), text(certificate, "id"), text(connection, "id"))
	},
	voices: []voice{
		{"native",
			func(v *visit, name string) string {
				return text(v.do("native", "POST", "/applications", o{"name": name, "client": o{"profile": "machine"}}), "id")
			},
			func(v *visit, id string) (string, bool) {
				got := v.look("native", "/applications/"+id)
				return text(got, "name"), got != nil
			},
			func(v *visit, id, name string) { v.do("native", "PATCH", "/applications/"+id, o{"name": name}) },
			func(v *visit, id string) { v.do("native", "DELETE", "/applications/"+id, nil) },
		},
		{"transmit",
			func(v *visit, name string) string {
				return text(v.do("transmit", "POST", "/applications", o{"app_name": name, "client_display_name": name}), "app_id")
			},
			func(v *visit, id string) (string, bool) {
				got := v.look("transmit", "/applications/"+id)
				return text(got, "app_name"), got != nil
			},
			func(v *visit, id, name string) { v.do("transmit", "PUT", "/applications/"+id, o{"app_name": name}) },
			func(v *visit, id string) { v.do("transmit", "DELETE", "/applications/"+id, nil) },
		},
		{"console",
			func(v *visit, name string) string {
				v.entered()
				if res, body := v.change("/console/applications/new?framework=other", "/console/applications", url.Values{"name": {name}, "address": {"https://story.example.com"}}); res.StatusCode >= 400 {
					v.t.Fatalf("create: %d %s", res.StatusCode, body)
				}
				return v.idOf("/applications", name)
			},
			func(v *visit, id string) (string, bool) {
				v.entered()
				if res, _ := v.get("/console/applications/" + id + "/settings"); res.StatusCode == 404 {
					return "", false
				}
				_, page := v.get("/console/applications/" + id + "/settings")
				return v.form(page, "/console/applications/"+id+"/settings").Get("name"), true
			},
			func(v *visit, id, name string) {
				v.entered()
				at := "/console/applications/" + id + "/settings"
				if res, body := v.change(at, at, url.Values{"name": {name}}); res.StatusCode != 303 {
					v.t.Errorf("rename: %d %s", res.StatusCode, body)
				}
			},
			func(v *visit, id string) {
				v.entered()
				at := "/console/applications/" + id + "/delete"
				if res, body := v.change(at, at, url.Values{"confirm": {text(v.do("native", "GET", "/applications/"+id, nil), "name")}}); res.StatusCode != 303 {
					v.t.Errorf("remove: %d %.2000s", res.StatusCode, body)
				}
			},
		},
	},
}

// entered signs in the first time.
func (v *visit) entered() {
	v.t.Helper()
	u, _ := url.Parse(siteURL)
	if len(v.jar.Cookies(u)) == 0 {
		v.signIn()
	}
}
