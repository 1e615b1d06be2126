package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// TestKillLosesNoNotice kills the server while 16 writers write: every change that was answered with 201 is told to a webhook,
// by the same process or by the next one, at least once.
func TestKillLosesNoNotice(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the server several times")
	}
	var mu sync.Mutex
	told := map[string]int{}
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var notice struct {
			Object struct{ ID string }
		}
		if json.NewDecoder(r.Body).Decode(&notice) == nil && r.Header.Get("Gatehouse-Signature") != "" {
			mu.Lock()
			told[notice.Object.ID]++
			mu.Unlock()
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer receiver.Close()
	data, env := t.TempDir(), append([]string{"GATEHOUSE_ALLOW_OUTBOUND=127.0.0.0/8"}, bootstrap...)
	var acknowledged []string
	for round := range 3 {
		s := launch(t, data, env...)
		s.ready()
		token := s.token(s.URL + "/rest/v1")
		if round == 0 {
			hook := map[string]any{"name": "Receiver", "url": receiver.URL, "events": []string{"application.created"}}
			if res := s.call(token, "POST", "/rest/v1/webhooks", hook, nil); res.StatusCode != 201 {
				t.Fatalf("webhook: %d", res.StatusCode)
			}
		}
		acknowledged = append(acknowledged, writeUntilKilled(s, token, round)...)
	}
	s := launch(t, data, env...)
	s.ready()
	missing := func() (n int) {
		mu.Lock()
		defer mu.Unlock()
		for _, id := range acknowledged {
			if told[id] == 0 {
				n++
			}
		}
		return n
	}
	for deadline := time.Now().Add(60 * time.Second); missing() > 0 && time.Now().Before(deadline); {
		time.Sleep(100 * time.Millisecond) // the server sends when it sends
	}
	if n := missing(); n > 0 || len(acknowledged) < 20 {
		t.Errorf("of %d acknowledged changes %d were never told", len(acknowledged), n)
	}
	t.Logf("%d acknowledged changes over 3 kills, all told", len(acknowledged))
}
