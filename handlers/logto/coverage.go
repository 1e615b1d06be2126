package logto

import "gatehouse/web"

// How far an operation is honoured.
const (
	Enforced = "enforced" // what it writes decides what the server does
	Stored   = "stored"   // what it writes is checked and given back unchanged; nothing acts on it yet
)

// doc is what the coverage table says of a route whose operation is honoured.
func doc(tag, summary string) web.Doc {
	return web.Doc{Tag: "logto " + tag, Summary: summary, Hidden: true, Coverage: Enforced}
}

// kept is doc for a route whose operation only stores.
func kept(tag, summary string) web.Doc {
	d := doc(tag, summary)
	d.Coverage = Stored
	return d
}

// Line is a member of the document in the coverage table.
type Line struct{ Object, Member, State, Note string }

// Coverage tells of every member that can be written how far it is honoured. A test holds it against the wire types.
func Coverage() []Line {
	var out []Line
	for _, part := range coverage {
		for _, l := range part.lines {
			l.Object = part.object
			out = append(out, l)
		}
	}
	return out
}

// covered is the lines of one object.
type covered struct {
	object string
	lines  []Line
}

// coverage collects the objects.
var coverage = []covered{{"application", applicationCoverage}, {"application secret", secretCoverage}, {"application look", lookCoverage},
	{"SAML application", samlCoverage}, {"sign-in experience", experienceCoverage}, {"resource", resourceCoverage}, {"scope", scopeCoverage}, {"role", roleCoverage},
	{"user consent scopes", consentCoverage}, {"connector", connectorCoverage},
	{"phrases", phraseCoverage}, {"email template", templateCoverage}, {"configuration", configCoverage}, {"account center", accountCoverage},
	{"captcha provider", captchaCoverage}, {"profile field", fieldCoverage}, {"domain", domainCoverage}, {"hook", hookCoverage}}
