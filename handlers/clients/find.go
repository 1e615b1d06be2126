package clients

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gatehouse/models"
)

// Orders of a search.
const (
	NewestFirst = "newest"
	OldestFirst = "oldest"
)

// How a text is compared. Like has the wildcards of SQL: % for any text, _ for one character.
const (
	MatchExact = "exact"
	MatchLike  = "like"
)

// TextMatch compares one text of a client.
type TextMatch struct {
	Field  string // id, name, description
	Mode   string // MatchExact or MatchLike
	Values []string
	Cased  bool // upper and lower case differ
}

// StoredMatch compares a text that a dialect keeps beside the model. Clients without it match by their profile.
type StoredMatch struct {
	Name     string // in Client.Stored
	Values   []string
	Profiles []string
}

// GrantMatch asks for clients with a client grant of which a dialect keeps that something holds.
type GrantMatch struct {
	Name string // in ClientGrant.Stored
}

// FindIn is a search over all clients of the tenant, for dialects in which the client is the whole thing. Filters that are empty
// do not filter.
type FindIn struct {
	IDs        []string
	Protocol   string
	Profiles   []string
	Kind       string // of the application
	ThirdParty models.Opt[bool]
	Stored     *StoredMatch
	Granted    *GrantMatch
	Texts      []TextMatch
	AllTexts   bool   // all of Texts must match; otherwise one is enough
	Order      string // NewestFirst when empty
	After      string // the Next of the page before; wins over Offset
	Offset     int64
	Limit      int64 // 1 to 100
	Total      bool  // count all that match
}

// texts are the columns that a search may compare.
var texts = map[string]string{"id": "c.id", "name": "c.name", "description": "c.description"}

// Find gives one page of the clients that match. An actor who is limited to one application sees those of it.
// Faults: Invalid (cursor, field, mode), Forbidden.
func (o Ops) Find(ctx context.Context, in FindIn) (models.Hits[models.Client], error) {
	var out models.Hits[models.Client]
	actor := models.ActorFrom(ctx)
	if !actor.May("client.read") {
		return out, models.Denied("client.read")
	}
	if err := in.check(); err != nil {
		return out, err
	}
	q := in.conditions(actor, o.DB.Postgres)
	ids, err := o.found(ctx, in, q)
	if err != nil {
		return out, err
	}
	more := int64(len(ids)) > in.Limit
	if more {
		ids = ids[:in.Limit]
	}
	out.Items = make([]models.Client, 0, len(ids))
	for _, id := range ids {
		c, err := o.find(ctx, id)
		if models.IsFault(err, models.NotFound) {
			continue // deleted between the two reads
		}
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, c)
	}
	if n := len(out.Items); more && n > 0 {
		out.Next = o.Vault.Cursor("found clients "+in.Order, models.Key{Time: out.Items[n-1].CreatedAt, ID: out.Items[n-1].ID})
	}
	if in.Total {
		out.Total, err = o.total(ctx, actor, q)
	}
	return out, err
}

func (in *FindIn) check() error {
	or(&in.Order, NewestFirst)
	var c models.Check
	c.OneOf("order", in.Order, NewestFirst, OldestFirst)
	c.Range("limit", in.Limit, 1, models.PageLimit)
	c.That(in.Offset >= 0, "offset", "out_of_range", "Use a number from 0.")
	for _, t := range in.Texts {
		c.That(texts[t.Field] != "", t.Field, "unknown_field", "Search in id, name or description.")
		c.OneOf("mode", t.Mode, MatchExact, MatchLike)
	}
	return c.Err()
}

// query is the conditions of a search and their arguments. plain tells that there are none but the tenant.
type query struct {
	where strings.Builder
	args  []any
	plain bool
}

func (q *query) add(clause string, args ...any) {
	q.where.WriteString(" AND " + clause)
	q.args = append(q.args, args...)
	q.plain = false
}

func (q *query) in(column string, values []string) {
	if len(values) > 0 {
		clause, args := oneOf(column, values)
		q.add(clause, args...)
	}
}

func oneOf(column string, values []string) (string, []any) {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return column + " IN (?" + strings.Repeat(", ?", len(values)-1) + ")", args
}

func (in FindIn) conditions(actor models.Actor, postgres bool) *query {
	q := &query{args: []any{actor.TenantID}, plain: true}
	q.where.WriteString("c.tenant_id = ?")
	if actor.ApplicationID != "" {
		q.add("c.application_id = ?", actor.ApplicationID)
	}
	q.in("c.id", in.IDs)
	q.in("c.profile", in.Profiles)
	if in.Protocol != "" {
		q.add("c.protocol = ?", in.Protocol)
	}
	if in.ThirdParty.Set {
		q.add("c.third_party = ?", in.ThirdParty.V)
	}
	if in.Kind != "" {
		q.add("EXISTS (SELECT 1 FROM applications a WHERE a.id = c.application_id AND a.kind = ?)", in.Kind)
	}
	if in.Stored != nil {
		in.Stored.add(q, postgres)
	}
	if in.Granted != nil {
		q.add("EXISTS (SELECT 1 FROM client_grants g WHERE g.client_id = c.id AND "+storedText("g.stored", postgres)+" IN ('true', '1'))", storedPath(in.Granted.Name, postgres))
	}
	in.matches(q, postgres)
	return q
}

