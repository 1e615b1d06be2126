package auth0

import (
	"context"
	"fmt"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/connections"
	"gatehouse/models"
	"gatehouse/web"
)

type listConnectionsIn struct {
	pageIn
	fieldsIn
	Name     string   `query:"name" json:"-"`
	Strategy []string `query:"strategy" json:"-"`
}

func (d Dialect) listConnections(ctx context.Context, in listConnectionsIn) (out rows[connectionOut], err error) {
	s, err := in.span()
	if err != nil {
		return out, err
	}
	return d.connectionRows(ctx, s, in.Strategy, connections.Filter{Name: in.Name})
}

// connectionRows is a page of connections, with their secrets for who may read them.
func (d Dialect) connectionRows(ctx context.Context, s span, strategies []string, f connections.Filter) (out rows[connectionOut], err error) {
	var c models.Check
	for i, word := range strategies {
		c.That(word == "" || listed(word), "strategy", "not_allowed", fmt.Sprintf("strategy[%d] %q is not one of the document's.", i, word))
	}
	if err := c.Err(); err != nil {
		return out, err
	}
	f.Strategies = strategiesIn(strategies)
	found, err := d.Connections.Find(ctx, connections.FindIn{Filter: f, After: bare(connectionPrefix, s.From), Offset: s.Offset, Limit: s.Limit, Total: s.Totals})
	out = rows[connectionOut]{Name: "connections", Span: s, Total: found.Total, Items: make([]connectionOut, 0, len(found.Items))}
	if found.Next != "" {
		out.Next = shown(connectionPrefix, found.Next)
	}
	for _, row := range found.Items {
		if row, err = d.Connections.WithSecrets(ctx, row); err != nil {
			return out, err
		}
		out.Items = append(out.Items, connectionShown(row))
	}
	return out, err
}

type listClientConnectionsIn struct {
	ID string `path:"id" json:"-"`
	checkpointIn
	fieldsIn
	Strategy []string `query:"strategy" json:"-"`
}

// checkpointIn is paging from a checkpoint alone.
type checkpointIn struct {
	From string     `query:"from" json:"-"`
	Take opt[int64] `query:"take" json:"-"`
}

func (p checkpointIn) span() (span, error) {
	if !p.Take.Set {
		p.Take = models.Some[int64](pageDefault)
	}
	return pageIn{From: p.From, Take: p.Take}.span()
}

func (d Dialect) clientConnectionRoutes() []web.Route {
	return []web.Route{
		op("GET", "/clients/:id/connections", "read:connections read:clients read:client_summary", web.Do(d.Face(), 200, d.listClientConnections)),
	}
}

// listClientConnections lists what a client may use. Who may read clients or connections may ask.
func (d Dialect) listClientConnections(ctx context.Context, in listClientConnectionsIn) (out rows[connectionOut], err error) {
	s, err := in.span()
	if err != nil {
		return out, err
	}
	ctx = models.Lend(ctx, "connection.read", "client.read")
	c, err := d.Clients.Get(ctx, clients.OneIn{ID: in.ID})
	if err != nil {
		return out, err
	}
	return d.connectionRows(ctx, s, in.Strategy, connections.Filter{ClientID: c.ID})
}
