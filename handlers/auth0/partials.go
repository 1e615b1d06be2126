package auth0

import (
	"context"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// texts are texts by screen, then by name.
type texts map[string]map[string]string

// partials are pieces of markup for the screens of one prompt, by screen, then by the place where they go.
type partialsIn struct {
	Prompt   string `path:"prompt" json:"-"`
	Partials texts  `json:"partials"`
}

func (*partialsIn) wholeBody() string { return "partials" }

type promptIn struct {
	Prompt string `path:"prompt" json:"-"`
}

const (
	partialsKind = "prompt_partials"
	partialsPath = "/prompts/:prompt/partials"
)

func (d Dialect) partialsRoutes() []web.Route {
	return []web.Route{
		stored(op("GET", partialsPath, readPrompts, web.Do(d.Face(), 200, d.getPartials))),
		stored(op("PUT", partialsPath, updatePrompts, web.Do(d.Face(), 200, d.putPartials))),
	}
}

// checkPartialsOf refuses what is no prompt with partials.
func checkPartialsOf(prompt string) error {
	var c models.Check
	checkWord(&c, "prompt", prompt, partialPrompts)
	return c.Err()
}

func (d Dialect) getPartials(ctx context.Context, in promptIn) (texts, error) {
	if err := checkPartialsOf(in.Prompt); err != nil {
		return nil, err
	}
	return documents.Load(ctx, d.Documents, documents.Ref{Kind: partialsKind, Key: in.Prompt}, texts{})
}

func (d Dialect) putPartials(ctx context.Context, in partialsIn) (texts, error) {
	if err := checkPartialsOf(in.Prompt); err != nil {
		return nil, err
	}
	var c models.Check
	for screen := range in.Partials {
		c.That(promptOf(screen) == in.Prompt, screen, "unknown_field", "This prompt has no such screen.")
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	_, _, err := d.Documents.Put(ctx, documents.PutIn{Ref: documents.Ref{Kind: partialsKind, Key: in.Prompt}, Body: in.Partials})
	return in.Partials, err
}
