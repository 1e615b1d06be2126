package logto

import (
	"context"
	"encoding/xml"
	"strings"

	"gatehouse/handlers/certificates"
	"gatehouse/models"
	"gatehouse/web"
)

// Metadata of an identity provider (SAML Metadata 2.4.3).
type (
	entityDescriptor struct {
		XMLName  xml.Name      `xml:"urn:oasis:names:tc:SAML:2.0:metadata EntityDescriptor"`
		EntityID string        `xml:"entityID,attr"`
		IDP      idpDescriptor `xml:"IDPSSODescriptor"`
	}
	idpDescriptor struct {
		WantSigned bool            `xml:"WantAuthnRequestsSigned,attr"`
		Protocols  string          `xml:"protocolSupportEnumeration,attr"`
		Keys       []keyDescriptor `xml:"KeyDescriptor"`
		NameID     string          `xml:"NameIDFormat"`
		SSO        []ssoService    `xml:"SingleSignOnService"`
	}
	keyDescriptor struct {
		Use  string  `xml:"use,attr"`
		Info keyInfo `xml:"http://www.w3.org/2000/09/xmldsig# KeyInfo"`
	}
	keyInfo struct {
		Certificate string `xml:"X509Data>X509Certificate"`
	}
	ssoService struct {
		Binding  string `xml:"Binding,attr"`
		Location string `xml:"Location,attr"`
	}
)

const (
	protocolSAML    = "urn:oasis:names:tc:SAML:2.0:protocol"
	bindingRedirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
)

// metadataOut is a document in XML.
type metadataOut struct{ body []byte }

func (m metadataOut) answer(r *web.Request, status int) error {
	return r.Bytes(status, "text/xml; charset=utf-8", m.body)
}

// samlMetadata tells service providers how to send people here. It is public, so it reads on the server's behalf.
func (d Dialect) samlMetadata(ctx context.Context, in idIn) (out metadataOut, err error) {
	origin := models.RequestFrom(ctx).Origin
	ctx = models.System(ctx)
	c, err := d.saml(ctx, in.ID)
	if err != nil {
		return out, err
	}
	held, err := d.Certificates.List(ctx, c)
	if err != nil {
		return out, err
	}
	doc := metadata(origin, c, held)
	if len(doc.IDP.Keys) == 0 {
		return out, refuse("application.saml.no_active_secret", "This application has no certificate that signs.")
	}
	body, err := xml.MarshalIndent(doc, "", "  ")
	return metadataOut{append([]byte(xml.Header), body...)}, err
}

func metadata(origin string, c models.Client, held []certificates.Certificate) entityDescriptor {
	at := origin + "/api/saml/" + c.ID + "/authn"
	doc := entityDescriptor{EntityID: origin + "/saml/" + c.ID, IDP: idpDescriptor{Protocols: protocolSAML, NameID: format(c, keptSAML(c)),
		SSO: []ssoService{{bindingRedirect, at}, {bindingPost, at}}}}
	for _, h := range held {
		if h.Active {
			doc.IDP.Keys = append(doc.IDP.Keys, keyDescriptor{"signing", keyInfo{plainPEM(h.PEM)}})
		}
	}
	return doc
}

// plainPEM is the base64 of a certificate, without the lines around it.
func plainPEM(text string) string {
	text = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), "-----BEGIN CERTIFICATE-----"), "-----END CERTIFICATE-----")
	return strings.Join(strings.Fields(text), "")
}
