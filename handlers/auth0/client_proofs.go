package auth0

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/credentials"
	"gatehouse/models"
)

// Kinds of credentials on the wire.
const (
	typePublicKey = "public_key"
	typeSubjectDN = "cert_subject_dn"
	typeX509      = "x509_cert"
)

// checkProofs looks at a list of credentials: each is a new one in full or an id.
func checkProofs(c *models.Check, at string, list []proof) {
	for i, p := range list {
		here := fmt.Sprintf("%s[%d].", at, i)
		if p.ID != "" {
			continue
		}
		c.That(!p.announced(), here+"pem", "required", "This member is required.") // here the document asks for the key
		p.check(c, here)
	}
}

func (p pemCredential) check(c *models.Check, at string) {
	if !c.That(p.CredentialType != "", at+"credential_type", "required", "This member is required.") {
		return
	}
	if p.CredentialType == typeSubjectDN {
		c.That((p.SubjectDN == "") != (p.PEM == ""), at+"subject_dn", "required", "Give the subject's name, or a certificate to take it from.")
		return
	}
	if p.announced() {
		return
	}
	if c.That(p.PEM != "", at+"pem", "required", "This member is required.") {
		_, err := p.key()
		c.That(err == nil, at+"pem", "not_pem", fmt.Sprint("This is not a public key or certificate in PEM: ", err))
	}
	_, has := p.certificate()
	c.That(!p.ParseExpiryFromCert || has, at+"parse_expiry_from_cert", "not_a_certificate", "Only a certificate has an expiry.")
}

// announced tells whether this is a public key of which only the name is told yet. What else speaks of a key needs the key.
func (p pemCredential) announced() bool {
	return p.CredentialType == typePublicKey && p.PEM == "" && p.KID == "" && p.Alg == "" && !p.ParseExpiryFromCert
}

// key reads the public key of the PEM text as a JWK.
func (p pemCredential) key() (jose.JSONWebKey, error) {
	jwk := jose.JSONWebKey{KeyID: p.KID, Algorithm: p.Alg, Use: "sig"}
	if jwk.Algorithm == "" {
		jwk.Algorithm = "RS256"
	}
	if cert, ok := p.certificate(); ok {
		jwk.Key = cert.PublicKey
		return jwk, nil
	}
	block, _ := pem.Decode([]byte(p.PEM))
	if block == nil {
		return jwk, fmt.Errorf("there is no PEM block")
	}
	var err error
	if jwk.Key, err = x509.ParsePKIXPublicKey(block.Bytes); err != nil {
		if jwk.Key, err = x509.ParsePKCS1PublicKey(block.Bytes); err != nil {
			return jwk, fmt.Errorf("the block %q holds no public key", block.Type)
		}
	}
	return jwk, nil
}

