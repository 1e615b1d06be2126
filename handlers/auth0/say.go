package auth0

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/handlers/connections"
	"gatehouse/handlers/credentials"
	"gatehouse/handlers/domains"
	"gatehouse/handlers/experience"
	"gatehouse/handlers/grants"
	"gatehouse/handlers/keys"
	"gatehouse/handlers/mails"
	"gatehouse/handlers/resources"
	"gatehouse/handlers/settings"
	"gatehouse/models"
	"gatehouse/web"
)

// body is a body as its members.
type body = map[string]any

func call(verb, path string, b any) web.Call {
	return web.Call{Verb: verb, Path: Prefix + path, Body: b}
}

// Say spells the operation that takes an input as this dialect does. It gives a call without a verb where there are no words.
func (d Dialect) Say(ctx context.Context, op any) (web.Call, error) {
	switch in := op.(type) {
	case applications.CreateIn:
		if in.Kind == models.KindManagement {
			return web.Call{Note: "The Auth0 API has no word for this kind: POST " + Prefix + "/clients makes the client, POST " + Prefix + "/client-grants opens this API to it."}, nil
		}
		return sayCreation(applications.FirstClient(in)), nil
	case clients.CreateIn:
		return sayCreation(clients.Draft(in)), nil
	case clients.Change:
		return sayChange(in), nil
	case clients.OneVersionIn:
		return call("DELETE", "/clients/"+in.ID, nil), nil
	case connections.Change:
		return sayConnection(in), nil
	case connections.IDIn:
		return call("DELETE", "/connections/"+shown(connectionPrefix, in.ID), nil), nil
	case connections.SwitchClientsIn:
		return saySwitch(in), nil
	case domains.CreateIn:
		return call("POST", "/custom-domains", body{"domain": in.Domain, "type": ownCerts}), nil
	case domains.Proof:
		return call("POST", "/custom-domains/"+shown(domainPrefix, in.ID)+"/verify", nil), nil
	case domains.IDIn:
		return call("DELETE", "/custom-domains/"+shown(domainPrefix, in.ID), nil), nil
	case experience.Change:
		return d.sayExperience(ctx, in)
	case settings.UpdateIn:
		return saySettings(in), nil
	}
	if c := sayCredential(op); c.Verb != "" || c.Note != "" {
		return c, nil
	}
	if c, err := d.sayMail(ctx, op); c.Verb != "" || c.Note != "" || err != nil {
		return c, err
	}
	return d.sayAccess(ctx, op)
}

// sayAccess spells what concerns resources and grants.
func (d Dialect) sayAccess(ctx context.Context, op any) (web.Call, error) {
	switch in := op.(type) {
	case resources.CreateIn:
		c := call("POST", "/resource-servers", server(in.Fields, body{"identifier": in.Identifier}))
		c.Note = "What is not said starts from this API's defaults: RS256, and tokens that live a day."
		return c, nil
	case resources.UpdateIn:
		return call("PATCH", "/resource-servers/"+in.ID, server(in.Fields, body{})), nil
	case resources.OneIn:
		return call("DELETE", "/resource-servers/"+in.ID, nil), nil
	case resources.CreateScopeIn:
		return d.scopes(ctx, in.ResourceID, func(all []serverScope) []serverScope { return append(all, serverScope{in.Name, in.Description}) })
	case resources.ScopeIDIn:
		return d.scopesWithout(ctx, in)
	case grants.CreateIn:
		b := body{"client_id": in.ClientID, "audience": in.Identifier, "scope": filled(in.Scopes.V)}
		if in.AllScopes.V {
			b["allow_all_scopes"] = true
		}
		return call("POST", "/client-grants", b), nil
	case grants.OneIn:
		return call("DELETE", "/client-grants/"+shown(grantPrefix, in.ID), nil), nil
	}
	return web.Call{}, nil
}

// server are the members of a resource server that fields speak of.
func server(f resources.Fields, b body) body {
	if f.Name.Set {
		b["name"] = f.Name.V
	}
	if f.Scopes.Set {
		list := make([]serverScope, len(f.Scopes.V))
		for i, s := range f.Scopes.V {
			list[i] = serverScope{s.Name, s.Description}
		}
		b["scopes"] = list
	}
	if f.SigningAlg.V != "" {
		b["signing_alg"] = f.SigningAlg.V
	}
	if f.LifetimeSeconds.Set && !f.LifetimeSeconds.Null {
		b["token_lifetime"] = f.LifetimeSeconds.V
	}
	return b
}

