package logto

import (
	"context"
	"encoding/json"
	"slices"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/grants"
	"gatehouse/handlers/resources"
	"gatehouse/models"
	"gatehouse/web"
)

// What an application of somebody else may ask people for: scopes of resources are client grants on behalf of a person, those
// about the person are the client's allowed scopes. Scopes of organizations have no home before there are organizations, so their
// ids are kept as given.

// storedOrganizationScopes is the ids of organizations' scopes.
const storedOrganizationScopes = "logto.organization_scopes"

func organizationScopes(c models.Client) []string {
	var ids []string
	_ = json.Unmarshal(c.Stored[storedOrganizationScopes], &ids) // nothing, or what we wrote
	return ids
}

func (d Dialect) consentScopeRoutes(f web.Face) []web.Route {
	const of = "/api/applications/:applicationId/user-consent-scopes"
	return []web.Route{
		{"GET", of, "client_grant.read", web.Do(f, 200, d.getConsentScopes).With(kept("applications", "List what an application may ask people for"))},
		{"POST", of, "client_grant.create", web.Do(f, 201, d.addConsentScopes).With(kept("applications", "Let an application ask people for more"))},
		{"DELETE", of + "/:scopeType/:scopeId", "client_grant.update", web.Do0(f, 204, d.removeConsentScope).With(kept("applications", "Let an application ask people for less"))},
	}
}

// userScopes are those about a person.
var userScopes = []string{"profile", "email", "phone", "address", "custom_data", "identities", "roles", "urn:logto:scope:organizations",
	"urn:logto:scope:organization_roles", "urn:logto:scope:sessions", "urn:logto:scope:trusted_devices"}

type consentScope struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	Description *string `json:"description"`
}

type consentResource struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Indicator string `json:"indicator"`
}

type consentResourceScopes struct {
	Resource consentResource `json:"resource"`
	Scopes   []consentScope  `json:"scopes"`
}

type consentScopes struct {
	OrganizationScopes         []consentScope          `json:"organizationScopes"`
	ResourceScopes             []consentResourceScopes `json:"resourceScopes"`
	OrganizationResourceScopes []consentResourceScopes `json:"organizationResourceScopes"`
	UserScopes                 []string                `json:"userScopes"`
}

func (d Dialect) getConsentScopes(ctx context.Context, in appIn) (out consentScopes, err error) {
	out = consentScopes{[]consentScope{}, []consentResourceScopes{}, []consentResourceScopes{}, []string{}}
	c, err := d.one(models.Lend(ctx, "client.read"), in.ID)
	if err != nil {
		return out, err
	}
	for _, id := range organizationScopes(c) {
		out.OrganizationScopes = append(out.OrganizationScopes, consentScope{ID: id, Name: id})
	}
	for _, s := range c.AllowedScopes {
		if slices.Contains(userScopes, s) {
			out.UserScopes = append(out.UserScopes, s)
		}
	}
	for subject, into := range map[string]*[]consentResourceScopes{models.SubjectUser: &out.ResourceScopes, models.SubjectOrganization: &out.OrganizationResourceScopes} {
		found, err := d.Grants.Find(ctx, grants.FindIn{ClientID: c.ID, SubjectTypes: []string{subject}, HideOthers: true, System: models.FaceLogto})
		if err != nil {
			return out, err
		}
		for _, g := range found.Items {
			r, err := d.Resources.Get(models.Lend(ctx, "resource.read"), resources.OneIn{ID: g.ResourceID})
			if err != nil {
				return out, err
			}
			*into = append(*into, consented(r, g))
		}
	}
	return out, nil
}

func consented(r models.Resource, g models.ClientGrant) consentResourceScopes {
	out := consentResourceScopes{consentResource{r.ID, r.Name, r.Identifier}, []consentScope{}}
	for _, s := range r.Scopes {
		if g.AllScopes || slices.Contains(g.Scopes, s.Name) {
			out.Scopes = append(out.Scopes, consentScope{s.ID, s.Name, orNull(s.Description)})
		}
	}
	return out
}

// emptyOut is an answer that says nothing more than its status.
type emptyOut struct{}

type addConsentScopesIn struct {
	appIn
	OrganizationScopes         []string `json:"organizationScopes"`
	ResourceScopes             []string `json:"resourceScopes"`
	OrganizationResourceScopes []string `json:"organizationResourceScopes"`
	UserScopes                 []string `json:"userScopes" enum:"profile,email,phone,address,custom_data,identities,roles,urn:logto:scope:organizations,urn:logto:scope:organization_roles,urn:logto:scope:sessions,urn:logto:scope:trusted_devices"`
}

func (d Dialect) addConsentScopes(ctx context.Context, in addConsentScopesIn) (emptyOut, error) {
	return emptyOut{}, d.again(ctx, func(ctx context.Context, d Dialect) error {
		c, err := d.one(models.Lend(ctx, "client.read"), in.ID)
		if err != nil {
			return err
		}
		if !c.ThirdParty {
			return refuse("application.third_party_application_only", "Only a third-party application asks people for consent.")
		}
		if err := d.consent(ctx, c, models.SubjectUser, in.ResourceScopes); err != nil {
			return err
		}
		if err := d.consent(ctx, c, models.SubjectOrganization, in.OrganizationResourceScopes); err != nil {
			return err
		}
		return d.allow(ctx, c, united(c.AllowedScopes, in.UserScopes), united(organizationScopes(c), in.OrganizationScopes))
	})
}

