package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"
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

// NeedHold judges whether the actor may have what opens a client: its secrets, its keys, and how it proves itself. The clients of a
// management application hold the management APIs, and any client may have been granted scopes of one; what opens those is for who
// could grant all of that. Elsewhere it lets pass.
func NeedHold(ctx context.Context, db DB, clientIDs ...string) error {
	closed, err := Closed(ctx, db, clientIDs)
	if err != nil {
		return err
	}
	for _, id := range clientIDs {
		if closed[id] != nil {
			return closed[id]
		}
	}
	return nil
}

// Closed tells, for each of some clients, why the actor may not have what opens it; it has no entry for the others.
func Closed(ctx context.Context, db DB, clientIDs []string) (map[string]error, error) {
	if unquestioned(ctx) || len(clientIDs) == 0 {
		return nil, nil
	}
	var held []struct {
		ClientID string `bun:"client_id"`
		System   string `bun:"system"`
		Scope    string `bun:"scope"`
	}
	in := bun.In(clientIDs)
	if err := db.Read.NewRaw(heldScopes, in, KindManagement, in, SubjectClient, in, RoleMachine).Scan(ctx, &held); err != nil {
		return nil, fmt.Errorf("read who holds management APIs: %w", err)
	}
	out := map[string]error{}
	for _, h := range held {
		err := NeedAll(ctx)
		if h.System != "" {
			err = MayGrant(ctx, h.System, []string{h.Scope})
		}
		if err != nil {
			out[h.ClientID] = err
		}
	}
	return out, nil
}

// heldScopes are those of some clients that belong to management applications, with an empty system, and the scopes of management APIs
// that they have by grants and roles.
const heldScopes = `SELECT c.id AS client_id, '' AS system, '' AS scope FROM clients c JOIN applications a ON a.id = c.application_id WHERE c.id IN (?) AND a.kind = ?
	UNION SELECT c.id, r.system, s.name FROM client_grants g JOIN resources r ON r.id = g.resource_id JOIN scopes s ON s.resource_id = r.id
		JOIN clients c ON c.id = g.client_id OR (g.client_id IS NULL AND g.default_for = 'third_party_clients' AND c.third_party AND c.tenant_id = g.tenant_id)
		LEFT JOIN client_grant_scopes gs ON gs.grant_id = g.id AND gs.scope_id = s.id
		WHERE c.id IN (?) AND r.system <> '' AND g.subject_type = ? AND (g.all_scopes OR gs.scope_id IS NOT NULL)
	UNION SELECT cr.client_id, r.system, s.name FROM client_roles cr JOIN roles ro ON ro.id = cr.role_id
		JOIN role_scopes rs ON rs.role_id = ro.id JOIN scopes s ON s.id = rs.scope_id JOIN resources r ON r.id = s.resource_id
		WHERE cr.client_id IN (?) AND r.system <> '' AND ro.kind = ?`

// NeedHoldApplication judges the same for what concerns every client of an application, those to come included.
func NeedHoldApplication(ctx context.Context, db DB, applicationID string) error {
	if unquestioned(ctx) {
		return nil
	}
	var kind string
	err := db.Read.NewSelect().Table("applications").Column("kind").Where("id = ?", applicationID).Scan(ctx, &kind)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the kind of application %s: %w", applicationID, err)
	}
	if kind == KindManagement {
		return NeedAll(ctx)
	}
	return nil
}

// NeedHoldAll judges both for an application: what is asked for opens every client that it has.
func NeedHoldAll(ctx context.Context, db DB, applicationID string) error {
	if err := NeedHoldApplication(ctx, db, applicationID); err != nil || unquestioned(ctx) {
		return err
	}
	var ids []string
	if err := db.Read.NewSelect().Table("clients").Column("id").Where("application_id = ?", applicationID).Scan(ctx, &ids); err != nil {
		return fmt.Errorf("read the clients of application %s: %w", applicationID, err)
	}
	return NeedHold(ctx, db, ids...)
}

// unquestioned tells whether the actor may have all that opens the management APIs: whoever has the whole tenant in hand, and, being a
// person, has shown lately who that is (SECURITY-BAR C7: what such a client gets counts as recent for good).
func unquestioned(ctx context.Context) bool {
	actor := ActorFrom(ctx)
	return actor.May("management.grant") && NeedRecentSignIn(actor, Now()) == nil
}

// ReadsSecrets tells whether reads of an object carry its stored secrets: for a client that may read those of its application. People
// are shown them by what Reveal is for each kind, which wants a recent sign-in and is audited.
func ReadsSecrets(ctx context.Context, applicationID string) bool {
	return ActorFrom(ctx).Kind != ActorAdministrator && Need(ctx, "secret.read", applicationID, "secret") == nil
}

// NeedAll refuses whoever could not grant the management APIs, and a person whose sign-in is not recent.
func NeedAll(ctx context.Context) error {
	if actor := ActorFrom(ctx); actor.May("management.grant") {
		return NeedRecentSignIn(actor, Now())
	}
	return &Fault{Code: Forbidden, Reason: "cannot_grant", Text: "A management application holds the management APIs. Only those who may grant them make one, or get what opens it."}
}

// MayGrant judges whether the actor may give away scopes of a resource. Those of the server's own management APIs are given by
// whoever has the whole tenant in hand, or holds them at that API: nobody grants what they do not hold.
func MayGrant(ctx context.Context, system string, scopes []string) error {
	actor := ActorFrom(ctx)
	if system == "" {
		return nil
	}
	if actor.May("management.grant") {
		return NeedRecentSignIn(actor, Now())
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
