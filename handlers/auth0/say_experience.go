package auth0

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/experience"
	"gatehouse/models"
	"gatehouse/web"
)

// An experience is spread over documents of its own here: branding, the theme, and the texts of each prompt in each language. A change
// is spelled by the one that says most of it; the note tells what that leaves out.

const atOnce = "It publishes at once: this API knows no drafts."

// spelling is one document's way to say a change.
type spelling struct {
	call   web.Call
	unsaid []string
}

func (d Dialect) sayExperience(ctx context.Context, ch experience.Change) (web.Call, error) {
	if ch.ApplicationID != "" {
		return web.Call{}, nil
	}
	ways := []spelling{sayBranding(ch)}
	theme, err := d.sayTheme(ctx, ch)
	if err != nil {
		return web.Call{}, err
	}
	texts, err := d.sayTexts(ctx, ch)
	if err != nil {
		return web.Call{}, err
	}
	best := web.Call{}
	least := -1
	for _, way := range append(ways, theme, texts) {
		if way.call.Verb != "" && (least < 0 || len(way.unsaid) < least) {
			best, least = way.call, len(way.unsaid)
			best.Note = strings.TrimSpace(leftOut(way.unsaid) + " " + atOnce)
		}
	}
	return best, nil
}

// leftOut is the note on a call that says part of a change: other documents may have words for the rest.
func leftOut(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "This call has no words for " + strings.Join(names, ", ") + "."
}

// sayBranding spells what branding says.
func sayBranding(ch experience.Change) spelling {
	look := func(e models.Experience) map[string]json.RawMessage {
		return web.Members(shownBranding(e.Branding, brandingKept{}))
	}
	diff := web.Differing(look(ch.Before), look(ch.After))
	if len(diff) == 0 {
		return spelling{}
	}
	for _, whole := range []string{"colors", "font"} { // members that cannot go, only what is in them
		if string(diff[whole]) == "null" {
			delete(diff, whole)
		}
	}
	return spelling{call("PATCH", "/branding", diff), ch.Unsaid(func(e models.Experience) []byte { raw, _ := json.Marshal(look(e)); return raw })}
}

// sayTheme spells what the theme says, where the tenant has one: it is written as a whole.
func (d Dialect) sayTheme(ctx context.Context, ch experience.Change) (spelling, error) {
	kept, err := d.keptTheme(models.Lend(ctx, themeKind+".read"), "")
	if err != nil {
		return spelling{}, absentTheme(err)
	}
	show := func(e models.Experience) []byte { raw, _ := json.Marshal(kept.drawn(e.Branding).themeIn); return raw }
	after := show(ch.After)
	if sameJSON(show(ch.Before), after) {
		return spelling{}, nil
	}
	return spelling{call("PATCH", "/branding/themes/"+kept.ThemeID, json.RawMessage(after)), ch.Unsaid(show)}, nil
}

func absentTheme(err error) error {
	if models.IsFault(err, models.NotFound) {
		return nil
	}
	return err
}

// sayTexts spells the texts of the first prompt that the change touches; they are written as a whole.
func (d Dialect) sayTexts(ctx context.Context, ch experience.Change) (spelling, error) {
	languages := map[string]map[string]string{}
	maps.Copy(languages, ch.Before.Phrases)
	maps.Copy(languages, ch.After.Phrases)
	for _, language := range slices.Sorted(maps.Keys(languages)) {
		before, after := ch.Before.Phrases[language], ch.After.Phrases[language]
		for _, prompt := range prompts {
			in := customTextOf{prompt, language}
			homes := phrasesOf(in)
			if in.check() != nil || !slices.ContainsFunc(homes, func(p phraseHome) bool { return before[p.Phrase] != after[p.Phrase] }) {
				continue
			}
			own, err := documents.Load(models.Lend(ctx, customTextKind+".read"), d.Documents, in.ref(), texts{})
			path := "/prompts/" + prompt + "/custom-text/" + language
			said := spelling{call("PUT", path, shownTexts(in, own, after)), ch.Unsaid(func(e models.Experience) []byte {
				raw, _ := json.Marshal(shownTexts(in, texts{}, e.Phrases[language]))
				return raw
			})}
			return said, err
		}
	}
	return spelling{}, nil
}
