package web

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"mime"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"gatehouse/models"
)

// Dialects read bodies by the letter of somebody else's document. BindShape is Bind for them: it knows the document's rules from
// tags beside the wire types, and tells of everything that is wrong at once, each with its path ("first_client.resources[2]").
//
//	Method string `json:"method" rule:"required" enum:"none,basic"`
//	Length models.Opt[float64] `json:"codeLength" rule:"min=4,max=8"`
//
// Rules: required; nullable (else null is refused); min, max and whole of a number, min and max characters of a text; filled (a
// text or list that is not empty); object (a json.RawMessage that must be an object); those of shape_rules.go. A whole number is
// an int64, whatever its spelling ("1e3"). Kept is a member that is checked and given back as it was written; Open marks objects
// that take further members.

// BindShape reads a JSON body into in, a pointer to a struct, then the query, the path and the headers. With StrictBody a form
// is read as well, its texts as the types of the members.
// Faults: Malformed, BadType, Invalid.
func BindShape(r *Request, in any, mode Mode) error {
	v := reflect.ValueOf(in).Elem()
	p := planOf(v.Type())
	if p.body && r.c.Method() != "GET" && r.c.Method() != "HEAD" {
		media, _, _ := mime.ParseMediaType(r.c.Get("Content-Type"))
		if mode == StrictBody && media == "application/x-www-form-urlencoded" {
			if err := readTree(formTree(v.Type(), r.c.Request().PostArgs()), in, mode); err != nil {
				return err
			}
			return bindAround(r, v, p, mode)
		}
		if media != "" && media != "application/json" && !strings.HasSuffix(media, "+json") {
			return &models.Fault{Code: models.BadType, Reason: "unsupported_media_type", Text: "Send the body as application/json."}
		}
		if err := ReadShape(r.c.BodyRaw(), in, mode); err != nil {
			return err
		}
	}
	return bindAround(r, v, p, mode)
}

// BindAround fills in from the query, the path and the headers, for a face that reads bodies itself.
// Faults: Invalid.
func BindAround(r *Request, in any, mode Mode) error {
	v := reflect.ValueOf(in).Elem()
	return bindAround(r, v, planOf(v.Type()), mode)
}

// TakesBody tells whether something of in, a pointer to a struct, comes from the body of this request.
func TakesBody(r *Request, in any) bool {
	return planOf(reflect.TypeOf(in).Elem()).body && r.c.Method() != "GET" && r.c.Method() != "HEAD"
}

// Checked is an input with rules that tags cannot say: between members, or between a member and the path.
type Checked interface{ CheckShape(c *models.Check) }

// Union is a member whose type depends on what was sent.
type Union interface{ TypeOf(value any) reflect.Type }

// ReadShape reads one JSON object into in, a pointer to a struct.
// Faults: Malformed, Invalid naming every member that breaks a rule.
func ReadShape(body []byte, in any, mode Mode) error {
	tree, err := parse(body)
	if err != nil {
		return err
	}
	if err := readTree(tree, in, mode); err != nil {
		return err
	}
	return countable(body) // a number that has a name was judged under it
}

func readTree(tree any, in any, mode Mode) error {
	s := shape{strict: mode != Lenient}
	if object, ok := tree.(map[string]any); ok {
		s.object(reflect.ValueOf(in).Elem(), object, "")
	} else {
		return malformed("The body must be a JSON object.")
	}
	if c, ok := in.(Checked); ok && s.check.Err() == nil {
		c.CheckShape(&s.check)
	}
	return s.check.Err()
}

func parse(body []byte) (any, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, malformed("The request needs a JSON body.")
	}
	if depth(body) > maxDepth {
		return nil, malformed(fmt.Sprintf("The JSON is nested deeper than %d levels.", maxDepth))
	}
	if err := storable(body); err != nil {
		return nil, err
	}
	if err := shortLists(body); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, jsonFault(body, &tree, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, malformed("The body holds more than one JSON value.")
	}
	return tree, nil
}

// shape walks a JSON value and a Go value together.
type shape struct {
	strict bool
	check  models.Check
}

