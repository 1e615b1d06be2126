package logto

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/handlers/connections"
	"gatehouse/handlers/credentials"
	"gatehouse/handlers/domains"
	"gatehouse/handlers/experience"
	"gatehouse/handlers/keys"
	"gatehouse/handlers/mails"
	"gatehouse/handlers/resources"
	"gatehouse/handlers/roles"
	"gatehouse/handlers/webhooks"
	"gatehouse/models"
	"gatehouse/web"
)

// saidBody is a body by member.
type saidBody = map[string]any

func call(verb, path string, b any) web.Call {
	return web.Call{Verb: verb, Path: Prefix + path, Body: b}
}

// Say spells the operation that takes an input as this dialect does. It gives a call without a verb where there are no words.
func (d Dialect) Say(ctx context.Context, op any) (web.Call, error) {
	switch in := op.(type) {
	case applications.CreateIn:
		if in.Kind == models.KindManagement {
			return web.Call{Note: "The Logto API has no word for this kind: POST " + Prefix + "/applications makes the client, its role for the management API opens this API to it."}, nil
		}
		return sayCreation(applications.FirstClient(in)), nil
	case clients.CreateIn:
		return sayCreation(clients.Draft(in)), nil
	case clients.Change:
		return sayChange(in), nil
	case clients.OneVersionIn:
		return d.sayRemoval(ctx, in.ID)
	case connections.Change:
		return sayConnection(in), nil
	case connections.IDIn:
		return d.sayConnectorGone(ctx, in.ID)
	case domains.CreateIn:
		return call("POST", "/domains", saidBody{"domain": in.Domain}), nil
	case domains.Proof:
		return web.Call{Note: "The Logto API asks the name servers whenever a domain is read, with GET " + Prefix + "/domains/" + in.ID + "."}, nil
	case domains.IDIn:
		return call("DELETE", "/domains/"+in.ID, nil), nil
	case experience.Change:
		return d.sayExperience(ctx, in)
	}
	if c, err := d.saySecret(ctx, op); c.Verb != "" || c.Note != "" || err != nil {
		return c, err
	}
	if c := sayAccess(op); c.Verb != "" {
		return c, nil
	}
	return d.sayNotice(ctx, op)
}

// sayAccess spells what concerns resources and roles.
func sayAccess(op any) web.Call {
	switch in := op.(type) {
	case resources.CreateIn:
		return sayResource(in)
	case resources.UpdateIn:
		b := saidBody{}
		if in.Name.Set {
			b["name"] = in.Name.V
		}
		if in.LifetimeSeconds.Set && !in.LifetimeSeconds.Null {
			b["accessTokenTtl"] = in.LifetimeSeconds.V
		}
		c := call("PATCH", "/resources/"+in.ID, b)
		c.Note = web.LeavesOut([]string{"description", "signing_alg"})
		return c
	case resources.OneIn:
		return call("DELETE", "/resources/"+in.ID, nil)
	case resources.CreateScopeIn:
		return call("POST", "/resources/"+in.ResourceID+"/scopes", saidBody{"name": in.Name, "description": in.Description})
	case resources.ScopeIDIn:
		return call("DELETE", "/resources/"+in.ResourceID+"/scopes/"+in.ID, nil)
	case roles.CreateIn:
		return sayRole(in)
	case roles.OneIn:
		return call("DELETE", "/roles/"+in.ID, nil)
	case roles.ScopesIn:
		return call("POST", "/roles/"+in.RoleID+"/scopes", saidBody{"scopeIds": list(in.ScopeIDs)})
	case roles.ScopeIn:
		return call("DELETE", "/roles/"+in.RoleID+"/scopes/"+in.ScopeID, nil)
	case roles.UnassignIn:
		return call("DELETE", "/applications/"+url.PathEscape(in.ClientID)+"/roles/"+in.RoleID, nil)
	case roles.AssignIn:
		return call("POST", "/applications/"+url.PathEscape(in.ClientID)+"/roles", saidBody{"roleIds": in.RoleIDs})
	}
	return web.Call{}
}

func sayResource(in resources.CreateIn) web.Call {
	b := saidBody{"name": in.Name.V, "indicator": in.Identifier}
	if in.Name.V == "" {
		b["name"] = in.Identifier
	}
	c := call("POST", "/resources", b)
	c.Note = "Tokens for it live an hour here where nothing else is said."
	if len(in.Scopes.V) > 0 {
		c.Note += " Its scopes follow one by one, with POST " + Prefix + "/resources/{id}/scopes."
	}
	return c
}

