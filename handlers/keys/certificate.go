package keys

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"

	"gatehouse/models"
)

// certificateYears is how long the certificate of a signing key says that it holds. Nothing here reads it: the key set counts.
const certificateYears = 13

// Certificate gives a key of the ring as a certificate that it signed itself, in DER, for verifiers that take nothing else. It is
// made anew each time and the same each time. A retired key has none: its private part is gone.
// Faults: NotFound (key), Forbidden, Conflict (key_retired).
func (o Ops) Certificate(ctx context.Context, id, host string) ([]byte, error) {
	if err := models.Need(ctx, "key.read", "", "key"); err != nil {
		return nil, err
	}
	row, err := find(ctx, o.DB, "", id)
	if err != nil {
		return nil, err
	}
	if row.Sealed == "" {
		return nil, &models.Fault{Code: models.Conflict, Reason: "key_retired", Text: "A retired key has no certificate: its private part is gone."}
	}
	key, err := unseal(o.Vault, row)
	if err != nil {
		return nil, err
	}
	return certify(key, row.KID, row.CreatedAt, host)
}

// certify makes the certificate of a key, which is the same each time.
func certify(key crypto.Signer, kid string, made time.Time, host string) ([]byte, error) {
	sum := sha256.Sum256([]byte(kid))
	name := pkix.Name{CommonName: host}
	form := &x509.Certificate{SerialNumber: new(big.Int).SetBytes(sum[:15]), Subject: name, Issuer: name, NotBefore: made,
		NotAfter: made.AddDate(certificateYears, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("certify signing key %s: %w", kid, err)
	}
	return der, nil
}
