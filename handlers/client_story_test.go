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

// clientTeller tells the story of a client through one face: it is made, told of, sent elsewhere, renamed, gets a new secret and goes.
// Some faces know clients only, so its application is no part of the story.
type clientTeller struct {
	face   string
	create func(v *visit) (id string)
	change func(v *visit, id string, is clientFacts)
	secret func(v *visit, id string)
	remove func(v *visit, id string)
}

type clientFacts struct{ name, description, redirect string }

// ofDialect are members whose defaults are those of the dialect that creates (unified model, resolution 12).
var ofDialect = map[string]bool{"is_default": true, "grant_types": true, "response_types": true, "refresh_token": true, "id_token_lifetime_seconds": true,
	"token_endpoint_auth_method": true, "stored": true, "version": true, "name": false}

// TestAClientsStoryThroughEveryFace compares the row and the events of the client that each teller leaves.
func TestAClientsStoryThroughEveryFace(t *testing.T) {
	type left struct {
		row    map[string]any
		events []string
	}
	told := map[string]left{}
	for _, teller := range clientTellers {
		v := newVisit(t)
		id := teller.create(v)
		teller.change(v, id, clientFacts{"Story", "Told by everybody", "https://story.example.com/second"})
		teller.change(v, id, clientFacts{"The story", "Told by everybody", "https://story.example.com/second"})
		teller.secret(v, id)
		row := v.clientRow(id)
		if teller.remove(v, id); v.look("native", "/clients/"+id) != nil {
			t.Errorf("%s did not remove the client", teller.face)
		}
		told[teller.face] = left{row, v.clientEvents(id)}
	}
	want := told["native"]
	for face, got := range told {
		if !slices.Equal(got.events, want.events) {
			t.Errorf("%s leaves the events\n%v, native\n%v", face, got.events, want.events)
		}
		for _, key := range slices.Sorted(maps.Keys(want.row)) {
			if !reflect.DeepEqual(got.row[key], want.row[key]) {
				t.Errorf("%s leaves %s as %v, native as %v", face, key, got.row[key], want.row[key])
			}
		}
	}
	if want.row[".client.name"] != "The story" || len(want.events) < 4 {
		t.Errorf("the story left %v and %v", want.row, want.events)
	}
}

func (v *visit) clientRow(id string) map[string]any {
	v.t.Helper()
	var row models.Client
	if err := v.app.Config.DB.Read.NewSelect().Model(&row).Where("id = ?", id).Scan(context.Background()); err != nil {
		v.t.Fatal(err)
	}
	var tree map[string]any
	raw, _ := json.Marshal(row)
	_ = json.Unmarshal(raw, &tree)
	for name, out := range ofDialect {
		if out {
			delete(tree, name)
		}
	}
	out := map[string]any{}
	flat("", map[string]any{"client": tree}, out)
	return out
}

// clientEvents are those of the client and of its credentials. How a secret is replaced differs: the events of secrets are counted as one.
func (v *visit) clientEvents(id string) (out []string) {
	v.t.Helper()
	var rows []models.Event
	if err := v.app.Config.DB.Read.NewSelect().Model(&rows).Where("object_id = ?", id).Order("at", "id").Scan(context.Background()); err != nil {
		v.t.Fatal(err)
	}
	for _, e := range rows {
		out = append(out, e.Type+" "+e.ObjectName+" "+e.Outcome)
	}
	slices.Sort(out)
	n, err := v.app.Config.DB.Read.NewSelect().Table("events").Where("type = 'secret.created'").
		Where("application_id IN (SELECT application_id FROM events WHERE object_id = ?)", id).Count(context.Background())
	if err != nil || n < 1 {
		v.t.Errorf("%d secrets were recorded, %v", n, err)
	}
	return out
}

