package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"reflect"
	"runtime/debug"
	"sort"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// Limits of one request.
const (
	MaxBody    = 1 << 20  // bytes, where a route does not say otherwise
	MaxHeader  = 16 << 10 // bytes of all headers together
	readBuffer = 32 << 10 // beyond it not even the path of a request is known
	Deadline   = 15 * time.Second
	headLimit  = 10 * time.Second // for the headers
	readLimit  = 30 * time.Second // for the body after them
	faultLimit = 2 * time.Second  // for telling of a fault when the deadline is over
	idleLimit  = 75 * time.Second
	writeLimit = 60 * time.Second
)

// Authenticator verifies the bearer token of a management request for one face.
type Authenticator interface {
	Bearer(ctx context.Context, token, face string) (models.Actor, error)
}

// Accounts tells who an administrator is. A suspended or removed one is a NotFound fault.
type Accounts interface {
	Administrator(ctx context.Context, id string) (models.Actor, Account, error)
}

// Account is what the pages show of the administrator who is signed in.
type Account struct{ ID, Name, Email, Role, Theme string }

// Options is what the server needs to know.
type Options struct {
	Version        string
	URL            string   // public origin
	Aliases        []string // further public origins
	TrustedProxies []*net.IPNet
	Log            *slog.Logger
	DB             models.DB
	Vault          *models.Vault
	Tokens         Authenticator
	Accounts       Accounts
	Decorate       func(ctx context.Context, c *ui.Chrome) // adds what only features know: counts, the tenant's name
	Ready          func(ctx context.Context) error         // readiness
	Spellers       []Speller                               // who else can say what a form does, in the order of the drawer
	SetupOpen      func(ctx context.Context) bool          // no administrator yet: the console leads to /setup
}

// Server is the HTTP side of the program.
type Server struct {
	Options
	app      *fiber.App
	routes   []Route
	prefixes []prefix
	origins  map[string]string // host → origin
	sessions *store
	vault    *models.Vault
	limit    *limiter
	large    *largeBodies
	chunked  *chunkedLines
	requests requestIDs
}

type prefix struct {
	path string
	face Face
}

// New makes a server without routes.
func New(o Options) (*Server, error) {
	s := &Server{Options: o, vault: o.Vault, origins: map[string]string{}, limit: newLimiter(), large: newLargeBodies(), chunked: newChunkedLines(), requests: newRequestIDs()}
	for _, origin := range append([]string{o.URL}, o.Aliases...) {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "" {
			return nil, fmt.Errorf("%q is not an origin: give a scheme and a host, such as https://id.example.com", origin)
		}
		s.origins[u.Host] = u.Scheme + "://" + u.Host
	}
	s.sessions = newStore(o.DB, o.Vault)
	s.app = fiber.New(fiber.Config{
		Immutable: true, DisableStartupMessage: true, DisableDefaultDate: true, BodyLimit: MaxBody, ReadBufferSize: readBuffer,
		ReadTimeout: headLimit, IdleTimeout: idleLimit, WriteTimeout: writeLimit, StrictRouting: true, CaseSensitive: true,
		ErrorHandler: s.unmatched, DisableHeaderNormalizing: false, StreamRequestBody: false, GETOnly: false,
		DisablePreParseMultipartForm: true, // forms are read for those who may send them, and files never go to disk
	})
	s.app.Server().NoDefaultServerHeader = true
	s.app.Server().Handler = s.knownMethods(s.app.Server().Handler)
	s.takeLarge()
	s.prefixes = []prefix{{"/rest/v1", Native}, {"/", Console}}
	s.system()
	return s, nil
}

// Fiber gives the application, for the listeners in main and for tests.
func (s *Server) Fiber() *fiber.App { return s.app }

// Routes lists every mounted route: the OpenAPI document, the coverage table and the access tests read it.
func (s *Server) Routes() []Route { return s.routes }

// Answers says which face speaks for paths below a prefix that no route matches.
func (s *Server) Answers(path string, face Face) {
	s.prefixes = append(s.prefixes, prefix{path, face})
	sort.SliceStable(s.prefixes, func(i, j int) bool { return len(s.prefixes[i].path) > len(s.prefixes[j].path) })
}

