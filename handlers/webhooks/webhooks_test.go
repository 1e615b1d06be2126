package webhooks_test

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
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/handlers/outbound"
	"gatehouse/handlers/webhooks"
	"gatehouse/models"
)

// world is a server's webhooks with a clock that a test turns, and a receiver outside.
type world struct {
	webhooks.Ops
	*webhooks.Worker
	t      *testing.T
	ctx    context.Context
	system context.Context
	seal   models.Sealer
	mu     sync.Mutex
	now    time.Time
	got    []received
	answer func(http.ResponseWriter, *http.Request)
	url    string
}

type received struct {
	http.Header
	body string
	at   time.Time
}

func newWorld(t *testing.T, db models.DB, vault *models.Vault, allow string) *world {
	w := &world{t: t, ctx: dbtest.Context(t), now: models.Now(), answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }}
	w.system = models.System(w.ctx)
	clock := func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now }
	_, network, err := net.ParseCIDR(allow)
	must(t, err)
	w.Ops = webhooks.New(db, vault, outbound.New(outbound.Options{Allow: []*net.IPNet{network}}))
	w.Ops.Now = clock
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	w.Worker = webhooks.NewWorker(w.Ops, log)
	w.seal = models.Sealer{DB: db, Vault: vault, Now: models.Now, Log: log}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.mu.Lock()
		w.got = append(w.got, received{r.Header, string(body), w.now})
		answer := w.answer
		w.mu.Unlock()
		answer(rw, r)
	}))
	t.Cleanup(server.Close)
	w.url = server.URL + "/hook"
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) hook(events ...string) webhooks.Created {
	w.t.Helper()
	out, err := w.Create(w.ctx, webhooks.CreateIn{Name: "Receiver", URL: w.url, Events: events})
	must(w.t, err)
	return out
}

// happen writes an event as any feature does.
func (w *world) happen(kind string) {
	w.t.Helper()
	noun, _, _ := strings.Cut(kind, ".")
	must(w.t, models.InTx(w.ctx, w.Ops.DB, func(ctx context.Context, tx models.DB) error {
		return models.Record(ctx, tx, models.Event{Type: kind, ObjectKind: noun, ObjectID: "1", ObjectName: "One", Detail: json.RawMessage(`{"name":{"before":"a","after":"b"}}`)})
	}))
}

// turn lets the sealer and the worker work once.
func (w *world) turn() {
	w.t.Helper()
	_, err := w.seal.Seal(w.system)
	must(w.t, err)
	must(w.t, w.Once(w.system))
	w.Wait()
	must(w.t, w.Once(w.system)) // what a full webhook kept waiting
	w.Wait()
}

func (w *world) log(id string) []models.WebhookDelivery {
	w.t.Helper()
	page, err := w.Deliveries(w.ctx, webhooks.DeliveriesIn{ID: id})
	must(w.t, err)
	return page.Items
}

func mac(key, text string) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}