// scopes changes the whole list, as this dialect does.
func (d Dialect) scopes(ctx context.Context, id string, change func([]serverScope) []serverScope) (web.Call, error) {
	r, err := d.Resources.Get(ctx, resources.OneIn{ID: id})
	return call("PATCH", "/resource-servers/"+id, body{"scopes": change(resourceServer(r).Scopes)}), err
}

func (d Dialect) scopesWithout(ctx context.Context, in resources.ScopeIDIn) (web.Call, error) {
	r, err := d.Resources.Get(ctx, resources.OneIn{ID: in.ResourceID})
	left := []serverScope{}
	for _, s := range r.Scopes {
		if s.ID != in.ID {
			left = append(left, serverScope{s.Name, s.Description})
		}
	}
	return call("PATCH", "/resource-servers/"+in.ResourceID, body{"scopes": left}), err
}

// clientMembers are the members that inputs of a client take.
var clientMembers = func() map[string]bool {
	out := map[string]bool{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[clientIn]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out[name] = name != "" && name != "client_authentication_methods"
	}
	return out
}()

// spoken is a client as an input says it.
func spoken(c models.Client) map[string]json.RawMessage {
	raw, _ := client(c, nil).encode(nil)
	out := map[string]json.RawMessage{}
	_ = json.Unmarshal(append(raw, '}'), &out)
	for name := range out {
		if !clientMembers[name] {
			delete(out, name)
		}
	}
	return out
}

func encoded(c models.Client) []byte {
	raw, _ := json.Marshal(spoken(c))
	return raw
}

// sayCreation leaves out what is empty, which creation does not take or need.
func sayCreation(c models.Client) web.Call {
	if c.Protocol != models.ProtocolOIDC {
		return web.Call{}
	}
	said := spoken(c)
	for name, value := range said {
		if text := string(value); text == `""` || text == "[]" || text == "null" {
			delete(said, name)
		}
	}
	if c.TokenEndpointAuthMethod == models.AuthSecretAny {
		delete(said, "token_endpoint_auth_method") // silence stands for it
	}
	out := call("POST", "/clients", said)
	out.Note = "It makes an application of the same name around the client. What this API has no words for starts from its own defaults."
	return out
}

func sayChange(ch clients.Change) web.Call {
	if ch.After.Protocol != models.ProtocolOIDC {
		return web.Call{}
	}
	diff, note := web.Differing(spoken(ch.Before), spoken(ch.After)), web.LeavesOut(ch.Unsaid(encoded))
	if len(diff) == 0 {
		return web.Call{Note: note}
	}
	out := call("PATCH", "/clients/"+ch.After.ID, diff)
	out.Note = note
	return out
}

func saySwitch(in connections.SwitchClientsIn) web.Call {
	list := make([]body, len(in.Clients))
	for i, c := range in.Clients {
		list[i] = body{"client_id": c.ClientID, "status": c.Enabled}
	}
	return call("PATCH", "/connections/"+shown(connectionPrefix, in.ID)+"/clients", list)
}

// sayConnection names settings, and only those that differ.
func sayConnection(ch connections.Change) web.Call {
	verb, path, b := ShowConnection(ch.Before, ch.After)
	return web.Call{Verb: verb, Path: path, Body: b}
}

// sayCredential spells what concerns secrets, keys and certificates.
func sayCredential(op any) web.Call {
	at := func(id string) string { return "/clients/" + url.PathEscape(id) }
	switch in := op.(type) {
	case credentials.RotateIn:
		c := call("POST", at(in.ClientID)+"/rotate-secret", nil)
		if in.OverlapSeconds == nil || *in.OverlapSeconds > 0 {
			c.Note = "It has no overlap: the old secret stops at once."
		}
		return c
	case credentials.KeyIn:
		return sayKey(at(in.ClientID)+"/credentials", in)
	case credentials.KeyOneIn:
		return call("DELETE", at(in.ClientID)+"/credentials/"+shown(credentialPrefix, in.ID), nil)
	case credentials.CertificateIn:
		return call("POST", at(in.ClientID)+"/credentials", body{"credential_type": typeX509, "name": in.Name, "pem": in.Certificate})
	case credentials.CertificateOneIn:
		return call("DELETE", at(in.ClientID)+"/credentials/"+shown(credentialPrefix, in.ID), nil)
	case keys.Promotion:
		return sayPromotion(in.Key)
	case keys.Retirement:
		if in.Key.Alg == keyAlg {
			return call("PUT", "/keys/signing/"+url.PathEscape(in.Key.KID)+"/revoke", nil)
		}
	}
	return web.Call{}
}

var kidForm = regexp.MustCompile("^[0-9a-zA-Z_-]{10,64}$")

