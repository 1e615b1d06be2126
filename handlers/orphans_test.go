package handlers

import (
	"context"
	"net/url"
	"testing"

	"gatehouse/models"
)

// TestNoCertificateOutlivesItsClient: the Logto dialect makes a certificate with each SAML client; whoever deletes the client, and
// however, takes the certificate and its key along.
func TestNoCertificateOutlivesItsClient(t *testing.T) {
	gone := func(s *site, what string, face, method, path string) {
		if res, body := s.call(s.token(face), method, path, nil); res.StatusCode/100 != 2 {
			s.t.Errorf("%s: %d %s", what, res.StatusCode, body)
		}
	}
	for _, c := range []struct {
		through string
		remove  func(s *site, app, client string)
	}{
		{"logto", func(s *site, _, client string) {
			gone(s, "logto", "https://default.logto.app/api", "DELETE", "/api/saml-applications/"+client)
		}},
		{"native, the application", func(s *site, app, _ string) {
			gone(s, "native", siteURL+"/rest/v1", "DELETE", "/rest/v1/applications/"+app)
		}},
		{"native, the client", func(s *site, app, client string) {
			throughREST.makeDefault(s, throughREST.add(s, app, "Second"))
			throughREST.remove(s, app, client)
		}},
		{"transmit, the application", func(s *site, app, _ string) {
			gone(s, "transmit", siteURL+"/cis", "DELETE", "/cis/v1/applications/"+app)
		}},
		{"transmit, all clients", func(s *site, app, _ string) {
			throughREST.makeDefault(s, throughREST.add(s, app, "Second"))
			gone(s, "transmit", siteURL+"/cis", "DELETE", "/cis/v1/applications/"+app+"/clients")
		}},
		{"auth0", func(s *site, _, client string) {
			gone(s, "auth0", siteURL+"/api/v2/", "DELETE", "/api/v2/clients/"+client)
		}},
		{"console, the application", func(s *site, app, _ string) {
			s.signIn()
			at := "/console/applications/" + app + "/delete"
			if res, body := s.change(at, at, url.Values{"confirm": {"Provider"}}); res.StatusCode != 303 {
				s.t.Errorf("console: %d %s", res.StatusCode, body)
			}
		}},
	} {
		t.Run(c.through, func(t *testing.T) {
			s := newSite(t)
			var made struct{ ID string }
			s.decode(&made, s.token("https://default.logto.app/api"), "POST", "/api/saml-applications", map[string]any{"name": "Provider",
				"nameIdFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"})
			var row models.Client
			if err := s.app.Config.DB.Read.NewSelect().Model(&row).Where("id = ?", made.ID).Scan(context.Background()); err != nil {
				t.Fatal(err)
			}
			if n := s.certificates(); n != 1 {
				t.Fatalf("%d certificates were made", n)
			}
			c.remove(s, row.ApplicationID, row.ID)
			if n := s.certificates(); n != 0 {
				t.Errorf("%d certificates are left", n)
			}
		})
	}
}

// certificates counts the certificates of SAML clients.
func (s *site) certificates() int64 {
	s.t.Helper()
	n, err := s.app.Config.DB.Read.NewSelect().Model((*models.Document)(nil)).Where("kind = 'saml_certificate'").Count(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// makeDefault makes a client the default one of its application.
func (teller) makeDefault(s *site, client string) {
	var out any
	s.decode(&out, s.token(siteURL+"/rest/v1"), "POST", "/rest/v1/clients/"+client+"/default", nil)
}
