package experience

import (
	"context"

	"gatehouse/models"
	"gatehouse/views/hosted"
)

// PhrasesIn names the phrases of one language.
type PhrasesIn struct {
	ScopeIn
	Language string `path:"language" json:"-" doc:"BCP 47."`
}

// PutPhrasesIn replaces the own phrases of a language.
type PutPhrasesIn struct {
	PhrasesIn
	Phrases map[string]string `json:"phrases" doc:"By name; a phrase that is not here is the built-in one again."`
	Version models.Opt[int64] `json:"-" header:"If-Match"`
}

// PhrasesView is every phrase of a language.
type PhrasesView struct {
	Language  string   `json:"language"`
	Direction string   `json:"direction" enum:"ltr,rtl"`
	Version   int64    `json:"version"`
	Phrases   []Phrase `json:"phrases"`
}

// Phrase is one text of the hosted pages.
type Phrase struct {
	Key          string   `json:"key"`
	Text         string   `json:"text" doc:"What is in effect."`
	Default      string   `json:"default" doc:"The built-in text, in English where the language has none."`
	Own          bool     `json:"own" doc:"Whether this experience replaces the built-in text."`
	Placeholders []string `json:"placeholders" doc:"Values that the text may hold, in braces."`
}

// GetPhrases reads every phrase of a language, as published.
// Faults: NotFound (application), Invalid (language).
func (o Ops) GetPhrases(ctx context.Context, in PhrasesIn) (PhrasesView, error) {
	var c models.Check
	checkTag(&c, "language", in.Language)
	if err := c.Err(); err != nil {
		return PhrasesView{}, err
	}
	v, err := o.Get(ctx, in.ScopeIn)
	if err != nil {
		return PhrasesView{}, err
	}
	return PhrasesView{in.Language, hosted.Direction(in.Language), v.Version, phrasesOf(v.Settings, in.Language)}, nil
}

// phrasesOf lists the phrases of a language with what an experience makes of them.
func phrasesOf(e models.Experience, language string) []Phrase {
	keys := hosted.KeysOf(language)
	out := make([]Phrase, len(keys))
	for i, key := range keys {
		text, _ := hosted.Default(language, key)
		own, replaced := e.Phrases[language][key]
		out[i] = Phrase{Key: key, Text: text, Default: text, Own: replaced, Placeholders: hosted.Placeholders(language, key)}
		if replaced {
			out[i].Text = own
		}
	}
	return out
}

// PutPhrases replaces the own phrases of a language and publishes at once.
// Faults: NotFound (application), Invalid (by path), Stale.
func (o Ops) PutPhrases(ctx context.Context, in PutPhrasesIn) (PhrasesView, error) {
	ch := change{set: models.Overlay{}, cleared: []string{"phrases." + in.Language + "."}}
	for key, text := range in.Phrases {
		if err := ch.set.SetPath(models.PhrasePath(in.Language, key), text); err != nil {
			var c models.Check
			c.Add(models.PhrasePath(in.Language, key), "unknown_phrase", "The pages have no phrase of this name.")
			return PhrasesView{}, c.Err()
		}
	}
	if err := o.may(ctx, "experience.update", in.ScopeIn); err != nil {
		return PhrasesView{}, err
	}
	if _, err := o.publishDirect(ctx, in.ScopeIn, in.Version, ch); err != nil {
		return PhrasesView{}, err
	}
	return o.GetPhrases(ctx, in.PhrasesIn)
}

// DeletePhrases goes back to the built-in phrases of a language and publishes at once.
// Faults: NotFound (application), Invalid (language).
func (o Ops) DeletePhrases(ctx context.Context, in PhrasesIn) (PhrasesView, error) {
	return o.PutPhrases(ctx, PutPhrasesIn{PhrasesIn: in})
}
