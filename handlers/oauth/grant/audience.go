package grant

import (
	"slices"

	"gatehouse/models"
)

// LogtoAudience is the management API's name in that dialect, the same in every deployment.
const LogtoAudience = "https://default.logto.app/api"

// Audiences is the names of this server's own APIs. Each management face takes exactly its own (PRODUCT.md section 3).
type Audiences struct {
	url   string
	known map[string]target
}

type target struct{ audience, face string }

// NewAudiences works out the names for the public origin url and its aliases.
func NewAudiences(url string, aliases []string) *Audiences {
	a := &Audiences{url: url, known: map[string]target{LogtoAudience: {LogtoAudience, models.FaceLogto}}}
	for _, origin := range append([]string{url}, aliases...) {
		a.known[origin+"/api/v2/"] = target{origin + "/api/v2/", models.FaceAuth0}
		// Asked for by another name of this server, these become the one name that their face takes (RFC 8707 section 2).
		a.known[origin+"/cis"] = target{url + "/cis", models.FaceTransmit}
		a.known[origin+"/rest/v1"] = target{url + "/rest/v1", models.FaceNative}
	}
	return a
}

// Default is the audience of a request that names none.
func (a *Audiences) Default() string { return a.url + "/cis" }

// Face tells which face takes a token of an audience, empty for none of ours.
func (a *Audiences) Face(audience string) string {
	t := a.known[audience]
	if t.audience != audience { // an alias is never an audience
		return ""
	}
	return t.face
}

// wanted is what a token is for: one of our faces, a resource that is managed here, or one that a client merely lists.
type wanted struct {
	audience, face string
	access         *Access
}

// resolve finds what a client asks for, and refuses what it may not have.
func (in Asked) resolve(resource string) (wanted, error) {
	if t, ours := in.Audiences.known[resource]; ours {
		if !reaches(in.Party, t.face) {
			return wanted{}, in.refuse(resource)
		}
		return wanted{t.audience, t.face, in.Party.Opened[t.face]}, nil
	}
	if access := in.Party.Access[resource]; access != nil {
		return wanted{resource, "", access}, access.signature(in.Party)
	}
	managed, err := in.Registered(resource)
	switch {
	case err != nil:
		return wanted{}, err
	case managed:
		return wanted{}, in.refuse(resource)
	case resource == in.DefaultAudience || slices.Contains(in.Party.Resources, resource):
		return wanted{audience: resource}, nil
	}
	return wanted{}, Fail(InvalidTarget, "The resource "+resource+" is not known here or not listed for this client.")
}

func (in Asked) refuse(resource string) error {
	return Fail(in.Refusal, "Client is not authorized to access \""+resource+"\": it has no client grant and no role for this resource.")
}

// reaches tells whether a client may use a face: a management application as far as it is not narrowed, an ordinary one where
// it may see its own application, and every client that was granted scopes of the face's API.
func reaches(p *Party, face string) bool {
	switch {
	case p.Management && slices.Contains(p.Faces, face):
		return true
	case face == models.FaceTransmit || face == models.FaceNative:
		return !p.Management
	case face == models.FaceLogto:
		return p.Opened[face].Has("all")
	}
	return p.Opened[face] != nil
}

// Whole tells whether a client has the whole tenant in reach at a face: its application administers the tenant, or it was
// granted scopes of that management API.
func (p *Party) Whole(face string) bool { return p.Management || p.Opened[face] != nil }

// Reaches tells whether a client may still use a face; it is asked at each use of a token.
func (p *Party) Reaches(face string) bool { return reaches(p, face) }
