package logto

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"gatehouse/models"
	"gatehouse/web"
)

// object is a JSON object of a description.
type object = map[string]any

func below(path, prefix string) bool { return path == prefix || strings.HasPrefix(path, prefix+"/") }

// describe tells of this dialect's routes as an OpenAPI 3.0 document. There is no other list: what is mounted is what is told.
func describe(routes []web.Route, version, title string, has func(path string) bool) []byte {
	paths := object{}
	for _, r := range routes {
		if r.Face() == nil || r.Face().Name() != models.FaceLogto || !has(r.Path) {
			continue
		}
		path := wirePath(r.Path)
		item, ok := paths[path].(object)
		if !ok {
			item = object{}
			paths[path] = item
		}
		item[strings.ToLower(r.Method)] = operation(r)
	}
	out, err := json.Marshal(object{
		"openapi": "3.0.1", "info": object{"title": title, "version": version}, "paths": paths,
		"security": []any{object{"OAuth2": []string{"all"}}},
		"components": object{"securitySchemes": object{"OAuth2": object{"type": "oauth2", "flows": object{
			"clientCredentials": object{"tokenUrl": "/oidc/token", "scopes": object{"all": "Everything"}}}}}},
	})
	if err != nil {
		panic("logto: describe the routes: " + err.Error()) // at start, from types alone
	}
	return out
}

// wirePath spells a route's parameters in braces.
func wirePath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

func operation(r web.Route) object {
	ok := object{"description": "Success"}
	if t := r.Out(); t != nil {
		ok["content"] = object{"application/json": object{"schema": schema(t)}}
	}
	op := object{"summary": r.Doc().Summary, "tags": []string{strings.TrimPrefix(r.Doc().Tag, "logto ")}, "parameters": parameters(r),
		"responses": object{strconv.Itoa(r.Status()): ok}}
	if r.Action == web.Public {
		op["security"] = []any{}
	}
	if t := r.In(); t != nil && r.Method != "GET" && r.Method != "DELETE" {
		if body := schema(t); body["properties"] == nil || len(body["properties"].(object)) > 0 {
			op["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": body}}}
		}
	}
	return op
}

// parameters are those of the path and, by their tags, those of the query.
func parameters(r web.Route) []any {
	out := []any{}
	for _, p := range strings.Split(r.Path, "/") {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			out = append(out, object{"name": name, "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	if r.In() == nil || r.In().Kind() != reflect.Struct {
		return out
	}
	for _, f := range reflect.VisibleFields(r.In()) {
		if name := f.Tag.Get("query"); name != "" {
			out = append(out, object{"name": name, "in": "query", "schema": object{"type": "string"}})
		}
	}
	return out
}

// schema tells of a wire type: its members, their types, and the rules in their tags.
func schema(t reflect.Type) object { return schemaWithin(t, 0) }

// deepest is how far members are spelled out.
const deepest = 6

func schemaWithin(t reflect.Type, depth int) object {
	if depth > deepest {
		return object{}
	}
	if inner, ok := optional(t); ok {
		return schemaWithin(inner, depth)
	}
	switch t.Kind() {
	case reflect.Pointer:
		s := schemaWithin(t.Elem(), depth)
		s["nullable"] = true
		return s
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Int, reflect.Int64, reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{} // any JSON
		}
		return object{"type": "array", "items": schemaWithin(t.Elem(), depth+1)}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": schemaWithin(t.Elem(), depth+1)}
	case reflect.Struct:
		return members(t, depth)
	}
	return object{}
}

// optional is the type within one that may be absent or null.
func optional(t reflect.Type) (reflect.Type, bool) {
	if o, ok := reflect.New(t).Interface().(interface{ OptTarget() any }); ok {
		return reflect.TypeOf(o.OptTarget()).Elem(), true
	}
	return nil, false
}

func members(t reflect.Type, depth int) object {
	props, required := object{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" || !f.IsExported() {
			continue
		}
		s := schemaWithin(f.Type, depth+1)
		rules := "," + f.Tag.Get("rule") + ","
		if enum := f.Tag.Get("enum"); enum != "" && s["type"] == "string" {
			s["enum"] = strings.Split(enum, ",")
		}
		if strings.Contains(rules, ",nullable,") {
			s["nullable"] = true
		}
		props[name] = s
		if strings.Contains(rules, ",required,") || f.Tag.Get("rule") == "" && !strings.Contains(options, "omit") && notOptional(f.Type) {
			required = append(required, name)
		}
	}
	out := object{"type": "object", "properties": props}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// notOptional tells whether a member is always there.
func notOptional(t reflect.Type) bool {
	_, ok := optional(t)
	return !ok
}
