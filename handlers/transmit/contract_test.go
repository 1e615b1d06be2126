package transmit_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"gatehouse/handlers/transmit"
)

// contract is the vendor's documents, stripped of prose. Every answer of these tests is held against them.
type contract struct{ routers []routers.Router }

func readContract(t testing.TB) contract {
	t.Helper()
	var c contract
	for _, name := range []string{"transmit.applications.json", "transmit.management-apps.json"} {
		data, err := os.ReadFile("testdata/" + name)
		must(t, err)
		doc, err := openapi3.NewLoader().LoadFromData(data)
		must(t, err)
		doc.Servers = openapi3.Servers{{URL: transmit.Prefix}}
		router, err := legacy.NewRouter(doc)
		must(t, err)
		c.routers = append(c.routers, router)
	}
	return c
}

// check holds an answer against the document. What the document does not know (the login preferences, a missing route) passes;
// statuses that it leaves out are held to the shape of errors.
func (c contract) check(t testing.TB, req *http.Request, res *http.Response, body []byte) {
	t.Helper()
	if res.StatusCode == 204 {
		if len(body) > 0 {
			t.Errorf("%s %s: 204 with a body", req.Method, req.URL.Path)
		}
		return
	}
	if ct := res.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/json") {
		t.Errorf("%s %s: %d has the content type %q", req.Method, req.URL.Path, res.StatusCode, ct)
	}
	for _, router := range c.routers {
		route, params, err := router.FindRoute(req)
		if err != nil {
			continue
		}
		in := &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
			Status:                 res.StatusCode, Header: res.Header, Body: io.NopCloser(bytes.NewReader(body)),
			Options: &openapi3filter.Options{IncludeResponseStatus: res.StatusCode < 300},
		}
		if err := openapi3filter.ValidateResponse(context.Background(), in); err != nil {
			t.Errorf("%s %s %d: %v\n%s", req.Method, req.URL.Path, res.StatusCode, err, body)
		}
	}
}
