package overview

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"gatehouse/models"
	"gatehouse/views/applications"
	views "gatehouse/views/overview"
)

// month is how far ahead a secret counts as expiring soon.
const month = 30 * 24 * time.Hour

// countAll counts whole tables by their indexes, in one statement.
func (o Ops) countAll(ctx context.Context, tenant string, now time.Time) (numbers, error) {
	of := func(table string) *bun.SelectQuery {
		return o.DB.Read.NewSelect().Table(table).ColumnExpr("COUNT(*)").Where("tenant_id = ?", tenant)
	}
	var n numbers
	err := o.DB.Read.NewSelect().
		ColumnExpr("(?)", of("applications")).
		ColumnExpr("(?)", of("clients")).
		ColumnExpr("(?)", o.DB.Read.NewSelect().Table("usages").ColumnExpr("COALESCE(SUM(count), 0)").Where("object_kind = ?", models.UsedClient)).
		ColumnExpr("(?)", expire(of("credentials"), now, now.Add(month/30*7))).
		ColumnExpr("(?)", expire(of("credentials"), now, now.Add(month))).
		Scan(ctx, &n.applications, &n.clients, &n.tokens, &n.week, &n.month)
	if err != nil {
		return n, fmt.Errorf("count for the overview: %w", err)
	}
	return n, nil
}

// expire narrows to secrets that are valid now and expire before until.
func expire(q *bun.SelectQuery, now, until time.Time) *bun.SelectQuery {
	return q.Where("kind = ?", models.CredentialSecret).Where("revoked_at IS NULL").Where("expires_at > ?", now).Where("expires_at <= ?", until)
}

type secretRow struct {
	models.Credential
	ClientName      string
	ApplicationName string
	Used            *time.Time
}

// expiring reads secrets that expire soon beside from, in the direction that from says, the soonest first unless that is back.
func (o Ops) expiring(ctx context.Context, now time.Time, from models.Key, size int) ([]secretRow, error) {
	order, beyond := "cr.expires_at ASC, cr.id ASC", "(cr.expires_at, cr.id) > (?, ?)"
	if from.Back {
		order, beyond = "cr.expires_at DESC, cr.id DESC", "(cr.expires_at, cr.id) < (?, ?)"
	}
	var rows []secretRow
	q := o.DB.Read.NewSelect().TableExpr("credentials AS cr").Join("JOIN clients AS c ON c.id = cr.client_id").Join("JOIN applications AS a ON a.id = cr.application_id").
		Join("LEFT JOIN usages AS u ON u.object_kind = ? AND u.object_id = cr.id", models.UsedCredential).
		ColumnExpr("cr.id, cr.name, cr.prefix, cr.last_four, cr.expires_at, cr.application_id, cr.client_id").
		ColumnExpr("c.name AS client_name, a.name AS application_name, u.last_used_at AS used").
		Where("cr.tenant_id = ?", models.ActorFrom(ctx).TenantID).Where("cr.kind = ?", models.CredentialSecret).Where("cr.revoked_at IS NULL").
		Where("cr.expires_at > ?", now).Where("cr.expires_at <= ?", now.Add(month))
	if from.ID != "" {
		q = q.Where(beyond, from.Time.UTC(), from.ID)
	}
	if err := q.OrderExpr(order).Limit(int64(size)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("secrets that expire soon: %w", err)
	}
	return rows, nil
}

func (r secretRow) view() views.Secret {
	s := views.Secret{ID: r.ID, Name: r.Name, Client: r.ClientName, Application: r.ApplicationName, Expires: *r.ExpiresAt,
		Href: applications.URL(r.ApplicationID, applications.TabSecrets)}
	if r.Prefix != "" {
		s.Hint = r.Prefix + "…" + r.LastFour
	}
	if r.Used != nil {
		s.LastUsed = *r.Used
	}
	return s
}

func secretViews(rows []secretRow) []views.Secret {
	out := make([]views.Secret, len(rows))
	for i, r := range rows {
		out[i] = r.view()
	}
	return out
}

func (o Ops) soonest(ctx context.Context, now time.Time, n int) ([]views.Secret, error) {
	rows, err := o.expiring(ctx, now, models.Key{}, n)
	return secretViews(rows), err
}

// state is how far the set-up is, from a look at one row for each step.
type state struct{ application, token, branding, second, factor bool }

func (o Ops) progress(ctx context.Context, actor models.Actor) (s state, err error) {
	look := func(table string) *bun.SelectQuery {
		return o.DB.Read.NewSelect().Table(table).ColumnExpr("1").Where("tenant_id = ?", actor.TenantID)
	}
	steps := []struct {
		done *bool
		q    *bun.SelectQuery
	}{
		{&s.application, look("applications").Where("kind = ?", models.KindStandard)},
		{&s.token, o.DB.Read.NewSelect().Table("usages").ColumnExpr("1").Where("object_kind = ?", models.UsedClient)},
		{&s.branding, look("experience_layers").Where("number > 0")},
		{&s.second, look("administrators").Where("id <> ?", actor.ID).Where("NOT disabled")},
		{&s.factor, look("administrators").Where("id = ?", actor.ID).Where("totp_confirmed_at IS NOT NULL")},
	}
	for _, step := range steps {
		if *step.done, err = step.q.Exists(ctx); err != nil {
			return s, fmt.Errorf("how far the set-up is: %w", err)
		}
	}
	return s, nil
}