// united is a list with what it does not hold yet of another.
func united(held, more []string) []string {
	held = slices.Clone(held)
	for _, s := range more {
		if !slices.Contains(held, s) {
			held = append(held, s)
		}
	}
	return held
}

// without is a list without one of its members.
func without(held []string, gone string) []string {
	return slices.DeleteFunc(slices.Clone(held), func(s string) bool { return s == gone })
}

func unknownScope(id string) error {
	return &models.Fault{Code: models.Conflict, Reason: "entity.relation_foreign_key_not_found", Text: "There is no scope with the id " + id + "."}
}

// allow changes the scopes about people and those of organizations that a client may ask for.
func (d Dialect) allow(ctx context.Context, c models.Client, people, organizations []string) error {
	var s clients.Settings
	if !slices.Equal(people, c.AllowedScopes) {
		s.AllowedScopes = models.Some(people)
	}
	if !slices.Equal(organizations, organizationScopes(c)) {
		keepStored(&s, storedOrganizationScopes, organizations)
	}
	if !s.AllowedScopes.Set && !s.Stored.Set {
		return nil
	}
	_, err := d.change(models.Lend(ctx, "client.update"), c, s)
	return err
}

// consent adds scopes, by their ids, to what a client may ask people for.
func (d Dialect) consent(ctx context.Context, c models.Client, subject string, ids []string) error {
	scopes, of, err := d.Resources.ScopesByID(models.Lend(ctx, "resource.read"), ids)
	if err != nil {
		return err
	}
	wanted := map[string][]string{} // names by resource
	for _, id := range ids {
		s, ok := scopes[id]
		switch {
		case !ok:
			return unknownScope(id)
		case of[s.ResourceID].System != "":
			return refuse("application.consent_management_api_scopes_not_allowed", "People cannot consent to scopes of a management API.")
		}
		wanted[s.ResourceID] = append(wanted[s.ResourceID], s.Name)
	}
	for _, resourceID := range sortedKeys(wanted) {
		if err := d.consentTo(ctx, c, subject, of[resourceID], wanted[resourceID]); err != nil {
			return err
		}
	}
	return nil
}

func (d Dialect) consentTo(ctx context.Context, c models.Client, subject string, r models.Resource, names []string) error {
	found, err := d.Grants.Find(models.Lend(ctx, "client_grant.read"), grants.FindIn{ClientID: c.ID, ResourceID: r.ID, SubjectTypes: []string{subject}})
	if err != nil {
		return err
	}
	if len(found.Items) == 0 {
		_, err := d.Grants.Create(ctx, grants.CreateIn{ClientID: c.ID, Identifier: r.Identifier, SubjectType: subject, Fields: grants.Fields{Scopes: models.Some(names)}})
		return err
	}
	held := found.Items[0]
	if held.AllScopes {
		return nil
	}
	_, err = d.Grants.Update(models.Lend(ctx, "client_grant.update"), grants.UpdateIn{ID: held.ID, Fields: grants.Fields{Scopes: models.Some(append(held.Scopes, names...))}})
	return err
}

type removeConsentScopeIn struct {
	appIn
	ScopeType string `path:"scopeType" json:"-"`
	ScopeID   string `path:"scopeId" json:"-"`
}

func (d Dialect) removeConsentScope(ctx context.Context, in removeConsentScopeIn) error {
	return d.again(ctx, func(ctx context.Context, d Dialect) error {
		c, err := d.one(models.Lend(ctx, "client.read"), in.ID)
		if err != nil {
			return err
		}
		switch in.ScopeType {
		case "user-scopes":
			if !slices.Contains(c.AllowedScopes, in.ScopeID) {
				return models.Missing("scope")
			}
			return d.allow(ctx, c, without(c.AllowedScopes, in.ScopeID), organizationScopes(c))
		case "resource-scopes":
			return d.withdraw(ctx, c, models.SubjectUser, in.ScopeID)
		case "organization-resource-scopes":
			return d.withdraw(ctx, c, models.SubjectOrganization, in.ScopeID)
		case "organization-scopes":
			held := organizationScopes(c)
			if !slices.Contains(held, in.ScopeID) {
				return models.Missing("scope")
			}
			return d.allow(ctx, c, c.AllowedScopes, without(held, in.ScopeID))
		}
		return refuse("guard.invalid_input", "There is no type of scopes of this name.")
	})
}

// withdraw takes a scope from what a client may ask people for; the last one takes the grant with it. A scope that it does not ask
// for is gone already; one that there is not is missing.
func (d Dialect) withdraw(ctx context.Context, c models.Client, subject, scopeID string) error {
	scopes, _, err := d.Resources.ScopesByID(models.Lend(ctx, "resource.read"), []string{scopeID})
	if err != nil {
		return err
	}
	s, ok := scopes[scopeID]
	if !ok {
		return models.Missing("scope")
	}
	found, err := d.Grants.Find(models.Lend(ctx, "client_grant.read"), grants.FindIn{ClientID: c.ID, ResourceID: s.ResourceID, SubjectTypes: []string{subject}})
	if err != nil {
		return err
	}
	if len(found.Items) == 0 || !slices.Contains(found.Items[0].Scopes, s.Name) {
		return nil
	}
	g := found.Items[0]
	left := slices.DeleteFunc(g.Scopes, func(name string) bool { return name == s.Name })
	if len(left) == 0 {
		return d.Grants.Delete(models.Lend(ctx, "client_grant.delete"), grants.OneIn{ID: g.ID})
	}
	_, err = d.Grants.Update(ctx, grants.UpdateIn{ID: g.ID, Fields: grants.Fields{Scopes: models.Some(left)}})
	return err
}
