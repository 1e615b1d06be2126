// Package search finds things by how they begin: applications, clients, secrets, APIs, roles, connections, webhooks, administrators, events, acts and pages. It is the
// command palette of the console, and a plain page without scripts. It owns no rows and shows only what the person may read.
package search

import (
	"context"
	"net/url"
	"regexp"
	"strings"

	"gatehouse/handlers/credentials"
	"gatehouse/handlers/events"
	"gatehouse/models"
	"gatehouse/views/applications"
	views "gatehouse/views/search"
	"gatehouse/views/ui"
)

// Ops is the search.
type Ops struct {
	DB     models.DB
	Vault  *models.Vault
	Events events.Ops
}

// In is what the address of the search may say. A ">" in front asks for acts alone, an "@" for people.
type In struct {
	Q string `query:"q"`
}

// How many results each kind may give; pages come on top, up to Most together.
const (
	Most          = 20
	applicationsN = 5
	clientsN      = 4
	secretsN      = 3
	peopleN       = 3
	actsN         = 4
	longest       = 100 // characters of a query; what is longer begins nothing
)

// Find searches for q.
func (o Ops) Find(ctx context.Context, in In) (views.Results, error) {
	q := strings.TrimSpace(in.Q)
	out := views.Results{Query: shown(q), Most: Most}
	if len(q) > longest {
		return out, nil
	}
	actor := models.ActorFrom(ctx)
	if rest, only := strings.CutPrefix(q, ">"); only {
		out.Query, out.Groups = strings.TrimSpace(rest), []ui.HitGroup{{Label: "Do", Hits: acts(actor, strings.TrimSpace(rest), len(table))}}
		return out, nil
	}
	rest, people := strings.CutPrefix(q, "@")
	if people {
		var err error
		out.Query, out.Groups = strings.TrimSpace(rest), []ui.HitGroup{{Label: "People"}}
		out.Groups[0].Hits, err = o.administrators(ctx, actor, strings.TrimSpace(rest), Most)
		return out, err
	}
	out.Pages = q
	if q == "" {
		out.Groups = []ui.HitGroup{{Label: "Do", Hits: acts(actor, "", actsN)}}
		return out, nil
	}
	err := o.everything(ctx, actor, q, &out)
	return out, err
}

func (o Ops) everything(ctx context.Context, actor models.Actor, q string, out *views.Results) error {
	apps, err := o.applications(ctx, actor, q, applicationsN)
	if err != nil {
		return err
	}
	clients, err := o.clients(ctx, actor, q, clientsN)
	if err != nil {
		return err
	}
	secrets, err := o.secrets(ctx, actor, q, secretsN)
	if err != nil {
		return err
	}
	others, err := o.things(ctx, actor, q)
	if err != nil {
		return err
	}
	people, err := o.administrators(ctx, actor, q, peopleN)
	if err != nil {
		return err
	}
	log, err := o.log(ctx, actor, q, apps)
	if err != nil {
		return err
	}
	out.Groups = []ui.HitGroup{{Label: "Applications", Hits: hits(apps)}, {Label: "Clients", Hits: clients}, {Label: "Secrets", Hits: secrets},
		{Label: "APIs and connections", Hits: others}, {Label: "People", Hits: people}, {Label: "Do", Hits: suggested(actor, q, apps)}, {Label: "Audit log", Hits: log}}
	return nil
}

// shown is the query as pages repeat it: of what looks like a whole secret only its beginning.
func shown(q string) string {
	if looksSecret(q) {
		return q[:6] + "…"
	}
	return q
}

// looksSecret tells whether somebody pasted a secret, perhaps to find out whose it is.
func looksSecret(q string) bool {
	return strings.HasPrefix(q, credentials.Prefix) && len(q) > 12 || len(q) >= 32 && !strings.ContainsAny(q, " .@")
}

// application is a found application.
type application struct {
	ID, Name, Kind, Profile, Owner string
}

func hits(apps []application) []ui.Hit {
	out := make([]ui.Hit, len(apps))
	for i, a := range apps {
		out[i] = ui.Hit{Title: a.Name, Sub: applications.TypeWords(a.Kind, a.Profile), Href: applications.URL(a.ID), Tile: applications.Tile(a.Kind, a.Profile)}
		if a.Owner != "" {
			out[i].Sub += ", owned by " + a.Owner
		}
	}
	return out
}

var requestForm = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

// log finds the events of a request or one event by their ids, and offers the events of the best application.
func (o Ops) log(ctx context.Context, actor models.Actor, q string, apps []application) ([]ui.Hit, error) {
	if !actor.May("event.read") {
		return nil, nil
	}
	tile := ui.TileOpts{Icon: "scroll-text"}
	var out []ui.Hit
	if requestForm.MatchString(q) {
		page, err := o.Events.List(ctx, events.ListIn{FilterIn: events.FilterIn{RequestID: q}, PageIn: models.PageIn{Limit: 1}})
		if err != nil {
			return nil, err
		}
		for _, e := range page.Items {
			out = append(out, ui.Hit{Title: "Events of request " + q, Sub: events.Tell(e).String(), Href: "/console/audit?request_id=" + url.QueryEscape(q), Tile: tile})
		}
		if e, err := o.Events.Get(ctx, events.GetIn{ID: q}); err == nil {
			out = append(out, ui.Hit{Title: events.Label(e), Sub: events.Tell(e).String(), Href: "/console/audit/" + url.PathEscape(q), Tile: tile})
		} else if !models.IsFault(err, models.NotFound) {
			return nil, err
		}
	}
	if len(apps) > 0 {
		out = append(out, ui.Hit{Title: "Events on " + apps[0].Name, Href: applications.URL(apps[0].ID, applications.TabActivity), Tile: tile})
	}
	return out, nil
}
