package auth0

import (
	"context"
	"encoding/json"
	"fmt"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// captchaIn is which puzzle is shown, and the keys of those that can be. Of each the keys are given together; they are answered
// without what is secret.
type captchaIn struct {
	Active     opt[string]             `json:"active_provider_id,omitzero" enum:"arkose,auth_challenge,friendly_captcha,hcaptcha,recaptcha_v2,recaptcha_enterprise,simple_captcha"`
	Arkose     opt[arkose]             `json:"arkose,omitzero"`
	Challenge  opt[authChallenge]      `json:"auth_challenge,omitzero"`
	HCaptcha   opt[siteKeys]           `json:"hcaptcha,omitzero"`
	Friendly   opt[siteKeys]           `json:"friendly_captcha,omitzero"`
	Enterprise opt[projectKeys]        `json:"recaptcha_enterprise,omitzero"`
	ReCAPTCHA  opt[siteKeys]           `json:"recaptcha_v2,omitzero"`
	Simple     opt[web.Kept[anything]] `json:"simple_captcha,omitzero"`
}

// anything is an object whose members nobody knows.
type anything struct{ web.Open }

type arkose struct {
	SiteKey         string      `json:"site_key" rule:"required,max=100"`
	Secret          string      `json:"secret,omitempty" rule:"required,max=100"`
	ClientSubdomain opt[string] `json:"client_subdomain,omitzero" rule:"max=100"`
	VerifySubdomain opt[string] `json:"verify_subdomain,omitzero" rule:"max=100"`
	FailOpen        opt[bool]   `json:"fail_open,omitzero"`
}

type authChallenge struct {
	FailOpen bool `json:"fail_open" rule:"required"`
}

type siteKeys struct {
	SiteKey string `json:"site_key" rule:"required,max=100"`
	Secret  string `json:"secret,omitempty" rule:"required,max=100"`
}

type projectKeys struct {
	SiteKey   string `json:"site_key" rule:"required,max=100"`
	APIKey    string `json:"api_key,omitempty" rule:"required,max=100"`
	ProjectID string `json:"project_id" rule:"required,max=100"`
}

const (
	captchaKind = "captcha_providers"
	captchaPath = "/attack-protection/captcha"
)

var captchaDefaults = captchaIn{Active: models.Some("auth_challenge"), Challenge: models.Some(authChallenge{})}

// split takes the secrets out of a change: by provider, "" for one whose keys hold none any more.
func (in captchaIn) split() (captchaIn, map[string]string) {
	secrets := map[string]string{}
	take := func(set bool, name string, secret *string) {
		if set {
			secrets[name], *secret = *secret, ""
		}
	}
	take(in.Arkose.Set, "arkose", &in.Arkose.V.Secret)
	take(in.HCaptcha.Set, "hcaptcha", &in.HCaptcha.V.Secret)
	take(in.Friendly.Set, "friendly_captcha", &in.Friendly.V.Secret)
	take(in.Enterprise.Set, "recaptcha_enterprise", &in.Enterprise.V.APIKey)
	take(in.ReCAPTCHA.Set, "recaptcha_v2", &in.ReCAPTCHA.V.Secret)
	return in, secrets
}

func (d Dialect) captchaRoutes() []web.Route {
	return []web.Route{
		stored(op("GET", captchaPath, readAttack, web.Do(d.Face(), 200, d.getCaptcha))),
		stored(op("PATCH", captchaPath, updateAttack, web.Do(d.Face(), 200, d.patchCaptcha))),
	}
}

func (d Dialect) getCaptcha(ctx context.Context, _ web.None) (captchaIn, error) {
	own, err := documents.Load(ctx, d.Documents, only(captchaKind), captchaIn{})
	if err != nil {
		return own, err
	}
	return laid(captchaDefaults, own)
}

func (d Dialect) patchCaptcha(ctx context.Context, in captchaIn) (out captchaIn, err error) {
	change, secrets := in.split()
	err = d.within(ctx, func(ctx context.Context, d Dialect) error {
		own, err := documents.Load(ctx, d.Documents, only(captchaKind), captchaIn{})
		if err != nil {
			return err
		}
		before, err := laid(captchaDefaults, own)
		if err != nil {
			return err
		}
		if own, err = laid(own, change); err != nil {
			return err
		}
		if out, err = laid(captchaDefaults, own); err != nil || alike(before, out) && len(secrets) == 0 {
			return err
		}
		put := documents.PutIn{Ref: only(captchaKind), Body: own}
		if put.Secret, err = d.moreSecrets(ctx, put.Ref, secrets); err != nil {
			return err
		}
		_, _, err = d.Documents.Put(ctx, put)
		return err
	})
	return out, err
}

// moreSecrets is what is to be sealed beside a document once some of its secrets changed; absent when none did.
func (d Dialect) moreSecrets(ctx context.Context, ref documents.Ref, changed map[string]string) (models.Opt[models.Secret], error) {
	if len(changed) == 0 {
		return models.Opt[models.Secret]{}, nil
	}
	all, err := d.secretsOf(ctx, ref)
	if err != nil {
		return models.Opt[models.Secret]{}, err
	}
	for name, value := range changed {
		all[name] = value
		if value == "" {
			delete(all, name)
		}
	}
	if len(all) == 0 {
		return models.Null[models.Secret](), nil
	}
	text, err := json.Marshal(all)
	return models.Some(models.NewSecret(string(text))), err
}

// secretsOf opens what is sealed beside a document: secrets by name. A document that is not there has none.
func (d Dialect) secretsOf(ctx context.Context, ref documents.Ref) (map[string]string, error) {
	out := map[string]string{}
	doc, err := d.Documents.Get(ctx, ref)
	if models.IsFault(err, models.NotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	sealed, err := d.Documents.Secret(ctx, doc)
	if err != nil || sealed.Empty() {
		return out, err
	}
	if err := json.Unmarshal([]byte(sealed.Reveal()), &out); err != nil {
		return out, fmt.Errorf("read the secrets of %s %s: %w", ref.Kind, ref.Key, err)
	}
	return out, nil
}
