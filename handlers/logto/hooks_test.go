package logto_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"gatehouse/handlers/logto"
	"gatehouse/handlers/outbound"
	"gatehouse/handlers/webhooks"
	"gatehouse/models"
)

// loopback is a way out that reaches receivers of this process.
func loopback() *outbound.Client {
	_, local, _ := net.ParseCIDR("127.0.0.0/8")
	return outbound.New(outbound.Options{Allow: []*net.IPNet{local}})
}

// hooks are webhooks that may call receivers of this process, and speak this dialect.
func hooks(db models.DB, vault *models.Vault) webhooks.Ops {
	o := webhooks.New(db, vault, loopback())
	o.Speakers = []webhooks.Speaker{logto.HookSpeaker{}}
	return o
}

// ear is a receiver of hooks.
type ear struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	got    []heard
}

type heard struct {
	http.Header
	body string
}

func listen(t *testing.T) *ear {
	e := &ear{status: 200}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.got = append(e.got, heard{r.Header, string(body)})
		w.WriteHeader(e.status)
	}))
	t.Cleanup(e.Close)
	return e
}

func hookOf(url string, events ...string) object {
	return object{"name": "Receiver", "events": append([]string{}, events...), "config": object{"url": url, "headers": object{"X-Key": "h3ader"}}}
}

func TestHooks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(201, "POST", "/api/hooks", hookOf("https://example.com/hook", "Role.Created", "User.Created"))
		id := made.text("id")
		if len(made.text("signingKey")) != 32 || made["event"] != nil || made["enabled"] != true || made.text("tenantId") != "default" {
			t.Errorf("%v", made)
		}
		if got := w.do(200, "GET", "/api/hooks/"+id, nil); !same(got, made) {
			t.Errorf("reads back %v, wrote %v", got, made)
		}
		patched := w.do(200, "PATCH", "/api/hooks/"+id, object{"name": "Other", "enabled": false, "events": []string{"Scope.Deleted"}})
		if patched.text("name") != "Other" || patched["enabled"] != false || !same(patched["events"], []string{"Scope.Deleted"}) || !same(patched["config"], made["config"]) {
			t.Errorf("%v", patched)
		}
		patched = w.do(200, "PATCH", "/api/hooks/"+id, object{"config": object{"url": "https://example.com/other", "retries": 2}})
		if !same(patched["config"], object{"url": "https://example.com/other", "retries": 2}) {
			t.Errorf("a config replaces the one there is: %v", patched["config"])
		}
		rotated := w.do(200, "PATCH", "/api/hooks/"+id+"/signing-key", nil)
		if rotated.text("signingKey") == made.text("signingKey") || len(rotated.text("signingKey")) != 32 {
			t.Errorf("%v", rotated)
		}
		stats := w.do(200, "GET", "/api/hooks/"+id+"?includeExecutionStats=true", nil)
		if !same(stats["executionStats"], object{"successCount": 0, "requestCount": 0}) {
			t.Errorf("%v", stats)
		}
		if all := w.do(200, "GET", "/api/hooks", nil); len(all.rows()) != 1 {
			t.Errorf("%v", all)
		}
		if a := w.call(w.admin.token, "GET", "/api/hooks?page=1&page_size=1", nil); a.header.Get("Total-Number") != "1" || a.header.Get("Link") == "" {
			t.Errorf("%v", a.header)
		}
		w.do(204, "DELETE", "/api/hooks/"+id, nil)
		gone := w.do(404, "GET", "/api/hooks/"+id, nil)
		if gone.text("code") != "entity.not_found" {
			t.Errorf("%v", gone)
		}
	})
}

func TestADeprecatedEventIsGivenBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(201, "POST", "/api/hooks", object{"event": "PostSignIn", "config": object{"url": "https://example.com"}})
		if made["event"] != "PostSignIn" || !same(made["events"], []string{"PostSignIn"}) {
			t.Errorf("%v", made)
		}
		if got := w.do(200, "PATCH", "/api/hooks/"+made.text("id"), object{"event": nil, "events": []string{"Role.Created"}}); got["event"] != nil {
			t.Errorf("%v", got)
		}
	})
}

