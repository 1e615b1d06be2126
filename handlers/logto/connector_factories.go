package logto

import (
	"context"

	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) factoryRoutes(f web.Face) []web.Route {
	return []web.Route{
		{"GET", "/api/connector-factories", "connection.read", web.Do(f, 200, d.listFactories).With(doc("connectors", "List what connectors can be made of"))},
		{"GET", "/api/connector-factories/:id", "connection.read", web.Do(f, 200, d.getFactory).With(doc("connectors", "Get what a connector can be made of"))},
	}
}

// described is what connectors and factories say of what is on the other side.
type described struct {
	Target         string            `json:"target"`
	Name           map[string]string `json:"name"`
	Description    map[string]string `json:"description"`
	Logo           string            `json:"logo"`
	LogoDark       *string           `json:"logoDark"`
	Readme         string            `json:"readme"`
	ConfigTemplate string            `json:"configTemplate,omitempty"`
	FormItems      []formItem        `json:"formItems,omitempty"`
	Platform       *string           `json:"platform"`
	Standard       bool              `json:"isStandard,omitempty"`
	TokenStorage   bool              `json:"isTokenStorageSupported"`
	Type           string            `json:"type"`
	Demo           bool              `json:"isDemo"`
}

type factoryOut struct {
	ID string `json:"id"`
	described
}

// Describe is a factory in the document's shape. Pictures are symbols of our own, drawn from the name.
func (f factory) describe(ctx context.Context) described {
	d := described{Target: f.target, Name: map[string]string{"en": f.name}, Description: map[string]string{"en": f.about}, Logo: monogram(f.name),
		Readme: f.readme(ctx), FormItems: f.items, Standard: f.standard, TokenStorage: f.tokens, Type: f.kind}
	if f.platform != "" {
		d.Platform = &f.platform
	}
	return d
}

// readme tells in a few lines what to do on the other side.
func (f factory) readme(ctx context.Context) string {
	if f.kind != typeSocial {
		return "# " + f.name + "\n\n" + f.about + " Fill in the settings below; a test message shows whether they are right.\n"
	}
	return "# " + f.name + "\n\n1. Register an application with " + f.name + ".\n2. Give it the redirect URI `" + models.RequestFrom(ctx).Origin +
		"/callback/{connector id}`.\n3. Copy its id and secret into the settings below.\n"
}

func (d Dialect) listFactories(ctx context.Context, _ struct{}) (page[factoryOut], error) {
	out := make([]factoryOut, len(factories))
	for i, f := range factories {
		out[i] = factoryOut{f.id, f.describe(ctx)}
	}
	return bare(out), nil
}

func (d Dialect) getFactory(ctx context.Context, in idIn) (factoryOut, error) {
	f, ok := factoryOf(in.ID)
	if !ok {
		return factoryOut{}, models.Missing("connector_factory")
	}
	return factoryOut{f.id, f.describe(ctx)}, nil
}