func TestAChangeIsToldWithItsSignature(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault, "127.0.0.0/8")
		hook, err := w.Create(w.ctx, webhooks.CreateIn{Name: " Receiver ", URL: w.url, Events: []string{"client.*"},
			Headers: map[string]models.Secret{"X-Api-Key": models.NewSecret("k3y-value"), "User-Agent": models.NewSecret("mine")}})
		must(t, err)
		w.happen("client.updated")
		w.happen("application.updated")
		w.turn()
		if len(w.got) != 1 {
			t.Fatalf("%d deliveries arrived", len(w.got))
		}
		r := w.got[0]
		var body webhooks.Notice
		must(t, json.Unmarshal([]byte(r.body), &body))
		if body.Type != "client.updated" || body.Object.Name != "One" || body.Actor.Name != "Olivia Owner" || body.WebhookID != hook.ID || !strings.Contains(string(body.Changes), `"after":"b"`) {
			t.Errorf("%s", r.body)
		}
		if r.Get("X-Api-Key") != "k3y-value" || r.Get("User-Agent") != "mine" || r.Get("Gatehouse-Event") != "client.updated" || r.Get("Gatehouse-Event-Id") != body.ID {
			t.Errorf("%v", r.Header)
		}
		if got := r.Get("Logto-Signature-Sha-256"); got != mac(hook.SigningKey, r.body) {
			t.Errorf("logto-signature-sha-256: %s", got)
		}
		seconds, _, _ := strings.Cut(strings.TrimPrefix(r.Get("Gatehouse-Signature"), "t="), ",")
		if want := "t=" + seconds + ",v1=" + mac(hook.SigningKey, seconds+"."+r.body); r.Get("Gatehouse-Signature") != want {
			t.Errorf("Gatehouse-Signature: %s", r.Get("Gatehouse-Signature"))
		}
		log := w.log(hook.ID)
		if len(log) != 1 || log[0].State != models.DeliveryDelivered || log[0].Status != 204 || log[0].Attempts != 1 || log[0].EventID != body.ID {
			t.Fatalf("%+v", log)
		}
		one, err := w.GetDelivery(w.ctx, webhooks.DeliveryIn{ID: hook.ID, DeliveryID: log[0].ID})
		must(t, err)
		kept, _ := json.Marshal(one)
		if len(one.Tries) != 1 || one.Tries[0].Request["X-Api-Key"] != "[secret]" || strings.Contains(string(kept), "k3y-value") || strings.Contains(string(kept), hook.SigningKey) {
			t.Errorf("the log holds %s", kept)
		}
		if got, err := w.StatsSince(w.ctx, w.now.Add(-time.Hour)); err != nil || got[hook.ID].Delivered != 1 {
			t.Errorf("%v %v", got, err)
		}
	})
}

func TestWhatWasRolledBackIsNotTold(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault, "127.0.0.0/8")
	w.hook("*")
	_ = models.InTx(w.ctx, db, func(ctx context.Context, tx models.DB) error {
		must(t, models.Record(ctx, tx, models.Event{Type: "client.updated"}))
		return models.Missing("reason to commit")
	})
	w.turn()
	for _, r := range w.got {
		if r.Get("Gatehouse-Event") != "webhook.created" {
			t.Errorf("told of %s", r.Get("Gatehouse-Event"))
		}
	}
}

func TestAFailureIsTriedAgainLaterAndLater(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault, "127.0.0.0/8")
		w.answer = func(rw http.ResponseWriter, _ *http.Request) { http.Error(rw, "not now", 503) }
		hook := w.hook("client.updated")
		w.happen("client.updated")
		w.turn()
		var waits []time.Duration
		for range webhooks.DefaultRetries {
			d := w.log(hook.ID)[0]
			if d.State != models.DeliveryPending || d.NextAt == nil || d.Reason != "status_503" {
				t.Fatalf("%+v", d)
			}
			waits = append(waits, d.NextAt.Sub(w.now))
			before := len(w.got)
			w.now = d.NextAt.Add(-time.Second)
			w.turn()
			if len(w.got) != before {
				t.Fatal("tried before its time")
			}
			w.now = *d.NextAt
			w.turn()
		}
		if d := w.log(hook.ID)[0]; d.State != models.DeliveryFailed || d.Attempts != webhooks.DefaultRetries+1 || d.NextAt != nil || len(w.got) != webhooks.DefaultRetries+1 {
			t.Errorf("%+v after %d attempts", d, len(w.got))
		}
		if !slices.IsSorted(waits) || waits[0] > 6*time.Second || waits[4] < 15*time.Minute {
			t.Errorf("waits: %v", waits)
		}
		for _, r := range w.got[1:] {
			if r.Get("Gatehouse-Event-Id") != w.got[0].Get("Gatehouse-Event-Id") || r.body != w.got[0].body {
				t.Error("another try tells something else")
			}
		}
		one, err := w.GetDelivery(w.ctx, webhooks.DeliveryIn{ID: hook.ID, DeliveryID: w.log(hook.ID)[0].ID})
		if err != nil || len(one.Tries) != 6 || one.Tries[5].Number != 6 || one.Tries[0].Body != "not now\n" {
			t.Errorf("%+v %v", one.Tries, err)
		}
	})
}

