package search

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/uptrace/bun"

	"gatehouse/handlers/credentials"
	"gatehouse/models"
	"gatehouse/views/applications"
	"gatehouse/views/clients"
	"gatehouse/views/ui"
)

// near is how many names from the query on are looked at in their index. Names that begin so stand at its very place, whatever
// order of letters the database keeps; the few that its order puts between them fit in as well.
const near = 100

// begins reads ids of rows whose expression begins with a text, in its order, from the index on (tenant_id, expression).
func (o Ops) begins(ctx context.Context, table, expression, text string, n int) ([]string, error) {
	var out []string
	for _, t := range spellings(text) {
		from := o.DB.Read.NewSelect().Table(table).Column("id").ColumnExpr(expression+" AS word").Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).
			Where(expression+" >= ?", t).OrderExpr(expression).Limit(near)
		var ids []string
		err := o.DB.Read.NewSelect().TableExpr("(?) AS near", from).Column("id").Where(`word LIKE ? ESCAPE '\'`, escapeLike(t)+"%").OrderExpr("word, id").
			Limit(int64(n)).Scan(ctx, &ids)
		if err != nil {
			return nil, fmt.Errorf("search %s: %w", table, err)
		}
		out = append(out, ids...)
	}
	return out, nil
}

// spellings are the small letters of a text as PostgreSQL and as SQLite make them: SQLite knows those of ASCII only.
func spellings(text string) []string {
	ascii := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
	if low := strings.ToLower(text); low != ascii {
		return []string{low, ascii}
	}
	return []string{ascii}
}

// escapeLike takes the meaning from the wildcards of LIKE.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

var idForm = regexp.MustCompile(`^[0-9a-z]{4,21}$`)

// named finds ids by name and, where q could be one, by id.
func (o Ops) named(ctx context.Context, table, q string, n int) ([]string, error) {
	ids, err := o.begins(ctx, table, "LOWER(name)", q, n)
	if err != nil || !idForm.MatchString(q) {
		return ids, err
	}
	var byID []string
	err = o.DB.Read.NewSelect().Table(table).Column("id").Where("id >= ?", q).Where("id <= ?", q+strings.Repeat("z", models.LongID)).
		Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).OrderExpr("id").Limit(int64(n)).Scan(ctx, &byID)
	if err != nil {
		return nil, fmt.Errorf("search %s by id: %w", table, err)
	}
	for _, id := range byID {
		if strings.HasPrefix(id, q) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// keep brings rows into the order of their ids, each once, at most n.
func keep[T any](ids []string, rows []T, id func(T) string, n int) []T {
	byID := map[string]T{}
	for _, r := range rows {
		byID[id(r)] = r
	}
	var out []T
	for _, i := range ids {
		if r, ok := byID[i]; ok && len(out) < n {
			out = append(out, r)
			delete(byID, i)
		}
	}
	return out
}

func (o Ops) applications(ctx context.Context, actor models.Actor, q string, n int) ([]application, error) {
	if !actor.May("application.read") {
		return nil, nil
	}
	ids, err := o.named(ctx, "applications", q, n)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var rows []application
	err = o.DB.Read.NewSelect().TableExpr("applications AS a").Join("LEFT JOIN clients AS c ON c.id = a.default_client_id").
		ColumnExpr("a.id, a.name, a.kind, a.owner, COALESCE(c.profile, '') AS profile").Where("a.id IN (?)", bun.In(ids)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("found applications: %w", err)
	}
	return keep(ids, rows, func(a application) string { return a.ID }, n), nil
}

// client is a found client, or the client of a found secret.
type client struct {
	ID, Name, Profile, ApplicationID, ApplicationName string
}

func (o Ops) clients(ctx context.Context, actor models.Actor, q string, n int) ([]ui.Hit, error) {
	if !actor.May("client.read") {
		return nil, nil
	}
	ids, err := o.named(ctx, "clients", q, n)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var rows []client
	err = o.DB.Read.NewSelect().TableExpr("clients AS c").Join("JOIN applications AS a ON a.id = c.application_id").
		ColumnExpr("c.id, c.name, c.profile, c.application_id, a.name AS application_name").Where("c.id IN (?)", bun.In(ids)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("found clients: %w", err)
	}
	var out []ui.Hit
	for _, c := range keep(ids, rows, func(c client) string { return c.ID }, n) {
		out = append(out, ui.Hit{Title: c.Name, Sub: applications.ProfileWords(c.Profile) + ", client of " + c.ApplicationName,
			Href: clients.URL(c.ID), Tile: applications.Tile("", c.Profile)})
	}
	return out, nil
}

// secrets finds secrets by their first characters, and a whole one by its keyed hash: who finds a leaked secret learns whose it is.
func (o Ops) secrets(ctx context.Context, actor models.Actor, q string, n int) ([]ui.Hit, error) {
	if !actor.May("client.read") || len(q) < 4 || strings.ContainsAny(q, " @") {
		return nil, nil
	}
	query := o.DB.Read.NewSelect().TableExpr("credentials AS cr").Join("JOIN clients AS c ON c.id = cr.client_id").
		ColumnExpr("cr.name, cr.prefix, cr.last_four, cr.application_id, c.name AS client_name").
		Where("cr.tenant_id = ?", actor.TenantID).Where("cr.kind = 'secret'").Where("cr.prefix = ?", credentials.PrefixOf(q))
	if looksSecret(q) {
		query = query.Where("cr.hash = ?", o.Vault.SecretHash(q))
	}
	var rows []struct{ Name, Prefix, LastFour, ApplicationID, ClientName string }
	if err := query.OrderExpr("cr.created_at DESC, cr.id").Limit(int64(n)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("search secrets: %w", err)
	}
	var out []ui.Hit
	for _, r := range rows {
		out = append(out, ui.Hit{Title: r.Prefix + "…" + r.LastFour, Sub: r.Name + ", secret of " + r.ClientName,
			Href: applications.URL(r.ApplicationID, applications.TabSecrets), Tile: ui.TileOpts{Icon: "key-round"}})
	}
	return out, nil
}

func (o Ops) administrators(ctx context.Context, actor models.Actor, q string, n int) ([]ui.Hit, error) {
	if !actor.May("administrator.read") {
		return nil, nil
	}
	ids, err := o.begins(ctx, "administrators", "LOWER(name)", q, n)
	if err != nil {
		return nil, err
	}
	byMail, err := o.begins(ctx, "administrators", "email_key", q, n)
	if err != nil || len(ids)+len(byMail) == 0 {
		return nil, err
	}
	ids = append(ids, byMail...)
	var rows []models.Administrator
	if err := o.DB.Read.NewSelect().Model(&rows).Column("id", "name", "email", "role").Where("id IN (?)", bun.In(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("found administrators: %w", err)
	}
	var out []ui.Hit
	for _, a := range keep(ids, rows, func(a models.Administrator) string { return a.ID }, n) {
		out = append(out, ui.Hit{Title: a.Name, Sub: a.Email + ", " + a.Role, Href: "/console/administrators/" + url.PathEscape(a.ID), Tile: ui.TileOpts{Icon: "user-round"}})
	}
	return out, nil
}
