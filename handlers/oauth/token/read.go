package token

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// MaxLength is the most characters of a token that is looked at.
const MaxLength = 16 << 10

// Algorithms is every signature that is accepted here: none is symmetric, and "none" is not one (RFC 8725 sections 3.1, 3.2).
var Algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.EdDSA}

// ErrForm is the error of a text that is not a strictly encoded JWS of an accepted algorithm.
var ErrForm = errors.New("it is not a signed JWT of an accepted form")

// Signed is a JWT that was read and not verified yet: nothing in it may be believed.
type Signed struct {
	KID, Alg, Typ string
	jws           *jose.JSONWebSignature
}

// Read parses a JWT in compact serialization. Keys that it brings along (jwk, jku, x5u, x5c) are not looked at.
func Read(text string) (Signed, error) {
	if !strict(text) {
		return Signed{}, ErrForm
	}
	jws, err := jose.ParseSignedCompact(text, Algorithms)
	if err != nil || len(jws.Signatures) != 1 {
		return Signed{}, ErrForm
	}
	header := jws.Signatures[0].Protected
	typ, _ := header.ExtraHeaders[jose.HeaderType].(string)
	return Signed{KID: header.KeyID, Alg: header.Algorithm, Typ: typ, jws: jws}, nil
}

// strict refuses what lenient decoders let pass: characters that are skipped, and last characters with unused bits, by which
// one signature could be written in several ways.
func strict(text string) bool {
	if len(text) > MaxLength || strings.ContainsAny(text, "\r\n") || strings.Count(text, ".") != 2 {
		return false
	}
	for part := range strings.SplitSeq(text, ".") {
		if _, err := base64.RawURLEncoding.Strict().DecodeString(part); err != nil {
			return false
		}
	}
	return true
}

// Verify checks the signature with one key and gives the claims. The key decides the algorithm: a token that names another one
// than the key is for does not verify.
func (s Signed) Verify(key jose.JSONWebKey) (Claims, error) {
	var c Claims
	if !slices.Contains(suited(key), s.Alg) {
		return c, errors.New("its algorithm is not the one of the key")
	}
	payload, err := s.jws.Verify(key.Key)
	if err != nil {
		return c, errors.New("its signature is wrong")
	}
	return c, decode(payload, &c)
}

// errClaims is the error of claims that are no JSON object, or not of the types that RFC 7519 section 4.1 gives them.
var errClaims = errors.New("its claims are not a JSON object with the types of RFC 7519")

// decode reads claims as every other reader of the token does: their names are compared by letter, and none may come twice (RFC 7519
// sections 4 and 7.3, RFC 8725 section 2.8). encoding/json alone would take "EXP" for "exp" and the last of two.
func decode(payload []byte, c *Claims) error {
	in := json.NewDecoder(bytes.NewReader(payload))
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return errClaims
	}
	seen := make(map[string]bool, len(names)+4)
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return errClaims
		}
		claim, _ := name.(string)
		if seen[claim] {
			return fmt.Errorf("its claim %.40q is there twice", claim)
		}
		seen[claim] = true
		if folded(claim) {
			return fmt.Errorf("its claim %.40q is spelt in another letter case than the claim of that name", claim)
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return errClaims
		}
	}
	if json.Unmarshal(payload, c) != nil {
		return errClaims
	}
	return nil
}

// names are the claims that are read.
var names = func() (out []string) {
	for t, i := reflect.TypeFor[Claims](), 0; i < t.NumField(); i++ {
		out = append(out, t.Field(i).Tag.Get("json"))
	}
	return out
}()

// folded tells whether a name could be taken for a claim without being it.
func folded(name string) bool {
	for _, claim := range names {
		if name != claim && strings.EqualFold(name, claim) {
			return true
		}
	}
	return false
}

// Unverified reads the claims of a JWT without verifying it, for what only says which keys to verify it with. The error is a word for
// whoever wrote the token.
func Unverified(text string) (c Claims, err error) {
	if !strict(text) {
		return c, ErrForm
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(text, ".")[1])
	if err != nil {
		return c, ErrForm
	}
	if err := decode(raw, &c); err != nil {
		return Claims{}, err
	}
	return c, nil
}

// suited lists the algorithms that a key may verify: the one it names, else those of its kind.
func suited(key jose.JSONWebKey) []string {
	var algs []string
	switch kind(key.Key) {
	case "EC":
		algs = []string{"ES256"}
	case "RSA":
		algs = []string{"RS256", "PS256"}
	case "OKP":
		algs = []string{"EdDSA"}
	}
	if key.Algorithm != "" && !slices.Contains(algs, key.Algorithm) {
		return nil
	}
	if key.Algorithm != "" {
		return []string{key.Algorithm}
	}
	return algs
}
