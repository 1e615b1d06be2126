package mails

import (
	"fmt"
	"html"
	"strings"
)

// Render draws a text with values; names reach into maps with dots. In HTML values are escaped.
func (t Template) Render(values map[string]any, inHTML bool) (string, error) {
	r := &renderer{values: values, html: inHTML, own: map[string]string{}}
	err := r.draw(t.nodes)
	return r.out.String(), err
}

type renderer struct {
	values map[string]any
	own    map[string]string // assigned
	html   bool
	out    strings.Builder
	work   int // bytes that filters have made
}

func (r *renderer) draw(nodes []node) error {
	for _, n := range nodes {
		switch {
		case n.assign != "":
			r.own[n.assign] = r.eval(n.value)
		case n.value != nil && r.html:
			r.out.WriteString(html.EscapeString(r.eval(n.value)))
		case n.value != nil:
			r.out.WriteString(r.eval(n.value))
		case n.branches != nil:
			if err := r.choose(n.branches); err != nil {
				return err
			}
		default:
			r.out.WriteString(n.text)
		}
		if r.out.Len() > mostOutput {
			return fmt.Errorf("what the text draws is larger than 1 MiB")
		}
		if r.work > mostWork {
			return fmt.Errorf("the filters of the text have more than 8 MiB to work on")
		}
	}
	return nil
}

func (r *renderer) choose(branches []branch) error {
	for _, b := range branches {
		if b.when == nil || r.holds(b.when) != b.not {
			return r.draw(b.body)
		}
	}
	return nil
}

func (r *renderer) holds(c condition) bool {
	for _, all := range c {
		ok := true
		for _, one := range all {
			ok = ok && r.compare(one)
		}
		if ok {
			return true
		}
	}
	return false
}

func (r *renderer) compare(c comparison) bool {
	left := r.eval(c.left)
	switch c.op {
	case "==":
		return left == r.eval(c.right)
	case "!=":
		return left != r.eval(c.right)
	case "contains":
		return strings.Contains(left, r.eval(c.right))
	}
	return left != "" && left != "false"
}

func (r *renderer) eval(v *value) string {
	out := ""
	if v.literal != nil {
		out = *v.literal
	} else if own, ok := r.own[v.path]; ok {
		out = own
	} else {
		switch v.path {
		case "true", "false":
			out = v.path
		default:
			out = lookup(r.values, v.path)
		}
	}
	for _, f := range v.filters {
		if r.work += len(out); r.work > mostWork {
			return ""
		}
		if out = filters[f.name].apply(out, f.args); len(out) > mostOutput {
			out = out[:mostOutput]
		}
		r.work += len(out)
	}
	return out
}

// lookup follows a path through maps. What is not there, or is no single value, is empty.
func lookup(values map[string]any, path string) string {
	var at any = values
	for _, name := range strings.Split(path, ".") {
		m, ok := at.(map[string]any)
		if !ok {
			return ""
		}
		at = m[name]
	}
	switch v := at.(type) {
	case string:
		return v
	case bool, int, int64, float64:
		return fmt.Sprint(v)
	}
	return ""
}
