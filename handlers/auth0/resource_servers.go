package auth0

import (
	"context"
	"encoding/json"
	"strings"

	"gatehouse/handlers/resources"
	"gatehouse/models"
	"gatehouse/web"
)

func (d Dialect) resourceServerRoutes() []web.Route {
	f := d.Face()
	return []web.Route{
		op("GET", "/resource-servers", "read:resource_servers", web.Do(f, 200, d.listResourceServers)),
		op("POST", "/resource-servers", "create:resource_servers", web.Do(f, 201, d.createResourceServer)),
		op("GET", "/resource-servers/:id", "read:resource_servers", web.Do(f, 200, d.getResourceServer)),
		op("PATCH", "/resource-servers/:id", "update:resource_servers", web.Do(f, 200, d.updateResourceServer)),
		op("DELETE", "/resource-servers/:id", "delete:resource_servers", web.Do0(f, 204, d.deleteResourceServer)),
	}
}

// resourceServerWords are the document's names for ours.
var resourceServerWords = names{"access_token_lifetime_seconds": "token_lifetime", "web_lifetime_seconds": "token_lifetime_for_web"}

// toldOfServer puts the document's words into a fault of resources. What is the server's own is a matter of the request, not of a race.
func toldOfServer(err error) error {
	fault, ok := models.AsFault(err)
	switch {
	case !ok:
		return err
	case fault.Reason == "system_resource":
		return &models.Fault{Code: models.Invalid, Reason: "operation_not_supported", Text: fault.Text}
	case len(fault.Fields) > 0:
		said := *fault
		said.Fields = append([]models.FieldFault(nil), fault.Fields...)
		for i, f := range said.Fields {
			if strings.HasPrefix(f.Name, "scopes[") {
				said.Fields[i].Name = strings.Replace(f.Name, ".name", ".value", 1)
			}
		}
		return resourceServerWords.rename(&said)
	}
	return err
}

// audience is the name of a resource as the caller's origin spells it: the management API has one for each public origin.
func audience(ctx context.Context, system, identifier string) string {
	if origin := models.RequestFrom(ctx).Origin; system == models.FaceAuth0 && origin != "" {
		return origin + "/api/v2/"
	}
	return identifier
}

// canonical is the identifier under which a resource is stored, for a name that a caller uses.
func (d Dialect) canonical(ctx context.Context, audience string) (string, error) {
	r, err := d.Resources.ByIdentifier(models.Lend(ctx, "resource.read"), audience)
	return r.Identifier, err
}

type listResourceServersIn struct {
	offsetIn
	Identifiers   []string  `query:"identifiers" json:"-"`
	IncludeFields opt[flag] `query:"include_fields" json:"-"`
}

func (d Dialect) listResourceServers(ctx context.Context, in listResourceServersIn) (rows[resourceServerOut], error) {
	s, err := in.span()
	out := rows[resourceServerOut]{Name: "resource_servers", Span: s, Items: []resourceServerOut{}}
	if err != nil {
		return out, err
	}
	find := resources.FindIn{System: models.FaceAuth0, OldestFirst: true, Offset: s.Offset, Limit: s.Limit, Scopes: true}
	for _, identifier := range in.Identifiers {
		if at, err := d.canonical(ctx, identifier); err == nil {
			identifier = at
		} else if !models.IsFault(err, models.NotFound) {
			return out, err
		}
		find.Identifiers = append(find.Identifiers, identifier)
	}
	found, err := d.Resources.Find(ctx, find)
	if err != nil {
		return out, err
	}
	out.Total = found.Total
	for _, r := range found.Items {
		one, err := d.showServer(ctx, r)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, one)
	}
	return out, nil
}

// server finds a resource by its id, or by its identifier, which the document allows in its place.
func (d Dialect) server(ctx context.Context, id string) (models.Resource, error) {
	r, err := d.Resources.Get(ctx, resources.OneIn{ID: id})
	if models.IsFault(err, models.NotFound) {
		r, err = d.Resources.ByIdentifier(ctx, id)
	}
	if err == nil && r.System != "" && r.System != models.FaceAuth0 {
		return models.Resource{}, models.Missing("resource") // another face's
	}
	return r, err
}

func (d Dialect) getResourceServer(ctx context.Context, in idIn) (resourceServerOut, error) {
	r, err := d.server(ctx, in.ID)
	if err != nil {
		return resourceServerOut{}, err
	}
	return d.showServer(ctx, r)
}

type createResourceServerIn struct {
	Identifier string `json:"identifier" rule:"required,min=1,max=600"`
	resourceServerIn
}

func (d Dialect) createResourceServer(ctx context.Context, in createResourceServerIn) (resourceServerOut, error) {
	made, err := d.Resources.Create(ctx, resources.CreateIn{Identifier: in.Identifier, Fields: in.creation()})
	if err != nil {
		return resourceServerOut{}, toldOfServer(err)
	}
	return d.showServer(ctx, made)
}

type updateResourceServerIn struct {
	idIn
	resourceServerIn
}

func (d Dialect) updateResourceServer(ctx context.Context, in updateResourceServerIn) (resourceServerOut, error) {
	r, err := d.server(models.Lend(ctx, "resource.read"), in.ID)
	if err == nil {
		r, err = d.Resources.Update(ctx, resources.UpdateIn{ID: r.ID, Fields: in.fields()})
	}
	if err != nil {
		return resourceServerOut{}, toldOfServer(err)
	}
	return d.showServer(ctx, r)
}

// deleteResourceServer answers the same for what was there and what was not: the document knows no 404 here.
func (d Dialect) deleteResourceServer(ctx context.Context, in idIn) error {
	r, err := d.server(models.Lend(ctx, "resource.read"), in.ID)
	if err == nil {
		err = d.Resources.Delete(ctx, resources.OneIn{ID: r.ID})
	}
	if models.IsFault(err, models.NotFound) {
		return nil
	}
	return toldOfServer(err)
}

// showServer shows a resource, with its symmetric key to those who may read secrets.
func (d Dialect) showServer(ctx context.Context, r models.Resource) (resourceServerOut, error) {
	out := resourceServer(r)
	out.Identifier = audience(ctx, r.System, r.Identifier)
	secret, err := d.Resources.SigningSecret(ctx, r)
	if models.IsFault(err, models.Forbidden) {
		return out, nil
	}
	out.SigningSecret = secret.Reveal()
	return out, err
}

// kept are the members that are kept and given back, and that nothing here acts on.
func (in resourceServerIn) kept() map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for name, member := range map[string]interface{ IsZero() bool }{
		"allow_online_access": in.AllowOnlineAccess, "token_dialect": in.TokenDialect, "enforce_policies": in.EnforcePolicies,
		"token_encryption": in.TokenEncryption, "consent_policy": in.ConsentPolicy, "authorization_details": in.AuthorizationDetails,
		"proof_of_possession": in.ProofOfPossession, "subject_type_authorization": in.SubjectTypeAuthorization, "authorization_policy": in.AuthorizationPolicy,
	} {
		if !member.IsZero() {
			out["auth0."+name], _ = json.Marshal(member) // made of what was read from JSON
		}
	}
	return out
}