func sayRole(in roles.CreateIn) web.Call {
	kind := "User"
	if in.Kind == models.RoleMachine {
		kind = "MachineToMachine"
	}
	about := in.Description.V
	if about == "" {
		about = in.Name.V // the document wants one
	}
	return call("POST", "/roles", saidBody{"name": in.Name.V, "description": about, "type": kind})
}

// spokenBody is a client as an input says it.
func spokenBody(c models.Client) []byte { return ShowClient(c).Body }

func sayCreation(c models.Client) web.Call {
	c.ID = ""
	if c.Protocol == models.ProtocolSAML {
		return saySAML(c)
	}
	said := ShowClient(c)
	if said.Method == "" {
		return web.Call{}
	}
	return web.Call{Verb: said.Method, Path: said.Path, Body: json.RawMessage(said.Body),
		Note: "It makes an application of the same name around the client. What this API has no words for starts from its own defaults."}
}

func saySAML(c models.Client) web.Call {
	b := saidBody{"name": c.Name, "description": c.Description, "entityId": c.SAML.EntityID}
	if c.SAML.ACSURL != "" {
		b["acsUrl"] = saidBody{"binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", "url": c.SAML.ACSURL}
	}
	return call("POST", "/saml-applications", b)
}

func sayChange(ch clients.Change) web.Call {
	if !isApplication(ch.After) {
		return web.Call{}
	}
	split := func(c models.Client) map[string]json.RawMessage {
		out := map[string]json.RawMessage{}
		_ = json.Unmarshal(spokenBody(c), &out)
		return out
	}
	diff, note := web.Differing(split(ch.Before), split(ch.After)), web.LeavesOut(ch.Unsaid(spokenBody))
	if len(diff) == 0 {
		return web.Call{Note: note}
	}
	c := call("PATCH", "/applications/"+ch.After.ID, diff)
	c.Note = note
	return c
}

// sayRemoval names a client by what it is here.
func (d Dialect) sayRemoval(ctx context.Context, id string) (web.Call, error) {
	c, err := d.Clients.Get(ctx, clients.OneIn{ID: id})
	if err != nil || !isApplication(c) && c.Protocol != models.ProtocolSAML {
		return web.Call{}, err
	}
	if c.Protocol == models.ProtocolSAML {
		return call("DELETE", "/saml-applications/"+id, nil), nil
	}
	return call("DELETE", "/applications/"+id, nil), nil
}

// sayConnection spells a connection of which the catalogue has a connector.
func sayConnection(ch connections.Change) web.Call {
	f, ok := connectorFactory(ch.After)
	if !ok {
		return web.Call{}
	}
	now, note := connectorMembers(ch.After, f), ""
	if !f.standard && ch.After.DisplayName != "" {
		note = "Connectors of this kind have their own name in this API."
	}
	if ch.Before == nil {
		now["connectorId"], _ = json.Marshal(f.id)
		c := call("POST", "/connectors", now)
		c.Note = note
		return c
	}
	diff := web.Differing(connectorMembers(*ch.Before, f), now)
	if len(diff) == 0 {
		return web.Call{Note: note}
	}
	if len(ch.After.SecretOptions) > 0 {
		note = strings.TrimSpace(note + " It replaces the whole config, secrets included.")
	}
	c := call("PATCH", "/connectors/"+ch.After.ID, diff)
	c.Note = note
	return c
}

// connectorMembers has no metadata of a connector that brings its own.
func connectorMembers(c models.Connection, f factory) map[string]json.RawMessage {
	config := f.config(c)
	for _, at := range c.SecretOptions { // the document replaces the whole
		if key, ours := f.keys(c)[strings.TrimPrefix(at, "/")]; ours && config[key] == nil {
			config[key] = models.Masked
		}
	}
	said := saidBody{"config": config}
	if f.standard {
		metadata := saidBody{"target": f.targetOf(c)}
		if c.DisplayName != "" {
			metadata["name"] = map[string]string{"en": c.DisplayName}
		}
		said["metadata"] = metadata
	}
	return web.Members(said)
}

