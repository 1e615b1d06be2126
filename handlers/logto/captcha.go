package logto

import (
	"context"
	"encoding/json"
	"fmt"

	"gatehouse/handlers/documents"
	"gatehouse/models"
	"gatehouse/web"
)

// captchaRef is the document of the one provider. Its secret is sealed beside it.
var captchaRef = documents.Ref{Kind: "captcha_provider", Key: models.OneDocument}

// Types of captcha providers.
const (
	captchaTurnstile = "Turnstile"
	captchaRecaptcha = "RecaptchaEnterprise"
)

// captchaConfig is a provider. The secret is empty where it is kept.
type captchaConfig struct {
	Type      string      `json:"type" rule:"required" enum:"Turnstile,RecaptchaEnterprise"`
	SiteKey   string      `json:"siteKey" rule:"required"`
	SecretKey string      `json:"secretKey" rule:"required"`
	ProjectID opt[string] `json:"projectId,omitzero"`
	Domain    opt[string] `json:"domain,omitzero"`
	Mode      opt[string] `json:"mode,omitzero" enum:"invisible,checkbox"`
}

// captchaIn replaces the provider.
type captchaIn struct {
	Config captchaConfig `json:"config" rule:"required"`
}

// CheckShape adds what one of the types needs.
func (in *captchaIn) CheckShape(c *models.Check) {
	c.That(in.Config.Type != captchaRecaptcha || in.Config.ProjectID.Set, "config.projectId", "required", "This member is required.")
}

// keptCaptcha is what the document holds.
type keptCaptcha struct {
	ID     string        `json:"id"`
	Config captchaConfig `json:"config"`
}

// captchaOut is the provider as it is shown.
type captchaOut struct {
	TenantID  string        `json:"tenantId"`
	ID        string        `json:"id"`
	Config    captchaConfig `json:"config"`
	CreatedAt int64         `json:"createdAt"`
	UpdatedAt int64         `json:"updatedAt"`
}

// plain is the configuration without its secret and without members that its type does not have.
func (c captchaConfig) plain() captchaConfig {
	c.SecretKey = ""
	if c.Type == captchaTurnstile {
		c.ProjectID, c.Domain, c.Mode = opt[string]{}, opt[string]{}, opt[string]{}
	}
	return c
}

func (d Dialect) captchaRoutes(f web.Face) []web.Route {
	const at = "/api/captcha-provider"
	return []web.Route{
		{"GET", at, "captcha_provider.read", web.Do(f, 200, d.getCaptcha).With(kept("captcha provider", "Read the captcha provider"))},
		{"PUT", at, "captcha_provider.update", web.Do(f, 200, d.putCaptcha).With(kept("captcha provider", "Set the captcha provider"))},
		{"DELETE", at, "captcha_provider.delete", web.Do0(f, 204, d.deleteCaptcha).With(kept("captcha provider", "Remove the captcha provider"))},
	}
}

func (d Dialect) getCaptcha(ctx context.Context, _ web.None) (captchaOut, error) {
	row, err := d.Documents.Get(ctx, captchaRef)
	if err != nil {
		return captchaOut{}, err
	}
	return d.shownCaptcha(ctx, row)
}

// shownCaptcha opens the secret for those who may read secrets, unless the tenant keeps them write-once.
func (d Dialect) shownCaptcha(ctx context.Context, row models.Document) (out captchaOut, err error) {
	var kept keptCaptcha
	if err := json.Unmarshal(row.Body, &kept); err != nil {
		return out, fmt.Errorf("read the captcha provider: %w", err)
	}
	out = captchaOut{row.TenantID, kept.ID, kept.Config, millis(row.CreatedAt), millis(row.UpdatedAt)}
	tenant, err := d.Experience.Tenant(ctx)
	if err != nil || tenant.Secrets == "write-once" || !models.ReadsSecrets(ctx, "") {
		return out, err
	}
	secret, err := d.Documents.Secret(ctx, row)
	out.Config.SecretKey = secret.Reveal()
	return out, err
}

// captchaPublic is what a sign-in page needs to show a captcha.
type captchaPublic struct {
	Type    string      `json:"type"`
	SiteKey string      `json:"siteKey"`
	Domain  opt[string] `json:"domain,omitzero"`
	Mode    opt[string] `json:"mode,omitzero"`
}

// publicCaptcha is nil where there is no provider.
func (d Dialect) publicCaptcha(ctx context.Context) (*captchaPublic, error) {
	kept, err := documents.Load(ctx, d.Documents, captchaRef, keptCaptcha{})
	if err != nil || kept.ID == "" {
		return nil, err
	}
	return &captchaPublic{kept.Config.Type, kept.Config.SiteKey, kept.Config.Domain, kept.Config.Mode}, nil
}

// putCaptcha replaces the provider. An empty secret is what a reader without the right to see it sends back: it keeps the old one.
func (d Dialect) putCaptcha(ctx context.Context, in captchaIn) (out captchaOut, err error) {
	err = d.again(ctx, func(ctx context.Context, d Dialect) error {
		kept, err := documents.Load(ctx, d.Documents, captchaRef, keptCaptcha{ID: models.NewID(models.LongID)})
		if err != nil {
			return err
		}
		put := documents.PutIn{Ref: captchaRef, Body: keptCaptcha{kept.ID, in.Config.plain()}}
		if in.Config.SecretKey != "" {
			put.Secret = models.Some(models.NewSecret(in.Config.SecretKey))
		}
		row, _, err := d.Documents.Put(ctx, put)
		if err != nil {
			return err
		}
		out, err = d.shownCaptcha(ctx, row)
		return err
	})
	return out, err
}

func (d Dialect) deleteCaptcha(ctx context.Context, _ web.None) error {
	return d.Documents.Delete(ctx, captchaRef)
}
