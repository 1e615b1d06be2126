package experience

import (
	"strings"
	"testing"
)

func TestStylesheetsThatReachOutAreRefused(t *testing.T) {
	for _, c := range []struct{ css, reason string }{
		{"", ""},
		{".hosted h1 { color: #0f5f47; }", ""},
		{"@media (min-width: 600px) { .panel { display: none } }", ""},
		{".a { background: url(data:image/png;base64,iVBORw0KGgo=) }", ""},
		{".a { mask: url(#shape) }", ""},
		{".a { --x: 12px; width: calc(var(--x) * 2) }", ""},
		{"@import 'a.css';", "import"},
		{"@IMPORT url(a.css);", "import"},
		{`@\69mport 'a.css';`, "import"},
		{"/* fine */ @import/**/'a.css';", "import"},
		{".a { background: url(https://x.example/a.png) }", "address"},
		{".a { background: url( //x.example/a.png ) }", "address"},
		{".a { background: URL('https://x.example/a.png') }", "address"},
		{`.a { background: u\72l(https://x.example/a.png) }`, "address"},
		{".a { background: url(data:text/html;base64,PGI+) }", "address"},
		{".a { background: image-set('https://x.example/a.png' 1x) }", "address"},
		{".a { --x: url(https://x.example/a.png) }", "address"},
		{"@font-face { src: url(https://x.example/a.woff2) }", "address"},
		{".a { width: expression(alert(1)) }", "script"},
		{`.a { width: e\78pression(alert(1)) }`, "script"},
		{".a { behavior: url(#x) }", "script"},
		{".a { -moz-binding: none }", "script"},
		{"</style><script>alert(1)</script>", "markup"},
		{".a { color: red } <!-- x -->", "markup"},
		{".a { color: red", "not_css"},
		{".a } { color: red }", "not_css"},
		{".a { content: 'x\n}", "not_css"},
		{"a\x00{}", "not_css"},
		{strings.Repeat("a{top:0}", 9000), "too_long"},
	} {
		got := ""
		if f := checkCSS(c.css); f != nil {
			got = f.Reason
		}
		if got != c.reason {
			t.Errorf("%.60q: %q, want %q", c.css, got, c.reason)
		}
	}
}

func TestARefusalNamesTheLine(t *testing.T) {
	if f := checkCSS("a { top: 0 }\n\n@import 'x';"); f == nil || !strings.HasPrefix(f.Text, "Line 3:") {
		t.Errorf("%+v", f)
	}
}

// FuzzCheckCSS holds that nothing which passes can name an address outside or a script, however it is spelled.
func FuzzCheckCSS(f *testing.F) {
	for _, seed := range []string{"a{b:c}", "@import 'x'", "a{b:url(https://x)}", `a{b:\75rl(x)}`, "a{--x:{}}", "/*", "a{b:'\\", "url(", "@\\69mport"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, css string) {
		if checkCSS(css) != nil {
			return
		}
		flat := plain(css)
		for _, bad := range []string{"</"} {
			if strings.Contains(flat, bad) && strings.Contains(css, bad) {
				t.Errorf("%q passed with %s", css, bad)
			}
		}
		lower := strings.ToLower(css)
		if !strings.ContainsAny(css, `\/'"`) && (strings.Contains(lower, "@import ") || strings.Contains(lower, "url(http")) {
			t.Errorf("%q passed", css)
		}
	})
}
