package web

import (
	"context"
	"fmt"
	"net"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"gatehouse/models"
)

// A route may say that its body is larger than MaxBody: one that takes a file. Such a body is read only for a caller who may call
// the route. That is judged when the head of the request is there and before its body is, by the rules of Request.admit, which runs
// again as for every request. Everybody else, and every other route, has MaxBody.

// mostLarge is how many such bodies are held at once, so that what they take has a bound: four archives of 20 MiB, with the copy that
// goes to the database, bring the process to 400 MiB of the 512 that it may have.
const mostLarge = 4

// formRoom is what a multipart form adds around the file that it carries, in bytes.
const formRoom = 16 << 10

// largeLife is after what time a body that nobody gave back counts as gone. A connection that breaks at the wrong moment tells no
// one; but no body is read for longer than readLimit, and nothing works on it for much longer than Deadline.
const largeLife = readLimit + 2*Deadline

// busyRetry is when a caller may come again who found that mostLarge bodies are being read.
const busyRetry = 5 * time.Second

// quiet is how long nothing comes from a caller who has sent everything.
const quiet = 250 * time.Millisecond

// Body lets the body of a request be a form with a file of up to n bytes, instead of MaxBody in all.
func (e Endpoint) Body(n int) Endpoint {
	told := *e.endpoint
	told.large = n
	return Endpoint{&told}
}

// largeBodies are the routes that take more than MaxBody and the requests to them that are on their way. A request is known by the
// place of its head: the head itself is forgotten when reading the body fails.
type largeBodies struct {
	routes map[string]*Route // by method and path
	count  atomic.Int32      // of known, so that most requests need no lock
	mu     sync.Mutex
	known  map[*fasthttp.RequestHeader]largeBody
}

// largeBody is a request to such a route whose body is, or may turn out to be, larger than MaxBody.
type largeBody struct {
	route    *Route
	admitted bool // its body is read, whatever its size up to the route's
	busy     bool // it would be, but for others
	until    time.Time
}

func newLargeBodies() *largeBodies {
	return &largeBodies{routes: map[string]*Route{}, known: map[*fasthttp.RequestHeader]largeBody{}}
}

// mount notes a route with a large body. Its path is compared as it stands, and its caller is known by a token.
func (l *largeBodies) mount(route *Route) error {
	if route.large == 0 {
		return nil
	}
	if route.face == Console || route.Action == Public || strings.ContainsAny(route.Path, ":*+") {
		return fmt.Errorf("route %s %s takes a large body: it needs a token and a path without parameters", route.Method, route.Path)
	}
	l.routes[route.Method+" "+route.Path] = route
	return nil
}

// sized is asked when the head of a request is there, and says how large its body may be.
func (s *Server) sized(h *fasthttp.RequestHeader) (conf fasthttp.RequestConfig) {
	const chunked = -1 // fasthttp's word for a length that is not told
	n := h.ContentLength()
	if n > 0 || n == chunked {
		conf.ReadTimeout = readLimit
	}
	if n == chunked {
		s.chunked.note(h)
	}
	if n <= MaxBody && n != chunked {
		return conf
	}
	path, _, _ := strings.Cut(string(h.RequestURI()), "?")
	route := s.large.routes[string(h.Method())+" "+path]
	if route == nil {
		return conf
	}
	if s.large.add(h, largeBody{route: route}, s.admits(h, route)) {
		conf.MaxRequestBodySize, conf.ReadTimeout = route.large+formRoom, readLimit
	}
	return conf
}

// admits tells whether a request may be made, before it is one.
func (s *Server) admits(h *fasthttp.RequestHeader, route *Route) (ok bool) {
	defer func() {
		if p := recover(); p != nil { // nobody else would
			s.Log.Error("judge a large body", "error", p)
			ok = false
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), Deadline)
	defer cancel()
	told, err := authorization(h)
	if err != nil {
		return false
	}
	actor, err := s.bearer(ctx, told, route.face)
	return err == nil && route.allows(actor) == nil
}