// A process that dies between the commit and the delivery, wherever it was, has the next one deliver.
func TestANoticeSurvivesAKill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault, "127.0.0.0/8")
		hook := w.hook("client.*")
		w.happen("client.created") // dies before the log is sealed
		w.turn()
		w.happen("client.updated")
		_, err := w.seal.Seal(w.system)
		must(t, err)
		_, err = w.Spread(w.system) // dies with the delivery queued
		must(t, err)
		w.turn()
		w.happen("client.deleted")
		_, err = w.seal.Seal(w.system)
		must(t, err)
		_, err = w.Spread(w.system)
		must(t, err)
		_, err = db.Write.ExecContext(w.ctx, "UPDATE webhook_deliveries SET lease_until = ? WHERE state = 'pending'", w.now.Add(20*time.Second)) // dies while sending
		must(t, err)
		w.turn()
		if len(w.got) != 2 {
			t.Errorf("a delivery that another worker has was sent: %d arrived", len(w.got))
		}
		w.now = w.now.Add(21 * time.Second)
		w.turn()
		var got []string
		for _, r := range w.got {
			got = append(got, r.Get("Gatehouse-Event"))
		}
		if strings.Join(got, " ") != "client.created client.updated client.deleted" || len(w.log(hook.ID)) != 3 {
			t.Errorf("arrived: %v", got)
		}
	})
}

// Two nodes look at the same time: every event is queued once and sent once.
func TestTwoWorkersSendOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault, "127.0.0.0/8")
		hook := w.hook("client.*")
		for range 20 {
			w.happen("client.updated")
		}
		_, err := w.seal.Seal(w.system)
		must(t, err)
		other := webhooks.NewWorker(w.Ops, slog.New(slog.NewTextHandler(io.Discard, nil)))
		var wg sync.WaitGroup
		for _, worker := range []*webhooks.Worker{w.Worker, other} {
			wg.Go(func() {
				for range 20 {
					if err := worker.Once(w.system); err != nil {
						t.Error(err)
					}
					worker.Wait()
				}
			})
		}
		wg.Wait()
		seen := map[string]bool{}
		for _, r := range w.got {
			seen[r.Get("Gatehouse-Event-Id")] = true
		}
		if len(w.got) != 20 || len(seen) != 20 {
			t.Errorf("%d deliveries of %d events", len(w.got), len(seen))
		}
		page, err := w.Deliveries(w.ctx, webhooks.DeliveriesIn{ID: hook.ID, State: models.DeliveryDelivered, PageIn: models.PageIn{Limit: 15}})
		if err != nil || len(page.Items) != 15 || page.Next == "" {
			t.Errorf("%d %v", len(page.Items), err)
		}
	})
}

// A receiver that hangs has at most three deliveries under way, and the others get theirs.
func TestASlowReceiverDoesNotStopTheOthers(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault, "127.0.0.0/8")
	release, under := make(chan struct{}), make(chan struct{}, 20)
	hang := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { under <- struct{}{}; <-release }))
	defer hang.Close()
	_, err := w.Create(w.ctx, webhooks.CreateIn{Name: "Slow", URL: hang.URL, Events: []string{"client.*"}})
	must(t, err)
	quick := w.hook("client.*")
	for range 8 {
		w.happen("client.updated")
	}
	_, err = w.seal.Seal(w.system)
	must(t, err)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() { w.Worker.Run(ctxUntil(w.system, done)); close(ended) }()
	deadline := time.Now().Add(20 * time.Second)
	for delivered := 0; delivered < 8 && time.Now().Before(deadline); {
		delivered = 0
		for _, d := range w.log(quick.ID) {
			if d.State == models.DeliveryDelivered {
				delivered++
			}
		}
	}
	if n := len(under); n != 3 {
		t.Errorf("%d deliveries to the slow one are under way", n)
	}
	for _, d := range w.log(quick.ID) {
		if d.State != models.DeliveryDelivered {
			t.Errorf("%+v", d)
		}
	}
	close(release)
	close(done)
	<-ended
}

func ctxUntil(ctx context.Context, done chan struct{}) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() { <-done; cancel() }()
	return ctx
}

