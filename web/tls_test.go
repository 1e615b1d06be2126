package web

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// shake connects to a listener with config as somebody who trusts the authority in folder.
func shake(t *testing.T, config *tls.Config, folder, name string) error {
	t.Helper()
	return shakeAs(t, config, folder, &tls.Config{ServerName: name})
}

// shakeAs is shake for a client with wishes.
func shakeAs(t *testing.T, config *tls.Config, folder string, as *tls.Config) error {
	t.Helper()
	pool := x509.NewCertPool()
	text, err := os.ReadFile(filepath.Join(folder, caFile))
	if err != nil || !pool.AppendCertsFromPEM(text) {
		t.Fatalf("read the authority: %v", err)
	}
	server, client := net.Pipe()
	defer client.Close()
	go func() {
		_ = tls.Server(server, config).Handshake()
		_ = server.Close()
	}()
	as.RootCAs = pool
	return tls.Client(client, as).Handshake()
}

// RFC 9325 section 4.2: with TLS 1.2 nothing is used but forward secrecy and authenticated encryption.
func TestAClientWithCBCOnlyIsRefused(t *testing.T) {
	folder := t.TempDir()
	config, err := TLSConfig(folder, "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if !slices.Contains(suite.SupportedVersions, tls.VersionTLS12) || !strings.Contains(suite.Name, "_ECDSA_") {
			continue // the leaf has an EC key
		}
		err := shakeAs(t, config, folder, &tls.Config{ServerName: "localhost", MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}})
		good := strings.Contains(suite.Name, "_GCM_") || strings.Contains(suite.Name, "_POLY1305_")
		if (err == nil) != good {
			t.Errorf("%s: %v", suite.Name, err)
		}
	}
	for _, id := range config.CipherSuites {
		if name := tls.CipherSuiteName(id); !strings.HasPrefix(name, "TLS_ECDHE_") || strings.Contains(name, "_CBC_") {
			t.Errorf("%s is offered", name)
		}
	}
	if err := shakeAs(t, config, folder, &tls.Config{ServerName: "localhost", MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	if err := shakeAs(t, config, folder, &tls.Config{ServerName: "localhost", MinVersion: tls.VersionTLS13}); err != nil {
		t.Errorf("TLS 1.3: %v", err)
	}
}

func TestLocalAuthority(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	config, err := TLSConfig(folder, "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"localhost", "127.0.0.1", "::1"} {
		if err := shake(t, config, folder, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := shake(t, config, folder, "example.com"); err == nil {
		t.Error("the leaf is good for another name")
	}
	info, err := os.Stat(filepath.Join(folder, caKeyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key is readable by others: %v, %v", info.Mode(), err)
	}
	before, _ := os.ReadFile(filepath.Join(folder, caFile))
	again, err := TLSConfig(folder, "", "")
	if err != nil {
		t.Fatal(err)
	}
	after, _ := os.ReadFile(filepath.Join(folder, caFile))
	if string(before) != string(after) {
		t.Error("a restart made another authority")
	}
	if err := shake(t, again, folder, "localhost"); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

// Trusting the local authority opens nothing but this machine's own names (RFC 5280 section 4.2.1.10).
func TestTheAuthorityCannotVouchForOthers(t *testing.T) {
	a, err := makeAuthority(t.TempDir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	saved := localNames
	localNames = []string{"bank.example"}
	leaf, err := a.issue(time.Now())
	localNames = saved
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	if _, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: "bank.example"}); err == nil {
		t.Error("a certificate for another name verifies")
	}
}

func TestALeafIsRenewedBeforeItEnds(t *testing.T) {
	a, err := makeAuthority(t.TempDir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	first, _ := a.get(nil)
	if second, _ := a.get(nil); second != first {
		t.Error("a leaf was made for one connection")
	}
	a.ends = time.Now().Add(renewAhead - time.Minute)
	if third, _ := a.get(nil); third == first {
		t.Error("a leaf near its end was kept")
	}
}

func TestGivenCertificates(t *testing.T) {
	folder := t.TempDir()
	if _, err := makeAuthority(folder, time.Now()); err != nil {
		t.Fatal(err)
	}
	cert, key := filepath.Join(folder, caFile), filepath.Join(folder, caKeyFile)
	for _, c := range []struct{ name, cert, key, want string }{
		{"both", cert, key, ""},
		{"a certificate without its key", cert, "", "belong together"},
		{"a key without its certificate", "", key, "belong together"},
		{"a file that is not there", cert + "x", key, "read the TLS certificate"},
		{"a key that is a certificate", cert, cert, "read the TLS certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := TLSConfig(folder, c.cert, c.key)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	if err := os.WriteFile(cert, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := TLSConfig(folder, "", ""); err == nil || !strings.Contains(err.Error(), "remove") {
		t.Errorf("a damaged authority: %v", err)
	}
}

func BenchmarkLocalCertificates(b *testing.B) {
	for b.Loop() {
		if _, err := TLSConfig(b.TempDir(), "", ""); err != nil {
			b.Fatal(err)
		}
	}
}
