package clients

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gatehouse/models"
	"gatehouse/views/ui"
)

// mostChoices is how many clients a field for a client_id offers. Somebody with more types or pastes the ID of the others.
const mostChoices = 50

// choice is what a field says of a client that it offers.
type choice struct {
	models.Client
	Application string
}

// Choices are the newest clients by name, for a field that takes a client_id: those that authenticate, or all. Somebody who may
// not read clients is offered none and may still type.
func (o Ops) Choices(ctx context.Context, authenticating bool) ([]ui.Option, error) {
	actor := models.ActorFrom(ctx)
	if !actor.May("client.read") {
		return nil, nil
	}
	var rows []choice
	q := o.DB.Read.NewSelect().TableExpr("clients AS c").Join("JOIN applications AS a ON a.id = c.application_id").
		ColumnExpr("c.id, c.name, c.protocol, c.token_endpoint_auth_method, a.name AS application").Where("c.tenant_id = ?", actor.TenantID)
	if actor.ApplicationID != "" {
		q = q.Where("c.application_id = ?", actor.ApplicationID)
	}
	if err := q.OrderExpr("c.created_at DESC, c.id DESC").Limit(mostChoices).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("offer clients: %w", err)
	}
	slices.SortStableFunc(rows, func(a, b choice) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	var out []ui.Option
	for _, c := range rows {
		if c.Confidential() || !authenticating {
			out = append(out, ui.Option{Value: c.ID, Label: c.Name + ", client of " + c.Application})
		}
	}
	return out, nil
}
