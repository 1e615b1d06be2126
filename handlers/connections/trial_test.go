package connections

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"gatehouse/models"
)

// pages answers known addresses; everything else is down.
func pages(known map[string]Answer) Fetch {
	return func(_ context.Context, url string) (Answer, error) {
		if a, ok := known[url]; ok {
			return a, nil
		}
		return Answer{}, errDown
	}
}

func ok(body string) Answer { return Answer{200, []byte(body)} }

// failed lists the names of the steps that failed or warn.
func (r Report) worst(state string) string {
	var out []string
	for _, s := range r.Steps {
		if s.State == state {
			out = append(out, s.Name)
		}
	}
	return strings.Join(out, ", ")
}

func TestAConnectionTestSaysWhatIsWrong(t *testing.T) {
	const disco = "https://idp.example/.well-known/openid-configuration"
	good := `{"issuer":"https://idp.example","authorization_endpoint":"https://idp.example/a","token_endpoint":"https://idp.example/t","jwks_uri":"https://idp.example/k","response_types_supported":["code"]}`
	keys := ok(`{"keys":[{"kty":"EC","use":"sig"}]}`)
	full := map[string]any{"client_id": "a", "client_secret": "s", "issuer": "https://idp.example"}
	w := open(t)
	for i, c := range []struct {
		about            string
		strategy         string
		options          map[string]any
		pages            map[string]Answer
		failed, warnings string
	}{
		{"all is well", "oidc", full, map[string]Answer{disco: ok(good), "https://idp.example/k": keys}, "", ""},
		{"nobody answers", "oidc", full, nil, "Discovery document", ""},
		{"an error page", "oidc", full, map[string]Answer{disco: {404, nil}}, "Discovery document", ""},
		{"a web page", "oidc", full, map[string]Answer{disco: ok("<html>")}, "Discovery document", ""},
		{"another issuer", "oidc", full, map[string]Answer{disco: ok(strings.Replace(good, `"https://idp.example"`, `"https://other.example"`, 1)), "https://idp.example/k": keys}, "Issuer", ""},
		{"no token endpoint", "oidc", full, map[string]Answer{disco: ok(strings.Replace(good, "token_endpoint", "x", 1)), "https://idp.example/k": keys}, "token_endpoint", ""},
		{"no code", "oidc", full, map[string]Answer{disco: ok(strings.Replace(good, `["code"]`, `["id_token"]`, 1)), "https://idp.example/k": keys}, "Authorization code", ""},
		{"no keys", "oidc", full, map[string]Answer{disco: ok(good), "https://idp.example/k": ok(`{"keys":[]}`)}, "Signing keys", ""},
		{"no client_id and no secret", "oidc", map[string]any{"issuer": "https://idp.example"}, map[string]Answer{disco: ok(good), "https://idp.example/k": keys}, "Settings", "Secret"},
		{"endpoints that answer without discovery", "github", map[string]any{"client_id": "a", "client_secret": "s"}, map[string]Answer{
			"https://github.com/login/oauth/authorize": {302, nil}, "https://github.com/login/oauth/access_token": {404, nil}}, "", "Token endpoint"},
		{"a generic provider without endpoints", "oauth2", map[string]any{"client_id": "a", "client_secret": "s"}, nil, "Settings, Authorization endpoint, Token endpoint", ""},
		{"our own database", "auth0", nil, nil, "", ""},
		{"a directory without an agent", "ad", nil, nil, "Agent", ""},
		{"SAML without anything", "samlp", nil, nil, "Sign-in address, Certificate", ""},
		{"SAML metadata of a service provider", "samlp", map[string]any{"metadataXml": `<EntityDescriptor entityID="x"><SPSSODescriptor/></EntityDescriptor>`}, nil, "Metadata", ""},
		{"SAML metadata", "samlp", map[string]any{"metadataUrl": "https://idp.example/md"}, map[string]Answer{"https://idp.example/md": ok(samlMetadata(t, 365))}, "", ""},
		{"a certificate that ends soon", "samlp", map[string]any{"metadataUrl": "https://idp.example/md"}, map[string]Answer{"https://idp.example/md": ok(samlMetadata(t, 5))}, "", "Certificate"},
		{"a certificate that ended", "samlp", map[string]any{"metadataUrl": "https://idp.example/md"}, map[string]Answer{"https://idp.example/md": ok(samlMetadata(t, -5))}, "Certificate", ""},
	} {
		w.Outside, w.Glance = pages(c.pages), pages(c.pages)
		made := w.make(fmt.Sprintf("it-%d", i), c.strategy, c.options)
		report, err := w.Test(w.ctx, IDIn{ID: made.ID})
		if err != nil {
			t.Fatal(c.about, err)
		}
		if report.worst(StepFailed) != c.failed || report.worst(StepWarning) != c.warnings || report.OK != (c.failed == "") {
			t.Errorf("%s: failed %q, warnings %q, %+v", c.about, report.worst(StepFailed), report.worst(StepWarning), report.Steps)
		}
	}
}

func TestATestIsAudited(t *testing.T) {
	w := open(t)
	w.Outside = pages(nil)
	made := w.make("it", "oidc", map[string]any{"client_id": "a", "issuer": "https://idp.example"})
	if _, err := w.Test(w.ctx, IDIn{ID: made.ID}); err != nil {
		t.Fatal(err)
	}
	var e models.Event
	if err := w.DB.Read.NewSelect().Model(&e).Where("type = 'connection.tested'").Scan(w.ctx); err != nil || e.Outcome != "failure" || e.ObjectID != made.ID {
		t.Errorf("%+v, %v", e, err)
	}
}

// samlMetadata describes an identity provider whose certificate ends in some days.
func samlMetadata(t *testing.T, days int) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	end := time.Now().AddDate(0, 0, days)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp"}, NotBefore: end.AddDate(-1, 0, 0), NotAfter: end}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://idp.example">
<md:IDPSSODescriptor><md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>` + base64.StdEncoding.EncodeToString(der) + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>`
}
