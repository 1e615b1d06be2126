package models

import (
	"context"
	"slices"
	"strings"
	"time"
)

// DefaultTenant is the tenant of a deployment that was not told of others.
const DefaultTenant = "default"

// Kinds of actors.
const (
	ActorAnonymous     = "anonymous"
	ActorAdministrator = "administrator"
	ActorClient        = "client"
	ActorSystem        = "system"
)

// Actor is who asks: an administrator of the console, a client with a management token, or the server itself.
type Actor struct {
	Kind          string
	ID            string // administrator id or client_id
	Name          string
	TenantID      string
	ApplicationID string    // when set, only this application and what it owns is in reach
	Actions       Actions   // what the actor may do
	AuthTime      time.Time // when the person last proved who they are; zero for clients
	SessionID     string    // console session, by its stored id
	Scopes        []string  // of a client's token, as its face knows them
}

// Actions is a set of allowed actions. "*" allows all, "client.*" one noun, "*.read" one verb; a "-" in front forbids and wins.
type Actions []string

// Allow tells whether the set holds action ("client.update").
func (s Actions) Allow(action string) bool {
	allowed := false
	for _, p := range s {
		if strings.HasPrefix(p, "-") {
			if matches(p[1:], action) {
				return false
			}
			continue
		}
		allowed = allowed || matches(p, action)
	}
	return allowed
}

func matches(pattern, action string) bool {
	if pattern == "*" || pattern == action {
		return true
	}
	noun, verb, _ := strings.Cut(action, ".")
	return pattern == noun+".*" || pattern == "*."+verb
}

// The sets that come with the product.
var (
	OwnerActions = Actions{"*"}
	// EditorActions leave out who administers, the tenant's settings and its keys, by whatever name a dialect has for a part of them:
	// how long sessions last and what tokens say are settings, custom signing keys are keys. Nor do they decide who delivers mail:
	// it carries the links by which owners come back in.
	EditorActions = Actions{"*", "-administrator.create", "-administrator.update", "-administrator.delete", "-management.grant",
		"-settings.update", "-session_policy.create", "-session_policy.update", "-session_policy.delete",
		"-id_token_config.create", "-id_token_config.update", "-id_token_config.delete",
		"-key.create", "-key.rotate", "-key.update", "-key.delete",
		"-custom_signing_keys.create", "-custom_signing_keys.update", "-custom_signing_keys.delete",
		"-email_provider.create", "-email_provider.update", "-email_provider.delete"}
	ViewerActions = Actions{"*.read", "-secret.read", "-outbox.read", "account.update"}
	// ManagementActions are those of a client of a management application: the whole tenant.
	ManagementActions = Actions{"*"}
	// OwnActions are those of a client of an ordinary application, on its own application: no secrets, nothing new, nothing deleted.
	OwnActions = Actions{"application.read", "application.update", "client.read", "client.update"}
)

// RoleActions gives the actions of an administrator's role.
func RoleActions(role string) Actions {
	switch role {
	case "owner":
		return OwnerActions
	case "editor":
		return EditorActions
	case "viewer":
		return ViewerActions
	}
	return nil
}

// May tells whether the actor holds the action at all, on some object.
func (a Actor) May(action string) bool { return a.Actions.Allow(action) }

// Judge is the one function that decides access: may this actor do action to an object of the application ownerID
// ("" for what belongs to the tenant). An object out of reach is NotFound, so that its existence stays hidden; an object in
// reach without the right is Forbidden.
func Judge(a Actor, action, ownerID, kind string) error {
	if a.ApplicationID != "" && a.ApplicationID != ownerID {
		if ownerID == "" {
			return Denied(action)
		}
		return Missing(kind)
	}
	if !a.May(action) {
		return Denied(action)
	}
	return nil
}

// Need judges the actor of the context. kind names the object in a NotFound fault.
func Need(ctx context.Context, action, ownerID, kind string) error {
	return Judge(ActorFrom(ctx), action, ownerID, kind)
}

// Denied is the fault for an action that the actor does not hold.
func Denied(action string) *Fault {
	return &Fault{Code: Forbidden, Reason: "missing_permission", Text: "This needs the permission " + action + "."}
}

// Request is what the operation may know of the request that carries it: it goes into the audit log.
type Request struct {
	ID     string
	IP     string
	Agent  string
	Face   string // native, console, oauth, transmit, auth0, logto, command
	Origin string // the configured public origin that was addressed
}

// Lend lets an operation that is part of another do what its caller may do anyway by way of the whole: whoever creates a client
// gets its first secret. Reach stays what it is.
func Lend(ctx context.Context, actions ...string) context.Context {
	actor := ActorFrom(ctx)
	actor.Actions = append(slices.Clone(actor.Actions), actions...)
	return WithActor(ctx, actor)
}

type actorKey struct{}
type requestKey struct{}

// WithActor says who asks.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom tells who asks; nobody known is the anonymous actor of the default tenant, who may do nothing.
func ActorFrom(ctx context.Context) Actor {
	if a, ok := ctx.Value(actorKey{}).(Actor); ok {
		return a
	}
	return Actor{Kind: ActorAnonymous, TenantID: DefaultTenant}
}

// System is the actor of the server's own work.
func System(ctx context.Context) context.Context {
	return WithActor(ctx, Actor{Kind: ActorSystem, ID: "gatehouse", Name: "Gatehouse", TenantID: DefaultTenant, Actions: OwnerActions})
}

// WithRequest attaches the facts of the request.
func WithRequest(ctx context.Context, r Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// RequestFrom gives the facts of the request, empty outside of one.
func RequestFrom(ctx context.Context) Request {
	r, _ := ctx.Value(requestKey{}).(Request)
	return r
}
