package handlers

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"testing"

	"gatehouse/models"
)

// teller tells the story of an application through one face: it is made, described, gets a second client, which is renamed and
// deleted, and rests.
type teller struct {
	name     string
	create   func(s *site) (app string)
	describe func(s *site, app, description string)
	add      func(s *site, app, name string) (client string)
	rename   func(s *site, app, client, name string)
	remove   func(s *site, app, client string)
}

const returns = "https://story.example.com/callback"

// TestOneStoryThroughEveryFace compares the rows and the events that the tellers leave.
func TestOneStoryThroughEveryFace(t *testing.T) {
	type left struct {
		rows   map[string]any
		events []string
	}
	told := map[string]left{}
	for _, teller := range []teller{throughREST, throughTransmit, throughConsole} {
		t.Run(teller.name, func(t *testing.T) {
			s := newSite(t)
			s.signIn()
			from := s.events()
			app := teller.create(s)
			teller.describe(s, app, "Told by everybody")
			second := teller.add(s, app, "Second")
			teller.rename(s, app, second, "Second one")
			teller.remove(s, app, second)
			told[teller.name] = left{s.rowsOf(app), s.eventsOf(app, from)}
		})
	}
	want := told[throughREST.name]
	for name, got := range told {
		if !slices.Equal(got.events, want.events) {
			t.Errorf("%s leaves the events\n%v, native\n%v", name, got.events, want.events)
		}
		for _, key := range slices.Sorted(maps.Keys(want.rows)) {
			if !reflect.DeepEqual(got.rows[key], want.rows[key]) {
				t.Errorf("%s leaves %s as %v, native as %v", name, key, got.rows[key], want.rows[key])
			}
		}
		for key, value := range got.rows {
			if _, known := want.rows[key]; !known {
				t.Logf("%s leaves %s as %v, native leaves it out", name, key, value)
			}
		}
	}
}

// rowsOf is what is stored of an application and its clients, by path, without ids, times and who made it.
func (s *site) rowsOf(app string) map[string]any {
	s.t.Helper()
	ctx, db := context.Background(), s.app.Config.DB.Read
	var row models.Application
	var clients []models.Client
	var secrets []models.Credential
	for _, err := range []error{
		db.NewSelect().Model(&row).Where("id = ?", app).Scan(ctx),
		db.NewSelect().Model(&clients).Where("application_id = ?", app).Order("created_at").Scan(ctx),
		db.NewSelect().Model(&secrets).Where("client_id IN (SELECT id FROM clients WHERE application_id = ?)", app).Order("created_at").Scan(ctx),
	} {
		if err != nil {
			s.t.Fatal(err)
		}
	}
	out := map[string]any{}
	raw, _ := json.Marshal(map[string]any{"application": row, "clients": clients, "secrets": secrets})
	var tree any
	_ = json.Unmarshal(raw, &tree)
	flat("", tree, out)
	return out
}

var unlike = map[string]bool{"id": true, "application_id": true, "client_id": true, "default_client_id": true, "created_at": true, "updated_at": true, "created_by": true,
	"prefix": true, "last_four": true, "last4": true, "hint": true, "thumbprint": true,
	"framework": true, "post_logout_redirect_uris": true, // what only the form of the console asks for
	"access_token_lifetime_seconds": true, "absolute_seconds": true, "session_lifetime_seconds": true, "pkce": true} // Transmit's document has defaults of its own

func flat(at string, value any, out map[string]any) {
	switch v := value.(type) {
	case map[string]any:
		for name, child := range v {
			if !unlike[name] {
				flat(at+"."+name, child, out)
			}
		}
	case []any:
		for i, child := range v {
			flat(at+"["+string(rune('0'+i%10))+"]", child, out)
		}
	default:
		out[at] = v
	}
}