func (d Dialect) sayConnectorGone(ctx context.Context, id string) (web.Call, error) {
	c, err := d.Connections.Get(ctx, connections.IDIn{ID: id})
	if _, ok := connectorFactory(c); err != nil || !ok {
		return web.Call{}, err
	}
	return call("DELETE", "/connectors/"+id, nil), nil
}

// saySecret spells what concerns secrets, which have names here and no ids.
func (d Dialect) saySecret(ctx context.Context, op any) (web.Call, error) {
	at := func(id string) string { return "/applications/" + url.PathEscape(id) + "/secrets" }
	switch in := op.(type) {
	case credentials.CreateIn:
		b := saidBody{"name": in.Name, "expiresAt": nil}
		if in.ExpiresAt != nil {
			b["expiresAt"] = in.ExpiresAt.UnixMilli()
		}
		return d.onlyOIDC(ctx, in.ClientID, call("POST", at(in.ClientID), b))
	case credentials.UpdateIn:
		row, err := d.Clients.Credentials.Get(ctx, credentials.OneIn{ClientID: in.ClientID, ID: in.ID})
		c := call("PATCH", at(in.ClientID)+"/"+url.PathEscape(row.Name), saidBody{"name": in.Name.V})
		if in.ExpiresAt.Set {
			c.Note = web.LeavesOut([]string{"expires_at"})
		}
		return c, err
	case credentials.OneIn:
		row, err := d.Clients.Credentials.Get(ctx, in)
		if err != nil || row.RevokedAt != nil {
			return web.Call{}, err
		}
		return call("DELETE", at(in.ClientID)+"/"+url.PathEscape(row.Name), nil), nil
	case credentials.RotateIn:
		return web.Call{Note: "The Logto API rotates in two steps: POST " + Prefix + at(in.ClientID) + " makes the new secret, DELETE of the old one by its name ends the overlap."}, nil
	case keys.Promotion:
		if in.Key.Alg != models.AlgRS256 && in.Key.Alg != models.AlgES256 {
			return web.Call{}, nil
		}
		c := call("POST", "/configs/oidc/private-keys/rotate", saidBody{"signingKeyAlgorithm": keyFamily[in.Key.Alg]})
		c.Note = "It signs with the next key at once."
		return c, nil
	case keys.Deletion:
		if in.Key.Status == models.KeyRetired { // the document knows none of these
			return web.Call{}, nil
		}
		return call("DELETE", "/configs/oidc/private-keys/"+in.Key.ID, nil), nil
	}
	return web.Call{}, nil
}

// onlyOIDC drops a call on a client that has no secrets here.
func (d Dialect) onlyOIDC(ctx context.Context, id string, c web.Call) (web.Call, error) {
	row, err := d.Clients.Get(ctx, clients.OneIn{ID: id})
	if err != nil || !holdsSecrets(row) {
		return web.Call{}, err
	}
	return c, nil
}

// sayExperience gives the sections that differ. The document knows no drafts.
func (d Dialect) sayExperience(ctx context.Context, ch experience.Change) (web.Call, error) {
	if ch.ApplicationID != "" {
		return d.sayLook(ctx, ch)
	}
	known, err := d.Experience.Connections(ctx, ch.ScopeIn)
	if err != nil {
		return web.Call{}, err
	}
	show := func(e models.Experience) map[string]json.RawMessage {
		return web.Members(signInExp("", e, keptMembers{}, targetsOf(e.Methods.Connections, known)))
	}
	diff := web.Differing(show(ch.Before), show(ch.After))
	unsaid := web.LeavesOut(ch.Unsaid(func(e models.Experience) []byte { raw, _ := json.Marshal(show(e)); return raw }))
	if len(diff) == 0 {
		return web.Call{Note: unsaid}, nil
	}
	c := call("PATCH", "/sign-in-exp", diff)
	if c.Note = "It publishes at once: this API knows no drafts."; unsaid != "" {
		c.Note = unsaid + " " + c.Note
	}
	return c, nil
}

