package handlers

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// shot is one call of several that start at the same moment.
type shot struct {
	face, method, path string
	in                 any
}

// volley starts calls at the same moment and gives their statuses and bodies in the order of the calls.
func (v *visit) volley(at string, shots []shot) ([]int, []string) {
	v.t.Helper()
	statuses, bodies := make([]int, len(shots)), make([]string, len(shots))
	start, done := make(chan struct{}), sync.WaitGroup{}
	for i, s := range shots {
		raw, err := json.Marshal(s.in)
		if err != nil {
			v.t.Fatal(err)
		}
		req, err := http.NewRequest(s.method, at+prefixes[s.face]+s.path, bytes.NewReader(raw))
		if err != nil {
			v.t.Fatal(err)
		}
		req.Host = "localhost:8080"
		req.Header = http.Header{"Authorization": {"Bearer " + v.tokens[s.face]}, "Content-Type": {"application/json"}, "X-Forwarded-For": {fmt.Sprintf("10.9.8.%d", i)}}
		done.Go(func() {
			<-start
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				bodies[i] = err.Error()
				return
			}
			defer res.Body.Close()
			body, _ := io.ReadAll(res.Body)
			statuses[i], bodies[i] = res.StatusCode, string(body)
		})
	}
	close(start)
	done.Wait()
	return statuses, bodies
}

// STYLE section 9: a change without a version of the caller's is not refused because another one came first, on any face.
func TestChangesWithoutAVersionAllCountWhenTheyRace(t *testing.T) {
	v := newVisit(t)
	at := v.listen()
	app := text(v.do("native", "POST", "/applications", o{"name": "Shop"}), "id")
	resource := text(v.do("native", "POST", "/resources", o{"identifier": "https://orders.example.com", "name": "Orders"}), "id")
	role := text(v.do("native", "POST", "/roles", o{"name": "Shipper", "kind": "machine"}), "id")
	for name, one := range map[string]func(i int) shot{
		"application": func(i int) shot {
			return shot{"native", "PATCH", "/applications/" + app, o{"description": fmt.Sprint("d", i)}}
		},
		"resource": func(i int) shot {
			return shot{"native", "PATCH", "/resources/" + resource, o{"name": fmt.Sprint("n", i)}}
		},
		"role": func(i int) shot {
			return shot{"native", "PATCH", "/roles/" + role, o{"description": fmt.Sprint("d", i)}}
		},
		"settings": func(i int) shot { return shot{"native", "PATCH", "/settings", o{"name": fmt.Sprint("n", i)}} },
		"experience": func(i int) shot {
			return shot{"native", "PATCH", "/experience", o{"branding": o{"display_name": fmt.Sprint("n", i)}}}
		},
		"auth0 settings": func(i int) shot {
			return shot{"auth0", "PATCH", "/tenants/settings", o{"friendly_name": fmt.Sprint("n", i)}}
		},
		"auth0 branding": func(i int) shot {
			return shot{"auth0", "PATCH", "/branding", o{"colors": o{"primary": fmt.Sprintf("#1034%02d", 10+i)}}}
		},
		"auth0 texts": func(i int) shot {
			return shot{"auth0", "PUT", "/prompts/login/custom-text/en", o{"login": o{"title": fmt.Sprint("t", i)}}}
		},
		"logto experience": func(i int) shot {
			return shot{"logto", "PATCH", "/sign-in-exp", o{"color": o{"primaryColor": fmt.Sprintf("#1034%02d", 10+i), "isDarkModeEnabled": false, "darkPrimaryColor": "#8768F8"}}}
		},
		"logto phrases": func(i int) shot {
			return shot{"logto", "PUT", "/custom-phrases/fr", o{"action": o{"sign_in": fmt.Sprint("Entrer ", i)}}}
		},
		"transmit client": func(i int) shot {
			return shot{"native", "PATCH", "/clients/" + machineID, o{"description": fmt.Sprint("d", i)}}
		},
		"logto custom data": func(i int) shot {
			return shot{"logto", "PATCH", "/applications/" + machineID + "/custom-data", o{fmt.Sprint("k", i): i}}
		},
		"auth0 mail template": func(i int) shot {
			return shot{"auth0", "PUT", "/email-templates/verify_email", o{"template": "verify_email", "subject": fmt.Sprint("s", i), "body": "<p>{{ url }}</p>", "from": "a@example.com", "syntax": "liquid", "enabled": true}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "auth0 mail template" { // what is replaced exists
				v.do("auth0", "POST", "/email-templates", one(9).in)
			}
			shots := make([]shot, 8)
			for i := range shots {
				shots[i] = one(i)
			}
			statuses, bodies := v.volley(at, shots)
			for i, status := range statuses {
				if status >= 300 || status == 0 {
					t.Errorf("%s %s: %d %.300s", shots[i].method, shots[i].path, status, bodies[i])
				}
			}
		})
	}
	if data := v.do("logto", "GET", "/applications/"+machineID, nil)["customData"].(o); len(data) != 8 {
		t.Errorf("each change is there: %v", data)
	}
}

