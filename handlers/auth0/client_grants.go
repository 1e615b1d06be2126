package auth0

import (
	"context"
	"encoding/json"

	"gatehouse/handlers/grants"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) clientGrantRoutes() []web.Route {
	f := d.Face()
	return []web.Route{
		op("GET", "/client-grants", "read:client_grants", web.Do(f, 200, d.listClientGrants)),
		op("POST", "/client-grants", "create:client_grants", web.Do(f, 201, d.createClientGrant)),
		op("GET", "/client-grants/:id", "read:client_grants", web.Do(f, 200, d.getClientGrant)),
		op("PATCH", "/client-grants/:id", "update:client_grants", web.Do(f, 200, d.updateClientGrant)),
		op("DELETE", "/client-grants/:id", "delete:client_grants", web.Do0(f, 204, d.deleteClientGrant)),
	}
}

const grantPrefix = "cgr_"

// clientGrantWords are the document's names for ours.
var clientGrantWords = names{"identifier": "audience", "scopes": "scope", "all_scopes": "allow_all_scopes"}

// clientGrantIn is what creation and update share.
type clientGrantIn struct {
	OrganizationUsage         opt[string]   `json:"organization_usage" rule:"nullable" enum:"deny,allow,require"`
	AllowAnyOrganization      opt[bool]     `json:"allow_any_organization" rule:"nullable"`
	Scope                     opt[[]string] `json:"scope" rule:"nullable"`
	AuthorizationDetailsTypes opt[[]string] `json:"authorization_details_types"`
	AllowAllScopes            opt[bool]     `json:"allow_all_scopes" rule:"nullable"`
}

func (in clientGrantIn) fields() grants.Fields {
	f := grants.Fields{Scopes: in.Scope, AllScopes: in.AllowAllScopes, Stored: models.Some(map[string]json.RawMessage{})}
	for name, member := range map[string]interface{ IsZero() bool }{"organization_usage": in.OrganizationUsage,
		"allow_any_organization": in.AllowAnyOrganization, "authorization_details_types": in.AuthorizationDetailsTypes} {
		if !member.IsZero() {
			f.Stored.V["auth0."+name], _ = json.Marshal(member)
		}
	}
	return f
}

// CheckShape adds the limits of texts in lists.
func (in *clientGrantIn) CheckShape(c *models.Check) {
	for _, s := range in.Scope.V {
		c.Length("scope", s, 1, 280)
	}
	for _, s := range in.AuthorizationDetailsTypes.V {
		c.Length("authorization_details_types", s, 1, 255)
	}
}

type createClientGrantIn struct {
	ClientID    string `json:"client_id"`
	Audience    string `json:"audience" rule:"required,min=1"`
	DefaultFor  string `json:"default_for" enum:"third_party_clients"`
	SubjectType string `json:"subject_type" enum:"client,user"`
	clientGrantIn
}

func (d Dialect) createClientGrant(ctx context.Context, in createClientGrantIn) (clientGrantOut, error) {
	if in.OrganizationUsage.Null || in.AllowAnyOrganization.Null || in.Scope.Null || in.AllowAllScopes.Null {
		var c models.Check
		for name, null := range map[string]bool{"organization_usage": in.OrganizationUsage.Null, "allow_any_organization": in.AllowAnyOrganization.Null,
			"scope": in.Scope.Null, "allow_all_scopes": in.AllowAllScopes.Null} {
			c.That(!null, name, "null", "This must not be null.")
		}
		return clientGrantOut{}, c.Err()
	}
	if _, err := d.canonical(ctx, in.Audience); err != nil {
		return clientGrantOut{}, err
	}
	g, err := d.Grants.Create(ctx, grants.CreateIn{ClientID: in.ClientID, Identifier: in.Audience, DefaultFor: in.DefaultFor, SubjectType: in.SubjectType, Fields: in.fields()})
	return clientGrant(ctx, g), clientGrantWords.rename(err)
}

type listClientGrantsIn struct {
	pageIn
	Audience             string    `query:"audience" json:"-"`
	ClientID             string    `query:"client_id" json:"-"`
	AllowAnyOrganization opt[flag] `query:"allow_any_organization" json:"-"`
	SubjectType          string    `query:"subject_type" json:"-"`
	DefaultFor           string    `query:"default_for" json:"-"`
}

func (in listClientGrantsIn) check() error {
	var c models.Check
	c.OneOf("subject_type", in.SubjectType, models.SubjectClient, models.SubjectUser)
	c.OneOf("default_for", in.DefaultFor, "third_party_clients")
	return c.Err()
}

