package connections

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// ClientsIn asks for the clients that may use a connection, by their id.
type ClientsIn struct {
	ID    string `path:"id" json:"-"`
	After string `query:"after" doc:"Begin behind this client_id."`
	Limit int    `query:"limit" doc:"1 to 1,000." default:"50"`
}

// ClientsOut is a page of client ids. Next is the last of them when there are more.
type ClientsOut struct {
	Items []string `json:"items"`
	Next  string   `json:"next,omitempty" doc:"What to say as after for the next page; absent on the last."`
}

// Clients lists the clients that may use a connection.
// Faults: Invalid (limit), NotFound.
func (o Ops) Clients(ctx context.Context, in ClientsIn) (ClientsOut, error) {
	c, err := o.Get(ctx, IDIn{ID: in.ID})
	if err != nil {
		return ClientsOut{}, err
	}
	if in.Limit == 0 {
		in.Limit = 50
	}
	var k models.Check
	k.Range("limit", int64(in.Limit), 1, maxClients)
	if err := k.Err(); err != nil {
		return ClientsOut{}, err
	}
	ids, err := o.clientsOf(ctx, c.ID, in.After, in.Limit+1)
	out := ClientsOut{Items: ids}
	if len(ids) > in.Limit {
		out.Items, out.Next = ids[:in.Limit], ids[in.Limit-1]
	}
	return out, err
}

func (o Ops) clientsOf(ctx context.Context, connectionID, after string, limit int) ([]string, error) {
	ids := []string{}
	q := o.DB.Read.NewSelect().Model((*models.ConnectionClient)(nil)).Column("client_id").Where("connection_id = ?", connectionID)
	if after != "" {
		q = q.Where("client_id > ?", after)
	}
	if limit > 0 {
		q = q.Limit(int64(limit))
	}
	if err := q.Order("client_id").Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("read clients of connection %s: %w", connectionID, err)
	}
	return ids, nil
}

// EnabledClients gives every client of some connections, by connection id, in one query.
func (o Ops) EnabledClients(ctx context.Context, connectionIDs ...string) (map[string][]string, error) {
	out := map[string][]string{}
	if len(connectionIDs) == 0 {
		return out, nil
	}
	var rows []models.ConnectionClient
	if err := o.DB.Read.NewSelect().Model(&rows).Where("connection_id IN (?)", bun.In(connectionIDs)).Order("connection_id", "client_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read clients of connections: %w", err)
	}
	for _, r := range rows {
		out[r.ConnectionID] = append(out[r.ConnectionID], r.ClientID)
	}
	return out, nil
}

// ClientSwitch says whether a client may use the connection.
type ClientSwitch struct {
	ClientID string `json:"client_id"`
	Enabled  bool   `json:"enabled"`
}

// SwitchClientsIn names clients to enable or disable; the others stay as they are.
type SwitchClientsIn struct {
	ID      string         `path:"id" json:"-"`
	Clients []ClientSwitch `json:"clients" doc:"1 to 1,000, each client once."`
}

// SwitchClients enables and disables clients, all or none.
// Faults: Invalid (clients), NotFound (connection, client).
func (o Ops) SwitchClients(ctx context.Context, in SwitchClientsIn) error {
	var k models.Check
	k.That(len(in.Clients) > 0, "clients", "required", "Name at least one client.")
	k.That(len(in.Clients) <= maxClients, "clients", "too_many", "Name at most 1,000 clients at once.")
	if err := k.Err(); err != nil {
		return err
	}
	return models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		to := o.In(tx)
		c, err := to.read(ctx, tx.Write, in.ID)
		if err != nil {
			return err
		}
		if err := models.Need(ctx, "connection.update", c.Owner(), "connection"); err != nil {
			return err
		}
		before, err := to.clientsOf(ctx, c.ID, "", 0)
		if err != nil {
			return err
		}
		after, err := to.writeClients(ctx, c, before, switched(before, in.Clients))
		if err != nil || slices.Equal(before, after) {
			return err
		}
		return to.record(ctx, "connection.updated", &c, &c, change{before: before, after: after})
	})
}

func switched(before []string, by []ClientSwitch) []string {
	next := slices.Clone(before)
	for _, s := range by {
		i := slices.Index(next, s.ClientID)
		switch {
		case s.Enabled && i < 0:
			next = append(next, s.ClientID)
		case !s.Enabled && i >= 0:
			next = slices.Delete(next, i, i+1)
		}
	}
	return next
}

// setClients enables the clients of a new connection.
func (o Ops) setClients(ctx context.Context, c models.Connection, said models.Opt[[]string]) ([]string, error) {
	if !said.Set || len(said.V) == 0 {
		return nil, nil
	}
	return o.writeClients(ctx, c, nil, said.V)
}

// replaceClients makes the clients those that the caller said, and gives both lists; nil when nothing was said.
func (o Ops) replaceClients(ctx context.Context, c models.Connection, said models.Opt[[]string]) (before, after []string, err error) {
	if !said.Set {
		return nil, nil, nil
	}
	if before, err = o.clientsOf(ctx, c.ID, "", 0); err != nil {
		return nil, nil, err
	}
	after, err = o.writeClients(ctx, c, before, said.V)
	return before, after, err
}

// writeClients makes the clients of a connection those of next.
func (o Ops) writeClients(ctx context.Context, c models.Connection, before, next []string) ([]string, error) {
	next = slices.Compact(slices.Sorted(slices.Values(next)))
	var rows []models.ConnectionClient
	for _, id := range next {
		if !slices.Contains(before, id) {
			rows = append(rows, models.ConnectionClient{ConnectionID: c.ID, ClientID: id, CreatedAt: o.Now()})
		}
	}
	if err := o.known(ctx, rows); err != nil {
		return nil, err
	}
	gone := slices.DeleteFunc(slices.Clone(before), func(id string) bool { return slices.Contains(next, id) })
	if len(gone) > 0 {
		_, err := o.DB.Write.NewDelete().Model((*models.ConnectionClient)(nil)).Where("connection_id = ?", c.ID).Where("client_id IN (?)", bun.In(gone)).Exec(ctx)
		if err != nil {
			return nil, fmt.Errorf("disable clients of connection %s: %w", c.ID, err)
		}
	}
	if len(rows) > 0 {
		if _, err := o.DB.Write.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return nil, fmt.Errorf("enable clients of connection %s: %w", c.ID, err)
		}
	}
	return next, nil
}

// known makes sure that clients exist in this tenant.
func (o Ops) known(ctx context.Context, rows []models.ConnectionClient) error {
	if len(rows) == 0 {
		return nil
	}
	ids, there := make([]string, len(rows)), []string{}
	for i, r := range rows {
		ids[i] = r.ClientID
	}
	err := o.DB.Write.NewSelect().Table("clients").Column("id").Where("id IN (?)", bun.In(ids)).
		Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx, &there)
	if err != nil {
		return fmt.Errorf("find clients: %w", err)
	}
	var k models.Check
	for _, id := range ids {
		k.That(slices.Contains(there, id), "enabled_clients", "client_not_found", fmt.Sprintf("There is no client with the id %q.", id))
	}
	return k.Err()
}
