package events

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// glance is how many of the newest events the menus of actors and applications are made from, and offered how many they offer.
const (
	glance  = 300
	offered = 8
)

// filters are the chips over the list. Actors and applications offer who was active lately: to look for any other, one
// types into the search field or comes by a link.
func (o Ops) filters(ctx context.Context, f filter, a address) ([]ui.Filter, error) {
	var when []ui.Option
	for _, key := range []string{"1h", "24h", "7d", "30d"} {
		when = append(when, ui.Option{Value: key, Label: capital(periods[key].label)})
	}
	chips := []ui.Filter{a.chip("when", "When", when...), a.chip("type", "Event", a.typeOptions()...),
		a.chip("outcome", "Result", ui.Option{Value: "success", Label: "Done"}, ui.Option{Value: "failure", Label: "Failed"})}
	actors, apps, err := o.lately(ctx, f)
	if err != nil {
		return nil, err
	}
	chips = append(chips, a.chip("actor_id", "Actor", actors...))
	if a.in.ApplicationPath == "" {
		chips = append(chips, a.chip("application_id", "Application", apps...))
	}
	chips = append(chips, a.chip("face", "Through", faceOptions()...))
	for _, only := range [][2]string{{"object_id", "Object"}, {"request_id", "Request"}, {"ip", "Address"}, {"since", "Since"}, {"until", "Until"}} {
		if a.said.Get(only[0]) != "" {
			chips = append(chips, a.chip(only[0], only[1]))
		}
	}
	return chips, nil
}

func (a address) chip(name, label string, options ...ui.Option) ui.Filter {
	chip := ui.FilterBy(a.path, a.said, name, label, options...)
	if t, err := time.Parse(time.RFC3339, chip.Value); err == nil {
		chip.Shown = t.Format("2 Jan 2006, 15:04")
	}
	return chip
}

// typeOptions are the families, and the type that the address names when that is no family.
func (a address) typeOptions() []ui.Option {
	now := a.said.Get("type")
	for _, o := range families {
		if o.Value == now {
			return families
		}
	}
	if now == "" {
		return families
	}
	var labels []string
	for _, t := range strings.Split(now, ",") {
		labels = append(labels, wordOf(strings.TrimSuffix(t, ".*")).Label)
	}
	return append([]ui.Option{{Value: now, Label: strings.Join(labels, ", ")}}, families...)
}

func faceOptions() []ui.Option {
	var out []ui.Option
	for _, face := range []string{"console", models.FaceNative, models.FaceTransmit, models.FaceAuth0, models.FaceLogto, "oauth", "command"} {
		out = append(out, ui.Option{Value: face, Label: faceNames[face]})
	}
	return out
}

// lately are the actors and applications of the newest events, and those that the filter names already.
func (o Ops) lately(ctx context.Context, f filter) (actors, apps []ui.Option, err error) {
	var rows []models.Event
	reach := filter{tenant: f.tenant}
	if models.ActorFrom(ctx).ApplicationID != "" {
		reach.ApplicationID = f.ApplicationID
	}
	err = reach.where(o.DB.Read.NewSelect().Model(&rows).Column("actor_id", "actor_name", "actor_kind", "application_id")).
		OrderExpr("at DESC, id DESC").Limit(glance).Scan(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("who was active lately: %w", err)
	}
	if f.ActorID != "" {
		named := filter{tenant: f.tenant, FilterIn: FilterIn{ActorID: f.ActorID}}
		one, err := o.page(ctx, named, models.Key{}, 1)
		if err != nil {
			return nil, nil, err
		}
		rows = append(one, rows...)
	}
	rows = append([]models.Event{{ApplicationID: f.ApplicationID}}, rows...)
	known, err := o.living(ctx, rows)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range rows {
		actors = offer(actors, e.ActorID, ActorName(e))
		apps = offer(apps, e.ApplicationID, known.applications[e.ApplicationID])
	}
	return actors, apps, nil
}

// offer adds a choice once, while there is room.
func offer(options []ui.Option, value, label string) []ui.Option {
	if value == "" || label == "" || len(options) == offered {
		return options
	}
	for _, o := range options {
		if o.Value == value {
			return options
		}
	}
	return append(options, ui.Option{Value: value, Label: label})
}