// eventsOf are the events since a count of them, as "type object".
func (s *site) eventsOf(app string, from int64) (out []string) {
	s.t.Helper()
	var rows []models.Event
	if err := s.app.Config.DB.Read.NewSelect().Model(&rows).Where("application_id = ?", app).Order("at", "id").Scan(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	for _, e := range rows {
		out = append(out, e.Type+" "+e.ObjectName+" "+e.Outcome)
	}
	slices.Sort(out) // events of one transaction bear one time
	if s.events() == from {
		s.t.Error("nothing was recorded")
	}
	return out
}

var throughREST = teller{name: "native",
	create: func(s *site) string {
		var out struct{ ID string }
		s.decode(&out, s.token(siteURL+"/rest/v1"), "POST", "/rest/v1/applications", map[string]any{"name": "Story", "client": map[string]any{"name": "Story", "profile": "web", "redirect_uris": []string{returns}}})
		return out.ID
	},
	describe: func(s *site, app, description string) {
		var out any
		s.decode(&out, s.token(siteURL+"/rest/v1"), "PATCH", "/rest/v1/applications/"+app, map[string]any{"description": description})
	},
	add: func(s *site, app, name string) string {
		var out struct{ ID string }
		s.decode(&out, s.token(siteURL+"/rest/v1"), "POST", "/rest/v1/applications/"+app+"/clients", map[string]any{"name": name, "profile": "web", "redirect_uris": []string{returns}})
		return out.ID
	},
	rename: func(s *site, _, client, name string) {
		var out any
		s.decode(&out, s.token(siteURL+"/rest/v1"), "PATCH", "/rest/v1/clients/"+client, map[string]any{"name": name})
	},
	remove: func(s *site, _, client string) {
		if res, body := s.call(s.token(siteURL+"/rest/v1"), "DELETE", "/rest/v1/clients/"+client, nil); res.StatusCode != 204 {
			s.t.Errorf("delete: %d %s", res.StatusCode, body)
		}
	},
}

var throughTransmit = teller{name: "transmit",
	create: func(s *site) string {
		var out struct {
			Result struct {
				ID string `json:"app_id"`
			}
		}
		s.decode(&out, s.token(siteURL+"/cis"), "POST", "/cis/v1/applications", map[string]any{"app_name": "Story", "client_display_name": "Story", "redirect_uris": []string{returns}})
		return out.Result.ID
	},
	describe: func(s *site, app, description string) {
		var out any
		s.decode(&out, s.token(siteURL+"/cis"), "PUT", "/cis/v1/applications/"+app, map[string]any{"app_description": description})
	},
	add: func(s *site, app, name string) string {
		var out struct {
			ID string `json:"client_id"`
		}
		s.decode(&out, s.token(siteURL+"/cis"), "POST", "/cis/v1/applications/"+app+"/clients", map[string]any{"name": name, "redirect_uris": []string{returns}})
		return out.ID
	},
	rename: func(s *site, app, client, name string) {
		var out any
		s.decode(&out, s.token(siteURL+"/cis"), "PUT", "/cis/v1/applications/"+app+"/clients/"+client, map[string]any{"name": name})
	},
	remove: func(s *site, app, client string) {
		if res, body := s.call(s.token(siteURL+"/cis"), "DELETE", "/cis/v1/applications/"+app+"/clients/"+client, nil); res.StatusCode != 204 {
			s.t.Errorf("delete: %d %s", res.StatusCode, body)
		}
	},
}

var throughConsole = teller{name: "console",
	create: func(s *site) string {
		res, body := s.change("/console/applications/new?framework=other", "/console/applications", url.Values{"name": {"Story"}, "address": {"https://story.example.com"}})
		if res.StatusCode >= 400 {
			s.t.Fatalf("create: %d %s", res.StatusCode, body)
		}
		var row models.Application
		if err := s.app.Config.DB.Read.NewSelect().Model(&row).Where("name = 'Story'").Scan(context.Background()); err != nil {
			s.t.Fatal(err)
		}
		return row.ID
	},
	describe: func(s *site, app, description string) {
		at := "/console/applications/" + app + "/settings"
		if res, body := s.change(at, at, url.Values{"description": {description}}); res.StatusCode != 303 {
			s.t.Errorf("describe: %d %s", res.StatusCode, body)
		}
	},
	add: func(s *site, app, name string) string {
		at := "/console/applications/" + app + "/clients/new"
		if res, body := s.change(at+"?profile=web", at, url.Values{"name": {name}, "redirect_uris": {"", returns}}); res.StatusCode >= 400 {
			s.t.Fatalf("add: %d %s", res.StatusCode, body)
		}
		var row models.Client
		if err := s.app.Config.DB.Read.NewSelect().Model(&row).Where("name = ?", name).Scan(context.Background()); err != nil {
			s.t.Fatal(err)
		}
		return row.ID
	},
	rename: func(s *site, _, client, name string) {
		at := "/console/clients/" + client + "/settings"
		if res, body := s.change(at, at, url.Values{"name": {name}}); res.StatusCode != 303 {
			s.t.Errorf("rename: %d %s", res.StatusCode, body)
		}
	},
	remove: func(s *site, _, client string) {
		at := "/console/clients/" + client + "/delete"
		if res, body := s.change(at, at, url.Values{"confirm": {"Second one"}}); res.StatusCode != 303 {
			s.t.Errorf("remove: %d %s", res.StatusCode, body)
		}
	},
}
