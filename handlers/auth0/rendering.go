package auth0

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// rendering is how one screen is drawn: by the built-in pages, or by a page of one's own. It is kept; the built-in pages draw.
type rendering struct {
	Mode         opt[string]              `json:"rendering_mode,omitzero" enum:"advanced,standard"`
	Contexts     opt[[]contextName]       `json:"context_configuration,omitzero" rule:"nullable"`
	NoHeadTags   opt[bool]                `json:"default_head_tags_disabled,omitzero" rule:"nullable"`
	PageTemplate opt[bool]                `json:"use_page_template,omitzero" rule:"nullable"`
	HeadTags     opt[[]web.Kept[headTag]] `json:"head_tags,omitzero" rule:"nullable"`
	Filters      opt[renderingFilters]    `json:"filters,omitzero" rule:"nullable"`
}

type headTag struct {
	web.Open
	Tag        opt[string]             `json:"tag,omitzero"`
	Attributes opt[web.Kept[anything]] `json:"attributes,omitzero" rule:"maxprops=10"`
	Content    opt[string]             `json:"content,omitzero"`
}

type renderingFilters struct {
	Match         opt[string]            `json:"match_type,omitzero" enum:"includes_any,excludes_any"`
	Clients       opt[[]renderingFilter] `json:"clients,omitzero"`
	Organizations opt[[]renderingFilter] `json:"organizations,omitzero"`
	Domains       opt[[]renderingFilter] `json:"domains,omitzero"`
}

// renderingFilter names an object by its id, or many by a member of their metadata.
type renderingFilter struct {
	ID       opt[string]             `json:"id,omitzero"`
	Metadata opt[web.Kept[anything]] `json:"metadata,omitzero" rule:"maxprops=1"`
}

// contextName is a value that a page may be told.
type contextName string

var (
	errContext    = errors.New("use a documented context, or a key of metadata such as client.metadata.color")
	freeContexts  = regexp.MustCompile(`^(client\.metadata|organization\.metadata|transaction\.custom_domain\.domain_metadata|user\.user_metadata|user\.app_metadata)\.[^.]+$`)
	freeParameter = regexp.MustCompile(`^untrusted_data\.authorization_params\.ext-[^.]+$`)
)

// UnmarshalText takes the words of the document, and keys of metadata.
func (n *contextName) UnmarshalText(text []byte) error {
	name := string(text)
	if !slices.Contains(contexts, name) && !freeContexts.MatchString(name) && !freeParameter.MatchString(name) {
		return errContext
	}
	*n = contextName(name)
	return nil
}

// check adds that a filter says one of the two.
func (f renderingFilters) check(c *models.Check, at string) {
	for name, list := range map[string]opt[[]renderingFilter]{"clients": f.Clients, "organizations": f.Organizations, "domains": f.Domains} {
		for i, one := range list.V {
			c.That(one.ID.Set != one.Metadata.Set, fmt.Sprintf("%sfilters.%s[%d]", at, name, i), "one_of", "Give id or metadata.")
		}
	}
}

var renderingDefaults = rendering{Mode: models.Some("standard"), Contexts: models.Some([]contextName{}), NoHeadTags: models.Some(false),
	PageTemplate: models.Some(false), HeadTags: models.Some([]web.Kept[headTag]{})}

// screenIn names a screen of a prompt.
type screenIn struct {
	Prompt string `path:"prompt" json:"-"`
	Screen string `path:"screen" json:"-"`
}

func (in screenIn) check() error {
	var c models.Check
	checkWord(&c, "prompt", in.Prompt, prompts)
	checkWord(&c, "screen", in.Screen, screens)
	if err := c.Err(); err != nil {
		return err
	}
	if promptOf(in.Screen) != in.Prompt {
		return models.Missing("prompt")
	}
	return nil
}

func (in screenIn) ref() documents.Ref {
	return documents.Ref{Kind: renderingKind, Key: in.Prompt + "." + in.Screen}
}

// screenRendering is a screen with how it is drawn.
type screenRendering struct {
	Prompt string `json:"prompt"`
	Screen string `json:"screen"`
	rendering
}

type patchRenderingIn struct {
	screenIn
	rendering
}

// CheckShape adds the rule of filters.
func (in *patchRenderingIn) CheckShape(c *models.Check) { in.Filters.V.check(c, "") }

// renderingsIn changes several screens, in one step.
type renderingsIn struct {
	Configs []renderingConfig `json:"configs" rule:"required,minitems=1"`
}

type renderingConfig struct {
	Prompt string `json:"prompt" rule:"required"`
	Screen string `json:"screen" rule:"required"`
	rendering
}