// Mount adds routes. A route without an action, or whose input could be filled by a name that it does not declare, does not start.
func (s *Server) Mount(routes ...Route) error {
	sort.SliceStable(routes, func(i, j int) bool { return moreStatic(routes[i].Path, routes[j].Path) })
	for i := range routes {
		route := routes[i]
		if route.Action == "" || route.endpoint == nil {
			return fmt.Errorf("route %s %s has no action or no endpoint", route.Method, route.Path)
		}
		if err := tagged(route.in); err != nil {
			return fmt.Errorf("route %s %s: %w", route.Method, route.Path, err)
		}
		if err := s.large.mount(&route); err != nil {
			return err
		}
		s.routes = append(s.routes, route)
		handle := func(c *fiber.Ctx) error {
			if route.fixed != nil && route.Action == Public && headers(c) == nil && route.fixed(c, s.originOf(c)) {
				return nil
			}
			return s.serve(c, &route)
		}
		if route.Method == "GET" {
			s.app.Get(route.Path, handle) // and HEAD
		} else {
			s.app.Add(route.Method, route.Path, handle)
		}
	}
	return nil
}

// moreStatic orders routes so that the first that fits is the one that is meant: segment by segment, a word comes before a parameter,
// and that before whatever remains. It orders all routes, or sorting would leave some pairs as they stood.
func moreStatic(a, b string) bool {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	for i := 0; i < len(as) && i < len(bs); i++ {
		if ar, br := looseness(as[i]), looseness(bs[i]); ar != br {
			return ar < br
		}
	}
	return len(as) < len(bs)
}

// looseness is how much a segment of a path fits: itself, any segment, anything.
func looseness(segment string) int {
	switch {
	case strings.HasPrefix(segment, ":"):
		return 1
	case strings.ContainsAny(segment, "*+"):
		return 2
	}
	return 0
}

// tagged refuses an input type whose body could set a field by its Go name.
func tagged(t reflect.Type) error {
	if t == nil || t.Kind() != reflect.Struct || !planOf(t).body {
		return nil
	}
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		_, inPath := f.Tag.Lookup("path") // always bound after the body
		if _, ok := f.Tag.Lookup("json"); !ok && !inPath && f.IsExported() && !f.Anonymous {
			return fmt.Errorf("%s.%s needs a json tag (\"-\" for what the body may not say)", t.Name(), f.Name)
		}
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			if err := tagged(f.Type); err != nil {
				return err
			}
		}
	}
	return nil
}

// serve is one request: who asks, whether they may, then the endpoint.
func (s *Server) serve(c *fiber.Ctx, route *Route) (err error) {
	r := s.begin(c, route)
	ctx, cancel := context.WithTimeout(r.ctx, Deadline)
	defer cancel()
	r.ctx = context.WithValue(ctx, currentKey{}, r)
	defer func() {
		if p := recover(); p != nil {
			err = r.fail(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
		r.end()
	}()
	if err := headers(c); err != nil {
		return r.fail(err)
	}
	if err := r.admit(); err != nil {
		return r.fail(err)
	}
	if err := r.readable(); err != nil {
		return r.fail(err)
	}
	if err := r.once(func() error { return route.run(r) }); err != nil {
		return r.fail(err)
	}
	return nil
}

// fail writes a fault in the shape of the route's face.
func (r *Request) fail(err error) error {
	fault, internal := asFault(err)
	if internal {
		r.failure = err
	}
	if r.ctx.Err() != nil { // what tells of a deadline must not meet the same one
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), faultLimit)
		defer cancel()
		r.ctx = ctx
	}
	face := r.face()
	if werr := face.Fault(r, fault); werr != nil {
		r.failure = errors.Join(err, werr)
		return r.Bytes(500, "text/plain; charset=utf-8", []byte("Something failed on our side. Request "+r.id+"\n"))
	}
	return nil
}

func (r *Request) face() Face {
	if r.route != nil {
		return r.route.face
	}
	path := r.c.Path()
	for _, p := range r.srv.prefixes {
		if p.path == "/" || path == p.path || strings.HasPrefix(path, p.path+"/") {
			return p.face
		}
	}
	return Console
}