// storedText is one member of what dialects keep in a column, as text.
func storedText(column string, postgres bool) string {
	if postgres {
		return "(NULLIF(" + column + ", '')::json ->> ?)"
	}
	return "CAST(json_extract(NULLIF(" + column + ", ''), ?) AS TEXT)"
}

func storedPath(name string, postgres bool) string {
	if postgres {
		return name
	}
	return `$."` + name + `"`
}

func (m StoredMatch) add(q *query, postgres bool) {
	column, path := storedText("c.stored", postgres), any(storedPath(m.Name, postgres))
	clauses, args := []string{}, []any{}
	if len(m.Values) > 0 {
		clause, values := oneOf(column, m.Values)
		clauses, args = append(clauses, clause), append(append(args, path), values...)
	}
	if len(m.Profiles) > 0 {
		clause, values := oneOf("c.profile", m.Profiles)
		clauses, args = append(clauses, column+" IS NULL AND "+clause), append(append(args, path), values...)
	}
	if len(clauses) == 0 {
		clauses = []string{"1 = 0"}
	}
	q.add("("+strings.Join(clauses, " OR ")+")", args...)
}

// matches adds the comparisons of texts.
func (in FindIn) matches(q *query, postgres bool) {
	clauses, args := []string{}, []any{}
	for _, t := range in.Texts {
		clause, values := t.clause(postgres)
		clauses, args = append(clauses, clause), append(args, values...)
	}
	if len(clauses) == 0 {
		return
	}
	joint := " OR "
	if in.AllTexts {
		joint = " AND "
	}
	q.add("("+strings.Join(clauses, joint)+")", args...)
}

func (t TextMatch) clause(postgres bool) (string, []any) {
	column, values := texts[t.Field], slices.Clone(t.Values)
	if !t.Cased {
		column = "LOWER(" + column + ")"
		for i, v := range values {
			values[i] = strings.ToLower(v)
		}
	}
	switch {
	case len(values) == 0:
		return "1 = 0", nil
	case t.Mode == MatchExact:
		return oneOf(column, values)
	case t.Cased && !postgres: // SQLite's LIKE takes no notice of case, its GLOB does
		return anyOf(column+" GLOB ?", values, glob)
	}
	return anyOf(column+" LIKE ? ESCAPE '!'", values, func(v string) string { return strings.ReplaceAll(v, "!", "!!") })
}

func anyOf(clause string, values []string, spell func(string) string) (string, []any) {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = spell(v)
	}
	return "(" + clause + strings.Repeat(" OR "+clause, len(values)-1) + ")", args
}

// glob spells a LIKE pattern the other way.
func glob(pattern string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]", "%", "*", "_", "?").Replace(pattern)
}

// found gives the ids of one page, one beyond its size.
func (o Ops) found(ctx context.Context, in FindIn, q *query) ([]string, error) {
	sign, dir := "<", " DESC"
	if in.Order == OldestFirst {
		sign, dir = ">", ""
	}
	where, args := q.where.String(), append([]any(nil), q.args...)
	if in.After != "" {
		from, err := o.Vault.ReadCursor("found clients "+in.Order, in.After)
		if err != nil {
			return nil, err
		}
		where += " AND (c.created_at, c.id) " + sign + " (?, ?)"
		args, in.Offset = append(args, from.Time, from.ID), 0
	}
	text := "SELECT c.id FROM clients c WHERE " + where + " ORDER BY c.created_at" + dir + ", c.id" + dir + models.Limit(in.Limit+1) + " OFFSET ?"
	rows, err := o.DB.Query(ctx, text, append(args, in.Offset)...)
	if err != nil {
		return nil, fmt.Errorf("find clients: %w", err)
	}
	defer rows.Close()
	ids := make([]string, 0, in.Limit+1)
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find clients: %w", err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// total is how many clients match; all of the tenant are counted already.
func (o Ops) total(ctx context.Context, actor models.Actor, q *query) (n int64, err error) {
	if q.plain && o.counts != nil {
		return o.counts.Get(ctx, actor.TenantID+" "+models.CountClients, func(ctx context.Context, _ string) (int64, error) {
			return models.Counted(ctx, o.DB, models.CountClients)
		})
	}
	rows, err := o.DB.Query(ctx, "SELECT COUNT(*) FROM clients c WHERE "+q.where.String(), q.args...)
	if err != nil {
		return 0, fmt.Errorf("count clients: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		err = rows.Scan(&n)
	}
	if err == nil {
		err = rows.Err()
	}
	return n, err
}
