package domains

import (
	"context"
	"time"

	"gatehouse/models"
	"gatehouse/web"
)

// Domain is a custom domain as the native face shows it.
type Domain struct {
	ID         string      `json:"id"`
	Domain     string      `json:"domain"`
	Status     string      `json:"status" enum:"pending_verification,pending_certificate,active,failed" doc:"pending_certificate: proven, and the server was not started with it as one of its addresses."`
	Error      string      `json:"error" doc:"Why the last verification failed; empty when it did not."`
	Records    []DNSRecord `json:"records" doc:"What its name servers must say."`
	Default    bool        `json:"default"`
	VerifiedAt *time.Time  `json:"verified_at"`
	CreatedAt  time.Time   `json:"created_at"`
	Version    int64       `json:"version"`
}

// DNSRecord is one record of a domain's name servers.
type DNSRecord struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

func show(d models.CustomDomain) Domain {
	return Domain{ID: d.ID, Domain: d.Domain, Status: d.Status, Error: d.Error, Default: d.Default, VerifiedAt: d.VerifiedAt, CreatedAt: d.CreatedAt, Version: d.Version,
		Records: []DNSRecord{{"TXT", d.Record(), d.Proof()}}}
}

// IDIn names one domain.
type IDIn struct {
	ID string `path:"id" json:"-"`
}

// CreateIn is what a caller may say about a new domain.
type CreateIn struct {
	Domain string `json:"domain" form:"domain" doc:"A host name with at least two labels, such as login.example.com."`
}

// Proof asks the name servers about a domain.
type Proof struct {
	ID string `path:"id" json:"-"`
}

// Routes are the two faces of domains.
func (o Ops) Routes() []web.Route { return append(o.native(), o.console()...) }

func (o Ops) native() []web.Route {
	const at, one = "/rest/v1/domains", "/rest/v1/domains/:id"
	about := func(e web.Endpoint, summary string) web.Endpoint {
		return e.With(web.Doc{Summary: summary, Tag: "domains"})
	}
	return []web.Route{
		{"GET", at, models.KindCustomDomain + ".read", about(web.Do(web.Native, 200, o.listNative), "List custom domains")},
		{"POST", at, models.KindCustomDomain + ".create", about(web.Do(web.Native, 201, web.Map(CreateIn.domain, o.Create, show)), "Add a custom domain")},
		{"GET", one, models.KindCustomDomain + ".read", about(web.Do(web.Native, 200, web.Map(IDIn.id, o.Get, show)), "Get a custom domain")},
		{"DELETE", one, models.KindCustomDomain + ".delete", about(web.Do0(web.Native, 204, o.remove), "Delete a custom domain")},
		{"POST", one + "/verify", models.KindCustomDomain + ".update", about(web.Do(web.Native, 200, web.Map(Proof.id, o.Verify, show)), "Ask the name servers whether a domain is proven")},
	}
}

func (in IDIn) id() string                      { return in.ID }
func (in Proof) id() string                     { return in.ID }
func (in CreateIn) domain() models.CustomDomain { return models.CustomDomain{Domain: in.Domain} }

func (o Ops) listNative(ctx context.Context, _ struct{}) (models.List[Domain], error) {
	all, err := o.List(ctx)
	out := models.List[Domain]{Items: make([]Domain, len(all))}
	for i, d := range all {
		out.Items[i] = show(d)
	}
	return out, err
}

func (o Ops) remove(ctx context.Context, in IDIn) error { return o.Delete(ctx, in.ID) }
