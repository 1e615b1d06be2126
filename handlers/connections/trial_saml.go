package connections

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"strings"
	"time"
)

// metadata is what we need of an identity provider's description: SAML 2.0 metadata section 2.4.3.
type metadata struct {
	XMLName  xml.Name
	EntityID string `xml:"entityID,attr"`
	IDP      []struct {
		Keys []struct {
			Use   string   `xml:"use,attr"`
			Certs []string `xml:"KeyInfo>X509Data>X509Certificate"`
		} `xml:"KeyDescriptor"`
		SSO []struct {
			Binding  string `xml:"Binding,attr"`
			Location string `xml:"Location,attr"`
		} `xml:"SingleSignOnService"`
	} `xml:"IDPSSODescriptor"`
}

// saml reads the identity provider's metadata, or what was copied out of it.
func (t *trial) saml() {
	text := t.c.OptionText("metadataXml", "fedMetadataXml")
	if at := t.metadataURL(); text == "" && at != "" {
		body, ok := t.ask("Metadata", at)
		if !ok {
			return
		}
		text = string(body)
	} else if text != "" {
		t.add("Metadata", StepOK, "", "Stored with the connection.")
	}
	if text != "" {
		t.metadata(text)
		return
	}
	if at := t.c.OptionText("signInEndpoint"); at != "" {
		t.reachable("Sign-in address", at)
	} else {
		t.add("Sign-in address", StepFailed, "", "Give the address of the metadata (metadataUrl), the metadata itself (metadataXml), or the signInEndpoint.")
	}
	if cert := t.c.OptionText("signingCert", "cert"); cert != "" {
		t.certificate(cert)
	} else {
		t.add("Certificate", StepFailed, "", "Without the provider's certificate (signingCert) no assertion can be trusted.")
	}
}

// metadataURL is where the metadata is; an AD FS server has it at a known path.
func (t *trial) metadataURL() string {
	if at := t.c.OptionText("metadataUrl"); at != "" {
		return at
	}
	host := strings.TrimSuffix(strings.TrimPrefix(t.c.OptionText("adfs_server"), "https://"), "/")
	switch {
	case host == "":
		return ""
	case strings.Contains(strings.ToLower(host), "federationmetadata"):
		return "https://" + host
	}
	return "https://" + host + "/FederationMetadata/2007-06/FederationMetadata.xml"
}

func (t *trial) metadata(text string) {
	var m metadata
	if err := xml.Unmarshal([]byte(text), &m); err != nil || m.XMLName.Local != "EntityDescriptor" {
		t.wrong("This is not the metadata of one entity: its first element must be EntityDescriptor.")
		return
	}
	if len(m.IDP) == 0 {
		t.wrong("The metadata of %s describes no identity provider (IDPSSODescriptor). It may be that of a service provider.", m.EntityID)
		return
	}
	t.add("Entity id", StepOK, "", "%s", m.EntityID)
	if len(m.IDP[0].SSO) == 0 {
		t.add("Sign-in address", StepFailed, "", "The metadata names no SingleSignOnService.")
	} else {
		t.add("Sign-in address", StepOK, m.IDP[0].SSO[0].Location, "Described.")
	}
	n := 0
	for _, k := range m.IDP[0].Keys {
		if k.Use == "encryption" {
			continue
		}
		for _, c := range k.Certs {
			n++
			t.certificate(c)
		}
	}
	if n == 0 {
		t.add("Certificate", StepFailed, "", "The metadata holds no certificate that signs.")
	}
}

// soon is how long before its end a certificate is worth a warning.
const soon = 30 * 24 * time.Hour

// certificate looks at a signing certificate: PEM, or the bare base64 of metadata.
func (t *trial) certificate(text string) {
	cert, err := parseCertificate(text)
	now := t.now()
	switch {
	case err != nil:
		t.add("Certificate", StepFailed, "", "The certificate cannot be read. Paste it with its BEGIN and END lines.")
	case now.After(cert.NotAfter):
		t.add("Certificate", StepFailed, "", "The certificate of %s ended on %s. Ask the provider for the new one.", cert.Subject.CommonName, cert.NotAfter.Format(time.DateOnly))
	case cert.NotAfter.Sub(now) < soon:
		t.add("Certificate", StepWarning, "", "The certificate of %s ends on %s. Sign-ins fail from then on unless it is replaced.", cert.Subject.CommonName, cert.NotAfter.Format(time.DateOnly))
	default:
		t.add("Certificate", StepOK, "", "The certificate of %s is good until %s.", cert.Subject.CommonName, cert.NotAfter.Format(time.DateOnly))
	}
}

func parseCertificate(text string) (*x509.Certificate, error) {
	text = strings.TrimSpace(text)
	if block, _ := pem.Decode([]byte(text)); block != nil {
		return x509.ParseCertificate(block.Bytes)
	}
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, err
	}
	if block, _ := pem.Decode(raw); block != nil { // base64 of a PEM text, as some APIs want it
		raw = block.Bytes
	}
	if len(raw) == 0 {
		return nil, errors.New("empty certificate")
	}
	return x509.ParseCertificate(raw)
}
