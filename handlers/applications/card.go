package applications

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gatehouse/models"
)

// Card is what lists show of an application beside its own row: facts of its clients and their credentials. It is
// remembered until one of them changes (models.CacheApplicationCard).
type Card struct {
	ClientID string // the default client
	Profile  string
	Place    string // where the default client lives: the host or scheme of its first redirect URI
	Clients  int
	Expiring []expiry // what runs out, the soonest first
}

type expiry struct {
	at   time.Time
	kind string
}

// next is what expires first from now on.
func (c Card) next(now time.Time) (expiry, bool) {
	for _, e := range c.Expiring {
		if e.at.After(now) {
			return e, true
		}
	}
	return expiry{}, false
}

// card gives the remembered facts of an application.
func (o Ops) card(ctx context.Context, applicationID string) (Card, error) {
	return o.cards.Get(ctx, applicationID, o.loadCard)
}

func (o Ops) loadCard(ctx context.Context, id string) (Card, error) {
	var c Card
	var redirects, saml string
	err := o.DB.Read.QueryRowContext(ctx, `SELECT c.id, c.profile, c.redirect_uris, c.saml, (SELECT COUNT(*) FROM clients n WHERE n.application_id = ?)
		FROM clients c WHERE c.application_id = ? ORDER BY c.is_default DESC, c.created_at, c.id LIMIT 1`, id, id).Scan(&c.ClientID, &c.Profile, &redirects, &saml, &c.Clients)
	if err == sql.ErrNoRows {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("read the clients of application %s: %w", id, err)
	}
	c.Place = place(redirects, saml)
	c.Expiring, err = o.expiring(ctx, id)
	return c, err
}

func (o Ops) expiring(ctx context.Context, applicationID string) ([]expiry, error) {
	var rows []models.Credential
	err := o.DB.Read.NewSelect().Model(&rows).Column("kind", "expires_at").Where("cr.revoked_at IS NULL").Where("cr.expires_at IS NOT NULL").
		Where("cr.client_id IN (SELECT id FROM clients WHERE application_id = ?)", applicationID).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what expires of application %s: %w", applicationID, err)
	}
	out := make([]expiry, len(rows))
	for i, r := range rows {
		out[i] = expiry{*r.ExpiresAt, r.Kind}
	}
	slices.SortFunc(out, func(a, b expiry) int { return a.at.Compare(b.at) })
	return out, nil
}

// place is where a client lives, short enough for a second line: a host, or the scheme of an app.
func place(redirects, saml string) string {
	var uris []string
	var party models.SAML
	if json.Unmarshal([]byte(redirects), &uris) == nil && len(uris) > 0 {
		return host(uris[0])
	}
	if json.Unmarshal([]byte(saml), &party) == nil {
		return host(party.ACSURL)
	}
	return ""
}

func host(uri string) string {
	scheme, rest, ok := strings.Cut(uri, "://")
	if !ok {
		scheme, _, _ = strings.Cut(uri, ":")
		return scheme
	}
	name, _, _ := strings.Cut(rest, "/")
	if scheme != "http" && scheme != "https" {
		return scheme
	}
	return name
}

// used gives when applications were last used, and how often.
func (o Ops) used(ctx context.Context, ids ...string) (map[string]models.Usage, error) {
	return o.uses.GetAll(ctx, ids, o.readUses)
}

func (o Ops) readUses(ctx context.Context, ids []string) (map[string]models.Usage, error) {
	out := make(map[string]models.Usage, len(ids))
	args := []any{models.UsedApplication}
	for _, id := range ids {
		args = append(args, id)
	}
	for len(args)-1 < models.PageDefault { // one statement for every page size up to this
		args = append(args, "")
	}
	rows, err := o.DB.Query(ctx, "SELECT object_id, last_used_at, last_ip, count FROM usages WHERE object_kind = ? AND object_id IN (?"+strings.Repeat(", ?", len(args)-2)+")", args...)
	if err != nil {
		return nil, fmt.Errorf("read uses of applications: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var u models.Usage
		if err := rows.Scan(&u.ObjectID, &u.LastUsedAt, &u.LastIP, &u.Count); err != nil {
			return nil, fmt.Errorf("read uses of applications: %w", err)
		}
		out[u.ObjectID] = u
	}
	return out, rows.Err()
}

// facts are what the list says of the whole tenant.
type facts struct {
	total  int
	owners []string
}

// ownersFrom is how many of the newest applications are asked for their owners.
const ownersFrom = 500

// summary gives how many applications there are, and who owns some of them. It is remembered until one of them changes.
func (o Ops) summary(ctx context.Context, limit int) (facts, error) {
	return o.totals.Get(ctx, models.ActorFrom(ctx).TenantID, func(ctx context.Context, tenant string) (facts, error) {
		var f facts
		var err error
		if f.total, err = o.Count(ctx, limit); err != nil {
			return f, fmt.Errorf("count applications: %w", err)
		}
		err = o.DB.Read.NewRaw(`SELECT DISTINCT owner FROM (SELECT owner FROM applications WHERE tenant_id = ? ORDER BY created_at DESC, id DESC LIMIT ?) AS newest
			WHERE owner <> '' ORDER BY owner LIMIT 20`, tenant, ownersFrom).Scan(ctx, &f.owners)
		return f, err
	})
}
