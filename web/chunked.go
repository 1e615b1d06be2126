package web

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// mostLines is how many request lines are remembered at once, and longestLine how much of a path. Whose line is not remembered is
// answered as a browser is.
const (
	mostLines   = 1000
	longestLine = 512
)

// chunkedLines are the request lines of bodies in chunks that are on their way. fasthttp forgets a request whose body cannot be read,
// such as one that turns out to be too large, and then nobody knows which face it was for. As with largeBodies, the place of its head
// stands for a request.
type chunkedLines struct {
	count atomic.Int32 // of known, so that most requests need no lock
	mu    sync.Mutex
	known map[*fasthttp.RequestHeader]chunkedLine
	swept time.Time
}

type chunkedLine struct {
	method, path string
	until        time.Time // a connection that ends in the middle tells no one
}

func newChunkedLines() *chunkedLines {
	return &chunkedLines{known: map[*fasthttp.RequestHeader]chunkedLine{}}
}

// note remembers the line of a request whose head is there.
func (l *chunkedLines) note(h *fasthttp.RequestHeader) {
	var uri fasthttp.URI
	if uri.Parse(h.Host(), h.RequestURI()) != nil {
		return
	}
	path, now := uri.PathOriginal(), time.Now()
	line := chunkedLine{string(h.Method()), string(path[:min(len(path), longestLine)]), now.Add(largeLife)}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.known) >= mostLines && now.Sub(l.swept) > time.Second {
		l.swept = now
		for at, other := range l.known {
			if now.After(other.until) {
				delete(l.known, at)
			}
		}
	}
	if _, again := l.known[h]; again || len(l.known) < mostLines {
		l.known[h] = line
	}
	l.count.Store(int32(len(l.known)))
}

// take forgets a request and tells what its line was.
func (l *chunkedLines) take(h *fasthttp.RequestHeader) (line chunkedLine, ok bool) {
	if l.count.Load() == 0 {
		return line, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	line, ok = l.known[h]
	delete(l.known, h)
	l.count.Store(int32(len(l.known)))
	return line, ok
}

// restore gives a request that fasthttp forgot its line back.
func (l *chunkedLines) restore(c *fiber.Ctx) {
	h := &c.Context().Request.Header
	if line, ok := l.take(h); ok {
		h.SetMethod(line.method)
		h.SetRequestURI(line.path)
		c.Method(line.method)
		c.Path(line.path)
	}
}

// around forgets the lines of requests that are answered.
func (l *chunkedLines) around(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		l.take(&ctx.Request.Header) // it is there in full, and nothing forgets it any more
		next(ctx)
	}
}