// sayKey writes a public key as PEM. The document has words for RSA keys; the form says what is wrong with a key that cannot be read.
func sayKey(path string, in credentials.KeyIn) web.Call {
	key, fault := credentials.ReadJWK(in.JWK)
	said := fault == nil && slices.Contains([]string{"", "RS256", "RS384", "PS256"}, key.Algorithm)
	if _, ok := key.Key.(*rsa.PublicKey); !ok || !said {
		return web.Call{Note: "The Auth0 API takes RSA keys, for RS256, RS384 and PS256."}
	}
	der, err := x509.MarshalPKIXPublicKey(key.Key)
	if err != nil {
		return web.Call{}
	}
	b := body{"credential_type": typePublicKey, "name": in.Name, "pem": inPEM("PUBLIC KEY", der)}
	if key.Algorithm != "" {
		b["alg"] = key.Algorithm
	}
	out := call("POST", path, b)
	if kidForm.MatchString(key.KeyID) {
		b["kid"] = key.KeyID
	} else if key.KeyID != "" {
		out.Note = "Key ids have 10 to 64 letters, digits, _ and - in this API: it takes the thumbprint instead."
	}
	if in.ExpiresAt != nil {
		b["expires_at"] = in.ExpiresAt
	}
	return out
}

// saySettings spells those of the tenant's settings that this dialect has a name for.
func saySettings(in settings.UpdateIn) web.Call {
	b := body{}
	for name, said := range map[string]models.Opt[string]{"friendly_name": in.Name, "support_email": in.SupportEmail, "support_url": in.SupportURL, "default_audience": in.DefaultAudience} {
		if said.Set {
			b[name] = said.V
		}
	}
	if len(b) == 0 {
		return web.Call{}
	}
	out := call("PATCH", "/tenants/settings", b)
	out.Note = "This API has no words for secrets, tokens and the switches of a dialect."
	return out
}

// sayMail spells what concerns outgoing mail.
func (d Dialect) sayMail(ctx context.Context, op any) (web.Call, error) {
	switch in := op.(type) {
	case mails.ProviderIn:
		return d.sayProvider(ctx, in)
	case mails.Removal:
		return call("DELETE", providerPath, nil), nil
	case mails.TemplateIn:
		return d.sayTemplate(ctx, in)
	}
	return web.Call{}, nil
}

func (d Dialect) sayProvider(ctx context.Context, in mails.ProviderIn) (web.Call, error) {
	b, creds := body{"name": in.Name.V}, body{}
	if in.Enabled.Set {
		b["enabled"] = in.Enabled.V
	}
	if in.From.V != "" {
		b["default_from_address"] = in.From.V
	}
	if in.Name.V == models.EmailSMTP {
		creds = body{"smtp_host": in.Host.V, "smtp_port": in.Port.V, "smtp_user": in.User.V}
	}
	if in.Password.Set {
		creds["smtp_pass"] = in.Password
	}
	if in.APIKey.Set {
		creds["api_key"] = in.APIKey
	}
	if len(creds) > 0 {
		b["credentials"] = creds
	}
	out := call("PATCH", providerPath, b)
	if _, err := d.readProvider(models.Lend(ctx, "email_provider.read")); models.IsFault(err, models.NotFound) {
		out.Verb = "POST"
	} else if err != nil {
		return out, err
	}
	out.Note = "This API has no words for reply_to, and takes the protection from the port: 465 is TLS."
	return out, nil
}

// sayTemplate creates the text the first time, which replacing does not.
func (d Dialect) sayTemplate(ctx context.Context, in mails.TemplateIn) (web.Call, error) {
	for name, purpose := range purposes {
		if purpose != in.Purpose || in.Language != models.EmailLanguage {
			continue
		}
		out := call("PUT", "/email-templates/"+name, body{"template": name, "body": in.Body, "from": in.From, "subject": in.Subject, "syntax": "liquid", "enabled": !in.Enabled.Set || in.Enabled.V})
		if in.ReplyTo != "" {
			out.Note = web.LeavesOut([]string{"reply_to"})
		}
		_, err := d.Documents.Get(models.Lend(ctx, "email_template.read"), templateRef(name))
		if models.IsFault(err, models.NotFound) {
			out.Verb, out.Path, err = "POST", Prefix+"/email-templates", nil
		}
		return out, err
	}
	return web.Call{}, nil
}

// sayPromotion knows RSA keys only, and one step that does it all.
func sayPromotion(k models.SigningKey) web.Call {
	if k.Alg != keyAlg {
		return web.Call{}
	}
	c := call("POST", "/keys/signing/rotate", nil)
	c.Note = "It makes the next key after this one as well."
	return c
}
