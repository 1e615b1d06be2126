package webhooks

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"gatehouse/models"
	"gatehouse/views/ui"
	views "gatehouse/views/webhooks"
	"gatehouse/web"
)

const home = "/console/webhooks"

func (o Ops) console() []web.Route {
	const one = home + "/:id"
	return []web.Route{
		{"GET", home, "webhook.read", web.Page(o.listPage, views.List)},
		{"GET", home + "/new", "webhook.create", web.Page(o.newPage, views.New)},
		{"POST", home, "webhook.create", web.Showing(web.SubmitThen(o.createForm, createAgain, o.created), o.tellCreate, createAgain)},
		{"GET", one, "webhook.read", web.Page(o.showPage, views.Show)},
		{"POST", one, "webhook.update", web.Showing(web.SubmitThen(o.updateForm, updateAgain, updated), o.tellUpdate, updateAgain)},
		{"GET", one + "/edit", "webhook.update", web.Page(o.editPage, views.Edit)},
		{"POST", one + "/test", "webhook.update", web.Showing(web.SubmitThen(o.testForm, nil, tested), tellTest, web.Drawn(oneForm.shown, o.showPage, views.Show))},
		{"POST", one + "/rotate", "webhook.update", web.Showing(web.SubmitThen(o.rotateForm, nil, o.rotated), tellRotate, web.Drawn(oneForm.shown, o.showPage, views.Show))},
		{"POST", one + "/resend", "webhook.update", web.Showing(web.SubmitThen(o.resendAllForm, nil, resentAll), o.tellResendAll, web.Drawn(oneForm.shown, o.showPage, views.Show))},
		{"GET", one + "/deliveries/:delivery_id", "webhook.read", web.Page(o.deliveryPage, views.Delivery)},
		{"POST", one + "/deliveries/:delivery_id/resend", "webhook.update", web.Showing(web.SubmitThen(o.Resend, nil, resent), tellResend, web.Drawn(web.Same[DeliveryIn], o.deliveryPage, views.Delivery))},
		{"GET", one + "/delete", "webhook.delete", web.Page(o.deletePage, views.Delete)},
		{"POST", one + "/delete", "webhook.delete", web.Showing(web.SubmitThen(o.deleteForm, nil, deleted), web.Says[DeleteIn]("", "What Delete webhook will send. Nothing is deleted yet."), web.Drawn(func(in DeleteIn) OneIn { return OneIn{in.ID} }, o.deletePage, views.Delete))},
	}
}

// day is the counts of the last 24 hours, by webhook.
func (o Ops) day(ctx context.Context) (map[string]views.Counts, error) {
	stats, err := o.StatsSince(ctx, o.Now().Add(-24*time.Hour))
	out := map[string]views.Counts{}
	for id, s := range stats {
		out[id] = views.Counts(s)
	}
	return out, err
}

func (o Ops) listPage(ctx context.Context, _ struct{}) (views.ListView, error) {
	list, err := o.List(ctx, struct{}{})
	if err != nil {
		return views.ListView{}, err
	}
	counts, err := o.day(ctx)
	return views.ListView{Items: list.Items, Counts: counts}, err
}

func (o Ops) newPage(context.Context, struct{}) (views.Form, error) {
	return views.Form{Events: []string{"client.*"}, Retries: strconv.Itoa(DefaultRetries)}, nil
}

// form is a webhook as a page posts it.
type form struct {
	ID      string            `path:"id" json:"-"`
	Name    string            `form:"name" json:"-"`
	URL     string            `form:"url" json:"-"`
	Events  []string          `form:"events" json:"-"`
	More    string            `form:"more" json:"-"`
	Headers string            `form:"headers" json:"-"`
	Enabled models.Opt[bool]  `form:"enabled" json:"-"`
	Retries models.Opt[int64] `form:"retries" json:"-"`
	Version models.Opt[int64] `form:"version" json:"-"`
}

func (f form) events() []string {
	return append(slices.Clone(f.Events), strings.FieldsFunc(f.More, func(r rune) bool { return r == '\n' || r == '\r' || r == ',' || r == ' ' })...)
}

// headers reads "Name: value" lines. A value that still is the mark of a hidden one keeps what is stored.
func (f form) headers(c *models.Check) (set map[string]models.Secret, keep []string) {
	set = map[string]models.Secret{}
	for _, line := range strings.Split(strings.ReplaceAll(f.Headers, "\r", ""), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !c.That(ok && name != "", "headers", "not_a_header", "Write each header as Name: value, on a line of its own.") {
			continue
		}
		if value == models.Masked {
			keep = append(keep, name)
		} else {
			set[name] = models.NewSecret(value)
		}
	}
	return set, keep
}

