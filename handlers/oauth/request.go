package oauth

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gatehouse/handlers/oauth/grant"
	"gatehouse/models"
)

// AssertionType is the only client_assertion_type (RFC 7523 section 2.2).
const AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// TokenRequest is a request to the token endpoint (RFC 6749 section 3.2), parsed once. Nothing later reads the raw form.
type TokenRequest struct {
	Path                string // of the issuer that was addressed
	GrantType           string
	ClientID            string
	ClientSecret        models.Secret // from the body (section 2.3.1)
	Basic               *Basic        // from the Authorization header
	ClientAssertion     models.Secret
	ClientAssertionType string
	Scope               string
	Resource            string
	Audience            string
}

// Basic is client authentication by HTTP Basic. Many clients leave out the form encoding that RFC 6749 section 2.3.1 asks
// for, so both readings of the secret are kept.
type Basic struct {
	ID              string
	Secret, Literal models.Secret
}

// parameters is what the token endpoint reads; all others are ignored (RFC 6749 section 3.2).
var parameters = []string{"grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", "scope", "resource", "audience"}

// ParseTokenRequest reads a request to the token endpoint: an HTML form or a JSON object of texts. Credentials never come in
// the query.
func ParseTokenRequest(contentType, authorization, query string, body []byte) (TokenRequest, error) {
	var in TokenRequest
	if err := checkQuery(query); err != nil {
		return in, err
	}
	values, err := parseBody(contentType, body)
	if err != nil {
		return in, err
	}
	in = TokenRequest{GrantType: values["grant_type"], ClientID: values["client_id"], ClientSecret: models.NewSecret(values["client_secret"]),
		ClientAssertion: models.NewSecret(values["client_assertion"]), ClientAssertionType: values["client_assertion_type"],
		Scope: values["scope"], Resource: values["resource"], Audience: values["audience"]}
	if authorization != "" {
		if in.Basic, err = parseBasic(authorization); err != nil {
			return in, err
		}
	}
	return in, oneMethod(in)
}

// checkQuery refuses credentials in the address, where logs keep them (RFC 6749 section 2.3.1).
func checkQuery(query string) error {
	if query == "" {
		return nil
	}
	values, _ := url.ParseQuery(query)
	for _, name := range []string{"client_id", "client_secret", "client_assertion", "grant_type"} {
		if values.Has(name) {
			return grant.Fail(grant.InvalidRequest, "Send "+name+" in the body, not in the address.")
		}
	}
	return nil
}

func parseBody(contentType string, body []byte) (map[string]string, error) {
	media, _, err := mime.ParseMediaType(contentType)
	switch {
	case media == "application/x-www-form-urlencoded":
		return parseForm(string(body))
	case media == "application/json":
		return parseJSON(body)
	case err != nil || contentType == "":
		return nil, grant.Fail(grant.InvalidRequest, "Send the body as application/x-www-form-urlencoded or application/json.")
	}
	return nil, grant.Fail(grant.InvalidRequest, "The token endpoint reads application/x-www-form-urlencoded and application/json only.")
}

// parseForm reads a form. A parameter that comes twice is refused, one without a value counts as absent (RFC 6749 section 3.2).
func parseForm(body string) (map[string]string, error) {
	values := make(map[string]string, len(parameters))
	for pair := range strings.SplitSeq(body, "&") {
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(rawName)
		if err != nil {
			return nil, grant.Fail(grant.InvalidRequest, "The form is not encoded as application/x-www-form-urlencoded.")
		}
		if !slices.Contains(parameters, name) {
			continue
		}
		value, err := url.QueryUnescape(rawValue)
		if err != nil {
			return nil, grant.Fail(grant.InvalidRequest, "The value of "+name+" is not encoded as application/x-www-form-urlencoded.")
		}
		if err := put(values, name, value); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func put(values map[string]string, name, value string) error {
	if _, twice := values[name]; twice {
		if name == "resource" {
			return grant.Fail(grant.InvalidTarget, "A token has one audience: name one resource.") // RFC 8707 section 2 lets a server choose so
		}
		return grant.Fail(grant.InvalidRequest, "The parameter "+name+" comes twice.")
	}
	if !models.PlainText(value) {
		return unreadable(name)
	}
	if most := longest[name]; most > 0 && len(value) > most {
		return grant.Fail(errorOf(name), "The value of "+name+" has more than "+strconv.Itoa(most)+" characters.")
	}
	values[name] = value
	return nil
}

// longest is how long a parameter may be, in bytes, where its value goes into the token or the answer: a token that is longer than
// what readers look at is of no use.
var longest = map[string]int{"scope": 4096, "resource": 2048, "audience": 2048}

// unreadable refuses a value that no database can look for.
func unreadable(name string) error {
	return grant.Fail(errorOf(name), "The value of "+name+" must be UTF-8 and hold no null character.")
}

// errorOf is the error of a parameter: what it was for decides (RFC 8707 section 2, RFC 6749 section 5.2).
func errorOf(name string) string {
	switch name {
	case "resource", "audience":
		return grant.InvalidTarget
	case "scope":
		return grant.InvalidScope
	}
	return grant.InvalidRequest
}

// parseJSON reads an object whose members are texts, as Auth0's clients send it.
func parseJSON(body []byte) (map[string]string, error) {
	malformed := grant.Fail(grant.InvalidRequest, "The body is not a JSON object.")
	dec := json.NewDecoder(strings.NewReader(string(body)))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, malformed
	}
	values := make(map[string]string, len(parameters))
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, malformed
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, malformed
		}
		key, _ := name.(string)
		if !slices.Contains(parameters, key) {
			continue
		}
		var value string
		if err := json.Unmarshal(raw, &value); err != nil {
			return nil, grant.Fail(grant.InvalidRequest, "The member "+key+" must be a string.")
		}
		if err := put(values, key, value); err != nil {
			return nil, err
		}
	}
	if _, err := dec.Token(); err != nil { // the closing brace
		return nil, malformed
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, malformed
	}
	return values, nil
}

// parseBasic reads an Authorization header (RFC 7617, RFC 6749 section 2.3.1).
func parseBasic(header string) (*Basic, error) {
	scheme, encoded, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return nil, grant.Fail(grant.InvalidClient, "The token endpoint takes the authorization scheme Basic only.")
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	id, secret, ok := strings.Cut(string(raw), ":")
	if err != nil || !ok {
		return nil, grant.Fail(grant.InvalidClient, "The Authorization header does not hold client_id:client_secret in base64.")
	}
	if v, err := url.QueryUnescape(id); err == nil {
		id = v
	}
	b := &Basic{ID: id, Secret: models.NewSecret(secret), Literal: models.NewSecret(secret)}
	if v, err := url.QueryUnescape(secret); err == nil {
		b.Secret = models.NewSecret(v)
	}
	return b, nil
}

// oneMethod refuses more than one way of authenticating in a request (RFC 6749 section 2.3).
func oneMethod(in TokenRequest) error {
	methods := 0
	for _, used := range []bool{in.Basic != nil, !in.ClientSecret.Empty(), !in.ClientAssertion.Empty() || in.ClientAssertionType != ""} {
		if used {
			methods++
		}
	}
	if methods > 1 {
		return grant.Fail(grant.InvalidRequest, "Authenticate the client in one way: Basic, client_secret or client_assertion.")
	}
	if in.Basic != nil && in.ClientID != "" && in.ClientID != in.Basic.ID {
		return grant.Fail(grant.InvalidRequest, "client_id is not the client of the Authorization header.")
	}
	return nil
}
