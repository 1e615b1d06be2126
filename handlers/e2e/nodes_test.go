package e2e

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/handlers/dbtest"
	"gatehouse/models"
)

// Several nodes on one PostgreSQL database (SECURITY-BAR section 10). They share the master key and the public origin, and nothing else.

// shared is the public origin of the nodes, behind which a balancer would stand.
const shared = "http://gatehouse.example.com:8080"

// cluster is a database with what its nodes are started with.
type cluster struct {
	t   *testing.T
	dsn string
	env []string
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	dsn := dbtest.Postgres(t)
	need(t, "postgres", dsn != "")
	return &cluster{t: t, dsn: dsn, env: append([]string{"GATEHOUSE_URL=" + shared, "GATEHOUSE_MASTER_KEY_FILE=" + filepath.Join(t.TempDir(), "master.key")}, bootstrap...)}
}

// node starts one more node, on the cluster's database or at another address of it.
func (c *cluster) node(dsn string) *server {
	c.t.Helper()
	s := launch(c.t, c.t.TempDir(), append([]string{"GATEHOUSE_DATABASE_URL=" + dsn}, c.env...)...)
	s.URL, s.Host = "http://"+s.Listen, strings.TrimPrefix(shared, "http://")
	s.ready()
	return s
}

// open is the database itself, past every node.
func (c *cluster) open() models.DB {
	c.t.Helper()
	db, err := models.Open(c.t.Context(), "", c.dsn)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = db.Close() })
	return db
}

// nodes are the nodes that a client may turn to; a restart changes them.
type nodes struct {
	mu  sync.Mutex
	all []*server
}

func (n *nodes) at(i int) *server {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.all[i%len(n.all)]
}

func (n *nodes) replace(i int, s *server) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all[i] = s
}

const pace = 100 * time.Millisecond

// traffic writes and reads through the nodes until it is stopped. A request that fails at one node is sent once more, to the next:
// what then fails is counted.
type traffic struct {
	stop   atomic.Bool
	wg     sync.WaitGroup
	mu     sync.Mutex
	acks   []string
	failed []string
}

func (tr *traffic) run(n *nodes, token string, writers int) {
	for w := range writers {
		tr.wg.Go(func() {
			for i := 0; !tr.stop.Load(); i++ {
				time.Sleep(pace) // below what one client may ask
				name := fmt.Sprintf("Writer %d number %d", w, i)
				id, first := create(n.at(w+i), token, name)
				second := ""
				if id == "" {
					id, second = create(n.at(w+i+1), token, name)
				}
				tr.mu.Lock()
				if id != "" {
					tr.acks = append(tr.acks, id)
				} else {
					tr.failed = append(tr.failed, first+"; "+second)
				}
				tr.mu.Unlock()
			}
		})
	}
}

// end stops the traffic and holds it against the database: every acknowledged write is there, and no request failed twice.
func (tr *traffic) end(t *testing.T, c *cluster) {
	t.Helper()
	tr.stop.Store(true)
	tr.wg.Wait()
	for _, why := range tr.failed {
		t.Errorf("failed at both nodes: %s", why)
	}
	db := c.open()
	for _, id := range tr.acks {
		if n, err := db.Read.NewSelect().Table("applications").Where("id = ?", id).Count(t.Context()); err != nil || n != 1 {
			t.Errorf("application %s was acknowledged and is gone: %v", id, err)
		}
	}
	if len(tr.acks) < 20 {
		t.Errorf("only %d writes were acknowledged: the test did not test", len(tr.acks))
	}
	t.Logf("%d acknowledged writes", len(tr.acks))
}

func create(s *server, token, name string) (id, why string) {
	req, _ := http.NewRequest("POST", s.URL+"/rest/v1/applications", strings.NewReader(`{"name":"`+name+`"}`))
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Host = s.Host
	res, err := plainClient.Do(req)
	if err != nil {
		return "", err.Error()
	}
	var out created
	if res.StatusCode != 201 {
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		return "", fmt.Sprintf("%d %s", res.StatusCode, body)
	}
	if err := decode(res, &out); err != nil {
		return "", err.Error()
	}
	return out.ID, ""
}

