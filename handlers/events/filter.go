package events

import (
	"context"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"gatehouse/models"
)

// FilterIn says which events. Everything that is said must hold; of several types one must.
type FilterIn struct {
	Types         []string   `query:"type" doc:"Types, repeated or separated by commas: client.updated, or client.* for all of a noun."`
	ActorID       string     `query:"actor_id" doc:"Who did it: an administrator's id or a client_id."`
	ObjectID      string     `query:"object_id" doc:"What it was done to."`
	PartyID       string     `query:"party_id" doc:"Who did it or what it was done to."`
	ApplicationID string     `query:"application_id" doc:"The application that the object belongs to."`
	Outcome       string     `query:"outcome" enum:"success,failure"`
	Face          string     `query:"face" doc:"Where the request came through: console, native, oauth, transmit, auth0, logto or command."`
	IP            string     `query:"ip" doc:"The address that the request came from."`
	RequestID     string     `query:"request_id"`
	Since         *time.Time `query:"since" doc:"At or after this moment (RFC 3339)."`
	Until         *time.Time `query:"until" doc:"Before this moment (RFC 3339)."`
	Q             string     `query:"q" doc:"An exact request id, address, object or actor id; else a part of the name of actor or object."`
}

// most is how many types one filter may name.
const most = 20

var typeForm = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.([a-z][a-z0-9_]*|\*))?$`)

// filter is a FilterIn that was checked, within the reach of its actor.
type filter struct {
	FilterIn
	tenant   string
	exact    []string // types
	families []string // what types begin with: "client."
}

// check reads a filter. Faults: Invalid, and NotFound for an application out of the actor's reach.
func check(ctx context.Context, in FilterIn) (filter, error) {
	actor := models.ActorFrom(ctx)
	f := filter{FilterIn: in, tenant: actor.TenantID}
	if actor.ApplicationID != "" {
		if in.ApplicationID != "" && in.ApplicationID != actor.ApplicationID {
			return f, models.Missing("application")
		}
		f.ApplicationID = actor.ApplicationID
	}
	var c models.Check
	f.types(&c)
	c.OneOf("outcome", in.Outcome, "success", "failure")
	c.Length("q", in.Q, 0, 100)
	if f.IP != "" {
		ip, err := netip.ParseAddr(f.IP)
		if c.That(err == nil, "ip", "not_an_address", "Give an IP address, such as 192.0.2.14 or 2001:db8::1.") {
			f.IP = ip.String()
		}
	}
	if in.Since != nil && in.Until != nil {
		c.That(in.Since.Before(*in.Until), "until", "empty_period", "The period ends before it begins. Give an until that is later than since.")
	}
	f.Q = strings.TrimSpace(in.Q)
	return f, c.Err()
}

// types sorts what was said about types into whole types and families.
func (f *filter) types(c *models.Check) {
	for _, item := range f.Types {
		for _, t := range strings.Split(item, ",") {
			t = strings.TrimSpace(t)
			family := strings.TrimSuffix(t, ".*")
			switch {
			case t == "":
			case !c.That(typeForm.MatchString(t), "type", "not_a_type", "A type looks like client.updated, a family like client.*."):
			case family != t || !strings.Contains(t, "."):
				f.families = append(f.families, family+".")
			default:
				f.exact = append(f.exact, t)
			}
		}
	}
	c.That(len(f.exact)+len(f.families) <= most, "type", "too_many", "Name at most 20 types.")
}

// byType tells whether the filter says anything about types.
func (f filter) byType() bool { return len(f.exact)+len(f.families) > 0 }

// has tells whether a type passes.
func (f filter) has(kind string) bool {
	for _, t := range f.exact {
		if t == kind {
			return true
		}
	}
	for _, t := range f.families {
		if strings.HasPrefix(kind, t) {
			return true
		}
	}
	return false
}

// where adds everything that must hold but types and q, which choose among rows by several indexes.
func (f filter) where(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.Where("tenant_id = ?", f.tenant)
	for _, is := range []struct{ column, value string }{
		{"application_id", f.ApplicationID}, {"actor_id", f.ActorID}, {"object_id", f.ObjectID},
		{"request_id", f.RequestID}, {"ip", f.IP}, {"outcome", f.Outcome}, {"face", f.Face},
	} {
		if is.value != "" {
			q = equals(q, is.column, is.value)
		}
	}
	if f.PartyID != "" {
		q = q.Where("(actor_id = ? OR object_id = ?)", f.PartyID, f.PartyID)
	}
	if f.Since != nil {
		q = q.Where("at >= ?", f.Since.UTC())
	}
	if f.Until != nil {
		q = q.Where("at < ?", f.Until.UTC())
	}
	return q
}

// equals compares a column with a text that is not empty. It says so as well: their indexes leave empty values out, and
// SQLite uses such an index only for a query that repeats its condition.
func equals(q *bun.SelectQuery, column, value string) *bun.SelectQuery {
	return q.Where("? = ?", bun.Ident(column), value).Where("? <> ''", bun.Ident(column))
}
