package logto

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"

	"gatehouse/handlers/clients"
	"gatehouse/models"
	"gatehouse/web"
)

// A protected application is reached through a proxy that signs people in. What it says of that proxy is kept and given back;
// its sign-in is that of any other client.

// hostIn is what a new protected application says.
type hostIn struct {
	SubDomain string `json:"subDomain" rule:"required,min=1,max=63"`
	Origin    string `json:"origin" rule:"required"`
}

// protectedIn is what may be changed about it afterwards.
type protectedIn struct {
	Origin           opt[string]     `json:"origin"`
	SessionDuration  opt[int64]      `json:"sessionDuration" rule:"min=1"`
	PageRules        opt[[]pageRule] `json:"pageRules"`
	AdditionalScopes opt[[]string]   `json:"additionalScopes" enum:"custom_data,identities,roles,urn:logto:scope:organizations,urn:logto:scope:organization_roles"`
}

type pageRule struct {
	Path string `json:"path" rule:"required"`
}

// protectedApp is what is kept and shown.
type protectedApp struct {
	Host             string         `json:"host"`
	Origin           string         `json:"origin"`
	SessionDuration  int64          `json:"sessionDuration"` // seconds
	PageRules        []pageRule     `json:"pageRules"`
	AdditionalScopes []string       `json:"additionalScopes,omitempty"`
	CustomDomains    []customDomain `json:"customDomains,omitempty"`
}

// customDomain is a name of the application's own. It stays pending: the proxy that would answer for it is not part of this server.
type customDomain struct {
	Domain         string      `json:"domain"`
	Status         string      `json:"status"`
	ErrorMessage   *string     `json:"errorMessage"`
	DNSRecords     []dnsRecord `json:"dnsRecords"`
	CloudflareData *struct{}   `json:"cloudflareData"`
}

type dnsRecord struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value string `json:"value"`
}

// signInCallback is where a protected application takes people back.
const signInCallback = "/sign-in-callback"

// defaultSession is how long a protected application knows people, in seconds.
const defaultSession = 14 * day

var label = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// protect adds to a creation what makes an application a protected one.
func protect(ctx context.Context, s *clients.Settings, in opt[hostIn]) error {
	if !in.Set {
		return refuse("application.protected_app_metadata_is_required", "A protected application needs protectedAppMetadata with subDomain and origin.")
	}
	if !label.MatchString(in.V.SubDomain) {
		return refuse("application.invalid_subdomain", "A sub-domain has lower-case letters, digits and hyphens.")
	}
	if err := absolute("protectedAppMetadata.origin", in.V.Origin); err != nil {
		return err
	}
	app := protectedApp{Host: in.V.SubDomain + "." + ownHost(ctx), Origin: in.V.Origin, SessionDuration: defaultSession, PageRules: []pageRule{}}
	app.store(s)
	return nil
}

func absolute(name, address string) error {
	u, err := url.Parse(address)
	var c models.Check
	c.That(err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "", name, "not_a_url", "This is not an absolute http or https URL.")
	return c.Err()
}

// ownHost is the name of this server.
func ownHost(ctx context.Context) string {
	u, err := url.Parse(models.RequestFrom(ctx).Origin)
	if err != nil || u.Hostname() == "" {
		return "localhost"
	}
	return u.Hostname()
}

// store writes what is kept, and the redirect URIs that follow from the hosts.
func (p protectedApp) store(s *clients.Settings) {
	keepStored(s, storedProtected, p)
	uris := []string{"https://" + p.Host + signInCallback}
	for _, d := range p.CustomDomains {
		uris = append(uris, "https://"+d.Domain+signInCallback)
	}
	s.RedirectURIs = models.Some(uris)
}

// keepStored puts a member among those that a client keeps for this dialect.
func keepStored(s *clients.Settings, key string, value any) {
	if !s.Stored.Set {
		s.Stored = models.Some(map[string]json.RawMessage{})
	}
	s.Stored.V[key], _ = json.Marshal(value)
}

