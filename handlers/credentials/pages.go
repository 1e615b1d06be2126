package credentials

import (
	"context"
	"encoding/json"
	"time"

	"github.com/a-h/templ"

	"gatehouse/models"
	views "gatehouse/views/credentials"
	"gatehouse/web"
)

// Routes are the pages of credentials.
func (c Console) Routes() []web.Route {
	const one, secrets, rotation = "/console/clients/:id", "/console/clients/:id/secrets", "/console/clients/:id/rotation"
	return []web.Route{
		{"GET", "/console/applications/:application_id/secrets", "credential.read", web.Page(c.overview, views.OverviewPage)},
		{"GET", secrets, "credential.read", web.Page(c.show, views.Show)},
		{"GET", secrets + "/new", "credential.create", web.Page(c.blank, views.NewSecret)},
		{"POST", secrets, "credential.create", web.Showing(web.SubmitThen(c.create, c.again(views.NewSecret), c.once), c.tellCreate, c.again(views.NewSecret))},
		{"GET", secrets + "/:secret_id", "credential.read", web.Page(c.secret, views.ShowSecret)},
		{"POST", secrets + "/:secret_id", "credential.update", web.Showing(web.Submit(c.update, c.editAgain, func(in editIn, _ Credential) string { return views.URL(in.ClientID, in.ID) }), c.tellUpdate, c.editAgain)},
		{"POST", secrets + "/:secret_id/reveal", "secret.reveal", web.SubmitThen(c.Reveal, nil, c.revealed)},
		{"POST", secrets + "/:secret_id/primary", "credential.update", web.Showing(web.Submit(said(c.MakePrimary, "made the primary secret"), nil, back), tellPrimary, web.Drawn(web.Same[OneIn], c.secret, views.ShowSecret))},
		{"GET", secrets + "/:secret_id/retire", "credential.delete", web.Page(c.danger(false), views.Confirm)},
		{"POST", secrets + "/:secret_id/retire", "credential.delete", web.Showing(web.Submit(said(c.Revoke, "retired"), nil, back), c.tellRetire, web.Drawn(web.Same[OneIn], c.danger(false), views.Confirm))},
		{"GET", secrets + "/:secret_id/delete", "credential.delete", web.Page(c.danger(true), views.Confirm)},
		{"POST", secrets + "/:secret_id/delete", "credential.delete", web.Showing(web.Submit(gone("Secret", c.Delete), nil, func(in OneIn, _ web.None) string { return views.URL(in.ClientID) }), c.tellDelete, web.Drawn(web.Same[OneIn], c.danger(true), views.Confirm))},

		{"GET", rotation + "/new", "credential.update", web.Page(c.blank, views.NewRotation)},
		{"POST", rotation, "credential.update", web.Showing(web.SubmitThen(c.rotate, c.rotateAgain, c.rotating), c.tellRotate, c.rotateAgain)},
		{"POST", rotation + "/finish", "credential.update", web.Showing(web.Submit(said(c.FinishRotation, "made the primary secret, the old one retired"), nil, home), tellFinish, web.Drawn(web.Same[ClientIn], c.show, views.Show))},
		{"POST", rotation + "/cancel", "credential.update", web.Showing(web.Submit(said(c.CancelRotation, "kept, the new secret deleted"), nil, home), tellCancel, web.Drawn(web.Same[ClientIn], c.show, views.Show))},

		{"GET", one + "/keys/new", "credential.create", web.Page(c.blank, views.NewKey)},
		{"POST", one + "/keys", "credential.create", web.Showing(web.Submit(c.createKey, c.keyAgain, func(in keyForm, _ Credential) string { return views.URL(in.ClientID) }), c.tellKey, c.keyAgain)},
		{"GET", one + "/keys/:key_id/delete", "credential.delete", web.Page(c.askKey, views.Confirm)},
		{"POST", one + "/keys/:key_id/delete", "credential.delete", web.Showing(web.Submit(gone("Key", c.DeleteKey), nil, func(in KeyOneIn, _ web.None) string { return views.URL(in.ClientID) }), web.Says[KeyOneIn]("", "What Delete key will send. Nothing is deleted yet."), web.Drawn(web.Same[KeyOneIn], c.askKey, views.Confirm))},
		{"GET", one + "/certificates/new", "credential.create", web.Page(c.blank, views.NewCertificate)},
		{"POST", one + "/certificates", "credential.create", web.Showing(web.Submit(said(c.CreateCertificate, "added"), c.certificateAgain, func(in CertificateIn, _ Credential) string { return views.URL(in.ClientID) }), web.Says[CertificateIn]("secret", "What Add certificate will send. Nothing is added yet."), c.certificateAgain)},
		{"GET", one + "/certificates/:certificate_id/delete", "credential.delete", web.Page(c.askCertificate, views.Confirm)},
		{"POST", one + "/certificates/:certificate_id/delete", "credential.delete", web.Showing(web.Submit(gone("Certificate", c.DeleteCertificate), nil, func(in CertificateOneIn, _ web.None) string { return views.URL(in.ClientID) }), web.Says[CertificateOneIn]("", "What Delete certificate will send. Nothing is deleted yet."), web.Drawn(web.Same[CertificateOneIn], c.askCertificate, views.Confirm))},
	}
}

