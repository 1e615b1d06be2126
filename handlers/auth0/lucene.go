package auth0

import (
	"strings"

	"gatehouse/models"
)

// Limits of a query.
const (
	queryLength = 2000 // bytes
	queryTerms  = 100
	queryDepth  = 20
)

// A query is the subset of Lucene's syntax that the document's q takes: terms, phrases and wildcards of named fields, ranges,
// _exists_, AND, OR, NOT and brackets. Two terms without a word between them are alternatives. What a list can search for is its
// own matter: it walks the tree and refuses what it cannot.
type query interface{ isQuery() }

type (
	// termQuery compares a field with a value. In a value that is no phrase, * stands for any text.
	termQuery struct {
		Field, Value string
		Phrase       bool
	}
	// rangeQuery holds a field between two values; an empty one, or *, has no bound.
	rangeQuery struct {
		Field, From, To  string
		OpenFrom, OpenTo bool // the bound itself is left out
	}
	existsQuery struct{ Field string }
	allQuery    struct{ Of []query }
	anyQuery    struct{ Of []query }
	notQuery    struct{ Of query }
)

func (termQuery) isQuery()   {}
func (rangeQuery) isQuery()  {}
func (existsQuery) isQuery() {}
func (allQuery) isQuery()    {}
func (anyQuery) isQuery()    {}
func (notQuery) isQuery()    {}

// parseQuery reads a query. Faults: Invalid (q).
func parseQuery(text string) (query, error) {
	if len(text) > queryLength {
		return nil, badQuery("it is longer than 2000 characters")
	}
	p := &queryParser{rest: text}
	q := p.either(0)
	if p.skip(); p.wrong == "" && p.rest != "" {
		p.wrong = "a bracket is closed that was not opened"
	}
	if p.wrong != "" {
		return nil, badQuery(p.wrong)
	}
	return q, nil
}

func badQuery(what string) error {
	var c models.Check
	c.Add("q", "invalid_query", "The query cannot be read: "+what)
	return c.Err()
}

type queryParser struct {
	rest  string
	terms int
	wrong string
}

func (p *queryParser) skip() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *queryParser) fail(what string) query {
	if p.wrong == "" {
		p.wrong = what
	}
	p.rest = ""
	return nil
}

// word takes an operator from the front of the rest, where it stands alone.
func (p *queryParser) word(operators ...string) bool {
	p.skip()
	for _, o := range operators {
		after, ok := strings.CutPrefix(p.rest, o)
		if ok && (o == "&&" || o == "||" || after == "" || strings.ContainsAny(after[:1], " \t\r\n(")) {
			p.rest = after
			return true
		}
	}
	return false
}

// either is alternatives: a OR b, or just a b.
func (p *queryParser) either(depth int) query {
	if depth > queryDepth {
		return p.fail("brackets nest deeper than 20 levels")
	}
	list := []query{p.both(depth)}
	for p.wrong == "" {
		if said := p.word("OR", "||"); !said && (p.rest == "" || p.rest[0] == ')') {
			break
		}
		list = append(list, p.both(depth))
	}
	if len(list) == 1 {
		return list[0]
	}
	return anyQuery{list}
}

func (p *queryParser) both(depth int) query {
	list := []query{p.negated(depth)}
	for p.wrong == "" && p.word("AND", "&&") {
		list = append(list, p.negated(depth))
	}
	if len(list) == 1 {
		return list[0]
	}
	return allQuery{list}
}

func (p *queryParser) negated(depth int) query {
	if p.word("NOT") {
		return notQuery{p.negatedOnce(depth)}
	}
	if p.rest != "" && (p.rest[0] == '-' || p.rest[0] == '!') {
		p.rest = p.rest[1:]
		return notQuery{p.negatedOnce(depth)}
	}
	p.rest = strings.TrimPrefix(p.rest, "+")
	return p.single(depth, "")
}

func (p *queryParser) negatedOnce(depth int) query {
	p.skip()
	return p.single(depth, "")
}

