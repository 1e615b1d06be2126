package mails

import (
	"strings"
	"testing"
	"time"
)

var sample = map[string]any{"code": "12<34", "on": true, "off": false, "n": 3, "user": map[string]any{"name": "Mia", "empty": ""}}

func TestLiquid(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"plain { text } %}", "plain { text } %}"},
		{"{{ code }}", "12&lt;34"},
		{"{{code|escape}}", "12&lt;34"},
		{"{{- user.name -}}", "Mia"},
		{"{{ user.none }}{{ none.at.all }}{{ user }}", ""},
		{"{{ user.empty | default: 'you' }}", "you"},
		{`{{ user.name | upcase | append: "|" }}`, "MIA|"},
		{"{{ 'a b' | url_encode }}", "a+b"},
		{"{{ n }}", "3"},
		{"{% if on %}a{% else %}b{% endif %}", "a"},
		{"{% if off %}a{% elsif user.name == 'Mia' %}b{% else %}c{% endif %}", "b"},
		{"{% unless off %}a{% endunless %}", "a"},
		{"{% if off or user.name contains 'i' and on %}a{% endif %}", "a"},
		{"{% if user.name != 'Mia' %}a{% endif %}", ""},
		{"{% if on %}{% if off %}a{% else %}b{% endif %}{% endif %}", "b"},
		{"{% assign who = user.name | downcase %}{{ who }}", "mia"},
		{"{% comment %}{{ broken {% endcomment %}a", "a"},
		{"{% raw %}{{ code }}{% endraw %}", "{{ code }}"},
	} {
		p, err := Parse(c.source)
		if err != nil {
			t.Errorf("%s: %v", c.source, err)
			continue
		}
		if got, err := p.Render(sample, true); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q, %v", c.source, got, c.want, err)
		}
	}
	p, _ := Parse("{{ code }}")
	if got, _ := p.Render(sample, false); got != "12<34" {
		t.Errorf("a plain text is escaped: %s", got)
	}
}

func TestWhatIsNoLiquid(t *testing.T) {
	for _, source := range []string{"{{ code", "{% if on %}", "{% endif %}", "{% for x in y %}{% endfor %}", "{% include 'x' %}", "{{ code | shell }}", "{{ 1 + 1 }}",
		"{{ }}", "{% assign = 1 %}", "{% raw %}", "{% if %}{% endif %}", strings.Repeat("{% if on %}", 30), strings.Repeat("x", mostSource+1), strings.Repeat("{{a}}", mostSteps+1)} {
		if _, err := Parse(source); err == nil {
			t.Errorf("%.40s was read", source)
		}
	}
}

// A text that doubles itself again and again ends.
func TestATextCannotGrowWithoutEnd(t *testing.T) {
	p, err := Parse("{% assign a = 'xxxxxxxxxx' %}" + strings.Repeat("{{ a }}", mostSteps-10))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Render(nil, false); err != nil {
		t.Error(err)
	}
	p, _ = Parse(strings.Repeat("{{ v }}", 200))
	if _, err := p.Render(map[string]any{"v": strings.Repeat("x", 10<<10)}, false); err == nil {
		t.Error("2 MiB were drawn")
	}
}

func FuzzLiquid(f *testing.F) {
	for _, s := range []string{"{{ a | default: 'b' }}", "{% if a == 'b' or c %}d{% elsif e %}{% else %}{% endif %}", "{% raw %}{% endraw %}", "{%{{%}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		start := time.Now()
		p, err := Parse(source)
		if err == nil {
			_, _ = p.Render(sample, true)
		}
		if time.Since(start) > 5*time.Second {
			t.Errorf("%q took %s", source, time.Since(start))
		}
	})
}

// Texts of other products' templates draw what they draw there.
func TestLiquidOfDeployedTemplates(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"{% case user.name %}\n{% when 'Bo', 'Mia' %}a{% else %}b{% endcase %}", "a"},
		{"{% case user.name %}{% when 'Bo' or 'Li' %}a{% else %}b{% endcase %}", "b"},
		{"{%- comment -%} {{ broken {%- endcomment -%}a", "a"},
		{"{%- raw -%}{{ code }}{%- endraw -%}", "{{ code }}"},
		{"{% if user.none == blank %}a{% endif %}{% if n == 3 %}b{% endif %}", "ab"},
		{`{{ user.name | replace: "M", "P" | capitalize }}`, "Pia"},
		{`{{ "abcdefgh" | truncate: 5 }} {{ "a<b>c" | strip_html }} {{ user.name | size }}`, "ab... ac 3"},
		{`{{ "2026-01-02T03:04:05Z" | date: "%B %d, %Y %H:%M %%" }}`, "January 02, 2026 03:04 %%"},
		{`{{ "a%20b" | url_decode }}{{ user.empty | default: "x" }}{{ "abc" | remove: 'b' }}`, "a bxac"},
		{"<style>\n.a, .a div { color: red }\n@media print{.b{color:#000}}\n</style>", "<style>\n.a, .a div { color: red }\n@media print{.b{color:#000}}\n</style>"},
	} {
		p, err := Parse(c.source)
		if err != nil {
			t.Errorf("%s: %v", c.source, err)
			continue
		}
		if got, err := p.Render(sample, true); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q, %v", c.source, got, c.want, err)
		}
	}
	for _, source := range []string{"{% case x %}{% when %}a{% endcase %}", "{% case x %}", "{% case x %}{% when 'a' %}", "{% when 'a' %}", "{{ a | replace: 'x' }}", "{{ a | upcase: 'x' }}", "{{ a | append: b }}"} {
		if _, err := Parse(source); err == nil {
			t.Errorf("%s was read", source)
		}
	}
}
