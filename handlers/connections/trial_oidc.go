package connections

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// provider is what we need of a discovery document: OpenID Connect Discovery 1.0 section 3.
type provider struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	UserInfoEndpoint      string   `json:"userinfo_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	ResponseTypes         []string `json:"response_types_supported"`
	Scopes                []string `json:"scopes_supported"`
	SigningAlgs           []string `json:"id_token_signing_alg_values_supported"`
}

// discovery reads the provider's own description and its keys.
func (t *trial) discovery(at string) {
	body, ok := t.ask("Discovery document", at)
	if !ok {
		return
	}
	var p provider
	if err := json.Unmarshal(body, &p); err != nil {
		t.wrong("What answers there is not a JSON document. A discovery document ends in /.well-known/openid-configuration.")
		return
	}
	t.issuer(p, at)
	t.described(p)
	if p.JWKSURI != "" {
		t.keys(p.JWKSURI)
	}
}

// issuer compares the provider's name for itself with the address it was found at (section 4.3). Directories with many tenants
// write a placeholder in its place.
func (t *trial) issuer(p provider, at string) {
	want := strings.TrimSuffix(at, "/.well-known/openid-configuration")
	if said := t.c.OptionText("issuer"); said != "" {
		want = said
	}
	switch {
	case p.Issuer == "":
		t.add("Issuer", StepFailed, "", "The discovery document does not say who issues tokens.")
	case strings.TrimSuffix(p.Issuer, "/") == strings.TrimSuffix(want, "/"), strings.Contains(p.Issuer, "{"):
		t.add("Issuer", StepOK, "", "%s", p.Issuer)
	case t.c.OptionText("issuer") == "":
		t.add("Issuer", StepWarning, "", "The provider calls itself %s, not %s as its address says.", p.Issuer, want)
	default:
		t.add("Issuer", StepFailed, "", "The provider calls itself %s. Tokens are refused while the issuer option says %s.", p.Issuer, want)
	}
}

// described looks for the endpoints and for what we will ask for.
func (t *trial) described(p provider) {
	for _, e := range [][2]string{{"authorization_endpoint", p.AuthorizationEndpoint}, {"token_endpoint", p.TokenEndpoint}, {"jwks_uri", p.JWKSURI}} {
		u, err := url.Parse(e[1])
		switch {
		case e[1] == "":
			t.add(e[0], StepFailed, "", "The discovery document has no %s.", e[0])
		case err != nil || u.Host == "":
			t.add(e[0], StepFailed, e[1], "This is not an address.")
		case u.Scheme != "https":
			t.add(e[0], StepWarning, e[1], "This address does not use https: anybody on the way can read and change what goes there.")
		default:
			t.add(e[0], StepOK, e[1], "Described.")
		}
	}
	if len(p.ResponseTypes) > 0 && !slices.Contains(p.ResponseTypes, "code") {
		t.add("Authorization code", StepFailed, "", "The provider does not offer the response type code; it offers %s.", strings.Join(p.ResponseTypes, ", "))
	}
	if len(p.Scopes) > 0 && !slices.Contains(p.Scopes, "openid") {
		t.add("Scopes", StepWarning, "", "The provider does not list the scope openid, so it may send no ID token.")
	}
}

// keys reads the key set: RFC 7517 section 5.
func (t *trial) keys(at string) {
	body, ok := t.ask("Signing keys", at)
	if !ok {
		return
	}
	var set struct {
		Keys []struct {
			KTY string `json:"kty"`
			Use string `json:"use"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		t.wrong("What answers there is not a JSON key set.")
		return
	}
	n := 0
	for _, k := range set.Keys {
		if k.KTY != "" && k.Use != "enc" {
			n++
		}
	}
	if n == 0 {
		t.wrong("The key set holds no key that could sign.")
		return
	}
	t.steps[len(t.steps)-1].Text = fmt.Sprintf("Keys that sign: %d.", n)
}
