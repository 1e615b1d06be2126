package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The headless bootstrap of every server that these tests start.
const (
	adminEmail    = "owner@example.com"
	adminPassword = "correct horse battery staple"
	clientID      = "bootstrap0000000000aa"
	clientSecret  = "bootstrap-secret-that-only-tests-know"
)

var binary struct {
	once sync.Once
	path string
	err  error
}

// built gives the binary, made once for all tests of a run.
func built(t testing.TB) string {
	t.Helper()
	binary.once.Do(func() {
		dir, err := os.MkdirTemp("", "gatehouse-e2e-")
		if err != nil {
			binary.err = err
			return
		}
		binary.path = filepath.Join(dir, "gatehouse")
		cmd := exec.Command("go", "build", "-o", binary.path, "gatehouse")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			binary.err = fmt.Errorf("build: %w\n%s", err, out)
		}
	})
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	return binary.path
}

// need skips a test by name when what it needs is absent, and fails it where the environment says that nothing may be skipped.
func need(t testing.TB, what string, there bool) {
	t.Helper()
	if there {
		return
	}
	if strings.Contains(os.Getenv("GATEHOUSE_TEST_REQUIRE"), what) {
		t.Fatalf("%s is required here and absent", what)
	}
	t.Skipf("%s is absent: this part is skipped", what)
}

// server is a running binary.
type server struct {
	t      testing.TB
	cmd    *exec.Cmd
	Data   string
	URL    string // plain HTTP origin
	Secure string // TLS origin
	Listen string // address of the plain HTTP listener
	Host   string // that requests name, as a balancer before the server would; their address when empty
	log    *lockedBuffer
	out    *lockedBuffer
	exited chan error
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs the binary on an empty folder with the headless bootstrap and waits until it is ready.
func start(t testing.TB, env ...string) *server {
	t.Helper()
	s := launch(t, t.TempDir(), append([]string{
		"GATEHOUSE_ADMIN_EMAIL=" + adminEmail, "GATEHOUSE_ADMIN_PASSWORD=" + adminPassword,
		"GATEHOUSE_BOOTSTRAP_CLIENT_ID=" + clientID, "GATEHOUSE_BOOTSTRAP_CLIENT_SECRET=" + clientSecret,
	}, env...)...)
	s.ready()
	return s
}

// launch runs the binary on a folder and waits until it says where it listens.
func launch(t testing.TB, data string, env ...string) *server {
	t.Helper()
	s := &server{t: t, Data: data, log: &lockedBuffer{}, out: &lockedBuffer{}, exited: make(chan error, 1)}
	s.cmd = exec.Command(built(t), "--data", data, "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0")
	s.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + data}, env...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s.cmd.Stdout = s.out
	stderr, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	serving := make(chan struct{})
	go s.follow(stderr, serving)
	t.Cleanup(func() { s.kill() })
	select {
	case <-serving:
	case err := <-s.exited:
		s.exited <- err
	case <-time.After(20 * time.Second):
		t.Fatalf("the server did not say that it serves:\n%s", s.log)
	}
	return s
}

// follow reads the log, notes the origins and the end.
func (s *server) follow(stderr io.Reader, serving chan struct{}) {
	told := false
	lines := bufio.NewScanner(stderr)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		_, _ = s.log.Write(append(lines.Bytes(), '\n'))
		var entry struct {
			Msg, URL, Secure, Listen string
		}
		if !told && json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Msg == "serving" {
			s.URL, s.Secure, s.Listen, told = entry.URL, entry.Secure, entry.Listen, true
			close(serving)
		}
	}
	s.exited <- s.cmd.Wait()
}

func (s *server) ready() {
	s.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		res, err := http.Get(s.URL + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == 200 && s.bootstrapped() {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Fatalf("the server is not ready:\n%s", s.log)
}

// bootstrapped tells whether the client of the headless bootstrap gets tokens yet: it is made after the first answer.
func (s *server) bootstrapped() bool {
	if !strings.Contains(strings.Join(s.cmd.Env, " "), "GATEHOUSE_BOOTSTRAP_CLIENT_ID") {
		return true
	}
	res, err := http.PostForm(s.URL+"/oidc/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {clientSecret}})
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == 200
}

// stop asks the server to end and gives how it did.
func (s *server) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-s.exited:
		s.exited <- err
		return err
	case <-time.After(15 * time.Second):
		return fmt.Errorf("the server did not stop in 15 s")
	}
}

func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	err := <-s.exited
	s.exited <- err
}

// token gets an access token of the bootstrap client for an audience; empty for the default.
func (s *server) token(audience string) string {
	s.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}}
	if audience != "" {
		form.Set("audience", audience)
	}
	return s.tokenOf(clientID, clientSecret, form)
}

func (s *server) tokenOf(id, secret string, form url.Values) string {
	s.t.Helper()
	form.Set("grant_type", "client_credentials")
	req, _ := http.NewRequest("POST", s.URL+"/oidc/token", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	req.Host = s.Host
	res, body := do(s.t, req)
	var out struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &out); err != nil || res.StatusCode != 200 || out.AccessToken == "" {
		s.t.Fatalf("token: %d %s", res.StatusCode, body)
	}
	return out.AccessToken
}

// call sends a JSON request with a bearer token and decodes the answer into out (nil to ignore it).
func (s *server) call(token, method, path string, in, out any) *http.Response {
	s.t.Helper()
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			s.t.Fatal(err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, s.URL+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Host = s.Host
	res, raw := do(s.t, req)
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			s.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, raw)
		}
	}
	return res
}

var plainClient = &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func do(t testing.TB, req *http.Request) (*http.Response, []byte) {
	t.Helper()
	res, err := plainClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}
