package auth0

import (
	"context"
	"encoding/json"

	"gatehouse/models"
)

// certifiedMost is how many renderings of certificates are remembered: one for each key, host and kind of reader.
const certifiedMost = 64

// signingKey is the key that signs a client's tokens, as the certificate that clients of the document verify with.
type signingKey struct {
	Cert    string `json:"cert"`
	PKCS7   string `json:"pkcs7,omitempty"`
	Subject string `json:"subject,omitempty"`
}

// signingKeys gives the member of that name: the tenant's key of the document's algorithm that is in use now, the one that
// /keys/signing calls current. Its bundle and subject are for callers who may read secrets (recorded). It is nil as long as the ring
// has no such key.
func (d Dialect) signingKeys(ctx context.Context) (json.RawMessage, error) {
	if d.Ring == nil {
		return nil, nil
	}
	signer, err := d.Ring.Current(ctx, keyAlg)
	if err != nil || signer == nil {
		return nil, err
	}
	host, reader := certified(ctx), "all"
	if models.ReadsSecrets(ctx, "") {
		reader = "secrets"
	}
	name := signer.KID + " " + reader + " " + host
	if raw, ok := d.signing.Get(name); ok {
		return raw, nil
	}
	der, err := signer.Certificate(host)
	if err != nil {
		return nil, err
	}
	one := signingKey{Cert: inPEM("CERTIFICATE", der)}
	if reader == "secrets" {
		one.PKCS7, one.Subject = inPEM("PKCS7", bundle(der)), "/CN="+host
	}
	raw, err := json.Marshal([]signingKey{one})
	if err == nil {
		d.signing.Set(name, raw)
	}
	return raw, err
}
