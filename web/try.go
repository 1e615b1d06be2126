package web

import (
	"io"
	"net"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"gatehouse/models"
)

// An administrator may try the management APIs from the console. The request runs in this process, through the same routes, faces and
// operations as any other, and as that administrator: no token is made for it, and it may do what the person may and nothing more.

// Trial is a request to try. Path begins with a slash and may have a query.
type Trial struct {
	Method, Path string
	Body         string // JSON; none when empty
	Version      string // sent as If-Match when not empty
}

// Tried is its answer.
type Tried struct {
	Status int
	Header [][2]string // in the order in which they were written
	Body   []byte
	Cut    bool // the answer is longer than Body
	Took   time.Duration
}

// trialLimit is how much of an answer a page shows.
const trialLimit = 256 << 10

type trialKey struct{}

// Try runs a request as the administrator who asks. Routes of the console, and those that answer with something else than JSON, are
// not found.
func (s *Server) Try(r *Request, t Trial) Tried {
	var ctx fasthttp.RequestCtx
	ctx.Init(trialRequest(r, t), &net.TCPAddr{IP: net.ParseIP(r.ip)}, nil)
	ctx.SetUserValue(trialKey{}, r.Actor())
	begun := time.Now()
	s.app.Handler()(&ctx)
	out := Tried{Status: ctx.Response.StatusCode()}
	out.Body, out.Cut = trialBody(&ctx.Response)
	out.Took = time.Since(begun)
	ctx.Response.Header.All()(func(name, value []byte) bool {
		out.Header = append(out.Header, [2]string{string(name), string(value)})
		return true
	})
	return out
}

func trialRequest(r *Request, t Trial) *fasthttp.Request {
	var req fasthttp.Request
	req.Header.SetMethod(t.Method)
	req.SetRequestURI(t.Path)
	_, host, _ := strings.Cut(r.origin, "://")
	req.Header.SetHost(host)
	req.Header.SetUserAgent(r.c.Get("User-Agent"))
	req.Header.Set("Accept", "application/json")
	if t.Version != "" {
		req.Header.Set("If-Match", `"`+t.Version+`"`)
	}
	if t.Body != "" {
		req.Header.SetContentType("application/json")
		req.SetBodyString(t.Body)
	}
	return &req
}

func trialBody(res *fasthttp.Response) ([]byte, bool) {
	body := res.Body
	if res.IsBodyStream() {
		defer func() { _ = res.CloseBodyStream() }()
		read, _ := io.ReadAll(io.LimitReader(res.BodyStream(), trialLimit+1)) // what broke off is shown as far as it came
		body = func() []byte { return read }
	}
	b := append([]byte(nil), body()...)
	if len(b) > trialLimit {
		return b[:trialLimit], true
	}
	return b, false
}

// trying gives the administrator of a trial. No request from outside can be one.
func (r *Request) trying() (models.Actor, bool) {
	actor, ok := r.c.Context().UserValue(trialKey{}).(models.Actor)
	return actor, ok
}

// admitTrial is admit for a trial.
func (r *Request) admitTrial(actor models.Actor) error {
	if !r.route.Tryable() {
		return &models.Fault{Code: models.NotFound, Reason: "no_such_route", Text: "Nothing that can be tried is served at this address."}
	}
	r.ctx = models.WithActor(r.ctx, actor)
	if r.route.Action == Public {
		return nil
	}
	return r.route.allows(actor)
}

// Tryable tells whether a route can be tried from the console: an operation of a management API that answers JSON.
func (r Route) Tryable() bool {
	if _, own := r.face.(selfLimiting); own || r.face == Console {
		return false
	}
	return r.doc.Media == "" || r.doc.Media == "application/json"
}
