package web

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"gatehouse/models"
)

// Mode is how the one binder treats what it does not know.
type Mode int

// The modes.
const (
	Lenient    Mode = iota // unknown members are ignored
	Strict                 // unknown members are refused by name
	StrictBody             // unknown members of a body are refused by name, unknown parameters of a query are ignored
)

const maxDepth = 64

// Bind fills in, a pointer to a struct, from the body, then the query, then the path, so that "?id=" cannot replace the id in
// the path. It binds only fields that carry a tag for the source: json or form, query, path, header.
func Bind(r *Request, in any, mode Mode) error {
	v := reflect.ValueOf(in).Elem()
	if v.Kind() != reflect.Struct {
		return bindBody(r, in, mode)
	}
	p := planOf(v.Type())
	if p.body && r.c.Method() != "GET" && r.c.Method() != "HEAD" {
		if err := bindBody(r, in, mode); err != nil {
			return err
		}
	}
	return bindAround(r, v, p, mode)
}

// bindAround fills what stands around the body: query, path and headers.
func bindAround(r *Request, v reflect.Value, p *plan, mode Mode) error {
	var c models.Check
	bindQuery(r, v, p, mode, &c)
	for _, f := range p.path {
		text := r.param(f.name)
		if !models.PlainText(text) {
			return models.Missing("object")
		}
		setText(v.FieldByIndex(f.index), f.name, []string{text}, &c)
	}
	for _, f := range p.header {
		if text, sent := r.condition(f.name); sent {
			setText(v.FieldByIndex(f.index), f.name, []string{text}, &c)
		}
	}
	return c.Err()
}

// noVersion is a version that no row has.
const noVersion = "-1"

// condition is the version that a header names, if it was sent and is not "*". A tag that is empty is one that nothing has
// (RFC 9110 section 13.1.1), and not a change without a condition.
func (r *Request) condition(name string) (version string, sent bool) {
	if len(r.c.Request().Header.PeekAll(name)) == 0 || r.c.Get(name) == "*" {
		return "", false
	}
	version = strings.Trim(strings.TrimPrefix(r.c.Get(name), "W/"), `"`)
	if version == "" && name == "If-Match" {
		version = noVersion
	}
	return version, true
}

func bindBody(r *Request, in any, mode Mode) error {
	body := r.c.BodyRaw()
	media, _, _ := mime.ParseMediaType(r.c.Get("Content-Type"))
	switch {
	case media == "application/x-www-form-urlencoded" && mode == Lenient:
		return bindForm(r, in)
	case len(body) == 0 && !wantsBody(reflect.TypeOf(in).Elem()):
		return nil
	case media == "application/json" || strings.HasSuffix(media, "+json") || (media == "" && mode == Lenient):
		return DecodeJSON(body, in, mode)
	case len(body) == 0:
		return malformed("The request needs a JSON body.")
	}
	return &models.Fault{Code: models.BadType, Reason: "unsupported_media_type", Text: "Send the body as application/json."}
}

func wantsBody(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && planOf(t).json
}

// DecodeJSON reads one JSON value into in. Faults: Malformed, and Invalid naming the member that has the wrong type or is not known.
func DecodeJSON(body []byte, in any, mode Mode) error {
	if depth(body) > maxDepth {
		return malformed(fmt.Sprintf("The JSON is nested deeper than %d levels.", maxDepth))
	}
	if err := storable(body); err != nil {
		return err
	}
	if err := shortLists(body); err != nil {
		return err
	}
	if err := countable(body); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	if mode != Lenient {
		dec.DisallowUnknownFields()
	}
	if err := dec.Decode(in); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			wrong.Field = memberPath(reflect.TypeOf(in), wrong.Field)
		}
		return jsonFault(body, in, err)
	}
	if mode != Lenient {
		if name := misspelt(body, reflect.TypeOf(in).Elem(), ""); name != "" {
			return unknownMember(name)
		}
	}
	if _, err := dec.Token(); err != io.EOF {
		return malformed("The body holds more than one JSON value.")
	}
	return nil
}

// plan is what the binder knows of a type, worked out once.
type plan struct {
	body                      bool // a body or a form fills something
	json                      bool // a JSON body fills something
	form, query, path, header []field
}

type field struct {
	name  string
	index []int
	lines bool // one text area holds a list, a value a line
	most  int  // of a number in a query of the native face, whose least is 1; 0 for no bounds
}

var plans sync.Map

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := &plan{}
	p.gather(t, nil, "")
	plans.Store(t, p)
	return p
}

func (p *plan) gather(t reflect.Type, at []int, prefix string) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		index := append(append([]int(nil), at...), i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			p.gather(f.Type, index, prefix)
			continue
		}
		if name := tagName(f.Tag.Get("json")); name != "" {
			p.body, p.json = true, true
		}
		if name := tagName(f.Tag.Get("form")); name != "" {
			p.body = true
			if nested(f.Type) {
				p.gather(f.Type, index, prefix+name+".")
				continue
			}
			p.form = append(p.form, field{name: prefix + name, index: index, lines: strings.HasSuffix(f.Tag.Get("form"), ",lines")})
		}
		if name := tagName(f.Tag.Get("query")); name != "" {
			most, _ := strconv.Atoi(f.Tag.Get("maximum"))
			p.query = append(p.query, field{name: name, index: index, most: most})
		}
		if name := tagName(f.Tag.Get("path")); name != "" {
			p.path = append(p.path, field{name: name, index: index})
		}
		if name := tagName(f.Tag.Get("header")); name != "" {
			p.header = append(p.header, field{name: name, index: index})
		}
	}
}

func tagName(tag string) string {
	name, _, _ := strings.Cut(tag, ",")
	if name == "-" {
		return ""
	}
	return name
}

