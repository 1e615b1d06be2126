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