func TestAPrivateAddressIsNotCalled(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault, "10.0.0.0/8")
	hook := w.hook("client.updated")
	w.happen("client.updated")
	w.turn()
	if d := w.log(hook.ID)[0]; len(w.got) != 0 || d.Reason != outbound.PrivateAddress || d.State != models.DeliveryPending {
		t.Errorf("%+v; %d arrived", d, len(w.got))
	}
}

func TestARotatedKeySignsBesideTheOldOneForADay(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault, "127.0.0.0/8")
	first := w.hook("client.updated")
	second, err := w.RotateKey(w.ctx, webhooks.OneIn{ID: first.ID})
	must(t, err)
	if second.SigningKey == first.SigningKey || len(second.SigningKey) != 32 {
		t.Fatal(second.SigningKey)
	}
	signatures := func() []string {
		w.happen("client.updated")
		w.turn()
		r := w.got[len(w.got)-1]
		if r.Get("Logto-Signature-Sha-256") != mac(second.SigningKey, r.body) {
			t.Error("logto-signature-sha-256 is not by the new key")
		}
		parts := strings.Split(r.Get("Gatehouse-Signature"), ",")
		text := strings.TrimPrefix(parts[0], "t=") + "." + r.body
		if parts[1] != "v1="+mac(second.SigningKey, text) || len(parts) > 2 && parts[2] != "v1="+mac(first.SigningKey, text) {
			t.Error(parts)
		}
		return parts[1:]
	}
	if n := len(signatures()); n != 2 {
		t.Errorf("%d signatures after a rotation", n)
	}
	w.now = w.now.Add(webhooks.KeyOverlap)
	if n := len(signatures()); n != 1 {
		t.Errorf("%d signatures a day later", n)
	}
	stale := models.WithActor(w.ctx, models.Actor{Kind: models.ActorAdministrator, ID: "a", TenantID: models.DefaultTenant, Actions: models.OwnerActions, AuthTime: w.now.Add(-time.Hour)})
	if _, err := w.RotateKey(stale, webhooks.OneIn{ID: first.ID}); !models.IsFault(err, models.Forbidden) {
		t.Errorf("without a recent sign-in: %v", err)
	}
}

func TestAKeyAndHeadersAreSealedAndNotShown(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault, "127.0.0.0/8")
	hook, err := w.Create(w.ctx, webhooks.CreateIn{Name: "R", URL: w.url, Events: []string{"*"}, Headers: map[string]models.Secret{"X-Key": models.NewSecret("h3ader")}})
	must(t, err)
	out, err := w.Update(w.ctx, webhooks.UpdateIn{ID: hook.ID, Headers: models.Some(map[string]models.Opt[models.Secret]{"x-key": models.Null[models.Secret](), "X-Other": models.Some(models.NewSecret("h3ader2"))})})
	if err != nil || strings.Join(out.HeaderNames, " ") != "X-Other" {
		t.Fatal(out.HeaderNames, err)
	}
	shown, _ := json.Marshal(out)
	var rows, events []string
	must(t, db.Read.NewRaw("SELECT sealed_headers || sealed_key || url || stored FROM webhooks").Scan(w.ctx, &rows))
	must(t, db.Read.NewRaw("SELECT detail FROM events WHERE detail IS NOT NULL").Scan(w.ctx, &events))
	for _, secret := range []string{hook.SigningKey, "h3ader"} {
		if all := string(shown) + strings.Join(rows, "") + strings.Join(events, ""); strings.Contains(all, secret) {
			t.Errorf("a secret in %s", all)
		}
	}
	robot := dbtest.As(t, models.Actor{Kind: models.ActorClient, ID: "robot", Actions: models.OwnerActions})
	key, err := w.SigningKey(robot, out)
	if err != nil || key.Reveal() != hook.SigningKey {
		t.Error(err)
	}
	if _, err := w.SigningKey(w.ctx, out); !models.IsFault(err, models.Forbidden) {
		t.Errorf("an owner, who is shown it by a reveal alone: %v", err)
	}
	viewer := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "v", Actions: models.ViewerActions})
	if _, err := w.SigningKey(viewer, out); !models.IsFault(err, models.Forbidden) {
		t.Errorf("a viewer: %v", err)
	}
}

