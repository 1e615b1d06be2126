package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// The local certificate authority: without a given certificate the TLS listener is trusted by whoever trusts ca.pem of the
// data folder. It may vouch for this machine's own names only, so that trusting it opens nothing else.
const (
	caFile     = "ca.pem"
	caKeyFile  = "ca.key"
	caLife     = 10 * 365 * 24 * time.Hour
	leafLife   = 90 * 24 * time.Hour
	renewAhead = 30 * 24 * time.Hour
)

var (
	localNames = []string{"localhost"}
	localIPs   = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
)

// suites are what TLS 1.2 may use: forward secrecy and authenticated encryption (RFC 9325 section 4.2). Those of TLS 1.3 are all such.
var suites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256}

// TLSConfig is the configuration of the TLS listener: with the given certificate and key files, or with a leaf of the local
// authority in the folder data, which is made when there is none. Given files are read again when they change, so that
// a renewed certificate needs no restart.
func TLSConfig(data, certFile, keyFile string) (*tls.Config, error) {
	source, err := certificates(data, certFile, keyFile)
	if err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: suites, NextProtos: []string{"http/1.1"}, GetCertificate: source}, nil
}

type certificateSource = func(*tls.ClientHelloInfo) (*tls.Certificate, error)

func certificates(data, certFile, keyFile string) (certificateSource, error) {
	switch {
	case certFile == "" && keyFile == "":
		return localCertificates(data)
	case certFile == "" || keyFile == "":
		return nil, errors.New("--tls-cert and --tls-key belong together: give both or none")
	}
	f := &certificateFiles{cert: certFile, key: keyFile}
	if _, err := f.get(nil); err != nil {
		return nil, err
	}
	return f.get, nil
}

// certificateFiles is a certificate that somebody else renews.
type certificateFiles struct {
	cert, key string
	mu        sync.Mutex
	looked    time.Time
	changed   time.Time
	pair      *tls.Certificate
}

// get looks at the files at most once a minute. Files that cannot be read are no reason to stop serving the pair that works.
func (f *certificateFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pair != nil && time.Since(f.looked) < time.Minute {
		return f.pair, nil
	}
	f.looked = time.Now()
	info, err := os.Stat(f.cert)
	if err == nil && f.pair != nil && info.ModTime().Equal(f.changed) {
		return f.pair, nil
	}
	pair, loadErr := tls.LoadX509KeyPair(f.cert, f.key)
	switch {
	case err == nil && loadErr == nil:
		f.pair, f.changed = &pair, info.ModTime()
	case f.pair == nil:
		return nil, fmt.Errorf("read the TLS certificate: %w", errors.Join(err, loadErr))
	}
	return f.pair, nil
}

// authority is the local certificate authority.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	mu   sync.Mutex
	leaf *tls.Certificate
	ends time.Time
}

func localCertificates(data string) (certificateSource, error) {
	a, err := openAuthority(data)
	if err != nil {
		return nil, err
	}
	if _, err := a.get(nil); err != nil {
		return nil, err
	}
	return a.get, nil
}

// get gives the leaf and makes a new one in memory when it is near its end. Making one takes a fraction of a millisecond.
func (a *authority) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.leaf != nil && time.Until(a.ends) > renewAhead {
		return a.leaf, nil
	}
	leaf, err := a.issue(time.Now())
	if err != nil {
		return nil, fmt.Errorf("make a certificate for localhost: %w", err)
	}
	a.leaf, a.ends = leaf, leaf.Leaf.NotAfter
	return leaf, nil
}

func (a *authority) issue(now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	ends := now.Add(leafLife)
	if ends.After(a.cert.NotAfter) {
		ends = a.cert.NotAfter
	}
	template := &x509.Certificate{SerialNumber: serial(), Subject: pkix.Name{CommonName: localNames[0]}, DNSNames: localNames, IPAddresses: localIPs,
		NotBefore: now.Add(-time.Hour), NotAfter: ends, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	return &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key, Leaf: leaf}, err
}

// openAuthority reads the authority of a folder, or makes one: ca.pem is for everybody, ca.key for nobody (mode 0600).
// One that ends within the life of a leaf is replaced, and must be trusted anew.
func openAuthority(data string) (*authority, error) {
	pair, err := tls.LoadX509KeyPair(filepath.Join(data, caFile), filepath.Join(data, caKeyFile))
	if errors.Is(err, os.ErrNotExist) {
		return makeAuthority(data, time.Now())
	}
	if err != nil {
		return nil, fmt.Errorf("read the local certificate authority in %s: %w; remove %s and %s to have a new one made", data, err, caFile, caKeyFile)
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || !pair.Leaf.IsCA {
		return nil, fmt.Errorf("%s in %s is not a local certificate authority: remove it and %s to have one made, or name your own with --tls-cert", caFile, data, caKeyFile)
	}
	if time.Until(pair.Leaf.NotAfter) < leafLife {
		return makeAuthority(data, time.Now())
	}
	return &authority{cert: pair.Leaf, key: key}, nil
}

func makeAuthority(data string, now time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a local certificate authority: %w", err)
	}
	host, _ := os.Hostname()
	template := &x509.Certificate{SerialNumber: serial(), Subject: pkix.Name{Organization: []string{"Gatehouse local authority"}, CommonName: "Gatehouse on " + host},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(caLife), KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: localNames, PermittedIPRanges: []*net.IPNet{
			{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}, {IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)}}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make a local certificate authority: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("make a local certificate authority: %w", err)
	}
	return &authority{cert: cert, key: key}, storeAuthority(data, der, key)
}

// storeAuthority writes the key first: a certificate without its key would be trusted for nothing.
func storeAuthority(data string, der []byte, key *ecdsa.PrivateKey) error {
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err == nil {
		err = os.MkdirAll(data, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(data, caKeyFile), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(data, caFile), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644)
	}
	if err != nil {
		return fmt.Errorf("keep the local certificate authority: %w", err)
	}
	return nil
}

func serial() *big.Int {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	b[0] &= 0x7f
	return new(big.Int).SetBytes(b)
}
