package e2e

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gatehouse/handlers/guides"
	"gatehouse/models"
)

// TestGuidesRun runs the programs that the pages show, byte for byte, with a client of the running server. Nobody edits them in between.
func TestGuidesRun(t *testing.T) {
	s := start(t)
	for _, framework := range []string{"management", "m2m"} {
		party := newParty(t, s, framework)
		for _, p := range []struct{ lang, with string }{{"curl", "sh"}, {"go", "go"}, {"node", "node"}, {"python", "python3"}} {
			t.Run(framework+"/"+p.lang, func(t *testing.T) {
				needProgram(t, strings.TrimSuffix(p.with, "3"), p.with)
				program := guideFile(t, s, framework, p.lang, party.client)
				argv := []string{p.with, program}
				if p.with == "go" {
					argv = []string{p.with, "run", program}
				}
				out, err := runGuide(t, party.secret, argv...)
				if err != nil || !strings.Contains(out, party.name) {
					t.Errorf("the guide does not do what it says: %v\n%s", err, out)
				}
				if out, err := runGuide(t, "wrong", argv...); err == nil || !strings.Contains(out, "invalid_client") {
					t.Errorf("the guide does not tell of a wrong secret: %v\n%s", err, out)
				}
			})
		}
	}
}

// TestGoGuideVerifiesTokens gives tokens of the server to the program of the Go API guide.
func TestGoGuideVerifiesTokens(t *testing.T) {
	needProgram(t, "go", "go")
	s := start(t)
	party := newParty(t, s, "go-verify")
	source := guideFile(t, s, "go-verify", "go", party.client)
	program := strings.TrimSuffix(source, ".go")
	if out, err := runGuide(t, "", "go", "build", "-o", program, source); err != nil {
		t.Fatalf("the guide does not compile: %v\n%s", err, out)
	}
	good := s.tokenOf(party.client.ID, party.secret, audience(guideOrigin(s)+"/rest/v1"))
	if out, err := runGuide(t, "", program, good); err != nil || !strings.Contains(out, party.client.ID) {
		t.Errorf("a good token is refused: %v\n%s", err, out)
	}
	other := s.token(guideOrigin(s) + "/cis")
	if out, err := runGuide(t, "", program, other); err == nil {
		t.Errorf("a token for another audience is taken:\n%s", out)
	}
	cut := len(good) - 20 // inside the signature, where every character counts in full
	other = "AAAAAAAA"
	if strings.HasPrefix(good[cut:], other) {
		other = "BBBBBBBB"
	}
	bad := good[:cut] + other + good[cut+8:]
	if out, err := runGuide(t, "", program, bad); err == nil || !strings.Contains(out, "signature") {
		t.Errorf("a token with another signature is taken: %v\n%s", err, out)
	}
}

// party is an application of the running server and its client.
type party struct {
	name, id, secret string
	client           models.Client
}

func newParty(t *testing.T, s *server, framework string) party {
	t.Helper()
	f, ok := guides.Find(framework)
	if !ok {
		t.Fatalf("no guide is called %s", framework)
	}
	return makeParty(t, s, f, "Guide "+framework)
}

// makeParty creates an application for a framework, as the page of creation does.
func makeParty(t *testing.T, s *server, f guides.Framework, name string) party {
	t.Helper()
	p := party{name: name}
	kind := f.Kind
	if kind == "" {
		kind = models.KindStandard
	}
	var made struct {
		ID     string
		Client struct{ ID string }
		Secret struct{ Value string }
	}
	res := s.call(s.token(s.URL+"/rest/v1"), "POST", "/rest/v1/applications",
		map[string]any{"name": p.name, "kind": kind, "framework": f.ID, "client": map[string]any{"profile": f.Profile}}, &made)
	if res.StatusCode != 201 || made.Secret.Value == "" {
		t.Fatalf("create the application: %d %+v", res.StatusCode, made)
	}
	p.id, p.client.ID, p.secret = made.ID, made.Client.ID, made.Secret.Value
	return p
}

// guideOrigin is the origin that the pages put into the guides: the one that the page was asked from.
func guideOrigin(s *server) string { return s.URL }

func guideFile(t *testing.T, s *server, framework, lang string, c models.Client) string {
	t.Helper()
	f, _ := guides.Find(framework)
	text := guides.Render(framework, lang, guides.Of(guideOrigin(s), f, models.Application{}, c))
	if text == "" {
		t.Fatalf("the guide %s has no %s", framework, lang)
	}
	name := "program"
	for _, snippet := range f.Code {
		if snippet.ID == lang {
			name = filepath.Base(snippet.File)
		}
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// runGuide runs a program as a reader of the guide does: the secret is in the environment, and Go programs have no module and no network.
func runGuide(t *testing.T, secret string, argv ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), guides.SecretEnv+"="+secret, "CGO_ENABLED=0", "GO111MODULE=off", "GOPROXY=off")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func needProgram(t *testing.T, what, program string) {
	t.Helper()
	_, err := exec.LookPath(program)
	need(t, what, err == nil)
}

func audience(a string) url.Values { return url.Values{"audience": {a}} }
