package auth0

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"time"

	"gatehouse/handlers/clients"
	"gatehouse/handlers/credentials"
	"gatehouse/models"
	"gatehouse/web"
)

const credentialPrefix = "cred_"

// subjectID names the one subject name that a client can have.
const subjectID = credentialPrefix + "subjectdn"

func (d Dialect) credentialRoutes() []web.Route {
	f := d.Face()
	const all, one = "/clients/:client_id/credentials", "/clients/:client_id/credentials/:credential_id"
	return []web.Route{
		op("GET", all, "read:client_credentials", web.Do(f, 200, d.listCredentials)),
		op("POST", all, "create:client_credentials", web.Do(f, 201, d.createCredential)),
		op("GET", one, "read:client_credentials", web.Do(f, 200, d.getCredential)),
		op("PATCH", one, "update:client_credentials", web.Do(f, 200, d.updateCredential)),
		op("DELETE", one, "delete:client_credentials", web.Do0(f, 204, d.deleteCredential)),
	}
}

// credentialOut is a credential on its way out.
type credentialOut struct {
	ID             string     `json:"id"`
	Name           string     `json:"name"`
	KID            string     `json:"kid,omitempty"`
	Alg            string     `json:"alg,omitempty"`
	CredentialType string     `json:"credential_type"`
	SubjectDN      string     `json:"subject_dn,omitempty"`
	Thumbprint     string     `json:"thumbprint_sha256,omitempty"`
	CreatedAt      time.Time  `json:"created_at"`
	UpdatedAt      time.Time  `json:"updated_at"`
	ExpiresAt      *time.Time `json:"expires_at,omitempty"`

	awaited bool // a public key that was not handed in yet
}

type clientIDIn struct {
	ClientID string `path:"client_id" json:"-"`
}

type credentialIn struct {
	ClientID     string `path:"client_id" json:"-"`
	CredentialID string `path:"credential_id" json:"-"`
}

type createCredentialIn struct {
	clientIDIn
	pemCredential
}

type updateCredentialIn struct {
	credentialIn
	ExpiresAt opt[time.Time] `json:"expires_at" rule:"nullable"`
}

// CheckShape refuses a change of nothing.
func (in *updateCredentialIn) CheckShape(c *models.Check) {
	c.That(in.ExpiresAt.Set, "", "too_few", "Too few properties defined (0), minimum 1")
}

// shownCredential shows a public key or a certificate.
func shownCredential(c models.Credential) credentialOut {
	out := credentialOut{ID: shown(credentialPrefix, c.ID), Name: c.Name, CredentialType: typePublicKey, CreatedAt: c.CreatedAt, UpdatedAt: c.CreatedAt, ExpiresAt: c.ExpiresAt}
	if c.Kind == models.CredentialCertificate {
		out.CredentialType = typeX509
		if block, _ := pem.Decode([]byte(c.Certificate)); block != nil {
			sum := sha256.Sum256(block.Bytes)
			out.Thumbprint = base64.RawURLEncoding.EncodeToString(sum[:])
		}
		return out
	}
	if out.awaited = c.Awaited(); out.awaited {
		return out
	}
	var jwk struct {
		KID string `json:"kid"`
		Alg string `json:"alg"`
	}
	_ = json.Unmarshal(c.PublicJWK, &jwk)
	out.KID, out.Alg = jwk.KID, "RS256"
	if out.KID == "" {
		out.KID = c.Thumbprint
	}
	if jwk.Alg == "RS384" || jwk.Alg == "PS256" { // the words that the document has
		out.Alg = jwk.Alg
	}
	return out
}

func shownSubject(c models.Client) credentialOut {
	return credentialOut{ID: subjectID, Name: "Subject of the certificate", CredentialType: typeSubjectDN, SubjectDN: c.TLSClientAuth.SubjectDN,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt}
}

// credentialsOf gives everything but secrets that a client authenticates by.
func (d Dialect) credentialsOf(ctx context.Context, clientID string) ([]credentialOut, error) {
	c, err := d.Clients.Get(models.Lend(ctx, "client.read"), clients.OneIn{ID: clientID})
	if err != nil {
		return nil, err
	}
	out := []credentialOut{}
	ctx = models.Lend(ctx, "credential.read")
	for _, list := range []func(context.Context, credentials.ClientIn) (models.List[credentials.Credential], error){d.Clients.Credentials.ListKeys, d.Clients.Credentials.ListCertificates} {
		rows, err := list(ctx, credentials.ClientIn{ClientID: clientID})
		if err != nil {
			return nil, err
		}
		for _, row := range rows.Items {
			if row.RevokedAt == nil {
				out = append(out, shownCredential(row.Credential))
			}
		}
	}
	if c.TLSClientAuth.SubjectDN != "" {
		out = append(out, shownSubject(c))
	}
	return out, nil
}

