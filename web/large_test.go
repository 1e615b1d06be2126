package web_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/web"
)

const mostFile = 4 << 20

// files is a server that takes files of 4 MiB at /rest/v1/files and says how large they are; gate, if any, is waited for.
func files(t *testing.T, gate chan struct{}) *meter {
	take := func(_ context.Context, r *web.Request) error {
		f, err := r.File("file")
		if err != nil {
			return err
		}
		if gate != nil {
			<-gate
		}
		return r.JSON(200, map[string]any{"name": f.Name, "bytes": len(f.Data)})
	}
	return listen(t, serve(t, echo(),
		web.Route{Method: "POST", Path: "/rest/v1/files", Action: "file.create", Endpoint: web.Raw(web.Native, take).Body(mostFile)},
		web.Route{Method: "POST", Path: "/rest/v1/small", Action: "file.create", Endpoint: web.Raw(web.Native, take)}))
}

// meter is a listening server that counts the bytes that it reads.
type meter struct {
	net.Listener
	t    *testing.T
	read atomic.Int64
}

type meteredConn struct {
	net.Conn
	read *atomic.Int64
}

func (c meteredConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.read.Add(int64(n))
	return n, err
}

// Accept gives a connection whose bytes count.
func (c *meter) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	return meteredConn{conn, &c.read}, err
}

func listen(t *testing.T, s *web.Server) *meter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &meter{Listener: l, t: t}
	s.Serve(c)
	t.Cleanup(func() { _ = s.Shutdown(context.Background()) })
	return c
}

