package auth0

import (
	"encoding/json"
	"strconv"

	"gatehouse/models"
	"gatehouse/web"
)

// opt is a member of an update: absent, null, or a value.
type opt[T any] = models.Opt[T]

// face is how this dialect reads and writes: JSON or forms, members that the document does not name are refused, query
// parameters that it does not name are ignored, and so is a body with GET.
type face struct{}

// Name is the face's name in tokens and in the audit log.
func (face) Name() string { return models.FaceAuth0 }

// Read fills in. Limits of the document are tags beside the wire types.
func (face) Read(r *web.Request, in any) error {
	if w, ok := in.(whole); ok && web.TakesBody(r, in) {
		return readWhole(r, in, w)
	}
	return web.BindShape(r, in, web.StrictBody)
}

// Write answers. Where the operation takes fields and include_fields (its input embeds fieldsIn), the answer is cut to them.
func (face) Write(r *web.Request, status int, out any) error {
	head(r)
	if o, ok := out.(outcome); ok {
		status, out = o.outcome()
	}
	pick := picked(r)
	if l, ok := out.(lister); ok {
		body, err := l.list(pick)
		if err != nil {
			return err
		}
		return r.Bytes(status, mediaType, body)
	}
	var raw []byte
	var err error
	if own, ok := out.(appender); ok {
		raw, err = own.appendJSON(nil)
	} else if out == nil || pick.all() {
		return r.JSON(status, out)
	} else {
		raw, err = json.Marshal(out)
	}
	if err != nil {
		return err
	}
	return r.Bytes(status, mediaType, pick.cut(nil, raw))
}

const mediaType = "application/json; charset=utf-8"

// head writes what stands on every answer: how far the limit is, and that nobody keeps it, because reads carry secrets.
func head(r *web.Request) {
	limit, left, reset := r.Allowance(models.Now())
	set := r.Fiber().Set
	set("Cache-Control", "no-store")
	set("X-RateLimit-Limit", strconv.Itoa(limit))
	set("X-RateLimit-Remaining", strconv.Itoa(left))
	set("X-RateLimit-Reset", strconv.FormatInt(reset.Unix(), 10))
}
