package bench

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/migrations"
	"gatehouse/models"
)

var (
	report = flag.Bool("bench-report", false, "measure and print the report; takes some minutes")
	scale  = flag.Float64("bench-scale", 1, "how many requests to send, as a part of the usual number")
)

const (
	clientID     = "benchclient0000000000"
	clientSecret = "a-bench-secret-of-enough-length-0123456789"
	email        = "owner@example.com"
	password     = "correct horse battery staple"
)

// TestMain lets the test binary be the control as well: a bare Fiber server in a process of its own.
func TestMain(m *testing.M) {
	if address := os.Getenv("GATEHOUSE_BENCH_HELLO"); address != "" {
		app := fiber.New(fiber.Config{DisableStartupMessage: true, Immutable: true})
		app.Get("/", func(c *fiber.Ctx) error { return c.SendString("hello") })
		if err := app.Listen(address); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return
	}
	os.Exit(m.Run())
}

// TestBench prints the figures of README and holds them against the limits that a release must keep.
func TestBench(t *testing.T) {
	if !*report {
		t.Skip("make bench measures; this needs -bench-report")
	}
	binary := build(t)
	small, large := t.TempDir(), t.TempDir()
	seed(t, small, 1_000)
	seed(t, large, 100_000)
	hello := control(t)
	out := &table{}
	baseline := measure(t, hello, get("control: bare Fiber hello", "/", ""), 60_000)
	out.add(baseline, 0, "")
	es, rs := signatures()
	out.add(figure{name: "control: bare ES256 signature", micros: es}, 0, "")
	out.add(figure{name: "control: bare RS256 signature", micros: rs}, 0, "")
	durable := commit(t)
	out.add(figure{name: "control: bare durable commit", micros: durable}, 0, "")

	s := launch(t, binary, small)
	tokens(t, s, out, es, rs)
	documents(t, s, out, baseline.micros)
	native(t, s, out, durable)
	pages(t, s, out)
	idle, _ := launch(t, binary, t.TempDir()).settled(t).memory(t)
	_, peak := s.memory(t)

	l := launch(t, binary, large)
	deep(t, l, out)
	transmit(t, l, out)
	auth0(t, l, out)
	logto(t, l, out)
	whole := unpaged(t, l)
	start := coldStart(t, binary)
	info, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	again := measure(t, hello, get("control: bare Fiber hello, again", "/", ""), 60_000)
	out.add(again, 0, "")
	fmt.Println(out)
	fmt.Printf("cold start on an empty folder to /readyz: %d ms (limit 80)\nidle memory: %.1f MiB (limit 32)\npeak memory under load: %.1f MiB\nstripped static binary: %.1f MiB (limit 35)\n",
		start.Milliseconds(), idle, peak, float64(info.Size())/(1<<20))
	fmt.Println(whole)
	if out.over > 0 {
		t.Errorf("%d figures are over their limit", out.over)
	}
}

func tokens(t *testing.T, s process, out *table, es, rs float64) {
	form := func(secret string) func(int) string {
		return func(int) string {
			return "grant_type=client_credentials&client_id=" + clientID + "&client_secret=" + secret
		}
	}
	r := request{name: "client_credentials ES256", method: "POST", path: func(int) string { return "/oidc/token" },
		header: "Content-Type: application/x-www-form-urlencoded\r\n", body: form(clientSecret), status: 200}
	out.add(measure(t, s, r, 20_000), 3*es, "3 x the bare signature")
	settings(t, s, map[string]any{"access_token_alg": "RS256"})
	r.name = "client_credentials RS256"
	out.add(measure(t, s, r, 2_000), 1.2*rs, "1.2 x the bare signature")
	settings(t, s, map[string]any{"access_token_alg": "ES256"})
}

func documents(t *testing.T, s process, out *table, hello float64) {
	for name, path := range map[string]string{"discovery": "/oidc/.well-known/openid-configuration", "JWKS": "/oidc/jwks"} {
		out.add(measure(t, s, get(name, path, ""), 60_000), hello/0.65, "65 % of the bare hello's throughput")
	}
}

func native(t *testing.T, s process, out *table, durable float64) {
	auth := bearer(t, s, "/rest/v1")
	out.add(measure(t, s, get("native list, 20 of 1,000", "/rest/v1/applications", auth), 20_000), 150, "150 us")
	ids := list(t, s, auth, "/rest/v1/applications?limit=100")
	r := request{name: "native get one", method: "GET", path: func(n int) string { return "/rest/v1/applications/" + ids[n%len(ids)] }, header: auth, status: 200}
	out.add(measure(t, s, r, 40_000), 65, "65 us")
	r = request{name: "native create (with its durable commit)", method: "POST", path: func(int) string { return "/rest/v1/applications" }, status: 201,
		header: auth + "Content-Type: application/json\r\n", body: func(n int) string { return `{"name":"Made ` + strconv.Itoa(n) + `"}` }}
	out.add(measure(t, s, r, 4_000), durable+300, "300 us beside the bare commit")
}

