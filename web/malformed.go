package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"

	"gatehouse/models"
)

// memberPath leaves the structures of ours that embed others out of a member's path: nobody outside knows them.
func memberPath(t reflect.Type, path string) string {
	var out []string
	for name := range strings.SplitSeq(path, ".") {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			out = append(out, name)
			continue
		}
		if f, ok := t.FieldByName(name); ok && f.Anonymous {
			t = f.Type
			continue
		}
		out = append(out, name)
		for _, g := range reflect.VisibleFields(t) {
			if tagName(g.Tag.Get("json")) == name {
				t = g.Type
				break
			}
		}
	}
	return strings.Join(out, ".")
}

// jsonFault says in our words why a body could not be read into in.
func jsonFault(body []byte, in any, err error) error {
	var c models.Check
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	if f, ok := models.AsFault(err); ok {
		return f
	}
	if errors.As(err, &wrong) {
		name := wrong.Field
		if name == "" {
			return malformed("The body must be a JSON " + jsonType(wrong.Type) + ".")
		}
		c.Add(name, "wrong_type", fmt.Sprintf("%s must be %s, not %s.", name, jsonType(wrong.Type), wrong.Value))
		return c.Err()
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return unknownMember(strings.Trim(name, `"`))
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return malformed("The body ends before the JSON value does.")
	}
	if errors.As(err, &syntax) && syntax.Offset > 0 && syntax.Offset <= int64(len(body)) {
		return malformed(misplaced(body, int(syntax.Offset)-1))
	}
	name := unread(body, reflect.TypeOf(in).Elem())
	if name == "" {
		return malformed("The body is JSON of another form than the one that is read here.")
	}
	c.Add(name, "wrong_type", "This value has not the form that is read here. A time is written as 2006-01-02T15:04:05Z.")
	return c.Err()
}

// misplaced tells where a body is no JSON: bytes and lines are counted from one, as editors do.
func misplaced(body []byte, at int) string {
	found, _ := utf8.DecodeRune(body[at:])
	return fmt.Sprintf("The body is not JSON: at byte %d (line %d) %q cannot stand.", at+1, 1+bytes.Count(body[:at], []byte{'\n'}), string(found))
}

// unread finds the member that a type reads in its own way and could not: a time. Its error does not tell the name.
func unread(body []byte, t reflect.Type) string {
	var members map[string]json.RawMessage
	if t.Kind() != reflect.Struct || json.Unmarshal(body, &members) != nil {
		return ""
	}
	for _, f := range reflect.VisibleFields(t) {
		name := tagName(f.Tag.Get("json"))
		if raw, ok := members[name]; ok && name != "" && f.IsExported() && !f.Anonymous && json.Unmarshal(raw, reflect.New(f.Type).Interface()) != nil {
			return name
		}
	}
	return ""
}

func unknownMember(name string) error {
	var c models.Check
	c.Add(name, "unknown_field", "There is no field of this name here. Look at /rest/v1/openapi.json for those there are.")
	return c.Err()
}

func malformed(text string) *models.Fault {
	return &models.Fault{Code: Malformed, Reason: "malformed_body", Text: text}
}

func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Pointer:
		return jsonType(t.Elem())
	}
	return "a number"
}
