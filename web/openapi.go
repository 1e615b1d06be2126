package web

import (
	"context"
	"encoding"
	"encoding/json"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object whose members keep the order of insertion out of the encoder's hands: maps sort by name, which is
// stable enough for a document.
type object = map[string]any

// OpenAPI describes the routes of the native face as an OpenAPI 3.1 document. There is no other list: what is mounted is what is told.
func OpenAPI(routes []Route, version string) []byte {
	g := &schemas{defs: object{}}
	paths := object{}
	for _, r := range routes {
		if r.face != Native || r.doc.Hidden {
			continue
		}
		path := openPath(strings.TrimPrefix(r.Path, "/rest/v1"))
		item, _ := paths[path].(object)
		if item == nil {
			item = object{}
			paths[path] = item
		}
		item[strings.ToLower(r.Method)] = g.operation(r)
	}
	g.defs["Problem"] = g.object(reflect.TypeFor[Problem]())
	doc := object{
		"openapi": "3.1.0",
		"info": object{"title": "Gatehouse", "version": version, "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "The native management API: everything the console can do. Tokens come from /oidc/token with the audience <url>/rest/v1."},
		"servers":  []any{object{"url": "/rest/v1"}},
		"security": []any{object{"bearer": []string{}}},
		"paths":    paths,
		"components": object{"schemas": g.defs, "securitySchemes": object{
			"bearer": object{"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}},
	}
	b, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		panic("web.OpenAPI: " + err.Error()) // at start, from types alone
	}
	return b
}

func openPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

type schemas struct{ defs object }

func (g *schemas) operation(r Route) object {
	op := object{"operationId": operationID(r), "tags": []string{tag(r)}, "x-permission": r.Action, "responses": g.responses(r)}
	if r.doc.Summary != "" {
		op["summary"] = r.doc.Summary
	}
	if r.Action == Public {
		op["security"] = []any{}
	}
	params := g.parameters(r)
	if len(params) > 0 {
		op["parameters"] = params
	}
	if r.in != nil && r.Method != "GET" && planOf(r.in).json {
		op["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": g.object(r.in)}}}
	}
	return op
}

func operationID(r Route) string {
	words := []string{strings.ToLower(r.Method)}
	for _, p := range strings.Split(strings.TrimPrefix(r.Path, "/rest/v1/"), "/") {
		words = append(words, strings.NewReplacer(":", "by_", "-", "_", ".", "_").Replace(p))
	}
	return strings.Join(words, "_")
}

func tag(r Route) string {
	if r.doc.Tag != "" {
		return r.doc.Tag
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/rest/v1/"), "/")
	return first
}

func (g *schemas) parameters(r Route) []any {
	var out []any
	declared := map[string]bool{}
	if r.in != nil && r.in.Kind() == reflect.Struct {
		p := planOf(r.in)
		for _, f := range p.path {
			declared[f.name] = true
			out = append(out, object{"name": f.name, "in": "path", "required": true, "schema": object{"type": "string"}})
		}
		for _, f := range p.query {
			sf := r.in.FieldByIndex(f.index)
			out = append(out, object{"name": f.name, "in": "query", "description": sf.Tag.Get("doc"), "schema": g.field(sf)})
		}
		for _, f := range p.header {
			out = append(out, object{"name": f.name, "in": "header", "description": "The version that was read, as its ETag.", "schema": object{"type": "string"}})
		}
	}
	for _, p := range strings.Split(r.Path, "/") {
		if name, ok := strings.CutPrefix(p, ":"); ok && !declared[name] {
			out = append(out, object{"name": name, "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	if r.Method == "POST" && !r.anew {
		out = append(out, object{"name": "Idempotency-Key", "in": "header", "description": "Does the request once within 24 hours.", "schema": object{"type": "string", "maxLength": 255}})
	}
	return out
}

func (g *schemas) responses(r Route) object {
	ok := object{"description": "Success"}
	switch {
	case r.doc.Media == "application/json":
		ok["content"] = object{r.doc.Media: object{"schema": object{"type": "object"}}}
	case r.doc.Media != "":
		ok["content"] = object{r.doc.Media: object{"schema": object{"type": "string"}}}
	case r.out != nil:
		ok["content"] = object{"application/json": object{"schema": g.schema(r.out)}}
	}
	problem := object{"description": "Problem details (RFC 9457)",
		"content": object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}}}
	return object{itoa(r.status): ok, "default": problem}
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

// schema gives the JSON schema of a type: a reference for named structs, inline for the rest.
func (g *schemas) schema(t reflect.Type) object {
	switch {
	case t.Kind() == reflect.Pointer:
		return nullable(g.schema(t.Elem()))
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[json.RawMessage]():
		return object{}
	case isOpt(t):
		return nullable(g.schema(t.Field(2).Type))
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Uint64:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice:
		return object{"type": "array", "items": g.schema(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": g.schema(t.Elem())}
	case reflect.Struct:
		return g.reference(t)
	}
	return object{}
}

func nullable(s object) object {
	if name, ok := s["type"].(string); ok {
		s["type"] = []string{name, "null"}
		return s
	}
	if _, ok := s["$ref"]; ok {
		return object{"anyOf": []any{s, object{"type": "null"}}}
	}
	return s
}

// reference puts a named struct among the components.
func (g *schemas) reference(t reflect.Type) object {
	name := schemaName(t)
	if _, ok := g.defs[name]; !ok {
		g.defs[name] = object{} // before its fields, because a type may hold itself
		g.defs[name] = g.object(t)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

func schemaName(t reflect.Type) string {
	pkg := t.PkgPath()[strings.LastIndex(t.PkgPath(), "/")+1:]
	name := t.Name()
	if i := strings.IndexByte(name, '['); i > 0 {
		inner := name[i+1 : len(name)-1]
		name = name[:i] + "Of" + inner[strings.LastIndexByte(inner, '.')+1:]
	}
	if pkg == "models" {
		return name
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:] + name
}

// object spells a struct out, with the members of what it embeds.
func (g *schemas) object(t reflect.Type) object {
	props, required := object{}, []string{}
	g.members(t, props, &required)
	sort.Strings(required)
	if p, ok := reflect.Zero(t).Interface().(Patched); ok {
		for name, s := range g.patches(reflect.TypeOf(p.Patches())) {
			if _, raw := props[name]; raw {
				props[name] = s
			}
		}
	}
	out := object{"type": "object", "properties": props}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// Patched is an input whose members are raw JSON that is merged into settings: it names the type of the settings that each member
// is a part of, so that the document can describe what may be said.
type Patched interface{ Patches() any }

// patch describes a part of settings: every member may be left out, and null takes it away.
func (g *schemas) patch(t reflect.Type) object {
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() || isOpt(t) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return nullable(g.schema(t))
	}
	name := schemaName(t) + "Patch"
	if _, ok := g.defs[name]; !ok {
		g.defs[name] = object{} // before its fields, because a type may hold itself
		g.defs[name] = object{"type": "object", "properties": g.patches(t), "additionalProperties": false}
	}
	return nullable(object{"$ref": "#/components/schemas/" + name})
}

func (g *schemas) patches(t reflect.Type) object {
	props := object{}
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		s := g.patch(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" && s["anyOf"] == nil {
			s["description"] = doc
		}
		if words := f.Tag.Get("enum"); words != "" && f.Type.Kind() == reflect.String {
			s["enum"] = allowed(words)
		}
		props[name] = s
	}
	return props
}

// allowed are the words of an enum, and null.
func allowed(words string) []any {
	out := []any{nil}
	for _, w := range strings.Split(words, ",") {
		out = append(out, w)
	}
	return out
}

func (g *schemas) members(t reflect.Type, props object, required *[]string) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct {
			g.members(f.Type, props, required)
			continue
		}
		if name == "" || name == "-" || !f.IsExported() {
			continue
		}
		props[name] = g.field(f)
		if f.Tag.Get("required") == "true" || (!strings.Contains(options, "omit") && f.Tag.Get("form") == "" && f.Tag.Get("bun") != "") {
			*required = append(*required, name)
		}
	}
}

func (g *schemas) field(f reflect.StructField) object {
	s := g.schema(f.Type)
	if doc := f.Tag.Get("doc"); doc != "" && s["$ref"] == nil {
		s["description"] = doc
	}
	if most, err := strconv.Atoi(f.Tag.Get("maximum")); err == nil {
		s["minimum"], s["maximum"] = 1, most
	}
	if def := f.Tag.Get("default"); def != "" {
		s["x-default"] = def
	}
	if words := f.Tag.Get("enum"); words != "" && f.Type.Kind() == reflect.String {
		s["enum"] = strings.Split(words, ",")
	}
	return s
}

// ServeOpenAPI is the endpoint of the document; the bytes are made when all routes are mounted.
func ServeOpenAPI(doc *[]byte) Endpoint {
	e := Raw(Native, func(_ context.Context, r *Request) error {
		r.c.Set("Cache-Control", "public, max-age=300")
		r.c.Set("Access-Control-Allow-Origin", "*")
		return r.compressed(200, "application/json; charset=utf-8", *doc)
	})
	e.doc = Doc{Summary: "This document.", Media: "application/json", Tag: "meta"}
	return e
}
