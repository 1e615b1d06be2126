package auth0

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"gatehouse/models"
	"gatehouse/web"
)

// domainPrefix stands before ids of domains.
const domainPrefix = "cd_"

// Who makes the certificates of a domain.
const (
	managedCerts = "auth0_managed_certs"
	ownCerts     = "self_managed_certs"
)

// domainMetadata is at most ten texts; one that is null goes.
type domainMetadata map[string]opt[string]

// newDomain is a domain as it is created.
type newDomain struct {
	Domain       string              `json:"domain" rule:"required,min=3,max=255"`
	Type         string              `json:"type" rule:"required" enum:"auth0_managed_certs,self_managed_certs"`
	Verification string              `json:"verification_method" enum:"txt"`
	TLSPolicy    opt[string]         `json:"tls_policy" enum:"recommended"`
	ClientIP     opt[string]         `json:"custom_client_ip_header" rule:"nullable" enum:"true-client-ip,cf-connecting-ip,x-forwarded-for,x-azure-clientip,"`
	Metadata     opt[domainMetadata] `json:"domain_metadata" rule:"maxprops=10,max=255,nullable"`
	RelyingParty opt[string]         `json:"relying_party_identifier" rule:"max=255"`
}

type domainIDIn struct {
	ID string `path:"id" json:"-"`
}

type patchDomainIn struct {
	domainIDIn
	TLSPolicy    opt[string]         `json:"tls_policy" enum:"recommended"`
	ClientIP     opt[string]         `json:"custom_client_ip_header" rule:"nullable" enum:"true-client-ip,cf-connecting-ip,x-forwarded-for,x-azure-clientip,"`
	Metadata     opt[domainMetadata] `json:"domain_metadata" rule:"maxprops=10,max=255,nullable"`
	RelyingParty opt[string]         `json:"relying_party_identifier" rule:"nullable,max=255"`
}

type defaultDomainIn struct {
	Domain string `json:"domain" rule:"required,min=3,max=255"`
}

type listDomainsIn struct {
	fieldsIn
	Take opt[int64] `query:"take" json:"-"`
	From string     `query:"from" json:"-"`
	Q    string     `query:"q" json:"-"`
	Sort string     `query:"sort" json:"-"`
}

// domainOut is what is answered.
type domainOut struct {
	ID           string             `json:"custom_domain_id"`
	Domain       string             `json:"domain"`
	Primary      bool               `json:"primary"`
	Default      *bool              `json:"is_default,omitempty"`
	Status       string             `json:"status"`
	Type         string             `json:"type"`
	Verification domainVerification `json:"verification"`
	ClientIP     *string            `json:"custom_client_ip_header,omitempty"`
	TLSPolicy    string             `json:"tls_policy,omitempty"`
	Metadata     map[string]string  `json:"domain_metadata,omitempty"`
	Certificate  *domainCertificate `json:"certificate,omitempty"`
	RelyingParty string             `json:"relying_party_identifier,omitempty"`
}

type domainVerification struct {
	Methods  []domainMethod `json:"methods"`
	Status   string         `json:"status"`
	Error    string         `json:"error_msg,omitempty"`
	Verified string         `json:"last_verified_at,omitempty"`
}

type domainMethod struct {
	Name   string `json:"name"`
	Record string `json:"record"`
	Domain string `json:"domain"`
}

type domainCertificate struct {
	Status string `json:"status"`
}

// shownDomain tells of a domain. It is ready when the server answers under it; one whose owner is proven, and which the server was
// not told of, waits for that.
func shownDomain(m models.CustomDomain) domainOut {
	out := domainOut{ID: shown(domainPrefix, m.ID), Domain: m.Domain, Primary: m.Default, Default: &m.Default, Status: "pending_verification",
		Type: ownCerts, TLSPolicy: m.TLSPolicy, Metadata: m.Metadata, RelyingParty: m.RelyingParty, Verification: verificationOf(m)}
	if m.ManagedCerts {
		out.Type = managedCerts
		out.Certificate = &domainCertificate{"provisioning"}
	}
	if m.ClientIPHeader != "" {
		out.ClientIP = &m.ClientIPHeader
	}
	switch m.Status {
	case models.DomainActive:
		out.Status = "ready"
		if out.Certificate != nil {
			out.Certificate.Status = "provisioned"
		}
	case models.DomainFailed:
		out.Status = "failed"
	}
	return out
}

