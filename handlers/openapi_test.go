package handlers

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"gatehouse/web"
)

// document is the OpenAPI document of the native face, as the server generates it, made to judge answers: what it does not
// describe it refuses.
type document struct {
	compiler *jsonschema.Compiler
	paths    map[string]map[string]operation
	match    map[string]*regexp.Regexp
	seen     map[string]bool // operations that answered success
}

type operation struct {
	Responses map[string]struct {
		Content map[string]struct{ Schema any }
	}
}

func readDocument(t testing.TB, raw []byte) *document {
	t.Helper()
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	closed(tree)
	d := &document{compiler: jsonschema.NewCompiler(), match: map[string]*regexp.Regexp{}, seen: map[string]bool{}}
	if err := d.compiler.AddResource("native.json", tree); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]operation
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	d.paths = doc.Paths
	for path := range doc.Paths {
		d.match[path] = regexp.MustCompile("^/rest/v1" + regexp.MustCompile(`\\\{[^}]+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$")
	}
	return d
}

// closed has every object that lists its members refuse others.
func closed(tree any) {
	switch node := tree.(type) {
	case map[string]any:
		if _, lists := node["properties"].(map[string]any); lists && node["additionalProperties"] == nil {
			node["additionalProperties"] = false
		}
		for _, child := range node {
			closed(child)
		}
	case []any:
		for _, child := range node {
			closed(child)
		}
	}
}

// find gives the path of the document that an address belongs to: of several the one with the fewest parameters.
func (d *document) find(method, address string) (string, bool) {
	best := ""
	for path, ops := range d.paths {
		if _, ok := ops[strings.ToLower(method)]; ok && d.match[path].MatchString(address) && (best == "" || strings.Count(path, "{") < strings.Count(best, "{")) {
			best = path
		}
	}
	return best, best != ""
}

// check holds an answer against the document.
func (d *document) check(t testing.TB, req *http.Request, res *http.Response, body []byte) {
	t.Helper()
	path, ok := d.find(req.Method, req.URL.Path)
	media, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	if ok && res.StatusCode < 300 && (res.StatusCode == 204) == (len(body) == 0) {
		d.seen[req.Method+" "+path] = true
	}
	if !ok || !strings.HasSuffix(media, "json") || media == "application/x-ndjson" || len(body) == 0 || req.Method == "HEAD" {
		return
	}
	name := req.Method + " " + path
	status := res.Status[:3]
	responses := d.paths[path][strings.ToLower(req.Method)].Responses
	if _, known := responses[status]; !known {
		if status = "default"; res.StatusCode < 400 {
			t.Errorf("%s answers %d, which its document does not know", name, res.StatusCode)
			return
		}
	}
	if _, known := responses[status].Content[media]; !known {
		t.Errorf("%s answers %d as %s, which its document does not know", name, res.StatusCode, media)
		return
	}
	at := "native.json#/paths/" + pointer(path) + "/" + strings.ToLower(req.Method) + "/responses/" + status + "/content/" + pointer(media) + "/schema"
	schema, err := d.compiler.Compile(at)
	if err != nil {
		t.Errorf("%s: %v", at, err)
		return
	}
	answer, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = schema.Validate(answer)
	}
	if err != nil {
		t.Errorf("%s %d: %v\n%.400s", name, res.StatusCode, err, body)
	}
}

func pointer(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "+", "%2B").Replace(s)
}

// TestNativeAnswersAreAsTheirDocumentSays calls every operation of the native face, with success and with what it does not know; send
// holds each answer, and each refusal, against the document.
func TestNativeAnswersAreAsTheirDocumentSays(t *testing.T) {
	s := newSite(t)
	token := s.token(siteURL + "/rest/v1")
	do := func(status int, method, path string, in any) map[string]any {
		t.Helper()
		res, body := s.call(token, method, "/rest/v1"+path, in)
		if res.StatusCode != status {
			t.Errorf("%s %s: %d %s", method, path, res.StatusCode, body)
		}
		var out map[string]any
		_ = json.Unmarshal(body, &out)
		return out
	}
	text := func(m map[string]any, name string) string { v, _ := m[name].(string); return v }
	nativeStory(do, text, s)
	accessStory(do, text)
	deliveryStory(do, text)
	keyStory(do, text, s)
	for _, bad := range [][2]string{{"GET", "/applications/absent"}, {"GET", "/applications?sort=shoe"}, {"GET", "/nothing"}} {
		res, _ := s.call(token, bad[0], "/rest/v1"+bad[1], nil)
		if res.StatusCode < 400 || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%v: %d", bad, res.StatusCode)
		}
	}
	for _, r := range s.app.Server.Routes() {
		name := r.Method + " " + strings.TrimPrefix(openPath(r.Path), "/rest/v1")
		if r.Face() != web.Native || r.Doc().Hidden {
			continue
		}
		if !s.document.seen[name] {
			t.Errorf("%s never answered success here: call it in a story", name)
		}
		path := parameter.ReplaceAllString(r.Path, "absent")
		res, body := s.call(token, r.Method, path+"?no_such_parameter=1", map[string]any{"no_such_member": true})
		if res.StatusCode < 400 && r.In() != nil || res.StatusCode >= 500 || res.StatusCode >= 400 && res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s with what it does not know: %d %s", name, res.StatusCode, body)
		}
	}
}

func openPath(path string) string {
	return parameter.ReplaceAllStringFunc(path, func(p string) string { return "{" + p[1:] + "}" })
}

// nativeStory goes through the operations in an order in which each finds what it needs.
func nativeStory(do func(int, string, string, any) map[string]any, text func(map[string]any, string) string, s *site) {
	type o = map[string]any
	app := do(201, "POST", "/applications", o{"name": "Whole", "client": o{"profile": "web", "redirect_uris": []string{"https://whole.example.com/cb"}}})
	id, client := text(app, "id"), text(app["client"].(o), "id")
	for _, path := range []string{"/applications", "/applications?sort=-used&limit=1", "/applications/" + id, "/applications/" + id + "/clients", "/clients/" + client, "/settings", "/administrators", "/outbox", "/events", "/keys",
		"/applications/" + id + "/keys", "/openapi.json"} {
		do(200, "GET", path, nil)
	}
	do(200, "PATCH", "/applications/"+id, o{"description": "All of it"})
	second := do(201, "POST", "/applications/"+id+"/clients", o{"profile": "machine", "name": "Second"})
	other := text(second, "id")
	do(200, "PATCH", "/clients/"+other, o{"name": "Second one"})
	do(200, "POST", "/clients/"+other+"/default", nil)

	secrets := "/clients/" + client + "/secrets"
	made := do(201, "POST", secrets, o{"name": "Blue"})
	one := secrets + "/" + text(made, "id")
	do(201, "POST", secrets+"/import", o{"name": "Old", "value": "an-old-secret-of-another-server-0123456789"})
	do(200, "GET", secrets, nil)
	do(200, "GET", one, nil)
	do(200, "PATCH", one, o{"name": "Green"})
	do(200, "POST", one+"/primary", nil)
	do(200, "POST", one+"/reveal", nil)
	do(201, "POST", "/clients/"+client+"/rotation", o{"overlap_seconds": 3600})
	do(200, "GET", "/clients/"+client+"/rotation", nil)
	do(200, "DELETE", "/clients/"+client+"/rotation", nil)
	do(201, "POST", "/clients/"+client+"/rotation", o{})
	do(200, "POST", "/clients/"+client+"/rotation/finish", nil)
	third := do(201, "POST", secrets, o{"name": "Third"})
	do(200, "POST", secrets+"/"+text(third, "id")+"/retire", nil)
	do(204, "DELETE", one, nil)
	key := do(201, "POST", "/clients/"+client+"/keys", o{"name": "Signer", "jwk": publicJWK()})
	do(200, "GET", "/clients/"+client+"/keys", nil)
	do(204, "DELETE", "/clients/"+client+"/keys/"+text(key, "id"), nil)
	do(200, "GET", "/clients/"+client+"/certificates", nil)

	for _, at := range []string{"/experience", "/applications/" + id + "/experience"} {
		do(200, "PATCH", at, o{"branding": o{"display_name": "Whole"}, "password": o{"min_length": 12}})
		do(200, "PATCH", at+"/draft", o{"branding": o{"display_name": "Half"}})
		for _, part := range []string{"", "/draft", "/diff", "/versions", "/versions/1", "/phrases/es"} {
			do(200, "GET", at+part, nil)
		}
		do(200, "POST", at+"/publish", o{})
		do(200, "POST", at+"/versions/1/restore", nil)
		do(200, "PUT", at+"/phrases/es", o{"phrases": o{"sign_in.title": "Entrar"}})
		do(204, "DELETE", at+"/phrases/es", nil)
		do(422, "PATCH", at, o{"branding": o{"primary_color": "mauve-ish"}})
	}
	do(200, "PATCH", "/settings", o{"name": "Fernway"})
	admin := do(201, "POST", "/administrators", o{"email": "vera@example.com", "name": "Vera", "role": "viewer"})
	do(200, "GET", "/administrators/"+text(admin, "id"), nil)
	do(200, "PATCH", "/administrators/"+text(admin, "id"), o{"name": "Vera V"})
	next := do(201, "POST", "/keys", o{"name": "Next", "alg": "ES256"})
	do(409, "POST", "/keys/"+text(next, "id")+"/promote", nil) // verifiers may not know it yet
	own := do(201, "POST", "/applications/"+id+"/keys", o{"name": "Own", "alg": "ES256"})
	do(200, "PATCH", "/applications/"+id+"/keys/"+text(own, "id"), o{"name": "Own one"})
	events := do(200, "GET", "/events?limit=1", nil)
	do(200, "GET", "/events/"+text(events["items"].([]any)[0].(o), "id"), nil)
	mails := do(200, "GET", "/outbox?limit=1", nil)
	do(200, "GET", "/outbox/"+text(mails["items"].([]any)[0].(o), "id"), nil)
	do(200, "POST", "/applications/bulk-disable", o{"ids": []string{id}})
	do(422, "POST", "/applications/bulk-delete", o{"ids": []string{}})
	do(200, "POST", "/applications/bulk-delete", o{"ids": []string{id}})
}

// TestTheSectionsOfTheExperienceHaveSchemas looks for a member of each section in what PATCH takes.
func TestTheSectionsOfTheExperienceHaveSchemas(t *testing.T) {
	d := readDocument(t, built(t).openapi)
	for path, route := range map[string]string{"/experience": "patch", "/applications/{id}/experience/draft": "patch"} {
		at := "native.json#/paths/" + pointer(path) + "/" + route + "/requestBody/content/application~1json/schema"
		schema, err := d.compiler.Compile(at)
		if err != nil {
			t.Fatal(err)
		}
		for body, ok := range map[string]bool{
			`{"branding":{"primary_color":"#3448c5"},"password":{"min_length":12},"methods":null,"custom_css":"a{}"}`: true,
			`{"branding":{"primary_color":null},"phrases":{"es":{"sign_in.title":"Entrar"}}}`:                         true,
			`{"branding":{"colour":"#3448c5"}}`: false,
			`{"password":{"min_length":"12"}}`:  false,
			`{"sign_up":{"mode":"never"}}`:      false,
			`{"custom_css":4}`:                  false,
			`{"shoes":{}}`:                      false,
		} {
			in, _ := jsonschema.UnmarshalJSON(strings.NewReader(body))
			if err := schema.Validate(in); (err == nil) != ok {
				t.Errorf("%s %s: %v", path, body, err)
			}
		}
	}
}

func publicJWK() map[string]any {
	return map[string]any{"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", // the example key of RFC 7517 appendix A.1
		"x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}
}
