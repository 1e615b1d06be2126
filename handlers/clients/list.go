package clients

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// ListIn asks for the clients of an application, the oldest first.
type ListIn struct {
	ApplicationID string `path:"application_id" json:"-" doc:"The application's id."`
	models.PageIn
}

// ListAllIn asks for clients of the whole tenant.
type ListAllIn struct {
	ApplicationID string `query:"application_id" doc:"Only those of one application."`
	Protocol      string `query:"protocol" enum:",oidc,saml"`
	Profile       string `query:"profile" enum:",web,spa,native,machine,protected,saml"`
	Q             string `query:"q" doc:"Part of the name, or the beginning of the client_id."`
	Sort          string `query:"sort" enum:",created_at,-created_at,name,-name" default:"created_at" doc:"A minus in front turns the order around."`
	models.PageIn
}

// List gives the clients of an application, the oldest first.
// Faults: Invalid (cursor), NotFound (application).
func (o Ops) List(ctx context.Context, in ListIn) (models.List[models.Client], error) {
	app, err := findApplication(ctx, o.DB, in.ApplicationID, false)
	if err != nil {
		return models.List[models.Client]{}, err
	}
	if err := models.Need(ctx, "client.read", app.ID, "application"); err != nil {
		return models.List[models.Client]{}, err
	}
	return o.page(ctx, "clients of "+app.ID, in.PageIn, "created_at", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("c.application_id = ?", app.ID)
	})
}

// ListAll gives the clients of the tenant. An actor who is limited to one application sees those of it.
// Faults: Invalid (sort, cursor), Forbidden.
func (o Ops) ListAll(ctx context.Context, in ListAllIn) (models.List[models.Client], error) {
	actor := models.ActorFrom(ctx)
	if !actor.May("client.read") {
		return models.List[models.Client]{}, models.Denied("client.read")
	}
	or(&in.Sort, "created_at")
	var c models.Check
	c.OneOf("sort", in.Sort, "created_at", "-created_at", "name", "-name")
	if err := c.Err(); err != nil {
		return models.List[models.Client]{}, err
	}
	return o.page(ctx, "clients by "+in.Sort, in.PageIn, in.Sort, func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("c.tenant_id = ?", actor.TenantID)
		for column, value := range map[string]string{"c.application_id": in.ApplicationID, "c.protocol": in.Protocol, "c.profile": in.Profile} {
			if value != "" {
				q = q.Where("? = ?", bun.Ident(column), value)
			}
		}
		if actor.ApplicationID != "" {
			q = q.Where("c.application_id = ?", actor.ApplicationID)
		}
		if in.Q != "" {
			q = q.Where("(lower(c.name) LIKE ? ESCAPE '!' OR c.id LIKE ? ESCAPE '!')", "%"+like(strings.ToLower(in.Q))+"%", like(in.Q)+"%")
		}
		return q
	})
}

// page reads one page in the order of sort, a column of the list below with a minus in front to turn it around.
func (o Ops) page(ctx context.Context, list string, in models.PageIn, sort string, where func(*bun.SelectQuery) *bun.SelectQuery) (models.List[models.Client], error) {
	var from models.Key
	if in.Cursor != "" {
		var err error
		if from, err = o.Vault.ReadCursor(list, in.Cursor); err != nil {
			return models.List[models.Client]{}, err
		}
	}
	var rows []models.Client
	column, desc := strings.CutPrefix(sort, "-")
	q := keyset(where(o.DB.Read.NewSelect().Model(&rows)), column, desc, from).Limit(int64(in.Size() + 1))
	if err := q.Scan(ctx); err != nil {
		return models.List[models.Client]{}, fmt.Errorf("list clients: %w", err)
	}
	return models.Paged(o.Vault, list, rows, in.Size(), from, func(c models.Client) models.Key {
		if column == "name" {
			return models.Key{Text: c.Name, ID: c.ID}
		}
		return models.Key{Time: c.CreatedAt, ID: c.ID}
	}), nil
}

func keyset(q *bun.SelectQuery, column string, desc bool, from models.Key) *bun.SelectQuery {
	down := desc != from.Back
	order, sign := "ASC", ">"
	if down {
		order, sign = "DESC", "<"
	}
	at := bun.Ident("c." + column)
	if from.ID != "" {
		var value any = from.Time
		if column == "name" {
			value = from.Text
		}
		q = q.Where("(?, c.id) "+sign+" (?, ?)", at, value, from.ID)
	}
	return q.OrderExpr("? "+order, at).OrderExpr("c.id " + order)
}

// like makes text match itself in a LIKE pattern.
func like(text string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text)
}

// DefaultsOf gives the default clients of a page of applications, by application id, in one query. Those out of the actor's
// reach are left out. The query names primary keys alone: beside another condition a database may prefer that one's index and
// read every client of the tenant.
func (o Ops) DefaultsOf(ctx context.Context, of []models.Application) (map[string]models.Client, error) {
	out := make(map[string]models.Client, len(of))
	if len(of) == 0 {
		return out, nil
	}
	ids := make([]string, len(of))
	for i, a := range of {
		ids[i] = a.DefaultClientID
	}
	var rows []models.Client
	if err := o.DB.Read.NewSelect().Model(&rows).Where("c.id IN (?)", bun.In(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read default clients: %w", err)
	}
	actor := models.ActorFrom(ctx)
	for _, c := range rows {
		if c.TenantID == actor.TenantID && models.Judge(actor, "client.read", c.ApplicationID, "client") == nil {
			out[c.ApplicationID] = c
		}
	}
	return out, nil
}

// touchApplication moves an application one version on: something that its readers see has changed.
func touchApplication(ctx context.Context, tx models.DB, id string, now time.Time) error {
	_, err := tx.Write.NewUpdate().Table("applications").Set("version = version + 1").Set("updated_at = ?", now).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("touch application %s: %w", id, err)
	}
	return nil
}
