package mails

import (
	"fmt"
	"slices"
	"strings"
)

// The texts of mails are written in the part of Liquid that mails need: values with filters, if, unless, case, assign, comment and raw.
// There are no loops, so a text is drawn in one pass, and values are escaped in HTML whether the text asks for it or not: who is
// named "<script>" stays a name.

const (
	mostSource  = 256 << 10 // bytes of a text
	mostOutput  = 1 << 20   // bytes of what is drawn
	mostNested  = 20
	mostSteps   = 10_000  // parts of a text
	mostFilters = 20      // of one value
	mostWork    = 8 << 20 // bytes that filters make while one text is drawn
)

// node is a part of a text: what it draws, or an if with its branches.
type node struct {
	text     string
	value    *value
	assign   string
	branches []branch
}

type branch struct {
	when condition // nil for else
	not  bool
	body []node
}

// value is a name or a literal with filters.
type value struct {
	path    string
	literal *string
	filters []filter
}

type filter struct {
	name string
	args []string
}

// condition is a chain of comparisons: any of the groups, all in a group.
type condition [][]comparison

type comparison struct {
	left, right *value
	op          string // "", "==", "!=" or "contains"
}

// Template is a text that was read.
type Template struct{ nodes []node }

// Parse reads a text. The error says what is wrong and where.
func Parse(source string) (Template, error) {
	if len(source) > mostSource {
		return Template{}, fmt.Errorf("the text is larger than 256 KiB")
	}
	p := &parser{rest: source}
	nodes, end, err := p.block(0)
	if err == nil && end != "" {
		err = fmt.Errorf("{%% %s %%} has no beginning", end)
	}
	if err != nil {
		line := 1 + strings.Count(source[:len(source)-len(p.rest)], "\n")
		return Template{}, fmt.Errorf("line %d: %w", line, err)
	}
	return Template{nodes}, nil
}

type parser struct {
	rest  string
	steps int
}

// block reads up to a tag that ends it, and gives that tag.
func (p *parser) block(depth int) (out []node, end string, err error) {
	if depth > mostNested {
		return nil, "", fmt.Errorf("conditions are nested deeper than %d levels", mostNested)
	}
	for p.rest != "" {
		if p.steps++; p.steps > mostSteps {
			return nil, "", fmt.Errorf("the text has more than %d parts", mostSteps)
		}
		at := strings.Index(p.rest, "{")
		for at >= 0 && !strings.HasPrefix(p.rest[at:], "{{") && !strings.HasPrefix(p.rest[at:], "{%") {
			next := strings.Index(p.rest[at+1:], "{")
			if next < 0 {
				at = -1
			} else {
				at += 1 + next
			}
		}
		if at < 0 {
			out, p.rest = append(out, node{text: p.rest}), ""
			break
		}
		if at > 0 {
			out, p.rest = append(out, node{text: p.rest[:at]}), p.rest[at:]
		}
		n, tag, err := p.mark(depth)
		if err != nil || tag != "" {
			return out, tag, err
		}
		out = append(out, n)
	}
	return out, "", nil
}

// mark reads one {{ value }} or {% tag %}; tag is one that ends the block around it.
func (p *parser) mark(depth int) (n node, tag string, err error) {
	closing := "}}"
	if p.rest[1] == '%' {
		closing = "%}"
	}
	inner, rest, ok := strings.Cut(p.rest[2:], closing)
	if !ok {
		return n, "", fmt.Errorf("%s is not closed by %s", p.rest[:2], closing)
	}
	p.rest = rest
	inner = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(inner, "-"), "-"))
	if closing == "}}" {
		v, err := parseValue(inner)
		return node{value: v}, "", err
	}
	return p.tag(inner, depth)
}

