package web

import (
	"bytes"
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"gatehouse/models"
)

// headers refuses more of them than are served. What reads them gives up later than this, so that the refusal still knows the face.
// It refuses as well what would make a body another one than was counted: an encoding, by which a few KiB become a GiB, and two words
// about its length (RFC 9112 section 6.1), of which a proxy may have believed the other.
func headers(c *fiber.Ctx) error {
	h := &c.Request().Header
	if len(h.RawHeaders()) > MaxHeader {
		return &models.Fault{Code: LargeHeaders, Reason: "headers_too_large", Text: "Request headers hold at most 16 KiB."}
	}
	if coding := h.Peek("Content-Encoding"); len(coding) > 0 && !strings.EqualFold(string(coding), "identity") {
		return &models.Fault{Code: models.BadType, Reason: "unsupported_encoding", Text: "Send the body as it is, without Content-Encoding."}
	}
	if len(h.Peek("Transfer-Encoding")) > 0 && bytes.Contains(bytes.ToLower(h.RawHeaders()), []byte("\ncontent-length:")) {
		c.Context().SetConnectionClose()
		return &models.Fault{Code: Malformed, Reason: "malformed_request", Text: "Send Content-Length or Transfer-Encoding, not both."}
	}
	return nil
}

// selfLimiting is a face whose endpoints anybody may call and which counts failures by itself, because its successes have no
// limit: the token endpoint.
type selfLimiting interface{ LimitsItself() }

// admit authenticates and matches the action of the route.
func (r *Request) admit() error {
	if actor, ok := r.trying(); ok {
		return r.admitTrial(actor)
	}
	if r.route.face == Console {
		return r.admitConsole()
	}
	if r.route.Action == Public {
		if _, own := r.route.face.(selfLimiting); own {
			return nil
		}
		return r.srv.limit.anonymous(r)
	}
	authorization, err := r.Authorization()
	if err != nil {
		return err
	}
	actor, err := r.srv.bearer(r.ctx, authorization, r.route.face)
	if err != nil {
		return r.srv.limit.failed(r, err)
	}
	r.ctx = models.WithActor(r.ctx, actor)
	return r.route.allows(actor)
}

// bearer tells whom the Authorization header of a request to a management API is from.
func (s *Server) bearer(ctx context.Context, authorization string, face Face) (models.Actor, error) {
	scheme, token, _ := strings.Cut(authorization, " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" { // RFC 9110 section 11.1
		return models.Actor{}, &models.Fault{Code: models.Unauthenticated, Reason: "missing_token", Text: "Send an access token: Authorization: Bearer <token>."}
	}
	return s.Tokens.Bearer(ctx, token, face.Name())
}

// allows judges whether an actor holds the action of the route.
func (r *Route) allows(actor models.Actor) error {
	if !actor.May(r.Action) {
		return models.Denied(r.Action)
	}
	return nil
}

// Authorization gives the header, empty when there is none. Two of them are refused (RFC 9110 section 5.3): whatever stands between
// might look at the other one.
// Faults: Malformed.
func (r *Request) Authorization() (string, error) { return authorization(&r.c.Request().Header) }

func authorization(h *fasthttp.RequestHeader) (string, error) {
	switch all := h.PeekAll("Authorization"); len(all) {
	case 0:
		return "", nil
	case 1:
		return string(all[0]), nil
	}
	return "", &models.Fault{Code: Malformed, Reason: "malformed_request", Text: "Send one Authorization header."}
}
