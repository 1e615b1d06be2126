package logto

import (
	"context"

	"gatehouse/handlers/webhooks"
	"gatehouse/models"
	"gatehouse/web"
)

// sayHookTest says where the sample goes and what it carries, which this dialect asks for. It has no words for a webhook whose first
// event is not of its document, because that one is what the button sends.
func (d Dialect) sayHookTest(ctx context.Context, in webhooks.TestIn) (web.Call, error) {
	row, err := d.Webhooks.Get(ctx, webhooks.OneIn{ID: in.ID})
	if err != nil || len(row.Events) == 0 || !(HookSpeaker{}).Knows(row.Events[0]) {
		return web.Call{}, err
	}
	config := saidBody{"url": row.URL}
	if len(row.HeaderNames) > 0 {
		headers := map[string]models.Secret{}
		for _, name := range row.HeaderNames {
			headers[name] = models.NewSecret(models.Masked)
		}
		config["headers"] = headers
	}
	c := call("POST", "/hooks/"+in.ID+"/test", saidBody{"events": row.Events[:1], "config": config})
	c.Note = "It answers with a fault when the test was not received."
	return c, nil
}
