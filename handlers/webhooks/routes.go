package webhooks

import (
	"gatehouse/web"
)

// Routes are the two faces of webhooks.
func (o Ops) Routes() []web.Route { return append(o.native(), o.console()...) }

func (o Ops) native() []web.Route {
	const at = "/rest/v1/webhooks"
	about := func(e web.Endpoint, summary string) web.Endpoint {
		return e.With(web.Doc{Summary: summary, Tag: "webhooks"})
	}
	return []web.Route{
		{"GET", at, "webhook.read", about(web.Do(web.Native, 200, o.List), "List webhooks")},
		{"POST", at, "webhook.create", about(web.Do(web.Native, 201, o.Create), "Create a webhook; its signing key is in this answer only")},
		{"GET", at + "/:id", "webhook.read", about(web.Do(web.Native, 200, o.Get), "Get a webhook")},
		{"PATCH", at + "/:id", "webhook.update", about(web.Do(web.Native, 200, o.Update), "Change a webhook")},
		{"DELETE", at + "/:id", "webhook.delete", about(web.Do0(web.Native, 204, o.Delete), "Delete a webhook with its delivery log")},
		{"POST", at + "/:id/signing-key", "webhook.update", about(web.Do(web.Native, 200, o.RotateKey), "Rotate the signing key; the new one is in this answer only, the old one signs as well for 24 hours")},
		{"POST", at + "/:id/test", "webhook.update", about(web.Do(web.Native, 200, o.Test), "Send samples of events now, without retries")},
		{"POST", at + "/:id/resend", "webhook.update", about(web.Do(web.Native, 200, o.ResendAll), "Send every failed delivery since a time again")},
		{"GET", at + "/:id/deliveries", "webhook.read", about(web.Do(web.Native, 200, o.Deliveries), "List deliveries, the newest first")},
		{"GET", at + "/:id/deliveries/:delivery_id", "webhook.read", about(web.Do(web.Native, 200, o.GetDelivery), "Get a delivery with its attempts")},
		{"POST", at + "/:id/deliveries/:delivery_id/resend", "webhook.update", about(web.Do(web.Native, 200, o.Resend), "Send an event again, under the same event id")},
	}
}
