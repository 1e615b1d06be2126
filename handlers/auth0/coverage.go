package auth0

// How far an operation or a member of the document is honoured.
const (
	Enforced = "enforced" // it decides what the server does
	Stored   = "stored"   // it is checked when it is written and given back unchanged; nothing acts on it yet
)

// Line is a member of the document in the coverage table.
type Line struct{ Object, Member, State, Note string }
