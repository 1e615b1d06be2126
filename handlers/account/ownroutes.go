package account

import (
	"context"

	"github.com/a-h/templ"

	"gatehouse/models"
	views "gatehouse/views/account"
	"gatehouse/web"
)

// ownRoutes are the pages of the own account.
func (o Ops) ownRoutes() []web.Route {
	home := "/console/account"
	return []web.Route{
		{"GET", home, web.SignedIn, web.Page(o.Get, func(p Profile) templ.Component { return views.Own(o.own(p)) })},
		{"POST", home, web.SignedIn, web.SubmitThen(o.UpdateProfile, o.nameAgain, said[ProfileIn]("Profile saved"))},
		{"POST", home + "/password", web.SignedIn, web.SubmitThen(o.ChangePassword, o.passwordAgain, said[ChangePasswordIn]("Password changed"))},
		{"POST", home + "/totp", web.SignedIn, web.Submit(o.EnrolTOTP, nil, func(struct{}, Enrolment) string { return home + "/totp" })},
		{"GET", home + "/totp", web.SignedIn, web.Page(o.PendingTOTP, func(e Enrolment) templ.Component { return enrol(e, nil) })},
		{"POST", home + "/totp/confirm", web.SignedIn, web.SubmitThen(o.ConfirmTOTP, o.enrolAgain, o.showCodes)},
		{"GET", home + "/totp/remove", web.SignedIn, web.Page(o.sensitivePage, func(models.Administrator) templ.Component { return views.RemoveTOTP() })},
		{"POST", home + "/totp/remove", web.SignedIn, web.SubmitThen(o.RemoveTOTP, nil, said[struct{}]("Authenticator app removed"))},
		{"POST", home + "/recovery-codes", web.SignedIn, web.SubmitThen(o.RecoveryCodes, nil, o.showNewCodes)},
		{"POST", home + "/sessions/end", web.SignedIn, web.SubmitThen(o.EndOtherSessions, nil, ended[web.None]("Other sessions ended"))},
		{"POST", home + "/sessions/:session_id/end", web.SignedIn, web.SubmitThen(o.EndSession, nil, ended[SessionIn]("Session ended"))},
	}
}

// said leads back to the account with a toast.
func said[In any](text string) func(*web.Request, In, models.Administrator) error {
	return func(r *web.Request, _ In, _ models.Administrator) error {
		web.FlashText(r.Context(), text)
		return r.Next("/console/account")
	}
}

func ended[In any](text string) func(*web.Request, In, web.None) error {
	return func(r *web.Request, _ In, _ web.None) error {
		web.FlashText(r.Context(), text)
		return r.Next("/console/account")
	}
}

func (o Ops) own(p Profile) views.OwnView {
	return views.OwnView{Administrator: p.Administrator, Name: p.Administrator.Name, Sessions: p.Sessions, Current: p.Current, CodesLeft: p.CodesLeft, Now: o.Now()}
}

func (o Ops) nameAgain(ctx context.Context, in ProfileIn, fault *models.Fault) (templ.Component, error) {
	p, err := o.Get(ctx, struct{}{})
	v := o.own(p)
	v.Name, v.NameFault = in.Name, fault
	return views.Own(v), err
}

func (o Ops) passwordAgain(ctx context.Context, _ ChangePasswordIn, fault *models.Fault) (templ.Component, error) {
	wait(ctx, fault)
	p, err := o.Get(ctx, struct{}{})
	v := o.own(p)
	v.PasswordFault = fault
	return views.Own(v), err
}

func enrol(e Enrolment, fault *models.Fault) templ.Component {
	return views.Enrol(views.EnrolView{URI: e.URI.Reveal(), Secret: e.Secret.Reveal(), Email: e.Administrator.Email, Fault: fault})
}

func (o Ops) enrolAgain(ctx context.Context, _ ConfirmTOTPIn, fault *models.Fault) (templ.Component, error) {
	e, err := o.PendingTOTP(ctx, struct{}{})
	return enrol(e, fault), err
}

func (o Ops) showCodes(r *web.Request, _ ConfirmTOTPIn, codes []models.Secret) error {
	return o.codesPage(r, codes)
}

func (o Ops) showNewCodes(r *web.Request, _ struct{}, codes []models.Secret) error {
	return o.codesPage(r, codes)
}

// codesPage is the answer to the POST that made the codes: they are never at an address of their own.
func (o Ops) codesPage(r *web.Request, codes []models.Secret) error {
	who, err := o.me(r.Context())
	if err != nil {
		return err
	}
	plain := make([]string, len(codes))
	for i, c := range codes {
		plain[i] = c.Reveal()
	}
	return r.Render(200, views.Codes(plain, who.Email, r.Origin()))
}

// sensitivePage asks for the recent sign-in before the page is shown, and not after it was filled in.
func (o Ops) sensitivePage(ctx context.Context, _ struct{}) (models.Administrator, error) {
	return o.sensitive(ctx)
}