// filed is a multipart form with a file of n bytes.
func filed(n int) (media string, body []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("before", "x")
	part, _ := w.CreateFormFile("file", "a/b/pages.zip")
	_, _ = part.Write(make([]byte, n))
	_ = w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// send writes a request by hand, as far as the server reads it, and gives the answer.
func (c *meter) send(path, token string, n int, header ...string) (status int, body string) {
	c.t.Helper()
	media, data := filed(n)
	req := httptest.NewRequest("POST", path, bytes.NewReader(data))
	req.Host, req.ContentLength = "localhost:8080", int64(len(data))
	req.Header.Set("Content-Type", media)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	if req.Header.Get("Transfer-Encoding") != "" {
		req.ContentLength, req.TransferEncoding = -1, []string{"chunked"}
	}
	return c.roundTrip(req)
}

func (c *meter) roundTrip(req *http.Request) (int, string) {
	c.t.Helper()
	conn, err := net.Dial("tcp", c.Addr().String())
	if err != nil {
		c.t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	go func() { _ = req.Write(conn) }()
	res, err := http.ReadResponse(bufio.NewReader(conn), req)
	if err != nil {
		c.t.Fatalf("%s: %v", req.URL, err)
	}
	defer res.Body.Close()
	raw, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(raw)
}

// SECURITY-BAR M5: a body beyond 1 MiB is read for a route that takes it and a caller who may send it, and for nobody else.
func TestALargeBodyIsReadForThoseWhoMaySendItOnly(t *testing.T) {
	chunked, s := []string{"Transfer-Encoding", "chunked"}, files(t, nil)
	for _, c := range []struct {
		what, path, token string
		bytes             int
		header            []string
		status            int
		says              string
	}{
		{"a file of the route's size", "/rest/v1/files", "good", mostFile, nil, 200, fmt.Sprintf(`"bytes":%d`, mostFile)},
		{"the same in chunks", "/rest/v1/files", "good", mostFile, chunked, 200, fmt.Sprintf(`"bytes":%d`, mostFile)},
		{"with a query", "/rest/v1/files?a=b", "good", 2 << 20, nil, 200, `"name":"pages.zip"`},
		{"a small file", "/rest/v1/files", "good", 5, nil, 200, `"bytes":5`},
		{"a file beyond it", "/rest/v1/files", "good", mostFile + 1<<20, nil, 413, "at most 4 MiB"},
		{"the same in chunks", "/rest/v1/files", "good", mostFile + 1<<20, chunked, 413, "at most 4 MiB"},
		{"no token", "/rest/v1/files", "", 2 << 20, nil, 413, "at most 1 MiB"},
		{"no token, in chunks", "/rest/v1/files", "", 2 << 20, chunked, 413, "at most 1 MiB"},
		{"a token that is none", "/rest/v1/files", "bad", 2 << 20, nil, 413, "at most 1 MiB"},
		{"a token without the permission", "/rest/v1/files", "reader", 2 << 20, nil, 413, "at most 1 MiB"},
		{"two tokens", "/rest/v1/files", "good", 2 << 20, []string{"Authorization", "Bearer good"}, 413, "at most 1 MiB"},
		{"a small file without a token", "/rest/v1/files", "", 5, nil, 401, "missing_token"},
		{"a small file without the permission", "/rest/v1/files", "reader", 5, nil, 403, "missing_permission"},
		{"another route", "/rest/v1/small", "good", 2 << 20, nil, 413, "at most 1 MiB"},
		{"another route, a small file", "/rest/v1/small", "good", 5, nil, 200, `"bytes":5`},
		{"another spelling of the path", "/rest/v1/%66iles", "good", 2 << 20, nil, 413, "at most 1 MiB"},
		{"no route", "/rest/v1/nothing", "good", 2 << 20, nil, 413, "at most 1 MiB"},
		{"another route, in chunks", "/rest/v1/small", "good", 2 << 20, chunked, 413, "at most 1 MiB"},
		{"no route, in chunks", "/rest/v1/nothing?a=b", "good", 2 << 20, chunked, 413, "at most 1 MiB"},
		{"no token for another route, in chunks", "/rest/v1/small", "", 2 << 20, chunked, 413, "at most 1 MiB"},
	} {
		before := s.read.Load()
		status, body := s.send(c.path, c.token, c.bytes, c.header...)
		if status != c.status || !strings.Contains(body, c.says) || !strings.HasPrefix(body, "{") {
			t.Errorf("%s: %d %s", c.what, status, body)
		}
		if read := s.read.Load() - before; status != 200 && strings.Contains(c.says, "1 MiB") && read > web.MaxBody+64<<10 {
			t.Errorf("%s: %d bytes were read", c.what, read)
		}
	}
}

// A body in chunks is found too large, or broken, when its head is forgotten: the answer has the shape of the face all the same, and
// one after it, on whatever connection, is not taken for it.
func TestABodyInChunksIsRefusedInTheShapeOfItsFace(t *testing.T) {
	s := files(t, nil)
	big := func(path string) string {
		return "POST " + path + " HTTP/1.1\r\nHost: localhost:8080\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
			strings.Repeat("40000\r\n"+strings.Repeat("a", 0x40000)+"\r\n", 6) + "0\r\n\r\n"
	}
	for range 3 {
		for _, c := range []struct {
			what, request, says string
			status              int
			json                bool
		}{
			{"too large", big("/rest/v1/small"), "body_too_large", 413, true},
			{"too large, as proxies ask", big("http://localhost:8080/rest/v1/small"), "body_too_large", 413, true},
			{"a long path", big("/rest/v1/" + strings.Repeat("a", 2000)), "body_too_large", 413, true},
			{"for a page", big("/console/small"), "at most 1 MiB", 413, false},
			{"a chunk that is none", "POST /rest/v1/small HTTP/1.1\r\nHost: localhost:8080\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", "malformed_request", 400, true},
			{"small", "POST /rest/v1/small HTTP/1.1\r\nHost: localhost:8080\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", "missing_token", 401, true},
			{"no request at all, which nobody can know", "nonsense\r\n\r\n", "<html", 400, false},
		} {
			conn, err := net.Dial("tcp", s.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
			go func() { _, _ = io.WriteString(conn, c.request) }()
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatalf("%s: %v", c.what, err)
			}
			raw, _ := io.ReadAll(res.Body)
			_ = conn.Close()
			if res.StatusCode != c.status || strings.HasPrefix(string(raw), "{") != c.json || !strings.Contains(string(raw), c.says) {
				t.Errorf("%s: %d %.300s", c.what, res.StatusCode, raw)
			}
		}
	}
}

// RFC 9110 section 10.1.1: who asks first whether a body is wanted hears that it is not before having sent it.
func TestALargeBodyThatIsAskedForFirst(t *testing.T) {
	s := files(t, nil)
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: 10 * time.Second}}
	for token, want := range map[string]int{"good": 200, "reader": 413} {
		media, data := filed(mostFile)
		req, _ := http.NewRequest("POST", "http://"+s.Addr().String()+"/rest/v1/files", bytes.NewReader(data))
		req.Header.Set("Content-Type", media)
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Expect", "100-continue")
		sent := false
		req.Body = io.NopCloser(readerFunc(func(p []byte) (int, error) { sent = true; return bytes.NewReader(data).Read(p) }))
		if want == 200 {
			req.Body = io.NopCloser(bytes.NewReader(data))
		}
		res, err := client.Do(req)
		if err != nil || res.StatusCode != want {
			t.Errorf("%s: %v %v", token, res, err)
			continue
		}
		body, _ := io.ReadAll(res.Body)
		if want == 413 && (sent || !strings.Contains(string(body), `"body_too_large"`)) {
			t.Errorf("%s: sent %v, answered %s", token, sent, body)
		}
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A caller who is known hears why a file is refused, and does not merely find the connection broken.
func TestAFileThatIsTooLargeIsAnswered(t *testing.T) {
	s := files(t, nil)
	for range 5 {
		media, data := filed(2 * mostFile)
		req, _ := http.NewRequest("POST", "http://"+s.Addr().String()+"/rest/v1/files", bytes.NewReader(data))
		req.Header.Set("Content-Type", media)
		req.Header.Set("Authorization", "Bearer good")
		res, err := http.DefaultClient.Do(req)
		if err != nil || res.StatusCode != 413 {
			t.Fatalf("%v %v", res, err)
		}
		_ = res.Body.Close()
	}
}

// Few large bodies are held at once: one more is refused with a time to come back, and taken when another is done.
func TestFewLargeBodiesAreHeldAtOnce(t *testing.T) {
	gate := make(chan struct{})
	s := files(t, gate)
	done := make(chan int)
	for range 4 {
		go func() {
			status, _ := s.send("/rest/v1/files", "good", mostFile)
			done <- status
		}()
	}
	for range 3000 { // until the four have been read
		if s.read.Load() > 4*mostFile {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if status, body := s.send("/rest/v1/files", "good", mostFile); status != 429 || !strings.Contains(body, "too_many_large_bodies") {
		t.Errorf("a fifth: %d %s", status, body)
	}
	close(gate)
	for range 4 {
		if status := <-done; status != 200 {
			t.Errorf("one of four: %d", status)
		}
	}
	for range 5 { // all places are free again, also after refusals
		_, _ = s.send("/rest/v1/files", "good", mostFile+1<<20)
		if status, body := s.send("/rest/v1/files", "good", mostFile); status != 200 {
			t.Errorf("afterwards: %d %s", status, body)
		}
	}
}

// A connection that ends in the middle of its body leaves nothing behind that keeps others out.
func TestALargeBodyThatBreaksOffFreesItsPlace(t *testing.T) {
	s := files(t, nil)
	for range 10 {
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(conn, "POST /rest/v1/files HTTP/1.1\r\nHost: localhost:8080\r\nAuthorization: Bearer good\r\nContent-Length: %d\r\n\r\nhalf", mostFile)
		_ = conn.(*net.TCPConn).CloseWrite()
		_, _ = io.ReadAll(conn)
		_ = conn.Close()
	}
	if status, body := s.send("/rest/v1/files", "good", mostFile); status != 200 {
		t.Errorf("%d %s", status, body)
	}
}

// A form is read from memory; what is no form, or has no such file, is told so.
func TestTheFileOfAForm(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := files(t, nil)
	if status, body := s.send("/rest/v1/files", "good", mostFile); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("temporary files: %v %v", left, err)
	}
	media, whole := filed(10)
	for what, c := range map[string]struct{ media, body, says string }{
		"no form":             {"application/json", "{}", "required"},
		"no boundary":         {"multipart/form-data", string(whole), "required"},
		"another boundary":    {"multipart/form-data; boundary=x", string(whole), "required"},
		"another field":       {media, strings.ReplaceAll(string(whole), `name="file"`, `name="other"`), "required"},
		"a text of that name": {media, strings.ReplaceAll(string(whole), `; filename="a/b/pages.zip"`, ""), "required"},
		"half a form":         {media, string(whole[:len(whole)-70]), "malformed_body"},
		"a compressed form":   {media, "Content-Encoding", "unsupported_encoding"},
	} {
		req := httptest.NewRequest("POST", "/rest/v1/files", strings.NewReader(c.body))
		req.Host, req.ContentLength = "localhost:8080", int64(len(c.body))
		req.Header.Set("Content-Type", c.media)
		req.Header.Set("Authorization", "Bearer good")
		req.Header.Set("Content-Length", strconv.Itoa(len(c.body)))
		if c.body == "Content-Encoding" {
			req.Header.Set("Content-Encoding", "gzip")
		}
		if status, body := s.roundTrip(req); status/100 != 4 || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d %s", what, status, body)
		}
	}
}

// A route that anybody may call, or whose path has parameters, takes no large bodies: the server does not start.
func TestARouteWithALargeBodyNeedsAToken(t *testing.T) {
	s := serve(t)
	ok := web.Raw(web.Native, func(context.Context, *web.Request) error { return nil }).Body(mostFile)
	page := web.Raw(web.Console, func(context.Context, *web.Request) error { return nil }).Body(mostFile)
	for _, r := range []web.Route{{Method: "POST", Path: "/rest/v1/a", Action: web.Public, Endpoint: ok},
		{Method: "POST", Path: "/rest/v1/a/:id", Action: "a.create", Endpoint: ok}, {Method: "POST", Path: "/console/a", Action: "a.create", Endpoint: page}} {
		if err := s.Mount(r); err == nil {
			t.Errorf("%s is mounted", r.Path)
		}
	}
}
