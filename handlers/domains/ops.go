// Package domains is the host names under which a tenant wants to be reached. A domain begins unproven; it is proven by a TXT
// record, and it is active when the server was started with it as one of its origins, because that is what makes it answer there.
package domains

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"gatehouse/handlers/documents"
	"gatehouse/models"
)

// lookupFor is how long the name servers may take.
const lookupFor = 2 * time.Second

// lookAgain is how long Refresh leaves a domain alone after it asked the name servers.
const lookAgain = time.Minute

// Ops are the things that can be done with domains.
type Ops struct {
	Documents documents.Ops
	Now       func() time.Time
	Served    func(host string) bool // the server answers under this name; nil: under none
	LookupTXT func(ctx context.Context, name string) ([]string, error)

	asked *asked
}

// asked remembers when the name servers were asked about a domain.
type asked struct {
	mu sync.Mutex
	at map[string]time.Time
}

// due tells whether it is time to ask again, and notes that it was done.
func (a *asked) due(id string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now.Sub(a.at[id]) < lookAgain {
		return false
	}
	a.at[id] = now
	return true
}

// New makes the operations. served tells which host names the server was started with.
func New(d documents.Ops, served func(host string) bool) Ops {
	return Ops{Documents: d, Now: models.Now, Served: served, LookupTXT: net.DefaultResolver.LookupTXT,
		asked: &asked{at: map[string]time.Time{}}}
}

// In gives the same operations inside a transaction.
func (o Ops) In(tx models.DB) Ops { o.Documents = o.Documents.In(tx); return o }

