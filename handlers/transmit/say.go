package transmit

import (
	"context"
	"encoding/json"

	"gatehouse/handlers/applications"
	"gatehouse/handlers/clients"
	"gatehouse/models"
	"gatehouse/web"
)

// Say spells the operation that takes an input as this dialect does. It gives a call without a verb where there are no words.
func (d Dialect) Say(ctx context.Context, op any) (web.Call, error) {
	switch in := op.(type) {
	case applications.CreateIn:
		return sayApplication(in), nil
	case applications.Change:
		return sayUpdate(in), nil
	case applications.DeleteIn:
		return d.sayRemoval(ctx, in.ID)
	case clients.CreateIn:
		c := ShowClient(clients.Draft(in)).spelled()
		c.Note = "What this API has no words for starts from its own defaults."
		return c, nil
	case clients.Change:
		c := ShowClient(in.After).spelled()
		c.Note = web.LeavesOut(in.Unsaid(func(c models.Client) []byte { return ShowClient(c).Body }))
		return c, nil
	case clients.OneVersionIn:
		c, err := d.Clients.Get(ctx, clients.OneIn{ID: in.ID})
		return web.Call{Verb: "DELETE", Path: Prefix + "/v1/applications/" + c.ApplicationID + "/clients/" + c.ID}, err
	}
	return web.Call{}, nil
}

func (c Call) spelled() web.Call {
	if c.Method == "" {
		return web.Call{}
	}
	return web.Call{Verb: c.Method, Path: c.Path, Body: json.RawMessage(c.Body)}
}

// sayApplication makes an application with its first client.
func sayApplication(in applications.CreateIn) web.Call {
	c := ShowApplication(applications.Draft(in), applications.FirstClient(in)).spelled()
	c.Note = "What this API has no words for starts from its own defaults."
	return c
}

// sayUpdate leaves the default client out of what is written: a form of an application says nothing of clients.
func sayUpdate(ch applications.Change) web.Call {
	said := ShowApplication(ch.After, models.Client{})
	var b map[string]any
	if json.Unmarshal(said.Body, &b) != nil {
		return web.Call{}
	}
	delete(b, "client_display_name")
	return web.Call{Verb: said.Method, Path: said.Path, Body: b, Note: web.LeavesOut(ch.Unsaid(func(a models.Application) []byte { return ShowApplication(a, models.Client{}).Body }))}
}

func (d Dialect) sayRemoval(ctx context.Context, id string) (web.Call, error) {
	a, err := d.Applications.Get(ctx, applications.IDIn{ID: id})
	path := Prefix + "/v1/applications/"
	if a.Kind == models.KindManagement {
		path = Prefix + "/v1/management/applications/"
	}
	return web.Call{Verb: "DELETE", Path: path + id}, err
}
