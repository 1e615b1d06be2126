package auth0

import "reflect"

// How far an operation or a member of the document is honoured.
const (
	Enforced = "enforced" // it decides what the server does
	Stored   = "stored"   // it is checked when it is written and given back unchanged; nothing acts on it yet
)

// Line is a member of the document in the coverage table.
type Line struct{ Object, Member, State string }

// enforced are the members that act already; all others are kept until what they speak of is there.
var enforced = map[string][]string{
	"client": {"name", "description", "logo_uri", "grant_types", "token_endpoint_auth_method", "client_authentication_methods", "compliance_level",
		"client_metadata", "client_secret"},
	"client credential":  {"credential_type", "name", "pem", "alg", "kid", "expires_at", "parse_expiry_from_cert"},
	"tenant settings":    {"friendly_name", "default_audience"},
	"custom signing key": {},
	"resource server":    {"name", "identifier", "scopes", "signing_alg", "token_lifetime"},
	"client grant":       {"client_id", "audience", "scope", "allow_all_scopes"},
	"connection":         {},
}

// Coverage tells of every member that can be written how far it is honoured, from the wire types themselves, so that nothing is
// taken and forgotten.
func Coverage() []Line {
	var out []Line
	for _, part := range []struct {
		object string
		in     reflect.Type
	}{
		{"client", reflect.TypeFor[updateClientIn]()}, {"client", reflect.TypeFor[createClientIn]()}, {"client credential", reflect.TypeFor[createCredentialIn]()},
		{"tenant settings", reflect.TypeFor[updateTenantIn]()}, {"custom signing key", reflect.TypeFor[customKeysIn]()},
		{"resource server", reflect.TypeFor[createResourceServerIn]()},
		{"resource server", reflect.TypeFor[updateResourceServerIn]()},
		{"client grant", reflect.TypeFor[createClientGrantIn]()},
		{"client grant", reflect.TypeFor[updateClientGrantIn]()},
		{"connection", reflect.TypeFor[createConnectionIn]()},
		{"connection", reflect.TypeFor[updateConnectionIn]()},
	} {
		out = append(out, lines(part.object, part.in, out)...)
	}
	return out
}

func lines(object string, in reflect.Type, told []Line) []Line {
	var out []Line
	for _, f := range reflect.VisibleFields(in) {
		name := wireName(f)
		line := Line{object, name, Stored}
		for _, acts := range enforced[object] {
			if acts == name {
				line.State = Enforced
			}
		}
		if name != "" && !contains(told, line) {
			out = append(out, line)
		}
	}
	return out
}

func contains(list []Line, line Line) bool {
	for _, l := range list {
		if l == line {
			return true
		}
	}
	return false
}
