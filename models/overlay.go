package models

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Overlay is what one layer of the experience sets: a value, as canonical JSON, for each path that it overrides.
// Absent paths show the layer below.
type Overlay map[string]json.RawMessage

const phrasesPath = "phrases."

// leaf is one setting of Experience: where it is, and of which type.
type leaf struct {
	index []int
	typ   reflect.Type
}

// leaves are all settings by path, read once from the type. A struct is a section; everything else is a leaf.
var leaves = sync.OnceValue(func() map[string]leaf {
	all := map[string]leaf{}
	gather(all, reflect.TypeFor[Experience](), "", nil)
	return all
})

func gather(all map[string]leaf, t reflect.Type, prefix string, index []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || f.Name == "Phrases" {
			continue
		}
		at := append(slices.Clone(index), i)
		if f.Type.Kind() == reflect.Struct && len(at) < 2 {
			gather(all, f.Type, prefix+name+".", at)
			continue
		}
		all[prefix+name] = leaf{at, f.Type}
	}
}

// PhrasePath is the path of one phrase in one language.
func PhrasePath(language, key string) string { return phrasesPath + language + "." + key }

// SplitPhrase takes a phrase's path apart.
func SplitPhrase(path string) (language, key string, ok bool) {
	rest, ok := strings.CutPrefix(path, phrasesPath)
	if !ok {
		return "", "", false
	}
	language, key, ok = strings.Cut(rest, ".")
	return language, key, ok && language != "" && key != ""
}

// SetPath puts a value at a path, in canonical form. A path that is no setting, and a value of the wrong type, is an error.
func (o Overlay) SetPath(path string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("setting %s: %w", path, err)
	}
	canonical, err := canonicalLeaf(path, raw)
	if err != nil {
		return err
	}
	o[path] = canonical
	return nil
}

func canonicalLeaf(path string, raw json.RawMessage) (json.RawMessage, error) {
	t := reflect.TypeFor[string]()
	if _, _, phrase := SplitPhrase(path); !phrase {
		l, ok := leaves()[path]
		if !ok {
			return nil, &PathError{Path: path, Reason: "unknown_field", Text: "There is no such setting."}
		}
		t = l.typ
	}
	v := reflect.New(t)
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v.Interface()); err != nil {
		return nil, &PathError{Path: path, Reason: "wrong_type", Text: "This setting needs " + describe(t) + "."}
	}
	fillLists(v.Elem())
	return json.Marshal(v.Interface())
}

// fillLists makes an absent list empty, so that one state has one spelling.
func fillLists(v reflect.Value) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
}

func describe(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	case reflect.String:
		return "a text"
	}
	return "an object with the documented members"
}

// PathError says which setting a caller got wrong.
type PathError struct{ Path, Reason, Text string }

// Error makes it an error.
func (e *PathError) Error() string { return e.Path + ": " + e.Text }

// Flatten reads the nested form of settings ({"branding":{"primary_color":"#0f5f47"}}) into set paths and cleared ones (null).
// A section that is null clears all its paths. Every wrong path is told.
func Flatten(body map[string]json.RawMessage) (set Overlay, cleared []string, wrong []PathError) {
	set = Overlay{}
	flatten(set, &cleared, &wrong, "", body)
	slices.Sort(cleared)
	slices.SortFunc(wrong, func(a, b PathError) int { return strings.Compare(a.Path, b.Path) })
	return set, cleared, wrong
}

func flatten(set Overlay, cleared *[]string, wrong *[]PathError, prefix string, body map[string]json.RawMessage) {
	for name, raw := range body {
		path := prefix + name
		if isSection(path) {
			section(set, cleared, wrong, path, raw)
			continue
		}
		if string(raw) == "null" && nullClears(path) {
			*cleared = append(*cleared, path)
			continue
		}
		canonical, err := canonicalLeaf(path, raw)
		if err != nil {
			*wrong = append(*wrong, *err.(*PathError))
			continue
		}
		set[path] = canonical
	}
}

func section(set Overlay, cleared *[]string, wrong *[]PathError, path string, raw json.RawMessage) {
	var inner map[string]json.RawMessage
	if err := json.Unmarshal(raw, &inner); err != nil {
		*wrong = append(*wrong, PathError{path, "wrong_type", "This needs an object."})
		return
	}
	if inner == nil {
		*cleared = append(*cleared, path+".")
		return
	}
	flatten(set, cleared, wrong, path+".", inner)
}

