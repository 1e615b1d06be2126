package experience

import (
	"fmt"
	"io"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"

	"gatehouse/models"
	"gatehouse/views/hosted"
)

// MaxCSS is the most that a custom stylesheet holds, in bytes.
const MaxCSS = 64 << 10

// CSSHash names a stylesheet by its content.
func CSSHash(text string) string { return hosted.CSSHash(text) }

// checkCSS reads a stylesheet token by token and refuses what could load something from elsewhere, run something, or end the
// element that it is in. The policy of the pages forbids the same; this says so while somebody can still mend it.
func checkCSS(text string) *models.FieldFault {
	refuse := func(at int, reason, why string) *models.FieldFault {
		return &models.FieldFault{Name: "custom_css", Reason: reason, Text: fmt.Sprintf("Line %d: %s", 1+strings.Count(text[:min(at, len(text))], "\n"), why)}
	}
	if len(text) > MaxCSS {
		return &models.FieldFault{Name: "custom_css", Reason: "too_long", Text: fmt.Sprintf("Use at most 64 KiB; this has %d bytes.", len(text))}
	}
	if i := strings.Index(text, "</"); i >= 0 {
		return refuse(i, "markup", "remove \"</\": it belongs to no stylesheet.")
	}
	if i := strings.IndexByte(text, 0); i >= 0 {
		return refuse(i, "not_css", "there is a zero byte.")
	}
	lexer, at := css.NewLexer(parse.NewInputString(text)), 0
	var open []byte // brackets that are open
	var before string
	for {
		kind, token := lexer.Next()
		if kind == css.ErrorToken {
			if lexer.Err() != io.EOF {
				return refuse(at, "not_css", "this is not a stylesheet that can be read.")
			}
			break
		}
		if reason, why := judgeToken(kind, string(token), before); why != "" {
			return refuse(at, reason, why)
		}
		var balanced bool
		if open, balanced = nest(open, kind); !balanced {
			return refuse(at, "not_css", "a bracket closes that was not opened.")
		}
		if kind != css.WhitespaceToken && kind != css.CommentToken {
			before = string(token)
		}
		at += len(token)
	}
	if len(open) > 0 {
		return refuse(len(text), "not_css", "the stylesheet ends before a bracket closes.")
	}
	return nil
}

// judgeToken tells what is wrong with one token; before is the one in front of it.
func judgeToken(kind css.TokenType, token, before string) (reason, why string) {
	name := plain(token)
	switch kind {
	case css.BadStringToken, css.BadURLToken:
		return "not_css", "a text or address does not end."
	case css.CDOToken, css.CDCToken:
		return "markup", "remove the markup comment."
	case css.URLToken:
		return judgeURL(token)
	case css.AtKeywordToken:
		if name == "@import" || name == "@charset" || name == "@namespace" {
			return "import", token + " is not allowed: put everything into this stylesheet."
		}
	case css.FunctionToken:
		return judgeFunction(name)
	case css.IdentToken, css.CustomPropertyNameToken:
		if name == "behavior" || name == "-moz-binding" {
			return "script", token + " is not allowed."
		}
	case css.StringToken:
		if b := plain(before); b == "url(" || b == "src(" || b == "image(" || strings.HasSuffix(b, "image-set(") {
			return judgeAddress(strings.Trim(token, `"'`))
		}
	case css.CustomPropertyValueToken:
		return judgeValue(token)
	}
	return "", ""
}

func judgeFunction(name string) (reason, why string) {
	switch name {
	case "expression(":
		return "script", "expression() is not allowed."
	case "url(", "src(", "image(", "image-set(", "-webkit-image-set(", "cross-fade(", "-webkit-cross-fade(", "element(", "paint(":
		return "address", strings.TrimSuffix(name, "(") + "() is not allowed here: write url(data:image/png;base64,...) without quotes."
	}
	return "", ""
}

// judgeURL looks at url(...) written without quotes: a picture inside the stylesheet may stay.
func judgeURL(token string) (reason, why string) {
	inner := strings.TrimSuffix(token, ")")
	if _, rest, ok := strings.Cut(inner, "("); ok {
		inner = rest
	}
	return judgeAddress(strings.Trim(strings.TrimSpace(inner), `"'`))
}

func judgeAddress(address string) (reason, why string) {
	if dataImage(plain(address)) || strings.HasPrefix(address, "#") {
		return "", ""
	}
	return "address", "pictures and fonts from elsewhere are not loaded. Write the picture as url(data:image/png;base64,...)."
}

// judgeValue looks into the value of a custom property, which is one token: its own tokens follow the same rules.
func judgeValue(token string) (reason, why string) {
	lexer, before := css.NewLexer(parse.NewInputString(token)), ""
	for {
		kind, inner := lexer.Next()
		if kind == css.ErrorToken {
			return "", ""
		}
		if kind == css.CustomPropertyValueToken {
			continue
		}
		if reason, why := judgeToken(kind, string(inner), before); why != "" {
			return reason, why
		}
		before = string(inner)
	}
}

// nest follows brackets. A function opens one too.
func nest(open []byte, kind css.TokenType) ([]byte, bool) {
	switch kind {
	case css.LeftBraceToken:
		return append(open, '{'), true
	case css.LeftBracketToken:
		return append(open, '['), true
	case css.LeftParenthesisToken, css.FunctionToken:
		return append(open, '('), true
	case css.RightBraceToken:
		return closes(open, '{')
	case css.RightBracketToken:
		return closes(open, '[')
	case css.RightParenthesisToken:
		return closes(open, '(')
	}
	return open, true
}

func closes(open []byte, bracket byte) ([]byte, bool) {
	if len(open) == 0 || open[len(open)-1] != bracket {
		return open, false
	}
	return open[:len(open)-1], true
}

// plain is a token in lower case with its escapes resolved, so that \69mport is import.
func plain(token string) string {
	if !strings.ContainsRune(token, '\\') {
		return strings.ToLower(token)
	}
	var out strings.Builder
	for i := 0; i < len(token); i++ {
		if token[i] != '\\' {
			out.WriteByte(token[i])
			continue
		}
		digits := i + 1
		for digits < len(token) && digits < i+7 && isHex(token[digits]) {
			digits++
		}
		if digits == i+1 {
			continue // an escaped character stands for itself
		}
		out.WriteRune(fromHex(token[i+1 : digits]))
		if digits < len(token) && (token[digits] == ' ' || token[digits] == '\n' || token[digits] == '\t') {
			digits++
		}
		i = digits - 1
	}
	return strings.ToLower(out.String())
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|32 >= 'a' && c|32 <= 'f' }

func fromHex(s string) rune {
	var n rune
	for _, c := range strings.ToLower(s) {
		n = n<<4 | rune(strings.IndexRune("0123456789abcdef", c))
	}
	return n
}
