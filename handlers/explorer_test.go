package handlers

import (
	"net/url"
	"strings"
	"testing"

	"gatehouse/models"
	"gatehouse/web"
)

// explore opens an operation in the API explorer and sends it.
func (s *site) explore(face, op string, fields url.Values) (status int, body string) {
	s.t.Helper()
	at := "/console/explorer?" + url.Values{"face": {face}, "op": {op}}.Encode()
	res, page := s.change(at, at, fields)
	return res.StatusCode, string(page)
}

// TestTheExplorerActsAsThePersonWhoAsks creates through a form, is refused what the role does not allow, and leaves a trace.
func TestTheExplorerActsAsThePersonWhoAsks(t *testing.T) {
	s := newSite(t)
	s.signIn()
	status, page := s.explore("native", "POST /rest/v1/applications", url.Values{"body": {`{"name":"Explored"}`}})
	if status != 200 || !strings.Contains(page, "201 Created") || !strings.Contains(page, "-X POST") {
		t.Fatalf("%d %.2000s", status, page)
	}
	token := s.token(siteURL + "/rest/v1")
	var list struct {
		Items []struct{ ID, Name, Face, Type string }
	}
	s.decode(&list, token, "GET", "/rest/v1/applications?q=Explored", nil)
	if len(list.Items) != 1 {
		t.Fatalf("%+v", list)
	}
	id := list.Items[0].ID
	s.decode(&list, token, "GET", "/rest/v1/events?type=application.created&q=Explored", nil)
	var event models.Event
	if err := s.app.Config.DB.Read.NewSelect().Model(&event).Where("object_id = ?", id).Where("type = 'application.created'").Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if event.Face != models.FaceNative || event.ActorKind != models.ActorAdministrator || event.ActorName == "" {
		t.Errorf("recorded as %+v", event)
	}
	if _, page = s.explore("native", "GET /rest/v1/applications/:id", url.Values{"path.id": {id}}); !strings.Contains(page, "200 OK") || !strings.Contains(page, "/rest/v1/applications/"+id) {
		t.Errorf("get: %.2000s", page)
	}
	if status, page = s.explore("native", "GET /rest/v1/applications/:id", url.Values{"path.id": {""}}); status != 422 || !strings.Contains(page, "This part of the path is needed.") {
		t.Errorf("without an id: %d", status)
	}
	if _, page = s.explore("native", "GET /rest/v1/applications/:id", url.Values{"path.id": {"../settings"}}); !strings.Contains(page, "404 Not Found") {
		t.Errorf("a path in a parameter: %.2000s", page)
	}
	if _, page = s.explore("native", "POST /rest/v1/applications", url.Values{"body": {`{"shoe":1}`}}); !strings.Contains(page, "422 Unprocessable Entity") || !strings.Contains(page, "shoe") {
		t.Errorf("a wrong body: %.2000s", page)
	}
	if _, page = s.explore("transmit", "GET /cis/v1/applications", unchanged()); !strings.Contains(page, "200 OK") || !strings.Contains(page, id) {
		t.Errorf("transmit: %.2000s", page)
	}
}

// TestTheExplorerNeverDoesMoreThanTheRole sends what a viewer may not.
func TestTheExplorerNeverDoesMoreThanTheRole(t *testing.T) {
	s := newSite(t)
	s.signIn()
	_, err := s.app.Config.DB.Write.NewUpdate().Table("administrators").Set("role = 'viewer'").Where("email = ?", ownerEmail).Exec(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := s.events()
	for _, r := range s.app.Server.Routes() {
		if !r.Tryable() || r.Method == "GET" || r.Action == web.Public {
			continue
		}
		fields := url.Values{}
		for _, m := range r.PathMembers() {
			fields.Set("path."+m.Name, "x")
		}
		status, page := s.explore(r.Face().Name(), r.Method+" "+r.Path, fields)
		if strings.Contains(page, "403 Forbidden") == models.ViewerActions.Allow(r.Action) && status == 200 {
			t.Errorf("%s %s: %s", r.Method, r.Path, page[strings.Index(page, "<h2>Answer"):][:200])
		}
	}
	if s.events() != before {
		t.Errorf("%d events were written", s.events()-before)
	}
}

// TestTheExplorerListsWhatIsMounted opens every operation of every face.
func TestTheExplorerListsWhatIsMounted(t *testing.T) {
	s := newSite(t)
	s.signIn()
	for _, face := range []string{"native", "transmit", "auth0", "logto"} {
		_, page := s.get("/console/explorer?face=" + face)
		n := 0
		for _, r := range s.app.Server.Routes() {
			if r.Face().Name() != face || !r.Tryable() {
				continue
			}
			n++
			at := "/console/explorer?" + url.Values{"face": {face}, "op": {r.Method + " " + r.Path}}.Encode()
			if !strings.Contains(string(page), strings.ReplaceAll(at, "&", "&amp;")) {
				t.Errorf("%s %s is not listed", r.Method, r.Path)
			}
			if n%7 == 0 {
				if res, _ := s.get(at); res.StatusCode != 200 {
					t.Errorf("%s: %d", at, res.StatusCode)
				}
			}
		}
		t.Logf("%s: %d operations", face, n)
	}
	for _, no := range []string{"?face=native&op=GET+/console/settings", "?face=native&op=POST+/oidc/token", "?face=native&op=GET+/rest/v1/events/export"} {
		if res, _ := s.get("/console/explorer" + no); res.StatusCode != 404 {
			t.Errorf("%s: %d", no, res.StatusCode)
		}
	}
}
