package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// knownMethods stands before Fiber, which answers a method that it has never heard of by itself, as text: without a request id, the
// headers of every answer, or the shape of the face that was asked.
func (s *Server) knownMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
			next(ctx)
			return
		}
		c := s.app.AcquireCtx(ctx)
		defer s.app.ReleaseCtx(c)
		code := fiber.StatusNotFound
		if allowed := s.methodsAt(c.Path()); len(allowed) > 0 {
			code = fiber.StatusMethodNotAllowed
			c.Set("Allow", strings.Join(allowed, ", ")) // RFC 9110 section 15.5.6
		}
		_ = s.unmatched(c, fiber.NewError(code)) // writes what it can; nothing else could
	}
}

// methodsAt lists what an address takes.
func (s *Server) methodsAt(path string) (out []string) {
	for _, r := range s.routes {
		if !slices.Contains(out, r.Method) && fiber.RoutePatternMatch(path, r.Path, fiber.Config{StrictRouting: true, CaseSensitive: true}) {
			out = append(out, r.Method)
		}
	}
	if slices.Contains(out, "GET") {
		out = append(out, "HEAD")
	}
	return out
}