// untold keeps the names of typed headers: their values are secrets, and what was typed of those does not go into a page.
func untold(typed string) string {
	var out []string
	for line := range strings.Lines(typed) {
		line = strings.TrimRight(line, "\r\n")
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(value) != models.Masked {
			line = name + ": "
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func (f form) view(fault *models.Fault) views.Form {
	out := views.Form{ID: f.ID, Name: f.Name, Address: f.URL, Events: f.Events, More: f.More, Headers: untold(f.Headers), Enabled: f.Enabled.V, Fault: fault}
	if f.Retries.Set && !f.Retries.Null {
		out.Retries = strconv.FormatInt(f.Retries.V, 10)
	}
	if f.Version.Set {
		out.Version = strconv.FormatInt(f.Version.V, 10)
	}
	if current, ok := currentOf(fault); ok { // saving again is a decision now, and not an accident
		out.Version = strconv.FormatInt(current.Version, 10)
	}
	return out
}

func currentOf(fault *models.Fault) (models.Webhook, bool) {
	if fault == nil {
		return models.Webhook{}, false
	}
	row, ok := fault.Current.(models.Webhook)
	return row, ok
}

func (o Ops) createForm(ctx context.Context, f form) (Created, error) {
	in, err := o.creation(ctx, f)
	if err != nil {
		return Created{}, err
	}
	return o.Create(ctx, in)
}

// creation is what the form of a new webhook asks for. When its headers cannot be read, what else is wrong is told with them.
func (o Ops) creation(ctx context.Context, f form) (CreateIn, error) {
	var c models.Check
	set, keep := f.headers(&c)
	c.That(len(keep) == 0, "headers", "no_stored_value", "There is no stored value yet: type it.")
	in := CreateIn{Name: f.Name, URL: f.URL, Events: f.events(), Headers: set, Retries: f.Retries}
	if err := c.Err(); err != nil {
		_, wrong := o.draft(ctx, in)
		return in, models.Together(wrong, err)
	}
	return in, nil
}

func (o Ops) tellCreate(ctx context.Context, f form) (web.Told, error) {
	in, err := o.creation(ctx, f)
	return web.Told{About: "What Add webhook will send. Nothing is added yet.", Form: "webhook", Op: in}, err
}

func createAgain(_ context.Context, f form, fault *models.Fault) (templ.Component, error) {
	return views.New(f.view(fault)), nil
}

// created answers the form with the page that shows the new key: in no address and in no cache.
func (o Ops) created(r *web.Request, _ form, out Created) error {
	return o.reveal(r, out, "Signing key")
}

func (o Ops) reveal(r *web.Request, out Created, title string) error {
	v, err := o.showPage(r.Context(), DeliveriesIn{ID: out.ID})
	if err != nil {
		return err
	}
	v.Reveal = &ui.SecretOpts{Title: title + " of " + out.Name, Value: out.SigningKey, Expires: "Does not expire", Env: "WEBHOOK_SIGNING_KEY=" + out.SigningKey + "\n",
		DoneTo: views.URL(out.ID)}
	return r.Render(200, views.Show(v))
}

func (o Ops) editPage(ctx context.Context, in OneIn) (views.Form, error) {
	row, err := o.Get(ctx, in)
	out := views.Form{ID: row.ID, Name: row.Name, Address: row.URL, Enabled: row.Enabled, Retries: strconv.FormatInt(row.Retries, 10), Version: strconv.FormatInt(row.Version, 10)}
	out.Events, out.More = views.Split(row.Events)
	for _, name := range row.HeaderNames {
		out.Headers += name + ": " + models.Masked + "\n"
	}
	return out, err
}

func (o Ops) updateForm(ctx context.Context, f form) (models.Webhook, error) {
	in, err := o.change(ctx, f)
	if err != nil {
		return models.Webhook{}, err
	}
	return o.Update(ctx, in)
}

func (o Ops) tellUpdate(ctx context.Context, f form) (web.Told, error) {
	in, err := o.change(ctx, f)
	return web.Told{About: "What Save changes will send. Nothing is saved yet.", Form: "webhook", Op: in}, err
}

// change is what the form of a webhook asks for.
func (o Ops) change(ctx context.Context, f form) (UpdateIn, error) {
	before, err := o.Get(ctx, OneIn{f.ID})
	if err != nil {
		return UpdateIn{}, err
	}
	var c models.Check
	set, keep := f.headers(&c)
	headers := map[string]models.Opt[models.Secret]{}
	for _, name := range before.HeaderNames {
		if !slices.ContainsFunc(keep, func(k string) bool { return strings.EqualFold(k, name) }) {
			headers[name] = models.Null[models.Secret]()
		}
	}
	for name, value := range set {
		headers[name] = models.Some(value)
	}
	for _, name := range keep {
		stored := slices.ContainsFunc(before.HeaderNames, func(n string) bool { return strings.EqualFold(n, name) })
		c.That(stored, "headers", "no_stored_value", name+" has no stored value yet: type it.")
	}
	in := UpdateIn{ID: f.ID, Name: models.Some(f.Name), URL: models.Some(f.URL), Events: models.Some(f.events()), Headers: models.Some(headers),
		Enabled: f.Enabled, Retries: f.Retries, Version: f.Version}
	if err := c.Err(); err != nil {
		_, wrong := o.changed(before, in)
		return in, models.Together(wrong, err)
	}
	return in, nil
}

func updateAgain(_ context.Context, f form, fault *models.Fault) (templ.Component, error) {
	return views.Edit(f.view(fault)), nil
}

func updated(r *web.Request, f form, row models.Webhook) error {
	web.FlashText(r.Context(), row.Name+" saved")
	return r.Next(views.URL(f.ID))
}

func (o Ops) showPage(ctx context.Context, in DeliveriesIn) (views.ShowView, error) {
	row, err := o.Get(ctx, OneIn{in.ID})
	if err != nil {
		return views.ShowView{}, err
	}
	page, err := o.Deliveries(ctx, in)
	if err != nil {
		return views.ShowView{}, err
	}
	counts, err := o.day(ctx)
	return views.ShowView{Webhook: row, Page: page, State: in.State, Counts: counts[row.ID], Now: o.Now()}, err
}

// oneForm is a form without fields: its address says all.
type oneForm struct {
	ID string `path:"id" json:"-"`
}

func (o Ops) testForm(ctx context.Context, in oneForm) (Tested, error) {
	return o.Test(ctx, TestIn{ID: in.ID})
}

func tested(r *web.Request, in oneForm, out Tested) error {
	d := out.Deliveries[0]
	if d.State == models.DeliveryDelivered {
		web.FlashText(r.Context(), "Test received")
	} else {
		web.Flash(r.Context(), ui.Toast{Text: "Test not received", State: ui.StateBad})
	}
	return r.Next(views.URL(in.ID, "deliveries", d.ID))
}

func (o Ops) rotateForm(ctx context.Context, in oneForm) (Created, error) {
	return o.RotateKey(ctx, OneIn(in))
}

func (o Ops) rotated(r *web.Request, _ oneForm, out Created) error {
	return o.reveal(r, out, "New signing key")
}

func (o Ops) resendAllForm(ctx context.Context, in oneForm) (Resent, error) {
	return o.ResendAll(ctx, o.lastDay(in))
}

func resentAll(r *web.Request, in oneForm, out Resent) error {
	web.FlashText(r.Context(), ui.Plural(int(out.Count), "delivery", "deliveries")+" sent again")
	return r.Next(views.URL(in.ID))
}

func resent(r *web.Request, in DeliveryIn, d models.WebhookDelivery) error {
	web.FlashText(r.Context(), d.Event+" sent again")
	return r.Next(views.URL(in.ID, "deliveries", d.ID))
}

func (o Ops) deliveryPage(ctx context.Context, in DeliveryIn) (views.DeliveryView, error) {
	row, err := o.Get(ctx, OneIn{in.ID})
	if err != nil {
		return views.DeliveryView{}, err
	}
	d, err := o.GetDelivery(ctx, in)
	return views.DeliveryView{Webhook: row, Delivery: d.WebhookDelivery, Tries: d.Tries, Now: o.Now()}, err
}

func (o Ops) deletePage(ctx context.Context, in OneIn) (views.DeleteView, error) {
	row, err := o.Get(ctx, in)
	if err != nil {
		return views.DeleteView{}, err
	}
	counts, err := o.day(ctx)
	return views.DeleteView{Webhook: row, Counts: counts[row.ID]}, err
}

func (o Ops) deleteForm(ctx context.Context, in DeleteIn) (web.None, error) {
	return web.None{}, o.Delete(ctx, in)
}

func deleted(r *web.Request, _ DeleteIn, _ web.None) error {
	web.FlashText(r.Context(), "Webhook deleted")
	return r.Next(home)
}
