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

// Resolve finds the audience for a resource that a client asks for, and the face when it is one of ours. It refuses what the
// client may not have.
func (a *Audiences) Resolve(p *Party, resource, tenantDefault string) (audience, face string, err error) {
	if t, ours := a.known[resource]; ours {
		if !reaches(p, t.face) {
			return "", "", Fail(InvalidTarget, "This client may not have tokens for "+resource+".")
		}
		return t.audience, t.face, nil
	}
	if resource == tenantDefault || slices.Contains(p.Resources, resource) {
		return resource, "", nil
	}
	return "", "", Fail(InvalidTarget, "The resource "+resource+" is not known here or not listed for this client.")
}

// reaches tells whether the application's kind opens a face: management applications as far as they are not narrowed, ordinary
// ones where a client may see its own application.
func reaches(p *Party, face string) bool {
	if p.Management {
		return slices.Contains(p.Faces, face)
	}
	return face == models.FaceTransmit || face == models.FaceNative
}

// Reaches tells whether a client may still use a face; it is asked at each use of a token.
func (p *Party) Reaches(face string) bool { return reaches(p, face) }
