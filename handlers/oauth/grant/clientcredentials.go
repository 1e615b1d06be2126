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
	audience, face, err := in.Audiences.Resolve(in.Party, resource, in.DefaultAudience)
	if err != nil {
		return Granted{}, err
	}
	scope, err := scope(in.Party, face, in.Scope)
	if err != nil {
		return Granted{}, err
	}
	out := Granted{Audience: audience, Scope: scope}
	if face == models.FaceTransmit {
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

// permission is a scope of the Auth0 face.
var permission = regexp.MustCompile(`^(create|read|update|delete):[a-z_]{1,60}$`)

// scope grants what the audience's face knows. In Logto's the one scope is "all"; the native face takes actions, by which a
// token may do less than its client, and Auth0's takes its document's permissions to the same end; elsewhere it is those that the client's settings allow. What is asked for beyond that is
// left out (RFC 6749 section 3.3: the answer says what was granted).
func scope(p *Party, face, asked string) (string, error) {
	switch face {
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
		known := slices.DeleteFunc(token.Scopes(asked), func(s string) bool { return !permission.MatchString(s) })
		if len(known) == 0 && asked != "" { // no scope at all would mean every one
			return "", Fail(InvalidScope, "The scopes of this resource are permissions such as read:clients.")
		}
		return strings.Join(known, " "), nil
	case "":
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
