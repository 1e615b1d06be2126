package connections

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// Filter is what lists of connections can be narrowed by.
type Filter struct {
	Q             string   `query:"q" doc:"Part of the name or of the name for people, or a whole id."`
	Name          string   `query:"name" doc:"The whole name."`
	Strategies    []string `query:"strategy" doc:"One of these strategies; may be repeated."`
	Kind          string   `query:"kind" enum:",database,social,enterprise,passwordless,service"`
	ApplicationID string   `query:"application_id" doc:"Only connections of this application's own."`
	ClientID      string   `query:"client_id" doc:"Only those that this client may use."`
	Tenant        bool     `query:"-"` // the tenant's only
	Services      bool     `query:"-"` // with the services that nobody signs in with
}

// ListIn is what a caller may say about a list of connections.
type ListIn struct {
	models.PageIn
	Filter
	Sort string `query:"sort" enum:",created,-created,name,-name" doc:"-created when absent."`
}

// List gives one page of connections, without secrets.
// Faults: Invalid (cursor, sort, kind), Forbidden.
func (o Ops) List(ctx context.Context, in ListIn) (models.List[models.Connection], error) {
	var none models.List[models.Connection]
	var k models.Check
	k.OneOf("sort", in.Sort, "created", "-created", "name", "-name")
	k.OneOf("kind", in.Kind, models.ConnectionDatabase, models.ConnectionSocial, models.ConnectionEnterprise, models.ConnectionPasswordless, models.ConnectionService)
	if err := k.Err(); err != nil {
		return none, err
	}
	if in.Sort == "" {
		in.Sort = "-created"
	}
	column, desc := strings.CutPrefix(in.Sort, "-")
	list, from := "connections "+in.Sort, models.Key{}
	if in.Cursor != "" {
		var err error
		if from, err = o.Vault.ReadCursor(list, in.Cursor); err != nil {
			return none, err
		}
	}
	var rows []models.Connection
	q, err := o.where(ctx, o.DB.Read.NewSelect().Model(&rows), in.Filter)
	if err != nil {
		return none, err
	}
	if err := keyset(q, column, desc != from.Back, from).Limit(int64(in.Size() + 1)).Scan(ctx); err != nil {
		return none, fmt.Errorf("list connections: %w", err)
	}
	return models.Paged(o.Vault, list, rows, in.Size(), from, func(c models.Connection) models.Key {
		if column == "name" {
			return models.Key{Text: c.Name, ID: c.ID}
		}
		return models.Key{Time: c.CreatedAt, ID: c.ID}
	}), nil
}

// keyset orders by a column of the list above, beginning behind from.
func keyset(q *bun.SelectQuery, column string, down bool, from models.Key) *bun.SelectQuery {
	order, sign, at := "ASC", ">", "cn.created_at"
	var value any = from.Time
	if column == "name" {
		at, value = "cn.name", from.Text
	}
	if down {
		order, sign = "DESC", "<"
	}
	if from.ID != "" {
		q = q.Where("("+at+", cn.id) "+sign+" (?, ?)", value, from.ID)
	}
	return q.OrderExpr(at + " " + order).OrderExpr("cn.id " + order)
}

// where narrows a list to what was asked and to what the actor may see.
func (o Ops) where(ctx context.Context, q *bun.SelectQuery, f Filter) (*bun.SelectQuery, error) {
	actor := models.ActorFrom(ctx)
	if !actor.May("connection.read") {
		return nil, models.Denied("connection.read")
	}
	q = q.Where("cn.tenant_id = ?", actor.TenantID)
	if actor.ApplicationID != "" {
		q = q.Where("cn.application_id = ?", actor.ApplicationID)
	}
	for column, value := range map[string]string{"cn.name": f.Name, "cn.application_id": f.ApplicationID} {
		if value != "" {
			q = q.Where("? = ?", bun.Ident(column), value)
		}
	}
	if f.Tenant {
		q = q.Where("cn.application_id IS NULL")
	}
	if f.Kind != "" {
		q = q.Where("cn.strategy IN (?)", bun.In(models.StrategiesOf(f.Kind)))
	} else if !f.Services {
		q = q.Where("cn.strategy NOT IN (?)", bun.In(models.ServiceStrategies))
	}
	if wanted := slices.DeleteFunc(slices.Clone(f.Strategies), func(s string) bool { return s == "" }); len(wanted) > 0 {
		q = q.Where("cn.strategy IN (?)", bun.In(wanted))
	}
	if f.ClientID != "" {
		q = q.Where("EXISTS (SELECT 1 FROM connection_clients cc WHERE cc.connection_id = cn.id AND cc.client_id = ?)", f.ClientID)
	}
	if text := strings.ToLower(strings.TrimSpace(f.Q)); text != "" {
		like := "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text) + "%"
		q = q.Where("(LOWER(cn.name) LIKE ? ESCAPE '!' OR LOWER(cn.display_name) LIKE ? ESCAPE '!' OR cn.id = ?)", like, like, strings.TrimSpace(f.Q))
	}
	return q, nil
}

// FindIn asks for connections the oldest first: from an offset, or behind an id.
type FindIn struct {
	Filter
	After         string // id of the last connection of the page before
	Offset, Limit int64
	Total         bool // count them all as well
	Newest        bool // the newest first
}

// Found is a page of connections. Next is the id to go on behind, empty on the last page.
type Found struct {
	Items []models.Connection
	Next  string
	Total int64
}

// Find gives a page of connections by offset or behind an id, for dialects that page so.
// Faults: Invalid (from), Forbidden.
func (o Ops) Find(ctx context.Context, in FindIn) (Found, error) {
	out := Found{Items: []models.Connection{}}
	q, err := o.where(ctx, o.DB.Read.NewSelect().Model(&out.Items), in.Filter)
	if err != nil {
		return out, err
	}
	if in.Total {
		n, err := q.Count(ctx)
		if err != nil {
			return out, fmt.Errorf("count connections: %w", err)
		}
		out.Total = int64(n)
	}
	var from models.Key
	if in.After != "" {
		last, err := o.read(ctx, o.DB.Read, in.After)
		if err != nil {
			var k models.Check
			k.Add("from", "invalid_cursor", "The page cannot begin here: there is no such connection any more.")
			return out, k.Err()
		}
		from = models.Key{Time: last.CreatedAt, ID: last.ID}
	}
	q = keyset(q, "created", in.Newest, from).Offset(in.Offset)
	if in.Limit > 0 {
		q = q.Limit(in.Limit + 1)
	}
	if err := q.Scan(ctx); err != nil {
		return out, fmt.Errorf("find connections: %w", err)
	}
	if in.Limit > 0 && int64(len(out.Items)) > in.Limit {
		out.Items = out.Items[:in.Limit]
		out.Next = out.Items[in.Limit-1].ID
	}
	return out, nil
}
