package auth0

import (
	"bytes"
	"encoding/json"
	"mime"
	"strings"

	"gatehouse/models"
	"gatehouse/web"
)

// whole is an input whose body is not an object with known members: a text, a list, an object with free names, or one that may be
// left out. The body is read as the member that it names; an empty one as null.
type whole interface{ wholeBody() (member string) }

// outcome is an answer whose status is known only once it was made.
type outcome interface{ outcome() (status int, body any) }

// readWhole reads the body as one member of in, by the rules of that member, and what stands around it.
func readWhole(r *web.Request, in any, w whole) error {
	body, err := jsonOf(r.Fiber().Get("Content-Type"), r.Fiber().BodyRaw())
	if err != nil {
		return err
	}
	member := w.wholeBody()
	if err := unwrapped(web.ReadShape(wrapped(member, body), in, web.StrictBody), member); err != nil {
		return err
	}
	return web.BindAround(r, in, web.StrictBody)
}

// wrapped puts a JSON value into an object, under a name. What is no JSON value stays what it is, to be refused as such.
func wrapped(member string, body []byte) []byte {
	if len(bytes.TrimSpace(body)) == 0 {
		body = []byte("null")
	}
	if !json.Valid(body) {
		return body
	}
	return append(append([]byte(`{"`+member+`":`), body...), '}')
}

// unwrapped takes the name under which a body was read out of a fault.
func unwrapped(err error, member string) error {
	f, ok := models.AsFault(err)
	if !ok || len(f.Fields) == 0 {
		return err
	}
	told := *f
	told.Fields = make([]models.FieldFault, len(f.Fields))
	for i, field := range f.Fields {
		field.Name = strings.TrimPrefix(strings.TrimPrefix(field.Name, member), ".")
		if strings.HasPrefix(field.Name, "[") {
			field.Name = "body" + field.Name // an item of a list has no other name
		}
		told.Fields[i] = field
	}
	return &told
}

// jsonOf gives the JSON of a body; HTML is a JSON text of it.
func jsonOf(contentType string, body []byte) ([]byte, error) {
	media, _, _ := mime.ParseMediaType(contentType)
	switch {
	case media == "text/html":
		return json.Marshal(string(body))
	case media == "" || media == "application/json" || strings.HasSuffix(media, "+json"):
		return body, nil
	}
	return nil, &models.Fault{Code: models.BadType, Reason: "unsupported_media_type", Text: "Send the body as application/json."}
}