// member is what the walk knows of one field.
type member struct {
	name     string
	index    []int
	rules    map[string]string
	required bool
}

var members sync.Map // reflect.Type → []member

func membersOf(t reflect.Type) []member {
	if m, ok := members.Load(t); ok {
		return m.([]member)
	}
	var out []member
	for _, f := range reflect.VisibleFields(t) {
		name := tagName(f.Tag.Get("json"))
		if name == "" || f.Anonymous {
			continue
		}
		rules := map[string]string{}
		for _, rule := range strings.Split(f.Tag.Get("rule"), ",") {
			key, value, _ := strings.Cut(rule, "=")
			rules[key] = value
		}
		if words, ok := f.Tag.Lookup("enum"); ok {
			rules["enum"] = words
		}
		if pattern, ok := f.Tag.Lookup("pattern"); ok {
			rules["pattern"] = pattern
		}
		_, required := rules["required"]
		out = append(out, member{name, f.Index, rules, required})
	}
	members.Store(t, out)
	return out
}

func (s *shape) object(v reflect.Value, object map[string]any, at string) {
	known := membersOf(v.Type())
	for _, m := range known {
		value, there := object[m.name]
		switch {
		case there:
			s.value(v.FieldByIndex(m.index), value, at+m.name, m.rules)
		case m.required:
			s.check.Add(at+m.name, "required", "This member is required.")
		}
	}
	if !s.strict || isOpen(v.Type()) {
		return
	}
	for name := range object {
		if !slices.ContainsFunc(known, func(m member) bool { return m.name == name }) {
			s.check.Add(at+name, "unknown_field", "There is no member of this name here.")
		}
	}
}

func (s *shape) value(v reflect.Value, value any, at string, rules map[string]string) {
	if value == nil {
		s.null(v, at, rules)
		return
	}
	if o, ok := v.Addr().Interface().(opt); ok {
		s.value(reflect.ValueOf(o.OptTarget()).Elem(), value, at, rules)
		return
	}
	switch t := v.Addr().Interface().(type) {
	case keeper:
		s.keep(t, value, at, rules)
		return
	case Union:
		s.union(v, t, value, at, rules)
		return
	case *json.RawMessage:
		s.raw(t, value, at, rules)
		return
	case encoding.TextUnmarshaler:
		s.text(t, value, at)
		return
	}
	s.plain(v, value, at, rules)
}

func (s *shape) null(v reflect.Value, at string, rules map[string]string) {
	if _, ok := rules["nullable"]; !ok || !isOpt(v.Type()) {
		s.check.Add(at, "null", "This member cannot be null; leave it out instead.")
		return
	}
	v.FieldByName("Set").SetBool(true)
	v.FieldByName("Null").SetBool(true)
}

func (s *shape) union(v reflect.Value, u Union, value any, at string, rules map[string]string) {
	fresh := reflect.New(u.TypeOf(value)).Elem()
	s.value(fresh, value, at, rules)
	v.FieldByName("Value").Set(fresh)
}

func (s *shape) raw(raw *json.RawMessage, value any, at string, rules map[string]string) {
	if _, ok := rules["object"]; ok {
		if _, is := value.(map[string]any); !is {
			s.wrong(at, "an object", value)
			return
		}
	}
	*raw, _ = json.Marshal(value)
}

func (s *shape) text(t encoding.TextUnmarshaler, value any, at string) {
	text, ok := value.(string)
	if !ok {
		s.wrong(at, "a string", value)
		return
	}
	if err := t.UnmarshalText([]byte(text)); err != nil {
		s.check.Add(at, "wrong_type", illegible(err))
	}
}