// single is one comparison, or a bracket. field is that of a bracket behind a colon.
func (p *queryParser) single(depth int, field string) query {
	if p.terms++; p.terms > queryTerms {
		return p.fail("it has more than 100 terms")
	}
	if after, ok := strings.CutPrefix(p.rest, "("); ok {
		p.rest = after
		return p.bracket(depth, field)
	}
	if p.rest == "" || p.rest[0] == ')' {
		return p.fail("a term is missing")
	}
	value, phrase := p.value()
	if after, ok := strings.CutPrefix(p.rest, ":"); ok && !phrase && field == "" {
		p.rest = after
		return p.of(depth, value)
	}
	if value == "" && !phrase {
		return p.fail("the character " + p.rest[:1] + " stands where a term belongs")
	}
	return termQuery{Field: field, Value: value, Phrase: phrase}
}

func (p *queryParser) bracket(depth int, field string) query {
	if field == "" {
		q := p.either(depth + 1)
		if p.skip(); p.wrong == "" && !strings.HasPrefix(p.rest, ")") {
			return p.fail("a bracket is not closed")
		}
		p.rest = strings.TrimPrefix(p.rest, ")")
		return q
	}
	var list []query
	for p.wrong == "" {
		p.word("OR", "||")
		p.skip()
		if after, ok := strings.CutPrefix(p.rest, ")"); ok {
			p.rest = after
			return anyQuery{list}
		}
		list = append(list, p.single(queryDepth+1, field))
	}
	return nil
}

// of is what stands behind the colon of a field.
func (p *queryParser) of(depth int, field string) query {
	switch {
	case field == "":
		return p.fail("a field has no name")
	case strings.HasPrefix(p.rest, "[") || strings.HasPrefix(p.rest, "{"):
		return p.span(field)
	case strings.HasPrefix(p.rest, "("):
		return p.single(depth, field)
	}
	for _, sign := range []string{">=", "<=", ">", "<"} {
		if after, ok := strings.CutPrefix(p.rest, sign); ok {
			p.rest = after
			value, _ := p.value()
			r := rangeQuery{Field: field, OpenFrom: sign == ">", OpenTo: sign == "<"}
			if sign[0] == '>' {
				r.From = value
			} else {
				r.To = value
			}
			return r
		}
	}
	value, phrase := p.value()
	if value == "" && !phrase {
		return p.fail("the field " + field + " has no value")
	}
	if field == "_exists_" {
		return existsQuery{Field: value}
	}
	return termQuery{Field: field, Value: value, Phrase: phrase}
}

func (p *queryParser) span(field string) query {
	r := rangeQuery{Field: field, OpenFrom: p.rest[0] == '{'}
	end := strings.IndexAny(p.rest, "]}")
	if end < 0 {
		return p.fail("a range is not closed")
	}
	from, to, ok := strings.Cut(p.rest[1:end], " TO ")
	if !ok {
		return p.fail("a range is written [from TO to]")
	}
	r.OpenTo = p.rest[end] == '}'
	r.From, r.To = bound(from), bound(to)
	p.rest = p.rest[end+1:]
	return r
}

func bound(text string) string {
	if text = strings.Trim(strings.TrimSpace(text), `"`); text == "*" {
		return ""
	}
	return text
}

// value takes a phrase in quotes, or a word in which \ takes a character as it is. A * of a word that was taken so is written \*.
func (p *queryParser) value() (text string, phrase bool) {
	if after, ok := strings.CutPrefix(p.rest, `"`); ok {
		var b strings.Builder
		for i := 0; i < len(after); i++ {
			switch {
			case after[i] == '\\' && i+1 < len(after):
				i++
				b.WriteByte(after[i])
			case after[i] == '"':
				p.rest = after[i+1:]
				return b.String(), true
			default:
				b.WriteByte(after[i])
			}
		}
		p.fail("a phrase is not closed")
		return "", true
	}
	var b strings.Builder
	i := 0
	for ; i < len(p.rest) && !strings.ContainsRune(" \t\r\n():\"[]{}", rune(p.rest[i])); i++ {
		if p.rest[i] == '\\' && i+1 < len(p.rest) {
			if i++; p.rest[i] == '*' {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(p.rest[i])
	}
	p.rest = p.rest[i:]
	return b.String(), false
}
