package credentials

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"

	"gatehouse/models"
)

const maxCertificate = 32 << 10

// ReadCertificates reads PEM certificates, at least one and at most most, and tells what is wrong with them.
func ReadCertificates(text string, most int) ([]*x509.Certificate, *models.FieldFault) {
	if len(text) > maxCertificate*most {
		return nil, wrong("too_long", "This is too long for a certificate.")
	}
	var out []*x509.Certificate
	rest := []byte(strings.TrimSpace(text))
	for len(rest) > 0 {
		block, after := pem.Decode(rest)
		if block == nil {
			return nil, wrong("not_pem", "This is not PEM. It begins with -----BEGIN CERTIFICATE-----.")
		}
		if block.Type != "CERTIFICATE" {
			return nil, wrong("not_a_certificate", "This holds a "+strings.ToLower(block.Type)+". Register the certificate only.")
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, wrong("not_a_certificate", "This certificate cannot be read.")
		}
		if f := checkSize(cert.PublicKey); f != nil {
			return nil, f
		}
		if out = append(out, cert); len(out) > most {
			return nil, wrong("too_many", "This holds more certificates than can be used here.")
		}
		rest = []byte(strings.TrimSpace(string(after)))
	}
	if len(out) == 0 {
		return nil, wrong("required", "This field needs a certificate.")
	}
	return out, nil
}

func certificateThumbprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return encode(sum[:])
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
