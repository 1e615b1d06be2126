package web

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"sort"
	"strings"
	"time"
)

// Member is one thing that a route reads: a parameter, or a member of its body.
type Member struct {
	Name, Type, Doc string
	Words           []string // the values it may have, when there are few
	Required        bool
}

// PathMembers are the parameters in the path of the route, in their order.
func (r Route) PathMembers() (out []Member) {
	for _, part := range strings.Split(r.Path, "/") {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			out = append(out, Member{Name: name, Type: "string", Required: true})
		}
	}
	return out
}

// QueryMembers are the parameters in the query that the route declares.
func (r Route) QueryMembers() (out []Member) {
	if r.in == nil || r.in.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range planOf(r.in).query {
		out = append(out, memberOf(f.name, r.in.FieldByIndex(f.index)))
	}
	return out
}

// ReadsBody tells whether the route reads a JSON body.
func (r Route) ReadsBody() bool {
	if r.Method == "GET" || r.Method == "DELETE" && r.in == nil {
		return false
	}
	if r.in == nil || r.in.Kind() != reflect.Struct {
		return r.in != nil
	}
	return planOf(r.in).json
}

// BodyMembers are the members of the body, those that are needed first.
func (r Route) BodyMembers() (out []Member) {
	if r.in == nil || !r.ReadsBody() || r.in.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range reflect.VisibleFields(r.in) {
		if name := tagName(f.Tag.Get("json")); name != "" && !f.Anonymous && f.IsExported() {
			out = append(out, memberOf(name, f))
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Required && !out[j].Required })
	return out
}

func memberOf(name string, f reflect.StructField) Member {
	m := Member{Name: name, Type: spoken(f.Type), Doc: f.Tag.Get("doc")}
	if words := f.Tag.Get("enum"); words != "" {
		m.Words = strings.Split(words, ",")
	}
	for _, rule := range strings.Split(f.Tag.Get("rule"), ",") {
		m.Required = m.Required || rule == "required"
	}
	m.Required = m.Required || f.Tag.Get("required") == "true"
	return m
}

// spoken names a type in the words of JSON.
func spoken(t reflect.Type) string {
	switch zero := sample(t, 0); zero.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case int:
		return "number"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "any"
}

// Example is a body that shows the shape of what the route reads: the members that it needs, or else the first few. It is
// empty for a route without a body.
func (r Route) Example() string {
	if !r.ReadsBody() {
		return ""
	}
	body := map[string]any{}
	for i, m := range r.BodyMembers() {
		named := m.Name == "name" || strings.HasSuffix(m.Name, "_name")
		if m.Required || named || r.Method == "POST" && i < 2 && len(body) == 0 {
			body[m.Name] = exampleOf(r.in, m)
		}
		if named && r.Method != "POST" {
			break
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(body) // maps of plain values always encode
	return strings.TrimSpace(b.String())
}

func exampleOf(in reflect.Type, m Member) any {
	if len(m.Words) > 0 && m.Type == "string" {
		return m.Words[0]
	}
	if strings.HasSuffix(m.Name, "name") {
		return "Example"
	}
	for _, f := range reflect.VisibleFields(in) {
		if tagName(f.Tag.Get("json")) == m.Name && !f.Anonymous {
			return sample(f.Type, 0)
		}
	}
	return nil
}

// sample is a value of a type, as JSON has it.
func sample(t reflect.Type, depth int) any {
	switch {
	case t.Kind() == reflect.Pointer:
		return sample(t.Elem(), depth)
	case isOpt(t):
		return sample(t.Field(2).Type, depth)
	case t == reflect.TypeFor[time.Time]():
		return "2027-01-01T00:00:00Z"
	case t == reflect.TypeFor[json.RawMessage]():
		return map[string]any{}
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return ""
	}
	switch t.Kind() {
	case reflect.String:
		return ""
	case reflect.Bool:
		return false
	case reflect.Int, reflect.Int64, reflect.Int32, reflect.Uint64, reflect.Float64:
		return 0
	case reflect.Slice:
		return []any{}
	case reflect.Struct:
		return sampleObject(t, depth)
	case reflect.Map:
		return map[string]any{}
	}
	return nil
}

func sampleObject(t reflect.Type, depth int) map[string]any {
	out := map[string]any{}
	if depth > 1 {
		return out
	}
	for _, f := range reflect.VisibleFields(t) {
		if m := neededName(f); m != "" {
			out[m] = sample(f.Type, depth+1)
		}
	}
	return out
}

// neededName is the name of a required member of a nested object.
func neededName(f reflect.StructField) string {
	name := tagName(f.Tag.Get("json"))
	if name == "" || f.Anonymous || !strings.Contains(f.Tag.Get("rule"), "required") {
		return ""
	}
	return name
}