var clientTellers = []clientTeller{
	{"native",
		func(v *visit) string {
			return text(v.do("native", "POST", "/applications/"+v.aside()+"/clients", o{"name": "Story", "profile": "web", "redirect_uris": []string{returns}}), "id")
		},
		func(v *visit, id string, is clientFacts) {
			v.do("native", "PATCH", "/clients/"+id, o{"name": is.name, "description": is.description, "redirect_uris": []string{is.redirect}})
		},
		func(v *visit, id string) { v.do("native", "POST", "/clients/"+id+"/secrets", o{"name": "Second"}) },
		func(v *visit, id string) { v.do("native", "DELETE", "/clients/"+id, nil) },
	},
	{"transmit",
		func(v *visit) string {
			return text(v.do("transmit", "POST", "/applications/"+v.aside()+"/clients", o{"name": "Story", "redirect_uris": []string{returns}}), "client_id")
		},
		func(v *visit, id string, is clientFacts) {
			v.do("transmit", "PUT", "/applications/"+v.applicationOf(id)+"/clients/"+id, o{"name": is.name, "description": is.description, "redirect_uris": []string{is.redirect}})
		},
		func(v *visit, id string) { v.do("native", "POST", "/clients/"+id+"/secrets", o{"name": "Second"}) }, // it has no operation for secrets
		func(v *visit, id string) {
			v.do("transmit", "DELETE", "/applications/"+v.applicationOf(id)+"/clients/"+id, nil)
		},
	},
	{"auth0",
		func(v *visit) string {
			return text(v.do("auth0", "POST", "/clients", o{"name": "Story", "app_type": "regular_web", "callbacks": []string{returns}}), "client_id")
		},
		func(v *visit, id string, is clientFacts) {
			v.do("auth0", "PATCH", "/clients/"+id, o{"name": is.name, "description": is.description, "callbacks": []string{is.redirect}})
		},
		func(v *visit, id string) { v.do("auth0", "POST", "/clients/"+id+"/rotate-secret", nil) },
		func(v *visit, id string) { v.do("auth0", "DELETE", "/clients/"+id, nil) },
	},
	{"logto",
		func(v *visit) string {
			return text(v.do("logto", "POST", "/applications", o{"name": "Story", "type": "Traditional", "oidcClientMetadata": o{"redirectUris": []string{returns}, "postLogoutRedirectUris": []string{}}}), "id")
		},
		func(v *visit, id string, is clientFacts) {
			v.do("logto", "PATCH", "/applications/"+id, o{"name": is.name, "description": is.description, "oidcClientMetadata": o{"redirectUris": []string{is.redirect}, "postLogoutRedirectUris": []string{}}})
		},
		func(v *visit, id string) {
			v.do("logto", "POST", "/applications/"+id+"/secrets", o{"name": "Second", "expiresAt": nil})
		},
		func(v *visit, id string) { v.do("logto", "DELETE", "/applications/"+id, nil) },
	},
	{"console",
		func(v *visit) string {
			v.entered()
			at := "/console/applications/" + v.aside() + "/clients/new"
			if res, body := v.change(at+"?profile=web", at, url.Values{"name": {"Story"}, "redirect_uris": {"", returns}}); res.StatusCode >= 400 {
				v.t.Fatalf("add: %d %s", res.StatusCode, body)
			}
			return v.idOf("/clients", "Story")
		},
		func(v *visit, id string, is clientFacts) {
			at := "/console/clients/" + id + "/settings"
			if res, body := v.change(at, at, url.Values{"name": {is.name}, "description": {is.description}, "redirect_uris": {"", is.redirect}}); res.StatusCode != 303 {
				v.t.Errorf("change: %d %.2000s", res.StatusCode, body)
			}
		},
		func(v *visit, id string) { v.do("native", "POST", "/clients/"+id+"/secrets", o{"name": "Second"}) },
		func(v *visit, id string) {
			at := "/console/clients/" + id + "/delete"
			if res, body := v.change(at, at, url.Values{"confirm": {"The story"}}); res.StatusCode != 303 {
				v.t.Errorf("remove: %d %.2000s", res.StatusCode, body)
			}
		},
	},
}
