package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The packages that the vendors publish for their own servers drive this one, over its TLS listener, unchanged.

func TestAuth0ManagementClient(t *testing.T) {
	s := start(t)
	tool(t, s, "auth0.mjs", map[string]string{"domain": strings.TrimPrefix(s.Secure, "https://"), "client_id": clientID, "client_secret": clientSecret})
}

func TestLogtoManagementClient(t *testing.T) {
	s := start(t)
	tool(t, s, "logto.mjs", map[string]string{"base": s.Secure, "client_id": clientID, "client_secret": clientSecret})
}

// tool runs a script of the npm folder, which says "ok" at its end.
func tool(t *testing.T, s *server, script string, about map[string]string) {
	t.Helper()
	needPackages(t)
	told, err := json.Marshal(about)
	if err != nil {
		t.Fatal(err)
	}
	out, err := node(t, s, "npm", []string{"GATEHOUSE_TOOL=" + string(told)}, script)
	if err != nil || !strings.HasSuffix(strings.TrimSpace(out), "ok") {
		t.Errorf("%s: %v\n%s", script, err, out)
	}
}

func needPackages(t *testing.T) {
	t.Helper()
	_, lookErr := exec.LookPath("node")
	_, err := os.Stat("npm/node_modules/auth0")
	need(t, "npm", lookErr == nil && err == nil)
}

// node runs a program that trusts the server's local authority, and gives what it said.
func node(t *testing.T, s *server, dir string, env []string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "NODE_EXTRA_CA_CERTS="+filepath.Join(s.Data, "ca.pem")), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// deployed are the groups of the deployment tool that the dialect has.
var deployed = []string{"tenant", "clients", "clientGrants", "resourceServers", "connections", "branding", "themes", "prompts",
	"emailTemplates", "emailProvider", "customDomains", "attackProtection"}

// TestAuth0DeployCLIExports exports a tenant with the vendor's deployment tool.
func TestAuth0DeployCLIExports(t *testing.T) {
	needPackages(t)
	s := start(t)
	furnishTenant(t, s)
	folder := t.TempDir()
	deploy(t, s, "export", "--format=yaml", "--output_folder="+folder)
	file, err := os.ReadFile(filepath.Join(folder, "tenant.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"https://shop.example.com/callback", "https://api.shop.example.com", "read:orders", "bruteForceProtection", "emailTemplates:", "prompts:"} {
		if !strings.Contains(string(file), want) {
			t.Errorf("the export does not hold %q:\n%s", want, file)
		}
	}
}

func furnishTenant(t *testing.T, s *server) {
	t.Helper()
	token := s.token(s.Secure + "/api/v2/")
	for path, body := range map[string]any{
		"/api/v2/clients":          map[string]any{"name": "Shop", "app_type": "regular_web", "callbacks": []string{"https://shop.example.com/callback"}},
		"/api/v2/resource-servers": map[string]any{"name": "Shop API", "identifier": "https://api.shop.example.com", "scopes": []any{map[string]any{"value": "read:orders"}}},
		"/api/v2/connections":      map[string]any{"name": "people", "strategy": "auth0"},
	} {
		var out map[string]any
		if res := s.call(token, "POST", path, body, &out); res.StatusCode != 201 {
			t.Fatalf("POST %s: %d %v", path, res.StatusCode, out)
		}
	}
}

// deploy runs the deployment tool.
func deploy(t *testing.T, s *server, args ...string) {
	t.Helper()
	env := []string{"AUTH0_DOMAIN=" + strings.TrimPrefix(s.Secure, "https://"), "AUTH0_CLIENT_ID=" + clientID, "AUTH0_CLIENT_SECRET=" + clientSecret,
		"AUTH0_INCLUDED_ONLY=" + quoted(deployed), "AUTH0_ALLOW_DELETE=false", "AUTH0_API_MAX_RETRIES=1"}
	out, err := node(t, s, "npm", env, append([]string{"node_modules/auth0-deploy-cli/lib/index.js"}, args...)...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", args[0], err, out)
	}
}

func quoted(words []string) string {
	out, _ := json.Marshal(words)
	return string(out)
}