// nested tells whether a form spells the struct out with dots, and not as one value.
func nested(t reflect.Type) bool {
	if t.Kind() != reflect.Struct || isOpt(t) {
		return false
	}
	_, text := reflect.New(t).Interface().(encoding.TextUnmarshaler)
	return !text
}

type opt interface{ OptTarget() any }

func isOpt(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[opt]())
}

func bindQuery(r *Request, v reflect.Value, p *plan, mode Mode, c *models.Check) {
	args := r.c.Context().QueryArgs()
	if len(p.query) == 0 && mode != Strict || args.Len() == 0 {
		return
	}
	known := map[string]bool{}
	for _, f := range p.query {
		known[f.name] = true
		if args.Has(f.name) {
			setText(v.FieldByIndex(f.index), f.name, multi(args.PeekMulti(f.name)), c)
			if mode == Strict && f.most > 0 {
				bounded(v.FieldByIndex(f.index), f, c)
			}
		}
	}
	if mode != Strict {
		return
	}
	args.VisitAll(func(key, _ []byte) {
		if name := string(key); !known[name] {
			c.Add(name, "unknown_parameter", "There is no query parameter of this name here.")
		}
	})
}

// bounded notes a number outside of what the document says. Pages and dialects have customs of their own.
func bounded(v reflect.Value, f field, c *models.Check) {
	if n := v.Int(); n < 1 || n > int64(f.most) {
		c.Add(f.name, "out_of_range", "Use a number from 1 to "+strconv.Itoa(f.most)+".")
	}
}

func multi(values [][]byte) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func bindForm(r *Request, in any) error {
	v := reflect.ValueOf(in).Elem()
	args := r.c.Request().PostArgs()
	var c models.Check
	for _, f := range planOf(v.Type()).form {
		if !args.Has(f.name) {
			continue
		}
		values := multi(args.PeekMulti(f.name))
		if f.lines {
			values = strings.Split(strings.ReplaceAll(strings.Join(values, "\n"), "\r", ""), "\n")
		}
		setText(v.FieldByIndex(f.index), f.name, values, &c)
	}
	return c.Err()
}

// setText puts the text of a form, query or path into a field. The last value wins; empty items of a list drop.
func setText(v reflect.Value, name string, values []string, c *models.Check) {
	last := values[len(values)-1]
	if len(values) > mostItems {
		c.Add(name, "too_many", fmt.Sprintf("A list of a request holds at most %d entries.", mostItems))
		return
	}
	for _, text := range values {
		if !models.PlainText(text) {
			c.Add(name, "not_text", notText)
			return
		}
	}
	if v.CanAddr() {
		switch t := v.Addr().Interface().(type) {
		case opt:
			setOpt(v, t, name, values, c)
			return
		case *json.RawMessage:
			setRaw(t, name, last, c)
			return
		case encoding.TextUnmarshaler:
			if err := t.UnmarshalText([]byte(last)); err != nil && last != "" {
				c.Add(name, "wrong_type", illegible(err))
			}
			return
		}
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.Clone(last))
	case reflect.Bool:
		v.SetBool(last == "true" || last == "on" || last == "1")
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(strings.TrimSpace(last), 10, 64)
		if err != nil && last != "" {
			c.Add(name, "wrong_type", "Use a whole number.")
		}
		v.SetInt(n)
	case reflect.Pointer:
		if last == "" {
			v.SetZero()
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		setText(v.Elem(), name, values, c)
	case reflect.Slice:
		setList(v, values)
	case reflect.Map:
		setMap(v, values)
	case reflect.Struct:
		if err := json.Unmarshal([]byte(last), v.Addr().Interface()); err != nil && last != "" {
			c.Add(name, "wrong_type", "This is not JSON of the right shape.")
		}
	}
}

func setOpt(v reflect.Value, o opt, name string, values []string, c *models.Check) {
	target := reflect.ValueOf(o.OptTarget()).Elem()
	if target.Kind() == reflect.Int64 && values[len(values)-1] == "" {
		v.FieldByName("Null").SetBool(true)
		return
	}
	setText(target, name, values, c)
}

func setRaw(raw *json.RawMessage, name, text string, c *models.Check) {
	if strings.TrimSpace(text) == "" {
		*raw = nil
		return
	}
	if !json.Valid([]byte(text)) {
		c.Add(name, "not_json", "This is not valid JSON.")
		return
	}
	*raw = json.RawMessage(strings.Clone(text))
}

func setList(v reflect.Value, values []string) {
	list := reflect.MakeSlice(v.Type(), 0, len(values))
	for _, s := range values {
		if s = strings.TrimSpace(s); s != "" && v.Type().Elem().Kind() == reflect.String {
			list = reflect.Append(list, reflect.ValueOf(strings.Clone(s)).Convert(v.Type().Elem()))
		}
	}
	v.Set(list)
}

// setMap reads "key=value" items into a map of texts.
func setMap(v reflect.Value, values []string) {
	if v.Type().Elem().Kind() != reflect.String {
		return
	}
	m := reflect.MakeMap(v.Type())
	for _, s := range values {
		if key, value, ok := strings.Cut(s, "="); ok && strings.TrimSpace(key) != "" {
			m.SetMapIndex(reflect.ValueOf(strings.TrimSpace(key)), reflect.ValueOf(strings.TrimSpace(value)))
		}
	}
	v.Set(m)
}

// version finds the row version of an answer, for its ETag.
func version(out any) (int64, bool) {
	v := reflect.Indirect(reflect.ValueOf(out))
	if v.Kind() != reflect.Struct {
		return 0, false
	}
	f := v.FieldByName("Version")
	if !f.IsValid() || f.Kind() != reflect.Int64 || f.Int() == 0 {
		return 0, false
	}
	return f.Int(), true
}
