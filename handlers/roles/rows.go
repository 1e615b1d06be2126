package roles

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

func find(ctx context.Context, db bun.IDB, id string) (models.Role, error) {
	var row models.Role
	err := db.NewSelect().Model(&row).Where("ro.id = ?", id).Where("ro.tenant_id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx)
	return row, models.Found(err, "role")
}

func insert(ctx context.Context, tx models.DB, r *models.Role) error {
	_, err := tx.Write.NewInsert().Model(r).Exec(ctx)
	return stored(err)
}

func update(ctx context.Context, tx models.DB, version int64, r *models.Role) error {
	res, err := tx.Write.NewUpdate().Model(r).Column("name", "description", "is_default", "stored", "version", "updated_at").
		Where("id = ?", r.ID).Where("version = ?", version).Exec(ctx)
	if err != nil {
		return stored(err)
	}
	if err := models.Touched(res, nil, "role"); models.IsFault(err, models.NotFound) {
		return models.Outrun(&models.Fault{Code: models.Stale, Reason: "role_changed", Text: "Somebody changed this role at the same moment."})
	} else if err != nil {
		return err
	}
	return models.ForgetRole(ctx, tx, r.ID) // the console says by which role a client has something
}

func stored(err error) error {
	if models.Unique(err) {
		return models.Taken("name", "role_name_taken", "Another role has this name.")
	}
	if err != nil {
		return fmt.Errorf("store role: %w", err)
	}
	return nil
}

// like makes text match itself, anywhere and in any case.
func like(text string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(text)) + "%"
}

// ListIn asks for roles of the tenant, the newest first.
type ListIn struct {
	Q    string `query:"q" doc:"Part of the name or of the description."`
	Kind string `query:"kind" enum:",user,machine"`
	models.PageIn
}

// List gives roles. Faults: Invalid (cursor, kind).
func (o Ops) List(ctx context.Context, in ListIn) (models.List[models.Role], error) {
	var none models.List[models.Role]
	if err := models.Need(ctx, "role.read", "", "role"); err != nil {
		return none, err
	}
	var c models.Check
	c.OneOf("kind", in.Kind, models.RoleUser, models.RoleMachine)
	if err := c.Err(); err != nil {
		return none, err
	}
	var from models.Key
	if in.Cursor != "" {
		var err error
		if from, err = o.Vault.ReadCursor("roles", in.Cursor); err != nil {
			return none, err
		}
	}
	var rows []models.Role
	q := filter(ctx, o.DB.Read.NewSelect().Model(&rows), FindIn{Kind: in.Kind, Q: in.Q})
	order, sign := "DESC", "<"
	if from.Back {
		order, sign = "ASC", ">"
	}
	if from.ID != "" {
		q = q.Where("(ro.created_at, ro.id) "+sign+" (?, ?)", from.Time, from.ID)
	}
	if err := q.OrderExpr("ro.created_at " + order + ", ro.id " + order).Limit(int64(in.Size() + 1)).Scan(ctx); err != nil {
		return none, fmt.Errorf("list roles: %w", err)
	}
	return models.Paged(o.Vault, "roles", rows, in.Size(), from, func(r models.Role) models.Key { return models.Key{Time: r.CreatedAt, ID: r.ID} }), nil
}

// FindIn asks for a part of the roles by number, as dialects do.
type FindIn struct {
	Kind            string // empty for both
	Q               string // part of the name, the description or the id
	ClientID        string // only those that this client has
	WithoutClientID string // only those that this client has not
	Offset          int64
	Limit           int64 // 0 for all
}

// FindOut is a part of the roles, and how many there are.
type FindOut struct {
	Items []models.Role
	Total int64
}

// Find gives a part of the roles by number, the newest first.
func (o Ops) Find(ctx context.Context, in FindIn) (FindOut, error) {
	out := FindOut{Items: []models.Role{}}
	if err := models.Need(ctx, "role.read", "", "role"); err != nil {
		return out, err
	}
	q := filter(ctx, o.DB.Read.NewSelect().Model(&out.Items), in).Order("ro.created_at DESC", "ro.id DESC").Offset(in.Offset)
	if in.Limit > 0 {
		q = q.Limit(in.Limit)
	}
	n, err := q.ScanAndCount(ctx)
	out.Total = int64(n)
	if err != nil {
		return out, fmt.Errorf("find roles: %w", err)
	}
	return out, nil
}

func filter(ctx context.Context, q *bun.SelectQuery, in FindIn) *bun.SelectQuery {
	q = q.Where("ro.tenant_id = ?", models.ActorFrom(ctx).TenantID)
	if in.Kind != "" {
		q = q.Where("ro.kind = ?", in.Kind)
	}
	if in.Q != "" {
		q = q.Where("(lower(ro.name) LIKE ? ESCAPE '!' OR lower(ro.description) LIKE ? ESCAPE '!' OR ro.id = ?)", like(in.Q), like(in.Q), in.Q)
	}
	if in.ClientID != "" {
		q = q.Where("ro.id IN (SELECT role_id FROM client_roles WHERE client_id = ?)", in.ClientID)
	}
	if in.WithoutClientID != "" {
		q = q.Where("ro.id NOT IN (SELECT role_id FROM client_roles WHERE client_id = ?)", in.WithoutClientID)
	}
	return q
}
