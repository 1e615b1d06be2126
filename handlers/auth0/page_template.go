package auth0

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// pageTemplateIn is a template of the hosted pages: HTML, a JSON text of it, or an object that holds it.
type pageTemplateIn struct {
	Template htmlOrObject `json:"template" rule:"required"`
}

func (*pageTemplateIn) wholeBody() string { return "template" }

type htmlOrObject struct{ Value any }

// TypeOf tells the walk which of the two was sent.
func (htmlOrObject) TypeOf(value any) reflect.Type {
	if _, text := value.(string); text {
		return reflect.TypeFor[string]()
	}
	return reflect.TypeFor[templateObject]()
}

type templateObject struct {
	Template string `json:"template" rule:"required"`
}

// MarshalJSON writes the text.
func (h htmlOrObject) MarshalJSON() ([]byte, error) { return json.Marshal(h.text()) }

func (h htmlOrObject) text() string {
	if o, ok := h.Value.(templateObject); ok {
		return o.Template
	}
	text, _ := h.Value.(string)
	return text
}

// pageTemplate is what is kept and answered.
type pageTemplate struct {
	Body string `json:"body"`
}

const (
	pageTemplateKind  = "page_template"
	pageTemplatePath  = "/branding/templates/universal-login"
	mostTemplateBytes = 102400
)

// The tags in whose place the pages put what makes them work.
var templateTags = []string{"auth0:head", "auth0:widget"}

// CheckShape holds the template against the limits of the document.
func (in *pageTemplateIn) CheckShape(c *models.Check) {
	text := in.Template.text()
	c.That(len(text) <= mostTemplateBytes, "template", "too_long", "Payload content length greater than maximum allowed: 102400")
	for _, tag := range templateTags {
		c.That(hasTag(text, tag), "template", "missing_tag", "The template must contain the tag {%- "+tag+" -%}")
	}
}

// hasTag finds {% tag %}, with or without dashes and spaces.
func hasTag(text, tag string) bool {
	for {
		_, after, ok := strings.Cut(text, "{%")
		if !ok {
			return false
		}
		inside, rest, ok := strings.Cut(after, "%}")
		if ok && strings.TrimSpace(strings.Trim(inside, "-")) == tag {
			return true
		}
		text = after
		if ok {
			text = rest
		}
	}
}

// storedPage answers 201 when the template is new, and 204 when it took another's place.
type storedPage struct {
	template pageTemplate
	created  bool
}

func (p storedPage) outcome() (int, any) {
	if p.created {
		return 201, p.template
	}
	return 204, nil
}

func (d Dialect) pageTemplateRoutes() []web.Route {
	f := d.Face()
	return []web.Route{
		stored(op("GET", pageTemplatePath, "read:branding", web.Do(f, 200, d.getPageTemplate))),
		stored(op("PUT", pageTemplatePath, "update:branding", web.Do(f, 201, d.putPageTemplate))),
		stored(op("DELETE", pageTemplatePath, "delete:branding", web.Do0(f, 204, d.deletePageTemplate))),
	}
}

func (d Dialect) getPageTemplate(ctx context.Context, _ web.None) (pageTemplate, error) {
	t, err := documents.Load(ctx, d.Documents, only(pageTemplateKind), pageTemplate{})
	if err == nil && t.Body == "" {
		err = models.Missing(pageTemplateKind)
	}
	return t, err
}

func (d Dialect) putPageTemplate(ctx context.Context, in pageTemplateIn) (storedPage, error) {
	t := pageTemplate{in.Template.text()}
	_, created, err := d.Documents.Put(ctx, documents.PutIn{Ref: only(pageTemplateKind), Body: t})
	return storedPage{t, created}, err
}

// deletePageTemplate goes back to the built-in pages, as they are already when there is no template.
func (d Dialect) deletePageTemplate(ctx context.Context, _ web.None) error {
	err := d.Documents.Delete(ctx, only(pageTemplateKind))
	if models.IsFault(err, models.NotFound) {
		return nil
	}
	return err
}