func (d Dialect) listClientGrants(ctx context.Context, in listClientGrantsIn) (rows[clientGrantOut], error) {
	s, err := in.span()
	out := rows[clientGrantOut]{Name: "client_grants", Span: s, Items: []clientGrantOut{}}
	if err == nil {
		err = in.check()
	}
	if err != nil {
		return out, err
	}
	find := grants.FindIn{ClientID: in.ClientID, HideOthers: true, System: models.FaceAuth0, SubjectTypes: []string{models.SubjectClient, models.SubjectUser},
		DefaultFor: in.DefaultFor, Offset: s.Offset, Limit: s.Limit}
	if in.SubjectType != "" {
		find.SubjectTypes = []string{in.SubjectType}
	}
	if in.AllowAnyOrganization.Set {
		find.Stored = map[string]bool{keptAnyOrganization: bool(in.AllowAnyOrganization.V)}
	}
	if s.Checkpoint {
		find.After, find.Limit = bare(grantPrefix, s.From), s.Limit+1
	}
	if in.Audience != "" {
		at, err := d.canonical(ctx, in.Audience)
		if models.IsFault(err, models.NotFound) {
			return out, nil
		} else if err != nil {
			return out, err
		}
		find.Identifiers = []string{at}
	}
	found, err := d.Grants.Find(ctx, find)
	if err != nil {
		return out, err
	}
	out.Total = found.Total
	if s.Checkpoint && int64(len(found.Items)) > s.Limit {
		found.Items = found.Items[:s.Limit]
		out.Next = shown(grantPrefix, found.Items[s.Limit-1].ID)
	}
	for _, g := range found.Items {
		out.Items = append(out.Items, clientGrant(ctx, g))
	}
	return out, nil
}

// grant finds a client grant that this dialect may know of.
func (d Dialect) grant(ctx context.Context, id string) (models.ClientGrant, error) {
	g, err := d.Grants.Get(ctx, grants.OneIn{ID: bare(grantPrefix, id)})
	if err == nil && (g.System != "" && g.System != models.FaceAuth0 || g.SubjectType == models.SubjectOrganization) {
		return models.ClientGrant{}, models.Missing("client_grant")
	}
	return g, err
}

func (d Dialect) getClientGrant(ctx context.Context, in idIn) (clientGrantOut, error) {
	g, err := d.grant(ctx, in.ID)
	return clientGrant(ctx, g), err
}

type updateClientGrantIn struct {
	idIn
	clientGrantIn
}

// CheckShape refuses a change of nothing.
func (in *updateClientGrantIn) CheckShape(c *models.Check) {
	said := in.OrganizationUsage.Set || in.AllowAnyOrganization.Set || in.Scope.Set || in.AuthorizationDetailsTypes.Set || in.AllowAllScopes.Set
	c.That(said, "", "too_few", "Too few properties defined (0), minimum 1")
	in.clientGrantIn.CheckShape(c)
}

func (d Dialect) updateClientGrant(ctx context.Context, in updateClientGrantIn) (clientGrantOut, error) {
	g, err := d.grant(models.Lend(ctx, "client_grant.read"), in.ID)
	if err == nil {
		g, err = d.Grants.Update(ctx, grants.UpdateIn{ID: g.ID, Fields: in.fields()})
	}
	return clientGrant(ctx, g), clientGrantWords.rename(err)
}

// deleteClientGrant answers the same for what was there and what was not: the document knows no 404 here.
func (d Dialect) deleteClientGrant(ctx context.Context, in idIn) error {
	g, err := d.grant(models.Lend(ctx, "client_grant.read"), in.ID)
	if err == nil {
		err = d.Grants.Delete(ctx, grants.OneIn{ID: g.ID})
	}
	if models.IsFault(err, models.NotFound) {
		return nil
	}
	return err
}

// clientGrantOut is a client grant as it is shown.
type clientGrantOut struct {
	ID                        string          `json:"id"`
	ClientID                  string          `json:"client_id,omitempty"`
	Audience                  string          `json:"audience"`
	Scope                     []string        `json:"scope"`
	SubjectType               string          `json:"subject_type"`
	DefaultFor                string          `json:"default_for,omitempty"`
	OrganizationUsage         json.RawMessage `json:"organization_usage,omitempty"`
	AllowAnyOrganization      json.RawMessage `json:"allow_any_organization,omitempty"`
	AuthorizationDetailsTypes json.RawMessage `json:"authorization_details_types,omitempty"`
	AllowAllScopes            bool            `json:"allow_all_scopes,omitempty"`
}

// clientGrant shows a client grant.
func clientGrant(ctx context.Context, g models.ClientGrant) clientGrantOut {
	out := clientGrantOut{ID: shown(grantPrefix, g.ID), Audience: audience(ctx, g.System, g.Identifier), Scope: g.Scopes, SubjectType: g.SubjectType, DefaultFor: g.DefaultFor,
		OrganizationUsage: g.Stored["auth0.organization_usage"], AllowAnyOrganization: g.Stored[keptAnyOrganization],
		AuthorizationDetailsTypes: g.Stored["auth0.authorization_details_types"], AllowAllScopes: g.AllScopes}
	if g.ClientID != nil {
		out.ClientID = *g.ClientID
	}
	if out.Scope == nil {
		out.Scope = []string{}
	}
	return out
}
