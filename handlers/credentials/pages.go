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
	example := examples()
	return []web.Route{
		{"GET", "/console/applications/:application_id/secrets", "credential.read", web.Page(c.overview, views.OverviewPage)},
		{"GET", secrets, "credential.read", web.Page(c.show, views.Show)},
		{"GET", secrets + "/new", "credential.create", web.Page(c.blank("secrets", example["secrets"]), views.NewSecret)},
		{"POST", secrets, "credential.create", web.SubmitThen(c.create, c.again(views.NewSecret), c.once)},
		{"GET", secrets + "/:secret_id", "credential.read", web.Page(c.secret, views.ShowSecret)},
		{"POST", secrets + "/:secret_id", "credential.update", web.Submit(c.update, c.editAgain, func(in editIn, _ Credential) string { return views.URL(in.ClientID, in.ID) })},
		{"POST", secrets + "/:secret_id/reveal", "secret.reveal", web.SubmitThen(c.Reveal, nil, c.revealed)},
		{"POST", secrets + "/:secret_id/primary", "credential.update", web.Submit(said(c.MakePrimary, "is the primary secret now"), nil, back)},
		{"GET", secrets + "/:secret_id/retire", "credential.delete", web.Page(c.danger(false), views.Confirm)},
		{"POST", secrets + "/:secret_id/retire", "credential.delete", web.Submit(said(c.Revoke, "retired"), nil, back)},
		{"GET", secrets + "/:secret_id/delete", "credential.delete", web.Page(c.danger(true), views.Confirm)},
		{"POST", secrets + "/:secret_id/delete", "credential.delete", web.Submit(gone(c.Delete), nil, func(in OneIn, _ web.None) string { return views.URL(in.ClientID) })},

		{"GET", rotation + "/new", "credential.update", web.Page(c.blank("rotation", example["rotation"]), views.NewRotation)},
		{"POST", rotation, "credential.update", web.SubmitThen(c.rotate, c.rotateAgain, c.rotating)},
		{"POST", rotation + "/finish", "credential.update", web.Submit(said(c.FinishRotation, "is the primary secret now, and the old one is retired"), nil, home)},
		{"POST", rotation + "/cancel", "credential.update", web.Submit(said(c.CancelRotation, "stays, and the new secret is gone"), nil, home)},

		{"GET", one + "/keys/new", "credential.create", web.Page(c.blank("keys", example["keys"]), views.NewKey)},
		{"POST", one + "/keys", "credential.create", web.Submit(c.createKey, c.keyAgain, func(in keyForm, _ Credential) string { return views.URL(in.ClientID) })},
		{"POST", one + "/keys/:key_id/delete", "credential.delete", web.Submit(gone(c.DeleteKey), nil, func(in KeyOneIn, _ web.None) string { return views.URL(in.ClientID) })},
		{"GET", one + "/certificates/new", "credential.create", web.Page(c.blank("certificates", example["certificates"]), views.NewCertificate)},
		{"POST", one + "/certificates", "credential.create", web.Submit(said(c.CreateCertificate, "added"), c.certificateAgain, func(in CertificateIn, _ Credential) string { return views.URL(in.ClientID) })},
		{"POST", one + "/certificates/:certificate_id/delete", "credential.delete", web.Submit(gone(c.DeleteCertificate), nil, func(in CertificateOneIn, _ web.None) string { return views.URL(in.ClientID) })},
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

func gone[In any](op func(context.Context, In) error) func(context.Context, In) (web.None, error) {
	return func(ctx context.Context, in In) (web.None, error) {
		err := op(ctx, in)
		if err == nil {
			web.FlashText(ctx, "Deleted")
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
	var f models.Check
	end := in.end(c.Now(), &f)
	if err := f.Err(); err != nil {
		return Value{}, err
	}
	return c.Create(ctx, CreateIn{ClientID: in.ClientID, Name: in.Name, ExpiresAt: end})
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
	page, err := c.secret(r.Context(), secretIn{ClientID: in.ClientID, ID: in.ID})
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
	before, err := c.Get(ctx, OneIn{in.ClientID, in.ID})
	if err != nil {
		return before, err
	}
	var f models.Check
	end := in.end(c.Now(), &f)
	if err := f.Err(); err != nil {
		return before, err
	}
	change := UpdateIn{ClientID: in.ClientID, ID: in.ID, Name: models.Some(in.Name)}
	if untouched := end != nil && before.ExpiresAt != nil && in.Expires == "date" && before.ExpiresAt.Format("2006-01-02") == in.ExpiresOn; !untouched {
		change.ExpiresAt = models.Null[time.Time]()
		if end != nil {
			change.ExpiresAt = models.Some(*end)
		}
	}
	return said(c.Update, "saved")(ctx, change)
}

func (c Console) editAgain(ctx context.Context, in editIn, fault *models.Fault) (templ.Component, error) {
	page, err := c.secret(ctx, secretIn{ClientID: in.ClientID, ID: in.ID})
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
	var f models.Check
	end := in.end(c.Now(), &f)
	if err := f.Err(); err != nil {
		return Rotated{}, err
	}
	return c.StartRotation(ctx, RotateIn{ClientID: in.ClientID, OverlapSeconds: in.OverlapSeconds, Name: in.Name, ExpiresAt: end})
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
	var f models.Check
	end := in.end(c.Now(), &f)
	if err := f.Err(); err != nil {
		return Credential{}, err
	}
	return said(c.CreateKey, "added")(ctx, KeyIn{ClientID: in.ClientID, Name: in.Name, JWK: json.RawMessage(in.JWK), ExpiresAt: end})
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