func verificationOf(m models.CustomDomain) domainVerification {
	v := domainVerification{Methods: []domainMethod{{"txt", m.Proof(), m.Record()}}, Status: "pending", Error: m.Error}
	switch m.Status {
	case models.DomainActive, models.DomainPendingCertificate:
		v.Status = "verified"
	case models.DomainFailed:
		v.Status = "failed"
	}
	if m.VerifiedAt != nil {
		v.Verified = m.VerifiedAt.UTC().Format(time.RFC3339Nano)
	}
	return v
}

// verifiedDomain is the answer of a verification, which leaves two members out.
func verifiedDomain(m models.CustomDomain) domainOut {
	out := shownDomain(m)
	out.Default, out.RelyingParty = nil, ""
	return out
}

func (in newDomain) domain() models.CustomDomain {
	p := patchDomainIn{TLSPolicy: in.TLSPolicy, ClientIP: in.ClientIP, Metadata: in.Metadata, RelyingParty: in.RelyingParty}
	m := models.CustomDomain{Domain: in.Domain, ManagedCerts: in.Type == managedCerts, TLSPolicy: "recommended"}
	p.on(&m)
	return m
}

// on changes the settings of a domain. A name of its metadata that is null goes; the others stay.
func (in patchDomainIn) on(m *models.CustomDomain) {
	in.TLSPolicy.To(&m.TLSPolicy)
	in.ClientIP.To(&m.ClientIPHeader)
	in.RelyingParty.To(&m.RelyingParty)
	if !in.Metadata.Set {
		return
	}
	next := map[string]string{}
	if !in.Metadata.Null {
		for name, text := range m.Metadata {
			next[name] = text
		}
	}
	for name, text := range in.Metadata.V {
		next[name] = text.V
		if text.Null {
			delete(next, name)
		}
	}
	m.Metadata = next
}

// check holds what a domain would be against the document's limits.
func checkDomain(m models.CustomDomain) error {
	var c models.Check
	c.That(len(m.Metadata) <= 10, "domain_metadata", "out_of_range", "Too many properties defined, maximum 10")
	if m.RelyingParty != "" {
		_, ok := models.HostName(m.RelyingParty)
		c.That(ok || m.RelyingParty == "localhost", "relying_party_identifier", "not_a_domain", "Object didn't pass validation for format hostname")
	}
	return c.Err()
}

func (d Dialect) domainRoutes() []web.Route {
	const path, one, byDefault = "/custom-domains", "/custom-domains/:id", "/custom-domains/default"
	const read, create, update = "read:custom_domains", "create:custom_domains", "update:custom_domains"
	f := d.Face()
	remove := func(ctx context.Context, in domainIDIn) error { return d.Domains.Delete(ctx, in.bare()) }
	return []web.Route{
		op("GET", path, read, web.Do(f, 200, d.listDomains)),
		op("POST", path, create, web.Do(f, 201, d.createDomain)),
		op("GET", byDefault, read, web.Do(f, 200, d.getDefaultDomain)),
		op("PATCH", byDefault, update, web.Do(f, 200, d.patchDefaultDomain)),
		op("GET", one, read, web.Do(f, 200, web.Map(domainIDIn.bare, d.Domains.Get, shownDomain))),
		op("PATCH", one, update, web.Do(f, 200, d.patchDomain)),
		op("DELETE", one, "delete:custom_domains", web.Do0(f, 204, remove)),
		op("POST", one+"/verify", create, web.Do(f, 200, web.Map(domainIDIn.bare, d.Domains.Verify, verifiedDomain))),
		op("POST", one+"/test", read, web.Do(f, 200, web.Map(domainIDIn.bare, d.Domains.Get, testedDomain))),
	}
}

func (in domainIDIn) bare() string { return bare(domainPrefix, in.ID) }

func (d Dialect) createDomain(ctx context.Context, in newDomain) (domainOut, error) {
	m := in.domain()
	if err := checkDomain(m); err != nil {
		return domainOut{}, err
	}
	m, err := d.Domains.Create(ctx, m)
	if models.IsFault(err, models.Conflict) {
		err = &models.Fault{Code: models.Conflict, Reason: "custom_domain_exists", Text: "Custom domain already exists."}
	}
	return shownDomain(m), err
}

func (d Dialect) patchDomain(ctx context.Context, in patchDomainIn) (domainOut, error) {
	m, err := d.Domains.Update(ctx, in.bare(), func(m *models.CustomDomain) error {
		in.on(m)
		return checkDomain(*m)
	})
	return shownDomain(m), err
}

// domainTest is whether the server answers under a domain.
type domainTest struct {
	Success bool   `json:"success"`
	Message string `json:"message,omitempty"`
}