// List gives all domains, the oldest first.
// Faults: Forbidden.
func (o Ops) List(ctx context.Context) ([]models.CustomDomain, error) {
	rows, err := o.Documents.List(ctx, models.KindCustomDomain)
	if err != nil {
		return nil, err
	}
	out := make([]models.CustomDomain, len(rows))
	for i, row := range rows {
		if out[i], err = o.read(row); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (o Ops) read(row models.Document) (d models.CustomDomain, err error) {
	if err := json.Unmarshal(row.Body, &d); err != nil {
		return d, fmt.Errorf("read the domain %s: %w", row.Key, err)
	}
	d.CreatedAt, d.Version = row.CreatedAt, row.Version
	return o.settled(d), nil
}

// settled is a domain with the status that follows from how the server was started.
func (o Ops) settled(d models.CustomDomain) models.CustomDomain {
	switch {
	case o.Served != nil && o.Served(d.Domain):
		d.Status, d.Error = models.DomainActive, ""
	case d.Status == models.DomainActive:
		d.Status = models.DomainPendingCertificate
	}
	return d
}

// Get gives one domain by its id.
// Faults: NotFound (custom_domain), Forbidden.
func (o Ops) Get(ctx context.Context, id string) (models.CustomDomain, error) {
	all, err := o.List(ctx)
	if err != nil {
		return models.CustomDomain{}, err
	}
	if i := slices.IndexFunc(all, func(d models.CustomDomain) bool { return d.ID == id }); i >= 0 {
		return all[i], nil
	}
	return models.CustomDomain{}, models.Missing(models.KindCustomDomain)
}

// Create keeps a new domain. The caller gives the domain and the settings beside it; id, status and proof are made here.
// Faults: Invalid (domain), Conflict (custom_domain_exists), Forbidden.
func (o Ops) Create(ctx context.Context, d models.CustomDomain) (models.CustomDomain, error) {
	host, ok := models.HostName(d.Domain)
	var c models.Check
	c.That(ok, "domain", "not_a_domain", "Give a host name with at least two labels, such as login.example.com.")
	if err := c.Err(); err != nil {
		return d, err
	}
	d.ID, d.Domain, d.Status, d.Token = models.NewID(models.ObjectID), host, models.DomainPendingVerification, models.NewID(32)
	row, _, err := o.Documents.Put(ctx, documents.PutIn{Ref: ref(host), Body: o.settled(d), Mode: documents.CreateOnly})
	if err != nil {
		return d, err
	}
	return o.read(row)
}

func ref(host string) documents.Ref {
	return documents.Ref{Kind: models.KindCustomDomain, Key: host}
}

// Update changes the settings of a domain. What change does to its id, name, status and proof does not count. One default
// domain at most: making one the default takes that from the others.
// Faults: NotFound (custom_domain), Forbidden, whatever change refuses.
func (o Ops) Update(ctx context.Context, id string, change func(*models.CustomDomain) error) (out models.CustomDomain, err error) {
	err = models.InTx(ctx, o.Documents.DB, func(ctx context.Context, tx models.DB) error {
		o := o.In(tx)
		before, err := o.Get(ctx, id)
		if err != nil {
			return err
		}
		after := before
		if err := change(&after); err != nil {
			return err
		}
		after.ID, after.Domain, after.Status, after.Error, after.Token, after.VerifiedAt = before.ID, before.Domain, before.Status, before.Error, before.Token, before.VerifiedAt
		if after.Default && !before.Default {
			if err := o.noDefault(ctx); err != nil {
				return err
			}
		}
		out, err = o.store(ctx, after)
		return err
	})
	return out, err
}

func (o Ops) noDefault(ctx context.Context) error {
	all, err := o.List(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Default {
			d.Default = false
			if _, err := o.store(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o Ops) store(ctx context.Context, d models.CustomDomain) (models.CustomDomain, error) {
	row, _, err := o.Documents.Put(ctx, documents.PutIn{Ref: ref(d.Domain), Body: d, Version: models.Some(d.Version), Mode: documents.UpdateOnly})
	if err != nil {
		return d, err
	}
	return o.read(row)
}

// Delete forgets a domain.
// Faults: NotFound (custom_domain), Forbidden.
func (o Ops) Delete(ctx context.Context, id string) error {
	d, err := o.Get(ctx, id)
	if err != nil {
		return err
	}
	return o.Documents.Delete(ctx, ref(d.Domain))
}

// Verify asks the name servers for the proof. A domain without it stays what it is, with the reason.
// Faults: NotFound (custom_domain), Forbidden, Stale.
func (o Ops) Verify(ctx context.Context, id string) (models.CustomDomain, error) {
	d, err := o.Get(ctx, id)
	if err != nil || d.Status == models.DomainActive {
		return d, err
	}
	if err := models.Need(ctx, models.KindCustomDomain+".update", "", models.KindCustomDomain); err != nil {
		return d, err
	}
	if !o.proven(ctx, d) {
		d.Error = "No TXT record " + d.Record() + " with the text " + d.Proof() + " was found."
		return o.store(ctx, d)
	}
	return o.prove(ctx, d)
}

// Refresh is Get that looks, at most once a minute, whether a domain is proven by now. Without its proof nothing is written.
// Faults: NotFound (custom_domain), Forbidden.
func (o Ops) Refresh(ctx context.Context, id string) (models.CustomDomain, error) {
	d, err := o.Get(ctx, id)
	if err != nil || d.Status != models.DomainPendingVerification || !models.ActorFrom(ctx).May(models.KindCustomDomain+".update") {
		return d, err
	}
	if !o.asked.due(id, o.Now()) || !o.proven(ctx, d) {
		return d, nil
	}
	return o.prove(ctx, d)
}

func (o Ops) prove(ctx context.Context, d models.CustomDomain) (models.CustomDomain, error) {
	now := o.Now()
	d.Status, d.Error, d.VerifiedAt = models.DomainPendingCertificate, "", &now
	return o.store(ctx, d)
}

func (o Ops) proven(ctx context.Context, d models.CustomDomain) bool {
	ctx, cancel := context.WithTimeout(ctx, lookupFor)
	defer cancel()
	texts, err := o.LookupTXT(ctx, d.Record())
	return err == nil && slices.Contains(texts, d.Proof())
}

// Cleaned tells what a cleanup did.
type Cleaned struct{ Scanned, Deleted, Active, Failed int }

// Cleanup deletes the domains that nobody brought to life within a time after they were made.
// Faults: Forbidden.
func (o Ops) Cleanup(ctx context.Context, after time.Duration) (Cleaned, error) {
	all, err := o.List(ctx)
	if err != nil {
		return Cleaned{}, err
	}
	out := Cleaned{Scanned: len(all)}
	for _, d := range all {
		switch {
		case d.Status == models.DomainActive || d.Status == models.DomainPendingCertificate:
			out.Active++
		case o.Now().Sub(d.CreatedAt) < after:
		case o.Documents.Delete(ctx, ref(d.Domain)) != nil:
			out.Failed++
		default:
			out.Deleted++
		}
	}
	return out, nil
}
