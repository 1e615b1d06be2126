package events

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"gatehouse/models"
	"gatehouse/views/applications"
	"gatehouse/views/clients"
	"gatehouse/views/ui"
)

// living is what the objects of some events are called now, as far as they still exist.
type living struct{ applications, clients map[string]string }

// living looks for the applications and clients that events speak of, by their primary keys.
func (o Ops) living(ctx context.Context, items []models.Event) (living, error) {
	var apps, clients []string
	for _, e := range items {
		if e.ApplicationID != "" {
			apps = append(apps, e.ApplicationID)
		}
		if e.ObjectKind == "client" {
			clients = append(clients, e.ObjectID)
		}
	}
	var l living
	var err error
	if l.applications, err = o.names(ctx, "applications", apps); err == nil {
		l.clients, err = o.names(ctx, "clients", clients)
	}
	return l, err
}

func (o Ops) names(ctx context.Context, table string, ids []string) (map[string]string, error) {
	out := map[string]string{}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return out, nil
	}
	var rows []struct{ ID, Name string }
	err := o.DB.Read.NewSelect().Table(table).Column("id", "name").Where("id IN (?)", bun.In(ids)).
		Where("tenant_id = ?", models.ActorFrom(ctx).TenantID).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("names of %s: %w", table, err)
	}
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, nil
}

// link is the page of the object of an event, "" when it has none or is gone.
func (l living) link(e models.Event) string {
	_, app := l.applications[e.ApplicationID]
	_, client := l.clients[e.ObjectID]
	switch {
	case e.ObjectKind == "application" && app:
		return applications.URL(e.ObjectID)
	case e.ObjectKind == "client" && app && client:
		return clients.URL(e.ObjectID)
	case slices.Contains([]string{models.CredentialSecret, models.CredentialPublicKey, models.CredentialCertificate}, e.ObjectKind) && app:
		return applications.URL(e.ApplicationID, applications.TabSecrets)
	case e.ObjectKind == "experience" && app:
		return applications.URL(e.ApplicationID, applications.TabBranding)
	case e.ApplicationID != "" && !app:
		return ""
	case strings.HasSuffix(e.Type, ".deleted"):
		return ""
	}
	return map[string]string{"experience": "/console/experience", "key": "/console/keys", "tenant": "/console/settings",
		"administrator": "/console/administrators/" + url.PathEscape(e.ObjectID)}[e.ObjectKind]
}

// counted is where counting for the foot of the list ends.
const counted = 1000

func (o Ops) summary(ctx context.Context, f filter, page models.List[models.Event]) (string, error) {
	here := len(page.Items)
	if page.Next == "" && page.Prev == "" {
		return ui.Plural(here, "event", ""), nil
	}
	n, err := o.atMost(ctx, f, counted+1)
	if n > counted {
		return ui.Number(here) + " of more than 1,000 events", err
	}
	return ui.Number(here) + " of " + ui.Plural(int(n), "event", ""), err
}

// sealed tells how far the chain over the log reaches.
func (o Ops) sealed(ctx context.Context) (string, error) {
	last, err := o.Sealed(ctx)
	if err != nil || last == 0 {
		return "Not sealed yet", err
	}
	return "Sealed up to number " + ui.Number(int(last)), nil
}