func (d Dialect) listCredentials(ctx context.Context, in clientIDIn) ([]credentialOut, error) {
	return d.credentialsOf(ctx, in.ClientID)
}

// createCredential registers a credential. The document asks for its kind alone: a public key may be announced so, and an unknown client
// comes before what the other kinds need beside.
func (d Dialect) createCredential(ctx context.Context, in createCredentialIn) (credentialOut, error) {
	ctx = models.Lend(ctx, "client.read", "client.update")
	if _, err := d.Clients.Get(ctx, clients.OneIn{ID: in.ClientID}); err != nil {
		return credentialOut{}, err
	}
	var c models.Check
	if in.check(&c, ""); c.Err() != nil {
		return credentialOut{}, c.Err()
	}
	return d.add(ctx, in.ClientID, in.pemCredential)
}

func (d Dialect) getCredential(ctx context.Context, in credentialIn) (credentialOut, error) {
	all, err := d.credentialsOf(ctx, in.ClientID)
	if err != nil {
		return credentialOut{}, err
	}
	if c, ok := find(all, in.CredentialID); ok {
		return c, nil
	}
	return credentialOut{}, models.Missing("credential")
}

func (d Dialect) updateCredential(ctx context.Context, in updateCredentialIn) (credentialOut, error) {
	if in.CredentialID == subjectID {
		return credentialOut{}, &models.Fault{Code: models.Invalid, Reason: "operation_not_supported", Text: "The name of a certificate's subject does not expire."}
	}
	row, err := d.Clients.Credentials.UpdateKey(ctx, credentials.KeyUpdateIn{ClientID: in.ClientID, ID: bare(credentialPrefix, in.CredentialID), ExpiresAt: in.ExpiresAt})
	return shownCredential(row.Credential), err
}

func (d Dialect) deleteCredential(ctx context.Context, in credentialIn) error {
	ctx = models.Lend(ctx, "client.read", "client.update")
	if in.CredentialID == subjectID {
		_, err := d.Clients.Update(ctx, clients.UpdateIn{ID: in.ClientID, Settings: clients.Settings{TLSClientAuth: models.Null[models.TLSClientAuth]()}})
		return absent(err)
	}
	id := bare(credentialPrefix, in.CredentialID)
	err := d.Clients.Credentials.DeleteKey(ctx, credentials.KeyOneIn{ClientID: in.ClientID, ID: id})
	if models.IsFault(err, models.NotFound) {
		err = d.Clients.Credentials.DeleteCertificate(ctx, credentials.CertificateOneIn{ClientID: in.ClientID, ID: id})
	}
	return absent(err)
}

// rotateSecret puts a new secret in the place of the primary one at once. A client without a secret gets its first.
func (d Dialect) rotateSecret(ctx context.Context, in idIn) (clientOut, error) {
	if err := notGlobal(in.ID); err != nil {
		return clientOut{}, err
	}
	var atOnce int64
	rotated, err := d.Clients.Credentials.StartRotation(ctx, credentials.RotateIn{ClientID: in.ID, OverlapSeconds: &atOnce})
	value := rotated.Secret
	if isReason(err, "nothing_to_rotate") {
		value, err = d.Clients.Credentials.Create(ctx, credentials.CreateIn{ClientID: in.ID, Name: "Secret " + models.NewID(6)})
	}
	if err != nil {
		return clientOut{}, err
	}
	c, err := d.Clients.Get(ctx, clients.OneIn{ID: in.ID})
	if err != nil {
		return clientOut{}, err
	}
	return d.show(models.Lend(ctx, "credential.read"), c, &value.Value)
}

func isReason(err error, reason string) bool {
	f, ok := models.AsFault(err)
	return ok && f.Reason == reason
}

// replaceSecret makes a value that the caller brings the client's one secret.
func (d Dialect) replaceSecret(ctx context.Context, clientID, value string) error {
	ops := d.Clients.Credentials
	old, err := ops.List(ctx, credentials.ClientIn{ClientID: clientID})
	if err != nil {
		return err
	}
	made, err := ops.Import(ctx, credentials.ImportIn{CreateIn: credentials.CreateIn{ClientID: clientID, Name: "Secret " + models.NewID(6)}, Value: models.NewSecret(value)})
	if err != nil {
		return names{"value": "client_secret"}.rename(err)
	}
	if _, err := ops.MakePrimary(ctx, credentials.OneIn{ClientID: clientID, ID: made.ID}); err != nil {
		return err
	}
	for _, c := range old.Items {
		if c.IsPrimary {
			if _, err := ops.Revoke(ctx, credentials.OneIn{ClientID: clientID, ID: c.ID}); err != nil {
				return err
			}
		}
	}
	return nil
}
