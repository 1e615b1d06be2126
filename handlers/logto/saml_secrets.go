package logto

import (
	"context"
	"strings"
	"time"

	"gatehouse/handlers/certificates"
	"gatehouse/models"
)

// certificateOut is a certificate with which this server signs for one application. E is how its end is told: the document has two
// ways.
type certificateOut[E any] struct {
	ID           string       `json:"id"`
	Certificate  string       `json:"certificate"`
	CreatedAt    int64        `json:"createdAt"`
	ExpiresAt    E            `json:"expiresAt"`
	Active       bool         `json:"active"`
	Fingerprints fingerprints `json:"fingerprints"`
}

type fingerprints struct {
	SHA256 fingerprint `json:"sha256"`
}

type fingerprint struct {
	Formatted   string `json:"formatted"`
	Unformatted string `json:"unformatted"`
}

func certificate[E any](c certificates.Certificate, expires E) certificateOut[E] {
	return certificateOut[E]{c.ID, c.PEM, millis(c.CreatedAt), expires, c.Active, fingerprints{fingerprint{colons(c.SHA256), c.SHA256}}}
}

// colons writes hexadecimal digits as tools show fingerprints: AB:CD:EF.
func colons(hex string) string {
	pairs := make([]string, 0, len(hex)/2)
	for i := 0; i+2 <= len(hex); i += 2 {
		pairs = append(pairs, strings.ToUpper(hex[i:i+2]))
	}
	return strings.Join(pairs, ":")
}

// listCertificates tells the end of each as a date, as the document has it for this list alone.
func (d Dialect) listCertificates(ctx context.Context, in idIn) ([]certificateOut[time.Time], error) {
	c, err := d.saml(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	held, err := d.Certificates.List(ctx, c)
	out := make([]certificateOut[time.Time], len(held))
	for i, h := range held {
		out[i] = certificate(h, h.ExpiresAt)
	}
	return out, err
}

type createCertificateIn struct {
	idIn
	Years int64 `json:"lifeSpanInYears" rule:"required,min=1"`
}

func (d Dialect) createCertificate(ctx context.Context, in createCertificateIn) (out certificateOut[int64], err error) {
	c, err := d.saml(ctx, in.ID)
	if err != nil {
		return out, err
	}
	made, err := d.Certificates.Create(ctx, certificates.CreateIn{Client: c, Years: in.Years})
	return certificate(made, millis(made.ExpiresAt)), samlFields.Rename(err, "")
}

// certificateIn names a certificate of an application.
type certificateIn struct {
	ID       string `path:"id" json:"-"`
	SecretID string `path:"secretId" json:"-"`
}

type activateIn struct {
	certificateIn
	Active bool `json:"active" rule:"required"`
}

func (d Dialect) activateCertificate(ctx context.Context, in activateIn) (out certificateOut[int64], err error) {
	err = models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		c, err := d.saml(ctx, in.ID)
		if err != nil {
			return err
		}
		changed, err := d.Certificates.Activate(ctx, c, in.SecretID, in.Active)
		out = certificate(changed, millis(changed.ExpiresAt))
		return err
	})
	return out, err
}

func (d Dialect) deleteCertificate(ctx context.Context, in certificateIn) error {
	return models.InTx(ctx, d.DB, func(ctx context.Context, tx models.DB) error {
		d := d.In(tx)
		c, err := d.saml(ctx, in.ID)
		if err != nil {
			return err
		}
		return d.Certificates.Delete(ctx, c, in.SecretID)
	})
}
