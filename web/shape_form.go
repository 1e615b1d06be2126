package web

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/valyala/fasthttp"
)

// formTree turns a form into the tree that JSON would have given. What a text means follows the member that it is for: a list
// is repeated (name=a&name=b, or name[]=a), an object is JSON.
func formTree(t reflect.Type, args *fasthttp.Args) any {
	known := membersOf(t)
	out := map[string]any{}
	args.VisitAll(func(key, value []byte) {
		name, text := strings.TrimSuffix(string(key), "[]"), string(value)
		at := indexMember(known, name)
		if at < 0 {
			out[name] = text // refused by name later
			return
		}
		target := memberType(t.FieldByIndex(known[at].index).Type)
		if target.Kind() == reflect.Slice && target.Elem().Kind() != reflect.Uint8 {
			list, _ := out[name].([]any)
			out[name] = append(list, formValue(target.Elem(), text))
			return
		}
		out[name] = formValue(target, text)
	})
	return out
}

func indexMember(known []member, name string) int {
	for i, m := range known {
		if m.name == name {
			return i
		}
	}
	return -1
}

// memberType is what a member holds, without what stands around it.
func memberType(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if isOpt(t) {
		f, _ := t.FieldByName("V")
		return memberType(f.Type)
	}
	return t
}

func formValue(t reflect.Type, text string) any {
	switch {
	case t.Kind() == reflect.String:
		return text
	case t.Kind() == reflect.Bool && (text == "true" || text == "false"):
		return text == "true"
	case t.Kind() == reflect.Int64 || t.Kind() == reflect.Float64:
		if n := json.Number(text); json.Valid([]byte(text)) {
			return n
		}
		return text
	}
	if tree, err := parse([]byte(text)); err == nil {
		return tree
	}
	return text
}
