package mails

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gatehouse/models"
)

// operation is what a filter does to a value, and how many arguments it is given.
type operation struct {
	least, most int
	apply       func(v string, args []string) string
}

func plain(f func(string) string) operation {
	return operation{0, 0, func(v string, _ []string) string { return f(v) }}
}

// filters change a value. Whatever they give is escaped in HTML afterwards, so there are none that make markup.
var filters = map[string]operation{
	"escape":         plain(unchanged), // done anyway where it matters
	"escape_once":    plain(unchanged),
	"upcase":         plain(strings.ToUpper),
	"downcase":       plain(strings.ToLower),
	"capitalize":     plain(capital),
	"strip":          plain(strings.TrimSpace),
	"lstrip":         plain(func(v string) string { return strings.TrimLeft(v, " \t\r\n") }),
	"rstrip":         plain(func(v string) string { return strings.TrimRight(v, " \t\r\n") }),
	"strip_newlines": plain(strings.NewReplacer("\r", "", "\n", "").Replace),
	"strip_html":     plain(func(v string) string { return markup.ReplaceAllString(v, "") }),
	"url_encode":     plain(url.QueryEscape),
	"url_decode":     plain(decoded),
	"size":           plain(func(v string) string { return strconv.Itoa(utf8.RuneCountInString(v)) }),
	"append":         {1, 1, func(v string, args []string) string { return v + args[0] }},
	"prepend":        {1, 1, func(v string, args []string) string { return args[0] + v }},
	"remove":         {1, 1, func(v string, args []string) string { return replaced(v, args[0], "") }},
	"replace":        {2, 2, func(v string, args []string) string { return replaced(v, args[0], args[1]) }},
	"truncate":       {0, 2, truncated},
	"date":           {1, 1, func(v string, args []string) string { return dated(v, args[0]) }},
	"default": {1, 1, func(v string, args []string) string {
		if v == "" || v == "false" {
			return args[0]
		}
		return v
	}},
}

var (
	markup   = regexp.MustCompile(`<[^>]*>`)
	number   = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,6})?$`)
	closings = map[string]*regexp.Regexp{"comment": regexp.MustCompile(`\{%-?\s*endcomment\s*-?%\}`), "raw": regexp.MustCompile(`\{%-?\s*endraw\s*-?%\}`)}
)

// parseFilter reads a filter with its arguments, which are texts in quotes or numbers.
func parseFilter(text string) (filter, error) {
	name, rest, some := strings.Cut(strings.TrimSpace(text), ":")
	f := filter{name: strings.TrimSpace(name)}
	known, ok := filters[f.name]
	if !ok {
		return f, fmt.Errorf("the filter %q is not known here", cut(f.name))
	}
	if some {
		for _, arg := range splitOutside(rest, ',') {
			switch arg = strings.TrimSpace(arg); {
			case quoted(arg):
				f.args = append(f.args, arg[1:len(arg)-1])
			case number.MatchString(arg):
				f.args = append(f.args, arg)
			default:
				return f, fmt.Errorf("what the filter %s is given must stand in quotes", f.name)
			}
		}
	}
	if len(f.args) < known.least || len(f.args) > known.most {
		return f, fmt.Errorf("the filter %s wants %s", f.name, wanted(known))
	}
	return f, nil
}

func wanted(o operation) string {
	if o.least == o.most {
		return strconv.Itoa(o.least) + " values"
	}
	return fmt.Sprintf("%d to %d values", o.least, o.most)
}

func unchanged(v string) string { return v }

func capital(v string) string {
	first, size := utf8.DecodeRuneInString(v)
	return strings.ToUpper(string(first)) + strings.ToLower(v[size:])
}

func decoded(v string) string {
	if out, err := url.QueryUnescape(v); err == nil {
		return out
	}
	return v
}

// replaced puts one text in the place of another, and stops where the result would be larger than a mail.
func replaced(v, old, by string) string {
	if old == "" || len(v)+strings.Count(v, old)*len(by) > 2*mostOutput {
		return v
	}
	return strings.ReplaceAll(v, old, by)
}

func truncated(v string, args []string) string {
	most, ending := 50, "..."
	if len(args) > 0 {
		if n, err := strconv.Atoi(args[0]); err == nil && n >= 0 {
			most = n
		}
	}
	if len(args) > 1 {
		ending = args[1]
	}
	runes := []rune(v)
	if len(runes) <= most {
		return v
	}
	return string(runes[:max(0, most-utf8.RuneCountInString(ending))]) + ending
}

// layouts are the parts of a date, by the letter behind the percent sign.
var layouts = map[byte]string{'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "_2", 'B': "January", 'b': "Jan", 'A': "Monday", 'a': "Mon", 'H': "15", 'I': "03",
	'M': "04", 'S': "05", 'p': "PM", 'Z': "MST", 'z': "-0700", 'F': "2006-01-02", 'T': "15:04:05"}

// dated writes a point in time; "now" is this one. What is no time stays as it is.
func dated(v, format string) string {
	at := models.Now().UTC()
	if v != "now" && v != "today" {
		var err error
		if at, err = time.Parse(time.RFC3339, v); err != nil {
			return v
		}
	}
	var out strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] == '%' && i+1 < len(format) {
			if layout, ok := layouts[format[i+1]]; ok {
				out.WriteString(at.Format(layout))
				i++
				continue
			}
		}
		out.WriteByte(format[i])
	}
	return out.String()
}

// cases reads a case with its branches: each compares one value with some.
func (p *parser) cases(args string, depth int) (node, error) {
	var n node
	left, err := parseValue(strings.TrimSpace(args))
	if err != nil {
		return n, err
	}
	_, end, err := p.block(depth + 1) // what stands before the first branch is not drawn
	for err == nil {
		var b branch
		name, args, _ := strings.Cut(end, " ")
		switch name {
		case "endcase":
			return n, nil
		case "when":
			for _, one := range splitOutside(strings.ReplaceAll(args, " or ", ","), ',') {
				right, err := parseValue(strings.TrimSpace(one))
				if err != nil {
					return n, err
				}
				b.when = append(b.when, []comparison{{left: left, right: right, op: "=="}})
			}
		case "else":
		default:
			return n, fmt.Errorf("a case is not closed by {%% endcase %%}")
		}
		if b.body, end, err = p.block(depth + 1); err == nil {
			n.branches = append(n.branches, b)
		}
	}
	return n, err
}
