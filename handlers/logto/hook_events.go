package logto

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"gatehouse/handlers/roles"
	"gatehouse/models"
)

// hookEvents are the events of the document. Those of users, organizations and sign-ins can be chosen already; they happen when
// these features do.
var hookEvents = strings.Split("PostRegister,PostSignIn,PostSignInAdaptiveMfaTriggered,PostResetPassword,"+
	"User.Created,User.Deleted,User.Data.Updated,User.SuspensionStatus.Updated,Role.Created,Role.Deleted,Role.Data.Updated,Role.Scopes.Updated,"+
	"Scope.Created,Scope.Deleted,Scope.Data.Updated,Organization.Created,Organization.Deleted,Organization.Data.Updated,Organization.Membership.Updated,"+
	"OrganizationRole.Created,OrganizationRole.Deleted,OrganizationRole.Data.Updated,OrganizationRole.Scopes.Updated,"+
	"OrganizationScope.Created,OrganizationScope.Deleted,OrganizationScope.Data.Updated,Identifier.Lockout,Message.RateLimited,Grant.LimitExceeded", ",")

// toldAs are our events in the document's words.
var toldAs = map[string]string{
	"role.created": "Role.Created", "role.deleted": "Role.Deleted", "role.updated": "Role.Data.Updated",
	"role.scopes_changed": "Role.Scopes.Updated",
	"scope.created":       "Scope.Created", "scope.deleted": "Scope.Deleted", "scope.updated": "Scope.Data.Updated",
	"user.created": "User.Created", "user.deleted": "User.Deleted", "user.updated": "User.Data.Updated",
	"user.suspended": "User.SuspensionStatus.Updated", "user.unsuspended": "User.SuspensionStatus.Updated",
	"organization.created": "Organization.Created", "organization.deleted": "Organization.Deleted", "organization.updated": "Organization.Data.Updated",
}

// HookSpeaker tells webhooks of events in this dialect's words.
type HookSpeaker struct{}

// Knows tells whether the document has an event of this name.
func (HookSpeaker) Knows(name string) bool { return slices.Contains(hookEvents, name) }

// Name is the document's name of an event, empty when it has none.
func (HookSpeaker) Name(e models.Event) string {
	if e.Outcome != "success" {
		return ""
	}
	return toldAs[e.Type]
}

// hookBody is what a webhook is told of a change.
type hookBody struct {
	Event        string            `json:"event"`
	CreatedAt    string            `json:"createdAt"`
	UserAgent    string            `json:"userAgent,omitempty"`
	IP           string            `json:"ip,omitempty"`
	Path         string            `json:"path,omitempty"`
	Method       string            `json:"method,omitempty"`
	Status       int               `json:"status,omitempty"`
	Params       map[string]string `json:"params,omitempty"`
	MatchedRoute string            `json:"matchedRoute,omitempty"`
	Data         any               `json:"data"`
	HookID       string            `json:"hookId"`
}

// Body is what a webhook is told of an event; the route is told when the change came through this dialect.
func (HookSpeaker) Body(hook models.Webhook, name string, e models.Event, data any) any {
	out := hookBody{Event: name, CreatedAt: isoTime(e.At), UserAgent: e.Agent, IP: e.IP, Data: shownIn(data), HookID: hook.ID}
	if e.Face == models.FaceLogto {
		out.route(e)
	}
	return out
}

// shownIn is an object as the bodies of hooks hold it: as the route that changes it answers. Nil when it is gone.
func shownIn(data any) any {
	switch o := data.(type) {
	case models.Role:
		return role(o)
	case models.Scope:
		return scope(o)
	case roles.HeldScopes:
		out := make([]scopeOut, len(o.Items))
		for i, h := range o.Items {
			out[i] = scope(h.Scope)
		}
		return out
	}
	return nil
}

// route says which request of this dialect makes such an event.
func (b *hookBody) route(e models.Event) {
	noun, verb, _ := strings.Cut(e.Type, ".")
	all, id, params := "/"+noun+"s", "/:id", map[string]string{"id": e.ObjectID}
	if noun == "scope" {
		all, id, params = "/resources/:resourceId/scopes", "/:scopeId", map[string]string{"resourceId": resourceOf(e, b.Data), "scopeId": e.ObjectID}
	}
	b.MatchedRoute, b.Method, b.Status = all+id, "PATCH", 200
	switch verb {
	case "created":
		b.MatchedRoute, b.Method, b.Status = all, "POST", createdStatus[noun]
		delete(params, strings.TrimPrefix(id, "/:"))
	case "deleted":
		b.Method, b.Status = "DELETE", 204
	case "scopes_changed":
		b.MatchedRoute, b.Method, b.Status = all+id+"/scopes", "POST", 201
	}
	b.Path = b.MatchedRoute
	for name, value := range params {
		b.Path = strings.Replace(b.Path, ":"+name, value, 1)
	}
	if len(params) > 0 {
		b.Params = params
	}
}

// createdStatus is what the routes answer that create an object; most say 201.
var createdStatus = map[string]int{"role": 200, "user": 200, "scope": 201, "organization": 201}

// resourceOf is the resource of a scope; of one that is gone the audit log knows it.
func resourceOf(e models.Event, data any) string {
	if s, ok := data.(scopeOut); ok {
		return s.ResourceID
	}
	var was struct {
		ResourceID struct {
			Before string `json:"before"`
			After  string `json:"after"`
		} `json:"resource_id"`
	}
	_ = json.Unmarshal(e.Detail, &was) // what holds no resource leaves it empty
	return was.ResourceID.Before + was.ResourceID.After
}

// Sample is what a test of a webhook sends.
func (HookSpeaker) Sample(hook models.Webhook, name string, now time.Time) any {
	return hookBody{Event: name, CreatedAt: isoTime(now), UserAgent: "Gatehouse", IP: "192.0.2.1", HookID: hook.ID,
		Data: map[string]any{"id": "sample", "name": "Sample"}}
}

// isoTime is a time as the document's bodies hold it, to the millisecond.
func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
