package grants

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// party is what this package needs to know of a client.
type party struct {
	bun.BaseModel `bun:"table:clients,alias:c"`

	ID            string `bun:"id,pk"`
	ApplicationID string `bun:"application_id"`
	ThirdParty    bool   `bun:"third_party"`
	Protocol      string `bun:"protocol"`
}

// clientOf reads the client of a grant; a default grant has none.
func clientOf(ctx context.Context, db bun.IDB, g models.ClientGrant) (party, error) {
	var c party
	if g.ClientID == nil {
		return c, nil
	}
	err := db.NewSelect().Model(&c).Where("c.id = ?", *g.ClientID).Where("c.tenant_id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx)
	return c, models.Found(err, "client")
}

// row is a grant with what the query reads of its resource.
type row struct {
	models.ClientGrant `bun:",extend"`
	ResourceName       string `bun:"resource_identifier"`
	ResourceSystem     string `bun:"resource_system"`
}

func selection(ctx context.Context, db bun.IDB, rows any) *bun.SelectQuery {
	return db.NewSelect().Model(rows).ColumnExpr("g.*, r.identifier AS resource_identifier, r.system AS resource_system").
		Join("JOIN resources r ON r.id = g.resource_id").Where("g.tenant_id = ?", models.ActorFrom(ctx).TenantID)
}

func find(ctx context.Context, db bun.IDB, id string) (models.ClientGrant, error) {
	var rows []row
	if err := selection(ctx, db, &rows).Where("g.id = ?", id).Scan(ctx); err != nil {
		return models.ClientGrant{}, fmt.Errorf("read client grant: %w", err)
	}
	if len(rows) == 0 {
		return models.ClientGrant{}, models.Missing("client_grant")
	}
	grants, err := whole(ctx, db, rows)
	if err != nil {
		return models.ClientGrant{}, err
	}
	return grants[0], nil
}

// whole puts rows and the names of their scopes together.
func whole(ctx context.Context, db bun.IDB, rows []row) ([]models.ClientGrant, error) {
	out, at, ids := make([]models.ClientGrant, len(rows)), map[string]int{}, []string{}
	for i, r := range rows {
		out[i] = r.ClientGrant
		out[i].Identifier, out[i].System, out[i].Scopes = r.ResourceName, r.ResourceSystem, []string{}
		at[r.ID] = i
		ids = append(ids, r.ID)
	}
	if len(ids) == 0 {
		return out, nil
	}
	var scopes []struct {
		GrantID string `bun:"grant_id"`
		Name    string `bun:"name"`
	}
	err := db.NewSelect().TableExpr("client_grant_scopes AS gs").ColumnExpr("gs.grant_id, s.name").Join("JOIN scopes s ON s.id = gs.scope_id").
		Where("gs.grant_id IN (?)", bun.In(ids)).OrderExpr("gs.grant_id, gs.position, s.position").Scan(ctx, &scopes)
	if err != nil {
		return nil, fmt.Errorf("read scopes of client grants: %w", err)
	}
	for _, s := range scopes {
		out[at[s.GrantID]].Scopes = append(out[at[s.GrantID]].Scopes, s.Name)
	}
	return out, nil
}

func insert(ctx context.Context, tx models.DB, g *models.ClientGrant) error {
	_, err := tx.Write.NewInsert().Model(g).Exec(ctx)
	if models.Unique(err) {
		return models.Taken("identifier", "client_grant_taken", "This client has a grant for this resource already. Change that one.")
	}
	if err != nil {
		return fmt.Errorf("store client grant: %w", err)
	}
	return nil
}

func update(ctx context.Context, tx models.DB, version int64, g *models.ClientGrant) error {
	res, err := tx.Write.NewUpdate().Model(g).Column("all_scopes", "stored", "version", "updated_at").Where("id = ?", g.ID).Where("version = ?", version).Exec(ctx)
	if err := models.Touched(res, err, "client_grant"); models.IsFault(err, models.NotFound) {
		return models.Outrun(&models.Fault{Code: models.Stale, Reason: "client_grant_changed", Text: "Somebody changed this grant at the same moment."})
	} else if err != nil {
		return err
	}
	return nil
}

// setScopes stores the scopes that a grant names now, and judges those that it did not have before.
func (o Ops) setScopes(ctx context.Context, g *models.ClientGrant, r models.Resource, before *models.ClientGrant) error {
	var c models.Check
	ids := map[string]string{}
	for _, s := range r.Scopes {
		ids[s.Name] = s.ID
	}
	var rows []models.GrantScope
	var names, fresh []string
	for i, name := range g.Scopes {
		id, ok := ids[name]
		if !ok {
			c.Add(fmt.Sprintf("scopes[%d]", i), "scope_not_found", "The resource has no scope "+name+".")
			continue
		}
		if slices.Contains(names, name) {
			continue
		}
		names = append(names, name)
		rows = append(rows, models.GrantScope{GrantID: g.ID, ScopeID: id, Position: int64(i)})
		if before == nil || !before.AllScopes && !slices.Contains(before.Scopes, name) {
			fresh = append(fresh, name)
		}
	}
	if err := c.Err(); err != nil {
		return err
	}
	if g.AllScopes && (before == nil || !before.AllScopes) {
		for _, s := range r.Scopes {
			fresh = append(fresh, s.Name)
		}
	}
	if err := models.MayGrant(ctx, r.System, fresh); err != nil {
		return err
	}
	g.Scopes = append([]string{}, names...)
	if before != nil {
		if _, err := o.DB.Write.NewDelete().Model((*models.GrantScope)(nil)).Where("grant_id = ?", g.ID).Exec(ctx); err != nil {
			return fmt.Errorf("replace scopes of client grant: %w", err)
		}
	}
	if len(rows) > 0 {
		if _, err := o.DB.Write.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return fmt.Errorf("store scopes of client grant: %w", err)
		}
	}
	return models.ForgetGrant(ctx, o.DB, *g)
}

