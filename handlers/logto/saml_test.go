package logto_test

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"testing"
)

const samls = "/api/saml-applications"

// TestSAMLApplications is the life of one, with the certificates that this server signs with for it.
func TestSAMLApplications(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(201, "POST", samls, object{"name": "Payroll", "nameIdFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"})
		path := samls + "/" + made.text("id")
		if made["type"] != "SAML" || made["entityId"] != nil || made["acsUrl"] != nil || made["encryption"] != nil || !same(made["attributeMapping"], object{}) {
			t.Errorf("%v", made)
		}
		all := object{"name": "Pay", "description": "All of it", "customData": object{"a": 1.0, "b": "x"}, "entityId": "https://sp.example.com",
			"acsUrl":       object{"binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", "url": "https://sp.example.com/acs"},
			"encryption":   object{"encryptAssertion": false},
			"nameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "attributeMapping": object{"email": "mail"}, "appLevelAccessControlEnabled": true}
		w.do(200, "PATCH", path, all)
		got := w.do(200, "GET", path, nil)
		for name, want := range all {
			if !same(got[name], want) {
				t.Errorf("%s: wrote %v, read %v", name, want, got[name])
			}
		}
		w.do(200, "PATCH", path, object{"entityId": nil, "acsUrl": nil, "encryption": nil})
		if got = w.do(200, "GET", path, nil); got["entityId"] != nil || got["acsUrl"] != nil || got["encryption"] != nil {
			t.Errorf("cleared: %v", got)
		}
		w.certificates(path)
		w.do(204, "DELETE", path, nil)
		w.refused(404, "entity.not_exists_with_id", "GET", path, nil)
		if n, err := w.db.Read.NewSelect().Table("documents").Where("kind = ?", "saml_certificate").Count(t.Context()); err != nil || n > 0 {
			t.Errorf("%d certificates are left, %v", n, err)
		}
	})
}

// certificates is the life of the certificates of one application.
func (w *world) certificates(path string) {
	w.t.Helper()
	first := w.do(200, "GET", path+"/secrets", nil).rows()
	if len(first) != 1 || first[0].(map[string]any)["active"] != true {
		w.t.Fatalf("a new application has the certificates %v", first)
	}
	id := first[0].(map[string]any)["id"].(string)
	second := w.do(201, "POST", path+"/secrets", object{"lifeSpanInYears": 1})
	if second["active"] != false || second["expiresAt"].(float64) <= second["createdAt"].(float64) {
		w.t.Errorf("%v", second)
	}
	w.refused(400, "application.saml.can_not_delete_active_secret", "DELETE", path+"/secrets/"+id, nil)
	w.do(200, "PATCH", path+"/secrets/"+second.text("id"), object{"active": true})
	w.do(204, "DELETE", path+"/secrets/"+id, nil)
	w.refused(404, "entity.not_found", "DELETE", path+"/secrets/"+id, nil)
	w.refused(400, "guard.invalid_input", "POST", path+"/secrets", object{"lifeSpanInYears": 0})
	w.refused(400, "guard.invalid_input", "POST", path+"/secrets", object{"lifeSpanInYears": 1000})
	w.metadata(path)
	w.do(200, "PATCH", path+"/secrets/"+second.text("id"), object{"active": false})
	w.refused(404, "application.saml.no_active_secret", "GET", path+"/metadata", nil)
	w.do(200, "PATCH", path+"/secrets/"+second.text("id"), object{"active": true})
}