// CheckShape adds what the words are, and the rule of filters.
func (in *renderingsIn) CheckShape(c *models.Check) {
	for i, one := range in.Configs {
		at := fmt.Sprintf("configs[%d].", i)
		c.OneOf(at+"prompt", one.Prompt, prompts...)
		c.OneOf(at+"screen", one.Screen, screens...)
		c.That(promptOf(one.Screen) == one.Prompt, at+"screen", "not_allowed", "This prompt has no such screen.")
		one.Filters.V.check(c, at)
	}
}

type renderings struct {
	Configs []screenRendering `json:"configs"`
}

type listRenderingsIn struct {
	fieldsIn
	offsetIn
	Prompt string `query:"prompt" json:"-"`
	Screen string `query:"screen" json:"-"`
	Mode   string `query:"rendering_mode" json:"-"`
}

const (
	renderingKind = "prompt_rendering"
	renderingPath = "/prompts/:prompt/screen/:screen/rendering"
)

func (d Dialect) renderingRoutes() []web.Route {
	f := d.Face()
	return []web.Route{
		stored(op("GET", "/prompts/rendering", readPrompts, web.Do(f, 200, d.listRenderings))),
		stored(op("PATCH", "/prompts/rendering", updatePrompts, web.Do(f, 200, d.patchRenderings))),
		stored(op("GET", renderingPath, readPrompts, web.Do(f, 200, d.getRendering))),
		stored(op("PATCH", renderingPath, updatePrompts, web.Do(f, 200, d.patchRendering))),
	}
}

func (d Dialect) getRendering(ctx context.Context, in screenIn) (screenRendering, error) {
	out := screenRendering{Prompt: in.Prompt, Screen: in.Screen}
	if err := in.check(); err != nil {
		return out, err
	}
	own, err := documents.Load(ctx, d.Documents, in.ref(), rendering{})
	if err != nil {
		return out, err
	}
	out.rendering, err = laid(renderingDefaults, own)
	return out, err
}

// renderings reads a list of screens that were ever changed, those that were changed first before the others.
func (d Dialect) listRenderings(ctx context.Context, in listRenderingsIn) (rows[screenRendering], error) {
	s, err := in.span()
	if err != nil {
		return rows[screenRendering]{}, err
	}
	docs, err := d.Documents.List(ctx, renderingKind)
	if err != nil {
		return rows[screenRendering]{}, err
	}
	all := []screenRendering{}
	for _, doc := range docs {
		one, err := readRendering(doc)
		if err != nil {
			return rows[screenRendering]{}, err
		}
		if in.wants(one) {
			all = append(all, one)
		}
	}
	return sliced("configs", s, all, func(one screenRendering) string { return one.Screen }), nil
}

func (in listRenderingsIn) wants(one screenRendering) bool {
	return (in.Prompt == "" || in.Prompt == one.Prompt) && (in.Screen == "" || in.Screen == one.Screen) && (in.Mode == "" || in.Mode == one.Mode.V)
}

func readRendering(doc models.Document) (one screenRendering, err error) {
	one.Prompt, one.Screen, _ = strings.Cut(doc.Key, ".")
	var own rendering
	if err := json.Unmarshal(doc.Body, &own); err != nil {
		return one, fmt.Errorf("read %s %s: %w", doc.Kind, doc.Key, err)
	}
	one.rendering, err = laid(renderingDefaults, own)
	return one, err
}

func (d Dialect) patchRendering(ctx context.Context, in patchRenderingIn) (out rendering, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		out, err = d.changeRendering(ctx, in.screenIn, in.rendering)
		return err
	})
	return out, err
}

func (d Dialect) patchRenderings(ctx context.Context, in renderingsIn) (out renderings, err error) {
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		out.Configs = make([]screenRendering, len(in.Configs))
		for i, one := range in.Configs {
			now, err := d.changeRendering(ctx, screenIn{one.Prompt, one.Screen}, one.rendering)
			if err != nil {
				return err
			}
			out.Configs[i] = screenRendering{one.Prompt, one.Screen, now}
		}
		return nil
	})
	return out, err
}

// changeRendering runs inside a transaction. Filters are replaced as a whole.
func (d Dialect) changeRendering(ctx context.Context, in screenIn, change rendering) (rendering, error) {
	own, err := documents.Load(ctx, d.Documents, in.ref(), rendering{})
	if err != nil {
		return own, err
	}
	if change.Filters.Set {
		own.Filters = opt[renderingFilters]{}
	}
	if own, err = laid(own, change); err != nil {
		return own, err
	}
	if _, _, err := d.Documents.Put(ctx, documents.PutIn{Ref: in.ref(), Body: own}); err != nil {
		return own, err
	}
	return laid(renderingDefaults, own)
}
