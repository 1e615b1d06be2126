package roles

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// maxRoles is how many roles a client can have.
const maxRoles = 100

// AssignIn names a client and roles.
type AssignIn struct {
	ClientID string   `path:"id" json:"-" doc:"The client_id."`
	RoleIDs  []string `json:"role_ids" form:"role_ids" doc:"Roles of kind machine; up to 100."`
}

// AssignOut is the roles of a client, and which of them are new.
type AssignOut struct {
	Items []models.Role `json:"items"`
	Added []string      `json:"added" doc:"Ids of the roles that the client did not have before."`
}

// OfClientIn names a client.
type OfClientIn struct {
	ClientID string `path:"id" json:"-" doc:"The client_id."`
}

// ClientRoles is the roles of a client.
type ClientRoles struct {
	Items []models.Role `json:"items"`
}

// OfClient gives the roles of a client, in the order in which it got them. Faults: NotFound (client).
func (o Ops) OfClient(ctx context.Context, in OfClientIn) (ClientRoles, error) {
	if _, err := client(ctx, o.DB.Read, "role.read", in.ClientID); err != nil {
		return ClientRoles{}, err
	}
	items, err := ofClient(ctx, o.DB.Read, in.ClientID)
	return ClientRoles{items}, err
}

// Assign gives roles to a client that acts for itself.
// Faults: NotFound (client), Invalid (role_ids; client_not_machine for a client that cannot), Forbidden (cannot_grant).
func (o Ops) Assign(ctx context.Context, in AssignIn) (AssignOut, error) {
	return o.reassign(ctx, in, func(before []string) []string {
		return append(before, in.RoleIDs...)
	})
}

// Reassign replaces the roles of a client. Faults: as Assign.
func (o Ops) Reassign(ctx context.Context, in AssignIn) (AssignOut, error) {
	return o.reassign(ctx, in, func([]string) []string { return in.RoleIDs })
}

// UnassignIn names a role of a client.
type UnassignIn struct {
	ClientID string `path:"id" json:"-" doc:"The client_id."`
	RoleID   string `path:"role_id" json:"-" doc:"The role's id."`
}

// Unassign takes a role from a client. Faults: NotFound (client, role).
func (o Ops) Unassign(ctx context.Context, in UnassignIn) error {
	_, err := o.reassign(ctx, AssignIn{ClientID: in.ClientID}, func(before []string) []string {
		return slices.DeleteFunc(slices.Clone(before), func(id string) bool { return id == in.RoleID })
	}, in.RoleID)
	return err
}

// reassign makes the roles of a client what a function says; must names one that it has to have before.
func (o Ops) reassign(ctx context.Context, in AssignIn, say func(before []string) []string, must ...string) (out AssignOut, err error) {
	err = models.InTx(ctx, o.DB, func(ctx context.Context, tx models.DB) error {
		out.Added = []string{}
		c, err := client(ctx, tx.Write, "role.assign", in.ClientID)
		if err != nil {
			return err
		}
		held, err := ofClient(ctx, tx.Write, c.ID)
		if err != nil {
			return err
		}
		before := roleIDs(held)
		for _, id := range must {
			if !slices.Contains(before, id) {
				return models.Missing("role")
			}
		}
		want := say(slices.Clone(before))
		var check models.Check
		check.That(c.actsForItself() || len(want) <= len(before), "client_id", "client_not_machine", "Only a client that authenticates acts for itself and has roles.")
		check.That(len(slices.Compact(slices.Sorted(slices.Values(want)))) <= maxRoles, "role_ids", "too_many", "A client has at most 100 roles.")
		if err := check.Err(); err != nil {
			return err
		}
		tx.Drop(models.CacheOAuthClient, c.ID)
		to := o.In(tx)
		for i, id := range want {
			if slices.Contains(before, id) || slices.Contains(out.Added, id) {
				continue
			}
			if err := to.give(ctx, c, id, i-len(want)+len(in.RoleIDs)); err != nil {
				return err
			}
			out.Added = append(out.Added, id)
		}
		for _, r := range held {
			if !slices.Contains(want, r.ID) {
				if err := to.take(ctx, c, r); err != nil {
					return err
				}
			}
		}
		out.Items, err = ofClient(ctx, tx.Write, c.ID)
		return err
	})
	return out, err
}

// give assigns one role; at is its place in the caller's list.
func (o Ops) give(ctx context.Context, c party, roleID string, at int) error {
	field := fmt.Sprintf("role_ids[%d]", at)
	var check models.Check
	role, err := find(ctx, o.DB.Write, roleID)
	if models.IsFault(err, models.NotFound) {
		check.Add(field, "role_not_found", "There is no role with the id "+roleID+".")
		return check.Err()
	} else if err != nil {
		return err
	}
	if !check.That(role.Kind == models.RoleMachine, field, "role_not_machine", "This role is for people, not for clients.") {
		return check.Err()
	}
	scopes, err := held(ctx, o.DB.Write, role.ID)
	if err != nil {
		return err
	}
	for _, s := range scopes {
		if err := models.MayGrant(ctx, s.System, []string{s.Name}); err != nil {
			return err
		}
	}
	row := models.ClientRole{ClientID: c.ID, RoleID: role.ID, CreatedAt: o.Now()}
	if _, err := o.DB.Write.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("assign role: %w", err)
	}
	return o.recordAssigned(ctx, "role.assigned", c, role)
}

