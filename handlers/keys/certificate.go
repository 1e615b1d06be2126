package keys

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/go-jose/go-jose/v4"

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
	opened, err := o.Vault.Open("signing_keys", "sealed", row.ID, row.Sealed)
	if err != nil {
		return nil, err
	}
	var jwk jose.JSONWebKey
	if err := json.Unmarshal([]byte(opened.Reveal()), &jwk); err != nil {
		return nil, fmt.Errorf("read signing key %s: %w", row.ID, err)
	}
	sum := sha256.Sum256([]byte(row.KID))
	name := pkix.Name{CommonName: host}
	form := &x509.Certificate{SerialNumber: new(big.Int).SetBytes(sum[:15]), Subject: name, Issuer: name, NotBefore: row.CreatedAt,
		NotAfter: row.CreatedAt.AddDate(certificateYears, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, form, form, jwk.Public().Key, jwk.Key)
	if err != nil {
		return nil, fmt.Errorf("certify signing key %s: %w", row.ID, err)
	}
	return der, nil
}