func TestWhatIsWrongWithAWebhookIsNamed(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault, "127.0.0.0/8")
	headers := func(name, value string) map[string]models.Secret {
		return map[string]models.Secret{name: models.NewSecret(value)}
	}
	good := webhooks.CreateIn{Name: "R", URL: "https://example.com/", Events: []string{"client.*"}}
	for _, c := range []struct {
		what, field string
		change      func(*webhooks.CreateIn)
	}{
		{"no name", "name", func(in *webhooks.CreateIn) { in.Name = " " }},
		{"a long name", "name", func(in *webhooks.CreateIn) { in.Name = strings.Repeat("x", 257) }},
		{"no address", "url", func(in *webhooks.CreateIn) { in.URL = "" }},
		{"another scheme", "url", func(in *webhooks.CreateIn) { in.URL = "file:///etc/passwd" }},
		{"a password in the address", "url", func(in *webhooks.CreateIn) { in.URL = "https://u:p@example.com/" }},
		{"an event that is none", "events[1]", func(in *webhooks.CreateIn) { in.Events = []string{"*", "Client Updated"} }},
		{"too many retries", "retries", func(in *webhooks.CreateIn) { in.Retries = models.Some[int64](11) }},
		{"a header with a colon", "headers.a:b", func(in *webhooks.CreateIn) { in.Headers = headers("a:b", "c") }},
		{"a header that frames the message", "headers.Content-Length", func(in *webhooks.CreateIn) { in.Headers = headers("Content-Length", "0") }},
		{"a header that vouches", "headers.gatehouse-signature", func(in *webhooks.CreateIn) { in.Headers = headers("gatehouse-signature", "x") }},
		{"a second line in a header", "headers.X", func(in *webhooks.CreateIn) { in.Headers = headers("X", "a\r\nB: c") }},
	} {
		in := good
		c.change(&in)
		_, err := w.Create(w.ctx, in)
		f, ok := models.AsFault(err)
		if !ok || f.Code != models.Invalid || f.Fields[0].Name != c.field {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	if page, err := w.List(w.ctx, struct{}{}); err != nil || len(page.Items) != 0 {
		t.Errorf("%d were stored, %v", len(page.Items), err)
	}
}

func TestChangesOfAWebhook(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault, "127.0.0.0/8")
	hook := w.hook("client.*")
	off, err := w.Update(w.ctx, webhooks.UpdateIn{ID: hook.ID, Enabled: models.Some(false), Version: models.Some[int64](1)})
	if err != nil || off.Enabled || off.Version != 2 {
		t.Fatal(off, err)
	}
	if _, err := w.Update(w.ctx, webhooks.UpdateIn{ID: hook.ID, Name: models.Some("X"), Version: models.Some[int64](1)}); !models.IsFault(err, models.Stale) {
		t.Errorf("an old version: %v", err)
	}
	w.happen("client.updated")
	w.turn()
	if len(w.got) != 0 {
		t.Error("a webhook that is off was told")
	}
	on, err := w.Update(w.ctx, webhooks.UpdateIn{ID: hook.ID, Enabled: models.Some(true)})
	must(t, err)
	w.happen("client.updated")
	w.turn()
	if len(w.got) != 1 {
		t.Errorf("%d arrived after it was switched on", len(w.got))
	}
	must(t, w.Delete(w.ctx, webhooks.DeleteIn{ID: hook.ID, Version: models.Some(on.Version)}))
	if _, err := w.Get(w.ctx, webhooks.OneIn{ID: hook.ID}); !models.IsFault(err, models.NotFound) {
		t.Error(err)
	}
	for _, table := range []string{"webhooks", "webhook_deliveries", "webhook_attempts"} {
		if n, _ := db.Read.NewSelect().Table(table).Count(w.ctx); n != 0 {
			t.Errorf("%d rows are left in %s", n, table)
		}
	}
	viewer := dbtest.As(t, models.Actor{Kind: models.ActorAdministrator, ID: "v", Actions: models.ViewerActions})
	if _, err := w.Create(viewer, webhooks.CreateIn{}); !models.IsFault(err, models.Forbidden) {
		t.Errorf("a viewer creates: %v", err)
	}
}