func TestWhatIsWrongWithAHook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			what string
			body any
			code string
			at   string
		}{
			{"no config", object{"events": []string{"Role.Created"}}, "guard.invalid_input", `["config"]`},
			{"no address", object{"events": []string{"Role.Created"}, "config": object{}}, "guard.invalid_input", `["config","url"]`},
			{"an address of another kind", hookOf("ftp://example.com", "Role.Created"), "guard.invalid_input", `["config","url"]`},
			{"another event", hookOf("https://example.com", "Role.Exploded"), "guard.invalid_input", `["events",0]`},
			{"a header of ours", object{"events": []string{"Role.Created"}, "config": object{"url": "https://example.com", "headers": object{"Host": "x"}}}, "guard.invalid_input", `["config","headers","Host"]`},
			{"a name that is too long", object{"name": strings.Repeat("x", 257), "events": []string{"Role.Created"}, "config": object{"url": "https://example.com"}}, "guard.invalid_input", `["name"]`},
		} {
			got := w.do(400, "POST", "/api/hooks", c.body)
			body, _ := json.Marshal(got)
			if got.text("code") != c.code || !strings.Contains(string(body), c.at) {
				t.Errorf("%s: %s", c.what, body)
			}
		}
		if all := w.do(200, "GET", "/api/hooks", nil); len(all.rows()) != 0 {
			t.Errorf("something was stored: %v", all)
		}
	})
}

// The document wants a config only: a hook without events is told nothing until some are chosen.
func TestAHookWithoutEvents(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(201, "POST", "/api/hooks", object{"config": object{"url": "https://example.com"}})
		if !same(made["events"], []string{}) {
			t.Errorf("%v", made)
		}
		got := w.do(400, "POST", "/api/hooks/"+made.text("id")+"/test", object{"events": []string{}, "config": object{"url": "https://example.com"}})
		if got.text("code") != "hook.missing_events" {
			t.Errorf("%v", got)
		}
	})
}

func TestAHookIsTested(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ear := listen(t)
		made := w.do(201, "POST", "/api/hooks", hookOf("https://example.com/hook", "Role.Created"))
		at, config := "/api/hooks/"+made.text("id")+"/test", object{"url": ear.URL, "headers": object{"X-Other": "o"}}
		w.do(204, "POST", at, object{"events": []string{"Role.Created", "PostSignIn"}, "config": config})
		if len(ear.got) != 2 {
			t.Fatalf("%d arrived", len(ear.got))
		}
		for _, h := range ear.got {
			m := hmac.New(sha256.New, []byte(made.text("signingKey")))
			m.Write([]byte(h.body))
			if h.Get("logto-signature-sha-256") != hex.EncodeToString(m.Sum(nil)) || h.Get("X-Other") != "o" || h.Get("X-Key") != "" {
				t.Errorf("%v", h.Header)
			}
		}
		ear.status = 500
		if got := w.do(422, "POST", at, object{"events": []string{"Role.Created"}, "config": config}); got.text("code") != "hook.endpoint_responded_with_error" {
			t.Errorf("%v", got)
		}
		private := object{"url": "http://169.254.169.254/latest/meta-data"}
		if got := w.do(422, "POST", at, object{"events": []string{"Role.Created"}, "config": private}); got.text("code") != "hook.send_test_payload_failed" {
			t.Errorf("%v", got)
		}
		w.do(404, "POST", "/api/hooks/nothing/test", object{"events": []string{"Role.Created"}, "config": config})
		logs := w.do(200, "GET", "/api/hooks/"+made.text("id")+"/recent-logs", nil)
		var results []string
		for _, row := range logs.rows() {
			results = append(results, row.(map[string]any)["payload"].(map[string]any)["result"].(string))
		}
		slices.Sort(results)
		if strings.Join(results, " ") != "Error Error Success Success" {
			t.Errorf("%v", results)
		}
		if stats := w.do(200, "GET", "/api/hooks/"+made.text("id")+"?includeExecutionStats=true", nil); !same(stats["executionStats"], object{"successCount": 2, "requestCount": 4}) {
			t.Errorf("%v", stats["executionStats"])
		}
	})
}

