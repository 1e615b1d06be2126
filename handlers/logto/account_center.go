package logto

import (
	"context"
	"net/url"
	"slices"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// accountRef is the document of the account center. Its body has the members of the document; null is kept as null.
var accountRef = documents.Ref{Kind: "account_center", Key: models.OneDocument}

// accountFields says of each part of an account what its owner may do with it.
type accountFields struct {
	Name       string `json:"name,omitempty" enum:"Off,ReadOnly,Edit"`
	Avatar     string `json:"avatar,omitempty" enum:"Off,ReadOnly,Edit"`
	Profile    string `json:"profile,omitempty" enum:"Off,ReadOnly,Edit"`
	Email      string `json:"email,omitempty" enum:"Off,ReadOnly,Edit"`
	Phone      string `json:"phone,omitempty" enum:"Off,ReadOnly,Edit"`
	Password   string `json:"password,omitempty" enum:"Off,ReadOnly,Edit"`
	Username   string `json:"username,omitempty" enum:"Off,ReadOnly,Edit"`
	Social     string `json:"social,omitempty" enum:"Off,ReadOnly,Edit"`
	CustomData string `json:"customData,omitempty" enum:"Off,ReadOnly,Edit"`
	MFA        string `json:"mfa,omitempty" enum:"Off,ReadOnly,Edit"`
	Passkey    string `json:"passkey,omitempty" enum:"Off,ReadOnly,Edit"`
	Session    string `json:"session,omitempty" enum:"Off,ReadOnly,Edit"`
}

// accountIn is a change of the account center.
type accountIn struct {
	Enabled       opt[bool]           `json:"enabled"`
	Fields        opt[accountFields]  `json:"fields"`
	Origins       opt[[]string]       `json:"webauthnRelatedOrigins"`
	DeleteURL     opt[string]         `json:"deleteAccountUrl" rule:"nullable,max=2048"`
	CustomCSS     opt[string]         `json:"customCss" rule:"nullable"`
	ProfileFields opt[[]profileField] `json:"profileFields" rule:"nullable"`
}

// account is what is kept of the account center.
type account struct {
	Enabled       bool           `json:"enabled"`
	Fields        accountFields  `json:"fields"`
	Origins       []string       `json:"webauthnRelatedOrigins"`
	DeleteURL     *string        `json:"deleteAccountUrl"`
	CustomCSS     *string        `json:"customCss"`
	ProfileFields []profileField `json:"profileFields"` // nil is null
}

// accountOut is the account center as it is shown.
type accountOut struct {
	TenantID string `json:"tenantId"`
	ID       string `json:"id"`
	account
}

// CheckShape adds that addresses are addresses and that no field is named twice.
func (in *accountIn) CheckShape(c *models.Check) {
	if in.DeleteURL.Set && !in.DeleteURL.Null && in.DeleteURL.V != "" {
		c.That(isURL(in.DeleteURL.V), "deleteAccountUrl", "not_a_url", "Invalid url")
	}
	for i, origin := range in.Origins.V {
		c.That(isURL(origin), "webauthnRelatedOrigins["+itoa(i)+"]", "not_a_url", "Invalid url")
	}
	for i, f := range in.ProfileFields.V {
		again := slices.ContainsFunc(in.ProfileFields.V[:i], func(b profileField) bool { return b == f })
		c.That(!again, "profileFields["+itoa(i)+"].name", "twice", "Each field occurs once.")
	}
}

// isURL tells whether a text is an absolute address.
func isURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme != "" && u.Host != ""
}

// on writes what was said over what is kept.
func (in accountIn) on(a account) account {
	in.Enabled.To(&a.Enabled)
	in.Fields.To(&a.Fields)
	in.Origins.To(&a.Origins)
	in.DeleteURL.ToPtr(&a.DeleteURL)
	in.CustomCSS.ToPtr(&a.CustomCSS)
	if in.ProfileFields.Set {
		a.ProfileFields = in.ProfileFields.V
	}
	return a
}

func (d Dialect) accountRoutes(f web.Face) []web.Route {
	return []web.Route{
		{"GET", "/api/account-center", "account_center.read", web.Do(f, 200, d.getAccount).With(kept("account center", "Read the account center"))},
		{"PATCH", "/api/account-center", "account_center.update", web.Do(f, 200, d.patchAccount).With(kept("account center", "Change the account center"))},
		{"GET", "/api/.well-known/account-center", web.Public, web.Do(f, 200, d.publicAccount).With(kept("well-known", "Read what account pages may do"))},
	}
}

func (d Dialect) keptAccount(ctx context.Context) (account, error) {
	return documents.Load(ctx, d.Documents, accountRef, account{Origins: []string{}})
}

func shownAccount(ctx context.Context, a account) accountOut {
	a.Origins = list(a.Origins)
	return accountOut{models.ActorFrom(ctx).TenantID, models.OneDocument, a}
}

func (d Dialect) getAccount(ctx context.Context, _ web.None) (accountOut, error) {
	a, err := d.keptAccount(ctx)
	return shownAccount(ctx, a), err
}

// publicAccount is for account pages, before anybody has signed in: it reads on the server's behalf.
func (d Dialect) publicAccount(ctx context.Context, in web.None) (accountOut, error) {
	return d.getAccount(models.System(ctx), in)
}

func (d Dialect) patchAccount(ctx context.Context, in accountIn) (out accountOut, err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		if err := d.profileFieldsExist(ctx, in.ProfileFields.V); err != nil {
			return err
		}
		a, err := d.keptAccount(ctx)
		if err != nil {
			return err
		}
		a = in.on(a)
		out = shownAccount(ctx, a)
		_, _, err = d.Documents.Put(ctx, documents.PutIn{Ref: accountRef, Body: a})
		return err
	})
	return out, err
}
