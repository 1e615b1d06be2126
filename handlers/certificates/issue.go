package certificates

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"gatehouse/models"
)

// Service providers know RSA with SHA-256 best (SAML V2.0 metadata interoperability profile 2.5).
const keyBits = 2048

// backdate lets service providers whose clocks are behind accept a new certificate.
const backdate = 5 * time.Minute

// issue makes a key, fills in its self-signed certificate, and gives the key as PKCS #8 in PEM.
func issue(cert *Certificate, name string) (models.Secret, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return models.Secret{}, fmt.Errorf("make a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)) // positive and below 20 octets (RFC 5280 4.1.2.2)
	if err != nil {
		return models.Secret{}, fmt.Errorf("make a serial number: %w", err)
	}
	subject := pkix.Name{CommonName: commonName(name)}
	template := &x509.Certificate{SerialNumber: serial.Add(serial, big.NewInt(1)), Subject: subject, Issuer: subject, NotBefore: cert.CreatedAt.Add(-backdate),
		NotAfter: cert.ExpiresAt, KeyUsage: x509.KeyUsageDigitalSignature, SignatureAlgorithm: x509.SHA256WithRSA}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return models.Secret{}, fmt.Errorf("make a certificate: %w", err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return models.Secret{}, fmt.Errorf("encode a key: %w", err)
	}
	sum := sha256.Sum256(der)
	cert.SHA256 = hex.EncodeToString(sum[:])
	cert.PEM = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return models.NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))), nil
}

// mostCommonName is the upper bound of a common name (RFC 5280 appendix A.1).
const mostCommonName = 64

func commonName(name string) string {
	if r := []rune(name); len(r) > mostCommonName {
		return string(r[:mostCommonName])
	}
	return name
}