// add notes a request, and tells whether its body is read in full: it may be sent, and few enough are.
func (l *largeBodies) add(h *fasthttp.RequestHeader, body largeBody, may bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, held := time.Now(), 0
	for at, other := range l.known {
		if at == h || now.After(other.until) {
			delete(l.known, at)
		} else if other.admitted {
			held++
		}
	}
	body.admitted, body.busy, body.until = may && held < mostLarge, may && held >= mostLarge, now.Add(largeLife)
	l.known[h] = body
	l.count.Store(int32(len(l.known)))
	return body.admitted
}

// limit is how large the body of a request may be, in bytes.
func (l *largeBodies) limit(h *fasthttp.RequestHeader) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if body := l.known[h]; body.admitted {
		return body.route.large + formRoom
	}
	return MaxBody
}

// take forgets a request and tells what it was.
func (l *largeBodies) take(h *fasthttp.RequestHeader) (body largeBody) {
	if l.count.Load() == 0 {
		return body
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	body = l.known[h]
	delete(l.known, h)
	l.count.Store(int32(len(l.known)))
	return body
}

// around gives a large body back when its request is answered, and its memory to the system after the last: there may be no other
// for weeks, and nothing else needs that much.
func (l *largeBodies) around(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		defer func() {
			if l.take(&ctx.Request.Header).admitted && l.count.Load() == 0 {
				go debug.FreeOSMemory()
			}
		}()
		next(ctx)
	}
}

// tooLarge answers a body that is larger than it may be, in the shape of the face that it was for, and names the limit.
func (s *Server) tooLarge(r *Request, body largeBody) error {
	limit := MaxBody
	if body.route != nil {
		r.route = body.route
	}
	if (body.admitted || body.busy) && !r.c.Context().Request.MayContinue() {
		readOn(r.c.Context().Conn(), body.route.large)
	}
	switch {
	case body.busy:
		return r.fail(&models.Fault{Code: models.RateLimited, Reason: "too_many_large_bodies", RetryAfter: busyRetry,
			Text: "Others are sending files at this moment. Wait as long as Retry-After says."})
	case body.admitted:
		limit = body.route.large
	}
	return r.fail(&models.Fault{Code: models.TooLarge, Reason: "body_too_large", Text: fmt.Sprintf("A request body holds at most %d MiB.", limit>>20)})
}

// readOn reads what a caller sends further, and forgets it. A connection that is closed on a caller who still sends is broken before
// the answer arrives; whoever is known, and sends not much too much, is to learn what was wrong. Others are worth no reading.
func readOn(conn net.Conn, limit int) {
	begun, buf := time.Now(), make([]byte, readBuffer)
	for n := 0; n < 2*limit && time.Since(begun) < readLimit; {
		if conn.SetReadDeadline(time.Now().Add(quiet)) != nil {
			return
		}
		more, err := conn.Read(buf)
		if n += more; err != nil {
			return
		}
	}
}

// expected answers a caller who asks before it sends a body (RFC 9110 section 10.1.1): it is told to go on, or refused here, before it
// has sent anything.
func (s *Server) expected(ctx *fasthttp.RequestCtx) int {
	if ctx.Request.Header.ContentLength() <= s.large.limit(&ctx.Request.Header) {
		return fasthttp.StatusContinue
	}
	s.app.Server().ErrorHandler(ctx, fasthttp.ErrBodyTooLarge)
	return ctx.Response.StatusCode()
}

// takeLarge has fasthttp ask before it reads a body, and not keep the memory of a large one for the next request.
func (s *Server) takeLarge() {
	fasthttp.SetBodySizePoolLimit(MaxBody, -1)
	s.app.Server().HeaderReceived, s.app.Server().ExpectHandler = s.sized, s.expected
	s.app.Server().Handler = s.chunked.around(s.large.around(s.app.Server().Handler))
}
