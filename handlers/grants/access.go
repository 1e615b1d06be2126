package grants

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// OfClientIn names a client.
type OfClientIn struct {
	ClientID string `path:"id" json:"-" doc:"The client_id."`
}

// AccessOut is what a client may ask for itself.
type AccessOut struct {
	Items []models.Access `json:"items"`
}

// Access tells what a client may ask of which resources for itself, and what gives it that. Faults: NotFound (client).
func (o Ops) Access(ctx context.Context, in OfClientIn) (AccessOut, error) {
	c, err := clientOf(ctx, o.DB.Read, models.ClientGrant{ClientID: &in.ClientID})
	if err != nil {
		return AccessOut{}, err
	}
	if err := models.Need(ctx, "client.read", c.ApplicationID, "client"); err != nil {
		return AccessOut{}, err
	}
	faces, err := opened(ctx, o.DB.Read, c.ApplicationID)
	if err != nil {
		return AccessOut{}, err
	}
	items, err := Held(ctx, o.DB.Read, Holder{ID: c.ID, TenantID: models.ActorFrom(ctx).TenantID, ThirdParty: c.ThirdParty, Faces: faces})
	return AccessOut{items}, err
}

// owner is what this package needs to know of an application.
type owner struct {
	bun.BaseModel `bun:"table:applications,alias:a"`

	ID              string   `bun:"id,pk"`
	Kind            string   `bun:"kind"`
	ManagementFaces []string `bun:"management_faces,type:text"`
}

// opened are the management APIs that an application opens whole to its clients.
func opened(ctx context.Context, db bun.IDB, applicationID string) ([]string, error) {
	var a owner
	err := db.NewSelect().Model(&a).Where("a.id = ?", applicationID).Scan(ctx)
	if err := models.Found(err, "application"); err != nil || a.Kind != models.KindManagement {
		return nil, err
	}
	return a.ManagementFaces, nil
}

// Holder is the client that Held asks about.
type Holder struct {
	ID         string
	TenantID   string
	ThirdParty bool     // it has default grants as well
	Faces      []string // management APIs that its application opens whole
}

// given is one line of what gives something: a resource, a scope of it or none, and the giver.
type given struct {
	ResourceID string `bun:"resource_id"`
	ScopeID    string `bun:"scope_id"`
	All        bool   `bun:"all_scopes"`
	ViaID      string `bun:"via_id"`
	ViaName    string `bun:"via_name"`
	kind       string
}

// Held works out what a client holds: the union of its grants, of the scopes of its roles, and of the management APIs that its
// application opens. It judges nobody and reads the database; the token endpoint remembers its answer.
func Held(ctx context.Context, db bun.IDB, h Holder) ([]models.Access, error) {
	lines, err := byGrants(ctx, db, h)
	if err != nil {
		return nil, err
	}
	roles, err := byRoles(ctx, db, h)
	if err != nil {
		return nil, err
	}
	lines = append(lines, roles...)
	if len(lines) == 0 && len(h.Faces) == 0 {
		return []models.Access{}, nil
	}
	return join(ctx, db, h, lines)
}

func byGrants(ctx context.Context, db bun.IDB, h Holder) ([]given, error) {
	var rows []given
	q := db.NewSelect().TableExpr("client_grants AS g").ColumnExpr("g.resource_id, COALESCE(gs.scope_id, '') AS scope_id, g.all_scopes, g.id AS via_id, '' AS via_name").
		Join("LEFT JOIN client_grant_scopes gs ON gs.grant_id = g.id").Where("g.subject_type = ?", models.SubjectClient)
	if h.ThirdParty {
		q = q.Where("(g.client_id = ? OR (g.client_id IS NULL AND g.tenant_id = ? AND g.default_for = 'third_party_clients'))", h.ID, h.TenantID)
	} else {
		q = q.Where("g.client_id = ?", h.ID)
	}
	if err := q.OrderExpr("g.created_at, g.id").Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("read grants of client %s: %w", h.ID, err)
	}
	for i := range rows {
		rows[i].kind = "client_grant"
	}
	return rows, nil
}

func byRoles(ctx context.Context, db bun.IDB, h Holder) ([]given, error) {
	var rows []given
	err := db.NewSelect().TableExpr("client_roles AS cr").ColumnExpr("s.resource_id, s.id AS scope_id, ro.id AS via_id, ro.name AS via_name").
		Join("JOIN roles ro ON ro.id = cr.role_id").Join("JOIN role_scopes rs ON rs.role_id = ro.id").Join("JOIN scopes s ON s.id = rs.scope_id").
		Where("cr.client_id = ?", h.ID).Where("ro.kind = ?", models.RoleMachine).OrderExpr("cr.created_at, ro.id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read roles of client %s: %w", h.ID, err)
	}
	for i := range rows {
		rows[i].kind = "role"
	}
	return rows, nil
}

// join puts the lines together by resource and scope, resources by identifier and scopes in their own order.
func join(ctx context.Context, db bun.IDB, h Holder, lines []given) ([]models.Access, error) {
	var resources []models.Resource
	ids := []string{""}
	for _, l := range lines {
		ids = append(ids, l.ResourceID)
	}
	q := db.NewSelect().Model(&resources).Where("r.tenant_id = ?", h.TenantID)
	if len(h.Faces) > 0 {
		q = q.Where("(r.id IN (?) OR r.system IN (?))", bun.In(ids), bun.In(h.Faces))
	} else {
		q = q.Where("r.id IN (?)", bun.In(ids))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read resources of client %s: %w", h.ID, err)
	}
	var scopes []models.Scope
	of := []string{""}
	for _, r := range resources {
		of = append(of, r.ID)
	}
	if err := db.NewSelect().Model(&scopes).Where("s.resource_id IN (?)", bun.In(of)).Order("s.position", "s.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read scopes of resources: %w", err)
	}
	out := make([]models.Access, 0, len(resources))
	for _, r := range resources {
		out = append(out, access(r, scopes, lines, slices.Contains(h.Faces, r.System) && r.System != ""))
	}
	slices.SortFunc(out, func(a, b models.Access) int { return cmp.Compare(a.Identifier, b.Identifier) })
	return out, nil
}

func access(r models.Resource, scopes []models.Scope, lines []given, opened bool) models.Access {
	a := models.Access{ResourceID: r.ID, Identifier: r.Identifier, Name: r.Name, System: r.System, SigningAlg: r.SigningAlg,
		LifetimeSeconds: r.AccessTokenLifetimeSeconds, Scopes: []models.AccessScope{}, Via: []models.AccessVia{}}
	var all []models.AccessVia
	some := map[string][]models.AccessVia{}
	if opened {
		all = append(all, models.AccessVia{Kind: "application"})
		a.Via = add(a.Via, all[0])
	}
	for _, l := range lines {
		if l.ResourceID != r.ID {
			continue
		}
		via := models.AccessVia{Kind: l.kind, ID: l.ViaID, Name: l.ViaName}
		a.Via = add(a.Via, via)
		if l.All {
			all = add(all, via)
		} else if l.ScopeID != "" {
			some[l.ScopeID] = add(some[l.ScopeID], via)
		}
	}
	for _, s := range scopes {
		if s.ResourceID != r.ID {
			continue
		}
		if via := append(slices.Clone(all), some[s.ID]...); len(via) > 0 {
			a.Scopes = append(a.Scopes, models.AccessScope{Name: s.Name, Via: via})
		}
	}
	return a
}

func add(list []models.AccessVia, v models.AccessVia) []models.AccessVia {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}
