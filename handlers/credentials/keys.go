package credentials

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"gatehouse/models"
)

// KeyIn is what a caller may say about a new public key.
type KeyIn struct {
	ClientID  string          `path:"id" json:"-" doc:"The client_id."`
	Name      string          `json:"name" form:"name" doc:"1 to 100 characters, unique among the client's credentials."`
	JWK       json.RawMessage `json:"jwk" form:"jwk" doc:"The public key as a JWK (RFC 7517)."`
	ExpiresAt *time.Time      `json:"expires_at" form:"expires_at" doc:"When it stops working; null for never."`
}

// CertificateIn is what a caller may say about a new certificate.
type CertificateIn struct {
	ClientID    string `path:"id" json:"-" doc:"The client_id."`
	Name        string `json:"name" form:"name" doc:"1 to 100 characters, unique among the client's credentials."`
	Certificate string `json:"certificate" form:"certificate" doc:"One certificate in PEM. It stops working when the certificate does."`
}

// KeyOneIn names one public key of a client.
type KeyOneIn struct {
	ClientID string `path:"id" json:"-" doc:"The client_id."`
	ID       string `path:"key_id" json:"-" doc:"The key's credential id."`
}

// CertificateOneIn names one certificate of a client.
type CertificateOneIn struct {
	ClientID string `path:"id" json:"-" doc:"The client_id."`
	ID       string `path:"certificate_id" json:"-" doc:"The certificate's credential id."`
}

// ListKeys gives the public keys of a client, the newest first.
// Faults: NotFound (client).
func (o Ops) ListKeys(ctx context.Context, in ClientIn) (models.List[Credential], error) {
	return o.list(ctx, in.ClientID, models.CredentialPublicKey)
}

// ListCertificates gives the certificates of a client, the newest first.
// Faults: NotFound (client).
func (o Ops) ListCertificates(ctx context.Context, in ClientIn) (models.List[Credential], error) {
	return o.list(ctx, in.ClientID, models.CredentialCertificate)
}

// CreateKey registers a public key.
// Faults: Invalid (name, jwk, expires_at), Conflict (credential_name_taken, credential_limit, credential_registered), NotFound (client).
func (o Ops) CreateKey(ctx context.Context, in KeyIn) (Credential, error) {
	in.Name = cleanName(in.Name)
	key, err := o.readKey(in)
	if err != nil {
		return Credential{}, err
	}
	print, err := thumbprint(key)
	if err != nil {
		return Credential{}, err
	}
	return o.register(ctx, in.ClientID, func(row *models.Credential) {
		row.Kind, row.Name, row.Thumbprint, row.ExpiresAt = models.CredentialPublicKey, in.Name, print, in.ExpiresAt
		row.PublicJWK, _ = key.MarshalJSON() // canonical: members that are not of a JWK do not stay
	})
}

// readKey reads what a caller says of a public key, and says all that is wrong with it.
func (o Ops) readKey(in KeyIn) (jose.JSONWebKey, error) {
	var c models.Check
	checkName(&c, in.Name)
	o.checkExpiry(&c, in.ExpiresAt)
	key, fault := ReadJWK(in.JWK)
	if fault != nil {
		c.Add("jwk", fault.Reason, fault.Text)
	}
	return key, c.Err()
}

// AnnounceIn is what a caller may say about a public key that follows later.
type AnnounceIn struct {
	ClientID  string
	Name      string
	ExpiresAt *time.Time
}

// Announce keeps a place for a public key, under an id that others can name already. Until UpdateKey hands the key in it is shown as
// awaited and proves nothing.
// Faults: Invalid (name, expires_at), Conflict (credential_name_taken, credential_limit), NotFound (client).
func (o Ops) Announce(ctx context.Context, in AnnounceIn) (Credential, error) {
	var c models.Check
	in.Name = cleanName(in.Name)
	checkName(&c, in.Name)
	o.checkExpiry(&c, in.ExpiresAt)
	if err := c.Err(); err != nil {
		return Credential{}, err
	}
	return o.register(ctx, in.ClientID, func(row *models.Credential) {
		row.Kind, row.Name, row.ExpiresAt = models.CredentialPublicKey, in.Name, in.ExpiresAt
	})
}

// CreateCertificate registers a certificate for mutual TLS.
// Faults: Invalid (name, certificate), Conflict (credential_name_taken, credential_limit, credential_registered), NotFound (client).
func (o Ops) CreateCertificate(ctx context.Context, in CertificateIn) (Credential, error) {
	var c models.Check
	in.Name = cleanName(in.Name)
	checkName(&c, in.Name)
	certs, fault := ReadCertificates(in.Certificate, 1)
	switch {
	case fault != nil:
		c.Add("certificate", fault.Reason, fault.Text)
	case !certs[0].NotAfter.After(o.Now()):
		c.Add("certificate", "expired", "This certificate has expired.")
	}
	if err := c.Err(); err != nil {
		return Credential{}, err
	}
	return o.register(ctx, in.ClientID, func(row *models.Credential) {
		end := certs[0].NotAfter.UTC()
		row.Kind, row.Name, row.ExpiresAt, row.Thumbprint = models.CredentialCertificate, in.Name, &end, certificateThumbprint(certs[0])
		row.Certificate = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certs[0].Raw}))
	})
}

