package experience

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"gatehouse/views/hosted"
	"gatehouse/views/ui"
)

func (v Editor) themeTabs() []ui.Tab {
	var tabs []ui.Tab
	for _, t := range []struct{ key, label string }{{"light", "Light"}, {"dark", "Dark"}, {"both", "Both"}} {
		tabs = append(tabs, ui.Tab{Label: t.label, Href: v.at(v.Section, "theme", t.key), Current: t.key == v.Show.Theme})
	}
	return tabs
}

// single is the theme of a preview that stands alone.
func (v Editor) single() string {
	light, _ := v.themes()
	return light
}

// host is what the bar of the desktop frame says.
func (v Editor) host(ctx context.Context) string {
	_, host, _ := strings.Cut(ui.ChromeFrom(ctx).Origin, "://")
	if strings.HasPrefix(v.Show.Step, "register") || v.Show.Step == "explain.register" {
		return host + "/register"
	}
	return host + "/sign-in"
}

func (v Editor) against() string {
	switch {
	case v.Live == 0 && v.App != nil:
		return "Draft against the tenant's settings"
	case v.Live == 0:
		return "Draft against the built-in settings"
	}
	return "Draft against version " + strconv.FormatInt(v.Live, 10)
}

func (v Editor) counted() string {
	if len(v.Changes) == 0 {
		return "No changes"
	}
	text := ui.Plural(len(v.Changes), "change", "")
	if v.UpdatedBy != "" {
		text += " by " + v.UpdatedBy
	}
	return text
}

var pairWords = map[string]string{"primary_on_background": "the brand colour on the background", "text_on_primary": "text on buttons", "link_on_background": "links on the background",
	"text_on_background": "text on the background", "muted_on_background": "quiet text on the background", "text_on_panel": "text on the panel"}

// verdictWords says what is wrong with a pair of colours.
func verdictWords(d hosted.Verdict) string {
	return fmt.Sprintf("%s theme: %s has %.1f, needs %.1f", strings.ToUpper(d.Theme[:1])+d.Theme[1:], pairWords[d.Pair], d.Ratio, d.Needed)
}