// SECURITY-BAR M5: who adds something to what is being deleted is told that it is gone, or comes first; and the deletion is not lost.
func TestAnAdditionBesideADeletionIsNoServerError(t *testing.T) {
	v := newVisit(t)
	at := v.listen()
	for round := range 6 {
		api := v.do("auth0", "POST", "/resource-servers", o{"identifier": fmt.Sprintf("https://api%d.example.com", round), "scopes": []o{{"value": "read"}}})
		id, identifier := text(api, "id"), text(api, "identifier")
		role := text(v.do("native", "POST", "/roles", o{"name": fmt.Sprint("Role ", round), "kind": "machine"}), "id")
		hook := text(v.do("native", "POST", "/webhooks", o{"name": "Stock", "url": "https://hooks.example.com/", "events": []string{"role.created"}}), "id")
		client := text(v.do("native", "POST", "/applications", o{"name": "Shop", "client": o{"profile": "machine"}})["client"].(o), "id")
		shots := []shot{
			{"auth0", "DELETE", "/resource-servers/" + id, o{}},
			{"auth0", "POST", "/client-grants", o{"client_id": client, "audience": identifier, "scope": []string{"read"}}},
			{"native", "POST", "/resources/" + id + "/scopes", o{"name": "write"}},
			{"auth0", "PATCH", "/resource-servers/" + id, o{"scopes": []o{{"value": "read"}, {"value": "more"}}}},
			{"native", "DELETE", "/roles/" + role, o{}},
			{"logto", "POST", "/roles/" + role + "/applications", o{"applicationIds": []string{client}}},
			{"logto", "POST", "/applications/" + client + "/roles", o{"roleIds": []string{role}}},
			{"native", "DELETE", "/webhooks/" + hook, o{}},
			{"native", "PATCH", "/webhooks/" + hook, o{"name": "One"}},
			{"native", "PATCH", "/webhooks/" + hook, o{"name": "Two"}},
		}
		statuses, bodies := v.volley(at, shots)
		for i, status := range statuses {
			if status >= 500 || status == 0 || shots[i].method == "DELETE" && status >= 300 {
				t.Errorf("%s %s: %d %.300s", shots[i].method, shots[i].path, status, bodies[i])
			}
		}
		if v.look("native", "/resources/"+id) != nil || v.look("native", "/roles/"+role) != nil || v.look("native", "/webhooks/"+hook) != nil {
			t.Error("a deletion was lost")
		}
	}
}

// Of several rotations at the same moment none is refused after it has turned the ring.
func TestRotationsAtOnceAreAllAnswered(t *testing.T) {
	v := newVisit(t)
	at := v.listen()
	v.do("auth0", "POST", "/keys/signing/rotate", nil)
	shots := make([]shot, 4)
	for i := range shots {
		shots[i] = shot{"auth0", "POST", "/keys/signing/rotate", o{}}
	}
	statuses, bodies := v.volley(at, shots)
	for i, status := range statuses {
		if status != 201 {
			t.Errorf("%d %.300s", status, bodies[i])
		}
	}
	next := 0
	for _, k := range v.do("native", "GET", "/keys", nil)["items"].([]any) {
		if k := k.(o); text(k, "alg") == "RS256" && text(k, "status") == "next" {
			next++
		}
	}
	if next != 1 {
		t.Errorf("%d keys wait", next)
	}
}

// SECURITY-BAR T3, M2: faces that are taken from a management application close at once, also when as many others take their place.
func TestSwappedManagementFacesCountAtOnce(t *testing.T) {
	v := newVisit(t)
	made := v.do("native", "POST", "/applications", o{"name": "Robot", "kind": "management", "management_faces": []string{"native"}})
	id, secret := text(made["client"].(o), "id"), text(made["secret"].(o), "value")
	old := v.tokenOf(id, secret, audiences["native"])
	if res, body := v.call(old, "GET", "/rest/v1/applications", nil); res.StatusCode != 200 {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	v.do("native", "PATCH", "/applications/"+text(made, "id"), o{"management_faces": []string{"auth0"}})
	if res, body := v.call(old, "GET", "/rest/v1/applications", nil); res.StatusCode != 401 && res.StatusCode != 403 {
		t.Errorf("the old token: %d %.200s", res.StatusCode, body)
	}
	if res, body := v.call(v.tokenOf(id, secret, audiences["auth0"]), "GET", "/api/v2/clients", nil); res.StatusCode != 200 && !strings.Contains(string(body), "insufficient_scope") {
		t.Errorf("the new face: %d %.200s", res.StatusCode, body)
	}
}