func nullClears(path string) bool {
	_, known := leaves()[path]
	_, _, phrase := SplitPhrase(path)
	return known || phrase
}

func isSection(path string) bool {
	if path == "phrases" || (strings.HasPrefix(path, phrasesPath) && strings.Count(path, ".") == 1) {
		return true
	}
	for p := range leaves() {
		if strings.HasPrefix(p, path+".") {
			return true
		}
	}
	return false
}

// Without gives a copy that lacks the cleared paths; one that ends in "." clears a section.
func (o Overlay) Without(cleared []string) Overlay {
	out := Overlay{}
	for p, v := range o {
		if !slices.ContainsFunc(cleared, func(c string) bool { return p == c || strings.HasSuffix(c, ".") && strings.HasPrefix(p, c) }) {
			out[p] = v
		}
	}
	return out
}

// With gives a copy in which the paths of more win.
func (o Overlay) With(more Overlay) Overlay {
	out := Overlay{}
	for p, v := range o {
		out[p] = v
	}
	for p, v := range more {
		out[p] = v
	}
	return out
}

// Nested is the form in which callers read an overlay: objects in objects.
func (o Overlay) Nested() map[string]any {
	out := map[string]any{}
	for path, raw := range o {
		put(out, splitPath(path), raw)
	}
	return out
}

func splitPath(path string) []string {
	if lang, key, ok := SplitPhrase(path); ok {
		return []string{"phrases", lang, key}
	}
	return strings.SplitN(path, ".", 2)
}

func put(into map[string]any, parts []string, raw json.RawMessage) {
	for _, p := range parts[:len(parts)-1] {
		next, ok := into[p].(map[string]any)
		if !ok {
			next = map[string]any{}
			into[p] = next
		}
		into = next
	}
	into[parts[len(parts)-1]] = raw
}

// Over lays o over base and gives the result; base is not changed. A path that this version no longer knows is passed over,
// so that an old version of the settings can always be shown.
func (o Overlay) Over(base Experience) (Experience, error) {
	out := base
	out.Phrases = copyPhrases(base.Phrases)
	v := reflect.ValueOf(&out).Elem()
	for path, raw := range o {
		if lang, key, ok := SplitPhrase(path); ok {
			var text string
			if err := json.Unmarshal(raw, &text); err != nil {
				return out, fmt.Errorf("read setting %s: %w", path, err)
			}
			if out.Phrases[lang] == nil {
				out.Phrases[lang] = map[string]string{}
			}
			out.Phrases[lang][key] = text
			continue
		}
		l, ok := leaves()[path]
		if !ok {
			continue
		}
		fresh := reflect.New(l.typ) // never into the old value: its lists belong to base
		if err := json.Unmarshal(raw, fresh.Interface()); err != nil {
			return out, fmt.Errorf("read setting %s: %w", path, err)
		}
		v.FieldByIndex(l.index).Set(fresh.Elem())
	}
	for _, l := range leaves() {
		fillLists(v.FieldByIndex(l.index)) // a list that nobody set is an empty one for every reader
	}
	return out, nil
}

func copyPhrases(p map[string]map[string]string) map[string]map[string]string {
	out := make(map[string]map[string]string, len(p))
	for lang, texts := range p {
		inner := make(map[string]string, len(texts))
		for k, t := range texts {
			inner[k] = t
		}
		out[lang] = inner
	}
	return out
}

// OverlayOf is every setting of e as an overlay, phrases included: what a diff and the audit log compare.
func OverlayOf(e Experience) Overlay {
	out := Overlay{}
	v := reflect.ValueOf(&e).Elem()
	for path, l := range leaves() {
		fillLists(v.FieldByIndex(l.index))
		raw, _ := json.Marshal(v.FieldByIndex(l.index).Interface())
		out[path] = raw
	}
	for lang, texts := range e.Phrases {
		for key, text := range texts {
			raw, _ := json.Marshal(text)
			out[PhrasePath(lang, key)] = raw
		}
	}
	return out
}
