package handlers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gatehouse/models"
	"gatehouse/web"
)

// speaker is a face as its callers meet it.
type speaker struct {
	name, audience string
	list, one      string // addresses; one is of an application or client by id
	create         string
	refusal        func(status int, body map[string]any) bool // whether a refusal has the shape of the face
}

var speakers = []speaker{
	{"native", siteURL + "/rest/v1", "/rest/v1/applications", "/rest/v1/applications/", "/rest/v1/applications",
		func(status int, b map[string]any) bool {
			return b["status"] == float64(status) && b["reason"] != "" && b["detail"] != ""
		}},
	{"transmit", siteURL + "/cis", "/cis/v1/applications", "/cis/v1/applications/", "/cis/v1/applications",
		func(status int, b map[string]any) bool {
			return b["error_code"] == float64(status) && b["message"] != nil
		}},
	{"auth0", siteURL + "/api/v2/", "/api/v2/clients", "/api/v2/clients/", "/api/v2/clients",
		func(status int, b map[string]any) bool {
			return b["statusCode"] == float64(status) && b["message"] != "" && b["error"] != ""
		}},
	{"logto", "https://default.logto.app/api", "/api/applications", "/api/applications/", "/api/applications",
		func(_ int, b map[string]any) bool {
			return b["message"] != nil && b["message"] != "" // what its framework refuses has no code
		}},
}

// mounted leaves out the faces that do not serve their list.
func mounted(s *site) (out []speaker) {
	for _, sp := range speakers {
		for _, r := range s.app.Server.Routes() {
			if r.Method == "POST" && r.Path == sp.create {
				out = append(out, sp)
			}
		}
	}
	return out
}

// listen serves the site on a port, because some refusals are written before any handler runs.
func (s *site) listen() string {
	s.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	go func() { _ = s.app.Server.Fiber().Listener(ln) }()
	s.t.Cleanup(func() { _ = s.app.Server.Fiber().Shutdown() })
	return "http://" + ln.Addr().String()
}

