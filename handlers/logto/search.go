package logto

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/valyala/fasthttp"

	"gatehouse/handlers/clients"
)

// Ways to compare a text with what is searched for.
const (
	modeLike    = "like"       // % stands for any text, _ for one character
	modeExact   = "exact"      // the whole text; several values are alternatives
	modeSimilar = "similar_to" // as SQL's SIMILAR TO
	modePosix   = "posix"      // a regular expression
)

// Limits of a search.
const (
	maxSearches     = 10  // fields spoken of
	maxSearchValues = 100 // alternatives of one field
	maxSearchLength = 256 // characters of one value
)

// search is what a caller looks for in a list.
type search struct {
	matches       []match
	every         bool // all must match, not just one
	caseSensitive bool
}

// match is one field and what it must be like. An empty field stands for all default fields of the list.
type match struct {
	field  string
	mode   string
	values []string
}

// searchIn is the search of a list. Embed it in the input; the face fills it from the query.
type searchIn struct{ search search }

func (in *searchIn) readQuery(args *fasthttp.Args) (err error) {
	query := map[string][]string{}
	args.VisitAll(func(name, value []byte) { query[string(name)] = append(query[string(name)], string(value)) })
	in.search, err = parseSearch(query)
	return err
}

// parseSearch reads "search", "search.FIELD", "mode", "mode.FIELD", "joint" and "isCaseSensitive"; what else the query holds is not its own.
// Faults: request.invalid_input.
func parseSearch(query map[string][]string) (search, error) {
	s := search{caseSensitive: lastOf(query, "isCaseSensitive") == "true"}
	switch joint := lastOf(query, "joint", "jointMode"); joint {
	case "", "or":
	case "and":
		s.every = true
	default:
		return s, badSearch("joint is and or or.")
	}
	for _, name := range sortedKeys(query) {
		field, ok := searchField(name)
		if !ok {
			continue
		}
		m, err := readMatch(field, query[name], modeOf(query, field), s.caseSensitive)
		if err != nil {
			return s, err
		}
		s.matches = append(s.matches, m)
	}
	if len(s.matches) > maxSearches {
		return s, badSearch("A search speaks of at most 10 fields.")
	}
	return s, nil
}

// searchField is the field that a parameter speaks of, with "search" speaking of all.
func searchField(name string) (string, bool) {
	if name == "search" {
		return "", true
	}
	field, ok := strings.CutPrefix(name, "search.")
	return snake(field), ok
}

func modeOf(query map[string][]string, field string) string {
	for _, name := range sortedKeys(query) {
		if of, ok := strings.CutPrefix(name, "mode."); ok && field != "" && snake(of) == field {
			return lastOf(query, name)
		}
	}
	if mode := lastOf(query, "mode"); mode != "" {
		return mode
	}
	return modeLike
}

func readMatch(field string, values []string, mode string, caseSensitive bool) (match, error) {
	m := match{field: field, mode: mode, values: values}
	switch {
	case !slices.Contains([]string{modeLike, modeExact, modeSimilar, modePosix}, mode):
		return m, badSearch("mode is like, exact, similar_to or posix.")
	case len(values) > 1 && mode != modeExact:
		return m, badSearch("Only an exact search takes several values.")
	case len(values) > maxSearchValues:
		return m, badSearch("A field takes at most 100 values.")
	case mode == modeSimilar && !caseSensitive:
		return m, badSearch("similar_to needs isCaseSensitive=true.")
	}
	for _, v := range values {
		if v == "" || len(v) > maxSearchLength || strings.ContainsRune(v, 0) {
			return m, badSearch("A value to search for has 1 to 256 characters.")
		}
	}
	if _, err := m.pattern(caseSensitive); err != nil {
		return m, badSearch("The value of search." + m.field + " is no pattern: check its brackets, repetitions and backslashes.")
	}
	return m, nil
}

func badSearch(text string) error { return refuse("request.invalid_input", text) }

// within refuses fields that the list does not know.
func (s search) within(fields ...string) error {
	for _, m := range s.matches {
		if m.field != "" && !slices.Contains(fields, m.field) {
			return badSearch("This list is searched by " + strings.Join(fields, ", ") + ".")
		}
	}
	return nil
}

// finds tells whether a row matches. value gives the text of a field, fields are the default ones.
func (s search) finds(fields []string, value func(field string) string) bool {
	if len(s.matches) == 0 {
		return true
	}
	for _, m := range s.matches {
		of := fields
		if m.field != "" {
			of = []string{m.field}
		}
		hit := slices.ContainsFunc(of, func(field string) bool { return m.hits(value(field), s.caseSensitive) })
		if hit != s.every {
			return hit
		}
	}
	return s.every
}

func (m match) hits(text string, caseSensitive bool) bool {
	if m.mode == modeExact {
		return slices.ContainsFunc(m.values, func(v string) bool { return v == text || !caseSensitive && strings.EqualFold(v, text) })
	}
	re, err := m.pattern(caseSensitive)
	return err == nil && re.MatchString(text)
}

// pattern is the search as a regular expression of Go, which needs time linear in the text.
func (m match) pattern(caseSensitive bool) (*regexp.Regexp, error) {
	flags := "(?s)"
	if !caseSensitive {
		flags = "(?si)"
	}
	switch m.mode {
	case modeLike:
		return regexp.Compile(flags + "^" + wildcards(m.values[0], regexp.QuoteMeta) + "$")
	case modeSimilar:
		return regexp.Compile(flags + "^(?:" + wildcards(m.values[0], similar) + ")$")
	}
	return regexp.Compile(flags + m.values[0])
}

// wildcards replaces % and _, and writes the rest by way of other; a backslash takes the meaning from what follows.
func wildcards(text string, other func(string) string) string {
	var b strings.Builder
	escaped := false
	for _, r := range text {
		switch {
		case escaped:
			b.WriteString(regexp.QuoteMeta(string(r)))
			escaped = false
		case r == '\\':
			escaped = true
		case r == '%':
			b.WriteString(".*")
		case r == '_':
			b.WriteByte('.')
		default:
			b.WriteString(other(string(r)))
		}
	}
	return b.String()
}

// similar keeps the characters that mean something in SIMILAR TO and quotes those that mean something in Go only.
func similar(char string) string {
	if strings.ContainsAny(char, ".^$") {
		return `\` + char
	}
	return char
}

// snake spells primaryEmail as primary_email, as the database of the document's makers does.
func snake(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

func lastOf(query map[string][]string, names ...string) string {
	for _, name := range names {
		if v := query[name]; len(v) > 0 {
			return v[len(v)-1]
		}
	}
	return ""
}

// asked tells whether the database can answer a search: no patterns, and no "all of several fields".
func asked(s search) bool {
	return !slices.ContainsFunc(s.matches, func(m match) bool {
		escaped := slices.ContainsFunc(m.values, func(v string) bool { return strings.Contains(v, `\`) })
		return m.mode != modeLike && m.mode != modeExact || escaped || m.field == "" && s.every
	})
}

// texts is a search as the database takes it; a match of all fields is one of each. It is nil for one that must be sifted.
func texts(s search, fields []string) []clients.TextMatch {
	var out []clients.TextMatch
	if !asked(s) {
		return nil
	}
	for _, m := range s.matches {
		of := fields
		if m.field != "" {
			of = []string{m.field}
		}
		for _, field := range of {
			out = append(out, clients.TextMatch{Field: field, Mode: m.mode, Values: m.values, Cased: s.caseSensitive})
		}
	}
	return out
}