// protectedOf reads what a client keeps.
func protectedOf(c models.Client) (protectedApp, error) {
	var p protectedApp
	raw := c.Stored[storedProtected]
	if c.Profile != models.ProfileProtected || len(raw) == 0 {
		return p, refuse("application.protected_application_only", "Only protected applications have this.")
	}
	return p, json.Unmarshal(raw, &p)
}

func (in protectedIn) settings(s *clients.Settings, now models.Client) error {
	p, err := protectedOf(now)
	if err != nil {
		return err
	}
	if in.Origin.Set {
		if err := absolute("protectedAppMetadata.origin", in.Origin.V); err != nil {
			return err
		}
	}
	in.Origin.To(&p.Origin)
	in.SessionDuration.To(&p.SessionDuration)
	in.PageRules.To(&p.PageRules)
	in.AdditionalScopes.To(&p.AdditionalScopes)
	p.store(s)
	return nil
}

func (d Dialect) protectedRoutes(f web.Face) []web.Route {
	const all = "/api/applications/:id/protected-app-metadata/custom-domains"
	return []web.Route{
		{"GET", all, "client.read", web.Do(f, 200, d.listAppDomains).With(kept("applications", "List the domains of a protected application"))},
		{"POST", all, "client.update", web.Do(f, 201, d.addAppDomain).With(kept("applications", "Add a domain to a protected application"))},
		{"DELETE", all + "/:domain", "client.update", web.Do0(f, 204, d.removeAppDomain).With(kept("applications", "Remove a domain of a protected application"))},
	}
}

func (d Dialect) listAppDomains(ctx context.Context, in idIn) ([]customDomain, error) {
	c, err := d.one(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	p, err := protectedOf(c)
	return list(p.CustomDomains), err
}

type addAppDomainIn struct {
	idIn
	Domain string `json:"domain" rule:"required"`
}

var domainName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)

func (d Dialect) addAppDomain(ctx context.Context, in addAppDomainIn) (out customDomain, err error) {
	var c models.Check
	c.That(len(in.Domain) <= 253 && domainName.MatchString(in.Domain), "domain", "not_a_domain", "This is not a domain name, such as app.example.com.")
	if err := c.Err(); err != nil {
		return out, err
	}
	err = d.domains(ctx, in.ID, func(p *protectedApp) error {
		if len(p.CustomDomains) > 0 {
			return refuse("domain.limit_to_one_domain", "A protected application has one domain of its own.")
		}
		out = customDomain{Domain: in.Domain, Status: "PendingVerification", DNSRecords: []dnsRecord{{in.Domain, "CNAME", p.Host}}}
		p.CustomDomains = append(p.CustomDomains, out)
		return nil
	})
	return out, err
}

type appDomainIn struct {
	idIn
	Domain string `path:"domain" json:"-"`
}

func (d Dialect) removeAppDomain(ctx context.Context, in appDomainIn) error {
	return d.domains(ctx, in.ID, func(p *protectedApp) error {
		left := slices.DeleteFunc(slices.Clone(p.CustomDomains), func(c customDomain) bool { return c.Domain == in.Domain })
		if len(left) == len(p.CustomDomains) {
			return refuse("application.custom_domain_not_found", "This application has no such domain.")
		}
		p.CustomDomains = left
		return nil
	})
}

// domains changes the domains of a protected application.
func (d Dialect) domains(ctx context.Context, id string, edit func(p *protectedApp) error) error {
	return d.again(ctx, func(ctx context.Context, d Dialect) error {
		now, err := d.one(ctx, id)
		if err != nil {
			return err
		}
		p, err := protectedOf(now)
		if err != nil {
			return err
		}
		if err := edit(&p); err != nil {
			return err
		}
		var s clients.Settings
		p.store(&s)
		_, err = d.change(ctx, now, s)
		return err
	})
}
