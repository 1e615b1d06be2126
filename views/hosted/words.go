package hosted

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed phrases/*.json
var phraseFiles embed.FS

// BuiltIn are the languages whose phrases come with the program; the first is the fallback of all.
var BuiltIn = []string{"en", "es", "ar"}

// catalogue is the phrases of one language: by name, and for those that count by "name.form".
type catalogue map[string]phrase

// phrase is a text cut at its placeholders, so that filling it in is joining.
type phrase []piece

// piece is literal text, or the name of a value.
type piece struct {
	text string
	name bool
}

var builtIn = sync.OnceValue(func() map[string]catalogue {
	all := map[string]catalogue{}
	for _, lang := range BuiltIn {
		raw, err := phraseFiles.ReadFile(path.Join("phrases", lang+".json"))
		if err != nil {
			panic(fmt.Sprintf("hosted: read phrases of %s: %v", lang, err)) // the binary itself is broken
		}
		var texts map[string]json.RawMessage
		if err := json.Unmarshal(raw, &texts); err != nil {
			panic(fmt.Sprintf("hosted: read phrases of %s: %v", lang, err))
		}
		all[lang] = compile(lang, texts)
	}
	return all
})

// compile reads a catalogue file: a phrase is a text, or an object with a text for each plural form.
func compile(lang string, texts map[string]json.RawMessage) catalogue {
	c := catalogue{}
	for key, raw := range texts {
		var text string
		var forms map[string]string
		switch {
		case json.Unmarshal(raw, &text) == nil:
			c[key] = cut(text)
		case json.Unmarshal(raw, &forms) == nil:
			for form, text := range forms {
				c[key+"."+form] = cut(text)
			}
		default:
			panic("hosted: phrase " + key + " of " + lang + " is neither a text nor plural forms")
		}
	}
	return c
}

// cut takes a text apart at {placeholders}. A brace without its partner is text.
func cut(text string) phrase {
	var p phrase
	for text != "" {
		open := strings.IndexByte(text, '{')
		end := strings.IndexByte(text[max(open, 0):], '}')
		if open < 0 || end < 0 {
			return append(p, piece{text: text})
		}
		if open > 0 {
			p = append(p, piece{text: text[:open]})
		}
		p = append(p, piece{text: text[open+1 : open+end], name: true})
		text = text[open+end+1:]
	}
	return p
}

// Keys lists every phrase of the program, with its plural forms in English, sorted.
func Keys() []string {
	keys := make([]string, 0, len(builtIn()["en"]))
	for k := range builtIn()["en"] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// KeysOf is Keys with the plural forms of a language.
func KeysOf(lang string) []string {
	keys := Keys()
	for k := range builtIn()[base(lang)] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Default is the built-in text of a phrase in a language: its own, else the English one.
func Default(lang, key string) (string, bool) {
	p, ok := builtIn()[base(lang)][key]
	if !ok {
		p, ok = builtIn()["en"][key]
	}
	return p.source(), ok
}

// Placeholders are the names that a phrase may use.
func Placeholders(lang, key string) []string {
	p, ok := builtIn()[base(lang)][key]
	if !ok {
		p = builtIn()["en"][key]
	}
	return p.names()
}

// PlaceholdersIn are the names that a text uses.
func PlaceholdersIn(text string) []string { return cut(text).names() }

func (p phrase) names() []string {
	names := []string{}
	for _, piece := range p {
		if piece.name && !slices.Contains(names, piece.text) {
			names = append(names, piece.text)
		}
	}
	return names
}

func (p phrase) source() string {
	var s strings.Builder
	for _, piece := range p {
		if piece.name {
			s.WriteString("{" + piece.text + "}")
			continue
		}
		s.WriteString(piece.text)
	}
	return s.String()
}

// base is the built-in language behind a tag, "" for none: es-MX speaks es.
func base(lang string) string {
	short, _, _ := strings.Cut(lang, "-")
	if _, ok := builtIn()[short]; ok {
		return short
	}
	return ""
}

// Words are the phrases of one language as one experience has them.
type Words struct {
	Language string // BCP 47
	Dir      string // ltr or rtl
	Name     string // of the language, in itself
	tag      language.Tag
	own      catalogue // of the tenant, before the built-in ones
	local    catalogue
}

// NewWords joins a tenant's phrases with the built-in ones.
func NewWords(lang string, own map[string]string) *Words {
	tag := language.Make(lang)
	w := &Words{Language: lang, Dir: Direction(lang), tag: tag, own: catalogue{}, local: builtIn()[base(lang)]}
	for key, text := range own {
		w.own[key] = cut(text)
	}
	w.Name = lang
	if _, named := w.own["language.name"]; named || w.local != nil {
		w.Name = w.T("language.name")
	}
	return w
}

func (w *Words) phrase(key string) phrase {
	if p, ok := w.own[key]; ok {
		return p
	}
	if p, ok := w.local[key]; ok {
		return p
	}
	return builtIn()["en"][key]
}

// T is a phrase with its values filled in: name, value, name, value.
func (w *Words) T(key string, values ...string) string { return fill(w.phrase(key), values) }

func fill(p phrase, values []string) string {
	if len(p) == 1 && !p[0].name {
		return p[0].text
	}
	var s strings.Builder
	for _, piece := range p {
		if !piece.name {
			s.WriteString(piece.text)
			continue
		}
		for i := 0; i+1 < len(values); i += 2 {
			if values[i] == piece.text {
				s.WriteString(values[i+1])
			}
		}
	}
	return s.String()
}

// N is a phrase that counts: the form that the language wants for n, with {n} filled in.
func (w *Words) N(key string, n int, values ...string) string {
	values = append(values, "n", strconv.Itoa(n))
	form := forms[plural.Cardinal.MatchPlural(w.tag, n, 0, 0, 0, 0)]
	p := w.phrase(key + "." + form)
	if p == nil {
		p = w.phrase(key + ".other")
	}
	return fill(p, values)
}

var forms = map[plural.Form]string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}

// Part is a stretch of a phrase that holds links: text, or the name of the link.
type Part struct{ Text, Link string }

// Parts takes a phrase apart at its placeholders, for a view that puts links there.
func (w *Words) Parts(key string) []Part {
	p := w.phrase(key)
	parts := make([]Part, len(p))
	for i, piece := range p {
		if piece.name {
			parts[i].Link = piece.text
			continue
		}
		parts[i].Text = piece.text
	}
	return parts
}

// Direction is the direction that a language is written in.
func Direction(lang string) string {
	script, _ := language.Make(lang).Script()
	if slices.Contains([]string{"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg"}, script.String()) {
		return "rtl"
	}
	return "ltr"
}
