// Package guides is what Gatehouse knows of frameworks: what kind of client each needs, and the code that makes it work, with
// the values of one client filled in. The pages show the same bytes that the tests run.
package guides

import (
	"strings"

	"gatehouse/models"
)

// Groups of frameworks, in the order that the page shows them.
const (
	GroupWeb     = "web"
	GroupSPA     = "spa"
	GroupNative  = "native"
	GroupService = "service"
)

// Group is a heading over frameworks of one kind.
type Group struct{ ID, Name, About string }

// Groups lists the headings.
var Groups = []Group{
	{GroupWeb, "Web app", "Renders on a server and keeps a secret"},
	{GroupSPA, "Single-page app", "Runs in the browser, no secret"},
	{GroupNative, "Native", "Phones and tablets, no secret"},
	{GroupService, "Services and partners", "No person in front of it, or another company"},
}

// Framework is one thing that people build with, and what a client for it looks like.
type Framework struct {
	ID, Name, About string // "nextjs", "Next.js", "TypeScript"
	Group           string
	Letters, Icon   string // of its tile: at most two letters, or an icon
	Words           string // "Next.js web app": the head of what will be created
	Kind            string // of the application; standard when empty
	Protocol        string // of the client; oidc when empty
	Profile         string // of the client
	Address         string // what a developer's machine serves it at; empty when nothing is asked
	AddressLabel    string // "Development address" when empty
	Callback        string // redirect URI, after the address
	Home            string // where people return after signing out, after the address; empty for none
	SignsIn         bool   // needs hosted sign-in before it runs
	Packages        []string
	Install         []Snippet // instead of Packages, where those come from no JavaScript registry
	EnvFile         string    // ".env.local"; none when empty
	Code            []Snippet // Text is filled in by Read
	Next            string    // what to do with all of this
}

// Snippet is one piece of text to copy: a command, an environment file, or a program.
type Snippet struct {
	ID, Label string // "go", "Go": the language tab
	File      string // what the file is called
	Lang      string // how it is coloured
	Run       string // the command that runs it, where it is a whole program
	Text      string
}

// Guide is a framework's guide with values filled in.
type Guide struct {
	Framework
	Values    Values
	Installs  []Snippet
	Env       Snippet
	Assistant string // the same as a task for a coding assistant
}

// Default is the framework that the page of creation starts with.
const Default = "nextjs"

// IDs are those of all frameworks.
func IDs() []string {
	out := make([]string, len(Frameworks))
	for i, f := range Frameworks {
		out[i] = f.ID
	}
	return out
}

// Find gives a framework by its id.
func Find(id string) (Framework, bool) {
	for _, f := range Frameworks {
		if f.ID == id {
			return f, true
		}
	}
	return Framework{}, false
}

// For gives the framework of an application: the one that was chosen, or one that fits its client when none was, as with
// applications that came over an API.
func For(app models.Application, c models.Client) Framework {
	if f, ok := Find(app.Framework); ok && (f.Protocol == models.ProtocolSAML) == (c.Protocol == models.ProtocolSAML) {
		return f
	}
	id := "other"
	switch {
	case app.Kind == models.KindManagement:
		id = "management"
	case c.Protocol == models.ProtocolSAML:
		id = "saml"
	case c.Profile == models.ProfileMachine:
		id = "m2m"
	}
	f, _ := Find(id)
	return f
}

// RedirectURI is where people return to, for an address of the developer's choice.
func (f Framework) RedirectURI(address string) string {
	if f.Callback == "" {
		return ""
	}
	return join(f, address) + f.Callback
}

// LogoutURI is where people return to after signing out.
func (f Framework) LogoutURI(address string) string {
	if f.Home == "" {
		return ""
	}
	return join(f, address) + f.Home
}

func join(f Framework, address string) string {
	if address = strings.TrimSpace(address); address == "" {
		address = f.Address
	}
	return strings.TrimRight(address, "/")
}
