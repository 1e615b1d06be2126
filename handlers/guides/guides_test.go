package guides

import (
	"go/format"
	"os"
	"path"
	"strings"
	"testing"

	"gatehouse/models"
)

var (
	app    = models.Application{ID: "a1", Name: "Trail planner"}
	client = models.Client{ID: "k3v9x0q7m2tz8c4hw1n5d", Protocol: models.ProtocolOIDC, Profile: models.ProfileWeb, RedirectURIs: []string{"https://trail.example/cb"}}
)

func TestEveryFrameworkIsComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Frameworks {
		v := Of("https://id.example", f, app, client)
		g := Read(f, v)
		if seen[f.ID] || f.Name == "" || f.About == "" || f.Words == "" || f.Profile == "" || f.Next == "" || (f.Letters == "") == (f.Icon == "") {
			t.Errorf("%s: incomplete or twice: %+v", f.ID, f)
		}
		seen[f.ID] = true
		if len(g.Code) == 0 {
			t.Errorf("%s has no code", f.ID)
		}
		for _, s := range append(g.Code, g.Env) {
			if s.ID != "" && (s.Text == "" || strings.Contains(s.Text, "[[") && !strings.Contains(s.Text, "[[-") && s.Lang != "sh") {
				t.Errorf("%s %s: not filled: %q", f.ID, s.ID, s.Text)
			}
			if path.Ext(s.File) == ".go" {
				checkGo(t, f.ID, s.Text)
			}
		}
		if !strings.Contains(g.Assistant, v.Issuer) || !strings.Contains(g.Assistant, v.ClientID) {
			t.Errorf("%s: the task for an assistant lacks values:\n%s", f.ID, g.Assistant)
		}
	}
	for _, id := range []string{"nextjs", "react", "vue", "angular", "svelte", "express", "go", "go-verify", "python", "spring", "ios", "android", "m2m", "saml", "management"} {
		if !seen[id] {
			t.Errorf("no framework %s", id)
		}
	}
}

func checkGo(t *testing.T, id, text string) {
	t.Helper()
	out, err := format.Source([]byte(text))
	if err != nil || string(out) != text {
		t.Errorf("%s: not formatted Go: %v", id, err)
	}
}

func TestEveryGuideHoldsTheLiveValues(t *testing.T) {
	for _, f := range Frameworks {
		c := client
		if f.Protocol == models.ProtocolSAML {
			c = models.Client{ID: "x", Protocol: models.ProtocolSAML, SAML: models.SAML{EntityID: "urn:partner", ACSURL: "https://partner.example/acs"}}
		}
		v := Of("https://id.example", f, app, c)
		g := Read(f, v)
		all := g.Env.Text
		for _, s := range g.Code {
			all += s.Text
		}
		want := []string{"https://id.example/oidc", c.ID}
		switch {
		case f.Protocol == models.ProtocolSAML:
			want = []string{"urn:partner", "https://partner.example/acs"}
		case f.Callback != "" && f.ID != "express":
			want = append(want, "https://trail.example/cb")
		}
		for _, w := range want {
			if !strings.Contains(all, w) {
				t.Errorf("%s lacks %s", f.ID, w)
			}
		}
	}
}

// A redirect URI or an imported client id is written by somebody else than the person who copies the snippet.
func TestHostileValuesCannotLeaveTheirString(t *testing.T) {
	c := client
	c.ID = "a\"; rm -rf / #'`$(id)\n"
	c.RedirectURIs = []string{"https://x.example/'\"`$(touch /tmp/x)\\\n</string>"}
	c.SAML = models.SAML{EntityID: `"><x>`, ACSURL: `https://x/?a="&b=<`}
	for _, f := range Frameworks {
		v := Of("https://id.example", f, app, c)
		for _, s := range append(Read(f, v).Code, Read(f, v).Env) {
			for _, bad := range []string{"rm -rf /", "$(id)", "$(touch", "'\"`", "</string>\n</", `"><x>`} {
				if strings.Contains(s.Text, bad) {
					t.Errorf("%s %s lets %q through:\n%s", f.ID, s.ID, bad, s.Text)
				}
			}
		}
	}
}

func TestAddressChangesTheRedirectURI(t *testing.T) {
	next, _ := Find("nextjs")
	ios, _ := Find("ios")
	m2m, _ := Find("m2m")
	for _, c := range []struct{ got, want string }{
		{next.RedirectURI(""), "http://localhost:3000/api/auth/callback/gatehouse"},
		{next.RedirectURI(" https://trail.example/ "), "https://trail.example/api/auth/callback/gatehouse"},
		{next.LogoutURI("https://trail.example"), "https://trail.example/"},
		{ios.RedirectURI("com.trail.app"), "com.trail.app:/callback"},
		{ios.LogoutURI(""), ""}, {m2m.RedirectURI("x"), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestForFindsTheGuideOfAnApplicationThatChoseNone(t *testing.T) {
	for _, c := range []struct {
		name string
		app  models.Application
		c    models.Client
		want string
	}{
		{"the choice counts", models.Application{Framework: "vue"}, client, "vue"},
		{"a management application", models.Application{Kind: models.KindManagement}, models.Client{Profile: models.ProfileMachine}, "management"},
		{"a machine", models.Application{}, models.Client{Profile: models.ProfileMachine}, "m2m"},
		{"SAML, although a framework was chosen before", models.Application{Framework: "vue"}, models.Client{Protocol: models.ProtocolSAML}, "saml"},
		{"an unknown choice", models.Application{Framework: "cobol"}, client, "other"},
	} {
		if got := For(c.app, c.c).ID; got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestTheSecretStandsOnlyInTheEnvironmentFile(t *testing.T) {
	const secret = "s3cretS3cret"
	for _, f := range Frameworks {
		v := Of("https://id.example", f, app, client)
		v.Secret = secret
		g := Read(f, v)
		if f.EnvFile != "" && f.Profile != models.ProfileSPA && !strings.Contains(g.Env.Text, secret) {
			t.Errorf("%s: the environment file lacks the secret:\n%s", f.ID, g.Env.Text)
		}
		if strings.Contains(g.Assistant, secret) {
			t.Errorf("%s: the secret is told to the assistant", f.ID)
		}
		for _, s := range g.Code {
			if strings.Contains(s.Text, secret) {
				t.Errorf("%s %s: the secret is in the code", f.ID, s.ID)
			}
		}
	}
	if Render("m2m", "cobol", Values{}) != "" || Render("x", "go", Values{}) != "" {
		t.Error("something is rendered that is not in the catalogue")
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := path.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
