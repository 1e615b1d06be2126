package static

import "testing"

func TestSqueezeKeepsWhatMeansSomething(t *testing.T) {
	for _, c := range []struct{ why, css, want string }{
		{"comments and line ends go", "/* a\n b */\n.x {\n  color: red;\n}\n", ".x{color: red;}"},
		{"a space between selectors stays", ".a :hover, .b > c { }", ".a :hover, .b > c{}"},
		{"a space in a media query stays", "@media (min-width: 1px) and (x) { a { b: c; } }", "@media (min-width: 1px) and (x){a{b: c;}}"},
		{"strings stay", `a { content: "\2212"; font: "Inter Variable" }`, `a{content: "\2212";font: "Inter Variable"}`},
	} {
		if got := string(squeeze([]byte(c.css))); got != c.want {
			t.Errorf("%s: got %q, want %q", c.why, got, c.want)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	css, _ := embedded.ReadFile("css/gatehouse.css")
	for b.Loop() {
		squeeze(css)
	}
}
