package hosted

import (
	"math"

	"gatehouse/models"
)

// AA is the contrast that WCAG 2.2 (1.4.3) asks of text, and Graphic what it asks of shapes (1.4.11).
const (
	AA      = 4.5
	Graphic = 3.0
)

// Verdict is how well one pair of colours can be told apart.
type Verdict struct {
	Pair       string  `json:"pair" enum:"text_on_background,muted_on_background,primary_on_background,link_on_background,text_on_primary,text_on_panel"`
	Theme      string  `json:"theme" enum:"light,dark"`
	Foreground string  `json:"foreground"`
	Background string  `json:"background"`
	Ratio      float64 `json:"ratio" doc:"1 to 21, rounded down."`
	Needed     float64 `json:"needed"`
	Passes     bool    `json:"passes"`
}

// Verdicts judges every pair of colours that a branding brings together: six for each theme in use.
func Verdicts(b models.Branding) []Verdict {
	light, dark := themes(b)
	out := light.verdicts(panel(light, false))
	if b.DarkMode {
		out = append(out, dark.verdicts(panel(light, true))...)
	}
	return out
}

func (t theme) verdicts(panel rgb) []Verdict {
	return []Verdict{
		t.judge("primary_on_background", t.primary, t.background, Graphic),
		t.judge("text_on_primary", t.onPrimary(), t.primary, AA),
		t.judge("link_on_background", t.link(), t.background, AA),
		t.judge("text_on_background", t.text, t.background, AA),
		t.judge("muted_on_background", t.muted, t.background, AA),
		t.judge("text_on_panel", white, panel, AA),
	}
}

func (t theme) judge(pair string, fg, bg rgb, needed float64) Verdict {
	r := ratio(fg, bg)
	name := "light"
	if t.dark {
		name = "dark"
	}
	return Verdict{Pair: pair, Theme: name, Foreground: fg.String(), Background: bg.String(),
		Ratio: math.Floor(r*100) / 100, Needed: needed, Passes: r >= needed}
}

// Failing picks the verdicts that do not pass.
func Failing(all []Verdict) []Verdict {
	out := []Verdict{}
	for _, v := range all {
		if !v.Passes {
			out = append(out, v)
		}
	}
	return out
}
