package logto

import (
	"net/http"

	"github.com/valyala/fasthttp"

	"gatehouse/models"
	"gatehouse/web"
)

// face is how this dialect reads and writes. Unknown members are ignored; bodies are JSON or forms; every answer has an id.
type face struct{}

// Name is the face's name in tokens and in the audit log.
func (face) Name() string { return models.FaceLogto }

// Read fills in from the body, the query and the path.
// Faults: Malformed (no JSON), Invalid (invalid_body, invalid_query) naming every member that breaks a rule.
func (face) Read(r *web.Request, in any) error {
	if web.TakesBody(r, in) {
		if err := readBody(r, in); err != nil {
			return err
		}
	}
	if q, ok := in.(queried); ok {
		if err := q.readQuery(r.Fiber().Context().QueryArgs()); err != nil {
			return err
		}
	}
	return at(web.BindAround(r, in, web.Lenient), invalidQuery)
}

// queried is an input that reads a part of the query by a grammar of its own.
type queried interface {
	readQuery(args *fasthttp.Args) error
}

// answerer is an answer that is more than a body: a list with its headers, a status of its own, a text.
type answerer interface {
	answer(r *web.Request, status int) error
}

// Write answers.
func (face) Write(r *web.Request, status int, out any) error {
	heads(r)
	if a, ok := out.(answerer); ok {
		return a.answer(r, status)
	}
	return r.JSON(status, out)
}

// heads are the headers of every answer. Reads carry secrets, so nobody keeps them.
func heads(r *web.Request) {
	r.Fiber().Set("Logto-Core-Request-Id", requestID(r.ID()))
	r.Fiber().Set("Cache-Control", "no-store")
}

// requestIDLength is how many characters a request id has here.
const requestIDLength = 16

// requestID is the end of ours, which tells requests apart.
func requestID(ours string) string {
	return ours[max(0, len(ours)-requestIDLength):]
}

// written is an answer to a PUT that creates or replaces: the two have different statuses.
type written[T any] struct {
	body    T
	created bool
}

func (w written[T]) answer(r *web.Request, status int) error {
	if w.created {
		status = http.StatusCreated
	}
	return r.JSON(status, w.body)
}
