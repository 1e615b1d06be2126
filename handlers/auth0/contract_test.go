package auth0_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"gatehouse/handlers/auth0"
)

// contract is the vendor's document, stripped of prose. Every answer of these tests is held against it.
type contract struct {
	paths    map[string]map[string]operation
	compiler *jsonschema.Compiler
	mu       sync.Mutex
	compiled map[string]*jsonschema.Schema
}

// operation is what these tests need to know of one.
type operation struct {
	Responses map[string]struct {
		Content map[string]json.RawMessage `json:"content"`
	} `json:"responses"`
	Security []map[string][]string `json:"security"`
}

const contractURL = "file:///contract.json"

// otherwise gives equivalents of the document's patterns that Go cannot compile: they look ahead, or count beyond a thousand.
var otherwise = []struct{ holds, goes string }{
	{`^(.){1,1024}$`, `^.{1,1000}.{0,24}$`},
	{`^((?!-))(xn--)?`, `^[a-zA-Z0-9][a-zA-Z0-9.-]*$`},
	{`^(?:(?!org_))`, `^([a-np-z0-9]|o$|o[a-qs-z0-9_-]|or$|or[a-fh-z0-9_-]|org$|org[a-z0-9-])[a-z0-9_-]*$`},
	{`^(?!-)(?!.*--)`, `^(([a-zA-Z0-9]|\{org_id\}|\{org_name\})+-?)*$`},
	{`^$|^(?=.)(?!https?`, `^$|^https://[^\s]+$`},
	{`(?!`, `^[^\s]*$`},
	{`(?=`, `^[^\s]*$`},
}

func readContract(t testing.TB) *contract {
	t.Helper()
	return sharedContract()
}

var sharedContract = sync.OnceValue(func() *contract {
	data, err := os.ReadFile("testdata/contract.json")
	if err != nil {
		panic(err)
	}
	c := &contract{compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	var doc struct {
		Paths map[string]map[string]operation `json:"paths"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		panic(err)
	}
	c.paths = doc.Paths
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		panic(err)
	}
	eitherWay(tree.(map[string]any)["paths"])
	components, _ := tree.(map[string]any)["components"].(map[string]any)
	schemas, _ := components["schemas"].(map[string]any)
	for name, schema := range schemas {
		if list, ok := schema.(map[string]any); ok && strings.HasPrefix(name, "List") && list["oneOf"] != nil {
			list["anyOf"] = list["oneOf"]
			delete(list, "oneOf")
		}
	}
	c.compiler.UseRegexpEngine(func(source string) (jsonschema.Regexp, error) {
		for _, o := range otherwise {
			if strings.Contains(source, o.holds) {
				source = o.goes
			}
		}
		re, err := regexp.Compile(source)
		return (*goRegexp)(re), err
	})
	if err := c.compiler.AddResource(contractURL, tree); err != nil {
		panic(err)
	}
	return c
})

// eitherWay lets an answer fit more than one of the document's alternatives for it: the last page of a checkpoint has no next, and
// is then an offset page without totals as well.
func eitherWay(paths any) {
	for _, path := range paths.(map[string]any) {
		for _, op := range path.(map[string]any) {
			responses, _ := op.(map[string]any)["responses"].(map[string]any)
			for _, response := range responses {
				content, _ := response.(map[string]any)["content"].(map[string]any)
				media, _ := content["application/json"].(map[string]any)
				if schema, ok := media["schema"].(map[string]any); ok && schema["oneOf"] != nil {
					schema["anyOf"] = schema["oneOf"]
					delete(schema, "oneOf")
				}
			}
		}
	}
}

type goRegexp regexp.Regexp

func (re *goRegexp) MatchString(s string) bool { return (*regexp.Regexp)(re).MatchString(s) }
func (re *goRegexp) String() string            { return (*regexp.Regexp)(re).String() }

// find gives the document's path for the path of a request, empty for none: literal segments go before parameters.
func (c *contract) find(path string) string {
	path = strings.TrimPrefix(path, auth0.Prefix)
	best, most := "", -1
	asked := strings.Split(path, "/")
	for candidate := range c.paths {
		parts := strings.Split(candidate, "/")
		literal := 0
		fits := len(parts) == len(asked)
		for i := 0; fits && i < len(parts); i++ {
			switch {
			case parts[i] == asked[i]:
				literal++
			case !strings.HasPrefix(parts[i], "{"):
				fits = false
			}
		}
		if fits && literal > most {
			best, most = candidate, literal
		}
	}
	return best
}

// recorded are statuses that the real service was seen to answer where its document says otherwise.
var recorded = map[string]string{
	"PATCH /resource-servers/{id} 200": "201", "POST /actions/actions/{id}/deploy 200": "202", "DELETE /connections/{id} 204": "202",
	"POST /organizations/{id}/invitations 201": "200", "PATCH /clients/{client_id}/credentials/{credential_id} 200": "201",
}

// impossible are paths whose answers nothing satisfies: the document requires a member of them that it does not allow.
const impossible = "/branding/phone/providers"

// check holds an answer against the document.
func (c *contract) check(t testing.TB, req *http.Request, status int, media string, body []byte) {
	t.Helper()
	what := req.Method + " " + req.URL.Path
	met.note(req.Method, c.find(req.URL.EscapedPath()), status)
	if status == 204 {
		if len(body) > 0 {
			t.Errorf("%s: 204 with a body", what)
		}
		return
	}
	if !strings.HasPrefix(media, "application/json") {
		t.Errorf("%s: %d has the content type %q", what, status, media)
		return
	}
	if status >= 400 {
		checkProblem(t, what, status, body)
		return
	}
	path := c.find(req.URL.EscapedPath())
	op, ok := c.paths[path][strings.ToLower(req.Method)]
	if !ok {
		t.Errorf("%s answers %d and is no operation of the document", what, status)
		return
	}
	if strings.HasPrefix(path, impossible) {
		return
	}
	code := itoa(status)
	if told, ok := recorded[req.Method+" "+path+" "+code]; ok {
		code = told
	}
	response, ok := op.Responses[code]
	if !ok {
		t.Errorf("%s: the document knows no status %s", what, code)
		return
	}
	if _, ok := response.Content["application/json"]; !ok {
		return
	}
	if slices.Contains([]string{"fields", "include_fields"}, firstOf(req, "fields", "include_fields")) {
		return // a part of an object is no object of the document
	}
	pointer := contractURL + "#/paths/" + escape(path) + "/" + strings.ToLower(req.Method) + "/responses/" + code + "/content/application~1json/schema"
	c.mu.Lock()
	defer c.mu.Unlock()
	schema := c.compiled[pointer]
	if schema == nil {
		var err error
		if schema, err = c.compiler.Compile(pointer); err != nil {
			t.Fatalf("%s: %v", pointer, err)
		}
		c.compiled[pointer] = schema
	}
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = schema.Validate(tree)
	}
	if err != nil {
		t.Errorf("%s %d: %v\n%s", what, status, err, body)
	}
}

func firstOf(req *http.Request, names ...string) string {
	for _, name := range names {
		if req.URL.Query().Has(name) {
			return name
		}
	}
	return ""
}

func escape(path string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(path)
}

func checkProblem(t testing.TB, what string, status int, body []byte) {
	t.Helper()
	var p struct {
		StatusCode int    `json:"statusCode"`
		Error      string `json:"error"`
		Message    string `json:"message"`
	}
	if err := json.Unmarshal(body, &p); err != nil || p.StatusCode != status || p.Error != http.StatusText(status) || p.Message == "" {
		t.Errorf("%s: %d is told as %s", what, status, body)
	}
}