func (s *shape) plain(v reflect.Value, value any, at string, rules map[string]string) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		s.value(v.Elem(), value, at, rules)
	case reflect.String:
		s.string(v, value, at, rules)
	case reflect.Bool:
		if b, ok := value.(bool); ok {
			v.SetBool(b)
			return
		}
		s.wrong(at, "true or false", value)
	case reflect.Float64, reflect.Int64:
		s.number(v, value, at, rules)
	case reflect.Slice:
		s.list(v, value, at, rules)
	case reflect.Struct, reflect.Map:
		object, ok := value.(map[string]any)
		switch {
		case !ok:
			s.wrong(at, "an object", value)
		case !s.count(len(object), "props", "member", at, rules):
		case v.Kind() == reflect.Map:
			s.mapping(v, object, at, rules)
		default:
			s.object(v, object, at+".")
		}
	case reflect.Interface: // whatever it is: the document says nothing of it
		if value != nil {
			v.Set(reflect.ValueOf(value))
		}
	default:
		panic("web: ReadShape cannot fill " + v.Type().String())
	}
}

func (s *shape) string(v reflect.Value, value any, at string, rules map[string]string) {
	text, ok := value.(string)
	if !ok {
		s.wrong(at, "a string", value)
		return
	}
	if words, ok := rules["enum"]; ok && !slices.Contains(strings.Split(words, ","), text) {
		s.check.Add(at, "not_allowed", fmt.Sprintf("%q is not one of: %s.", text, strings.ReplaceAll(words, ",", ", ")))
		return
	}
	if _, ok := rules["filled"]; ok && strings.TrimSpace(text) == "" {
		s.check.Add(at, "required", "This member needs a value.")
		return
	}
	if s.spelled(text, at, rules) && s.length(utf8.RuneCountInString(text), at, rules) {
		v.SetString(text)
	}
}

// length holds a text against the least and most characters that it may have.
func (s *shape) length(n int, at string, rules map[string]string) bool {
	least, most := rules["min"], rules["max"]
	switch {
	case least != "" && float64(n) < number(least):
		s.check.Add(at, "too_short", "Use at least "+least+" characters.")
	case most != "" && float64(n) > number(most):
		s.check.Add(at, "too_long", "Use at most "+most+" characters.")
	default:
		return true
	}
	return false
}

func (s *shape) number(v reflect.Value, value any, at string, rules map[string]string) {
	written, ok := value.(json.Number)
	if !ok {
		s.wrong(at, "a number", value)
		return
	}
	n, err := written.Float64()
	if err != nil || math.Abs(n) > 1<<53 {
		s.check.Add(at, "out_of_range", "This number is too large.")
		return
	}
	if _, whole := rules["whole"]; (whole || v.Kind() == reflect.Int64) && n != math.Trunc(n) {
		s.check.Add(at, "not_whole", "Use a whole number.")
		return
	}
	if !s.within(n, at, rules) {
		return
	}
	if v.Kind() == reflect.Int64 {
		v.SetInt(int64(n))
		return
	}
	v.SetFloat(n)
}

func (s *shape) within(n float64, at string, rules map[string]string) bool {
	least, most := rules["min"], rules["max"]
	ok := (least == "" || n >= number(least)) && (most == "" || n <= number(most))
	switch {
	case ok:
	case least == "":
		s.check.Add(at, "out_of_range", "Use a number of at most "+most+".")
	case most == "":
		s.check.Add(at, "out_of_range", "Use a number of at least "+least+".")
	default:
		s.check.Add(at, "out_of_range", "Use a number from "+least+" to "+most+".")
	}
	return ok
}

func number(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic("web: a rule has " + text + " where a number belongs")
	}
	return n
}

func (s *shape) list(v reflect.Value, value any, at string, rules map[string]string) {
	items, ok := value.([]any)
	if !ok {
		s.wrong(at, "an array", value)
		return
	}
	if _, ok := rules["filled"]; ok && len(items) == 0 {
		s.check.Add(at, "required", "This list needs at least one item.")
	}
	if !s.count(len(items), "items", "item", at, rules) {
		return
	}
	list := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		s.value(list.Index(i), item, at+"["+strconv.Itoa(i)+"]", rules)
	}
	v.Set(list)
}

func (s *shape) wrong(at, want string, got any) {
	s.check.Add(at, "wrong_type", "This must be "+want+", not "+jsonKind(got)+".")
}

func jsonKind(value any) string {
	switch value.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case json.Number:
		return "a number"
	case []any:
		return "an array"
	}
	return "an object"
}
