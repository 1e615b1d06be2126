package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

var bootstrap = []string{"GATEHOUSE_ADMIN_EMAIL=" + adminEmail, "GATEHOUSE_ADMIN_PASSWORD=" + adminPassword,
	"GATEHOUSE_BOOTSTRAP_CLIENT_ID=" + clientID, "GATEHOUSE_BOOTSTRAP_CLIENT_SECRET=" + clientSecret}

type created struct{ ID, Name string }

// TestKillLosesNoAcknowledgedWrite kills the server while 16 writers write, again and again on one folder: what was answered
// with 201 is there after the restart (SECURITY-BAR R2).
func TestKillLosesNoAcknowledgedWrite(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the server many times")
	}
	data := t.TempDir()
	var acknowledged []string
	for round := range 4 {
		s := launch(t, data, bootstrap...)
		s.ready()
		token := s.token(s.URL + "/rest/v1")
		acknowledged = append(acknowledged, writeUntilKilled(s, token, round)...)
	}
	s := launch(t, data, bootstrap...)
	s.ready()
	token := s.token(s.URL + "/rest/v1")
	for _, id := range acknowledged {
		if res := s.call(token, "GET", "/rest/v1/applications/"+id, nil, nil); res.StatusCode != 200 {
			t.Errorf("application %s was acknowledged and is gone: %d", id, res.StatusCode)
		}
	}
	if len(acknowledged) < 50 {
		t.Errorf("only %d writes were acknowledged: the test did not test", len(acknowledged))
	}
	t.Logf("%d acknowledged writes over 4 kills, all there", len(acknowledged))
}

func writeUntilKilled(s *server, token string, round int) []string {
	var mu sync.Mutex
	var ids []string
	var stop atomic.Bool
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := 0; !stop.Load(); i++ {
				body := strings.NewReader(fmt.Sprintf(`{"name":"Round %d writer %d number %d"}`, round, w, i))
				req, _ := http.NewRequest("POST", s.URL+"/rest/v1/applications", body)
				req.Header.Set("Authorization", "Bearer "+token)
				req.Header.Set("Content-Type", "application/json")
				res, err := plainClient.Do(req)
				if err != nil {
					return
				}
				var out created
				if decode(res, &out) == nil && res.StatusCode == 201 {
					mu.Lock()
					ids = append(ids, out.ID)
					mu.Unlock()
				}
			}
		})
	}
	time.Sleep(time.Duration(300+rand.IntN(400)) * time.Millisecond) // the moment of the kill is the test
	s.kill()
	stop.Store(true)
	wg.Wait()
	return ids
}

// TestKillDuringBootAndMigration kills starts on an empty folder at every moment of the boot; the next start must serve.
func TestKillDuringBootAndMigration(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the server many times")
	}
	for i := range 12 {
		data := t.TempDir()
		for range 3 {
			cmd := exec.Command(built(t), "--data", data, "--listen", "127.0.0.1:0", "--tls-listen", "off")
			cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + data}, bootstrap...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(i*4+rand.IntN(8)) * time.Millisecond)
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
		s := launch(t, data, bootstrap...)
		s.ready()
		s.token("")
		s.kill()
	}
}

