package account

import (
	"context"

	"github.com/a-h/templ"

	"gatehouse/handlers/administrators"
	"gatehouse/models"
	views "gatehouse/views/account"
	"gatehouse/web"
)

// Routes are the pages on which administrators sign in and look after their own account. They have no other face: a program
// proves itself with a token.
func (o Ops) Routes() []web.Route {
	return append(o.ownRoutes(),
		web.Route{"GET", "/console/sign-in", web.Public, web.Raw(web.Console, o.signInPage)},
		web.Route{"POST", "/console/sign-in", web.Public, web.SubmitThen(o.SignIn, signInAgain, signedIn)},
		web.Route{"GET", "/console/sign-in/code", web.Public, web.Raw(web.Console, toSignIn)},
		web.Route{"POST", "/console/sign-in/code", web.Public, web.SubmitThen(o.SecondStep, codeAgain, codeRight)},
		web.Route{"GET", "/console/sign-in/confirm", web.SignedIn, web.Raw(web.Console, o.confirmPage)},
		web.Route{"POST", "/console/sign-in/confirm", web.SignedIn, web.SubmitThen(o.Confirm, o.confirmAgain, confirmed)},
		web.Route{"POST", "/console/sign-out", web.SignedIn, web.SubmitThen(o.SignOut, nil, signedOut)},
		web.Route{"GET", "/console/forgot-password", web.Public, web.Page(nothing, func(web.None) templ.Component { return views.Forgot(views.ForgotView{}) })},
		web.Route{"POST", "/console/forgot-password", web.Public, web.SubmitThen(o.Forgot, forgotAgain, forgotSent)},
		web.Route{"GET", "/console/reset", web.Public, web.Raw(web.Console, o.resetPage)},
		web.Route{"POST", "/console/reset", web.Public, web.Submit(o.Reset, o.resetAgain, func(NewPasswordIn, models.Administrator) string { return "/console/sign-in?notice=password" })},
		web.Route{"GET", "/console/invite", web.Public, web.Raw(web.Console, o.invitePage)},
		web.Route{"POST", "/console/invite", web.Public, web.SubmitThen(o.Accept, o.inviteAgain, accepted)},
		web.Route{"POST", "/console/theme", web.Public, web.SubmitThen(o.SetTheme, nil, themeSet)},
	)
}

func nothing(context.Context, web.None) (web.None, error) { return web.None{}, nil }

func toSignIn(_ context.Context, r *web.Request) error { return r.Next("/console/sign-in") }

// notices are what the sign-in page may be told to say.
var notices = map[string]string{
	"password":   "Your password is changed. Sign in with it.",
	"signed-out": "You are signed out.",
}

func (o Ops) signInPage(ctx context.Context, r *web.Request) error {
	var in struct {
		Next   string `query:"next" json:"-"`
		Notice string `query:"notice" json:"-"`
	}
	if err := web.Bind(r, &in, web.Lenient); err != nil {
		return err
	}
	if r.Session() != nil {
		return r.Next(web.SafeNext(in.Next))
	}
	return r.Render(200, views.SignIn(views.SignInView{Next: web.SafeNext(in.Next), Notice: notices[in.Notice]}))
}

func signInAgain(ctx context.Context, in SignInIn, fault *models.Fault) (templ.Component, error) {
	wait(ctx, fault)
	return views.SignIn(views.SignInView{Email: in.Email, Next: web.SafeNext(in.Next), Fault: fault,
		WithCode: fault.Code == models.RateLimited || !in.Code.Empty()}), nil
}

// wait says in the answer's head how long a lock lasts.
func wait(ctx context.Context, fault *models.Fault) {
	if r := web.Current(ctx); r != nil {
		r.RetryAfter(fault)
	}
}

// signedIn starts the session, unless a second step is due: then nothing but the question for it is answered.
func signedIn(r *web.Request, in SignInIn, out SignedIn) error {
	if out.Ticket != "" {
		return r.Render(200, views.Code(views.CodeView{Ticket: out.Ticket, Next: web.SafeNext(in.Next)}))
	}
	return begin(r, out.Administrator, in.Next)
}

func begin(r *web.Request, who models.Administrator, next string) error {
	still := func(ctx context.Context, tx models.DB) error { return administrators.Still(ctx, tx, who) }
	if err := r.StartSession(who.ID, still); err != nil {
		return err
	}
	r.SetTheme(who.Theme)
	return r.Next(web.SafeNext(next))
}

func codeAgain(ctx context.Context, in CodeIn, fault *models.Fault) (templ.Component, error) {
	wait(ctx, fault)
	if fault.Reason == "ticket_expired" {
		return views.SignIn(views.SignInView{Next: web.SafeNext(in.Next), Fault: fault}), nil
	}
	return views.Code(views.CodeView{Ticket: in.Ticket.Reveal(), Next: web.SafeNext(in.Next), Fault: fault}), nil
}

