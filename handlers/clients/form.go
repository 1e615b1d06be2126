package clients

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"gatehouse/models"
)

// The editor of a client posts every field of the model by its JSON name, nested ones with a dot. What it shows and what it
// reads both come from the model's own shape, so that a new field needs a place on the page and nothing here.

// values gives what the fields of the editor hold for a client.
func values(c models.Client) map[string][]string {
	out := map[string][]string{}
	fields(reflect.ValueOf(&c).Elem(), "", func(name string, v reflect.Value) { out[name] = text(name, v) })
	return out
}

// fields walks the editable leaves of a row in the model's order.
func fields(v reflect.Value, prefix string, visit func(name string, v reflect.Value)) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" || name == "-" {
			continue
		}
		if f.Type.Kind() == reflect.Struct && f.Type.PkgPath() == reflect.TypeFor[models.Client]().PkgPath() {
			fields(v.Field(i), prefix+name+".", visit)
			continue
		}
		visit(prefix+name, v.Field(i))
	}
}

// text is how a field shows a value.
func text(name string, v reflect.Value) []string {
	switch t := v.Interface().(type) {
	case string:
		return []string{t}
	case bool:
		return []string{strconv.FormatBool(t)}
	case []string:
		return t
	case int64:
		return []string{strconv.FormatInt(t, 10)}
	case *int64:
		if t == nil {
			return []string{""}
		}
		return []string{Span(*t)}
	case json.RawMessage:
		return []string{indent(t)}
	case map[string]string:
		return []string{lines(t)}
	}
	return []string{fmt.Sprint(v.Interface())}
}

func indent(raw json.RawMessage) string {
	if len(raw) == 0 {
		return ""
	}
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return string(raw)
	}
	out, _ := json.MarshalIndent(v, "", "  ")
	return string(out)
}

func lines(m map[string]string) string {
	out := make([]string, 0, len(m))
	for k, v := range m {
		out = append(out, k+"="+v)
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}

// read gives the client as the posted fields would leave it. Fields that cannot be read are noted and stay as they are.
func read(c models.Client, form map[string][]string, f *models.Check) models.Client {
	fields(reflect.ValueOf(&c).Elem(), "", func(name string, v reflect.Value) {
		if posted, ok := form[name]; ok && len(posted) > 0 {
			set(name, v, posted, f)
		}
	})
	// The grants are the switches of these two.
	if _, ok := form["grant_types"]; ok {
		c.Device.Enabled, c.CIBA.Enabled = c.Grants(models.GrantDevice), c.Grants(models.GrantCIBA)
	}
	return c
}

func set(name string, v reflect.Value, posted []string, f *models.Check) {
	last := strings.ReplaceAll(posted[len(posted)-1], "\r\n", "\n")
	switch v.Interface().(type) {
	case string:
		v.SetString(strings.TrimSpace(last))
	case bool:
		v.SetBool(last == "true")
	case []string:
		v.Set(reflect.ValueOf(said(posted)))
	case int64:
		n, err := strconv.ParseInt(strings.TrimSpace(last), 10, 64)
		if f.That(err == nil, name, "wrong_type", "Use a whole number.") {
			v.SetInt(n)
		}
	case *int64:
		setSpan(name, v, last, f)
	case json.RawMessage:
		setJSON(name, v, last, f)
	case map[string]string:
		setLines(name, v, last, f)
	}
}

// said leaves out the empty items of a posted list: the hidden field before it and lines that nobody filled.
func said(posted []string) []string {
	out := []string{}
	for _, s := range strings.Split(strings.Join(posted, "\n"), "\n") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func setSpan(name string, v reflect.Value, last string, f *models.Check) {
	if strings.TrimSpace(last) == "" {
		v.SetZero()
		return
	}
	n, ok := ParseSpan(last)
	if f.That(ok, name, "wrong_type", "Write a time with its unit, such as 45 minutes, 12 hours or 30 days.") {
		v.Set(reflect.ValueOf(&n))
	}
}

func setJSON(name string, v reflect.Value, last string, f *models.Check) {
	if strings.TrimSpace(last) == "" {
		v.SetZero()
		return
	}
	if f.That(json.Valid([]byte(last)), name, "not_json", "This is not JSON. Look for a missing quote, comma or bracket.") {
		var same any
		_ = json.Unmarshal([]byte(last), &same)
		raw, _ := json.Marshal(same)
		v.SetBytes(raw)
	}
}

func setLines(name string, v reflect.Value, last string, f *models.Check) {
	m := map[string]string{}
	for _, line := range strings.Split(last, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !f.That(ok && strings.TrimSpace(key) != "", name, "wrong_type", "Write one entry a line, as name=value.") {
			return
		}
		m[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	v.Set(reflect.ValueOf(m))
}

// changed gives as settings what differs between two states of a client, whole members at a time: what an API call would say.
func changed(before, after models.Client) (Settings, map[string]json.RawMessage) {
	b, a := members(before), members(after)
	diff := map[string]json.RawMessage{}
	for name, value := range a {
		if settable[name] && string(b[name]) != string(value) {
			diff[name] = value
		}
	}
	for name := range b {
		if _, still := a[name]; !still && settable[name] { // left out because it is empty now
			diff[name] = json.RawMessage("null")
		}
	}
	return asSettings(diff), diff
}

// asSettings reads members as settings; they come from a row, so that they always can be read.
func asSettings(members map[string]json.RawMessage) (s Settings) {
	raw, _ := json.Marshal(members)
	_ = json.Unmarshal(raw, &s)
	return s
}

// members is the JSON of a client by member, with lists that are null as empty ones.
func members(c models.Client) map[string]json.RawMessage {
	_ = c.BeforeAppendModel(context.Background(), nil) // makes absent lists empty
	raw, _ := json.Marshal(c)
	var out map[string]json.RawMessage
	_ = json.Unmarshal(raw, &out)
	return out
}

// settable are the members that Settings knows: what a page posts beyond them changes nothing.
var settable = func() map[string]bool {
	out := map[string]bool{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Settings]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out[name] = true
	}
	return out
}()

// lists are the fields that hold any number of values.
var lists = func() map[string]bool {
	out := map[string]bool{}
	fields(reflect.ValueOf(&models.Client{}).Elem(), "", func(name string, v reflect.Value) {
		if v.Type() == reflect.TypeFor[[]string]() {
			out[name] = true
		}
	})
	return out
}()
