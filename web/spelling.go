package web

import (
	"encoding/json"
	"reflect"
	"strings"
)

// misspelt finds a member that encoding/json took for one of another spelling: it does not tell "Name" from "name", so that a body
// would mean one thing here and another to whoever looked at it on its way. It gives the path of the member, empty for none.
func misspelt(raw []byte, t reflect.Type, at string) string {
	if !unusual(raw) {
		return ""
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[opt]()) {
		return misspelt(raw, reflect.TypeOf(reflect.New(t).Interface().(opt).OptTarget()).Elem(), at)
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return ""
	}
	switch t.Kind() {
	case reflect.Pointer:
		return misspelt(raw, t.Elem(), at)
	case reflect.Slice, reflect.Array:
		var items []json.RawMessage
		_ = json.Unmarshal(raw, &items)
		for _, item := range items {
			if name := misspelt(item, t.Elem(), at); name != "" {
				return name
			}
		}
	case reflect.Map:
		return misspeltIn(raw, at, func(string) (reflect.Type, bool) { return t.Elem(), true })
	case reflect.Struct:
		return misspeltIn(raw, at, func(name string) (reflect.Type, bool) { return fieldNamed(t, name) })
	}
	return ""
}

func misspeltIn(raw []byte, at string, member func(name string) (reflect.Type, bool)) string {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(raw, &members)
	for name, value := range members {
		t, known := member(name)
		if !known {
			return at + name
		}
		if inner := misspelt(value, t, at+name+"."); inner != "" {
			return inner
		}
	}
	return ""
}

// fieldNamed finds the field of exactly this name, in embedded structs too.
func fieldNamed(t reflect.Type, name string) (reflect.Type, bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		said, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && said == "" && f.Type.Kind() == reflect.Struct {
			if found, ok := fieldNamed(f.Type, name); ok {
				return found, true
			}
			continue
		}
		if said == "" {
			said = f.Name
		}
		if said == name && f.IsExported() {
			return f.Type, true
		}
	}
	return nil, false
}

// unusual tells whether there is a letter that another could be taken for: names of members are of small ASCII letters.
func unusual(raw []byte) bool {
	for _, c := range raw {
		if c >= 'A' && c <= 'Z' || c >= 0x80 || c == '\\' {
			return true
		}
	}
	return false
}
