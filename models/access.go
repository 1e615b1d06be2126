package models

import (
	"context"
	"fmt"
)

// ForgetHolders drops what token requests remember of every client that has something of a resource, by a grant or by a role.
// Call it before rows go.
func ForgetHolders(ctx context.Context, tx DB, resourceID string) error {
	return forgetClients(ctx, tx, `SELECT client_id FROM client_grants WHERE resource_id = ? AND client_id IS NOT NULL
		UNION SELECT cr.client_id FROM client_roles cr JOIN role_scopes rs ON rs.role_id = cr.role_id JOIN scopes s ON s.id = rs.scope_id WHERE s.resource_id = ?
		UNION SELECT c.id FROM clients c WHERE c.third_party AND EXISTS (SELECT 1 FROM client_grants g WHERE g.resource_id = ? AND g.client_id IS NULL)`,
		resourceID, resourceID, resourceID)
}

// ForgetRole drops what token requests remember of every client that has a role.
func ForgetRole(ctx context.Context, tx DB, roleID string) error {
	return forgetClients(ctx, tx, "SELECT client_id FROM client_roles WHERE role_id = ?", roleID)
}

// ForgetGrant drops what token requests remember of the client of a grant, or of all that a default grant is for.
func ForgetGrant(ctx context.Context, tx DB, g ClientGrant) error {
	if g.ClientID != nil {
		tx.Drop(CacheOAuthClient, *g.ClientID)
		return nil
	}
	return forgetClients(ctx, tx, "SELECT id FROM clients WHERE third_party AND tenant_id = ?", g.TenantID)
}

func forgetClients(ctx context.Context, tx DB, query string, args ...any) error {
	var ids []string
	if err := tx.Write.NewRaw(query, args...).Scan(ctx, &ids); err != nil {
		return fmt.Errorf("read who holds scopes: %w", err)
	}
	for _, id := range ids {
		tx.Drop(CacheOAuthClient, id)
	}
	return nil
}

// NeedHold judges whether the actor may give out what opens a management application: its clients hold the management APIs, so that
// its secrets, keys and clients are for those who could grant all of that. Elsewhere it lets pass.
func NeedHold(ctx context.Context, db DB, applicationID string) error {
	if ActorFrom(ctx).May("management.grant") {
		return nil
	}
	n, err := db.Read.NewSelect().Table("applications").Where("id = ?", applicationID).Where("kind = ?", KindManagement).Count(ctx)
	if err != nil {
		return fmt.Errorf("read the kind of application %s: %w", applicationID, err)
	}
	if n == 0 {
		return nil
	}
	return NeedAll(ctx)
}

// holdsManagement tells whether a client could use the management APIs beyond its own application: by the kind of its application,
// or by scopes of the server's own resources that a grant, a grant to every third party, or a role gives it.
const holdsManagement = `SELECT COUNT(*) FROM clients c JOIN applications a ON a.id = c.application_id WHERE c.id = ? AND (a.kind = 'management'
	OR EXISTS (SELECT 1 FROM client_grants g JOIN resources r ON r.id = g.resource_id
		WHERE r.system <> '' AND (g.client_id = c.id OR (g.client_id IS NULL AND c.third_party AND r.tenant_id = c.tenant_id)))
	OR EXISTS (SELECT 1 FROM client_roles cr JOIN role_scopes rs ON rs.role_id = cr.role_id JOIN scopes s ON s.id = rs.scope_id
		JOIN resources r ON r.id = s.resource_id WHERE cr.client_id = c.id AND r.system <> ''))`

// NeedHoldOf is NeedHold for one client: what opens it is for those who could grant all that it holds.
func NeedHoldOf(ctx context.Context, db DB, clientID string) error {
	if ActorFrom(ctx).May("management.grant") {
		return nil
	}
	n := 0
	if err := db.Read.NewRaw(holdsManagement, clientID).Scan(ctx, &n); err != nil {
		return fmt.Errorf("read what client %s holds: %w", clientID, err)
	}
	if n == 0 {
		return nil
	}
	return NeedAll(ctx)
}

// NeedAll refuses whoever could not grant the management APIs.
func NeedAll(ctx context.Context) error {
	if ActorFrom(ctx).May("management.grant") {
		return nil
	}
	return &Fault{Code: Forbidden, Reason: "cannot_grant", Text: "This client or application holds management APIs. Only those who may grant them make one or give out what opens it."}
}

// MayGrant judges whether the actor may give away scopes of a resource. Those of the server's own management APIs are given by
// whoever has the whole tenant in hand, or holds them at that API: nobody grants what they do not hold.
func MayGrant(ctx context.Context, system string, scopes []string) error {
	actor := ActorFrom(ctx)
	if system == "" || actor.May("management.grant") {
		return nil
	}
	held := map[string]bool{}
	for _, s := range actor.Scopes {
		held[s] = RequestFrom(ctx).Face == system
	}
	for _, s := range scopes {
		if !held[s] {
			return &Fault{Code: Forbidden, Reason: "cannot_grant", Text: "You can grant only what you hold yourself; the scope " + s + " of this management API is not among that."}
		}
	}
	return nil
}
