package webhooks

import (
	"context"
	"time"

	views "gatehouse/views/webhooks"
	"gatehouse/web"
)

// What the buttons of a webhook would do, for the drawer that shows them as API calls.

// Rotation is a new signing key, for dialects that say it in their words.
type Rotation OneIn

const at = "/rest/v1/webhooks/:id"

var (
	tellTest = web.Sends("What Send test will send. Nothing is sent yet.", "POST", at+"/test", oneForm.at, func(in oneForm) any { return TestIn{ID: in.ID} })
	// The dialects keep no key beside the new one, which their note says.
	tellRotate = web.Sends("What Rotate signing key will send. Nothing is rotated yet.", "POST", at+"/signing-key", oneForm.at, func(in oneForm) any { return Rotation(in) })
	tellResend = web.Sends("What Resend will send. Nothing is sent yet.", "POST", at+"/deliveries/:delivery_id/resend", func(in DeliveryIn) string { return views.URL(in.ID, "deliveries", in.DeliveryID) }, nil)
)

func (in oneForm) at() string { return views.URL(in.ID) }

// shown is the page that the buttons of a webhook are on.
func (in oneForm) shown() DeliveriesIn { return DeliveriesIn{ID: in.ID} }

// lastDay is what the button that sends failed deliveries again asks for.
func (o Ops) lastDay(in oneForm) ResendAllIn {
	return ResendAllIn{ID: in.ID, Since: o.Now().Add(-24 * time.Hour)}
}

func (o Ops) tellResendAll(_ context.Context, in oneForm) (web.Told, error) {
	return web.Told{About: "What Resend all will send. Nothing is sent yet.", To: in.at(), Calls: []web.Call{web.NativeCall("POST", at+"/resend", o.lastDay(in))}}, nil
}
