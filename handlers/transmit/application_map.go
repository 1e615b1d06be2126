package transmit

import (
	"reflect"
	"slices"

	"gatehouse/handlers/applications"
	"gatehouse/models"
)

// fields turns the input into ours.
func (b commonIn) fields() applications.Fields {
	f := applications.Fields{Name: b.AppName, Description: b.AppDescription, LoginURI: b.LoginURI, InviteMemberURI: b.InviteMemberURI,
		InviteEmailExpirationMinutes: b.InviteExpirationMinutes, InviteClientID: b.InviteClientID, Subdomain: b.Subdomain,
		CustomDomain: b.CustomDomain, SigningKeyEnabled: b.SigningKeyEnabled}
	if r := b.RefreshInvalidation; r.Set {
		yes := func(o opt[bool]) bool { return !o.Set || o.V }
		f.RefreshInvalidation = models.Some(models.RefreshInvalidation{OnSuspension: yes(r.V.OnSuspension),
			OnPasswordReset: yes(r.V.OnPasswordReset), OnRoleUpdate: yes(r.V.OnRoleUpdate)})
	}
	return f
}

func (b applicationIn) fields() applications.Fields {
	f := b.commonIn.fields()
	f.ServiceProviders, f.AllowPublicSignup, f.LogoURI = b.ServiceProviders, b.AllowPublicSignup, b.Logo
	if h := b.AuthenticatorPreferences; h.Set {
		f.Hub = models.Some(models.Hub{Centralized: h.V.IsCentralized, LoginURI: h.V.LoginURI.V})
	}
	return f
}

func (b managementIn) fields() applications.Fields {
	f := b.commonIn.fields()
	f.InviteJourneyID = b.InviteJourneyID
	return f
}

// checkCommon adds the rules that stand between members.
func (b commonIn) checkCommon(c *models.Check) {
	c.That(!b.SigningKeyEnabled.V || !b.ShouldDeleteSigningKey.V, "should_delete_signing_key", "contradicts_signing_key_enabled",
		"A key is deleted when it is switched off, not when it is switched on.")
	p, q := b.FirstClientProtocol, b.FirstClient.V.AuthenticationProtocol
	c.That(!p.Set || !q.Set || p.V == q.V, "first_client.authentication_protocol", "contradicts",
		"This says otherwise than first_client_authentication_protocol.")
	if b.FirstClient.Set {
		b.FirstClient.V.checkClient(c, "first_client.")
	}
}

// checkMirror is checkClient for the deprecated members.
func (b applicationIn) checkMirror(c *models.Check) {
	b.mirrored().checkClient(c, "")
	if h := b.AuthenticatorPreferences.V; h.IsCentralized {
		c.That(h.LoginURI.Set, "authenticator_preferences.login_uri", "required", "The authentication hub has an address where sign-in begins.")
	}
}

// mirrored is what the deprecated members say of the default client.
func (b applicationIn) mirrored() clientIn {
	return clientIn{Name: b.ClientDisplayName, Description: b.ClientDescription, Resources: b.Resources,
		oidcIn: oidcIn{ClientType: b.ClientType, RedirectURIs: b.RedirectURIs, DeviceAuthorization: b.DeviceAuthorization,
			CIBAAuthorization: b.CIBAAuthorization, PKCE: b.PKCE, TokenEndpointAuthMethod: b.ClientAuthMethod}}
}

// mirrored for a management application is the one member that speaks of its client.
func (b managementIn) mirrored() clientIn { return clientIn{oidcIn: oidcIn{PKCE: b.PKCE}} }

// first is the default client as the whole input wants it: what first_client says, and the mirrored members where it is silent.
func (b commonIn) first(mirrored clientIn) clientIn {
	c := b.FirstClient.V
	for _, p := range []struct{ into, from *opt[string] }{
		{&c.AuthenticationProtocol, &b.FirstClientProtocol}, {&c.Name, &mirrored.Name}, {&c.Description, &mirrored.Description},
		{&c.ClientType, &mirrored.ClientType}, {&c.PKCE, &mirrored.PKCE}, {&c.TokenEndpointAuthMethod, &mirrored.TokenEndpointAuthMethod},
	} {
		fill(p.into, *p.from)
	}
	fill(&c.Resources, mirrored.Resources)
	fill(&c.RedirectURIs, mirrored.RedirectURIs)
	fill(&c.DeviceAuthorization, mirrored.DeviceAuthorization)
	fill(&c.CIBAAuthorization, mirrored.CIBAAuthorization)
	return c
}

