package bench

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// request is one line of the report: what is asked of a server, over and over.
type request struct {
	name   string
	method string
	path   func(n int) string // n counts requests, so that paths can rotate
	header string             // further header lines
	body   func(n int) string
	status int
}

func get(name, path, header string) request {
	return request{name: name, method: "GET", path: func(int) string { return path }, header: header, status: 200}
}

const connections = 8

// runs is how often each figure is measured. The smallest counts, of controls too: what else the machine does only ever adds.
const runs = 5

// load sends n requests over kept-alive connections. The client writes and reads raw bytes, so that it takes as little of the
// machine as it can; what it takes is not counted, because it is another process than the server.
func load(t testing.TB, address string, r request, n int) {
	t.Helper()
	var wg sync.WaitGroup
	failed := make(chan error, connections)
	for c := range connections {
		wg.Go(func() {
			if err := one(address, r, c, n/connections); err != nil {
				failed <- err
			}
		})
	}
	wg.Wait()
	close(failed)
	for err := range failed {
		t.Fatalf("%s: %v", r.name, err)
	}
}

func one(address string, r request, connection, n int) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer conn.Close()
	in, out := bufio.NewReaderSize(conn, 64<<10), bufio.NewWriterSize(conn, 8<<10)
	for i := range n {
		if err := send(out, address, r, connection*1_000_000+i); err != nil {
			return err
		}
		if err := receive(in, r.status); err != nil {
			return err
		}
	}
	return nil
}

func send(out *bufio.Writer, address string, r request, n int) error {
	body := ""
	if r.body != nil {
		body = r.body(n)
	}
	fmt.Fprintf(out, "%s %s HTTP/1.1\r\nHost: %s\r\n%s", r.method, r.path(n), address, r.header)
	if body != "" {
		fmt.Fprintf(out, "Content-Length: %d\r\n", len(body))
	}
	fmt.Fprintf(out, "\r\n%s", body)
	return out.Flush()
}

func receive(in *bufio.Reader, want int) error {
	tp := textproto.NewReader(in)
	line, err := tp.ReadLine()
	if err != nil {
		return err
	}
	length, chunked := 0, false
	for {
		h, err := tp.ReadLine()
		if err != nil {
			return err
		}
		if h == "" {
			break
		}
		name, value, _ := strings.Cut(h, ":")
		switch strings.ToLower(name) {
		case "content-length":
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		case "transfer-encoding":
			chunked = true
		}
	}
	var body io.Reader = io.LimitReader(in, int64(length))
	if chunked {
		return fmt.Errorf("a chunked answer is not measured")
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if !strings.Contains(line, " "+strconv.Itoa(want)) {
		return fmt.Errorf("answered %s: %.300s", line, text)
	}
	return nil
}

// process is a server under measurement.
type process struct {
	pid     int
	address string
	metrics string // address of its runtime metrics, empty for none
}

// cpu is the CPU time that the threads of the process have used, user and system, in nanoseconds: /proc/PID/stat has but 100 ticks a
// second.
func (p process) cpu(t testing.TB) (sum time.Duration) {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", p.pid))
	if err != nil || len(threads) == 0 {
		t.Fatal("no threads of the process: ", err)
	}
	for _, name := range threads {
		raw, err := os.ReadFile(name)
		if err != nil {
			continue // it ended; Go keeps its threads
		}
		spent, _, _ := strings.Cut(string(raw), " ")
		n, _ := strconv.ParseInt(spent, 10, 64)
		sum += time.Duration(n)
	}
	return sum
}

// memory gives resident and peak memory in MiB.
func (p process) memory(t testing.TB) (resident, peak float64) {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		t.Fatal(err)
	}
	kib := func(name string) float64 {
		_, rest, _ := strings.Cut(string(raw), name+":")
		n, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
		return n / 1024
	}
	return kib("VmRSS"), kib("VmHWM")
}

// figure is what one kind of request costs the server.
type figure struct {
	name   string
	micros float64 // CPU time per request
	allocs float64 // heap objects per request, 0 when not known
}

// measure warms up, then takes the smallest of several runs: what neighbours on the machine add is never negative.
func measure(t testing.TB, p process, r request, n int) figure {
	t.Helper()
	n = max(connections*20, int(float64(n)**scale)/connections*connections)
	load(t, p.address, r, n/5/connections*connections)
	best := figure{name: r.name, micros: 1e18}
	for range runs {
		objects := p.objects()
		before := p.cpu(t)
		load(t, p.address, r, n)
		spent := float64((p.cpu(t) - before).Microseconds()) / float64(n)
		if spent < best.micros {
			best.micros, best.allocs = spent, (p.objects()-objects)/float64(n)
		}
	}
	return best
}
