package e2e

import (
	"context"
	"database/sql"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// inside runs statements on the database of a server, as another process of the machine.
func inside(t *testing.T, data string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "gatehouse.db")+"?_pragma=busy_timeout(20000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, text := range statements {
		if _, err := db.ExecContext(context.Background(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

// TestTheClockWasPutBack (R12): everything recorded is of the next hour, or of the last one, as after a step of the clock. The server
// starts, serves and writes all the same, and warns of the first.
func TestTheClockWasPutBack(t *testing.T) {
	for _, c := range []struct {
		step string
		warn bool
	}{{"+1 hour", true}, {"-1 hour", false}} {
		s := start(t)
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		var moved []string
		for _, column := range []string{"events.at", "applications.created_at", "applications.updated_at", "clients.created_at", "clients.updated_at", "credentials.created_at",
			"signing_keys.created_at", "signing_keys.activated_at", "administrators.created_at", "administrators.updated_at"} {
			table, name, _ := strings.Cut(column, ".")
			moved = append(moved, "UPDATE "+table+" SET "+name+" = strftime('%Y-%m-%d %H:%M:%f+00:00', "+name+", '"+c.step+"') WHERE "+name+" IS NOT NULL")
		}
		inside(t, s.Data, moved...)
		again := launch(t, s.Data, bootstrap...)
		again.ready()
		token := again.token(again.URL + "/rest/v1")
		if res := again.call(token, "POST", "/rest/v1/applications", map[string]any{"name": "After the step"}, nil); res.StatusCode != 201 {
			t.Errorf("%s: a write: %d", c.step, res.StatusCode)
		}
		deadline := time.Now().Add(5 * time.Second)
		for c.warn && !strings.Contains(again.log.String(), "the clock stands before what is recorded") && time.Now().Before(deadline) {
			time.Sleep(20 * time.Millisecond)
		}
		if told := strings.Contains(again.log.String(), "the clock stands before what is recorded"); told != c.warn {
			t.Errorf("%s: warned: %v\n%s", c.step, told, again.log)
		}
	}
}

// TestRekeyRefusesNoRequest (K2): 100,000 sealed records stand in the database; the data keys are wrapped anew within a minute, while
// requests that open and make secrets go on, and none of them is refused.
func TestRekeyRefusesNoRequest(t *testing.T) {
	s := start(t)
	token := s.token(s.URL + "/api/v2/")
	inside(t, s.Data, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
		INSERT INTO credentials (id, tenant_id, application_id, client_id, kind, name, sealed, hash, created_at)
		SELECT 'filler' || n.i, c.tenant_id, c.application_id, 'nobody', 'certificate', 'Filler ' || n.i, c.sealed, 'filler' || n.i, c.created_at FROM credentials c, n WHERE c.client_id = '`+clientID+`'`)
	var stop atomic.Bool
	var done atomic.Int64
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for ; !stop.Load(); time.Sleep(20 * time.Millisecond) { // below what one client may ask
				req, _ := http.NewRequest("GET", s.URL+"/api/v2/clients/"+clientID, nil)
				req.Header.Set("Authorization", "Bearer "+token)
				res, body := do(t, req)
				if res.StatusCode != 200 || !strings.Contains(string(body), clientSecret) {
					t.Errorf("during the rekeying: %d %s", res.StatusCode, body)
				}
				done.Add(1)
			}
		})
	}
	began := time.Now()
	for range 3 {
		if out, err := command(t, s.Data, "rekey"); err != nil {
			t.Fatalf("rekey: %v %s", err, out)
		}
	}
	took := time.Since(began)
	time.Sleep(300 * time.Millisecond)
	stop.Store(true)
	wg.Wait()
	if took > time.Minute || done.Load() < 10 {
		t.Errorf("three times in %v, with %d requests beside", took, done.Load())
	}
	if res := s.call(token, "POST", "/api/v2/clients", map[string]any{"name": "Afterwards"}, nil); res.StatusCode != 201 {
		t.Errorf("a new secret afterwards: %d", res.StatusCode)
	}
}
