package models

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// KindCustomDomain is the kind of documents whose body is a CustomDomain. Their key is the domain itself.
const KindCustomDomain = "custom_domain"

// The life of a custom domain.
const (
	DomainPendingVerification = "pending_verification" // nobody has shown yet that it is theirs
	DomainPendingCertificate  = "pending_certificate"  // shown, but the server was not told to answer under it
	DomainActive              = "active"               // the server answers under it
	DomainFailed              = "failed"
)

// CustomDomain is a host name under which a tenant wants its hosted pages and endpoints.
type CustomDomain struct {
	ID         string     `json:"id"`     // 16 characters
	Domain     string     `json:"domain"` // lower case, no trailing dot
	Status     string     `json:"status"`
	Error      string     `json:"error"` // why the last verification failed; empty when it did not
	Token      string     `json:"token"` // what its TXT record must hold, see Proof
	VerifiedAt *time.Time `json:"verified_at"`

	Default        bool                       `json:"default"`
	ManagedCerts   bool                       `json:"managed_certs"` // asked for by a face that has others make certificates
	ClientIPHeader string                     `json:"client_ip_header"`
	TLSPolicy      string                     `json:"tls_policy"`
	RelyingParty   string                     `json:"relying_party_id"` // of passkeys; empty: the domain
	Metadata       map[string]string          `json:"metadata,omitempty"`
	Files          map[string]json.RawMessage `json:"verification_files,omitempty"`
	Stored         map[string]json.RawMessage `json:"stored,omitempty"` // members of a dialect that nothing else reads

	CreatedAt time.Time `json:"-"` // of the document
	Version   int64     `json:"-"` // of the document
}

// Names of the TXT record by which a domain is shown to be one's own.
const (
	domainRecord = "_gatehouse-challenge."
	domainProof  = "gatehouse-domain-verification="
)

// Record is the name of the TXT record that shows who the domain belongs to.
func (d CustomDomain) Record() string { return domainRecord + d.Domain }

// Proof is the text that the record must hold.
func (d CustomDomain) Proof() string { return domainProof + d.Token }

var domainForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// HostName brings a domain into the form in which it is kept, and tells whether it is a host name with at least two labels and
// no address.
func HostName(text string) (string, bool) {
	host := strings.ToLower(strings.TrimSuffix(strings.TrimSpace(text), "."))
	return host, len(host) <= 253 && domainForm.MatchString(host)
}
