package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// journey is what a script in npm/ is told.
type journey struct {
	URL      string `json:"url"`
	Email    string `json:"email"`
	Password string `json:"password"`
	Chromium string `json:"chromium"`
	Link     string `json:"link,omitempty"`
	Scripts  bool   `json:"scripts"`
	More     any    `json:"more,omitempty"`
}

// travel runs a script of npm/ in a real browser and fails the test for every problem that it tells.
func travel(t *testing.T, script string, j journey) {
	t.Helper()
	j.Chromium, _ = exec.LookPath("chromium")
	need(t, "chromium", j.Chromium != "")
	_, err := exec.LookPath("node")
	need(t, "node", err == nil)
	_, err = os.Stat(filepath.Join("npm", "node_modules", "playwright-core"))
	need(t, "npm", err == nil)
	j.Email, j.Password = adminEmail, adminPassword
	told, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", script)
	cmd.Dir = "npm"
	cmd.Env = append(os.Environ(), "GATEHOUSE_JOURNEY="+string(told))
	cmd.WaitDelay = 5 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%s: %v\n%s", script, err, stderr.Bytes())
	}
	readJourney(t, out)
}

func readJourney(t *testing.T, out []byte) {
	t.Helper()
	done := false
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			Problem string
			Done    bool
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Errorf("not a line of a journey: %s", lines.Bytes())
			continue
		}
		done = done || line.Done
		switch {
		case line.Problem != "":
			t.Error(line.Problem)
		case !line.Done:
			t.Logf("%s", lines.Bytes())
		}
	}
	if !done {
		t.Error("the journey did not come to its end")
	}
}

// TestJourneys walks what administrators do in the console, with and without scripts.
func TestJourneys(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		name := map[bool]string{true: "scripts", false: "no scripts"}[scripts]
		t.Run("setup/"+name, func(t *testing.T) {
			s := launch(t, t.TempDir())
			travel(t, "setup.mjs", journey{URL: s.URL, Link: s.setupLink(), Scripts: scripts})
		})
		for _, script := range []string{"application", "secret", "experience"} {
			t.Run(script+"/"+name, func(t *testing.T) {
				s := start(t)
				travel(t, script+".mjs", journey{URL: s.URL, Scripts: scripts, More: map[string]string{"client": clientID}})
			})
		}
	}
}

var setupLine = regexp.MustCompile(`http://\S+/setup\?token=\S+`)

// setupLink waits for the line that a server without administrators prints.
func (s *server) setupLink() string {
	s.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if link := setupLine.FindString(s.out.String()); link != "" {
			return link
		}
	}
	s.t.Fatalf("no setup link was printed:\n%s", s.out)
	return ""
}
