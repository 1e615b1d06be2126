package web

import (
	"context"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/static"
)

// system adds what is no feature: assets, liveness, readiness.
func (s *Server) system() {
	s.app.Get("/static/*", s.asset)
	s.app.Get("/favicon.ico", func(c *fiber.Ctx) error { return c.Redirect(static.URL("favicon.svg"), 302) })
	s.app.Get("/healthz", func(c *fiber.Ctx) error { return plain(c, 200, "ok\n") })
	s.app.Get("/readyz", s.ready)
}

func plain(c *fiber.Ctx, status int, text string) error {
	c.Set("Cache-Control", "no-store")
	c.Set("X-Content-Type-Options", "nosniff")
	return c.Status(status).Type("txt").SendString(text)
}

func (s *Server) ready(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if s.Ready != nil {
		if err := s.Ready(ctx); err != nil {
			s.Log.Warn("not ready", "error", err)
			return plain(c, 503, "not ready: the database does not answer or its migrations are not done\n")
		}
	}
	return plain(c, 200, "ready\n")
}

// asset serves an embedded file. Its address holds a hash of its content, so that it never changes.
func (s *Server) asset(c *fiber.Ctx) error {
	a, ok := static.Lookup(c.Path())
	if !ok {
		return plain(c, 404, "There is no such file.\n")
	}
	c.Set("Cache-Control", "public, max-age=31536000, immutable")
	c.Set("ETag", a.ETag)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Response().Header.SetContentType(a.ContentType)
	if c.Get("If-None-Match") == a.ETag {
		c.Status(304)
		return nil
	}
	if len(a.Gzip) > 0 {
		c.Set("Vary", "Accept-Encoding")
		if strings.Contains(c.Get("Accept-Encoding"), "gzip") {
			c.Set("Content-Encoding", "gzip")
			c.Response().SetBodyRaw(a.Gzip)
			return nil
		}
	}
	c.Response().SetBodyRaw(a.Body)
	return nil
}
