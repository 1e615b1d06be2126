package auth0

import (
	"context"
	"slices"
	"strings"

	"gatehouse/handlers/clients"
	"gatehouse/models"
)

type listClientsIn struct {
	fieldsIn
	pageIn
	IsGlobal         opt[flag] `query:"is_global" json:"-"`
	IsFirstParty     opt[flag] `query:"is_first_party" json:"-"`
	AppType          string    `query:"app_type" json:"-"`
	ExternalClientID string    `query:"external_client_id" json:"-"`
	Q                string    `query:"q" json:"-"`
}

// listClients gives the clients of the tenant, oldest first. The global one is given to those who ask for it alone, and none was
// registered by a document elsewhere.
func (d Dialect) listClients(ctx context.Context, in listClientsIn) (rows[clientOut], error) {
	s, err := in.span()
	out := rows[clientOut]{Name: "clients", Span: s, Items: []clientOut{}}
	if err != nil || in.ExternalClientID != "" {
		return out, err
	}
	if in.IsGlobal.V {
		all, err := d.getGlobal(ctx)
		return sliced(out.Name, s, []clientOut{all}, func(c clientOut) string { return c.ClientID }), err
	}
	find, nobody, err := in.search(s)
	if err != nil || nobody {
		return out, err
	}
	hits, err := d.Clients.Find(ctx, find)
	if err != nil {
		return out, names{"cursor": "from"}.rename(err)
	}
	secrets, err := d.secrets(ctx, hits.Items)
	if err != nil {
		return out, err
	}
	out.Next, out.Total = hits.Next, hits.Total
	for _, c := range hits.Items {
		one, err := d.show(ctx, c, secrets[c.ID])
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, one)
	}
	return out, nil
}

// search is what a request asks for; nobody tells that no client can match.
func (in listClientsIn) search(s span) (find clients.FindIn, nobody bool, err error) {
	find = clients.FindIn{Order: clients.OldestFirst, After: s.From, Offset: s.Offset, Limit: s.Limit, Total: s.Totals}
	if in.IsFirstParty.Set {
		find.ThirdParty = models.Some(!bool(in.IsFirstParty.V))
	}
	if in.AppType != "" {
		find.Stored = ofTypes(strings.Split(in.AppType, ","))
	}
	if in.Q == "" {
		return find, false, nil
	}
	q, err := parseQuery(in.Q)
	if err != nil {
		return find, false, err
	}
	if term, ok := q.(termQuery); ok && strings.HasPrefix(term.Field, "client_grant.") {
		nobody, err = in.granted(&find, s, term)
		return find, nobody, err
	}
	return find, false, searched(&find, q, false)
}

// granted searches by what a client was granted, as the document limits it: without other filters, and by checkpoint.
func (in listClientsIn) granted(find *clients.FindIn, s span, term termQuery) (nobody bool, err error) {
	switch {
	case in.IsFirstParty.Set || in.AppType != "" || in.IsGlobal.Set:
		return false, badQuery(term.Field + " cannot be combined with other filters")
	case !s.Checkpoint:
		return false, badQuery(term.Field + " needs the paging parameters from and take")
	case term.Field == "client_grant.organization_id":
		return true, nil // no grant belongs to an organization here
	case term.Field == "client_grant.allow_any_organization" && term.Value == "true":
		find.Granted = &clients.GrantMatch{Name: keptAnyOrganization}
		return false, nil
	}
	return false, badQuery("of client grants it takes organization_id and allow_any_organization:true")
}

// ofTypes finds clients by app_type: by the word that was written, and where none was needed by the profile.
func ofTypes(words []string) *clients.StoredMatch {
	m := &clients.StoredMatch{Name: keptAppType}
	for _, w := range words {
		w = strings.TrimSpace(w)
		m.Values = append(m.Values, w)
		for profile, word := range appTypes {
			if word == w {
				m.Profiles = append(m.Profiles, profile)
			}
		}
	}
	slices.Sort(m.Profiles)
	return m
}

// searchable are the fields of a query on clients, by our names.
var searchable = map[string]string{"name": "name", "client_id": "id", "description": "description"}

// searched turns a query into a search: comparisons of the searchable fields, either all of which or one of which must hold.
func searched(find *clients.FindIn, q query, nested bool) error {
	switch q := q.(type) {
	case termQuery:
		field, ok := searchable[q.Field]
		if !ok {
			return badQuery("clients can be searched by name, client_id and description, not by " + orThat(q.Field))
		}
		find.Texts = append(find.Texts, matchOf(field, q))
		return nil
	case allQuery, anyQuery:
		list, all := alternatives(q)
		if nested {
			return badQuery("brackets within brackets are not searched here")
		}
		find.AllTexts = all
		for _, item := range list {
			if err := searched(find, item, true); err != nil {
				return err
			}
		}
		return nil
	}
	return badQuery("clients are searched with terms, AND and OR")
}

func alternatives(q query) (list []query, all bool) {
	if both, ok := q.(allQuery); ok {
		return both.Of, true
	}
	return q.(anyQuery).Of, false
}

func orThat(field string) string {
	if field == "" {
		return "everything at once; write name: in front"
	}
	return field
}

// matchOf compares a field with a term; a * of the term is any text.
func matchOf(field string, q termQuery) clients.TextMatch {
	if q.Phrase || !strings.Contains(strings.ReplaceAll(q.Value, `\*`, ""), "*") {
		return clients.TextMatch{Field: field, Mode: clients.MatchExact, Values: []string{strings.ReplaceAll(q.Value, `\*`, "*")}}
	}
	pattern := strings.NewReplacer(`\*`, "*", "*", "%").Replace(q.Value)
	return clients.TextMatch{Field: field, Mode: clients.MatchLike, Values: []string{pattern}}
}
