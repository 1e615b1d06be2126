package ui

import (
	"context"
	"html"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// keywords of all languages together: a snippet is short, and a word that is coloured in the wrong language does no harm.
var keywords = wordSet(`async await class const def defer else export extends for from func function if import
	in interface let new null package private public return static struct try type val var void while with
	true false nil None curl echo npm pip go`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// codeText writes a code element whose live values, comments, strings and keywords are in spans. It knows just
// enough to help the eye. What scripts copy is the content of the element, so nothing may stand around the text.
func codeText(id, text, lang string, fills []string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		open := "<code>"
		if id != "" {
			open = `<code id="` + templ.EscapeString(id) + `">`
		}
		_, err := io.WriteString(w, open+colour(text, lang, fills)+"</code>")
		return err
	})
}

func colour(text, lang string, fills []string) string {
	var b strings.Builder
	if lang == "text" { // words for people have no keywords
		return html.EscapeString(text)
	}
	for len(text) > 0 {
		kind, n := token(text, lang, fills)
		if kind == "s" && lang == "json" && strings.HasPrefix(text[n:], ":") {
			kind = "k"
		}
		if kind == "s" { // a live value inside a string stays visible
			b.WriteString(quoted(text[:n], fills))
		} else {
			mark(&b, kind, text[:n])
		}
		text = text[n:]
	}
	return b.String()
}

func mark(b *strings.Builder, kind, text string) {
	if kind == "" {
		b.WriteString(html.EscapeString(text))
		return
	}
	b.WriteString(`<span class="` + kind + `">` + html.EscapeString(text) + `</span>`)
}

// token finds the next piece of text and its class: fill, c(omment), s(tring), k(eyword) or none.
func token(text, lang string, fills []string) (kind string, n int) {
	if f := fillAt(text, fills); f > 0 {
		return "fill", f
	}
	if comment(text, lang) {
		return "c", line(text)
	}
	switch c := text[0]; {
	case lang == "json" && (c >= '0' && c <= '9' || c == '-'):
		return "n", len(text) - len(strings.TrimLeft(text, "-+.0123456789eE"))
	case c == '"' || c == '\'' || c == '`':
		return stringAt(text)
	case letter(c):
		n = 1
		for n < len(text) && (letter(text[n]) || text[n] >= '0' && text[n] <= '9') {
			n++
		}
		if lang == "sh" && strings.HasPrefix(text[n:], "-") { // part of an option: --fail-with-body
			return "", n
		}
		if keywords[text[:n]] || lang == "env" && n < len(text) && text[n] == '=' {
			return "k", n
		}
		return "", n
	}
	return "", 1
}

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func fillAt(text string, fills []string) int {
	for _, f := range fills {
		if f != "" && strings.HasPrefix(text, f) {
			return len(f)
		}
	}
	return 0
}

func comment(text, lang string) bool {
	switch lang {
	case "sh", "env", "python":
		return strings.HasPrefix(text, "# ")
	case "json", "":
		return false
	}
	return strings.HasPrefix(text, "// ")
}

func line(text string) int {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return i
	}
	return len(text)
}

// stringAt is a string that closes, or just its quote: an apostrophe is not the start of one.
func stringAt(text string) (kind string, n int) {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == text[0]:
			return "s", i + 1
		case text[i] == '\n' && text[0] != '`' && text[0] != '\'':
			return "", 1
		}
	}
	return "", 1
}

func quoted(text string, fills []string) string {
	var b strings.Builder
	start := 0
	for i := 0; i < len(text); {
		n := fillAt(text[i:], fills)
		if n == 0 {
			i++
			continue
		}
		if i > start {
			mark(&b, "s", text[start:i])
		}
		mark(&b, "fill", text[i:i+n])
		i += n
		start = i
	}
	if start < len(text) {
		mark(&b, "s", text[start:])
	}
	return b.String()
}
