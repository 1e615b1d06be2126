package web

import (
	"context"

	"github.com/gofiber/fiber/v2"
)

// Document is a body that is ready before it is asked for, and its entity tag.
type Document struct {
	Body []byte
	ETag string
}

// Header lines of documents, in the form that is written.
var (
	headCache  = []byte("Cache-Control")
	headETag   = []byte("Etag")
	headCORS   = []byte("Access-Control-Allow-Origin")
	headSniff  = []byte("X-Content-Type-Options")
	valueCache = []byte("public, max-age=300")
	valueAll   = []byte("*")
	valueSniff = []byte("nosniff")
)

// Fixed serves public documents that change rarely and are asked for often: metadata and key sets. find gives the one for
// the origin that was addressed. Pages of any origin may read them and anybody may keep them for five minutes. There is nothing
// to authenticate, read or log, so such a request costs little more than its bytes.
func Fixed(face Face, media string, find func(ctx context.Context, origin string) (Document, error)) Endpoint {
	e := Raw(face, func(ctx context.Context, r *Request) error {
		d, err := find(ctx, r.origin)
		if err != nil {
			return err
		}
		write(r.c, media, d)
		return nil
	})
	e.fixed = func(c *fiber.Ctx, origin string) bool {
		d, err := find(context.Background(), origin)
		if err == nil {
			write(c, media, d)
		}
		return err == nil
	}
	return e
}

func write(c *fiber.Ctx, media string, d Document) {
	res := c.Response()
	res.Header.SetCanonical(headCache, valueCache)
	res.Header.SetCanonical(headETag, []byte(d.ETag))
	res.Header.SetCanonical(headCORS, valueAll)
	res.Header.SetCanonical(headSniff, valueSniff)
	if string(c.Request().Header.Peek(fiber.HeaderIfNoneMatch)) == d.ETag {
		res.SetStatusCode(304)
		return
	}
	res.Header.SetContentType(media)
	res.SetBodyRaw(d.Body)
}