func (p pemCredential) certificate() (*x509.Certificate, bool) {
	block, _ := pem.Decode([]byte(p.PEM))
	if block == nil {
		return nil, false
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	return cert, err == nil
}

func (p pemCredential) expiry() *time.Time {
	if cert, ok := p.certificate(); ok && p.ParseExpiryFromCert {
		end := cert.NotAfter.UTC()
		return &end
	}
	if p.ExpiresAt.Set {
		return &p.ExpiresAt.V
	}
	return nil
}

// credentialNames are the document's words for ours, in faults.
var credentialNames = names{"jwk": "pem", "certificate": "pem", "tls_client_auth.subject_dn": "subject_dn"}

// add registers a credential of a client and gives it as the document shows it.
func (d Dialect) add(ctx context.Context, clientID string, p pemCredential) (credentialOut, error) {
	if p.CredentialType == typeSubjectDN {
		return d.setSubject(ctx, clientID, p)
	}
	if p.Name == "" {
		p.Name = "Credential " + models.NewID(6)
	}
	var made credentials.Credential
	var err error
	if p.CredentialType == typeX509 {
		made, err = d.Clients.Credentials.CreateCertificate(ctx, credentials.CertificateIn{ClientID: clientID, Name: p.Name, Certificate: p.PEM})
		return shownCredential(made.Credential), credentialNames.rename(err)
	}
	if p.announced() {
		made, err = d.Clients.Credentials.Announce(ctx, credentials.AnnounceIn{ClientID: clientID, Name: p.Name, ExpiresAt: p.expiry()})
		return shownCredential(made.Credential), credentialNames.rename(err)
	}
	key, err := p.key()
	if err != nil {
		return credentialOut{}, err
	}
	raw, err := json.Marshal(key)
	if err != nil {
		return credentialOut{}, fmt.Errorf("encode a public key: %w", err)
	}
	made, err = d.Clients.Credentials.CreateKey(ctx, credentials.KeyIn{ClientID: clientID, Name: p.Name, JWK: raw, ExpiresAt: p.expiry()})
	return shownCredential(made.Credential), credentialNames.rename(err)
}

// setSubject keeps the name of a certificate's subject on the client: there is one.
func (d Dialect) setSubject(ctx context.Context, clientID string, p pemCredential) (credentialOut, error) {
	if cert, ok := p.certificate(); ok {
		p.SubjectDN = cert.Subject.String()
	}
	c, err := d.Clients.Get(ctx, clients.OneIn{ID: clientID})
	if err != nil {
		return credentialOut{}, err
	}
	next := c.TLSClientAuth
	next.SubjectDN = p.SubjectDN
	c, err = d.Clients.Update(ctx, clients.UpdateIn{ID: clientID, Settings: clients.Settings{TLSClientAuth: models.Some(next)}})
	return shownSubject(c), credentialNames.rename(err)
}

// prove registers the new credentials that stand in a client's input, and looks for those that it names.
func (d Dialect) prove(ctx context.Context, c models.Client, in clientIn) (models.Client, error) {
	if method, list := in.AuthMethods.V.one(); list != nil {
		if _, err := d.settle(ctx, c.ID, "client_authentication_methods."+method+".credentials", list.Credentials); err != nil {
			return c, err
		}
	}
	if !in.SignedRequest.Set {
		return d.Clients.Get(ctx, clients.OneIn{ID: c.ID})
	}
	ids, err := d.settle(ctx, c.ID, "signed_request_object.credentials", in.SignedRequest.V.Credentials)
	if err != nil {
		return c, err
	}
	raw, _ := json.Marshal(map[string]any{"required": in.SignedRequest.V.Required.V, "credentials": ids})
	return d.Clients.Update(ctx, clients.UpdateIn{ID: c.ID, Settings: clients.Settings{Stored: models.Some(map[string]json.RawMessage{keptRequest: raw})}})
}

func (d Dialect) settle(ctx context.Context, clientID, at string, list []proof) ([]credentialID, error) {
	out := []credentialID{}
	var known []credentialOut
	var check models.Check
	for i, p := range list {
		if p.ID == "" {
			made, err := d.add(ctx, clientID, p.pemCredential)
			if err != nil {
				return nil, models.Under(fmt.Sprintf("%s[%d].", at, i), err)
			}
			out = append(out, credentialID{made.ID})
			continue
		}
		if known == nil {
			var err error
			if known, err = d.credentialsOf(ctx, clientID); err != nil {
				return nil, err
			}
		}
		c, ok := find(known, p.ID)
		check.That(ok, fmt.Sprintf("%s[%d].id", at, i), "unknown", "This client has no such credential.")
		check.That(!ok || !c.awaited, fmt.Sprintf("%s[%d].id", at, i), "no_key", "The key of this credential was not handed in yet.")
		out = append(out, credentialID{p.ID})
	}
	return out, check.Err()
}

func find(list []credentialOut, id string) (credentialOut, bool) {
	for _, c := range list {
		if c.ID == id {
			return c, true
		}
	}
	return credentialOut{}, false
}

// proofs gives the ids of what a client authenticates by, where that is no secret.
func (d Dialect) proofs(ctx context.Context, c models.Client) (*authMethodsOut, error) {
	if secretly(c.TokenEndpointAuthMethod) || c.Protocol == models.ProtocolSAML {
		return nil, nil
	}
	all, err := d.credentialsOf(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	ids := func(kind string) *proofsOut {
		out := &proofsOut{Credentials: []credentialID{}}
		for _, cr := range all {
			if cr.CredentialType == kind && !cr.awaited {
				out.Credentials = append(out.Credentials, credentialID{cr.ID})
			}
		}
		return out
	}
	switch c.TokenEndpointAuthMethod {
	case models.AuthTLS:
		return &authMethodsOut{TLS: ids(typeSubjectDN)}, nil
	case models.AuthSelfSignedTLS:
		return &authMethodsOut{SelfSignedTLS: ids(typeX509)}, nil
	}
	return &authMethodsOut{PrivateKeyJWT: ids(typePublicKey)}, nil
}