// over sends a request over the network. A server that refuses a body may close before all of it is written, so the answer is read
// beside the writing.
func over(t *testing.T, at, method, path string, header http.Header, body []byte) (*http.Response, []byte) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(at, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	req := httptest.NewRequest(method, path, bytes.NewReader(body))
	req.Host, req.Header, req.ContentLength = "localhost:8080", header, int64(len(body))
	req.Header.Set("Connection", "close")
	go func() { _ = req.Write(conn) }()
	res, err := http.ReadResponse(bufio.NewReader(conn), req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	return res, raw
}

func bearer(token, media string) http.Header {
	h := http.Header{"Authorization": {"Bearer " + token}}
	if media != "" {
		h.Set("Content-Type", media)
	}
	return h
}

// TestLimitsInEveryFace sends what is too large, of another kind or too deep to each face, and finds the refusal in its shape.
func TestLimitsInEveryFace(t *testing.T) {
	s := newSite(t)
	at := s.listen()
	deep := []byte(strings.Repeat(`{"name":`, 70) + "1" + strings.Repeat("}", 70))
	for _, sp := range mounted(s) {
		token := s.token(sp.audience)
		long := bearer(token, "")
		long.Set("X-Long", strings.Repeat("x", 20<<10))
		cases := []struct {
			what   string
			status []int
			method string
			path   string
			header http.Header
			body   []byte
		}{
			{"a body beyond 1 MiB", []int{413, 400}, "POST", sp.create, bearer(token, "application/json"), bytes.Repeat([]byte(" "), web.MaxBody+1)},
			{"headers beyond 16 KiB", []int{431}, "GET", sp.list, long, nil},
			{"another media type", []int{415, 400}, "POST", sp.create, bearer(token, "application/xml"), []byte("<name/>")},
			{"JSON deeper than 64", []int{400}, "POST", sp.create, bearer(token, "application/json"), deep},
			{"no JSON", []int{400}, "POST", sp.create, bearer(token, "application/json"), []byte(`{"name":`)},
			{"a token that is none", []int{401}, "GET", sp.list, bearer("nonsense", ""), nil},
			{"an object that is not there", []int{404}, "GET", sp.one + "absent000000000000000", bearer(token, ""), nil},
			{"an address that is not there", []int{404}, "GET", sp.list + "/of/nothing/at/all", bearer(token, ""), nil},
		}
		before := s.events()
		for _, c := range cases {
			res, body := over(t, at, c.method, c.path, c.header, c.body)
			if sp.name == "logto" && res.StatusCode == 404 && string(body) == "Not Found" {
				continue // a missing route is plain text there
			}
			var told map[string]any
			err := json.Unmarshal(body, &told)
			if res.StatusCode != c.status[0] && (len(c.status) == 1 || res.StatusCode != c.status[1]) || err != nil || !sp.refusal(res.StatusCode, told) {
				t.Errorf("%s: %s: %d %s", sp.name, c.what, res.StatusCode, body)
			}
		}
		if s.events() != before {
			t.Errorf("%s: a refused request wrote something", sp.name)
		}
	}
}

// TestFailuresOfOneAddressAreLimited sends wrong tokens to each face until the limit is met.
func TestFailuresOfOneAddressAreLimited(t *testing.T) {
	s := newSite(t)
	for i, sp := range mounted(s) {
		var last *http.Response
		for range 1200 {
			req := httptest.NewRequest("GET", sp.list, nil)
			req.Header.Set("Authorization", "Bearer nonsense")
			req.Header.Set("X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i+1))
			res, err := s.app.Server.Fiber().Test(req, -1)
			if err != nil {
				t.Fatal(err)
			}
			if last = res; res.StatusCode == 429 {
				break
			}
		}
		var told map[string]any
		err := json.NewDecoder(last.Body).Decode(&told)
		if last.StatusCode != 429 || last.Header.Get("Retry-After") == "" || err != nil || !sp.refusal(429, told) {
			t.Errorf("%s: %d %v, Retry-After %q", sp.name, last.StatusCode, told, last.Header.Get("Retry-After"))
		}
		good := httptest.NewRequest("GET", sp.list, nil)
		good.Header.Set("Authorization", "Bearer "+s.token(sp.audience))
		good.Header.Set("X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i+1))
		if res, err := s.app.Server.Fiber().Test(good, -1); err != nil || res.StatusCode != 200 {
			t.Errorf("%s: a good token of the same address: %v %v", sp.name, res.StatusCode, err)
		}
	}
}

// TestATokenOpensItsOwnFaceOnly shows each face the tokens of the others.
func TestATokenOpensItsOwnFaceOnly(t *testing.T) {
	s := newSite(t)
	for _, mine := range mounted(s) {
		token := s.token(mine.audience)
		for _, sp := range mounted(s) {
			res, body := s.call(token, "GET", sp.list, nil)
			if ok := res.StatusCode == 200; ok != (sp.name == mine.name) || !ok && res.StatusCode != 401 {
				t.Errorf("a token of %s at %s: %d %s", mine.name, sp.name, res.StatusCode, body)
			}
		}
	}
}

// TestAClientReachesItsOwnApplicationOnly asks each face for somebody else's object with the token of an ordinary client.
func TestAClientReachesItsOwnApplicationOnly(t *testing.T) {
	s := newSite(t)
	native := s.token(siteURL + "/rest/v1")
	mine, other := s.robot(native, "Mine"), s.robot(native, "Other")
	for _, sp := range mounted(s) {
		token := s.tokenOf(mine.Client.ID, mine.Secret.Value, sp.audience)
		if token == "" {
			t.Logf("%s gives ordinary clients no token", sp.name)
			continue
		}
		for _, id := range []string{other.ID, other.Client.ID} {
			for _, method := range []string{"GET", "DELETE", "PATCH", "PUT"} {
				res, body := s.call(token, method, sp.one+id, map[string]any{})
				if res.StatusCode < 400 || res.StatusCode >= 500 {
					t.Errorf("%s %s of somebody else at %s: %d %s", method, id, sp.name, res.StatusCode, body)
				}
				if strings.Contains(string(body), `"Other"`) {
					t.Errorf("%s tells of somebody else's object: %s", sp.name, body)
				}
			}
		}
		if res, body := s.call(token, "GET", sp.list, nil); strings.Contains(string(body), other.Client.ID) || strings.Contains(string(body), other.ID) {
			t.Errorf("the list of %s (%d) holds somebody else's", sp.name, res.StatusCode)
		}
	}
	var still struct{ Name string }
	s.decode(&still, native, "GET", "/rest/v1/applications/"+other.ID, nil)
	if still.Name != "Other" {
		t.Errorf("the other application is %+v now", still)
	}
}

type robot struct {
	ID     string
	Client struct{ ID string }
	Secret struct{ ID, Value string }
}

// robot makes an application of a machine.
func (s *site) robot(token, name string) (out robot) {
	s.t.Helper()
	s.decode(&out, token, "POST", "/rest/v1/applications", map[string]any{"name": name, "client": map[string]any{"profile": models.ProfileMachine}})
	return out
}

// tokenOf is a token of a client, empty when it gets none.
func (s *site) tokenOf(id, secret, audience string) string {
	s.t.Helper()
	_, body := s.postForm("/oidc/token", url.Values{"grant_type": {"client_credentials"}, "audience": {audience}, "client_id": {id}, "client_secret": {secret}})
	var out struct {
		AccessToken string `json:"access_token"`
	}
	_ = json.Unmarshal(body, &out)
	return out.AccessToken
}

func (s *site) postForm(path string, fields url.Values) (*http.Response, []byte) {
	s.t.Helper()
	req := httptest.NewRequest("POST", path, strings.NewReader(fields.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(req)
}

// TestANarrowedManagementApplicationLosesTheOtherFaces takes faces away from a management application, whose tokens stop there.
func TestANarrowedManagementApplicationLosesTheOtherFaces(t *testing.T) {
	s := newSite(t)
	owner := s.token(siteURL + "/rest/v1")
	var admin robot
	s.decode(&admin, owner, "POST", "/rest/v1/applications", map[string]any{"name": "Pipeline", "kind": "management", "client": map[string]any{"profile": "machine"}})
	tokens := map[string]string{}
	for _, sp := range mounted(s) {
		if tokens[sp.name] = s.tokenOf(admin.Client.ID, admin.Secret.Value, sp.audience); tokens[sp.name] == "" {
			t.Fatalf("no token for %s", sp.name)
		}
	}
	var ignored any
	s.decode(&ignored, owner, "PATCH", "/rest/v1/applications/"+admin.ID, map[string]any{"management_faces": []string{"native"}})
	for _, sp := range mounted(s) {
		want, fresh := 401, false
		if sp.name == "native" {
			want, fresh = 200, true
		}
		if res, body := s.call(tokens[sp.name], "GET", sp.list, nil); res.StatusCode != want && (want == 200 || res.StatusCode != 403) {
			t.Errorf("an older token at %s: %d %s", sp.name, res.StatusCode, body)
		}
		if got := s.tokenOf(admin.Client.ID, admin.Secret.Value, sp.audience) != ""; got != fresh {
			t.Errorf("a new token for %s: %v", sp.name, got)
		}
	}
}

// TestTheTokenEndpointKeepsToItsProtocol: RFC 6749 sections 3.1, 3.2 and 5.2.
func TestTheTokenEndpointKeepsToItsProtocol(t *testing.T) {
	s := newSite(t)
	at := s.listen()
	good := url.Values{"grant_type": {"client_credentials"}, "client_id": {machineID}, "client_secret": {machineSecret}}
	for _, path := range []string{"/oidc/token", "/oauth/token"} {
		check := func(what string, status int, code string, res *http.Response, body []byte) {
			t.Helper()
			var told struct{ Error string }
			if err := json.Unmarshal(body, &told); err != nil || res.StatusCode != status || told.Error != code {
				t.Errorf("%s %s: %d %s", path, what, res.StatusCode, body)
			}
		}
		res, body := s.get(path + "?" + good.Encode())
		check("with GET", 405, "invalid_request", res, body)
		twice := url.Values{"grant_type": {"client_credentials", "client_credentials"}, "client_id": {machineID}, "client_secret": {machineSecret}}
		res, body = s.postForm(path, twice)
		check("with a parameter twice", 400, "invalid_request", res, body)
		req := httptest.NewRequest("POST", path, strings.NewReader("<grant/>"))
		req.Header.Set("Content-Type", "application/xml")
		res, body = s.send(req)
		check("with another media type", 400, "invalid_request", res, body) // section 5.2: 400 unless said otherwise
		res, body = over(t, at, "POST", path, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, bytes.Repeat([]byte("a"), web.MaxBody+1))
		check("with too large a body", 413, "invalid_request", res, body)
		res, body = over(t, at, "POST", path, http.Header{"X-Long": {strings.Repeat("x", 20<<10)}}, nil)
		check("with too large headers", 431, "invalid_request", res, body)
		res, body = s.postForm(path+"?client_secret="+machineSecret, url.Values{"grant_type": {"client_credentials"}, "client_id": {machineID}})
		if res.StatusCode == 200 {
			t.Errorf("%s takes a secret from the query: %s", path, body)
		}
	}
}

// TestTheServerDecidesWhatIsItsOwn sends members that only the server writes, and an id beside that of the path.
func TestTheServerDecidesWhatIsItsOwn(t *testing.T) {
	s := newSite(t)
	native, cis := s.token(siteURL+"/rest/v1"), s.token(siteURL+"/cis")
	own := map[string]any{"id": "chosen000000000000000", "app_id": "chosen000000000000000", "created_by": "somebody", "version": 9, "default_client_id": "x", "tenant_id": "other"}
	for name, value := range own {
		res, body := s.call(native, "POST", "/rest/v1/applications", map[string]any{"name": "Chosen", name: value})
		if res.StatusCode != 422 || !strings.Contains(string(body), name) {
			t.Errorf("native takes %s: %d %s", name, res.StatusCode, body)
		}
	}
	own["app_name"], own["client_display_name"] = "Chosen", "Chosen"
	res, body := s.call(cis, "POST", "/cis/v1/applications", own)
	if res.StatusCode != 201 || strings.Contains(string(body), "chosen000") || strings.Contains(string(body), `"somebody"`) {
		t.Errorf("transmit: %d %s", res.StatusCode, body)
	}
	a, b := s.robot(native, "First"), s.robot(native, "Second")
	for _, at := range []string{"/rest/v1/applications/" + a.ID + "?id=" + b.ID, "/cis/v1/applications/" + a.ID + "?appId=" + b.ID + "&id=" + b.ID} {
		token := native
		if strings.HasPrefix(at, "/cis") {
			token = cis
		}
		if _, body := s.call(token, "GET", at, nil); strings.Contains(string(body), "Second") {
			t.Errorf("%s gives what the query names: %s", at, body)
		}
	}
	s.signIn()
	at := "/console/applications/" + a.ID + "/settings"
	_, page := s.get(at)
	fields := s.form(page, at)
	fields.Set("name", "Renamed")
	fields.Set("id", b.ID)
	fields.Set("kind", models.KindManagement)
	fields.Set("created_by", "somebody")
	if res, body := s.submit(at+"?id="+b.ID, fields); res.StatusCode != 303 {
		t.Errorf("console: %d %s", res.StatusCode, body)
	}
	var first, second struct{ Name, Kind string }
	s.decode(&first, native, "GET", "/rest/v1/applications/"+a.ID, nil)
	s.decode(&second, native, "GET", "/rest/v1/applications/"+b.ID, nil)
	if first.Name != "Renamed" || first.Kind != models.KindStandard || second.Name != "Second" {
		t.Errorf("%+v and %+v", first, second)
	}
}