// said queues a toast when an operation worked: the credential's name, and what happened to it.
func said[In any](op func(context.Context, In) (Credential, error), what string) func(context.Context, In) (Credential, error) {
	return func(ctx context.Context, in In) (Credential, error) {
		out, err := op(ctx, in)
		if err == nil {
			web.FlashText(ctx, out.Name+" "+what)
		}
		return out, err
	}
}

func gone[In any](what string, op func(context.Context, In) error) func(context.Context, In) (web.None, error) {
	return func(ctx context.Context, in In) (web.None, error) {
		err := op(ctx, in)
		if err == nil {
			web.FlashText(ctx, what+" deleted")
		}
		return web.None{}, err
	}
}

func back(in OneIn, _ Credential) string    { return views.URL(in.ClientID) }
func home(in ClientIn, _ Credential) string { return views.URL(in.ClientID) }

// secretForm is the form of a new secret.
type secretForm struct {
	ClientID string `path:"id" json:"-"`
	typed
}

func (c Console) create(ctx context.Context, in secretForm) (Value, error) {
	what, err := c.creation(in)
	if err != nil {
		return Value{}, err
	}
	return c.Create(ctx, what)
}

// creation is what the form of a new secret asks for.
func (c Console) creation(in secretForm) (CreateIn, error) {
	var f models.Check
	return CreateIn{ClientID: in.ClientID, Name: in.Name, ExpiresAt: in.end(c.Now(), &f)}, f.Err()
}

func (c Console) again(view func(views.FormPage) templ.Component) web.Redraw[secretForm] {
	return func(ctx context.Context, in secretForm, fault *models.Fault) (templ.Component, error) {
		page, err := c.page(ctx, "credential.create", in.ClientID)
		return view(views.FormPage{Page: page, Form: refused(in.values(), fault)}), err
	}
}

// once answers the form with the page that shows the new secret: in no address, in no cache, gone with the next page.
func (c Console) once(r *web.Request, in secretForm, out Value) error {
	page, err := c.show(r.Context(), ClientIn{in.ClientID})
	if err != nil {
		return err
	}
	reveal := Shown(in.ClientID, "New secret for "+page.Client.Name, out, views.URL(in.ClientID))
	page.Reveal = &reveal
	if page.Rotation != nil { // the box of a rotation is for its own secret
		return r.Render(200, views.ShowSecret(views.SecretPage{Page: page.Page, Row: viewRow(out.Credential, nil), Reveal: &reveal, Form: views.Form{Values: map[string]string{"name": out.Name}}}))
	}
	return r.Render(200, views.Show(page))
}

func (c Console) revealed(r *web.Request, in OneIn, out Value) error {
	page, err := c.secret(r.Context(), OneIn{in.ClientID, in.ID})
	if err != nil {
		return err
	}
	reveal := Shown(in.ClientID, out.Name, out, views.URL(in.ClientID, in.ID))
	reveal.Note = "The audit log notes that you saw it. Leaving this page hides it again."
	page.Reveal = &reveal
	return r.Render(200, views.ShowSecret(page))
}

// editIn is the form of a secret that exists.
type editIn struct {
	ClientID string `path:"id" json:"-"`
	ID       string `path:"secret_id" json:"-"`
	typed
}

func (c Console) update(ctx context.Context, in editIn) (Credential, error) {
	what, err := c.change(ctx, in)
	if err != nil {
		return Credential{}, err
	}
	return said(c.Update, "saved")(ctx, what)
}