func TestResendingIsIdempotentByEvent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db models.DB, vault *models.Vault) {
		w := newWorld(t, db, vault, "127.0.0.0/8")
		w.answer = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(500) }
		hook := w.hook("client.*")
		_, err := w.Update(w.ctx, webhooks.UpdateIn{ID: hook.ID, Retries: models.Some[int64](0)})
		must(t, err)
		w.happen("client.created")
		w.happen("client.updated")
		w.turn()
		failed := w.log(hook.ID)
		in := webhooks.DeliveryIn{ID: hook.ID, DeliveryID: failed[0].ID}
		first, err := w.Resend(w.ctx, in)
		must(t, err)
		second, err := w.Resend(w.ctx, in)
		if err != nil || second.ID != first.ID || first.EventID != failed[0].EventID || first.Body != failed[0].Body || first.ResendOf != failed[0].ID {
			t.Errorf("%+v %+v %v", first, second, err)
		}
		w.answer = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(200) }
		w.turn()
		all, err := w.ResendAll(w.ctx, webhooks.ResendAllIn{ID: hook.ID, Since: w.now.Add(-time.Hour)})
		if err != nil || all.Count != 1 {
			t.Errorf("one of two events is still missing, %d are sent again: %v", all.Count, err)
		}
		w.turn()
		if all, err = w.ResendAll(w.ctx, webhooks.ResendAllIn{ID: hook.ID, Since: w.now.Add(-time.Hour)}); err != nil || all.Count != 0 {
			t.Errorf("nothing is missing, %d are sent again: %v", all.Count, err)
		}
		if len(w.got) != 4 {
			t.Errorf("%d arrived", len(w.got))
		}
		_, err = w.Update(w.ctx, webhooks.UpdateIn{ID: hook.ID, Enabled: models.Some(false)})
		must(t, err)
		if _, err := w.Resend(w.ctx, in); !models.IsFault(err, models.Conflict) {
			t.Errorf("a webhook that is off: %v", err)
		}
	})
}

func TestATestIsSentAtOnceAndKept(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault, "127.0.0.0/8")
	hook := w.hook("client.*")
	out, err := w.Test(w.ctx, webhooks.TestIn{ID: hook.ID})
	if err != nil || len(out.Deliveries) != 1 || out.Deliveries[0].State != models.DeliveryDelivered || !out.Deliveries[0].Test || len(w.got) != 1 {
		t.Fatalf("%+v %v", out, err)
	}
	if r := w.got[0]; r.Get("Gatehouse-Event") != "client.updated" || r.Get("Logto-Signature-Sha-256") != mac(hook.SigningKey, r.body) || !strings.Contains(r.body, `"test":true`) {
		t.Errorf("%v %s", r.Header, r.body)
	}
	w.answer = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(418) }
	out, err = w.Test(w.ctx, webhooks.TestIn{ID: hook.ID, Events: []string{"client.created", "key.promoted"}})
	if err != nil || len(out.Deliveries) != 2 || out.Deliveries[1].Reason != "status_418" || out.Deliveries[1].State != models.DeliveryFailed {
		t.Fatalf("%+v %v", out, err)
	}
	if _, err := w.Test(w.ctx, webhooks.TestIn{ID: hook.ID, Events: []string{"client.*"}}); !models.IsFault(err, models.Invalid) {
		t.Errorf("a pattern: %v", err)
	}
	w.turn()
	if len(w.got) != 3 {
		t.Errorf("a test was tried again: %d arrived", len(w.got))
	}
}

func TestOldDeliveriesLeaveTheLog(t *testing.T) {
	db, vault := dbtest.Open(t)
	w := newWorld(t, db, vault, "127.0.0.0/8")
	hook := w.hook("client.*")
	w.happen("client.updated")
	w.turn()
	w.now = w.now.AddDate(0, 0, 31)
	w.turn()
	if log := w.log(hook.ID); len(log) != 0 {
		t.Errorf("%d are kept", len(log))
	}
}
