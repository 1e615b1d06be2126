package auth0

import (
	"context"

	"gatehouse/web"
)

// actionRoutes lists the actions of the tenant, for tools that look among them for what a connection names. Code of tenants is not
// run here, none can be made, and so there are none.
func (d Dialect) actionRoutes() []web.Route {
	return []web.Route{op("GET", "/actions/actions", "read:actions", web.Do(d.Face(), 200, d.listActions))}
}

type listActionsIn struct {
	offsetIn
	TriggerID  string    `query:"triggerId" json:"-"`
	ActionName string    `query:"actionName" json:"-"`
	Deployed   opt[flag] `query:"deployed" json:"-"`
	Installed  opt[flag] `query:"installed" json:"-"`
}

func (d Dialect) listActions(_ context.Context, in listActionsIn) (paged[struct{}], error) {
	s, err := in.sized(pageDefaultActions)
	return paged[struct{}]{Name: "actions", Span: s}, err
}