// DeleteKey removes a public key.
// Faults: NotFound.
func (o Ops) DeleteKey(ctx context.Context, in KeyOneIn) error {
	return o.drop(ctx, OneIn(in), models.CredentialPublicKey)
}

// DeleteCertificate removes a certificate.
// Faults: NotFound.
func (o Ops) DeleteCertificate(ctx context.Context, in CertificateOneIn) error {
	return o.drop(ctx, OneIn(in), models.CredentialCertificate)
}

func (o Ops) register(ctx context.Context, clientID string, fill func(*models.Credential)) (out Credential, err error) {
	err = o.change(ctx, "credential.create", clientID, func(ctx context.Context, tx models.DB, c client) error {
		row := o.row(ctx, c, "", "")
		fill(&row)
		if err := unregistered(ctx, tx, row); err != nil {
			return err
		}
		if err := o.room(ctx, tx, row); err != nil {
			return err
		}
		if err := insert(ctx, tx, &row); err != nil {
			return err
		}
		out = Credential{Credential: row, Status: status(row, o.Now())}
		return record(ctx, tx, "created", c, nil, &row)
	})
	return out, err
}

func unregistered(ctx context.Context, tx models.DB, row models.Credential) error {
	rows, err := ofClient(ctx, tx.Write, row.ClientID, row.Kind)
	if err != nil || row.Awaited() {
		return err
	}
	for _, r := range rows {
		if r.Thumbprint == row.Thumbprint {
			return &models.Fault{Code: models.Conflict, Reason: "credential_registered", Text: "This client has it already, under the name " + r.Name + "."}
		}
	}
	return nil
}

// KeyUpdateIn is what a caller may change about a public key.
type KeyUpdateIn struct {
	ClientID  string                `path:"id" json:"-" doc:"The client_id."`
	ID        string                `path:"key_id" json:"-" doc:"The key's credential id."`
	JWK       json.RawMessage       `json:"jwk,omitempty" doc:"The public key as a JWK (RFC 7517), once, where it is awaited."`
	ExpiresAt models.Opt[time.Time] `json:"expires_at,omitzero" doc:"When it stops working; null for never."`
}

// UpdateKey moves the end of a public key, and takes the key itself where it is awaited.
// Faults: Invalid (jwk, expires_at), Conflict (credential_registered, key_fixed), NotFound (client, public_key).
func (o Ops) UpdateKey(ctx context.Context, in KeyUpdateIn) (out Credential, err error) {
	var c models.Check
	if in.ExpiresAt.Set && !in.ExpiresAt.Null {
		o.checkExpiry(&c, &in.ExpiresAt.V)
	}
	key, fault := jose.JSONWebKey{}, (*models.FieldFault)(nil)
	if len(in.JWK) > 0 {
		key, fault = ReadJWK(in.JWK)
	}
	if fault != nil {
		c.Add("jwk", fault.Reason, fault.Text)
	}
	if err := c.Err(); err != nil {
		return out, err
	}
	err = o.change(ctx, "credential.update", in.ClientID, func(ctx context.Context, tx models.DB, c client) error {
		row, err := one(ctx, tx.Write, in.ClientID, in.ID, models.CredentialPublicKey)
		if err != nil {
			return err
		}
		before := row
		in.ExpiresAt.ToPtr(&row.ExpiresAt)
		if len(in.JWK) > 0 {
			if err := handIn(ctx, tx, &row, key); err != nil {
				return err
			}
		}
		if err := update(ctx, tx, &row, "expires_at", "public_jwk", "thumbprint"); err != nil {
			return err
		}
		out = Credential{Credential: row, Status: status(row, o.Now())}
		return record(ctx, tx, "updated", c, &before, &row)
	})
	return out, err
}

// handIn puts a key into the place that was kept for it. A key that is there is never changed: a new one is a credential of its own.
func handIn(ctx context.Context, tx models.DB, row *models.Credential, key jose.JSONWebKey) (err error) {
	if !row.Awaited() {
		return models.Taken("jwk", "key_fixed", "This credential has its key. Register the new key beside it, then delete this one.")
	}
	if row.Thumbprint, err = thumbprint(key); err != nil {
		return err
	}
	row.PublicJWK, err = key.MarshalJSON() // canonical: members that are not of a JWK do not stay
	if err != nil {
		return fmt.Errorf("encode a public key: %w", err)
	}
	return unregistered(ctx, tx, *row)
}
