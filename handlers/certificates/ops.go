// Package certificates is what this server proves itself by to SAML service providers: for each SAML client keys with self-signed
// certificates, of which one signs. A certificate is a document of the tenant with its private key sealed beside it.
package certificates

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gatehouse/handlers/documents"
	"gatehouse/models"
)

// Kind is the kind of documents that certificates are.
const Kind = "saml_certificate"

// mostYears is the longest life of a certificate.
const mostYears = 100

// Ops are the things that can be done with certificates.
type Ops struct {
	Documents documents.Ops
	Now       func() time.Time
}

// New makes the operations.
func New(d documents.Ops) Ops { return Ops{Documents: d, Now: models.Now} }

// In is the same operations inside a transaction.
func (o Ops) In(tx models.DB) Ops { o.Documents = o.Documents.In(tx); return o }

// Certificate is a certificate as it is kept, without its key.
type Certificate struct {
	ID            string    `json:"id"`
	ClientID      string    `json:"client_id"`
	ApplicationID string    `json:"application_id"`
	PEM           string    `json:"pem"`
	SHA256        string    `json:"sha256"` // of the DER form, in hexadecimal digits
	Active        bool      `json:"active"`
	CreatedAt     time.Time `json:"created_at"`
	ExpiresAt     time.Time `json:"expires_at"`
}

// CreateIn is what a caller may say about a new certificate.
type CreateIn struct {
	Client models.Client // read on behalf of the actor
	Years  int64         // 1 to 100
	Active bool          // it signs from now on
}

// Create makes a key of RSA 2048 with a certificate.
// Faults: Invalid (years), Forbidden.
func (o Ops) Create(ctx context.Context, in CreateIn) (Certificate, error) {
	if err := models.Need(ctx, "credential.create", in.Client.ApplicationID, "client"); err != nil {
		return Certificate{}, err
	}
	var c models.Check
	if c.Range("years", in.Years, 1, mostYears); c.Err() != nil {
		return Certificate{}, c.Err()
	}
	now := o.Now()
	cert := Certificate{ID: models.NewRowID(), ClientID: in.Client.ID, ApplicationID: in.Client.ApplicationID, Active: in.Active,
		CreatedAt: now, ExpiresAt: now.AddDate(int(in.Years), 0, 0)}
	key, err := issue(&cert, in.Client.Name)
	if err != nil {
		return Certificate{}, err
	}
	if in.Active {
		if err := o.rest(ctx, in.Client); err != nil {
			return Certificate{}, err
		}
	}
	return cert, o.put(ctx, cert, models.Some(key))
}

// List gives the certificates of a client, the oldest first.
// Faults: Forbidden.
func (o Ops) List(ctx context.Context, c models.Client) ([]Certificate, error) {
	if err := models.Need(ctx, "credential.read", c.ApplicationID, "client"); err != nil {
		return nil, err
	}
	return o.of(ctx, func(cert Certificate) bool { return cert.ClientID == c.ID })
}

func (o Ops) of(ctx context.Context, wanted func(Certificate) bool) ([]Certificate, error) {
	rows, err := o.Documents.List(lend(ctx), Kind)
	if err != nil {
		return nil, err
	}
	var out []Certificate
	for _, row := range rows {
		var cert Certificate
		if err := json.Unmarshal(row.Body, &cert); err != nil {
			return nil, fmt.Errorf("read certificate %s: %w", row.Key, err)
		}
		if wanted(cert) {
			out = append(out, cert)
		}
	}
	return out, nil
}

// Activate lets a certificate sign, or stops it. At most one of a client signs.
// Faults: NotFound (certificate), Forbidden.
func (o Ops) Activate(ctx context.Context, c models.Client, id string, active bool) (Certificate, error) {
	if err := models.Need(ctx, "credential.update", c.ApplicationID, "client"); err != nil {
		return Certificate{}, err
	}
	cert, err := o.one(ctx, c, id)
	if err != nil {
		return cert, err
	}
	if active {
		if err := o.rest(ctx, c); err != nil {
			return cert, err
		}
	}
	cert.Active = active
	return cert, o.put(ctx, cert, models.Opt[models.Secret]{})
}

// Delete removes a certificate that does not sign.
// Faults: NotFound (certificate), Conflict (certificate_active), Forbidden.
func (o Ops) Delete(ctx context.Context, c models.Client, id string) error {
	if err := models.Need(ctx, "credential.delete", c.ApplicationID, "client"); err != nil {
		return err
	}
	cert, err := o.one(ctx, c, id)
	if err != nil {
		return err
	}
	if cert.Active {
		return &models.Fault{Code: models.Conflict, Reason: "certificate_active", Text: "This certificate signs. Let another one sign first."}
	}
	return o.drop(ctx, cert)
}

// DeleteOf removes the certificates of a client that is being deleted, in the transaction tx of that. Whether the actor may, was
// judged on the client.
func (o Ops) DeleteOf(ctx context.Context, tx models.DB, c models.Client) error {
	if c.Protocol != models.ProtocolSAML {
		return nil
	}
	o = o.In(tx)
	all, err := o.of(ctx, func(cert Certificate) bool { return cert.ClientID == c.ID })
	for _, cert := range all {
		if err := o.drop(ctx, cert); err != nil {
			return err
		}
	}
	return err
}

func (o Ops) one(ctx context.Context, c models.Client, id string) (Certificate, error) {
	all, err := o.List(ctx, c)
	if err != nil {
		return Certificate{}, err
	}
	at := slices.IndexFunc(all, func(cert Certificate) bool { return cert.ID == id })
	if at < 0 {
		return Certificate{}, models.Missing("certificate")
	}
	return all[at], nil
}

// rest stops whatever signs for a client.
func (o Ops) rest(ctx context.Context, c models.Client) error {
	all, err := o.of(ctx, func(cert Certificate) bool { return cert.ClientID == c.ID && cert.Active })
	for _, cert := range all {
		cert.Active = false
		if err := o.put(ctx, cert, models.Opt[models.Secret]{}); err != nil {
			return err
		}
	}
	return err
}

func (o Ops) put(ctx context.Context, cert Certificate, key models.Opt[models.Secret]) error {
	_, _, err := o.Documents.Put(lend(ctx), documents.PutIn{Ref: documents.Ref{Kind: Kind, Key: cert.ID}, Body: cert, Secret: key})
	return err
}

func (o Ops) drop(ctx context.Context, cert Certificate) error {
	return o.Documents.Delete(lend(ctx), documents.Ref{Kind: Kind, Key: cert.ID})
}

// lend lets whoever may do something with a client's credentials do it with the documents that they are, whose rights are not
// given out. Reach was judged on the client.
func lend(ctx context.Context) context.Context {
	ctx = models.Lend(ctx, Kind+".*")
	actor := models.ActorFrom(ctx)
	actor.ApplicationID = ""
	return models.WithActor(ctx, actor)
}