// unmatched answers what Fiber refuses itself: no route, a wrong method, too large a body.
func (s *Server) unmatched(c *fiber.Ctx, err error) error {
	large := s.large.take(&c.Context().Request.Header)
	s.chunked.restore(c)
	r := s.begin(c, nil)
	defer r.end()
	r.ctx = context.WithValue(r.ctx, currentKey{}, r)
	var fe *fiber.Error
	if !errors.As(err, &fe) {
		return r.fail(err)
	}
	if err := headers(c); err != nil && fe.Code != 431 {
		return r.fail(err)
	}
	switch fe.Code {
	case 404:
		if strings.HasPrefix(c.Path(), "/console/") {
			_ = r.recognize() // so that the page has its side bar; without it nobody loses anything
		}
		return r.fail(&models.Fault{Code: models.NotFound, Reason: "no_such_route", Text: "Nothing is served at this address."})
	case 405:
		return r.fail(&models.Fault{Code: WrongMethod, Reason: "wrong_method", Text: "This address does not take " + c.Method() + "."})
	case 413:
		return s.tooLarge(r, large)
	case 431: // larger than what is read: nothing of the request is known, not even whom it was for
		return Native.Fault(r, &models.Fault{Code: LargeHeaders, Reason: "headers_too_large", Text: "Request headers hold at most 16 KiB."})
	}
	return r.fail(&models.Fault{Code: Malformed, Reason: "malformed_request", Text: "This is not a request that can be read."})
}

func (s *Server) begin(c *fiber.Ctx, route *Route) *Request {
	r := &Request{c: c, srv: s, route: route, id: s.requests.next(), status: 200}
	r.ip, r.origin = s.peer(c), s.originOf(c)
	c.Set("X-Request-Id", r.id)
	c.Set("X-Content-Type-Options", "nosniff")
	face := ""
	if route != nil {
		face = route.face.Name()
	}
	r.ctx = models.WithRequest(context.Background(), models.Request{ID: r.id, IP: r.ip, Agent: models.Clean(c.Get("User-Agent")), Face: face, Origin: r.origin})
	return r
}

// originOf gives the configured origin that the Host header names, else the main one. No other header counts.
func (s *Server) originOf(c *fiber.Ctx) string {
	if origin, ok := s.origins[string(c.Context().Host())]; ok {
		return origin
	}
	return s.URL
}

func (s *Server) known(origin string) bool {
	for _, o := range s.origins {
		if o == origin {
			return true
		}
	}
	return false
}

func (s *Server) https(origin string) bool { return strings.HasPrefix(origin, "https://") }

// peer is the address of the caller: the connection's, or, when that is a configured proxy, the last address before the
// proxies in X-Forwarded-For. What cannot be parsed is ignored.
func (s *Server) peer(c *fiber.Ctx) string {
	peer := c.Context().RemoteIP()
	if len(s.TrustedProxies) == 0 || !within(s.TrustedProxies, peer) {
		return peer.String()
	}
	hops := strings.Split(c.Get("X-Forwarded-For"), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		ip := net.ParseIP(strings.TrimSpace(hops[i]))
		if ip == nil {
			break
		}
		peer = ip
		if !within(s.TrustedProxies, ip) {
			break
		}
	}
	return peer.String()
}

func within(nets []*net.IPNet, ip net.IP) bool {
	for _, n := range nets {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}

func (r *Request) param(name string) string {
	v, err := url.PathUnescape(r.c.Params(name))
	if err != nil {
		return r.c.Params(name)
	}
	return v
}

// end writes the request's line of the log.
func (r *Request) end() {
	level := slog.LevelDebug
	if r.failure != nil {
		level = slog.LevelError
	}
	if !r.srv.Log.Enabled(r.ctx, level) {
		return
	}
	attrs := []slog.Attr{slog.String("request_id", r.id), slog.String("method", r.c.Method()), slog.String("path", r.path()),
		slog.Int("status", r.c.Response().StatusCode()), slog.String("ip", r.ip), slog.String("actor", r.Actor().ID)}
	if r.failure != nil {
		attrs = append(attrs, slog.String("error", r.failure.Error()))
	}
	r.srv.Log.LogAttrs(r.ctx, level, "request", attrs...)
}

// path is the pattern of the route, so that the log holds neither query strings nor one-time values of a path.
func (r *Request) path() string {
	if r.route != nil {
		return r.route.Path
	}
	return cutText(r.c.Path(), 100)
}
