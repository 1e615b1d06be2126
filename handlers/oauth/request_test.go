package oauth

import (
	"encoding/base64"
	"strings"
	"testing"

	"gatehouse/models"
)

const formType = "application/x-www-form-urlencoded"

func TestParseTokenRequest(t *testing.T) {
	basic := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, c := range []struct {
		name, media, authorization, query, body string
		want                                    string
	}{
		{"a form", formType, "", "", "grant_type=client_credentials&client_id=a&client_secret=b", ""},
		{"a form with a charset", formType + "; charset=utf-8", "", "", "grant_type=client_credentials&client_id=a&client_secret=b", ""},
		{"JSON", "application/json", "", "", `{"grant_type":"client_credentials","client_id":"a","client_secret":"b","extra":{"deep":[1]}}`, ""},
		{"Basic", formType, basic("a:b"), "", "grant_type=client_credentials", ""},
		{"Basic and the same client_id", formType, basic("a:b"), "", "grant_type=client_credentials&client_id=a", ""},
		{"RFC 6749 section 3.2: unknown parameters are ignored, even twice", formType, "", "", "grant_type=client_credentials&client_id=a&client_secret=b&x=1&x=2", ""},
		{"RFC 6749 section 3.2: a parameter without a value is absent", formType, basic("a:b"), "", "grant_type=client_credentials&client_secret=", ""},
		{"RFC 6749 section 3.2: a parameter twice", formType, "", "", "grant_type=client_credentials&client_id=a&client_id=a&client_secret=b", "invalid_request"},
		{"a member twice", "application/json", "", "", `{"grant_type":"a","grant_type":"a"}`, "invalid_request"},
		{"RFC 8707 section 2: two resources", formType, basic("a:b"), "", "grant_type=client_credentials&resource=x&resource=y", "invalid_target"},
		{"RFC 6749 section 2.3: Basic and a body secret", formType, basic("a:b"), "", "grant_type=client_credentials&client_id=a&client_secret=b", "invalid_request"},
		{"RFC 6749 section 2.3: a secret and an assertion", formType, "", "", "grant_type=client_credentials&client_id=a&client_secret=b&client_assertion=c", "invalid_request"},
		{"Basic and another client_id", formType, basic("a:b"), "", "grant_type=client_credentials&client_id=z", "invalid_request"},
		{"RFC 6749 section 2.3.1: a secret in the address", formType, "", "client_secret=b", "grant_type=client_credentials&client_id=a", "invalid_request"},
		{"a client_id in the address", formType, "", "client_id=a", "grant_type=client_credentials", "invalid_request"},
		{"another media type", "text/plain", "", "", "grant_type=client_credentials", "invalid_request"},
		{"no media type", "", "", "", "grant_type=client_credentials", "invalid_request"},
		{"a form that is not encoded", formType, "", "", "grant_type=%zz", "invalid_request"},
		{"an array as JSON", "application/json", "", "", `["grant_type"]`, "invalid_request"},
		{"two values as JSON", "application/json", "", "", `{} {}`, "invalid_request"},
		{"half a JSON", "application/json", "", "", `{"grant_type":"client_credentials"`, "invalid_request"},
		{"a number as JSON", "application/json", "", "", `{"grant_type":1}`, "invalid_request"},
		{"a list of audiences as JSON", "application/json", "", "", `{"audience":["a","b"]}`, "invalid_request"},
		{"a null character in resource, where PostgreSQL and SQLite end in an error", formType, basic("a:b"), "", "grant_type=client_credentials&resource=%00", "invalid_target"},
		{"a null character inside resource", formType, basic("a:b"), "", "grant_type=client_credentials&resource=a%00b", "invalid_target"},
		{"a null character in audience", formType, basic("a:b"), "", "grant_type=client_credentials&audience=a%00b", "invalid_target"},
		{"a null character as JSON", "application/json", basic("a:b"), "", `{"audience":"a\u0000b"}`, "invalid_target"},
		{"a null character in scope", formType, basic("a:b"), "", "grant_type=client_credentials&scope=a%00", "invalid_scope"},
		{"a scope that is not UTF-8", formType, basic("a:b"), "", "grant_type=client_credentials&scope=%ff", "invalid_scope"},
		{"a scope that would make a token too long to be read", formType, basic("a:b"), "", "grant_type=client_credentials&scope=" + strings.Repeat("client.read+", 400), "invalid_scope"},
		{"a resource of 3,000 characters", formType, basic("a:b"), "", "grant_type=client_credentials&resource=https://" + strings.Repeat("x", 3000), "invalid_target"},
		{"Basic that is not base64", formType, "Basic !!", "", "grant_type=client_credentials", "invalid_client"},
		{"Basic without a colon", formType, basic("ab"), "", "grant_type=client_credentials", "invalid_client"},
		{"another scheme", formType, "Bearer abc", "", "grant_type=client_credentials", "invalid_client"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, err := ParseTokenRequest(c.media, c.authorization, c.query, []byte(c.body))
			if reason(err) != c.want {
				t.Fatalf("%v, want %q", err, c.want)
			}
			if err == nil && (in.GrantType != models.GrantClientCredentials || in.client() != "a") {
				t.Errorf("read %+v", in)
			}
		})
	}
}

// RFC 6749 section 2.3.1, appendix B: id and secret are form-encoded inside of Basic.
func TestBasicIsFormEncoded(t *testing.T) {
	b, err := parseBasic("Basic " + base64.StdEncoding.EncodeToString([]byte("my%3Aid:p%26ss+word")))
	if err != nil || b.ID != "my:id" || b.Secret.Reveal() != "p&ss word" || b.Literal.Reveal() != "p%26ss+word" {
		t.Errorf("%+v, %v", b, err)
	}
}

func FuzzParseTokenRequest(f *testing.F) {
	f.Add(formType, "Basic YTpi", "a=b", []byte("grant_type=client_credentials&scope=a+b"))
	f.Add("application/json", "", "", []byte(`{"grant_type":"client_credentials","client_id":"a","client_secret":"b"}`))
	f.Add("application/json; charset=\"", "basic", "%", []byte(`{"a":{"b":[`))
	f.Fuzz(func(t *testing.T, media, authorization, query string, body []byte) {
		in, err := ParseTokenRequest(media, authorization, query, body)
		if err != nil {
			if _, ok := models.AsFault(err); !ok {
				t.Errorf("an internal error for bad input: %v", err)
			}
			return
		}
		if in.Basic != nil && !in.ClientSecret.Empty() {
			t.Error("two methods passed")
		}
		if strings.Contains(describable(in.Scope), `"`) {
			t.Error("a quote in a description")
		}
	})
}
