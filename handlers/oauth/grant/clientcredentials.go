package grant

import (
	"regexp"
	"slices"
	"strings"

	"gatehouse/handlers/oauth/token"
	"gatehouse/models"
)

// ClientCredentials decides RFC 6749 section 4.4: the client asks on its own behalf.
func ClientCredentials(in Asked) (Granted, error) {
	if in.Party.Public { // RFC 6749 section 4.4: only confidential clients
		return Granted{}, Fail(UnauthorizedClient, "A public client cannot use client_credentials.")
	}
	resource, err := resource(in)
	if err != nil {
		return Granted{}, err
	}
	want, err := in.resolve(resource)
	if err != nil {
		return Granted{}, err
	}
	scope, err := scope(in.Party, want, in.Scope)
	if err != nil {
		return Granted{}, err
	}
	out := Granted{Audience: want.audience, Scope: scope}
	if want.access != nil {
		out.Alg, out.LifetimeSeconds = want.access.Alg, want.access.LifetimeSeconds
	}
	if want.face == models.FaceTransmit {
		out.Directory = directory(in.Party)
	}
	return out, nil
}

// resource settles what the client named: resource (RFC 8707), audience (the older word), or nothing.
func resource(in Asked) (string, error) {
	switch {
	case in.Resource != "" && in.Audience != "" && in.Resource != in.Audience:
		return "", Fail(InvalidTarget, "resource and audience name different resources. A token has one audience.")
	case in.Resource != "":
		return in.Resource, nil
	case in.Audience != "":
		return in.Audience, nil
	case in.DefaultAudience != "":
		return in.DefaultAudience, nil
	}
	return in.Audiences.Default(), nil
}

var action = regexp.MustCompile(`^(\*|[a-z_]{1,40}\.(\*|[a-z_]{1,40})|\*\.[a-z_]{1,40})$`)

// scope grants what the audience's face knows. In Logto's the one scope is "all"; the native face takes actions, by which a
// token may do less than its client; for Auth0's and for resources that are managed here it is what the client was granted of
// them; elsewhere it is those that the client's settings allow. What is asked for beyond that is left out (RFC 6749 section
// 3.3: the answer says what was granted).
func scope(p *Party, want wanted, asked string) (string, error) {
	switch want.face {
	case models.FaceLogto:
		return "all", nil
	case models.FaceNative:
		scopes := token.Scopes(asked)
		for _, s := range scopes {
			if !action.MatchString(s) {
				return "", Fail(InvalidScope, "The scopes of this resource are actions such as client.read, client.* or *.read.")
			}
		}
		return strings.Join(scopes, " "), nil
	case models.FaceAuth0:
		scope := want.access.Narrow(asked)
		if scope == "" && asked != "" {
			return "", Fail(InvalidScope, "None of these scopes is granted to this client.")
		}
		return scope, nil
	case "":
		if want.access != nil {
			return want.access.Narrow(asked), nil
		}
		return strings.Join(slices.DeleteFunc(token.Scopes(asked), func(s string) bool { return !slices.Contains(p.Scopes, s) }), " "), nil
	}
	return "", nil
}

// directory is what the Transmit face tells of a client. Roles stay as they were given, because they have no home here yet.
func directory(p *Party) *token.Directory {
	d := &token.Directory{AppID: p.ApplicationID, AppName: p.ApplicationName, TenantID: p.TenantID,
		Roles: []string{}, ClientRoles: p.RoleIDs, Permissions: []string{}}
	if p.Management {
		d.Roles = []string{"Admin"}
	}
	if d.ClientRoles == nil {
		d.ClientRoles = []string{}
	}
	return d
}