func fill[T any](into *opt[T], from opt[T]) {
	if !into.Set {
		*into = from
	}
}

// application is an application as single reads show it.
func application(a models.Application, p part) applicationOut {
	out := listedApplication(a, p)
	out.Logo = &a.LogoURI
	return out
}

// listedApplication is an application as lists show it.
func listedApplication(a models.Application, p part) applicationOut {
	out := applicationOut{AppID: a.ID, TenantID: a.TenantID, AppName: a.Name, AppDescription: a.Description,
		LoginPreferences: loginPreferences{methodsOut(p.methods)}, CreatedAt: a.CreatedAt, CreatedBy: a.CreatedBy, UpdatedAt: a.UpdatedAt,
		ServiceProviders: list(a.ServiceProviders), AuthenticatorPreferences: hubOut{a.Hub.Centralized, a.Hub.LoginURI},
		AllowPublicSignup: a.AllowPublicSignup, PasswordSharingGroupID: a.PasswordSharingGroupID, LoginURI: a.LoginURI,
		InviteMemberURI: a.InviteMemberURI, InviteClientID: a.InviteClientID, InviteExpirationMinutes: a.InviteEmailExpirationMinutes,
		Subdomain: a.Subdomain, SigningKeyEnabled: a.SigningKeyEnabled, ApplicationType: applicationType(a), mirror: mirrorOf(p),
		RefreshInvalidation: invalidationOut{a.RefreshInvalidation.OnSuspension, a.RefreshInvalidation.OnPasswordReset, a.RefreshInvalidation.OnRoleUpdate}}
	if p.client.UpdatedAt.After(a.UpdatedAt) { // what it mirrors is part of it
		out.UpdatedAt = p.client.UpdatedAt
	}
	if a.CustomDomain != "" {
		out.CustomDomain = &domainOut{a.CustomDomain, a.UpdatedAt, a.CustomDomainStatus}
	}
	if slices.Contains(languages, a.Language) {
		out.ExternalCommunication = &communication{a.Language}
	}
	return out
}

func applicationType(a models.Application) string {
	if a.Type == "ido" {
		return "ido"
	}
	return "basic"
}

func mirrorOf(p part) mirror {
	c := p.client
	secret := p.secret.Reveal()
	out := mirror{ClientID: c.ID, ClientDisplayName: c.Name, ClientDescription: &c.Description, ClientSecret: &secret, Resources: list(c.Resources)}
	if c.Protocol != models.ProtocolOIDC {
		return out
	}
	uris, device := list(c.RedirectURIs), device(c)
	out.ClientType, out.RedirectURIs, out.PKCE = clientType(c), &uris, pkceWords.wire(c.PKCE)
	out.ClientAuthMethod = methodWords.wire(c.TokenEndpointAuthMethod)
	out.DeviceAuthorization, out.CIBAAuthorization = &device, &cibaOut{c.CIBA.Enabled, c.CIBA.LoginURI}
	return out
}

func basic(a models.Application) basicApp {
	return basicApp{a.ID, a.TenantID, a.Name, a.Description, a.LoginURI, applicationType(a)}
}

// silent tells whether an input says nothing at all.
func (b clientIn) silent() bool { return reflect.ValueOf(b).IsZero() }

// checkProtocol refuses the mirrored members that a SAML client does not have.
func (b applicationIn) checkProtocol(c *models.Check, protocol string) {
	if protocol != models.ProtocolSAML {
		return
	}
	said := reflect.ValueOf(b.mirrored().oidcIn)
	for _, m := range reflect.VisibleFields(said.Type()) {
		if !said.FieldByIndex(m.Index).IsZero() {
			c.Add(mirrorFields.Name(m.Tag.Get("json")), "not_an_oidc_client", "The default client speaks SAML and has no such member.")
		}
	}
}
