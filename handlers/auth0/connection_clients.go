package auth0

import (
	"context"

	"gatehouse/handlers/connections"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) connectionClientRoutes() []web.Route {
	const at = "/connections/:id/clients"
	return []web.Route{
		op("GET", at, "read:connections", web.Do(d.Face(), 200, d.listEnabledClients)),
		stored(op("PATCH", at, "update:connections", web.Do0(d.Face(), 204, d.switchClients))),
	}
}

// enabledMost is the largest page of the clients of a connection; it is larger than everybody else's.
const enabledMost = 1000

type listEnabledClientsIn struct {
	ID   string     `path:"id" json:"-"`
	From string     `query:"from" json:"-"`
	Take opt[int64] `query:"take" json:"-"`
}

// enabledClient is one of the clients that may use a connection.
type enabledClient struct {
	ClientID string `json:"client_id"`
}

func (d Dialect) listEnabledClients(ctx context.Context, in listEnabledClientsIn) (out rows[enabledClient], err error) {
	c, err := d.connection(ctx, in.ID)
	if err != nil {
		return out, err
	}
	size := int64(pageDefault)
	if in.Take.Set {
		var k models.Check
		k.Range("take", in.Take.V, 1, enabledMost)
		if err := k.Err(); err != nil {
			return out, err
		}
		size = in.Take.V
	}
	page, err := d.Connections.Clients(ctx, connections.ClientsIn{ID: c.ID, After: in.From, Limit: int(size)})
	out = rows[enabledClient]{Name: "clients", Span: span{Checkpoint: true, Limit: size}, Next: page.Next, Items: make([]enabledClient, 0, len(page.Items))}
	for _, id := range page.Items {
		out.Items = append(out.Items, enabledClient{id})
	}
	return out, err
}

// switchClientsIn is a list of clients with their new state; the body is the list itself.
type switchClientsIn struct {
	ID    string         `path:"id" json:"-"`
	Items []clientStatus `json:"items" rule:"required,minitems=1,maxitems=1000"`
}

type clientStatus struct {
	ClientID string `json:"client_id" rule:"required,filled"`
	Status   bool   `json:"status" rule:"required"`
}

func (*switchClientsIn) wholeBody() string { return "items" }

func (d Dialect) switchClients(ctx context.Context, in switchClientsIn) error {
	c, err := d.connection(models.Lend(ctx, "connection.read"), in.ID)
	if err != nil {
		return err
	}
	switches := make([]connections.ClientSwitch, len(in.Items))
	for i, item := range in.Items {
		switches[i] = connections.ClientSwitch{ClientID: item.ClientID, Enabled: item.Status}
	}
	return names{"enabled_clients": "client_id"}.rename(d.Connections.SwitchClients(ctx, connections.SwitchClientsIn{ID: c.ID, Clients: switches}))
}