// TestOneOfTwoNodesDies (R9): a node is killed under traffic; nothing acknowledged is lost, no request fails at both, and the node is
// back within two seconds. A token of one node opens the other, and what one writes the other reads at once.
func TestOneOfTwoNodesDies(t *testing.T) {
	c := newCluster(t)
	n := &nodes{all: []*server{c.node(c.dsn), c.node(c.dsn)}}
	token := n.at(0).token(shared + "/rest/v1")
	for i := range 10 {
		id, why := create(n.at(i), token, fmt.Sprintf("Seen %d", i))
		if res := n.at(i+1).call(token, "GET", "/rest/v1/applications/"+id, nil, nil); res.StatusCode != 200 {
			t.Errorf("the other node does not see it: %d %s", res.StatusCode, why)
		}
	}
	var tr traffic
	tr.run(n, token, 6)
	time.Sleep(700 * time.Millisecond)
	n.at(1).kill()
	time.Sleep(700 * time.Millisecond)
	began := time.Now()
	n.replace(1, c.node(c.dsn))
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the node was back after %v", took)
	}
	time.Sleep(500 * time.Millisecond)
	tr.end(t, c)
}

// TestTheDatabaseGoesAndComesBack (R10): while PostgreSQL cannot be reached a node is alive and not ready, and it is ready again within
// five seconds of its return, by itself.
func TestTheDatabaseGoesAndComesBack(t *testing.T) {
	c := newCluster(t)
	wire := newWire(t, c.dsn)
	s := c.node(wire.dsn)
	token := s.token(shared + "/rest/v1")
	status := func(path string) int { return s.call("", "GET", path, nil, nil).StatusCode }
	for range 3 {
		wire.cut()
		if got := status("/readyz"); got != 503 {
			t.Errorf("readiness without the database: %d", got)
		}
		if got := status("/healthz"); got != 200 {
			t.Errorf("liveness without the database: %d", got)
		}
		if res := s.call(token, "POST", "/rest/v1/applications", map[string]any{"name": "Lost"}, nil); res.StatusCode != 503 {
			t.Errorf("a write without the database: %d", res.StatusCode)
		}
		wire.join()
		began := time.Now()
		for status("/readyz") != 200 && time.Since(began) < 10*time.Second {
			time.Sleep(20 * time.Millisecond)
		}
		if res := s.call(token, "POST", "/rest/v1/applications", map[string]any{"name": "Kept"}, nil); res.StatusCode != 201 {
			t.Errorf("a write afterwards: %d", res.StatusCode)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %v to recover", took)
		}
	}
}

// TestNodesAreReplacedOneByOne (R11): the next version's migration adds columns under the running nodes, which are then replaced one
// after the other, under traffic: no request fails twice.
func TestNodesAreReplacedOneByOne(t *testing.T) {
	c := newCluster(t)
	n := &nodes{all: []*server{c.node(c.dsn), c.node(c.dsn)}}
	token := n.at(0).token(shared + "/rest/v1")
	var tr traffic
	tr.run(n, token, 6)
	time.Sleep(500 * time.Millisecond)
	db := c.open()
	for _, table := range []string{"applications", "clients", "credentials", "tenants", "events", "signing_keys", "resources", "roles", "client_grants"} {
		if _, err := db.Write.ExecContext(t.Context(), "ALTER TABLE "+table+" ADD COLUMN of_the_next_version TEXT NOT NULL DEFAULT ''"); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(500 * time.Millisecond)
	for i := range n.all {
		old := n.at(i)
		next := c.node(c.dsn)
		n.replace(i, next) // the balancer turns to it before the old one stops
		if err := old.stop(); err != nil {
			t.Errorf("node %d did not stop: %v", i, err)
		}
		time.Sleep(300 * time.Millisecond)
	}
	tr.end(t, c)
}

// wire is the way to a database server, which can be cut.
type wire struct {
	dsn    string
	target string
	on     atomic.Bool
	mu     sync.Mutex
	open   []net.Conn
}

func newWire(t *testing.T, dsn string) *wire {
	t.Helper()
	at, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	w := &wire{target: at.Host}
	at.Host = l.Addr().String()
	w.dsn = at.String()
	w.on.Store(true)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(conn)
		}
	}()
	return w
}

func (w *wire) carry(conn net.Conn) {
	if !w.on.Load() {
		_ = conn.Close()
		return
	}
	far, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", w.target)
	if err != nil {
		_ = conn.Close()
		return
	}
	w.mu.Lock()
	w.open = append(w.open, conn, far)
	w.mu.Unlock()
	go func() { _, _ = io.Copy(far, conn); _ = far.Close() }()
	_, _ = io.Copy(conn, far)
	_ = conn.Close()
}

// cut ends what is open and lets nothing new through.
func (w *wire) cut() {
	w.on.Store(false)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, conn := range w.open {
		_ = conn.Close()
	}
	w.open = nil
}

func (w *wire) join() { w.on.Store(true) }
