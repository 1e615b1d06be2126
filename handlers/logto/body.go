package logto

import (
	"encoding/json"
	"mime"
	"net/url"
	"strings"

	"gatehouse/models"
	"gatehouse/web"
)

// Reasons of faults that say which part of a request breaks a rule.
const (
	invalidBody   = "invalid_body"
	invalidQuery  = "invalid_query"
	invalidParams = "invalid_params"
)

// whole is an input that takes the body as it is: a free object, or a list.
type whole interface{ readWhole(body []byte) error }

// readBody reads the body of a request by the rules of in.
func readBody(r *web.Request, in any) error {
	body, err := bodyOf(r.Fiber().Get("Content-Type"), r.Fiber().BodyRaw())
	if err != nil {
		return err
	}
	return at(decode(body, in), invalidBody)
}

// decode reads a JSON body into in.
func decode(body []byte, in any) error {
	if w, ok := in.(whole); ok {
		return w.readWhole(body)
	}
	err := web.ReadShape(body, in, web.Lenient)
	if models.IsFault(err, web.Malformed) && json.Valid(body) && body[firstOf(body)] != '{' {
		return wrongKind("object", body)
	}
	return err
}

// bodyOf gives the JSON of a body. A form is an object of texts; nothing at all is an empty object; any other type is a text.
func bodyOf(contentType string, body []byte) ([]byte, error) {
	media, _, _ := mime.ParseMediaType(contentType)
	switch {
	case media == "application/x-www-form-urlencoded":
		return formObject(string(body))
	case len(strings.TrimSpace(string(body))) == 0:
		return []byte("{}"), nil
	case media == "" || media == "application/json" || strings.HasSuffix(media, "+json"):
		return body, nil
	}
	return json.Marshal(string(body))
}

// formObject spells a form as JSON: a name that comes twice, or ends in [], is a list, and a[b]=c is an object in an object.
func formObject(text string) ([]byte, error) {
	values, err := url.ParseQuery(text)
	if err != nil {
		return nil, &models.Fault{Code: web.Malformed, Reason: "malformed_body", Text: "The form cannot be read: " + err.Error() + "."}
	}
	out := map[string]any{}
	for name, v := range values {
		place(out, steps(name), v, strings.HasSuffix(name, "[]"))
	}
	return json.Marshal(out)
}

// formDepth is how deep a form's names may nest; what is deeper counts as one name.
const formDepth = 5

func steps(name string) []string {
	name = strings.TrimSuffix(name, "[]")
	head, rest, ok := strings.Cut(name, "[")
	if !ok || head == "" || !strings.HasSuffix(rest, "]") {
		return []string{name}
	}
	more := strings.Split(strings.TrimSuffix(rest, "]"), "][")
	if len(more) >= formDepth {
		return []string{name}
	}
	return append([]string{head}, more...)
}

func place(into map[string]any, path []string, values []string, list bool) {
	for _, step := range path[:len(path)-1] {
		next, ok := into[step].(map[string]any)
		if !ok {
			next = map[string]any{}
			into[step] = next
		}
		into = next
	}
	last := path[len(path)-1]
	if list || len(values) > 1 {
		into[last] = values
		return
	}
	into[last] = values[0]
}

// readObject takes a body that must be an object and is otherwise free.
func readObject(body []byte, into *json.RawMessage) error {
	var in struct {
		Body json.RawMessage `json:"body" rule:"required,object"`
	}
	framed := append(append([]byte(`{"body":`), body...), '}')
	if err := web.ReadShape(framed, &in, web.Lenient); err != nil {
		if !json.Valid(body) {
			return web.ReadShape(body, &struct{}{}, web.Lenient)
		}
		if kind := body[firstOf(body)]; kind != '{' {
			return wrongKind("object", body)
		}
		return err
	}
	*into = in.Body
	return nil
}

// wrongKind is the fault of a body that is JSON of another kind than the whole body must be.
func wrongKind(want string, body []byte) error {
	return &models.Fault{Code: models.Invalid, Reason: invalidBody, Text: "The body has another type.", Fields: []models.FieldFault{{
		Reason: "wrong_type", Text: "This must be an " + want + ", not " + kinds[body[firstOf(body)]] + "."}}}
}

// kinds tells the type of a JSON value by its first byte.
var kinds = map[byte]string{'"': "a string", '[': "an array", 'n': "null", 't': "a boolean", 'f': "a boolean", '{': "an object",
	'-': "a number", '0': "a number", '1': "a number", '2': "a number", '3': "a number", '4': "a number", '5': "a number",
	'6': "a number", '7': "a number", '8': "a number", '9': "a number"}

func firstOf(body []byte) int {
	return strings.IndexFunc(string(body), func(r rune) bool { return !strings.ContainsRune(" \t\r\n", r) })
}

// at notes which part of the request an Invalid fault is about.
func at(err error, part string) error {
	fault, ok := models.AsFault(err)
	if !ok || fault.Code != models.Invalid {
		return err
	}
	told := *fault
	told.Reason = part
	return &told
}