func testedDomain(m models.CustomDomain) domainTest {
	switch m.Status {
	case models.DomainActive:
		return domainTest{Success: true}
	case models.DomainPendingCertificate:
		return domainTest{Message: "The domain is verified, and the server was not started with it as one of its addresses."}
	}
	return domainTest{Message: "The domain is not verified."}
}

// hostOnly is the default where no custom domain is: the name of the server itself.
type hostOnly struct {
	Domain string `json:"domain"`
}

func (d Dialect) getDefaultDomain(ctx context.Context, _ web.None) (any, error) {
	all, err := d.Domains.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.Default {
			return shownDomain(m), nil
		}
	}
	return hostOnly{d.Host}, nil
}

// patchDefaultDomain makes a domain the default one; the server's own name takes that from all.
func (d Dialect) patchDefaultDomain(ctx context.Context, in defaultDomainIn) (any, error) {
	all, err := d.Domains.List(ctx)
	if err != nil {
		return nil, err
	}
	host, _ := models.HostName(in.Domain)
	own := strings.EqualFold(in.Domain, d.Host)
	i := slices.IndexFunc(all, func(m models.CustomDomain) bool { return m.Default && own || m.Domain == host && !own })
	switch {
	case own && i < 0:
		return hostOnly{d.Host}, nil
	case i < 0:
		var c models.Check
		c.Add("domain", "custom_domain_not_found", "There is no custom domain of this name")
		return nil, c.Err()
	}
	m, err := d.Domains.Update(ctx, all[i].ID, func(m *models.CustomDomain) error { m.Default = !own; return nil })
	if err != nil || own {
		return hostOnly{d.Host}, err
	}
	return shownDomain(m), nil
}

func (d Dialect) listDomains(ctx context.Context, in listDomainsIn) (rows[domainOut], error) {
	s, err := pageIn{From: in.From, Take: in.Take}.span()
	if err != nil {
		return rows[domainOut]{}, err
	}
	less, err := in.order()
	if err != nil {
		return rows[domainOut]{}, err
	}
	wants, err := in.filter()
	if err != nil {
		return rows[domainOut]{}, err
	}
	all, err := d.Domains.List(ctx)
	if err != nil {
		return rows[domainOut]{}, err
	}
	out := []domainOut{}
	for _, m := range all {
		if one := shownDomain(m); wants(one) {
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, less)
	if !s.Checkpoint {
		s.Limit = int64(len(out)) + 1 // without take, the list is whole
	}
	return sliced("custom_domains", s, out, func(o domainOut) string { return o.ID }), nil
}

// order reads sort=domain:1; without one, the oldest comes first.
func (in listDomainsIn) order() (func(a, b domainOut) int, error) {
	switch in.Sort {
	case "":
		return func(domainOut, domainOut) int { return 0 }, nil
	case "domain:1":
		return func(a, b domainOut) int { return cmp.Compare(a.Domain, b.Domain) }, nil
	case "domain:-1":
		return func(a, b domainOut) int { return cmp.Compare(b.Domain, a.Domain) }, nil
	}
	var c models.Check
	c.Add("sort", "not_allowed", "Use domain:1 or domain:-1")
	return nil, c.Err()
}

// filter reads q: terms such as domain:login.example.com or status:ready, all of which must hold; a star at the end of a value
// stands for anything.
func (in listDomainsIn) filter() (func(domainOut) bool, error) {
	var c models.Check
	var tests []func(domainOut) bool
	for _, term := range strings.Fields(in.Q) {
		if strings.EqualFold(term, "AND") {
			continue
		}
		field, value, _ := strings.Cut(term, ":")
		read, ok := searchableDomains[field]
		if !c.That(ok && value != "", "q", "not_allowed", "Search by domain, custom_domain_id, status or type, as in domain:login.example.com") {
			break
		}
		value = strings.ToLower(strings.Trim(value, `"`))
		tests = append(tests, func(o domainOut) bool {
			if stem, any := strings.CutSuffix(value, "*"); any {
				return strings.HasPrefix(read(o), stem)
			}
			return read(o) == value
		})
	}
	return func(o domainOut) bool {
		return !slices.ContainsFunc(tests, func(test func(domainOut) bool) bool { return !test(o) })
	}, c.Err()
}

var searchableDomains = map[string]func(domainOut) string{
	"domain": func(o domainOut) string { return o.Domain }, "custom_domain_id": func(o domainOut) string { return o.ID },
	"status": func(o domainOut) string { return o.Status }, "type": func(o domainOut) string { return o.Type },
}
