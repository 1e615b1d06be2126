package search

import (
	"context"
	"fmt"
	"net/url"

	"github.com/uptrace/bun"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// thingsN is how many of each noun may be found.
const thingsN = 2

// noun is something else that has a name. Of these a tenant has few, so that their tables are read without an index.
type noun struct {
	table, action, kind, icon, tint, at string
	words                               []string // the columns that may begin with a query
}

var nouns = []noun{
	{"resources", "resource.read", "API", "braces", "k2", "/console/resources/", []string{"name", "identifier"}},
	{"roles", "role.read", "Role", "badge-check", "k3", "/console/roles/", []string{"name"}},
	{"connections", "connection.read", "Connection", "plug", "k1", "/console/connections/", []string{"display_name", "name"}},
	{"webhooks", "webhook.read", "Webhook", "webhook", "k2", "/console/webhooks/", []string{"name"}},
}

// things finds APIs, roles, connections and webhooks by how their names begin.
func (o Ops) things(ctx context.Context, actor models.Actor, q string) ([]ui.Hit, error) {
	var out []ui.Hit
	for _, n := range nouns {
		if !actor.May(n.action) {
			continue
		}
		for _, word := range n.words {
			var rows []struct {
				ID   string `bun:"id"`
				Name string `bun:"word"`
			}
			err := o.DB.Read.NewSelect().Table(n.table).Column("id").ColumnExpr("? AS word", bun.Ident(word)).Where("tenant_id = ?", actor.TenantID).
				Where(`LOWER(?) LIKE ? ESCAPE '\'`, bun.Ident(word), escapeLike(spellings(q)[0])+"%").OrderExpr("word, id").Limit(thingsN).Scan(ctx, &rows)
			if err != nil {
				return nil, fmt.Errorf("search %s: %w", n.table, err)
			}
			for _, r := range rows {
				out = append(out, ui.Hit{Title: r.Name, Sub: n.kind, Href: n.at + url.PathEscape(r.ID), Tile: ui.TileOpts{Icon: n.icon, Tint: n.tint}})
			}
			if len(rows) > 0 {
				break // one noun by one of its words, not twice
			}
		}
	}
	return out, nil
}