func pages(t *testing.T, s process, out *table) {
	cookie := "Cookie: " + signIn(t, s) + "\r\n"
	out.add(measure(t, s, get("console list page, cached session", "/console/applications", cookie), 8_000), 250, "250 us")
	out.add(measure(t, s, get("hosted sign-in page", "/sign-in", ""), 8_000), 0, "")
}

func deep(t *testing.T, s process, out *table) {
	auth := bearer(t, s, "/rest/v1")
	out.add(measure(t, s, get("native list, 20 of 100,000", "/rest/v1/applications", auth), 10_000), 200, "200 us")
	path := "/rest/v1/applications?limit=20"
	cursor := ""
	for range 300 { // 100 a page: the page that 5,000 pages of 6 would reach, and more
		cursor = next(t, s, auth, "/rest/v1/applications?limit=100&cursor="+cursor)
	}
	out.add(measure(t, s, get("native list, page 1,501 of 20", path+"&cursor="+url.QueryEscape(cursor), auth), 10_000), 200, "200 us")
}

func transmit(t *testing.T, s process, out *table) {
	auth := bearer(t, s, "")
	ids := list(t, s, bearer(t, s, "/rest/v1"), "/rest/v1/applications?limit=100")
	r := request{name: "Transmit clients of one application", method: "GET", path: func(n int) string { return "/cis/v1/applications/" + ids[n%len(ids)] + "/clients" }, header: auth, status: 200}
	out.add(measure(t, s, r, 8_000), 0, "")
}

func auth0(t *testing.T, s process, out *table) {
	auth := bearer(t, s, "/api/v2/")
	out.add(measure(t, s, get("Auth0 clients, 20 of 100,000 with totals", "/api/v2/clients?include_totals=true&per_page=20&page=0", auth), 8_000), 250, "250 us")
}

func logto(t *testing.T, s process, out *table) {
	auth := bearer(t, s, "https://default.logto.app/api")
	out.add(measure(t, s, get("Logto applications, 20 of 100,000 with the total", "/api/applications?page=1&page_size=20", auth), 8_000), 250, "250 us")
}

// unpaged asks for every application at once, as Transmit's list does, and tells what the server needed for it.
func unpaged(t *testing.T, s process) string {
	auth := bearer(t, s, "")
	before, _ := s.memory(t)
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", s.pid), []byte("5"), 0); err != nil { // the peak begins anew
		t.Fatal(err)
	}
	spent := s.cpu(t)
	req, _ := http.NewRequest("GET", "http://"+s.address+"/cis/v1/applications", nil)
	req.Header.Set("Authorization", strings.TrimSpace(strings.TrimPrefix(auth, "Authorization: ")))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err != nil || res.StatusCode != 200 {
		t.Fatal(res.Status, err)
	}
	_, peak := s.memory(t)
	return fmt.Sprintf("Transmit's unpaged list of 100,000: %d MB in %.1f s of CPU, memory %.1f MiB before and %.1f MiB at its peak",
		n/1_000_000, (s.cpu(t) - spent).Seconds(), before, peak)
}

// table gathers the report.
type table struct {
	lines []string
	over  int
}

func (o *table) add(f figure, limit float64, says string) {
	verdict := ""
	if limit > 0 {
		verdict = fmt.Sprintf("limit %.1f (%s): %.2f of it", limit, says, f.micros/limit)
		if f.micros > limit {
			verdict += " OVER"
			o.over++
		}
	}
	o.lines = append(o.lines, fmt.Sprintf("%-42s %9.1f us CPU %8.0f allocs   %s", f.name, f.micros, f.allocs, verdict))
	fmt.Fprintln(os.Stderr, o.lines[len(o.lines)-1])
}

func (o *table) String() string { return strings.Join(o.lines, "\n") }

// signatures is the CPU time of one bare signature of each kind, by getrusage.
func signatures() (es, rs float64) {
	ec, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	rk, _ := rsa.GenerateKey(rand.Reader, 2048)
	sum := sha256.Sum256([]byte("a token to sign"))
	es = spent(4_000, func() { _, _ = ecdsa.SignASN1(rand.Reader, ec, sum[:]) })
	rs = spent(400, func() { _, _ = rsa.SignPKCS1v15(rand.Reader, rk, crypto.SHA256, sum[:]) })
	return es, rs
}