// TestAGracefulStopCutsNoRequest stops the server under load: every request that it took is answered (R3).
func TestAGracefulStopCutsNoRequest(t *testing.T) {
	s := start(t)
	token := s.token(s.URL + "/rest/v1")
	var cut, answered atomic.Int64
	var wg sync.WaitGroup
	var stop atomic.Bool
	for range 8 {
		wg.Go(func() {
			for !stop.Load() {
				req, _ := http.NewRequest("POST", s.URL+"/rest/v1/applications", strings.NewReader(`{"name":"A"}`))
				req.Header.Set("Authorization", "Bearer "+token)
				req.Header.Set("Content-Type", "application/json")
				res, err := plainClient.Do(req)
				switch {
				case err == nil:
					_ = decode(res, nil)
					answered.Add(1)
				case strings.Contains(err.Error(), "connection refused"):
					return // it takes no more connections: that is no cut
				case strings.Contains(err.Error(), "EOF") && !strings.Contains(err.Error(), "unexpected"), strings.Contains(err.Error(), "reset by peer"), strings.Contains(err.Error(), "idle"):
					return // an idle kept-alive connection was closed before the request was read
				default:
					cut.Add(1)
					t.Logf("cut: %v", err)
					return
				}
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	err := s.stop()
	stop.Store(true)
	wg.Wait()
	if err != nil || cut.Load() > 0 || answered.Load() == 0 {
		t.Errorf("stop: %v; %d answered, %d cut\n%s", err, answered.Load(), cut.Load(), s.log)
	}
}

// TestADamagedDatabaseIsRefusedUntouched (R6).
func TestADamagedDatabaseIsRefusedUntouched(t *testing.T) {
	data := t.TempDir()
	file := filepath.Join(data, "gatehouse.db")
	if err := os.WriteFile(file, []byte("this is not a database, it is a text"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := command(t, data, "serve")
	if err == nil || !strings.Contains(out, "damaged") || strings.Count(strings.TrimSpace(out), "\n") > 0 {
		t.Errorf("%v: %s", err, out)
	}
	if after, _ := os.ReadFile(file); !strings.HasPrefix(string(after), "this is not") {
		t.Error("the file was touched")
	}
}

// TestAWrongMasterKeyDoesNotStart (K3), and a copied database without it shows nothing (K1).
func TestAWrongMasterKeyDoesNotStart(t *testing.T) {
	s := start(t)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(s.Data, "gatehouse.db"))
	if err != nil || strings.Contains(string(raw), clientSecret) || strings.Contains(string(raw), adminPassword) || strings.Contains(string(raw), `"d":"`) {
		t.Errorf("the database file holds a secret in clear (%v)", err)
	}
	if err := os.Remove(filepath.Join(s.Data, "master.key")); err != nil {
		t.Fatal(err)
	}
	out, err := command(t, s.Data, "serve")
	if err == nil || !strings.Contains(out, "master key") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestBackupOfARunningServerRestores (R7).
func TestBackupOfARunningServerRestores(t *testing.T) {
	s := start(t)
	token := s.token(s.URL + "/rest/v1")
	var app created
	if res := s.call(token, "POST", "/rest/v1/applications", map[string]any{"name": "Kept"}, &app); res.StatusCode != 201 {
		t.Fatal(res.StatusCode)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if out, err := command(t, s.Data, "backup", copied); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := command(t, s.Data, "restore", copied); err == nil || !strings.Contains(out, "in use") {
		t.Errorf("restore under a running server: %v %s", err, out)
	}
	s.call(token, "DELETE", "/rest/v1/applications/"+app.ID, nil, nil)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if out, err := command(t, s.Data, "restore", copied); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	again := launch(t, s.Data, bootstrap...)
	again.ready()
	if res := again.call(again.token(again.URL+"/rest/v1"), "GET", "/rest/v1/applications/"+app.ID, nil, nil); res.StatusCode != 200 {
		t.Errorf("after the restore: %d", res.StatusCode)
	}
}

// TestRekeyKeepsEverything wraps the data keys anew while the server runs, and starts again with the new version only needed.
func TestRekeyKeepsEverything(t *testing.T) {
	s := start(t)
	out, err := command(t, s.Data, "rekey")
	if err != nil || !strings.Contains(out, "version 2") {
		t.Fatalf("%v: %s", err, out)
	}
	s.token("")
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	again := launch(t, s.Data, bootstrap...)
	again.ready()
	again.token("")
	if out, err := command(t, s.Data, "audit-verify"); err != nil {
		t.Errorf("audit-verify: %v %s", err, out)
	}
}

// TestADatabaseLockedByAnotherProcessIsNeverA500 (R5).
func TestADatabaseLockedByAnotherProcessIsNeverA500(t *testing.T) {
	s := start(t)
	token := s.token(s.URL + "/rest/v1")
	unlock := lockDatabase(t, s.Data)
	res := s.call(token, "POST", "/rest/v1/applications", map[string]any{"name": "A"}, nil)
	if res.StatusCode != 503 && res.StatusCode != 201 {
		t.Errorf("while locked: %d", res.StatusCode)
	}
	if res := s.call(token, "GET", "/rest/v1/applications", nil, nil); res.StatusCode != 200 {
		t.Errorf("read while locked: %d", res.StatusCode)
	}
	unlock()
	if res := s.call(token, "POST", "/rest/v1/applications", map[string]any{"name": "A"}, nil); res.StatusCode != 201 {
		t.Errorf("after the lock: %d", res.StatusCode)
	}
}

// TestNothingSecretIsLogged at the most talkative level (K4).
func TestNothingSecretIsLogged(t *testing.T) {
	s := start(t, "GATEHOUSE_LOG_LEVEL=debug")
	token := s.token(s.URL + "/rest/v1")
	var out struct {
		Secret struct{ Value string }
	}
	s.call(token, "POST", "/rest/v1/applications?x=query-string-value", map[string]any{"name": "A"}, nil)
	s.call(token, "POST", "/rest/v1/applications", map[string]any{"name": "A"}, &out)
	if out.Secret.Value == "" {
		t.Fatal("the creation told no secret: the test would not test")
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	for what, value := range map[string]string{"token": token, "client secret": clientSecret, "new secret": out.Secret.Value, "password": adminPassword, "query string": "query-string-value"} {
		if strings.Contains(s.log.String(), value) {
			t.Errorf("the log holds the %s", what)
		}
	}
	if !strings.Contains(s.log.String(), `"request_id"`) {
		t.Error("the log names no request")
	}
}

// command runs the binary to its end on a folder.
func command(t *testing.T, data string, args ...string) (string, error) {
	t.Helper()
	args = append([]string{args[0], "--data", data}, args[1:]...)
	if args[0] == "serve" {
		args = append(args, "--listen", "127.0.0.1:0", "--tls-listen", "off")
	}
	cmd := exec.Command(built(t), args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + data}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.CombinedOutput()
	return string(out), err
}