// change is what the form of a secret asks for.
func (c Console) change(ctx context.Context, in editIn) (UpdateIn, error) {
	before, err := c.Get(ctx, OneIn{in.ClientID, in.ID})
	if err != nil {
		return UpdateIn{}, err
	}
	var f models.Check
	end := in.end(c.Now(), &f)
	change := UpdateIn{ClientID: in.ClientID, ID: in.ID, Name: models.Some(in.Name)}
	if untouched := end != nil && before.ExpiresAt != nil && in.Expires == "date" && before.ExpiresAt.Format("2006-01-02") == in.ExpiresOn; !untouched {
		change.ExpiresAt = models.Null[time.Time]()
		if end != nil {
			change.ExpiresAt = models.Some(*end)
		}
	}
	return change, f.Err()
}

func (c Console) editAgain(ctx context.Context, in editIn, fault *models.Fault) (templ.Component, error) {
	page, err := c.secret(ctx, OneIn{in.ClientID, in.ID})
	page.Form = refused(in.values(), fault)
	return views.ShowSecret(page), err
}

// rotateForm is the form that begins a rotation.
type rotateForm struct {
	ClientID       string `path:"id" json:"-"`
	OverlapSeconds *int64 `form:"overlap_seconds" json:"-"`
	typed
}

func (c Console) rotate(ctx context.Context, in rotateForm) (Rotated, error) {
	what, err := c.turning(in)
	if err != nil {
		return Rotated{}, err
	}
	return c.StartRotation(ctx, what)
}

// turning is what the form of a rotation asks for.
func (c Console) turning(in rotateForm) (RotateIn, error) {
	var f models.Check
	return RotateIn{ClientID: in.ClientID, OverlapSeconds: in.OverlapSeconds, Name: in.Name, ExpiresAt: in.end(c.Now(), &f)}, f.Err()
}

func (c Console) rotateAgain(ctx context.Context, in rotateForm, fault *models.Fault) (templ.Component, error) {
	page, err := c.page(ctx, "credential.update", in.ClientID)
	form := refused(in.values(), fault)
	form.Values["overlap_seconds"] = "86400"
	if in.OverlapSeconds != nil {
		raw, _ := json.Marshal(*in.OverlapSeconds)
		form.Values["overlap_seconds"] = string(raw)
	}
	return views.NewRotation(views.FormPage{Page: page, Form: form}), err
}

// rotating answers the beginning of a rotation with the page that shows the new secret within its steps.
func (c Console) rotating(r *web.Request, in rotateForm, out Rotated) error {
	page, err := c.show(r.Context(), ClientIn{in.ClientID})
	if err != nil {
		return err
	}
	reveal := Shown(in.ClientID, "New secret for "+page.Client.Name, out.Secret, views.URL(in.ClientID))
	page.Reveal = &reveal
	if page.Rotation != nil {
		page.Rotation.Shown = true
	}
	return r.Render(200, views.Show(page))
}

// keyForm is the form of a public key; its text is kept as it was typed.
type keyForm struct {
	ClientID string `path:"id" json:"-"`
	JWK      string `form:"jwk" json:"-"`
	typed
}

func (c Console) createKey(ctx context.Context, in keyForm) (Credential, error) {
	what, err := c.publishing(in)
	if err != nil {
		return Credential{}, err
	}
	return said(c.CreateKey, "added")(ctx, what)
}

// publishing is what the form of a public key asks for.
func (c Console) publishing(in keyForm) (KeyIn, error) {
	var f models.Check
	out := KeyIn{ClientID: in.ClientID, Name: cleanName(in.Name), JWK: json.RawMessage(in.JWK), ExpiresAt: in.end(c.Now(), &f)}
	if err := f.Err(); err != nil { // the key is looked at all the same, so that everything is told at once
		_, wrong := c.readKey(out)
		return out, models.Together(wrong, err)
	}
	return out, nil
}

func (c Console) keyAgain(ctx context.Context, in keyForm, fault *models.Fault) (templ.Component, error) {
	page, err := c.page(ctx, "credential.create", in.ClientID)
	form := refused(in.values(), fault)
	form.Values["jwk"] = in.JWK
	return views.NewKey(views.FormPage{Page: page, Form: form}), err
}

func (c Console) certificateAgain(ctx context.Context, in CertificateIn, fault *models.Fault) (templ.Component, error) {
	page, err := c.page(ctx, "credential.create", in.ClientID)
	form := refused(map[string]string{"name": in.Name, "certificate": in.Certificate}, fault)
	return views.NewCertificate(views.FormPage{Page: page, Form: form}), err
}
