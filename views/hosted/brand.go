package hosted

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"gatehouse/models"
)

// The built-in colours that brand tokens are judged against: those of the stylesheet.
var (
	lightSurface, darkSurface = rgb{0xff, 0xff, 0xff}, rgb{0x14, 0x17, 0x1e}
	lightText, darkText       = rgb{0x12, 0x15, 0x1c}, rgb{0xec, 0xef, 0xf4}
	lightMuted, darkMuted     = rgb{0x52, 0x5b, 0x6b}, rgb{0xa6, 0xae, 0xbd}
)

// Fonts and Corners are the words that branding may use, in the order of their codes: append only.
var (
	Fonts   = []string{"inter", "system", "serif", "rounded", "mono"}
	Corners = []string{"soft", "square", "round"}
)

// stacks are the families behind the words of Fonts. Nothing is loaded from elsewhere.
var stacks = map[string]string{
	"system":  `system-ui, -apple-system, "Segoe UI", sans-serif`,
	"serif":   `ui-serif, Georgia, Cambria, "Times New Roman", serif`,
	"rounded": `ui-rounded, "SF Pro Rounded", "Hiragino Maru Gothic ProN", Quicksand, system-ui, sans-serif`,
	"mono":    `ui-monospace, "SF Mono", Menlo, "Cascadia Code", "JetBrains Mono", Consolas, monospace`,
}

// theme is the colours of one of the two themes.
type theme struct {
	primary, background rgb
	own                 bool // the background is the customer's
	text, muted         rgb
	dark                bool
}

// themes fills what branding leaves open: without a dark primary the light one is made readable on dark.
func themes(b models.Branding) (light, dark theme) {
	light = theme{primary: lightText, background: lightSurface, text: lightText, muted: lightMuted}
	dark = theme{primary: darkText, background: darkSurface, text: darkText, muted: darkMuted, dark: true}
	light.take(b.Primary, b.Background)
	dark.take(b.DarkPrimary, b.DarkBackground)
	if _, given := ParseColor(b.DarkPrimary); !given && b.Primary != "" {
		dark.primary = readable(light.primary, dark.background, AA)
	}
	return light, dark
}

// Primaries are the colours of buttons and links in both themes, built-in ones where branding leaves them open.
func Primaries(b models.Branding) (light, dark string) {
	l, d := themes(b)
	return l.primary.String(), d.primary.String()
}

func (t *theme) take(primary, background string) {
	if c, ok := ParseColor(primary); ok {
		t.primary = c
	}
	if c, ok := ParseColor(background); ok {
		t.background, t.own = c, true
	}
}

func (t theme) onPrimary() rgb { return on(t.primary) }
func (t theme) link() rgb      { return readable(t.primary, t.background, AA) }
func (t theme) soft() rgb      { return t.primary.mix(t.background, 0.9) }

// hover moves away from the text upon the button, so that it stays readable.
func (t theme) hover() rgb {
	if t.onPrimary() == white {
		return t.primary.mix(black, 0.22)
	}
	return t.primary.mix(white, 0.22)
}

// panel is the colour behind white words, always that of the light primary, darkened.
func panel(light theme, dark bool) rgb {
	share := 0.17
	if dark {
		share = 0.45
	}
	c := light.primary.mix(black, share)
	for ratio(white, c) < AA {
		c = c.mix(black, 0.1)
	}
	return c
}

// brandSheet writes the tokens of a branding as a stylesheet. Only the brand layer is written.
func brandSheet(b models.Branding) []byte {
	light, dark := themes(b)
	var s strings.Builder
	s.WriteString("@layer brand {\n  :root {\n")
	token := func(name string, l, d rgb) { fmt.Fprintf(&s, "    --%s: light-dark(%s, %s);\n", name, l, d) }
	token("brand", light.primary, dark.primary)
	token("brand-hover", light.hover(), dark.hover())
	token("on-brand", light.onPrimary(), dark.onPrimary())
	token("brand-text", light.link(), dark.link())
	token("brand-soft", light.soft(), dark.soft())
	token("brand-deep", panel(light, false), panel(light, true))
	if light.own || dark.own {
		token("brand-background", light.background, dark.background)
	}
	s.WriteString(shape(b))
	s.WriteString("  }\n")
	if light.own || dark.own {
		s.WriteString("  .hosted, .hosted.centre { background: var(--brand-background); }\n")
	}
	s.WriteString(corners[b.Corners])
	s.WriteString("}\n")
	return []byte(s.String())
}

func shape(b models.Branding) string {
	out := ""
	if stack := stacks[b.Font]; stack != "" {
		out = "    --sans: " + stack + ";\n"
	}
	switch b.Corners {
	case "square":
		out += "    --r-s: 0; --r-m: 0; --r-l: 0; --r-xl: 0;\n"
	case "round":
		out += "    --r-s: 10px; --r-m: 22px; --r-l: 22px; --r-xl: 28px;\n"
	}
	return out
}

// corners are the larger shapes, whose radius is no token.
var corners = map[string]string{
	"square": "  .hosted .panel, .hosted.centre main, .hosted .who, .hosted .monogram { border-radius: 0; }\n",
	"round":  "  .hosted .panel, .hosted.centre main { border-radius: 32px; } .hosted .input { padding-inline: 18px; }\n",
}

// BrandCode is the address of a brand sheet: everything that the sheet is made from, and a hash of what was made. The sheet can
// therefore be made again from its address alone, on any node and for any draft, and never changes under it.
func BrandCode(b models.Branding) string {
	inputs := make([]byte, 0, 24)
	mask := byte(0)
	for i, c := range []string{b.Primary, b.DarkPrimary, b.Background, b.DarkBackground} {
		if v, ok := ParseColor(c); ok {
			mask |= 1 << i
			inputs = append(inputs, v.r, v.g, v.b)
		}
	}
	words := byte(max(0, slices.Index(Fonts, b.Font)))<<4 | byte(max(0, slices.Index(Corners, b.Corners)))
	inputs = append([]byte{mask, words}, inputs...)
	sum := sha256.Sum256(brandSheet(fromInputs(inputs)))
	return base64.RawURLEncoding.EncodeToString(append(sum[:9], inputs...))
}

// BrandSheet makes the sheet of an address again. An address that this version would not write is not found: it must not be
// kept for ever as something else.
func BrandSheet(code string) ([]byte, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(code)
	if err != nil || len(raw) < 11 || len(raw) > 9+2+12 {
		return nil, false
	}
	b := fromInputs(raw[9:])
	if BrandCode(b) != code {
		return nil, false
	}
	return brandSheet(b), true
}

func fromInputs(in []byte) (b models.Branding) {
	mask, words, colors := in[0], in[1], in[2:]
	for i, into := range []*string{&b.Primary, &b.DarkPrimary, &b.Background, &b.DarkBackground} {
		if mask&(1<<i) != 0 && len(colors) >= 3 {
			*into = rgb{colors[0], colors[1], colors[2]}.String()
			colors = colors[3:]
		}
	}
	b.Font, b.Corners = Fonts[min(int(words>>4), len(Fonts)-1)], Corners[min(int(words&15), len(Corners)-1)]
	return b
}
