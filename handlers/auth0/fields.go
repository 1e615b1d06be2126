package auth0

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"

	"gatehouse/web"
)

// fieldsIn is embedded by inputs of operations that give parts of objects: ?fields=a,b or, with include_fields=false, all others.
type fieldsIn struct {
	Fields        string    `query:"fields" json:"-"`
	IncludeFields opt[flag] `query:"include_fields" json:"-"`
}

// flag is true or false in a query.
type flag bool

// UnmarshalText reads the words; others are no flag.
func (f *flag) UnmarshalText(text []byte) error {
	switch string(text) {
	case "true", "false", "1", "0":
		*f = string(text) == "true" || string(text) == "1"
		return nil
	}
	return errFlag
}

var errFlag = errors.New("use true or false")

// projection is which members of an object are given.
type projection struct {
	names   []string
	exclude bool
}

// all tells whether nothing is cut.
func (p projection) all() bool { return len(p.names) == 0 }

var projected sync.Map // reflect.Type of an input → whether it embeds fieldsIn

// picked reads the projection of a request whose operation takes one.
func picked(r *web.Request) projection {
	var p projection
	if r.Route() == nil || !takesFields(r.Route().In()) {
		return p
	}
	for _, name := range strings.Split(r.Fiber().Query("fields"), ",") {
		if name = strings.TrimSpace(name); name != "" {
			p.names = append(p.names, name)
		}
	}
	word := r.Fiber().Query("include_fields")
	p.exclude = word == "false" || word == "0"
	return p
}

func takesFields(in reflect.Type) bool {
	if in == nil || in.Kind() != reflect.Struct {
		return false
	}
	if takes, ok := projected.Load(in); ok {
		return takes.(bool)
	}
	f, ok := in.FieldByName("fieldsIn")
	takes := ok && f.Type == reflect.TypeFor[fieldsIn]()
	projected.Store(in, takes)
	return takes
}

// cut appends a JSON object to dst with only the members that are wanted. What is no object stays whole.
func (p projection) cut(dst, object []byte) []byte {
	if p.all() || len(object) == 0 || object[0] != '{' {
		return append(dst, object...)
	}
	dst = append(dst, '{')
	first := true
	for i := 1; i < len(object) && object[i] != '}'; {
		key := i
		i = skip(object, i)
		name := object[key:i]
		i = skip(object, i+1) // after the colon
		if p.wants(name) {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = append(dst, object[key:i]...)
		}
		if i < len(object) && object[i] == ',' {
			i++
		}
	}
	return append(dst, '}')
}

func (p projection) wants(quoted []byte) bool {
	var name string
	if json.Unmarshal(quoted, &name) != nil {
		return false
	}
	return slices.Contains(p.names, name) != p.exclude
}

// skip gives the end of the compact JSON value that begins at i.
func skip(b []byte, i int) int {
	depth := 0
	for ; i < len(b); i++ {
		switch b[i] {
		case '"':
			for i++; i < len(b) && b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return min(i+1, len(b))
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return i + 1 + min(depth, 0)
			}
		case ',', ':':
			if depth == 0 {
				return i
			}
		}
	}
	return len(b)
}