// A change arrives in the words of this dialect, and shows in the log of the hook.
func TestAHookIsToldOfAChange(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ear, ctx := listen(t), models.System(context.Background())
		made := w.do(201, "POST", "/api/hooks", hookOf(ear.URL, "Role.Created"))
		must(t, models.InTx(models.WithRequest(ctx, models.Request{Face: models.FaceLogto, Agent: "test", IP: "192.0.2.1"}), w.db, func(ctx context.Context, tx models.DB) error {
			return models.Record(ctx, tx, models.Event{Type: "role.created", ObjectKind: "role", ObjectID: "r1", ObjectName: "R"})
		}))
		log := slog.New(slog.DiscardHandler)
		_, err := models.Sealer{DB: w.db, Vault: w.vault, Now: models.Now, Log: log}.Seal(ctx)
		must(t, err)
		worker := webhooks.NewWorker(w.dialect.Webhooks, log)
		must(t, worker.Once(ctx))
		worker.Wait()
		if len(ear.got) != 1 {
			t.Fatalf("%d arrived", len(ear.got))
		}
		var body object
		must(t, json.Unmarshal([]byte(ear.got[0].body), &body))
		if body.text("event") != "Role.Created" || body.text("hookId") != made.text("id") || body.text("method") != "POST" || body.text("matchedRoute") != "/roles" || body.text("ip") != "192.0.2.1" || ear.got[0].Get("X-Key") != "h3ader" {
			t.Errorf("%v", body)
		}
		logs := w.do(200, "GET", "/api/hooks/"+made.text("id")+"/recent-logs?logKey=TriggerHook.Role.Created&page_size=1", nil)
		if len(logs.rows()) != 1 || logs.rows()[0].(map[string]any)["key"] != "TriggerHook.Role.Created" {
			t.Errorf("%v", logs)
		}
		if logs := w.do(200, "GET", "/api/hooks/"+made.text("id")+"/recent-logs?logKey=TriggerHook.User.Created", nil); len(logs.rows()) != 0 {
			t.Errorf("%v", logs)
		}
		w.do(400, "GET", "/api/hooks/"+made.text("id")+"/recent-logs?start_time=yesterday", nil)
	})
}

// Events in the words of other faces are theirs: this dialect neither shows nor removes them.
func TestAHookOfAnotherFace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := models.System(context.Background())
		native, err := w.dialect.Webhooks.Create(ctx, webhooks.CreateIn{Name: "Native", URL: "https://example.com", Events: []string{"client.*"}})
		must(t, err)
		if got := w.do(200, "GET", "/api/hooks/"+native.ID, nil); !same(got["events"], []string{}) || got.text("signingKey") != native.SigningKey {
			t.Errorf("%v", got)
		}
		w.do(200, "PATCH", "/api/hooks/"+native.ID, object{"events": []string{"Role.Created"}})
		row, err := w.dialect.Webhooks.Get(ctx, webhooks.OneIn{ID: native.ID})
		if err != nil || strings.Join(row.Events, " ") != "client.* Role.Created" {
			t.Errorf("%v %v", row.Events, err)
		}
		w.do(204, "DELETE", "/api/hooks/"+native.ID, nil)
	})
}

// A hook that moves here brings its date along, as the document lets it.
func TestAHookKeepsItsDate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		hook := hookOf("https://example.com", "Role.Created")
		hook["createdAt"] = 1700000000000
		made := w.do(201, "POST", "/api/hooks", hook)
		at := "/api/hooks/" + made.text("id")
		if got := w.do(200, "GET", at, nil); got["createdAt"] != 1700000000000.0 || made["createdAt"] != got["createdAt"] {
			t.Errorf("%v", got)
		}
		if got := w.do(200, "PATCH", at, object{"createdAt": 1600000000000}); got["createdAt"] != 1600000000000.0 {
			t.Errorf("%v", got)
		}
		w.refused(400, "guard.invalid_input", "PATCH", at, object{"createdAt": "then"})
	})
}

// The log of a hook that there is not is no empty log; a time that ends before it begins is refused.
func TestLogsOfAHookThatThereIsNot(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.refused(404, "entity.not_found", "GET", "/api/hooks/nothing/recent-logs", nil)
		w.refused(404, "entity.not_found", "GET", "/api/hooks/nothing/recent-logs?logKey=Interaction.Create", nil)
		made := w.do(201, "POST", "/api/hooks", hookOf("https://example.com", "Role.Created"))
		at := "/api/hooks/" + made.text("id") + "/recent-logs"
		w.do(200, "GET", at+"?end_time=1700000000000", nil)
		w.refused(400, "guard.invalid_input", "GET", at+"?start_time=1700000000000&end_time=1600000000000", nil)
	})
}