// commit is the CPU time of the smallest transaction that the embedded database makes durable: one row of one small table.
func commit(t *testing.T) float64 {
	t.Helper()
	ctx := context.Background()
	db, err := models.Open(ctx, t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Write.ExecContext(ctx, "CREATE TABLE one (id INTEGER PRIMARY KEY, n INTEGER)"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Write.ExecContext(ctx, "INSERT INTO one VALUES (1, 0)"); err != nil {
		t.Fatal(err)
	}
	return spent(2_000, func() {
		if _, err := db.Write.ExecContext(ctx, "UPDATE one SET n = n + 1 WHERE id = 1"); err != nil {
			t.Error(err)
		}
	})
}

// spent is the CPU time of one fn, on one processor like the servers: there the runtime hands the processor on at each wait for the
// disk, and that counts on both sides of a comparison.
func spent(n int, fn func()) float64 {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	best := 1e18
	for range runs {
		before := self()
		for range n {
			fn()
		}
		best = min(best, float64((self()-before).Microseconds())/float64(n))
	}
	return best
}

func self() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func build(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "gatehouse")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, "gatehouse")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return file
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// control runs this test binary as the bare server.
func control(t *testing.T) process {
	t.Helper()
	address := free(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "GATEHOUSE_BENCH_HELLO="+address, "GOMAXPROCS=1")
	return run(t, cmd, address, "", "/")
}

// launch runs the binary on a folder, on one processor like the control.
func launch(t *testing.T, binary, data string) process {
	t.Helper()
	address, metrics := free(t), free(t)
	cmd := exec.Command(binary, "--data", data, "--listen", address, "--tls-listen", "off", "--metrics-listen", metrics, "--log-level", "warn")
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GATEHOUSE_ADMIN_EMAIL="+email, "GATEHOUSE_ADMIN_PASSWORD="+password,
		"GATEHOUSE_BOOTSTRAP_CLIENT_ID="+clientID, "GATEHOUSE_BOOTSTRAP_CLIENT_SECRET="+clientSecret)
	return run(t, cmd, address, metrics, "/readyz")
}