// sayLook spells the look of an application, which here belongs to each of its clients: the oldest that this API shows stands for all.
func (d Dialect) sayLook(ctx context.Context, ch experience.Change) (web.Call, error) {
	list, err := d.Clients.List(ctx, clients.ListIn{ApplicationID: ch.ApplicationID})
	at := slices.IndexFunc(list.Items, isApplication)
	if err != nil || at < 0 {
		return web.Call{}, err
	}
	c := list.Items[at]
	show := func(e models.Experience, own models.Overlay) map[string]json.RawMessage {
		out := web.Members(appExperience(c, experience.View{Settings: e, Overlay: own}))
		delete(out, "tenantId")
		delete(out, "applicationId")
		return out
	}
	all := func(e models.Experience) []byte { raw, _ := json.Marshal(show(e, models.OverlayOf(e))); return raw }
	note := web.LeavesOut(ch.Unsaid(all))
	if bytes.Equal(all(ch.Before), all(ch.After)) {
		return web.Call{Note: note}, nil
	}
	out := call("PUT", "/applications/"+c.ID+"/sign-in-experience", show(ch.After, ch.Own))
	out.Note = strings.TrimSpace(note + " It publishes at once, and says the whole look: this API knows no drafts.")
	return out, nil
}

// sayNotice spells what concerns hooks and the texts of mails.
func (d Dialect) sayNotice(ctx context.Context, op any) (web.Call, error) {
	switch in := op.(type) {
	case webhooks.CreateIn:
		return sayHook("POST", "/hooks", in.Name, in.URL, in.Events, in.Headers, in.Retries, models.Some(true)), nil
	case webhooks.UpdateIn:
		return d.sayHookChange(ctx, in)
	case webhooks.DeleteIn:
		return call("DELETE", "/hooks/"+in.ID, nil), nil
	case webhooks.Rotation:
		c := call("PATCH", "/hooks/"+in.ID+"/signing-key", nil)
		c.Note = "The key before signs as well for 24 hours, whichever API rotates it."
		return c, nil
	case webhooks.TestIn:
		return d.sayHookTest(ctx, in)
	case mails.TemplateIn:
		return sayTemplate(in), nil
	case mails.TemplateRef:
		if kind := templateTypes.wire(in.Purpose); templateTypes[kind] != "" {
			return call("DELETE", "/email-templates?languageTag="+url.QueryEscape(in.Language)+"&templateType="+kind, nil), nil
		}
	}
	return web.Call{}, nil
}

func sayHook(verb, path, name, address string, events []string, headers map[string]models.Secret, retries opt[int64], enabled opt[bool]) web.Call {
	config, words, unsaid := saidBody{"url": address}, []string{}, []string{}
	for _, event := range events {
		if (HookSpeaker{}).Knows(event) {
			words = append(words, event)
		} else {
			unsaid = append(unsaid, event)
		}
	}
	if retries.Set && !retries.Null {
		config["retries"] = retries.V
	}
	if len(headers) > 0 {
		config["headers"] = headers
	}
	c := call(verb, path, saidBody{"name": name, "events": words, "config": config, "enabled": enabled.V})
	c.Note = web.LeavesOut(unsaid)
	return c
}

// sayHookChange says the headers as well, because this dialect replaces them.
func (d Dialect) sayHookChange(ctx context.Context, in webhooks.UpdateIn) (web.Call, error) {
	row, err := d.Webhooks.Get(ctx, webhooks.OneIn{ID: in.ID})
	headers := map[string]models.Secret{}
	for _, name := range row.HeaderNames {
		if change, ok := in.Headers.V[name]; !ok || !change.Null {
			headers[name] = models.NewSecret(models.Masked)
		}
	}
	for name, change := range in.Headers.V {
		if !change.Null {
			headers[name] = change.V
		}
	}
	return sayHook("PATCH", "/hooks/"+in.ID, in.Name.V, in.URL.V, in.Events.V, headers, in.Retries, in.Enabled), err
}

func sayTemplate(in mails.TemplateIn) web.Call {
	kind := templateTypes.wire(in.Purpose)
	if templateTypes[kind] == "" {
		return web.Call{}
	}
	details := saidBody{"subject": in.Subject, "content": in.Body}
	for name, text := range map[string]string{"contentType": in.ContentType, "replyTo": in.ReplyTo, "sendFrom": in.From} {
		if text != "" {
			details[name] = text
		}
	}
	c := call("PUT", "/email-templates", saidBody{"templates": []any{saidBody{"languageTag": in.Language, "templateType": kind, "details": details}}})
	if in.Enabled.Set && !in.Enabled.V {
		c.Note = web.LeavesOut([]string{"enabled"})
	}
	return c
}
