package logto

import (
	"context"
	"net/url"

	"gatehouse/models"
	"gatehouse/web"
)

// domainStatus are the words for the states of a domain.
var domainStatus = words{"PendingVerification": models.DomainPendingVerification, "PendingSsl": models.DomainPendingCertificate,
	"Active": models.DomainActive, "Error": models.DomainFailed}

// domainIn is a new domain.
type domainIn struct {
	Domain string `json:"domain" rule:"required,min=1,max=256"`
}

// domainOut is a domain with what its name servers must say.
type domainOut struct {
	ID           string      `json:"id"`
	Domain       string      `json:"domain"`
	Status       string      `json:"status"`
	ErrorMessage *string     `json:"errorMessage"`
	DNSRecords   []dnsRecord `json:"dnsRecords"`
	CreatedAt    int64       `json:"createdAt"`
}

// domain shows a domain; origin is where the server is reached now.
func domain(origin string, d models.CustomDomain) domainOut {
	out := domainOut{ID: d.ID, Domain: d.Domain, Status: domainStatus.wire(d.Status), ErrorMessage: orNull(d.Error), CreatedAt: millis(d.CreatedAt),
		DNSRecords: []dnsRecord{{d.Record(), "TXT", d.Proof()}}}
	if u, err := url.Parse(origin); err == nil && u.Hostname() != "" {
		out.DNSRecords = append(out.DNSRecords, dnsRecord{d.Domain, "CNAME", u.Hostname()})
	}
	return out
}

func (d Dialect) domainRoutes(f web.Face) []web.Route {
	const at, one = "/api/domains", "/api/domains/:id"
	return []web.Route{
		{"GET", at, "custom_domain.read", web.Do(f, 200, d.listDomains).With(doc("domains", "List the domains"))},
		{"POST", at, "custom_domain.create", web.Do(f, 201, d.createDomain).With(doc("domains", "Add a domain"))},
		{"POST", at + "/cleanup", "custom_domain.delete", web.Do(f, 200, d.cleanDomains).With(doc("domains", "Remove domains that nobody proved"))},
		{"GET", one, "custom_domain.read", web.Do(f, 200, d.getDomain).With(doc("domains", "Read a domain"))},
		{"DELETE", one, "custom_domain.delete", web.Do0(f, 204, d.deleteDomain).With(doc("domains", "Remove a domain"))},
		{"GET", one + "/verification-files", "custom_domain.read", web.Do(f, 200, d.getFiles).With(kept("domains", "Read the files of a domain"))},
		{"PUT", one + "/verification-files", "custom_domain.update", web.Do(f, 200, d.putFiles).With(kept("domains", "Replace the files of a domain"))},
	}
}

func (d Dialect) listDomains(ctx context.Context, _ web.None) ([]domainOut, error) {
	all, err := d.Domains.List(ctx)
	out := make([]domainOut, len(all))
	for i, one := range all {
		out[i] = domain(models.RequestFrom(ctx).Origin, one)
	}
	return out, err
}

func (d Dialect) createDomain(ctx context.Context, in domainIn) (domainOut, error) {
	made, err := d.Domains.Create(ctx, models.CustomDomain{Domain: in.Domain})
	return domain(models.RequestFrom(ctx).Origin, made), err
}

// getDomain looks again whether the domain is proven by now, as the document wants it.
func (d Dialect) getDomain(ctx context.Context, in idIn) (domainOut, error) {
	one, err := d.Domains.Refresh(ctx, in.ID)
	return domain(models.RequestFrom(ctx).Origin, one), err
}

func (d Dialect) deleteDomain(ctx context.Context, in idIn) error {
	return d.Domains.Delete(ctx, in.ID)
}

// cleanIn says how long a domain may stay unproven.
type cleanIn struct {
	StaleDays float64 `json:"staleDays" rule:"required,min=0,max=36500"`
}

type cleanOut struct {
	Scanned int `json:"scannedCount"`
	Deleted int `json:"deletedCount"`
	Active  int `json:"skippedActiveCount"`
	Failed  int `json:"failedCount"`
}

func (d Dialect) cleanDomains(ctx context.Context, in cleanIn) (cleanOut, error) {
	done, err := d.Domains.Cleanup(ctx, days(in.StaleDays))
	return cleanOut(done), err
}
