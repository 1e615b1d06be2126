package documents

import (
	"context"
	"regexp"
	"slices"

	"gatehouse/models"
	"gatehouse/web"
)

// KindIn names the documents of a kind.
type KindIn struct {
	Kind string `path:"kind" json:"-" doc:"What they are: email_template, custom_domain."`
}

// kind is what the name of a kind looks like: it becomes part of reasons and of actions.
var kind = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)

// Routes are the native REST face. Bodies are written through the feature or the dialect that knows what they must hold.
func (o Ops) Routes() []web.Route {
	list := func(ctx context.Context, in KindIn) (models.List[models.Document], error) {
		if !kind.MatchString(in.Kind) {
			return models.List[models.Document]{}, models.Missing("kind")
		}
		rows, err := o.List(ctx, in.Kind)
		return models.List[models.Document]{Items: rows}, err
	}
	get := func(ctx context.Context, in Ref) (models.Document, error) {
		if !kind.MatchString(in.Kind) {
			return models.Document{}, models.Missing("kind")
		}
		return o.Get(ctx, in)
	}
	remove := func(ctx context.Context, in Ref) error {
		if !kind.MatchString(in.Kind) {
			return models.Missing("kind")
		}
		if slices.Contains(o.Governed, in.Kind) {
			return &models.Fault{Code: models.Forbidden, Reason: "governed", Text: "What is of this kind is deleted where it is managed: there are rules about it."}
		}
		return o.Delete(ctx, in)
	}
	return []web.Route{
		{"GET", "/rest/v1/documents/:kind", "document.read", web.Do(web.Native, 200, list).About("List the documents of a kind")},
		{"GET", "/rest/v1/documents/:kind/:key", "document.read", web.Do(web.Native, 200, get).About("Get a document")},
		{"DELETE", "/rest/v1/documents/:kind/:key", "document.delete", web.Do0(web.Native, 204, remove).About("Delete a document")},
	}
}