func (p *parser) tag(inner string, depth int) (n node, end string, err error) {
	name, args, _ := strings.Cut(inner, " ")
	switch name {
	case "if", "unless":
		n, err = p.branches(args, name == "unless", depth)
		return n, "", err
	case "case":
		n, err = p.cases(args, depth)
		return n, "", err
	case "elsif", "else", "endif", "endunless", "when", "endcase":
		return n, inner, nil
	case "comment", "raw":
		at := closings[name].FindStringIndex(p.rest)
		if at == nil {
			return n, "", fmt.Errorf("{%% %s %%} is not closed by {%% end%s %%}", name, name)
		}
		if name == "raw" {
			n.text = p.rest[:at[0]]
		}
		p.rest = p.rest[at[1]:]
		return n, "", nil
	case "assign":
		to, from, ok := strings.Cut(args, "=")
		if to = strings.TrimSpace(to); !ok || !isPath(to) {
			return n, "", fmt.Errorf("assign wants a name and a value")
		}
		v, err := parseValue(strings.TrimSpace(from))
		return node{assign: to, value: v}, "", err
	}
	return n, "", fmt.Errorf("the tag %q is not known here: there are if, unless, case, assign, comment and raw", cut(name))
}

func (p *parser) branches(args string, not bool, depth int) (node, error) {
	var n node
	when, err := parseCondition(args)
	if err != nil {
		return n, err
	}
	current := branch{when: when, not: not}
	for {
		body, end, err := p.block(depth + 1)
		if err != nil {
			return n, err
		}
		current.body = body
		n.branches = append(n.branches, current)
		name, args, _ := strings.Cut(end, " ")
		switch name {
		case "endif", "endunless":
			return n, nil
		case "else":
			current = branch{}
		case "elsif":
			if when, err = parseCondition(args); err != nil {
				return n, err
			}
			current = branch{when: when}
		default:
			return n, fmt.Errorf("a condition is not closed by {%% endif %%}")
		}
	}
}

func parseCondition(text string) (condition, error) {
	var out condition
	for _, group := range strings.Split(" "+text+" ", " or ") {
		var all []comparison
		for _, part := range strings.Split(" "+group+" ", " and ") {
			c, err := parseComparison(strings.TrimSpace(part))
			if err != nil {
				return nil, err
			}
			all = append(all, c)
		}
		out = append(out, all)
	}
	return out, nil
}

func parseComparison(text string) (c comparison, err error) {
	for _, op := range []string{"==", "!=", " contains "} {
		if left, right, ok := strings.Cut(text, op); ok {
			c.op = strings.TrimSpace(op)
			if c.right, err = parseValue(strings.TrimSpace(right)); err != nil {
				return c, err
			}
			text = left
			break
		}
	}
	c.left, err = parseValue(strings.TrimSpace(text))
	return c, err
}

func parseValue(text string) (*value, error) {
	parts := splitOutside(text, '|')
	v := &value{}
	if len(parts) > mostFilters+1 {
		return nil, fmt.Errorf("a value has at most %d filters", mostFilters)
	}
	switch head := strings.TrimSpace(parts[0]); {
	case quoted(head):
		literal := head[1 : len(head)-1]
		v.literal = &literal
	case slices.Contains([]string{"nil", "null", "blank", "empty"}, head):
		v.literal = new(string)
	case number.MatchString(head):
		v.literal = &head
	case isPath(head):
		v.path = head
	default:
		return nil, fmt.Errorf("%q is no value: use a name such as user.email, or a text in quotes", cut(head))
	}
	for _, part := range parts[1:] {
		f, err := parseFilter(part)
		if err != nil {
			return nil, err
		}
		v.filters = append(v.filters, f)
	}
	return v, nil
}

func quoted(s string) bool {
	return len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] && !strings.Contains(s[1:len(s)-1], s[:1])
}

func isPath(s string) bool {
	return s != "" && len(s) <= 200 && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '_' && r != '.' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// splitOutside parts a text where a character stands outside of quotes.
func splitOutside(text string, by byte) []string {
	var out []string
	start, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == by:
			out, start = append(out, text[start:i]), i+1
		}
	}
	return append(out, text[start:])
}