// metadata reads the public metadata as a service provider does.
func (w *world) metadata(path string) {
	w.t.Helper()
	a := w.call("", "GET", path+"/metadata", nil)
	var doc struct {
		XMLName  xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:metadata EntityDescriptor"`
		EntityID string   `xml:"entityID,attr"`
		IDP      struct {
			Keys []struct {
				Certificate string `xml:"KeyInfo>X509Data>X509Certificate"`
			} `xml:"KeyDescriptor"`
			SSO []struct {
				Location string `xml:"Location,attr"`
			} `xml:"SingleSignOnService"`
		} `xml:"urn:oasis:names:tc:SAML:2.0:metadata IDPSSODescriptor"`
	}
	if err := xml.Unmarshal(a.body, &doc); err != nil || a.status != 200 || len(doc.IDP.Keys) != 1 || len(doc.IDP.SSO) != 2 || doc.EntityID == "" {
		w.t.Fatalf("metadata: %d %v %s", a.status, err, a.body)
	}
	der, err := base64.StdEncoding.DecodeString(doc.IDP.Keys[0].Certificate)
	must(w.t, err)
	cert, err := x509.ParseCertificate(der)
	must(w.t, err)
	must(w.t, cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature))
}

// TestSAMLRefuses what no service provider can be, and the routes of the other kind of application.
func TestSAMLRefuses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		base := func(more object) object {
			out := object{"name": "x", "nameIdFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"}
			for k, v := range more {
				out[k] = v
			}
			return out
		}
		w.refused(422, "application.saml.acs_url_binding_not_supported", "POST", samls,
			base(object{"acsUrl": object{"binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect", "url": "https://a.example.com"}}))
		w.refused(400, "application.saml.acs_url_scheme_not_supported", "POST", samls,
			base(object{"acsUrl": object{"binding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", "url": "ftp://a.example.com"}}))
		w.refused(400, "application.saml.invalid_certificate_pem_format", "POST", samls, base(object{"encryption": object{"encryptAssertion": true, "certificate": "x"}}))
		w.do(201, "POST", samls, base(object{"entityId": "urn:one"}))
		w.refused(422, "entity.unique_integrity_violation", "POST", samls, base(object{"entityId": "urn:one"}))
		app := w.do(200, "POST", apps, object{"name": "a", "type": "SPA"})
		w.refused(422, "application.saml.saml_application_only", "GET", samls+"/"+app.text("id"), nil)
		saml := w.do(201, "POST", samls, base(nil))
		w.refused(400, "application.saml.use_saml_app_api", "PATCH", apps+"/"+saml.text("id"), object{"name": "y"})
		w.refused(400, "application.saml.use_saml_app_api", "DELETE", apps+"/"+saml.text("id"), nil)
		w.refused(400, "application.saml.use_saml_app_api", "POST", apps, object{"name": "y", "type": "SAML"})
		if got := w.do(200, "GET", apps+"/"+saml.text("id"), nil); got["type"] != "SAML" {
			t.Errorf("%v", got)
		}
	})
}

// No sign-in is under way on this server yet, so its end is refused, whatever a browser brings along.
func TestSAMLCallbackRefuses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.do(201, "POST", samls, object{"name": "x", "nameIdFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"})
		spa := w.do(200, "POST", apps, object{"name": "a", "type": "SPA"})
		at := samls + "/" + made.text("id") + "/callback"
		for _, c := range []struct {
			what, path, code string
			status           int
		}{
			{"nothing", at, "guard.invalid_input", 400},
			{"an error", at + "?error=access_denied&error_description=No.", "oidc.invalid_request", 400},
			{"a code", at + "?code=abc&state=x", "application.saml.sp_initiated_saml_sso_session_not_found", 400},
			{"another application", samls + "/nothing/callback?code=abc", "entity.not_exists_with_id", 404},
			{"an application of another kind", samls + "/" + spa.text("id") + "/callback?code=abc", "application.saml.saml_application_only", 422},
		} {
			a := w.call("", "GET", c.path, nil)
			if got := a.object(t); a.status != c.status || got.text("code") != c.code {
				t.Errorf("%s: %d %s", c.what, a.status, a.body)
			}
		}
		if got := w.call("", "GET", at+"?error=access_denied&error_description=No.", nil).object(t); got.text("message") != "No." {
			t.Errorf("%v", got)
		}
	})
}