// ListIn asks for client grants of the tenant, the newest first.
type ListIn struct {
	ClientID    string `query:"client_id" doc:"Only those of one client."`
	Identifier  string `query:"identifier" doc:"Only those for one resource."`
	SubjectType string `query:"subject_type" enum:",client,user,organization"`
	models.PageIn
}

// List gives client grants. Faults: Invalid (cursor, subject_type).
func (o Ops) List(ctx context.Context, in ListIn) (models.List[models.ClientGrant], error) {
	var none models.List[models.ClientGrant]
	if err := models.Need(ctx, "client_grant.read", "", "client_grant"); err != nil {
		return none, err
	}
	var c models.Check
	c.OneOf("subject_type", in.SubjectType, models.SubjectClient, models.SubjectUser, models.SubjectOrganization)
	if err := c.Err(); err != nil {
		return none, err
	}
	var from models.Key
	if in.Cursor != "" {
		var err error
		if from, err = o.Vault.ReadCursor("client_grants", in.Cursor); err != nil {
			return none, err
		}
	}
	var rows []row
	q := filter(selection(ctx, o.DB.Read, &rows), FindIn{ClientID: in.ClientID, Identifiers: some(in.Identifier), SubjectTypes: some(in.SubjectType)})
	order, sign := "DESC", "<"
	if from.Back {
		order, sign = "ASC", ">"
	}
	if from.ID != "" {
		q = q.Where("(g.created_at, g.id) "+sign+" (?, ?)", from.Time, from.ID)
	}
	if err := q.OrderExpr("g.created_at " + order + ", g.id " + order).Limit(int64(in.Size() + 1)).Scan(ctx); err != nil {
		return none, fmt.Errorf("list client grants: %w", err)
	}
	grants, err := whole(ctx, o.DB.Read, rows)
	if err != nil {
		return none, err
	}
	return models.Paged(o.Vault, "client_grants", grants, in.Size(), from, func(g models.ClientGrant) models.Key { return models.Key{Time: g.CreatedAt, ID: g.ID} }), nil
}

func some(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// FindIn asks for a part of the client grants by number, as dialects do.
type FindIn struct {
	ClientID     string
	Identifiers  []string // of resources; empty for all
	ResourceID   string
	System       string   // the management API whose grants may be among them, when HideOthers
	HideOthers   bool     // leave out those for management APIs of other faces
	SubjectTypes []string // empty for all
	DefaultFor   string
	Stored       map[string]bool // members of a dialect that are true, or are not
	After        string          // only those after the one with this id, in the order of the list
	Offset       int64
	Limit        int64 // 0 for all
}

// FindOut is a part of the client grants, and how many there are.
type FindOut struct {
	Items []models.ClientGrant
	Total int64
}

// Find gives a part of the client grants by number, the oldest first.
func (o Ops) Find(ctx context.Context, in FindIn) (FindOut, error) {
	out := FindOut{Items: []models.ClientGrant{}}
	if err := models.Need(ctx, "client_grant.read", "", "client_grant"); err != nil {
		return out, err
	}
	var rows []row
	q := filter(selection(ctx, o.DB.Read, &rows), in)
	if in.After != "" {
		q = q.Where("(g.created_at, g.id) > (SELECT x.created_at, x.id FROM client_grants x WHERE x.id = ?)", in.After)
	}
	q = q.Order("g.created_at", "g.id").Offset(in.Offset)
	if in.Limit > 0 {
		q = q.Limit(in.Limit)
	}
	n, err := q.ScanAndCount(ctx)
	if err != nil {
		return out, fmt.Errorf("find client grants: %w", err)
	}
	out.Total = int64(n)
	out.Items, err = whole(ctx, o.DB.Read, rows)
	return out, err
}

func filter(q *bun.SelectQuery, in FindIn) *bun.SelectQuery {
	if in.ClientID != "" {
		q = q.Where("g.client_id = ?", in.ClientID)
	}
	if len(in.Identifiers) > 0 {
		q = q.Where("r.identifier IN (?)", bun.In(in.Identifiers))
	}
	if in.ResourceID != "" {
		q = q.Where("g.resource_id = ?", in.ResourceID)
	}
	if in.HideOthers {
		q = q.Where("r.system IN ('', ?)", in.System)
	}
	if len(in.SubjectTypes) > 0 {
		q = q.Where("g.subject_type IN (?)", bun.In(in.SubjectTypes))
	}
	if in.DefaultFor != "" {
		q = q.Where("g.default_for = ?", in.DefaultFor)
	}
	for name, want := range in.Stored { // the map is kept as compact JSON, and its names are ours
		not := map[bool]string{true: "", false: "NOT "}[want]
		q = q.Where("g.stored "+not+"LIKE ?", `%"`+name+`":true%`)
	}
	return q
}
