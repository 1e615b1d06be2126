package guides

import (
	"embed"
	"html"
	"io/fs"
	"path"
	"strings"

	"gatehouse/models"
)

// SecretEnv is the environment variable that every program reads its secret from.
const SecretEnv = "GATEHOUSE_CLIENT_SECRET"

// Values are what a snippet is filled with. None of them is trusted: Of cleans what could end a string or start a command.
type Values struct {
	Name          string // of the application; in prose only, never in code
	Framework     string
	Origin        string // https://id.example.com
	Issuer        string // <origin>/oidc
	TokenEndpoint string
	Audience      string // the API that the token is for
	ClientID      string
	RedirectURI   string
	LogoutURI     string
	Home          string // the address that the redirect URI is at, for programs that ask for it
	Scheme        string // of a native redirect URI
	EntityID      string
	ACSURL        string
	SecretEnv     string
	Secret        string // only on the answer that shows it; otherwise empty
}

// Of gives the values of a client, for a framework and the origin that the page was asked from.
func Of(origin string, f Framework, app models.Application, c models.Client) Values {
	v := Values{Name: app.Name, Framework: f.Name, Origin: plain(origin), ClientID: plain(c.ID), SecretEnv: SecretEnv,
		EntityID: plain(c.SAML.EntityID), ACSURL: plain(c.SAML.ACSURL)}
	v.Issuer = v.Origin + "/oidc"
	v.TokenEndpoint = v.Issuer + "/token"
	v.Audience = v.Origin + "/rest/v1"
	v.RedirectURI = f.RedirectURI("")
	if len(c.RedirectURIs) > 0 {
		v.RedirectURI = plain(c.RedirectURIs[0])
	}
	v.LogoutURI = f.LogoutURI("")
	if len(c.PostLogoutRedirectURIs) > 0 {
		v.LogoutURI = plain(c.PostLogoutRedirectURIs[0])
	}
	v.Home = home(v.RedirectURI)
	v.Scheme, _, _ = strings.Cut(v.RedirectURI, ":")
	return v
}

// Fills are the live values, for the eye to find in the text.
func (v Values) Fills() []string {
	var fills []string
	for _, f := range []string{v.TokenEndpoint, v.RedirectURI, v.LogoutURI, v.Audience, v.Issuer, v.EntityID, v.ACSURL, v.ClientID, v.Secret, v.Home} {
		if f != "" {
			fills = append(fills, f)
		}
	}
	return fills
}

// home is the origin of a web address.
func home(uri string) string {
	scheme, rest, ok := strings.Cut(uri, "://")
	if !ok {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

const harmless = "-._~:/?#[]@&*+,=%"

// plain percent-encodes every character that could end a string, start an expansion or break a line in any of the languages.
func plain(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(harmless, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte("0123456789ABCDEF"[c>>4])
		b.WriteByte("0123456789ABCDEF"[c&15])
	}
	return b.String()
}

//go:embed snippets
var files embed.FS

// source finds the template of a snippet. Frameworks that need the same programs share them.
func source(framework, file string) string {
	for _, dir := range []string{framework, "shared"} {
		name := "snippets/" + dir + "/" + path.Base(file) + ".tmpl"
		if _, err := fs.Stat(files, name); err == nil {
			return name
		}
	}
	return ""
}

// signs are the places in a snippet and what stands there. Snippets hold the syntax of templates of other languages, so ours
// has signs of its own, and no more than these: the templates of the standard library would keep every method of the program
// in the binary, a third of its size.
func (v Values) signs() []string {
	secret := v.Secret
	if secret == "" {
		secret = "# the secret that you stored"
	}
	return []string{"[[Framework]]", v.Framework, "[[Issuer]]", v.Issuer, "[[TokenEndpoint]]", v.TokenEndpoint, "[[Audience]]", v.Audience,
		"[[ClientID]]", v.ClientID, "[[RedirectURI]]", v.RedirectURI, "[[LogoutURI]]", v.LogoutURI, "[[Home]]", v.Home, "[[Scheme]]", v.Scheme,
		"[[EntityID]]", v.EntityID, "[[ACSURL]]", v.ACSURL, "[[SecretEnv]]", v.SecretEnv, "[[Secret]]", secret,
		"[[xml Scheme]]", html.EscapeString(v.Scheme), "[[xml EntityID]]", html.EscapeString(v.EntityID), "[[xml ACSURL]]", html.EscapeString(v.ACSURL)}
}

// fill puts the values into a snippet. A line that begins with [[?Name]] is there only where that value is.
func fill(name string, v Values) string {
	text, err := files.ReadFile(name)
	if err != nil {
		return ""
	}
	known := map[string]string{"RedirectURI": v.RedirectURI, "LogoutURI": v.LogoutURI, "EntityID": v.EntityID}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "[[?"); ok {
			var name string
			if name, line, _ = strings.Cut(rest, "]]"); known[name] == "" {
				continue
			}
		}
		b.WriteString(line)
	}
	return strings.TrimRight(strings.NewReplacer(v.signs()...).Replace(b.String()), "\n") + "\n"
}

// Render gives the text of one snippet of a framework, with values filled in; lang is the id of its tab. It is empty for
// what the catalogue does not have.
func Render(framework, lang string, v Values) string {
	f, ok := Find(framework)
	if !ok {
		return ""
	}
	for _, s := range f.Code {
		if s.ID == lang {
			return fill(source(framework, s.File), v)
		}
	}
	return ""
}

// Read gives the whole guide of a framework.
func Read(f Framework, v Values) Guide {
	g := Guide{Framework: f, Values: v, Installs: f.Install, Assistant: fill("snippets/shared/assistant.txt.tmpl", v)}
	if len(f.Packages) > 0 {
		list := strings.Join(f.Packages, " ")
		g.Installs = []Snippet{{ID: "npm", Label: "npm", Lang: "sh", Text: "npm install " + list}, {ID: "pnpm", Label: "pnpm", Lang: "sh", Text: "pnpm add " + list},
			{ID: "bun", Label: "bun", Lang: "sh", Text: "bun add " + list}}
	}
	if f.EnvFile != "" {
		g.Env = Snippet{ID: "env", Label: "Environment file", File: f.EnvFile, Lang: "env", Text: fill(source(f.ID, "env"), v)}
	}
	g.Code = make([]Snippet, len(f.Code))
	for i, s := range f.Code {
		s.Text = Render(f.ID, s.ID, v)
		g.Code[i] = s
	}
	return g
}
