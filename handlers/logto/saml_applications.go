package logto

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"

	"gatehouse/handlers/clients"
	"gatehouse/models"
)

// storedSAML is what only this dialect knows of a SAML client.
const storedSAML = "logto.saml"

// Formats of names (SAML Core 8.3) and the one binding of assertions (SAML Bindings 3.5).
const (
	formatPersistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	formatEmail      = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
	bindingPost      = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
)

// Types of names at a SAML client.
const (
	nameEmail = "email"
	nameUser  = "external_user_id"
)

// samlIn is what the writer of a SAML application may say.
type samlIn struct {
	Name             opt[string]          `json:"name" rule:"min=1,max=256"`
	Description      opt[string]          `json:"description" rule:"nullable"`
	CustomData       opt[json.RawMessage] `json:"customData" rule:"object"`
	AttributeMapping opt[json.RawMessage] `json:"attributeMapping" rule:"object"`
	EntityID         opt[string]          `json:"entityId" rule:"nullable,max=128"`
	ACSURL           opt[acsURL]          `json:"acsUrl" rule:"nullable"`
	Encryption       opt[json.RawMessage] `json:"encryption" rule:"object,nullable"`
	NameIDFormat     opt[string]          `json:"nameIdFormat" enum:"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent,urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress,urn:oasis:names:tc:SAML:2.0:nameid-format:transient,urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"`
	AccessControl    opt[bool]            `json:"appLevelAccessControlEnabled"`
}

// acsURL is where assertions go.
type acsURL struct {
	Binding string `json:"binding" rule:"required" enum:"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST,urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"`
	URL     string `json:"url" rule:"required"`
}

// samlKept is the members without a home.
type samlKept struct {
	AttributeMapping json.RawMessage `json:"attributeMapping,omitempty"`
	Encryption       json.RawMessage `json:"encryption,omitempty"`
	NameIDFormat     string          `json:"nameIdFormat,omitempty"`
}

// samlOut is a SAML application as it is shown.
type samlOut struct {
	TenantID         string          `json:"tenantId"`
	ID               string          `json:"id"`
	Name             string          `json:"name"`
	Description      *string         `json:"description"`
	Type             string          `json:"type"`
	CustomData       json.RawMessage `json:"customData"`
	ThirdParty       bool            `json:"isThirdParty"`
	AccessControl    bool            `json:"appLevelAccessControlEnabled"`
	CreatedAt        int64           `json:"createdAt"`
	AttributeMapping json.RawMessage `json:"attributeMapping"`
	EntityID         *string         `json:"entityId"`
	ACSURL           *acsURL         `json:"acsUrl"`
	Encryption       json.RawMessage `json:"encryption"`
	NameIDFormat     string          `json:"nameIdFormat"`
}

func keptSAML(c models.Client) samlKept {
	var k samlKept
	if raw := c.Stored[storedSAML]; len(raw) > 0 {
		_ = json.Unmarshal(raw, &k) // we wrote it
	}
	return k
}

func samlApplication(c models.Client) samlOut {
	app, k := application(c), keptSAML(c)
	out := samlOut{TenantID: app.TenantID, ID: app.ID, Name: app.Name, Description: app.Description, Type: typeSAML, CustomData: app.CustomData,
		ThirdParty: app.ThirdParty, AccessControl: app.AccessControl, CreatedAt: app.CreatedAt, AttributeMapping: k.AttributeMapping,
		Encryption: orNothing(k.Encryption), NameIDFormat: format(c, k)}
	if len(out.AttributeMapping) == 0 {
		out.AttributeMapping = json.RawMessage("{}")
	}
	if c.SAML.EntityID != c.ID {
		out.EntityID = orNull(c.SAML.EntityID)
	}
	if c.SAML.ACSURL != "" {
		out.ACSURL = &acsURL{bindingPost, c.SAML.ACSURL}
	}
	return out
}

// format shows what was written here, unless another face has changed the kind of name since.
func format(c models.Client, k samlKept) string {
	switch {
	case c.SAML.NameIDType == nameEmail:
		return formatEmail
	case k.NameIDFormat == "" || k.NameIDFormat == formatEmail:
		return formatPersistent
	}
	return k.NameIDFormat
}

// creation makes a new SAML client. Without an entity id it has its own id for one until it is told.
func (b samlIn) creation() clients.CreateIn {
	id := models.NewRowID()
	now := models.Client{ID: id, Protocol: models.ProtocolSAML, SAML: models.SAML{EntityID: id, OptionalACSURL: true}}
	return clients.CreateIn{Protocol: models.ProtocolSAML, ID: id, Settings: b.settings(now)}
}

// settings is what the input changes about a client as it is now.
func (b samlIn) settings(now models.Client) clients.Settings {
	s := applicationIn{Name: b.Name, Description: b.Description, CustomData: b.CustomData}.settings(now)
	next, k := now.SAML, keptSAML(now)
	if b.EntityID.Set {
		if next.EntityID = b.EntityID.V; next.EntityID == "" {
			next.EntityID = now.ID
		}
	}
	if b.ACSURL.Set {
		next.ACSURL = b.ACSURL.V.URL
	}
	if b.NameIDFormat.Set {
		k.NameIDFormat = b.NameIDFormat.V
		if next.NameIDType = nameUser; b.NameIDFormat.V == formatEmail {
			next.NameIDType = nameEmail
		}
	}
	if b.AttributeMapping.Set || b.Encryption.Set || b.NameIDFormat.Set {
		b.AttributeMapping.To(&k.AttributeMapping)
		b.Encryption.To(&k.Encryption)
		keepStored(&s, storedSAML, k)
	}
	if b.AccessControl.Set {
		keepStored(&s, storedAccessLevel, b.AccessControl.V)
	}
	s.SAML = models.Some(next)
	return s
}

// check refuses what no service provider can be.
func (b samlIn) check() error {
	url, encryption := b.ACSURL.V, struct {
		Certificate *string `json:"certificate"`
	}{}
	_ = json.Unmarshal(b.Encryption.V, &encryption) // absent, null, or an object of any members
	switch {
	case url.Binding != "" && url.Binding != bindingPost:
		return refuse("application.saml.acs_url_binding_not_supported", "Assertions are sent by HTTP-POST only.")
	case url.URL != "" && !strings.HasPrefix(url.URL, "https://") && !strings.HasPrefix(url.URL, "http://"):
		return refuse("application.saml.acs_url_scheme_not_supported", "The address of a service provider is an http or https URL.")
	case encryption.Certificate != nil && !isCertificate(*encryption.Certificate):
		return refuse("application.saml.invalid_certificate_pem_format", "The certificate is not an X.509 certificate in PEM.")
	}
	return nil
}

func isCertificate(text string) bool {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return false
	}
	_, err := x509.ParseCertificate(block.Bytes)
	return err == nil
}

// samlFields are the product's names of a SAML application's members.
var samlFields = models.Names{"saml.entity_id": "entityId", "saml.acs_url": "acsUrl.url", "saml.name_id_type": "nameIdFormat", "metadata": "customData",
	"years": "lifeSpanInYears"}