func run(t *testing.T, cmd *exec.Cmd, address, metrics, ready string) process {
	t.Helper()
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for range 2_000 {
		if res, err := http.Get("http://" + address + ready); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == 200 {
				return process{cmd.Process.Pid, address, metrics}
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the server did not start")
	return process{}
}

// settled waits until the work after the start (keys, first administrator) is done and the collector has run.
func (p process) settled(t *testing.T) process {
	t.Helper()
	before := p.cpu(t)
	for range 60 {
		time.Sleep(time.Second)
		now := p.cpu(t)
		if now-before < 20*time.Millisecond {
			break
		}
		before = now
	}
	return p
}

// objects is how many heap objects the process has made so far.
func (p process) objects() float64 {
	if p.metrics == "" {
		return 0
	}
	res, err := http.Get("http://" + p.metrics + "/metrics")
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	_, rest, ok := strings.Cut(string(body), "go_gc_heap_allocs_objects ")
	if !ok {
		return 0
	}
	n, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
	return n
}

// coldStart is the best of five starts on an empty folder to the first good /readyz.
func coldStart(t *testing.T, binary string) time.Duration {
	best := time.Hour
	for range 5 {
		address := free(t)
		cmd := exec.Command(binary, "--data", t.TempDir(), "--listen", address, "--tls-listen", "off", "--log-level", "error")
		begin := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for {
			conn, err := net.Dial("tcp", address)
			if err == nil {
				fmt.Fprintf(conn, "GET /readyz HTTP/1.0\r\n\r\n")
				answer, _ := io.ReadAll(conn)
				_ = conn.Close()
				if bytes.Contains(answer, []byte(" 200 ")) {
					break
				}
			}
			time.Sleep(time.Millisecond)
		}
		best = min(best, time.Since(begin))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	return best
}

// seed fills a folder with n applications of one client each, as fast as the database takes them.
func seed(t *testing.T, data string, n int) {
	t.Helper()
	ctx := models.WithActor(context.Background(), models.Actor{Kind: models.ActorSystem, TenantID: models.DefaultTenant})
	db, err := models.Open(ctx, data, "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := migrations.Up(ctx, db.Write, false); err != nil {
		t.Fatal(err)
	}
	for at := 0; at < n; at += 500 {
		err := models.InTx(ctx, db, func(ctx context.Context, tx models.DB) error {
			apps, clients := batch(at, min(500, n-at))
			if _, err := tx.Write.NewInsert().Model(&apps).Exec(ctx); err != nil {
				return err
			}
			if _, err := tx.Write.NewInsert().Model(&clients).Exec(ctx); err != nil {
				return err
			}
			return models.Count(ctx, tx, models.CountClients, int64(len(clients)))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func batch(at, n int) (apps []models.Application, clients []models.Client) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := at; i < at+n; i++ {
		made := begin.Add(time.Duration(i) * time.Second)
		app := models.Application{ID: models.NewID(models.LongID), TenantID: models.DefaultTenant, Kind: models.KindStandard, Type: "basic", Name: fmt.Sprintf("Application %d", i),
			Description: "One of many", Owner: "Web team", Language: "en", InviteEmailExpirationMinutes: 2880, Version: 1, CreatedAt: made, UpdatedAt: made}
		c := models.Client{ID: models.NewID(models.LongID), TenantID: models.DefaultTenant, ApplicationID: app.ID, Name: app.Name, Protocol: models.ProtocolOIDC, Profile: models.ProfileWeb,
			IsDefault: true, RedirectURIs: []string{"https://app.example/callback"}, RedirectURIMatch: "exact", GrantTypes: []string{models.GrantCode}, ResponseTypes: []string{"code"},
			PKCE: models.PKCERequired, TokenEndpointAuthMethod: models.AuthSecretBasic, FAPIProfile: "none", CookieSameSite: "lax", Version: 1, CreatedAt: made, UpdatedAt: made}
		app.DefaultClientID = c.ID
		// BeforeAppendModel runs for pointers only
		_ = app.BeforeAppendModel(context.Background(), nil)
		_ = c.BeforeAppendModel(context.Background(), nil)
		apps, clients = append(apps, app), append(clients, c)
	}
	return apps, clients
}

func bearer(t *testing.T, s process, audience string) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {clientSecret}}
	switch {
	case strings.HasPrefix(audience, "/"):
		form.Set("audience", "http://localhost:"+port(s)+audience)
	case audience != "":
		form.Set("audience", audience)
	}
	var out struct {
		AccessToken string `json:"access_token"`
	}
	for range 600 { // the bootstrap runs after the first answer
		res, err := http.PostForm("http://"+s.address+"/oidc/token", form)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if json.Unmarshal(body, &out) == nil && out.AccessToken != "" {
			return "Authorization: Bearer " + out.AccessToken + "\r\n"
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("no token")
	return ""
}

func port(s process) string {
	_, p, _ := net.SplitHostPort(s.address)
	return p
}

type page struct {
	Items []struct{ ID string }
	Next  string
}

func fetch(t *testing.T, s process, auth, path string) (p page) {
	t.Helper()
	req, _ := http.NewRequest("GET", "http://"+s.address+path, nil)
	req.Header.Set("Authorization", strings.TrimSpace(strings.TrimPrefix(auth, "Authorization: ")))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&p); err != nil || res.StatusCode != 200 {
		t.Fatalf("%s: %d %v", path, res.StatusCode, err)
	}
	return p
}

func list(t *testing.T, s process, auth, path string) (ids []string) {
	for _, i := range fetch(t, s, auth, path).Items {
		ids = append(ids, i.ID)
	}
	return ids
}

func next(t *testing.T, s process, auth, path string) string {
	return fetch(t, s, auth, path).Next
}

func settings(t *testing.T, s process, change map[string]any) {
	t.Helper()
	body, _ := json.Marshal(change)
	req, _ := http.NewRequest("PATCH", "http://"+s.address+"/rest/v1/settings", bytes.NewReader(body))
	req.Header.Set("Authorization", strings.TrimSpace(strings.TrimPrefix(bearer(t, s, "/rest/v1"), "Authorization: ")))
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, _ := io.ReadAll(res.Body); res.StatusCode != 200 {
		t.Fatalf("settings: %d %s", res.StatusCode, text)
	}
}

// signIn gives the cookies of a console session.
func signIn(t *testing.T, s process) string {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get("http://" + s.address + "/console/sign-in")
	if err != nil {
		t.Fatal(err)
	}
	html, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	_, rest, _ := strings.Cut(string(html), `name="_csrf" value="`)
	token, _, _ := strings.Cut(rest, `"`)
	form := url.Values{"email": {email}, "password": {password}, "_csrf": {token}}
	req, _ := http.NewRequest("POST", "http://"+s.address+"/console/sign-in", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range res.Cookies() {
		req.AddCookie(c)
	}
	if res, err = client.Do(req); err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	var out []string
	for _, c := range res.Cookies() {
		if c.Value != "" {
			out = append(out, c.Name+"="+c.Value)
		}
	}
	if res.StatusCode != 303 {
		t.Fatalf("sign-in: %d", res.StatusCode)
	}
	return strings.Join(out, "; ")
}