func (o Ops) take(ctx context.Context, c party, role models.Role) error {
	_, err := o.DB.Write.NewDelete().Model((*models.ClientRole)(nil)).Where("client_id = ?", c.ID).Where("role_id = ?", role.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("take role: %w", err)
	}
	return o.recordAssigned(ctx, "role.unassigned", c, role)
}

func (o Ops) recordAssigned(ctx context.Context, what string, c party, role models.Role) error {
	return models.Record(ctx, o.DB, models.Event{Type: what, ObjectKind: "client", ObjectID: c.ID, ObjectName: c.Name, ApplicationID: c.ApplicationID,
		Detail: models.Diff(nil, struct {
			RoleID string `json:"role_id"`
			Role   string `json:"role"`
		}{role.ID, role.Name})})
}

// party is what this package needs to know of a client.
type party struct {
	bun.BaseModel `bun:"table:clients,alias:c"`

	ID            string `bun:"id,pk"`
	ApplicationID string `bun:"application_id"`
	Name          string `bun:"name"`
	Protocol      string `bun:"protocol"`
	Method        string `bun:"token_endpoint_auth_method"`
}

// actsForItself tells whether client_credentials are open to the client, today or once it is given that grant: roles say what it
// may do then, as client grants do, whatever its profile.
func (c party) actsForItself() bool {
	return c.Protocol == models.ProtocolOIDC && c.Method != models.AuthNone
}

// client reads a client and judges the actor. Roles reach beyond an application, so only who has the tenant in reach gives them.
func client(ctx context.Context, db bun.IDB, action, id string) (party, error) {
	var c party
	err := db.NewSelect().Model(&c).Where("c.id = ?", id).Where("c.tenant_id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx)
	if err := models.Found(err, "client"); err != nil {
		return c, err
	}
	if err := models.Need(ctx, "client.read", c.ApplicationID, "client"); err != nil {
		return c, err
	}
	if action == "role.read" {
		return c, models.Need(ctx, action, c.ApplicationID, "client")
	}
	return c, models.Need(ctx, action, "", "client")
}

func ofClient(ctx context.Context, db bun.IDB, clientID string) ([]models.Role, error) {
	rows := []models.Role{}
	err := db.NewSelect().Model(&rows).Join("JOIN client_roles cr ON cr.role_id = ro.id").Where("cr.client_id = ?", clientID).
		OrderExpr("cr.created_at, ro.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read roles of client %s: %w", clientID, err)
	}
	return rows, nil
}

func roleIDs(rows []models.Role) []string {
	out := make([]string, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out
}

// ClientsIn asks for the clients that have a role.
type ClientsIn struct {
	ID     string `path:"id" json:"-" doc:"The role's id."`
	Q      string `query:"q" doc:"Part of the name, or the beginning of the client_id."`
	Offset int    `query:"offset" doc:"How many to leave out." default:"0"`
	Limit  int    `query:"limit" doc:"How many at most, 1 to 100." default:"20" maximum:"100"`
}

// ClientsOut is a part of the clients that have a role, and how many there are.
type ClientsOut struct {
	Items []models.Client `json:"items"`
	Total int64           `json:"total"`
}

// Clients gives the clients that have a role, by name. Faults: NotFound.
func (o Ops) Clients(ctx context.Context, in ClientsIn) (ClientsOut, error) {
	out := ClientsOut{Items: []models.Client{}}
	if _, err := o.Get(ctx, OneIn{in.ID}); err != nil {
		return out, err
	}
	size := models.PageIn{Limit: in.Limit}.Size()
	q := o.DB.Read.NewSelect().Model(&out.Items).Where("c.id IN (SELECT client_id FROM client_roles WHERE role_id = ?)", in.ID)
	if in.Q != "" {
		q = q.Where("(lower(c.name) LIKE ? ESCAPE '!' OR c.id = ?)", like(in.Q), in.Q)
	}
	n, err := q.Order("c.name", "c.id").Offset(int64(max(in.Offset, 0))).Limit(int64(size)).ScanAndCount(ctx)
	if err != nil {
		return out, fmt.Errorf("read clients of role %s: %w", in.ID, err)
	}
	out.Total = int64(n)
	return out, nil
}

// CountClients tells how many clients have each of some roles.
func (o Ops) CountClients(ctx context.Context, ids []string) (map[string]int64, error) {
	out := map[string]int64{}
	if len(ids) == 0 {
		return out, nil
	}
	var rows []struct {
		RoleID string `bun:"role_id"`
		N      int64  `bun:"n"`
	}
	err := o.DB.Read.NewSelect().TableExpr("client_roles").ColumnExpr("role_id, COUNT(*) AS n").Where("role_id IN (?)", bun.In(ids)).GroupExpr("role_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count clients of roles: %w", err)
	}
	for _, r := range rows {
		out[r.RoleID] = r.N
	}
	return out, nil
}
