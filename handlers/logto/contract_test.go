package logto_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// contract is the vendor's document, stripped of prose. Every answer of these tests is held against it.
type contract struct {
	router routers.Router
	met    *met
}

// met is what the tests of this run made of each operation: what succeeded and fits the document, and what was refused.
type met struct {
	sync.Mutex
	answered, refused map[string]bool
}

// all is what every world of a run met.
var all = &met{answered: map[string]bool{}, refused: map[string]bool{}}

func (m *met) note(req *http.Request, route *routers.Route, status int) {
	m.Lock()
	defer m.Unlock()
	op := req.Method + " " + route.Path
	if status < 300 {
		m.answered[op] = true
	} else {
		m.refused[op] = true
	}
}

func readContract(t testing.TB) contract {
	t.Helper()
	openapi3filter.RegisterBodyDecoder("text/xml", openapi3filter.PlainBodyDecoder)
	data, err := os.ReadFile("testdata/logto.management.json")
	must(t, err)
	doc, err := openapi3.NewLoader().LoadFromData(data)
	must(t, err)
	doc.Servers = nil
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, res := range op.Responses.Map() {
				for _, media := range res.Value.Content {
					mend(media.Schema, map[*openapi3.Schema]bool{})
				}
			}
		}
	}
	router, err := legacy.NewRouter(doc, openapi3.DisableSchemaDefaultsValidation(), openapi3.DisableSchemaPatternValidation())
	must(t, err)
	return contract{router, all}
}

// asTexts are members that the document calls objects and that live answers show as texts.
var asTexts = map[string]bool{"redirectUris": true, "postLogoutRedirectUris": true}

// mend puts right what the document says otherwise than live answers do: addresses are texts, a pattern has a JavaScript
// spelling, and a text that may be null or empty has two alternatives of which null fits both.
func mend(ref *openapi3.SchemaRef, seen map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || seen[ref.Value] {
		return
	}
	s := ref.Value
	seen[s] = true
	if strings.HasPrefix(s.Pattern, "/") {
		s.Pattern = ""
	}
	if len(s.OneOf) > 0 {
		s.AnyOf, s.OneOf = append(s.AnyOf, s.OneOf...), nil
	}
	for name, p := range s.Properties {
		if asTexts[name] && p.Value.Items != nil {
			p.Value.Items = &openapi3.SchemaRef{Value: openapi3.NewStringSchema()}
		}
		mend(p, seen)
	}
	mend(s.Items, seen)
	if s.AdditionalProperties.Schema != nil {
		mend(s.AdditionalProperties.Schema, seen)
	}
	for _, list := range [][]*openapi3.SchemaRef{s.OneOf, s.AnyOf, s.AllOf} {
		for _, one := range list {
			mend(one, seen)
		}
	}
}

// check holds an answer against the document. A route that the document does not know passes; refusals are held to their shape
// by whoever reads them.
func (c contract) check(t testing.TB, req *http.Request, res *http.Response, body []byte) {
	t.Helper()
	if len(res.Header.Get("Logto-Core-Request-Id")) != 16 && !strings.HasSuffix(req.URL.Path, ".json") { // fixed documents carry nothing of the request
		t.Errorf("%s %s: the request id is %q", req.Method, req.URL.Path, res.Header.Get("Logto-Core-Request-Id"))
	}
	if route, _, err := c.router.FindRoute(req); err == nil {
		c.met.note(req, route, res.StatusCode)
	}
	if res.StatusCode == 204 {
		if len(body) > 0 {
			t.Errorf("%s %s: 204 with a body", req.Method, req.URL.Path)
		}
		return
	}
	if res.StatusCode >= 500 {
		t.Errorf("%s %s: %d %s", req.Method, req.URL.Path, res.StatusCode, body)
	}
	route, params, err := c.router.FindRoute(req)
	if err != nil || res.StatusCode >= 300 {
		return
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 res.StatusCode, Header: res.Header, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(context.Background(), in); err != nil {
		t.Errorf("%s %s %d: %v\n%s", req.Method, req.URL.Path, res.StatusCode, err, body)
	}
}
