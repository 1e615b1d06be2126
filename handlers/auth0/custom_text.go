package auth0

import (
	"context"
	"encoding/json"

	"gatehouse/handlers/documents"
	"gatehouse/handlers/experience"
	"gatehouse/models"
	"gatehouse/web"
)

// customTextIn replaces the texts of one prompt in one language. A text that the hosted pages have is a phrase of the experience;
// the others are kept beside.
type customTextIn struct {
	customTextOf
	Texts texts `json:"texts"`
}

func (*customTextIn) wholeBody() string { return "texts" }

type customTextOf struct {
	Prompt   string `path:"prompt" json:"-"`
	Language string `path:"language" json:"-"`
}

const (
	customTextKind = "prompt_text"
	customTextPath = "/prompts/:prompt/custom-text/:language"
)

func (in customTextOf) check() error {
	var c models.Check
	checkWord(&c, "prompt", in.Prompt, prompts)
	checkWord(&c, "language", in.Language, textLanguages)
	return c.Err()
}

func (in customTextOf) ref() documents.Ref {
	return documents.Ref{Kind: customTextKind, Key: in.Prompt + "." + in.Language}
}

func (d Dialect) customTextRoutes() []web.Route {
	return []web.Route{
		op("GET", customTextPath, readPrompts, web.Do(d.Face(), 200, d.getCustomText)),
		op("PUT", customTextPath, updatePrompts, web.Do(d.Face(), 200, d.putCustomText)),
	}
}

func (d Dialect) getCustomText(ctx context.Context, in customTextOf) (texts, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	own, err := documents.Load(ctx, d.Documents, in.ref(), texts{})
	if err != nil {
		return nil, err
	}
	e, err := d.look(ctx)
	if err != nil {
		return nil, err
	}
	return shownTexts(in, own, e.Phrases[in.Language]), nil
}

// shownTexts lays the phrases that are in effect over the texts that are kept.
func shownTexts(in customTextOf, own texts, phrases map[string]string) texts {
	for _, p := range phrasesOf(in) {
		text, ok := phrases[p.Phrase]
		if !ok {
			continue
		}
		if own[p.Screen] == nil {
			own[p.Screen] = map[string]string{}
		}
		own[p.Screen][p.Text] = p.fromPhrase(text)
	}
	return own
}

// splitTexts takes the phrases out of texts: each that the prompt has is set, or (nil) the built-in one again.
func splitTexts(in customTextIn) (kept texts, phrases map[string]any) {
	kept, phrases = texts{}, map[string]any{}
	homes := map[[2]string]phraseHome{}
	for _, p := range phrasesOf(in.customTextOf) {
		homes[[2]string{p.Screen, p.Text}] = p
		phrases[p.Phrase] = nil
	}
	for screen, all := range in.Texts {
		kept[screen] = map[string]string{}
		for name, text := range all {
			if p, ok := homes[[2]string{screen, name}]; ok {
				if phrase, fits := p.toPhrase(in.Language, text); fits {
					phrases[p.Phrase] = phrase
					continue
				}
			}
			kept[screen][name] = text
		}
		if len(kept[screen]) == 0 {
			delete(kept, screen)
		}
	}
	return kept, phrases
}

func (d Dialect) putCustomText(ctx context.Context, in customTextIn) (texts, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	kept, phrases := splitTexts(in)
	err := d.within(ctx, func(ctx context.Context, d Dialect) error {
		if len(phrases) > 0 {
			raw, err := json.Marshal(map[string]any{in.Language: phrases})
			if err != nil {
				return err
			}
			if err := d.publish(ctx, experience.Sections{Phrases: raw}, nil); err != nil {
				return err
			}
		}
		_, _, err := d.Documents.Put(ctx, documents.PutIn{Ref: in.ref(), Body: kept})
		return err
	})
	if in.Texts == nil {
		in.Texts = texts{}
	}
	return in.Texts, err
}