func codeRight(r *web.Request, in CodeIn, out SignedIn) error {
	return begin(r, out.Administrator, in.Next)
}

func (o Ops) confirmPage(ctx context.Context, r *web.Request) error {
	var in ConfirmIn
	if err := web.Bind(r, &in, web.Lenient); err != nil {
		return err
	}
	view, err := o.confirmAgain(ctx, in, nil)
	if err != nil {
		return err
	}
	return r.Render(200, view)
}

func (o Ops) confirmAgain(ctx context.Context, in ConfirmIn, fault *models.Fault) (templ.Component, error) {
	if fault != nil {
		wait(ctx, fault)
	}
	who, err := o.me(ctx)
	return views.Confirm(views.ConfirmView{Name: who.Name, Email: who.Email, Next: web.SafeNext(in.Next), SecondFactor: who.SecondFactor(), Fault: fault}), err
}

// confirmed starts a session of a new id: the old one ends with the weaker proof.
func confirmed(r *web.Request, in ConfirmIn, who models.Administrator) error {
	return begin(r, who, in.Next)
}

func signedOut(r *web.Request, _ web.None, _ web.None) error {
	if err := r.EndSession(); err != nil {
		return err
	}
	return r.Next("/console/sign-in?notice=signed-out")
}

func forgotAgain(ctx context.Context, in ForgotIn, fault *models.Fault) (templ.Component, error) {
	wait(ctx, fault)
	return views.Forgot(views.ForgotView{Email: in.Email, Fault: fault}), nil
}

func forgotSent(r *web.Request, _ ForgotIn, _ models.Administrator) error {
	return r.Render(200, views.Forgot(views.ForgotView{Sent: true}))
}

func (o Ops) resetPage(ctx context.Context, r *web.Request) error {
	return o.linkPage(ctx, r, o.Resetting, resetView, "/console/forgot-password", "Ask for another link")
}

func (o Ops) invitePage(ctx context.Context, r *web.Request) error {
	return o.linkPage(ctx, r, o.Invited, inviteView, "/console/sign-in", "Go to sign-in")
}

// linkPage opens what a link in a mail leads to. Its address holds a secret, so it is never told to another site.
func (o Ops) linkPage(ctx context.Context, r *web.Request, find func(context.Context, LinkIn) (models.Administrator, error),
	view func(models.Administrator, models.Secret, *models.Fault) templ.Component, elsewhere, label string) error {
	var in LinkIn
	if err := web.Bind(r, &in, web.Lenient); err != nil {
		return err
	}
	r.NoReferrer()
	who, err := find(ctx, in)
	if fault, ok := models.AsFault(err); ok && fault.Code == models.NotFound {
		return r.Render(404, views.DeadLink("This link does not work any more", fault.Text, elsewhere, label))
	}
	if err != nil {
		return err
	}
	return r.Render(200, view(who, in.Token, nil))
}

func resetView(who models.Administrator, token models.Secret, fault *models.Fault) templ.Component {
	return views.NewPassword(views.NewPasswordView{Title: "Choose another password", Lede: "It ends every session of your account. Your second factor stays as it is.",
		Button: "Change password", Action: "/console/reset", Token: token.Reveal(), Email: who.Email, Fault: fault})
}

func inviteView(who models.Administrator, token models.Secret, fault *models.Fault) templ.Component {
	return views.NewPassword(views.NewPasswordView{Title: "Welcome, " + who.Name, Lede: "Choose a password, and you are in. An authenticator app can be added right after.",
		Button: "Accept invitation", Action: "/console/invite", Token: token.Reveal(), Email: who.Email, Fault: fault})
}

func (o Ops) resetAgain(ctx context.Context, in NewPasswordIn, fault *models.Fault) (templ.Component, error) {
	who, err := o.Resetting(ctx, LinkIn{in.Token})
	return resetView(who, in.Token, fault), err
}

func (o Ops) inviteAgain(ctx context.Context, in NewPasswordIn, fault *models.Fault) (templ.Component, error) {
	who, err := o.Invited(ctx, LinkIn{in.Token})
	return inviteView(who, in.Token, fault), err
}

func accepted(r *web.Request, _ NewPasswordIn, who models.Administrator) error {
	web.FlashText(r.Context(), "Welcome, "+who.Name)
	return begin(r, who, "/console")
}

func themeSet(r *web.Request, in ThemeIn, _ web.None) error {
	r.SetTheme(in.Value)
	return r.Next(back(in.ReturnTo))
}

// back is where the theme was chosen: a page of the console, or setup.
func back(to string) string {
	if to == "/setup" {
		return to
	}
	return web.SafeNext(to)
}
